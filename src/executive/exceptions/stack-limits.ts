import { kernelService } from '../dispatch/service.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../structures/p1-cells.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../starlet/ssdef.js';
import { maximizeMode } from './handlers.js';

const USER = 3;

/**
 * $SETSTK inadr,[retadr],[acmode] - say where the stack of a mode is: what the search for condition handlers takes for frames of that
 * mode, and where exceptions begin anew when a stack is useless (CTL$AL_STACKLIM, CTL$AL_STACK).
 *
 * @param inadr   two longwords: lowest address of the stack, and the address behind its highest
 * @param retadr  two longwords for the former ones, or 0
 * @param acmode  access mode, maximized with the caller's; for user mode nothing is done
 * @returns SS$_NORMAL; SS$_ACCVIO inadr or retadr, or the end is not above the beginning (choice)
 * Kernel mode, IPL 0. @source System Services manual, $SETSTK
 */
export const EXE$SETSTK = kernelService('$SETSTK', (k, inadr = 0, retadr = 0, acmode = 0) => {
  if (!k.callerCanRead(inadr, 8) || (retadr !== 0 && !k.callerCanWrite(retadr, 8))) return SS$_ACCVIO;
  const mode = maximizeMode(k, acmode);
  if (mode === USER) return SS$_NORMAL;
  const [low, high] = [k.readLong(inadr), k.readLong(inadr + 4)];
  if (low >= high) return SS$_ACCVIO;
  const limitAt = CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_STACKLIM + 4 * mode;
  const baseAt = CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_STACK + 4 * mode;
  const [oldLow, oldHigh] = [k.readLong(limitAt), k.readLong(baseAt)];
  if (retadr !== 0) {
    k.writeLong(retadr, oldLow);
    k.writeLong(retadr + 4, oldHigh);
  }
  k.writeLong(limitAt, low);
  k.writeLong(baseAt, high);
  return SS$_NORMAL;
});
