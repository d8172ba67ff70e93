import type { Kernel } from '../../executive/kernel.js';
import { hasPrivilege } from '../../executive/names/protection.js';
import { PRV$V_EXQUOTA } from '../../executive/starlet/prvdef.js';
import { SS$_BADPARAM, SS$_NODISKQUOTA, SS$_NORMAL, SS$_QFACTIVE, SS$_QFNOTACT, SS$_WRITLCK } from '../../executive/starlet/ssdef.js';
import { ArrayMemory } from '../../executive/structures/memory.js';
import type { VCB } from '../../executive/structures/volume.js';
import { FCB } from '../../executive/structures/volume.js';
import type { BlockFlow } from '../block-io.js';
import { Directory } from '../directory.js';
import { FIB$C_ADD_QUOTA, FIB$C_COUNT_QUOTA, FIB$C_DSA_QUOTA, FIB$C_ENA_QUOTA, FIB$C_EXA_QUOTA, FIB$C_MOD_QUOTA, FIB$C_REM_QUOTA } from '../fib.js';
import { fail, FileFailure } from '../file-failure.js';
import { fileIdAt, type FileId } from '../file-id.js';
import { findEntry, requestedName } from '../lookup.js';
import { FID$C_MFD, headerOf } from '../on-disk.js';
import { countUsage, DQF, fileCost, QuotaFile, type ChargeLimit, type QuotaRecord } from '../quota.js';
import type { Volume } from '../volume.js';
import { FILE_READ, FILE_WRITE, requireAccess } from './access-check.js';
import { makeFcb, releaseFcb } from './control-blocks.js';
import type { FileRequest } from './request.js';

/**
 * Disk quotas in the XQP: the functions of IO$_ACPCONTROL, and what other functions charge. Quotas are in force while VCB$L_QUOTAFCB is the FCB
 * of the quota file. Who may write that file may change quotas; everybody sees the own one. @source VMS I/O User's Reference 1.6.7 (public)
 */
const QUOTA_FUNCTIONS: readonly number[] = [
  FIB$C_ENA_QUOTA, FIB$C_ADD_QUOTA, FIB$C_EXA_QUOTA, FIB$C_MOD_QUOTA, FIB$C_REM_QUOTA, FIB$C_DSA_QUOTA, FIB$C_COUNT_QUOTA,
];

type VcbView = ReturnType<typeof VCB.at>;

export function isQuotaFunction({ fib }: FileRequest): boolean {
  return QUOTA_FUNCTIONS.includes(fib.FIB$W_CNTRLFUNC);
}

const quotaFileId = (k: Kernel, vcb: VcbView): FileId => fileIdAt(FCB.at(k, vcb.VCB$L_QUOTAFCB).FCB$T_FID);

/** Performs a quota function. @returns SS$_NORMAL; fails with SS$_QFNOTACT, SS$_QFACTIVE, SS$_NODISKQUOTA, SS$_DUPDSKQUOTA, SS$_NOPRIV, SS$_WRITLCK */
export function* quotaControl(k: Kernel, vcb: VcbView, volume: Volume, request: FileRequest): BlockFlow<number> {
  const code = request.fib.FIB$W_CNTRLFUNC;
  if (code !== FIB$C_EXA_QUOTA && vcb.VCB$V_NOALLOC !== 0) fail(SS$_WRITLCK);
  if (code === FIB$C_ENA_QUOTA) return yield* enable(k, vcb, volume, request.hasName ? request.name : 'QUOTA.SYS;1');
  if (vcb.VCB$L_QUOTAFCB === 0) fail(SS$_QFNOTACT);
  const header = (yield* volume.readHeader(quotaFileId(k, vcb))).block;
  const quotas = yield* QuotaFile.open(volume, quotaFileId(k, vcb));
  if (code === FIB$C_EXA_QUOTA) return examine(k, quotas, request, header);
  requireAccess(k, header, FILE_WRITE);
  switch (code) {
    case FIB$C_ADD_QUOTA: return yield* addRecord(quotas, request);
    case FIB$C_MOD_QUOTA: return yield* modify(quotas, request);
    case FIB$C_REM_QUOTA: yield* quotas.remove(given(request).DQF$L_UIC); return SS$_NORMAL;
    case FIB$C_COUNT_QUOTA: yield* countUsage(volume, quotas); return SS$_NORMAL;
    default: return yield* disable(k, vcb, quotas);
  }
}

/** The record that P2 gives. */
function given(request: FileRequest): QuotaRecord {
  const bytes = request.nameBytes;
  if (bytes.length < DQF.size) fail(SS$_BADPARAM);
  return DQF.at(new ArrayMemory(bytes), 0);
}

/** Counts anew what the owners of files use, if quotas are in force. */
export function* recountQuotas(k: Kernel, vcb: VcbView, volume: Volume): BlockFlow<void> {
  if (vcb.VCB$L_QUOTAFCB !== 0) yield* countUsage(volume, yield* QuotaFile.open(volume, quotaFileId(k, vcb)));
}

function* enable(k: Kernel, vcb: VcbView, volume: Volume, name: string): BlockFlow<number> {
  if (vcb.VCB$L_QUOTAFCB !== 0) fail(SS$_QFACTIVE);
  const directory = yield* Directory.open(volume, { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 });
  const { id } = yield* findEntry(directory, requestedName(name));
  const { block } = yield* volume.readHeader(id);
  requireAccess(k, block, FILE_WRITE);
  const quotas = yield* QuotaFile.open(volume, id);
  const first = quotas.record(0) ?? fail(SS$_BADPARAM);
  vcb.VCB$L_QUOTAFCB = makeFcb(k, vcb.address, id, block, 0).address;
  first.DQF$V_ACTIVE = 1;
  yield* quotas.store(first);
  return SS$_NORMAL;
}

