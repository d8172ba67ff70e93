import { cliGetValue, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DEV$M_SWL } from '../executive/starlet/devdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import {
  DMT$M_NOUNLOAD, MNT$M_FOREIGN, MNT$M_GROUP, MNT$M_NOASSIST, MNT$M_NODISKQ, MNT$M_NOMNTVER, MNT$M_NOWRITE, MNT$M_OVR_IDENT, MNT$M_SYSTEM, MNT$_DEVNAM, MNT$_FLAGS, MNT$_LOGNAM, MNT$_VOLNAM,
} from '../executive/starlet/mntdef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { LineInput } from './line-input.js';
import { longword } from './file-functions.js';
import { messageCode, report, severe } from './messages.js';
import { getDevice } from './process-information.js';

/**
 * VMOUNT.EXE and DISMOUNT.EXE: $MOUNT and $DISMOU with the qualifiers of their commands. There is no operator to ask for another volume, so
 * /ASSIST changes nothing; nor does /UNLOAD, as no drive unloads. @source DCL Dictionary, MOUNT, DISMOUNT
 */
const withColon = (name: string): string => (name.includes(':') ? name : `${name}:`).toUpperCase();

function* flagsOf(p: Procedure): Flow<number> {
  let flags = 0;
  for (const [qualifier, flag] of [['FOREIGN', MNT$M_FOREIGN], ['GROUP', MNT$M_GROUP], ['SYSTEM', MNT$M_SYSTEM], ['OVERRIDE', MNT$M_OVR_IDENT]] as const) {
    if (yield* cliIsPresent(p, qualifier)) flags |= flag;
  }
  if (yield* cliIsNegated(p, 'WRITE')) flags |= MNT$M_NOWRITE;
  for (const [qualifier, flag] of [['ASSIST', MNT$M_NOASSIST], ['LABEL', MNT$M_FOREIGN], ['MOUNT_VERIFICATION', MNT$M_NOMNTVER], ['QUOTA', MNT$M_NODISKQ]] as const) {
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
  const status = yield* p.scratch(function* () {
    const text = (code: number, value: string): { code: number; length: number; buffer: number } => ({ code, length: value.length, buffer: p.bytes(textToBytes(value)) });
    return yield* service(p, '$MOUNT', {
      itmlst: p.itemList([
        text(MNT$_DEVNAM, device), { code: MNT$_FLAGS, length: 4, buffer: p.bytes(longword(flags)) },
        ...(label === undefined ? [] : [text(MNT$_VOLNAM, label)]), ...(logicalName === undefined ? [] : [text(MNT$_LOGNAM, logicalName)]),
      ]),
    });
  });
  if (!(status & 1)) return yield* severe(p, 'MOUNT', status);
  if (isSilent) return status;
  const { values } = yield* getDevice(p, device, MOUNTED);
  if ((flags & MNT$M_NOWRITE) === 0 && (values.characteristics & DEV$M_SWL) !== 0) yield* report(p, { code: messageCode('MOUNT$_WRITELOCK') });
  yield* report(p, { code: messageCode('MOUNT$_MOUNTED'), args: [values.label.trim(), values.name] });
  return status;
});

const dismount = procedure('DISMOUNT$MAIN', function* (p) {
  const device = withColon((yield* cliGetValue(p, 'DEVICE'))!);
  const flags = (yield* cliIsNegated(p, 'UNLOAD')) ? DMT$M_NOUNLOAD : 0;
  const status = yield* p.scratch(() => service(p, '$DISMOU', { devnam: p.string(device), flags }));
  return status & 1 ? status : yield* report(p, { code: messageCode('DISM$_CANNOTDMT'), args: [device] }, { code: status });
});

export const MOUNT_IMAGE: ResidentImage = { name: 'VMOUNT', transfer: 'VMOUNT$MAIN', routines: [mount] };
export const DISMOUNT_IMAGE: ResidentImage = { name: 'DISMOUNT', transfer: 'DISMOUNT$MAIN', routines: [dismount] };
