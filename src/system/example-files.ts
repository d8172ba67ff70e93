import build from '../../examples/build.com';
import crash from '../../examples/crash.com';
import errors from '../../examples/errors.com';
import files from '../../examples/files.com';
import hanoi from '../../examples/hanoi.com';
import primes from '../../examples/primes.com';
import whoami from '../../examples/whoami.com';
import words from '../../examples/words.com';
import faulter from '../../examples/faulter.mar';
import hello from '../../examples/hello.mar';
import ticker from '../../examples/ticker.mar';

/** The examples, as they are put into SYS$EXAMPLES of a new system disk. */
export const EXAMPLE_FILES: Readonly<Record<string, string>> = {
  'HELLO.MAR': hello, 'TICKER.MAR': ticker, 'FAULTER.MAR': faulter,
  'BUILD.COM': build, 'CRASH.COM': crash, 'ERRORS.COM': errors, 'FILES.COM': files, 'HANOI.COM': hanoi, 'PRIMES.COM': primes, 'WHOAMI.COM': whoami, 'WORDS.COM': words,
};
