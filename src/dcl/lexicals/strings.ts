import { CLI$_INVRANGE, CLI$_IVKEYW, CLI$_STRTOOLNG } from '../condition-codes.js';
import { fail } from '../condition.js';
import { lowercase, outsideQuotes, trim, upcase, commentStart } from '../language/characters.js';
import { parseNumber } from '../language/value.js';
import { matchesWildcard } from '../language/wildcard.js';
import { parameters, truth, type Lexical } from './lexical.js';
import { isProcessContext } from './process-context.js';

/** String functions: no services, no waiting. @source dcl-lexicals.md */

const EDITS = ['COLLAPSE', 'COMPRESS', 'LOWERCASE', 'TRIM', 'UNCOMMENT', 'UPCASE'] as const;

/** F$EDIT: every edit leaves quoted parts alone; TRIM takes effect after UNCOMMENT whatever the order; UPCASE wins over LOWERCASE. */
export function editString(text: string, list: string): string {
  const edits = new Set(list.split(',').map((word) => {
    const name = word.trim().toUpperCase();
    return EDITS.find((edit) => edit === name) ?? fail(CLI$_IVKEYW, { token: name });
  }));
  let result = text;
  if (edits.has('UNCOMMENT')) result = result.slice(0, commentStart(result));
  if (edits.has('COLLAPSE')) result = outsideQuotes(result, (part) => part.replace(/[ \t]+/g, ''));
  else if (edits.has('COMPRESS')) result = outsideQuotes(result, (part) => part.replace(/[ \t]+/g, ' '));
  if (edits.has('TRIM')) result = trim(result);
  if (edits.has('UPCASE')) result = outsideQuotes(result, upcase);
  else if (edits.has('LOWERCASE')) result = outsideQuotes(result, lowercase);
  return result;
}

/** F$CVSI, F$CVUI: bits of a string, bit 0 the lowest of its first byte. */
function bitField(position: number, width: number, text: string): number {
  if (position < 0 || width < 0 || width > 32 || position + width > text.length * 8) fail(CLI$_INVRANGE);
  let value = 0;
  for (let bit = 0; bit < width; bit += 1) {
    const at = position + bit;
    if (((text.charCodeAt(at >> 3) >> (at & 7)) & 1) !== 0) value |= 1 << bit;
  }
  return value;
}

export const STRING_LEXICALS: readonly Lexical[] = [
  { name: 'F$LENGTH', parameters: parameters('string'), run: (_dcl, args) => args.text(0).length },
  {
    name: 'F$EXTRACT', parameters: parameters('integer', 'integer', 'string'),
    // A length of -1 takes the whole rest; a start outside the string gives nothing.
    run: (_dcl, args) => {
      const start = args.integer(0);
      const length = args.integer(1);
      const text = args.text(2);
      if (start < 0 || start >= text.length) return '';
      return length < 0 ? (length === -1 ? text.slice(start) : '') : text.slice(start, start + length);
    },
  },
  {
    name: 'F$LOCATE', parameters: parameters('string', 'string'),
    run: (_dcl, args) => {
      const at = args.text(1).indexOf(args.text(0));
      return at < 0 ? args.text(1).length : at;
    },
  },
  {
    name: 'F$ELEMENT', parameters: parameters('integer', 'string', 'string'),
    run: (_dcl, args) => {
      const delimiter = args.text(1);
      if (delimiter.length !== 1) fail(CLI$_STRTOOLNG);
      return args.text(2).split(delimiter)[args.integer(0)] ?? delimiter;
    },
  },
  { name: 'F$EDIT', parameters: parameters('string', 'string'), run: (_dcl, args) => editString(args.text(0), args.text(1)) },
  { name: 'F$INTEGER', parameters: parameters('integer'), run: (_dcl, args) => args.integer(0) },
  { name: 'F$STRING', parameters: parameters('string'), run: (_dcl, args) => args.text(0) },
  {
    name: 'F$TYPE', parameters: parameters('symbol'),
    run: (dcl, args) => {
      const value = dcl.symbol(args.text(0));
      if (isProcessContext(dcl, value)) return 'PROCESS_CONTEXT';
      return value === undefined ? '' : typeof value === 'number' || parseNumber(value) !== undefined ? 'INTEGER' : 'STRING';
    },
  },
  {
    name: 'F$CVSI', parameters: parameters('integer', 'integer', 'string'),
    run: (_dcl, args) => {
      const width = args.integer(1);
      const value = bitField(args.integer(0), width, args.text(2));
      return width === 0 || width === 32 ? value : (value << (32 - width)) >> (32 - width);
    },
  },
  { name: 'F$CVUI', parameters: parameters('integer', 'integer', 'string'), run: (_dcl, args) => bitField(args.integer(0), args.integer(1), args.text(2)) },
  { name: 'F$MATCH_WILD', parameters: parameters('string', 'string'), run: (_dcl, args) => truth(matchesWildcard(args.text(0), args.text(1))) },
];
