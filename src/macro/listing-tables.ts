import type { Assembly } from './assembly.js';
import { alignmentKeyword, attributeKeywords, type Psect } from './psect.js';
import type { MacroSymbol } from './symbols.js';
import { simplify } from './value.js';

/** What follows the source in a listing: the symbol table and the program sections. */
export function renderTables(assembly: Assembly): string {
  const symbols = [...assembly.symbols.values()].filter((symbol) => symbol.isReferenced || !symbol.isSupplied)
    .sort((a, b) => a.name < b.name ? -1 : 1);
  return ['', 'Symbol table', '', ...symbols.map(symbolLine), '', 'Psect synopsis', '', ...assembly.psects.map(psectLine)].join('\n') + '\n';
}

/** `=` an assigned value, R relocatable, G global, X defined elsewhere; last the number of the section. */
function symbolLine(symbol: MacroSymbol): string {
  const value = symbol.value === undefined ? undefined : simplify(symbol.value);
  const marks = symbol.isGlobal ? 'G' : ' ';
  const name = symbol.name.padEnd(32);
  if (value === undefined) return `${name}  ******** X${marks}`.trimEnd();
  if (typeof value === 'number') return `${name}${symbol.isLabel ? '  ' : '= '}${hex8(value)}  ${marks}`.trimEnd();
  if (value.kind === 'psect') return `${name}${symbol.isLabel ? '  ' : '= '}${hex8(value.offset)} R${marks} ${hex2(value.psect.index)}`;
  return `${name}= ******** X${marks}`.trimEnd();
}

function psectLine(psect: Psect): string {
  return `${psect.name.padEnd(32)}${hex8(psect.size)} (${String(psect.size).padStart(8)}.)  ${hex2(psect.index)} (${String(psect.index).padStart(3)}.)  `
    + [...attributeKeywords(psect.attributes), alignmentKeyword(psect.alignment)].join(' ');
}

function hex8(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

function hex2(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
