import { PR$_ASTLVL } from '../../emulator/processor-registers.js';
import { RoutineLeft } from '../gate/leave.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_EXQUOTA, SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { DYN$C_BUFIO } from '../structures/dyn.js';
import { BUFIO, BUFIO$K_HDRSIZ, IRP } from '../structures/irp.js';
import { JIB } from '../structures/jib.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { CHMK_LENGTH } from '../scheduling/rse.js';
import { RSN$_ASTWAIT, RSN$_NPDYNMEM } from '../structures/sch.js';
import { UCB } from '../structures/ucb.js';
import { CCB } from '../structures/device.js';
import { queueForPost, type RequestPacket } from './completion.js';

/**
 * What FDT routines work with, and the ways out of them (module SYSQIOREQ). An FDT routine runs in the requester's context at IPL 2
 * with R3 IRP, R4 PCB, R5 UCB, R6 CCB, R7 function code, AP at P1. It returns to let the search through the table go on, or ends the
 * service by one of the exits here - call them last. @source book 18.3.2; digest ch18 2.7
 */

export interface FdtContext {
  readonly irp: RequestPacket;
  readonly ucb: ReturnType<typeof UCB.at>;
  readonly ccb: ReturnType<typeof CCB.at>;
  /** Function code without modifiers. */
  readonly code: number;
  /** P1 (number 1) to P6. */
  parameter(number: number): number;
}

export function fdtContext(k: Kernel): FdtContext {
  const parameters = k.register(12);
  return {
    irp: IRP.at(k, k.register(3)),
    ucb: UCB.at(k, k.register(5)),
    ccb: CCB.at(k, k.register(6)),
    code: k.register(7),
    parameter: (number) => k.readLong(parameters + 4 * (number - 1)),
  };
}

/** Ends the service with `status` in R0, IPL back to 0. */
export function exitService(k: Kernel, status: number): void {
  k.setRegister(0, status);
  k.jump(k.symbol('EXE$QIO_EXIT'));
}

/**
 * EXE$ABORTIO: the request failed in its FDT routine. It goes through postprocessing for its quotas, but nothing is stored and no AST
 * is given; the status is that of the service. @source digest ch18 2.7 (b), fact 28
 */
export function EXE$ABORTIO(k: Kernel, irp: RequestPacket, status: number): void {
  irp.IRP$L_IOSB = 0;
  if (irp.IRP$V_QUOTA !== 0) {
    irp.IRP$V_QUOTA = 0;
    k.pcb.PCB$W_ASTCNT = k.pcb.PCB$W_ASTCNT + 1;
  }
  irp.IRP$V_FUNC = 0;
  irp.IRP$L_BCNT = 0;
  queueForPost(k, irp.address);
  exitService(k, status);
}

/** EXE$FINISHIO: the request is done; R0 and R1 are its status quadword, the service succeeds. @source digest ch18 2.7 (c), fact 29 */
export function EXE$FINISHIO(k: Kernel, irp: RequestPacket, r0: number, r1: number): void {
  const ucb = UCB.at(k, irp.IRP$L_UCB);
  ucb.UCB$L_OPCNT = ucb.UCB$L_OPCNT + 1;
  irp.IRP$L_IOST1 = r0;
  irp.IRP$L_IOST2 = r1;
  queueForPost(k, irp.address);
  exitService(k, SS$_NORMAL);
}

/** EXE$FINISHIOC: the same with a zero second longword. */
export function EXE$FINISHIOC(k: Kernel, irp: RequestPacket, r0: number): void {
  EXE$FINISHIO(k, irp, r0, 0);
}

/** FDT routine of IO$_SENSEMODE and IO$_SENSECHAR: class, type, buffer size and characteristics into the quadword at P1, if there is one; the last also in the IOSB. */
export function senseMode(k: Kernel): void {
  const { irp, ucb, parameter } = fdtContext(k);
  const address = parameter(1);
  if (address !== 0) {
    if (!k.callerCanWrite(address, 8)) return EXE$ABORTIO(k, irp, SS$_ACCVIO);
    k.writeByte(address, ucb.UCB$B_DEVCLASS);
    k.writeByte(address + 1, ucb.UCB$B_DEVTYPE);
    k.writeWord(address + 2, ucb.UCB$W_DEVBUFSIZ);
    k.writeLong(address + 4, ucb.UCB$L_DEVDEPEND);
  }
  EXE$FINISHIO(k, irp, SS$_NORMAL, ucb.UCB$L_DEVDEPEND);
}

/** EXE$QIODRVPKT: to the driver, or into the queue of its unit. */
export function EXE$QIODRVPKT(k: Kernel): void { k.jump(k.symbol('EXE$QIODRVPKT')); }

/** EXE$ALTQUEPKT: to the driver's alternate start I/O routine, whether it is busy or not. */
export function EXE$ALTQUEPKT(k: Kernel): void { k.jump(k.symbol('EXE$ALTQUEPKT')); }

/** EXE$QIORETURN: the driver keeps the request; the service succeeds. */
export function EXE$QIORETURN(k: Kernel): void { exitService(k, SS$_NORMAL); }

