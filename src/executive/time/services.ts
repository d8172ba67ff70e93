import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { EXE$ALLOCTQE } from '../pool/typed.js';
import { SCH$CLREF } from '../process/event-flags.js';
import { EXE$NAMPID } from '../process/pid.js';
import { SS$_ACCVIO, SS$_EXQUOTA, SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB$M_QUOTA } from '../structures/acb.js';
import { JIB } from '../structures/jib.js';
import { readQuad, writeQuad } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { TQE, TQE$C_TMSNGL, TQE$C_WKSNGL } from '../structures/tqe.js';
import { releaseWakeup } from './expiry.js';
import { EXE$INSTIMQ, EXE$RMVTIMQ, TICK } from './queue.js';

const quotaLeft = (count: number): boolean => count !== 0 && count < 0x8000;

/** A caller's time: negative is relative to now. */
function dueTime(k: Kernel, time: bigint): { readonly due: bigint; readonly isAbsolute: boolean } {
  const signed = BigInt.asIntN(64, time);
  return signed < 0n ? { due: k.sys.EXE$GQ_SYSTIME - signed, isAbsolute: false } : { due: time, isAbsolute: true };
}

/**
 * $SETIMR [efn],daytim,[astadr],[reqidt] - at a time, set an event flag and deliver an AST.
 *
 * @param efn     event flag, cleared before anything is checked
 * @param daytim  caller's address of a quadword: absolute time, or negative for a delta
 * @param reqidt  AST parameter, and what $CANTIM knows the request by
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_EXQUOTA; SS$_INSFMEM; SS$_ILLEFC; SS$_UNASEFC
 * @source book 11.4.2; digest ch11 2.5
 */
const setimr = kernelService('$SETIMR', (k, efn, daytim, astadr, reqidt) => {
  const pcb = k.pcb;
  const cleared = SCH$CLREF(k, pcb.address, efn!);
  if ((cleared & 1) === 0) return cleared;
  if (!k.callerCanRead(daytim!, 8)) return SS$_ACCVIO;
  const jib = JIB.at(k, pcb.PCB$L_JIB);
  const wantsAst = astadr !== 0;
  if (!quotaLeft(jib.JIB$W_TQCNT) || (wantsAst && !quotaLeft(pcb.PCB$W_ASTCNT))) return SS$_EXQUOTA;
  const { due, isAbsolute } = dueTime(k, readQuad(k, daytim!));
  const block = EXE$ALLOCTQE(k);
  if (block === 0) return SS$_INSFMEM;
  jib.JIB$W_TQCNT -= 1;
  if (wantsAst) pcb.PCB$W_ASTCNT -= 1;
  const tqe = TQE.at(k, block);
  tqe.TQE$B_RQTYPE = TQE$C_TMSNGL;
  tqe.TQE$V_ABSOLUTE = isAbsolute ? 1 : 0;
  tqe.TQE$L_PID = pcb.PCB$L_PID;
  tqe.TQE$L_RQPID = pcb.PCB$L_PID;
  tqe.TQE$L_AST = astadr!;
  tqe.TQE$L_ASTPRM = reqidt!;
  tqe.TQE$B_EFN = efn!;
  tqe.TQE$B_RMOD = k.callerMode | (wantsAst ? ACB$M_QUOTA : 0);
  EXE$INSTIMQ(k, block, due);
  return SS$_NORMAL;
});

/** Cancels a process's $SETIMR requests of `mode` and less privileged modes; `id` 0 means all. Quotas go back. */
export function cancelTimers(k: Kernel, pcbAddress: number, mode: number, id: number): void {
  const pcb = PCB.at(k, pcbAddress);
  const pid = pcb.PCB$L_PID;
  const removed = EXE$RMVTIMQ(k, (tqe) => tqe.TQE$V_KIND === TQE$C_TMSNGL && tqe.TQE$L_PID === pid
    && tqe.TQE$V_MODE >= mode && tqe.TQE$L_RQPID === pid && (id === 0 || tqe.TQE$L_ASTPRM === id));
  for (const address of removed) {
    JIB.at(k, pcb.PCB$L_JIB).JIB$W_TQCNT += 1;
    if (TQE.at(k, address).TQE$V_QUOTA !== 0) pcb.PCB$W_ASTCNT += 1;
    EXE$DEANONPAGED(k, address);
  }
}

