import type { Assembly } from './assembly.js';
import { alignmentKeyword, attributeKeywords, type Psect } from './psect.js';
import type { MacroSymbol } from './symbols.js';
import { simplify } from './value.js';

/** What follows the source in a listing: the symbol table and the synopsis of the program sections. */
export function renderTables(assembly: Assembly, psects: readonly Psect[]): string {
  const symbols = [...assembly.symbols.values()].filter((symbol) => symbol.isReferenced || !symbol.isSupplied)
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const width = Math.max(15, ...symbols.map((symbol) => symbol.name.length));
  return [
    '', 'Symbol table', '', ...symbols.map((symbol) => symbolLine(symbol, width)),
    '', ...box('Psect synopsis'), '',
    'PSECT name                      Allocation          PSECT No.  Attributes',
    '----------                      ----------          ---------  ----------',
    ...psects.map(psectLine),
  ].join('\n') + '\n';
}

function box(title: string): string[] {
  const line = `+${'-'.repeat(title.length + 2)}+`;
  return [line, `! ${title} !`, line].map((text) => ' '.repeat(48) + text);
}

/** `=` an assigned value, W weak, R relocatable, G global, X defined elsewhere; last the number of the section. */
function symbolLine(symbol: MacroSymbol, width: number): string {
  const value = symbol.value === undefined ? undefined : simplify(symbol.value);
  const name = symbol.name.padEnd(width);
  const weak = symbol.isWeak ? 'W' : ' ';
  const global = symbol.isGlobal ? 'G' : ' ';
  const equals = symbol.isLabel || value === undefined ? ' ' : '=';
  if (value === undefined || (typeof value !== 'number' && value.kind !== 'psect')) return `${name}${equals} ********${weak} ${global}X`;
  if (typeof value === 'number') return `${name}${equals} ${hex(value, 8)}${weak} ${global}`.trimEnd();
  return `${name}${equals} ${hex(value.offset, 8)}${weak}R${global}    ${hex(value.psect.index, 2)}`;
}

const ATTRIBUTE_WIDTHS = [5, 5, 5, 5, 5, 5, 5, 4, 6, 5];

function psectLine(psect: Psect): string {
  const index = `${hex(psect.index, 2)} (${String(psect.index).padStart(3)}.)`;
  const attributes = attributeKeywords(psect.attributes).map((keyword, n) => keyword.padStart(ATTRIBUTE_WIDTHS[n]!)).join(' ');
  return `${psect.name.padEnd(32)}${hex(psect.size, 8)}  (${String(psect.size).padStart(5)}.)  ${index}  ${attributes} ${alignmentKeyword(psect.alignment)}`;
}

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(digits, '0');
}
