import type { Kernel } from '../kernel.js';
import {
  PRC$M_BATCH, PRC$M_DISAWS, PRC$M_HIBER, PRC$M_IMGDMP, PRC$M_INTER, PRC$M_LOGIN, PRC$M_NETWRK, PRC$M_NOACNT, PRC$M_PSWAPM, PRC$M_SSFEXCU,
  PRC$M_SSRWAIT,
} from '../starlet/prcdef.js';
import { shellPages } from '../memory/shell.js';
import { DYN$C_PQB } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { textToBytes, writeCounted } from '../structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE, PIO_BASE, PIO_CELLS } from '../structures/p1-cells.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PQB } from '../structures/pqb.js';
import type { CreationRequest } from './create.js';
import type { Quotas } from './quotas.js';

/** What $CREPRC writes into the three blocks of a new process: JIB, PCB, PQB. @source book 20.1.1; digest ch20 1.1-1.3 */

/** Zeroes all of a block of paged pool but its size and type header. */
export function clearBody(k: Kernel, address: number, size: number): void {
  k.writeBytes(address + 12, new Uint8Array(size - 12));
  k.writeByte(address + 11, 0);
  k.writeLong(address, 0);
  k.writeLong(address + 4, 0);
}

type JibView = ReturnType<typeof JIB.at>;

export function fillJib(k: Kernel, address: number, creator: JibView, quotas: Quotas, plain: boolean): void {
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
  if (plain && creator.address !== 0) {
    jib.JIB$W_MAXJOBS = creator.JIB$W_MAXJOBS;
    jib.JIB$W_MAXDETACH = creator.JIB$W_MAXDETACH;
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

export function fillPcb(k: Kernel, pcb: PcbView, creator: PcbView, request: CreationRequest, kind: { detached: boolean; uic: number }): void {
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

export function fillPqb(
  k: Kernel, address: number, request: CreationRequest, inherited: InheritedCells | undefined, quotas: Quotas, privileges: bigint,
): void {
  const pqb = PQB.at(k, address);
  pqb.PQB$W_SIZE = PQB.size;
  pqb.PQB$B_TYPE = DYN$C_PQB;
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
  pqb.PQB$V_IMGDMP = request.flags & PRC$M_IMGDMP ? 1 : 0;
  if (k.pcb.PCB$L_PHD !== 0) {
    const header = PHD.at(k, k.pcb.PCB$L_PHD);
    pqb.PQB$R_MIN_CLASS = header.PHD$R_MIN_CLASS;
    pqb.PQB$R_MAX_CLASS = header.PHD$R_MAX_CLASS;
  }
  const put = (field: 'PQB$T_INPUT' | 'PQB$T_OUTPUT' | 'PQB$T_ERROR' | 'PQB$T_DISK' | 'PQB$T_IMAGE', text: string): void =>
    writeCounted(k, address + PQB.offset[field], text, 256);
  put('PQB$T_IMAGE', request.image);
  put('PQB$T_INPUT', request.input);
  put('PQB$T_OUTPUT', request.output);
  put('PQB$T_ERROR', request.error);
  put('PQB$T_DISK', request.disk);
  pqb.PQB$B_MSGMASK = inherited?.messageMask ?? 0xf;
  if (inherited === undefined) return;
  pqb.PQB$L_UAF_FLAGS = inherited.uafFlags;
  // A subprocess's own CLI is what the creator wants spawned processes to have.
  pqb.PQB$T_CLI_NAME = inherited.spawnCli;
  pqb.PQB$T_CLI_TABLE = inherited.spawnTable;
  pqb.PQB$T_SPAWN_CLI = inherited.spawnCli;
  pqb.PQB$T_SPAWN_TABLE = inherited.spawnTable;
  pqb.PQB$T_DDSTRING = inherited.directory;
}

/** What a new process has from its creator's P1 space. */
export interface InheritedCells {
  readonly messageMask: number;
  readonly uafFlags: number;
  readonly spawnCli: Uint8Array;
  readonly spawnTable: Uint8Array;
  readonly directory: Uint8Array;
}

/** Read before anything is allocated, for these pages may be missing. Undefined: the swapper, which has a header but no P1 space. */
export function inheritedCells(k: Kernel): InheritedCells | undefined {
  const header = k.pcb.PCB$L_PHD;
  if (header === 0 || PHD.at(k, header).PHD$L_P1LR === 0x200000) return undefined;
  const cli = CLI_CELLS.at(k, CLI_DATA_BASE);
  return {
    messageMask: k.p1.CTL$GB_MSGMASK, uafFlags: cli.CTL$GL_UAF_FLAGS, spawnCli: cli.CTL$GT_SPAWNCLI, spawnTable: cli.CTL$GT_SPAWNTABLE,
    directory: PIO_CELLS.at(k, PIO_BASE).PIO$GT_DDSTRING.slice(0, 256),
  };
}
