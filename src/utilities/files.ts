import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import {
  FAB, FAB$C_BID, FAB$C_BLN, FAB$C_VAR, FAB$C_VFC, FAB$M_BIO, FAB$M_CR, FAB$M_GET, FAB$M_OFP, FAB$M_PUT, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SQO, FAB$M_TRN,
} from '../executive/starlet/fabdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../executive/starlet/namdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$M_EOF, RAB$M_TPT } from '../executive/starlet/rabdef.js';
import { RMS$_CONTROLC, RMS$_CONTROLY, RMS$_EOF } from '../executive/starlet/rmsdef.js';
import { XAB$C_PRO, XAB$C_PROLEN, XABPRO } from '../executive/starlet/xabdef.js';
import { bytesToText, joinBytes, textToBytes } from '../executive/structures/memory.js';
import type { Message } from './messages.js';

/** Files of utilities: FAB, NAM and RAB in the caller's scratch space, record buffers in program region pages. */

/** How a file operation failed, and on which file as far as its name is known. */
export interface FileFailure {
  readonly spec: string;
  readonly status: number;
  readonly stv: number;
}

/** $GET. A read that CTRL/Y ended is made again: what had been typed is gone, and CONTINUE came. */
export function* getRecord(p: Procedure, rab: number): Flow<number> {
  for (;;) {
    const status = yield* service(p, '$GET', { rab });
    if (status !== RMS$_CONTROLY && status !== RMS$_CONTROLC) return status;
  }
}

export function isFailure(answer: object): answer is FileFailure {
  return 'stv' in answer;
}

/** The message that says why. */
export function reason({ status, stv }: FileFailure): Message {
  return { code: status, stv };
}

const PAGE = 512;
/** Longest record of a sequential file, and the blocks one transfer moves. */
const LONGEST_RECORD = 32767;
const TRANSFER_BLOCKS = 64;
const NAME_ROOM = 255;
/** XAB$W_PRO: no protection given. */
const DEFAULT_PROTECTION = 0xffff;

/** `bytes` of zeroed program region. They go away with the image. 0 when there is no room. */
export function* programRegion(p: Procedure, bytes: number): Flow<number> {
  return yield* p.scratch(function* () {
    const range = p.allocate(8);
    const status = yield* service(p, '$EXPREG', { pagcnt: Math.ceil(bytes / PAGE), retadr: range, region: 0 });
    return status & 1 ? p.memory.readLong(range) : 0;
  });
}

export interface NameOptions {
  readonly defaults?: string;
  /** Specification of the file this one is made from or goes with. */
  readonly related?: string;
}

export interface CreateOptions extends NameOptions {
  readonly format?: number;
  readonly attributes?: number;
  readonly recordSize?: number;
  readonly controlSize?: number;
  readonly organization?: number;
  /** Blocks of a bucket. */
  readonly bucketSize?: number;
  /** Blocks to allocate. */
  readonly allocation?: number;
  /** $WRITE instead of $PUT. */
  readonly blocks?: boolean;
  /** Blocks to extend by. */
  readonly extension?: number;
  readonly contiguous?: boolean;
  /** A file with the same version number is replaced. */
  readonly supersede?: boolean;
  /** Changes a protection word that the file would have otherwise; see protection.ts. */
  readonly protection?: number;
  /** UIC of the owner. */
  readonly owner?: number;
}

export interface NamedBlocks {
  readonly fab: ReturnType<typeof FAB.at>;
  readonly nam: ReturnType<typeof NAM.at>;
}

