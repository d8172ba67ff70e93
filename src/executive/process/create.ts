import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { LNM$SEARCH_ONE } from '../names/index.js';
import { EXE$ALLOCJIB, EXE$ALLOCPCB } from '../pool/typed.js';
import { EXE$ALLOCPQB, EXE$DEAPQB } from '../pool/paged.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { makeComputable } from '../scheduling/rse.js';
import {
  PRC$M_BATCH, PRC$M_DETACH, PRC$M_DISAWS, PRC$M_HIBER, PRC$M_INTER, PRC$M_LOGIN, PRC$M_NETWRK, PRC$M_NOACNT, PRC$M_PSWAPM, PRC$M_SSFEXCU,
  PRC$M_SSRWAIT,
} from '../starlet/prcdef.js';
import {
  hasPrivilege, PRV$V_ALTPRI, PRV$V_CMKRNL, PRV$V_DETACH, PRV$V_NOACNT, PRV$V_PSWAPM, PRV$V_SETPRV,
} from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_DUPLNAM, SS$_EXQUOTA, SS$_INSFMEM, SS$_IVLOGNAM, SS$_IVQUOTAL, SS$_NOPRIV, SS$_NORMAL, SS$_NOSLOT,
} from '../starlet/ssdef.js';
import { JIB } from '../structures/jib.js';
import { readQuad, readText, textToBytes, writeCounted } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PQB } from '../structures/pqb.js';
import { SCH$C_COMO } from '../structures/sch.js';
import { CLI_CELLS, CLI_DATA_BASE, PIO_CELLS, PIO_BASE } from '../structures/p1-cells.js';
import { shellPages } from '../memory/shell.js';
import { EXE$IPID_TO_EPID } from './pid.js';
import { creationQuotas, type Quotas } from './quotas.js';

/**
 * $CREPRC: the creator's half of process creation (chapter 20.1). It builds PCB, PQB and, for a detached process, JIB, and
 * leaves the process computable and outswapped; the swapper and EXE$PROCSTRT do the rest.
 */

/** New process: base priority plus six. @source Table 10-3 */
const CREATION_BOOST = 6;
/** Priorities from here down (internal 0..15) are real time and never boosted. */
const REAL_TIME = 16;

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

/** What the creator contributes when it is a process; the swapper creates SYSINIT without one. */
interface Creator {
  readonly pcb: ReturnType<typeof PCB.at>;
  readonly privileges: bigint;
}

/**
 * $CREPRC [pidadr],[image],[input],[output],[error],[prvadr],[quota],[prcnam],baspri,[uic],[mbxunt],[stsflg],[itmlst]
 *
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_DUPLNAM; SS$_EXQUOTA; SS$_INSFMEM; SS$_IVLOGNAM; SS$_IVQUOTAL; SS$_NOPRIV; SS$_NOSLOT
 * Entered in kernel mode at IPL 0. @source book 20.1; digest ch20 2.1
 */
