import { inlineRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { PR$_KSP } from '../../emulator/processor-registers.js';
import { SS$_MCHECK } from '../starlet/ssdef.js';
import { logMachineCheck } from './error-log-entries.js';

/**
 * Machine check: counted; dismissed into the end of a recovery block when one is active; reported to the image when an outer mode
 * ran into it; else a fatal bugcheck. Nothing an emulated processor reports can be retried with a better result, so nothing is.
 * @source book 8.3; digest ch08 2.8, 2.9
 */
const EXECUTIVE = 1;

/** Mask bits of a recovery block. @source digest ch08 3.2; the values are those of the public $MCHKDEF */
export const MCHK$M_LOG = 1;
export const MCHK$M_MCK = 2;
export const MCHK$M_NEXM = 4;
export const MCHK$M_UBA = 8;

/** On the interrupt stack: byte count of the processor's frame, the frame, PC, PSL. */
function machineCheck(k: Kernel): void {
  const stack = k.register(14);
  const frame = stack + 4 + k.readLong(stack);
  const psl = k.readLong(frame + 4);
  const mode = (psl >>> 24) & 3;

  const mask = k.sys.MCHK$GL_MASK;
  const log = (): void => {
    k.sys.EXE$GL_MCHKERRS += 1;
    logMachineCheck(k, k.readBytes(stack, frame + 8 - stack));
  };
  if (mask & (MCHK$M_MCK | MCHK$M_NEXM)) {
    if (!(mask & MCHK$M_LOG)) log();
    endRecoveryBlock(k, frame, psl);
    return;
  }

  log();
  k.setRegister(14, frame);
  if (mode <= EXECUTIVE) {
    k.jump(k.symbol('EXE$MCHECK_BUG'));
    return;
  }
  // The signal array goes on the kernel stack, which is empty in an outer mode; REI to EXE$EXCEPTION leaves the interrupt stack.
  const kernelStack = k.cpu.readPR(PR$_KSP) - 16;
  [3, SS$_MCHECK, k.readLong(frame), psl].forEach((word, index) => { k.writeLong(kernelStack + 4 * index, word); });
  k.cpu.writePR(PR$_KSP, kernelStack);
  k.writeLong(frame, k.symbol('EXE$EXCEPTION'));
  k.writeLong(frame + 4, mode << 22);
}

/** To the end of the active recovery block (recovery-block.mar), on the stack it began on. */
function endRecoveryBlock(k: Kernel, frame: number, psl: number): void {
  const stack = k.sys.MCHK$GL_SP;
  const onInterruptStack = (psl & (1 << 26)) !== 0;
  const at = onInterruptStack ? stack - 8 : frame;
  if (!onInterruptStack) k.cpu.writePR(PR$_KSP, stack);
  k.writeLong(at, k.symbol('EXE$MCHK_EXIT'));
  k.writeLong(at + 4, psl);
  k.setRegister(0, SS$_MCHECK);
  k.setRegister(14, at);
}

export const MACHINE_CHECK_ROUTINES = [inlineRoutine('EXE$MCHECK', machineCheck)];
