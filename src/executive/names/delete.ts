import type { Kernel } from '../kernel.js';
import { EXE$DEAPAGED } from '../pool/paged.js';
import { EXE$DEAP1 } from '../pool/process-region.js';
import { DYN$C_MTL, DYN$C_UCB } from '../structures/dyn.js';
import { LNMB, LNMHSH$C_BUCKET, LNMTH, LNMX$C_BACKPTR } from '../structures/lnm.js';
import { UCB } from '../structures/ucb.js';
import { MTL } from '../structures/volume.js';
import { chainCount, isDirectory, isShareable, nameOf, tableHeaderOf, translations } from './name-block.js';
import { lockedForWrite } from './lock.js';

/**
 * Deleting names and tables (module LNMSUB). A table goes with all its names, its descendants and theirs; a header has no
 * list of its names, so each table costs a scan of its hash table. Mutex LNM$AL_MUTEX held for write throughout.
 * @source book 28.8.5; digest ch28 3.9, 3.10
 */

/** Bytes of pool charged for a name: to the quota holder of the table that contains it. */
function changeQuota(k: Kernel, containing: number, bytes: number): void {
  const holder = LNMTH.at(k, LNMTH.at(k, containing).LNMTH$L_QTABLE);
  holder.LNMTH$L_BYTES = (holder.LNMTH$L_BYTES + bytes) >>> 0;
}

/** Directory sequence number + 1: every cached resolution of a table name is stale now. */
export function directoryChanged(k: Kernel, directory: number): void {
  if (isShareable(k, directory)) k.sys.LNM$GL_SYSDIRSEQ = (k.sys.LNM$GL_SYSDIRSEQ + 1) >>> 0;
  else k.p1.CTL$GL_LNMDIRSEQ = (k.p1.CTL$GL_LNMDIRSEQ + 1) >>> 0;
}

/** Takes an LNMB out of its chain, returns its quota and its pool. */
function discard(k: Kernel, lnmb: number): void {
  const block = LNMB.at(k, lnmb);
  const containing = block.LNMB$L_TABLE;
  for (const { index, value } of translations(k, lnmb)) if (index === LNMX$C_BACKPTR) clearBackPointer(k, k.readLong(value));
  const next = block.LNMB$L_FLINK;
  const previous = block.LNMB$L_BLINK;
  k.writeLong(previous, next);
  if (next !== 0) k.writeLong(next + 4, previous);
  changeQuota(k, containing, block.LNMB$W_SIZE);
  if (isDirectory(k, containing)) directoryChanged(k, containing);
  if (lnmb >= 0x8000_0000) EXE$DEAPAGED(k, lnmb);
  else EXE$DEAP1(k, lnmb);
}

/** The mailbox, or the mounted volume, that a back pointer names has lost its logical name. */
function clearBackPointer(k: Kernel, object: number): void {
  if (object !== 0 && k.readByte(object + 10) === DYN$C_MTL) MTL.at(k, object).MTL$L_LOGNAME = 0;
  if (object !== 0 && k.readByte(object + 10) === DYN$C_UCB) UCB.at(k, object).UCB$L_LOGADR = 0;
}

/** Takes a table out of the family tree: off its parent's list of children, limited quota back to the parent's holder. */
function leaveFamily(k: Kernel, header: number): void {
  const table = LNMTH.at(k, header);
  const parent = LNMTH.at(k, table.LNMTH$L_PARENT);
  if (parent.LNMTH$L_CHILD === header) parent.LNMTH$L_CHILD = table.LNMTH$L_SIBLING;
  else {
    let before = LNMTH.at(k, parent.LNMTH$L_CHILD);
    while (before.LNMTH$L_SIBLING !== header) before = LNMTH.at(k, before.LNMTH$L_SIBLING);
    before.LNMTH$L_SIBLING = table.LNMTH$L_SIBLING;
  }
  if (table.LNMTH$L_QTABLE === header) changeQuota(k, parent.address, table.LNMTH$L_BYTESLM);
}

