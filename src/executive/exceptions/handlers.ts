import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { CTL$GL_VECTORS as P1_POINTER_PAGE, P1_CELLS } from '../structures/p1-cells.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_NORMAL } from '../starlet/ssdef.js';

/**
 * Services that declare handlers: exception vectors and change mode handlers are longwords of the P1 pointer page, one set a mode.
 * @source book 4.5.1, 4.3.3; digest ch04 H, facts 37, 42
 */

const PRIMARY = 0;
const SECONDARY = 1;
const LAST_CHANCE = 2;

/** The mode a service acts for: the one asked for, but never more privileged than the caller's. */
export function maximizeMode(k: Kernel, requested: number): number {
  return Math.max(k.callerMode, requested & 3);
}

/** Puts `handler` into the cell at `address`; the old value goes to the caller's `prvhnd`, when given. */
function exchange(k: Kernel, address: number, handler: number, prvhnd: number): number {
  if (prvhnd !== 0 && !k.callerCanWrite(prvhnd, 4)) return SS$_ACCVIO;
  const previous = k.readLong(address);
  if (prvhnd !== 0) k.writeLong(prvhnd, previous);
  k.writeLong(address, handler);
  return SS$_NORMAL;
}

/**
 * $SETEXV [vector],[addres],[acmode],[prvhnd] - set an exception vector.
 *
 * @param vector  0 primary, 1 secondary, 2 last chance
 * @param addres  condition handler, or 0 for none
 * @param acmode  access mode, maximized with the caller's
 * @param prvhnd  caller's address of a longword for the previous contents, or 0
 * @returns SS$_NORMAL; SS$_BADPARAM no such vector; SS$_ACCVIO
 * Kernel mode, IPL 0. @source book 4.5.1
 */
export const EXE$SETEXV = kernelService('$SETEXV', (k, vector, addres, acmode, prvhnd) => {
  const mode = maximizeMode(k, acmode!);
  const pair = P1_POINTER_PAGE + P1_CELLS.offset.CTL$AQ_EXCVEC + 8 * mode;
  switch (vector) {
    case PRIMARY: return exchange(k, pair, addres!, prvhnd!);
    case SECONDARY: return exchange(k, pair + 4, addres!, prvhnd!);
    case LAST_CHANCE: return exchange(k, P1_POINTER_PAGE + P1_CELLS.offset.CTL$AL_FINALEXC + 4 * mode, addres!, prvhnd!);
    default: return SS$_BADPARAM;
  }
});

const CHANGE_MODE = 0;
const COMPATIBILITY = 1;

/**
 * $DCLCMH addres,[prvhnd],[type] - declare a change mode or compatibility mode handler.
 *
 * @param addres  handler, entered by JMP with code, PC and PSL on the stack; 0 for none
 * @param prvhnd  caller's address of a longword for the previous handler, or 0
 * @param type    0 CHMU (CHMS when called from supervisor mode); 1 compatibility mode
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_BADPARAM type, or called from an inner mode, which has no such handler
 * Kernel mode, IPL 0. @source book 4.3.3; digest ch04 H.3
 */
export const EXE$DCLCMH = kernelService('$DCLCMH', (k, addres, prvhnd, type) => {
  const user = 3;
  const supervisor = 2;
  if (type === COMPATIBILITY) return exchange(k, P1_POINTER_PAGE + P1_CELLS.offset.CTL$GL_CMHANDLR, addres!, prvhnd!);
  if (type !== CHANGE_MODE) return SS$_BADPARAM;
  if (k.callerMode === user) return exchange(k, P1_POINTER_PAGE + P1_CELLS.offset.CTL$GL_CMUSER, addres!, prvhnd!);
  if (k.callerMode === supervisor) return exchange(k, P1_POINTER_PAGE + P1_CELLS.offset.CTL$GL_CMSUPR, addres!, prvhnd!);
  return SS$_BADPARAM;
});
