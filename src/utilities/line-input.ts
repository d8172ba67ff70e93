import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$M_GET } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$M_PMT } from '../executive/starlet/rabdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { fileBlocks, getRecord } from './files.js';

const ROOM = 512;

/** Lines from SYS$INPUT or SYS$COMMAND, with a prompt when that is a terminal. undefined: end of file. */
export class LineInput {
  private constructor(private readonly p: Procedure, private readonly fab: number, private readonly rab: ReturnType<typeof RAB.at>, private readonly buffer: number) {}

  static *open(p: Procedure, spec: string): Flow<LineInput | number> {
    const { fab } = fileBlocks(p, spec);
    fab.FAB$B_FAC = FAB$M_GET;
    const opened = yield* service(p, '$OPEN', { fab: fab.address });
    if (!(opened & 1)) return opened;
    const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    const connected = yield* service(p, '$CONNECT', { rab: rab.address });
    return connected & 1 ? new LineInput(p, fab.address, rab, p.allocate(ROOM)) : connected;
  }

  *line(prompt: string): Flow<string | undefined> {
    const { p, rab } = this;
    return yield* p.scratch(function* (this: LineInput) {
      rab.RAB$L_UBF = this.buffer;
      rab.RAB$W_USZ = ROOM;
      rab.RAB$L_PBF = p.bytes(textToBytes(prompt));
      rab.RAB$B_PSZ = prompt.length;
      rab.RAB$L_ROP = RAB$M_PMT;
      const status = yield* getRecord(p, rab.address);
      return status & 1 ? bytesToText(p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ)) : undefined;
    }.bind(this));
  }

  *close(): Flow<number> {
    return yield* service(this.p, '$CLOSE', { fab: this.fab });
  }
}

/**
 * The commands of a utility that has commands of its own: the one on its command line, or those of SYS$INPUT until one says 'exit'.
 *
 * @returns status of the last command
 */
export function* commandDialogue(p: Procedure, once: string, prompt: string, execute: (line: string) => Flow<number | 'exit'>): Flow<number> {
  if (once.trim() !== '') {
    const status = yield* execute(once);
    return status === 'exit' ? 1 : status;
  }
  const input = yield* LineInput.open(p, 'SYS$INPUT');
  if (typeof input === 'number') return input;
  let status = 1;
  for (;;) {
    const line = yield* input.line(`\r\n${prompt}`);
    if (line === undefined) break;
    const done = yield* execute(line);
    if (done === 'exit') break;
    status = done;
  }
  yield* input.close();
  return status;
}
