import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import {
  FAB$C_FIX, FAB$C_IDX, FAB$C_REL, FAB$C_SEQ, FAB$C_STM, FAB$C_STMCR, FAB$C_STMLF, FAB$C_UDF, FAB$C_VAR, FAB$C_VFC, FAB$M_BIO, FAB$M_DEL, FAB$M_DLT, FAB$M_GET, FAB$M_NIL,
  FAB$M_PUT, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD, FAB$M_TRN, FAB$M_UPD, FAB$M_UPI,
} from '../../executive/starlet/fabdef.js';
import { IO$M_ACCESS, IO$M_CREATE, IO$M_DELETE, IO$_ACCESS, IO$_CREATE } from '../../executive/starlet/iodef.js';
import { NAM$M_WILDCARD } from '../../executive/starlet/namdef.js';
import {
  RMS$_ACC, RMS$_CRE, RMS$_CREATED, RMS$_DEV, RMS$_DNF, RMS$_FNF, RMS$_MRS, RMS$_NORMAL, RMS$_ORG, RMS$_RFM, RMS$_SHR, RMS$_SUPERSEDE, RMS$_SUPPORT, RMS$_WLD,
} from '../../executive/starlet/rmsdef.js';
import { SS$_SUPERSEDE } from '../../executive/starlet/ssdef.js';
import { XAB$C_ALL, XABALL } from '../../executive/starlet/xabdef.js';
import {
  FIB$M_ALCON, FIB$M_ALCONB, FIB$M_EXECUTE, FIB$M_EXTEND, FIB$M_NEWVER, FIB$M_NOREAD, FIB$M_NOWRITE, FIB$M_SEQONLY, FIB$M_SUPERSEDE, FIB$M_WRITE,
} from '../../filesystem/fib.js';
import { fileFailure, fileFunction, fileId, succeeded, type FileResult } from '../acp.js';
import { describeIndexed, formatIndexed, planIndexed } from '../index/create.js';
import { expandName, nextPicks, translationMode, type Expanded } from '../names/expand.js';
import { callerNam, callerStrings, specText, storeExpanded, storeIdentification, storeResultant, type Nam } from '../names/name-block.js';
import type { Completion, FileCompletion, FileOperation } from '../operation.js';
import { setBufferLimit } from '../records/buckets.js';
import { completionOf, failRecord } from '../records/failure.js';
import { isUnsharable, lockFile } from '../records/locking.js';
import { formatRelative, openRelative, relativeDefaults } from '../records/relative.js';
import { setDeleteName } from '../segments.js';
import { callerXabs, createItems, fillFab, fillXabs, openItems, takeRecordAttributes, type Xab } from './attributes.js';
import { assignChannel, deviceInformation, opened, openDevice, openPermanent, type DeviceInformation } from './device.js';
import { closeDisk, releaseChannel } from './close.js';
import { findDirectory } from './lookup.js';

/** $OPEN and $CREATE. */
type Attempt = (target: DirectoryTarget) => ThreadFlow<FileCompletion>;

export interface DirectoryTarget {
  readonly expanded: Expanded;
  readonly device: DeviceInformation;
  readonly did: Uint8Array;
  readonly nam: Nam | undefined;
}

export const NAME_ONLY = 0;

/** NAME.TYPE;VERSION of an expanded name. */
export function fileName(expanded: Expanded): string {
  return `${expanded.name}.${expanded.type};${expanded.version}`;
}

function mayTryNext(status: number): boolean {
  return status === RMS$_FNF || status === RMS$_DNF || status === RMS$_DEV;
}

/**
 * Expands the caller's names, finds device and directory, and lets `attempt` do the rest; goes through a search list as long as nothing is
 * found. Devices without files and process permanent files are opened here when `deviceAccess` is given.
 *
 * @param deviceAccess  FAB$B_FAC of a device when the caller gives none; NAME_ONLY: devices are named, not opened; undefined: only files will do
 */
export function* withFile(p: Procedure, operation: FileOperation, deviceAccess: number | undefined, attempt: Attempt): ThreadFlow<FileCompletion> {
  const { fab, mode, ifab } = operation;
  const nam = callerNam(p, fab, mode);
  if (typeof nam === 'number') return { status: nam };
  const strings = callerStrings(p, fab, mode);
  if (typeof strings === 'number') return { status: strings };
  let picks: readonly number[] | undefined = [];
  let failure: FileCompletion = { status: RMS$_FNF };
  while (picks) {
    const expanded: Expanded | number = yield* expandName(p, strings, {
      mode: translationMode(fab), picks, output: fab.FAB$V_OFP !== 0, noConceal: nam !== undefined && nam.NAM$V_NOCONCEAL !== 0,
    });
    if (typeof expanded === 'number') return { status: expanded };
    // There is no network.
    if (expanded.node !== '') return { status: RMS$_SUPPORT };
    failure = yield* one(p, operation, nam, expanded, deviceAccess, attempt);
    if (failure.status & 1 || !mayTryNext(failure.status)) return failure;
    yield* releaseChannel(p, ifab);
    picks = nextPicks(picks, expanded.choices);
  }
  return failure;
}