function* disable(k: Kernel, vcb: VcbView, quotas: QuotaFile): BlockFlow<number> {
  const first = quotas.record(0)!;
  first.DQF$V_ACTIVE = 0;
  yield* quotas.store(first);
  forgetQuotas(k, vcb);
  return SS$_NORMAL;
}

/** Mounting: quotas that were in force when the volume was dismounted are again. A volume without them is as good. */
export function* resumeQuotas(k: Kernel, vcb: VcbView, volume: Volume): BlockFlow<void> {
  try {
    const directory = yield* Directory.open(volume, { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 });
    const { id } = yield* findEntry(directory, requestedName('QUOTA.SYS;1'));
    const quotas = yield* QuotaFile.open(volume, id);
    if (quotas.record(0)?.DQF$V_ACTIVE === 1) vcb.VCB$L_QUOTAFCB = makeFcb(k, vcb.address, id, (yield* volume.readHeader(id)).block, 0).address;
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
  }
}

/** Dismounting, disabling: the FCB goes unless a channel has the file open. */
export function forgetQuotas(k: Kernel, vcb: VcbView): void {
  const address = vcb.VCB$L_QUOTAFCB;
  if (address === 0) return;
  vcb.VCB$L_QUOTAFCB = 0;
  if (FCB.at(k, address).FCB$W_REFCNT === 0) releaseFcb(k, FCB.at(k, address));
}

function* addRecord(quotas: QuotaFile, request: FileRequest): BlockFlow<number> {
  const wanted = given(request);
  const record = yield* quotas.add(wanted.DQF$L_UIC);
  // choice: a quota of 0 is asked for with the next function; here it means the default.
  if (wanted.DQF$L_PERMQUOTA !== 0) record.DQF$L_PERMQUOTA = wanted.DQF$L_PERMQUOTA;
  if (wanted.DQF$L_OVERDRAFT !== 0) record.DQF$L_OVERDRAFT = wanted.DQF$L_OVERDRAFT;
  yield* quotas.store(record);
  return SS$_NORMAL;
}

function* modify(quotas: QuotaFile, request: FileRequest): BlockFlow<number> {
  const wanted = given(request);
  const record = quotas.find(wanted.DQF$L_UIC) ?? fail(SS$_NODISKQUOTA);
  const { fib } = request;
  if (fib.FIB$V_MOD_USE !== 0) record.DQF$L_USAGE = wanted.DQF$L_USAGE;
  if (fib.FIB$V_MOD_PERM !== 0) record.DQF$L_PERMQUOTA = wanted.DQF$L_PERMQUOTA;
  if (fib.FIB$V_MOD_OVER !== 0) record.DQF$L_OVERDRAFT = wanted.DQF$L_OVERDRAFT;
  yield* quotas.store(record);
  return SS$_NORMAL;
}

/** One record to P4: that of the UIC, or with FIB$V_ALL_MEM or FIB$V_ALL_GRP the next that matches, FIB$L_WCC being where to go on. */
function examine(k: Kernel, quotas: QuotaFile, request: FileRequest, header: Uint8Array): number {
  const wanted = given(request);
  const { fib } = request;
  const scans = fib.FIB$V_ALL_MEM !== 0 || fib.FIB$V_ALL_GRP !== 0;
  if (scans || wanted.DQF$L_UIC !== k.pcb.PCB$L_UIC) requireAccess(k, header, FILE_READ);
  const matches = (uic: number): boolean => (fib.FIB$V_ALL_GRP !== 0 || uic >>> 16 === wanted.DQF$L_UIC >>> 16)
    && (fib.FIB$V_ALL_MEM !== 0 || (uic & 0xffff) === (wanted.DQF$L_UIC & 0xffff));
  let found = scans ? undefined : quotas.find(wanted.DQF$L_UIC);
  for (let index = fib.FIB$L_WCC; scans && !found && quotas.record(index); index += 1) {
    if (quotas.isFree(index) || !matches(quotas.record(index)!.DQF$L_UIC)) continue;
    found = quotas.record(index);
    fib.FIB$L_WCC = index + 1;
  }
  if (!found) return fail(SS$_NODISKQUOTA);
  request.setResultBytes(found.memory.readBytes(found.address, DQF.size));
  return SS$_NORMAL;
}

/** What the file functions charge while quotas are in force. */
export class QuotaAccounts {
  private constructor(private readonly volume: Volume, private readonly id: FileId, private readonly isExempt: boolean) {}

  /** undefined: the volume has no quotas in force. */
  static of(k: Kernel, vcb: VcbView, volume: Volume): QuotaAccounts | undefined {
    return vcb.VCB$L_QUOTAFCB === 0 ? undefined : new QuotaAccounts(volume, quotaFileId(k, vcb), hasPrivilege(k, PRV$V_EXQUOTA));
  }

  *cost(id: FileId): BlockFlow<number> { return yield* fileCost(this.volume, id); }

  *owner(id: FileId): BlockFlow<number> { return headerOf((yield* this.volume.readHeader(id)).block).FH2$L_FILEOWNER; }

  /** Whole clusters that `blocks` take. */
  clusters(blocks: number): number { return Math.ceil(blocks / this.volume.parameters.cluster) * this.volume.parameters.cluster; }

  *charge(owner: number, blocks: number, limit: ChargeLimit): BlockFlow<number> {
    return yield* (yield* QuotaFile.open(this.volume, this.id)).charge(owner, blocks, this.isExempt ? 'none' : limit);
  }
}
