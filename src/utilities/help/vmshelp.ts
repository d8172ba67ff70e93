import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../../dcl/cli-client.js';
import { translate } from '../../dcl/names.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { DC$_TERM } from '../../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS } from '../../executive/starlet/dvidef.js';
import { LineInput } from '../line-input.js';
import { reason } from '../files.js';
import { LHD$C_HELP } from '../librarian/format.js';
import { readLibrary } from '../librarian/library-file.js';
import { messageCode, report, sharedCode } from '../messages.js';
import { openOutput, type LineSink } from '../output.js';
import { Pager } from '../pager.js';
import { getDevice } from '../process-information.js';
import { moreLines, pathsTo, readRequest, topicLines, topicsOf, type Request, type Topic } from './tree.js';

/** VMSHELP.EXE: HELP. @source DCL Dictionary, HELP; dcl-output-formats.md, HELP */
const HELP = 152;
const MAIN_LIBRARY = 'SYS$HELP:HELPLIB.HLB';
const USER_TABLES = { PROCESS: 'LNM$PROCESS', GROUP: 'LNM$GROUP', SYSTEM: 'LNM$SYSTEM' } as const;
const MOST_USER_LIBRARIES = 999;

/** Libraries that HLP$LIBRARY, HLP$LIBRARY_1, ... name in the tables of /USERLIBRARY. */
function* userLibraries(p: Procedure): Flow<string[]> {
  if (yield* cliIsNegated(p, 'USERLIBRARY')) return [];
  const chosen = yield* cliGetValues(p, 'USERLIBRARY');
  if (chosen.includes('NONE')) return [];
  const names = Object.keys(USER_TABLES) as (keyof typeof USER_TABLES)[];
  const specs: string[] = [];
  for (const name of names.filter((table) => chosen.length === 0 || chosen.includes('ALL') || chosen.includes(table))) {
    for (let number = 0; number < MOST_USER_LIBRARIES; number += 1) {
      const found = yield* translate(p, number === 0 ? 'HLP$LIBRARY' : `HLP$LIBRARY_${number}`, USER_TABLES[name]);
      if (!(found.status & 1)) break;
      specs.push(found.value);
    }
  }
  return specs;
}

/** All topics, those of the main library first. @returns the status of a message when there are none */
function* readTopics(p: Procedure): Flow<{ readonly topics: Topic[]; readonly others: readonly string[] } | number> {
  const without = yield* cliIsNegated(p, 'LIBRARY');
  const main = (yield* cliGetValue(p, 'LIBRARY')) ?? MAIN_LIBRARY;
  const others = yield* userLibraries(p);
  const topics: Topic[] = [];
  for (const spec of [...(without ? [] : [main]), ...others]) {
    const read = yield* readLibrary(p, spec.toUpperCase(), 'SYS$HELP:.HLB');
    if ('stv' in read) return yield* report(p, { code: sharedCode(HELP, 'openIn'), args: [read.spec] }, reason(read));
    if ('why' in read || read.library.type !== LHD$C_HELP) {
      return yield* report(p, { code: sharedCode(HELP, 'openIn'), args: [read.spec] }, { code: messageCode('why' in read ? 'LBR$_NOTLBR' : 'LBR$_TYPMISMCH') });
    }
    for (const topic of topicsOf(read.library)) if (!topics.some(({ key }) => key.toUpperCase() === topic.key.toUpperCase())) topics.push(topic);
  }
  const compare = new Intl.Collator('en', { sensitivity: 'base' }).compare;
  return { topics: topics.sort((a, b) => compare(a.key, b.key)), others };
}

class Help {
  constructor(private readonly output: LineSink, readonly topics: readonly Topic[]) {}

  restart(): void { this.output.restart(); }

  *lines(lines: readonly string[]): Flow<void> {
    for (const line of lines) {
      if (this.output.stopped) return;
      yield* this.output.line(line);
    }
  }

  /** Everything below a topic. */
  private *below(path: readonly Topic[]): Flow<void> {
    for (const topic of path.at(-1)!.topics) {
      yield* this.lines(topicLines([...path, topic], path));
      yield* this.below([...path, topic]);
    }
  }

