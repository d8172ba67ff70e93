import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { bytesToText } from '../executive/structures/memory.js';
import { formQualifier, sectionLines, type Shown, type Side } from './difference-forms.js';
import { findSections, type Section } from './difference-sections.js';
import { findFiles } from './file-search.js';
import { isFailure, readRecords, reason } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { openOutput } from './output.js';
import { fieldsOf } from './output-name.js';

/** DIFF.EXE: DIFFERENCES. @source DCL Dictionary; dcl-output-formats.md; sums and context as in listings of running systems */
const DIFF = 108;

interface Choices extends Shown {
  readonly ignore: readonly string[];
  readonly header: number;
  readonly delimiters: readonly string[];
  readonly match: number;
  readonly maximum: number;
  readonly window: number;
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
    window: yield* number('WINDOW', Infinity), parallel: (yield* cliIsPresent(p, 'PARALLEL')) ? yield* number('PARALLEL', 0) : undefined, isSlp: yield* cliIsPresent(p, 'SLP'),
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
  const output = yield* openOutput(p, DIFF, outputSpec);
  if (typeof output === 'number') return output;
  const counting = [countingLines(first, wanted), countingLines(second, wanted)] as const;
  const numbers = [counting[0].map(({ number }) => number), counting[1].map(({ number }) => number)] as const;
  const all = findSections(counting[0].map(({ text }) => text), counting[1].map(({ text }) => text), wanted.match, wanted.window);
  const records = (list: readonly Section[]): number => list.reduce((sum, { firstCount, secondCount }) => sum + Math.max(firstCount, secondCount), 0);
  const sections: Section[] = [];
  for (const section of all) if (records(sections) < wanted.maximum) sections.push(section);
  const lines = sectionLines(sections, [first, second], numbers, wanted);
  if (!wanted.isSlp) {
    lines.push(
      ...(lines.length > 0 ? [''] : []), `Number of difference sections found: ${sections.length}`, `Number of difference records found: ${records(sections)}`, '',
      `DIFFERENCES /IGNORE=(${wanted.ignore.join(',')})${formQualifier(wanted)}${outputSpec === undefined ? '' : `/OUTPUT=${output.spec}`}-`, `    ${first.spec}-`, `    ${second.spec}`,
    );
  }
  for (const line of lines) yield* output.line(line);
  yield* output.close();
  if (sections.length < all.length) return yield* report(p, { code: messageCode('DIFF$_MAXDIF'), args: [wanted.maximum] });
  return messageCode(sections.length === 0 ? 'DIFF$_SAMDIF' : 'DIFF$_FILAREDIF');
});

export const DIFFERENCES_IMAGE: ResidentImage = { name: 'DIFF', transfer: 'DIFF$MAIN', routines: [main] };
