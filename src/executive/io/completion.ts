import { SCH$QAST } from '../ast/queue.js';
import { finishDeviceEntry } from '../exceptions/error-log-entries.js';
import { inlineRoutine, jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { MMG$UNLOCK } from './buffer-lock.js';
import { PAGIO } from '../memory/page-read.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { SCH$POSTEF } from '../process/event-flags.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SCH$RAVAIL } from '../scheduling/resources.js';
import { IO$M_ACCESS, IO$_ACCESS, IO$_CREATE, IO$_DEACCESS } from '../starlet/iodef.js';
import { SS$_DATACHECK, SS$_FORMAT, SS$_PARITY } from '../starlet/ssdef.js';
import { ACB$M_KAST, ACB$M_NODELETE } from '../structures/acb.js';
import { CCB } from '../structures/device.js';
import { IPL$_IOPOST } from '../structures/ipl.js';
import { BUFIO, IRP, IRPE } from '../structures/irp.js';
import { JIB } from '../structures/jib.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PRI$_IOCOM, PRI$_NULL, PRI$_TICOM, PRI$_TOCOM, RSN$_MAILBOX } from '../structures/sch.js';
import { UCB } from '../structures/ucb.js';
import { softwareInterrupt } from '../synchronization/ipl.js';
import { copyComplexBuffer } from './acp-packet.js';
import { EXE$MOUNTVER } from './mount-verification.js';
import { nextSegment, SEGMENT_DONE, SEGMENT_TO_ACP } from './segments.js';
import { EXE$QXQPPKT } from './xqp-queue.js';

/**
 * I/O completion: from the driver's end of the request (IOC$REQCOM, COM$POST) through the postprocessing interrupt at IPL 4
 * (IOC$IOPOST) to the special kernel AST in the requester's context (BUFPOST, DIRPOST).
 * @source book 18.5; digest ch18 2.8-2.11
 */

export type RequestPacket = ReturnType<typeof IRP.at>;

/** Queues an IRP for postprocessing and requests the interrupt for it. */
export function queueForPost(k: Kernel, irp: number): void {
  k.insertTail(irp, k.symbol('IOC$GL_PSFL'));
  softwareInterrupt(k, IPL$_IOPOST);
}

/**
 * COM$POST: completes a request without touching the unit's busy state; the status quadword is in the IRP already.
 * Any IPL from 4 up to device IPL. @source digest ch19 2.6 step 4
 */
export function COM$POST(k: Kernel, irpAddress: number): void {
  const ucb = UCB.at(k, IRP.at(k, irpAddress).IRP$L_UCB);
  ucb.UCB$L_OPCNT = ucb.UCB$L_OPCNT + 1;
  queueForPost(k, irpAddress);
}

/**
 * Completes the current request of a unit and gives the unit its next one, or makes it idle.
 *
 * @param r0,r1  the status quadword
 * @returns the next IRP, which is now the unit's current one but not started; 0 when the unit is idle
 */
export function finishCurrent(k: Kernel, ucbAddress: number, r0: number, r1: number): number {
  const ucb = UCB.at(k, ucbAddress);
  const irp = IRP.at(k, ucb.UCB$L_IRP);
  ucb.UCB$L_OPCNT = ucb.UCB$L_OPCNT + 1;
  irp.IRP$L_IOST1 = r0;
  irp.IRP$L_IOST2 = r1;
  if (ucb.UCB$V_ERLOGIP !== 0) finishDeviceEntry(k, ucbAddress, r0, r1);
  queueForPost(k, irp.address);
  const next = k.removeHead(ucbAddress + UCB.offset.UCB$L_IOQFL);
  if (next === undefined) {
    ucb.UCB$V_BSY = 0;
    return 0;
  }
  ucb.UCB$W_QLEN = ucb.UCB$W_QLEN - 1;
  ucb.UCB$L_IRP = next;
  return next;
}

/**
 * IOC$REQCOM: the same for a driver's fork process, whose last act it is: the next request is started by going to IOC$INITIATE.
 * Fork IPL; to be called last by a routine that was entered with JSB. @source digest ch18 2.8
 */
