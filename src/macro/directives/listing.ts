import type { Cursor } from '../cursor.js';
import type { Directive } from './index.js';

/** Module name and version, listing control, and messages the source generates itself. */

const nothing: Directive = () => {};

function show(on: boolean): Directive {
  return (assembly, cursor) => {
    if (/\b(EXPANSIONS|ME|BINARY|MEB)\b/i.test(cursor.rest())) assembly.listing.showExpansions = on;
  };
}

/** Text between quotes, or what is there. */
function text(cursor: Cursor): string {
  const rest = cursor.text.slice(cursor.at).trim();
  const quoted = /^(["'])(.*?)\1/.exec(rest);
  return quoted?.[2] ?? rest.replace(/;.*/, '').trim();
}

/** .PRINT, .WARN, .ERROR [expression] ;comment */
function generated(ident: 'GENPRINT' | 'GENWRN' | 'GENERR'): Directive {
  return (assembly, cursor) => {
    const comment = cursor.text.indexOf(';', cursor.at);
    const value = cursor.atEnd() ? '' : `${assembly.absolute(cursor)} `;
    assembly.report(ident, `${value}${comment < 0 ? '' : cursor.text.slice(comment + 1).trim()}`);
  };
}

export const listingDirectives: Record<string, Directive> = {
  '.TITLE': (assembly, cursor) => {
    cursor.skip();
    const name = cursor.symbol();
    if (name !== '') assembly.title = name.slice(0, 31);
    assembly.titleText = cursor.text.slice(cursor.at).trim();
  },
  '.IDENT': (assembly, cursor) => {
    const rest = cursor.text.slice(cursor.at).trim();
    const end = rest.indexOf(rest[0] ?? '', 1);
    assembly.ident = end > 0 && !/[A-Za-z0-9]/.test(rest[0]!) ? rest.slice(1, end) : text(cursor);
  },
  '.SBTTL': nothing, '.SUBTITLE': nothing, '.PAGE': nothing,
  '.LIST': show(true), '.SHOW': show(true), '.NLIST': show(false), '.NOSHOW': show(false),
  '.CROSS': nothing, '.NOCROSS': nothing, '.DEBUG': nothing,
  '.PRINT': generated('GENPRINT'), '.WARN': generated('GENWRN'), '.ERROR': generated('GENERR'),
};
