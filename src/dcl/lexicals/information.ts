import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { freeGptes } from '../../executive/memory/global-page-table.js';
import { systemHeader, usedSections } from '../../executive/memory/section-table.js';
import * as dcdef from '../../executive/starlet/dcdef.js';
import * as dvidef from '../../executive/starlet/dvidef.js';
import * as jpidef from '../../executive/starlet/jpidef.js';
import { SS$_NOSUCHDEV } from '../../executive/starlet/ssdef.js';
import * as syidef from '../../executive/starlet/syidef.js';
import { ownerText } from '../../executive/information/rights-services.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { deviceItem, formatText, longwordOf, systemItem, textOf } from '../item-information.js';
import { hex8, parseNumber, type Value } from '../language/value.js';
import { protectionText } from './environment.js';
import { codeOf, jobValue, quadOf } from './job-value.js';
import { CONTEXT, nextOfContext } from './process-context.js';
import { GETQUI } from './queues.js';
import { parameters, truth, type Lexical, type LexicalArguments } from './lexical.js';

/** F$GETJPI, F$GETSYI, F$GETDVI, F$MODE, F$PID, F$PROCESS, F$USER: services through their vectors, results in DCL's formats. */

function* getjpi(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const pid = args.text(0).trim();
  const number = pid === '' ? 0 : parseNumber(`%X${pid}`) ?? fail(CLI$_IVKEYW, { token: pid });
  return yield* jobValue(dcl, number, args.keyword(1));
}

/** F$PID(context symbol): the next process the caller may see; the symbol keeps the place. */
function* nextPid(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const symbol = args.text(0);
  const p = dcl.outside.procedure;
  const kept = dcl.symbol(symbol);
  const chosen = yield* nextOfContext(dcl, kept, (scan) => scanProcesses(p, scan));
  if (chosen === undefined) {
    dcl.assign(symbol, 0, false);
    return '';
  }
  if (chosen !== 'no context') return hex8(chosen);
  const position = kept === undefined || kept === '' ? -1 : (typeof kept === 'number' ? kept : parseNumber(kept) ?? -1);
  if (position === 0) return '';
  const found = yield* scanProcesses(p, position);
  dcl.assign(symbol, found ? found.scan | 0 : 0, false);
  return found ? hex8(found.pid) : '';
}

/** The next process of a scan that began with -1; undefined at the end. */
function* scanProcesses(p: Procedure, scan: number): Flow<{ readonly scan: number; readonly pid: number } | undefined> {
  return yield* p.scratch(function* () {
    const pidadr = p.allocate(4);
    const buffer = p.allocate(4);
    p.memory.writeLong(pidadr, scan);
    const status = yield* service(p, '$GETJPIW', { pidadr, itmlst: p.itemList([{ code: jpidef.JPI$_PID, length: 4, buffer }]) });
    return (status & 1) === 0 ? undefined : { scan: p.memory.readLong(pidadr), pid: p.memory.readLong(buffer) };
  });
}

// Devices ------------------------------------------------------------------------------------------------------------

const DEVICE_TEXT = new Set([
  'ALLDEVNAM', 'ALT_HOST_NAME', 'ALT_HOST_TYPE', 'DEVLOCKNAM', 'DEVNAM', 'FULLDEVNAM', 'HOST_NAME', 'HOST_TYPE', 'LOGVOLNAM', 'MEDIA_NAME', 'MEDIA_TYPE',
  'NEXTDEVNAM', 'ROOTDEVNAM', 'TT_PHYDEVNAM', 'TT_ACCPORNAM', 'VOLNAM',
]);
const DEVICE_NUMBER = new Set([
  'ALLOCLASS', 'CLUSTER', 'CYLINDERS', 'DEVBUFSIZ', 'DEVCHAR', 'DEVCHAR2', 'DEVCLASS', 'DEVDEPEND', 'DEVDEPEND2', 'DEVSTS', 'DEVTYPE', 'ERRCNT', 'FREEBLOCKS',
  'HOST_COUNT', 'LOCKID', 'MAXBLOCK', 'MAXFILES', 'MEDIA_ID', 'MOUNTCNT', 'OPCNT', 'RECSIZ', 'REFCNT', 'SECTORS', 'SERIALNUM', 'STS', 'TRACKS', 'TRANSCNT',
  'TT_PAGE', 'UNIT', 'VOLCOUNT', 'VOLNUMBER',
]);
const ACP_TYPES = ['ILLEGAL', 'F11V1', 'F11V2', 'MTA', 'NET', 'REM'];

