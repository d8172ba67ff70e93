import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { IO$_ACCESS } from '../../executive/starlet/iodef.js';
import { NAM$M_EXP_DIR, NAM$M_NODE, NAM$M_SEARCH_LIST, NAM$M_WILD_DIR, NAM$M_WILDCARD } from '../../executive/starlet/namdef.js';
import { RMS$_DEV, RMS$_DME, RMS$_DNF, RMS$_FND, RMS$_FNF, RMS$_NAM, RMS$_NMF, RMS$_NORMAL, RMS$_SUPPORT, RMS$_WCC } from '../../executive/starlet/rmsdef.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { fileFailure, fileFunction, fileId, succeeded } from '../acp.js';
import { expandName, nextPicks, translationMode, type Expanded, type NameStrings } from '../names/expand.js';
import { callerNam, callerStrings, specText, storeExpanded, storeIdentification, storeResultant, type Nam } from '../names/name-block.js';
import { nextFile, startWalk } from '../names/search.js';
import type { Completion, FileCompletion, FileOperation } from '../operation.js';
import { createSearch, deleteIfab, findFile, type Ifab, type Swb } from '../segments.js';
import { SWB, SWB$C_DONE, SWB$C_START, SWB$C_WALK } from '../structures.js';
import { releaseChannel } from './close.js';
import { assignChannel, deviceInformation } from './device.js';
import { findDirectory } from './lookup.js';
import { fileName, NAME_ONLY, splitName, storeFound, withFile } from './open.js';

/**
 * $PARSE and $SEARCH. A name without wildcards and search lists is looked up by $SEARCH afresh. For others $PARSE leaves an IFAB with a search work block behind, whose identifier it puts in NAM$L_WCC (NAM$V_IFI); $SEARCH goes on
 * from there, and gives both back when nothing more is found.
 */
export function* parseName(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const { fab, ifab, mode } = operation;
  const nam = callerNam(p, fab, mode);
  if (nam === undefined || typeof nam === 'number') return { status: RMS$_NAM };
  yield* endSearch(p, nam);
  const strings = callerStrings(p, fab, mode);
  if (typeof strings === 'number') return { status: strings };
  const isSyntaxOnly = nam.NAM$V_SYNCHK !== 0;
  let picks: readonly number[] | undefined = [];
  let completion: Completion = { status: RMS$_DEV };
  while (picks) {
    const expanded: Expanded | number = yield* expand(p, operation, nam, strings, picks);
    if (typeof expanded === 'number') {
      nam.NAM$B_ESL = 0;
      nam.NAM$B_RSL = 0;
      return { status: expanded };
    }
    completion = yield* parseOne(p, operation, nam, expanded, isSyntaxOnly);
    const isElsewhere = completion.status === RMS$_DEV || completion.status === RMS$_DNF;
    if (!isElsewhere) break;
    picks = nextPicks(picks, expanded.choices);
    if (picks) yield* releaseChannel(p, ifab);
  }
  if (!(completion.status & 1) || isSyntaxOnly || nam.NAM$V_PPF || !(nam.NAM$L_FNB & (NAM$M_WILDCARD | NAM$M_SEARCH_LIST))) return completion;
  const swb = createSearch(p, ifab);
  if (!swb) return { status: RMS$_DME };
  swb.SWB$B_STATE = SWB$C_START;
  writeCounted(p.memory, swb.address + SWB.offset.SWB$T_PRIMARY, strings.primary, 256);
  writeCounted(p.memory, swb.address + SWB.offset.SWB$T_DEFAULTS, strings.defaults, 256);
  writeCounted(p.memory, swb.address + SWB.offset.SWB$T_RELATED, strings.related, 256);
  ifab.IFB$V_SEARCH = 1;
  yield* releaseChannel(p, ifab);
  nam.NAM$L_WCC = ifab.IFB$W_IFI | WCC_IFI;
  return { ...completion, keep: true };
}

