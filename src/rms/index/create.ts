import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import {
  RMS$_AID, RMS$_BKS, RMS$_BKZ, RMS$_DAN, RMS$_DTP, RMS$_FLG, RMS$_IAN, RMS$_IBK, RMS$_IMX, RMS$_KNM, RMS$_LAN, RMS$_NPK, RMS$_PLV, RMS$_POS, RMS$_REF, RMS$_SEG, RMS$_SIZ,
} from '../../executive/starlet/rmsdef.js';
import {
  XAB$C_ALL, XAB$C_KEY, XAB$C_PAC, XAB$C_STG, XAB$C_SUM, XAB$M_CHG, XAB$M_DAT_NCMPR, XAB$M_DUP, XAB$M_IDX_NCMPR, XAB$M_KEY_NCMPR, XAB$M_NUL, XABALL, XABKEY, XABSUM,
} from '../../executive/starlet/xabdef.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { longAt, storeLong, storeWord, wordAt } from '../../filesystem/on-disk.js';
import type { Xab } from '../files/attributes.js';
import type { IoContext } from '../operation.js';
import { AREA, AREA$C_PER_BLOCK, BKT$C_MAXBKTSIZ, KEY, PLG, PLG$C_VER_3, sealPrologue } from '../on-disk.js';
import { growFile, readBucket, readPrologue, storeAttributes, writeBucket } from '../records/buckets.js';
import { failRecord } from '../records/failure.js';
import { roomForRecord } from './buckets.js';
import { KEY_HEAD } from './compression.js';
import { KEY$M_IDX_COMPR, KEY$M_INITIDX, KEY$M_KEY_COMPR, KEY$M_REC_COMPR, overlap, TYPE_SIZES } from './keys.js';
import { openIndexed, type IndexedFile } from './tree.js';

/** $CREATE of an indexed file: key and area XABs become the prologue. And the way back, for $OPEN and $DISPLAY. */
const BLOCK = 512;
const PROLOGUE_BLOCK_END = 510;
const KEYS_PER_BLOCK = Math.floor(PROLOGUE_BLOCK_END / KEY.size);
const MOST_SEGMENTS = 8;
const LONGEST_KEY = 255;
const MOST_PACKED = 16;
const DEFAULT_BUCKET = 2;
/** XAB$B_PROLOG. */
const PROLOG_AT = 0x48;
const NAME_BYTES = 32;

interface AreaPlan {
  readonly blocks: number;
  readonly extension: number;
  readonly bucket: number;
}

interface KeyPlan {
  readonly xab: ReturnType<typeof XABKEY.at>;
  readonly segments: readonly { readonly position: number; readonly size: number }[];
  readonly size: number;
  readonly shortest: number;
}

/** The areas. Fails with RMS$_AID, RMS$_BKZ, RMS$_BKS. */
function planAreas(p: Procedure, { ifab }: IoContext, xabs: readonly Xab[], allocation: number): AreaPlan[] {
  const usual = ifab.IFB$B_BKS || DEFAULT_BUCKET;
  if (usual > BKT$C_MAXBKTSIZ) failRecord(RMS$_BKS);
  const areas: AreaPlan[] = [];
  xabs.filter(({ code }) => code === XAB$C_ALL).forEach(({ address }, index) => {
    const xab = XABALL.at(p.memory, address);
    if (xab.XAB$B_AID !== index) failRecord(RMS$_AID, address);
    if (xab.XAB$B_BKZ > BKT$C_MAXBKTSIZ) failRecord(RMS$_BKZ, address);
    areas.push({ blocks: xab.XAB$L_ALQ, extension: xab.XAB$W_DEQ, bucket: xab.XAB$B_BKZ || usual });
  });
  return areas.length > 0 ? areas : [{ blocks: allocation, extension: ifab.IFB$W_DEQ, bucket: usual }];
}

