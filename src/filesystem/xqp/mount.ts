import type { Kernel } from '../../executive/kernel.js';
import { EXE$DEANONPAGED } from '../../executive/pool/nonpaged.js';
import { allocateBlock } from '../../executive/pool/typed.js';
import { DEV$M_DMT, DEV$M_MNT } from '../../executive/starlet/devdef.js';
import { SS$_DEVMOUNT, SS$_FILESTRUCT, SS$_INSFMEM } from '../../executive/starlet/ssdef.js';
import { DYN$C_AQB, DYN$C_MTL, DYN$C_VCB } from '../../executive/structures/dyn.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { DISKUCB } from '../../executive/structures/ucb.js';
import { AQB, AQB$K_F11V2, MTL, VCB } from '../../executive/structures/volume.js';
import { countFree } from '../allocation.js';
import type { BlockFlow, BlockIo } from '../block-io.js';
import { fail } from '../file-failure.js';
import { BLOCK } from '../on-disk.js';
import { readParameters, storageBitmapBlocks, Volume, type VolumeParameters } from '../volume.js';

/**
 * Mounting: the volume control block of a disk, its place in the list of mounted volumes, and the unit's DEV$M_MNT. IO$_MOUNT comes here.
 * @source digest appE (VCB, AQB, MTL); choice: what the home block leaves open is as INITIALIZE defaults it
 */
/** VCB$B_SBMAPSIZE of a bitmap whose size does not fit the byte: it is computed from the size of the device. */
const BIG_BITMAP = 0xff;

export type VcbView = ReturnType<typeof VCB.at>;

/** The queue block of the XQP, made with the first volume. */
export function xqpQueueBlock(k: Kernel): number {
  for (let address = k.sys.IOC$GL_AQBLIST; address !== 0; address = AQB.at(k, address).AQB$L_LINK) {
    if (AQB.at(k, address).AQB$B_ACPTYPE === AQB$K_F11V2) return address;
  }
  const block = allocateBlock(k, AQB.size, DYN$C_AQB);
  if (block === 0) return fail(SS$_INSFMEM);
  const aqb = AQB.at(k, block);
  k.initializeQueue(block);
  aqb.AQB$B_ACPTYPE = AQB$K_F11V2;
  aqb.AQB$V_XQIOPROC = 1;
  aqb.AQB$L_LINK = k.sys.IOC$GL_AQBLIST;
  k.sys.IOC$GL_AQBLIST = block;
  return block;
}

/** An empty VCB for a unit, not yet connected to it. */
export function newVcb(k: Kernel, ucb: number, label: string): VcbView {
  if ((DISKUCB.at(k, ucb).UCB$L_DEVCHAR & DEV$M_MNT) !== 0) fail(SS$_DEVMOUNT);
  const queue = xqpQueueBlock(k);
  const block = allocateBlock(k, VCB.size, DYN$C_VCB);
  if (block === 0) return fail(SS$_INSFMEM);
  const vcb = VCB.at(k, block);
  k.initializeQueue(block);
  vcb.VCB$T_VOLNAME = textToBytes(label.padEnd(12, ' ').slice(0, 12));
  vcb.VCB$L_AQB = queue;
  vcb.VCB$L_RVT = ucb;
  vcb.VCB$V_SYSTEM = 1;
  vcb.VCB$W_MCOUNT = 1;
  vcb.VCB$Q_MOUNTTIME = k.sys.EXE$GQ_SYSTIME;
  return vcb;
}

/** Connects a filled VCB: from now on the unit is mounted. */
export function connectVcb(k: Kernel, ucb: number, vcb: VcbView): void {
  const entry = allocateBlock(k, MTL.size, DYN$C_MTL);
  if (entry === 0) {
    EXE$DEANONPAGED(k, vcb.address);
    fail(SS$_INSFMEM);
  }
  MTL.at(k, entry).MTL$L_UCB = ucb;
  const list = k.symbol('IOC$GQ_MOUNTLST');
  if (k.readLong(list) === 0) k.initializeQueue(list);
  k.insertTail(entry, list);
  const aqb = AQB.at(k, vcb.VCB$L_AQB);
  aqb.AQB$B_MNTCNT = aqb.AQB$B_MNTCNT + 1;
  const unit = DISKUCB.at(k, ucb);
  unit.UCB$L_VCB = vcb.address;
  unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR | DEV$M_MNT) >>> 0;
  unit.UCB$V_VALID = 1;
}

