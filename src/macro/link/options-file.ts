/**
 * A linker options file: settings and further input files. Lines may be continued with a hyphen; `!` begins a comment.
 * Options that only concern shareable images, clusters and psect attributes are accepted and have no effect, and so
 * are files marked /SHAREABLE: what they would define, the system symbols answer for, or LINK reports as undefined.
 * @source VAX/VMS Linker manual, "Options files"
 */
export interface LinkOptionsFile {
  readonly files: readonly string[];
  readonly symbols: ReadonlyMap<string, number>;
  readonly settings: { stackPages?: number; base?: number; name?: string; imageIdent?: string };
}

const WITHOUT_EFFECT = new Set([
  'CLUSTER', 'COLLECT', 'DZRO_MIN', 'GSMATCH', 'IOSEGMENT', 'ISD_MAX', 'PROTECT', 'PSECT_ATTR', 'SYS_STB', 'UNIVERSAL', 'CASE_SENSITIVE',
]);

/** @returns the options, or the line that is wrong */
export function parseLinkOptions(text: string): LinkOptionsFile | string {
  const files: string[] = [];
  const symbols = new Map<string, number>();
  const settings: LinkOptionsFile['settings'] = {};
  const statements = text.replace(/![^\n]*/g, '').replace(/-[ \t]*\r?\n/g, '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
  for (const statement of statements) {
    const option = /^([A-Za-z_]+)\s*=\s*(.*)$/.exec(statement);
    if (option === null) {
      for (const file of statement.split(/,(?![^(]*\))/)) if (!/\/SHA/i.test(file)) files.push(file.trim());
      continue;
    }
    const name = option[1]!.toUpperCase();
    const value = option[2]!;
    if (name === 'STACK') settings.stackPages = number(value);
    else if (name === 'BASE') settings.base = number(value);
    else if (name === 'NAME') settings.name = value.toUpperCase();
    else if (name.startsWith('IDENT')) settings.imageIdent = value.replace(/^"(.*)"$/, '$1');
    else if (name === 'SYMBOL') {
      const [symbol = '', symbolValue = ''] = value.split(',').map((part) => part.trim());
      if (symbol === '' || Number.isNaN(number(symbolValue))) return statement;
      symbols.set(symbol.toUpperCase(), number(symbolValue));
    } else if (!WITHOUT_EFFECT.has(name)) return statement;
    if (!isIn(settings.stackPages, MOST_STACK_PAGES) || !isIn(settings.base, HIGHEST_BASE)) return statement;
  }
  return { files, symbols, settings };
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
