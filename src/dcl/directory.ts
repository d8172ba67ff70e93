import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../executive/starlet/fabdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN, NAM$M_SYNCHK } from '../executive/starlet/namdef.js';
import { RMS$_DIR } from '../executive/starlet/rmsdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { CLI$_DIRECT } from './condition-codes.js';
import { check, fail } from './condition.js';
import { define, translate } from './names.js';

/** Default device (SYS$DISK) and default directory ($SETDDIR, PIO$GT_DDSTRING). */

const SUPERVISOR = 2;

/** The default directory string, `[X.Y]`. */
export function* defaultDirectory(p: Procedure): Flow<string> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(256);
    const length = p.allocate(4);
    check(yield* service(p, '$SETDDIR', { newdir: 0, oldlen: length, olddir: p.descriptor(255, buffer) }));
    return bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length)));
  });
}

/** The default device, as SYS$DISK has it. */
export function* defaultDevice(p: Procedure): Flow<string> {
  const translation = yield* translate(p, 'SYS$DISK', 'LNM$FILE_DEV');
  return translation.value;
}

/** What SHOW DEFAULT and F$ENVIRONMENT("DEFAULT") give. */
export function* defaultSpec(p: Procedure): Flow<string> {
  const device = yield* defaultDevice(p);
  const directory = yield* defaultDirectory(p);
  return (device !== '' && !device.endsWith(':') ? `${device}:` : device) + directory;
}

const SPEC = /^([^[<:]*:{1,2})?(\[[^\]]*\]|<[^>]*>)?$/;

/**
 * SET DEFAULT: device part into SYS$DISK, directory part through $SETDDIR. Neither is checked for existence; a logical name
 * with a directory in it (SYS$LOGIN) is translated here, a concealed device or a search list stays. SYS$DISK: is the device there is.
 * @raises CLI$_DIRECT with the text as token; RMS$_DIR for a directory that no name could be in: too deep, or beside that of a logical name
 */
export function* setDefault(p: Procedure, text: string): Flow<void> {
  let spec = text.trim();
  for (let depth = 0; depth < 10; depth += 1) {
    const bare = /^[A-Z0-9_$-]+:?$/i.test(spec) ? spec.replace(/:$/, '') : undefined;
    if (bare === undefined) break;
    const translation = yield* translate(p, bare, 'LNM$FILE_DEV');
    const more = translation.value;
    if ((translation.status & 1) === 0 || translation.maximumIndex > 0 || !/[[<:]/.test(more) || (translation.attributes & 0x100) !== 0) break;
    spec = more;
    if (/[\]>]$/.test(spec)) break;
  }
  if (/^[A-Z0-9_$-]+$/i.test(spec)) spec += ':';
  const match = SPEC.exec(spec);
  if (!match || spec === '') fail(CLI$_DIRECT, { token: text });
  const [, device, directory] = match!;
  const parsed = yield* parse(p, spec, NAM$M_SYNCHK);
  if (parsed === RMS$_DIR) check(parsed);
  if (directory !== undefined) yield* p.scratch(function* () {
    check(yield* service(p, '$SETDDIR', { newdir: p.string(directory) }));
  });
  if (device !== undefined && !/^SYS\$DISK:$/i.test(device)) check(yield* define(p, 'SYS$DISK', [{ value: device, concealed: false, terminal: false }], 'LNM$PROCESS', SUPERVISOR, { confine: false, noAlias: false }));
}

/** Whether the default directory is there: $PARSE of nothing looks it up. */
export function* defaultExists(p: Procedure): Flow<boolean> {
  return ((yield* parse(p, '', 0)) & 1) !== 0;
}

/** What $PARSE says to a name. @param options  NAM$B_NOP */
function* parse(p: Procedure, name: string, options: number): Flow<number> {
  return yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
    const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_NAM = nam.address;
    nam.NAM$B_BID = NAM$C_BID;
    nam.NAM$B_BLN = NAM$C_BLN;
    nam.NAM$L_ESA = p.allocate(256);
    nam.NAM$B_ESS = 255;
    nam.NAM$B_NOP = options;
    fab.FAB$L_FNA = p.bytes(textToBytes(name.slice(0, 255)));
    fab.FAB$B_FNS = Math.min(name.length, 255);
    return yield* service(p, '$PARSE', { fab: fab.address });
  });
}
