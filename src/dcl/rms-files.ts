import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import {
  FAB, FAB$C_BID, FAB$C_BLN, FAB$C_IDX, FAB$C_VAR, FAB$M_CR, FAB$M_DEL, FAB$M_GET, FAB$M_INP, FAB$M_PPF, FAB$M_PUT, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD,
  FAB$M_SQO, FAB$M_UPD, FAB$M_UPI,
} from '../executive/starlet/fabdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../executive/starlet/namdef.js';
import {
  RAB, RAB$C_BID, RAB$C_BLN, RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ, RAB$M_EOF, RAB$M_KGE, RAB$M_KGT, RAB$M_PMT, RAB$M_PTA, RAB$M_RNE, RAB$M_TMO,
} from '../executive/starlet/rabdef.js';
import { CLI_CELLS, CLI_DATA_BASE } from '../executive/structures/p1-cells.js';
import { bytesToText, readCounted, textToBytes, writeCounted } from '../executive/structures/memory.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import type { RmsResult } from './condition.js';
import type { FileAccess, Files, OpenResult, ReadOptions, ReadResult } from './files.js';
import { DEV$M_FOD } from '../executive/starlet/devdef.js';
import { CACHE_CELLS, RecordCache } from './record-cache.js';
import { Storage } from './storage.js';
import { DCL$C_RAB, PPD } from './structures.js';

/**
 * DCL's files over RMS. A stream is a block of the CLI symbol table pages: RAB, FAB, record buffer. Files that DCL opens are
 * process permanent, so that image rundown leaves them open.
 * @source book 23.2.2 (process permanent files); DCL Dictionary, OPEN, READ, WRITE
 */
const HEADER = 12;
const BUFFER = 2048;
const RAB_AT = HEADER;
const FAB_AT = RAB_AT + RAB$C_BLN;
const BUFFER_AT = FAB_AT + FAB$C_BLN;
/** Counted device name of the file, for its logical names. */
const DEVICE_AT = BUFFER_AT + BUFFER;
const DEVICE_SIZE = 64;
/** Cells of the cache of a procedure's records; the first is 0 when there is none. */
export const CACHE_AT = DEVICE_AT + DEVICE_SIZE;
const BLOCK = CACHE_AT + CACHE_CELLS;
/** Records that are read ahead at most; a short procedure costs no more than its lines. */
const READ_AHEAD = 64;
const LONGEST_PROMPT = 255;

const FAILED_OPEN = { stream: 0, ifi: 0, device: 0 } as const;

export class RmsFiles implements Files {
  constructor(private readonly p: Procedure) {}

  private get storage(): Storage {
    const ppd = CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLIDATA;
    return new Storage(this.p.memory, PPD.at(this.p.memory, ppd).PPD$L_SYMTBL);
  }

  /** A zeroed stream block with its RAB and FAB headed; 0 when storage is full. */
  private block(): number {
    const block = this.storage.allocate(BLOCK, DCL$C_RAB);
    if (block === 0) return 0;
    const { memory } = this.p;
    memory.writeBytes(block + RAB_AT, new Uint8Array(RAB$C_BLN + FAB$C_BLN));
    memory.writeByte(block + DEVICE_AT, 0);
    memory.writeBytes(block + CACHE_AT, new Uint8Array(CACHE_CELLS));
    const rab = RAB.at(memory, block + RAB_AT);
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = block + FAB_AT;
    rab.RAB$L_UBF = block + BUFFER_AT;
    rab.RAB$W_USZ = BUFFER;
    const fab = FAB.at(memory, block + FAB_AT);
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    return block;
  }

