import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { ERL$WAKE } from '../exceptions/error-log.js';
import type { Kernel } from '../kernel.js';
import { checkLockTimeouts } from '../locks/deadlock.js';
import { SCH$RAVAIL } from '../scheduling/resources.js';
import { insertComputable, removeComputable } from '../scheduling/queues.js';
import { makeComputable, SCH$SWPWAKE } from '../scheduling/rse.js';
import { CRB, DDB } from '../structures/device.js';
import { FKB } from '../structures/fork.js';
import { PCB } from '../structures/pcb.js';
import { RSN$_MAILBOX, RSN$_NPDYNMEM, RSN$_PGDYNMEM, SCH$C_COM, SCH$C_COMO, SCH$C_CUR } from '../structures/sch.js';
import { UCB } from '../structures/ucb.js';

/*
 * The steps of EXE$TIMEOUT (time.mar). Not done: memory error reporting, MONITOR's queue
 * samples. @source book 11.5.3; digest ch11 2.9
 */

function secondPassed(k: Kernel): void {
  SCH$SWPWAKE(k);
  k.sys.EXE$GL_ABSTIM += 1;
  ERL$WAKE(k);
}

/** Units of all controllers. */
function* units(k: Kernel): Generator<ReturnType<typeof UCB.at>, void, undefined> {
  for (let ddb = k.readLong(k.symbol('IOC$GL_DEVLIST')); ddb !== 0; ddb = DDB.at(k, ddb).DDB$L_LINK) {
    for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0;) {
      const unit = UCB.at(k, ucb);
      yield unit;
      ucb = unit.UCB$L_LINK;
    }
  }
}

/**
 * The next unit whose device has not interrupted in time. The word before its fork PC is the displacement, from that word, of the
 * driver's timeout routine, as the wait-for-interrupt macro leaves it. The interrupt is no longer expected, and IPL is device IPL.
 */
function nextDevice(k: Kernel): void {
  const uptime = k.sys.EXE$GL_ABSTIM;
  for (const unit of units(k)) {
    if (unit.UCB$V_TIM === 0 || unit.UCB$L_DUETIM > uptime) continue;
    unit.UCB$V_TIM = 0;
    unit.UCB$V_INT = 0;
    unit.UCB$V_TIMOUT = 1;
    const word = unit.UCB$L_FPC - 2;
    k.setRegister(0, word + ((k.readWord(word) << 16) >> 16));
    k.setRegister(3, unit.UCB$L_FR3);
    k.setRegister(4, unit.UCB$L_FR4);
    k.setRegister(5, unit.address);
    k.ipl = unit.UCB$B_DIPL;
    return;
  }
  k.jump(k.symbol('TMO_CONTROLLERS'));
}

/** The next controller whose due time has come, behind the one noted on the stack. */
function nextController(k: Kernel): void {
  const cursor = k.register(14);
  for (let crb = CRB.at(k, k.readLong(cursor)).CRB$L_TIMELINK; crb !== 0; crb = CRB.at(k, crb).CRB$L_TIMELINK) {
    const controller = CRB.at(k, crb);
    if (controller.CRB$L_DUETIME > k.sys.EXE$GL_ABSTIM) continue;
    k.writeLong(cursor, crb);
    k.setRegister(3, crb);
    k.setRegister(0, controller.CRB$L_TOUTROUT);
    return;
  }
  k.jump(k.symbol('TMO_FORKS'));
}

/** Only the fork blocks that wait now are resumed; one that waits again does so for a second. */
function countForks(k: Kernel): void {
  k.writeLong(k.register(14), [...k.queueEntries(k.symbol('EXE$GL_FKWAITFL'))].length);
}

function nextFork(k: Kernel): void {
  const stack = k.register(14);
  const left = k.readLong(stack);
  const block = left === 0 ? undefined : k.removeHead(k.symbol('EXE$GL_FKWAITFL'));
  if (block === undefined) {
    k.jump(k.symbol('TMO_END'));
    return;
  }
  k.writeLong(stack, left - 1);
  const fkb = FKB.at(k, block);
  k.setRegister(3, fkb.FKB$L_FR3);
  k.setRegister(4, fkb.FKB$L_FR4);
  k.setRegister(5, block);
  k.ipl = fkb.FKB$B_FIPL;
}

/** Internal priorities from here on are time-sharing. */
const FIRST_NORMAL = 16;

/** The best internal priority among time-sharing processes that could run; undefined when there is none but the null process. */
function bestNormalPriority(k: Kernel): number | undefined {
  const normal = (k.sys.SCH$GL_COMQS & 0xffff_0000) >>> 0;
  const best = normal === 0 ? 32 : 31 - Math.clz32(normal & -normal);
  const current = k.pcb;
  const mine = current.PCB$W_STATE === SCH$C_CUR && current.PCB$B_PRI >= FIRST_NORMAL ? current.PCB$B_PRI : 32;
  const result = Math.min(best, mine);
  return result > 31 ? undefined : result;
}

/**
 * Raises computable time-sharing processes that a better one keeps from running: PIXSCAN entries of the PCB vector a second, all round.
 *
 * choice: the place to go on from follows from the uptime; the book names no cell for it.
 * @source book 11.5.3 step 10
 */
function boostStarving(k: Kernel): void {
  const sys = k.sys;
  const best = bestNormalPriority(k);
  if (best === undefined) return;
  const slots = sys.SCH$GL_MAXPIX + 1;
  const width = Math.min(sys.SGN$GW_PIXSCAN, slots);
  const nullPcb = k.symbol('SCH$GL_NULLPCB');
  for (let step = 0; step < width; step += 1) {
    const index = (sys.EXE$GL_ABSTIM * width + step) % slots;
    const address = k.readLong(sys.SCH$GL_PCBVEC + 4 * index);
    if (address === nullPcb) continue;
    const pcb = PCB.at(k, address);
    const state = pcb.PCB$W_STATE;
    if ((state !== SCH$C_COM && state !== SCH$C_COMO) || pcb.PCB$B_PRI <= best) continue;
    removeComputable(k, address);
    pcb.PCB$B_PRI = best;
    if (state === SCH$C_COM) makeComputable(k, address, state);
    else insertComputable(k, address, state);
  }
}

function lastSteps(k: Kernel): void {
  checkLockTimeouts(k);
  boostStarving(k);
  SCH$RAVAIL(k, RSN$_NPDYNMEM);
  SCH$RAVAIL(k, RSN$_PGDYNMEM);
  SCH$RAVAIL(k, RSN$_MAILBOX);
}

export const TIMEOUT_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('TMO_SECOND', secondPassed),
  inlineRoutine('TMO_DEVICE', nextDevice),
  inlineRoutine('TMO_CRB', nextController),
  inlineRoutine('TMO_COUNT_FORKS', countForks),
  inlineRoutine('TMO_FORK', nextFork),
  inlineRoutine('TMO_LAST', lastSteps),
];
