import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$ALLOCBUF } from '../pool/typed.js';
import { SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { IRP } from '../structures/irp.js';
import { checkByteQuota, checkBuffer, EXE$ABORTIO, EXE$FINISHIO, EXE$FINISHIOC, senseMode } from './fdt-support.js';

/**
 * What the FDT routines of drivers in VAX code use (SYSGEN LOAD), with the registers of the book: R3 IRP, R4 PCB, R5 UCB, R6 CCB, R7 function code,
 * AP at P1. EXE$QIODRVPKT, EXE$ALTQUEPKT and EXE$QIORETURN are in qio.mar; IOC$REQCOM, COM$POST and ERL$DEVICERR are for fork processes.
 *
 * @source book 18.3.2; digest ch18 2.7; Writing a Device Driver for VAX/VMS (V4), the registers of each
 */
type Irp = ReturnType<typeof IRP.at>;

const request = (k: Kernel): Irp => IRP.at(k, k.register(3));

/** R0 buffer, R1 bytes. The request is aborted with SS$_ACCVIO when the caller may not use it so; else R2 is 1 for a read, 0 for a write. */
function checked(k: Kernel, isRead: boolean): void {
  const status = checkBuffer(k, request(k), k.register(0), k.register(1), isRead);
  if (status !== SS$_NORMAL) EXE$ABORTIO(k, request(k), status);
  else {
    request(k).IRP$L_BCNT = k.register(1);
    k.setRegister(2, isRead ? 1 : 0);
  }
}

/** R1 bytes, header included: R0 the status, R2 the buffer. The process waits for pool when it may. */
function allocated(k: Kernel): void {
  const buffer = EXE$ALLOCBUF(k, k.register(1));
  k.setRegister(2, buffer);
  k.setRegister(0, buffer === 0 ? SS$_INSFMEM : SS$_NORMAL);
}

export const DRIVER_ENTRY_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('EXE$ABORTIO', (k) => { EXE$ABORTIO(k, request(k), k.register(0)); }),
  jsbRoutine('EXE$FINISHIO', (k) => { EXE$FINISHIO(k, request(k), k.register(0), k.register(1)); }),
  jsbRoutine('EXE$FINISHIOC', (k) => { EXE$FINISHIOC(k, request(k), k.register(0)); }),
  jsbRoutine('EXE$READCHK', (k) => { checked(k, true); }),
  jsbRoutine('EXE$WRITECHK', (k) => { checked(k, false); }),
  jsbRoutine('EXE$BUFFRQUOTA', (k) => { k.setRegister(0, checkByteQuota(k, request(k), k.register(1))); }),
  jsbRoutine('EXE$ALLOCBUF', allocated),
  jsbRoutine('EXE$SENSEMODE', senseMode),
];