/** A device longword; the failure of $GETDVI when there is no such device. */
function* deviceLong(dcl: Dcl, device: string, code: number): Flow<number> {
  const result = yield* deviceItem(dcl.outside.procedure, device, code, 4);
  if ((result.status & 1) === 0) fail(result.status === 0 ? SS$_NOSUCHDEV : result.status);
  return longwordOf(result);
}

/** What is so of every device here: asked of one that is there. */
const everyDevice = (value: Value) => function* (dcl: Dcl, device: string): Flow<Value> {
  yield* deviceLong(dcl, device, dvidef.DVI$_DEVCLASS);
  return value;
};

/** Names of device types, from the DT$_ constants of the device's class. */
function* deviceTypeName(dcl: Dcl, device: string): Flow<Value> {
  const kind = yield* deviceLong(dcl, device, dvidef.DVI$_DEVCLASS);
  const type = yield* deviceLong(dcl, device, dvidef.DVI$_DEVTYPE);
  const prefix = { [dcdef.DC$_DISK]: /^DT\$_(R|ML|CDR|TU58|FD|HSJ)/, [dcdef.DC$_TERM]: /^DT\$_(VT|LA|FT|LQP|VK|LN)/, [dcdef.DC$_TAPE]: /^DT\$_(T|MW)/ }[kind];
  const known = prefix && Object.entries(dcdef).find(([name, value]) => prefix.test(name) && value === type);
  return known ? known[0].slice(4) : 'UNKNOWN';
}

/** Items of later versions. Volumes are neither shadowed nor of structure level 5, and devices have one path. */
const LATER_DEVICE: Readonly<Record<string, (dcl: Dcl, device: string) => Flow<Value>>> = {
  DEVICE_TYPE_NAME: deviceTypeName, HARDLINKS_SUPPORTED: everyDevice('FALSE'), MULTIPATH: everyDevice('FALSE'), ODS2_SUBSET0: everyDevice('FALSE'),
  ODS5: everyDevice('FALSE'), SHDW_CATCHUP_COPYING: everyDevice('FALSE'), SHDW_MASTER: everyDevice('FALSE'), SHDW_MEMBER: everyDevice('FALSE'),
  SHDW_MERGE_COPYING: everyDevice('FALSE'), SHDW_MASTER_NAME: everyDevice(''), SHDW_NEXT_MBR_NAME: everyDevice(''),
  *DISPLAY_DEVNAM(dcl, device) { return textOf(yield* deviceItem(dcl.outside.procedure, device, dvidef.DVI$_FULLDEVNAM, 64)); },
  ACCESSTIMES_RECORDED: everyDevice('FALSE'), ALT_HOST_AVAIL: everyDevice('FALSE'), ALT_HOST_NAME: everyDevice(''), ALT_HOST_TYPE: everyDevice(''),
  AVAILABLE_PATH_COUNT: everyDevice(1), ERASE_ON_DELETE: everyDevice('FALSE'), HOST_NAME: everyDevice(''), HOST_TYPE: everyDevice(''),
  MOUNTVER_ELIGIBLE: everyDevice('FALSE'), MPDEV_CURRENT_PATH: everyDevice(''), NOCACHE_ON_VOLUME: everyDevice('FALSE'), PATH_AVAILABLE: everyDevice('TRUE'),
  PREFERRED_CPU: everyDevice(0), PROT_SUBSYSTEM_ENABLED: everyDevice('FALSE'), QLEN: everyDevice(0), SET_HOST_TERMINAL: everyDevice('FALSE'), SPLDEVNAM: everyDevice(''),
  TOTAL_PATH_COUNT: everyDevice(1), TT_ACCPORNAM: everyDevice(''), TT_CHARSET: everyDevice(0), TT_DECCRT2: everyDevice('FALSE'), TT_DECCRT3: everyDevice('FALSE'),
  TT_DECCRT4: everyDevice('FALSE'), TT_DECCRT5: everyDevice('FALSE'), VOLUME_PENDING_WRITE_ERR: everyDevice('FALSE'), VOLUME_SPOOLED_DEV_CNT: everyDevice(0), WWID: everyDevice(''),
  WRITETHRU_CACHE_ENABLED: everyDevice('TRUE'), XFC_DEPOSING: everyDevice('FALSE'), MEDIA_NAME: deviceTypeName,
  *EXPSIZE(dcl, device) { return yield* deviceLong(dcl, device, dvidef.DVI$_MAXBLOCK); },
  *MOUNTCNT_CLUSTER(dcl, device) { return yield* deviceLong(dcl, device, dvidef.DVI$_MOUNTCNT); },
  *VOLSIZE(dcl, device) { return yield* deviceLong(dcl, device, dvidef.DVI$_MAXBLOCK); },
};

