import type { Kernel } from '../kernel.js';
import { EXE$ALONPAGVAR } from '../pool/nonpaged.js';
import { DYN$C_WCB } from '../structures/dyn.js';
import { WCB, WCB$K_LENGTH, WCBMAP } from '../structures/volume.js';

/** Consecutive blocks of a file. */
export interface Extent {
  readonly lbn: number;
  readonly count: number;
}

/** Blocks that one retrieval pointer of a window can count. */
const MOST_BLOCKS = 0xffff;

/**
 * A window of a file that the bootstrap found, which no file system has opened: it maps the whole file, and its FCB is 0.
 *
 * @param extents  blocks of the file in their order
 * @returns address of the WCB, queued with the system windows; 0 when pool is too small
 * @source book 25.1.2 (extents from the boot control block into a WCB)
 */
export function makeSystemWindow(k: Kernel, ucb: number, extents: readonly Extent[]): number {
  const pieces = extents.flatMap(({ lbn, count }) => {
    const parts: Extent[] = [];
    for (let done = 0; done < count; done += MOST_BLOCKS) parts.push({ lbn: lbn + done, count: Math.min(MOST_BLOCKS, count - done) });
    return parts;
  });
  const size = (WCB$K_LENGTH + WCBMAP.size * pieces.length + 15) & ~15;
  const address = EXE$ALONPAGVAR(k, size);
  if (address === 0) return 0;
  k.writeBytes(address, new Uint8Array(size));
  const wcb = WCB.at(k, address);
  wcb.WCB$W_SIZE = size;
  wcb.WCB$B_TYPE = DYN$C_WCB;
  wcb.WCB$V_READ = wcb.WCB$V_WRITE = wcb.WCB$V_NOTFCP = wcb.WCB$V_SHRWCB = wcb.WCB$V_COMPLETE = wcb.WCB$V_CATHEDRAL = 1;
  wcb.WCB$L_ORGUCB = wcb.WCB$L_RVT = ucb;
  wcb.WCB$W_NMAP = pieces.length;
  wcb.WCB$L_STVBN = 1;
  pieces.forEach(({ lbn, count }, index) => {
    const entry = WCBMAP.at(k, address + WCB$K_LENGTH + WCBMAP.size * index);
    entry.WCB$W_P1_COUNT = count;
    entry.WCB$L_P1_LBN = lbn;
  });
  k.insertTail(address, k.symbol('EXE$GL_SYSWCBFL'));
  return address;
}
