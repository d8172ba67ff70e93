import type { Section } from './difference-sections.js';

/** How DIFFERENCES shows what differs. @source DCL Dictionary; dcl-output-formats.md; choice: columns of /PARALLEL */
export interface Side {
  readonly spec: string;
  readonly lines: readonly string[];
}

/** Numbers of the lines that count, of each file. */
export type LineNumbers = readonly [readonly number[], readonly number[]];
export type Sides = readonly [Side, Side];

/** What the forms need to know. */
export interface Shown {
  readonly merged: number;
  readonly parallel: number | undefined;
  readonly separated: readonly string[] | undefined;
  readonly changeBar: string | undefined;
  readonly isSlp: boolean;
  readonly numbers: boolean;
  readonly mode: string;
  readonly width: number;
}

function shownLine(number: number, line: string, { numbers, mode, width }: Shown): string {
  const radix = mode === 'HEXADECIMAL' ? 16 : mode === 'OCTAL' ? 8 : 0;
  const text = radix === 0 ? line : [...line].map((character) => character.charCodeAt(0).toString(radix).toUpperCase().padStart(radix === 16 ? 2 : 3, '0')).join(' ');
  return `${numbers ? `${String(number).padStart(5)}   ` : ''}${text}`.slice(0, width);
}

/** One section as /MERGED shows it, with lines that match behind it. */
function mergedSection(section: Section, sides: Sides, numbers: LineNumbers, wanted: Shown): string[] {
  const part = (index: 0 | 1, from: number, count: number): string[] => {
    const shown = numbers[index].slice(from, from + count + wanted.merged);
    return [`File ${sides[index].spec}`, ...shown.map((number) => shownLine(number, sides[index].lines[number - 1]!, wanted))];
  };
  return ['************', ...part(0, section.first, section.firstCount), '******', ...part(1, section.second, section.secondCount), '************'];
}

/** /SEPARATED: the lines of one file alone. */
function separatedSection(section: Section, index: 0 | 1, side: Side, numbers: readonly number[], wanted: Shown): string[] {
  const [from, count] = index === 0 ? [section.first, section.firstCount] : [section.second, section.secondCount];
  return numbers.slice(from, from + count).map((number) => shownLine(number, side.lines[number - 1]!, wanted));
}

/** /CHANGE_BAR: the second file with a mark before lines that are new. */
function barredLines(sections: readonly Section[], side: Side, numbers: readonly number[], wanted: Shown): string[] {
  const changed = new Set(sections.flatMap(({ second, secondCount }) => numbers.slice(second, second + secondCount)));
  return side.lines.map((line, index) => `${changed.has(index + 1) ? wanted.changeBar! : ' '} ${shownLine(index + 1, line, wanted)}`);
}

/** Width of a /PARALLEL listing to a device without one. */
const PARALLEL_WIDTH = 132;

/** /PARALLEL: a section side by side, the first file on the left, with lines that match behind it. */
function parallelSection(section: Section, sides: Sides, numbers: LineNumbers, wanted: Shown): string[] {
  const width = Math.min(wanted.width, PARALLEL_WIDTH);
  const half = Math.floor((width - 3) / 2);
  const rule = '-'.repeat(2 * half + 3);
  const column = (index: 0 | 1, from: number, count: number): string[] => {
    const shown = numbers[index].slice(from, from + count + wanted.parallel!);
    return [`File ${sides[index].spec}`, ...shown.map((number) => shownLine(number, sides[index].lines[number - 1]!, wanted))].map((line) => line.slice(0, half));
  };
  const [left, right] = [column(0, section.first, section.firstCount), column(1, section.second, section.secondCount)];
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_unused, row) => `${(left[row] ?? '').padEnd(half)} | ${right[row] ?? ''}`.trimEnd());
  return [rule, rows[0]!, rule, ...rows.slice(1), rule];
}

/** /SLP: what makes the first file the second, for EDIT/SUM: a locator `-from,to` of lines to be replaced, new lines, a slash at the end. */
function slpLines(sections: readonly Section[], sides: Sides, numbers: LineNumbers): string[] {
  if (sections.length === 0) return [];
  const lines = sections.flatMap(({ first, firstCount, second, secondCount }) => {
    const from = firstCount === 0 ? numbers[0][first - 1] ?? 0 : numbers[0][first]!;
    const locator = firstCount === 0 ? `-${from}` : `-${from},${numbers[0][first + firstCount - 1]!}`;
    // Lines that begin with a character of SLP's own are marked.
    return [locator, ...numbers[1].slice(second, second + secondCount).map((number) => sides[1].lines[number - 1]!).map((line) => (/^[-@/<%\\]/.test(line) ? `<${line}` : line))];
  });
  return [...lines, '/'];
}

/** The lines that show the sections. */
export function sectionLines(sections: readonly Section[], sides: Sides, numbers: LineNumbers, wanted: Shown): string[] {
  if (wanted.isSlp) return slpLines(sections, sides, numbers);
  if (wanted.changeBar !== undefined) return barredLines(sections, sides[1], numbers[1], wanted);
  if (wanted.parallel !== undefined) return sections.flatMap((section) => parallelSection(section, sides, numbers, wanted));
  if (wanted.separated === undefined) return sections.flatMap((section) => mergedSection(section, sides, numbers, wanted));
  const parts = wanted.separated.length === 0 ? ['MASTER', 'REVISION'] : wanted.separated;
  return ([[0, 'MASTER'], [1, 'REVISION']] as const).filter(([, name]) => parts.includes(name))
    .flatMap(([index]) => [`File ${sides[index].spec}`, ...sections.flatMap((section) => separatedSection(section, index, sides[index], numbers[index], wanted)), '************']);
}

/** The qualifier of the form, as the last lines tell it. */
export function formQualifier(wanted: Shown): string {
  if (wanted.changeBar !== undefined) return '/CHANGE_BAR';
  if (wanted.parallel !== undefined) return `/PARALLEL=${wanted.parallel}`;
  return wanted.separated !== undefined ? '/SEPARATED' : `/MERGED=${wanted.merged}`;
}
