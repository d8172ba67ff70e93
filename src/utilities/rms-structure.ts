import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$M_BIO, FAB$M_GET, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD, FAB$M_UPI } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import type { BlockReader, FileShape } from '../rms/analyze/analysis.js';
import { readHeader, type FileHeader, type FoundFile } from './file-search.js';
import { fileBlocks, isFailure, programRegion, type FileFailure } from './files.js';

/** The blocks of a file for those who look at its structure: ANALYZE/RMS_FILE, CONVERT/RECLAIM. */
const BLOCK = 512;
/** Blocks of the largest bucket, and of one transfer. */
const MOST_BLOCKS = 64;
const SHARED = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL | FAB$M_UPI;

export class StructureFile {
  private constructor(
    private readonly p: Procedure, private readonly fab: number, private readonly rab: ReturnType<typeof RAB.at>, private readonly buffer: number,
    readonly file: FoundFile, readonly header: FileHeader,
  ) {}

  /** Opens a file that was found, others may go on with it. Its blocks lie in the caller's scratch space. */
  static *open(p: Procedure, file: FoundFile, access = 0): Flow<StructureFile | FileFailure> {
    const header = yield* readHeader(p, file);
    if (isFailure(header)) return header;
    const { fab } = fileBlocks(p, file.spec);
    fab.FAB$B_FAC = FAB$M_GET | FAB$M_BIO | access;
    fab.FAB$B_SHR = access === 0 ? SHARED : 0;
    const opened = yield* service(p, '$OPEN', { fab: fab.address });
    if (!(opened & 1)) return { spec: file.spec, status: opened, stv: fab.FAB$L_STV };
    const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    const connected = yield* service(p, '$CONNECT', { rab: rab.address });
    const buffer = connected & 1 ? yield* programRegion(p, MOST_BLOCKS * BLOCK) : 0;
    if (buffer !== 0) return new StructureFile(p, fab.address, rab, buffer, file, header);
    const stv = rab.RAB$L_STV;
    yield* service(p, '$CLOSE', { fab: fab.address });
    return { spec: file.spec, status: connected, stv };
  }

  get shape(): FileShape {
    const { header } = this;
    return {
      organization: header.organization, format: header.format, attributes: header.attributes, maximum: header.recordSize, longest: header.longestRecord,
      controlSize: header.controlSize, bucketSize: header.bucketSize, extension: header.extension, endBlock: header.endBlock, endByte: header.firstFreeByte,
      allocated: header.allocated, globalBuffers: header.globalBuffers,
    };
  }

  readonly read: BlockReader = function* (this: StructureFile, vbn: number, count: number): Flow<Uint8Array | undefined> {
    const { p, rab } = this;
    if (count < 1 || count > MOST_BLOCKS) return undefined;
    rab.RAB$L_UBF = this.buffer;
    rab.RAB$W_USZ = count * BLOCK;
    rab.RAB$L_BKT = vbn;
    const status = yield* service(p, '$READ', { rab: rab.address });
    // The file may end within its last block; the buffer has the whole of it.
    const got = Math.ceil(rab.RAB$W_RSZ / BLOCK);
    return status & 1 && got >= count ? p.memory.readBytes(this.buffer, count * BLOCK) : undefined;
  }.bind(this);

  *write(vbn: number, bytes: Uint8Array): Flow<FileFailure | undefined> {
    const { p, rab } = this;
    p.memory.writeBytes(this.buffer, bytes);
    rab.RAB$L_RBF = this.buffer;
    rab.RAB$W_RSZ = bytes.length;
    rab.RAB$L_BKT = vbn;
    const status = yield* service(p, '$WRITE', { rab: rab.address });
    return status & 1 ? undefined : { spec: this.file.spec, status, stv: rab.RAB$L_STV };
  }

  /** Makes the file longer. @returns how many blocks were added */
  *extend(blocks: number): Flow<{ readonly blocks: number } | FileFailure> {
    const { p } = this;
    const fab = FAB.at(p.memory, this.fab);
    fab.FAB$L_ALQ = blocks;
    const status = yield* service(p, '$EXTEND', { fab: fab.address });
    return status & 1 ? { blocks: fab.FAB$L_ALQ } : { spec: this.file.spec, status, stv: fab.FAB$L_STV };
  }

  *close(): Flow<void> {
    const { p, buffer } = this;
    yield* service(p, '$CLOSE', { fab: this.fab });
    yield* p.scratch(function* () {
      const range = p.allocate(8);
      p.memory.writeLong(range, buffer);
      p.memory.writeLong(range + 4, buffer + MOST_BLOCKS * BLOCK - 1);
      return yield* service(p, '$DELTVA', { inadr: range });
    });
  }
}
