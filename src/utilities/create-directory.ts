import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_ACCESS, IO$_CREATE, IO$_DEACCESS, IO$_WRITEVBLK, IO$M_ACCESS, IO$M_CREATE } from '../executive/starlet/iodef.js';
import { NAM$M_SYNCHK } from '../executive/starlet/namdef.js';
import { SS$_DUPFILENAME, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { ATR$C_FPRO, ATR$C_RECATTR, ATR$C_UCHAR, ATR$C_UIC, FAT, FAT$C_VARIABLE, FAT$M_NOSPAN, FCH$M_DIRECTORY, setEndOfFileBlock } from '../filesystem/atr.js';
import { FIB, FIB$M_ALCON, FIB$M_EXTEND, FIB$M_WRITE } from '../filesystem/fib.js';
import { fileBlocks, nameOf, type FileFailure } from './files.js';
import { applyProtection, type ProtectionCode } from './protection.js';

/** Making directories, as LIB$CREATE_DIR does: a directory file with one empty block, by the XQP's own functions. */
const BLOCK = 512;
/** Denies delete access to all. */
const NO_DELETE = 0x8888;

/** What the qualifiers of CREATE/DIRECTORY say; owner: the process, unless given. */
export interface NewDirectory {
  readonly owner: number | undefined;
  /** Changes the protection of the directory above, less delete access. */
  readonly protection: ProtectionCode | undefined;
  /** Versions of the files to be made in it; 0: as many as in the directory above. */
  readonly versionLimit: number;
}

/** The header of a directory, by its file ID on a channel. */
function* parentHeader(p: Procedure, chan: number, did: Uint8Array): Flow<{ readonly protection: number; readonly versionLimit: number } | undefined> {
  return yield* p.scratch(function* () {
    const fib = FIB.at(p.memory, p.allocate(FIB.size));
    p.memory.writeBytes(fib.address + FIB.offset.FIB$W_FID_NUM, did);
    const protection = p.bytes(new Uint8Array(2));
    const fat = FAT.at(p.memory, p.allocate(FAT.size));
    const list = p.allocate(20);
    [[ATR$C_FPRO, 2, protection], [ATR$C_RECATTR, FAT.size, fat.address]].forEach(([code, length, address], index) => {
      p.memory.writeWord(list + 8 * index, length!);
      p.memory.writeWord(list + 8 * index + 2, code!);
      p.memory.writeLong(list + 8 * index + 4, address!);
    });
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_ACCESS, iosb, p1: p.descriptor(FIB.size, fib.address), p5: list });
    const status = queued & 1 ? p.memory.readWord(iosb) : queued;
    return status & 1 ? { protection: p.memory.readWord(protection), versionLimit: fat.FAT$W_VERSIONS } : undefined;
  });
}

interface Place {
  readonly device: string;
  readonly parts: readonly string[];
}

function* place(p: Procedure, spec: string): Flow<Place | FileFailure> {
  return yield* p.scratch(function* () {
    const blocks = fileBlocks(p, spec);
    const { fab, nam } = blocks;
    nam.NAM$B_NOP = NAM$M_SYNCHK;
    const status = yield* service(p, '$PARSE', { fab: fab.address });
    if (!(status & 1)) return { spec: nameOf(p, blocks, spec), status, stv: fab.FAB$L_STV };
    const text = (address: number, length: number): string => bytesToText(p.memory.readBytes(address, length));
    return {
      device: text(nam.NAM$L_DEV, nam.NAM$B_DEV),
      parts: text(nam.NAM$L_DIR, nam.NAM$B_DIR).slice(1, -1).split('.').filter((part) => part !== '000000' && part !== ''),
    };
  });
}

function* fileItem(p: Procedure, items: readonly (readonly [code: number, bytes: Uint8Array])[]): Flow<number> {
  const list = p.allocate(8 * items.length + 4);
  items.forEach(([code, bytes], index) => {
    const at = list + 8 * index;
    p.memory.writeWord(at, bytes.length);
    p.memory.writeWord(at + 2, code);
    p.memory.writeLong(at + 4, p.bytes(bytes));
  });
  return list;
}