const createProcess = kernelService('$CREPRC', (k, pidadr, image, input, output, error, prvadr, quota, prcnam, baspri, uic, mbxunt, stsflg) => {
  if (pidadr !== 0 && !k.callerCanWrite(pidadr, 4)) return SS$_ACCVIO;
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

/** The work of $CREPRC, also called by the swapper at boot. Quotas charged here are given back when a later step fails. */
export function EXE$CREPRC(k: Kernel, request: CreationRequest): { status: number; epid: number } {
  const failure = (status: number): { status: number; epid: number } => ({ status, epid: 0 });
  const creator: Creator = { pcb: k.pcb, privileges: k.pcb.PCB$Q_PRIV };
  const has = (privilege: number): boolean => hasPrivilege(creator.privileges, privilege);
  const detached = request.uic !== 0 || (request.flags & PRC$M_DETACH) !== 0;
  const uic = request.uic !== 0 ? request.uic : creator.pcb.PCB$L_UIC;
  const powerful = has(PRV$V_DETACH) || has(PRV$V_CMKRNL);
  if (detached && uic !== creator.pcb.PCB$L_UIC && !powerful) return failure(SS$_NOPRIV);
  if (request.flags & PRC$M_PSWAPM && !has(PRV$V_PSWAPM)) return failure(SS$_NOPRIV);
  if (request.flags & PRC$M_NOACNT && !has(PRV$V_NOACNT)) return failure(SS$_NOPRIV);
  if (request.flags & (PRC$M_BATCH | PRC$M_NETWRK) && !has(PRV$V_DETACH)) return failure(SS$_NOPRIV);
  if (nameInUse(k, request.name, uic)) return failure(SS$_DUPLNAM);

  const parentJib = JIB.at(k, creator.pcb.PCB$L_JIB);
  if (!detached) {
    if (parentJib.JIB$W_PRCCNT >= parentJib.JIB$W_PRCLIM) return failure(SS$_EXQUOTA);
    if (parentJib.JIB$L_PGFLCNT < shellPages(k)) return failure(SS$_EXQUOTA);
  }
  const quotas = creationQuotas(k, request.quotas, { detached, powerful, creator: creator.pcb });
  if (typeof quotas === 'number') return failure(quotas);
  const slot = findSlot(k);
  if (slot === undefined) return failure(SS$_NOSLOT);

  const pqbAddress = EXE$ALLOCPQB(k, PQB.size);
  if (pqbAddress === 0) return failure(SS$_INSFMEM);
  const pcbAddress = EXE$ALLOCPCB(k);
  const jibAddress = detached ? EXE$ALLOCJIB(k) : parentJib.address;
  if (pcbAddress === 0 || jibAddress === 0) {
    if (pcbAddress !== 0) EXE$DEANONPAGED(k, pcbAddress);
    EXE$DEAPQB(k, pqbAddress);
    return failure(SS$_INSFMEM);
  }
  clearBody(k, pcbAddress, PCB.size);
  clearBody(k, pqbAddress, PQB.size);

  const pcb = PCB.at(k, pcbAddress);
  if (detached) fillJib(k, jibAddress, parentJib, quotas);
  else {
    parentJib.JIB$W_PRCCNT = parentJib.JIB$W_PRCCNT + 1;
    parentJib.JIB$L_PGFLCNT = parentJib.JIB$L_PGFLCNT - shellPages(k);
  }
  pcb.PCB$L_JIB = jibAddress;
  fillPcb(k, pcb, creator.pcb, request, { detached, uic });
  pcb.PCB$W_ASTCNT = quotas.ASTLM;
  pcb.PCB$W_BIOCNT = quotas.BIOLM;
  pcb.PCB$W_BIOLM = quotas.BIOLM;
  pcb.PCB$W_DIOCNT = quotas.DIOLM;
  pcb.PCB$W_DIOLM = quotas.DIOLM;
  const privileges = request.privileges === undefined ? creator.privileges
    : has(PRV$V_SETPRV) ? request.privileges : request.privileges & creator.privileges;
  pcb.PCB$Q_PRIV = privileges;
  const base = has(PRV$V_ALTPRI) ? request.priority : Math.min(request.priority, 31 - creator.pcb.PCB$B_PRIB);
  pcb.PCB$B_PRIB = 31 - base;
  pcb.PCB$B_AUTHPRI = 31 - base;
  pcb.PCB$B_PRI = 31 - (base >= REAL_TIME ? base : Math.min(base + CREATION_BOOST, Math.max(base, REAL_TIME - 1)));

  fillPqb(k, pqbAddress, request, quotas, privileges);
  pcb.PCB$L_PQB = pqbAddress;

  pcb.PCB$L_WSSWP = 0xffffffff;                 // negative: not yet swapped, bring in from SHELL (ch17)
  const ipid = claimSlot(k, slot, pcbAddress);
  pcb.PCB$L_PID = ipid;
  pcb.PCB$L_EPID = EXE$IPID_TO_EPID(k, ipid);
  if (detached) JIB.at(k, jibAddress).JIB$L_MPID = ipid;
  else creator.pcb.PCB$W_PRCCNT = creator.pcb.PCB$W_PRCCNT + 1;
  makeComputable(k, pcbAddress, SCH$C_COMO);
  return { status: SS$_NORMAL, epid: pcb.PCB$L_EPID };
}

/** Zeroes all of a pool block but its links and its size and type header. */
function clearBody(k: Kernel, address: number, size: number): void {
  k.writeBytes(address + 12, new Uint8Array(size - 12));
  k.writeByte(address + 11, 0);
  k.writeLong(address, 0);
  k.writeLong(address + 4, 0);
}

/** A name is taken when another process of the same UIC group has it. */
export function nameInUse(k: Kernel, name: string, uic: number, except = 0): boolean {
  if (name === '') return false;
  const group = uic >>> 16;
  for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (address === except || (index !== 0 && address === k.symbol('SCH$GL_NULLPCB'))) continue;
    const pcb = PCB.at(k, address);
    const length = k.readByte(address + PCB.offset.PCB$T_LNAME);
    if (pcb.PCB$W_GRP === group && length === name.length && readText(k, address + PCB.offset.PCB$T_LNAME + 1, length) === name) return true;
  }
  return false;
}

/**
 * The process index to use next: scan of the PCB vector from behind the one given out last.
 *
 * @returns undefined when every slot is in use or SCH$GW_PROCLIM processes exist
 */
function findSlot(k: Kernel): number | undefined {
  if (k.sys.SCH$GW_PROCCNT >= k.sys.SCH$GW_PROCLIM) return undefined;
  const count = k.sys.SCH$GL_MAXPIX + 1;
  const free = k.symbol('SCH$GL_NULLPCB');
  let index = k.sys.SCH$GL_PIXLAST;
  for (let tried = 0; tried < count; tried += 1) {
    index = index + 1 >= count ? 2 : index + 1;
    if (k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index) === free) return index;
  }
  return undefined;
}

