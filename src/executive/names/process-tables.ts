import type { Kernel } from '../kernel.js';
import { EXE$ALOP1PROC } from '../pool/process-region.js';
import { SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { DYN$C_LNM } from '../structures/dyn.js';
import { LNMC, LNMTH, LNMX } from '../structures/lnm.js';
import { readCounted } from '../structures/memory.js';
import { P1_CELLS } from '../structures/p1-cells.js';
import { PCB } from '../structures/pcb.js';
import { PQB } from '../structures/pqb.js';
import { LNM$CREATE_TABLE, hex } from './create.js';
import { defineName } from './crelnm.js';
import { LNM$DELETE_HASH, LNM$DELETE_LNMB } from './delete.js';
import { lockedForWrite } from './lock.js';
import { hashTableSize, initializeHashTable, nameBlockLength, roundToQuadword } from './name-block.js';
import { PROTECT_GROUP_TABLE, PROTECT_OWNER_ONLY } from './protection.js';
import { LNM$INSLOGTAB } from './insert.js';
import { LNM$LOOKUP } from './table-name.js';
import { buildDirectory, tableBlock } from './system-init.js';

const KERNEL = 0;
const EXECUTIVE = 1;
const PROCESS_DIRECTORY = 'LNM$PROCESS_DIRECTORY';
const PROCESS_TABLE = 'LNM$PROCESS_TABLE';
const SYSTEM_DIRECTORY = 'LNM$SYSTEM_DIRECTORY';

/** Name of the job table of the process's job: the address of its JIB. @source book Table 28-1 */
export function jobTableName(k: Kernel): string {
  return `LNM$JOB_${hex(k.pcb.PCB$L_JIB)}`;
}

/** Name of the group table of a UIC: the group number in octal. */
export function groupTableName(uic: number): string {
  return `LNM$GROUP_${(uic >>> 16).toString(8).padStart(6, '0')}`;
}

/** Equivalence names for the standard names of a new process; '' defines none. */
export interface ProcessNames {
  readonly input: string;
  readonly output: string;
  readonly error: string;
  readonly disk: string;
  /** LNM$M_CONCEALED and LNM$M_TERMINAL of each. */
  readonly attributes?: { readonly input: number; readonly output: number; readonly error: number; readonly disk: number };
  /** Job table quota in bytes, 0 for pooled quota. */
  readonly jobQuota?: number;
}

/** What a process quota block says about logical names. */
export function processNamesOf(k: Kernel, pqb: number): ProcessNames {
  const block = PQB.at(k, pqb);
  return {
    input: readCounted(k, pqb + PQB.offset.PQB$T_INPUT), output: readCounted(k, pqb + PQB.offset.PQB$T_OUTPUT),
    error: readCounted(k, pqb + PQB.offset.PQB$T_ERROR), disk: readCounted(k, pqb + PQB.offset.PQB$T_DISK),
    attributes: { input: block.PQB$L_INPUT_ATT, output: block.PQB$L_OUTPUT_ATT, error: block.PQB$L_ERROR_ATT, disk: block.PQB$L_DISK_ATT },
    jobQuota: block.PQB$L_JTQUOTA,
  };
}

/**
 * Builds the process-private part of the logical name database in the process allocation region, and for a process that is
 * not a subprocess the shareable tables of its job and (unless the group has one) its group.
 *
 * Names: LNM$PROCESS, LNM$GROUP, LNM$JOB in the process directory; SYS$INPUT, SYS$OUTPUT, SYS$ERROR, TT and SYS$DISK in the
 * process table, executive mode, from the strings and attributes of the PQB (a string left empty defines nothing).
 *
 * @returns SS$_NORMAL, SS$_INSFMEM and those of LNM$CREATE_NAME
 * EXE$PROCSTRT, kernel mode, IPL 0 or 2; P1 pointer page and allocation region exist. @source book 20.3.4; digest ch28 3.12
 */
export function LNM$INIT_PROCESS(k: Kernel, names: ProcessNames): number {
  if (!buildPrivateTables(k)) return SS$_INSFMEM;
  const uic = k.pcb.PCB$L_UIC;
  const privateNames: readonly (readonly [string, string])[] = [
    ['LNM$PROCESS', PROCESS_TABLE], ['LNM$GROUP', groupTableName(uic)], ['LNM$JOB', jobTableName(k)],
  ];
  for (const [name, value] of privateNames) {
    const status = defineName(k, name, PROCESS_DIRECTORY, KERNEL, [value]);
    if ((status & 1) === 0) return status;
  }
  const status = defineProcessFiles(k, names);
  if ((status & 1) === 0) return status;
  if (k.pcb.PCB$L_OWNER === 0) {
    const tables = LNM$CREATE_JOB_TABLES(k, names.jobQuota ?? 0);
    if ((tables & 1) === 0) return tables;
  }
  return buildCache(k) ? SS$_NORMAL : SS$_INSFMEM;
}

/** Hash table, process directory and process table. False: the process allocation region is too small. */
function buildPrivateTables(k: Kernel): boolean {
  const size = hashTableSize(k.sys.LNM$GL_HTBLSIZP);
  const directorySize = tableSize(PROCESS_DIRECTORY);
  const hashTable = EXE$ALOP1PROC(k, size);
  const directoryBlock = EXE$ALOP1PROC(k, directorySize);
  const tableAddress = EXE$ALOP1PROC(k, tableSize(PROCESS_TABLE));
  if (hashTable === 0 || directoryBlock === 0 || tableAddress === 0) return false;
  initializeHashTable(k, hashTable, size);
  const directory = buildDirectory(k, directoryBlock, PROCESS_DIRECTORY, hashTable, 0, 0);
  k.p1.CTL$GL_LNMHASH = hashTable;
  k.p1.CTL$GL_LNMDIRECT = directory;
  k.p1.CTL$GL_LNMDIRSEQ = 0;
  k.writeBytes(tableAddress, tableBlock(PROCESS_TABLE, directory, {
    flags: 0, hashTable, orb: 0, name: tableAddress, parent: directory, quota: 0, holder: 0,
  }));
  LNM$INSLOGTAB(k, tableAddress);
  return true;
}

function tableSize(name: string): number {
  return roundToQuadword(nameBlockLength(name, [{ value: { length: LNMTH.size } }]));
}

/** The names of the files the creator gave. */
function defineProcessFiles(k: Kernel, names: ProcessNames): number {
  const { input, output, error, disk, attributes } = names;
  const files: readonly (readonly [string, string, number])[] = [
    ['SYS$INPUT', input, attributes?.input ?? 0], ['SYS$OUTPUT', output, attributes?.output ?? 0],
    ['SYS$ERROR', error, attributes?.error ?? 0], ['TT', terminalName(k), 0], ['SYS$DISK', disk, attributes?.disk ?? 0],
  ];
  for (const [name, value, attributes] of files) {
    if (value === '') continue;
    // LNM$M_CONCEALED and LNM$M_TERMINAL are bits 8 and 9 of the attributes; the LNMX has them as bits 0 and 1.
    const translationFlags = (attributes >>> 8) & (LNMX.mask.LNMX$V_CONCEALED | LNMX.mask.LNMX$V_TERMINAL);
    const status = defineName(k, name, PROCESS_TABLE, EXECUTIVE, [value], { translationFlags });
    if ((status & 1) === 0) return status;
  }
  return SS$_NORMAL;
}

/** PCB$T_TERMINAL as a device name with its colon; '' for a process without a terminal. */
function terminalName(k: Kernel): string {
  const name = readCounted(k, k.pcb.address + PCB.offset.PCB$T_TERMINAL);
  return name === '' || name.endsWith(':') ? name : `${name}:`;
}

/**
 * Creates the job table of the current job, and the table of its UIC group when no process of the group made it before. An
 * old job table of the same name is deleted with its contents: LOGINOUT calls this again once the UIC is known, after which
 * LNM$GROUP must be redefined too (LNM$SET_GROUP).
 *
 * @param quota  job table quota in bytes (PQB$L_JTQUOTA); 0 for pooled quota
 * @source book 20.3.4 step 18, 23.2; digest ch28 3.12
 */
export function LNM$CREATE_JOB_TABLES(k: Kernel, quota: number): number {
  const job = LNM$CREATE_TABLE(k, { ...OF_THE_SYSTEM, name: jobTableName(k), quota, createIf: false, owner: k.pcb.PCB$L_UIC, protection: PROTECT_OWNER_ONLY });
  return (job.status & 1) === 0 ? job.status : createGroupTable(k);
}

/** Job and group tables are kernel mode tables of the system directory. */
const OF_THE_SYSTEM = { parent: SYSTEM_DIRECTORY, mode: KERNEL, flags: 0, trusted: true } as const;

/** The table of the UIC group of the current process, when there is none yet. */
function createGroupTable(k: Kernel): number {
  const uic = k.pcb.PCB$L_UIC;
  const group = LNM$CREATE_TABLE(k, {
    ...OF_THE_SYSTEM, name: groupTableName(uic), quota: 0, createIf: true, owner: (uic & 0xffff0000) | 0xffff,
    protection: PROTECT_GROUP_TABLE, tableFlags: LNMTH.mask.LNMTH$V_GROUP,
  });
  return (group.status & 1) === 0 ? group.status : SS$_NORMAL;
}

/** Points LNM$GROUP and LNM$JOB of the current process at the tables of its present UIC and job, making them where needed. */
export function LNM$SET_GROUP(k: Kernel, quota: number): number {
  const status = LNM$CREATE_JOB_TABLES(k, quota);
  return (status & 1) === 0 ? status : nameGroup(k);
}

function nameGroup(k: Kernel): number {
  return defineName(k, 'LNM$GROUP', PROCESS_DIRECTORY, KERNEL, [groupTableName(k.pcb.PCB$L_UIC)]);
}

/** After a change of the UIC: the group table, made where needed, and LNM$GROUP, which names it. */
export function LNM$NAME_GROUP(k: Kernel): number {
  const status = createGroupTable(k);
  return (status & 1) === 0 ? status : nameGroup(k);
}

/** Cache blocks: LNMPHASHTBL * 8 / 128 of them, on CTL$GQ_LNMTBLCACHE. @source book 28.5.4 */
function buildCache(k: Kernel): boolean {
  const listhead = k.p1.address + P1_CELLS.offset.CTL$GQ_LNMTBLCACHE;
  k.initializeQueue(listhead);
  const count = Math.floor((k.sys.LNM$GL_HTBLSIZP * 8) / LNMC.size);
  const area = EXE$ALOP1PROC(k, count * LNMC.size);
  if (area === 0) return count === 0;
  for (let index = 0; index < count; index += 1) {
    const address = area + index * LNMC.size;
    k.writeBytes(address, new Uint8Array(LNMC.size));
    const block = LNMC.at(k, address);
    block.LNMC$W_SIZE = LNMC.size;
    block.LNMC$B_TYPE = DYN$C_LNM;
    k.insertTail(address, listhead);
  }
  return true;
}

/**
 * Image rundown (and the last steps of a process): deletes the private names and tables of `mode` and outer modes.
 *
 * @source book 28.8.5, 21.4; digest ch28 3.10
 */
export function LNM$RUNDOWN(k: Kernel, mode: number): void {
  const hashTable = k.p1.CTL$GL_LNMHASH;
  if (hashTable !== 0) LNM$DELETE_HASH(k, mode, hashTable);
}

/**
 * Process deletion: the job table of a process that is not a subprocess goes with its job. The group table stays.
 *
 * Kernel mode, context of the process being deleted. @source book 22.3 step 12; digest ch28#64
 */
export function LNM$DELETE_JOB(k: Kernel): void {
  lockedForWrite(k, () => {
    const lnmb = LNM$LOOKUP(k, jobTableName(k), KERNEL);
    if (lnmb !== 0) LNM$DELETE_LNMB(k, lnmb);
  });
}
