import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { shellPages } from '../memory/shell.js';
import { LNM$SEARCH_ONE } from '../names/index.js';
import { newSwapSpace, releaseSwapSpace } from '../swap/swap-space.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { EXE$ALLOCPQB, EXE$DEAPQB } from '../pool/paged.js';
import { allocateBlock } from '../pool/typed.js';
import { boostedPriority } from '../scheduling/events.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { makeComputable } from '../scheduling/rse.js';
import { PRC$M_BATCH, PRC$M_DETACH, PRC$M_INTER, PRC$M_NETWRK, PRC$M_NOACNT, PRC$M_PSWAPM } from '../starlet/prcdef.js';
import {
  hasPrivilege, PRV$V_ALTPRI, PRV$V_CMKRNL, PRV$V_DETACH, PRV$V_NOACNT, PRV$V_PSWAPM, PRV$V_SETPRV,
} from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_DUPLNAM, SS$_EXPRCLM, SS$_EXQUOTA, SS$_INSFMEM, SS$_INSSWAPSPACE, SS$_IVLOGNAM, SS$_IVQUOTAL, SS$_NOPRIV, SS$_NORMAL, SS$_NOSLOT,
} from '../starlet/ssdef.js';
import { DYN$C_JIB, DYN$C_PCB, DYN$C_RIGHTSLIST } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { readQuad } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PQB } from '../structures/pqb.js';
import { PRI$_TICOM, RSN$_NPDYNMEM, SCH$C_COMO } from '../structures/sch.js';
import { clearBody, fillJib, fillPcb, fillPqb, inheritedCells } from './create-blocks.js';
import { EXE$IPID_TO_EPID, processes } from './pid.js';
import { creationQuotas, type Quotas } from './quotas.js';
import { copyRights, extendedRights } from './rights.js';
import { claimSlot, findSlot, nameInUse } from './slots.js';

/**
 * $CREPRC: the creator's half of process creation (chapter 20.1). It builds PCB, PQB and, for a detached process, JIB, and
 * leaves the process computable and outswapped; the swapper and EXE$PROCSTRT do the rest.
 */

export interface CreationRequest {
  readonly image: string;
  readonly input: string;
  readonly output: string;
  readonly error: string;
  readonly disk: string;
  readonly name: string;
  readonly privileges: bigint | undefined;
  readonly quotas: ReadonlyMap<number, number>;
  readonly priority: number;
  readonly uic: number;
  readonly mailboxUnit: number;
  readonly flags: number;
}

/**
 * $CREPRC [pidadr],[image],[input],[output],[error],[prvadr],[quota],[prcnam],baspri,[uic],[mbxunt],[stsflg],[itmlst]
 *
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_DUPLNAM; SS$_EXPRCLM; SS$_EXQUOTA; SS$_INSFMEM; SS$_IVLOGNAM; SS$_IVQUOTAL; SS$_NOPRIV; SS$_NOSLOT
 * ITMLST is reserved for VMS itself and not looked at.
 * Entered in kernel mode at IPL 0. @source book 20.1; digest ch20 2.1
 */
const createProcess = kernelService('$CREPRC', (k, pidadr, image, input, output, error, prvadr, quota, prcnam, baspri, uic, mbxunt, stsflg) => {
  if (pidadr !== 0 && !k.callerCanWrite(pidadr, 4)) return SS$_ACCVIO;
  if (pidadr !== 0) k.readLong(pidadr);             // a missing page faults here, not when the process is made
  const strings: string[] = [];
  for (const descriptor of [image, input, output, error, prcnam]) {
    if (descriptor === 0) {
      strings.push('');
      continue;
    }
    const text = k.callerString(descriptor);
    if (text === undefined) return SS$_ACCVIO;
    if (text.length > 255) return SS$_IVLOGNAM;
    strings.push(text);
  }
  if (strings[4]!.length > 15) return SS$_IVLOGNAM;
  if (prvadr !== 0 && !k.callerCanRead(prvadr, 8)) return SS$_ACCVIO;
  const quotas = readQuotaList(k, quota);
  if (typeof quotas === 'number') return quotas;
  const made = EXE$CREPRC(k, {
    image: strings[0]!, input: strings[1]!, output: strings[2]!, error: strings[3]!, name: strings[4]!,
    disk: LNM$SEARCH_ONE(k, 'SYS$DISK', 'LNM$FILE_DEV', k.callerMode).value,
    privileges: prvadr === 0 ? undefined : readQuad(k, prvadr),
    quotas, priority: baspri & 31, uic, mailboxUnit: mbxunt & 0xffff, flags: stsflg,
  });
  if (made.status & 1 && pidadr !== 0) k.writeLong(pidadr, made.epid);
  return made.status;
});

