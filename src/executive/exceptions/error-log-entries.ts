import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { DDB, DDT } from '../structures/device.js';
import { IRP } from '../structures/irp.js';
import { ORB } from '../structures/orb.js';
import { structure } from '../structures/structure.js';
import { DISKUCB } from '../structures/ucb.js';
import { EMB_HEADER } from './dump-format.js';
import { ERL$ALLOCEMB, ERL$RELEASEMB } from './error-log.js';

/**
 * Error log entries other than those of bugchecks: device errors, machine checks, cold start, time stamps.
 *
 * The header of an entry is that of the book's Table 8-2. The codes of the types and the layout of a device entry are those of the
 * public $EMBDEF as we know it. A record of ERRLOG.SYS is an entry from its system ID on.
 * @source book 8.1.2, 8.1.3; digest ch08 1.2, 2.1 steps 5 and 6
 */
export const EMB = structure('EMB', 20, EMB_HEADER);
/** From the start of the message to its system ID, where a record of ERRLOG.SYS begins. */
export const EMB_PREFIX = 4;

/** Entry types. */
export const EMB$K_DE = 1;
export const EMB$K_MC = 2;
export const EMB$K_CS = 32;
export const EMB$K_WS = 36;
export const EMB$K_TS = 38;
export const EMB$K_SS = 39;
export const EMB$K_DT = 96;
export const EMB$K_UI = 97;
export const EMB$K_DA = 98;

/** Entry of a device error; the registers that the driver dumps, counted, follow. */
export const EMB_DV = structure('EMB', 92, {
  ...EMB_HEADER,
  0x14: ['EMB$B_DV_ERTCNT', 'retries left'],
  0x15: ['EMB$B_DV_ERTMAX', 'retries at most'],
  0x16: ['EMB$Q_DV_IOSB', 'final status of the request'],
  0x1e: ['EMB$L_DV_STS', 'unit status'],
  0x22: ['EMB$B_DV_CLASS', 'device class'],
  0x23: ['EMB$B_DV_TYPE', 'device type'],
  0x24: ['EMB$L_DV_RQPID', 'PID of the requester'],
  0x28: ['EMB$W_DV_BOFF', 'byte offset of the buffer'],
  0x2a: ['EMB$W_DV_BCNT', 'byte count'],
  0x2c: ['EMB$L_DV_MEDIA', 'media address'],
  0x30: ['EMB$W_DV_UNIT', 'unit number'],
  0x32: ['EMB$W_DV_ERRCNT', 'errors of the unit'],
  0x34: ['EMB$L_DV_OPCNT', 'operations of the unit'],
  0x38: ['EMB$L_DV_OWNUIC', 'UIC of the owner'],
  0x3c: ['EMB$L_DV_CHAR', 'characteristics'],
  0x40: ['EMB$B_DV_SLAVE', 'slave unit'],
  0x41: ['EMB$B_DV_SPARE', ''],
  0x42: ['EMB$W_DV_FUNC', 'function and modifiers'],
  0x44: ['EMB$T_DV_NAME', 16, 'device name without unit, counted'],
  0x54: ['EMB$L_DV_NUMREG', 'registers that follow'],
  0x58: ['EMB$L_DV_REGSAV', 'the first of them'],
});

/** Reserves an entry of `size` bytes from EMB$W_SIZE on, with type and time; 0 when the buffers are full. The result is its EMB$W_SIZE. */
function beginEntry(k: Kernel, type: number, size: number): number {
  const message = ERL$ALLOCEMB(k, size - EMB_PREFIX);
  if (message === 0) return 0;
  const entry = EMB.at(k, message - EMB_PREFIX);
  entry.EMB$W_HD_ENTRY = type;
  entry.EMB$Q_HD_TIME = k.sys.EXE$GQ_SYSTIME;
  return entry.address;
}

/** An entry that is nothing but its type and time, with `rest` behind. @returns whether there was room */
export function logEntry(k: Kernel, type: number, rest: Uint8Array = new Uint8Array(0)): boolean {
  const entry = beginEntry(k, type, EMB.size + rest.length);
  if (entry === 0) return false;
  k.writeBytes(entry + EMB.size, rest);
  ERL$RELEASEMB(k, entry + EMB_PREFIX);
  return true;
}

/** ERL$COLDSTART: the system has been booted. Kernel mode. @source book 25.2.4 step 13 */
export function ERL$COLDSTART(k: Kernel): void {
  logEntry(k, EMB$K_CS);
}

/** ERL$WARMSTART: power has come back. Any IPL. @source book 26.2.2 step 7 */
export function ERL$WARMSTART(k: Kernel): void {
  logEntry(k, EMB$K_WS);
}

/** What ERRFMT's AST writes every ten minutes. @source book 8.1.6 */
export function logTimeStamp(k: Kernel): void {
  logEntry(k, EMB$K_TS);
}

/** A machine check: the processor's frame, then PC and PSL. @source book 8.3.1; digest ch08 2.8 */
export function logMachineCheck(k: Kernel, frame: Uint8Array): void {
  logEntry(k, EMB$K_MC, frame);
}

/** An entry as it came from before a crash: its own type, time and sequence number, and all behind. @returns whether there was room */
export function logAgain(k: Kernel, message: Uint8Array): boolean {
  const place = ERL$ALLOCEMB(k, message.length - EMB_PREFIX);
  if (place === 0) return false;
  k.writeBytes(place, message.subarray(EMB_PREFIX));
  ERL$RELEASEMB(k, place);
  return true;
}

