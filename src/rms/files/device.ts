import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { DC$_MAILBOX, DC$_TERM } from '../../executive/starlet/dcdef.js';
import { DEV$M_FOD } from '../../executive/starlet/devdef.js';
import { DVI$_DEVBUFSIZ, DVI$_DEVCHAR, DVI$_DEVCLASS, DVI$_FULLDEVNAM } from '../../executive/starlet/dvidef.js';
import { FAB$C_SEQ, FAB$C_VAR, FAB$M_CR, FAB$M_GET, FAB$M_PUT } from '../../executive/starlet/fabdef.js';
import { RMS$_CHN, RMS$_DEV, RMS$_IFI, RMS$_NORMAL, RMS$_PRV } from '../../executive/starlet/rmsdef.js';
import { SS$_IVDEVNAM, SS$_NOSUCHDEV } from '../../executive/starlet/ssdef.js';
import { readText } from '../../executive/structures/memory.js';
import type { Completion, Fab, FileCompletion, FileOperation } from '../operation.js';
import { findFile, INDIRECT, PPF_RAT, type Ifab } from '../segments.js';

/** Opening what is not a file of a directory device: terminals, mailboxes, the null device, process permanent files. */
const EXECUTIVE = 1;

export interface DeviceInformation {
  /** Full name, with underscore and without colon. */
  readonly name: string;
  readonly characteristics: number;
  readonly deviceClass: number;
  readonly bufferSize: number;
  /** It has directories and files. */
  readonly isDirectoryDevice: boolean;
}

/** $GETDVI of a device name; an SS$_ status when there is no such device. */
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
    const full = readText(p.memory, nameBuffer, p.memory.readWord(nameLength)).replace(/:$/, '');
    const bits = p.memory.readLong(characteristics);
    return {
      name: full, characteristics: bits, deviceClass: p.memory.readLong(deviceClass), bufferSize: p.memory.readLong(bufferSize),
      isDirectoryDevice: (bits & DEV$M_FOD) !== 0 && !isNull(full),
    };
  });
}

function isNull(name: string): boolean {
  return /^_?NLA?\d*$/.test(name);
}

/** Assigns the file's channel, in executive mode so that only RMS gives it back, or in the caller's mode when it is for the caller. */
export function* assignChannel(p: Procedure, operation: FileOperation, device: DeviceInformation): Flow<Completion | undefined> {
  const { ifab, fab, mode } = operation;
  const assigned = yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', {
      devnam: p.string(`${device.name}:`), chan: channel, acmode: fab.FAB$V_UFO ? Math.max(mode, EXECUTIVE) : EXECUTIVE,
    });
    return { status, channel: p.memory.readWord(channel) };
  });
  if (!(assigned.status & 1)) return { status: assigned.status === SS$_NOSUCHDEV ? RMS$_DEV : RMS$_CHN, stv: assigned.status };
  ifab.IFB$W_CHAN = assigned.channel;
  ifab.IFB$B_MODE = mode;
  ifab.IFB$L_DEVCHAR = device.characteristics;
  ifab.IFB$W_DEVBUFSIZ = device.bufferSize;
  return undefined;
}

/** Opens a device that has no files. */
export function* openDevice(p: Procedure, operation: FileOperation, device: DeviceInformation, defaultAccess: number): Flow<FileCompletion> {
  const { ifab, fab } = operation;
  const failed = yield* assignChannel(p, operation, device);
  if (failed) return failed;
  ifab.IFB$B_FAC = fab.FAB$B_FAC === 0 ? defaultAccess : fab.FAB$B_FAC;
  ifab.IFB$L_FOP = fab.FAB$L_FOP;
  ifab.IFB$V_NULL = isNull(device.name) ? 1 : 0;
  ifab.IFB$V_TERMINAL = device.deviceClass === DC$_TERM ? 1 : 0;
  ifab.IFB$V_MAILBOX = device.deviceClass === DC$_MAILBOX ? 1 : 0;
  ifab.IFB$B_RAT = fab.FAB$B_RAT === 0 ? FAB$M_CR : fab.FAB$B_RAT;
  ifab.IFB$B_RFM = FAB$C_VAR;
  ifab.IFB$B_ORG = FAB$C_SEQ;
  ifab.IFB$B_FSZ = fab.FAB$B_FSZ;
  fab.FAB$L_DEV = ifab.IFB$L_DEVCHAR;
  fab.FAB$B_RFM = ifab.IFB$B_RFM;
  fab.FAB$B_RAT = ifab.IFB$B_RAT;
  fab.FAB$B_ORG = ifab.IFB$B_ORG;
  fab.FAB$W_BLS = ifab.IFB$W_DEVBUFSIZ;
  return opened(fab, ifab);
}

/** The end of every open: the caller gets identifier and channel; with FAB$V_UFO the channel and nothing else of RMS. */
export function opened(fab: Fab, ifab: Ifab, status: number = RMS$_NORMAL): FileCompletion {
  const chan = ifab.IFB$W_CHAN;
  if (fab.FAB$V_UFO) {
    ifab.IFB$W_CHAN = 0;
    fab.FAB$W_IFI = 0;
    return { status, stv: chan };
  }
  ifab.IFB$V_OPEN = 1;
  fab.FAB$W_IFI = ifab.IFB$W_IFI;
  return { status, stv: chan, keep: true };
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
  fab.FAB$W_IFI = ifab.IFB$W_IFI | INDIRECT | ((fab.FAB$B_RAT << 6) & PPF_RAT);
  if (fab.FAB$B_RAT === 0) fab.FAB$B_RAT = ifab.IFB$B_RAT;
  return { status: RMS$_NORMAL, stv: ifab.IFB$W_CHAN };
}
