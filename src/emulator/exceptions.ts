/** Entering exceptions and interrupts through the system control block. @source VAX ARM ch. 5; book 4 and 5 */
import type { Cpu } from './cpu.js';
import { kernelStackNotValid, SCB_KERNEL_STACK_NOT_VALID, SCB_MACHINE_CHECK, SCB_SOFTWARE, VaxFault } from './fault.js';
import { IPL_HIGHEST, ISP, PSL_IPL, PSL_IS, PSL_S_IPL, PSL_S_PRVMOD } from './psl.js';

// The low two bits of an SCB vector.
const ON_INTERRUPT_STACK = 1;
const WRITABLE_CONTROL_STORE = 2;

/** Delivers `fault` with the PC and PSL as they stand. */
export function enterException(m: Cpu, fault: VaxFault): void {
  const severe = fault.vector === SCB_MACHINE_CHECK || fault.vector === SCB_KERNEL_STACK_NOT_VALID;
  const vector = readVector(m, fault.vector);
  if (vector === null) return;
  const onInterruptStack = m.onInterruptStack || severe || (vector & 3) === ON_INTERRUPT_STACK;
  const ipl = severe || (vector & 3) === ON_INTERRUPT_STACK ? IPL_HIGHEST << PSL_S_IPL : m.pslBits & PSL_IPL;
  const psl = (onInterruptStack ? PSL_IS : 0) | ipl | (m.currentMode << PSL_S_PRVMOD);
  const failure = pushFrame(m, psl, fault.parameters);
  if (failure === null) m.r[15] = vector & ~3;
  else stackFailed(m, onInterruptStack, failure);
}

/** The second of two errors: no kernel stack is an exception of its own, no memory behind it a machine check. Without an interrupt stack there is no way on. */
function stackFailed(m: Cpu, onInterruptStack: boolean, failure: VaxFault): void {
  if (onInterruptStack) m.halt('interrupt stack not valid');
  else enterException(m, failure.vector === SCB_MACHINE_CHECK ? failure : kernelStackNotValid());
}

/** Takes the most urgent interrupt, which the caller has found to be above the current IPL. */
export function enterInterrupt(m: Cpu): void {
  const software = m.highestSoftwareLevel;
  const ipl = Math.max(software, m.interrupts.highest);
  let offset: number;
  if (software > m.interrupts.highest) {
    m.sisr &= ~(1 << software);
    offset = SCB_SOFTWARE + 4 * software;
  } else {
    offset = m.interrupts.acknowledge();
  }
  const vector = readVector(m, offset);
  if (vector === null) return;
  const onInterruptStack = m.onInterruptStack || (vector & 3) === ON_INTERRUPT_STACK;
  const psl = (onInterruptStack ? PSL_IS : 0) | (ipl << PSL_S_IPL);
  const failure = pushFrame(m, psl, []);
  if (failure === null) m.r[15] = vector & ~3;
  else stackFailed(m, onInterruptStack, failure);
}

/** The SCB longword at `offset`; null, and the processor halted, when it cannot be used. */
function readVector(m: Cpu, offset: number): number | null {
  let vector: number;
  try {
    vector = m.mmu.loadPhysicalLong(m.scbb + offset);
  } catch (fault) {
    if (!(fault instanceof VaxFault)) throw fault;
    m.halt('SCB not in memory');
    return null;
  }
  if ((vector & WRITABLE_CONTROL_STORE) !== 0) {
    m.halt('SCB vector says halt');
    return null;
  }
  return vector;
}

/** Pushes parameters, PC and PSL in kernel mode on the stack `psl` selects, and switches to it. What is wrong with that stack, or null. */
function pushFrame(m: Cpu, psl: number, parameters: readonly number[]): VaxFault | null {
  const wantsInterruptStack = (psl & PSL_IS) !== 0;
  const top = m.onInterruptStack === wantsInterruptStack && m.currentMode === 0 ? m.r[14]! : m.stackPointers[wantsInterruptStack ? ISP : 0]!;
  const sp = (top - 8 - 4 * parameters.length) | 0;
  const oldPsl = m.psl | 0;
  const pc = m.r[15]!;
  try {
    m.mmu.probeRange(sp, top - sp, 0, true);
    parameters.forEach((value, i) => m.mmu.store((sp + 4 * i) | 0, 4, value, 0));
    m.mmu.store((top - 8) | 0, 4, pc, 0);
    m.mmu.store((top - 4) | 0, 4, oldPsl, 0);
  } catch (fault) {
    if (fault instanceof VaxFault) return fault;
    throw fault;
  }
  m.switchStack(psl);
  m.cc = 0;
  m.r[14] = sp;
  return null;
}
