import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { callerItems, canWriteItem, storeItem } from '../names/item-list.js';
import { SCH$CLREF } from '../process/event-flags.js';
import { DEV$M_SPL } from '../starlet/devdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_BUFFEROVF, SS$_NORMAL } from '../starlet/ssdef.js';
import { textToBytes } from '../structures/memory.js';
import { UCB } from '../structures/ucb.js';
import { deviceNameArgument } from './assign.js';
import { IOC$VERIFYCHAN } from './channels.js';
import { deviceItem, type DeviceView } from './device-items.js';
import { IOC$CVT_DEVNAM, IOC$SEARCHDEV } from './device-names.js';
import { lockIoDatabase } from './io-mutex.js';
import { checkNotification, notifyCaller } from './service-completion.js';

/** $GETDVI, and the older $GETCHN and $GETDEV. @source book 18.7; digest ch18 2.15 */

/** The unit that a channel or a device name means; the status when neither does. */
function findDevice(k: Kernel, chan: number, devnam: number): DeviceView | number {
  if (devnam === 0) {
    const { status, ccb } = IOC$VERIFYCHAN(k, chan & 0xffff);
    return status === SS$_NORMAL ? { ucb: UCB.at(k, ccb.CCB$L_UCB), concealed: false } : status;
  }
  const name = deviceNameArgument(k, devnam);
  if (typeof name === 'number') return name;
  const found = IOC$SEARCHDEV(k, name, k.callerMode);
  return found.status === SS$_NORMAL ? { ucb: UCB.at(k, found.ucb), concealed: found.concealed } : found.status;
}

/** The device whose characteristics are the secondary ones: the associated mailbox; of a spooled device itself. @source digest ch18 fact 54 */
function secondaryOf(k: Kernel, view: DeviceView): DeviceView {
  const { ucb } = view;
  if ((ucb.UCB$L_DEVCHAR & DEV$M_SPL) !== 0 || ucb.UCB$L_AMB === 0) return view;
  return { ucb: UCB.at(k, ucb.UCB$L_AMB), concealed: false };
}

function primaryOf(k: Kernel, view: DeviceView): DeviceView {
  const { ucb } = view;
  return (ucb.UCB$L_DEVCHAR & DEV$M_SPL) !== 0 && ucb.UCB$L_AMB !== 0 ? { ucb: UCB.at(k, ucb.UCB$L_AMB), concealed: view.concealed } : view;
}

/**
 * $GETDVI [efn],[chan],[devnam],itmlst,[iosb],[astadr],[astprm],[nullarg] - information about a device. DEVNAM goes before CHAN.
 *
 * @param itmlst  item codes DVI$_...; an odd code asks for the secondary device
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_BADPARAM unknown item, SS$_IVCHAN, SS$_IVDEVNAM, SS$_NOPRIV, SS$_NOSUCHDEV, SS$_NONLOCAL
 */
const EXE$GETDVI = kernelService('$GETDVI', (k, efn = 0, chan = 0, devnam = 0, itmlst = 0, iosb = 0, astadr = 0, astprm = 0) => {
  const notification = { efn: efn & 0xff, iosb, astadr, astprm };
  const cleared = SCH$CLREF(k, k.pcb.address, notification.efn);
  if ((cleared & 1) === 0) return cleared;
  const allowed = checkNotification(k, notification);
  if (allowed !== SS$_NORMAL) return allowed;
  const items = callerItems(k, itmlst);
  if (typeof items === 'number') return items;
  if (!items.every((item) => canWriteItem(k, item))) return SS$_ACCVIO;
  return lockIoDatabase(k, false, () => {
    const view = findDevice(k, chan, devnam);
    if (typeof view === 'number') return view;
    const values = items.map((item) => deviceItem(k, (item.code & 1) !== 0 ? secondaryOf(k, view) : primaryOf(k, view), item.code & ~1));
    if (values.some((value) => value === undefined)) return SS$_BADPARAM;
    items.forEach((item, index) => { storeItem(k, item, values[index]!); });
    return notifyCaller(k, notification, SS$_NORMAL);
  });
});

/** Layout of the buffer of $GETCHN and $GETDEV: 64 bytes of fixed fields, then the counted device name. @source public $DIBDEF */
function characteristicsBuffer(k: Kernel, { ucb }: DeviceView): Uint8Array {
  const name = textToBytes(IOC$CVT_DEVNAM(k, ucb.address).slice(1, -1).replace(/\d+$/, ''));
  const bytes = new Uint8Array(33 + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ucb.UCB$L_DEVCHAR, true);
  view.setUint8(4, ucb.UCB$B_DEVCLASS);
  view.setUint8(5, ucb.UCB$B_DEVTYPE);
  view.setUint16(6, ucb.UCB$W_DEVBUFSIZ, true);
  view.setUint32(8, ucb.UCB$L_DEVDEPEND, true);
  view.setUint16(12, ucb.UCB$W_UNIT, true);
  view.setUint16(14, 32, true);
  view.setUint32(16, ucb.UCB$L_PID, true);
  view.setUint16(26, ucb.UCB$W_ERRCNT, true);
  view.setUint32(28, ucb.UCB$L_OPCNT, true);
  bytes[32] = name.length;
  bytes.set(name, 33);
  return bytes;
}

function storeBuffer(k: Kernel, length: number, descriptor: number, bytes: Uint8Array): number {
  if (descriptor === 0) return SS$_NORMAL;
  const room = k.readWord(descriptor);
  k.writeBytes(k.readLong(descriptor + 4), bytes.subarray(0, Math.min(room, bytes.length)));
  if (length !== 0) k.writeWord(length, Math.min(room, bytes.length));
  return bytes.length > room ? SS$_BUFFEROVF : SS$_NORMAL;
}

function oldStyle(k: Kernel, view: DeviceView | number, prilen: number, pribuf: number, scdlen: number, scdbuf: number): number {
  if (typeof view === 'number') return view;
  for (const [length, buffer] of [[prilen, pribuf], [scdlen, scdbuf]] as const) {
    if (length !== 0 && !k.callerCanWrite(length, 2)) return SS$_ACCVIO;
    if (buffer !== 0 && !(k.callerCanRead(buffer, 8) && k.callerCanWrite(k.readLong(buffer + 4), k.readWord(buffer)))) return SS$_ACCVIO;
  }
  const first = storeBuffer(k, prilen, pribuf, characteristicsBuffer(k, primaryOf(k, view)));
  const second = storeBuffer(k, scdlen, scdbuf, characteristicsBuffer(k, secondaryOf(k, view)));
  return first === SS$_NORMAL ? second : first;
}

const EXE$GETCHN = kernelService('$GETCHN', (k, chan = 0, prilen = 0, pribuf = 0, scdlen = 0, scdbuf = 0) => (
  lockIoDatabase(k, false, () => oldStyle(k, findDevice(k, chan, 0), prilen, pribuf, scdlen, scdbuf))));

const EXE$GETDEV = kernelService('$GETDEV', (k, devnam = 0, prilen = 0, pribuf = 0, scdlen = 0, scdbuf = 0) => {
  if (devnam === 0) return SS$_ACCVIO;
  return lockIoDatabase(k, false, () => oldStyle(k, findDevice(k, 0, devnam), prilen, pribuf, scdlen, scdbuf));
});

export const GETDVI_ROUTINES: readonly Microroutine[] = [EXE$GETDVI, EXE$GETCHN, EXE$GETDEV];
