/* The console terminal (processor register TXDB), and what the tests print with it. */
static void put(char c) { __asm__ volatile("mtpr %0,$0x23" : : "r"((int)c)); }
static void text(const char *s) { while (*s) put(*s++); }
static void decimal(int n) {
  char digits[12];
  int k = 0;
  if (n < 0) { put('-'); n = -n; }
  do digits[k++] = '0' + n % 10; while ((n /= 10) != 0);
  while (k > 0) put(digits[--k]);
}
static void hexadecimal(unsigned n) { for (int k = 28; k >= 0; k -= 4) put("0123456789abcdef"[(n >> k) & 15]); }
static void end(void) { text("\n"); }
/* Unsigned division, which the VAX has not: what libgcc would bring. */
unsigned __udivsi3(unsigned a, unsigned b) {
  unsigned q = 0;
  for (int k = 31; k >= 0; k--) if ((a >> k) >= b) { a -= b << k; q |= 1u << k; }
  return q;
}
unsigned __umodsi3(unsigned a, unsigned b) { return a - b * __udivsi3(a, b); }
