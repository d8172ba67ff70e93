import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { RMS$_FEX, RMS$_IDR, RMS$_WLD } from '../executive/starlet/rmsdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { findAll, type FoundFile } from './file-search.js';
import { fileBlocks, nameOf, reason, type FileFailure } from './files.js';
import { messageCode, report, sharedCode, type Message } from './messages.js';
import { fieldsOf, outputName } from './output-name.js';
import { selection } from './selection.js';

/** RENAME.EXE. @source DCL Dictionary, RENAME */
const FACILITY = 150;

/** A file that could not be renamed: what is said of it, and why. */
interface Refusal {
  readonly message: Message;
  readonly why: Message;
}

type Renamed = { readonly name: string } | Refusal;

const isRefusal = (done: Renamed): done is Refusal => 'message' in done;

/** A version that is taken becomes a new one; with /NONEW_VERSION the version stays, and it is an error when it is taken. */
function* renameOne(p: Procedure, file: FoundFile, wanted: string, keepsVersion: boolean): Flow<Renamed> {
  const target = fieldsOf(wanted);
  const name = `${target.directory}${target.name}${target.type}`;
  if (keepsVersion) return yield* tryRename(p, file, target.version === '' ? `${name}${file.version}` : wanted);
  const first = yield* tryRename(p, file, wanted);
  return isRefusal(first) && first.why.code === RMS$_FEX && target.version !== '' ? yield* tryRename(p, file, name) : first;
}

function* tryRename(p: Procedure, file: FoundFile, wanted: string): Flow<Renamed> {
  return yield* p.scratch(function* () {
    const from = fileBlocks(p, file.spec);
    const target = fileBlocks(p, wanted, { defaults: file.directory });
    const status = yield* service(p, '$RENAME', { oldfab: from.fab.address, newfab: target.fab.address });
    const name = nameOf(p, target, wanted);
    return status & 1 ? { name } : refusal(file, name, { spec: file.spec, status, stv: from.fab.FAB$L_STV }, target.nam.NAM$T_DVI);
  });
}

/** The new name is to blame for what it is, the old one for everything else. @param dvi  device of the new name, counted */
function refusal(file: FoundFile, name: string, failure: FileFailure, dvi: Uint8Array): Refusal {
  const device = bytesToText(dvi.subarray(1, 1 + dvi[0]!));
  if (failure.status === RMS$_IDR && device !== '' && device !== file.device) {
    return { message: { code: messageCode('RENAME$_NOTRENAMED'), args: [file.spec] }, why: { code: messageCode('RENAME$_NOTSAMEDEV') } };
  }
  const isNew = ([RMS$_FEX, RMS$_WLD] as number[]).includes(failure.status);
  return { message: { code: sharedCode(FACILITY, isNew ? 'openOut' : 'openIn'), args: [isNew ? name : file.spec] }, why: reason(failure) };
}

const main = procedure('RENAME$MAIN', function* (p) {
  const to = ((yield* cliGetValue(p, 'OUTPUT')) ?? '').toUpperCase();
  const log = yield* cliIsPresent(p, 'LOG');
  const keepsVersion = yield* cliIsNegated(p, 'NEW_VERSION');
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  let status = 1;
  const files = yield* findAll(p, yield* cliGetValues(p, 'INPUT'), '', function* (failure) {
    status = yield* report(p, { code: sharedCode(FACILITY, 'searchFail'), args: [failure.spec] }, reason(failure));
  });
  for (const file of files) {
    if (!(yield* chosen.accepts(file)) || !(yield* chosen.confirmed('RENAME', file.spec))) continue;
    const done = yield* renameOne(p, file, outputName(to, file), keepsVersion);
    if (isRefusal(done)) status = yield* report(p, done.message, done.why);
    else if (log) yield* report(p, { code: messageCode('RENAME$_RENAMED'), args: [file.spec, done.name] });
  }
  return status;
});

export const RENAME_IMAGE: ResidentImage = { name: 'RENAME', transfer: 'RENAME$MAIN', routines: [main] };
