import { callRoutine, procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import type { Kernel } from '../executive/kernel.js';
import { createPages, deletePages } from '../executive/memory/address-space.js';
import { p0Pages, p1LowPage, PAGE_SIZE, setRegionLengths } from '../executive/memory/page-tables.js';
import { findResident, MMG$MAP_RESIDENT } from '../executive/memory/resident.js';
import { LNM$SET_GROUP } from '../executive/names/process-tables.js';
import { FAB, FAB$C_BID, FAB$C_VAR, FAB$C_BLN, FAB$M_CR, FAB$M_GET, FAB$M_INP, FAB$M_PPF, FAB$M_PUT } from '../executive/starlet/fabdef.js';
import { DEV$M_FOD } from '../executive/starlet/devdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../executive/starlet/namdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { SS$_NORMAL, SS$_NOSUCHSEC } from '../executive/starlet/ssdef.js';
import { JIB } from '../executive/structures/jib.js';
import { readText, writeCounted, textToBytes } from '../executive/structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE, MMG$IMGHDRBUF, PIO_BASE, PIO_CELLS } from '../executive/structures/p1-cells.js';
import { PCB } from '../executive/structures/pcb.js';
import { ENVIRONMENTS } from '../executive/information/acl.js';
import { storeRights, type Right } from '../executive/process/rights.js';
import { PHD } from '../executive/structures/phd.js';
import { PRT$C_SW } from '../executive/structures/pte.js';
import { PPD, PPD_ADDRESS } from '../dcl/index.js';
import { UAF } from '../executive/structures/uaf.js';

/** The parts of LOGINOUT that run in executive and kernel mode. */
const SUPERVISOR = 2;

/**
 * Executive mode: opens SYS$INPUT and SYS$OUTPUT as process permanent files and leaves their identifiers in the PPD.
 * Argument 1: length, 2: address of the input name; 3, 4: of the output name; 5: bit 0 the process is a subprocess.
 */
export const openFiles = procedure('LOGIN$OPEN_FILES', function* (p) {
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  ppd.PPD$W_SIZE = PPD.size;
  ppd.PPD$V_SUBPROCESS = p.argument(5) & 1;
  const input = yield* openPermanent(p, p.argument(2), p.argument(1), 'input');
  if (!(input.status & 1)) return input.status;
  const output = yield* openPermanent(p, p.argument(4), p.argument(3), 'output');
  if (!(output.status & 1)) return output.status;
  ppd.PPD$W_INPIFI = input.ifi;
  ppd.PPD$W_INPISI = input.isi;
  ppd.PPD$L_INPDEV = input.device;
  ppd.PPD$W_OUTIFI = output.ifi;
  ppd.PPD$W_OUTISI = output.isi;
  ppd.PPD$L_OUTDEV = output.device;
  return SS$_NORMAL;
});

export interface OpenedFile {
  readonly status: number;
  readonly ifi: number;
  readonly isi: number;
  /** FAB$L_DEV */
  readonly device: number;
  /** The whole name of an output file. */
  readonly spec: string;
}

/** Executive mode: opens a process permanent file. `defaults`: what the name leaves out; `deleted`: it goes when it is closed. */
export function* openPermanent(p: Procedure, name: number, length: number, use: 'input' | 'output', defaults = '', deleted = false): Flow<OpenedFile> {
  const fab = FAB.at(p.memory, p.allocate(FAB.size));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_FNA = name;
  fab.FAB$B_FNS = length;
  fab.FAB$L_FOP = FAB$M_PPF | (use === 'input' ? FAB$M_INP : 0);
  fab.FAB$B_FAC = use === 'input' ? FAB$M_GET : FAB$M_PUT;
  fab.FAB$B_RFM = FAB$C_VAR;
  fab.FAB$B_RAT = FAB$M_CR;
  if (deleted) fab.FAB$V_DLT = 1;
  if (defaults !== '') {
    fab.FAB$L_DNA = p.bytes(textToBytes(defaults));
    fab.FAB$B_DNS = defaults.length;
  }
  const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
  nam.NAM$B_BID = NAM$C_BID;
  nam.NAM$B_BLN = NAM$C_BLN;
  nam.NAM$L_ESA = p.allocate(256);
  nam.NAM$B_ESS = 255;
  nam.NAM$L_RSA = p.allocate(256);
  nam.NAM$B_RSS = 255;
  fab.FAB$L_NAM = nam.address;
  const opened = yield* service(p, use === 'input' ? '$OPEN' : '$CREATE', { fab: fab.address });
  if (use === 'input' && (fab.FAB$L_DEV & DEV$M_FOD) !== 0) {
    // The CLI finds the procedure's name by these. @source digest ch23 (PPD)
    const ppd = PPD.at(p.memory, PPD_ADDRESS);
    p.memory.writeBytes(ppd.address + PPD.offset.PPD$T_INPDVI, nam.NAM$T_DVI);
    p.memory.writeBytes(ppd.address + PPD.offset.PPD$T_INPFID, nam.NAM$T_FID);
  }
  if (!(opened & 1)) return { status: opened, ifi: 0, isi: 0, device: 0, spec: '' };
  const rab = RAB.at(p.memory, p.allocate(RAB.size));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$L_FAB = fab.address;
  const connected = yield* service(p, '$CONNECT', { rab: rab.address });
  return {
    status: connected, ifi: fab.FAB$W_IFI, isi: rab.RAB$W_ISI, device: fab.FAB$L_DEV,
    spec: nam.NAM$B_RSL === 0 ? '' : readText(p.memory, nam.NAM$L_RSA, nam.NAM$B_RSL),
  };
}

/** Executive mode: closes what `openFiles` opened. */
export const closeFiles = procedure('LOGIN$CLOSE_FILES', function* (p) {
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  for (const ifi of [ppd.PPD$W_INPIFI, ppd.PPD$W_OUTIFI, ppd.PPD$W_CMDIFI]) yield* closePermanent(p, ifi);
  return SS$_NORMAL;
});

/** Executive mode: closes a process permanent file, unless there is none. */
export function* closePermanent(p: Procedure, ifi: number): Flow<void> {
  if (ifi === 0) return;
  yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB.size));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$W_IFI = ifi;
    return yield* service(p, '$CLOSE', { fab: fab.address });
  });
}

