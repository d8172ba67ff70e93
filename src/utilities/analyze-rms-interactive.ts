import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { LineInput } from './line-input.js';
import type { FoundFile } from './file-search.js';
import { isFailure, reason } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import type { Output } from './output.js';
import { StructureFile } from './rms-structure.js';
import { StructureTree, type Branch, type Node } from './rms-tree.js';

/** ANALYZE/RMS_FILE/INTERACTIVE: commands that move from structure to structure. @source ANALYZE/RMS_FILE, interactive commands */
const ANLRMS = 177;
const PROMPT = 'ANALYZE> ';
const COMMANDS = ['AGAIN', 'BACK', 'DOWN', 'DUMP', 'EXIT', 'FIRST', 'HELP', 'NEXT', 'REST', 'TOP', 'UP'] as const;
type Command = (typeof COMMANDS)[number];

const HELP: readonly string[] = [
  'AGAIN        shows the structure again', 'BACK [n]     goes back on this level', 'DOWN [way]   goes to the next level; DOWN ? lists the ways', 'DUMP n       shows a virtual block',
  'EXIT         ends', 'FIRST        goes to the first structure of this level', 'NEXT [n]     goes to the next structure of this level', 'REST         goes to all that are left on this level',
  'TOP          goes to the file header', 'UP [n]       goes to the level above',
];

class Session {
  /** The levels from the file header down, each with the structures seen on it; the last one seen is where the level stands. */
  private levels: Node[][];

  constructor(private readonly p: Procedure, private readonly tree: StructureTree, root: Node, private readonly show: (lines: readonly string[]) => Flow<void>) {
    this.levels = [[root]];
  }

  get node(): Node { return this.levels.at(-1)!.at(-1)!; }

  *display(): Flow<void> {
    yield* this.show(this.node.lines);
  }

  private *complain(symbol: string, ...args: readonly string[]): Flow<void> {
    yield* report(this.p, { code: messageCode(symbol), args });
  }

  /** One structure on. False: there is none. */
  private *forward(): Flow<boolean> {
    const next = this.node.next ? yield* this.node.next() : undefined;
    if (!next) return false;
    this.levels.at(-1)!.push(next);
    return true;
  }

  private *down(word: string): Flow<void> {
    const { branches } = this.node;
    if (branches.length === 0) return yield* this.complain('ANLRMS$_NODOWN');
    let branch: Branch | undefined = branches.length === 1 && word === '' ? branches[0] : undefined;
    if (word !== '' && word !== '?') {
      const known = branches.filter(({ name }) => name.startsWith(word));
      if (known.length !== 1) return yield* this.complain('ANLRMS$_BADBRANCH', word);
      branch = known[0];
    }
    if (!branch) return yield* this.show(['The following is a list of paths down from this structure:', '', ...branches.map(({ name, what }) => `\t${name.padEnd(14)}${what}`), '']);
    const node = yield* branch.open();
    if (!node) return yield* this.complain('ANLRMS$_EMPTY');
    this.levels.push([node]);
    yield* this.display();
  }

  *execute(command: Command, word: string): Flow<void> {
    const count = word === '' ? 1 : Number(word);
    const level = this.levels.at(-1)!;
    switch (command) {
      case 'AGAIN': return yield* this.display();
      case 'HELP': return yield* this.show([...HELP, '']);
      case 'DOWN': return yield* this.down(word);
      case 'TOP':
        this.levels.length = 1;
        return yield* this.display();
      case 'FIRST':
        level.length = 1;
        return yield* this.display();
      case 'UP':
        if (!(count >= 1)) return yield* this.complain('ANLRMS$_BADNUMBER', word);
        if (this.levels.length === 1) return yield* this.complain('ANLRMS$_NOUP');
        this.levels.length = Math.max(1, this.levels.length - count);
        return yield* this.display();
      case 'BACK':
        if (!(count >= 1)) return yield* this.complain('ANLRMS$_BADNUMBER', word);
        if (level.length === 1) return yield* this.complain('ANLRMS$_NOBACK');
        level.length = Math.max(1, level.length - count);
        return yield* this.display();
      case 'NEXT': {
        if (!(count >= 1)) return yield* this.complain('ANLRMS$_BADNUMBER', word);
        let moved = 0;
        while (moved < count && (yield* this.forward())) moved += 1;
        if (moved === 0) return yield* this.complain('ANLRMS$_NONEXT');
        return yield* this.display();
      }
      case 'REST': {
        let any = false;
        while (yield* this.forward()) {
          any = true;
          yield* this.display();
        }
        if (!any) yield* this.complain('ANLRMS$_NONEXT');
        return;
      }
      case 'DUMP': {
        const vbn = /^%X/.test(word) ? Number.parseInt(word.slice(2), 16) : Number(word === '' ? NaN : word);
        const lines = vbn >= 1 ? yield* this.tree.dump(vbn) : undefined;
        if (!lines) return yield* this.complain('ANLRMS$_BADNUMBER', word);
        return yield* this.show(lines);
      }
      case 'EXIT':
    }
  }
}

/** @param output  where what is shown goes; undefined: nowhere */
export function* interactiveSession(p: Procedure, found: FoundFile, output: Output | undefined): Flow<number> {
  const file = yield* StructureFile.open(p, found);
  if (isFailure(file)) return yield* report(p, { code: sharedCode(ANLRMS, 'openIn'), args: [file.spec] }, reason(file));
  const tree = new StructureTree(p, file);
  const session = new Session(p, tree, yield* tree.root(), function* (lines) {
    for (const line of lines) if (output) yield* output.line(line);
  });
  const input = yield* LineInput.open(p, 'SYS$INPUT');
  if (typeof input === 'number') return input;
  yield* session.display();
  for (;;) {
    const line = yield* input.line(`\r\n${PROMPT}`);
    if (line === undefined) break;
    const [first = '', word = ''] = line.trim().toUpperCase().split(/\s+/);
    if (first === '') {
      yield* session.execute('NEXT', '');
      continue;
    }
    const known = COMMANDS.filter((name) => name.startsWith(first));
    const command = known.find((name) => name === first) ?? known[0];
    if (!command || (known.length > 1 && command !== first && first.length < 2)) {
      yield* report(p, { code: messageCode('ANLRMS$_BADCMD'), args: [first] });
      continue;
    }
    if (command === 'EXIT') break;
    yield* session.execute(command, word);
  }
  yield* input.close();
  yield* file.close();
  if (output) yield* output.close();
  return 1;
}
