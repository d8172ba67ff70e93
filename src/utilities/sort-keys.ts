/** Keys of SORT and MERGE, and the order they make. @source DCL Dictionary, SORT */
export interface SortKey {
  /** From 1. */
  readonly position: number;
  /** Bytes; undefined: to the end of the record. */
  readonly size: number | undefined;
  readonly descending: boolean;
  readonly type: 'CHARACTER' | 'BINARY' | 'UNSIGNED' | 'DECIMAL';
}

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
    else if (is('ASCENDING') || is('CHARACTER') || is('SIGNED')) continue;
    else return undefined;
  }
  if (position === undefined || size === undefined || position < 1 || size < 1) return undefined;
  if ((binary || type === 'UNSIGNED') && ![1, 2, 4, 8].includes(size)) return undefined;
  return { key: { position, size, descending, type }, number };
}

/** All keys of a command line, each from its own /KEY, in the order of NUMBER. undefined when one makes no sense. */
export function keysOfLine(line: string): SortKey[] | undefined {
  const texts = [...line.matchAll(/\/KEY\s*[=:]\s*(?:\(([^)]*)\)|([^\s/]+))/gi)].map(([, list, one]) => list ?? one!);
  const read = texts.map(readKey);
  if (read.some((key) => key === undefined)) return undefined;
  const keys = read.map((entry, index) => ({ key: entry!.key, number: entry!.number ?? index + 1 })).sort((a, b) => a.number - b.number);
  return keys.length === 0 ? [{ position: 1, size: undefined, descending: false, type: 'CHARACTER' }] : keys.map(({ key }) => key);
}

const BLANK = 32;

function compareText(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[at] ?? BLANK) - (b[at] ?? BLANK);
    if (difference !== 0) return difference;
  }
  return 0;
}

function binaryValue(bytes: Uint8Array, size: number, signed: boolean): bigint {
  let value = 0n;
  for (let at = size - 1; at >= 0; at -= 1) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return signed ? BigInt.asIntN(8 * size, value) : value;
}

function decimalValue(bytes: Uint8Array): bigint {
  const match = /^([+-]?)(\d*)([+-]?)$/.exec(String.fromCharCode(...bytes).trim());
  const value = BigInt(match?.[2] || '0');
  return match?.[1] === '-' || match?.[3] === '-' ? -value : value;
}

function compareKey(a: Uint8Array, b: Uint8Array, { type, size }: SortKey): number {
  if (type === 'CHARACTER') return compareText(a, b);
  const value = (bytes: Uint8Array): bigint => (type === 'DECIMAL' ? decimalValue(bytes) : binaryValue(bytes, size!, type === 'BINARY'));
  const [left, right] = [value(a), value(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The order of two records. */
export function compareRecords(a: Uint8Array, b: Uint8Array, keys: readonly SortKey[]): number {
  for (const key of keys) {
    const field = (record: Uint8Array): Uint8Array => record.subarray(key.position - 1, key.size === undefined ? undefined : key.position - 1 + key.size);
    const order = compareKey(field(a), field(b), key);
    if (order !== 0) return key.descending ? -order : order;
  }
  return 0;
}
