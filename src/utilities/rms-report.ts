import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { uicText } from '../executive/information/fao.js';
import { FAB$C_FIX, FAB$C_IDX, FAB$C_SEQ, FAB$C_VFC, FAB$M_BLK, FAB$M_CR, FAB$M_FTN, FAB$M_PRN } from '../executive/starlet/fabdef.js';
import {
  XAB$C_BN2, XAB$C_BN4, XAB$C_BN8, XAB$C_IN2, XAB$C_IN4, XAB$C_IN8, XAB$C_PAC, XAB$C_STG,
} from '../executive/starlet/xabdef.js';
import { FCH$M_CONTIG, FCH$M_CONTIGB } from '../filesystem/atr.js';
import type { Analysis, AreaFacts, KeyFacts, KeyNumbers } from '../rms/analyze/analysis.js';
import { KEY$M_INITIDX, KEY$M_NULKEYS } from '../rms/index/keys.js';
import { attributeLine } from './fdl/text.js';
import { timeText } from './process-information.js';
import type { StructureFile } from './rms-structure.js';

/** Parts of the reports of ANALYZE/RMS_FILE. @source reports of real systems in public notes; Guide to VMS File Applications, examples of ANALYZE/RMS_FILE */
export const ORGANIZATION_NAMES: Readonly<Record<number, string>> = { 0: 'sequential', 16: 'relative', 32: 'indexed' };
const FORMAT_NAMES = ['undefined', 'fixed', 'variable', 'variable-with-fixed-control', 'stream', 'stream-LF', 'stream-CR'] as const;
const TYPE_NAMES = new Map<number, string>([
  [XAB$C_STG, 'string'], [XAB$C_IN2, 'signed word'], [XAB$C_BN2, 'unsigned word'], [XAB$C_IN4, 'signed longword'], [XAB$C_BN4, 'unsigned longword'],
  [XAB$C_PAC, 'packed decimal'], [XAB$C_IN8, 'signed quadword'], [XAB$C_BN8, 'unsigned quadword'],
]);
const BLOCK = 512;
const WHOLE = 100;

export function hex(value: number, digits = 4): string {
  return `%X'${value.toString(16).toUpperCase().padStart(digits, '0')}'`;
}

function access(protection: number, category: number): string {
  return [...'RWED'].filter((_letter, bit) => ((protection >>> (4 * category + bit)) & 1) === 0).join('');
}

/** First lines of a report. */
export function* heading(p: Procedure, title: string, spec: string): Flow<string[]> {
  return [`${title.padEnd(45)}${yield* timeText(p)}   Page 1`, spec, '', ''];
}

export function* headerLines(p: Procedure, { file, header }: StructureFile): Flow<string[]> {
  const date = function* (time: bigint, none: string): Flow<string> {
    return time === 0n ? none : yield* timeText(p, time);
  };
  const { characteristics } = header;
  const contiguity = characteristics & FCH$M_CONTIG ? 'contiguous' : characteristics & FCH$M_CONTIGB ? 'contiguous-best-try' : 'none';
  return [
    'FILE HEADER', '', `\tFile Spec: ${file.spec}`, `\tFile ID: (${file.fid.join(',')})`, `\tOwner UIC: ${uicText(header.owner)}`,
    `\tProtection:  ${['System', 'Owner', 'Group', 'World'].map((name, category) => `${name}: ${access(header.protection, category)}`).join(', ')}`,
    `\tCreation Date:   ${yield* date(header.created, 'none specified')}`, `\tRevision Date:   ${yield* date(header.revised, 'none specified')}, Number: ${header.revision}`,
    `\tExpiration Date: ${yield* date(header.expires, 'none specified')}`, `\tBackup Date:     ${yield* date(header.backup, 'none posted')}`,
    `\tContiguity Options:  ${contiguity}`, '\tPerformance Options: none', '\tReliability Options: none', '\tJournaling Enabled:  none', '', '',
  ];
}

export function attributeLines({ shape }: StructureFile): string[] {
  const control = shape.attributes & FAB$M_FTN ? 'fortran' : shape.attributes & FAB$M_CR ? 'carriage-return' : shape.attributes & FAB$M_PRN ? 'print' : '';
  return [
    'RMS FILE ATTRIBUTES', '', `\tFile Organization: ${ORGANIZATION_NAMES[shape.organization] ?? 'unknown'}`, `\tRecord Format: ${FORMAT_NAMES[shape.format] ?? 'unknown'}`,
    `\tRecord Attributes: ${shape.attributes & FAB$M_BLK ? 'no-span' : ''} ${control} `.trimEnd(), `\tMaximum Record Size: ${shape.maximum}`,
    ...(shape.organization === FAB$C_SEQ || shape.format === FAB$C_FIX ? [`\tLongest Record: ${shape.longest}`] : []),
    ...(shape.format === FAB$C_VFC ? [`\tFixed Control Size: ${shape.controlSize}`] : []),
    `\tBlocks Allocated: ${shape.allocated}, Default Extend Size: ${shape.extension}`,
    shape.organization === FAB$C_SEQ ? `\tEnd-of-File VBN: ${shape.endBlock}, Offset: ${hex(shape.endByte)}` : `\tBucket Size: ${shape.bucketSize}`,
    `\tGlobal Buffer Count: ${shape.globalBuffers}`, '', '',
  ];
}

