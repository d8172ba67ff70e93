import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { bytesToText } from '../executive/structures/memory.js';
import { findSections, type Section } from './difference-sections.js';
import { findFiles } from './file-search.js';
import { isFailure, readRecords, reason } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { Output } from './output.js';
import { fieldsOf } from './output-name.js';

/** DIFF.EXE: DIFFERENCES. @source DCL Dictionary; dcl-output-formats.md; sums and context as in listings of running systems */
const DIFF = 108;

interface Side {
  readonly spec: string;
  readonly lines: readonly string[];
}

interface Choices {
  readonly ignore: readonly string[];
  readonly header: number;
  readonly delimiters: readonly string[];
  readonly match: number;
  readonly maximum: number;
  readonly merged: number;
  readonly separated: readonly string[] | undefined;
  readonly changeBar: string | undefined;
  readonly numbers: boolean;
  readonly mode: string;
  readonly width: number;
}

function* choices(p: Procedure): Flow<Choices> {
  const number = function* (name: string, otherwise: number): Flow<number> {
    const value = yield* cliGetValue(p, name);
    return value === undefined ? otherwise : Number(value);
  };
  const ignore = yield* cliGetValues(p, 'IGNORE');
  const delimiters = (yield* cliGetValues(p, 'COMMENT_DELIMITER')).map((text) => DELIMITERS[text.toUpperCase()] ?? text);
  const separated = (yield* cliIsPresent(p, 'SEPARATED')) ? yield* cliGetValues(p, 'SEPARATED') : undefined;
  const bars = (yield* cliIsPresent(p, 'CHANGE_BAR')) ? yield* cliGetValues(p, 'CHANGE_BAR') : undefined;
  return {
    ignore, header: ignore.includes('HEADER') ? yield* number('IGNORE.HEADER', 1) : 0, delimiters: delimiters.length > 0 ? delimiters : ['!', ';'],
    match: Math.max(1, yield* number('MATCH', 3)), maximum: yield* number('MAXIMUM_DIFFERENCES', Infinity), merged: yield* number('MERGED', 1), separated,
    changeBar: bars === undefined ? undefined : bars.find((text) => !/^(NO)?NUM/i.test(text)) ?? '!',
    numbers: yield* cliIsPresent(p, 'NUMBER'), mode: (yield* cliGetValue(p, 'MODE')) ?? 'ASCII', width: yield* number('WIDTH', Infinity),
  };
}

const DELIMITERS: Readonly<Record<string, string>> = { COLON: ':', COMMA: ',', EXCLAMATION: '!', SEMICOLON: ';', SLASH: '/', SPACE: ' ', TAB: '\t' };

/** A line as it is compared; undefined when it counts for nothing. */
function comparable(line: string, { ignore, delimiters }: Choices): string | undefined {
  let text = line;
  if (ignore.includes('COMMENTS')) {
    const cut = Math.min(...delimiters.map((delimiter) => text.indexOf(delimiter)).filter((at) => at >= 0));
    if (cut < Infinity) text = text.slice(0, cut);
  }
  if (ignore.includes('FORM_FEEDS')) text = text.replaceAll('\f', '');
  if (ignore.includes('SPACING')) text = text.replace(/[ \t]+/g, ' ');
  if (ignore.includes('TRAILING_SPACES')) text = text.replace(/[ \t]+$/, '');
  const emptied = text.trim() === '' && (ignore.includes('BLANK_LINES') || (ignore.includes('COMMENTS') && line.trim() !== ''));
  return emptied ? undefined : text;
}

/** Lines that count, with their numbers. */
function countingLines(side: Side, wanted: Choices): { readonly number: number; readonly text: string }[] {
  return side.lines.flatMap((line, index) => {
    if (wanted.header > 0 && index < wanted.header) return [];
    const text = comparable(line, wanted);
    return text === undefined ? [] : [{ number: index + 1, text }];
  });
}

function shownLine(number: number, line: string, { numbers, mode, width }: Choices): string {
  const radix = mode === 'HEXADECIMAL' ? 16 : mode === 'OCTAL' ? 8 : 0;
  const text = radix === 0 ? line : [...line].map((character) => character.charCodeAt(0).toString(radix).toUpperCase().padStart(radix === 16 ? 2 : 3, '0')).join(' ');
  return `${numbers ? `${String(number).padStart(5)}   ` : ''}${text}`.slice(0, width);
}

/** One section as /MERGED shows it, with lines that match behind it. */
function mergedSection(section: Section, sides: readonly [Side, Side], numbers: readonly [readonly number[], readonly number[]], wanted: Choices): string[] {
  const part = (index: 0 | 1, from: number, count: number): string[] => {
    const shown = numbers[index].slice(from, from + count + wanted.merged);
    return [`File ${sides[index].spec}`, ...shown.map((number) => shownLine(number, sides[index].lines[number - 1]!, wanted))];
  };
  return ['************', ...part(0, section.first, section.firstCount), '******', ...part(1, section.second, section.secondCount), '************'];
}

