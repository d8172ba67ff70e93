import { checkMemory } from '../executive/memory/check.js';
import { checkScheduler } from '../executive/scheduling/check.js';
import { heading, type Command } from './command.js';
import { hex8 } from './error.js';
import { knownQueues } from './known-queues.js';
import { accountForPages } from './page-accounts.js';
import { walkQueue } from './queue.js';
import type { Session } from './session.js';

const elementsText = (count: number): string => `${count} element${count === 1 ? '' : 's'}`;

/** `VALIDATE QUEUE`: follows a queue both ways. */
export const VALIDATE_QUEUE: Command = {
  name: 'VALIDATE QUEUE',
  qualifiers: ['SELF_RELATIVE', 'MAXIMUM_LINKS', 'LIST', 'ALL'],
  help: ['VALIDATE QUEUE [/SELF_RELATIVE] [/LIST] [/ALL | header]', 'Follows the links of a queue, forward and backward, from its header (default: the',
    'location last looked at) and says whether they agree. /LIST shows the elements.', '/ALL  every queue of the system: scheduler, processes, devices, volumes, locks, pool (/LIST names them)'],
  *run(session, { qualifiers, rest }) {
    if (qualifiers.has('ALL')) {
      yield* validateAll(session, qualifiers.has('LIST'));
      return;
    }
    const header = rest === '' ? session.here : session.evaluate(rest);
    const relative = qualifiers.has('SELF_RELATIVE');
    const limit = (qualifiers.get('MAXIMUM_LINKS') ?? '') === '' ? undefined : session.evaluate(qualifiers.get('MAXIMUM_LINKS')!);
    session.here = header;
    const walk = walkQueue(session, header, relative, limit);
    if (qualifiers.has('LIST')) for (const element of walk.elements) yield `    ${hex8(element)}   ${session.symbols.symbolize(element) ?? ''}`.trimEnd();
    const count = walk.elements.length;
    if (walk.problem === undefined) {
      yield count === 0 ? 'The queue is empty' : `Queue is complete, total of ${elementsText(count)} in the queue`;
    } else {
      yield `%SDA-E-BADQUEUE, ${walk.problem}, after ${elementsText(count)}`;
    }
  },
};

/** All queues whose places are known. Ours, not VMS's. */
function* validateAll(session: Session, lists: boolean): Generator<string> {
  let [sound, broken] = [0, 0];
  for (const { name, header } of knownQueues(session)) {
    const { elements, problem } = walkQueue(session, header, false);
    if (problem === undefined) {
      sound += 1;
      if (lists) yield `${hex8(header)}  ${name.padEnd(40)}  ${elements.length === 0 ? 'empty' : elementsText(elements.length)}`;
    } else {
      broken += 1;
      yield `%SDA-E-BADQUEUE, ${name}: ${problem}, after ${elementsText(elements.length)}`;
    }
  }
  yield broken === 0 ? `All ${sound} queues are complete` : `${broken} of ${sound + broken} queues are not complete`;
}

/** `VALIDATE SCHEDULER`: every check of the scheduler's queues at once. Ours, not VMS's. */
export const VALIDATE_SCHEDULER: Command = {
  name: 'VALIDATE SCHEDULER',
  qualifiers: [],
  takesNothing: true,
  help: ['VALIDATE SCHEDULER', 'Checks that every process is on exactly the queue of its state, and summary bits and counts agree.'],
  *run(session) {
    const problems = checkScheduler(session.memory, session.symbol);
    for (const problem of problems) yield `%SDA-W-BADSCHED, ${problem}`;
    if (problems.length === 0) yield 'Scheduler queues are well formed';
  },
};

/** `VALIDATE PFN_DATA`: where every page of physical memory is, and whether the books of memory management agree. Ours, not VMS's. */
export const VALIDATE_PFN_DATA: Command = {
  name: 'VALIDATE PFN_DATA',
  qualifiers: [],
  takesNothing: true,
  help: ['VALIDATE PFN_DATA', 'Accounts for every page of physical memory, and checks the page lists, working set lists, page tables and page',
    'files against one another. While a page is being read or written some of it cannot agree.'],
  *run(session) {
    const { places, problems } = accountForPages(session);
    yield* heading('Pages of physical memory');
    for (const [place, pages] of places) yield `${String(pages).padStart(8)}  ${place}`;
    yield '';
    const all = [...problems, ...checkMemory(session.memory, session.symbol)];
    for (const problem of all) yield `%SDA-W-BADPFN, ${problem}`;
    if (all.length === 0) yield `All ${[...places.values()].reduce((sum, pages) => sum + pages, 0)} pages are accounted for`;
  },
};
