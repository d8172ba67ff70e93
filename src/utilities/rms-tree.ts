import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { FAB$C_FIX, FAB$C_IDX, FAB$C_REL, FAB$C_VFC } from '../executive/starlet/fabdef.js';
import { longAt, wordAt } from '../filesystem/on-disk.js';
import { newAnalysis, type Analysis, type KeyFacts } from '../rms/analyze/analysis.js';
import { analyzePrologue } from '../rms/analyze/prologue.js';
import { analyzeRelative } from '../rms/analyze/relative.js';
import { parseIndex, parseLeaf, recordData, type Entry, type Pointer, type Rrv } from '../rms/index/buckets.js';
import { KEY$M_INITIDX } from '../rms/index/keys.js';
import { BKT, DLC$M_DELETED, DLC$M_REC } from '../rms/on-disk.js';
import { RecordFailure } from '../rms/records/failure.js';
import { dumpLines, type DumpForm } from './dump-format.js';
import { areaLines, attributeLines, headerLines, hex, keyLines, prologLines } from './rms-report.js';
import type { StructureFile } from './rms-structure.js';

/** The tree of a file's structures that ANALYZE/RMS_FILE/INTERACTIVE walks through. @source ANALYZE/RMS_FILE, interactive commands */
export interface Node {
  readonly lines: readonly string[];
  /** Ways down. */
  readonly branches: readonly Branch[];
  /** The structure behind this one on its level. */
  readonly next?: () => Flow<Node | undefined>;
}

export interface Branch {
  readonly name: string;
  readonly what: string;
  readonly open: () => Flow<Node | undefined>;
}

/** A list as nodes, one behind the other. */
function siblings<T>(items: readonly T[], node: (item: T, index: number) => Omit<Node, 'next'>, index = 0): Node | undefined {
  const item = items[index];
  if (item === undefined) return undefined;
  return { ...node(item, index), next: function* () { return siblings(items, node, index + 1); } };
}

function* ready(node: Node | undefined): Flow<Node | undefined> {
  return node;
}

function tried<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (problem) {
    if (problem instanceof RecordFailure) return undefined;
    throw problem;
  }
}

const LINE = { radix: 16, width: 4 } as const;
const DUMP_FORM: DumpForm = { unit: 1, radix: 16, width: 80 };

export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const row = bytes.subarray(at, at + 8);
    const text = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`\t${[...row].map((byte) => byte.toString(LINE.radix).toUpperCase().padStart(2, '0')).join(' ').padEnd(24)}|${text.padEnd(8)}| ${at.toString(16).toUpperCase().padStart(LINE.width, '0')}`);
  }
  return lines.length === 0 ? ['\t(no bytes)'] : lines;
}

function dataNode(title: string, bytes: Uint8Array): Node {
  return { lines: [title, '', ...hexLines(bytes), ''], branches: [] };
}

export class StructureTree {
  constructor(private readonly p: Procedure, readonly file: StructureFile) {}

  *root(): Flow<Node> {
    return {
      lines: yield* headerLines(this.p, this.file),
      branches: [{ name: 'ATTRIBUTES', what: 'RMS file attributes', open: () => ready(this.attributes()) }],
    };
  }

  private attributes(): Node {
    const { organization } = this.file.shape;
    const hasProlog = organization === FAB$C_IDX || organization === FAB$C_REL;
    return { lines: attributeLines(this.file), branches: hasProlog ? [{ name: 'PROLOG', what: 'Fixed prolog', open: () => this.prolog() }] : [] };
  }