function* one(
  p: Procedure, operation: FileOperation, nam: Nam | undefined, expanded: Expanded, deviceAccess: number | undefined, attempt: Attempt,
): ThreadFlow<FileCompletion> {
  const { fab, mode } = operation;
  const device = yield* deviceInformation(p, `${expanded.physical}:`);
  if (typeof device === 'number') {
    if (nam) storeExpanded(p, nam, mode, specText(expanded, true), expanded.flags);
    return { status: RMS$_DEV, stv: device };
  }
  const text = specText(expanded, device.isDirectoryDevice);
  if (nam) {
    const status = storeExpanded(p, nam, mode, text, expanded.flags);
    if (status !== 0) return { status };
  }
  if (expanded.permanent !== 0 || !device.isDirectoryDevice) {
    if (deviceAccess === undefined) return { status: RMS$_DEV };
    if (deviceAccess === NAME_ONLY) {
      const status = nam ? storeResultant(p, nam, mode, { ...text, device: `${device.name}:` }) : 0;
      return { status: status === 0 ? RMS$_NORMAL : status };
    }
    const completion = expanded.permanent !== 0
      ? openPermanent(p, fab, expanded.permanent) : yield* openDevice(p, operation, device, deviceAccess);
    if (completion.status & 1 && nam) storeResultant(p, nam, mode, { ...text, device: `${device.name}:` });
    return completion;
  }
  if (expanded.flags & NAM$M_WILDCARD) return { status: RMS$_WLD };
  const failed = yield* assignChannel(p, operation, device);
  if (failed) return failed;
  const did = yield* findDirectory(p, operation, [...expanded.root, ...expanded.directory]);
  if (!(did instanceof Uint8Array)) return did;
  return yield* attempt({ expanded, device, did, nam });
}

const EXECUTIVE = 1;

/** FIB access control of the caller's FAB$B_FAC and FAB$B_SHR. */
function accessControl(operation: FileOperation, access: number): number {
  const { fab } = operation;
  const isWriter = (access & (FAB$M_PUT | FAB$M_UPD | FAB$M_DEL | FAB$M_TRN)) !== 0;
  const share = fab.FAB$B_SHR !== 0 ? fab.FAB$B_SHR : isWriter ? FAB$M_NIL : FAB$M_SHRGET;
  let control = isWriter ? FIB$M_WRITE : 0;
  if (!(share & (FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL | FAB$M_UPI))) control |= FIB$M_NOWRITE;
  if (share & FAB$M_NIL) control |= FIB$M_NOREAD;
  // The image activator's: to execute a file is enough for it.
  if (fab.FAB$V_EXE && operation.mode <= EXECUTIVE) control |= FIB$M_EXECUTE;
  return fab.FAB$V_SQO ? control | FIB$M_SEQONLY : control;
}

/** What is left to do when the file system has opened a file. */
function afterAccess(p: Procedure, operation: FileOperation, target: DirectoryTarget, result: FileResult, access: number, xabs: readonly Xab[]): number {
  const { ifab, fab, mode } = operation;
  ifab.IFB$V_DISK = 1;
  ifab.IFB$V_ACCESSED = 1;
  ifab.IFB$B_FAC = access;
  ifab.IFB$B_SHR = fab.FAB$B_SHR;
  ifab.IFB$L_FOP = fab.FAB$L_FOP;
  ifab.IFB$V_WRITER = access & ~(FAB$M_GET | FAB$M_BIO) ? 1 : 0;
  ifab.IFB$R_FID = fileId(result);
  ifab.IFB$R_DID = target.did;
  fillFab(fab, ifab);
  fillXabs(p, xabs, ifab, result.fwa);
  if (fab.FAB$V_DLT || fab.FAB$V_SPL || fab.FAB$V_SCF) setDeleteName(p, ifab, result.name);
  return target.nam ? storeFound(p, target, result.name, fileId(result), mode) : 0;
}

/** Resultant string and identification of a file that was found. */
export function storeFound(p: Procedure, target: DirectoryTarget, name: string, fid: Uint8Array, mode: number): number {
  const { nam, expanded, device, did } = target;
  if (!nam) return 0;
  storeIdentification(p, nam, device.name.replace(/^_/, ''), fid, did);
  return storeResultant(p, nam, mode, { ...specText(expanded, true), ...splitName(name) });
}