/** A FAB and its NAM with room for names, headed and named. */
export function fileBlocks(p: Procedure, spec: string, { defaults = '', related = '' }: NameOptions = {}): NamedBlocks {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
  const strings = p.allocate(2 * (NAME_ROOM + 1));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_NAM = nam.address;
  fab.FAB$L_FNA = p.bytes(textToBytes(spec.slice(0, NAME_ROOM)));
  fab.FAB$B_FNS = Math.min(spec.length, NAME_ROOM);
  fab.FAB$L_DNA = p.bytes(textToBytes(defaults.slice(0, NAME_ROOM)));
  fab.FAB$B_DNS = Math.min(defaults.length, NAME_ROOM);
  nam.NAM$B_BID = NAM$C_BID;
  nam.NAM$B_BLN = NAM$C_BLN;
  nam.NAM$L_ESA = strings;
  nam.NAM$B_ESS = NAME_ROOM;
  nam.NAM$L_RSA = strings + NAME_ROOM + 1;
  nam.NAM$B_RSS = NAME_ROOM;
  if (related !== '') {
    const other = NAM.at(p.memory, p.allocate(NAM$C_BLN));
    other.NAM$B_BID = NAM$C_BID;
    other.NAM$B_BLN = NAM$C_BLN;
    other.NAM$L_RSA = p.bytes(textToBytes(related));
    other.NAM$B_RSS = other.NAM$B_RSL = related.length;
    nam.NAM$L_RLF = other.address;
  }
  return { fab, nam };
}

/** The resultant name, else the expanded one, else what was typed. */
export function nameOf(p: Procedure, { nam }: NamedBlocks, typed: string): string {
  if (nam.NAM$B_RSL > 0) return bytesToText(p.memory.readBytes(nam.NAM$L_RSA, nam.NAM$B_RSL));
  return nam.NAM$B_ESL > 0 ? bytesToText(p.memory.readBytes(nam.NAM$L_ESA, nam.NAM$B_ESL)) : typed;
}

/** An open file. Its blocks lie in the scratch space of whoever opened it. */
export class RmsFile {
  private buffer = 0;
  /** Fixed control area of the record read last, or of the one to be written; 0 when records have none. */
  readonly control: number;

  private constructor(
    private readonly p: Procedure, readonly fab: ReturnType<typeof FAB.at>, private readonly rab: ReturnType<typeof RAB.at>, readonly spec: string,
  ) {
    this.control = fab.FAB$B_RFM === FAB$C_VFC ? p.allocate(fab.FAB$B_FSZ || 2) : 0;
    rab.RAB$L_RHB = this.control;
  }

  /** Size of the fixed control area. */
  get controlSize(): number { return this.control === 0 ? 0 : this.fab.FAB$B_FSZ || 2; }

  /** Opens an existing file to read its records, or its blocks. `shared`: somebody may be writing it, if that one allows readers. */
  static *open(p: Procedure, spec: string, options: NameOptions & { readonly blocks?: boolean; readonly shared?: boolean } = {}): Flow<RmsFile | FileFailure> {
    const blocks = fileBlocks(p, spec, options);
    blocks.fab.FAB$B_FAC = options.blocks === true ? FAB$M_GET | FAB$M_BIO : FAB$M_GET;
    blocks.fab.FAB$B_SHR = options.shared === true ? FAB$M_SHRGET | FAB$M_SHRPUT : FAB$M_SHRGET;
    blocks.fab.FAB$L_FOP = FAB$M_SQO;
    return yield* RmsFile.connect(p, blocks, spec, yield* service(p, '$OPEN', { fab: blocks.fab.address }), 0);
  }

