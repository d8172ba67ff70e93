import type { Kernel } from '../kernel.js';
import { longwordBytes } from '../names/item-list.js';
import { EXE$IPID_TO_EPID } from '../process/pid.js';
import { DC$_DISK, DC$_TERM } from '../starlet/dcdef.js';
import { DEV$M_MNT } from '../starlet/devdef.js';
import * as DVI from '../starlet/dvidef.js';
import { DDB } from '../structures/device.js';
import { bytesToText, textToBytes } from '../structures/memory.js';
import { ORB } from '../structures/orb.js';
import { DISKUCB, TTYUCB, UCB } from '../structures/ucb.js';
import { AQB, VCB } from '../structures/volume.js';
import { IOC$CVT_DEVNAM } from './device-names.js';
import { mediaName, mediaType } from './media.js';

/**
 * What $GETDVI knows about a unit: item code -> value, read from its UCB, DDB, ORB and volume. Items that V4.4 has and this system
 * cannot answer (served devices, other hosts) are not in the table. @source book 18.7.1; public $DVIDEF
 */

/** The unit asked about, and whether its name was a concealed logical name. */
export interface DeviceView {
  readonly ucb: ReturnType<typeof UCB.at>;
  readonly concealed: boolean;
}

type Source = (k: Kernel, view: DeviceView) => number | string;

const flag = (value: boolean | number): number => (value ? 1 : 0);
const isDisk = (view: DeviceView): boolean => view.ucb.UCB$B_DEVCLASS === DC$_DISK;
const isTerminal = (view: DeviceView): boolean => view.ucb.UCB$B_DEVCLASS === DC$_TERM;
const disk = (k: Kernel, view: DeviceView): ReturnType<typeof DISKUCB.at> => DISKUCB.at(k, view.ucb.address);
const volume = (k: Kernel, { ucb }: DeviceView): ReturnType<typeof VCB.at> | undefined => (
  (ucb.UCB$L_DEVCHAR & DEV$M_MNT) !== 0 && ucb.UCB$L_VCB !== 0 ? VCB.at(k, ucb.UCB$L_VCB) : undefined);

/** One characteristic of UCB$L_DEVCHAR: bit number in the order of the item codes. */
const characteristic = (bit: number): Source => (_k, { ucb }) => (ucb.UCB$L_DEVCHAR >>> bit) & 1;

/** DVI$_REC (70) to DVI$_WCK (124) name the bits of the first characteristics longword, in this order. */
const CHARACTERISTIC_BITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31];
/** DVI$_TT_PASSALL (126) to DVI$_TT_OPER (168): bits of the first terminal longword. */
const TERMINAL_BITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22];
/** DVI$_TT_LOCALECHO (172) to DVI$_TT_DECCRT (224): bits of the second, in the order of the codes. */
const TERMINAL2_BITS = [0, 1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 19, 24, 25, 26, 27, 28, 29];

