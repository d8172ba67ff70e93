import type { Kernel } from '../../executive/kernel.js';
import { EXE$IPID_TO_PCB } from '../../executive/process/pid.js';
import { EXE$DEANONPAGED } from '../../executive/pool/nonpaged.js';
import { allocateBlock } from '../../executive/pool/typed.js';
import { DC$_DISK } from '../../executive/starlet/dcdef.js';
import { DEV$M_ALL, DEV$M_DMT, DEV$M_FOR, DEV$M_MNT, DEV$M_SHR, DEV$M_SWL } from '../../executive/starlet/devdef.js';
import { SS$_DEVMOUNT, SS$_FILESTRUCT, SS$_INSFMEM, SS$_NOPRIV, SS$_WRITLCK } from '../../executive/starlet/ssdef.js';
import { DYN$C_AQB, DYN$C_MTL, DYN$C_VCB } from '../../executive/structures/dyn.js';
import { JIB } from '../../executive/structures/jib.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { ORB } from '../../executive/structures/orb.js';
import { PCB } from '../../executive/structures/pcb.js';
import { DISKUCB } from '../../executive/structures/ucb.js';
import { AQB, AQB$K_F11V2, FCB, MTL, VCB } from '../../executive/structures/volume.js';
import { countFree } from '../allocation.js';
import type { BlockFlow, BlockIo } from '../block-io.js';
import { FileFailure, fail } from '../file-failure.js';
import { BLOCK, HM2$M_ERASE, homeBlockOf, seal, storageControlOf, type HomeBlock } from '../on-disk.js';
import { isHomeBlock, readParameters, storageBitmapBlocks, Volume, type VolumeParameters } from '../volume.js';
import { deleteBlockCache, makeBlockCache, purgeBlockCache } from './block-cache.js';
import { forgetQuotas, resumeQuotas } from './quota-control.js';
import { checkLabel, mayMountVolume, nameVolume, unnameVolume, type MountRequest } from './mount-request.js';

/**
 * Mounting: the volume control block of a disk, its place in the list of mounted volumes, and the unit's DEV$M_MNT. IO$_MOUNT comes here.
 * @source digest appE (VCB, AQB, MTL); choice: what the home block leaves open is as INITIALIZE defaults it
 */
/** VCB$B_SBMAPSIZE of a bitmap whose size does not fit the byte: it is computed from the size of the device. */
const BIG_BITMAP = 0xff;
const SYSTEM_UIC = 0x0001_0004;

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
  vcb.VCB$W_MCOUNT = 1;
  vcb.VCB$Q_MOUNTTIME = k.sys.EXE$GQ_SYSTIME;
  return vcb;
}

/** Whose a volume is, and who may use it: set bits deny. */
interface VolumeIdentity {
  readonly owner: number;
  readonly protection: number;
}

/** A unit is the system's and everybody's but for the volume in it. */
const anybodys = (k: Kernel, ucb: number): VolumeIdentity => ({ owner: ORB.at(k, DISKUCB.at(k, ucb).UCB$L_ORB).ORB$L_OWNER, protection: 0 });

/** What the home block says, unless who mounts the volume says otherwise. */
const identityOf = (home: HomeBlock, { attributes }: MountRequest): VolumeIdentity => ({
  owner: attributes.VATR$V_OWNER !== 0 ? attributes.VATR$L_OWNER : home.HM2$L_VOLOWNER,
  protection: attributes.VATR$V_PROTECT !== 0 ? attributes.VATR$W_PROTECT : home.HM2$W_PROTECT,
});

/**
 * Connects a filled VCB: from now on the unit is mounted, for those that the flags say, and has its logical name. A volume that is not
 * shared belongs to the process that mounts it, and is in the list of its job.
 */
