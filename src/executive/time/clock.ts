import { PR$_ICCS } from '../../emulator/processor-registers.js';
import { inlineRoutine, interruptRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { IPL$_TIMERFORK } from '../structures/ipl.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { softwareInterrupt } from '../synchronization/ipl.js';
import { SCH$QEND, signedWord } from '../scheduling/quantum.js';
import { firstTimer, TICK } from './queue.js';

/** ICCS: clear the interrupt, keep it enabled, run. */
const ICCS_ACKNOWLEDGE = 0xc1;

const PSL_IS = 0x0400_0000;
const PSL_CM = 0x8000_0000;

/** Which longword of PMS$GL_KERNEL a tick counts in: the four modes, interrupt stack, compatibility mode. */
function tickCounter(psl: number): number {
  if ((psl & PSL_IS) !== 0) return 4;
  return (psl & PSL_CM) !== 0 ? 5 : (psl >>> 24) & 3;
}

/**
 * EXE$HWCLKINT, the interval clock interrupt (IPL 24, interrupt stack). System time goes on, the tick is charged, and the software
 * timer interrupt is requested when the quantum or the first timer request is over. The timer queue itself is not touched here.
 *
 * One interrupt may stand for several intervals when the machine was idle or the host late: all of them are counted.
 * @source book 11.5.1; digest ch11 2.7
 */
function clockInterrupt(k: Kernel): void {
  const ticks = k.cpu.intervalTimer.takeElapsed();
  k.cpu.writePR(PR$_ICCS, ICCS_ACKNOWLEDGE);
  const now = k.sys.EXE$GQ_SYSTIME + TICK * BigInt(ticks);
  k.sys.EXE$GQ_SYSTIME = now;
  const psl = k.readLong(k.register(14) + 4);
  const counter = k.symbol('PMS$GL_KERNEL') + 4 * tickCounter(psl);
  k.writeLong(counter, k.readLong(counter) + ticks);
  let timerWanted = firstTimer(k).TQE$Q_TIME <= now;
  if ((psl & PSL_IS) === 0) {
    const phd = PHD.at(k, k.pcb.PCB$L_PHD);
    phd.PHD$L_CPUTIM += ticks;
    const quantum = Math.min(signedWord(phd.PHD$W_QUANT) + ticks, 0x7fff);
    phd.PHD$W_QUANT = quantum;
    if (quantum >= 0) timerWanted = true;
  }
  if (timerWanted) softwareInterrupt(k, IPL$_TIMERFORK);
}

/** First step of EXE$SWTIMINT, at IPL$_TIMER: quantum end of the current process. */
function checkQuantum(k: Kernel): void {
  const phd = PCB.at(k, k.sys.SCH$GL_CURPCB).PCB$L_PHD;
  if (signedWord(PHD.at(k, phd).PHD$W_QUANT) >= 0) SCH$QEND(k);
}

export const CLOCK_ROUTINES: readonly Microroutine[] = [
  interruptRoutine('EXE$HWCLKINT', clockInterrupt),
  inlineRoutine('TIM_QUANTUM', checkQuantum),
];
