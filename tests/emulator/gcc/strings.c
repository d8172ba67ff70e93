#include "console.h"
/* The compiler turns copies of structures and loops into calls of these. */
void *memcpy(void *to, const void *from, unsigned long n) { char *t = to; const char *f = from; while (n-- > 0) *t++ = *f++; return to; }
void *memset(void *to, int c, unsigned long n) { char *t = to; while (n-- > 0) *t++ = c; return to; }
static int compare(const char *a, const char *b) { while (*a && *a == *b) a++, b++; return (unsigned char)*a - (unsigned char)*b; }
static int length(const char *s) { int n = 0; while (s[n]) n++; return n; }
static void reverse(char *s) { for (int i = 0, k = length(s) - 1; i < k; i++, k--) { char c = s[i]; s[i] = s[k]; s[k] = c; } }
static const char *words[] = { "vax", "pdp", "alpha", "mips", "prism", "jupiter", "star", "comet", "nebula", "venus", "scorpio", "argonaut" };
struct record { char name[20]; int n; } all[12];
int main(void) {
  int n = sizeof words / sizeof *words;
  for (int i = 1; i < n; i++) {
    const char *w = words[i];
    int k = i;
    for (; k > 0 && compare(words[k - 1], w) > 0; k--) words[k] = words[k - 1];
    words[k] = w;
  }
  for (int i = 0; i < n; i++) { text(words[i]); put(' '); }
  end();
  struct record r;
  for (int i = 0; i < n; i++) {
    memset(&r, 0, sizeof r);
    memcpy(r.name, words[i], length(words[i]));
    reverse(r.name);
    r.n = length(r.name);
    all[n - 1 - i] = r;
  }
  for (int i = 0; i < n; i++) { text(all[i].name); decimal(all[i].n); put(' '); }
  end();
  unsigned hash = 5381;
  for (int i = 0; i < n; i++) for (const char *s = words[i]; *s; s++) hash = hash * 33 + *s;
  hexadecimal(hash); end();
  return n;
}