export function connectVcb(k: Kernel, ucb: number, vcb: VcbView, request: MountRequest, identity = anybodys(k, ucb)): void {
  const entry = allocateBlock(k, MTL.size, DYN$C_MTL);
  const shared = request.isSystem || request.isGroup;
  const name = entry === 0 ? 0 : nameVolume(k, ucb, bytesToText(vcb.VCB$T_VOLNAME).trimEnd(), request, entry);
  if (entry === 0 || (name & 1) === 0) {
    if (entry !== 0) EXE$DEANONPAGED(k, entry);
    EXE$DEANONPAGED(k, vcb.address);
    fail(entry === 0 ? SS$_INSFMEM : name);
  }
  MTL.at(k, entry).MTL$L_UCB = ucb;
  const list = shared ? k.symbol('IOC$GQ_MOUNTLST') : k.pcb.PCB$L_JIB + JIB.offset.JIB$L_MTLFL;
  if (k.readLong(list) === 0) k.initializeQueue(list);
  k.insertTail(entry, list);
  vcb.VCB$V_SYSTEM = request.isSystem ? 1 : 0;
  vcb.VCB$V_GROUP = request.isGroup ? 1 : 0;
  if (vcb.VCB$L_AQB !== 0) {
    const aqb = AQB.at(k, vcb.VCB$L_AQB);
    aqb.AQB$B_MNTCNT = aqb.AQB$B_MNTCNT + 1;
  }
  const unit = DISKUCB.at(k, ucb);
  const locked = vcb.VCB$V_NOALLOC !== 0 ? DEV$M_SWL : 0;
  const rights = ORB.at(k, unit.UCB$L_ORB);
  rights.ORB$L_OWNER = identity.owner;
  rights.ORB$W_PROT = identity.protection;
  unit.UCB$L_VCB = vcb.address;
  countDirectoryChange(unit);
  unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR | DEV$M_MNT | locked | (request.isForeign ? DEV$M_FOR : 0)) >>> 0;
  unit.UCB$V_VALID = 1;
  if (shared) return;
  // choice: the owner's reference keeps the unit its own when its last channel goes.
  unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR & ~DEV$M_SHR) >>> 0;
  unit.UCB$L_PID = k.pcb.PCB$L_PID;
  unit.UCB$W_REFC = unit.UCB$W_REFC + 1;
}

/** What anybody has remembered of the directories of a disk is not to be relied on any more. */
export function countDirectoryChange(unit: ReturnType<typeof DISKUCB.at>): void {
  if (unit.UCB$B_DEVCLASS === DC$_DISK) unit.UCB$W_DIRSEQ = unit.UCB$W_DIRSEQ + 1;
}

/** Takes a volume out of the list of mounted ones; its logical name goes. From now on only open files keep it. */
export function beginDismount(k: Kernel, ucb: number): void {
  const unit = DISKUCB.at(k, ucb);
  for (const entry of [...k.queueEntries(mountList(k, ucb))]) {
    const mounted = MTL.at(k, entry);
    if (mounted.MTL$L_UCB !== ucb) continue;
    unnameVolume(k, mounted.MTL$L_LOGNAME);
    k.removeQueue(entry);
    EXE$DEANONPAGED(k, entry);
  }
  unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR | DEV$M_DMT) >>> 0;
}

/** The list that a mounted unit is in: the system's, or that of its owner's job. */
function mountList(k: Kernel, ucb: number): number {
  const unit = DISKUCB.at(k, ucb);
  const vcb = VCB.at(k, unit.UCB$L_VCB);
  if (vcb.VCB$V_SYSTEM !== 0 || vcb.VCB$V_GROUP !== 0) return k.symbol('IOC$GQ_MOUNTLST');
  const owner = EXE$IPID_TO_PCB(k, unit.UCB$L_PID);
  return PCB.at(k, owner === 0 ? k.pcb.address : owner).PCB$L_JIB + JIB.offset.JIB$L_MTLFL;
}

/**
 * Ends the mounting of a unit marked DEV$M_DMT when no file of it is open; otherwise it goes with the last file. The volume then says that it was
 * dismounted in order.
 *
 * @param io  the blocks of the unit
 * @returns false when it has to wait
 */
