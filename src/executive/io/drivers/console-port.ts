import { PR$_RXCS, PR$_TXCS } from '../../../emulator/processor-registers.js';
import { jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';

/**
 * The console port driver of SYSLOA780: between the terminal class driver and the processor registers RXCS, RXDB, TXCS, TXDB. It is reached through
 * the vectors CON$STARTIO, CON$XON, CON$XOFF, CON$INTINP and CON$INTOUT of SYS.EXE; its interrupt routines are VAX code (sysloa780.mar).
 *
 * Flow control towards the host is not XOFF in the output stream but the receiver's interrupt enable: while it is off, what is typed
 * stays in the console, whole and in order. @source book 19.5, Appendix C (SYSLOAVEC); digest ch19 2.10
 */
const INTERRUPT_ENABLE = 0x40;

/** Has the transmitter interrupt: LOA$CON_INTOUT then fetches characters from the class driver until there are none. Device IPL. */
export function LOA$CON_STARTIO(k: Kernel): void {
  k.cpu.writePR(PR$_TXCS, INTERRUPT_ENABLE);
}

/** Takes no more characters from the console. Device IPL. */
export function LOA$CON_XOFF(k: Kernel): void {
  k.cpu.writePR(PR$_RXCS, 0);
}

/** Takes characters from the console again. Device IPL. */
export function LOA$CON_XON(k: Kernel): void {
  k.cpu.writePR(PR$_RXCS, INTERRUPT_ENABLE);
}

/** Console ports without a modem, or without anything to do. */
export function LOA$CON_NULL(): void { /* nothing */ }

export const CONSOLE_PORT_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('LOA$CON_STARTIO', LOA$CON_STARTIO),
  jsbRoutine('LOA$CON_XOFF', LOA$CON_XOFF),
  jsbRoutine('LOA$CON_XON', LOA$CON_XON),
  jsbRoutine('LOA$CON_NULL', LOA$CON_NULL),
];