export function IOC$REQCOM(k: Kernel, ucb: number, r0: number, r1: number): void {
  if (EXE$MOUNTVER(k, ucb, r0)) return;
  const next = finishCurrent(k, ucb, r0, r1);
  if (next === 0) return;
  k.setRegister(3, next);
  k.setRegister(5, ucb);
  k.jump(k.symbol('IOC$INITIATE'));
}

// IPL 4 -------------------------------------------------------------------------------------------------------------

/**
 * One turn of IOC$IOPOST: postprocesses requests until the queue is empty or something must be called.
 * R0 becomes 0, or the address to call with R5 = IRP. IPL$_IOPOST. @source digest ch18 2.9
 */
function postprocessStep(k: Kernel): void {
  for (;;) {
    const irpAddress = k.removeHead(k.symbol('IOC$GL_PSFL'));
    if (irpAddress === undefined) {
      k.setRegister(0, 0);
      return;
    }
    const irp = IRP.at(k, irpAddress);
    k.setRegister(5, irpAddress);
    if (irp.IRP$L_PID >>> 31 !== 0) {
      k.setRegister(0, irp.IRP$L_PID);
      return;
    }
    if (!postprocess(k, irp)) {
      k.setRegister(3, irpAddress);
      k.setRegister(5, irp.IRP$L_UCB);
      k.setRegister(0, k.symbol('IOC$REQUEUE'));
      return;
    }
  }
}

/** @returns false when the request has another segment for its driver */
function postprocess(k: Kernel, irp: RequestPacket): boolean {
  const pcbAddress = EXE$IPID_TO_PCB(k, irp.IRP$L_PID);
  if (irp.IRP$V_BUFIO !== 0) {
    returnBufferedQuota(k, irp, pcbAddress);
  } else {
    const step = nextSegment(k, irp);
    if (step === SEGMENT_TO_ACP) {
      EXE$QXQPPKT(k, irp.address);
      return true;
    }
    if (step !== SEGMENT_DONE) return false;
    if (pcbAddress !== 0 && isBlockError(irp)) {
      irp.IRP$L_OBCNT = 0;
      EXE$QXQPPKT(k, irp.address);
      return true;
    }
    if (irp.IRP$V_PAGIO !== 0) {
      PAGIO(k, irp.address);
      return true;
    }
    if (irp.IRP$V_SWAPIO !== 0) {
      // A write of the swapper ends in the routine that it gave as parameter, as a special kernel AST of its own.
      irp.IRP$L_KAST = irp.IRP$L_ASTPRM;
      irp.IRP$B_RMOD = ACB$M_KAST | ACB$M_NODELETE;
      SCH$QAST(k, irp.address, PRI$_NULL);
      return true;
    }
    if (pcbAddress !== 0) PCB.at(k, pcbAddress).PCB$W_DIOCNT = PCB.at(k, pcbAddress).PCB$W_DIOCNT + 1;
    if (irp.IRP$L_SVAPTE !== 0) MMG$UNLOCK(k, irp.IRP$L_SVAPTE, irp.IRP$W_BOFF, irp.IRP$L_BCNT);
    unlockExtensions(k, irp);
    irp.IRP$L_KAST = k.symbol('DIRPOST');
  }
  if (pcbAddress === 0) {
    // The requester is gone: nobody to tell. Process deletion waits for I/O, so this is for requests of the system only.
    EXE$DEANONPAGED(k, irp.address);
    return true;
  }
  const boost = completionClass(irp);
  if (irp.IRP$B_EFN < 64) SCH$POSTEF(k, irp.IRP$L_PID, irp.IRP$B_EFN, boost);
  irp.IRP$B_RMOD = irp.IRP$B_RMOD | ACB$M_KAST;
  SCH$QAST(k, irp.address, boost);
  return true;
}

/** What a block that has become bad ends a transfer with. choice: the book says "a transfer error" */
const BLOCK_ERRORS: readonly number[] = [SS$_PARITY, SS$_DATACHECK, SS$_FORMAT];

/**
 * Whether a bad block of a file has ended a virtual transfer, and the XQP has not yet been told (it has when IRP$L_OBCNT is 0). Logical and
 * physical transfers, and those of the pager and the swapper, are nobody's business but their requester's. @source book 19.1.3; ch19#4, ch19#5
 */
