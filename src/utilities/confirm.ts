import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$M_GET } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$M_PMT } from '../executive/starlet/rabdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { fileBlocks } from './files.js';

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
      const status = yield* service(p, '$GET', { rab: rab.address });
      return status & 1 ? bytesToText(p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ)) : undefined;
    }.bind(this));
  }

  *close(): Flow<number> {
    return yield* service(this.p, '$CLOSE', { fab: this.fab });
  }
}

const ROOM = 512;

export type Answer = 'yes' | 'no' | 'all' | 'quit';

const ANSWERS: Readonly<Record<string, Answer>> = { YES: 'yes', TRUE: 'yes', 1: 'yes', NO: 'no', FALSE: 'no', 0: 'no', QUIT: 'quit', ALL: 'all' };

/** What the words mean, which may be abbreviated; undefined when they mean nothing. */
function answerOf(text: string): Answer | undefined {
  const word = text.trim().toUpperCase();
  if (word === '') return 'no';
  const name = Object.keys(ANSWERS).find((candidate) => candidate.startsWith(word));
  return name === undefined ? undefined : ANSWERS[name];
}

/** Asks on SYS$COMMAND until the answer is one. RETURN is no, CTRL/Z is quit. */
export function* confirm(p: Procedure, question: string): Flow<Answer> {
  return yield* p.scratch(function* () {
    const input = yield* LineInput.open(p, 'SYS$COMMAND');
    if (typeof input === 'number') return 'quit';
    for (;;) {
      const text = yield* input.line(`\r\n${question} ? [N]:`);
      const answer = text === undefined ? 'quit' : answerOf(text);
      if (answer === undefined) continue;
      yield* input.close();
      return answer;
    }
  });
}
