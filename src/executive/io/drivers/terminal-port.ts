import type { Kernel } from '../../kernel.js';
import { LOA$CON_NULL, LOA$CON_STARTIO, LOA$CON_XOFF, LOA$CON_XON } from './console-port.js';
import { DZ$DS_SET, DZ$STARTIO, DZ$XOFF, DZ$XON } from './dz-port.js';
import type { TerminalUnit } from './terminal-read-buffer.js';

/**
 * From the terminal class driver to the port driver of a line: through the port vector of the UCB (UCB$L_TT_PORT), whose longwords
 * are addresses of port routines; the console's are the vectors CON$..., whose JMP leads to the routine of the processor. The routines this system has are
 * recognized by address and run in place.
 * choice: order of the vector. @source book 19.4.1; digest ch19 2.6
 */

/** Longwords of a port vector. */
export const PORT_STARTIO = 0;
export const PORT_XON = 4;
export const PORT_XOFF = 8;
/** Sets the modem signals; 0 for a port without. */
export const PORT_DS_SET = 12;

/** @param ucb  the line @param on  for DS_SET: data terminal ready */
type PortRoutine = (k: Kernel, ucb: TerminalUnit, on: boolean) => void;

const ROUTINES: Readonly<Record<string, PortRoutine>> = { LOA$CON_STARTIO, LOA$CON_XON, LOA$CON_XOFF, LOA$CON_NULL, DZ$STARTIO, DZ$XON, DZ$XOFF, DZ$DS_SET };

/** JMP @#, the instruction of a vector in EXE$AL_LOAVEC. */
const JMP_ABSOLUTE = 0x9f17;

/** Where a routine begins, behind the vector that may lead to it. */
function routineAt(k: Kernel, address: number): number {
  return k.readWord(address) === JMP_ABSOLUTE ? k.readLong(address + 2) : address;
}

function call(k: Kernel, ucb: TerminalUnit, offset: number, on = true): void {
  const address = k.readLong(ucb.UCB$L_TT_PORT + offset);
  if (address === 0 && offset === PORT_DS_SET) return;
  const target = routineAt(k, address);
  for (const [name, routine] of Object.entries(ROUTINES)) {
    if (k.symbol(name) === target) {
      routine(k, ucb, on);
      return;
    }
  }
  throw new Error(`no port routine at ${address.toString(16)}`);
}

/** The class driver has characters to send. */
export function portStart(k: Kernel, ucb: TerminalUnit): void { call(k, ucb, PORT_STARTIO); }

/** The type-ahead buffer is nearly full: no more characters, please. */
export function portXoff(k: Kernel, ucb: TerminalUnit): void { call(k, ucb, PORT_XOFF); }

/** It is empty again. */
export function portXon(k: Kernel, ucb: TerminalUnit): void { call(k, ucb, PORT_XON); }

/** Typing is welcome again, if it was not: the type-ahead buffer is empty. */
export function releaseKeyboard(k: Kernel, ucb: TerminalUnit): void {
  if (ucb.TTY$V_ST_TYPFUL === 0) return;
  ucb.TTY$V_ST_TYPFUL = 0;
  portXon(k, ucb);
}

/** Data terminal ready on, or off: hang up. */
export function portModem(k: Kernel, ucb: TerminalUnit, on: boolean): void { call(k, ucb, PORT_DS_SET, on); }
