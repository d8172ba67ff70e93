import type { Flow } from '../../executive/gate/microroutine.js';
import { IOC$CVT_DEVNAM, IOC$SCAN_IODB } from '../../executive/io/device-names.js';
import * as dcdef from '../../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS, DVI$_FULLDEVNAM } from '../../executive/starlet/dvidef.js';
import { SS$_BADPARAM, SS$_NOSUCHDEV } from '../../executive/starlet/ssdef.js';
import { UCB } from '../../executive/structures/ucb.js';
import { nameById } from '../../filesystem/file-by-id.js';
import type { FileId } from '../../filesystem/file-id.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { deviceItem, textOf } from '../item-information.js';
import { matchesWildcard } from '../language/wildcard.js';
import type { Value } from '../language/value.js';
import { parameters, type Lexical, type LexicalArguments } from './lexical.js';

/** Functions that came after V4 and make sense here: F$CUNITS, F$DEVICE, F$FID_TO_NAME, F$LICENSE, F$MULTIPATH. */

// F$DEVICE ----------------------------------------------------------------------------------------------------------

const CLASSES: Readonly<Record<string, number>> = {
  DISK: dcdef.DC$_DISK, TAPE: dcdef.DC$_TAPE, SCOM: dcdef.DC$_SCOM, CARD: dcdef.DC$_CARD, TERM: dcdef.DC$_TERM, LP: dcdef.DC$_LP, REALTIME: dcdef.DC$_REALTIME,
  BUS: dcdef.DC$_BUS, MAILBOX: dcdef.DC$_MAILBOX, MISC: dcdef.DC$_MISC,
};

/** One search: its stream, its criteria, and the device given last. Kept as text, a line a search, in PRC$L_DEVSCANS. */
interface Scan {
  readonly stream: number;
  readonly criteria: string;
  readonly last: string;
}

function scans(dcl: Dcl): Scan[] {
  const kept = dcl.prc.PRC$L_DEVSCANS;
  if (kept === 0) return [];
  return dcl.storage.text(kept).split('\n').map((line) => {
    const [stream, criteria, last] = line.split('\t') as [string, string, string];
    return { stream: Number(stream), criteria, last };
  });
}

function keepScans(dcl: Dcl, list: readonly Scan[]): void {
  const text = list.map(({ stream, criteria, last }) => `${stream}\t${criteria}\t${last}`).join('\n');
  dcl.prc.PRC$L_DEVSCANS = dcl.keep(dcl.prc.PRC$L_DEVSCANS, text === '' ? undefined : text);
}

/**
 * F$DEVICE([name],[class],[type],[stream]): the next device that fits, "" behind the last. Other criteria start again.
 * @source DCL Dictionary, F$DEVICE
 */
function device(dcl: Dcl, args: LexicalArguments): Value {
  const [pattern, className, typeName, stream] = [args.keyword(0, '*').replace(/^_|:$/g, ''), args.keyword(1), args.keyword(2), args.integer(3)];
  const wantedClass = className === '' ? undefined : CLASSES[className] ?? fail(CLI$_IVKEYW, { token: className });
  if (typeName !== '' && wantedClass === undefined) fail(SS$_BADPARAM);
  const wantedType = typeName === '' ? undefined : (dcdef as Readonly<Record<string, unknown>>)[`DT$_${typeName}`] ?? fail(CLI$_IVKEYW, { token: typeName });
  const criteria = [pattern, className, typeName].join(',');
  const { kernel } = dcl.outside.procedure;
  const names: string[] = [];
  for (const { ucb } of IOC$SCAN_IODB(kernel)) {
    const unit = UCB.at(kernel, ucb);
    if (wantedClass !== undefined && unit.UCB$B_DEVCLASS !== wantedClass) continue;
    if (wantedType !== undefined && unit.UCB$B_DEVTYPE !== wantedType) continue;
    const name = IOC$CVT_DEVNAM(kernel, ucb);
    if (matchesWildcard(name.replace(/^_|:$/g, ''), pattern)) names.push(name.endsWith(':') ? name : `${name}:`);
  }
  const others = scans(dcl).filter((scan) => scan.stream !== stream);
  const mine = scans(dcl).find((scan) => scan.stream === stream && scan.criteria === criteria);
  // A device that is gone meanwhile ends its search.
  const place = mine === undefined ? -1 : names.indexOf(mine.last);
  const next = mine !== undefined && place < 0 ? undefined : names[place + 1];
  keepScans(dcl, next === undefined ? others : [...others, { stream, criteria, last: next }]);
  return next ?? '';
}

