import { ArrayMemory, textToBytes } from '../executive/structures/memory.js';
import { FAT, FAT$C_FIXED, FAT$C_VARIABLE, FAT$M_NOSPAN, FCH$M_CONTIG, FCH$M_DIRECTORY, setEndOfFileBlock, setHighestBlock } from './atr.js';
import type { BlockStore } from './block-io.js';
import { formatBlock } from './directory.js';
import type { FileId } from './file-id.js';
import { newHeader, recordAttributesOf } from './files.js';
import {
  BLOCK, FID$C_BACKUP, FID$C_BADBLK, FID$C_BADLOG, FID$C_BITMAP, FID$C_CONTIN, FID$C_CORIMG, FID$C_INDEXF, FID$C_MFD, FID$C_VOLSET, FORMAT_TYPE,
  ODS2_LEVEL, RESERVED_FILES, homeBlockOf, seal, sealHome, storageControlOf, storeWord,
} from './on-disk.js';
import { blocksIn, writeMap, type Extent } from './retrieval.js';

/**
 * INITIALIZE: makes an empty Files-11 volume. Boot block and home block come first, then the alternate home block; the index file bitmap,
 * the headers, the storage bitmap and the MFD lie together in the middle of the disk, the alternate index file header at its end.
 */
export interface InitializeOptions {
  readonly label: string;
  readonly ownerName?: string;
  readonly owner?: number;
  /** Date of creation, system time. */
  readonly date: bigint;
  readonly cluster?: number;
  /** Headers to make room for at once. */
  readonly headers?: number;
  readonly maximumFiles?: number;
  readonly serialNumber?: number;
  /** Who may use the volume, as set bits that deny; everybody, unless given. */
  readonly volumeProtection?: number;
  /** Protection of the volume's files, as set bits that deny. */
  readonly fileProtection?: number;
  /** Default size of windows, in retrieval pointers. */
  readonly window?: number;
  /** Default extension, in blocks. */
  readonly extend?: number;
  /** Directories that the file system keeps at hand. */
  readonly directoryCache?: number;
  /** Entries the MFD has room for at once. */
  readonly directories?: number;
  /** Where the index file is to lie: an LBN, or about this part of the disk. */
  readonly index?: number | 'BEGINNING' | 'MIDDLE' | 'END';
  /** HM2$M_ characteristics. */
  readonly characteristics?: number;
  /** Places that nobody is to have: they go to BADBLK.SYS. */
  readonly badBlocks?: readonly Extent[];
}

/** The size of the index file bitmap, in blocks, is a byte in the VCB. */
export const LARGEST_MAXIMUM_FILES = 0xff * BLOCK * 8;

/** S:RWED,O:RWED,G:RE,W: as set bits that deny. */
export const DEFAULT_FILE_PROTECTION = 0xfa00;
/** The MFD: everybody may read it. */
const MFD_PROTECTION = 0xaa00;
const SYSTEM_UIC = 0x0001_0001;
const WINDOW = 7;
const EXTEND = 5;
const LRU_LIMIT = 3;
/** Directory entries in a block, as INITIALIZE/DIRECTORIES counts. */
const ENTRIES_IN_BLOCK = 16;
/** Files a volume may hold, when nobody says: a header for every second cluster or so, as INITIALIZE computes it. */
const defaultMaximum = (blocks: number, cluster: number): number => Math.floor(blocks / ((cluster + 1) * 2));

interface Layout {
  readonly blocks: number;
  readonly cluster: number;
  readonly maximumFiles: number;
  readonly ibmapSize: number;
  readonly sbmapSize: number;
  readonly index: Extent[];
  readonly storage: Extent;
  readonly mfd: Extent;
  /** Whole clusters. */
  readonly bad: readonly Extent[];
}

/** Where bitmap, headers, storage bitmap and MFD begin, `count` blocks of them together. */
function placeOf(place: InitializeOptions['index'], usable: number, cluster: number, count: number, alternateHome: number): number {
  switch (place) {
    case undefined: case 'MIDDLE': return Math.floor(usable / 2);
    case 'BEGINNING': return cluster * 2;
    case 'END': return Math.floor((usable - cluster - count) / cluster) * cluster;
    // The copy of the home block keeps its place.
    default: return place <= alternateHome && place + count > alternateHome ? alternateHome + cluster : Math.max(cluster * 2, place);
  }
}