  /**
   * Shows what a request means, from a topic on.
   *
   * @returns the path to ask at next; undefined when nothing fits
   */
  *show(from: readonly Topic[], { keys, deep }: Request): Flow<readonly Topic[] | undefined> {
    const paths = pathsTo(from.at(-1)?.topics ?? this.topics, keys).map((path) => [...from, ...path]);
    if (paths.length === 0) return undefined;
    for (const path of paths) {
      yield* this.lines(topicLines(path));
      if (deep) yield* this.below(path);
    }
    const last = paths.at(-1)!;
    const stays = paths.length > 1 || deep || last.at(-1)!.topics.length === 0;
    if (!stays) yield* this.lines([...moreLines(last.at(-1)!.topics, last.length), '']);
    else yield* this.lines(['']);
    return stays ? last.slice(0, -1) : last;
  }

  *sorry(from: readonly Topic[], { keys }: Request): Flow<void> {
    const words = [...from.map(({ key }) => key), ...keys.map((key) => key.toUpperCase())].join(' ');
    yield* this.lines(['', `  Sorry, no documentation on ${words}`, ...moreLines(from.at(-1)?.topics ?? this.topics, from.length), '']);
  }

  /** The list at a prompt, with the text of the topic when it is asked for again. */
  *again(from: readonly Topic[]): Flow<void> {
    if (from.length > 0) yield* this.lines(topicLines(from));
    yield* this.lines([...moreLines(from.at(-1)?.topics ?? this.topics, from.length), '']);
  }
}

function promptOf(path: readonly Topic[]): string {
  return path.length === 0 ? 'Topic? ' : `${path.map(({ key }) => key).join(' ')} Subtopic? `;
}

/** Topic? and Subtopic? until CTRL/Z, or RETURN at the top. */
function* dialogue(p: Procedure, help: Help, begin: readonly Topic[]): Flow<void> {
  const input = yield* LineInput.open(p, 'SYS$INPUT');
  if (typeof input === 'number') return;
  let at = begin;
  for (;;) {
    const typed = yield* input.line(`\r\n${promptOf(at)}`);
    if (typed === undefined) break;
    help.restart();
    const text = typed.trim();
    if (text === '') {
      if (at.length === 0) break;
      at = at.slice(0, -1);
    } else if (text === '?') yield* help.again(at);
    else {
      const request = readRequest(text);
      const next = yield* help.show(at, request);
      if (next) at = next;
      else yield* help.sorry(at, request);
    }
  }
  yield* input.close();
}

function* isTerminal(p: Procedure, name: string): Flow<boolean> {
  const { status, values } = yield* p.scratch(() => getDevice(p, name, { kindOf: { code: DVI$_DEVCLASS, kind: 'long' } } as const));
  return (status & 1) !== 0 && values.kindOf === DC$_TERM;
}

const main = procedure('VMSHELP$MAIN', function* (p) {
  const typed = ((yield* cliGetValue(p, 'KEYS')) ?? '').trim();
  const read = yield* readTopics(p);
  if (typeof read === 'number') return read;
  const file = yield* cliGetValue(p, 'OUTPUT');
  const toFile = file !== undefined || (yield* cliIsPresent(p, 'OUTPUT'));
  const opened = yield* openOutput(p, HELP, file ?? (toFile ? 'HELP.LIS' : undefined));
  if (typeof opened === 'number') return opened;
  const interactive = !toFile && (yield* isTerminal(p, 'SYS$INPUT'));
  const paged = (yield* cliIsPresent(p, 'PAGE')) && interactive;
  const output = paged ? yield* Pager.open(p, opened) : opened;
  const help = new Help(output, read.topics);
  let at: readonly Topic[] = [];
  if (typed === '') {
    if (yield* cliIsPresent(p, 'INSTRUCTIONS')) {
      const instructions = read.topics.find(({ key }) => key.toUpperCase() === 'HELP');
      if (instructions) yield* help.lines(topicLines([instructions]));
    }
    yield* help.lines([...moreLines(read.topics, 0), '']);
    if ((yield* cliIsPresent(p, 'LIBLIST')) && read.others.length > 0) {
      yield* help.lines(['  Additional help libraries in use:', '', ...read.others.map((spec) => `  ${spec}`), '']);
    }
  } else {
    const request = readRequest(typed);
    const next = yield* help.show([], request);
    if (!next) yield* help.sorry([], request);
    // A topic at the end of several words is left for the top.
    else at = next.length === request.keys.length ? next : [];
  }
  if (interactive && !output.stopped && (yield* cliIsPresent(p, 'PROMPT'))) yield* dialogue(p, help, at);
  yield* output.close();
  return 1;
});

export const HELP_IMAGE: ResidentImage = { name: 'VMSHELP', transfer: 'VMSHELP$MAIN', routines: [main] };