  private *prolog(): Flow<Node | undefined> {
    const { shape, read } = this.file;
    if (shape.organization === FAB$C_REL) {
      const analysis = yield* analyzeRelative(read, shape);
      const facts = analysis.relative;
      return { lines: prologLines(analysis), branches: facts ? [{ name: 'BUCKETS', what: 'Data buckets', open: () => this.cells(facts.first, facts.end) }] : [] };
    }
    const analysis = newAnalysis();
    yield* analyzePrologue(read, shape, analysis);
    return {
      lines: prologLines({ ...analysis, keys: [] }).slice(0, 5),
      branches: [
        { name: 'AREAS', what: 'Area descriptors', open: () => ready(this.areas(analysis)) },
        { name: 'KEYS', what: 'Key descriptors', open: () => ready(this.keys(analysis)) },
      ],
    };
  }

  private areas({ areas }: Analysis): Node | undefined {
    return siblings(areas, (area) => ({ lines: areaLines(area), branches: [] }));
  }

  private keys({ keys }: Analysis): Node | undefined {
    return siblings(keys, (key) => ({
      lines: keyLines(key),
      branches: key.flags & KEY$M_INITIDX ? [] : [
        { name: 'INDEX', what: 'Root index bucket', open: () => this.bucket(keys, key, key.root, key.rootLevel) },
        { name: 'DATA', what: 'Data buckets', open: () => this.bucket(keys, key, key.firstData, 0) },
      ],
    }));
  }

  private *bucket(keys: readonly KeyFacts[], key: KeyFacts, vbn: number, level: number): Flow<Node | undefined> {
    const bytes = yield* this.file.read(vbn, level === 0 ? key.dataBlocks : key.indexBlocks);
    if (!bytes) return undefined;
    const { offset } = BKT;
    const flags = bytes[offset.BKT$B_BKTCB]!;
    const next = longAt(bytes, offset.BKT$L_NXTBKT);
    const index = level > 0 ? tried(() => parseIndex(bytes, vbn, key, level)) : undefined;
    const fixed = this.file.shape.format === FAB$C_FIX ? this.file.shape.maximum : 0;
    const leaf = level === 0 ? tried(() => parseLeaf(bytes, vbn, key, fixed)) : undefined;
    const records: Branch[] = index ? [{ name: 'RECORDS', what: 'Index records', open: () => ready(this.indexRecords(keys, key, vbn, level, index.pointers)) }]
      : leaf ? [
        { name: 'RECORDS', what: key.reference === 0 ? 'Primary data records' : 'SIDR pointers', open: () => ready(this.records(keys, vbn, leaf.entries, fixed)) },
        ...(leaf.rrvs.length > 0 ? [{ name: 'RRVS', what: 'Record reference vectors', open: () => ready(this.rrvs(vbn, leaf.rrvs)) }] : []),
      ] : [];
    const isLast = (flags & BKT.mask.BKT$V_LASTBKT) !== 0;
    return {
      lines: [
        `BUCKET HEADER (VBN ${vbn})`, '', `\tCheck Character: ${hex(bytes[0]!, 2)}`, `\tKey of Reference: ${bytes[1]}`, `\tVBN Sample: ${wordAt(bytes, 2)}`,
        `\tFree Space Offset: ${hex(wordAt(bytes, 4))}`, `\tFree Record ID: ${wordAt(bytes, 6)}`, `\tNext Bucket VBN: ${next}`, `\tLevel: ${bytes[offset.BKT$B_LEVEL]}`,
        '\tBucket Header Flags:', `\t\t(0)  BKT$V_LASTBKT    ${flags & 1}`, ...(level > 0 ? [`\t\t(1)  BKT$V_ROOTBKT    ${(flags >>> 1) & 1}`] : []),
        ...(level > 0 ? [`\tBucket Pointer Size: ${((flags >>> 3) & 3) + 2}`, `\tVBN Free Space Offset: ${hex(wordAt(bytes, bytes.length - 4))}`] : []),
        ...(index || leaf ? [] : ['', '***  The bucket is damaged.']), '',
      ],
      branches: records,
      ...(isLast || next === 0 ? {} : { next: () => this.bucket(keys, key, next, level) }),
    };
  }

