import { inlineRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { MMG$RESOLVE } from './page-tables.js';

/**
 * The translation-not-valid exception (chapter 15): on the kernel stack are the reason mask, the faulting address, PC and
 * PSL. Resolved, the two parameters are dropped and REI runs the instruction again; otherwise the exception goes on to be
 * signalled as an access violation.
 *
 * MMG$PAGEFAULT:: .MICRO MMG$PAGEFAULT_BODY / REI is in pagefault.mar.
 */
/** Bit 1 of the reason mask: the entry that is not valid maps the page table. It means nothing to an access violation. */
const REASON_PTE = 2;

const body = inlineRoutine('MMG$PAGEFAULT_BODY', (k: Kernel) => {
  const stack = k.register(14);
  const reason = k.readLong(stack);
  const address = k.readLong(stack + 4);
  if (MMG$RESOLVE(k, address)) {
    k.setRegister(14, stack + 8);
    return;
  }
  k.writeLong(stack, reason & ~REASON_PTE);
  k.jump(k.symbol('EXE$ACVIOLAT'));
});

export const PAGE_FAULT_ROUTINES = [body] as const;
