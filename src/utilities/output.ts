import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$C_VAR, FAB$M_CR, FAB$M_PUT } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { fileBlocks, isFailure, nameOf, reason, type FileFailure } from './files.js';
import { report, sharedCode } from './messages.js';

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
  static *open(p: Procedure, spec = 'SYS$OUTPUT'): Flow<Output | FileFailure> {
    const blocks = fileBlocks(p, spec, { defaults: '.LIS' });
    const { fab } = blocks;
    fab.FAB$B_FAC = FAB$M_PUT;
    fab.FAB$B_RAT = FAB$M_CR;
    fab.FAB$B_RFM = FAB$C_VAR;
    const created = yield* service(p, '$CREATE', { fab: fab.address });
    const name = nameOf(p, blocks, spec);
    if (!(created & 1)) return { spec: name, status: created, stv: fab.FAB$L_STV };
    fab.FAB$L_NAM = 0;
    const rab = RAB.at(p.memory, p.allocate(RAB.size));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    const connected = yield* service(p, '$CONNECT', { rab: rab.address });
    if (connected & 1) return new Output(p, fab.address, rab.address, name);
    const failure = { spec: name, status: connected, stv: rab.RAB$L_STV };
    yield* service(p, '$CLOSE', { fab: fab.address });
    return failure;
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

/**
 * The output of a command, SYS$OUTPUT or the file of its /OUTPUT.
 *
 * @param facility  number of the facility that says so when it cannot be opened
 * @returns the status of that message: %x-E-OPENOUT, and the reason of RMS
 */
export function* openOutput(p: Procedure, facility: number, spec = 'SYS$OUTPUT'): Flow<Output | number> {
  const opened = yield* Output.open(p, spec);
  return opened instanceof Output ? opened : yield* report(p, { code: sharedCode(facility, 'openOut'), args: [opened.spec] }, reason(opened));
}

/** A plain line to SYS$OUTPUT. */
export function* tell(p: Procedure, line: string): Flow<void> {
  const output = yield* Output.open(p);
  if (isFailure(output)) return;
  yield* output.line(line);
  yield* output.close();
}
