import { ASCII, compareText, type Collation } from './sort-collating.js';
import { binaryValue, decimalValue, floatingOrder, packedValue, zonedValue } from './sort-values.js';

/** Keys of SORT and MERGE, and the order they make. @source DCL Dictionary, SORT */
export interface SortKey {
  /** From 1. */
  readonly position: number;
  /** Bytes; undefined: to the end of the record. */
  readonly size: number | undefined;
  readonly descending: boolean;
  readonly type: 'CHARACTER' | 'BINARY' | 'UNSIGNED' | 'DECIMAL' | 'ZONED' | 'PACKED_DECIMAL' | 'F_FLOATING' | 'D_FLOATING' | 'G_FLOATING' | 'H_FLOATING';
}

const OTHER_TYPES = ['ZONED', 'PACKED_DECIMAL', 'F_FLOATING', 'D_FLOATING', 'G_FLOATING', 'H_FLOATING'] as const;
/** Types that need no /SIZE, in bytes. */
const FIXED_SIZES: Partial<Record<SortKey['type'], number>> = { F_FLOATING: 4, D_FLOATING: 8, G_FLOATING: 8, H_FLOATING: 16 };

/** Words of one /KEY=(...); undefined when they make no sense. */
function readKey(text: string): { readonly key: SortKey; readonly number: number | undefined } | undefined {
  let position: number | undefined;
  let size: number | undefined;
  let number: number | undefined;
  let descending = false;
  let binary = false;
  let type: SortKey['type'] = 'CHARACTER';
  for (const word of text.toUpperCase().split(',').map((part) => part.replace(/\s/g, ''))) {
    const [name = '', value] = word.split(/[:=]/);
    const is = (full: string): boolean => name !== '' && full.startsWith(name);
    if (value !== undefined) {
      if (is('POSITION')) position = Number(value);
      else if (is('SIZE')) size = Number(value);
      else if (is('NUMBER')) number = Number(value);
      else return undefined;
    } else if (name.length >= 2 && is('DESCENDING')) descending = true;
    else if (name.length >= 2 && is('DECIMAL')) type = 'DECIMAL';
    else if (is('BINARY')) {
      binary = true;
      type = type === 'UNSIGNED' ? type : 'BINARY';
    } else if (is('UNSIGNED')) type = 'UNSIGNED';
    else if (OTHER_TYPES.some((full) => is(full))) type = OTHER_TYPES.find((full) => is(full))!;
    else if (is('ASCENDING') || is('CHARACTER') || is('SIGNED')) continue;
    else return undefined;
  }
  size ??= FIXED_SIZES[type];
  if (position === undefined || size === undefined || position < 1 || size < 1) return undefined;
  if ((binary || type === 'UNSIGNED') && ![1, 2, 4, 8].includes(size)) return undefined;
  // The size of packed numbers is given in digits.
  return { key: { position, size: type === 'PACKED_DECIMAL' ? Math.floor(size / 2) + 1 : size, descending, type }, number };
}

/** All keys of a command line, each from its own /KEY, in the order of NUMBER. undefined when one makes no sense. */
export function keysOfLine(line: string): SortKey[] | undefined {
  const texts = [...line.matchAll(/\/KEY\s*[=:]\s*(?:\(([^)]*)\)|([^\s/]+))/gi)].map(([, list, one]) => list ?? one!);
  const read = texts.map(readKey);
  if (read.some((key) => key === undefined)) return undefined;
  const keys = read.map((entry, index) => ({ key: entry!.key, number: entry!.number ?? index + 1 })).sort((a, b) => a.number - b.number);
  return keys.length === 0 ? [{ position: 1, size: undefined, descending: false, type: 'CHARACTER' }] : keys.map(({ key }) => key);
}

/** A number to compare by, for each type that is one. */
const VALUES: Readonly<Record<Exclude<SortKey['type'], 'CHARACTER'>, (bytes: Uint8Array, size: number) => bigint>> = {
  BINARY: (bytes, size) => binaryValue(bytes, size, true), UNSIGNED: (bytes, size) => binaryValue(bytes, size, false), DECIMAL: decimalValue, ZONED: zonedValue,
  PACKED_DECIMAL: packedValue, F_FLOATING: floatingOrder, D_FLOATING: floatingOrder, G_FLOATING: floatingOrder, H_FLOATING: floatingOrder,
};

function compareKey(a: Uint8Array, b: Uint8Array, { type, size }: SortKey, collation: Collation): number {
  if (type === 'CHARACTER') return compareText(a, b, collation);
  const [left, right] = [VALUES[type](a, size!), VALUES[type](b, size!)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The order of two records. */
export function compareRecords(a: Uint8Array, b: Uint8Array, keys: readonly SortKey[], collation = ASCII): number {
  for (const key of keys) {
    const field = (record: Uint8Array): Uint8Array => record.subarray(key.position - 1, key.size === undefined ? undefined : key.position - 1 + key.size);
    const order = compareKey(field(a), field(b), key, collation);
    if (order !== 0) return key.descending ? -order : order;
  }
  return 0;
}
