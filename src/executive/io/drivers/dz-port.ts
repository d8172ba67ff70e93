import { MUX_LPR, MUX_RECEIVER_ON, MUX_TCR } from '../../../emulator/devices/multiplexer.js';
import { jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';
import { TT$M_DS_DTR } from '../../starlet/ttdef.js';
import { CRB, IDB, VEC } from '../../structures/device.js';
import { TTYUCB } from '../../structures/ucb.js';
import type { TerminalUnit } from './terminal-read-buffer.js';

/**
 * DZDRIVER: the port driver of the terminal multiplexer (emulator/devices/multiplexer.ts). Its interrupt service routine is VAX code
 * (dz-port.mar). Flow control towards the host is, as on the console, the receiver's switch and no XOFF in the output.
 *
 * The longwords of the CRB where other controllers have their wait queue hold the state of the modems, a bit a line: CRB$L_WQFL those with
 * carrier, CRB$L_WQBL those with data terminal ready. @source book 19.4; digest ch19 2.6, fact 17
 */

/** The controller's registers: CRB, IDB. */
function registersOf(k: Kernel, ucb: TerminalUnit): number {
  return IDB.at(k, VEC.at(k, ucb.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB).IDB$L_CSR;
}

/** Has the transmitter ask for characters of the line; the interrupt service routine fetches them until there are none. Device IPL. */
export function DZ$STARTIO(k: Kernel, ucb: TerminalUnit): void {
  const csr = registersOf(k, ucb);
  k.writeLong(csr + MUX_TCR, k.readLong(csr + MUX_TCR) | ucb.UCB$W_TT_UNITBIT);
}

/** Takes no more characters from the line. Device IPL. */
export function DZ$XOFF(k: Kernel, ucb: TerminalUnit): void {
  k.writeLong(registersOf(k, ucb) + MUX_LPR, ucb.UCB$W_UNIT);
}

/** Takes characters from the line again. Device IPL. */
export function DZ$XON(k: Kernel, ucb: TerminalUnit): void {
  k.writeLong(registersOf(k, ucb) + MUX_LPR, MUX_RECEIVER_ON | ucb.UCB$W_UNIT);
}

/** Data terminal ready on or off. */
export function DZ$DS_SET(k: Kernel, ucb: TerminalUnit, on: boolean): void {
  const csr = registersOf(k, ucb);
  const signal = ucb.UCB$W_TT_UNITBIT << 8;
  ucb.UCB$B_TT_DS_TX = on ? TT$M_DS_DTR : 0;
  const crb = CRB.at(k, ucb.UCB$L_CRB);
  crb.CRB$L_WQBL = on ? crb.CRB$L_WQBL | ucb.UCB$W_TT_UNITBIT : crb.CRB$L_WQBL & ~ucb.UCB$W_TT_UNITBIT;
  const tcr = k.readLong(csr + MUX_TCR);
  k.writeLong(csr + MUX_TCR, on ? tcr | signal : tcr & ~signal);
}

const unit = (k: Kernel): TerminalUnit => TTYUCB.at(k, k.register(5));

/** R5 UCB; for DS_SET R3 low bit set for on. */
export const DZ_PORT_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('DZ$STARTIO', (k) => { DZ$STARTIO(k, unit(k)); }),
  jsbRoutine('DZ$XON', (k) => { DZ$XON(k, unit(k)); }),
  jsbRoutine('DZ$XOFF', (k) => { DZ$XOFF(k, unit(k)); }),
  jsbRoutine('DZ$DS_SET', (k) => { DZ$DS_SET(k, unit(k), (k.register(3) & 1) !== 0); }),
];
