import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DC$_MAILBOX, DC$_TERM } from '../executive/starlet/dcdef.js';
import { DEV$M_FOD } from '../executive/starlet/devdef.js';
import { DVI$_DEVBUFSIZ, DVI$_DEVCHAR, DVI$_DEVCLASS, DVI$_FULLDEVNAM } from '../executive/starlet/dvidef.js';
import { FAB$C_SEQ, FAB$C_VAR, FAB$M_CR, FAB$M_GET, FAB$M_PUT } from '../executive/starlet/fabdef.js';
import { NAM, NAM$C_BID } from '../executive/starlet/namdef.js';
import { RMS$_DEV, RMS$_DME, RMS$_FNM, RMS$_IFI, RMS$_NORMAL, RMS$_PRV } from '../executive/starlet/rmsdef.js';
import { SS$_IVDEVNAM, SS$_NOSUCHDEV } from '../executive/starlet/ssdef.js';
import { readText, textToBytes } from '../executive/structures/memory.js';
import { createIfab, deleteIfab, findFile, type Ifab } from './segments.js';
import type { Completion, Fab } from './operation.js';
import { resolveName } from './translate.js';

/** Opening, creating and closing what is not a file on a directory device: terminals, mailboxes, the null device. */
const INDIRECT = 0x4000;
const USER = 3;

/** The file name string and default name string of a FAB, upper case. Undefined: the caller may not read them. */
export function nameStrings(p: Procedure, fab: Fab, mode: number): { readonly name: string; readonly defaults: string } | undefined {
  const text = (address: number, length: number): string | undefined =>
    length === 0 ? '' : p.kernel.cpu.probe(address, length, mode, false) ? readText(p.memory, address, length).toUpperCase().trim() : undefined;
  const name = text(fab.FAB$L_FNA, fab.FAB$B_FNS);
  const defaults = text(fab.FAB$L_DNA, fab.FAB$B_DNS);
  return name === undefined || defaults === undefined ? undefined : { name, defaults };
}

/** What $OPEN and $CREATE found the name to be. */
export type Target =
  | { readonly kind: 'device'; readonly device: DeviceInformation }
  | { readonly kind: 'permanent'; readonly ifi: number }
  | { readonly kind: 'file' }
  | { readonly kind: 'error'; readonly completion: Completion };

export interface DeviceInformation {
  readonly name: string;
  readonly characteristics: number;
  readonly deviceClass: number;
  readonly bufferSize: number;
}

/** Looks at the device part of a name. A directory device is a file's. */
export function* locate(p: Procedure, name: string, mode: number): Flow<Target> {
  const colon = name.indexOf(':');
  const deviceName = colon >= 0 ? name.slice(0, colon) : /^[A-Z0-9$_]+$/.test(name) ? name : undefined;
  if (deviceName === undefined || deviceName === '') return { kind: 'file' };
  const resolved = yield* resolveName(p, deviceName, mode);
  if (resolved.kind === 'permanent') return { kind: 'permanent', ifi: resolved.ifi };
  if (colon < 0 && resolved.text === deviceName) return { kind: 'file' };
  if (/[[\].;<>]/.test(resolved.text)) return { kind: 'file' };
  const device = yield* deviceInformation(p, resolved.text);
  if (typeof device === 'number') return { kind: 'error', completion: { status: RMS$_DEV, stv: device } };
  return device.characteristics & DEV$M_FOD && !isNull(device) ? { kind: 'file' } : { kind: 'device', device };
}

function isNull(device: DeviceInformation): boolean {
  return /^_?NLA?\d*:$/.test(device.name);
}

/** $GETDVI of a device name; a status when there is no such device. */
export function* deviceInformation(p: Procedure, name: string): Flow<DeviceInformation | number> {
  return yield* p.scratch(function* () {
    const [characteristics, deviceClass, bufferSize, nameLength] = [p.allocate(4), p.allocate(4), p.allocate(4), p.allocate(4)] as const;
    const nameBuffer = p.allocate(64);
    const iosb = p.allocate(8);
    const status = yield* service(p, '$GETDVIW', {
      efn: 29, devnam: p.string(name), iosb,
      itmlst: p.itemList([
        { code: DVI$_DEVCHAR, length: 4, buffer: characteristics },
        { code: DVI$_DEVCLASS, length: 4, buffer: deviceClass },
        { code: DVI$_DEVBUFSIZ, length: 4, buffer: bufferSize },
        { code: DVI$_FULLDEVNAM, length: 64, buffer: nameBuffer, returnLength: nameLength },
      ]),
    });
    if (!(status & 1)) return status === SS$_IVDEVNAM ? SS$_NOSUCHDEV : status;
    return {
      name: readText(p.memory, nameBuffer, p.memory.readWord(nameLength)), characteristics: p.memory.readLong(characteristics),
      deviceClass: p.memory.readLong(deviceClass), bufferSize: p.memory.readLong(bufferSize),
    };
  });
}

