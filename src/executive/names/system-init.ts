import type { Kernel } from '../kernel.js';
import { EXE$ALOPAGED } from '../pool/paged.js';
import { LNMB, LNMTH, LNMX, LNMX$C_TABLE } from '../structures/lnm.js';
import { DYN$C_ORB } from '../structures/dyn.js';
import { ORB } from '../structures/orb.js';
import { P1_CELLS } from '../structures/p1-cells.js';
import { SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { buildTableHeader, headerAddress } from './create.js';
import { defineName } from './crelnm.js';
import { LNM$INSLOGTAB, linkIntoChain } from './insert.js';
import { LNM$HASH, buildNameBlock, chainHead, hashTableSize, initializeHashTable, nameBlockLength, roundToQuadword } from './name-block.js';
import { PROTECT_SYSTEM_TABLE, initializeOrb } from './protection.js';

/** Quota of a directory: in effect without limit. */
export const UNLIMITED_QUOTA = 0x7fff_ffff;

const KERNEL = 0;
const EXECUTIVE = 1;
const SUPERVISOR = 2;

/** UIC of the system tables: [1,4]. */
const SYSTEM_UIC = 0x0001_0004;

const SYSTEM_DIRECTORY = 'LNM$SYSTEM_DIRECTORY';
const SYSTEM_TABLE = 'LNM$SYSTEM_TABLE';

/** Names every system has, of tables and of names that lead to tables: name, mode, equivalence names. @source book Table 28-2 */
const TABLE_NAMES: readonly (readonly [string, number, readonly string[]])[] = [
  ['LNM$DIRECTORIES', KERNEL, ['LNM$PROCESS_DIRECTORY', 'LNM$SYSTEM_DIRECTORY']],
  ['LNM$FILE_DEV', EXECUTIVE, ['LNM$SYSTEM']],
  ['LNM$FILE_DEV', SUPERVISOR, ['LNM$PROCESS', 'LNM$JOB', 'LNM$GROUP', 'LNM$SYSTEM']],
  ['LOG$PROCESS', KERNEL, ['LNM$PROCESS', 'LNM$JOB']],
  ['LOG$GROUP', KERNEL, ['LNM$GROUP']],
  ['LOG$SYSTEM', KERNEL, ['LNM$SYSTEM']],
  ['TRNLOG$_GROUP_SYSTEM', KERNEL, ['LOG$GROUP', 'LOG$SYSTEM']],
  ['TRNLOG$_PROCESS_GROUP', KERNEL, ['LOG$PROCESS', 'LOG$GROUP']],
  ['TRNLOG$_PROCESS_SYSTEM', KERNEL, ['LOG$PROCESS', 'LOG$SYSTEM']],
  ['TRNLOG$_PROCESS_GROUP_SYSTEM', KERNEL, ['LOG$PROCESS', 'LOG$GROUP', 'LOG$SYSTEM']],
  ['LNM$PERMANENT_MAILBOX', KERNEL, ['LNM$SYSTEM']],
  ['LNM$TEMPORARY_MAILBOX', KERNEL, ['LNM$JOB']],
  ['LNM$SYSTEM', KERNEL, ['LNM$SYSTEM_TABLE']],
];

/**
 * Builds the shareable part of the logical name database: hash table, system directory and system table (static blocks of
 * SYS.EXE), and the names that lead to tables; then SYS$DISK and SYS$SYSDEVICE. The swapper does this once, when paged pool
 * exists.
 *
 * @param systemDevice  device of the system disk with its colon, as in `DUA0:`
 * @returns SS$_NORMAL, SS$_INSFMEM
 * Kernel mode, in the context of the swapper. @source book 25.2.2; digest ch28 3.12
 */
export function LNM$INIT_SYSTEM(k: Kernel, systemDevice: string): number {
  const size = hashTableSize(k.sys.LNM$GL_HTBLSIZS);
  const hashTable = EXE$ALOPAGED(k, size);
  if (hashTable === 0) return SS$_INSFMEM;
  initializeHashTable(k, hashTable, size);

  // Each array holds the address of a longword with the address wanted: [0] of its own third longword, [1] of the P1 cell.
  const hashCells = k.symbol('LNM$AL_HASHTBL');
  k.writeLong(hashCells, hashCells + 8);
  k.writeLong(hashCells + 4, k.p1.address + P1_CELLS.offset.CTL$GL_LNMHASH);
  k.writeLong(hashCells + 8, hashTable);

  const directoryBlock = k.symbol('LNM$SYSTEM_DIRECTORY');
  const directory = headerAddress(directoryBlock, SYSTEM_DIRECTORY);
  const directoryCells = k.symbol('LNM$AL_DIRTBL');
  k.writeLong(directoryCells, directoryCells + 8);
  k.writeLong(directoryCells + 4, k.p1.address + P1_CELLS.offset.CTL$GL_LNMDIRECT);
  k.writeLong(directoryCells + 8, directory);

  buildDirectory(k, directoryBlock, SYSTEM_DIRECTORY, hashTable, LNMTH.mask.LNMTH$V_SHAREABLE, staticOrb(k, 'LNM_SYSTEM_DIR_ORB'));
  insertSystemTable(k, hashTable, directory);

  for (const [name, mode, equivalences] of TABLE_NAMES) {
    const status = defineName(k, name, SYSTEM_DIRECTORY, mode, equivalences);
    if ((status & 1) === 0) return status;
  }
  for (const name of ['SYS$DISK', 'SYS$SYSDEVICE']) {
    const status = defineName(k, name, 'LNM$SYSTEM', EXECUTIVE, [systemDevice], { translationFlags: LNMX.mask.LNMX$V_TERMINAL });
    if ((status & 1) === 0) return status;
  }
  return SS$_NORMAL;
}

/**
 * Writes the LNMB and LNMTH of a directory, which contains its own name, and puts it into its hash chain.
 *
 * @param block  memory for it; @param flags LNMTH$V_SHAREABLE or 0; @param orb 0 for the process directory
 * @returns the directory's LNMTH
 */
export function buildDirectory(k: Kernel, block: number, name: string, hashTable: number, flags: number, orb: number): number {
  const header = headerAddress(block, name);
  const bytes = tableBlock(name, header, {
    flags: flags | LNMTH.mask.LNMTH$V_DIRECTORY, hashTable, orb, name: block, parent: 0, quota: UNLIMITED_QUOTA, holder: header,
  });
  k.writeBytes(block, bytes);
  linkIntoChain(k, chainHead(k, hashTable, LNM$HASH(name)), block, name, header, KERNEL);
  return header;
}

/** Bytes of the LNMB of a kernel mode table that is never deleted. @param directory LNMTH of the directory its name lies in */
export function tableBlock(name: string, directory: number, table: Parameters<typeof buildTableHeader>[0]): Uint8Array {
  const value = buildTableHeader(table);
  const translation = { index: LNMX$C_TABLE, flags: 0, value };
  const flags = LNMB.mask.LNMB$V_TABLE | LNMB.mask.LNMB$V_NODELETE | LNMB.mask.LNMB$V_NO_ALIAS;
  return buildNameBlock(name, KERNEL, flags, directory, [translation], roundToQuadword(nameBlockLength(name, [translation])), false);
}

/** LNM$SYSTEM_TABLE, child of the system directory, with pooled quota. */
function insertSystemTable(k: Kernel, hashTable: number, directory: number): void {
  const block = k.symbol('system_table');
  k.writeBytes(block, tableBlock(SYSTEM_TABLE, directory, {
    flags: LNMTH.mask.LNMTH$V_SHAREABLE | LNMTH.mask.LNMTH$V_SYSTEM, hashTable, orb: staticOrb(k, 'system_table_orb'),
    name: block, parent: directory, quota: 0, holder: 0,
  }));
  LNM$INSLOGTAB(k, block);
}

function staticOrb(k: Kernel, cell: string): number {
  const address = k.symbol(cell);
  const bytes = new Uint8Array(ORB.size);
  initializeOrb(new DataView(bytes.buffer), 0, SYSTEM_UIC, PROTECT_SYSTEM_TABLE, DYN$C_ORB);
  k.writeBytes(address, bytes);
  return address;
}