/** What LOGIN$SET_USER is to do at the beginning. */
export const BEGIN_INTERACTIVE = 1;
export const BEGIN_BATCH = 2;

/**
 * Kernel mode: the user's own values in place of those of $CREPRC (book 23.2.2 step 8). Argument 1: UAF record; 2: bits:
 * 1 interactive job, 2 batch job: at the beginning, before anybody is known: it is counted, the names say what it is, and argument 3 is the type of the job;
 * 3, 4: length and address of the terminal's name; 5, 6: length and address of the identifiers the user holds, quadwords of value and attributes.
 */
export const setUser = callRoutine('LOGIN$SET_USER', (k) => {
  const uaf = UAF.at(k, k.argument(1));
  const flags = k.argument(2);
  const pcb = k.pcb;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const jib = JIB.at(k, pcb.PCB$L_JIB);
  const setUserName = (name: Uint8Array): void => {
    jib.JIB$T_USERNAME = name;
    k.writeBytes(k.symbol('CTL$T_USERNAME'), name);
  };
  const setAccount = (name: Uint8Array): void => {
    jib.JIB$T_ACCOUNT = name;
    k.writeBytes(k.symbol('CTL$T_ACCOUNT'), name);
  };
  if (flags & BEGIN_INTERACTIVE) {
    setUserName(textToBytes('<login>'.padEnd(12)));
    setAccount(textToBytes('<login>'.padEnd(8)));
    jib.JIB$B_JOBTYPE = k.argument(3);
    k.sys.SYS$GW_IJOBCNT = k.sys.SYS$GW_IJOBCNT + 1;
    return SS$_NORMAL;
  }
  if (flags & BEGIN_BATCH) {
    setAccount(textToBytes('<batch>'.padEnd(8)));
    jib.JIB$B_JOBTYPE = k.argument(3);
    k.sys.SYS$GW_BJOBCNT = k.sys.SYS$GW_BJOBCNT + 1;
    return SS$_NORMAL;
  }
  setUserName(uaf.UAF$T_USERNAME.slice(0, 12));
  setAccount(uaf.UAF$T_ACCOUNT.slice(0, 8));
  pcb.PCB$L_UIC = uaf.UAF$L_UIC;
  const held: Right[] = [];
  for (let at = 0; at < k.argument(5); at += RIGHT) held.push({ value: k.readLong(k.argument(6) + at), attributes: k.readLong(k.argument(6) + at + 4) });
  storeRights(k, pcb.address, [...(ENVIRONMENT_OF[jib.JIB$B_JOBTYPE] ?? []).map((value) => ({ value, attributes: 0 })), ...held].slice(0, MOST_RIGHTS));
  k.p1.CTL$GQ_PROCPRIV = uaf.UAF$Q_DEF_PRIV;
  // LOGINOUT itself keeps the privileges it was installed with; image rundown takes them away.
  const working = uaf.UAF$Q_DEF_PRIV | phd.PHD$Q_IMAGPRIV;
  phd.PHD$Q_PRIVMSK = working;
  pcb.PCB$Q_PRIV = working;
  phd.PHD$Q_AUTHPRIV = uaf.UAF$Q_PRIV;
  applyQuotas(k, pcb, phd, jib, uaf);
  writeCounted(k, PIO_BASE + PIO_CELLS.offset.PIO$GT_DDSTRING, countedText(uaf.UAF$T_DEFDIR), 256);
  const cli = CLI_CELLS.at(k, CLI_DATA_BASE);
  cli.CTL$GL_UAF_FLAGS = uaf.UAF$L_FLAGS;
  const ppd = PPD.at(k, PPD_ADDRESS);
  ppd.PPD$B_JOBTYPE = jib.JIB$B_JOBTYPE;
  ppd.PPD$V_NOCTLY = uaf.UAF$V_DISCTLY | uaf.UAF$V_CAPTIVE;
  ppd.PPD$V_CAPTIVE = uaf.UAF$V_CAPTIVE;
  for (const field of ['CTL$GT_CLINAME', 'CTL$GT_SPAWNCLI'] as const) writeCounted(k, cli.address + CLI_CELLS.offset[field], countedText(uaf.UAF$T_DEFCLI) || 'DCL', 32);
  const tables = countedText(uaf.UAF$T_CLITABLES) || 'DCLTABLES';
  const specification = /[:\]]/.test(tables) ? tables : `SYS$SHARE:${tables.includes('.') ? tables : `${tables}.EXE`}`;
  for (const field of ['CTL$GT_TABLENAME', 'CTL$GT_SPAWNTABLE'] as const) writeCounted(k, cli.address + CLI_CELLS.offset[field], specification, 256);
  const terminal = k.argument(4) === 0 ? '' : readText(k, k.argument(4), k.argument(3));
  writeCounted(k, pcb.address + PCB.offset.PCB$T_TERMINAL, terminal, 8);
  return LNM$SET_GROUP(k, uaf.UAF$L_JTQUOTA);
});