/** Opens a device: a channel in the mode of the caller, an IFAB, and the FAB's answers. */
export function* openDevice(p: Procedure, fab: Fab, mode: number, device: DeviceInformation): Flow<Completion> {
  const permanent = fab.FAB$V_PPF !== 0 && mode < USER;
  const channelAt = p.allocate(4);
  const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(device.name), chan: channelAt, acmode: Math.max(mode, 1) });
  if (!(assigned & 1)) return { status: RMS$_DEV, stv: assigned };
  const chan = p.memory.readWord(channelAt);
  const ifab = createIfab(p, permanent);
  if (!ifab) {
    yield* service(p, '$DASSGN', { chan });
    return { status: RMS$_DME };
  }
  ifab.IFB$W_CHAN = chan;
  ifab.IFB$B_MODE = mode;
  ifab.IFB$L_DEVCHAR = device.characteristics;
  ifab.IFB$W_DEVBUFSIZ = device.bufferSize;
  ifab.IFB$B_FAC = fab.FAB$B_FAC === 0 ? FAB$M_GET : fab.FAB$B_FAC;
  ifab.IFB$L_FOP = fab.FAB$L_FOP;
  ifab.IFB$V_NULL = isNull(device) ? 1 : 0;
  ifab.IFB$V_TERMINAL = device.deviceClass === DC$_TERM ? 1 : 0;
  ifab.IFB$V_MAILBOX = device.deviceClass === DC$_MAILBOX ? 1 : 0;
  ifab.IFB$B_RAT = fab.FAB$B_RAT === 0 ? FAB$M_CR : fab.FAB$B_RAT;
  ifab.IFB$B_RFM = FAB$C_VAR;
  ifab.IFB$B_ORG = FAB$C_SEQ;
  ifab.IFB$B_FSZ = fab.FAB$B_FSZ;
  describe(p, fab, ifab, device.name, mode);
  fab.FAB$W_IFI = ifab.IFB$W_IFI;
  if (fab.FAB$V_UFO) {
    fab.FAB$L_STV = chan;
    return { status: RMS$_NORMAL, stv: chan };
  }
  return { status: RMS$_NORMAL, stv: chan };
}

/** Opens a process permanent file a second time, indirectly: the same IFAB, whatever the caller may do with it. */
export function openPermanent(p: Procedure, fab: Fab, ifi: number): Completion {
  const ifab = findFile(p, ifi);
  if (!ifab) return { status: RMS$_IFI };
  const wanted = fab.FAB$B_FAC === 0 ? FAB$M_GET : fab.FAB$B_FAC;
  if (wanted & FAB$M_PUT && !(ifab.IFB$B_FAC & FAB$M_PUT)) return { status: RMS$_PRV };
  ifab.IFB$W_REFCNT = ifab.IFB$W_REFCNT + 1;
  fab.FAB$B_RFM = ifab.IFB$B_RFM;
  fab.FAB$B_ORG = ifab.IFB$B_ORG;
  fab.FAB$W_MRS = ifab.IFB$W_MRS;
  fab.FAB$L_DEV = ifab.IFB$L_DEVCHAR;
  fab.FAB$W_IFI = ifab.IFB$W_IFI | INDIRECT | ((fab.FAB$B_RAT & 0xff) << 6);
  if (fab.FAB$B_RAT === 0) fab.FAB$B_RAT = ifab.IFB$B_RAT;
  return { status: RMS$_NORMAL, stv: ifab.IFB$W_CHAN };
}

function describe(p: Procedure, fab: Fab, ifab: Ifab, name: string, mode: number): void {
  fab.FAB$L_DEV = ifab.IFB$L_DEVCHAR;
  fab.FAB$B_RFM = ifab.IFB$B_RFM;
  fab.FAB$B_RAT = ifab.IFB$B_RAT;
  fab.FAB$B_ORG = ifab.IFB$B_ORG;
  fab.FAB$W_BLS = ifab.IFB$W_DEVBUFSIZ;
  const namAddress = fab.FAB$L_NAM;
  if (namAddress === 0 || !p.kernel.cpu.probe(namAddress, NAM.size, mode, true)) return;
  const nam = NAM.at(p.memory, namAddress);
  if (nam.NAM$B_BID !== NAM$C_BID) return;
  const bytes = textToBytes(name);
  for (const [address, room, length] of [
    [nam.NAM$L_RSA, nam.NAM$B_RSS, 'NAM$B_RSL'], [nam.NAM$L_ESA, nam.NAM$B_ESS, 'NAM$B_ESL'],
  ] as const) {
    if (address === 0 || room < bytes.length || !p.kernel.cpu.probe(address, bytes.length, mode, true)) continue;
    p.memory.writeBytes(address, bytes);
    nam[length] = bytes.length;
  }
}

/** $CLOSE of a device, or of an indirect use of a process permanent file. */
export function* closeDevice(p: Procedure, fab: Fab, ifab: Ifab): Flow<Completion> {
  if (fab.FAB$W_IFI & INDIRECT) {
    ifab.IFB$W_REFCNT = Math.max(0, ifab.IFB$W_REFCNT - 1);
    fab.FAB$W_IFI = 0;
    return { status: RMS$_NORMAL };
  }
  const chan = ifab.IFB$W_CHAN;
  deleteIfab(p, ifab);
  fab.FAB$W_IFI = 0;
  yield* service(p, '$DASSGN', { chan });
  return { status: RMS$_NORMAL };
}

/** A name that is neither a device nor anything files can be on. */
export function badName(): Completion {
  return { status: RMS$_FNM };
}
