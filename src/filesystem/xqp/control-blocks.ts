import type { Kernel } from '../../executive/kernel.js';
import { EXE$DEANONPAGED } from '../../executive/pool/nonpaged.js';
import { allocateBlock } from '../../executive/pool/typed.js';
import { SS$_INSFMEM } from '../../executive/starlet/ssdef.js';
import { DYN$C_FCB, DYN$C_WCB } from '../../executive/structures/dyn.js';
import { ORB } from '../../executive/structures/orb.js';
import { FCB, VCB, WCB, WCB$K_LENGTH, WCBMAP } from '../../executive/structures/volume.js';
import { endOfFileBlock, highestBlock } from '../atr.js';
import { fail } from '../file-failure.js';
import { fileIdAt, fileIdBytes, sameFile, type FileId } from '../file-id.js';
import { recordAttributesOf } from '../files.js';
import { headerOf } from '../on-disk.js';
import type { Extent } from '../retrieval.js';

/**
 * File control blocks (one a file in use, on VCB$L_FCBFL) and window control blocks (one an accessor, on FCB$L_WLFL), in nonpaged pool.
 * choice: every window maps its whole file, in as many linked segments as that takes ("cathedral window"), so that a window turn only
 * happens behind the end of the allocated space. @source book Figures E-9, E-18; digest ch18 1.5
 */
export type FcbView = ReturnType<typeof FCB.at>;
export type WcbView = ReturnType<typeof WCB.at>;

/** Extents in one segment of a window. */
const SEGMENT_EXTENTS = 40;
const FEWEST_EXTENTS = 7;
/** Blocks that the count word of a window entry can tell. */
const MOST_IN_ENTRY = 0xffff;

/** The FCB of a file; undefined when it is not in use. */
export function findFcb(k: Kernel, vcb: number, id: FileId): FcbView | undefined {
  for (const address of k.queueEntries(vcb + VCB.offset.VCB$L_FCBFL)) {
    const fcb = FCB.at(k, address);
    if (sameFile(fileIdAt(fcb.FCB$T_FID), id)) return fcb;
  }
  return undefined;
}

/** Makes the FCB of a file, with what its header says. */
export function makeFcb(k: Kernel, vcb: number, id: FileId, header: Uint8Array, headerLbn: number): FcbView {
  const block = allocateBlock(k, FCB.size, DYN$C_FCB);
  if (block === 0) return fail(SS$_INSFMEM);
  const fcb = FCB.at(k, block);
  k.initializeQueue(block + FCB.offset.FCB$L_WLFL);
  fcb.FCB$T_FID = fileIdBytes(id);
  fcb.FCB$L_STVBN = 1;
  fcb.FCB$L_HDLBN = headerLbn;
  refreshFcb(fcb, header);
  k.insertTail(block, vcb + VCB.offset.VCB$L_FCBFL);
  return fcb;
}

/** Brings size, end of file, owner and protection up to date with the header. */
export function refreshFcb(fcb: FcbView, block: Uint8Array): void {
  const header = headerOf(block);
  const fat = recordAttributesOf(block);
  fcb.FCB$L_FILESIZE = highestBlock(fat);
  fcb.FCB$L_EFBLK = endOfFileBlock(fat);
  fcb.FCB$L_FILEOWNER = header.FH2$L_FILEOWNER;
  fcb.FCB$W_ORB_SIZE = 88;
  fcb.FCB$B_ORB_FLAGS = ORB.mask.ORB$V_PROT_16;
  fcb.FCB$W_FILEPROT = header.FH2$W_FILEPROT;
  fcb.FCB$V_DIR = (header.FH2$L_FILECHAR >>> 13) & 1;
}

/** Gives an FCB back that nobody uses any more. */
export function releaseFcb(k: Kernel, fcb: FcbView): void {
  k.removeQueue(fcb.address);
  EXE$DEANONPAGED(k, fcb.address);
}

/** How a channel may use its file. */
export interface WindowUse {
  readonly read: boolean;
  readonly write: boolean;
  /** FIB$L_ACCTL without the window size. */
  readonly accessControl: number;
}

