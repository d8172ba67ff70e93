import type { Procedure } from '../executive/gate/procedure.js';
import { writeCounted } from '../executive/structures/memory.js';
import { allocate, allocateBuffer, deallocate, deallocateBuffer, fileList } from './space.js';
import { BDB, BDB$C_BID, FWA, IFAB, IFB$C_BID, IRAB, IRB$C_BID, IRB$C_KEYROOM, RLB, RLB$C_BID, SWB } from './structures.js';

/**
 * The control blocks of files and streams in the I/O segments (space.ts), and how they are found. A file's IFAB is on the list at the
 * start of PIO$AL_PIOIMPA or PIO$AL_IIOIMPA. choice: process permanent files have internal identifiers 1 to 31, others from
 * 33 on, so that an identifier tells which list it is on; bit 14 is FAB$V_PPF_IND, indirect use of a process permanent file.
 */
export type Ifab = ReturnType<typeof IFAB.at>;
export type Irab = ReturnType<typeof IRAB.at>;

const FIRST_IMAGE_IFI = 33;
/** FAB$V_PPF_IND, RAB$V_PPF_IND. */
export const INDIRECT = 0x4000;
/** FAB$V_PPF_RAT, RAB$V_PPF_RAT: the record attributes an indirect user asked for. */
export const PPF_RAT = 0x3fc0;
const INDIRECT_MASK = 0x3f;

/** The open files of one kind. */
export function* files(p: Procedure, permanent: boolean): Generator<Ifab, void, undefined> {
  for (let address = p.memory.readLong(fileList(permanent)); address !== 0;) {
    const ifab = IFAB.at(p.memory, address);
    address = ifab.IFB$L_LINK;
    yield ifab;
  }
}

/** A new IFAB with an identifier of its own; undefined when the segment is full. */
export function createIfab(p: Procedure, permanent: boolean): Ifab | undefined {
  const used = new Set([...files(p, permanent)].map((ifab) => ifab.IFB$W_IFI));
  let ifi = permanent ? 1 : FIRST_IMAGE_IFI;
  while (used.has(ifi)) ifi += 1;
  if (permanent && ifi >= FIRST_IMAGE_IFI - 1) return undefined;
  const address = allocate(p, permanent, IFAB.size);
  if (address === 0) return undefined;
  const ifab = IFAB.at(p.memory, address);
  const head = fileList(permanent);
  ifab.IFB$W_SIZE = IFAB.size;
  ifab.IFB$B_BID = IFB$C_BID;
  ifab.IFB$W_IFI = ifi;
  ifab.IFB$V_PPF = permanent ? 1 : 0;
  ifab.IFB$L_LINK = p.memory.readLong(head);
  p.memory.writeLong(head, address);
  return ifab;
}

/** The file of an internal identifier as a FAB has it; undefined: RMS$_IFI. */
export function findFile(p: Procedure, ifi: number): Ifab | undefined {
  const indirect = (ifi & INDIRECT) !== 0;
  const wanted = indirect ? ifi & INDIRECT_MASK : ifi;
  if (wanted === 0) return undefined;
  for (const ifab of files(p, wanted < FIRST_IMAGE_IFI)) if (ifab.IFB$W_IFI === wanted) return ifab;
  return undefined;
}

/** Frees a file's blocks. Its channel is the caller's business. */
export function deleteIfab(p: Procedure, ifab: Ifab): void {
  const permanent = ifab.IFB$V_PPF !== 0;
  for (const irab of streamsOf(p, ifab)) freeIrab(p, permanent, irab);
  unlink(p, fileList(permanent), ifab.address);
  releaseWorkArea(p, ifab);
  releaseSearch(p, ifab);
  for (const bdb of buffersOf(p, ifab)) deleteBuffer(p, ifab, bdb);
  setDeleteName(p, ifab, '');
  deallocate(p, permanent, ifab.address, IFAB.size);
}

export type Fwa = ReturnType<typeof FWA.at>;
export type Swb = ReturnType<typeof SWB.at>;

/** The file work area of a file, made when there is none; undefined when the segment is full. */
export function workArea(p: Procedure, ifab: Ifab): Fwa | undefined {
  if (ifab.IFB$L_FWA === 0) ifab.IFB$L_FWA = allocate(p, ifab.IFB$V_PPF !== 0, FWA.size);
  return ifab.IFB$L_FWA === 0 ? undefined : FWA.at(p.memory, ifab.IFB$L_FWA);
}