const FIXED: Readonly<Record<number, Source>> = {
  [DVI.DVI$_DEVCHAR]: (_k, { ucb }) => ucb.UCB$L_DEVCHAR,
  [DVI.DVI$_DEVCHAR2]: (_k, { ucb }) => ucb.UCB$L_DEVCHAR2,
  [DVI.DVI$_DEVCLASS]: (_k, { ucb }) => ucb.UCB$B_DEVCLASS,
  [DVI.DVI$_DEVTYPE]: (_k, { ucb }) => ucb.UCB$B_DEVTYPE,
  [DVI.DVI$_DEVBUFSIZ]: (_k, { ucb }) => ucb.UCB$W_DEVBUFSIZ,
  [DVI.DVI$_DEVDEPEND]: (_k, { ucb }) => ucb.UCB$L_DEVDEPEND,
  [DVI.DVI$_DEVDEPEND2]: (_k, { ucb }) => ucb.UCB$L_DEVDEPND2,
  [DVI.DVI$_UNIT]: (_k, { ucb }) => ucb.UCB$W_UNIT,
  [DVI.DVI$_PID]: (k, { ucb }) => (ucb.UCB$L_PID === 0 ? 0 : EXE$IPID_TO_EPID(k, ucb.UCB$L_PID)),
  [DVI.DVI$_OWNUIC]: (k, { ucb }) => ORB.at(k, ucb.UCB$L_ORB).ORB$L_OWNER,
  [DVI.DVI$_VPROT]: (k, { ucb }) => ORB.at(k, ucb.UCB$L_ORB).ORB$W_PROT,
  [DVI.DVI$_ERRCNT]: (_k, { ucb }) => ucb.UCB$W_ERRCNT,
  [DVI.DVI$_OPCNT]: (_k, { ucb }) => ucb.UCB$L_OPCNT,
  [DVI.DVI$_RECSIZ]: (_k, { ucb }) => ucb.UCB$W_DEVBUFSIZ,
  [DVI.DVI$_MAXBLOCK]: (k, view) => (isDisk(view) ? disk(k, view).UCB$L_MAXBLOCK : 0),
  [DVI.DVI$_REFCNT]: (_k, { ucb }) => ucb.UCB$W_REFC,
  [DVI.DVI$_STS]: (_k, { ucb }) => ucb.UCB$L_STS,
  [DVI.DVI$_DEVSTS]: (_k, { ucb }) => ucb.UCB$W_DEVSTS,
  [DVI.DVI$_LOCKID]: (_k, { ucb }) => ucb.UCB$L_LOCKID,
  [DVI.DVI$_MEDIA_ID]: (_k, { ucb }) => ucb.UCB$L_MEDIA_ID,
  [DVI.DVI$_MEDIA_NAME]: (_k, { ucb }) => mediaName(ucb.UCB$L_MEDIA_ID),
  [DVI.DVI$_MEDIA_TYPE]: (_k, { ucb }) => mediaType(ucb.UCB$L_MEDIA_ID),
  [DVI.DVI$_ALLOCLASS]: (k, { ucb }) => DDB.at(k, ucb.UCB$L_DDB).DDB$L_ALLOCLS,
  [DVI.DVI$_CONCEALED]: (_k, { concealed }) => flag(concealed),
  [DVI.DVI$_REMOTE_DEVICE]: () => 0,
  [DVI.DVI$_SERVED_DEVICE]: () => 0,
  [DVI.DVI$_HOST_AVAIL]: () => 1,
  [DVI.DVI$_HOST_COUNT]: () => 1,
  [DVI.DVI$_DEVNAM]: (k, { ucb }) => IOC$CVT_DEVNAM(k, ucb.address),
  [DVI.DVI$_FULLDEVNAM]: (k, { ucb }) => IOC$CVT_DEVNAM(k, ucb.address),
  [DVI.DVI$_ALLDEVNAM]: (k, { ucb }) => IOC$CVT_DEVNAM(k, ucb.address),
  [DVI.DVI$_TT_PHYDEVNAM]: (k, view) => (isTerminal(view) ? IOC$CVT_DEVNAM(k, view.ucb.address) : ''),
  [DVI.DVI$_TT_PAGE]: (_k, view) => (isTerminal(view) ? view.ucb.UCB$L_DEVDEPEND >>> 24 : 0),
  [DVI.DVI$_SECTORS]: (k, view) => (isDisk(view) ? k.readByte(view.ucb.address + UCB.offset.UCB$L_DEVDEPEND) : 0),
  [DVI.DVI$_TRACKS]: (k, view) => (isDisk(view) ? k.readByte(view.ucb.address + UCB.offset.UCB$L_DEVDEPEND + 1) : 0),
  [DVI.DVI$_CYLINDERS]: (k, view) => (isDisk(view) ? k.readWord(view.ucb.address + UCB.offset.UCB$L_DEVDEPEND + 2) : 0),
  [DVI.DVI$_VOLNAM]: (k, view) => textOf(volume(k, view)?.VCB$T_VOLNAME),
  [DVI.DVI$_LOGVOLNAM]: (k, view) => {
    const label = textOf(volume(k, view)?.VCB$T_VOLNAME);
    return label === '' ? '' : `DISK$${label}`;
  },
  [DVI.DVI$_FREEBLOCKS]: (k, view) => volume(k, view)?.VCB$L_FREE ?? 0,
  [DVI.DVI$_CLUSTER]: (k, view) => volume(k, view)?.VCB$W_CLUSTER ?? 0,
  [DVI.DVI$_MAXFILES]: (k, view) => volume(k, view)?.VCB$L_MAXFILES ?? 0,
  [DVI.DVI$_SERIALNUM]: (k, view) => volume(k, view)?.VCB$L_SERIALNUM ?? 0,
  [DVI.DVI$_TRANSCNT]: (k, view) => volume(k, view)?.VCB$W_TRANS ?? 0,
  [DVI.DVI$_MOUNTCNT]: (k, view) => volume(k, view)?.VCB$W_MCOUNT ?? 0,
  [DVI.DVI$_VOLNUMBER]: (k, view) => volume(k, view)?.VCB$W_RVN ?? 0,
  [DVI.DVI$_VOLCOUNT]: (k, view) => flag(volume(k, view) !== undefined),
  [DVI.DVI$_VOLSETMEM]: (k, view) => flag((volume(k, view)?.VCB$W_RVN ?? 0) !== 0),
  [DVI.DVI$_ROOTDEVNAM]: (k, { ucb }) => IOC$CVT_DEVNAM(k, ucb.address),
  [DVI.DVI$_NEXTDEVNAM]: () => '',
  [DVI.DVI$_ACPPID]: (k, view) => acpBlock(k, view)?.AQB$L_ACPPID ?? 0,
  [DVI.DVI$_ACPTYPE]: (k, view) => acpBlock(k, view)?.AQB$B_ACPTYPE ?? 0,
};