/**
 * Dismounts a volume: at once when no file of it is open, otherwise it is marked (DEV$M_DMT) and goes with the last file.
 *
 * @returns false when it has to wait
 */
export function dismount(k: Kernel, ucb: number): boolean {
  const unit = DISKUCB.at(k, ucb);
  const vcb = VCB.at(k, unit.UCB$L_VCB);
  if (k.readLong(vcb.address) !== vcb.address) {
    unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR | DEV$M_DMT) >>> 0;
    return false;
  }
  unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR & ~(DEV$M_MNT | DEV$M_DMT)) >>> 0;
  unit.UCB$L_VCB = 0;
  const aqb = AQB.at(k, vcb.VCB$L_AQB);
  aqb.AQB$B_MNTCNT = aqb.AQB$B_MNTCNT - 1;
  for (const entry of [...k.queueEntries(k.symbol('IOC$GQ_MOUNTLST'))]) {
    if (MTL.at(k, entry).MTL$L_UCB !== ucb) continue;
    k.removeQueue(entry);
    EXE$DEANONPAGED(k, entry);
  }
  EXE$DEANONPAGED(k, vcb.address);
  return true;
}

/** Mounts a Files-11 volume. Fails with SS$_NOHOMEBLK, SS$_DEVMOUNT, SS$_INSFMEM, and what reading it may bring. */
export function* mountOds2(k: Kernel, ucb: number, io: BlockIo): BlockFlow<void> {
  const { parameters, homeLbn, home } = yield* readParameters(io);
  if (parameters.ibmapSize > 0xff) fail(SS$_FILESTRUCT);
  const free = yield* countFree(new Volume(io, parameters));
  const vcb = newVcb(k, ucb, String.fromCharCode(...home.HM2$T_VOLNAME));
  vcb.VCB$L_HOMELBN = homeLbn;
  vcb.VCB$L_HOME2LBN = home.HM2$L_ALHOMELBN;
  vcb.VCB$L_IXHDR2LBN = home.HM2$L_ALTIDXLBN;
  vcb.VCB$L_IBMAPLBN = parameters.ibmapLbn;
  vcb.VCB$L_SBMAPLBN = parameters.sbmapLbn;
  vcb.VCB$B_IBMAPSIZE = parameters.ibmapSize;
  vcb.VCB$B_SBMAPSIZE = Math.min(BIG_BITMAP, parameters.sbmapSize);
  vcb.VCB$W_CLUSTER = parameters.cluster;
  vcb.VCB$W_EXTEND = parameters.extend;
  vcb.VCB$L_FREE = free;
  vcb.VCB$L_MAXFILES = parameters.maxFiles;
  vcb.VCB$B_WINDOW = home.HM2$B_WINDOW;
  vcb.VCB$B_LRU_LIM = home.HM2$B_LRU_LIM;
  vcb.VCB$W_FILEPROT = parameters.fileProtection;
  vcb.VCB$B_RESFILES = home.HM2$W_RESFILES;
  vcb.VCB$L_SERIALNUM = home.HM2$L_SERIALNUM;
  vcb.VCB$V_NOHIGHWATER = 1;
  connectVcb(k, ucb, vcb);
}

/** The volume of a mounted disk, as its VCB describes it. */
export function volumeOf(k: Kernel, ucb: number, io: BlockIo): Volume {
  const vcb = VCB.at(k, DISKUCB.at(k, ucb).UCB$L_VCB);
  const deviceBlocks = DISKUCB.at(k, ucb).UCB$L_MAXBLOCK;
  const cluster = vcb.VCB$W_CLUSTER;
  const sbmapSize = vcb.VCB$B_SBMAPSIZE < BIG_BITMAP ? vcb.VCB$B_SBMAPSIZE : storageBitmapBlocks(deviceBlocks, cluster);
  const parameters: VolumeParameters = {
    cluster, ibmapLbn: vcb.VCB$L_IBMAPLBN, ibmapSize: vcb.VCB$B_IBMAPSIZE, sbmapLbn: vcb.VCB$L_SBMAPLBN, sbmapSize,
    // The device may be larger than the volume; the bitmap has no free clusters behind its end.
    volumeBlocks: Math.min(deviceBlocks, sbmapSize * BLOCK * 8 * cluster), maxFiles: vcb.VCB$L_MAXFILES, fileProtection: vcb.VCB$W_FILEPROT,
    volumeOwner: 0, extend: vcb.VCB$W_EXTEND, alternateIndexLbn: vcb.VCB$L_IXHDR2LBN,
  };
  return new Volume(io, parameters);
}
