import { PCB } from '../structures/pcb.js';
import { SS$_NORMAL, SS$_WASCLR, SS$_WASSET } from '../starlet/ssdef.js';
import { kernelService } from './service.js';

/**
 * $SETSFM [enbflg] - system service failure exceptions for the caller's mode.
 *
 * @param enbflg  1 to enable, 0 to disable
 * @returns SS$_WASSET or SS$_WASCLR: how it was
 * Kernel mode, IPL 0. @source book 9.5.1; digest ch09 2.11
 */
export const EXE$SETSFM = kernelService('$SETSFM', (k, enbflg) => {
  const mask = PCB.mask.PCB$V_SSFEXC << k.callerMode;
  const pcb = k.pcb;
  const was = pcb.PCB$L_STS & mask;
  pcb.PCB$L_STS = enbflg & 1 ? pcb.PCB$L_STS | mask : pcb.PCB$L_STS & ~mask;
  return was ? SS$_WASSET : SS$_WASCLR;
});

/**
 * $SETSSF [mask] - groups of services forbidden to user mode; obeyed when the system was booted with SSINHIBIT.
 *
 * @param mask  bit 0: all but $EXIT; bit 1: all but $EXIT, condition handling and rundown
 * Kernel mode, IPL 0. @source book 9.5.3; digest ch09 2.9
 */
export const EXE$SETSSF = kernelService('$SETSSF', (k, mask) => {
  k.p1.CTL$GB_SSFILTER = mask & 0xff;
  return SS$_NORMAL;
});
