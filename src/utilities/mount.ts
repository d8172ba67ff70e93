import { cliGetValue, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DEV$M_SWL } from '../executive/starlet/devdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import {
  DMT$M_ABORT, DMT$M_CLUSTER, DMT$M_NOUNLOAD, DMT$M_UNIT, MNT$M_FOREIGN, MNT$M_GROUP, MNT$M_NOASSIST, MNT$M_NODISKQ, MNT$M_NOMNTVER, MNT$M_NOREBUILD, MNT$M_NOWRITE,
  MNT$M_OVR_IDENT, MNT$M_SYSTEM, MNT$_ACCESSED, MNT$_BLOCKSIZE, MNT$_DEVNAM, MNT$_EXTENSION, MNT$_FLAGS, MNT$_LOGNAM, MNT$_OWNER, MNT$_RECORDSIZ, MNT$_VOLNAM, MNT$_VPROT,
  MNT$_WINDOW,
} from '../executive/starlet/mntdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { LineInput } from './line-input.js';
import { longword } from './file-functions.js';
import { messageCode, report, severe } from './messages.js';
import { getDevice } from './process-information.js';
import { applyProtection, protectionCode } from './protection.js';
import { uicQualifier } from './selection.js';
import { setDensity } from './set-magtape.js';
import { TapeChannel } from './tape-channel.js';
import { needsRebuild, rebuildVolume } from './volume-function.js';

/**
 * VMOUNT.EXE and DISMOUNT.EXE: $MOUNT and $DISMOU with the qualifiers of their commands. There is no operator to ask for another volume, so
 * /ASSIST changes nothing; nor does /UNLOAD, as no drive unloads. A volume that was not dismounted is rebuilt when it is mounted. @source DCL Dictionary, MOUNT, DISMOUNT
 */
const withColon = (name: string): string => (name.includes(':') ? name : `${name}:`).toUpperCase();

function* flagsOf(p: Procedure): Flow<number> {
  let flags = 0;
  for (const [qualifier, flag] of [['FOREIGN', MNT$M_FOREIGN], ['GROUP', MNT$M_GROUP], ['SYSTEM', MNT$M_SYSTEM], ['OVERRIDE', MNT$M_OVR_IDENT]] as const) {
    if (yield* cliIsPresent(p, qualifier)) flags |= flag;
  }
  // All nodes of a cluster of one; such a volume is the system's unless it is a group's.
  if ((yield* cliIsPresent(p, 'CLUSTER')) && (flags & MNT$M_GROUP) === 0) flags |= MNT$M_SYSTEM;
  if (yield* cliIsNegated(p, 'WRITE')) flags |= MNT$M_NOWRITE;
  for (const [qualifier, flag] of [['ASSIST', MNT$M_NOASSIST], ['LABEL', MNT$M_FOREIGN], ['MOUNT_VERIFICATION', MNT$M_NOMNTVER], ['QUOTA', MNT$M_NODISKQ], ['REBUILD', MNT$M_NOREBUILD]] as const) {
    if (yield* cliIsNegated(p, qualifier)) flags |= flag;
  }
  return flags;
}

/** The label as typed, or asked for. */
function* volumeLabel(p: Procedure, flags: number): Flow<string | undefined> {
  const given = yield* cliGetValue(p, 'VOLUME');
  if (given !== undefined || (flags & (MNT$M_FOREIGN | MNT$M_OVR_IDENT)) !== 0) return given?.toUpperCase();
  const input = yield* LineInput.open(p, 'SYS$COMMAND');
  if (typeof input === 'number') return undefined;
  const line = yield* input.line('\r\n_Label: ');
  yield* input.close();
  const label = line?.trim().toUpperCase();
  return label === '' ? undefined : label;
}

/** Qualifiers that are a number, within what it may be. */
const NUMBERS = [
  ['ACCESSED', MNT$_ACCESSED, 0, 255], ['BLOCKSIZE', MNT$_BLOCKSIZE, 18, 9999], ['EXTENSION', MNT$_EXTENSION, 0, 65535], ['RECORDSIZE', MNT$_RECORDSIZ, 1, 9999],
  ['WINDOWS', MNT$_WINDOW, 7, 80],
] as const;

/** Items of $MOUNT that are numbers, by code. @returns the status of a message when one cannot be */
function* numberItems(p: Procedure): Flow<Map<number, number> | number> {
  const items = new Map<number, number>();
  for (const [qualifier, code, least, most] of NUMBERS) {
    const typed = yield* cliGetValue(p, qualifier);
    if (typed === undefined) continue;
    if (!(Number(typed) >= least && Number(typed) <= most)) return yield* report(p, { code: messageCode('MOUNT$_VALUERR'), args: [qualifier, least, most] });
    items.set(code, Number(typed));
  }
  if (yield* cliIsPresent(p, 'OWNER_UIC')) {
    const owner = yield* uicQualifier(p, 'OWNER_UIC');
    if (typeof owner === 'number') return owner;
    items.set(MNT$_OWNER, owner.uic);
  }
  const protection = yield* protectionCode(p, 'PROTECTION');
  if (typeof protection === 'number') return protection;
  // choice: classes that are not named have no access, as with a volume of which nothing is known.
  if (protection) items.set(MNT$_VPROT, applyProtection(0xffff, protection));
  return items;
}

