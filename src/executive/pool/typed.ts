import type { Kernel } from '../kernel.js';
import { ACB } from '../structures/acb.js';
import { CEB } from '../structures/ceb.js';
import { DYN$C_ACB, DYN$C_BUFIO, DYN$C_CEB, DYN$C_IRP, DYN$C_JIB, DYN$C_PCB, DYN$C_TQE } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { PCB } from '../structures/pcb.js';
import { RSN$_NPDYNMEM } from '../structures/sch.js';
import { TQE } from '../structures/tqe.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { EXE$ALONONPAGED, IRP_PACKET_SIZE } from './nonpaged.js';

/*
 * Nonpaged blocks for system services: allocated, zeroed, and headed by size and type. A service whose process has resource wait
 * mode enabled does not come back from these when pool is short: it waits for RSN$_NPDYNMEM and is run again from its start.
 * Otherwise 0 comes back and the service returns SS$_INSFMEM. On the interrupt stack there is no process that could wait: 0 too.
 */

/**
 * A zeroed block with its header filled in, without any waiting.
 *
 * @param size  bytes @param type  DYN$C_ code
 * @returns address, or 0
 */
export function allocateBlock(k: Kernel, size: number, type: number): number {
  const block = EXE$ALONONPAGED(k, size);
  if (block === 0) return 0;
  k.writeBytes(block, new Uint8Array(size));
  k.writeWord(block + 8, size);
  k.writeByte(block + 10, type);
  return block;
}

/**
 * The same for a service of the current process: waits for pool unless PCB$V_SSRWAIT forbids it.
 *
 * choice: bit set means "do not wait", as $SETRWM and Table 12-2 say; chapter 3 words it the other way round.
 * @source book 3.2.5; digest ch03 C, ch02 note on PCB$V_SSRWAIT
 */
export function allocateOrWait(k: Kernel, size: number, type: number): number {
  const block = allocateBlock(k, size, type);
  if (block === 0 && !k.cpu.onInterruptStack && k.pcb.PCB$V_SSRWAIT === 0) SCH$RWAIT(k, RSN$_NPDYNMEM);
  return block;
}

/** An I/O request packet: from the front of IOC$GL_IRPFL, the general allocator only when that is empty. */
export function EXE$ALLOCIRP(k: Kernel): number { return allocateOrWait(k, IRP_PACKET_SIZE, DYN$C_IRP); }

export function EXE$ALLOCTQE(k: Kernel): number { return allocateOrWait(k, TQE.size, DYN$C_TQE); }

export function EXE$ALLOCACB(k: Kernel): number { return allocateOrWait(k, ACB.size, DYN$C_ACB); }

export function EXE$ALLOCCEB(k: Kernel): number { return allocateOrWait(k, CEB.size, DYN$C_CEB); }

export function EXE$ALLOCPCB(k: Kernel): number { return allocateOrWait(k, PCB.size, DYN$C_PCB); }

export function EXE$ALLOCJIB(k: Kernel): number { return allocateOrWait(k, JIB.size, DYN$C_JIB); }

/** A system buffer for buffered I/O of `size` bytes, header included. Byte quota is the caller's business (EXE$BUFFRQUOTA). */
export function EXE$ALLOCBUF(k: Kernel, size: number): number { return allocateOrWait(k, size, DYN$C_BUFIO); }