  private indexRecords(keys: readonly KeyFacts[], key: KeyFacts, bucket: number, level: number, pointers: readonly Pointer[]): Node | undefined {
    return siblings(pointers, ({ key: value, vbn }, index) => ({
      lines: [`INDEX RECORD ${index + 1} (VBN ${bucket})`, '', `\tBucket Pointer: ${vbn}`, '\tKey:', ...hexLines(value), ''],
      branches: [{ name: 'DEEPER', what: 'The bucket it points to', open: () => this.bucket(keys, key, vbn, level - 1) }],
    }));
  }

  private records(keys: readonly KeyFacts[], bucket: number, entries: readonly Entry[], fixed: number): Node | undefined {
    return siblings(entries, (entry) => {
      const { address, record } = entry;
      const data = record ? tried(() => recordData(keys[0]!, entry, fixed)) : undefined;
      return {
        lines: [
          record ? `PRIMARY DATA RECORD (VBN ${bucket})` : `SIDR POINTER (VBN ${bucket})`, '', ...(record ? [`\tRecord ID: ${record.id}`] : []),
          `\tRRV ID: ${address.id}, Bucket Pointer: ${address.vbn}`, '\tKey:', ...hexLines(entry.key), '',
        ],
        branches: data ? [{ name: 'BYTES', what: 'The record', open: () => ready(dataNode(`RECORD BYTES (${data.length})`, data)) }] : [],
      };
    });
  }

  private rrvs(bucket: number, rrvs: readonly Rrv[]): Node | undefined {
    return siblings(rrvs, ({ id, to }) => ({
      lines: [`RRV (VBN ${bucket})`, '', `\tRecord ID: ${id}`, to ? `\tRRV ID: ${to.id}, Bucket Pointer: ${to.vbn}` : '\tThe record is deleted.', ''], branches: [],
    }));
  }

  private *cells(vbn: number, end: number): Flow<Node | undefined> {
    const { shape } = this.file;
    const bytes = vbn < end ? yield* this.file.read(vbn, shape.bucketSize) : undefined;
    if (!bytes) return undefined;
    const fixedArea = shape.format === FAB$C_VFC ? shape.controlSize : 0;
    const size = 1 + (shape.format === FAB$C_FIX ? 0 : 2) + fixedArea + shape.maximum;
    const cells = Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
    const cellNode = (cell: Uint8Array, index: number): Omit<Node, 'next'> => {
      const control = cell[0]!;
      const count = shape.format === FAB$C_FIX ? shape.maximum : wordAt(cell, 1);
      const start = shape.format === FAB$C_FIX ? 1 : 3;
      return {
        lines: [
          `CELL ${index + 1} (VBN ${vbn}, offset ${hex(index * size)})`, '', '\tCell Control Flags:', `\t\t(2)  DLC$V_DELETED    ${control & DLC$M_DELETED ? 1 : 0}`,
          `\t\t(3)  DLC$V_REC        ${control & DLC$M_REC ? 1 : 0}`, ...(control & DLC$M_REC ? [`\tRecord Bytes: ${count}`] : []), '',
        ],
        branches: control & DLC$M_REC ? [{ name: 'BYTES', what: 'The record', open: () => ready(dataNode(`RECORD BYTES (${count})`, cell.subarray(start, start + count))) }] : [],
      };
    };
    return {
      lines: [`DATA BUCKET (VBN ${vbn})`, '', `\tCells: ${cells.length}`, ''],
      branches: [{ name: 'CELLS', what: 'Record cells', open: () => ready(siblings(cells, cellNode)) }],
      next: () => this.cells(vbn + shape.bucketSize, end),
    };
  }

  /** A block in hexadecimal. */
  *dump(vbn: number): Flow<string[] | undefined> {
    const bytes = yield* this.file.read(vbn, 1);
    return bytes ? [`DUMP OF VIRTUAL BLOCK ${vbn}:`, '', ...dumpLines(bytes, DUMP_FORM), ''] : undefined;
  }
}
