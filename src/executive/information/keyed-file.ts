import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import {
  FAB, FAB$C_BID, FAB$C_BLN, FAB$C_IDX, FAB$C_VAR, FAB$M_DEL, FAB$M_GET, FAB$M_PUT, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD, FAB$M_UPD,
} from '../starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$C_KEY, RAB$C_SEQ, RAB$M_KGE, RAB$M_KGT } from '../starlet/rabdef.js';
import { RMS$_EOF, RMS$_RNF } from '../starlet/rmsdef.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { XAB$C_KEY, XAB$C_KEYLEN, XAB$C_PRO, XAB$C_PROLEN, XABKEY, XABPRO } from '../starlet/xabdef.js';
import { textToBytes } from '../structures/memory.js';

/**
 * Files of records with keys, through RMS: the authorization file, the rights list, mail files. A sequential file with the same records will do for whoever
 * reads or updates: then it is searched from its beginning.
 */
export interface RecordKey {
  readonly position: number;
  readonly size: number;
  /** XAB$C_STG (strings, the default) or XAB$C_BN4 ... */
  readonly type?: number;
  /** XAB$M_DUP, XAB$M_CHG */
  readonly flags?: number;
}

export interface KeyedLayout {
  readonly keys: readonly RecordKey[];
  /** Longest record. */
  readonly longest: number;
  readonly defaults: string;
}

export interface KeyedFailure {
  readonly status: number;
  readonly stv: number;
}

export const failedToOpen = (answer: KeyedFile | KeyedFailure): answer is KeyedFailure => !(answer instanceof KeyedFile);

const READ = FAB$M_GET;
const WRITE = FAB$M_GET | FAB$M_PUT | FAB$M_UPD | FAB$M_DEL;
const EVERYBODY = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL;

/** Protection of a file of the system: S:RWED,O:RWED,G,W. */
const SYSTEM_ONLY = 0xff00;
const SYSTEM_GROUP = 1;

/** An open file. Its blocks lie in the scratch space of whoever opened it. */
export class KeyedFile {
  readonly isIndexed: boolean;

  private constructor(
    private readonly p: Procedure, private readonly fab: ReturnType<typeof FAB.at>, private readonly rab: ReturnType<typeof RAB.at>, private readonly layout: KeyedLayout,
    private readonly buffer: number,
  ) {
    this.isIndexed = fab.FAB$B_ORG === FAB$C_IDX;
  }

  private static block(p: Procedure, name: string, { defaults }: KeyedLayout, access: number): ReturnType<typeof FAB.at> {
    const fab = FAB.at(p.memory, p.allocate(FAB.size));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_FNA = p.bytes(textToBytes(name));
    fab.FAB$B_FNS = name.length;
    fab.FAB$L_DNA = p.bytes(textToBytes(defaults));
    fab.FAB$B_DNS = defaults.length;
    fab.FAB$B_FAC = access;
    fab.FAB$B_SHR = EVERYBODY;
    return fab;
  }

  static *open(p: Procedure, name: string, layout: KeyedLayout, access: 'read' | 'write' = 'read'): Flow<KeyedFile | KeyedFailure> {
    const fab = KeyedFile.block(p, name, layout, access === 'read' ? READ : WRITE);
    let status = yield* service(p, '$OPEN', { fab: fab.address });
    if (!(status & 1) && access === 'write') {
      // A sequential file of records of any length has one writer, and nothing is deleted from it.
      fab.FAB$B_FAC = FAB$M_GET | FAB$M_UPD;
      fab.FAB$B_SHR = FAB$M_SHRGET;
      status = yield* service(p, '$OPEN', { fab: fab.address });
    }
    return status & 1 ? yield* KeyedFile.connect(p, fab, layout) : { status, stv: fab.FAB$L_STV };
  }

  /** A new indexed file. `isSystemFile`: it belongs to the system, and nobody else may read it. `owner`: UIC, 0 for whoever makes it. */
  static *create(p: Procedure, name: string, layout: KeyedLayout, { isSystemFile = false, protection, owner = 0 }: { readonly isSystemFile?: boolean; readonly protection?: number; readonly owner?: number } = {}): Flow<KeyedFile | KeyedFailure> {
    const fab = KeyedFile.block(p, name, layout, WRITE);
    fab.FAB$B_ORG = FAB$C_IDX;
    fab.FAB$B_RFM = FAB$C_VAR;
    fab.FAB$W_MRS = layout.longest;
    fab.FAB$B_BKS = Math.max(3, Math.ceil((layout.longest + 100) / 512));
    for (const [index, key] of [...layout.keys.entries()].reverse()) fab.FAB$L_XAB = keyBlock(p, index, key, fab.FAB$L_XAB);
    if (isSystemFile || protection !== undefined) {
      const xab = XABPRO.at(p.memory, p.allocate(XABPRO.size));
      xab.XAB$B_COD = XAB$C_PRO;
      xab.XAB$B_BLN = XAB$C_PROLEN;
      xab.XAB$W_PRO = protection ?? SYSTEM_ONLY;
      xab.XAB$L_UIC = isSystemFile ? (SYSTEM_GROUP << 16) | 4 : owner;
      p.memory.writeLong(xab.address + 4, fab.FAB$L_XAB);
      fab.FAB$L_XAB = xab.address;
    }
    const status = yield* service(p, '$CREATE', { fab: fab.address });
    fab.FAB$L_XAB = 0;
    return status & 1 ? yield* KeyedFile.connect(p, fab, layout) : { status, stv: fab.FAB$L_STV };
  }