/** The keys, in order and without a gap. Fails with RMS$_NPK, RMS$_REF, RMS$_DTP, RMS$_POS, RMS$_SIZ, RMS$_SEG, RMS$_FLG, RMS$_IAN, RMS$_LAN, RMS$_DAN, RMS$_IBK, RMS$_PLV. */
function planKeys(p: Procedure, context: IoContext, xabs: readonly Xab[], areas: readonly AreaPlan[]): KeyPlan[] {
  const keys = xabs.filter(({ code }) => code === XAB$C_KEY).map(({ address }) => planKey(p, context, address, areas)).sort((a, b) => a.xab.XAB$B_REF - b.xab.XAB$B_REF);
  if (keys[0]?.xab.XAB$B_REF !== 0) failRecord(RMS$_NPK);
  keys.forEach(({ xab }, index) => {
    if (xab.XAB$B_REF !== index) failRecord(index > 0 && xab.XAB$B_REF === keys[index - 1]!.xab.XAB$B_REF ? RMS$_IMX : RMS$_REF, xab.address);
  });
  return keys;
}

function planKey(p: Procedure, context: IoContext, address: number, areas: readonly AreaPlan[]): KeyPlan {
  const { memory } = p;
  const xab = XABKEY.at(memory, address);
  const wrong = (status: number): never => failRecord(status, address);
  const typeSize = TYPE_SIZES.get(xab.XAB$B_DTP);
  if (typeSize === undefined) return wrong(RMS$_DTP);
  const segments: { position: number; size: number }[] = [];
  for (let index = 0; index < MOST_SEGMENTS; index += 1) {
    const size = memory.readByte(address + XABKEY.offset.XAB$B_SIZ0 + index);
    if (size === 0) break;
    segments.push({ position: memory.readWord(address + XABKEY.offset.XAB$W_POS0 + 2 * index), size });
  }
  const size = segments.reduce((sum, segment) => sum + segment.size, 0);
  if (size === 0 || size > LONGEST_KEY || (typeSize > 0 && size !== typeSize) || (xab.XAB$B_DTP === XAB$C_PAC && size > MOST_PACKED)) wrong(RMS$_SIZ);
  if (segments.length > 1 && xab.XAB$B_DTP !== XAB$C_STG) wrong(RMS$_SEG);
  const shortest = segments.reduce((most, segment) => Math.max(most, segment.position + segment.size), 0);
  const longest = context.ifab.IFB$W_MRS;
  if (longest > 0 && shortest > longest) wrong(RMS$_POS);
  if (xab.XAB$B_REF === 0 && overlap(segments)) wrong(RMS$_SEG);
  if (xab.XAB$B_REF === 0 && xab.XAB$B_FLG & (XAB$M_CHG | XAB$M_NUL)) wrong(RMS$_FLG);
  const [index, lowest, data] = [areas[xab.XAB$B_IAN], areas[xab.XAB$B_LAN], areas[xab.XAB$B_DAN]];
  if (!index) return wrong(RMS$_IAN);
  if (!lowest) return wrong(RMS$_LAN);
  if (!data) return wrong(RMS$_DAN);
  if (lowest.bucket !== index.bucket) wrong(RMS$_IBK);
  const asked = memory.readByte(address + 1) > PROLOG_AT ? memory.readByte(address + PROLOG_AT) : 0;
  const prologue = asked || PIO_CELLS.at(memory, PIO_BASE).PIO$GB_RMSPROLOG || p.kernel.sys.SYS$GB_RMSPROLOG;
  if (prologue !== 0 && prologue !== PLG$C_VER_3) wrong(RMS$_PLV);
  if (xab.XAB$L_KNM !== 0 && !p.kernel.cpu.probe(xab.XAB$L_KNM, NAME_BYTES, context.mode, false)) wrong(RMS$_KNM);
  // Three keys at least must fit into an index bucket.
  if (3 * (size + 4 + KEY_HEAD) + 18 > index.bucket * BLOCK || size + KEY_HEAD + 7 + 18 > data.bucket * BLOCK) wrong(RMS$_BKS);
  return { xab, segments, size, shortest };
}