/** The caller's quota list: type byte and longword value, five bytes each, ended by type 0. */
function readQuotaList(k: Kernel, address: number): Map<number, number> | number {
  const quotas = new Map<number, number>();
  if (address === 0) return quotas;
  for (let at = address; ; at += 5) {
    if (!k.callerCanRead(at, 1)) return SS$_ACCVIO;
    const type = k.readByte(at);
    if (type === 0) return quotas;
    if (type > 14) return SS$_IVQUOTAL;
    if (!k.callerCanRead(at, 5)) return SS$_ACCVIO;
    quotas.set(type, k.readLong(at + 1));
  }
}

/** What is settled before anything is allocated. */
interface Settled {
  readonly detached: boolean;
  readonly uic: number;
  readonly quotas: Quotas;
  readonly slot: number;
}

/**
 * The work of $CREPRC, also called by the swapper at boot. Everything is checked before anything is charged, so that a status other than
 * SS$_NORMAL leaves all as it was.
 */
export function EXE$CREPRC(k: Kernel, request: CreationRequest): { status: number; epid: number } {
  const settled = checkRequest(k, request);
  if (typeof settled === 'number') return { status: settled, epid: 0 };
  const { detached, uic, quotas, slot } = settled;
  const creator = k.pcb;
  const parentJib = JIB.at(k, creator.PCB$L_JIB);
  const inherited = inheritedCells(k);
  const swapSpace = newSwapSpace(k);
  if (swapSpace === undefined) return { status: SS$_INSSWAPSPACE, epid: 0 };
  const blocks = allocateBlocks(k, detached);
  if (blocks === undefined) {
    releaseSwapSpace(k, -swapSpace.place >>> 0, swapSpace.blocks);
    return { status: SS$_INSFMEM, epid: 0 };
  }
  const pcb = PCB.at(k, blocks.pcb);
  if (detached) {
    fillJib(k, blocks.jib, parentJib, quotas, isPlain(request.flags));
    pcb.PCB$L_JIB = blocks.jib;
  } else {
    parentJib.JIB$W_PRCCNT = parentJib.JIB$W_PRCCNT + 1;
    parentJib.JIB$L_PGFLCNT = parentJib.JIB$L_PGFLCNT - shellPages(k);
    pcb.PCB$L_JIB = parentJib.address;
  }
  fillPcb(k, pcb, creator, request, { detached, uic });
  copyRights(k, creator.address, pcb.address, blocks.rights);
  pcb.PCB$W_ASTCNT = quotas.ASTLM;
  pcb.PCB$W_BIOCNT = quotas.BIOLM;
  pcb.PCB$W_BIOLM = quotas.BIOLM;
  pcb.PCB$W_DIOCNT = quotas.DIOLM;
  pcb.PCB$W_DIOLM = quotas.DIOLM;
  const privileges = grantedPrivileges(creator.PCB$Q_PRIV, request.privileges);
  pcb.PCB$Q_PRIV = privileges;
  const base = hasPrivilege(creator.PCB$Q_PRIV, PRV$V_ALTPRI) ? request.priority : Math.min(request.priority, 31 - creator.PCB$B_PRIB);
  pcb.PCB$B_PRIB = 31 - base;
  pcb.PCB$B_AUTHPRI = 31 - base;
  pcb.PCB$B_PRI = 31 - boostedPriority(base, base, PRI$_TICOM);      // process creation: plus six (Table 10-3)
  fillPqb(k, blocks.pqb, request, inherited, quotas, privileges);
  pcb.PCB$L_PQB = blocks.pqb;

  pcb.PCB$L_WSSWP = swapSpace.place;                 // negative: bring in from SHELL (ch17)
  const ipid = claimSlot(k, slot, pcb.address);
  pcb.PCB$L_PID = ipid;
  pcb.PCB$L_EPID = EXE$IPID_TO_EPID(k, ipid);
  if (detached) JIB.at(k, blocks.jib).JIB$L_MPID = ipid;
  makeComputable(k, pcb.address, SCH$C_COMO);
  if (!detached) {
    creator.PCB$W_PRCCNT = creator.PCB$W_PRCCNT + 1;
    const header = PHD.at(k, creator.PCB$L_PHD);
    if (header.PHD$L_CPULIM !== 0) header.PHD$L_CPULIM = header.PHD$L_CPULIM - quotas.CPULM;
  }
  return { status: SS$_NORMAL, epid: pcb.PCB$L_EPID };
}

/** Not a batch, network or interactive job: those are counted and limited elsewhere. */
function isPlain(flags: number): boolean {
  return (flags & (PRC$M_BATCH | PRC$M_NETWRK | PRC$M_INTER)) === 0;
}

/** The mask asked for, cut down to the creator's own unless that has SETPRV; without one, the creator's. */
function grantedPrivileges(own: bigint, asked: bigint | undefined): bigint {
  if (asked === undefined) return own;
  return hasPrivilege(own, PRV$V_SETPRV) ? asked : asked & own;
}