export function releaseWorkArea(p: Procedure, ifab: Ifab): void {
  if (ifab.IFB$L_FWA !== 0) deallocate(p, ifab.IFB$V_PPF !== 0, ifab.IFB$L_FWA, FWA.size);
  ifab.IFB$L_FWA = 0;
}

/** A new search work block of a file; undefined when the segment is full. */
export function createSearch(p: Procedure, ifab: Ifab): Swb | undefined {
  if (ifab.IFB$L_SWB === 0) ifab.IFB$L_SWB = allocate(p, ifab.IFB$V_PPF !== 0, SWB.size);
  return ifab.IFB$L_SWB === 0 ? undefined : SWB.at(p.memory, ifab.IFB$L_SWB);
}

function releaseSearch(p: Procedure, ifab: Ifab): void {
  if (ifab.IFB$L_SWB !== 0) deallocate(p, ifab.IFB$V_PPF !== 0, ifab.IFB$L_SWB, SWB.size);
  ifab.IFB$L_SWB = 0;
}

const DELETE_NAME_SIZE = 96;

/** Keeps the name under which a file is to be deleted when it is closed; '' forgets it. */
export function setDeleteName(p: Procedure, ifab: Ifab, name: string): void {
  const permanent = ifab.IFB$V_PPF !== 0;
  if (name === '') {
    if (ifab.IFB$L_NAME !== 0) deallocate(p, permanent, ifab.IFB$L_NAME, DELETE_NAME_SIZE);
    ifab.IFB$L_NAME = 0;
    return;
  }
  if (ifab.IFB$L_NAME === 0) ifab.IFB$L_NAME = allocate(p, permanent, DELETE_NAME_SIZE);
  if (ifab.IFB$L_NAME !== 0) writeCounted(p.memory, ifab.IFB$L_NAME, name, DELETE_NAME_SIZE);
}

/**
 * A new stream on a file. Identifiers count from 1 over all files of a segment; the first stream of a process permanent
 * file has the file's own identifier, so that whoever knows only that can write a record ($PUTMSG).
 */
export function createIrab(p: Procedure, ifab: Ifab): Irab | undefined {
  const permanent = ifab.IFB$V_PPF !== 0;
  const address = allocate(p, permanent, IRAB.size);
  if (address === 0) return undefined;
  const used = new Set([...streams(p, permanent)].map((irab) => irab.IRB$W_ISI));
  let isi = permanent ? ifab.IFB$W_IFI : FIRST_IMAGE_IFI;
  while (used.has(isi)) isi += permanent ? -1 : 1;
  if (isi === 0) isi = FIRST_IMAGE_IFI - 2;
  while (permanent && used.has(isi)) isi -= 1;
  const irab = IRAB.at(p.memory, address);
  irab.IRB$W_SIZE = IRAB.size;
  irab.IRB$B_BID = IRB$C_BID;
  irab.IRB$W_ISI = isi;
  irab.IRB$L_IFAB = ifab.address;
  irab.IRB$L_LINK = ifab.IFB$L_IRAB;
  ifab.IFB$L_IRAB = address;
  return irab;
}

/** The streams of a file. */
export function* streamsOf(p: Procedure, ifab: Ifab): Generator<Irab, void, undefined> {
  for (let address = ifab.IFB$L_IRAB; address !== 0;) {
    const irab = IRAB.at(p.memory, address);
    address = irab.IRB$L_LINK;
    yield irab;
  }
}

function* streams(p: Procedure, permanent: boolean): Generator<Irab, void, undefined> {
  for (const ifab of files(p, permanent)) yield* streamsOf(p, ifab);
}

/** The stream of an internal identifier as a RAB has it; undefined: RMS$_ISI. */
export function findStream(p: Procedure, isi: number): Irab | undefined {
  const wanted = isi & INDIRECT ? isi & INDIRECT_MASK : isi;
  if (wanted === 0) return undefined;
  // Every record operation comes by here: no generators.
  const { memory } = p;
  for (let ifab = memory.readLong(fileList(wanted < FIRST_IMAGE_IFI)); ifab !== 0; ifab = memory.readLong(ifab)) {
    for (let irab = memory.readLong(ifab + IFAB.offset.IFB$L_IRAB); irab !== 0; irab = memory.readLong(irab)) {
      if (memory.readWord(irab + IRAB.offset.IRB$W_ISI) === wanted) return IRAB.at(memory, irab);
    }
  }
  return undefined;
}

export function deleteIrab(p: Procedure, irab: Irab): void {
  const ifab = IFAB.at(p.memory, irab.IRB$L_IFAB);
  unlink(p, ifab.address + IFAB.offset.IFB$L_IRAB, irab.address);
  freeIrab(p, ifab.IFB$V_PPF !== 0, irab);
}

