import { inlineRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { PR$_KSP } from '../../emulator/processor-registers.js';
import { SS$_MCHECK } from '../starlet/ssdef.js';

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

  if (k.sys.MCHK$GL_MASK & (MCHK$M_MCK | MCHK$M_NEXM)) {
    // The block's end finds SS$_MCHECK in R0; its stack is as it was when the block began.
    const resume = k.sys.MCHK$GL_SP;
    const end = k.readLong(resume);
    if (!(k.sys.MCHK$GL_MASK & MCHK$M_LOG)) k.sys.EXE$GL_MCHKERRS += 1;
    k.sys.MCHK$GL_MASK = 0;
    k.writeLong(frame, end);
    k.setRegister(0, SS$_MCHECK);
    k.setRegister(14, frame);
    return;
  }

  k.sys.EXE$GL_MCHKERRS += 1;
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

export const MACHINE_CHECK_ROUTINES = [inlineRoutine('EXE$MCHECK', machineCheck)];