/** Fixed prolog, and descriptors of areas and keys. */
export function prologLines({ relative, areas, keys }: Analysis): string[] {
  if (relative) {
    return [
      'FIXED PROLOG', '', '\tProlog Flags:', '\t\t(0)  PLG$V_NOEXTEND   0', `\tFirst Data Bucket VBN: ${relative.first}`, `\tMaximum Record Number: ${relative.maximum}`,
      `\tEnd-of-File VBN: ${relative.end}`, `\tProlog Version: ${relative.version}`, '', '',
    ];
  }
  if (areas.length === 0) return [];
  return [
    'FIXED PROLOG', '', `\tNumber of Areas: ${areas.length}, VBN of First Descriptor: ${areas[0]!.block}`, '\tProlog Version: 3', '',
    ...areas.flatMap(areaLines), ...keys.flatMap(keyLines),
  ];
}

export function areaLines(area: AreaFacts): string[] {
  return [
    `AREA DESCRIPTOR #${area.number} (VBN ${area.block}, offset ${hex(area.at)})`, '', `\tBucket Size: ${area.bucketSize}`, `\tReclaimed Bucket VBN: ${area.reclaimed}`,
    `\tCurrent Extent Start: ${area.start}, Blocks: ${area.blocks}, Used: ${area.used}, Next: ${area.next}`, `\tDefault Extend Quantity: ${area.extension}`,
    `\tTotal Allocation: ${area.total}`, '',
  ];
}

const FLAGS = [[0, 'DUPKEYS', 'both'], [1, 'CHGKEYS', 'alternate'], [2, 'NULKEYS', 'alternate'], [3, 'IDX_COMPR', 'both'], [4, 'INITIDX', 'both'], [6, 'KEY_COMPR', 'both'], [7, 'REC_COMPR', 'primary']] as const;

export function keyLines(key: KeyFacts): string[] {
  const isEmpty = (key.flags & KEY$M_INITIDX) !== 0;
  const kind = key.reference === 0 ? 'primary' : 'alternate';
  const row = (name: string, first: number, values: readonly number[]): string => `\t${name}:${values.map((value, index) => String(value).padStart(index === 0 ? first : 6)).join('')}`;
  return [
    `KEY DESCRIPTOR #${key.reference} (VBN ${key.block}, offset ${hex(key.at)})`, '',
    ...(key.nextBlock === 0 ? [] : [`\tNext Key Descriptor VBN: ${key.nextBlock}, Offset: ${hex(key.nextAt)}`]),
    `\tIndex Area: ${key.indexArea}, Level 1 Index Area: ${key.lowestArea}, Data Area: ${key.dataArea}`, `\tRoot Level: ${key.rootLevel}`,
    `\tIndex Bucket Size: ${key.indexBlocks}, Data Bucket Size: ${key.dataBlocks}`, ...(isEmpty ? [] : [`\tRoot VBN: ${key.root}`]), '\tKey Flags:',
    ...FLAGS.filter(([, , whose]) => whose === 'both' || whose === kind).map(([bit, name]) => `\t\t(${bit})  ${`KEY$V_${name}`.padEnd(17)}${(key.flags >>> bit) & 1}`),
    `\tKey Segments: ${key.segments.length}`, ...(key.flags & KEY$M_NULKEYS ? [`\tNull Character: ${hex(key.nullValue, 2)}`] : []), `\tKey Size: ${key.size}`,
    `\tMinimum Record Size: ${key.shortest}`, `\tIndex Fill Quantity: ${key.indexFill}, Data Fill Quantity: ${key.dataFill}`,
    row('Segment Positions', 8, key.segments.map(({ position }) => position)), row('Segment Sizes', 12, key.segments.map(({ size }) => size)),
    `\tData Type: ${TYPE_NAMES.get(key.type) ?? 'unknown'}`, `\tName: "${key.name}"`, ...(isEmpty ? [] : [`\tFirst Data Bucket VBN: ${key.firstData}`]), '',
  ];
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.trunc(part * WHOLE / whole);
}

function mean(total: number, count: number): number {
  return count === 0 ? 0 : Math.round(total / count);
}

/** Header and end of a data bucket and of an index bucket. */
const DATA_OVERHEAD = 15;
const INDEX_OVERHEAD = 18;
const POINTER_BYTES = 2;

interface Derived {
  readonly dataFill: number;
  readonly keyCompression: number;
  readonly recordCompression: number;
  readonly indexFill: number;
  readonly indexCompression: number;
  readonly dataSpace: number;
  readonly indexSpace: number;
  readonly meanIndex: number;
  readonly meanData: number;
  readonly duplicates: number;
  readonly efficiency: number;
}

