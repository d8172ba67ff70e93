import build from '../../examples/build.com';
import common from '../../examples/common.com';
import crash from '../../examples/crash.com';
import errors from '../../examples/errors.com';
import files from '../../examples/files.com';
import flags from '../../examples/flags.com';
import hanoi from '../../examples/hanoi.com';
import mailbox from '../../examples/mailbox.com';
import names from '../../examples/names.com';
import primes from '../../examples/primes.com';
import section from '../../examples/section.com';
import symbols from '../../examples/symbols.com';
import talkProcedure from '../../examples/talk.com';
import whoami from '../../examples/whoami.com';
import words from '../../examples/words.com';
import commonSource from '../../examples/common.mar';
import echoDriver from '../../examples/eodriver.mar';
import faulter from '../../examples/faulter.mar';
import flagsSource from '../../examples/flags.mar';
import hello from '../../examples/hello.mar';
import mailboxSource from '../../examples/mailbox.mar';
import sectionSource from '../../examples/section.mar';
import symbolsSource from '../../examples/symbols.mar';
import listen from '../../examples/listen.mar';
import talk from '../../examples/talk.mar';
import ticker from '../../examples/ticker.mar';

/** The examples, as they are put into SYS$EXAMPLES of a new system disk. */
export const EXAMPLE_FILES: Readonly<Record<string, string>> = {
  'HELLO.MAR': hello, 'TICKER.MAR': ticker, 'FAULTER.MAR': faulter, 'EODRIVER.MAR': echoDriver,
  'COMMON.MAR': commonSource, 'FLAGS.MAR': flagsSource, 'LISTEN.MAR': listen, 'MAILBOX.MAR': mailboxSource, 'SECTION.MAR': sectionSource, 'SYMBOLS.MAR': symbolsSource, 'TALK.MAR': talk,
  'COMMON.COM': common, 'FLAGS.COM': flags, 'MAILBOX.COM': mailbox, 'NAMES.COM': names, 'SECTION.COM': section, 'SYMBOLS.COM': symbols, 'TALK.COM': talkProcedure,
  'BUILD.COM': build, 'CRASH.COM': crash, 'ERRORS.COM': errors, 'FILES.COM': files, 'HANOI.COM': hanoi, 'PRIMES.COM': primes, 'WHOAMI.COM': whoami, 'WORDS.COM': words,
};
