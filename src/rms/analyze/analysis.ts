import type { Flow } from '../../executive/gate/microroutine.js';
import type { KeyDescriptor } from '../index/keys.js';

/** What an analysis of a file's structure looks at, and what it finds. It reads blocks and nothing else. @source Record Management Utilities, ANALYZE/RMS_FILE */

/** `count` blocks from `vbn`; undefined: they are not in the file, or cannot be read. */
export type BlockReader = (vbn: number, count: number) => Flow<Uint8Array | undefined>;

/** The file's attributes, from its header. */
export interface FileShape {
  /** FAB$C_SEQ, FAB$C_REL, FAB$C_IDX. */
  readonly organization: number;
  /** FAB$C_FIX, ... */
  readonly format: number;
  /** FAB$M_CR, FAB$M_BLK, ... */
  readonly attributes: number;
  readonly maximum: number;
  readonly longest: number;
  readonly controlSize: number;
  /** Blocks of a bucket. */
  readonly bucketSize: number;
  readonly extension: number;
  /** Block where the file ends, and the first free byte in it. */
  readonly endBlock: number;
  readonly endByte: number;
  readonly allocated: number;
  readonly globalBuffers: number;
}

export interface Finding {
  readonly vbn: number;
  readonly text: string;
}

/** Area of an indexed file. */
export interface AreaFacts {
  readonly block: number;
  readonly at: number;
  readonly number: number;
  readonly flags: number;
  readonly bucketSize: number;
  readonly reclaimed: number;
  readonly start: number;
  readonly blocks: number;
  readonly used: number;
  readonly next: number;
  readonly extension: number;
  readonly total: number;
}

/** Key of an indexed file: its descriptor, and what only reports want. */
export interface KeyFacts extends KeyDescriptor {
  readonly name: string;
  readonly indexFill: number;
  readonly dataFill: number;
  readonly nextBlock: number;
  readonly nextAt: number;
}

/** What the buckets of one key hold. Bytes are those of entries, without headers. */
export interface KeyNumbers {
  dataBuckets: number;
  dataBytes: number;
  /** Records of the primary key, SIDRs of another. */
  entries: number;
  /** Pointers of SIDRs. */
  pointers: number;
  /** Sum of record lengths, and the longest. */
  length: number;
  longest: number;
  /** Keys in data buckets: as they are, and as they are stored. */
  keyBytes: number;
  storedKeyBytes: number;
  /** The rest of records: as it is, and as it is stored. */
  restBytes: number;
  storedRestBytes: number;
  indexBuckets: number;
  indexBytes: number;
  indexEntries: number;
  levelOneEntries: number;
  /** Data buckets without an entry. */
  emptyBuckets: number;
}

export interface RelativeFacts {
  readonly first: number;
  readonly end: number;
  readonly maximum: number;
  readonly version: number;
}

export interface Analysis {
  readonly findings: Finding[];
  /** Records that are there. */
  records: number;
  relative?: RelativeFacts;
  areas: AreaFacts[];
  keys: KeyFacts[];
  /** Of each key, in order. */
  numbers: KeyNumbers[];
  /** Buckets on the lists of reclaimed ones, of each area. */
  reclaimed: number[];
  /** Length of the longest record that was found. */
  longest: number;
}

export function newAnalysis(): Analysis {
  return { findings: [], records: 0, areas: [], keys: [], numbers: [], reclaimed: [], longest: 0 };
}

export const BLOCK = 512;