const WCC_IFI = 0x10000;
/** NAM$L_WCC of a search for a single file that has been found. */
const WCC_FOUND = 1;
const IFI_MASK = 0xffff;

function* expand(p: Procedure, operation: FileOperation, nam: Nam, strings: NameStrings, picks: readonly number[]): ThreadFlow<Expanded | number> {
  return yield* expandName(p, strings, { mode: translationMode(operation.fab), picks, output: operation.fab.FAB$V_OFP !== 0, noConceal: nam.NAM$V_NOCONCEAL !== 0 });
}

function* parseOne(p: Procedure, operation: FileOperation, nam: Nam, expanded: Expanded, isSyntaxOnly: boolean): ThreadFlow<Completion> {
  const { mode, fab } = operation;
  if (expanded.node !== '') {
    const hasDirectory = (expanded.flags & NAM$M_EXP_DIR) !== 0 || expanded.directory.length > 0;
    const stored = storeExpanded(p, nam, mode, specText(expanded, hasDirectory), expanded.flags | NAM$M_NODE);
    return { status: stored !== 0 ? stored : isSyntaxOnly ? RMS$_NORMAL : RMS$_SUPPORT };
  }
  const device = yield* deviceInformation(p, `${expanded.physical}:`);
  const hasDirectories = typeof device === 'number' || device.isDirectoryDevice;
  const stored = storeExpanded(p, nam, mode, specText(expanded, hasDirectories), expanded.flags);
  if (stored !== 0) return { status: stored };
  if (typeof device === 'number') return isSyntaxOnly ? { status: RMS$_NORMAL } : { status: RMS$_DEV, stv: device };
  fab.FAB$L_DEV = device.characteristics;
  storeIdentification(p, nam, device.name.replace(/^_/, ''), new Uint8Array(6), new Uint8Array(6));
  if (isSyntaxOnly || !device.isDirectoryDevice || expanded.permanent !== 0 || expanded.flags & NAM$M_WILD_DIR) return { status: RMS$_NORMAL };
  const failed = yield* assignChannel(p, operation, device);
  if (failed) return failed;
  const did = yield* findDirectory(p, operation, [...expanded.root, ...expanded.directory]);
  if (!(did instanceof Uint8Array)) return did;
  storeIdentification(p, nam, device.name.replace(/^_/, ''), undefined, did);
  return { status: RMS$_NORMAL };
}

/** Forgets the search a name block stands for. */
function* endSearch(p: Procedure, nam: Nam): ThreadFlow<void> {
  const context = nam.NAM$L_WCC;
  nam.NAM$L_WCC = 0;
  const ifab = context & WCC_IFI ? findFile(p, context & IFI_MASK) : undefined;
  if (!ifab || !ifab.IFB$V_SEARCH || ifab.IFB$V_BUSY) return;
  yield* releaseChannel(p, ifab);
  deleteIfab(p, ifab);
}

/** $SEARCH. The operation has an IFAB of its own; the search's IFAB does the I/O and lends it the channel. */
export function* searchName(p: Procedure, operation: FileOperation): ThreadFlow<FileCompletion> {
  const { fab, mode } = operation;
  const nam = callerNam(p, fab, mode);
  if (nam === undefined || typeof nam === 'number') return { status: RMS$_NAM };
  const context = nam.NAM$L_WCC;
  if (context === WCC_FOUND) return { status: RMS$_NMF };
  if (context === 0) return yield* searchSingle(p, operation, nam);
  const search = context & WCC_IFI ? findFile(p, context & IFI_MASK) : undefined;
  if (!search || !search.IFB$V_SEARCH || search.IFB$L_SWB === 0) return { status: RMS$_WCC };
  const swb = SWB.at(p.memory, search.IFB$L_SWB);
  lend(search, operation.ifab);
  const completion = yield* searchOn(p, operation, nam, swb);
  lend(operation.ifab, search);
  if (!(completion.status & 1)) yield* endSearch(p, nam);
  return completion;
}

