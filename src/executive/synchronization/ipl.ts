import { PR$_ASTLVL } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';

/** SOFTINT: requests the software interrupt of `level` (1-15); granted when IPL drops below it. */
export function softwareInterrupt(k: Kernel, level: number): void {
  k.cpu.requestSoftwareInterrupt(level);
}

/** Sets the current process's ASTLVL in the processor only; SCH$NEWLVL keeps the copy in the hardware PCB. */
export function writeAstLevel(k: Kernel, level: number): void {
  k.cpu.writePR(PR$_ASTLVL, level);
}

/**
 * Runs `body` at `level` or higher and gives the caller's IPL back, whatever happens. In an atomic routine nothing can interrupt anyway; this is for
 * what `body` may do to IPL itself, and so that IPL-dependent checks see the level the book names.
 */
export function atIpl<T>(k: Kernel, level: number, body: () => T): T {
  const saved = k.ipl;
  if (saved < level) k.ipl = level;
  try {
    return body();
  } finally {
    k.ipl = saved;
  }
}
