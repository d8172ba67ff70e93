#include "console.h"
static void fixed(double x, int digits) {
  if (x < 0) { put('-'); x = -x; }
  int whole = (int)x;
  decimal(whole); put('.');
  for (x -= whole; digits > 0; digits--) { x *= 10; int d = (int)x; put('0' + d); x -= d; }
}
static double root(double x) { double r = x > 1 ? x : 1; for (int i = 0; i < 60; i++) r = (r + x / r) / 2; return r; }
static double series(double x) { double sum = 1, term = 1; for (int i = 1; i < 40; i++) { term = term * x / i; sum += term; } return sum; }
static float single(float x) { float s = 0; for (int i = 1; i <= 100; i++) s += x / (float)i; return s; }
int main(void) {
  double pi = 0, sign = 1, p = 1, a[3][4] = { { 2, 1, -1, 8 }, { -3, -1, 2, -11 }, { -2, 1, 2, -3 } };
  text("sqrt2 "); fixed(root(2), 14); end();
  text("e "); fixed(series(1), 14); end();
  text("1/e "); fixed(series(-1), 13); end();
  /* Machin */
  for (int i = 1; i < 40; i += 2, sign = -sign) {
    double five = 1, more = 1;
    for (int k = 0; k < i; k++) { five /= 5; more /= 239; }
    pi += sign * (16 * five - 4 * more) / i;
  }
  text("pi "); fixed(pi, 13); end();
  for (int i = 0; i < 3; i++) {
    double pivot = a[i][i];
    for (int k = 0; k < 4; k++) a[i][k] /= pivot;
    for (int j = 0; j < 3; j++) {
      if (j == i) continue;
      double f = a[j][i];
      for (int k = 0; k < 4; k++) a[j][k] -= f * a[i][k];
    }
  }
  text("solve "); for (int i = 0; i < 3; i++) { fixed(a[i][3] + (a[i][3] < 0 ? -1e-9 : 1e-9), 6); put(' '); } end();
  text("harmonic "); fixed(single(1.0f), 4); end();
  for (int i = 0; i < 100; i++) p *= i & 1 ? 0.5 : 2.0;
  text("exact "); decimal(p == 1.0); decimal((int)-2.99); decimal((float)0.1 != 0.1); decimal(1e10 > 9999999999.0); end();
  return (int)(pi * 1000);
}