function acpBlock(k: Kernel, view: DeviceView): ReturnType<typeof AQB.at> | undefined {
  const aqb = volume(k, view)?.VCB$L_AQB ?? 0;
  return aqb === 0 ? undefined : AQB.at(k, aqb);
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : bytesToText(bytes).replace(/[ \0]+$/, '');
}

/** Bits that the codes from `first` on, two apart, ask for; undefined when `code` is not among them. */
function bitFor(code: number, first: number, bits: readonly number[]): number | undefined {
  return (code - first) % 2 === 0 ? bits[(code - first) / 2] : undefined;
}

/** The value of an item as $GETDVI stores it; undefined for a code that does not exist. */
export function deviceItem(k: Kernel, view: DeviceView, code: number): Uint8Array | undefined {
  const source = FIXED[code];
  if (source) {
    const value = source(k, view);
    return typeof value === 'number' ? longwordBytes(value) : textToBytes(value);
  }
  const deviceBit = bitFor(code, DVI.DVI$_REC, CHARACTERISTIC_BITS);
  if (deviceBit !== undefined) return longwordBytes(Number(characteristic(deviceBit)(k, view)));
  const terminal = isTerminal(view) ? TTYUCB.at(k, view.ucb.address) : undefined;
  const bit = bitFor(code, DVI.DVI$_TT_PASSALL, TERMINAL_BITS);
  if (bit !== undefined) return longwordBytes(terminal ? (terminal.UCB$L_DEVDEPEND >>> bit) & 1 : 0);
  const bit2 = bitFor(code, DVI.DVI$_TT_LOCALECHO, TERMINAL2_BITS);
  if (bit2 !== undefined) return longwordBytes(terminal ? (terminal.UCB$L_DEVDEPND2 >>> bit2) & 1 : 0);
  return undefined;
}

