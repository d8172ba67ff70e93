import { EXECUTIVE_DATA_VBN } from '../boot/executive-image.js';
import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { IOC$CVT_DEVNAM } from '../io/device-names.js';
import { IOC$MAPVBLK } from '../io/segments.js';
import { IO$_READLBLK, IO$_WRITELBLK } from '../starlet/iodef.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { SYSTEM_CELLS } from '../structures/system-cells.js';

const BLOCK = 512;
/** Event flag of system services. */
const EXE$C_SYSEFN = 31;
/** The cells that are kept in the file, and their sizes in bytes. */
const KEPT = [['EXE$GQ_TODCBASE', 8], ['EXE$GL_TODR', 4]] as const;

/**
 * Writes EXE$GQ_TODCBASE and EXE$GL_TODR into SYS.EXE on the system disk, where the next boot finds them. The file is known by its
 * window, made at boot: the first of the system windows. The rest of its blocks stays what it is: other cells of the same page are
 * the running system's.
 *
 * Kernel mode, IPL 0.
 * @returns SS$_NORMAL, also when the system was not booted from a file; else what assignment or transfer said
 * @source book 11.3.1 step 6
 */
export function* recordTimeBase(p: Procedure): Flow<number> {
  const k = p.kernel;
  const header = k.symbol('EXE$GL_SYSWCBFL');
  const window = k.readLong(header);
  if (window === header) return SS$_NORMAL;
  return yield* p.scratch(function* () {
    const channelAt = p.allocate(4);
    const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(IOC$CVT_DEVNAM(k, k.sys.EXE$GL_SYSUCB)), chan: channelAt });
    if (!(assigned & 1)) return assigned;
    const chan = p.memory.readWord(channelAt);
    const buffer = p.allocate(BLOCK);
    const iosb = p.allocate(8);
    const blocks = new Set(KEPT.flatMap(([cell, size]) => [SYSTEM_CELLS.offset[cell], SYSTEM_CELLS.offset[cell] + size - 1].map((at) => at >>> 9)));
    let status: number = SS$_NORMAL;
    for (const block of blocks) {
      const { lbn } = IOC$MAPVBLK(k, window, EXECUTIVE_DATA_VBN + block, BLOCK);
      for (const func of [IO$_READLBLK, IO$_WRITELBLK]) {
        if (!(status & 1)) break;
        if (func === IO$_WRITELBLK) putCells(p, buffer, block);
        status = yield* service(p, '$QIOW', { efn: EXE$C_SYSEFN, chan, func, iosb, p1: buffer, p2: BLOCK, p3: lbn });
        if (status & 1) status = p.memory.readWord(iosb);
      }
    }
    yield* service(p, '$DASSGN', { chan });
    return status;
  });
}

/** The bytes of the kept cells that belong into this block of cells. */
function putCells(p: Procedure, buffer: number, block: number): void {
  for (const [cell, size] of KEPT) {
    for (let byte = 0; byte < size; byte += 1) {
      const at = SYSTEM_CELLS.offset[cell] + byte;
      if (at >>> 9 === block) p.memory.writeByte(buffer + (at & (BLOCK - 1)), p.kernel.readByte(p.kernel.symbol(cell) + byte));
    }
  }
}