const overlaps = (a: Extent, b: Extent): boolean => a.lbn < b.lbn + b.count && b.lbn < a.lbn + a.count;

/** The clusters that blocks lie in, in their order, each once. */
function wholeClusters(areas: readonly Extent[], cluster: number): Extent[] {
  const found: { lbn: number; count: number }[] = [];
  for (const { lbn, count } of [...areas].sort((a, b) => a.lbn - b.lbn)) {
    const [first, end] = [Math.floor(lbn / cluster) * cluster, Math.ceil((lbn + count) / cluster) * cluster];
    const before = found.at(-1);
    if (before && first <= before.lbn + before.count) before.count = Math.max(before.count, end - before.lbn);
    else found.push({ lbn: first, count: end - first });
  }
  return found;
}

/** Fails with a RangeError when the disk cannot hold such a volume. */
function layOut(blocks: number, options: InitializeOptions): Layout {
  const cluster = options.cluster ?? (blocks > 50_000 ? 3 : 1);
  const toCluster = (value: number): number => Math.ceil(value / cluster) * cluster;
  const maximumFiles = Math.min(LARGEST_MAXIMUM_FILES, Math.max(options.maximumFiles ?? defaultMaximum(blocks, cluster), RESERVED_FILES + 7));
  const ibmapSize = Math.ceil(maximumFiles / (BLOCK * 8));
  const headers = Math.max(16, options.headers ?? 16);
  const sbmapSize = Math.ceil(Math.ceil(blocks / cluster) / (BLOCK * 8));
  const usable = Math.floor(blocks / cluster) * cluster;
  const alternateHome = toCluster(Math.floor(usable / 3));
  const [indexSize, storageSize, mfdSize] = [ibmapSize + headers, 1 + sbmapSize, Math.ceil((options.directories ?? ENTRIES_IN_BLOCK) / ENTRIES_IN_BLOCK)].map(toCluster) as [number, number, number];
  const bitmapAndHeaders = { lbn: toCluster(placeOf(options.index, usable, cluster, indexSize + storageSize + mfdSize, alternateHome)), count: indexSize };
  const storage = { lbn: bitmapAndHeaders.lbn + bitmapAndHeaders.count, count: storageSize };
  const mfd = { lbn: storage.lbn + storage.count, count: mfdSize };
  const index = [
    // Boot and home block in the first cluster (two, when a cluster is one block), the copy of the home block, the copy of the header.
    { lbn: 0, count: cluster === 1 ? 2 : cluster * 2 },
    ...(cluster === 1 ? [{ lbn: alternateHome, count: 1 }] : [{ lbn: alternateHome, count: cluster }]),
    { lbn: usable - cluster, count: cluster },
    bitmapAndHeaders,
  ];
  const middle = { lbn: bitmapAndHeaders.lbn, count: mfd.lbn + mfd.count - bitmapAndHeaders.lbn };
  if (middle.lbn + middle.count > usable - cluster || overlaps(middle, index[1]!)) throw new RangeError('the disk is too small for a Files-11 volume');
  const bad = wholeClusters(options.badBlocks ?? [], cluster);
  if (bad.some((area) => area.lbn + area.count > usable || [...index.slice(0, 3), middle].some((used) => overlaps(used, area)))) {
    throw new RangeError('a bad block lies outside the disk or where the volume needs a good one');
  }
  return { blocks, cluster, maximumFiles, ibmapSize, sbmapSize, index, storage, mfd, bad };
}

const attributes = (format: number, recordSize: number, flags = 0): Uint8Array => {
  const bytes = new Uint8Array(FAT.size);
  const fat = FAT.at(new ArrayMemory(bytes), 0);
  fat.FAT$B_RTYPE = format;
  fat.FAT$B_RATTRIB = flags;
  fat.FAT$W_RSIZE = recordSize;
  fat.FAT$W_MAXREC = recordSize;
  return bytes;
};

