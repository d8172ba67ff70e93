import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { uicText } from '../executive/information/fao.js';
import { endOfFileBlock, FCH$M_CONTIG, FCH$M_CONTIGB, FCH$M_DIRECTORY, FCH$M_ERASE, FCH$M_LOCKED, FCH$M_NOBACKUP, highestBlock } from '../filesystem/atr.js';
import { fileIdAt } from '../filesystem/file-id.js';
import { identName, identOf, recordAttributesOf } from '../filesystem/files.js';
import { headerOf, wordAt } from '../filesystem/on-disk.js';
import { readMap } from '../filesystem/retrieval.js';
import { timeText } from './process-information.js';

/** DUMP/HEADER: a file header of structure level 2, field by field. @source listing of a running system */
const ORGANIZATIONS = ['Sequential', 'Relative', 'Indexed'];
const FORMATS = ['Undefined', 'Fixed', 'Variable', 'VFC', 'Stream', 'Stream_LF', 'Stream_CR'];
const ATTRIBUTES: readonly (readonly [mask: number, text: string])[] = [[1, 'Fortran carriage control'], [2, 'Implied carriage control'], [4, 'Print file carriage control'], [8, 'Non-spanned']];
const CHARACTERISTICS: readonly (readonly [mask: number, text: string])[] = [
  [FCH$M_NOBACKUP, 'No backup'], [FCH$M_CONTIGB, 'Contiguous best try'], [FCH$M_LOCKED, 'Locked'], [FCH$M_CONTIG, 'Contiguous'], [FCH$M_DIRECTORY, 'Directory'],
  [FCH$M_ERASE, 'Erase on delete'],
];
const NONE = '<none specified>';

const words = (value: number, list: readonly (readonly [number, string])[]): string =>
  list.filter(([mask]) => (value & mask) !== 0).map(([, text]) => text).join(', ') || NONE;

function protectionText(protection: number): string {
  return ['S', 'O', 'G', 'W'].map((name, category) => {
    const allowed = [...'RWED'].filter((_letter, bit) => ((protection >>> (4 * category + bit)) & 1) === 0).join('');
    return allowed === '' ? name : `${name}:${allowed}`;
  }).join(', ');
}

export function* headerLines(p: Procedure, block: Uint8Array): Flow<string[]> {
  const header = headerOf(block);
  const fat = recordAttributesOf(block);
  const ident = identOf(block);
  const row = (label: string, value: number | string, indent = 4): string => `${`${' '.repeat(indent)}${label}:`.padEnd(42)}${value}`;
  const id = (bytes: Uint8Array): string => { const { number, sequence, rvn } = fileIdAt(bytes); return `(${number},${sequence},${rvn})`; };
  const date = function* (time: bigint): Flow<string> { return time === 0n ? NONE : yield* timeText(p, time); };
  const deep = (label: string, value: number | string): string => row(label, value, 8);
  return [
    'Header area',
    row('Identification area offset', header.FH2$B_IDOFFSET), row('Map area offset', header.FH2$B_MPOFFSET), row('Access control area offset', header.FH2$B_ACOFFSET),
    row('Reserved area offset', header.FH2$B_RSOFFSET), row('Extension segment number', header.FH2$W_SEG_NUM),
    row('Structure level and version', `${header.FH2$W_STRUCLEV >>> 8}, ${header.FH2$W_STRUCLEV & 0xff}`), row('File identification', id(header.FH2$R_FID)),
    row('Extension file identification', id(header.FH2$R_EXT_FID)), '    VAX-11 RMS attributes',
    deep('Record type', FORMATS[fat.FAT$V_RTYPE] ?? 'Unknown'), deep('File organization', ORGANIZATIONS[fat.FAT$V_FILEORG] ?? 'Unknown'),
    deep('Record attributes', words(fat.FAT$B_RATTRIB, ATTRIBUTES)), deep('Record size', fat.FAT$W_RSIZE), deep('Highest block', highestBlock(fat)),
    deep('End of file block', endOfFileBlock(fat)), deep('End of file byte', fat.FAT$W_FFBYTE), deep('Bucket size', fat.FAT$B_BKTSIZE),
    deep('Fixed control area size', fat.FAT$B_VFCSIZE), deep('Maximum record size', fat.FAT$W_MAXREC), deep('Default extension size', fat.FAT$W_DEFEXT),
    deep('Global buffer count', fat.FAT$W_GBC), deep('Directory version limit', fat.FAT$W_VERSIONS),
    row('File characteristics', words(header.FH2$L_FILECHAR, CHARACTERISTICS)), row('Map area words in use', header.FH2$B_MAP_INUSE), row('Access mode', header.FH2$B_ACC_MODE),
    row('File owner UIC', uicText(header.FH2$L_FILEOWNER)), row('File protection', protectionText(header.FH2$W_FILEPROT)), row('Back link file identification', id(header.FH2$R_BACKLINK)),
    row('Journal control flags', NONE), row('Active recovery units', 'None'), row('Highest block written', Math.max(0, header.FH2$L_HIGHWATER - 1)), '',
    'Identification area',
    row('File name', identName(block)), row('Revision number', ident.FI2$W_REVISION), row('Creation date', yield* date(ident.FI2$Q_CREDATE)),
    row('Revision date', yield* date(ident.FI2$Q_REVDATE)), row('Expiration date', yield* date(ident.FI2$Q_EXPDATE)), row('Backup date', yield* date(ident.FI2$Q_BAKDATE)), '',
    'Map area', '    Retrieval pointers',
    ...(readMap(block) ?? []).map(({ count, lbn }) => `        Count: ${String(count).padStart(10)}        LBN: ${String(lbn).padStart(11)}`), '',
    `${'Checksum:'.padEnd(42)}${wordAt(block, 510)}`, '',
  ];
}