/** Name, type with dot and version with semicolon. */
export function splitName(text: string): { readonly name: string; readonly type: string; readonly version: string } {
  const [, name = '', type = '.', version = ';'] = /^([^.;]*)(\.[^;]*)?(;.*)?$/.exec(text) ?? [];
  return { name, type, version };
}

/** $OPEN. */
export function* openFile(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const { fab } = operation;
  const xabs = callerXabs(p, fab, operation.mode);
  if (!Array.isArray(xabs)) return xabs as Completion;
  return yield* withFile(p, operation, FAB$M_GET, (target) => accessFile(p, operation, target, xabs as readonly Xab[], FAB$M_GET));
}

/** @param usual  access when the caller asks for none */
function* accessFile(p: Procedure, operation: FileOperation, target: DirectoryTarget, xabs: readonly Xab[], usual: number): ThreadFlow<FileCompletion> {
  const { fab, ifab } = operation;
  const access = fab.FAB$B_FAC === 0 ? usual : fab.FAB$B_FAC;
  const byId = fab.FAB$V_NAM !== 0 && target.nam !== undefined && target.nam.NAM$W_FID_NUM !== 0;
  const result = yield* fileFunction(p, operation, {
    func: IO$_ACCESS | IO$M_ACCESS, accessControl: accessControl(operation, access), attributes: openItems(xabs),
    ...(byId ? { fid: target.nam.NAM$T_FID } : { did: target.did, name: fileName(target.expanded) }),
  });
  if (!succeeded(result)) return fileFailure(result, RMS$_ACC);
  takeRecordAttributes(p, ifab, result.fwa);
  const status = afterAccess(p, operation, target, result, access, xabs);
  if (status !== 0) return { status };
  const failed = yield* withBuckets(p, operation, target, xabs, openStructure);
  return failed ?? opened(fab, ifab);
}

/** Locks a file that is shared, and does `first` with a relative or indexed one before anybody comes to its records. */
function* withBuckets(p: Procedure, operation: FileOperation, target: DirectoryTarget, xabs: readonly Xab[], first: typeof openStructure): ThreadFlow<Completion | undefined> {
  const { fab, ifab } = operation;
  if (ifab.IFB$B_FAC & FAB$M_BIO) return undefined;
  if (isUnsharable(ifab)) return { status: RMS$_SHR };
  try {
    if (ifab.IFB$B_ORG !== FAB$C_SEQ) setBufferLimit(p, ifab, 0);
    yield* lockFile(p, operation, target.device.name.replace(/^_/, ''));
    if (ifab.IFB$B_ORG === FAB$C_SEQ) return undefined;
    yield* first(p, operation, xabs);
    fillFab(fab, ifab);
    return undefined;
  } catch (problem) {
    return completionOf(problem);
  }
}

function openStructure(p: Procedure, operation: FileOperation, xabs: readonly Xab[]): ThreadFlow<unknown> {
  const { IFB$B_ORG: organization } = operation.ifab;
  return organization === FAB$C_REL ? openRelative(p, operation) : organization === FAB$C_IDX ? describeIndexed(p, operation, xabs) : failRecord(RMS$_ORG);
}

function formatStructure(p: Procedure, operation: FileOperation, xabs: readonly Xab[]): ThreadFlow<unknown> {
  return operation.ifab.IFB$B_ORG === FAB$C_REL ? formatRelative(p, operation) : formatIndexed(p, operation, xabs, operation.fab.FAB$L_ALQ);
}

const FORMATS = new Set([FAB$C_UDF, FAB$C_FIX, FAB$C_VAR, FAB$C_VFC, FAB$C_STM, FAB$C_STMLF, FAB$C_STMCR]);

const STRUCTURED_FORMATS = new Set([FAB$C_FIX, FAB$C_VAR, FAB$C_VFC]);

/** $CREATE. With FAB$V_CIF a file that exists is opened. */
export function* createFile(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const { fab, ifab } = operation;
  const xabs = callerXabs(p, fab, operation.mode);
  if (!Array.isArray(xabs)) return xabs as Completion;
  if (!FORMATS.has(fab.FAB$B_RFM)) return { status: RMS$_RFM };
  const organization = fab.FAB$B_ORG & 0xf0;
  if (organization !== FAB$C_SEQ && organization !== FAB$C_REL && organization !== FAB$C_IDX) return { status: RMS$_ORG };
  if (organization !== FAB$C_SEQ && !(fab.FAB$B_FAC & FAB$M_BIO)) {
    if (!STRUCTURED_FORMATS.has(fab.FAB$B_RFM) || (organization === FAB$C_IDX && fab.FAB$B_RFM === FAB$C_VFC)) return { status: RMS$_RFM };
  }
  if (fab.FAB$B_RFM === FAB$C_FIX && fab.FAB$W_MRS === 0) return { status: RMS$_MRS };
  return yield* withFile(p, operation, FAB$M_PUT, function* (target) {
    if (fab.FAB$V_CIF) {
      const existing = yield* accessFile(p, operation, target, xabs as readonly Xab[], FAB$M_PUT);
      if (existing.status & 1 || existing.status !== RMS$_FNF) return existing;
    }
    ifab.IFB$B_ORG = organization;
    return yield* makeFile(p, operation, target, xabs as readonly Xab[]);
  });
}

