import { EMB$K_TS } from '../executive/exceptions/error-log-entries.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import {
  FAB, FAB$C_BID, FAB$C_BLN, FAB$C_VAR, FAB$M_CIF, FAB$M_GET, FAB$M_PUT, FAB$M_SHRGET, FAB$M_UPD,
} from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$C_RFA, RAB$C_SEQ, RAB$M_EOF } from '../executive/starlet/rabdef.js';
import { RMS$_CREATED } from '../executive/starlet/rmsdef.js';
import { textToBytes } from '../executive/structures/memory.js';

/**
 * SYS$ERRORLOG:ERRLOG.SYS as ERRFMT writes it: variable-length records, a message each, from its system ID on. The file is open only
 * while messages are written, so that it can be renamed at any time; a new one is made when there is none.
 * @source book 8.1.6 step 5; digest ch08 2.3
 */
const NAME = 'SYS$ERRORLOG:ERRLOG.SYS';

/** What ERRFMT remembers from one wake to the next, in its own memory: where the last record is if it is a time stamp, or zeros. */
const STAMP_VBN = 0;
const STAMP_OFFSET = 4;
export const STAMP_MEMORY = 8;

const ENTRY_TYPE = 4;

export class ErrorLogFile {
  private constructor(
    private readonly p: Procedure, private readonly fab: ReturnType<typeof FAB.at>, private readonly rab: ReturnType<typeof RAB.at>, private readonly stamp: number,
  ) {}

  /** Opens it for messages behind those it has. Its blocks lie in the caller's scratch space. @param stamp  STAMP_MEMORY bytes; @returns the failing status */
  static *open(p: Procedure, stamp: number): Flow<ErrorLogFile | number> {
    const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_FNA = p.bytes(textToBytes(NAME));
    fab.FAB$B_FNS = NAME.length;
    fab.FAB$B_FAC = FAB$M_GET | FAB$M_PUT | FAB$M_UPD;
    fab.FAB$B_SHR = FAB$M_SHRGET;
    fab.FAB$L_FOP = FAB$M_CIF;
    fab.FAB$B_RFM = FAB$C_VAR;
    const opened = yield* service(p, '$CREATE', { fab: fab.address });
    if (!(opened & 1)) return opened;
    if (opened === RMS$_CREATED) p.memory.writeLong(stamp + STAMP_VBN, 0);
    const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    const file = new ErrorLogFile(p, fab, rab, stamp);
    const connected = yield* file.toEnd();
    return connected & 1 ? file : connected;
  }

  private *toEnd(): Flow<number> {
    this.rab.RAB$L_ROP = RAB$M_EOF;
    return yield* service(this.p, '$CONNECT', { rab: this.rab.address });
  }

  /** Adds the record of `length` bytes at `address`; a time stamp behind a time stamp takes its place. @returns status */
  *put(address: number, length: number): Flow<number> {
    const { p, rab, stamp } = this;
    const isStamp = p.memory.readWord(address + ENTRY_TYPE) === EMB$K_TS;
    if (isStamp && p.memory.readLong(stamp + STAMP_VBN) !== 0 && (yield* this.replaceStamp(address, length))) return 1;
    rab.RAB$L_RBF = address;
    rab.RAB$W_RSZ = length;
    const status = yield* service(p, '$PUT', { rab: rab.address });
    p.memory.writeLong(stamp + STAMP_VBN, isStamp && status & 1 ? rab.RAB$L_RFA0 : 0);
    p.memory.writeLong(stamp + STAMP_OFFSET, rab.RAB$W_RFA4);
    return status;
  }

  /** @returns false when the file is no longer what it was: the next record goes to its end */
  private *replaceStamp(address: number, length: number): Flow<boolean> {
    const { p, rab, stamp } = this;
    return yield* p.scratch(function* (this: ErrorLogFile) {
      rab.RAB$B_RAC = RAB$C_RFA;
      rab.RAB$L_RFA0 = p.memory.readLong(stamp + STAMP_VBN);
      rab.RAB$W_RFA4 = p.memory.readLong(stamp + STAMP_OFFSET);
      rab.RAB$L_UBF = p.allocate(length);
      rab.RAB$W_USZ = length;
      let status = yield* service(p, '$GET', { rab: rab.address });
      const found = status & 1 && rab.RAB$W_RSZ === length && p.memory.readWord(rab.RAB$L_RBF + ENTRY_TYPE) === EMB$K_TS;
      if (found) {
        rab.RAB$L_RBF = address;
        rab.RAB$W_RSZ = length;
        status = yield* service(p, '$UPDATE', { rab: rab.address });
      }
      rab.RAB$B_RAC = RAB$C_SEQ;
      yield* service(p, '$DISCONNECT', { rab: rab.address });
      const connected = yield* this.toEnd();
      return found !== false && found !== 0 && (status & 1) === 1 && (connected & 1) === 1;
    }.bind(this));
  }

  *close(): Flow<number> {
    return yield* service(this.p, '$CLOSE', { fab: this.fab.address });
  }
}