// F$FID_TO_NAME -----------------------------------------------------------------------------------------------------

/** F$FID_TO_NAME(device,fid): the full specification, by the back links of the headers. */
function* fidToName(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const match = /^\(?[ \t]*(\d+)[ \t]*,[ \t]*(\d+)[ \t]*,[ \t]*(\d+)[ \t]*\)?$/.exec(args.text(1).trim());
  if (!match) return fail(SS$_BADPARAM);
  const rvn = Number(match[3]);
  return yield* nameOfFile(dcl, args.text(0), { number: Number(match[1]) | ((rvn >>> 8) << 16), sequence: Number(match[2]), rvn: rvn & 0xff });
}

/** Full specification of a file by its ID. @raises those of $GETDVI, $ASSIGN and IO$_ACCESS */
export function* nameOfFile(dcl: Dcl, volume: string, file: FileId): Flow<string> {
  const p = dcl.outside.procedure;
  const full = yield* deviceItem(p, volume, DVI$_FULLDEVNAM, 64);
  check(full.status);
  const { status, spec } = yield* nameById(p, textOf(full).replace(/^_/, ''), file);
  check(status);
  return spec;
}

// Small ones --------------------------------------------------------------------------------------------------------

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];
const BLOCK = 512;

/**
 * F$CUNITS(number[,from[,to]]): blocks as bytes with a unit, or bytes as blocks.
 * choice: two decimals when the number is no whole one, as sizes in bytes are displayed elsewhere.
 */
function cunits(_dcl: Dcl, args: LexicalArguments): Value {
  const unit = (index: number, otherwise: string): string => {
    const name = args.keyword(index, otherwise) || otherwise;
    return ['BLOCKS', 'BYTES', ...UNITS].includes(name) ? name : fail(CLI$_IVKEYW, { token: name });
  };
  const [from, to] = [unit(1, 'BLOCKS'), unit(2, 'BYTES')];
  const scale = (name: string): number => name === 'BLOCKS' ? BLOCK : 1024 ** Math.max(0, UNITS.indexOf(name));
  const bytes = args.integer(0) * scale(from);
  if (to === 'BLOCKS') return Math.ceil(bytes / BLOCK) | 0;
  const index = to === 'BYTES' ? Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(bytes))) / 10))) : UNITS.indexOf(to);
  const value = bytes / 1024 ** index;
  return `${Number.isInteger(value) ? value : value.toFixed(2)}${UNITS[index]}`;
}

/** F$MULTIPATH(device,item[,context]): no device here has more than one path. */
function* multipath(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const { status } = yield* deviceItem(dcl.outside.procedure, args.text(0), DVI$_DEVCLASS, 4);
  if ((status & 1) === 0) fail(status === 0 ? SS$_NOSUCHDEV : status);
  if (args.keyword(1) !== 'MP_PATHNAME') fail(CLI$_IVKEYW, { token: args.keyword(1) });
  return '';
}

export const LATER_LEXICALS: readonly Lexical[] = [
  { name: 'F$CUNITS', parameters: parameters('integer', 'string?', 'string?'), run: cunits },
  { name: 'F$DEVICE', parameters: parameters('string?', 'string?', 'string?', 'integer?'), run: device },
  { name: 'F$FID_TO_NAME', parameters: parameters('string', 'string'), run: fidToName },
  // There is no license database: nothing is registered.
  { name: 'F$LICENSE', parameters: parameters('string', 'string?'), run: () => 'FALSE' },
  { name: 'F$MULTIPATH', parameters: parameters('string', 'string', 'string?'), run: multipath },
];
