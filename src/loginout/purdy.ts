/**
 * The one-way function of VMS passwords, UAF$C_PURDY_V: user name and password are folded into a quadword with a salt, then
 * put through a polynomial over the integers modulo 2^64 - 59 (G. Purdy, "A High Security Log-in Procedure", CACM 17:8, 1974).
 */
const P = (1n << 64n) - 59n;
const N0 = (1n << 24n) - 3n;
const N1 = (1n << 24n) - 63n;
const C = [-83n, -179n, -257n, -323n, -363n] as const;

/**
 * @param salt  UAF$W_SALT
 * @returns UAF$Q_PWD
 */
export function hashPassword(password: string, userName: string, salt: number): bigint {
  const folded = new Uint8Array(8);
  fold(folded, password);
  const saltAt = 3;
  const middle = ((folded[saltAt]! | (folded[saltAt + 1]! << 8)) + salt) & 0xffff;
  folded[saltAt] = middle & 0xff;
  folded[saltAt + 1] = middle >>> 8;
  fold(folded, userName.trim());
  return polynomial(new DataView(folded.buffer).getBigUint64(0, true) % P);
}

/** Adds each character to the byte that its distance from the end selects. */
function fold(into: Uint8Array, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    const at = (text.length - index) & 7;
    into[at] = (into[at]! + text.charCodeAt(index)) & 0xff;
  }
}

function polynomial(x: bigint): bigint {
  const value = power(x, N0) + C[0] * power(x, N1) + C[1] * x ** 3n + C[2] * x ** 2n + C[3] * x + C[4];
  return ((value % P) + P) % P;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % P;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