  /** Creates a new file, or a new version: variable-length text unless told otherwise. */
  static *create(p: Procedure, spec: string, options: CreateOptions = {}): Flow<RmsFile | FileFailure> {
    const blocks = fileBlocks(p, spec, options);
    const { fab } = blocks;
    fab.FAB$B_FAC = options.blocks === true ? FAB$M_PUT | FAB$M_BIO : FAB$M_PUT;
    fab.FAB$L_FOP = options.related === undefined ? 0 : FAB$M_OFP;
    fab.FAB$B_ORG = options.organization ?? 0;
    fab.FAB$B_BKS = options.bucketSize ?? 0;
    fab.FAB$B_RFM = options.format ?? FAB$C_VAR;
    fab.FAB$B_RAT = options.attributes ?? FAB$M_CR;
    fab.FAB$W_MRS = options.recordSize ?? 0;
    fab.FAB$B_FSZ = options.controlSize ?? 0;
    fab.FAB$L_ALQ = options.allocation ?? 0;
    fab.FAB$W_DEQ = options.extension ?? 0;
    fab.FAB$V_CTG = options.contiguous === true ? 1 : 0;
    fab.FAB$V_SUP = options.supersede === true ? 1 : 0;
    if (options.protection !== undefined || options.owner !== undefined) {
      const xab = XABPRO.at(p.memory, p.allocate(XABPRO.size));
      xab.XAB$B_COD = XAB$C_PRO;
      xab.XAB$B_BLN = XAB$C_PROLEN;
      xab.XAB$W_PRO = options.protection ?? DEFAULT_PROTECTION;
      xab.XAB$L_UIC = options.owner ?? 0;
      fab.FAB$L_XAB = xab.address;
    }
    return yield* RmsFile.connect(p, blocks, spec, yield* service(p, '$CREATE', { fab: fab.address }), 0);
  }

  /** Opens a file to add records at its end. */
  static *append(p: Procedure, spec: string, options: NameOptions = {}): Flow<RmsFile | FileFailure> {
    const blocks = fileBlocks(p, spec, options);
    blocks.fab.FAB$B_FAC = FAB$M_PUT | FAB$M_GET;
    return yield* RmsFile.connect(p, blocks, spec, yield* service(p, '$OPEN', { fab: blocks.fab.address }), RAB$M_EOF);
  }

  /** Opens a file to write its records anew, in the blocks it has. */
  static *overlay(p: Procedure, spec: string, options: NameOptions = {}): Flow<RmsFile | FileFailure> {
    const blocks = fileBlocks(p, spec, options);
    blocks.fab.FAB$B_FAC = FAB$M_PUT | FAB$M_GET | FAB$M_TRN;
    blocks.fab.FAB$L_FOP = options.related === undefined ? 0 : FAB$M_OFP;
    return yield* RmsFile.connect(p, blocks, spec, yield* service(p, '$OPEN', { fab: blocks.fab.address }), RAB$M_TPT);
  }

  private static *connect(p: Procedure, blocks: NamedBlocks, typed: string, opened: number, options: number): Flow<RmsFile | FileFailure> {
    const { fab } = blocks;
    const spec = nameOf(p, blocks, typed);
    if (!(opened & 1)) return { spec, status: opened, stv: fab.FAB$L_STV };
    fab.FAB$L_NAM = 0;
    const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    rab.RAB$L_ROP = options;
    const status = yield* service(p, '$CONNECT', { rab: rab.address });
    if (status & 1) return new RmsFile(p, fab, rab, spec);
    const stv = rab.RAB$L_STV;
    yield* service(p, '$CLOSE', { fab: fab.address });
    return { spec, status, stv };
  }

  private failure(status: number): FileFailure {
    return { spec: this.spec, status, stv: this.rab.RAB$L_STV };
  }

  private *room(): Flow<number> {
    if (this.buffer === 0) this.buffer = yield* programRegion(this.p, Math.max(LONGEST_RECORD, TRANSFER_BLOCKS * PAGE));
    return this.buffer;
  }

