import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { PAGE_SIZE } from '../memory/page-tables.js';
import { initializeVariableList } from '../pool/variable-list.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { PIO_BASE, PIO_CELLS } from '../structures/p1-cells.js';
import { PRT$C_UREW } from '../structures/pte.js';

/**
 * The image I/O segment, in which RMS keeps what it knows of an image's files: IMGIOCNT pages that every process has, or those that the
 * image has of its own because it was linked with a larger IOSEGMENT. @source book 21.1.1.7; F.6
 */
const EXECUTIVE = 1;
const FREE_LIST = PIO_BASE + PIO_CELLS.offset.PIO$GL_IIOFSPLH;
const FILES = PIO_BASE + PIO_CELLS.offset.PIO$AL_IIOIMPA;
const P0_LIST = PIO_BASE + PIO_CELLS.offset.PIO$GL_P0BUFLH;
const DEFAULT = PIO_BASE + PIO_CELLS.offset.PIO$GQ_IIODEFAULT;

/**
 * Gives a main image the segment that its header asks for. Executive mode.
 *
 * @param pages  IHD$W_IMGIOCNT; 0 for what the process has
 * @returns SS$_NORMAL; those of $EXPREG
 */
export function* createImageIo(p: Procedure, pages: number): Flow<number> {
  if (pages <= p.kernel.sys.SGN$GW_IMGIOCNT) return SS$_NORMAL;
  return yield* p.scratch(function* () {
    const range = p.allocate(8);
    const made = yield* service(p, '$EXPREG', { pagcnt: pages, retadr: range, acmode: EXECUTIVE, region: 1 });
    if (!(made & 1)) return made;
    yield* service(p, '$SETPRT', { inadr: range, acmode: EXECUTIVE, prot: PRT$C_UREW });
    initializeVariableList(p.memory, FREE_LIST, Math.min(p.memory.readLong(range), p.memory.readLong(range + 4)) & ~(PAGE_SIZE - 1), pages * PAGE_SIZE);
    return SS$_NORMAL;
  });
}

/**
 * RM$RESET: the process's own segment again, all of it free. RMS has closed the image's files, if it was asked; those in a segment that goes
 * with the image are lost. What RMS had of P0 goes with P0. @source book 21.4 step 10a
 */
export function resetImageIo(k: Kernel): void {
  k.writeLong(P0_LIST, 0);
  const base = k.readLong(DEFAULT + 4);
  const first = k.readLong(FILES);
  if (base === 0 || first >= k.p1.CTL$GL_CTLBASVA) return;
  k.writeLong(FILES, 0);
  initializeVariableList(k, FREE_LIST, base, k.readLong(DEFAULT));
}
