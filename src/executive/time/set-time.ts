import { PR$_TODR } from '../../emulator/processor-registers.js';
import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import { absoluteTime, numericTime } from '../information/time.js';
import type { Kernel } from '../kernel.js';
import { hasPrivilege } from '../process/pid.js';
import { PRV$V_LOG_IO, PRV$V_OPER } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_IVTIME, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { readQuad } from '../structures/memory.js';
import { TQE } from '../structures/tqe.js';
import { TICK } from './queue.js';

/** TODR value of 1 January 00:00; its unit is a tick of 10 ms. */
export const TODR_BASE = 0x1000_0000;
const TICKS_A_DAY = 24 * 60 * 60 * 100;

/** System time of the beginning of the year that `time` lies in. */
function startOfYear(time: bigint): bigint {
  return absoluteTime({ ...numericTime(time), month: 1, day: 1, hour: 0, minute: 0, second: 0, hundredth: 0 });
}

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
    const clock = k.cpu.readPR(PR$_TODR) >>> 0;
    if (sys.EXE$GL_TODR - clock > TICKS_A_DAY) return SS$_IVTIME;
    sys.EXE$GQ_SYSTIME = sys.EXE$GQ_TODCBASE + BigInt(clock - sys.EXE$GL_TODR) * TICK;
  } else {
    const clock = TODR_BASE + Number((time - startOfYear(time)) / TICK);
    k.cpu.writePR(PR$_TODR, clock);
    sys.EXE$GL_TODR = clock;
    sys.EXE$GQ_TODCBASE = time;
    sys.EXE$GQ_SYSTIME = time;
  }
  moveRelativeTimers(k, sys.EXE$GQ_SYSTIME - old);
  return SS$_NORMAL;
}

/**
 * $SETIME [timadr] - set the system time, or recalibrate it from the time-of-year clock. Uptime is not touched.
 *
 * The base cells are not written back to SYS.EXE: the image is not on the disk.
 * @param timadr  caller's address of an absolute time, or 0
 * @returns SS$_NORMAL; SS$_NOPRIV needs OPER and LOG_IO; SS$_ACCVIO; SS$_IVTIME
 * @source book 11.3; digest ch11 2.4
 */
const setime = kernelService('$SETIME', (k, timadr) => {
  const pcb = k.pcb.address;
  if (!hasPrivilege(k, pcb, PRV$V_OPER) || !hasPrivilege(k, pcb, PRV$V_LOG_IO)) return SS$_NOPRIV;
  if (timadr !== 0 && !k.callerCanRead(timadr!, 8)) return SS$_ACCVIO;
  const time = timadr === 0 ? 0n : readQuad(k, timadr!);
  return BigInt.asIntN(64, time) < 0n ? SS$_IVTIME : EXE$SETIME_INT(k, time);
});

export const SET_TIME_ROUTINES: readonly Microroutine[] = [setime];