function* makeFile(p: Procedure, operation: FileOperation, target: DirectoryTarget, xabs: readonly Xab[]): ThreadFlow<FileCompletion> {
  const { fab, ifab } = operation;
  ifab.IFB$B_RFM = fab.FAB$B_RFM;
  ifab.IFB$B_RAT = fab.FAB$B_RAT;
  ifab.IFB$W_MRS = fab.FAB$W_MRS;
  ifab.IFB$W_LRL = fab.FAB$B_RFM === FAB$C_FIX ? fab.FAB$W_MRS : 0;
  ifab.IFB$B_FSZ = fab.FAB$B_RFM === FAB$C_VFC ? fab.FAB$B_FSZ || 2 : 0;
  ifab.IFB$B_BKS = fab.FAB$B_BKS;
  ifab.IFB$W_DEQ = fab.FAB$W_DEQ;
  ifab.IFB$W_GBC = fab.FAB$W_GBC;
  ifab.IFB$L_EBK = 1;
  ifab.IFB$W_FFB = 0;
  ifab.IFB$L_HBK = 0;
  const hasBuckets = ifab.IFB$B_ORG !== FAB$C_SEQ && !(fab.FAB$B_FAC & FAB$M_BIO);
  let allocation = xabs.filter(({ code }) => code === XAB$C_ALL).map(({ address }) => XABALL.at(p.memory, address).XAB$L_ALQ)[0] ?? fab.FAB$L_ALQ;
  if (hasBuckets && ifab.IFB$B_ORG === FAB$C_REL) {
    const wrong = relativeDefaults(ifab, fab.FAB$L_MRN);
    if (wrong !== 0) return { status: wrong };
  } else if (hasBuckets) {
    try {
      allocation = planIndexed(p, operation, xabs, fab.FAB$L_ALQ);
    } catch (problem) {
      return completionOf(problem);
    }
  }
  const contiguous = fab.FAB$V_CTG ? FIB$M_ALCON : fab.FAB$V_CBT ? FIB$M_ALCONB : 0;
  const access = (fab.FAB$B_FAC === 0 ? FAB$M_PUT : fab.FAB$B_FAC) | (fab.FAB$B_FAC & FAB$M_BIO ? 0 : FAB$M_PUT);
  const isTemporary = fab.FAB$V_TMP !== 0 || fab.FAB$V_TMD !== 0;
  const result = yield* fileFunction(p, operation, {
    func: IO$_CREATE | IO$M_ACCESS | IO$M_CREATE | (fab.FAB$V_TMD ? IO$M_DELETE : 0),
    accessControl: accessControl(operation, access | FAB$M_PUT),
    ...(isTemporary ? {} : { did: target.did, name: fileName(target.expanded) }),
    nameControl: fab.FAB$V_SUP ? FIB$M_SUPERSEDE : fab.FAB$V_MXV ? FIB$M_NEWVER : 0,
    extendControl: allocation > 0 ? FIB$M_EXTEND | contiguous : 0, extendSize: allocation,
    attributes: createItems(p, xabs, ifab),
  });
  if (!succeeded(result)) return fileFailure(result, RMS$_CRE);
  ifab.IFB$L_HBK = allocation > 0 ? result.fib.FIB$L_EXSZ : 0;
  const status = afterAccess(p, operation, target, result, access, []);
  if (status !== 0) return { status };
  ifab.IFB$V_WRITER = 1;
  const failed = yield* withBuckets(p, operation, target, xabs, formatStructure);
  if (failed) {
    ifab.IFB$L_FOP = (ifab.IFB$L_FOP | FAB$M_DLT) >>> 0;
    setDeleteName(p, ifab, result.name);
    yield* closeDisk(p, operation, false);
    return failed;
  }
  const kind = result.status === SS$_SUPERSEDE ? RMS$_SUPERSEDE : fab.FAB$V_CIF ? RMS$_CREATED : RMS$_NORMAL;
  return opened(fab, ifab, kind);
}
