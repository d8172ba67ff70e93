import { callRoutine } from '../../executive/gate/microroutine.js';
import type { Kernel } from '../../executive/kernel.js';
import { FAULT_COUNTERS } from '../../executive/memory/fault-counts.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { PCB } from '../../executive/structures/pcb.js';
import { PHD } from '../../executive/structures/phd.js';
import { SCH_STATE_NAMES } from '../../executive/structures/sch.js';

/** What MONITOR reads in kernel mode: counters of the executive, and how many processes there are in each state. @source book appendix C, PMS cells */
const USER = 3;

/** Ticks of 10 ms by access mode, in the order of PMS$GL_KERNEL. */
export const MODES = ['kernel', 'executive', 'supervisor', 'user', 'interrupt', 'compatibility'] as const;

/** Counters that only grow. */
export const COUNTERS = [
  'directIo', 'bufferedIo', 'logicalNames', 'mailboxReads', 'mailboxWrites', 'opens', 'windowHits', 'windowTurns', 'contextLoads', 'changeKernel', 'changeExecutive', 'newLocks', 'dequeues', ...FAULT_COUNTERS,
] as const;
export type Counter = (typeof COUNTERS)[number];

/** Figures of now. */
export const LEVELS = ['free', 'modified', 'processes', 'idle', 'filesOpen'] as const;

export const STATES = SCH_STATE_NAMES.length;
export const FIGURES = MODES.length + COUNTERS.length + LEVELS.length + STATES;

function stateCounts(k: Kernel): number[] {
  const counts = new Array<number>(STATES).fill(0);
  const nobody = k.symbol('SCH$GL_NULLPCB');
  for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (index > 0 && pcb === nobody) continue;
    const state = PCB.at(k, pcb).PCB$W_STATE;
    if (state < STATES) counts[state] = counts[state]! + 1;
  }
  return counts;
}

/** Time of the null process: nobody's. */
function idleTicks(k: Kernel): number {
  const header = PCB.at(k, k.symbol('SCH$GL_NULLPCB')).PCB$L_PHD;
  return header === 0 ? 0 : PHD.at(k, header).PHD$L_CPUTIM;
}

/**
 * Kernel mode, by $CMKRNL. Argument: address of FIGURES longwords: modes, counters, levels, processes in each state.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO
 */
export const monitorFigures = callRoutine('MONITOR$FIGURES', (k) => {
  const buffer = k.argument(1);
  if (!k.cpu.probe(buffer, 4 * FIGURES, USER, true)) return SS$_ACCVIO;
  const { sys } = k;
  const states = stateCounts(k);
  const faults = k.symbol('PMS$GL_FAULTS');
  const values = [
    ...MODES.map((_mode, index) => k.readLong(k.symbol('PMS$GL_KERNEL') + 4 * index)),
    sys.PMS$GL_DIRIO, sys.PMS$GL_BUFIO, sys.PMS$GL_LOGNAM, sys.PMS$GL_MBREADS, sys.PMS$GL_MBWRITES, sys.PMS$GL_OPENS, sys.PMS$GL_HIT, sys.PMS$GL_TURN, sys.PMS$GL_LDPCTX, sys.PMS$GL_CHMK, sys.PMS$GL_CHME,
    sys.PMS$GL_ENQNEW_LOC, sys.PMS$GL_DEQ_LOC, ...FAULT_COUNTERS.map((_name, index) => k.readLong(faults + 4 * index)),
    sys.SCH$GL_FREECNT, sys.SCH$GL_MFYCNT, states.reduce((sum, count) => sum + count, 0), idleTicks(k), sys.PMS$GL_OPEN, ...states,
  ];
  values.forEach((value, index) => { k.writeLong(buffer + 4 * index, value); });
  return SS$_NORMAL;
});
