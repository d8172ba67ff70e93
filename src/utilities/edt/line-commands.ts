import type { Flow } from '../../executive/gate/microroutine.js';
import { keywordOf } from '../command-line.js';
import { RangeError, RangeReader, type Range } from './ranges.js';
import type { EdtSession } from './session.js';
import { setCommand, showCommand } from './settings.js';
import { TextBuffer } from './text-buffer.js';

/** Line mode: one command. @source EDT Editor Manual, line mode commands */

/** A word that a range may begin with. */
const RANGE_WORD = /^(?:A(?:LL)?|BE(?:F(?:O(?:R(?:E)?)?)?|G(?:I(?:N)?)?)?|B|BUF(?:F(?:E(?:R)?)?)?|E(?:N(?:D)?)?|L(?:A(?:S(?:T)?)?)?|R(?:E(?:S(?:T)?)?)?|SEL(?:E(?:C(?:T)?)?)?|W(?:H(?:O(?:L(?:E)?)?)?)?)$/i;

/** What comes of a command: the next one, change mode, or the end of the session, with or without writing the text. */
export type Outcome = 'next' | 'change' | 'exit' | 'quit' | 'keep';

const COMMANDS = [
  'CHANGE', 'CLEAR', 'COPY', 'DEFINE', 'DELETE', 'EXIT', 'FILL', 'FIND', 'HELP', 'INCLUDE', 'INSERT', 'MOVE', 'NEXT', 'PRINT', 'QUIT', 'REPLACE', 'RESEQUENCE', 'SET', 'SHOW', 'SUBSTITUTE',
  'TAB', 'TYPE', 'WRITE',
] as const;
type CommandName = (typeof COMMANDS)[number];

/** What one or two letters stand for when several commands begin with them. */
const SHORT: Readonly<Record<string, CommandName>> = {
  C: 'CHANGE', D: 'DELETE', F: 'FIND', I: 'INSERT', M: 'MOVE', N: 'NEXT', R: 'REPLACE', S: 'SUBSTITUTE', T: 'TYPE', H: 'HELP', FI: 'FILL', RE: 'REPLACE', P: 'PRINT', W: 'WRITE', CO: 'COPY', IN: 'INSERT',
};

interface Parsed {
  readonly name: CommandName;
  /** Behind the command's name. */
  readonly text: string;
}

function parse(line: string): Parsed | undefined {
  const match = /^\s*([A-Za-z]+)/.exec(line);
  if (!match) return undefined;
  const word = match[1]!.toUpperCase();
  const name = SHORT[word] ?? keywordOf(word, COMMANDS);
  return name === undefined ? undefined : { name, text: line.slice(match[0].length) };
}

/** Takes `/NAME[:value]` off the end of a text. */
function takeQualifiers(text: string): { readonly text: string; readonly qualifiers: ReadonlyMap<string, string> } {
  const qualifiers = new Map<string, string>();
  let rest = text;
  for (;;) {
    const match = /\/\s*([A-Za-z]+)(?:\s*[:=]\s*(\d+))?\s*$/.exec(rest);
    if (!match) return { text: rest, qualifiers };
    const name = keywordOf(match[1]!.toUpperCase(), QUALIFIERS);
    if (name === undefined) return { text: rest, qualifiers };
    qualifiers.set(name, match[2] ?? '');
    rest = rest.slice(0, match.index);
  }
}

const QUALIFIERS = ['BRIEF', 'DUPLICATE', 'NOTYPE', 'QUERY', 'SAVE', 'SEQUENCE', 'STAY'] as const;

/** Asks about one line: yes, no, all of the rest, or no more. */
function* ask(session: EdtSession, range: Range, row: number): Flow<'yes' | 'no' | 'all' | 'quit'> {
  yield* session.show(range.buffer, row);
  const answer = ((yield* session.input.line('? ')) ?? 'Q').trim().toUpperCase()[0];
  return answer === 'Y' ? 'yes' : answer === 'A' ? 'all' : answer === 'Q' ? 'quit' : 'no';
}