function derive(key: KeyFacts, numbers: KeyNumbers, shape: { readonly allocated: number }): Derived {
  const dataSpace = numbers.dataBuckets * key.dataBlocks;
  const indexSpace = numbers.indexBuckets * key.indexBlocks;
  const whole = numbers.indexEntries * (key.size + POINTER_BYTES);
  return {
    dataFill: percent(numbers.dataBytes + DATA_OVERHEAD * numbers.dataBuckets, dataSpace * BLOCK), keyCompression: percent(numbers.keyBytes - numbers.storedKeyBytes, numbers.keyBytes),
    recordCompression: percent(numbers.restBytes - numbers.storedRestBytes, numbers.restBytes), indexFill: percent(numbers.indexBytes + INDEX_OVERHEAD * numbers.indexBuckets, indexSpace * BLOCK),
    indexCompression: percent(whole - numbers.indexBytes, whole), dataSpace, indexSpace, meanIndex: key.size + POINTER_BYTES,
    meanData: key.reference === 0 ? mean(numbers.length, numbers.entries) : mean(numbers.dataBytes, numbers.entries),
    duplicates: mean(numbers.pointers - numbers.entries, numbers.entries), efficiency: percent(numbers.length, shape.allocated * BLOCK),
  };
}

/** STATISTICS FOR KEY #n. */
export function statisticsLines({ shape }: StructureFile, analysis: Analysis): string[] {
  if (shape.organization !== FAB$C_IDX) {
    return ['STATISTICS', '', `\tCount of Records: ${analysis.records}`, `\tLongest Record: ${analysis.longest}`, `\tCount of Blocks: ${shape.allocated}`, ''];
  }
  return analysis.keys.flatMap((key, index) => {
    const numbers = analysis.numbers[index]!;
    const title = [`STATISTICS FOR KEY #${index}`, ''];
    if (key.flags & KEY$M_INITIDX) return [...title, '\tThis index is uninitialized - there are no records.', ''];
    const d = derive(key, numbers, shape);
    const line = (name: string, value: string | number): string => `\t${`${name}:`.padEnd(34)}${String(value).padStart(8)}`;
    return [
      ...title, line('Number of Index Levels', key.rootLevel), line('Count of Level 1 Records', numbers.levelOneEntries), line('Mean Length of Index Entry', d.meanIndex),
      line('Count of Index Blocks', d.indexSpace), line('Mean Index Bucket Fill', `${d.indexFill}%`), line('Mean Index Entry Compression', `${d.indexCompression}%`), '',
      line('Count of Data Records', numbers.entries), ...(index === 0 ? [] : [line('Mean Duplicates per Data Record', d.duplicates)]), line('Mean Length of Data Record', d.meanData),
      line('Count of Data Blocks', d.dataSpace), line('Mean Data Bucket Fill', `${d.dataFill}%`), line('Mean Data Key Compression', `${d.keyCompression}%`),
      ...(index === 0 ? [line('Mean Data Record Compression', `${d.recordCompression}%`)] : []), line('Count of Empty Data Buckets', numbers.emptyBuckets),
      ...(index === 0 ? ['', line('Overall Space Efficiency', `${d.efficiency}%`)] : []), '',
    ];
  });
}

/** ANALYSIS_OF_AREA and ANALYSIS_OF_KEY sections of an FDL file. */
export function analysisSections({ shape }: StructureFile, analysis: Analysis): string[] {
  if (shape.organization !== FAB$C_IDX) return [];
  return [
    ...analysis.areas.flatMap((area, index) => [`ANALYSIS_OF_AREA ${index}`, attributeLine('RECLAIMED_SPACE', (analysis.reclaimed[index] ?? 0) * area.bucketSize), '']),
    ...analysis.keys.flatMap((key, index) => {
      const numbers = analysis.numbers[index]!;
      if (key.flags & KEY$M_INITIDX) return [`ANALYSIS_OF_KEY ${index}`, '\t! This index is uninitialized - there are no records.', ''];
      const d = derive(key, numbers, shape);
      const rows: (readonly [string, number])[] = [
        ['DATA_FILL', d.dataFill], ['DATA_KEY_COMPRESSION', d.keyCompression], ...(index === 0 ? [['DATA_RECORD_COMPRESSION', d.recordCompression] as const] : []),
        ['DATA_RECORD_COUNT', numbers.entries], ['DATA_SPACE_OCCUPIED', d.dataSpace], ['DEPTH', key.rootLevel], ...(index === 0 ? [] : [['DUPLICATES_PER_SIDR', d.duplicates] as const]),
        ['INDEX_COMPRESSION', d.indexCompression], ['INDEX_FILL', d.indexFill], ['INDEX_SPACE_OCCUPIED', d.indexSpace], ['LEVEL1_RECORD_COUNT', numbers.levelOneEntries],
        ['MEAN_DATA_LENGTH', d.meanData], ['MEAN_INDEX_LENGTH', d.meanIndex], ...(index === 0 ? [['LONGEST_RECORD_LENGTH', numbers.longest] as const] : []),
      ];
      return [`ANALYSIS_OF_KEY ${index}`, ...rows.map(([name, value]) => attributeLine(name, value)), ''];
    }),
  ];
}