/**
 * EXE$IORSNWAIT: takes the request back and lets the process wait for a resource; the service then starts again. Does not return.
 *
 * @param resource  RSN$_ number
 */
export function EXE$IORSNWAIT(k: Kernel, irp: RequestPacket, resource: number): never {
  withdrawRequest(k, irp);
  if (resource === RSN$_ASTWAIT && k.cpu.readPR(PR$_ASTLVL) === 0) restartService(k);
  k.ipl = 0;
  return SCH$RWAIT(k, resource);
}

/**
 * Runs the service again from its CHMK without a wait: a kernel AST that IPL 2 held back is what the wait would be for, and it is
 * delivered on the way. Does not return. @source digest ch18 fact 18
 */
function restartService(k: Kernel): never {
  const frame = k.register(13);
  const maskLong = k.readLong(frame + 4);
  let end = frame + 20 + (maskLong >>> 30);
  for (let register = 0; register < 12; register += 1) if ((maskLong & (1 << (16 + register))) !== 0) end += 4;
  k.writeLong(end, k.readLong(end) - CHMK_LENGTH);
  exitService(k, SS$_NORMAL);
  throw new RoutineLeft('the service starts again');
}

/** Undoes what EXE$QIO did for a request: quotas, the count of the channel, the IRP. */
export function withdrawRequest(k: Kernel, irp: RequestPacket): void {
  const pcb = k.pcb;
  const ccb = CCB.at(k, k.p1.CTL$GL_CCBBASE - irp.IRP$W_CHAN);
  ccb.CCB$W_IOC = ccb.CCB$W_IOC - 1;
  if (irp.IRP$V_BUFIO !== 0) {
    pcb.PCB$W_BIOCNT = pcb.PCB$W_BIOCNT + 1;
    const jib = JIB.at(k, pcb.PCB$L_JIB);
    jib.JIB$L_BYTCNT = jib.JIB$L_BYTCNT + irp.IRP$W_BOFF;
  } else pcb.PCB$W_DIOCNT = pcb.PCB$W_DIOCNT + 1;
  if (irp.IRP$V_QUOTA !== 0) pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT + 1;
  EXE$DEANONPAGED(k, irp.address);
}

/**
 * Allocates the system buffer of a buffered request and charges its size to the job (EXE$BUFFRQUOTA, EXE$ALLOCBUF). Short of quota
 * or pool, the process waits if it may (the request is withdrawn and the service starts again).
 *
 * @param size  bytes, header included
 * @returns the block; or a failure status in the negative: the caller aborts the request with it
 */
export function allocateSystemBuffer(k: Kernel, irp: RequestPacket, size: number, type: number = DYN$C_BUFIO): { buffer: number; status: number } {
  const status = checkByteQuota(k, irp, size);
  if (status !== SS$_NORMAL) return { buffer: 0, status };
  const buffer = allocateBlock(k, size, type);
  if (buffer === 0) {
    if (k.pcb.PCB$V_SSRWAIT === 0) EXE$IORSNWAIT(k, irp, RSN$_NPDYNMEM);
    return { buffer: 0, status: SS$_INSFMEM };
  }
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  jib.JIB$L_BYTCNT = jib.JIB$L_BYTCNT - size;
  irp.IRP$W_BOFF = size;
  irp.IRP$L_SVAPTE = buffer;
  return { buffer, status: SS$_NORMAL };
}

/** EXE$BUFFRQUOTA: whether the job has byte quota for a buffer. Short of it, the process waits if it may. @returns SS$_NORMAL, SS$_EXQUOTA */
export function checkByteQuota(k: Kernel, irp: RequestPacket, size: number): number {
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  if (size <= jib.JIB$L_BYTCNT && size <= jib.JIB$L_BYTLM) return SS$_NORMAL;
  if (size <= jib.JIB$L_BYTLM && k.pcb.PCB$V_SSRWAIT === 0) EXE$IORSNWAIT(k, irp, RSN$_ASTWAIT);
  return SS$_EXQUOTA;
}

/** A buffered-read buffer with its standard header: data behind it, to go to `userAddress`. */
export function allocateReadBuffer(k: Kernel, irp: RequestPacket, userAddress: number, length: number): { buffer: number; status: number } {
  const result = allocateSystemBuffer(k, irp, BUFIO$K_HDRSIZ + length);
  if (result.buffer !== 0) {
    const header = BUFIO.at(k, result.buffer);
    header.BUFIO$L_PKTDATA = result.buffer + BUFIO$K_HDRSIZ;
    header.BUFIO$L_USRVA = userAddress;
  }
  return result;
}

/**
 * EXE$READCHK and EXE$WRITECHK: whether the caller may write into its read buffer, read from its write buffer.
 *
 * @returns SS$_NORMAL, SS$_ACCVIO
 */
export function checkBuffer(k: Kernel, irp: RequestPacket, address: number, length: number, isRead: boolean): number {
  if (isRead) irp.IRP$V_FUNC = 1;
  const accessible = isRead ? k.callerCanWrite(address, length) : k.callerCanRead(address, length);
  return accessible ? SS$_NORMAL : SS$_ACCVIO;
}
