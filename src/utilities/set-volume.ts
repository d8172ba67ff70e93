import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import { binaryTime } from '../dcl/resolve-time.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { JPI$_USERNAME } from '../executive/starlet/jpidef.js';
import { DVI$_DEVNAM } from '../executive/starlet/dvidef.js';
import { SS$_IVTIME, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ArrayMemory, textToBytes } from '../executive/structures/memory.js';
import { VATR } from '../executive/structures/volume.js';
import { FIB$C_SET_VOLUME } from '../filesystem/fib.js';
import { DEFAULT_FILE_PROTECTION } from '../filesystem/initialize.js';
import { messageCode, report } from './messages.js';
import { getDevice, getProcess } from './process-information.js';
import { applyProtection, protectionCode } from './protection.js';
import { uicQualifier } from './selection.js';
import { needsRebuild, rebuildVolume, volumeControl } from './volume-function.js';

/** SET VOLUME device[,...]: what a mounted Files-11 volume says of itself. @source DCL Dictionary, SET VOLUME */
type VolumeAttributes = ReturnType<typeof VATR.at>;

const LABEL = /^[A-Z0-9$_-]{1,12}$/;
const NAME_LENGTH = 12;

const padded = (text: string): Uint8Array => textToBytes(text.toUpperCase().padEnd(NAME_LENGTH, ' ').slice(0, NAME_LENGTH));

const NUMBERS: readonly (readonly [qualifier: string, least: number, most: number, store: (to: VolumeAttributes, value: number) => void])[] = [
  ['ACCESSED', 0, 255, (to, value) => { [to.VATR$B_LRU_LIM, to.VATR$V_LRU_LIM] = [value, 1]; }],
  ['EXTENSION', 0, 65535, (to, value) => { [to.VATR$W_EXTEND, to.VATR$V_EXTEND] = [value, 1]; }],
  ['WINDOWS', 7, 80, (to, value) => { [to.VATR$B_WINDOW, to.VATR$V_WINDOW] = [value, 1]; }],
];

/** The qualifiers that are numbers or flags. @returns the status of a message when one cannot be */
function* simpleAttributes(p: Procedure, to: VolumeAttributes): Flow<number> {
  for (const [qualifier, least, most, store] of NUMBERS) {
    const typed = yield* cliGetValue(p, qualifier);
    if (typed === undefined) continue;
    if (!(Number(typed) >= least && Number(typed) <= most)) return yield* report(p, { code: messageCode('SET$_VALUERR'), args: [qualifier, least, most] });
    store(to, Number(typed));
  }
  const erases = yield* cliIsPresent(p, 'ERASE_ON_DELETE');
  if (erases || (yield* cliIsNegated(p, 'ERASE_ON_DELETE'))) [to.VATR$B_ERASE, to.VATR$V_ERASE] = [erases ? 1 : 0, 1];
  const verifies = yield* cliIsPresent(p, 'MOUNT_VERIFICATION');
  if (verifies || (yield* cliIsNegated(p, 'MOUNT_VERIFICATION'))) [to.VATR$B_MOUNTVER, to.VATR$V_MOUNTVER] = [verifies ? 1 : 0, 1];
  return SS$_NORMAL;
}

/** /LABEL, /USER_NAME, /OWNER_UIC: who and what the volume is. */
function* identity(p: Procedure, to: VolumeAttributes): Flow<number> {
  const label = yield* cliGetValue(p, 'LABEL');
  if (label !== undefined && !LABEL.test(label.toUpperCase())) return yield* report(p, { code: messageCode('INIT$_BADVOLLABEL'), args: [label] });
  if (label !== undefined) [to.VATR$T_VOLNAME, to.VATR$V_VOLNAME] = [padded(label), 1];
  if (yield* cliIsPresent(p, 'USER_NAME')) {
    const own = yield* p.scratch(function* () { return (yield* getProcess(p, p.allocate(4), { name: { code: JPI$_USERNAME, kind: 'text' } } as const)).values.name; });
    [to.VATR$T_OWNERNAME, to.VATR$V_OWNERNAME] = [padded((yield* cliGetValue(p, 'USER_NAME')) ?? own), 1];
  }
  if (yield* cliIsPresent(p, 'OWNER_UIC')) {
    const owner = yield* uicQualifier(p, 'OWNER_UIC');
    if (typeof owner === 'number') return owner;
    [to.VATR$L_OWNER, to.VATR$V_OWNER] = [owner.uic, 1];
  }
  return SS$_NORMAL;
}