/** Record attributes of a directory file. */
export const DIRECTORY_ATTRIBUTES = attributes(FAT$C_VARIABLE, BLOCK, FAT$M_NOSPAN);
export const FIXED_BLOCK_ATTRIBUTES = attributes(FAT$C_FIXED, BLOCK);

interface Reserved {
  readonly number: number;
  readonly name: string;
  readonly map: readonly Extent[];
  readonly endOfFile: number;
  readonly isDirectory?: boolean;
}

/** Makes `store` an empty volume. Every block it does not write is taken to be of no consequence. */
export function initializeVolume(store: BlockStore, options: InitializeOptions): void {
  const layout = layOut(store.blocks, options);
  const { index, storage, mfd, ibmapSize, bad } = layout;
  const middle = index.at(-1)!;
  const reserved: Reserved[] = [
    { number: FID$C_INDEXF, name: 'INDEXF.SYS;1', map: index, endOfFile: layout.cluster * 4 + ibmapSize + RESERVED_FILES + 1 },
    { number: FID$C_BITMAP, name: 'BITMAP.SYS;1', map: [storage], endOfFile: layout.sbmapSize + 2 },
    { number: FID$C_BADBLK, name: 'BADBLK.SYS;1', map: bad, endOfFile: blocksIn(bad) + 1 },
    { number: FID$C_MFD, name: '000000.DIR;1', map: [mfd], endOfFile: 2, isDirectory: true },
    { number: FID$C_CORIMG, name: 'CORIMG.SYS;1', map: [], endOfFile: 1 },
    { number: FID$C_VOLSET, name: 'VOLSET.SYS;1', map: [], endOfFile: 1 },
    { number: FID$C_CONTIN, name: 'CONTIN.SYS;1', map: [], endOfFile: 1 },
    { number: FID$C_BACKUP, name: 'BACKUP.SYS;1', map: [], endOfFile: 1 },
    { number: FID$C_BADLOG, name: 'BADLOG.SYS;1', map: [], endOfFile: 1 },
  ];
  const idOf = (number: number): FileId => ({ number, sequence: number, rvn: 0 });
  const headerBase = middle.lbn + ibmapSize;
  for (const file of reserved) {
    const header = newHeader(idOf(file.number), {
      name: file.name, owner: options.owner ?? SYSTEM_UIC, protection: file.isDirectory ? MFD_PROTECTION : DEFAULT_FILE_PROTECTION, backLink: idOf(FID$C_MFD), date: options.date,
      characteristics: file.isDirectory ? FCH$M_DIRECTORY | FCH$M_CONTIG : file.map.length === 1 && file.number !== FID$C_BADBLK ? FCH$M_CONTIG : 0,
      recordAttributes: file.isDirectory ? DIRECTORY_ATTRIBUTES : FIXED_BLOCK_ATTRIBUTES,
    });
    writeMap(header, file.map);
    const fat = recordAttributesOf(header);
    setHighestBlock(fat, blocksIn(file.map));
    setEndOfFileBlock(fat, file.endOfFile);
    seal(header);
    store.write(headerBase + file.number - 1, header);
    if (file.number === FID$C_INDEXF) store.write(index[2]!.lbn, header);
  }
  const ordered = reserved.map(({ name, number }) => ({ name: name.slice(0, name.indexOf(';')), versionLimit: 1, entries: [{ version: 1, id: idOf(number) }] }));
  ordered.sort((a, b) => (a.name < b.name ? -1 : 1));
  store.write(mfd.lbn, formatBlock(ordered));
  writeIndexBitmap(store, layout, middle.lbn);
  writeStorageBitmap(store, layout, [...index, storage, mfd, ...bad], options);
  writeHomeBlocks(store, layout, options);
}

function writeIndexBitmap(store: BlockStore, { ibmapSize }: Layout, lbn: number): void {
  const bitmap = new Uint8Array(ibmapSize * BLOCK);
  storeWord(bitmap, 0, (1 << RESERVED_FILES) - 1);
  store.write(lbn, bitmap);
}

