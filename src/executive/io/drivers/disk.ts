import {
  DISK_BAD_BLOCK, DISK_BAD_MEDIUM, DISK_BLOCKS, DISK_BYTES, DISK_CS, DISK_DONE, DISK_GO, DISK_IE, DISK_LBN, DISK_MAP, DISK_NO_UNIT, DISK_OFFSET, DISK_OK, DISK_READ,
  DISK_STATUS, DISK_STORE_ERROR, DISK_UNIT, DISK_WRITE, DISK_WRITE_LOCKED, MAP_VALID,
} from '../../../emulator/devices/disk.js';
import { EMB_DV } from '../../exceptions/error-log-entries.js';
import { inlineRoutine, jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';
import {
  IO$_ACCESS, IO$_ACPCONTROL, IO$_AVAILABLE, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_MOUNT, IO$_NOP, IO$_PACKACK,
  IO$_READLBLK, IO$_READPBLK, IO$_READVBLK, IO$_SENSECHAR, IO$_SENSEMODE, IO$_UNLOAD, IO$_WRITELBLK, IO$_WRITEPBLK, IO$_WRITEVBLK,
} from '../../starlet/iodef.js';
import { DEV$M_MNT } from '../../starlet/devdef.js';
import { SS$_CTRLERR, SS$_ILLBLKNUM, SS$_MEDOFL, SS$_NORMAL, SS$_PARITY, SS$_TIMEOUT, SS$_VOLINV, SS$_WRITLCK } from '../../starlet/ssdef.js';
import { CRB, IDB, VEC } from '../../structures/device.js';
import { IRP } from '../../structures/irp.js';
import { PTE$M_PFN } from '../../structures/pte.js';
import { DISKUCB } from '../../structures/ucb.js';
import { EXE$FORK } from '../../synchronization/fork.js';
import { IOC$REQCOM } from '../completion.js';
import { EXE$ABORTIO, EXE$FINISHIO, EXE$FINISHIOC, EXE$QIODRVPKT, checkBuffer, fdtContext } from '../fdt-support.js';
import { MMG$IOLOCK } from '../buffer-lock.js';
import { requestVerification } from '../mount-verification.js';
import { prepareSegment } from '../segments.js';
import type { DriverTable } from './driver-table.js';

/**
 * The disk driver (DUDRIVER) for the controller of emulator/devices/disk.ts. Direct I/O: the pages of the buffer are locked by the FDT
 * routine, start I/O loads their frame numbers into the map registers, the interrupt service routine forks, the fork process completes.
 * One controller serves its units in turn; an operation is over before the next can be started, because its interrupt comes first.
 * @source book 18.3-18.5; digest ch19 2.1, 5
 */

type DiskUnit = ReturnType<typeof DISKUCB.at>;

const PAGE = 512;
const READS = [IO$_READPBLK, IO$_READLBLK];
const WRITES = [IO$_WRITEPBLK, IO$_WRITELBLK];

/** Locks the buffer of P1 and P2 and begins the transfer at block P3. @returns false after aborting the request */
export function beginTransfer(k: Kernel, virtual: boolean): boolean {
  const { irp, code, parameter } = fdtContext(k);
  const [address, length] = [parameter(1), parameter(2)];
  const isRead = code === IO$_READPBLK || code === IO$_READLBLK || code === IO$_READVBLK;
  const accessible = checkBuffer(k, irp, address, length, isRead);
  if (accessible !== SS$_NORMAL) {
    EXE$ABORTIO(k, irp, accessible);
    return false;
  }
  if (length === 0) {
    EXE$FINISHIOC(k, irp, SS$_NORMAL);
    return false;
  }
  k.mayStartAgain = k.isAtomic;           // what the packet has got so far it gets again
  const { svapte, status } = MMG$IOLOCK(k, address, length, isRead);
  if (status !== SS$_NORMAL) {
    EXE$ABORTIO(k, irp, status);
    return false;
  }
  irp.IRP$L_SVAPTE = svapte;
  irp.IRP$W_BOFF = address & (PAGE - 1);
  irp.IRP$L_OBCNT = length;
  irp.IRP$L_ABCNT = 0;
  irp.IRP$L_SEGVBN = parameter(3);
  irp.IRP$V_VIRTUAL = virtual ? 1 : 0;
  return true;
}

/** Logical and physical transfers: P3 is the block. */
function fdtBlock(k: Kernel): void {
  const { irp, ucb, parameter } = fdtContext(k);
  const disk = DISKUCB.at(k, ucb.address);
  if (parameter(3) >= disk.UCB$L_MAXBLOCK) return EXE$ABORTIO(k, irp, SS$_ILLBLKNUM);
  if (!beginTransfer(k, false)) return;
  prepareSegment(k, irp, irp.IRP$L_OBCNT);
  EXE$QIODRVPKT(k);
}

function fdtNothing(k: Kernel): void {
  const { irp, ucb, code } = fdtContext(k);
  const disk = DISKUCB.at(k, ucb.address);
  if (code === IO$_PACKACK) disk.UCB$V_VALID = 1;
  if (code === IO$_AVAILABLE || code === IO$_UNLOAD) disk.UCB$V_VALID = 0;
  EXE$FINISHIO(k, irp, SS$_NORMAL, code === IO$_SENSECHAR || code === IO$_SENSEMODE ? disk.UCB$L_MAXBLOCK : 0);
}

/** The controller's registers, through CRB and IDB. */
function registersOf(k: Kernel, ucb: DiskUnit): number {
  return IDB.at(k, idbOf(k, ucb)).IDB$L_CSR;
}

function idbOf(k: Kernel, ucb: DiskUnit): number {
  return VEC.at(k, ucb.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB;
}

/** Start I/O: R3 IRP, R5 UCB, fork IPL. */
function startTransfer(k: Kernel): void {
  const ucb = DISKUCB.at(k, k.register(5));
  // The volume was given up: nothing reaches whatever is in the unit now until it is mounted anew.
  if (ucb.UCB$V_VALID === 0 && ucb.UCB$V_MNTVERIP === 0 && (ucb.UCB$L_DEVCHAR & DEV$M_MNT) !== 0) {
    IOC$REQCOM(k, ucb.address, SS$_VOLINV, 0);
    return;
  }
  ucb.UCB$B_ERTCNT = ucb.UCB$B_ERTMAX;
  ucb.UCB$V_POWER = 0;
  startController(k, IRP.at(k, k.register(3)), ucb);
}

/** Loads the controller, and waits for its interrupt so long. @source book 19.1; digest ch18 2.9 */
function startController(k: Kernel, irp: ReturnType<typeof IRP.at>, ucb: DiskUnit): void {
  const csr = registersOf(k, ucb);
  const length = irp.IRP$L_BCNT;
  const pages = Math.ceil((irp.IRP$W_BOFF + length) / PAGE);
  for (let page = 0; page < pages; page += 1) {
    const pfn = k.readLong(irp.IRP$L_SVAPTE + 4 * page) & PTE$M_PFN;
    k.writeLong(csr + DISK_MAP + 4 * page, (MAP_VALID | pfn) >>> 0);
  }
  ucb.UCB$L_MEDIA = irp.IRP$L_MEDIA;
  ucb.UCB$L_BCR = length;
  k.writeLong(csr + DISK_UNIT, ucb.UCB$B_SLAVE);
  k.writeLong(csr + DISK_LBN, irp.IRP$L_MEDIA);
  k.writeLong(csr + DISK_BYTES, length);
  k.writeLong(csr + DISK_OFFSET, irp.IRP$W_BOFF);
  IDB.at(k, idbOf(k, ucb)).IDB$L_OWNER = ucb.address;
  ucb.UCB$L_FPC = k.symbol('DU$INTERRUPTED');
  ucb.UCB$L_FR3 = irp.address;
  ucb.UCB$L_DUETIM = k.sys.EXE$GL_ABSTIM + TIMEOUT_SECONDS;
  ucb.UCB$V_TIM = 1;
  ucb.UCB$V_INT = 1;
  k.writeLong(csr + DISK_CS, DISK_GO | DISK_IE | (irp.IRP$V_FUNC !== 0 ? DISK_READ : DISK_WRITE));
}

/**
 * Interrupt service: entered by the code in the CRB, which leaves the address of the IDB's pointer on the stack. The driver goes on where it
 * waits for the interrupt: R3 IRP, R4 CSR, R5 UCB. IPL 21. @source book B.1.4, 18.4
 */
function interrupt(k: Kernel): void {
  const pointer = k.cpu.pop();
  const idb = IDB.at(k, k.readLong(pointer));
  const ucb = DISKUCB.at(k, idb.IDB$L_OWNER);
  if (ucb.UCB$V_INT === 0) {
    k.jump(k.symbol('IOC$INTERRUPT_END'));
    return;
  }
  ucb.UCB$V_INT = 0;
  ucb.UCB$V_TIM = 0;
  k.setRegister(3, ucb.UCB$L_FR3);
  k.setRegister(4, idb.IDB$L_CSR);
  k.setRegister(5, ucb.address);
  k.cpu.push(k.symbol('IOC$INTERRUPT_END'));
  k.jump(ucb.UCB$L_FPC);
}

/** Where the driver waits: keeps what the registers say, and forks with the same R3 to R5. Device IPL. */
function interrupted(k: Kernel): void {
  const [irp, csr, address] = [k.register(3), k.register(4), k.register(5)];
  const ucb = DISKUCB.at(k, address);
  ucb.UCB$L_DU_STATUS = k.readLong(csr + DISK_STATUS);
  ucb.UCB$L_BCR = ucb.UCB$L_BCR - k.readLong(csr + DISK_DONE);
  EXE$FORK(k, address, k.symbol('DU$FORK'), irp, csr);
}

/** Seconds that a transfer may take. */
const TIMEOUT_SECONDS = 10;
/** What a transfer without an interrupt ends with, among the status codes of the device. */
const TIMED_OUT = 0x100;
/** Errors after which the transfer is tried again, UCB$B_ERTMAX times. */
const PASSING_ERRORS: readonly number[] = [DISK_STORE_ERROR, DISK_BAD_MEDIUM, TIMED_OUT];

/** Called by EXE$TIMEOUT at device IPL: no interrupt came, which after a power failure is no error of the device. R5 UCB. */
function timeout(k: Kernel): void {
  const ucb = DISKUCB.at(k, k.register(5));
  if (ucb.UCB$V_POWER === 0) {
    ucb.UCB$L_DU_STATUS = TIMED_OUT;
    EXE$FORK(k, ucb.address, k.symbol('DU$LOG_TIMEOUT'), ucb.UCB$L_IRP, registersOf(k, ucb));
    return;
  }
  ucb.UCB$V_POWER = 0;
  ucb.UCB$V_TIMOUT = 0;
  EXE$FORK(k, ucb.address, k.symbol('DU$POWERED'), ucb.UCB$L_IRP, registersOf(k, ucb));
}

/** Fork process after a power failure: the transfer is done from its beginning, and nobody is told. R3 IRP, R5 UCB. */
function restartTransfer(k: Kernel): void {
  startController(k, IRP.at(k, k.register(3)), DISKUCB.at(k, k.register(5)));
}

/** Controller initialization: R4 CSR. It is ready, and interrupts nobody. */
function initializeController(k: Kernel): void {
  k.writeLong(k.register(4) + DISK_CS, 0);
  k.setRegister(0, 1);
}

/** Unit initialization: R4 CSR, R5 UCB. A unit without a volume is off line. */
function initializeUnit(k: Kernel): void {
  const ucb = DISKUCB.at(k, k.register(5));
  const csr = k.register(4);
  k.writeLong(csr + DISK_UNIT, ucb.UCB$B_SLAVE);
  ucb.UCB$V_ONLINE = k.readLong(csr + DISK_BLOCKS) === 0 ? 0 : 1;
}

/** Errors after which it is asked whether the volume is still there. */
const VERIFIED_ERRORS: readonly number[] = [DISK_NO_UNIT, DISK_STORE_ERROR, DISK_WRITE_LOCKED];

const STATUS: Readonly<Record<number, number>> = {
  [DISK_OK]: SS$_NORMAL, [DISK_NO_UNIT]: SS$_MEDOFL, [DISK_BAD_BLOCK]: SS$_ILLBLKNUM, [DISK_WRITE_LOCKED]: SS$_WRITLCK,
  [DISK_BAD_MEDIUM]: SS$_PARITY, [TIMED_OUT]: SS$_TIMEOUT,
};

/** What the requester did wrong; anything else that fails is an error of the device, and logged. */
const REQUEST_ERRORS: readonly number[] = [DISK_BAD_BLOCK, DISK_WRITE_LOCKED];

/** Fork process: R3 IRP, R4 CSR, R5 UCB. */
function fork(k: Kernel): void {
  const deviceStatus = DISKUCB.at(k, k.register(5)).UCB$L_DU_STATUS;
  if (deviceStatus !== DISK_OK && !REQUEST_ERRORS.includes(deviceStatus)) k.jump(k.symbol('DU$LOG_ERROR'));
  else complete(k);
}

/** The same, with the error logged: another try, or the end. The message of the first error is complete at the end. */
function complete(k: Kernel): void {
  const ucb = DISKUCB.at(k, k.register(5));
  const irp = IRP.at(k, ucb.UCB$L_IRP);
  const deviceStatus = ucb.UCB$L_DU_STATUS;
  if (PASSING_ERRORS.includes(deviceStatus) && ucb.UCB$B_ERTCNT > 0) {
    ucb.UCB$B_ERTCNT = ucb.UCB$B_ERTCNT - 1;
    ucb.UCB$V_TIMOUT = 0;
    startController(k, irp, ucb);
    return;
  }
  const status = STATUS[deviceStatus] ?? SS$_CTRLERR;
  if (VERIFIED_ERRORS.includes(deviceStatus)) requestVerification(k, ucb);
  const done = irp.IRP$L_BCNT - ucb.UCB$L_BCR;
  IOC$REQCOM(k, ucb.address, (status | (done << 16)) >>> 0, 0);
}

/** Registers that an error log message of the disk holds, in their order. */
const DUMPED_REGISTERS = [DISK_CS, DISK_UNIT, DISK_LBN, DISK_BYTES, DISK_OFFSET, DISK_STATUS, DISK_DONE];

/** Register dump: R0 where the count and the registers go, R5 UCB. */
function dumpRegisters(k: Kernel): void {
  const csr = registersOf(k, DISKUCB.at(k, k.register(5)));
  const at = k.register(0);
  k.writeLong(at, DUMPED_REGISTERS.length);
  DUMPED_REGISTERS.forEach((register, index) => { k.writeLong(at + 4 * (index + 1), k.readLong(csr + register)); });
}

export const DISK_DRIVER: DriverTable = {
  name: 'DUDRIVER',
  ucbSize: DISKUCB.size,
  start: 'DU$STARTIO',
  unitInit: 'DU$UNITINIT',
  registerDump: 'DU$REGDUMP',
  errorBuffer: EMB_DV.offset.EMB$L_DV_REGSAV + 4 * DUMPED_REGISTERS.length,
  buffered: [
    IO$_ACCESS, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_ACPCONTROL, IO$_MOUNT, IO$_SENSECHAR, IO$_SENSEMODE, IO$_NOP, IO$_PACKACK,
    IO$_UNLOAD, IO$_AVAILABLE,
  ],
  functions: [
    { codes: [...READS, ...WRITES], routine: 'DU$FDTBLOCK' },
    { codes: [IO$_READVBLK, IO$_WRITEVBLK], routine: 'ACP$RWBLK' },
    { codes: [IO$_ACCESS, IO$_CREATE], routine: 'ACP$ACCESS' },
    { codes: [IO$_DEACCESS], routine: 'ACP$DEACCESS' },
    { codes: [IO$_DELETE, IO$_MODIFY, IO$_ACPCONTROL, IO$_MOUNT], routine: 'ACP$MODIFY' },
    { codes: [IO$_SENSECHAR, IO$_SENSEMODE, IO$_NOP, IO$_PACKACK, IO$_UNLOAD, IO$_AVAILABLE], routine: 'DU$FDTNOTHING' },
  ],
};

export const DISK_DRIVER_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('DU$FDTBLOCK', fdtBlock),
  jsbRoutine('DU$FDTNOTHING', fdtNothing),
  jsbRoutine('DU$STARTIO', startTransfer),
  jsbRoutine('DU$INTERRUPT', interrupt),
  jsbRoutine('DU$FORK', fork),
  jsbRoutine('DU$POWERED', restartTransfer),
  jsbRoutine('DU$CTRLINIT', initializeController),
  jsbRoutine('DU$UNITINIT', initializeUnit),
  jsbRoutine('DU$REGDUMP', dumpRegisters),
  inlineRoutine('DU_INTERRUPTED', interrupted),
  inlineRoutine('DU_COMPLETE', complete),
  inlineRoutine('DU_TIMEOUT', timeout),
];