/** /SEPARATED: the lines of one file alone. */
function separatedSection(section: Section, index: 0 | 1, side: Side, numbers: readonly number[], wanted: Choices): string[] {
  const [from, count] = index === 0 ? [section.first, section.firstCount] : [section.second, section.secondCount];
  return numbers.slice(from, from + count).map((number) => shownLine(number, side.lines[number - 1]!, wanted));
}

/** /CHANGE_BAR: the second file with a mark before lines that are new. */
function barredLines(sections: readonly Section[], side: Side, numbers: readonly number[], wanted: Choices): string[] {
  const changed = new Set(sections.flatMap(({ second, secondCount }) => numbers.slice(second, second + secondCount)));
  return side.lines.map((line, index) => `${changed.has(index + 1) ? wanted.changeBar! : ' '} ${shownLine(index + 1, line, wanted)}`);
}

function* readSide(p: Procedure, spec: string): Flow<Side | number> {
  const read = yield* readRecords(p, spec, { defaults: '.LIS' });
  if (isFailure(read)) return yield* report(p, { code: sharedCode(DIFF, 'openIn'), args: [read.spec] }, reason(read));
  return { spec: read.name, lines: read.records.map((record) => bytesToText(record)) };
}

/** The second file: the one given, its name and type from the first; else the version before the first. */
function* secondSide(p: Procedure, first: Side, typed: string | undefined): Flow<Side | number> {
  const { directory, name, type, version } = fieldsOf(first.spec);
  if (typed !== undefined) {
    const found = yield* findFiles(p, typed.toUpperCase(), `${name}${type}`);
    return yield* readSide(p, found.files[0]?.spec ?? typed.toUpperCase());
  }
  const { files } = yield* findFiles(p, `${directory}${name}${type};*`, '');
  const at = files.findIndex((file) => file.version === version);
  const older = files[at + 1];
  if (older) return yield* readSide(p, older.spec);
  return yield* readSide(p, `${directory}${name}${type};-1`);
}

const main = procedure('DIFF$MAIN', function* (p) {
  const wanted = yield* choices(p);
  const first = yield* readSide(p, ((yield* cliGetValue(p, 'INPUT1')) ?? '').toUpperCase());
  if (typeof first === 'number') return first;
  const second = yield* secondSide(p, first, yield* cliGetValue(p, 'INPUT2'));
  if (typeof second === 'number') return second;
  const outputSpec = (yield* cliIsPresent(p, 'OUTPUT')) ? (yield* cliGetValue(p, 'OUTPUT')) ?? `${fieldsOf(first.spec).name}.DIF` : undefined;
  const { output, status } = yield* Output.open(p, outputSpec ?? 'SYS$OUTPUT');
  if (!output) return status;
  const counting = [countingLines(first, wanted), countingLines(second, wanted)] as const;
  const numbers = [counting[0].map(({ number }) => number), counting[1].map(({ number }) => number)] as const;
  const all = findSections(counting[0].map(({ text }) => text), counting[1].map(({ text }) => text), wanted.match);
  const records = (list: readonly Section[]): number => list.reduce((sum, { firstCount, secondCount }) => sum + Math.max(firstCount, secondCount), 0);
  const sections: Section[] = [];
  for (const section of all) if (records(sections) < wanted.maximum) sections.push(section);
  const lines: string[] = [];
  if (wanted.changeBar !== undefined) lines.push(...barredLines(sections, second, numbers[1], wanted));
  else if (wanted.separated !== undefined) {
    const parts = wanted.separated.length === 0 ? ['MASTER', 'REVISION'] : wanted.separated;
    for (const [index, name, side] of [[0, 'MASTER', first], [1, 'REVISION', second]] as const) {
      if (parts.includes(name)) lines.push(`File ${side.spec}`, ...sections.flatMap((section) => separatedSection(section, index, side, numbers[index], wanted)), '************');
    }
  } else lines.push(...sections.flatMap((section) => mergedSection(section, [first, second], numbers, wanted)));
  if (lines.length > 0) lines.push('');
  const form = wanted.changeBar !== undefined ? '/CHANGE_BAR' : wanted.separated !== undefined ? '/SEPARATED' : `/MERGED=${wanted.merged}`;
  lines.push(
    `Number of difference sections found: ${sections.length}`, `Number of difference records found: ${records(sections)}`, '',
    `DIFFERENCES /IGNORE=(${wanted.ignore.join(',')})${form}${outputSpec === undefined ? '' : `/OUTPUT=${output.spec}`}-`, `    ${first.spec}-`, `    ${second.spec}`,
  );
  for (const line of lines) yield* output.line(line);
  yield* output.close();
  if (sections.length < all.length) return yield* report(p, { code: messageCode('DIFF$_MAXDIF'), args: [wanted.maximum] });
  return messageCode(sections.length === 0 ? 'DIFF$_SAMDIF' : 'DIFF$_FILAREDIF');
});

export const DIFFERENCES_IMAGE: ResidentImage = { name: 'DIFF', transfer: 'DIFF$MAIN', routines: [main] };