/** Bytes of an identifier with its attributes, and how many a login gives at most. */
const RIGHT = 8;
const MOST_RIGHTS = 32;

/** Identifiers that stand for the way in, by type of job. */
const ENVIRONMENT_OF: readonly (readonly number[])[] = [
  [], [ENVIRONMENTS.NETWORK], [ENVIRONMENTS.BATCH], [ENVIRONMENTS.INTERACTIVE, ENVIRONMENTS.LOCAL], [ENVIRONMENTS.INTERACTIVE, ENVIRONMENTS.DIALUP],
  [ENVIRONMENTS.INTERACTIVE, ENVIRONMENTS.REMOTE],
];

function countedText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(1, 1 + bytes[0]!));
}

/** A limit changes; what is in use stays in use. */
function raise<L extends string, C extends string>(limits: Record<L, number>, limit: L, counts: Record<C, number>, count: C, value: number): void {
  counts[count] = value - (limits[limit] - counts[count]);
  limits[limit] = value;
}

function applyQuotas(
  k: Kernel, pcb: ReturnType<typeof PCB.at>, phd: ReturnType<typeof PHD.at>, jib: ReturnType<typeof JIB.at>, uaf: ReturnType<typeof UAF.at>,
): void {
  raise(pcb, 'PCB$W_BIOLM', pcb, 'PCB$W_BIOCNT', uaf.UAF$W_BIOLM);
  raise(pcb, 'PCB$W_DIOLM', pcb, 'PCB$W_DIOCNT', uaf.UAF$W_DIOLM);
  raise(phd, 'PHD$W_ASTLM', pcb, 'PCB$W_ASTCNT', uaf.UAF$W_ASTLM);
  raise(jib, 'JIB$L_BYTLM', jib, 'JIB$L_BYTCNT', uaf.UAF$L_BYTLM);
  jib.JIB$L_ORG_BYTLM = jib.JIB$L_BYTLM;
  raise(jib, 'JIB$W_FILLM', jib, 'JIB$W_FILCNT', uaf.UAF$W_FILLM);
  raise(jib, 'JIB$W_TQLM', jib, 'JIB$W_TQCNT', uaf.UAF$W_TQCNT);
  raise(jib, 'JIB$W_ENQLM', jib, 'JIB$W_ENQCNT', uaf.UAF$W_ENQLM);
  raise(jib, 'JIB$L_PGFLQUOTA', jib, 'JIB$L_PGFLCNT', uaf.UAF$L_PGFLQUOTA);
  jib.JIB$W_PRCLIM = uaf.UAF$W_PRCCNT;
  jib.JIB$W_MAXJOBS = uaf.UAF$W_MAXJOBS;
  jib.JIB$W_MAXDETACH = uaf.UAF$W_MAXDETACH;
  phd.PHD$L_CPULIM = uaf.UAF$L_CPUTIM;
  const index = (pages: number): number => phd.PHD$W_WSLIST + Math.min(pages, k.sys.SGN$GL_MAXWSCNT) - 1;
  phd.PHD$W_DFWSCNT = index(uaf.UAF$L_DFWSCNT);
  phd.PHD$W_WSQUOTA = phd.PHD$W_WSAUTH = index(uaf.UAF$L_WSQUOTA);
  phd.PHD$W_WSEXTENT = phd.PHD$W_WSAUTHEXT = index(uaf.UAF$L_WSEXTENT);
  const priority = 31 - uaf.UAF$B_PRI;
  pcb.PCB$B_PRIB = priority;
  pcb.PCB$B_AUTHPRI = priority;
  phd.PHD$B_AUTHPRI = priority;
}

