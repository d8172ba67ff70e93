/**
 * A linker options file: settings and further input files. Lines may be continued with a hyphen; `!` begins a comment.
 * Options that only concern clusters and psect attributes are accepted and have no effect.
 * @source VAX/VMS Linker manual, "Options files"
 */
export interface LinkOptionsFile {
  readonly files: readonly string[];
  readonly symbols: ReadonlyMap<string, number>;
  readonly settings: { stackPages?: number; imageIoPages?: number; noP0Buffers?: boolean; base?: number; name?: string; imageIdent?: string; match?: GsMatch; protect?: boolean };
  /** UNIVERSAL=: names that a shareable image gives to others. */
  readonly universals: readonly string[];
}

/** GSMATCH=: match control (IHD$V_MATCHCTL) and identification of a shareable image. */
export interface GsMatch {
  readonly control: number;
  readonly ident: number;
}

/** ISD$K_MATALL, MATEQU, MATLEQ, MATNEV. */
const MATCH_CONTROLS: ReadonlyMap<string, number> = new Map([['ALWAYS', 0], ['EQUAL', 1], ['LEQUAL', 2], ['NEVER', 3]]);

/** keyword,major,minor; undefined when it is wrong. */
function gsMatch(value: string): GsMatch | undefined {
  const [keyword = '', major = '0', minor = '0'] = value.split(',').map((part) => part.trim().toUpperCase());
  const found = keyword === '' ? [] : [...MATCH_CONTROLS].filter(([name]) => name.startsWith(keyword));
  if (found.length !== 1 || !isIn(number(major), 0xff) || !isIn(number(minor), 0xffffff)) return undefined;
  return { control: found[0]![1], ident: ((number(major) << 24) | number(minor)) >>> 0 };
}

const WITHOUT_EFFECT = new Set([
  'CLUSTER', 'COLLECT', 'DZRO_MIN', 'ISD_MAX', 'PSECT_ATTR', 'SYS_STB', 'CASE_SENSITIVE',
]);

/** @returns the options, or the line that is wrong */
export function parseLinkOptions(text: string): LinkOptionsFile | string {
  const files: string[] = [];
  const symbols = new Map<string, number>();
  const universals: string[] = [];
  const settings: LinkOptionsFile['settings'] = {};
  const statements = text.replace(/![^\n]*/g, '').replace(/-[ \t]*\r?\n/g, '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
  for (const statement of statements) {
    const option = /^([A-Za-z_]+)\s*=\s*(.*)$/.exec(statement);
    if (option === null) {
      for (const file of statement.split(/,(?![^(]*\))/)) files.push(file.trim());
      continue;
    }
    const name = option[1]!.toUpperCase();
    const value = option[2]!;
    if (name === 'STACK') settings.stackPages = number(value);
    else if (name === 'IOSEGMENT') {
      const [pages = '', buffers = 'P0BUFS'] = value.split(',').map((part) => part.trim().toUpperCase());
      if (buffers !== 'P0BUFS' && buffers !== 'NOP0BUFS') return statement;
      settings.imageIoPages = number(pages);
      settings.noP0Buffers = buffers === 'NOP0BUFS';
    } else if (name === 'BASE') settings.base = number(value);
    else if (name === 'NAME') settings.name = value.toUpperCase();
    else if (name.startsWith('IDENT')) settings.imageIdent = value.replace(/^"(.*)"$/, '$1');
    else if (name === 'UNIVERSAL') universals.push(...value.split(',').map((part) => part.trim().toUpperCase()));
    else if (name === 'PROTECT') settings.protect = /^Y/i.test(value);
    else if (name === 'GSMATCH') {
      const match = gsMatch(value);
      if (match === undefined) return statement;
      settings.match = match;
    } else if (name === 'SYMBOL') {
      const [symbol = '', symbolValue = ''] = value.split(',').map((part) => part.trim());
      if (symbol === '' || Number.isNaN(number(symbolValue))) return statement;
      symbols.set(symbol.toUpperCase(), number(symbolValue));
    } else if (!WITHOUT_EFFECT.has(name)) return statement;
    if (!isIn(settings.stackPages, MOST_STACK_PAGES) || !isIn(settings.imageIoPages, MOST_STACK_PAGES) || !isIn(settings.base, HIGHEST_BASE)) return statement;
  }
  return { files, symbols, settings, universals };
}

const MOST_STACK_PAGES = 0xffff;
const HIGHEST_BASE = 0x3fff0000;

function isIn(value: number | undefined, most: number): boolean {
  return value === undefined || (value >= 0 && value <= most);
}

/** Decimal, or %X, %O, %D. */
function number(text: string): number {
  const match = /^(?:%([XOD]))?([0-9A-F]+)$/i.exec(text.trim());
  if (match === null) return NaN;
  const radix = { X: 16, O: 8, D: 10 }[(match[1] ?? 'D').toUpperCase()]!;
  return parseInt(match[2]!, radix);
}