/** Privileges, limits, name, quotas and slot, in the order of the book. @returns a status when one of them forbids it */
function checkRequest(k: Kernel, request: CreationRequest): Settled | number {
  const creator = k.pcb;
  const has = (privilege: number): boolean => hasPrivilege(creator.PCB$Q_PRIV, privilege);
  const detached = request.uic !== 0 || (request.flags & PRC$M_DETACH) !== 0;
  const uic = request.uic !== 0 ? request.uic : creator.PCB$L_UIC;
  const powerful = has(PRV$V_DETACH) || has(PRV$V_CMKRNL);
  if (uic !== creator.PCB$L_UIC && !powerful) return SS$_NOPRIV;
  if (!detached) {
    const jib = JIB.at(k, creator.PCB$L_JIB);
    if (jib.JIB$W_PRCCNT >= jib.JIB$W_PRCLIM || jib.JIB$L_PGFLCNT < shellPages(k)) return SS$_EXQUOTA;
  }
  if (nameInUse(k, request.name, uic)) return SS$_DUPLNAM;
  if (request.flags & PRC$M_PSWAPM && !has(PRV$V_PSWAPM)) return SS$_NOPRIV;
  if (request.flags & PRC$M_NOACNT && !has(PRV$V_NOACNT)) return SS$_NOPRIV;
  if (request.flags & (PRC$M_BATCH | PRC$M_NETWRK) && !has(PRV$V_DETACH)) return SS$_NOPRIV;
  if (detached && isPlain(request.flags) && tooManyJobs(k, creator.PCB$L_JIB)) return SS$_EXPRCLM;
  const quotas = creationQuotas(k, request.quotas, { detached, powerful, creator });
  if (typeof quotas === 'number') return quotas;
  const slot = findSlot(k);
  return slot === undefined ? SS$_NOSLOT : { detached, uic, quotas, slot };
}

/**
 * Whether one more detached process would be too many for the user: JIB$W_MAXJOBS counts processes that are neither subprocesses nor
 * network jobs, JIB$W_MAXDETACH those of them that are not interactive or batch jobs either; 0 is no limit. IPL$_SYNCH.
 *
 * @source book 20.1.1 step 15
 */
function tooManyJobs(k: Kernel, jibAddress: number): boolean {
  if (jibAddress === 0) return false;                                // the swapper has no job
  const { JIB$W_MAXJOBS: maxJobs, JIB$W_MAXDETACH: maxDetached, JIB$T_USERNAME: user } = JIB.at(k, jibAddress);
  if (maxJobs === 0 && maxDetached === 0) return false;
  let [jobs, detached] = [1, 1];                                     // the new one
  for (const address of processes(k)) {
    const pcb = PCB.at(k, address);
    if (pcb.PCB$L_JIB === 0 || pcb.PCB$L_OWNER !== 0 || pcb.PCB$V_NETWRK !== 0) continue;
    if (JIB.at(k, pcb.PCB$L_JIB).JIB$T_USERNAME.some((byte, index) => byte !== user[index])) continue;
    jobs += 1;
    if (pcb.PCB$V_INTER === 0 && pcb.PCB$V_BATCH === 0) detached += 1;
  }
  return (maxJobs !== 0 && jobs > maxJobs) || (maxDetached !== 0 && detached > maxDetached);
}

interface Blocks {
  readonly pqb: number;
  readonly pcb: number;
  /** 0 for a subprocess. */
  readonly jib: number;
  /** Room for the extended rights lists of the creator. */
  readonly rights: readonly number[];
}

/** All blocks of a new process, zeroed, or none: when pool is short the creator waits for it with nothing in hand, or gets undefined. */
function allocateBlocks(k: Kernel, detached: boolean): Blocks | undefined {
  const pqb = EXE$ALLOCPQB(k, PQB.size);
  if (pqb === 0) return undefined;
  clearBody(k, pqb, PQB.size);
  const wanted: (readonly [size: number, type: number])[] = [[PCB.size, DYN$C_PCB]];
  if (detached) wanted.push([JIB.size, DYN$C_JIB]);
  const lists = extendedRights(k, k.pcb.address).map((list) => [k.readWord(list + 8), DYN$C_RIGHTSLIST] as const);
  const made = [...wanted, ...lists].map(([size, type]) => allocateBlock(k, size, type));
  if (made.every((block) => block !== 0)) {
    return { pqb, pcb: made[0]!, jib: detached ? made[1]! : 0, rights: made.slice(wanted.length) };
  }
  for (const block of made) if (block !== 0) EXE$DEANONPAGED(k, block);
  EXE$DEAPQB(k, pqb);
  if (k.pcb.PCB$V_SSRWAIT === 0) SCH$RWAIT(k, RSN$_NPDYNMEM);
  return undefined;
}

export const CREATE_ROUTINES = [createProcess] as const;