function longword(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

/** One level. @returns SS$_ status of the file system, or of RMS when the directory above is not there */
function* makeLevel(p: Procedure, device: string, parent: string, name: string, wanted: NewDirectory): Flow<{ readonly status: number; readonly stv: number }> {
  return yield* p.scratch(function* () {
    const { fab, nam } = fileBlocks(p, `${device}[${parent}]${name}.DIR;1`);
    const parsed = yield* service(p, '$PARSE', { fab: fab.address });
    if (!(parsed & 1)) return { status: parsed, stv: fab.FAB$L_STV };
    const channel = p.allocate(4);
    const dvi = nam.NAM$T_DVI;
    const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(bytesToText(dvi.subarray(1, 1 + dvi[0]!))), chan: channel });
    if (!(assigned & 1)) return { status: assigned, stv: 0 };
    const chan = p.memory.readWord(channel);
    const done = yield* createFile(p, chan, nam.NAM$T_DID, `${name}.DIR;1`, wanted);
    yield* service(p, '$DASSGN', { chan });
    return { status: done, stv: 0 };
  });
}

function* createFile(p: Procedure, chan: number, did: Uint8Array, name: string, wanted: NewDirectory): Flow<number> {
  const parent = yield* parentHeader(p, chan, did);
  const inherited = (parent?.protection ?? 0) | NO_DELETE;
  const protection = wanted.protection ? applyProtection(inherited, wanted.protection) : inherited;
  const fib = FIB.at(p.memory, p.allocate(FIB.size));
  fib.FIB$L_ACCTL = FIB$M_WRITE;
  p.memory.writeBytes(fib.address + FIB.offset.FIB$W_DID_NUM, did);
  fib.FIB$W_EXCTL = FIB$M_EXTEND | FIB$M_ALCON;
  fib.FIB$L_EXSZ = 1;
  const fat = FAT.at(p.memory, p.allocate(FAT.size));
  fat.FAT$B_RTYPE = FAT$C_VARIABLE;
  fat.FAT$B_RATTRIB = FAT$M_NOSPAN;
  fat.FAT$W_RSIZE = fat.FAT$W_MAXREC = BLOCK;
  setEndOfFileBlock(fat, 2);
  fat.FAT$W_VERSIONS = wanted.versionLimit || (parent?.versionLimit ?? 0);
  const list = yield* fileItem(p, [
    [ATR$C_UCHAR, longword(FCH$M_DIRECTORY)], [ATR$C_RECATTR, p.memory.readBytes(fat.address, FAT.size)], [ATR$C_FPRO, longword(protection).subarray(0, 2)],
    ...(wanted.owner === undefined ? [] : [[ATR$C_UIC, longword(wanted.owner)] as const]),
  ]);
  const iosb = p.allocate(8);
  const io = function* (func: number, args: { p1?: number; p2?: number; p3?: number; p5?: number }): Flow<number> {
    const queued = yield* service(p, '$QIOW', { efn: 1, chan, func, iosb, ...args });
    return queued & 1 ? p.memory.readWord(iosb) : queued;
  };
  const created = yield* io(IO$_CREATE | IO$M_CREATE | IO$M_ACCESS, {
    p1: p.descriptor(FIB.size, fib.address), p2: p.descriptor(name.length, p.bytes(textToBytes(name))), p5: list,
  });
  if (!(created & 1)) return created;
  const empty = new Uint8Array(BLOCK);
  empty.fill(0xff, 0, 2);
  const written = yield* io(IO$_WRITEVBLK, { p1: p.bytes(empty), p2: BLOCK, p3: 1 });
  const closed = yield* io(IO$_DEACCESS, {});
  return written & 1 ? closed : written;
}

export interface MadeDirectory {
  readonly spec: string;
  /** It was there already, with everything above it. */
  readonly existed: boolean;
}

/** Who may not write in a directory is not asked whether he may for those in it that are there. */
function* isThere(p: Procedure, spec: string): Flow<boolean> {
  return yield* p.scratch(function* () {
    return ((yield* service(p, '$PARSE', { fab: fileBlocks(p, spec).fab.address })) & 1) === 1;
  });
}

/** Makes a directory and what is missing above it. */
export function* createDirectory(p: Procedure, spec: string, wanted: NewDirectory): Flow<MadeDirectory | FileFailure> {
  const where = yield* place(p, spec);
  if ('stv' in where) return where;
  const { device, parts } = where;
  const full = `${device}[${parts.join('.')}]`;
  let existed = true;
  for (let level = 0; level < parts.length; level += 1) {
    if (yield* isThere(p, `${device}[${parts.slice(0, level + 1).join('.')}]`)) continue;
    const { status, stv } = yield* makeLevel(p, device, level === 0 ? '000000' : parts.slice(0, level).join('.'), parts[level]!, wanted);
    if (status === SS$_NORMAL) existed = false;
    else if (status !== SS$_DUPFILENAME) return { spec: full, status, stv };
  }
  return { spec: full, existed };
}
