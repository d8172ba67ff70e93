import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { PRV$V_PRMCEB } from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_EXQUOTA, SS$_ILLEFC, SS$_INSFMEM, SS$_IVLOGNAM, SS$_NOPRIV, SS$_NORMAL,
} from '../starlet/ssdef.js';
import { CEB, WQH } from '../structures/ceb.js';
import { JIB } from '../structures/jib.js';
import { readCounted, writeCounted } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { DYN$C_CEB } from '../structures/dyn.js';
import { RSN$_NPDYNMEM, SCH$C_CEF } from '../structures/sch.js';
import { underMutex } from '../synchronization/mutex.js';
import { hasPrivilege } from './pid.js';

/*
 * Common event flag clusters: common event blocks on SCH$GQ_CEBHD, found by name and UIC group, under mutex EXE$GL_CEBMTX.
 * @source book 12.1.2; digest ch12 2.1
 */
const NAME_LIMIT = 15;
const PROTECTION_OWNER_ONLY = 0xfff0;

function underCebMutex(k: Kernel, body: () => number): number {
  return underMutex(k, k.symbol('EXE$GL_CEBMTX'), body);
}

/** The caller's cluster name; a number is the status of a bad one. */
function clusterName(k: Kernel, descriptor: number): string | number {
  const name = descriptor === 0 ? '' : k.callerString(descriptor);
  if (name === undefined) return SS$_ACCVIO;
  return name.length === 0 || name.length > NAME_LIMIT ? SS$_IVLOGNAM : name;
}

function findCluster(k: Kernel, name: string): number {
  const group = k.pcb.PCB$W_GRP;
  for (const ceb of k.queueEntries(k.symbol('SCH$GQ_CEBHD'))) {
    if (CEB.at(k, ceb).CEB$W_GRP === group && readCounted(k, ceb + CEB.offset.CEB$T_EFCNAM) === name) return ceb;
  }
  return 0;
}

function createCluster(k: Kernel, address: number, name: string, isPermanent: boolean, isPrivate: boolean): void {
  const pcb = k.pcb;
  const ceb = CEB.at(k, address);
  ceb.CEB$V_PERM = isPermanent ? 1 : 0;
  ceb.CEB$V_NOQUOTA = isPermanent ? 1 : 0;
  ceb.CEB$L_PID = pcb.PCB$L_PID;
  ceb.CEB$L_UIC = pcb.PCB$L_UIC;
  ceb.CEB$W_PROT = isPrivate ? PROTECTION_OWNER_ONLY : 0;
  const waiters = WQH.at(k, address + CEB.offset.CEB$L_WQFL);
  k.initializeQueue(waiters.address);
  waiters.WQH$W_STATE = SCH$C_CEF;
  writeCounted(k, address + CEB.offset.CEB$T_EFCNAM, name, 16);
  k.insertTail(address, k.symbol('SCH$GQ_CEBHD'));
  k.sys.SCH$GW_CEBCNT += 1;
}

/** Unlinks and frees a cluster nobody uses any more. */
function deleteIfUnused(k: Kernel, address: number): void {
  const ceb = CEB.at(k, address);
  if (ceb.CEB$W_REFC !== 0 || ceb.CEB$V_PERM !== 0) return;
  k.removeQueue(address);
  k.sys.SCH$GW_CEBCNT -= 1;
  EXE$DEANONPAGED(k, address);
}

/** Offset of the PCB's pointer to cluster 2 or 3; undefined for flags of a local cluster. */
function clusterPointer(efn: number): number | undefined {
  if (efn < 64 || efn > 127) return undefined;
  return efn < 96 ? PCB.offset.PCB$L_EFC2P : PCB.offset.PCB$L_EFC3P;
}

function dissociate(k: Kernel, pointer: number): void {
  const ceb = k.readLong(pointer);
  if (ceb === 0) return;
  k.writeLong(pointer, 0);
  const block = CEB.at(k, ceb);
  block.CEB$W_REFC -= 1;
  const pcb = k.pcb;
  if (block.CEB$V_NOQUOTA === 0 && block.CEB$L_PID === pcb.PCB$L_PID) {
    block.CEB$V_NOQUOTA = 1;
    JIB.at(k, pcb.PCB$L_JIB).JIB$W_TQCNT += 1;
  }
  deleteIfUnused(k, ceb);
}