/** /PROTECTION and /FILE_PROTECTION: classes that are not named get no access to the volume, and what INITIALIZE gives to its files. */
function* protections(p: Procedure, to: VolumeAttributes): Flow<number> {
  const protection = yield* protectionCode(p, 'PROTECTION');
  if (typeof protection === 'number') return protection;
  if (protection) [to.VATR$W_PROTECT, to.VATR$V_PROTECT] = [applyProtection(0xffff, protection), 1];
  const files = yield* protectionCode(p, 'FILE_PROTECTION');
  if (typeof files === 'number') return files;
  if (files) [to.VATR$W_FILEPROT, to.VATR$V_FILEPROT] = [applyProtection(DEFAULT_FILE_PROTECTION, files), 1];
  return SS$_NORMAL;
}

/** /RETENTION=(min[,max]): delta times; without a maximum it is twice the minimum or a week more, whichever is less; 0 ends it. */
function* retention(p: Procedure, to: VolumeAttributes): Flow<number> {
  const typed = yield* cliGetValues(p, 'RETENTION');
  if (typed.length === 0) return SS$_NORMAL;
  const times: bigint[] = [];
  for (const text of typed) {
    const time = yield* binaryTime(p, text.replace(/^(\d+)$/, '$1-').replace(/^(\d+)-/, '$1 '));
    if (time === undefined || time > 0n) return yield* report(p, { code: SS$_IVTIME });
    times.push(time);
  }
  const [least, most = -least! * 2n < -least! + WEEK ? least! * 2n : least! - WEEK] = times;
  [to.VATR$Q_RETAINMIN, to.VATR$Q_RETAINMAX, to.VATR$V_RETAIN] = [least!, most, 1];
  return SS$_NORMAL;
}

/** In units of 100 ns. */
const WEEK = 7n * 86_400n * 10_000_000n;

export function* setVolume(p: Procedure): Flow<number> {
  const block = new Uint8Array(VATR.size);
  const wanted = VATR.at(new ArrayMemory(block), 0);
  for (const part of [simpleAttributes, identity, protections, retention]) {
    const status = yield* part(p, wanted);
    if (!(status & 1)) return status;
  }
  const rebuilds = yield* cliIsPresent(p, 'REBUILD');
  const logs = yield* cliIsPresent(p, 'LOG');
  let result: number = SS$_NORMAL;
  for (const typed of yield* cliGetValues(p, 'DEVICE')) {
    const device = typed.includes(':') ? typed : `${typed}:`;
    const named = yield* getDevice(p, device, { name: { code: DVI$_DEVNAM, kind: 'text' } } as const);
    let status = named.status;
    if ((status & 1) !== 0 && wanted.VATR$L_GIVEN !== 0) ({ status } = yield* volumeControl(p, device, FIB$C_SET_VOLUME, 0, block));
    if ((status & 1) !== 0 && rebuilds && (yield* needsRebuild(p, device))) status = yield* rebuildVolume(p, device);
    const shown = (named.status & 1) !== 0 ? named.values.name : device;
    if (!(status & 1)) result = yield* report(p, { code: messageCode('SET$_NOTSET'), args: [shown] }, { code: status });
    else if (logs) yield* report(p, { code: messageCode('SET$_MODIFIED'), args: [shown] });
  }
  return result;
}
