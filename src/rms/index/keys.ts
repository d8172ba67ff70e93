import { RMS$_PLG } from '../../executive/starlet/rmsdef.js';
import { XAB$C_BN2, XAB$C_BN4, XAB$C_BN8, XAB$C_IN2, XAB$C_IN4, XAB$C_IN8, XAB$C_PAC, XAB$C_STG } from '../../executive/starlet/xabdef.js';
import { longAt, wordAt } from '../../filesystem/on-disk.js';
import { KEY } from '../on-disk.js';
import { failRecord } from '../records/failure.js';

/** Keys of reference: their descriptors, where they are in a record, and their order. */
export interface Segment {
  readonly position: number;
  readonly size: number;
}

/** A key descriptor as an operation reads it out of the prologue. */
export interface KeyDescriptor {
  readonly reference: number;
  /** Block and offset of the descriptor. */
  readonly block: number;
  readonly at: number;
  readonly indexArea: number;
  readonly lowestArea: number;
  readonly dataArea: number;
  readonly rootLevel: number;
  readonly root: number;
  readonly firstData: number;
  readonly indexBlocks: number;
  readonly dataBlocks: number;
  readonly flags: number;
  readonly type: number;
  readonly nullValue: number;
  readonly size: number;
  /** Shortest record that holds the key. */
  readonly shortest: number;
  readonly segments: readonly Segment[];
}

export const {
  KEY$V_DUPKEYS: KEY$M_DUPKEYS, KEY$V_CHGKEYS: KEY$M_CHGKEYS, KEY$V_NULKEYS: KEY$M_NULKEYS, KEY$V_IDX_COMPR: KEY$M_IDX_COMPR, KEY$V_INITIDX: KEY$M_INITIDX,
  KEY$V_KEY_COMPR: KEY$M_KEY_COMPR, KEY$V_REC_COMPR: KEY$M_REC_COMPR,
} = KEY.mask;

/** Sizes of the binary types; strings and packed decimals have the size of their segments. */
export const TYPE_SIZES: ReadonlyMap<number, number> = new Map([
  [XAB$C_STG, 0], [XAB$C_IN2, 2], [XAB$C_BN2, 2], [XAB$C_IN4, 4], [XAB$C_BN4, 4], [XAB$C_PAC, 0], [XAB$C_IN8, 8], [XAB$C_BN8, 8],
]);

const MOST_SEGMENTS = 8;
const MOST_PACKED = 16;

/** The descriptor at an offset of a prologue block. Fails with RMS$_PLG when it makes no sense. */
export function parseKey(bytes: Uint8Array, block: number, at: number): KeyDescriptor {
  const { offset } = KEY;
  const byte = (field: keyof typeof offset): number => bytes[at + offset[field]]!;
  const count = byte('KEY$B_SEGMENTS');
  const segments = Array.from({ length: Math.min(count, MOST_SEGMENTS) }, (_, index) => ({
    position: wordAt(bytes, at + offset.KEY$A_POSITION + 2 * index), size: bytes[at + offset.KEY$A_SIZE + index]!,
  }));
  const descriptor: KeyDescriptor = {
    reference: byte('KEY$B_KEYREF'), block, at, indexArea: byte('KEY$B_IANUM'), lowestArea: byte('KEY$B_LANUM'), dataArea: byte('KEY$B_DANUM'),
    rootLevel: byte('KEY$B_ROOTLEV'), root: longAt(bytes, at + offset.KEY$L_ROOTVBN), firstData: longAt(bytes, at + offset.KEY$L_LDVBN),
    indexBlocks: byte('KEY$B_IDXBKTSZ'), dataBlocks: byte('KEY$B_DATBKTSZ'), flags: byte('KEY$B_FLAGS'), type: byte('KEY$B_DATATYPE'),
    nullValue: byte('KEY$B_NULLCHAR'), size: byte('KEY$B_KEYSZ'), shortest: wordAt(bytes, at + offset.KEY$W_MINRECSZ), segments,
  };
  const typeSize = TYPE_SIZES.get(descriptor.type);
  const total = segments.reduce((sum, { size }) => sum + size, 0);
  const isSound = typeSize !== undefined && count >= 1 && count <= MOST_SEGMENTS && total === descriptor.size && total > 0 && total <= 255
    && descriptor.indexBlocks >= 1 && descriptor.dataBlocks >= 1 && descriptor.indexBlocks <= 63 && descriptor.dataBlocks <= 63
    && (typeSize === 0 || typeSize === total) && (descriptor.type !== XAB$C_PAC || total <= MOST_PACKED)
    && segments.every(({ position, size }) => position + size <= descriptor.shortest) && (descriptor.reference > 0 || !overlap(segments))
    && ((descriptor.flags & KEY$M_INITIDX) !== 0 || (descriptor.root > 1 && descriptor.firstData > 1 && descriptor.rootLevel >= 1));
  if (!isSound) failRecord(RMS$_PLG);
  return descriptor;
}

