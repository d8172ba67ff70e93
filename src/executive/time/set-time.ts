import { inlineRoutine, procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import type { Kernel } from '../kernel.js';
import { hasPrivilege } from '../process/pid.js';
import { PRV$V_LOG_IO, PRV$V_OPER } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_IVTIME, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { readQuad } from '../structures/memory.js';
import { TQE } from '../structures/tqe.js';
import { TICK } from './queue.js';
import { recordTimeBase } from './record-base.js';
import { endOfYear, startOfYear, timeOfYear, TODR_BASE } from './time-of-year.js';

export { TODR_BASE };
const TICKS_A_DAY = 24 * 60 * 60 * 100;

/** Requests for a time from now on move with the clock; requests for a time of day stay. */
function moveRelativeTimers(k: Kernel, change: bigint): void {
  for (const address of k.queueEntries(k.symbol('EXE$GL_TQFL'))) {
    const tqe = TQE.at(k, address);
    if (tqe.TQE$V_ABSOLUTE === 0) tqe.TQE$Q_TIME += change;
  }
  sortQueue(k);
}

/** Relative and absolute requests may have changed places. */
function sortQueue(k: Kernel): void {
  const header = k.symbol('EXE$GL_TQFL');
  const elements = [...k.queueEntries(header)].map((address) => ({ address, time: TQE.at(k, address).TQE$Q_TIME }));
  elements.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  k.initializeQueue(header);
  for (const { address } of elements) k.insertTail(address, header);
}

/** What a new system time asks of the time-of-year clock. */
interface TimeSet {
  /** SS$_NORMAL; SS$_IVTIME the clock has been reset: the recorded time is more than a day later */
  readonly status: number;
  /** What the clock must be set to; undefined when it may go on. */
  readonly clock?: number;
}

/**
 * Sets or recalibrates the system time and the base cells.
 *
 * @param time  system time, 0 to recalibrate from the time-of-year clock
 * @param clock  what the time-of-year clock shows
 * @source book 11.3; digest ch11 2.4
 */
export function setSystemTime(k: Kernel, time: bigint, clock: number): TimeSet {
  const sys = k.sys;
  const old = sys.EXE$GQ_SYSTIME;
  let set: number | undefined;
  if (time === 0n) {
    if (sys.EXE$GL_TODR - clock > TICKS_A_DAY) return { status: SS$_IVTIME };
    sys.EXE$GQ_SYSTIME = sys.EXE$GQ_TODCBASE + BigInt(clock - sys.EXE$GL_TODR) * TICK;
    if (clock >= endOfYear(sys.EXE$GQ_TODCBASE)) set = beginYear(k);
  } else {
    set = sys.EXE$GL_TODR = timeOfYear(time);
    sys.EXE$GQ_TODCBASE = time;
    sys.EXE$GQ_SYSTIME = time;
  }
  moveRelativeTimers(k, sys.EXE$GQ_SYSTIME - old);
  return set === undefined ? { status: SS$_NORMAL } : { status: SS$_NORMAL, clock: set };
}

/** The clock shows more than a year: it is to be set to the time since 1 January of this one, or it would overflow. */
function beginYear(k: Kernel): number {
  const now = k.sys.EXE$GQ_SYSTIME;
  const clock = timeOfYear(now);
  k.sys.EXE$GL_TODR = clock;
  k.sys.EXE$GQ_TODCBASE = startOfYear(now) + BigInt(clock - TODR_BASE) * TICK;
  return clock;
}

/** The inner part of EXE$SETIME_INT (time.mar): R0 the clock, R2 and R3 the time; R1 becomes the status, and R2 set when R0 is to be written to the clock. */
const setime_int = inlineRoutine('TIM_SETIME', (k) => {
  const { status, clock } = setSystemTime(k, BigInt(k.register(3) >>> 0) << 32n | BigInt(k.register(2) >>> 0), k.register(0) >>> 0);
  k.setRegister(1, status);
  k.setRegister(2, clock === undefined ? 0 : 1);
  if (clock !== undefined) k.setRegister(0, clock);
});

/**
 * EXE$SETIME_INT: sets or recalibrates the system time without recording it. The time-of-year clock is read and written through EXE$READ_TODR and
 * EXE$WRITE_TODR of the processor's SYSLOA image.
 *
 * @param time  system time, 0 to recalibrate from the time-of-year clock
 * @returns SS$_NORMAL; SS$_IVTIME the clock has been reset
 * @source book 11.3; digest ch11 2.4
 */
export function* EXE$SETIME_INT(p: Procedure, time: bigint): Flow<number> {
  return yield* p.call(p.kernel.symbol('EXE$SETIME_INT'), Number(time & 0xffffffffn), Number(time >> 32n));
}

/**
 * $SETIME [timadr] - set the system time, or recalibrate it from the time-of-year clock, and record the base cells in SYS.EXE on the
 * system disk. Uptime is not touched.
 *
 * @param timadr  caller's address of an absolute time, or 0
 * @returns SS$_NORMAL; SS$_NOPRIV needs OPER and LOG_IO; SS$_ACCVIO; SS$_IVTIME; the error of the disk: the time is set but not recorded
 * @source book 11.3; digest ch11 2.4
 */
const setime = procedure('EXE$SETIME', function* (p: Procedure): Flow<number> {
  const k = p.kernel;
  const pcb = k.pcb.address;
  const timadr = p.argument(1);
  if (!hasPrivilege(k, pcb, PRV$V_OPER) || !hasPrivilege(k, pcb, PRV$V_LOG_IO)) return SS$_NOPRIV;
  if (timadr !== 0 && !k.callerCanRead(timadr, 8)) return SS$_ACCVIO;
  const time = timadr === 0 ? 0n : readQuad(p.memory, timadr);
  if (BigInt.asIntN(64, time) < 0n) return SS$_IVTIME;
  const status = yield* EXE$SETIME_INT(p, time);
  return status & 1 ? yield* recordTimeBase(p) : status;
});

export const SET_TIME_ROUTINES: readonly Microroutine[] = [setime, setime_int];
