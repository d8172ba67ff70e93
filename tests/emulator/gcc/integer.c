#include "console.h"
static char composite[10000];
static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static int gcd(int a, int b) { return b == 0 ? a : gcd(b, a % b); }
static unsigned crc32(const char *s, int n) {
  unsigned c = ~0u;
  for (int i = 0; i < n; i++) {
    c ^= (unsigned char)s[i];
    for (int k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0xedb88320u : c >> 1;
  }
  return ~c;
}
static int classify(int n) {
  switch (n % 7) {
    case 0: return 10; case 1: return -3; case 2: return 7; case 3: return 100; case 4: return 1; case 5: return 0; default: return -50;
  }
}
struct packed { unsigned a : 3; int b : 7; unsigned c : 13; int d : 9; };
int main(void) {
  int primes = 0, sum = 0, longest = 0, start = 0;
  for (int i = 2; i < 10000; i++) {
    if (composite[i]) continue;
    primes++;
    for (int k = i * 2; k < 10000; k += i) composite[k] = 1;
  }
  text("primes "); decimal(primes); end();
  text("fib "); decimal(fib(20)); end();
  text("gcd "); decimal(gcd(1071 * 13, 462 * 13)); end();
  text("crc "); hexadecimal(crc32("123456789", 9)); end();
  for (int i = 1; i < 3000; i++) {
    int n = i, steps = 0;
    while (n != 1) { n = n & 1 ? 3 * n + 1 : n / 2; steps++; }
    if (steps > longest) { longest = steps; start = i; }
  }
  text("collatz "); decimal(start); put(' '); decimal(longest); end();
  for (int i = 0; i < 700; i++) sum += classify(i);
  text("switch "); decimal(sum); end();
  long long f = 1;
  for (int i = 2; i <= 20; i++) f *= i;
  text("20! "); hexadecimal((unsigned)(f >> 32)); hexadecimal((unsigned)f); end();
  struct packed p = { 5, -60, 8000, -200 };
  p.b += p.a; p.d -= p.b; p.c ^= 0x1555;
  text("fields "); decimal(p.a); put(' '); decimal(p.b); put(' '); decimal(p.c); put(' '); decimal(p.d); end();
  return primes;
}