/**
 * Deletes a table with everything in and under it, the deepest first. The book holds the tables on the way down in a list;
 * here they stay in their chains until their turn, which no one can see as the mutex is held.
 */
function DELETE_TABLE(k: Kernel, header: number): void {
  for (let current = header; ;) {
    for (let child = LNMTH.at(k, current).LNMTH$L_CHILD; child !== 0; child = LNMTH.at(k, current).LNMTH$L_CHILD) current = child;
    DELETE_NAMES(k, LNMTH.at(k, current).LNMTH$L_HASH, 0, current);
    const { LNMTH$L_PARENT: parent, LNMTH$L_NAME: lnmb } = LNMTH.at(k, current);
    leaveFamily(k, current);
    discard(k, lnmb);
    if (current === header) return;
    current = parent;
  }
}

/** Deletes this one definition, and if it is a table all that belongs to it. A NODELETE name stays. */
export function deleteOne(k: Kernel, lnmb: number): boolean {
  if (LNMB.at(k, lnmb).LNMB$V_NODELETE === 1) return false;
  const header = tableHeaderOf(k, lnmb);
  if (header === 0) discard(k, lnmb);
  else DELETE_TABLE(k, header);
  return true;
}

/**
 * Deletes a name and its outer mode aliases in the same table.
 *
 * @returns false when the name may never be deleted (the directories)
 */
export function LNM$DELETE_LNMB(k: Kernel, lnmb: number): boolean {
  const { LNMB$L_TABLE: table, LNMB$B_ACMODE: mode } = LNMB.at(k, lnmb);
  const name = nameOf(k, lnmb);
  // Aliases of outer modes stand right before this block in the chain.
  for (let alias = LNMB.at(k, lnmb).LNMB$L_BLINK; isNameBlock(k, table, alias); alias = LNMB.at(k, lnmb).LNMB$L_BLINK) {
    const block = LNMB.at(k, alias);
    if (block.LNMB$L_TABLE !== table || block.LNMB$B_ACMODE < mode || nameOf(k, alias) !== name) break;
    if (!deleteOne(k, alias)) break;
  }
  return deleteOne(k, lnmb);
}

/** Whether a backward link leads to an LNMB, and not to the chain head inside the hash table. */
function isNameBlock(k: Kernel, table: number, address: number): boolean {
  const hashTable = LNMTH.at(k, table).LNMTH$L_HASH;
  const chains = hashTable + LNMHSH$C_BUCKET;
  return address < chains || address >= chains + 4 * chainCount(k, hashTable);
}

/**
 * Deletes every name of a hash table with an access mode equal to or less privileged than `mode`.
 *
 * @param header  only names contained in this table; 0 for all
 */
export function DELETE_NAMES(k: Kernel, hashTable: number, mode: number, header: number): void {
  const chains = hashTable + LNMHSH$C_BUCKET;
  for (let head = chains, end = chains + 4 * chainCount(k, hashTable); head < end; head += 4) {
    for (let lnmb = k.readLong(head); lnmb !== 0;) {
      const block = LNMB.at(k, lnmb);
      const next = block.LNMB$L_FLINK;
      const wanted = (header === 0 || block.LNMB$L_TABLE === header) && block.LNMB$B_ACMODE >= mode;
      const isTable = wanted && tableHeaderOf(k, lnmb) !== 0;
      const gone = wanted && deleteOne(k, lnmb);
      // A table takes others of this chain with it, perhaps the next one: begin the chain again.
      lnmb = isTable && gone ? k.readLong(head) : next;
    }
  }
}

/** Deletes the private names of `mode` and outer modes. Takes the mutex. @source book 28.8.5 */
export function LNM$DELETE_HASH(k: Kernel, mode: number, hashTable: number): void {
  lockedForWrite(k, () => DELETE_NAMES(k, hashTable, mode, 0));
}