/**
 * Kernel mode, called from LOGIN$ENTER: the user stack is deleted, and in its place, at the low end of P1, come CLI image,
 * command tables and CLISYMTBL pages for the CLI's data, all the supervisor's. CTL$GL_CTLBASVA is lowered below them
 * (book 23.2.2 steps 13 to 15; ch23#10). The transfer address is left in the image header buffer.
 */
export const mapCli = callRoutine('LOGIN$MAP_CLI', (k) => {
  const boundary = k.p1.CTL$GL_CTLBASVA;
  const low = 0x40000000 + p1LowPage(k) * PAGE_SIZE;
  deletePages(k, low, (boundary - low) / PAGE_SIZE, 0);
  const cli = CLI_CELLS.at(k, CLI_DATA_BASE);
  const name = countedText(cli.CTL$GT_CLINAME);
  const image = findResident(k, name);
  const tables = findResident(k, countedText(cli.CTL$GT_TABLENAME).replace(/^.*[:\]]/, '').replace(/\..*$/, ''));
  if (!image || !tables) return SS$_NOSUCHSEC;
  const symbolPages = k.sys.EXE$GL_CLITABL;
  const imageAt = boundary - image.GSD$L_PAGES * PAGE_SIZE;
  const tablesAt = imageAt - tables.GSD$L_PAGES * PAGE_SIZE;
  const symbolsAt = tablesAt - symbolPages * PAGE_SIZE;
  setRegionLengths(k, p0Pages(k), (symbolsAt - 0x40000000) / PAGE_SIZE);
  const transfer = MMG$MAP_RESIDENT(k, image, imageAt, SUPERVISOR);
  MMG$MAP_RESIDENT(k, tables, tablesAt, SUPERVISOR);
  const status = createPages(k, symbolsAt, symbolPages, PRT$C_SW, SUPERVISOR);
  if (!(status & 1)) return status;
  k.p1.CTL$GL_CTLBASVA = symbolsAt;
  k.writeLong(cli.address + CLI_CELLS.offset.CTL$AG_CLIMAGE, imageAt);
  k.writeLong(cli.address + CLI_CELLS.offset.CTL$AG_CLIMAGE + 4, boundary - 1);
  k.writeLong(cli.address + CLI_CELLS.offset.CTL$AG_CLITABLE, tablesAt);
  k.writeLong(cli.address + CLI_CELLS.offset.CTL$AG_CLITABLE + 4, imageAt - 1);
  const ppd = PPD.at(k, PPD_ADDRESS);
  ppd.PPD$L_SYMTBL = symbolsAt;
  ppd.PPD$L_SYMTBLSIZE = symbolPages * PAGE_SIZE;
  k.writeLong(MMG$IMGHDRBUF, transfer);
  return SS$_NORMAL;
});
