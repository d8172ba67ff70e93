import type { Kernel } from '../../executive/kernel.js';
import { hasPrivilege } from '../../executive/names/protection.js';
import { PRV$V_OPER, PRV$V_VOLPRO } from '../../executive/starlet/prvdef.js';
import { SS$_BADPARAM, SS$_NOPRIV, SS$_NORMAL, SS$_WRITLCK } from '../../executive/starlet/ssdef.js';
import { ORB } from '../../executive/structures/orb.js';
import { countFree } from '../allocation.js';
import type { BlockFlow } from '../block-io.js';
import { fail } from '../file-failure.js';
import { FID$C_INDEXF, HM2$M_ERASE, homeBlockOf, sealHome, type HomeBlock } from '../on-disk.js';
import { rebuild } from '../repair.js';
import { isHomeBlock, type Volume } from '../volume.js';
import { FILE_WRITE, requireAccess } from './access-check.js';
import type { VcbView } from './mount.js';
import { attributesIn, type VolumeAttributes } from './mount-request.js';
import { recountQuotas } from './quota-control.js';
import type { FileRequest } from './request.js';

/** What becomes of a mounted volume as a whole: its home block (SET VOLUME), and the space it lost (MOUNT/REBUILD, SET VOLUME/REBUILD). */
const INDEX_FILE = { number: FID$C_INDEXF, sequence: FID$C_INDEXF, rvn: 0 };

/**
 * FIB$C_SET_VOLUME: the copies of the home block, and the VCB, so that it counts from now on.
 *
 * @returns SS$_NORMAL; fails with SS$_NOPRIV (write access to INDEXF.SYS, and the volume's owner or VOLPRO; OPER for the directories kept),
 *   SS$_WRITLCK, SS$_BADPARAM
 */
export function* setVolume(k: Kernel, vcb: VcbView, volume: Volume, request: FileRequest): BlockFlow<number> {
  const wanted = attributesIn(request.nameBytes);
  const rights = ORB.at(k, request.ucb.UCB$L_ORB);
  requireAccess(k, (yield* volume.readHeader(INDEX_FILE)).block, FILE_WRITE);
  if (rights.ORB$L_OWNER !== k.pcb.PCB$L_UIC && !hasPrivilege(k, PRV$V_VOLPRO)) fail(SS$_NOPRIV);
  if (wanted.VATR$V_LRU_LIM !== 0 && !hasPrivilege(k, PRV$V_OPER)) fail(SS$_NOPRIV);
  if (vcb.VCB$V_NOALLOC !== 0) fail(SS$_WRITLCK);
  // The one that mounting reads is changed last.
  for (const lbn of [vcb.VCB$L_HOME2LBN, vcb.VCB$L_HOMELBN]) {
    const block = yield* volume.io.read(lbn, 1);
    if (!isHomeBlock(block)) fail(SS$_BADPARAM);
    changeHome(homeBlockOf(block), wanted);
    homeBlockOf(block).HM2$Q_REVDATE = k.sys.EXE$GQ_SYSTIME;
    sealHome(block);
    yield* volume.io.write(lbn, block);
  }
  changeVcb(vcb, wanted);
  if (wanted.VATR$V_OWNER !== 0) rights.ORB$L_OWNER = wanted.VATR$L_OWNER;
  if (wanted.VATR$V_PROTECT !== 0) rights.ORB$W_PROT = wanted.VATR$W_PROTECT;
  return SS$_NORMAL;
}

function changeHome(home: HomeBlock, wanted: VolumeAttributes): void {
  if (wanted.VATR$V_EXTEND !== 0) home.HM2$W_EXTEND = wanted.VATR$W_EXTEND;
  if (wanted.VATR$V_WINDOW !== 0) home.HM2$B_WINDOW = wanted.VATR$B_WINDOW;
  if (wanted.VATR$V_LRU_LIM !== 0) home.HM2$B_LRU_LIM = wanted.VATR$B_LRU_LIM;
  if (wanted.VATR$V_OWNER !== 0) home.HM2$L_VOLOWNER = wanted.VATR$L_OWNER;
  if (wanted.VATR$V_PROTECT !== 0) home.HM2$W_PROTECT = wanted.VATR$W_PROTECT;
  if (wanted.VATR$V_FILEPROT !== 0) home.HM2$W_FILEPROT = wanted.VATR$W_FILEPROT;
  if (wanted.VATR$V_ERASE !== 0) home.HM2$W_VOLCHAR = (home.HM2$W_VOLCHAR & ~HM2$M_ERASE) | (wanted.VATR$B_ERASE !== 0 ? HM2$M_ERASE : 0);
  if (wanted.VATR$V_VOLNAME !== 0) home.HM2$T_VOLNAME = wanted.VATR$T_VOLNAME;
  if (wanted.VATR$V_OWNERNAME !== 0) home.HM2$T_OWNERNAME = wanted.VATR$T_OWNERNAME;
  if (wanted.VATR$V_RETAIN === 0) return;
  home.HM2$Q_RETAINMIN = wanted.VATR$Q_RETAINMIN;
  home.HM2$Q_RETAINMAX = wanted.VATR$Q_RETAINMAX;
}

function changeVcb(vcb: VcbView, wanted: VolumeAttributes): void {
  if (wanted.VATR$V_EXTEND !== 0) vcb.VCB$W_EXTEND = wanted.VATR$W_EXTEND;
  if (wanted.VATR$V_WINDOW !== 0) vcb.VCB$B_WINDOW = wanted.VATR$B_WINDOW;
  if (wanted.VATR$V_LRU_LIM !== 0) vcb.VCB$B_LRU_LIM = wanted.VATR$B_LRU_LIM;
  if (wanted.VATR$V_FILEPROT !== 0) vcb.VCB$W_FILEPROT = wanted.VATR$W_FILEPROT;
  if (wanted.VATR$V_ERASE !== 0) vcb.VCB$V_ERASE = wanted.VATR$B_ERASE;
  if (wanted.VATR$V_MOUNTVER !== 0) vcb.VCB$V_MOUNTVER = wanted.VATR$B_MOUNTVER;
  if (wanted.VATR$V_VOLNAME !== 0) vcb.VCB$T_VOLNAME = wanted.VATR$T_VOLNAME;
  if (wanted.VATR$V_RETAIN === 0) return;
  vcb.VCB$Q_RETAINMIN = wanted.VATR$Q_RETAINMIN;
  vcb.VCB$Q_RETAINMAX = wanted.VATR$Q_RETAINMAX;
}

/**
 * FIB$C_REBUILD, see there. Files on their way to deletion keep their blocks, for their headers are whole.
 *
 * @returns SS$_NORMAL; fails with SS$_NOPRIV, SS$_WRITLCK
 */
export function* rebuildMounted(k: Kernel, vcb: VcbView, volume: Volume, { fib }: FileRequest): BlockFlow<number> {
  const isAsked = fib.FIB$L_CNTRLVAL === 0;
  fib.FIB$L_CNTRLVAL = vcb.VCB$V_REBUILD;
  if (isAsked) return SS$_NORMAL;
  requireAccess(k, (yield* volume.readHeader(INDEX_FILE)).block, FILE_WRITE);
  if (vcb.VCB$V_NOALLOC !== 0) fail(SS$_WRITLCK);
  yield* rebuild(volume);
  volume.freed = 0;
  vcb.VCB$L_FREE = yield* countFree(volume);
  yield* recountQuotas(k, vcb, volume);
  vcb.VCB$V_REBUILD = 0;
  return SS$_NORMAL;
}