/** Checks the XABs of $CREATE, and sets the bucket size of the file. @returns blocks to allocate */
export function planIndexed(p: Procedure, context: IoContext, xabs: readonly Xab[], allocation: number): number {
  const { ifab } = context;
  const areas = planAreas(p, context, xabs, allocation);
  const keys = planKeys(p, context, xabs, areas);
  const data = areas[keys[0]!.xab.XAB$B_DAN]!;
  if (ifab.IFB$W_MRS > roomForRecord(data.bucket * BLOCK, compression(keys[0]!))) failRecord(RMS$_BKS);
  ifab.IFB$B_BKS = areas.reduce((most, { bucket }) => Math.max(most, bucket), 0);
  return prologueBlocks(keys.length, areas.length).total + areas.reduce((sum, { blocks, bucket }) => sum + Math.ceil(blocks / bucket) * bucket, 0);
}

function prologueBlocks(keys: number, areas: number): { readonly areaBlock: number; readonly total: number } {
  const areaBlock = 2 + Math.ceil((keys - 1) / KEYS_PER_BLOCK);
  return { areaBlock, total: areaBlock - 1 + Math.ceil(areas / AREA$C_PER_BLOCK) };
}

/** Writes the prologue of a new file. */
export function* formatIndexed(p: Procedure, context: IoContext, xabs: readonly Xab[], allocation: number): ThreadFlow<void> {
  const { ifab } = context;
  const areas = planAreas(p, context, xabs, allocation);
  const keys = planKeys(p, context, xabs, areas);
  const { areaBlock, total } = prologueBlocks(keys.length, areas.length);
  if (ifab.IFB$L_HBK < total) yield* growFile(p, context, total - ifab.IFB$L_HBK);
  const blocks = Array.from({ length: total }, () => new Uint8Array(BLOCK));
  const placeOf = (index: number): { block: number; at: number } => (index === 0 ? { block: 1, at: 0 }
    : { block: 2 + Math.floor((index - 1) / KEYS_PER_BLOCK), at: ((index - 1) % KEYS_PER_BLOCK) * KEY.size });
  keys.forEach((key, index) => {
    const { block, at } = placeOf(index);
    encodeKey(p, blocks[block - 1]!, at, key, areas);
    if (index === keys.length - 1) return;
    const next = placeOf(index + 1);
    storeLong(blocks[block - 1]!, at + KEY.offset.KEY$L_IDXFL, next.block);
    storeWord(blocks[block - 1]!, at + KEY.offset.KEY$W_NOFF, next.at);
  });
  const first = blocks[0]!;
  first[PLG.offset.PLG$B_AVBN] = areaBlock;
  first[PLG.offset.PLG$B_AMAX] = areas.length;
  storeWord(first, PLG.offset.PLG$W_VER_NO, PLG$C_VER_3);
  storeWord(first, PLG.offset.PLG$W_GBC, ifab.IFB$W_GBC);
  encodeAreas(blocks, areaBlock, areas, total + 1, ifab.IFB$L_HBK);
  for (const [index, block] of blocks.entries()) yield* writeBucket(p, context, index + 1, sealPrologue(block));
  yield* storeAttributes(p, context, ifab.IFB$L_HBK + 1);
}

/** The compression of a key: unless the XAB forbids it, string keys of six bytes or more, in buckets of both kinds, and the data of the primary key's records. */
function compression({ xab, size }: Pick<KeyPlan, 'xab' | 'size'>): number {
  const forbidden = xab.XAB$B_FLG;
  const isLong = xab.XAB$B_DTP === XAB$C_STG && size >= SHORTEST_COMPRESSED;
  return (isLong && !(forbidden & XAB$M_KEY_NCMPR) ? KEY$M_KEY_COMPR : 0) | (isLong && !(forbidden & XAB$M_IDX_NCMPR) ? KEY$M_IDX_COMPR : 0)
    | (xab.XAB$B_REF === 0 && !(forbidden & XAB$M_DAT_NCMPR) ? KEY$M_REC_COMPR : 0);
}

