import type { Flow } from '../../executive/gate/microroutine.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { isSealed, longAt, wordAt } from '../../filesystem/on-disk.js';
import { parseKey, type KeyDescriptor } from '../index/keys.js';
import { AREA, AREA$C_PER_BLOCK, KEY, PLG, PLG$C_VER_3 } from '../on-disk.js';
import { RecordFailure } from '../records/failure.js';
import { BLOCK, type Analysis, type AreaFacts, type BlockReader, type FileShape, type KeyFacts } from './analysis.js';

/** The prologue of an indexed file: descriptors of keys and areas, and what is wrong with them. */
type Report = (vbn: number, text: string) => void;
const MOST_KEYS = 255;
const LARGEST_BUCKET = 63;

/** The key at an offset of a prologue block; undefined when it makes no sense. */
function keyAt(bytes: Uint8Array, block: number, at: number): KeyDescriptor | undefined {
  try {
    return parseKey(bytes, block, at);
  } catch (problem) {
    if (problem instanceof RecordFailure) return undefined;
    throw problem;
  }
}

function factsOf(bytes: Uint8Array, key: KeyDescriptor): KeyFacts {
  const { at } = key;
  const { offset } = KEY;
  return {
    ...key,
    name: bytesToText(bytes.subarray(at + offset.KEY$T_KEYNAM, at + offset.KEY$T_KEYNAM + 32)).replace(/[\0 ]+$/, ''),
    indexFill: wordAt(bytes, at + offset.KEY$W_IDXFILL), dataFill: wordAt(bytes, at + offset.KEY$W_DATFILL),
    nextBlock: longAt(bytes, at + offset.KEY$L_IDXFL), nextAt: wordAt(bytes, at + offset.KEY$W_NOFF),
  };
}

/** Reads the prologue into `analysis`. @returns blocks it takes; 0: it is not good enough to go on with */
export function* analyzePrologue(read: BlockReader, shape: FileShape, analysis: Analysis): Flow<number> {
  const bad: Report = (vbn, text) => { analysis.findings.push({ vbn, text }); };
  const sealed = new Set<number>();
  const block = function* (vbn: number): Flow<Uint8Array | undefined> {
    const bytes = vbn < 1 ? undefined : yield* read(vbn, 1);
    if (!bytes) bad(vbn, 'Prolog block cannot be read.');
    else if (!sealed.has(vbn) && !isSealed(bytes)) bad(vbn, 'Prolog block has an invalid checksum.');
    sealed.add(vbn);
    return bytes;
  };
  const first = yield* block(1);
  if (!first) return 0;
  const version = wordAt(first, PLG.offset.PLG$W_VER_NO);
  if (version !== PLG$C_VER_3) {
    bad(1, `Prolog version ${version} is not supported.`);
    return 0;
  }
  yield* readKeys(block, analysis, bad);
  const count = first[PLG.offset.PLG$B_AMAX]!;
  const start = first[PLG.offset.PLG$B_AVBN]!;
  if (count === 0 || start < 2) bad(1, 'Prolog has no area descriptors.');
  for (let number = 0; number < count; number += 1) {
    const vbn = start + Math.floor(number / AREA$C_PER_BLOCK);
    const bytes = yield* block(vbn);
    if (!bytes) return 0;
    analysis.areas.push(areaAt(bytes, vbn, (number % AREA$C_PER_BLOCK) * AREA.size));
  }
  const blocks = Math.max(start - 1 + Math.ceil(count / AREA$C_PER_BLOCK), ...analysis.keys.map((key) => key.block));
  analysis.areas.forEach((area, index) => checkArea(area, index, shape, blocks, bad));
  for (const key of analysis.keys) checkKey(key, analysis, shape, bad);
  return analysis.findings.length === 0 ? blocks : 0;
}

function* readKeys(block: (vbn: number) => Flow<Uint8Array | undefined>, analysis: Analysis, bad: Report): Flow<void> {
  for (let [vbn, at] = [1, 0]; vbn !== 0;) {
    if (at + KEY.size > BLOCK - 2) return bad(vbn, `Key descriptor at offset ${at} does not fit in its block.`);
    const bytes = yield* block(vbn);
    if (!bytes) return;
    const number = analysis.keys.length;
    const key = keyAt(bytes, vbn, at);
    if (!key) return bad(vbn, `Key descriptor #${number} makes no sense.`);
    if (key.reference !== number || number >= MOST_KEYS) return bad(vbn, `Key descriptor #${number} has key reference ${key.reference}.`);
    const facts = factsOf(bytes, key);
    analysis.keys.push(facts);
    [vbn, at] = [facts.nextBlock, facts.nextAt];
  }
}

function areaAt(bytes: Uint8Array, block: number, at: number): AreaFacts {
  const { offset } = AREA;
  const long = (field: keyof typeof offset): number => longAt(bytes, at + offset[field]);
  return {
    block, at, number: bytes[at + offset.AREA$B_AREAID]!, flags: bytes[at + offset.AREA$B_FLAGS]!, bucketSize: bytes[at + offset.AREA$B_ARBKTSZ]!,
    reclaimed: long('AREA$L_AVAIL'), start: long('AREA$L_CVBN'), blocks: long('AREA$L_CNBLK'), used: long('AREA$L_USED'), next: long('AREA$L_NXTVBN'),
    extension: wordAt(bytes, at + offset.AREA$W_DEQ), total: long('AREA$L_TOTAL_ALLOC'),
  };
}

function checkArea(area: AreaFacts, index: number, { allocated }: FileShape, prologue: number, bad: Report): void {
  const say = (text: string): void => bad(area.block, `Area descriptor #${index}: ${text}`);
  if (area.number !== index) say(`area number is ${area.number}.`);
  if (area.bucketSize < 1 || area.bucketSize > LARGEST_BUCKET) say(`bucket size ${area.bucketSize} is out of range.`);
  if (area.blocks === 0) {
    if (area.used !== 0) say('blocks of no extent are in use.');
    return;
  }
  if (area.start + area.blocks - 1 > allocated) say('current extent is beyond the blocks allocated.');
  if (area.used > area.blocks) say(`${area.used} blocks are in use of an extent of ${area.blocks}.`);
  if (area.next !== area.start + area.used) say(`next VBN ${area.next} is not behind the blocks in use.`);
  if (area.start + area.blocks - 1 <= prologue) say('current extent lies in the prolog.');
  if (area.total < area.blocks) say(`total allocation ${area.total} is less than the current extent.`);
}

function checkKey(key: KeyFacts, { areas }: Analysis, shape: FileShape, bad: Report): void {
  const say = (text: string): void => bad(key.block, `Key descriptor #${key.reference}: ${text}`);
  for (const [name, number, size] of [['index', key.indexArea, key.indexBlocks], ['level 1 index', key.lowestArea, key.indexBlocks], ['data', key.dataArea, key.dataBlocks]] as const) {
    const area = areas[number];
    if (!area) say(`${name} area ${number} does not exist.`);
    else if (area.bucketSize !== size) say(`${name} bucket size ${size} is not that of area ${number}.`);
  }
  const shortest = key.segments.reduce((most, { position, size }) => Math.max(most, position + size), 0);
  if (key.shortest !== shortest) say(`minimum record size ${key.shortest} is not where the key ends.`);
  if (shape.maximum !== 0 && shortest > shape.maximum && key.reference === 0) say('key lies outside of records.');
}