/** Puts the PCB in its slot under the next sequence number (0 after 32767) and makes the internal PID. */
function claimSlot(k: Kernel, index: number, pcbAddress: number): number {
  const sequenceAt = k.sys.SCH$GL_SEQVEC + 2 * index;
  const sequence = (k.readWord(sequenceAt) + 1) & 0x7fff;
  k.writeWord(sequenceAt, sequence);
  k.writeLong(k.sys.SCH$GL_PCBVEC + 4 * index, pcbAddress);
  k.sys.SCH$GL_PIXLAST = index;
  k.sys.SCH$GW_PROCCNT = k.sys.SCH$GW_PROCCNT + 1;
  return ((sequence << 16) | index) >>> 0;
}

type JibView = ReturnType<typeof JIB.at>;

function fillJib(k: Kernel, address: number, creator: JibView, quotas: Quotas): void {
  clearBody(k, address, JIB.size);
  const jib = JIB.at(k, address);
  k.initializeQueue(address + JIB.offset.JIB$L_MTLFL);
  k.initializeQueue(address + JIB.offset.JIB$L_JLNAMFL);
  if (creator.address !== 0) {
    jib.JIB$T_USERNAME = creator.JIB$T_USERNAME;
    jib.JIB$T_ACCOUNT = creator.JIB$T_ACCOUNT;
  } else {
    jib.JIB$T_USERNAME = textToBytes('SYSTEM'.padEnd(12));
    jib.JIB$T_ACCOUNT = textToBytes('SYSTEM'.padEnd(8));
  }
  jib.JIB$L_BYTCNT = quotas.BYTLM;
  jib.JIB$L_BYTLM = quotas.BYTLM;
  jib.JIB$L_ORG_BYTLM = quotas.BYTLM;
  jib.JIB$W_FILCNT = quotas.FILLM;
  jib.JIB$W_FILLM = quotas.FILLM;
  jib.JIB$W_TQCNT = quotas.TQELM;
  jib.JIB$W_TQLM = quotas.TQELM;
  jib.JIB$L_PGFLQUOTA = quotas.PGFLQUOTA;
  jib.JIB$L_PGFLCNT = quotas.PGFLQUOTA;
  jib.JIB$L_CPULIM = quotas.CPULM;
  jib.JIB$W_PRCLIM = quotas.PRCLM;
  jib.JIB$W_ENQCNT = quotas.ENQLM;
  jib.JIB$W_ENQLM = quotas.ENQLM;
}

type PcbView = ReturnType<typeof PCB.at>;