const SHORTEST_COMPRESSED = 6;

function encodeKey(p: Procedure, bytes: Uint8Array, at: number, { xab, segments, size, shortest }: KeyPlan, areas: readonly AreaPlan[]): void {
  const { offset } = KEY;
  const set = (field: keyof typeof offset, value: number): void => { bytes[at + offset[field]] = value; };
  set('KEY$B_IANUM', xab.XAB$B_IAN);
  set('KEY$B_LANUM', xab.XAB$B_LAN);
  set('KEY$B_DANUM', xab.XAB$B_DAN);
  set('KEY$B_IDXBKTSZ', areas[xab.XAB$B_IAN]!.bucket);
  set('KEY$B_DATBKTSZ', areas[xab.XAB$B_DAN]!.bucket);
  set('KEY$B_FLAGS', (xab.XAB$B_FLG & (XAB$M_DUP | XAB$M_CHG | XAB$M_NUL)) | KEY$M_INITIDX | compression({ xab, size }));
  set('KEY$B_DATATYPE', xab.XAB$B_DTP);
  set('KEY$B_SEGMENTS', segments.length);
  set('KEY$B_NULLCHAR', xab.XAB$B_NUL);
  set('KEY$B_KEYSZ', size);
  set('KEY$B_KEYREF', xab.XAB$B_REF);
  storeWord(bytes, at + offset.KEY$W_MINRECSZ, shortest);
  storeWord(bytes, at + offset.KEY$W_IDXFILL, xab.XAB$W_IFL || areas[xab.XAB$B_IAN]!.bucket * BLOCK);
  storeWord(bytes, at + offset.KEY$W_DATFILL, xab.XAB$W_DFL || areas[xab.XAB$B_DAN]!.bucket * BLOCK);
  segments.forEach((segment, index) => {
    storeWord(bytes, at + offset.KEY$A_POSITION + 2 * index, segment.position);
    bytes[at + offset.KEY$A_SIZE + index] = segment.size;
    bytes[at + offset.KEY$A_TYPE + index] = xab.XAB$B_DTP;
  });
  if (xab.XAB$L_KNM !== 0) bytes.set(p.memory.readBytes(xab.XAB$L_KNM, NAME_BYTES), at + offset.KEY$T_KEYNAM);
}

/** The areas one behind the other; what the disk gave beyond that belongs to the last. */
function encodeAreas(blocks: readonly Uint8Array[], areaBlock: number, areas: readonly AreaPlan[], start: number, end: number): void {
  const { offset } = AREA;
  let vbn = start;
  areas.forEach((area, index) => {
    const bytes = blocks[areaBlock - 1 + Math.floor(index / AREA$C_PER_BLOCK)]!;
    const at = (index % AREA$C_PER_BLOCK) * AREA.size;
    const wanted = Math.ceil(area.blocks / area.bucket) * area.bucket;
    const size = Math.max(0, Math.min(index === areas.length - 1 ? end - vbn + 1 : wanted, end - vbn + 1));
    bytes[at + offset.AREA$B_AREAID] = index;
    bytes[at + offset.AREA$B_ARBKTSZ] = area.bucket;
    storeLong(bytes, at + offset.AREA$L_CVBN, size > 0 ? vbn : 0);
    storeLong(bytes, at + offset.AREA$L_CNBLK, size);
    storeLong(bytes, at + offset.AREA$L_NXTVBN, size > 0 ? vbn : 0);
    storeWord(bytes, at + offset.AREA$W_DEQ, area.extension);
    storeLong(bytes, at + offset.AREA$L_TOTAL_ALLOC, size);
    vbn += size;
  });
}