function* getdvi(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const item = args.keyword(1);
  const device = args.text(0);
  const p = dcl.outside.procedure;
  if (item === 'EXISTS') {
    const { status } = yield* deviceItem(p, device, dvidef.DVI$_DEVCLASS, 4);
    return truth((status & 1) !== 0);
  }
  const later = dcl.strict ? undefined : LATER_DEVICE[item];
  if (later !== undefined && !(`DVI$_${item}` in dvidef)) return yield* later(dcl, device);
  const result = yield* deviceItem(p, device, codeOf(dvidef, 'DVI$_', item), 64);
  // $GETDVI has the code and no answer: there are no hosts.
  if (later !== undefined && (result.status & 1) === 0) return yield* later(dcl, device);
  if ((result.status & 1) === 0) fail(result.status === 0 ? SS$_NOSUCHDEV : result.status);
  if (DEVICE_TEXT.has(item)) return textOf(result);
  const value = longwordOf(result);
  if (DEVICE_NUMBER.has(item)) return value;
  if (item === 'PID' || item === 'ACPPID') return value === 0 ? '' : hex8(value);
  if (item === 'ACPTYPE') return ACP_TYPES[value] ?? 'ILLEGAL';
  if (item === 'OWNUIC') return yield* ownerText(p, value);
  if (item === 'VPROT') return protectionText(value);
  return truth((value & 1) !== 0);
}

// The system -----------------------------------------------------------------------------------------------------------

const SYSTEM_TEXT = new Set([
  'VERSION', 'NODENAME', 'NODE_HWTYPE', 'NODE_SWTYPE', 'NODE_SWVERS', 'NODE_HWVERS', 'SCSNODE', 'HW_NAME', 'TTY_CLASSNAME',
]);
/** Identifications: hexadecimal digits, the highest first. */
const SYSTEM_IDS = new Set(['CLUSTER_FSYSID', 'NODE_SYSTEMID', 'NODE_SWINCARN']);
const SYSTEM_TIMES = new Set(['BOOTTIME', 'CLUSTER_FTIME']);
const SYSTEM_TRUTHS = new Set(['CLUSTER_MEMBER', 'SCS_EXISTS', 'CHARACTER_EMULATED', 'DECIMAL_EMULATED', 'D_FLOAT_EMULATED', 'F_FLOAT_EMULATED', 'G_FLOAT_EMULATED', 'H_FLOAT_EMULATED']);
/** Processor names by the type in the system identification register, which is also their model number. */
const MODELS: Readonly<Record<number, string>> = { 1: 'VAX-11/780', 2: 'VAX-11/750', 3: 'VAX-11/730', 4: 'VAX 8600' };

function* processorType(dcl: Dcl): Flow<number> {
  return longwordOf(yield* systemItem(dcl.outside.procedure, syidef.SYI$_SID, 4)) >>> 24;
}

const constant = (value: Value) => function* (): Flow<Value> { return value; };

