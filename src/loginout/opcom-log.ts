import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$C_VAR, FAB$M_CR, FAB$M_PUT, FAB$M_SHRGET } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { textToBytes } from '../executive/structures/memory.js';

/** The operator's log file: a new version each time OPCOM starts and at REPLY/LOG. @source book 29.1.3; DCL Dictionary, REPLY/LOG */
const LOG_FILE = 'SYS$MANAGER:OPERATOR.LOG';

export class OperatorLog {
  private constructor(private readonly p: Procedure, private readonly fab: ReturnType<typeof FAB.at>, private readonly rab: ReturnType<typeof RAB.at>) {}

  /** Blocks for RMS, in the caller's stack: call it outside p.scratch. */
  static make(p: Procedure): OperatorLog {
    return new OperatorLog(p, FAB.at(p.memory, p.allocate(FAB$C_BLN)), RAB.at(p.memory, p.allocate(RAB$C_BLN)));
  }

  get isOpen(): boolean { return this.rab.RAB$W_ISI !== 0; }

  /** Begins a new log. A system without a disk for it has none. */
  *open(): Flow<void> {
    yield* this.close();
    const { p, fab, rab } = this;
    yield* p.scratch(function* () {
      p.memory.writeBytes(fab.address, new Uint8Array(FAB$C_BLN));
      p.memory.writeBytes(rab.address, new Uint8Array(RAB$C_BLN));
      fab.FAB$B_BID = FAB$C_BID;
      fab.FAB$B_BLN = FAB$C_BLN;
      fab.FAB$L_FNA = p.bytes(textToBytes(LOG_FILE));
      fab.FAB$B_FNS = LOG_FILE.length;
      fab.FAB$B_FAC = FAB$M_PUT;
      fab.FAB$B_SHR = FAB$M_SHRGET;
      fab.FAB$B_RFM = FAB$C_VAR;
      fab.FAB$B_RAT = FAB$M_CR;
      if (!((yield* service(p, '$CREATE', { fab: fab.address })) & 1)) return;
      rab.RAB$B_BID = RAB$C_BID;
      rab.RAB$B_BLN = RAB$C_BLN;
      rab.RAB$L_FAB = fab.address;
      yield* service(p, '$CONNECT', { rab: rab.address });
    });
  }

  *close(): Flow<void> {
    if (!this.isOpen) return;
    yield* service(this.p, '$CLOSE', { fab: this.fab.address });
    this.rab.RAB$W_ISI = 0;
  }

  /** Lines that are on the disk when this is over. */
  *write(lines: readonly string[]): Flow<void> {
    if (!this.isOpen) return;
    const { p, rab } = this;
    for (const line of lines) {
      yield* p.scratch(function* () {
        rab.RAB$L_RBF = p.bytes(textToBytes(line));
        rab.RAB$W_RSZ = line.length;
        return yield* service(p, '$PUT', { rab: rab.address });
      });
    }
    yield* service(p, '$FLUSH', { rab: rab.address });
  }
}