/** Places for registers when a driver's dispatch table does not say. */
const REGISTERS = 1;

/**
 * Begins the entry of a device error and counts it. A unit with a message open already gets no second one.
 * @returns where the driver's register dump goes, and the message; undefined when there is none to be had
 */
function deviceEntry(k: Kernel, type: number, hasRequest: boolean): { readonly registers: number; readonly message: number } | undefined {
  const ucb = DISKUCB.at(k, k.register(5));
  ucb.UCB$W_ERRCNT = ucb.UCB$W_ERRCNT + 1;
  if (hasRequest && ucb.UCB$V_ERLOGIP !== 0) return undefined;
  const ddt = DDT.at(k, ucb.UCB$L_DDT);
  if (ddt.DDT$L_REGDUMP === 0) return undefined;
  const size = Math.max(ddt.DDT$W_ERRORBUF, EMB_DV.offset.EMB$L_DV_REGSAV + 4 * REGISTERS);
  const address = beginEntry(k, type, size);
  if (address === 0) return undefined;
  k.writeBytes(address + EMB.size, new Uint8Array(size - EMB.size));
  const entry = EMB_DV.at(k, address);
  entry.EMB$B_DV_ERTCNT = ucb.UCB$B_ERTCNT;
  entry.EMB$B_DV_ERTMAX = ucb.UCB$B_ERTMAX;
  entry.EMB$L_DV_STS = ucb.UCB$L_STS;
  entry.EMB$B_DV_CLASS = ucb.UCB$B_DEVCLASS;
  entry.EMB$B_DV_TYPE = ucb.UCB$B_DEVTYPE;
  entry.EMB$W_DV_UNIT = ucb.UCB$W_UNIT;
  entry.EMB$W_DV_ERRCNT = ucb.UCB$W_ERRCNT;
  entry.EMB$L_DV_OPCNT = ucb.UCB$L_OPCNT;
  entry.EMB$L_DV_CHAR = ucb.UCB$L_DEVCHAR;
  entry.EMB$L_DV_OWNUIC = ORB.at(k, ucb.UCB$L_ORB).ORB$L_OWNER;
  entry.EMB$T_DV_NAME = DDB.at(k, ucb.UCB$L_DDB).DDB$T_NAME;
  if (hasRequest) {
    const irp = IRP.at(k, ucb.UCB$L_IRP);
    entry.EMB$L_DV_RQPID = irp.IRP$L_PID;
    entry.EMB$W_DV_BOFF = irp.IRP$W_BOFF;
    entry.EMB$W_DV_BCNT = irp.IRP$W_BCNT;
    entry.EMB$W_DV_FUNC = irp.IRP$W_FUNC;
    entry.EMB$L_DV_MEDIA = irp.IRP$L_MEDIA;
    ucb.UCB$L_EMB = address + EMB_PREFIX;
    ucb.UCB$V_ERLOGIP = 1;
  }
  return { registers: address + EMB_DV.offset.EMB$L_DV_NUMREG, message: address + EMB_PREFIX };
}

/** For IOC$REQCOM: the open message of a unit gets the final status, unit status and retry counters, and is complete. */
export function finishDeviceEntry(k: Kernel, ucbAddress: number, r0: number, r1: number): void {
  const ucb = DISKUCB.at(k, ucbAddress);
  if (ucb.UCB$V_ERLOGIP === 0) return;
  ucb.UCB$V_ERLOGIP = 0;
  const message = ucb.UCB$L_EMB;
  const entry = EMB_DV.at(k, message - EMB_PREFIX);
  entry.EMB$Q_DV_IOSB = BigInt(r0 >>> 0) | (BigInt(r1 >>> 0) << 32n);
  entry.EMB$L_DV_STS = ucb.UCB$L_STS;
  entry.EMB$B_DV_ERTCNT = ucb.UCB$B_ERTCNT;
  entry.EMB$B_DV_ERTMAX = ucb.UCB$B_ERTMAX;
  ERL$RELEASEMB(k, message);
}

function deviceRoutine(type: number, hasRequest: boolean): (k: Kernel) => void {
  return (k) => {
    const begun = deviceEntry(k, type, hasRequest);
    k.setRegister(0, begun?.registers ?? 0);
    k.setRegister(2, begun?.message ?? 0);
  };
}

/** An interrupt through a vector that nothing has connected: PC and PSL of the interrupted code. */
function logUnexpected(k: Kernel): void {
  logEntry(k, EMB$K_UI, k.readBytes(k.register(14), 8));
}

export const ERROR_LOG_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('ERL_UNEXP', logUnexpected),
  inlineRoutine('ERL_ALLOCEMB', (k) => {
    const message = ERL$ALLOCEMB(k, k.register(1));
    k.setRegister(2, message);
    k.setRegister(0, message === 0 ? 0 : 1);
  }),
  inlineRoutine('ERL_RELEASEMB', (k) => { ERL$RELEASEMB(k, k.register(2)); }),
  inlineRoutine('ERL_DEVICERR', deviceRoutine(EMB$K_DE, true)),
  inlineRoutine('ERL_DEVICTMO', deviceRoutine(EMB$K_DT, true)),
  inlineRoutine('ERL_DEVICEATTN', deviceRoutine(EMB$K_DA, false)),
];