export function* dismount(k: Kernel, ucb: number, io: BlockIo): BlockFlow<boolean> {
  const vcb = VCB.at(k, DISKUCB.at(k, ucb).UCB$L_VCB);
  if (isOnlyQuotaFileOpen(k, vcb)) forgetQuotas(k, vcb);
  if (k.readLong(vcb.address) !== vcb.address) return false;
  if (vcb.VCB$L_SBMAPLBN !== 0 && vcb.VCB$V_NOALLOC === 0 && vcb.VCB$V_REBUILD === 0) yield* countWriters(io, vcb.VCB$L_SBMAPLBN - 1, 0);
  disconnectVcb(k, ucb);
  return true;
}

function disconnectVcb(k: Kernel, ucb: number): void {
  const unit = DISKUCB.at(k, ucb);
  const vcb = VCB.at(k, unit.UCB$L_VCB);
  const isShared = vcb.VCB$V_SYSTEM !== 0 || vcb.VCB$V_GROUP !== 0;
  unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR & ~(DEV$M_MNT | DEV$M_DMT | DEV$M_SWL | DEV$M_FOR)) >>> 0;
  unit.UCB$L_VCB = 0;
  if (!isShared) {
    // A tape is never anybody else's at the same time.
    if (unit.UCB$B_DEVCLASS === DC$_DISK) unit.UCB$L_DEVCHAR = (unit.UCB$L_DEVCHAR | DEV$M_SHR) >>> 0;
    unit.UCB$W_REFC = unit.UCB$W_REFC - 1;
    if ((unit.UCB$L_DEVCHAR & DEV$M_ALL) === 0) unit.UCB$L_PID = 0;
  }
  if (vcb.VCB$L_AQB !== 0) {
    const aqb = AQB.at(k, vcb.VCB$L_AQB);
    aqb.AQB$B_MNTCNT = aqb.AQB$B_MNTCNT - 1;
    purgeBlockCache(k, vcb.address, ucb);
    if (aqb.AQB$B_MNTCNT === 0) deleteBlockCache(k, aqb.address);
  }
  Object.assign(ORB.at(k, unit.UCB$L_ORB), { ORB$L_OWNER: SYSTEM_UIC, ORB$W_PROT: 0 });
  EXE$DEANONPAGED(k, vcb.address);
}

/** Whether no file of the volume is in use but that of the quotas, by the file system itself. */
function isOnlyQuotaFileOpen(k: Kernel, vcb: VcbView): boolean {
  return [...k.queueEntries(vcb.address)].every((address) => address === vcb.VCB$L_QUOTAFCB) && (vcb.VCB$L_QUOTAFCB === 0 || FCB.at(k, vcb.VCB$L_QUOTAFCB).FCB$W_REFCNT === 0);
}

/**
 * Mounts a Files-11 volume. Fails with SS$_NOHOMEBLK, SS$_DEVMOUNT, SS$_INCVOLLABEL, SS$_NOPRIV, SS$_INSFMEM, SS$_IVLOGNAM, and what
 * reading it may bring.
 */
