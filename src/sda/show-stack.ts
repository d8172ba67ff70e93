import { heading, parseRange, type Command } from './command.js';
import { hex8, NoAccess, SdaError } from './error.js';
import type { Session } from './session.js';

const STACKS = ['KERNEL', 'EXECUTIVE', 'SUPERVISOR', 'USER', 'INTERRUPT'] as const;
type StackName = (typeof STACKS)[number];

const INTERRUPT = 4;
const MAX_LONGWORDS = 16384;
/** Longwords shown of a stack whose end nobody knows. */
const UNKNOWN_DEPTH = 64;
/** Longwords shown beyond the top of stack. */
const BEYOND_TOP = 4;

/** `SHOW STACK`: stacks of the process in view, or any range, with names for the addresses found there. */
export const SHOW_STACK: Command = {
  name: 'SHOW STACK',
  qualifiers: [...STACKS, 'ALL'],
  help: ['SHOW STACK [range] [/KERNEL] [/EXECUTIVE] [/SUPERVISOR] [/USER] [/INTERRUPT] [/ALL]',
    'Stacks of the process in view (default: the one it is, or was last, using). A range shows any memory as a stack.'],
  *run(session, { qualifiers, rest }) {
    if (rest !== '') {
      const { start, length } = parseRange(session, rest);
      yield* heading('Stack range');
      yield* stackRows(session, start, (start + (length ?? 4 * UNKNOWN_DEPTH)) >>> 0, undefined);
      return;
    }
    yield* heading('Process stacks');
    const named = STACKS.filter((name) => qualifiers.has('ALL') || qualifiers.has(name));
    const { psl } = session.context;
    const current = session.context.isRunning && (psl >>> 26) & 1 ? INTERRUPT : (psl >>> 24) & 3;
    for (const name of named.length > 0 ? named : [STACKS[current]!]) {
      const number = STACKS.indexOf(name);
      yield `${number === current ? 'Current operating stack' : 'Stack'} (${name}):`;
      yield '';
      yield* oneStack(session, number, name);
      yield '';
    }
  },
};

function* oneStack(session: Session, number: number, name: StackName): Generator<string> {
  const pointer = number === INTERRUPT ? session.target.processor.stackPointers[INTERRUPT]! : session.context.stackPointers[number]!;
  const end = stackEnd(session, number, pointer);
  if (pointer === 0 && end === 0) {
    yield `%SDA-E-NOSTACK, the process has no ${name.toLowerCase()} stack in memory`;
    return;
  }
  const start = pointer - 4 * BEYOND_TOP;
  yield* stackRows(session, start >>> 0, end === 0 ? (pointer + 4 * UNKNOWN_DEPTH) >>> 0 : end, pointer);
}

/** First address above a stack; 0 when unknown. */
function stackEnd(session: Session, number: number, pointer: number): number {
  if (number === INTERRUPT) return session.cellOrZero('EXE$GL_INTSTK');
  try {
    for (const [cell, size] of [['nulkstk', 128], ['swpkstk', 640]] as const) {
      const base = session.symbols.lookup(cell);
      if (base !== undefined && pointer >= base && pointer <= base + size) return base + size;
    }
    const initial = session.memory.readLong(session.symbol('CTL$AL_STACK') + 4 * number);
    return initial >= pointer && initial - pointer < 4 * MAX_LONGWORDS ? initial : 0;
  } catch (error) {
    if (error instanceof SdaError) return 0;
    throw error;
  }
}

function* stackRows(session: Session, start: number, end: number, pointer: number | undefined): Generator<string> {
  let marked = false;
  let rows = 0;
  for (let at = start; at < end && rows < MAX_LONGWORDS; at += 4, rows += 1) {
    const isTop = at === pointer;
    marked ||= isTop;
    let value: number;
    try {
      value = session.memory.readLong(at);
    } catch (error) {
      if (!(error instanceof NoAccess)) throw error;
      if (pointer !== undefined && at < pointer) continue;
      yield `${isTop ? ' SP => ' : '       '}         ${hex8(at)}  (not in physical memory)`;
      break;
    }
    const name = session.symbols.symbolize(value);
    yield `${isTop ? ' SP => ' : '       '}         ${hex8(at)}  ${hex8(value)}${name === undefined ? '' : `   ${name}`}`;
  }
  if (pointer !== undefined && !marked) yield ` SP =>          ${hex8(pointer)}  (STACK IS EMPTY)`;
}

const MAX_FRAMES = 256;

/** `SHOW CALL_FRAME`: call frames from FP (or a location) on. @source VAX ARM, CALLS */
export const SHOW_CALL_FRAME: Command = {
  name: 'SHOW CALL_FRAME',
  qualifiers: ['NEXT_FP', 'ALL'],
  help: ['SHOW CALL_FRAME [location] [/ALL]', 'The call frame at FP, or at a location; with /ALL also those of its callers.'],
  *run(session, { qualifiers, rest }) {
    const symbolic = session.symbols.lookup('FP') ?? 0;
    let frame = rest === '' ? (qualifiers.has('NEXT_FP') ? session.here : symbolic) : session.evaluate(rest);
    const seen = new Set<number>();
    for (let count = 0; count < MAX_FRAMES; count += 1) {
      seen.add(frame);
      if (frame === 0) {
        yield count === 0 ? 'There is no call frame' : 'End of the call frames';
        return;
      }
      const next = session.memory.readLong(frame + 12);
      yield* frameLines(session, frame);
      session.here = next;
      if (!qualifiers.has('ALL')) return;
      if (seen.has(next)) {
        yield `%SDA-W-BADFRAME, saved FP ${hex8(next)} leads back to a frame already shown`;
        return;
      }
      frame = next;
    }
  },
};

function* frameLines(session: Session, frame: number): Generator<string> {
  const { memory } = session;
  const long = (offset: number): number => memory.readLong((frame + offset) >>> 0);
  const word = long(4);
  const mask = (word >>> 16) & 0xfff;
  yield* heading(`Call frame at ${hex8(frame)}`);
  const row = (label: string, at: number, value: number): string => {
    const name = session.symbols.symbolize(value);
    return `${label.padEnd(20)} ${hex8(at)}  ${hex8(value)}${name === undefined ? '' : `   ${name}`}`;
  };
  yield row('Condition handler', frame, long(0));
  yield row('Mask/PSW', frame + 4, word);
  yield row('Saved AP', frame + 8, long(8));
  yield row('Saved FP', frame + 12, long(12));
  yield row('Return address', frame + 16, long(16));
  let at = 20;
  for (let register = 0; register < 12; register += 1) {
    if (!((mask >>> register) & 1)) continue;
    yield row(`Saved R${register}`, frame + at, long(at));
    at += 4;
  }
  at += word >>> 30;
  if ((word >>> 29) & 1) {
    const count = memory.readLong((frame + at) >>> 0) & 0xff;
    yield row('Argument count', frame + at, count);
    for (let argument = 1; argument <= count; argument += 1) yield row(`Argument ${argument}`, frame + at + 4 * argument, long(at + 4 * argument));
  }
  yield '';
}