/** Makes the window of a channel that opens the file. Fails with SS$_INSFMEM; nothing of it stays then. */
export function makeWindow(k: Kernel, fcb: FcbView, ucb: number, extents: readonly Extent[], use: WindowUse): WcbView {
  const wcb = newSegment(k, entriesOf(extents).length);
  wcb.WCB$V_READ = use.read ? 1 : 0;
  wcb.WCB$V_WRITE = use.write ? 1 : 0;
  wcb.WCB$L_PID = k.pcb.PCB$L_PID;
  wcb.WCB$L_ORGUCB = ucb;
  wcb.WCB$W_ACON = use.accessControl & 0xffff;
  wcb.WCB$L_FCB = fcb.address;
  wcb.WCB$L_RVT = ucb;
  try {
    fillWindow(k, wcb, extents);
  } catch (error) {
    freeSegments(k, wcb);
    EXE$DEANONPAGED(k, wcb.address);
    throw error;
  }
  k.insertTail(wcb.address, fcb.address + FCB.offset.FCB$L_WLFL);
  return wcb;
}

function newSegment(k: Kernel, extents: number): WcbView {
  const entries = Math.max(FEWEST_EXTENTS, Math.min(SEGMENT_EXTENTS, extents));
  const block = allocateBlock(k, WCB$K_LENGTH + WCBMAP.size * entries, DYN$C_WCB);
  return block === 0 ? fail(SS$_INSFMEM) : WCB.at(k, block);
}

const entriesOf = (extents: readonly Extent[]): Extent[] => extents.flatMap(({ lbn, count }) => {
  const pieces: Extent[] = [];
  for (let done = 0; done < count; done += MOST_IN_ENTRY) pieces.push({ lbn: lbn + done, count: Math.min(MOST_IN_ENTRY, count - done) });
  return pieces;
});

/** Stores the map of the file in a window, whose further segments are made or given back as needed. */
function fillWindow(k: Kernel, first: WcbView, extents: readonly Extent[]): void {
  const entries = entriesOf(extents);
  let segment = first;
  let vbn = 1;
  for (let at = 0; ;) {
    const room = Math.floor((segment.WCB$W_SIZE - WCB$K_LENGTH) / WCBMAP.size);
    const here = entries.slice(at, at + room);
    segment.WCB$L_STVBN = vbn;
    segment.WCB$W_NMAP = here.length;
    here.forEach(({ lbn, count }, index) => {
      const entry = WCBMAP.at(k, segment.address + WCB$K_LENGTH + WCBMAP.size * index);
      entry.WCB$W_P1_COUNT = count;
      entry.WCB$L_P1_LBN = lbn;
      vbn += count;
    });
    at += here.length;
    if (at >= entries.length) break;
    if (segment.WCB$L_LINK === 0) segment.WCB$L_LINK = newSegment(k, entries.length - at).address;
    segment = WCB.at(k, segment.WCB$L_LINK);
  }
  freeSegments(k, segment);
  first.WCB$V_COMPLETE = 1;
  first.WCB$V_CATHEDRAL = 1;
}

/** Gives back the segments behind `segment`. */
function freeSegments(k: Kernel, segment: WcbView): void {
  let next = segment.WCB$L_LINK;
  segment.WCB$L_LINK = 0;
  while (next !== 0) {
    const address = next;
    next = WCB.at(k, address).WCB$L_LINK;
    EXE$DEANONPAGED(k, address);
  }
}

/** Stores a changed map in every window of a file. */
export function remapWindows(k: Kernel, fcb: FcbView, extents: readonly Extent[]): void {
  for (const address of [...k.queueEntries(fcb.address + FCB.offset.FCB$L_WLFL)]) fillWindow(k, WCB.at(k, address), extents);
}

export function releaseWindow(k: Kernel, wcb: WcbView): void {
  k.removeQueue(wcb.address);
  freeSegments(k, wcb);
  EXE$DEANONPAGED(k, wcb.address);
}