/** A name without wildcards: one lookup, and no more files after it. */
function* searchSingle(p: Procedure, operation: FileOperation, nam: Nam): ThreadFlow<FileCompletion> {
  const { mode } = operation;
  const completion = yield* withFile(p, operation, NAME_ONLY, function* (target) {
    const result = yield* fileFunction(p, operation, { func: IO$_ACCESS, did: target.did, name: fileName(target.expanded) });
    if (!succeeded(result)) return fileFailure(result, RMS$_FND);
    const stored = storeFound(p, target, result.name, fileId(result), mode);
    return { status: stored === 0 ? RMS$_NORMAL : stored };
  });
  if (completion.status & 1) nam.NAM$L_WCC = WCC_FOUND;
  return completion;
}

function lend(from: Ifab, to: Ifab): void {
  to.IFB$W_CHAN = from.IFB$W_CHAN;
  from.IFB$W_CHAN = 0;
}

function* searchOn(p: Procedure, operation: FileOperation, nam: Nam, swb: Swb): ThreadFlow<Completion> {
  const { ifab, mode } = operation;
  const text = (field: 'SWB$T_PRIMARY' | 'SWB$T_DEFAULTS' | 'SWB$T_RELATED'): string => readCounted(p.memory, swb.address + SWB.offset[field]);
  const strings = { primary: text('SWB$T_PRIMARY'), defaults: text('SWB$T_DEFAULTS'), related: text('SWB$T_RELATED') };
  for (;;) {
    if (swb.SWB$B_STATE === SWB$C_DONE) return { status: RMS$_NMF };
    const picks = [...swb.SWB$T_PICKS.subarray(0, swb.SWB$B_PICKS)];
    const expanded = yield* expand(p, operation, nam, strings, picks);
    if (typeof expanded === 'number') return { status: expanded };
    const device = yield* deviceInformation(p, `${expanded.physical}:`);
    let outcome: Completion;
    if (typeof device === 'number') outcome = { status: RMS$_DEV, stv: device };
    else if (!device.isDirectoryDevice) {
      swb.SWB$B_STATE = SWB$C_DONE;
      const stored = storeResultant(p, nam, mode, { ...specText(expanded, false), device: `${device.name}:` });
      return { status: stored === 0 ? RMS$_NORMAL : stored };
    } else {
      const isStarting = swb.SWB$B_STATE === SWB$C_START;
      const failed = ifab.IFB$W_CHAN === 0 ? yield* assignChannel(p, operation, device) : undefined;
      if (failed) return failed;
      if (isStarting) {
        startWalk(p, swb);
        swb.SWB$B_STATE = SWB$C_WALK;
      }
      const directories = [...expanded.root, ...expanded.directory];
      const found = yield* nextFile(p, operation, swb, { directories, file: fileName(expanded) });
      if ('fid' in found) {
        swb.SWB$B_FOUND = 1;
        storeIdentification(p, nam, device.name.replace(/^_/, ''), found.fid, found.did);
        const stored = storeResultant(p, nam, mode, {
          ...specText(expanded, true, found.directories.slice(expanded.root.length)), ...splitName(found.name),
        });
        return { status: stored === 0 ? RMS$_NORMAL : stored };
      }
      outcome = found;
    }
    if (outcome.status !== RMS$_NMF) {
      swb.SWB$L_ERROR = outcome.status;
      swb.SWB$L_STV = outcome.stv ?? 0;
    }
    yield* releaseChannel(p, ifab);
    const next = nextPicks(picks, expanded.choices);
    if (!next) {
      swb.SWB$B_STATE = SWB$C_DONE;
      if (swb.SWB$L_ERROR !== 0) return { status: swb.SWB$L_ERROR, stv: swb.SWB$L_STV };
      return swb.SWB$B_FOUND ? { status: RMS$_NMF } : { status: RMS$_FNF };
    }
    swb.SWB$B_PICKS = next.length;
    swb.SWB$T_PICKS = Uint8Array.from(next);
    swb.SWB$B_STATE = SWB$C_START;
  }
}