/** The key in a record that is long enough. */
export function keyIn({ size, segments }: KeyDescriptor, record: Uint8Array): Uint8Array {
  const key = new Uint8Array(size);
  let at = 0;
  for (const segment of segments) {
    key.set(record.subarray(segment.position, segment.position + segment.size), at);
    at += segment.size;
  }
  return key;
}

/** Whether segments have bytes in common. Those of a primary key may not: it is taken out of the record. */
export function overlap(segments: readonly Segment[]): boolean {
  const sorted = [...segments].sort((a, b) => a.position - b.position);
  return sorted.some(({ position, size }, index) => index + 1 < sorted.length && position + size > sorted[index + 1]!.position);
}

function isAtFront({ segments }: KeyDescriptor): boolean {
  return segments.length === 1 && segments[0]!.position === 0;
}

/** Where segments are not: positions from and to, the last one open. */
function gaps(segments: readonly Segment[]): { readonly from: number; readonly to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  let from = 0;
  for (const { position, size } of [...segments].sort((a, b) => a.position - b.position)) {
    if (position > from) pieces.push({ from, to: position });
    from = position + size;
  }
  return [...pieces, { from, to: Infinity }];
}

/** A record as a bucket of the primary key has it: the key, and the rest. */
export function splitRecord(key: KeyDescriptor, record: Uint8Array): { readonly value: Uint8Array; readonly rest: Uint8Array } {
  const value = keyIn(key, record);
  if (isAtFront(key)) return { value, rest: record.subarray(key.size) };
  const rest = new Uint8Array(record.length - key.size);
  let at = 0;
  for (const { from, to } of gaps(key.segments)) {
    const piece = record.subarray(from, Math.min(to, record.length));
    rest.set(piece, at);
    at += piece.length;
  }
  return { value, rest };
}

/** The other way round. The rest is long enough for a record that holds the key. */
export function joinRecord(key: KeyDescriptor, value: Uint8Array, rest: Uint8Array): Uint8Array {
  const record = new Uint8Array(key.size + rest.length);
  if (isAtFront(key)) {
    record.set(value);
    record.set(rest, key.size);
    return record;
  }
  let at = 0;
  for (const { position, size } of key.segments) {
    record.set(value.subarray(at, at + size), position);
    at += size;
  }
  at = 0;
  for (const { from, to } of gaps(key.segments)) {
    const piece = rest.subarray(at, at + Math.max(0, Math.min(to, record.length) - from));
    record.set(piece, from);
    at += piece.length;
  }
  return record;
}

/** The key under which a record stands in an alternate index; undefined when it does not: too short, or the null key. */
export function indexedKey(descriptor: KeyDescriptor, record: Uint8Array): Uint8Array | undefined {
  if (record.length < descriptor.shortest) return undefined;
  const key = keyIn(descriptor, record);
  if (!(descriptor.flags & KEY$M_NULKEYS)) return key;
  const isNull = descriptor.type === XAB$C_STG ? key.every((byte) => byte === descriptor.nullValue)
    : descriptor.type === XAB$C_PAC ? packedValue(key) === 0n : key.every((byte) => byte === 0);
  return isNull ? undefined : key;
}

/** Order of two keys: negative, 0 or positive. A string `a` may be the beginning of a key: then only that much of `b` counts. */
export function compareKeys({ type }: KeyDescriptor, a: Uint8Array, b: Uint8Array): number {
  if (type === XAB$C_STG) {
    for (let index = 0; index < a.length; index += 1) {
      const difference = a[index]! - b[index]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
  if (type === XAB$C_PAC) {
    const [left, right] = [packedValue(a), packedValue(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const isSigned = type === XAB$C_IN2 || type === XAB$C_IN4 || type === XAB$C_IN8;
  for (let index = a.length - 1; index >= 0; index -= 1) {
    const flip = isSigned && index === a.length - 1 ? 0x80 : 0;
    const difference = (a[index]! ^ flip) - (b[index]! ^ flip);
    if (difference !== 0) return difference;
  }
  return 0;
}

const MINUS = 0x0d;
const MINUS_TOO = 0x0b;

/** Value of a packed decimal string. Digits that are none count as what they are. */
function packedValue(bytes: Uint8Array): bigint {
  let value = 0n;
  bytes.forEach((byte, index) => {
    value = value * 10n + BigInt(byte >>> 4);
    if (index < bytes.length - 1) value = value * 10n + BigInt(byte & 15);
  });
  const sign = bytes[bytes.length - 1]! & 15;
  return sign === MINUS || sign === MINUS_TOO ? -value : value;
}
