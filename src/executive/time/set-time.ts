import { PR$_TODR } from '../../emulator/processor-registers.js';
import { procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
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

/** EXE$READP_TODR. */
export const readTimeOfYear = (k: Kernel): number => k.cpu.readPR(PR$_TODR) >>> 0;

/**
 * EXE$SETIME_INT: sets or recalibrates the system time without recording it.
 *
 * @param time  system time, 0 to recalibrate from the time-of-year clock
 * @returns SS$_NORMAL; SS$_IVTIME the clock has been reset: the recorded time is more than a day later
 * @source book 11.3; digest ch11 2.4
 */
export function EXE$SETIME_INT(k: Kernel, time: bigint): number {
  const sys = k.sys;
  const old = sys.EXE$GQ_SYSTIME;
  if (time === 0n) {
    const clock = readTimeOfYear(k);
    if (sys.EXE$GL_TODR - clock > TICKS_A_DAY) return SS$_IVTIME;
    sys.EXE$GQ_SYSTIME = sys.EXE$GQ_TODCBASE + BigInt(clock - sys.EXE$GL_TODR) * TICK;
    if (clock >= endOfYear(sys.EXE$GQ_TODCBASE)) beginYear(k);
  } else {
    const clock = timeOfYear(time);
    k.cpu.writePR(PR$_TODR, clock);
    sys.EXE$GL_TODR = clock;
    sys.EXE$GQ_TODCBASE = time;
    sys.EXE$GQ_SYSTIME = time;
  }
  moveRelativeTimers(k, sys.EXE$GQ_SYSTIME - old);
  return SS$_NORMAL;
}

/** The clock shows more than a year: it is set to the time since 1 January of this one, or it would overflow. */
function beginYear(k: Kernel): void {
  const now = k.sys.EXE$GQ_SYSTIME;
  const clock = timeOfYear(now);
  k.cpu.writePR(PR$_TODR, clock);
  k.sys.EXE$GL_TODR = clock;
  k.sys.EXE$GQ_TODCBASE = startOfYear(now) + BigInt(clock - TODR_BASE) * TICK;
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
  const status = EXE$SETIME_INT(k, time);
  return status & 1 ? yield* recordTimeBase(p) : status;
});

export const SET_TIME_ROUTINES: readonly Microroutine[] = [setime];
