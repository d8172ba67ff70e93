import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_IVSSRQ, SS$_NOHANDLER, SS$_NORMAL } from '../starlet/ssdef.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../structures/p1-cells.js';
import { structure } from '../structures/structure.js';

/**
 * Declaring and cancelling exit handlers. Lists and counts are in the P1 pointer page, one of each for executive, supervisor and user
 * mode; the control blocks are their declarer's memory, so every link is probed before use, and the counts bound every walk.
 * @source book 21.3; digest ch21 1.6, 2.9
 */

/** Exit control block, followed by further arguments of the handler. */
export const EXH = structure('EXH', 16, {
  0x00: ['EXH$L_FLINK', 'next older block, 0 ends'],
  0x04: ['EXH$L_HANDLER', 'exit handler'],
  0x08: ['EXH$L_ARGCOUNT', 'argument count'],
  0x0c: ['EXH$L_STATUS', 'address of the longword that receives the final status'],
});

/** Address of the listhead (and behind it of the count) of `mode`; executive is the first. */
function listhead(mode: number): number {
  return CTL$GL_VECTORS + P1_CELLS.offset.CTL$GL_THEXEC + 4 * (mode - 1);
}
function counter(mode: number): number {
  return CTL$GL_VECTORS + P1_CELLS.offset.CTL$GL_THCOUNT + 4 * (mode - 1);
}

/**
 * $DCLEXH desblk - declare an exit handler: the block goes to the head of the list of the caller's mode.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO block not readable and writable; SS$_NOHANDLER no block given; SS$_IVSSRQ called from kernel mode
 * Kernel mode, IPL 0. @source book 21.3
 */
export const EXE$DCLEXH = kernelService('$DCLEXH', (k, desblk) => {
  const mode = k.callerMode;
  if (mode === 0) return SS$_IVSSRQ;
  if (desblk === 0) return SS$_NOHANDLER;
  if (!k.callerCanWrite(desblk, 4) || !k.callerCanRead(desblk, 12)) return SS$_ACCVIO;
  const head = k.readLong(listhead(mode));
  const count = k.readLong(counter(mode));
  k.writeLong(desblk, head);
  k.writeLong(listhead(mode), desblk);
  k.writeLong(counter(mode), count + 1);
  return SS$_NORMAL;
});

/**
 * $CANEXH [desblk] - cancel an exit handler of the caller's mode, or all of them.
 *
 * @returns SS$_NORMAL; SS$_NOHANDLER no such block; SS$_ACCVIO a link cannot be followed or changed; SS$_IVSSRQ called from kernel mode
 * Kernel mode, IPL 0. @source book 21.3
 */
export const EXE$CANEXH = kernelService('$CANEXH', (k, desblk) => {
  const mode = k.callerMode;
  if (mode === 0) return SS$_IVSSRQ;
  if (desblk === 0) {
    cancelExitHandlers(k, mode, mode);
    return SS$_NORMAL;
  }
  let link = listhead(mode);
  for (let left = k.readLong(counter(mode)); left > 0; left -= 1) {
    const block = k.readLong(link);
    if (block === 0) break;
    if (!k.callerCanRead(block, 12)) return SS$_ACCVIO;
    if (block === desblk) {
      if (link !== listhead(mode) && !k.callerCanWrite(link, 4)) return SS$_ACCVIO;
      k.writeLong(link, k.readLong(block));
      k.writeLong(counter(mode), k.readLong(counter(mode)) - 1);
      return SS$_NORMAL;
    }
    link = block;
  }
  return SS$_NOHANDLER;
});

/** Forgets the exit handlers of the modes from `innermost` to `outermost`; kernel mode has none. */
export function cancelExitHandlers(k: Kernel, innermost: number, outermost = 3): void {
  for (let mode = Math.max(1, innermost); mode <= outermost; mode += 1) {
    k.writeLong(listhead(mode), 0);
    k.writeLong(counter(mode), 0);
  }
}