function isBlockError(irp: RequestPacket): boolean {
  return irp.IRP$V_VIRTUAL !== 0 && irp.IRP$V_PAGIO === 0 && irp.IRP$V_SWAPIO === 0 && irp.IRP$L_OBCNT !== 0 && irp.IRP$L_WIND !== 0
    && BLOCK_ERRORS.includes(irp.IRP$L_IOST1 & 0xffff);
}

function completionClass(irp: RequestPacket): number {
  if (irp.IRP$V_TERMIO === 0) return PRI$_IOCOM;
  return irp.IRP$V_FUNC !== 0 ? PRI$_TICOM : PRI$_TOCOM;
}

/** Count and byte quota come back; the buffer of anything but a read goes now. */
function returnBufferedQuota(k: Kernel, irp: RequestPacket, pcbAddress: number): void {
  if (pcbAddress !== 0) {
    const pcb = PCB.at(k, pcbAddress);
    pcb.PCB$W_BIOCNT = pcb.PCB$W_BIOCNT + 1;
    if (irp.IRP$V_FILACP !== 0) pcb.PCB$W_DIOCNT = pcb.PCB$W_DIOCNT + 1;
    const jib = JIB.at(k, pcb.PCB$L_JIB);
    jib.JIB$L_BYTCNT = jib.JIB$L_BYTCNT + irp.IRP$W_BOFF;
  }
  const buffer = irp.IRP$L_SVAPTE;
  if (buffer !== 0 && irp.IRP$V_FUNC !== 0) {
    irp.IRP$L_KAST = k.symbol('BUFPOST');
    return;
  }
  irp.IRP$L_KAST = k.symbol('DIRPOST');
  if (buffer === 0) return;
  irp.IRP$L_SVAPTE = 0;
  EXE$DEANONPAGED(k, buffer);
}

function unlockExtensions(k: Kernel, irp: RequestPacket): void {
  let extension = irp.IRP$V_EXTEND !== 0 ? irp.IRP$L_EXTEND : 0;
  while (extension !== 0) {
    const irpe = IRPE.at(k, extension);
    if (irpe.IRPE$L_SVAPTE1 !== 0) MMG$UNLOCK(k, irpe.IRPE$L_SVAPTE1, irpe.IRPE$W_BOFF1, irpe.IRPE$L_BCNT1);
    if (irpe.IRPE$L_SVAPTE2 !== 0) MMG$UNLOCK(k, irpe.IRPE$L_SVAPTE2, irpe.IRPE$W_BOFF2, irpe.IRPE$L_BCNT2);
    extension = irpe.IRPE$V_EXTEND !== 0 ? irpe.IRPE$L_EXTEND : 0;
  }
}

// Special kernel AST ------------------------------------------------------------------------------------------------

/** Stores into the requester's memory, if its mode may still write there; it may have deleted the pages meanwhile. */
function storeForUser(k: Kernel, irp: RequestPacket, address: number, bytes: Uint8Array): void {
  if (bytes.length > 0 && k.cpu.probe(address, bytes.length, irp.IRP$V_MODE, true)) k.writeBytes(address, bytes);
}

/**
 * BUFPOST: the data of a buffered read goes from the system buffer to the user's. R5 = IRP. IPL 2, requester's context.
 * Everything that can fault comes first, because the routine is restarted after a page fault. @source digest ch18 2.11
 */
function BUFPOST(k: Kernel): void {
  const irp = IRP.at(k, k.register(5));
  const buffer = irp.IRP$L_SVAPTE;
  if (irp.IRP$V_COMPLX !== 0) copyComplexBuffer(k, irp, (address, bytes) => { storeForUser(k, irp, address, bytes); });
  else {
    const header = BUFIO.at(k, buffer);
    storeForUser(k, irp, header.BUFIO$L_USRVA, k.readBytes(header.BUFIO$L_PKTDATA, irp.IRP$W_BCNT));
  }
  touchStatus(k, irp);
  irp.IRP$L_SVAPTE = 0;
  const wasMailbox = irp.IRP$V_MBXIO !== 0;
  EXE$DEANONPAGED(k, buffer);
  if (wasMailbox) SCH$RAVAIL(k, RSN$_MAILBOX);
  finishInContext(k, irp);
}