  private static *connect(p: Procedure, fab: ReturnType<typeof FAB.at>, layout: KeyedLayout): Flow<KeyedFile | KeyedFailure> {
    const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    const status = yield* service(p, '$CONNECT', { rab: rab.address });
    if (status & 1) return new KeyedFile(p, fab, rab, layout, p.allocate(layout.longest + 256));
    const stv = rab.RAB$L_STV;
    yield* service(p, '$CLOSE', { fab: fab.address });
    return { status, stv };
  }

  private *get(): Flow<Uint8Array | number> {
    const { p, rab, layout, buffer } = this;
    rab.RAB$L_UBF = buffer;
    rab.RAB$W_USZ = layout.longest;
    const status = yield* service(p, '$GET', { rab: rab.address });
    return status & 1 ? p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ) : status;
  }

  /** The next record: behind the one read last, in the order of the key used then; RMS$_EOF behind the last. */
  *next(): Flow<Uint8Array | number> {
    this.rab.RAB$B_RAC = RAB$C_SEQ;
    return yield* this.get();
  }

  /** From the first record on, in the order of key `index`. */
  *rewind(index = 0): Flow<number> {
    this.rab.RAB$B_KRF = this.isIndexed ? index : 0;
    return yield* service(this.p, '$REWIND', { rab: this.rab.address });
  }

  /** The first record with that key, or with `match`, behind it. @returns RMS$_RNF when there is none */
  *find(key: Uint8Array, { index = 0, match = 'equal' }: { readonly index?: number; readonly match?: 'equal' | 'at least' | 'greater' } = {}): Flow<Uint8Array | number> {
    const { p, rab } = this;
    if (!this.isIndexed) return yield* this.search(key, this.layout.keys[index]!);
    return yield* p.scratch(function* (this: KeyedFile) {
      rab.RAB$B_RAC = RAB$C_KEY;
      rab.RAB$B_KRF = index;
      rab.RAB$L_KBF = p.bytes(key);
      rab.RAB$B_KSZ = key.length;
      rab.RAB$L_ROP = match === 'at least' ? RAB$M_KGE : match === 'greater' ? RAB$M_KGT : 0;
      const record = yield* this.get();
      rab.RAB$L_ROP = 0;
      return record;
    }.bind(this));
  }

  private *search(key: Uint8Array, { position }: RecordKey): Flow<Uint8Array | number> {
    yield* this.rewind();
    for (;;) {
      const record = yield* this.next();
      if (typeof record === 'number') return record === RMS$_EOF ? RMS$_RNF : record;
      if (key.every((byte, index) => record[position + index] === byte)) return record;
    }
  }

  /** Writes a new record. */
  *put(record: Uint8Array): Flow<number> {
    const { p, rab, buffer } = this;
    p.memory.writeBytes(buffer, record);
    rab.RAB$B_RAC = this.isIndexed ? RAB$C_KEY : RAB$C_SEQ;
    rab.RAB$L_RBF = buffer;
    rab.RAB$W_RSZ = record.length;
    return yield* service(p, '$PUT', { rab: rab.address });
  }

  /** Writes the record read last anew. */
  *update(record: Uint8Array): Flow<number> {
    const { p, rab, buffer } = this;
    p.memory.writeBytes(buffer, record);
    rab.RAB$L_RBF = buffer;
    rab.RAB$W_RSZ = record.length;
    return yield* service(p, '$UPDATE', { rab: rab.address });
  }

  /** Deletes the record read last. */
  *remove(): Flow<number> {
    return yield* service(this.p, '$DELETE', { rab: this.rab.address });
  }

  *close(): Flow<number> {
    return yield* service(this.p, '$CLOSE', { fab: this.fab.address });
  }
}

function keyBlock(p: Procedure, reference: number, { position, size, type = 0, flags = 0 }: RecordKey, next: number): number {
  const xab = XABKEY.at(p.memory, p.allocate(XAB$C_KEYLEN));
  xab.XAB$B_COD = XAB$C_KEY;
  xab.XAB$B_BLN = XAB$C_KEYLEN;
  p.memory.writeLong(xab.address + 4, next);
  xab.XAB$B_REF = reference;
  xab.XAB$B_DTP = type;
  xab.XAB$B_FLG = flags;
  p.memory.writeWord(xab.address + XABKEY.offset.XAB$W_POS0, position);
  p.memory.writeByte(xab.address + XABKEY.offset.XAB$B_SIZ0, size);
  return xab.address;
}

/**
 * Makes a new version, an indexed file, of one that is not.
 *
 * @returns status of the first thing that failed
 */
export function* makeIndexed(p: Procedure, name: string, layout: KeyedLayout, options: { readonly isSystemFile?: boolean; readonly protection?: number } = {}): Flow<number> {
  return yield* p.scratch(function* () {
    const old = yield* KeyedFile.open(p, name, layout);
    if (failedToOpen(old)) return old.status;
    const records: Uint8Array[] = [];
    let record = yield* old.next();
    for (; typeof record !== 'number'; record = yield* old.next()) records.push(record);
    yield* old.close();
    if (record !== RMS$_EOF) return record;
    const made = yield* KeyedFile.create(p, name, layout, options);
    if (failedToOpen(made)) return made.status;
    let status: number = SS$_NORMAL;
    for (const one of records) {
      status = yield* made.put(one);
      if (!(status & 1)) break;
    }
    yield* made.close();
    return status;
  });
}