function fillPcb(k: Kernel, pcb: PcbView, creator: PcbView, request: CreationRequest, kind: { detached: boolean; uic: number }): void {
  const address = pcb.address;
  k.initializeQueue(address + PCB.offset.PCB$L_ASTQFL);
  k.initializeQueue(address + PCB.offset.PCB$L_LOCKQFL);
  k.initializeQueue(address + PCB.offset.PCB$L_ACLFL);
  pcb.PCB$B_ASTEN = 0xf;
  pcb.PCB$L_DEFPROT = creator.PCB$L_DEFPROT;
  const arb = PCB.offset.PCB$Q_PRIV;
  k.writeBytes(address + arb, k.readBytes(creator.address + arb, 120));
  pcb.PCB$L_ARB = address + arb;
  pcb.PCB$L_UIC = kind.uic;
  pcb.PCB$W_TMBU = request.mailboxUnit;
  pcb.PCB$W_PPGCNT = shellPages(k);
  writeCounted(k, address + PCB.offset.PCB$T_LNAME, request.name, 16);
  if (!kind.detached) {
    pcb.PCB$L_OWNER = creator.PCB$L_PID;
    pcb.PCB$L_EOWNER = creator.PCB$L_EPID;
    k.writeBytes(address + PCB.offset.PCB$T_TERMINAL, k.readBytes(creator.address + PCB.offset.PCB$T_TERMINAL, 8));
  }
  const { flags } = request;
  pcb.PCB$V_SSRWAIT = flags & PRC$M_SSRWAIT ? 1 : 0;
  pcb.PCB$V_SSFEXCU = flags & PRC$M_SSFEXCU ? 1 : 0;
  pcb.PCB$V_PSWAPM = flags & PRC$M_PSWAPM ? 1 : 0;
  pcb.PCB$V_NOACNT = flags & PRC$M_NOACNT ? 1 : 0;
  pcb.PCB$V_BATCH = flags & PRC$M_BATCH ? 1 : 0;
  pcb.PCB$V_HIBER = flags & PRC$M_HIBER ? 1 : 0;
  pcb.PCB$V_LOGIN = flags & PRC$M_LOGIN ? 1 : 0;
  pcb.PCB$V_NETWRK = flags & PRC$M_NETWRK ? 1 : 0;
  pcb.PCB$V_DISAWS = flags & PRC$M_DISAWS ? 1 : 0;
  pcb.PCB$V_INTER = flags & PRC$M_INTER ? 1 : 0;
}

function fillPqb(k: Kernel, address: number, request: CreationRequest, quotas: Quotas, privileges: bigint): void {
  const pqb = PQB.at(k, address);
  pqb.PQB$Q_PRVMSK = privileges;
  pqb.PQB$L_ASTLM = quotas.ASTLM;
  pqb.PQB$L_BIOLM = quotas.BIOLM;
  pqb.PQB$L_BYTLM = quotas.BYTLM;
  pqb.PQB$L_CPULM = quotas.CPULM;
  pqb.PQB$L_DIOLM = quotas.DIOLM;
  pqb.PQB$L_FILLM = quotas.FILLM;
  pqb.PQB$L_PGFLQUOTA = quotas.PGFLQUOTA;
  pqb.PQB$L_PRCLM = quotas.PRCLM;
  pqb.PQB$L_TQELM = quotas.TQELM;
  pqb.PQB$L_WSQUOTA = quotas.WSQUOTA;
  pqb.PQB$L_WSDEFAULT = quotas.WSDEFAULT;
  pqb.PQB$L_ENQLM = quotas.ENQLM;
  pqb.PQB$L_WSEXTENT = quotas.WSEXTENT;
  pqb.PQB$L_JTQUOTA = quotas.JTQUOTA;
  pqb.PQB$L_CREPRC_FLAGS = request.flags;
  const put = (field: 'PQB$T_INPUT' | 'PQB$T_OUTPUT' | 'PQB$T_ERROR' | 'PQB$T_DISK' | 'PQB$T_IMAGE', text: string): void =>
    writeCounted(k, address + PQB.offset[field], text, 256);
  put('PQB$T_IMAGE', request.image);
  put('PQB$T_INPUT', request.input);
  put('PQB$T_OUTPUT', request.output);
  put('PQB$T_ERROR', request.error);
  put('PQB$T_DISK', request.disk);
  if (PCB.at(k, k.sys.SCH$GL_CURPCB).PCB$L_PHD !== 0 && creatorHasP1(k)) {
    const cli = CLI_CELLS.at(k, CLI_DATA_BASE);
    pqb.PQB$B_MSGMASK = k.p1.CTL$GB_MSGMASK;
    pqb.PQB$L_UAF_FLAGS = cli.CTL$GL_UAF_FLAGS;
    // A subprocess's own CLI is what the creator wants spawned processes to have.
    pqb.PQB$T_CLI_NAME = cli.CTL$GT_SPAWNCLI;
    pqb.PQB$T_CLI_TABLE = cli.CTL$GT_SPAWNTABLE;
    pqb.PQB$T_SPAWN_CLI = cli.CTL$GT_SPAWNCLI;
    pqb.PQB$T_SPAWN_TABLE = cli.CTL$GT_SPAWNTABLE;
    pqb.PQB$T_DDSTRING = PIO_CELLS.at(k, PIO_BASE).PIO$GT_DDSTRING.slice(0, 256);
  } else {
    pqb.PQB$B_MSGMASK = 0xf;
  }
}

/** The swapper has a header but no P1 space. */
function creatorHasP1(k: Kernel): boolean {
  return PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_P1LR !== 0x200000;
}

export const CREATE_ROUTINES = [createProcess] as const;
