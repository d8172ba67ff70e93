import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DC$_DISK, DC$_MAILBOX, DC$_TAPE, DC$_TERM } from '../executive/starlet/dcdef.js';
import { DEV$M_ALL, DEV$M_AVL, DEV$M_MNT, DEV$M_SPL, DEV$M_SWL } from '../executive/starlet/devdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import { SS$_BUFFEROVF, SS$_NORMAL, SS$_NOSUCHDEV } from '../executive/starlet/ssdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { programRegion } from './files.js';
import { report } from './messages.js';
import { fullDeviceLines } from './show-device-full.js';
import { filesWanted, showFiles } from './show-files.js';
import type { Output } from './output.js';
import { getDevice } from './process-information.js';

/** SHOW DEVICES [prefix] [/ALLOCATED /MOUNTED /FILES /WINDOWS]. Mailboxes are shown when they are asked for by name. @source dcl-output-formats.md, SHOW DEVICES */
const BUFFER = 8192;

const ITEMS = {
  characteristics: { code: DVI.DVI$_DEVCHAR, kind: 'long' }, kindOf: { code: DVI.DVI$_DEVCLASS, kind: 'long' }, errors: { code: DVI.DVI$_ERRCNT, kind: 'long' },
  label: { code: DVI.DVI$_VOLNAM, kind: 'text' }, free: { code: DVI.DVI$_FREEBLOCKS, kind: 'long' }, transactions: { code: DVI.DVI$_TRANSCNT, kind: 'long' },
  mounts: { code: DVI.DVI$_MOUNTCNT, kind: 'long' },
} as const;

interface Device {
  readonly name: string;
  readonly characteristics: number;
  readonly kindOf: number;
  readonly errors: number;
  readonly label: string;
  readonly free: number;
  readonly transactions: number;
  readonly mounts: number;
}

/** Names of all units, without underscore. */
export function* deviceNames(p: Procedure, routine: number): Flow<string[] | number> {
  let size = BUFFER;
  for (;;) {
    const buffer = yield* programRegion(p, size);
    const list = p.allocate(12);
    [2, buffer, size].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    const status = yield* service(p, '$CMKRNL', { routin: routine, arglst: list });
    if (status === SS$_BUFFEROVF) {
      size *= 4;
      continue;
    }
    if (!(status & 1)) return status;
    const names: string[] = [];
    for (let at = buffer; p.memory.readByte(at) !== 0; at += 1 + p.memory.readByte(at)) {
      names.push(bytesToText(p.memory.readBytes(at + 1, p.memory.readByte(at))).replace(/^_/, ''));
    }
    return names;
  }
}

function statusText({ characteristics }: Device): string {
  const has = (mask: number): boolean => (characteristics & mask) !== 0;
  const state = has(DEV$M_MNT) ? 'Mounted' : has(DEV$M_AVL) ? 'Online' : 'Offline';
  return [state, ...(has(DEV$M_ALL) ? ['alloc'] : []), ...(has(DEV$M_SPL) ? ['spooled'] : []), ...(has(DEV$M_SWL) && has(DEV$M_MNT) ? ['wrtlck'] : [])].join(' ');
}

function deviceLine(device: Device): string {
  const left = `${device.name.padEnd(24)}${statusText(device).padEnd(17)}${String(device.errors).padStart(5)}`;
  if (!isVolume(device) || (device.characteristics & DEV$M_MNT) === 0) return left;
  return `${left}  ${device.label.trim().padEnd(13)}${String(device.free).padStart(9)}${String(device.transactions).padStart(6)}${String(device.mounts).padStart(4)}`;
}

const isVolume = ({ kindOf }: Device): boolean => kindOf === DC$_DISK || kindOf === DC$_TAPE;

/** Disks, tapes, terminals, the rest: each group with a heading of its own. */
const groupOf = ({ kindOf }: Device): number => kindOf === DC$_DISK ? 0 : kindOf === DC$_TAPE ? 1 : kindOf === DC$_TERM ? 2 : 3;

const PLAIN_HEADING = ['Device                  Device           Error', ' Name                   Status           Count'];
const VOLUME_HEADING = [
  'Device                  Device           Error    Volume         Free  Trans Mnt', ' Name                   Status           Count     Label        Blocks Count Cnt',
];

/** The beginning of the names to show: what was typed, or the device that it is a logical name of. */
function* prefixOf(p: Procedure, wanted: string, names: readonly string[]): Flow<string> {
  const typed = wanted.replace(/^_/, '').replace(/:$/, '');
  if (names.some((name) => name.startsWith(typed))) return typed;
  const { status, values } = yield* getDevice(p, wanted, { name: { code: DVI.DVI$_DEVNAM, kind: 'text' } } as const);
  return (status & 1) !== 0 ? values.name.replace(/^_/, '').replace(/:$/, '') : typed;
}

/** Where the kernel mode routines are. */
interface KernelRoutines {
  readonly names: number;
  readonly windows: number;
  readonly volume: number;
}

export function* showDevices(p: Procedure, output: Output, routines: KernelRoutines): Flow<number> {
  const wanted = ((yield* cliGetValue(p, 'DEVICE')) ?? '').toUpperCase();
  const mountedOnly = yield* cliIsPresent(p, 'MOUNTED');
  const allocatedOnly = yield* cliIsPresent(p, 'ALLOCATED');
  const names = yield* deviceNames(p, routines.names);
  if (typeof names === 'number') return names;
  const prefix = yield* prefixOf(p, wanted, names);
  const devices: Device[] = [];
  for (const name of names.filter((candidate) => candidate.startsWith(prefix)).sort()) {
    const { status, values } = yield* getDevice(p, `_${name}`, ITEMS);
    if (!(status & 1)) continue;
    const { characteristics } = values;
    if ((mountedOnly && (characteristics & DEV$M_MNT) === 0) || (allocatedOnly && (characteristics & DEV$M_ALL) === 0)) continue;
    if (prefix === '' && values.kindOf === DC$_MAILBOX) continue;
    devices.push({ name, ...values });
  }
  if (devices.length === 0) return yield* report(p, { code: (SS$_NOSUCHDEV & ~7) >>> 0 });
  const showsWindows = yield* cliIsPresent(p, 'WINDOWS');
  if (showsWindows || (yield* cliIsPresent(p, 'FILES'))) {
    const wantedFiles = yield* filesWanted(p);
    for (const device of devices.filter((each) => each.kindOf === DC$_DISK && (each.characteristics & DEV$M_MNT) !== 0)) {
      const status = yield* showFiles(p, output, routines.windows, device.name, wantedFiles, showsWindows);
      if (!(status & 1)) return status;
    }
    return SS$_NORMAL;
  }
  // /BRIEF is what is shown when nothing else is asked for.
  const brief = yield* cliIsPresent(p, 'BRIEF');
  if ((yield* cliIsPresent(p, 'FULL')) && !brief) {
    for (const { name } of devices) for (const line of yield* fullDeviceLines(p, name, routines.volume)) yield* output.line(line);
    return SS$_NORMAL;
  }
  for (const group of [0, 1, 2, 3]) {
    const members = devices.filter((device) => groupOf(device) === group);
    if (members.length === 0) continue;
    for (const line of ['', ...(group < 2 ? VOLUME_HEADING : PLAIN_HEADING), ...members.map(deviceLine)]) yield* output.line(line);
  }
  return SS$_NORMAL;
}