export function* mountOds2(k: Kernel, ucb: number, io: BlockIo, request: MountRequest): BlockFlow<void> {
  if ((DISKUCB.at(k, ucb).UCB$L_DEVCHAR & DEV$M_MNT) !== 0) fail(SS$_DEVMOUNT);
  const { parameters, homeLbn, home } = yield* readParameters(io);
  if (parameters.ibmapSize > 0xff) fail(SS$_FILESTRUCT);
  const label = bytesToText(home.HM2$T_VOLNAME);
  checkLabel(label, request);
  if (!mayMountVolume(k, home, request)) fail(SS$_NOPRIV);
  const free = yield* countFree(new Volume(io, parameters));
  const writers = request.isReadOnly ? undefined : yield* countWriters(io, parameters.sbmapLbn - 1, 1);
  const { attributes } = request;
  const vcb = newVcb(k, ucb, label);
  vcb.VCB$L_HOMELBN = homeLbn;
  vcb.VCB$L_HOME2LBN = home.HM2$L_ALHOMELBN;
  vcb.VCB$L_IXHDR2LBN = home.HM2$L_ALTIDXLBN;
  vcb.VCB$L_IBMAPLBN = parameters.ibmapLbn;
  vcb.VCB$L_SBMAPLBN = parameters.sbmapLbn;
  vcb.VCB$B_IBMAPSIZE = parameters.ibmapSize;
  vcb.VCB$B_SBMAPSIZE = Math.min(BIG_BITMAP, parameters.sbmapSize);
  vcb.VCB$W_CLUSTER = parameters.cluster;
  vcb.VCB$W_EXTEND = attributes.VATR$V_EXTEND !== 0 ? attributes.VATR$W_EXTEND : parameters.extend;
  vcb.VCB$L_FREE = free;
  vcb.VCB$L_MAXFILES = parameters.maxFiles;
  vcb.VCB$B_WINDOW = attributes.VATR$V_WINDOW !== 0 ? attributes.VATR$B_WINDOW : home.HM2$B_WINDOW;
  vcb.VCB$B_LRU_LIM = attributes.VATR$V_LRU_LIM !== 0 ? attributes.VATR$B_LRU_LIM : home.HM2$B_LRU_LIM;
  vcb.VCB$W_FILEPROT = parameters.fileProtection;
  vcb.VCB$B_RESFILES = home.HM2$W_RESFILES;
  vcb.VCB$L_SERIALNUM = home.HM2$L_SERIALNUM;
  vcb.VCB$V_NOHIGHWATER = 1;
  vcb.VCB$Q_RETAINMIN = home.HM2$Q_RETAINMIN;
  vcb.VCB$Q_RETAINMAX = home.HM2$Q_RETAINMAX;
  vcb.VCB$V_ERASE = (home.HM2$W_VOLCHAR & HM2$M_ERASE) !== 0 ? 1 : 0;
  vcb.VCB$V_NOALLOC = writers === undefined ? 1 : 0;
  vcb.VCB$V_REBUILD = writers !== undefined && writers !== 0 ? 1 : 0;
  vcb.VCB$V_MOUNTVER = request.isUnverified ? 0 : 1;
  makeBlockCache(k, vcb.VCB$L_AQB);
  try {
    connectVcb(k, ucb, vcb, request, identityOf(home, request));
  } catch (error) {
    if (error instanceof FileFailure && writers !== undefined) yield* countWriters(io, parameters.sbmapLbn - 1, writers);
    throw error;
  }
  if (!request.isWithoutQuotas) yield* resumeQuotas(k, vcb, new Volume(io, parameters));
}

/**
 * Notes in the storage control block how many have the volume mounted for write.
 *
 * @param count  1 mounted, 0 dismounted
 * @returns how many there were before: more than 0 when the volume was not dismounted; undefined when the unit does not let it be written
 */
function* countWriters(io: BlockIo, lbn: number, count: number): BlockFlow<number | undefined> {
  try {
    const block = yield* io.read(lbn, 1);
    const control = storageControlOf(block);
    const before = control.SCB$W_WRITECNT;
    control.SCB$W_WRITECNT = count;
    seal(block);
    yield* io.write(lbn, block);
    return before;
  } catch (error) {
    // Whoever dismounts a volume that does not answer any more gets rid of it all the same.
    if (error instanceof FileFailure && (error.status === SS$_WRITLCK || count === 0)) return undefined;
    throw error;
  }
}

/** Mounts a disk whose blocks are the business of who mounts it: virtual transfers become logical ones. @source digest ch18 fact 37 */
export function* mountForeign(k: Kernel, ucb: number, io: BlockIo, request: MountRequest): BlockFlow<void> {
  const home = yield* homeOf(io);
  if (home && !mayMountVolume(k, home, request)) fail(SS$_NOPRIV);
  const vcb = newVcb(k, ucb, request.label ?? '');
  vcb.VCB$L_AQB = 0;
  vcb.VCB$V_NOALLOC = request.isReadOnly ? 1 : 0;
  connectVcb(k, ucb, vcb, request, home && identityOf(home, request));
}

/** The home block in its first place, if one is there. */
function* homeOf(io: BlockIo): BlockFlow<HomeBlock | undefined> {
  const block = io.blocks > 1 ? yield* io.read(1, 1) : undefined;
  return block && isHomeBlock(block) ? homeBlockOf(block) : undefined;
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
