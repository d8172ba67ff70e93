import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { LineInput } from './line-input.js';

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