/**
 * $CANTIM [reqidt],[acmode] - cancel the caller's own timer requests.
 *
 * @param reqidt  0 for all
 * @returns SS$_NORMAL always
 * @source book 11.4.3; digest ch11 2.5
 */
const cantim = kernelService('$CANTIM', (k, reqidt, acmode) => {
  cancelTimers(k, k.pcb.address, Math.max(acmode! & 3, k.callerMode), reqidt!);
  return SS$_NORMAL;
});

/**
 * $SCHDWK [pidadr],[prcnam],daytim,[reptim] - wake a process at a time, and again every `reptim`.
 *
 * @param reptim  caller's address of a quadword, a delta time; less than 10 ms counts as 10 ms; 0 or none for once
 * @returns SS$_NORMAL; SS$_NONEXPR; SS$_NOPRIV; SS$_EXQUOTA (ASTLM of the caller); SS$_ACCVIO; SS$_INSFMEM; SS$_IVLOGNAM
 * @source book 11.4.4; digest ch11 2.6
 */
const schdwk = kernelService('$SCHDWK', (k, pidadr, prcnam, daytim, reptim) => {
  if (!k.callerCanRead(daytim!, 8)) return SS$_ACCVIO;
  if (reptim !== 0 && !k.callerCanRead(reptim!, 8)) return SS$_ACCVIO;
  const requester = k.pcb;
  const ipl = k.ipl;
  const { status, pcb: target } = EXE$NAMPID(k, pidadr!, prcnam!);
  if (target === 0) return status;
  if (!quotaLeft(requester.PCB$W_ASTCNT)) {
    k.ipl = ipl;
    return SS$_EXQUOTA;
  }
  const { due, isAbsolute } = dueTime(k, readQuad(k, daytim!));
  const interval = reptim === 0 ? 0n : BigInt.asIntN(64, readQuad(k, reptim!));
  const length = interval < 0n ? -interval : interval;
  const block = EXE$ALLOCTQE(k);
  if (block === 0) {
    k.ipl = ipl;
    return SS$_INSFMEM;
  }
  requester.PCB$W_ASTCNT -= 1;
  const tqe = TQE.at(k, block);
  tqe.TQE$B_RQTYPE = TQE$C_WKSNGL;
  tqe.TQE$V_ABSOLUTE = isAbsolute ? 1 : 0;
  if (length !== 0n) {
    tqe.TQE$V_REPEAT = 1;
    tqe.TQE$Q_DELTA = length < TICK ? TICK : length;
  }
  tqe.TQE$L_PID = PCB.at(k, target).PCB$L_PID;
  tqe.TQE$L_RQPID = requester.PCB$L_PID;
  tqe.TQE$B_RMOD = k.callerMode;
  EXE$INSTIMQ(k, block, due);
  k.ipl = ipl;
  return SS$_NORMAL;
});

/** Cancels every scheduled wakeup of a process, whoever asked for it. */
export function cancelWakeups(k: Kernel, pcbAddress: number): void {
  const pid = PCB.at(k, pcbAddress).PCB$L_PID;
  const removed = EXE$RMVTIMQ(k, (tqe) => tqe.TQE$V_KIND === TQE$C_WKSNGL && tqe.TQE$L_PID === pid);
  for (const address of removed) releaseWakeup(k, TQE.at(k, address));
}

/** $CANWAK [pidadr],[prcnam] - SS$_NORMAL, SS$_NONEXPR, SS$_NOPRIV, SS$_IVLOGNAM, SS$_ACCVIO. @source digest ch11 2.6 */
const canwak = kernelService('$CANWAK', (k, pidadr, prcnam) => {
  const ipl = k.ipl;
  const { status, pcb } = EXE$NAMPID(k, pidadr!, prcnam!);
  if (pcb === 0) return status;
  cancelWakeups(k, pcb);
  k.ipl = ipl;
  return SS$_NORMAL;
});

/** $GETTIM timadr - the system time quadword. SS$_NORMAL, SS$_ACCVIO. */
const gettim = kernelService('$GETTIM', (k, timadr) => {
  if (!k.callerCanWrite(timadr!, 8)) return SS$_ACCVIO;
  writeQuad(k, timadr!, k.sys.EXE$GQ_SYSTIME);
  return SS$_NORMAL;
});

export const TIMER_SERVICES: readonly Microroutine[] = [setimr, cantim, schdwk, canwak, gettim];