  *open(spec: string, defaultSpec: string, access: FileAccess, share?: string): Flow<OpenResult> {
    const { p } = this;
    const block = this.block();
    if (block === 0) return { ...FAILED_OPEN, status: INSUFFICIENT, stv: 0, spec };
    const { storage } = this;
    return yield* p.scratch(function* () {
      const { memory } = p;
      const fab = FAB.at(memory, block + FAB_AT);
      const nam = NAM.at(memory, p.allocate(NAM$C_BLN));
      const strings = p.allocate(512);
      nam.NAM$B_BID = NAM$C_BID;
      nam.NAM$B_BLN = NAM$C_BLN;
      nam.NAM$L_ESA = strings;
      nam.NAM$B_ESS = 255;
      nam.NAM$L_RSA = strings + 256;
      nam.NAM$B_RSS = 255;
      fab.FAB$L_NAM = nam.address;
      fab.FAB$L_FNA = p.bytes(textToBytes(spec.slice(0, 255)));
      fab.FAB$B_FNS = Math.min(spec.length, 255);
      fab.FAB$L_DNA = p.bytes(textToBytes(defaultSpec));
      fab.FAB$B_DNS = defaultSpec.length;
      fab.FAB$L_FOP = FAB$M_PPF | FAB$M_SQO | (access === 'procedure' ? FAB$M_INP : 0);
      fab.FAB$B_FAC = ACCESS[access];
      fab.FAB$B_SHR = share === undefined ? (access === 'read' || access === 'procedure' ? FAB$M_SHRGET : 0)
        : share === 'WRITE' ? FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_UPI : FAB$M_SHRGET;
      const creating = access === 'write' || access === 'output';
      if (creating) {
        fab.FAB$B_RFM = FAB$C_VAR;
        fab.FAB$B_RAT = FAB$M_CR;
      }
      let status = yield* service(p, creating ? '$CREATE' : '$OPEN', { fab: fab.address });
      let stv = fab.FAB$L_STV;
      const name = nam.NAM$B_RSL > 0 ? bytesToText(memory.readBytes(nam.NAM$L_RSA, nam.NAM$B_RSL)) : bytesToText(memory.readBytes(nam.NAM$L_ESA, nam.NAM$B_ESL));
      fab.FAB$L_NAM = 0;
      if ((status & 1) !== 0) {
        const rab = RAB.at(memory, block + RAB_AT);
        rab.RAB$L_ROP = access === 'append' ? RAB$M_EOF : 0;
        status = yield* service(p, '$CONNECT', { rab: rab.address });
        stv = rab.RAB$L_STV;
        if ((status & 1) === 0) yield* service(p, '$CLOSE', { fab: fab.address });
      }
      if ((status & 1) === 0) {
        storage.release(block);
        return { ...FAILED_OPEN, status, stv, spec: name };
      }
      // Of a file the device itself: its name may begin with a rooted logical name, which behind an underscore is none.
      const device = readCounted(memory, nam.address + NAM.offset.NAM$T_DVI);
      writeCounted(memory, block + DEVICE_AT, device === '' ? /^_?([^:]*:)/.exec(name)?.[1] ?? '' : `${device}:`, DEVICE_SIZE);
      if (access === 'procedure' && (fab.FAB$L_DEV & DEV$M_FOD) !== 0) RecordCache.create(storage, block + CACHE_AT);
      return { status, stv, stream: block, spec: name, ifi: fab.FAB$W_IFI, device: fab.FAB$L_DEV };
    });
  }

  *adopt(ifi: number, isi: number, device = 0): Flow<OpenResult> {
    const { p } = this;
    const block = this.block();
    if (block === 0) return { ...FAILED_OPEN, status: INSUFFICIENT, stv: 0, spec: '' };
    const rab = RAB.at(p.memory, block + RAB_AT);
    const fab = FAB.at(p.memory, block + FAB_AT);
    fab.FAB$W_IFI = ifi;
    let status: number = SS$_NORMAL;
    if (isi !== 0) rab.RAB$W_ISI = isi;
    else status = yield* service(p, '$CONNECT', { rab: rab.address });
    if ((device & DEV$M_FOD) !== 0) RecordCache.create(this.storage, block + CACHE_AT);
    return { status, stv: rab.RAB$L_STV, stream: block, spec: '', ifi, device: fab.FAB$L_DEV };
  }

  /** The cache of a stream that has one. */
  private cacheOf(stream: number): RecordCache | undefined {
    return this.p.memory.readLong(stream + CACHE_AT) === 0 ? undefined : new RecordCache(this.storage, stream + CACHE_AT);
  }

  *get(stream: number, options: ReadOptions): Flow<ReadResult> {
    const cache = this.cacheOf(stream);
    return cache ? yield* this.getCached(stream, options, cache) : yield* this.getRecord(stream, options);
  }

  /** A record of a procedure: from the cache, or from RMS with followers as far as a segment has room for them. */
  private *getCached(stream: number, options: ReadOptions, cache: RecordCache): Flow<ReadResult> {
    const { at } = options;
    const found = at ? cache.seek(at) : cache.unsure ? undefined : cache.take();
    if (found) return { status: SS$_NORMAL, stv: 0, ...found };
    const { last } = cache;
    const follows = at === undefined && !cache.unsure && last !== undefined;
    if (follows && !cache.isBehind) yield* this.getRecord(stream, { at: last });
    const first = yield* this.getRecord(stream, at ? { at } : {});
    if ((first.status & 1) === 0) {
      if (at) cache.markElsewhere();
      return first;
    }
    if (cache.holds(first.rfa, follows)) {
      cache.markElsewhere();
      cache.seek(first.rfa);
      return first;
    }
    let hasRoom = cache.add(first, follows, true);
    for (let read = 1; read < READ_AHEAD && hasRoom; read += 1) {
      const record = yield* this.getRecord(stream, {});
      if ((record.status & 1) === 0) break;
      if (cache.holds(record.rfa, true)) {
        cache.markElsewhere();
        break;
      }
      hasRoom = cache.add(record, true, false);
    }
    return first;
  }

  /** Before an image runs that may read from the stream: RMS stands behind the record given last. */
  *release(stream: number): Flow<void> {
    const cache = this.cacheOf(stream);
    const given = cache?.lastGiven;
    if (!cache || given === undefined) return;
    if (cache.isAhead) yield* this.getRecord(stream, { at: given });
    cache.markUnsure();
  }