/** DIRPOST: accounting, common event flag, then the status block, the user's AST. R5 = IRP. IPL 2, requester's context. */
function DIRPOST(k: Kernel): void {
  const irp = IRP.at(k, k.register(5));
  touchStatus(k, irp);
  finishInContext(k, irp);
}

/** The page of the status block is there when it is stored, behind what cannot be done twice. */
function touchStatus(k: Kernel, irp: RequestPacket): void {
  if (irp.IRP$L_IOSB !== 0 && k.cpu.probe(irp.IRP$L_IOSB, 8, irp.IRP$V_MODE, true)) k.writeBytes(irp.IRP$L_IOSB, k.readBytes(irp.IRP$L_IOSB, 8));
}

function storeStatus(k: Kernel, irp: RequestPacket): void {
  if (irp.IRP$L_IOSB !== 0) storeForUser(k, irp, irp.IRP$L_IOSB, k.readBytes(irp.address + IRP.offset.IRP$L_IOST1, 8));
}

function finishInContext(k: Kernel, irp: RequestPacket): void {
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  if (irp.IRP$V_BUFIO !== 0) {
    phd.PHD$L_BIOCNT = phd.PHD$L_BIOCNT + 1;
    k.sys.PMS$GL_BUFIO += 1;
  } else {
    phd.PHD$L_DIOCNT = phd.PHD$L_DIOCNT + 1;
    k.sys.PMS$GL_DIRIO += 1;
  }
  const channel = irp.IRP$W_CHAN;
  if (channel !== 0) {
    const ccb = CCB.at(k, k.p1.CTL$GL_CCBBASE - channel);
    ccb.CCB$W_IOC = ccb.CCB$W_IOC - 1;
    // The waiting deaccess is itself the last request counted.
    if (ccb.CCB$W_IOC === 1 && ccb.CCB$L_DIRP > 1) IOC$WAKACP(k, ccb.address);
    else if (irp.IRP$V_FILACP !== 0 && ccb.CCB$L_DIRP === 1 && changesAccess(irp)) ccb.CCB$L_DIRP = 0;
  }
  if (irp.IRP$B_EFN >= 64) SCH$POSTEF(k, irp.IRP$L_PID, irp.IRP$B_EFN, PRI$_NULL);
  storeStatus(k, irp);
  freeExtensions(k, irp);
  irp.IRP$B_RMOD = irp.IRP$B_RMOD & ~ACB$M_KAST;
  if (irp.IRP$V_QUOTA !== 0) SCH$QAST(k, irp.address, PRI$_NULL);
  else EXE$DEANONPAGED(k, irp.address);
}

/** Whether the request opened or closed a file on its channel. */
function changesAccess(irp: RequestPacket): boolean {
  const code = irp.IRP$W_FUNC & 0x3f;
  return code === IO$_DEACCESS || ((code === IO$_ACCESS || code === IO$_CREATE) && (irp.IRP$W_FUNC & IO$M_ACCESS) !== 0);
}

function freeExtensions(k: Kernel, irp: RequestPacket): void {
  let extension = irp.IRP$V_EXTEND !== 0 ? irp.IRP$L_EXTEND : 0;
  while (extension !== 0) {
    const irpe = IRPE.at(k, extension);
    const next = irpe.IRPE$V_EXTEND !== 0 ? irpe.IRPE$L_EXTEND : 0;
    EXE$DEANONPAGED(k, extension);
    extension = next;
  }
}

/** IOC$WAKACP: the last request of a channel is done that a deaccess has been waiting for. @source digest ch18 2.11 step 4, fact 36 */
function IOC$WAKACP(k: Kernel, ccbAddress: number): void {
  const ccb = CCB.at(k, ccbAddress);
  const deaccess = (ccb.CCB$L_DIRP & ~1) >>> 0;
  ccb.CCB$L_DIRP = 1;
  EXE$QXQPPKT(k, deaccess);
}

export const COMPLETION_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('IOC$IOPOST_STEP', postprocessStep),
  jsbRoutine('BUFPOST', BUFPOST),
  jsbRoutine('DIRPOST', DIRPOST),
  jsbRoutine('COM$POST', (k) => { COM$POST(k, k.register(3)); }),
  jsbRoutine('IOC$REQCOM', (k) => {
    IOC$REQCOM(k, k.register(5), k.register(0), k.register(1));
  }),
];

