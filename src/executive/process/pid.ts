import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_IVLOGNAM, SS$_NONEXPR, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { PRV$V_GROUP, PRV$V_WORLD } from '../starlet/prvdef.js';
import { IPL$_SYNCH } from '../structures/ipl.js';
import { bytesToText } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';

/*
 * Process identification. An internal PID (IPID) is PCB vector index and sequence number; an extended PID (EPID), the one users see,
 * packs both into 21 bits and adds the cluster node. @source book 12.2.2.1, 20.1.3; digest ch12 1.3
 */
const EPID_PROCESS_BITS = 21;

/** Longest process name; longer ones and empty ones name nobody. */
const NAME_LIMIT = 15;

/** PCB of the process with this internal PID; 0 when there is none (any more). */
export function EXE$IPID_TO_PCB(k: Kernel, ipid: number): number {
  const index = ipid & 0xffff;
  if (index > k.sys.SCH$GL_MAXPIX) return 0;
  const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
  return PCB.at(k, pcb).PCB$L_PID === ipid >>> 0 ? pcb : 0;
}

/** Extended PID of an internal one; 0 stays 0. */
export function EXE$IPID_TO_EPID(k: Kernel, ipid: number): number {
  if (ipid === 0) return 0;
  const width = k.sys.SCH$GL_PIXWIDTH;
  const sequenceMask = 2 ** (EPID_PROCESS_BITS - width) - 1;
  const sequence = (ipid >>> 16) & sequenceMask;
  return ((k.sys.SCH$GW_LOCALNODE << EPID_PROCESS_BITS) | (sequence << width) | (ipid & (2 ** width - 1))) >>> 0;
}

/**
 * Internal PID of an extended one. The sequence number is completed from the sequence vector, for an extended PID holds fewer bits.
 *
 * @returns 0 when the slot has gone on to another process, the node is not this one, or the index is none
 */
export function EXE$EPID_TO_IPID(k: Kernel, epid: number): number {
  const width = k.sys.SCH$GL_PIXWIDTH;
  const sequenceMask = 2 ** (EPID_PROCESS_BITS - width) - 1;
  const index = epid & (2 ** width - 1);
  if (epid >>> EPID_PROCESS_BITS !== k.sys.SCH$GW_LOCALNODE || index > k.sys.SCH$GL_MAXPIX) return 0;
  const sequence = k.readWord(k.sys.SCH$GL_SEQVEC + 2 * index);
  if (((epid >>> width) & sequenceMask) !== (sequence & sequenceMask)) return 0;
  return ((sequence << 16) | index) >>> 0;
}

/** PCB of the process with this extended PID; 0 when there is none. */
export function EXE$EPID_TO_PCB(k: Kernel, epid: number): number {
  const ipid = EXE$EPID_TO_IPID(k, epid);
  return ipid === 0 ? 0 : EXE$IPID_TO_PCB(k, ipid);
}

/** Every process in the PCB vector, by index, null process and swapper included. */
export function* processes(k: Kernel): Generator<number, void, undefined> {
  const nullPcb = k.symbol('SCH$GL_NULLPCB');
  const last = k.sys.SCH$GL_MAXPIX;
  for (let index = 0; index <= last; index += 1) {
    const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (pcb !== nullPcb || index === 0) yield pcb;
  }
}

/** PCB of the process called `name` in UIC group `group`; 0 when there is none. */
export function findByName(k: Kernel, name: string, group: number): number {
  for (const address of processes(k)) {
    const pcb = PCB.at(k, address);
    if (pcb.PCB$W_GRP !== group) continue;
    const length = k.readByte(address + PCB.offset.PCB$T_LNAME);
    if (length !== name.length) continue;
    if (bytesToText(k.readBytes(address + PCB.offset.PCB$T_LNAME + 1, length)) === name) return address;
  }
  return 0;
}

/** Whether the process's current privilege mask has bit `privilege` (PRV$V_ number). */
export function hasPrivilege(k: Kernel, pcbAddress: number, privilege: number): boolean {
  const long = k.readLong(pcbAddress + PCB.offset.PCB$Q_PRIV + (privilege < 32 ? 0 : 4));
  return ((long >>> (privilege & 31)) & 1) !== 0;
}

/** Whether the current process may affect the target: same job, same UIC, WORLD, or the same group and GROUP. */
export function mayAffect(k: Kernel, target: number): boolean {
  const mine = k.pcb;
  const other = PCB.at(k, target);
  return mine.PCB$L_JIB === other.PCB$L_JIB
    || mine.PCB$L_UIC === other.PCB$L_UIC
    || hasPrivilege(k, mine.address, PRV$V_WORLD)
    || (mine.PCB$W_GRP === other.PCB$W_GRP && hasPrivilege(k, mine.address, PRV$V_GROUP));
}

export interface NamedProcess {
  /** SS$_NORMAL, or why `pcb` is 0. */
  readonly status: number;
  readonly pcb: number;
}

/**
 * Finds the process that a service's arguments name, and checks that the caller may affect it. With neither argument, or a PID of
 * zero and no name, that is the caller. The extended PID is written back where `pidadr` points.
 *
 * @param pidadr  caller's address of an extended PID, or 0
 * @param prcnam  caller's address of a string descriptor, or 0; looked up in the caller's UIC group
 * @returns SS$_NORMAL and the target's PCB, IPL is then IPL$_SYNCH; SS$_NONEXPR before SS$_NOPRIV; SS$_IVLOGNAM bad name; SS$_ACCVIO
 * @source book 12.2.2.1; digest ch12 2.4
 */
export function EXE$NAMPID(k: Kernel, pidadr: number, prcnam: number): NamedProcess {
  const failed = (status: number): NamedProcess => ({ status, pcb: 0 });
  let epid = 0;
  if (pidadr !== 0) {
    if (!k.callerCanRead(pidadr, 4) || !k.callerCanWrite(pidadr, 4)) return failed(SS$_ACCVIO);
    epid = k.readLong(pidadr);
  }
  let target: number;
  if (epid !== 0) target = EXE$EPID_TO_PCB(k, epid);
  else if (prcnam !== 0) {
    const name = k.callerString(prcnam);
    if (name === undefined) return failed(SS$_ACCVIO);
    if (name.length === 0 || name.length > NAME_LIMIT) return failed(SS$_IVLOGNAM);
    target = findByName(k, name, k.pcb.PCB$W_GRP);
  } else target = k.pcb.address;
  if (target === 0) return failed(SS$_NONEXPR);
  if (!mayAffect(k, target)) return failed(SS$_NOPRIV);
  if (pidadr !== 0 && epid === 0) k.writeLong(pidadr, PCB.at(k, target).PCB$L_EPID);
  k.ipl = IPL$_SYNCH;
  return { status: SS$_NORMAL, pcb: target };
}

/**
 * For services about another process: finds it, runs `body` at IPL$_SYNCH with its PCB, and comes back to IPL 0 with the status.
 */
export function withTarget(k: Kernel, pidadr: number, prcnam: number, body: (pcb: number) => number): number {
  const ipl = k.ipl;
  const { status, pcb } = EXE$NAMPID(k, pidadr, prcnam);
  if (pcb === 0) return status;
  const result = body(pcb);
  k.ipl = ipl;
  return result;
}