function freeIrab(p: Procedure, permanent: boolean, irab: Irab): void {
  if (irab.IRB$L_BUFFER !== 0) deallocateBuffer(p, permanent, irab.IRB$L_BUFFER, irab.IRB$L_BUFSIZ);
  if (irab.IRB$L_KEYBUF !== 0) deallocate(p, permanent, irab.IRB$L_KEYBUF, 2 * IRB$C_KEYROOM);
  for (const rlb of recordLocksOf(p, irab)) deallocate(p, permanent, rlb.address, RLB.size);
  deallocate(p, permanent, irab.address, IRAB.size);
}

export type Bdb = ReturnType<typeof BDB.at>;
export type Rlb = ReturnType<typeof RLB.at>;

/** The buffers of a relative or indexed file. */
export function* buffersOf(p: Procedure, ifab: Ifab): Generator<Bdb, void, undefined> {
  for (let address = ifab.IFB$L_BDB; address !== 0;) {
    const bdb = BDB.at(p.memory, address);
    address = bdb.BDB$L_LINK;
    yield bdb;
  }
}

/** A buffer of `size` bytes with its descriptor, empty; undefined when the segment is full. */
export function createBuffer(p: Procedure, ifab: Ifab, size: number): Bdb | undefined {
  const permanent = ifab.IFB$V_PPF !== 0;
  const buffer = allocateBuffer(p, permanent, size);
  if (buffer === 0) return undefined;
  const address = allocate(p, permanent, BDB.size);
  if (address === 0) {
    deallocateBuffer(p, permanent, buffer, size);
    return undefined;
  }
  const bdb = BDB.at(p.memory, address);
  bdb.BDB$W_SIZE = BDB.size;
  bdb.BDB$B_BID = BDB$C_BID;
  bdb.BDB$L_ADDR = buffer;
  bdb.BDB$W_NUMB = size;
  bdb.BDB$L_LINK = ifab.IFB$L_BDB;
  ifab.IFB$L_BDB = address;
  return bdb;
}

/** Puts a buffer's descriptor in front of the others of the file. */
export function makeFirst(p: Procedure, ifab: Ifab, bdb: number): void {
  const head = ifab.address + IFAB.offset.IFB$L_BDB;
  const first = p.memory.readLong(head);
  if (first === bdb) return;
  unlink(p, head, bdb);
  p.memory.writeLong(bdb, first);
  p.memory.writeLong(head, bdb);
}

export function deleteBuffer(p: Procedure, ifab: Ifab, bdb: Bdb): void {
  const permanent = ifab.IFB$V_PPF !== 0;
  unlink(p, ifab.address + IFAB.offset.IFB$L_BDB, bdb.address);
  deallocateBuffer(p, permanent, bdb.BDB$L_ADDR, bdb.BDB$W_NUMB);
  deallocate(p, permanent, bdb.address, BDB.size);
}

/** The records a stream has locked. */
export function* recordLocksOf(p: Procedure, irab: Irab): Generator<Rlb, void, undefined> {
  for (let address = irab.IRB$L_RLB; address !== 0;) {
    const rlb = RLB.at(p.memory, address);
    address = rlb.RLB$L_LINK;
    yield rlb;
  }
}

/** A record lock block of the stream; undefined when the segment is full. */
export function createRecordLock(p: Procedure, ifab: Ifab, irab: Irab): Rlb | undefined {
  const address = allocate(p, ifab.IFB$V_PPF !== 0, RLB.size);
  if (address === 0) return undefined;
  const rlb = RLB.at(p.memory, address);
  rlb.RLB$W_SIZE = RLB.size;
  rlb.RLB$B_BID = RLB$C_BID;
  rlb.RLB$L_LINK = irab.IRB$L_RLB;
  irab.IRB$L_RLB = address;
  return rlb;
}

export function deleteRecordLock(p: Procedure, ifab: Ifab, irab: Irab, rlb: Rlb): void {
  unlink(p, irab.address + IRAB.offset.IRB$L_RLB, rlb.address);
  deallocate(p, ifab.IFB$V_PPF !== 0, rlb.address, RLB.size);
}

/** Takes a block out of its list; its link is its first longword. */
function unlink(p: Procedure, head: number, block: number): void {
  let at = head;
  while (p.memory.readLong(at) !== block) at = p.memory.readLong(at);
  p.memory.writeLong(at, p.memory.readLong(block));
}
