import type { Kernel } from '../kernel.js';
import { SS$_DUPLNAM, SS$_LNMCREATED, SS$_NORMAL, SS$_SUPERSEDE } from '../starlet/ssdef.js';
import { LNMB, LNMTH } from '../structures/lnm.js';
import { deleteOne, directoryChanged } from './delete.js';
import { LNM$HASH, chainHead, isDirectory, nameOf, tableHeaderOf } from './name-block.js';

export interface Insertion {
  /** SS$_NORMAL, SS$_SUPERSEDE, SS$_LNMCREATED, SS$_DUPLNAM. */
  readonly status: number;
  /** The block that is in the database now: the new one, or with CREATE_IF the old one. */
  readonly lnmb: number;
}

/**
 * Puts a finished LNMB into the database: decides what becomes of definitions of the same name in the same table, hashes it,
 * charges quota; a table becomes first child of its parent.
 *
 * @param lnmb      address of the block; LNMB$L_TABLE is set, and of a table LNMTH$L_PARENT and LNMTH$L_BYTESLM
 * @param createIf  keep an existing table of the same mode (SS$_NORMAL, the new block is not used)
 * @returns SS$_DUPLNAM: an inner mode NO_ALIAS definition forbids it, nothing is changed
 * Mutex held for write. @source book 28.8.3, 28.8.4; digest ch28 3.8
 */
export function LNM$INSLOGTAB(k: Kernel, lnmb: number, createIf = false): Insertion {
  const block = LNMB.at(k, lnmb);
  const { LNMB$B_ACMODE: mode, LNMB$L_TABLE: containing, LNMB$W_SIZE: size } = block;
  const noAlias = block.LNMB$V_NO_ALIAS === 1;
  const name = nameOf(k, lnmb);
  const header = tableHeaderOf(k, lnmb);
  const head = chainHead(k, LNMTH.at(k, containing).LNMTH$L_HASH, LNM$HASH(name));

  const doomed: number[] = [];
  for (let other = k.readLong(head); other !== 0; other = k.readLong(other)) {
    const order = compare(k, other, name, containing);
    if (order > 0) break;
    if (order < 0) continue;
    const existing = LNMB.at(k, other);
    if (existing.LNMB$B_ACMODE < mode) {
      if (existing.LNMB$V_NO_ALIAS === 1) return { status: SS$_DUPLNAM, lnmb };
      break;
    }
    const sameMode = existing.LNMB$B_ACMODE === mode;
    if (sameMode && createIf && tableHeaderOf(k, other) !== 0) return { status: SS$_NORMAL, lnmb: other };
    if (!sameMode && !noAlias) continue;
    if (existing.LNMB$V_NODELETE === 1) return { status: SS$_DUPLNAM, lnmb };
    doomed.push(other);
  }
  for (const other of doomed) deleteOne(k, other);

  linkIntoChain(k, head, lnmb, name, containing, mode);
  const holder = LNMTH.at(k, LNMTH.at(k, containing).LNMTH$L_QTABLE);
  holder.LNMTH$L_BYTES -= size;
  if (header !== 0) joinFamily(k, header);
  if (isDirectory(k, containing)) directoryChanged(k, containing);
  if (doomed.length > 0) return { status: SS$_SUPERSEDE, lnmb };
  return { status: header !== 0 ? SS$_LNMCREATED : SS$_NORMAL, lnmb };
}

/** Order of the block at `other` and a name in a table: by length, then text, then address of the table. */
function compare(k: Kernel, other: number, name: string, containing: number): number {
  const text = nameOf(k, other);
  if (text.length !== name.length) return text.length - name.length;
  if (text !== name) return text < name ? -1 : 1;
  return LNMB.at(k, other).LNMB$L_TABLE - containing;
}

/** Hooks the block in at its place: chains run by length, text, table address, outermost mode first. @source book 28.5.3 */
export function linkIntoChain(k: Kernel, head: number, lnmb: number, name: string, containing: number, mode: number): void {
  let previous = head;
  let next = k.readLong(head);
  while (next !== 0) {
    const order = compare(k, next, name, containing);
    if (order > 0 || (order === 0 && LNMB.at(k, next).LNMB$B_ACMODE < mode)) break;
    previous = next;
    next = k.readLong(next);
  }
  k.writeLong(lnmb, next);
  k.writeLong(lnmb + 4, previous);
  if (next !== 0) k.writeLong(next + 4, lnmb);
  k.writeLong(previous, lnmb);
}

/** First child of its parent; limited quota moves from the parent's quota holder, pooled quota stays there. */
function joinFamily(k: Kernel, header: number): void {
  const table = LNMTH.at(k, header);
  if (table.LNMTH$L_PARENT === 0) return;
  const parent = LNMTH.at(k, table.LNMTH$L_PARENT);
  table.LNMTH$L_SIBLING = parent.LNMTH$L_CHILD;
  parent.LNMTH$L_CHILD = header;
  const limit = table.LNMTH$L_BYTESLM;
  table.LNMTH$L_QTABLE = limit === 0 ? parent.LNMTH$L_QTABLE : header;
  table.LNMTH$L_BYTES = limit;
  if (limit !== 0) {
    const holder = LNMTH.at(k, parent.LNMTH$L_QTABLE);
    holder.LNMTH$L_BYTES -= limit;
  }
}
