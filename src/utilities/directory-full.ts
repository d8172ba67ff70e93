import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { acesOf } from '../executive/information/acl.js';
import { namedAceText } from '../executive/information/acl-services.js';
import { ownerText } from '../executive/information/rights-services.js';
import { FAB$C_IDX, FAB$C_REL, FAB$M_BLK, FAB$M_CR, FAB$M_FTN, FAB$M_PRN } from '../executive/starlet/fabdef.js';
import { FCH$M_CONTIG, FCH$M_CONTIGB, FCH$M_DIRECTORY, FCH$M_ERASE, FCH$M_LOCKED, FCH$M_NOBACKUP } from '../filesystem/atr.js';
import { newAnalysis } from '../rms/analyze/analysis.js';
import { analyzePrologue } from '../rms/analyze/prologue.js';
import type { FileHeader, FoundFile } from './file-search.js';
import { isFailure } from './files.js';
import { timeText } from './process-information.js';
import { StructureFile } from './rms-structure.js';

/** A file of DIRECTORY/FULL, in the form of V4. @source dcl-output-formats.md, DIRECTORY /FULL */

const CATEGORIES = ['System', 'Owner', 'Group', 'World'] as const;

/** What each category may do: protection bits deny. */
function access(protection: number, category: number): string {
  return [...'RWED'].filter((_letter, bit) => ((protection >>> (4 * category + bit)) & 1) === 0).join('');
}

/** `(RWED,RWED,RE,)` */
export function protectionText(protection: number): string {
  return `(${CATEGORIES.map((_name, category) => access(protection, category)).join(',')})`;
}

const FORMATS = ['Undefined', 'Fixed length', 'Variable length', 'Variable length with fixed control', 'Stream', 'Stream_LF', 'Stream_CR'] as const;

function formatText({ format, recordSize, longestRecord, controlSize }: FileHeader): string {
  const name = FORMATS[format] ?? FORMATS[0];
  switch (format) {
    case 1: return `${name} ${recordSize} byte records`;
    case 2: return recordSize === 0 ? `${name}, longest ${longestRecord} bytes` : `${name}, maximum ${recordSize} bytes`;
    case 3: return `${name} of ${controlSize} bytes`;
    default: return name;
  }
}

function attributesText(attributes: number): string {
  const words = [
    ...(attributes & FAB$M_FTN ? ['Fortran carriage control'] : []), ...(attributes & FAB$M_CR ? ['Carriage return carriage control'] : []),
    ...(attributes & FAB$M_PRN ? ['Print file carriage control'] : []), ...(attributes & FAB$M_BLK ? ['Non-spanned'] : []),
  ];
  return words.length === 0 ? 'None' : words.join(', ');
}

const ORGANIZATIONS: Readonly<Record<number, string>> = { 0: 'Sequential', 16: 'Relative', 32: 'Indexed' };

function bucketText({ organization, bucketSize }: FileHeader): string {
  return organization === FAB$C_IDX ? ` Maximum bucket size: ${bucketSize},` : organization === FAB$C_REL ? ` Bucket size: ${bucketSize},` : '';
}

/** Keys and areas of an indexed file, as far as its prologue can be read. */
function* structureText(p: Procedure, file: FoundFile, { organization }: FileHeader): Flow<string> {
  if (organization !== FAB$C_IDX) return '';
  return yield* p.scratch(function* () {
    const structure = yield* StructureFile.open(p, file);
    if (isFailure(structure)) return '';
    const analysis = newAnalysis();
    yield* analyzePrologue(structure.read, structure.shape, analysis);
    yield* structure.close();
    const { keys, areas } = analysis;
    if (keys.length === 0) return '';
    const areaText = areas.length > 1 ? `\n                    In ${areas.length} areas` : '';
    return `, Prolog: 3, Using ${keys.length} key${keys.length === 1 ? '' : 's'}${areaText}`;
  });
}

/** What the header says of the file besides its size. */
function characteristicsText({ characteristics, versionLimit }: FileHeader, entryLimit: number): string {
  const limited = (limit: number): boolean => limit > 0 && limit < NO_LIMIT;
  const isDirectory = (characteristics & FCH$M_DIRECTORY) !== 0;
  return [
    limited(entryLimit) ? `Version limit: ${entryLimit}` : 'No version limit',
    ...(characteristics & FCH$M_CONTIG ? ['Contiguous'] : []), ...(characteristics & FCH$M_CONTIGB ? ['Contiguous best try'] : []),
    ...(characteristics & FCH$M_NOBACKUP ? ['Backups disabled'] : []), ...(characteristics & FCH$M_LOCKED ? ['Locked'] : []),
    ...(characteristics & FCH$M_ERASE ? ['Erase on delete'] : []),
    ...(isDirectory ? ['Directory file', ...(limited(versionLimit) ? [`Default version limit: ${versionLimit}`] : [])] : []),
  ].join(', ');
}

/** A version limit of this many is none. */
const NO_LIMIT = 32767;

function* aclLines(p: Procedure, acl: Uint8Array): Flow<string[]> {
  const aces: string[] = [];
  for (const ace of acesOf(acl) ?? []) aces.push(yield* namedAceText(p, ace));
  return aces.length === 0 ? ['Access Cntrl List:  None'] : aces.map((text, index) => `${(index === 0 ? 'Access Cntrl List:' : '').padEnd(20)}${text}`);
}

/**
 * @param entryLimit  version limit of the file's name in its directory
 * @param hasAcl      with the access control list
 */
export function* fullEntry(p: Procedure, file: FoundFile, header: FileHeader, entryLimit: number, hasAcl: boolean): Flow<string[]> {
  const date = function* (time: bigint, none: string): Flow<string> {
    return time === 0n ? none : (yield* timeText(p, time)).slice(0, 17);
  };
  const pair = (left: string, right: string): string => `${left.padEnd(32)}${right}`;
  return [
    pair(file.name + file.type + file.version, `File ID:  (${file.fid.join(',')})`),
    pair(`Size:        ${`${header.used}/${header.allocated}`.padStart(6)}`, `Owner: ${yield* ownerText(p, header.owner)}`),
    pair(`Created:   ${yield* date(header.created, '<None specified>')}`, `Revised:  ${yield* date(header.revised, '<None specified>')} (${header.revision})`),
    pair(`Expires:   ${yield* date(header.expires, '<None specified>')}`, `Backup:   ${yield* date(header.backup, '<None specified>')}`),
    `File organization:  ${ORGANIZATIONS[header.organization] ?? 'Unknown'}${yield* structureText(p, file, header)}`,
    `File attributes:    Allocation: ${header.allocated}, Extend: ${header.extension},${bucketText(header)} Global buffer count: ${header.globalBuffers}`,
    `                    ${characteristicsText(header, entryLimit)}`,
    `Record format:      ${formatText(header)}`,
    `Record attributes:  ${attributesText(header.attributes)}`,
    'Journaling enabled: None',
    `File protection:    ${CATEGORIES.map((name, category) => `${name}:${access(header.protection, category)}`).join(', ')}`,
    ...(hasAcl ? yield* aclLines(p, header.acl) : []),
  ].flatMap((line) => line.split('\n'));
}