/** Items that came after V4.4 and that every build procedure asks for. */
const LATER: Readonly<Record<string, (dcl: Dcl) => Flow<Value>>> = {
  ARCH_NAME: constant('VAX'), ARCH_TYPE: constant(1), PAGE_SIZE: constant(512), ACTIVECPU_CNT: constant(1), AVAILCPU_CNT: constant(1),
  HW_MODEL: processorType, REAL_CPUTYPE: processorType,
  *MEMSIZE(dcl) { return dcl.outside.procedure.kernel.sys.MMG$GL_MAXMEM + 1; },
  ACTIVE_CPU_MASK: constant(1), COMMUNITY_ID: constant(0), DECNET_FULLNAME: constant(''), DECNET_VERSION: constant(''), MAX_CPUS: constant(1), NODE_AREA: constant(0),
  NODE_EVOTES: constant(0), NODE_NUMBER: constant(0), PRIMARY_CPUID: constant(0), SHADOWING: constant(0), SYSTEM_RIGHTS: constant(''), VECTOR_EMULATOR: constant('FALSE'),
  XCPU: constant(0), CPUTYPE: processorType,
  *TOTAL_PAGES(dcl) { return dcl.outside.procedure.kernel.sys.MMG$GL_MAXMEM + 1; },
  *CONTIG_GBLPAGES(dcl) { return freeGptes(dcl.outside.procedure.kernel).largest; },
  *FREE_GBLPAGES(dcl) { return freeGptes(dcl.outside.procedure.kernel).total; },
  *FREE_GBLSECTS(dcl) {
    const { kernel } = dcl.outside.procedure;
    return kernel.sys.SGN$GW_GBLSECNT - [...usedSections(kernel, systemHeader(kernel))].length;
  },
  *ERRORLOGBUFFERS(dcl) { return dcl.outside.procedure.kernel.sys.ERL$AL_BUFADDR.length / 4; },
  *HW_NAME(dcl) { return MODELS[yield* processorType(dcl)] ?? 'VAX'; },
};

function* getsyi(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const item = args.keyword(0);
  const p = dcl.outside.procedure;
  const later = dcl.strict ? undefined : LATER[item];
  if (later !== undefined && !((`SYI$_${item}`) in syidef)) return yield* later(dcl);
  const result = yield* systemItem(p, codeOf(syidef, 'SYI$_', item), 64, args.text(1) === '' ? undefined : args.text(1));
  if (later !== undefined && (result.status & 1) === 0 && !args.given(1)) return yield* later(dcl);
  check(result.status);
  if (SYSTEM_TEXT.has(item)) return textOf(result);
  if (SYSTEM_TIMES.has(item)) return quadOf(result) === 0n ? '' : (yield* formatText(p, '!%D', [quadOf(result)])).text;
  if (SYSTEM_IDS.has(item)) return quadOf(result).toString(16).toUpperCase().padStart(2 * result.bytes.length, '0');
  const value = longwordOf(result);
  return SYSTEM_TRUTHS.has(item) ? truth((value & 1) !== 0) : value;
}

/** F$CSID(symbol): cluster identification of the next node, which is this one; "" behind it. */
function* csid(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const symbol = args.text(0);
  const kept = dcl.symbol(symbol);
  if (kept !== undefined && kept !== '' && kept !== 0) {
    dcl.assign(symbol, '', false);
    return '';
  }
  const id = longwordOf(yield* systemItem(dcl.outside.procedure, syidef.SYI$_NODE_CSID, 4));
  dcl.assign(symbol, 1, false);
  return hex8(id);
}

function* mode(dcl: Dcl): Flow<Value> {
  return yield* jobValue(dcl, 0, 'MODE');
}

export const INFORMATION_LEXICALS: readonly Lexical[] = [
  { name: 'F$GETJPI', parameters: parameters('string', 'string'), run: getjpi },
  { name: 'F$GETSYI', parameters: parameters('string', 'string?', 'string?'), run: getsyi },
  { name: 'F$GETDVI', parameters: parameters('string', 'string'), run: getdvi },
  CONTEXT, GETQUI,
  { name: 'F$CSID', parameters: parameters('symbol'), run: csid },
  { name: 'F$MODE', parameters: [], run: mode },
  { name: 'F$PID', parameters: parameters('symbol'), run: nextPid },
  { name: 'F$PROCESS', parameters: [], run: (dcl) => jobValue(dcl, 0, 'PRCNAM') },
  { name: 'F$USER', parameters: [], run: (dcl) => jobValue(dcl, 0, 'UIC') },
];
