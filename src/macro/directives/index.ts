import type { Assembly } from '../assembly.js';
import type { Cursor } from '../cursor.js';
import { conditionalDirectives } from './conditional.js';
import { dataDirectives } from './data.js';
import { expansionDirectives } from './expansion.js';
import { listingDirectives } from './listing.js';
import { sectionDirectives } from './section.js';
import { symbolDirectives } from './symbol.js';

/** Assembles one directive. `cursor` stands behind its name. */
export type Directive = (assembly: Assembly, cursor: Cursor) => void;

const DIRECTIVES: ReadonlyMap<string, Directive> = new Map([
  ...Object.entries(conditionalDirectives),
  ...Object.entries(dataDirectives),
  ...Object.entries(expansionDirectives),
  ...Object.entries(listingDirectives),
  ...Object.entries(sectionDirectives),
  ...Object.entries(symbolDirectives),
]);

/** @param name in upper case, with its period */
export function findDirective(name: string): Directive | undefined {
  return DIRECTIVES.get(name);
}
