import faulter from '../../examples/faulter.mar';
import hello from '../../examples/hello.mar';
import ticker from '../../examples/ticker.mar';

/** The examples, as they are put into SYS$EXAMPLES of a new system disk. */
export const EXAMPLE_FILES: Readonly<Record<string, string>> = { 'HELLO.MAR': hello, 'TICKER.MAR': ticker, 'FAULTER.MAR': faulter };
