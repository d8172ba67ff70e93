import { BLANK_PSECT, type Assembly } from '../assembly.js';
import { COMMA, isDigit, type Cursor } from '../cursor.js';
import { StatementError } from '../diagnostics.js';
import { ALIGNMENTS, DEFAULT_ATTRIBUTES, psectOption, type Psect } from '../psect.js';
import type { Directive } from './index.js';

/** Program sections and the location counter. */

const LARGEST_ALIGNMENT = 9;

const psectDirective: Directive = (assembly, cursor) => {
  cursor.skip();
  let name = cursor.symbol();
  if (name === '' && !cursor.atEnd() && cursor.peek() !== COMMA) throw new StatementError('DIRSYNX');
  if (name === '') name = BLANK_PSECT;
  let attributes: number | undefined;
  let alignment: number | undefined;
  while (!cursor.atEnd()) {
    cursor.take(COMMA);                                          // or just a blank
    cursor.skip();
    if (isDigit(cursor.peek())) {
      alignment = checkAlignment(assembly.absolute(cursor));
      continue;
    }
    const keyword = cursor.symbol();
    const option = psectOption(keyword);
    if (option !== undefined) {
      const base: number = attributes ?? DEFAULT_ATTRIBUTES;
      attributes = option[1] ? base | option[0] : base & ~option[0];
    } else if (ALIGNMENTS.has(keyword)) alignment = ALIGNMENTS.get(keyword);
    else throw new StatementError('NOTPSECOPT', keyword);
  }
  assembly.expectEnd(cursor);
  assembly.usePsect(findPsect(assembly, name, attributes, alignment));
  assembly.listing.section(assembly.psect.location);
};

/** A later .PSECT may leave the attributes out, but not give others. */
function findPsect(assembly: Assembly, name: string, attributes: number | undefined, alignment: number | undefined): Psect {
  const psect = assembly.psects.find((p) => p.name === name);
  if (psect === undefined) return assembly.addPsect(name, attributes ?? DEFAULT_ATTRIBUTES, alignment ?? 0);
  if (name === BLANK_PSECT && psect.size === 0) {
    psect.attributes = attributes ?? psect.attributes;
    psect.alignment = alignment ?? psect.alignment;
  }
  if (attributes !== undefined && attributes !== psect.attributes) throw new StatementError('PSECOPCNFL', name);
  if (alignment !== undefined && alignment !== psect.alignment) throw new StatementError('PSECOPCNFL', name);
  return psect;
}

function checkAlignment(power: number): number {
  if (power < 0 || power > LARGEST_ALIGNMENT) throw new StatementError('INVALIGN');
  return power;
}

/** .ALIGN power-or-keyword[,fill]. Without a fill value the bytes are only skipped. */
const align: Directive = (assembly, cursor) => {
  cursor.skip();
  const start = cursor.at;
  const keyword = ALIGNMENTS.get(cursor.symbol());
  let power = keyword;
  if (power === undefined) {
    cursor.at = start;
    power = checkAlignment(assembly.absolute(cursor));
  }
  const fill = cursor.take(COMMA) ? assembly.absolute(cursor) : undefined;
  assembly.expectEnd(cursor);
  if (assembly.psect.alignment < power) {
    // The executive's sources are placed as a whole; there the section simply becomes as aligned as its contents.
    if (assembly.options.isModule) throw new StatementError('ALIGNXCEED');
    assembly.psect.alignment = power;
  }
  alignTo(assembly.psect, 2 ** power, fill);
};

function alignTo(psect: Psect, boundary: number, fill: number | undefined): void {
  const target = Math.ceil(psect.location / boundary) * boundary;
  if (fill === undefined) psect.moveTo(target);
  else while (psect.location < target) psect.store(fill & 0xff);
}

/** .SAVE_PSECT [LOCAL_BLOCK] */
const save: Directive = (assembly, cursor) => {
  cursor.skip();
  assembly.savePsect(cursor.symbol() === 'LOCAL_BLOCK');
};

const restore: Directive = (assembly) => assembly.restorePsect();

/** .ENABLE and .DISABLE; only LOCAL_BLOCK changes what is assembled. */
function enable(on: boolean): Directive {
  return (assembly, cursor: Cursor) => {
    do {
      cursor.skip();
      const option = cursor.symbol();
      if (option === 'LOCAL_BLOCK' || option === 'LSB') assembly.setLocalBlock(on);
    } while (cursor.take(COMMA));
  };
}

const defaultDirective: Directive = (assembly, cursor) => {
  cursor.skip();
  if (cursor.symbol() !== 'DISPLACEMENT') throw new StatementError('DIRSYNX');
  cursor.take(COMMA);
  cursor.skip();
  const length = { BYTE: 1, WORD: 2, LONG: 4 }[cursor.symbol()];
  if (length === undefined) throw new StatementError('DIRSYNX');
  assembly.defaultDisplacement = length;
};

export const sectionDirectives: Record<string, Directive> = {
  '.PSECT': psectDirective,
  '.SAVE_PSECT': save, '.SAVE': save,
  '.RESTORE_PSECT': restore, '.RESTORE': restore,
  '.ALIGN': align,
  '.EVEN': (assembly) => alignTo(assembly.psect, 2, undefined),
  '.ODD': (assembly) => {
    if (assembly.psect.location % 2 === 0) assembly.psect.moveTo(assembly.psect.location + 1);
  },
  '.ENABLE': enable(true), '.ENABL': enable(true),
  '.DISABLE': enable(false), '.DSABL': enable(false),
  '.DEFAULT': defaultDirective,
};
