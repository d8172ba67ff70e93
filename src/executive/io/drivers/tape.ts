import {
  TAPE_AT_BEGINNING, TAPE_AT_MARK, TAPE_BAD_FORMAT, TAPE_BAD_RECORD, TAPE_BLANK, TAPE_BOT, TAPE_COUNT, TAPE_CS, TAPE_DONE, TAPE_DOUBLE_MARK, TAPE_EOT, TAPE_GO, TAPE_IE,
  TAPE_LOCKED, TAPE_LONG_RECORD, TAPE_MAP, TAPE_NO_UNIT, TAPE_NOTHING, TAPE_OFFSET, TAPE_OK, TAPE_READ, TAPE_READ_REVERSE, TAPE_REWIND, TAPE_SPACE_FILES,
  TAPE_SPACE_RECORDS, TAPE_STATE, TAPE_STATUS, TAPE_UNIT, TAPE_UNLOAD, TAPE_WRITE, TAPE_WRITE_LOCKED, TAPE_WRITE_MARK,
} from '../../../emulator/devices/tape.js';
import { EMB_DV } from '../../exceptions/error-log-entries.js';
import { inlineRoutine, jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';
import {
  IO$M_REVERSE, IO$_ACCESS, IO$_ACPCONTROL, IO$_AVAILABLE, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_MOUNT, IO$_NOP, IO$_PACKACK, IO$_READLBLK,
  IO$_READPBLK, IO$_READVBLK, IO$_RECAL, IO$_REWIND, IO$_REWINDOFF, IO$_SENSECHAR, IO$_SENSEMODE, IO$_SETCHAR, IO$_SETMODE, IO$_SKIPFILE, IO$_SKIPRECORD,
  IO$_SPACEFILE, IO$_SPACERECORD, IO$_UNLOAD, IO$_WRITELBLK, IO$_WRITEOF, IO$_WRITEPBLK, IO$_WRITEVBLK,
} from '../../starlet/iodef.js';
import { MT$M_BOT, MT$M_DENSITY, MT$M_EOF, MT$M_EOT, MT$M_FORMAT, MT$M_HWL, MT$M_LOST, MT$M_PARITY } from '../../starlet/mtdef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_CTRLERR, SS$_DATAOVERUN, SS$_DEVNOTMOUNT, SS$_ENDOFFILE, SS$_ENDOFTAPE, SS$_ENDOFVOLUME, SS$_FORMAT, SS$_MEDOFL, SS$_NORMAL,
  SS$_OPINCOMPL, SS$_PARITY, SS$_VOLINV, SS$_WRITLCK,
} from '../../starlet/ssdef.js';
import { DEV$M_FOR, DEV$M_MNT } from '../../starlet/devdef.js';
import { CRB, IDB, VEC } from '../../structures/device.js';
import { IRP } from '../../structures/irp.js';
import { PTE$M_PFN } from '../../structures/pte.js';
import { TAPEUCB } from '../../structures/ucb.js';
import { EXE$FORK } from '../../synchronization/fork.js';
import { MMG$IOLOCK } from '../buffer-lock.js';
import { IOC$REQCOM } from '../completion.js';
import { EXE$ABORTIO, EXE$FINISHIOC, EXE$QIODRVPKT, checkBuffer, fdtContext, senseMode, type FdtContext } from '../fdt-support.js';
import type { DriverTable } from './driver-table.js';

/**
 * The magnetic tape driver (TMDRIVER) for the controller of emulator/devices/tape.ts. Transfers are direct I/O, one record each; everything else
 * is a request without a buffer. UCB$L_DEVDEPEND tells where the tape is (MT$M_BOT, EOF, EOT, HWL), and is the second longword of every
 * status block; UCB$L_RECORD counts records and marks from the beginning.
 * @source I/O User's Guide, magnetic tape drivers; book 19.2 (which tells of error recovery only, for drives that need it)
 */

