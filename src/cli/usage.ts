/** Exit codes of the program itself, apart from the 0, 1, 2 and 4 that a procedure's $STATUS gives (sysexits.h). */
export const EX_USAGE = 64;
/** A file that is there, but not what it should be. */
export const EX_DATAERR = 65;
export const EX_NOINPUT = 66;
export const EX_SOFTWARE = 70;
export const EX_CANTCREAT = 73;
export const EX_IOERR = 74;
export const EX_TEMPFAIL = 75;
/** As timeout(1) says it. */
export const EX_TIMEOUT = 124;
/** As a program that SIGINT ended. */
export const EX_INTERRUPTED = 130;
/** As a program that SIGPIPE ended. */
export const EX_BROKEN_PIPE = 141;

/** A mistake of the person at the keyboard: one line on stderr and an exit code, no stack trace. */
export class UsageError extends Error {
  constructor(message: string, readonly exitCode = EX_USAGE) {
    super(message);
  }
}

/** A hexadecimal number as typed: digits only, or with 0x or ^X in front. */
export function hexadecimal(text: string): number {
  const digits = text.replace(/^(0x|\^x)/i, '');
  if (!/^[0-9a-f]{1,8}$/i.test(digits)) throw new UsageError(`'${text}' is not a hexadecimal number of up to 8 digits`);
  return Number.parseInt(digits, 16);
}

/** A positive decimal number within limits. */
export function decimal(text: string, least: number, most: number, what: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) throw new UsageError(`${what} must be a number from ${least} to ${most}, not '${text}'`);
  return value;
}