/**
 * $ASCEFC efn,name,[prot],[perm] - associate a common cluster with flags 64-95 or 96-127, creating it if there is none of that name
 * in the caller's group. Whatever cluster was there before is left.
 *
 * choice: a temporary cluster costs its creator one of TQELM (public service description) for as long as the creator is associated;
 * later there might be no process to give it back to.
 * @param prot  1: only processes of the creator's UIC may associate
 * @param perm  1: permanent, needs PRMCEB
 * @returns SS$_NORMAL; SS$_ILLEFC; SS$_IVLOGNAM; SS$_NOPRIV; SS$_EXQUOTA; SS$_INSFMEM; SS$_ACCVIO
 */
const ascefc = kernelService('$ASCEFC', (k, efn, nameDescriptor, prot, perm) => {
  const offset = clusterPointer(efn!);
  if (offset === undefined) return SS$_ILLEFC;
  const name = clusterName(k, nameDescriptor!);
  if (typeof name === 'number') return name;
  const isPermanent = (perm! & 1) !== 0;
  const status = underCebMutex(k, () => {
    const pcb = k.pcb;
    let ceb = findCluster(k, name);
    if (isPermanent && !hasPrivilege(k, pcb.address, PRV$V_PRMCEB)) return SS$_NOPRIV;
    if (ceb === 0) {
      const jib = JIB.at(k, pcb.PCB$L_JIB);
      if (!isPermanent && jib.JIB$W_TQCNT === 0) return SS$_EXQUOTA;
      ceb = allocateBlock(k, CEB.size, DYN$C_CEB);
      if (ceb === 0) return SS$_INSFMEM;
      if (!isPermanent) jib.JIB$W_TQCNT -= 1;
      createCluster(k, ceb, name, isPermanent, (prot! & 1) !== 0);
    } else {
      const existing = CEB.at(k, ceb);
      if (existing.CEB$W_PROT !== 0 && existing.CEB$L_UIC !== pcb.PCB$L_UIC) return SS$_NOPRIV;
      if (isPermanent) existing.CEB$V_PERM = 1;
    }
    CEB.at(k, ceb).CEB$W_REFC += 1;
    dissociate(k, pcb.address + offset);
    k.writeLong(pcb.address + offset, ceb);
    return SS$_NORMAL;
  });
  // The wait for pool comes only now: nobody waits with the mutex in hand.
  if (status === SS$_INSFMEM && k.pcb.PCB$V_SSRWAIT === 0) SCH$RWAIT(k, RSN$_NPDYNMEM);
  return status;
});

/** $DACEFC efn - leave the cluster of that flag. Returns SS$_NORMAL, also when there was none; SS$_ILLEFC. */
const dacefc = kernelService('$DACEFC', (k, efn) => {
  const offset = clusterPointer(efn!);
  if (offset === undefined) return SS$_ILLEFC;
  return underCebMutex(k, () => {
    dissociate(k, k.pcb.address + offset);
    return SS$_NORMAL;
  });
});

/**
 * $DLCEFC name - a permanent cluster of the caller's group goes when nobody uses it any more, now or later.
 *
 * @returns SS$_NORMAL, also when there is none of that name; SS$_IVLOGNAM; SS$_NOPRIV needs PRMCEB; SS$_ACCVIO
 */
const dlcefc = kernelService('$DLCEFC', (k, nameDescriptor) => {
  const name = clusterName(k, nameDescriptor!);
  if (typeof name === 'number') return name;
  return underCebMutex(k, () => {
    const ceb = findCluster(k, name);
    if (ceb === 0) return SS$_NORMAL;
    if (CEB.at(k, ceb).CEB$V_PERM !== 0 && !hasPrivilege(k, k.pcb.address, PRV$V_PRMCEB)) return SS$_NOPRIV;
    CEB.at(k, ceb).CEB$V_PERM = 0;
    deleteIfUnused(k, ceb);
    return SS$_NORMAL;
  });
});

/** Rundown: the current process leaves both its common clusters. */
export function leaveCommonClusters(k: Kernel): void {
  underCebMutex(k, () => {
    dissociate(k, k.pcb.address + PCB.offset.PCB$L_EFC2P);
    dissociate(k, k.pcb.address + PCB.offset.PCB$L_EFC3P);
    return SS$_NORMAL;
  });
}

export const COMMON_EVENT_ROUTINES: readonly Microroutine[] = [ascefc, dacefc, dlcefc];