type TapeUnit = ReturnType<typeof TAPEUCB.at>;
type RequestPacket = ReturnType<typeof IRP.at>;

const PAGE = 512;
/** The longest record. */
const LONGEST = 65_535;
const READS: readonly number[] = [IO$_READPBLK, IO$_READLBLK];
const WRITES: readonly number[] = [IO$_WRITEPBLK, IO$_WRITELBLK];
const VIRTUAL: readonly number[] = [IO$_READVBLK, IO$_WRITEVBLK];
/** Functions without a buffer that move the tape. */
const MOTIONS: readonly number[] = [
  IO$_SKIPFILE, IO$_SKIPRECORD, IO$_SPACEFILE, IO$_SPACERECORD, IO$_REWIND, IO$_RECAL, IO$_REWINDOFF, IO$_UNLOAD, IO$_WRITEOF, IO$_PACKACK, IO$_AVAILABLE, IO$_NOP,
];
const SENSES: readonly number[] = [IO$_SENSEMODE, IO$_SENSECHAR];
const SETS: readonly number[] = [IO$_SETMODE, IO$_SETCHAR];
/** Need no tape that the system has acknowledged. */
const ALWAYS: readonly number[] = [IO$_PACKACK, IO$_AVAILABLE, IO$_NOP, IO$_UNLOAD, IO$_REWINDOFF];
/** Where the tape is, and what the drive says of it: not for the user to set. */
const POSITION = MT$M_BOT | MT$M_EOF | MT$M_EOT | MT$M_HWL | MT$M_LOST;

/** Logical and physical transfers: P1 buffer, P2 size. */
function fdtTransfer(k: Kernel): void {
  const context = fdtContext(k);
  if (lockTapeBuffer(k, context)) EXE$QIODRVPKT(k);
}

/** Locks the buffer of P1 and P2. @returns false after ending the request */
export function lockTapeBuffer(k: Kernel, { irp, code, parameter }: FdtContext): boolean {
  const [address, length] = [parameter(1), parameter(2)];
  const isRead = code === IO$_READPBLK || code === IO$_READLBLK || code === IO$_READVBLK;
  const refuse = (status: number): false => {
    EXE$ABORTIO(k, irp, status);
    return false;
  };
  if (length === 0 || length > LONGEST) return refuse(SS$_BADPARAM);
  const accessible = checkBuffer(k, irp, address, length, isRead);
  if (accessible !== SS$_NORMAL) return refuse(accessible);
  const { svapte, status } = MMG$IOLOCK(k, address, length);
  if (status !== SS$_NORMAL) return refuse(status);
  irp.IRP$L_SVAPTE = svapte;
  irp.IRP$W_BOFF = address & (PAGE - 1);
  irp.IRP$L_BCNT = length;
  // One record, whatever comes of it: no segments.
  irp.IRP$L_OBCNT = 0;
  return true;
}

/** Virtual transfers: on a tape mounted foreign they are logical ones; a file of an ANSI volume is the ACP's business, as blocks of a file. */
function fdtVirtual(k: Kernel): void {
  const { irp, ucb } = fdtContext(k);
  if ((ucb.UCB$L_DEVCHAR & DEV$M_MNT) === 0) return EXE$ABORTIO(k, irp, SS$_DEVNOTMOUNT);
  if ((ucb.UCB$L_DEVCHAR & DEV$M_FOR) !== 0) return fdtTransfer(k);
  k.jump(k.symbol('ACP$RWBLK'));
}

/** P1: records or files to skip, signed. */
function fdtMotion(k: Kernel): void {
  const { irp, parameter } = fdtContext(k);
  irp.IRP$L_MEDIA = parameter(1);
  EXE$QIODRVPKT(k);
}

