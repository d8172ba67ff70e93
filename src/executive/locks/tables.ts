import type { Kernel } from '../kernel.js';
import { EXE$ALONPAGVAR, EXE$DEANONPGDSIZ } from '../pool/nonpaged.js';
import { DYN$C_INIT, DYN$C_LKID, DYN$C_RSHT } from '../structures/dyn.js';
import { LCKTBL, LKB } from '../structures/lock.js';
import type { Lkb } from './blocks.js';

/**
 * The tables of the lock database in nonpaged pool: lock ID table, resource hash table, process bitmap.
 *
 * A lock ID is an index into the lock ID table (low word) and a sequence number (high word). The entry of a lock is the address of its
 * LKB. A free entry holds the next sequence number and the index of the next free entry; the last entry of the table is always 0, and
 * when the list of free ones, LCK$GL_NXTID, has come to it the table is made longer. Index 0 is not used.
 * @source book 13.1.4; digest ch13 1.3-1.5
 */
const FIRST_INDEX = 1;
/** choice: sequence numbers stay below this, so that a free entry is never taken for a system address. */
const LAST_SEQUENCE = 0x7fff;
const SYSTEM_SPACE = 0x8000_0000;
const BITS_OF_BYTE = 8;

/** A zeroed table behind its header; the address of its first byte, 0 when pool is short. */
function allocateTable(k: Kernel, bytes: number, type: number): number {
  const block = EXE$ALONPAGVAR(k, LCKTBL.size + bytes);
  if (block === 0) return 0;
  k.writeBytes(block, new Uint8Array(LCKTBL.size + bytes));
  const header = LCKTBL.at(k, block);
  header.LCKTBL$W_SIZE = LCKTBL.size + bytes;
  header.LCKTBL$B_TYPE = type;
  return block + LCKTBL.size;
}

/** Links free entries from `first` to the one before `last`, which becomes the 0 that ends the list. */
function linkFree(k: Kernel, table: number, first: number, last: number): void {
  for (let index = first; index < last; index += 1) k.writeLong(table + 4 * index, (1 << 16) | (index + 1));
  k.writeLong(table + 4 * last, 0);
}

/**
 * Part of EXE$INIT: an empty lock database of the sizes LOCKIDTBL and RESHASHTBL ask for.
 *
 * choice: RESHASHTBL is rounded up to a power of 2, of which LCK$GL_HTBLCNT and LCK$GB_HTBLSHFT are the exponent.
 */
export function LCK$INIT(k: Kernel): void {
  const { sys } = k;
  k.initializeQueue(k.symbol('LCK$GL_TIMOUTQ'));
  const exponent = Math.ceil(Math.log2(Math.max(1, sys.LCK$GL_HTBLSIZ)));
  const ids = Math.max(sys.LCK$GL_IDTBLSIZ, FIRST_INDEX + 1);
  const idTable = allocateTable(k, 4 * ids, DYN$C_LKID);
  const hashTable = allocateTable(k, 4 * 2 ** exponent, DYN$C_RSHT);
  const bitmap = allocateTable(k, 1 + Math.ceil(sys.SGN$GW_MAXPRCCT / BITS_OF_BYTE), DYN$C_INIT);
  if (idTable === 0 || hashTable === 0 || bitmap === 0) throw new Error('nonpaged pool too small for the lock database');
  sys.LCK$GL_IDTBL = idTable;
  sys.LCK$GL_MAXID = ids - 1;
  sys.LCK$GL_NXTID = FIRST_INDEX;
  linkFree(k, idTable, FIRST_INDEX, ids - 1);
  sys.LCK$GL_HASHTBL = hashTable;
  sys.LCK$GL_HTBLCNT = exponent;
  sys.LCK$GB_HTBLSHFT = 32 - exponent;
  sys.LCK$GL_PRCMAP = bitmap;
}

/** LOCKIDTBL more entries, up to LOCKIDTBL_MAX; the old table goes back to pool. False: no room. */
function extendIdTable(k: Kernel): boolean {
  const { sys } = k;
  const oldSize = sys.LCK$GL_MAXID + 1;
  const newSize = Math.min(oldSize + sys.LCK$GL_IDTBLSIZ, sys.LCK$GL_IDTBLMAX, 0x10000);
  if (newSize <= oldSize) return false;
  const table = allocateTable(k, 4 * newSize, DYN$C_LKID);
  if (table === 0) return false;
  const old = sys.LCK$GL_IDTBL;
  k.writeBytes(table, k.readBytes(old, 4 * oldSize));
  linkFree(k, table, oldSize - 1, newSize - 1);
  sys.LCK$GL_IDTBL = table;
  sys.LCK$GL_MAXID = newSize - 1;
  EXE$DEANONPGDSIZ(k, old - LCKTBL.size, LCKTBL.size + 4 * oldSize);
  return true;
}

/**
 * Makes sure that LCK$GL_NXTID is a free entry.
 *
 * @returns false: LOCKIDTBL_MAX is reached, or pool is short
 */
export function reserveLockId(k: Kernel): boolean {
  return k.readLong(k.sys.LCK$GL_IDTBL + 4 * k.sys.LCK$GL_NXTID) !== 0 || extendIdTable(k);
}

/** Gives a lock the ID that reserveLockId has found. */
export function assignLockId(k: Kernel, lkb: Lkb): void {
  const index = k.sys.LCK$GL_NXTID;
  const place = k.sys.LCK$GL_IDTBL + 4 * index;
  const free = k.readLong(place);
  lkb.LKB$L_LKID = (free & 0xffff0000) | index;
  k.sys.LCK$GL_NXTID = free & 0xffff;
  k.writeLong(place, lkb.address);
}

/** Takes the ID of a lock back; it is the next one to be used, with another sequence number. */
export function releaseLockId(k: Kernel, lockId: number): void {
  const index = lockId & 0xffff;
  const sequence = lockId >>> 16;
  k.writeLong(k.sys.LCK$GL_IDTBL + 4 * index, ((sequence >= LAST_SEQUENCE ? 1 : sequence + 1) << 16) | k.sys.LCK$GL_NXTID);
  k.sys.LCK$GL_NXTID = index;
}

/** The lock with that index, whatever its sequence number; undefined when the entry is free or there is none. */
export function lockOfIndex(k: Kernel, index: number): Lkb | undefined {
  if (index < FIRST_INDEX || index >= k.sys.LCK$GL_MAXID) return undefined;
  const entry = k.readLong(k.sys.LCK$GL_IDTBL + 4 * index);
  return entry < SYSTEM_SPACE ? undefined : LKB.at(k, entry);
}

/** The lock with that ID; undefined when there is none (any more). */
export function lockOfId(k: Kernel, lockId: number): Lkb | undefined {
  const lkb = lockOfIndex(k, lockId & 0xffff);
  return lkb?.LKB$L_LKID === lockId >>> 0 ? lkb : undefined;
}

/**
 * The lock a caller names to convert or dequeue it: the PIDs must agree, and the caller's mode must not be less privileged than the
 * lock's. choice: executive and kernel mode also reach system-owned locks. @source book 13.1.4
 */
export function callersLock(k: Kernel, lockId: number): Lkb | undefined {
  const lkb = lockOfId(k, lockId);
  if (lkb === undefined || k.callerMode > lkb.LKB$V_MODE) return undefined;
  const isOwn = lkb.LKB$L_PID === k.pcb.PCB$L_PID || (lkb.LKB$L_PID === 0 && k.callerMode <= 1);
  return isOwn ? lkb : undefined;
}