/** $OPEN and $DISPLAY: key, area and summary XABs of an indexed file. Fails with RMS$_REF, RMS$_AID for what the file does not have. */
export function* describeIndexed(p: Procedure, context: IoContext, xabs: readonly Xab[]): ThreadFlow<IndexedFile> {
  const file = yield* openIndexed(p, context);
  for (const { address, code } of xabs) {
    if (code === XAB$C_SUM) {
      const xab = XABSUM.at(p.memory, address);
      xab.XAB$B_NOA = file.areas;
      xab.XAB$B_NOK = file.keys.length;
      xab.XAB$W_PVN = PLG$C_VER_3;
    } else if (code === XAB$C_KEY) yield* describeKey(file, address);
    else if (code === XAB$C_ALL) yield* describeArea(file, address);
  }
  return file;
}

function* describeKey({ p, context, keys }: IndexedFile, address: number): ThreadFlow<void> {
  const xab = XABKEY.at(p.memory, address);
  const key = keys[xab.XAB$B_REF] ?? failRecord(RMS$_REF, address);
  const bytes = (yield* readPrologue(p, context, key.block)).subarray(key.at, key.at + KEY.size);
  xab.XAB$B_IAN = key.indexArea;
  xab.XAB$B_LAN = key.lowestArea;
  xab.XAB$B_DAN = key.dataArea;
  xab.XAB$B_LVL = key.rootLevel;
  xab.XAB$B_IBS = key.indexBlocks;
  xab.XAB$B_DBS = key.dataBlocks;
  xab.XAB$L_RVB = key.root;
  xab.XAB$B_FLG = (key.flags & (XAB$M_DUP | XAB$M_CHG | XAB$M_NUL)) | (~key.flags & COMPRESSIONS);
  xab.XAB$B_DTP = key.type;
  xab.XAB$B_NSG = key.segments.length;
  xab.XAB$B_NUL = key.nullValue;
  xab.XAB$B_TKS = key.size;
  xab.XAB$W_MRL = key.shortest;
  xab.XAB$W_IFL = wordAt(bytes, KEY.offset.KEY$W_IDXFILL);
  xab.XAB$W_DFL = wordAt(bytes, KEY.offset.KEY$W_DATFILL);
  xab.XAB$L_DVB = key.firstData;
  for (let index = 0; index < MOST_SEGMENTS; index += 1) {
    p.memory.writeWord(address + XABKEY.offset.XAB$W_POS0 + 2 * index, key.segments[index]?.position ?? 0);
    p.memory.writeByte(address + XABKEY.offset.XAB$B_SIZ0 + index, key.segments[index]?.size ?? 0);
  }
  if (p.memory.readByte(address + 1) > PROLOG_AT) p.memory.writeByte(address + PROLOG_AT, PLG$C_VER_3);
  if (xab.XAB$L_KNM === 0) return;
  if (!p.kernel.cpu.probe(xab.XAB$L_KNM, NAME_BYTES, context.mode, true)) failRecord(RMS$_KNM, address);
  p.memory.writeBytes(xab.XAB$L_KNM, bytes.slice(KEY.offset.KEY$T_KEYNAM, KEY.offset.KEY$T_KEYNAM + NAME_BYTES));
}

/** XAB$M_IDX_NCMPR and so on are the same bits as KEY$M_IDX_COMPR and so on, the other way round. */
const COMPRESSIONS = XAB$M_IDX_NCMPR | XAB$M_KEY_NCMPR | XAB$M_DAT_NCMPR;

function* describeArea({ p, context, areas, areaBlock }: IndexedFile, address: number): ThreadFlow<void> {
  const xab = XABALL.at(p.memory, address);
  if (xab.XAB$B_AID >= areas) failRecord(RMS$_AID, address);
  const bytes = yield* readBucket(p, context, areaBlock + Math.floor(xab.XAB$B_AID / AREA$C_PER_BLOCK), 1);
  const at = (xab.XAB$B_AID % AREA$C_PER_BLOCK) * AREA.size;
  xab.XAB$L_ALQ = longAt(bytes, at + AREA.offset.AREA$L_TOTAL_ALLOC);
  xab.XAB$W_DEQ = wordAt(bytes, at + AREA.offset.AREA$W_DEQ);
  xab.XAB$B_BKZ = bytes[at + AREA.offset.AREA$B_ARBKTSZ]!;
}