/** P1: quadword with class, type, buffer size, characteristics. */
function fdtSet(k: Kernel): void {
  const { irp, ucb, parameter } = fdtContext(k);
  const address = parameter(1);
  if (!k.callerCanRead(address, 8)) return EXE$ABORTIO(k, irp, SS$_ACCVIO);
  const wanted = k.readLong(address + 4) & (MT$M_DENSITY | MT$M_FORMAT | MT$M_PARITY);
  const size = k.readWord(address + 2);
  if (size > 0) ucb.UCB$W_DEVBUFSIZ = size;
  ucb.UCB$L_DEVDEPEND = ((ucb.UCB$L_DEVDEPEND & POSITION) | wanted) >>> 0;
  EXE$FINISHIOC(k, irp, SS$_NORMAL);
}

const idbOf = (k: Kernel, ucb: TapeUnit): number => VEC.at(k, ucb.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB;
const registersOf = (k: Kernel, ucb: TapeUnit): number => IDB.at(k, idbOf(k, ucb)).IDB$L_CSR;

/** Start I/O: R3 IRP, R5 UCB, fork IPL. A tape that nobody has acknowledged since it came on line is not the one that was meant. */
function startIo(k: Kernel): void {
  const irp = IRP.at(k, k.register(3));
  const ucb = TAPEUCB.at(k, k.register(5));
  const code = irp.IRP$W_FUNC & 0x3f;
  if (ucb.UCB$V_VALID === 0 && !ALWAYS.includes(code)) {
    IOC$REQCOM(k, ucb.address, SS$_VOLINV, 0);
    return;
  }
  const csr = registersOf(k, ucb);
  if (irp.IRP$V_BUFIO === 0) {
    const pages = Math.ceil((irp.IRP$W_BOFF + irp.IRP$L_BCNT) / PAGE);
    for (let page = 0; page < pages; page += 1) {
      k.writeLong(csr + TAPE_MAP + 4 * page, (0x8000_0000 | (k.readLong(irp.IRP$L_SVAPTE + 4 * page) & PTE$M_PFN)) >>> 0);
    }
  }
  k.writeLong(csr + TAPE_UNIT, ucb.UCB$B_SLAVE);
  k.writeLong(csr + TAPE_COUNT, irp.IRP$V_BUFIO === 0 ? irp.IRP$L_BCNT : (irp.IRP$L_MEDIA << 16) >> 16);
  k.writeLong(csr + TAPE_OFFSET, irp.IRP$W_BOFF);
  IDB.at(k, idbOf(k, ucb)).IDB$L_OWNER = ucb.address;
  ucb.UCB$L_FPC = k.symbol('MT$INTERRUPTED');
  ucb.UCB$L_DUETIM = k.sys.EXE$GL_ABSTIM + TIMEOUT_SECONDS;
  ucb.UCB$V_TIM = 1;
  ucb.UCB$V_INT = 1;
  k.writeLong(csr + TAPE_CS, TAPE_GO | TAPE_IE | deviceFunction(irp));
}

const TIMEOUT_SECONDS = 60;
const TIMED_OUT = 0x100;

function deviceFunction(irp: RequestPacket): number {
  const code = irp.IRP$W_FUNC & 0x3f;
  if (READS.includes(code) || code === IO$_READVBLK) return (irp.IRP$W_FUNC & IO$M_REVERSE) !== 0 ? TAPE_READ_REVERSE : TAPE_READ;
  switch (code) {
    case IO$_WRITEPBLK: case IO$_WRITELBLK: case IO$_WRITEVBLK: return TAPE_WRITE;
    case IO$_SKIPFILE: case IO$_SPACEFILE: return TAPE_SPACE_FILES;
    case IO$_SKIPRECORD: case IO$_SPACERECORD: return TAPE_SPACE_RECORDS;
    case IO$_REWIND: case IO$_RECAL: return TAPE_REWIND;
    case IO$_REWINDOFF: case IO$_UNLOAD: return TAPE_UNLOAD;
    case IO$_WRITEOF: return TAPE_WRITE_MARK;
    default: return TAPE_NOTHING;
  }
}

/** Interrupt service: the address of the IDB's pointer is on the stack. IPL 21. */
function interrupt(k: Kernel): void {
  const idb = IDB.at(k, k.readLong(k.cpu.pop()));
  const ucb = TAPEUCB.at(k, idb.IDB$L_OWNER);
  k.jump(k.symbol('IOC$INTERRUPT_END'));
  if (ucb.UCB$V_INT === 0) return;
  ucb.UCB$V_INT = 0;
  ucb.UCB$V_TIM = 0;
  EXE$FORK(k, ucb.address, k.symbol('MT$FORK'), k.readLong(idb.IDB$L_CSR + TAPE_STATUS), k.readLong(idb.IDB$L_CSR + TAPE_DONE));
}

/** What is no error of the device. */
const EXPECTED: readonly number[] = [
  TAPE_OK, TAPE_AT_MARK, TAPE_AT_BEGINNING, TAPE_BLANK, TAPE_LONG_RECORD, TAPE_DOUBLE_MARK, TAPE_WRITE_LOCKED, TAPE_NO_UNIT,
];

/** Fork process: R3 device status, R4 bytes, records or files, R5 UCB. */
function fork(k: Kernel): void {
  if (EXPECTED.includes(k.register(3))) complete(k);
  else k.jump(k.symbol('MT$LOG_ERROR'));
}

function timeout(k: Kernel): void {
  EXE$FORK(k, k.register(5), k.symbol('MT$LOG_TIMEOUT'), TIMED_OUT, 0);
}

const STATUS: Readonly<Record<number, number>> = {
  [TAPE_OK]: SS$_NORMAL, [TAPE_NO_UNIT]: SS$_MEDOFL, [TAPE_AT_MARK]: SS$_ENDOFFILE, [TAPE_AT_BEGINNING]: SS$_NORMAL, [TAPE_BLANK]: SS$_OPINCOMPL,
  [TAPE_LONG_RECORD]: SS$_DATAOVERUN, [TAPE_DOUBLE_MARK]: SS$_ENDOFVOLUME, [TAPE_WRITE_LOCKED]: SS$_WRITLCK, [TAPE_BAD_RECORD]: SS$_PARITY,
  [TAPE_BAD_FORMAT]: SS$_FORMAT,
};

function complete(k: Kernel): void {
  const ucb = TAPEUCB.at(k, k.register(5));
  const irp = IRP.at(k, ucb.UCB$L_IRP);
  const code = irp.IRP$W_FUNC & 0x3f;
  const [deviceStatus, done] = [k.register(3), k.register(4)];
  const csr = registersOf(k, ucb);
  k.writeLong(csr + TAPE_UNIT, ucb.UCB$B_SLAVE);
  const state = k.readLong(csr + TAPE_STATE);
  let status = STATUS[deviceStatus] ?? SS$_CTRLERR;
  const writes = WRITES.includes(code) || code === IO$_WRITEVBLK || code === IO$_WRITEOF;
  if (status === SS$_NORMAL && writes && (state & TAPE_EOT) !== 0) status = SS$_ENDOFTAPE;
  const atMark = deviceStatus === TAPE_AT_MARK || deviceStatus === TAPE_DOUBLE_MARK || code === IO$_WRITEOF;
  ucb.UCB$L_DEVDEPEND = ((ucb.UCB$L_DEVDEPEND & ~POSITION) | ((state & TAPE_BOT) !== 0 ? MT$M_BOT : 0) | ((state & TAPE_EOT) !== 0 ? MT$M_EOT : 0)
    | ((state & TAPE_LOCKED) !== 0 ? MT$M_HWL : 0) | (atMark ? MT$M_EOF : 0)) >>> 0;
  if (code === IO$_PACKACK && status === SS$_NORMAL) ucb.UCB$V_VALID = 1;
  if (code === IO$_UNLOAD || code === IO$_REWINDOFF || code === IO$_AVAILABLE || status === SS$_MEDOFL) ucb.UCB$V_VALID = 0;
  countRecords(ucb, irp, state, done, deviceStatus);
  IOC$REQCOM(k, ucb.address, (status | (done << 16)) >>> 0, ucb.UCB$L_DEVDEPEND);
}

/** UCB$L_RECORD, as far as it can be known: spacing over files does not tell of the records in them. */
function countRecords(ucb: TapeUnit, irp: RequestPacket, state: number, done: number, deviceStatus: number): void {
  const code = irp.IRP$W_FUNC & 0x3f;
  if ((state & TAPE_BOT) !== 0) ucb.UCB$L_RECORD = 0;
  else if (code === IO$_SKIPRECORD || code === IO$_SPACERECORD) {
    const passed = done + (deviceStatus === TAPE_AT_MARK ? 1 : 0);
    ucb.UCB$L_RECORD = ucb.UCB$L_RECORD + ((irp.IRP$L_MEDIA & 0x8000) !== 0 ? -passed : passed);
  } else if (irp.IRP$V_BUFIO === 0 || code === IO$_WRITEOF) {
    ucb.UCB$L_RECORD = ucb.UCB$L_RECORD + ((irp.IRP$W_FUNC & IO$M_REVERSE) !== 0 && irp.IRP$V_BUFIO === 0 ? -1 : 1);
  }
}

const DUMPED_REGISTERS = [TAPE_CS, TAPE_UNIT, TAPE_COUNT, TAPE_OFFSET, TAPE_STATUS, TAPE_DONE, TAPE_STATE];

/** Register dump: R0 where the count and the registers go, R5 UCB. */
function dumpRegisters(k: Kernel): void {
  const csr = registersOf(k, TAPEUCB.at(k, k.register(5)));
  const at = k.register(0);
  k.writeLong(at, DUMPED_REGISTERS.length);
  DUMPED_REGISTERS.forEach((register, index) => { k.writeLong(at + 4 * (index + 1), k.readLong(csr + register)); });
}

const FILE_FUNCTIONS = [IO$_ACCESS, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_ACPCONTROL, IO$_MOUNT];

export const TAPE_DRIVER: DriverTable = {
  name: 'TMDRIVER',
  ucbSize: TAPEUCB.size,
  start: 'MT$STARTIO',
  registerDump: 'MT$REGDUMP',
  errorBuffer: EMB_DV.offset.EMB$L_DV_REGSAV + 4 * DUMPED_REGISTERS.length,
  buffered: [...FILE_FUNCTIONS, ...MOTIONS, ...SENSES, ...SETS],
  functions: [
    { codes: [...READS, ...WRITES], routine: 'MT$FDTTRANSFER' },
    { codes: VIRTUAL, routine: 'MT$FDTVIRTUAL' },
    { codes: MOTIONS, routine: 'MT$FDTMOTION' },
    { codes: SETS, routine: 'MT$FDTSET' },
    { codes: SENSES, routine: 'MT$FDTSENSE' },
    { codes: [IO$_ACCESS, IO$_CREATE], routine: 'ACP$ACCESS' },
    { codes: [IO$_DEACCESS], routine: 'ACP$DEACCESS' },
    { codes: [IO$_DELETE, IO$_MODIFY, IO$_ACPCONTROL, IO$_MOUNT], routine: 'ACP$MODIFY' },
  ],
};

export const TAPE_DRIVER_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('MT$FDTTRANSFER', fdtTransfer), jsbRoutine('MT$FDTVIRTUAL', fdtVirtual), jsbRoutine('MT$FDTMOTION', fdtMotion),
  jsbRoutine('MT$FDTSET', fdtSet), jsbRoutine('MT$FDTSENSE', senseMode),
  jsbRoutine('MT$STARTIO', startIo), jsbRoutine('MT$INTERRUPT', interrupt), jsbRoutine('MT$FORK', fork), jsbRoutine('MT$REGDUMP', dumpRegisters),
  inlineRoutine('MT_COMPLETE', complete), inlineRoutine('MT_TIMEOUT', timeout),
];
