import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$C_VAR, FAB$M_CR, FAB$M_PUT } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../executive/starlet/namdef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { nameOf } from './files.js';

/** Where lines go. */
export interface LineSink {
  line(text?: string): Flow<number>;
  close(): Flow<number>;
  /** The reader wants no more. */
  readonly stopped: boolean;
  /** The reader has typed something: a page begins. */
  restart(): void;
}

/** Lines to SYS$OUTPUT, or to the file of an /OUTPUT qualifier, through RMS. */
export class Output implements LineSink {
  readonly stopped = false;

  restart(): void { /* nothing is paged */ }


  private constructor(private readonly p: Procedure, private readonly fab: number, private readonly rab: number, readonly spec: string) {}

  /** Opens the file. Its blocks lie in the caller's scratch space, so open it outside p.scratch. */
  static *open(p: Procedure, spec = 'SYS$OUTPUT'): Flow<{ readonly status: number; readonly output?: Output }> {
    const fab = FAB.at(p.memory, p.allocate(FAB.size));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
    nam.NAM$B_BID = NAM$C_BID;
    nam.NAM$B_BLN = NAM$C_BLN;
    nam.NAM$L_RSA = p.allocate(256);
    nam.NAM$B_RSS = 255;
    fab.FAB$L_NAM = nam.address;
    fab.FAB$L_FNA = p.bytes(textToBytes(spec));
    fab.FAB$B_FNS = spec.length;
    const defaults = '.LIS';
    fab.FAB$L_DNA = p.bytes(textToBytes(defaults));
    fab.FAB$B_DNS = defaults.length;
    fab.FAB$B_FAC = FAB$M_PUT;
    fab.FAB$B_RAT = FAB$M_CR;
    fab.FAB$B_RFM = FAB$C_VAR;
    const created = yield* service(p, '$CREATE', { fab: fab.address });
    fab.FAB$L_NAM = 0;
    if (!(created & 1)) return { status: created };
    const rab = RAB.at(p.memory, p.allocate(RAB.size));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    const connected = yield* service(p, '$CONNECT', { rab: rab.address });
    return connected & 1 ? { status: connected, output: new Output(p, fab.address, rab.address, nameOf(p, { fab, nam }, spec)) } : { status: connected };
  }

  *line(text = ''): Flow<number> {
    const { p } = this;
    const rab = RAB.at(p.memory, this.rab);
    return yield* p.scratch(function* () {
      rab.RAB$L_RBF = p.bytes(textToBytes(text));
      rab.RAB$W_RSZ = text.length;
      return yield* service(p, '$PUT', { rab: rab.address });
    });
  }

  *close(): Flow<number> {
    return yield* service(this.p, '$CLOSE', { fab: this.fab });
  }
}

/** A plain line to SYS$OUTPUT. */
export function* tell(p: Procedure, line: string): Flow<void> {
  const { output } = yield* Output.open(p, 'SYS$OUTPUT');
  if (!output) return;
  yield* output.line(line);
  yield* output.close();
}
