import { FAB$C_IDX, FAB$C_REL, FAB$C_SEQ, FAB$C_VFC, FAB$M_BLK, FAB$M_CR, FAB$M_FTN, FAB$M_PRN } from '../../executive/starlet/fabdef.js';
import { XAB$M_CHG, XAB$M_DAT_NCMPR, XAB$M_DUP, XAB$M_IDX_NCMPR, XAB$M_KEY_NCMPR, XAB$M_NUL } from '../../executive/starlet/xabdef.js';
import { CONTROLS, FORMATS, ORGANIZATIONS, TYPES, type FileDesign, type KeyDesign } from './design.js';

/** A design as FDL text, in the order and columns of ANALYZE/RMS_FILE/FDL. */
function nameOf(table: Readonly<Record<string, number>>, value: number): string {
  return (Object.entries(table).find(([, code]) => code === value)?.[0] ?? 'none').toLowerCase();
}

function yesNo(value: boolean | number): string {
  return value ? 'yes' : 'no';
}

/** One attribute on its line. */
export function attributeLine(name: string, value: string | number): string {
  return `\t${name.padEnd(23)} ${value}`;
}

function section(title: string, attributes: readonly (readonly [name: string, value: string | number])[]): string[] {
  return [title, ...attributes.map(([name, value]) => attributeLine(name, value)), ''];
}

/** @param extra  attributes of the FILE section that only a file on a disk has */
export function fdlText(design: FileDesign, extra: readonly (readonly [name: string, value: string | number])[] = []): string[] {
  const { organization, attributes } = design;
  const file = [
    ['ALLOCATION', design.allocation], ['BEST_TRY_CONTIGUOUS', yesNo(design.bestTry)], ...(organization === FAB$C_SEQ ? [] : [['BUCKET_SIZE', design.bucketSize]]),
    ['CONTIGUOUS', yesNo(design.contiguous)], ['EXTENSION', design.extension], ['GLOBAL_BUFFER_COUNT', design.globalBuffers],
    ...(organization === FAB$C_REL ? [['MAX_RECORD_NUMBER', design.maximumRecord]] : []), ['ORGANIZATION', nameOf(ORGANIZATIONS, organization)], ...extra,
  ].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) as [string, string | number][];
  return [
    ...section('FILE', file),
    ...section('RECORD', [
      ['BLOCK_SPAN', yesNo(!(attributes & FAB$M_BLK))], ['CARRIAGE_CONTROL', nameOf(CONTROLS, attributes & (FAB$M_CR | FAB$M_FTN | FAB$M_PRN))],
      ...(design.format === FAB$C_VFC ? [['CONTROL_FIELD_SIZE', design.controlSize] as const] : []), ['FORMAT', nameOf(FORMATS, design.format)], ['SIZE', design.recordSize],
    ]),
    ...(organization === FAB$C_IDX ? design.areas.flatMap((area) => section(`AREA ${area.number}`, [
      ['ALLOCATION', area.allocation], ...(area.bestTry ? [['BEST_TRY_CONTIGUOUS', 'yes'] as const] : []), ['BUCKET_SIZE', area.bucketSize],
      ...(area.contiguous ? [['CONTIGUOUS', 'yes'] as const] : []), ['EXTENSION', area.extension],
    ])) : []),
    ...design.keys.flatMap(keyText),
  ];
}

function keyText(key: KeyDesign): string[] {
  const { number, flags } = key;
  return section(`KEY ${number}`, [
    ['CHANGES', yesNo(flags & XAB$M_CHG)], ['DATA_AREA', key.dataArea], ['DATA_FILL', key.dataFill], ['DATA_KEY_COMPRESSION', yesNo(!(flags & XAB$M_KEY_NCMPR))],
    ...(number === 0 ? [['DATA_RECORD_COMPRESSION', yesNo(!(flags & XAB$M_DAT_NCMPR))] as const] : []), ['DUPLICATES', yesNo(flags & XAB$M_DUP)],
    ['INDEX_AREA', key.indexArea], ['INDEX_COMPRESSION', yesNo(!(flags & XAB$M_IDX_NCMPR))], ['INDEX_FILL', key.indexFill], ['LEVEL1_INDEX_AREA', key.lowestArea],
    ['NAME', `"${key.name.replaceAll('"', '""')}"`], ['NULL_KEY', yesNo(flags & XAB$M_NUL)], ...(flags & XAB$M_NUL ? [['NULL_VALUE', key.nullValue] as const] : []),
    ...(number === 0 ? [['PROLOG', key.prolog || 3] as const] : []),
    ...key.segments.flatMap(({ position, size }, index) => [[`SEG${index}_LENGTH`, size], [`SEG${index}_POSITION`, position]] as const),
    ['TYPE', nameOf(TYPES, key.type)],
  ]);
}