  private *getRecord(stream: number, options: ReadOptions): Flow<ReadResult> {
    const { p } = this;
    return yield* p.scratch(function* () {
      const { memory } = p;
      const rab = RAB.at(memory, stream + RAB_AT);
      rab.RAB$B_RAC = RAB$C_SEQ;
      rab.RAB$L_ROP = 0;
      rab.RAB$L_UBF = stream + BUFFER_AT;
      rab.RAB$W_USZ = BUFFER;
      if (options.at) {
        rab.RAB$B_RAC = RAB$C_RFA;
        memory.writeBytes(rab.address + RAB.offset.RAB$T_RFA, options.at);
      }
      if (options.key) {
        rab.RAB$B_RAC = RAB$C_KEY;
        rab.RAB$B_KRF = options.key.index;
        rab.RAB$L_KBF = p.bytes(textToBytes(options.key.value));
        rab.RAB$B_KSZ = options.key.value.length;
        rab.RAB$L_ROP = options.key.match === 'GE' ? RAB$M_KGE : options.key.match === 'GT' ? RAB$M_KGT : 0;
      }
      if (options.prompt !== undefined) {
        const prompt = options.prompt.slice(0, LONGEST_PROMPT);
        rab.RAB$L_PBF = p.bytes(textToBytes(prompt));
        rab.RAB$B_PSZ = prompt.length;
        rab.RAB$L_ROP |= RAB$M_PMT;
      }
      if (options.noEcho) rab.RAB$L_ROP |= RAB$M_RNE;
      if (options.timeout !== undefined) {
        rab.RAB$B_TMO = options.timeout;
        rab.RAB$L_ROP |= RAB$M_TMO;
        if (options.timeout === 0) rab.RAB$L_ROP |= RAB$M_PTA;
      }
      const status = yield* service(p, '$GET', { rab: rab.address });
      const good = (status & 1) !== 0;
      const result = {
        status, stv: rab.RAB$L_STV,
        text: good ? bytesToText(memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ)) : '',
        rfa: memory.readBytes(rab.address + RAB.offset.RAB$T_RFA, 6),
      };
      rab.RAB$B_RAC = RAB$C_SEQ;
      if (!good || !options.deleteRecord) return result;
      const deleted = yield* service(p, '$DELETE', { rab: rab.address });
      return (deleted & 1) !== 0 ? result : { ...result, status: deleted, stv: rab.RAB$L_STV };
    });
  }

  *put(stream: number, text: string, update = false): Flow<RmsResult> {
    const { p } = this;
    const bytes = textToBytes(text);
    if (bytes.length > BUFFER) return yield* p.scratch(() => this.putAt(stream, p.bytes(bytes), bytes.length, update));
    p.memory.writeBytes(stream + BUFFER_AT, bytes);
    return yield* this.putAt(stream, stream + BUFFER_AT, bytes.length, update);
  }

  private *putAt(stream: number, address: number, length: number, update: boolean): Flow<RmsResult> {
    const { p } = this;
    const rab = RAB.at(p.memory, stream + RAB_AT);
    // Records of an indexed file come in any order; sequential access would want them in that of the primary key.
    rab.RAB$B_RAC = FAB.at(p.memory, stream + FAB_AT).FAB$B_ORG === FAB$C_IDX ? RAB$C_KEY : RAB$C_SEQ;
    rab.RAB$L_ROP = 0;
    rab.RAB$L_RBF = address;
    rab.RAB$W_RSZ = length;
    const status = yield* service(p, update ? '$UPDATE' : '$PUT', { rab: rab.address });
    return { status, stv: rab.RAB$L_STV };
  }

  deviceName(stream: number): string {
    const name = readCounted(this.p.memory, stream + DEVICE_AT);
    return name === '' ? '' : `_${name}`;
  }

  *flush(stream: number): Flow<number> {
    return yield* service(this.p, '$FLUSH', { rab: stream + RAB_AT });
  }

  *rewind(stream: number): Flow<number> {
    this.cacheOf(stream)?.markUnsure();
    return yield* service(this.p, '$REWIND', { rab: stream + RAB_AT });
  }

  *close(stream: number): Flow<number> {
    const status = yield* service(this.p, '$CLOSE', { fab: stream + FAB_AT });
    this.cacheOf(stream)?.release();
    this.storage.release(stream);
    return status;
  }
}

/** CLI$_SYMOVF: no room for a stream. */
const INSUFFICIENT = 0x38138;

const ACCESS: Readonly<Record<FileAccess, number>> = {
  read: FAB$M_GET, procedure: FAB$M_GET, write: FAB$M_PUT, output: FAB$M_PUT, append: FAB$M_PUT | FAB$M_GET,
  update: FAB$M_GET | FAB$M_PUT | FAB$M_UPD | FAB$M_DEL,
};