/** The rows of a range that /QUERY leaves. */
function* chosen(session: EdtSession, range: Range, query: boolean): Flow<number[]> {
  const rows = range.rows.filter((row) => row < range.buffer.lines.length);
  if (!query) return rows;
  const wanted: number[] = [];
  for (const [index, row] of rows.entries()) {
    const answer = yield* ask(session, range, row);
    if (answer === 'quit') break;
    if (answer === 'all') return [...wanted, ...rows.slice(index)];
    if (answer === 'yes') wanted.push(row);
  }
  return wanted;
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Takes rows out of a buffer; those that follow each other together, from the last on. @returns their texts, in order */
function removeRows(buffer: TextBuffer, rows: readonly number[]): string[] {
  const texts = rows.map((row) => buffer.textAt(row));
  for (const row of [...new Set(rows)].sort((a, b) => b - a)) {
    buffer.remove(row, 1);
    if (buffer.row > row) buffer.row -= 1;
  }
  return texts;
}

/** TYPE, or a range alone. */
function* type(session: EdtSession, text: string, { brief, stay }: { readonly brief?: number | undefined; readonly stay?: boolean } = {}): Flow<void> {
  const range = new RangeReader(text, session).read('current');
  if (range.rest !== '') throw new RangeError('Error in range specification');
  const { row } = range.buffer;
  if (range.rows.length === 0) yield* session.show(range.buffer, range.buffer.lines.length);
  for (const one of range.rows) {
    if (session.output.stopped) break;
    const line = range.buffer.lines[one];
    if (line && brief !== undefined) yield* session.say(`${session.settings.numbers ? TextBuffer.label(line.number) : ''}${line.text.slice(0, brief)}`);
    else yield* session.show(range.buffer, one);
  }
  if (stay === true) return;
  session.current = range.buffer;
  session.current.row = range.rows[0] ?? row;
  session.current.column = 0;
}

/** Lines typed until CTRL/Z. */
function* typedLines(session: EdtSession): Flow<string[]> {
  const texts: string[] = [];
  for (;;) {
    const line = yield* session.input.line(' '.repeat(12));
    if (line === undefined) return texts;
    // In a procedure CTRL/Z is a character of the text.
    const end = line.indexOf('\x1a');
    if (end < 0) texts.push(line);
    else return end === 0 ? texts : [...texts, line.slice(0, end)];
  }
}

/** INSERT [range][;text], REPLACE */
function* insert(session: EdtSession, text: string, isReplacing: boolean): Flow<void> {
  const at = text.indexOf(';');
  const range = new RangeReader(at < 0 ? text : text.slice(0, at), session).read('current');
  if (range.rest !== '') throw new RangeError('Error in range specification');
  const { buffer } = range;
  const first = range.rows[0] ?? buffer.lines.length;
  session.current = buffer;
  if (isReplacing) {
    const rows = range.rows.filter((row) => row < buffer.lines.length);
    removeRows(buffer, rows);
    yield* session.say(`${plural(rows.length, 'line')} deleted`);
  }
  const texts = at < 0 ? yield* typedLines(session) : [text.slice(at + 1)];
  buffer.insert(first, texts);
  buffer.row = first + texts.length;
  buffer.column = 0;
  if (at < 0) yield* session.show(buffer, buffer.row);
}

function* remove(session: EdtSession, text: string): Flow<void> {
  const { text: plain, qualifiers } = takeQualifiers(text);
  const range = new RangeReader(plain, session).read('current');
  if (range.rest !== '') throw new RangeError('Error in range specification');
  const rows = yield* chosen(session, range, qualifiers.has('QUERY'));
  session.current = range.buffer;
  session.current.row = range.rows[0] ?? session.current.row;
  removeRows(range.buffer, rows);
  session.current.keepInside();
  yield* session.say(`${plural(rows.length, 'line')} deleted`);
  yield* session.show(session.current, session.current.row);
}

/** COPY range TO range, MOVE range TO range */
function* transfer(session: EdtSession, text: string, isMove: boolean): Flow<void> {
  const { text: plain, qualifiers } = takeQualifiers(text);
  const match = /^(.*?)\s*(?:\bTO\b|%TO\b)\s*(.*)$/i.exec(plain) ?? [plain, plain, ''];
  const from = new RangeReader(match[1]!, session).read('current');
  const to = new RangeReader(match[2]!, session).read('current');
  if (from.rest !== '' || to.rest !== '') throw new RangeError('Error in range specification');
  const rows = yield* chosen(session, from, qualifiers.has('QUERY'));
  const named = match[2]!.trim() !== '' && to.buffer !== session.current && /^\s*(?:=|BUF)/i.test(match[2]!) && /^\s*(?:=\s*|BUF[A-Z]*\s+)[\w$]+\s*$/i.test(match[2]!);
  let target = named ? 0 : to.rows[0] ?? to.buffer.lines.length;
  const texts = rows.map((row) => from.buffer.textAt(row));
  if (isMove) {
    removeRows(from.buffer, rows);
    if (from.buffer === to.buffer) target -= rows.filter((row) => row < target).length;
  }
  const times = Number(qualifiers.get('DUPLICATE') ?? 1) || 1;
  to.buffer.insert(target, Array.from({ length: isMove ? 1 : times }, () => texts).flat());
  session.current = to.buffer;
  session.current.row = target;
  yield* session.say(`${plural(texts.length, 'line')} ${isMove ? 'moved' : `copied${times > 1 ? ` ${times} times` : ''}`}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** SUBSTITUTE/old/new/[range], SUBSTITUTE NEXT/old/new/ */
function* substitute(session: EdtSession, text: string): Flow<void> {
  const next = /^\s*(?:N(?:E(?:X(?:T)?)?)?)(?=[^A-Za-z]|$)/i.exec(text);
  const strings = next ? text.slice(next[0].length) : text;
  const delimiter = strings.trimStart()[0];
  if (delimiter === undefined) {
    if (!session.substitution) throw new RangeError('String was not found');
    return yield* substituteNext(session);
  }
  if (/[A-Za-z0-9]/.test(delimiter)) throw new RangeError('Invalid string delimiter');
  const parts = strings.trimStart().slice(1).split(delimiter);
  if (parts.length < 2) throw new RangeError('Invalid string delimiter');
  session.substitution = [parts[0]!, parts[1]!];
  if (next) return yield* substituteNext(session);
  const { text: plain, qualifiers } = takeQualifiers(parts.slice(2).join(delimiter).replace(/^\s*\//, '/'));
  const range = new RangeReader(plain, session).read('current');
  if (range.rest !== '') throw new RangeError('Error in range specification');
  const pattern = new RegExp(escaped(parts[0]!), session.exact ? 'g' : 'gi');
  let count = 0;
  let all = !qualifiers.has('QUERY');
  for (const row of range.rows) {
    const line = range.buffer.lines[row];
    if (!line || !line.text.match(pattern)) continue;
    if (!all) {
      const answer = yield* ask(session, range, row);
      if (answer === 'quit') break;
      if (answer === 'no') continue;
      all = answer === 'all';
    }
    count += line.text.match(pattern)!.length;
    line.text = line.text.replace(pattern, () => parts[1]!);
    range.buffer.changed = true;
    range.buffer.row = row;
    if (!qualifiers.has('NOTYPE')) yield* session.show(range.buffer, row);
  }
  session.current = range.buffer;
  yield* session.say(count === 0 ? 'No substitutions' : plural(count, 'substitution'));
}

function* substituteNext(session: EdtSession): Flow<void> {
  const [from, to] = session.substitution ?? ['', ''];
  const { current } = session;
  const pattern = new RegExp(escaped(from), session.exact ? '' : 'i');
  for (let row = current.row; row < current.lines.length; row += 1) {
    const line = current.lines[row]!;
    const start = row === current.row ? current.column : 0;
    const found = pattern.exec(line.text.slice(start));
    if (!found) continue;
    line.text = line.text.slice(0, start + found.index) + to + line.text.slice(start + found.index + found[0].length);
    [current.row, current.column, current.changed] = [row, start + found.index + to.length, true];
    return yield* session.show(current, row);
  }
  throw new RangeError('String was not found');
}

/** INCLUDE file [range], WRITE file [range] */
function splitFile(text: string): readonly [spec: string, range: string] {
  const match = /^\s*(\S+)\s*(.*)$/.exec(text);
  return [match?.[1]?.toUpperCase() ?? '', match?.[2] ?? ''];
}

function* include(session: EdtSession, text: string): Flow<void> {
  const [spec, where] = splitFile(text);
  if (spec === '') throw new RangeError('File specification required');
  const lines = yield* session.readFile(spec);
  if (typeof lines === 'number') return;
  const range = new RangeReader(where, session).read('current');
  const isWhole = /^\s*=/.test(where) && range.buffer !== session.current;
  const at = isWhole ? 0 : range.rows[0] ?? range.buffer.lines.length;
  range.buffer.insert(at, lines);
  session.current = range.buffer;
  session.current.row = at + lines.length;
}

function* write(session: EdtSession, text: string): Flow<void> {
  const { text: plain } = takeQualifiers(text);
  const [spec, where] = splitFile(plain);
  if (spec === '') throw new RangeError('File specification required');
  const range = new RangeReader(where, session).read('whole');
  yield* session.writeFile(spec, range.rows.filter((row) => row < range.buffer.lines.length).map((row) => range.buffer.textAt(row)));
}

function* resequence(session: EdtSession, text: string): Flow<void> {
  const { text: plain } = takeQualifiers(text);
  const range = new RangeReader(plain, session).read('whole');
  const [first = 0] = range.rows;
  range.buffer.resequence(first, range.rows.length, 100_000 * (first === 0 ? 1 : Math.floor(range.buffer.lines[first - 1]!.number / 100_000) + 1), 100_000);
  yield* session.say(`${plural(range.rows.length, 'line')} resequenced`);
}

/** FILL [range]: words of the lines, as many on each as the width holds. */
export function filled(texts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const flush = (): void => {
    if (line !== '') lines.push(line);
    line = '';
  };
  for (const text of texts) {
    if (text.trim() === '') {
      flush();
      lines.push('');
    }
    for (const word of text.split(/\s+/).filter((one) => one !== '')) {
      if (line !== '' && line.length + 1 + word.length > width) flush();
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  flush();
  return lines;
}

/** EXIT [file][/SAVE], QUIT[/SAVE] */
function* leave(session: EdtSession, name: 'EXIT' | 'QUIT', text: string): Flow<Outcome> {
  const { text: plain, qualifiers } = takeQualifiers(text);
  const done: Outcome = qualifiers.has('SAVE') ? 'keep' : name === 'EXIT' ? 'exit' : 'quit';
  if (name === 'QUIT') return done;
  const spec = plain.trim().toUpperCase();
  if (spec === '' && session.isReadOnly) return 'quit';
  const status = yield* session.writeFile(spec === '' ? session.outputSpec : spec, session.buffer('MAIN').lines.map((line) => line.text));
  return status & 1 ? done : 'next';
}

const HELP_LINES = [
  'CHANGE   CLEAR   COPY   DELETE   EXIT   FILL   FIND   INCLUDE   INSERT   MOVE   PRINT', 'QUIT   REPLACE   RESEQUENCE   SET   SHOW   SUBSTITUTE   SUBSTITUTE NEXT   TYPE   WRITE', '',
  'Ranges: . n \'string\' -\'string\' BEGIN END BEFORE REST WHOLE SELECT =buffer, n:m, n#count, n,m, ALL \'string\', + and -',
  'RETURN shows the next line. C goes to change mode, CTRL/Z comes back from it.',
];

/** Does a command. What is wrong with it is said, and is no end of the session. */
export function* execute(session: EdtSession, line: string): Flow<Outcome> {
  try {
    return yield* obey(session, line.replace(/\s+!.*$|^!.*$/, ''));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    yield* session.say(error.message);
    return 'next';
  }
}

function* obey(session: EdtSession, line: string): Flow<Outcome> {
  if (line.trim() === '') {
    const { current } = session;
    if (current.row < current.lines.length) current.row += 1;
    current.column = 0;
    yield* session.show(current, current.row);
    return 'next';
  }
  const command = parse(line);
  if (!command) {
    const word = /^\s*([A-Za-z]+)/.exec(line);
    if (word && session.macros.has(word[1]!.toUpperCase())) {
      session.input.addCommands(session.buffer(word[1]!.toUpperCase()).lines.map(({ text }) => text));
      return 'next';
    }
    if (word && !RANGE_WORD.test(word[1]!)) throw new RangeError('Unrecognized command');
    yield* type(session, line);
    return 'next';
  }
  const { name, text } = command;
  switch (name) {
    case 'CHANGE': {
      const range = new RangeReader(text.replace(/;.*$/, ''), session).read('current');
      session.current = range.buffer;
      session.current.row = range.rows[0] ?? session.current.row;
      return 'change';
    }
    case 'CLEAR': {
      const buffer = session.buffer(text.trim().replace(/^=/, '').toUpperCase());
      buffer.remove(0, buffer.lines.length);
      buffer.keepInside();
      return 'next';
    }
    case 'COPY': yield* transfer(session, text, false); return 'next';
    case 'MOVE': yield* transfer(session, text, true); return 'next';
    case 'DEFINE': yield* define(session, text); return 'next';
    case 'DELETE': yield* remove(session, text); return 'next';
    case 'EXIT': case 'QUIT': return yield* leave(session, name, text);
    case 'FILL': {
      const range = new RangeReader(text, session).read('current');
      const texts = removeRows(range.buffer, range.rows.filter((row) => row < range.buffer.lines.length));
      const lines = filled(texts, session.settings.wrap || session.settings.screen);
      range.buffer.insert(range.rows[0] ?? 0, lines);
      yield* session.say(`${plural(lines.length, 'line')} filled`);
      return 'next';
    }
    case 'FIND': {
      const range = new RangeReader(text, session).read('current');
      session.current = range.buffer;
      session.current.row = range.rows[0] ?? session.current.row;
      session.current.column = 0;
      return 'next';
    }
    case 'HELP': {
      for (const each of HELP_LINES) yield* session.say(each);
      return 'next';
    }
    case 'INCLUDE': yield* include(session, text); return 'next';
    case 'INSERT': yield* insert(session, text, false); return 'next';
    case 'REPLACE': yield* insert(session, text, true); return 'next';
    case 'NEXT': yield* substitute(session, `NEXT${text}`); return 'next';
    case 'PRINT': case 'WRITE': yield* write(session, text); return 'next';
    case 'RESEQUENCE': yield* resequence(session, text); return 'next';
    case 'SET': {
      yield* setCommand(session, text);
      return 'next';
    }
    case 'SHOW': yield* showCommand(session, text); return 'next';
    case 'SUBSTITUTE': yield* substitute(session, text); return 'next';
    case 'TAB': throw new RangeError('TAB ADJUST is not available');
    case 'TYPE': {
      const { text: plain, qualifiers } = takeQualifiers(text);
      const brief = qualifiers.get('BRIEF');
      yield* type(session, plain, { stay: qualifiers.has('STAY'), brief: brief === undefined ? undefined : Number(brief) || 10 });
      return 'next';
    }
  }
}

/** DEFINE KEY key AS "definition", DEFINE MACRO name */
function* define(session: EdtSession, text: string): Flow<void> {
  const key = /^\s*K(?:EY)?\s+(.+?)\s+AS\s+(['"])(.*)\2\s*$/i.exec(text);
  const macro = /^\s*M(?:ACRO)?\s+([\w$]+)\s*$/i.exec(text);
  if (key) session.keys.set(key[1]!.toUpperCase().replace(/\s+/g, ' '), key[3]!);
  else if (macro) {
    session.macros.add(macro[1]!.toUpperCase());
    session.buffer(macro[1]!.toUpperCase());
  } else yield* session.say('Error in command');
}
