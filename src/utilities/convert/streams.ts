import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import {
  type FAB, FAB$C_IDX, FAB$C_REL, FAB$C_VFC, FAB$M_GET, FAB$M_PUT, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD,
} from '../../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$C_KEY, RAB$C_SEQ, RAB$M_EOF, RAB$M_NLK } from '../../executive/starlet/rabdef.js';
import { RMS$_EOF } from '../../executive/starlet/rmsdef.js';
import { createFromDesign } from '../fdl/create.js';
import type { FileDesign } from '../fdl/design.js';
import { fileBlocks, isFailure, nameOf, programRegion, type FileFailure, type NameOptions } from '../files.js';

/** Record streams of CONVERT: an input in the order of a key, an output of any organization. */
const LONGEST = 32767;
const CONTROL_ROOM = 256;

/** A record as it goes from one file to another. */
export interface ConvertRecord {
  readonly control: Uint8Array;
  readonly data: Uint8Array;
}

export class RecordStream {
  private constructor(
    private readonly p: Procedure, private readonly fab: ReturnType<typeof FAB.at>, private readonly rab: ReturnType<typeof RAB.at>, readonly spec: string, private readonly buffer: number,
  ) {}

  /** Opens an input. @param share  others may change it meanwhile */
  static *input(p: Procedure, spec: string, key: number, share: boolean, options: NameOptions = {}): Flow<RecordStream | FileFailure> {
    const blocks = fileBlocks(p, spec, options);
    blocks.fab.FAB$B_FAC = FAB$M_GET;
    blocks.fab.FAB$B_SHR = share ? FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL : FAB$M_SHRGET;
    const status = yield* service(p, '$OPEN', { fab: blocks.fab.address });
    const name = nameOf(p, blocks, spec);
    if (!(status & 1)) return { spec: name, status, stv: blocks.fab.FAB$L_STV };
    blocks.fab.FAB$L_NAM = 0;
    return yield* RecordStream.connect(p, blocks.fab, name, (rab) => {
      rab.RAB$B_KRF = key;
      rab.RAB$L_ROP = RAB$M_NLK;
    });
  }

  /** Makes the output. */
  static *create(p: Procedure, design: FileDesign, spec: string, options: NameOptions): Flow<RecordStream | FileFailure> {
    const made = yield* createFromDesign(p, design, spec, options);
    return isFailure(made) ? made : yield* RecordStream.connect(p, made.fab, made.spec, keyed);
  }

  /** Opens an output that is there; sequential ones at their end. */
  static *existing(p: Procedure, spec: string, options: NameOptions): Flow<RecordStream | FileFailure> {
    const blocks = fileBlocks(p, spec, options);
    blocks.fab.FAB$B_FAC = FAB$M_PUT | FAB$M_GET;
    const status = yield* service(p, '$OPEN', { fab: blocks.fab.address });
    const name = nameOf(p, blocks, spec);
    if (!(status & 1)) return { spec: name, status, stv: blocks.fab.FAB$L_STV };
    blocks.fab.FAB$L_NAM = 0;
    return yield* RecordStream.connect(p, blocks.fab, name, (rab) => {
      keyed(rab, blocks.fab);
      if (blocks.fab.FAB$B_ORG !== FAB$C_IDX) rab.RAB$L_ROP = RAB$M_EOF;
    });
  }

  private static *connect(p: Procedure, fab: ReturnType<typeof FAB.at>, spec: string, prepare: (rab: ReturnType<typeof RAB.at>, fab: ReturnType<typeof FAB.at>) => void): Flow<RecordStream | FileFailure> {
    const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    prepare(rab, fab);
    const status = yield* service(p, '$CONNECT', { rab: rab.address });
    const buffer = status & 1 ? yield* programRegion(p, LONGEST + CONTROL_ROOM + 1) : 0;
    if (status & 1 && buffer !== 0) {
      rab.RAB$L_RHB = fab.FAB$B_RFM === FAB$C_VFC ? buffer + LONGEST + 1 : 0;
      return new RecordStream(p, fab, rab, spec, buffer);
    }
    const stv = rab.RAB$L_STV;
    yield* service(p, '$CLOSE', { fab: fab.address });
    return { spec, status, stv };
  }

  get organization(): number { return this.fab.FAB$B_ORG; }

  get format(): number { return this.fab.FAB$B_RFM; }

  get maximum(): number { return this.fab.FAB$W_MRS; }

  get controlSize(): number { return this.fab.FAB$B_RFM === FAB$C_VFC ? this.fab.FAB$B_FSZ || 2 : 0; }

  /** Positions the stream at the first record in the order of a key. @returns status of RMS */
  *rewind(key: number): Flow<number> {
    this.rab.RAB$B_KRF = key;
    return yield* service(this.p, '$REWIND', { rab: this.rab.address });
  }

  /** The next record; undefined at the end. */
  *get(): Flow<ConvertRecord | undefined | FileFailure> {
    const { p, rab } = this;
    rab.RAB$B_RAC = RAB$C_SEQ;
    rab.RAB$L_UBF = this.buffer;
    rab.RAB$W_USZ = LONGEST;
    const status = yield* service(p, '$GET', { rab: rab.address });
    if (status === RMS$_EOF) return undefined;
    if (!(status & 1)) return { spec: this.spec, status, stv: rab.RAB$L_STV };
    const { controlSize } = this;
    return { control: controlSize === 0 ? NONE : p.memory.readBytes(rab.RAB$L_RHB, controlSize), data: p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ) };
  }

  /** @returns the status of RMS and its value */
  *put({ control, data }: ConvertRecord): Flow<{ readonly status: number; readonly stv: number }> {
    const { p, rab } = this;
    rab.RAB$B_RAC = this.fab.FAB$B_ORG === FAB$C_IDX ? RAB$C_KEY : RAB$C_SEQ;
    p.memory.writeBytes(this.buffer, data);
    rab.RAB$L_RBF = this.buffer;
    rab.RAB$W_RSZ = data.length;
    if (rab.RAB$L_RHB !== 0) p.memory.writeBytes(rab.RAB$L_RHB, control);
    const status = yield* service(p, '$PUT', { rab: rab.address });
    return { status, stv: rab.RAB$L_STV };
  }

  *close(): Flow<FileFailure | undefined> {
    const { p, fab, buffer } = this;
    const status = yield* service(p, '$CLOSE', { fab: fab.address });
    yield* p.scratch(function* () {
      const range = p.allocate(8);
      p.memory.writeLong(range, buffer);
      p.memory.writeLong(range + 4, buffer + LONGEST + CONTROL_ROOM);
      return yield* service(p, '$DELTVA', { inadr: range });
    });
    return status & 1 ? undefined : { spec: this.spec, status, stv: fab.FAB$L_STV };
  }
}

const NONE = new Uint8Array(0);
const MOST_BUFFERS = 32;

function keyed(rab: ReturnType<typeof RAB.at>, fab: ReturnType<typeof FAB.at>): void {
  if (fab.FAB$B_ORG === FAB$C_IDX || fab.FAB$B_ORG === FAB$C_REL) rab.RAB$B_MBF = MOST_BUFFERS;
}