/** /DENSITY of a tape that is written from its beginning. */
function* setTapeDensity(p: Procedure, device: string, density: string): Flow<number> {
  const tape = yield* TapeChannel.open(p, device);
  if (typeof tape === 'number') return tape;
  const status = yield* setDensity(p, tape, density);
  yield* tape.close();
  return status;
}

/** /REBUILD: what the volume lost when it was not dismounted. */
function* rebuildIfNeeded(p: Procedure, device: string, isWanted: boolean): Flow<number> {
  if (!(yield* needsRebuild(p, device))) return SS$_NORMAL;
  yield* report(p, { code: messageCode(isWanted ? 'MOUNT$_REBUILD' : 'MOUNT$_REBLDREQD') });
  return isWanted ? yield* rebuildVolume(p, device) : SS$_NORMAL;
}

/** What the unit is called and holds, now that it is mounted. */
const MOUNTED = {
  name: { code: DVI.DVI$_DEVNAM, kind: 'text' }, label: { code: DVI.DVI$_VOLNAM, kind: 'text' }, characteristics: { code: DVI.DVI$_DEVCHAR, kind: 'long' },
} as const;

const mount = procedure('VMOUNT$MAIN', function* (p) {
  const device = withColon((yield* cliGetValue(p, 'DEVICE'))!);
  const flags = yield* flagsOf(p);
  const isSilent = yield* cliIsNegated(p, 'MESSAGE');
  const label = yield* volumeLabel(p, flags);
  if (label === undefined && (flags & (MNT$M_FOREIGN | MNT$M_OVR_IDENT)) === 0) return yield* report(p, { code: messageCode('MOUNT$_NOLABEL') });
  const logicalName = (yield* cliGetValue(p, 'LOGICAL'))?.toUpperCase().replace(/:$/, '');
  const numbers = yield* numberItems(p);
  if (typeof numbers === 'number') return numbers;
  const density = yield* cliGetValue(p, 'DENSITY');
  const prepared = density === undefined ? SS$_NORMAL : yield* setTapeDensity(p, device, density);
  if (!(prepared & 1)) return yield* severe(p, 'MOUNT', prepared);
  const status = yield* p.scratch(function* () {
    const text = (code: number, value: string): { code: number; length: number; buffer: number } => ({ code, length: value.length, buffer: p.bytes(textToBytes(value)) });
    return yield* service(p, '$MOUNT', {
      itmlst: p.itemList([
        text(MNT$_DEVNAM, device), { code: MNT$_FLAGS, length: 4, buffer: p.bytes(longword(flags)) },
        ...(label === undefined ? [] : [text(MNT$_VOLNAM, label)]), ...(logicalName === undefined ? [] : [text(MNT$_LOGNAM, logicalName)]),
        ...[...numbers].map(([code, value]) => ({ code, length: 4, buffer: p.bytes(longword(value)) })),
      ]),
    });
  });
  if (!(status & 1)) return yield* severe(p, 'MOUNT', status);
  const rebuilds = (flags & MNT$M_NOREBUILD) === 0;
  if (isSilent) return yield* rebuildIfNeeded(p, device, rebuilds);
  const { values } = yield* getDevice(p, device, MOUNTED);
  if ((flags & MNT$M_NOWRITE) === 0 && (values.characteristics & DEV$M_SWL) !== 0) yield* report(p, { code: messageCode('MOUNT$_WRITELOCK') });
  yield* report(p, { code: messageCode('MOUNT$_MOUNTED'), args: [values.label.trim(), values.name] });
  return yield* rebuildIfNeeded(p, device, rebuilds);
});

const dismount = procedure('DISMOUNT$MAIN', function* (p) {
  const device = withColon((yield* cliGetValue(p, 'DEVICE'))!);
  let flags = (yield* cliIsNegated(p, 'UNLOAD')) ? DMT$M_NOUNLOAD : 0;
  for (const [qualifier, flag] of [['ABORT', DMT$M_ABORT], ['CLUSTER', DMT$M_CLUSTER], ['UNIT', DMT$M_UNIT]] as const) {
    if (yield* cliIsPresent(p, qualifier)) flags |= flag;
  }
  const status = yield* p.scratch(() => service(p, '$DISMOU', { devnam: p.string(device), flags }));
  return status & 1 ? status : yield* report(p, { code: messageCode('DISM$_CANNOTDMT'), args: [device] }, { code: status });
});

export const MOUNT_IMAGE: ResidentImage = { name: 'VMOUNT', transfer: 'VMOUNT$MAIN', routines: [mount] };
export const DISMOUNT_IMAGE: ResidentImage = { name: 'DISMOUNT', transfer: 'DISMOUNT$MAIN', routines: [dismount] };