function writeStorageBitmap(store: BlockStore, { blocks, cluster, sbmapSize, storage }: Layout, used: readonly Extent[], options: InitializeOptions): void {
  const control = new Uint8Array(BLOCK);
  const scb = storageControlOf(control);
  scb.SCB$W_STRUCLEV = ODS2_LEVEL;
  scb.SCB$W_CLUSTER = cluster;
  scb.SCB$L_VOLSIZE = blocks;
  scb.SCB$L_BLKSIZE = 1;
  scb.SCB$L_SECTORS = blocks;
  scb.SCB$L_TRACKS = 1;
  scb.SCB$L_CYLINDER = 1;
  scb.SCB$T_VOLOCKNAME = textToBytes(options.label.padEnd(12, ' ').slice(0, 12));
  seal(control);
  const bitmap = new Uint8Array(sbmapSize * BLOCK);
  const clusters = Math.floor(blocks / cluster);
  bitmap.fill(0xff, 0, clusters >>> 3);
  if (clusters & 7) bitmap[clusters >>> 3] = (1 << (clusters & 7)) - 1;
  for (const { lbn, count } of used) {
    for (let at = lbn / cluster; at < (lbn + count) / cluster; at += 1) bitmap[at >>> 3] = bitmap[at >>> 3]! & ~(1 << (at & 7));
  }
  store.write(storage.lbn, control);
  store.write(storage.lbn + 1, bitmap);
}

function writeHomeBlocks(store: BlockStore, layout: Layout, options: InitializeOptions): void {
  const { cluster, index, ibmapSize, maximumFiles } = layout;
  const copies = [{ lbn: 1, vbn: 2 }, { lbn: index[1]!.lbn, vbn: cluster * 2 + 1 }];
  for (const copy of copies) {
    const block = new Uint8Array(BLOCK);
    const home = homeBlockOf(block);
    home.HM2$L_HOMELBN = copy.lbn;
    home.HM2$W_HOMEVBN = copy.vbn;
    home.HM2$L_ALHOMELBN = copies[1]!.lbn;
    home.HM2$W_ALHOMEVBN = copies[1]!.vbn;
    home.HM2$L_ALTIDXLBN = index[2]!.lbn;
    home.HM2$W_ALTIDXVBN = cluster * 3 + 1;
    home.HM2$W_STRUCLEV = ODS2_LEVEL;
    home.HM2$W_CLUSTER = cluster;
    home.HM2$W_IBMAPVBN = cluster * 4 + 1;
    home.HM2$L_IBMAPLBN = index.at(-1)!.lbn;
    home.HM2$L_MAXFILES = maximumFiles;
    home.HM2$W_IBMAPSIZE = ibmapSize;
    home.HM2$W_RESFILES = RESERVED_FILES;
    home.HM2$L_VOLOWNER = options.owner ?? SYSTEM_UIC;
    home.HM2$W_PROTECT = options.volumeProtection ?? 0;
    home.HM2$W_VOLCHAR = options.characteristics ?? 0;
    home.HM2$W_FILEPROT = options.fileProtection ?? DEFAULT_FILE_PROTECTION;
    home.HM2$Q_CREDATE = options.date;
    home.HM2$Q_REVDATE = options.date;
    home.HM2$B_WINDOW = options.window ?? WINDOW;
    home.HM2$B_LRU_LIM = options.directoryCache ?? LRU_LIMIT;
    home.HM2$W_EXTEND = options.extend ?? EXTEND;
    home.HM2$L_SERIALNUM = options.serialNumber ?? 0;
    home.HM2$T_STRUCNAME = textToBytes(' '.repeat(12));
    home.HM2$T_VOLNAME = textToBytes(options.label.padEnd(12, ' ').slice(0, 12));
    home.HM2$T_OWNERNAME = textToBytes((options.ownerName ?? 'SYSTEM').padEnd(12, ' ').slice(0, 12));
    home.HM2$T_FORMAT = textToBytes(FORMAT_TYPE);
    sealHome(block);
    store.write(copy.lbn, block);
  }
}