  /** The next record; undefined at the end of the file. */
  *get(): Flow<Uint8Array | undefined | FileFailure> {
    const { p, rab } = this;
    rab.RAB$L_UBF = yield* this.room();
    rab.RAB$W_USZ = LONGEST_RECORD;
    const status = yield* getRecord(p, rab.address);
    if (status === RMS$_EOF) return undefined;
    return status & 1 ? p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ) : this.failure(status);
  }

  *put(record: Uint8Array): Flow<FileFailure | undefined> {
    const { p, rab } = this;
    const buffer = yield* this.room();
    p.memory.writeBytes(buffer, record);
    rab.RAB$L_RBF = buffer;
    rab.RAB$W_RSZ = record.length;
    const status = yield* service(p, '$PUT', { rab: rab.address });
    return status & 1 ? undefined : this.failure(status);
  }

  /** The next blocks, at most 64; undefined at the end of the file. The last ones may be short. */
  *read(): Flow<Uint8Array | undefined | FileFailure> {
    const { p, rab } = this;
    rab.RAB$L_UBF = yield* this.room();
    rab.RAB$W_USZ = TRANSFER_BLOCKS * PAGE - PAGE;
    rab.RAB$L_BKT = 0;
    const status = yield* service(p, '$READ', { rab: rab.address });
    if (status === RMS$_EOF) return undefined;
    return status & 1 ? p.memory.readBytes(rab.RAB$L_UBF, rab.RAB$W_RSZ) : this.failure(status);
  }

  /** All blocks that are left; the file is closed then. */
  *rest(): Flow<Uint8Array | FileFailure> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = yield* this.read();
      if (part === undefined) break;
      if (isFailure(part)) {
        yield* this.close();
        return part;
      }
      parts.push(part);
    }
    yield* this.close();
    return joinBytes(parts);
  }

  /** Writes blocks behind those written before. */
  *write(bytes: Uint8Array): Flow<FileFailure | undefined> {
    const { p, rab } = this;
    const buffer = yield* this.room();
    const most = (TRANSFER_BLOCKS - 1) * PAGE;
    for (let done = 0; done < bytes.length; done += most) {
      const part = bytes.subarray(done, done + most);
      p.memory.writeBytes(buffer, part);
      rab.RAB$L_RBF = buffer;
      rab.RAB$W_RSZ = part.length;
      rab.RAB$L_BKT = 0;
      const status = yield* service(p, '$WRITE', { rab: rab.address });
      if (!(status & 1)) return this.failure(status);
    }
    return undefined;
  }

  *close(): Flow<FileFailure | undefined> {
    const { fab, p } = this;
    const status = yield* service(p, '$CLOSE', { fab: fab.address });
    if (this.buffer !== 0) {
      yield* p.scratch(function* (this: RmsFile) {
        const range = p.allocate(8);
        p.memory.writeLong(range, this.buffer);
        p.memory.writeLong(range + 4, this.buffer + TRANSFER_BLOCKS * PAGE - 1);
        return yield* service(p, '$DELTVA', { inadr: range });
      }.bind(this));
      this.buffer = 0;
    }
    return status & 1 ? undefined : { spec: this.spec, status, stv: fab.FAB$L_STV };
  }
}

/** Closes a file whatever became of its writing. @returns the failure of the writing, else that of the close */
export function* closed(file: RmsFile, written: FileFailure | undefined): Flow<FileFailure | undefined> {
  const failed = yield* file.close();
  return written ?? failed;
}

/** All records of a file. */
export function* readRecords(p: Procedure, spec: string, options: NameOptions & { readonly shared?: boolean } = {}): Flow<{ readonly name: string; readonly records: Uint8Array[] } | FileFailure> {
  return yield* p.scratch(function* () {
    const file = yield* RmsFile.open(p, spec, options);
    if (isFailure(file)) return file;
    const records: Uint8Array[] = [];
    for (;;) {
      const record = yield* file.get();
      if (record === undefined) break;
      if (isFailure(record)) {
        yield* file.close();
        return record;
      }
      records.push(record);
    }
    yield* file.close();
    return { name: file.spec, records };
  });
}

/** Deletes a file by its full name. @returns status of $ERASE */
export function* deleteFile(p: Procedure, spec: string): Flow<number> {
  return yield* p.scratch(() => service(p, '$ERASE', { fab: fileBlocks(p, spec).fab.address }));
}
