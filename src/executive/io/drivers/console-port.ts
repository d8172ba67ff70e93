import { PR$_RXCS, PR$_TXCS } from '../../../emulator/processor-registers.js';
import { jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';

/**
 * The console port driver: between the terminal class driver and the processor registers RXCS, RXDB, TXCS, TXDB. Its interrupt service
 * routines are VAX code (console-port.mar).
 *
 * Flow control towards the host is not XOFF in the output stream but the receiver's interrupt enable: while it is off, what is typed
 * stays in the console, whole and in order. @source book 19.5; digest ch19 2.10
 */
const INTERRUPT_ENABLE = 0x40;

/** Has the transmitter interrupt: CON$INTOUT then fetches characters from the class driver until there are none. Device IPL. */
export function CON$STARTIO(k: Kernel): void {
  k.cpu.writePR(PR$_TXCS, INTERRUPT_ENABLE);
}

/** Takes no more characters from the console. Device IPL. */
export function CON$XOFF(k: Kernel): void {
  k.cpu.writePR(PR$_RXCS, 0);
}

/** Takes characters from the console again. Device IPL. */
export function CON$XON(k: Kernel): void {
  k.cpu.writePR(PR$_RXCS, INTERRUPT_ENABLE);
}

export const CONSOLE_PORT_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('CON$STARTIO', CON$STARTIO),
  jsbRoutine('CON$XOFF', CON$XOFF),
  jsbRoutine('CON$XON', CON$XON),
];
