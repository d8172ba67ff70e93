import type { Kernel } from '../kernel.js';
import { DYN$C_TQE } from '../structures/dyn.js';
import { PHD } from '../structures/phd.js';
import { signedWord } from '../scheduling/quantum.js';
import { TQE, TQE$C_SSREPT } from '../structures/tqe.js';

/*
 * The timer queue: timer queue elements in order of expiry on EXE$GL_TQFL. EXE$AL_TQENOREPT is always its last, so it is never empty.
 * Times are absolute system times in units of 100 ns, unsigned. Changed at IPL$_TIMER. @source book 11.4; digest ch11 1.1
 */

/** Units of system time in a clock tick of 10 ms, and in a second. */
export const TICK = 100_000n;
export const SECOND = 10_000_000n;

const NEVER = 0xffff_ffff_ffff_ffffn;

const queueHeader = (k: Kernel): number => k.symbol('EXE$GL_TQFL');

/**
 * Inserts an element in order of time.
 *
 * choice: among equal times the one that was inserted first expires first.
 * @param tqe      element, filled in
 * @param dueTime  system time at which it expires; stored in TQE$Q_TIME
 * @source book 11.4.1; digest ch11 2.5
 */
export function EXE$INSTIMQ(k: Kernel, tqe: number, dueTime: bigint): void {
  TQE.at(k, tqe).TQE$Q_TIME = dueTime;
  const header = queueHeader(k);
  for (const queued of k.queueEntries(header)) {
    if (TQE.at(k, queued).TQE$Q_TIME > dueTime) {
      k.insertQueue(tqe, k.readLong(queued + 4));
      return;
    }
  }
  k.insertTail(tqe, header);
}

/** The requests that `matches` accepts, taken off the queue; what becomes of the blocks is the caller's business. */
export function EXE$RMVTIMQ(k: Kernel, matches: (tqe: ReturnType<typeof TQE.at>) => boolean): number[] {
  const removed = [...k.queueEntries(queueHeader(k))].filter((address) => matches(TQE.at(k, address)));
  for (const address of removed) k.removeQueue(address);
  return removed;
}

/** The first element: the next to expire. */
export function firstTimer(k: Kernel): ReturnType<typeof TQE.at> {
  return TQE.at(k, k.readLong(queueHeader(k)));
}

/**
 * System time at which something will happen by itself, for a host that sleeps while the null process runs: the next timer request,
 * or the end of the null process's quantum when a process of its own priority, 0, is computable.
 *
 * @returns undefined when nothing will
 */
export function nextTimerDue(k: Kernel): bigint | undefined {
  const due = firstTimer(k).TQE$Q_TIME;
  if (k.sys.SCH$GL_COMQS !== 0) {
    const ticksLeft = Math.max(1, -signedWord(PHD.at(k, k.pcb.PCB$L_PHD).PHD$W_QUANT));
    const quantumEnd = k.sys.EXE$GQ_SYSTIME + TICK * BigInt(ticksLeft);
    if (quantumEnd < due) return quantumEnd;
  }
  return due === NEVER ? undefined : due;
}

/** The two permanent elements: EXE$TIMEOUT, first due a second from now, and the end of the queue. INIT calls this once the time is set. */
export function initializeTimerQueue(k: Kernel): void {
  k.initializeQueue(queueHeader(k));
  const last = TQE.at(k, k.symbol('EXE$AL_TQENOREPT'));
  last.TQE$W_SIZE = TQE.size;
  last.TQE$B_TYPE = DYN$C_TQE;
  last.TQE$V_ABSOLUTE = 1;
  EXE$INSTIMQ(k, last.address, NEVER);
  const second = TQE.at(k, k.symbol('devicetim'));
  second.TQE$W_SIZE = TQE.size;
  second.TQE$B_TYPE = DYN$C_TQE;
  second.TQE$B_RQTYPE = TQE$C_SSREPT;
  second.TQE$L_FPC = k.symbol('EXE$TIMEOUT');
  second.TQE$Q_DELTA = SECOND;
  EXE$INSTIMQ(k, second.address, k.sys.EXE$GQ_SYSTIME + SECOND);
}
