import type { Kernel } from '../kernel.js';
import { ArrayMemory, textToBytes } from '../structures/memory.js';
import { RPB } from '../structures/rpb.js';
import { SYS$VERSION_TEXT } from '../structures/system-cells.js';
import { makeBootControlBlock } from './boot-control-block.js';
import { MEMDSC } from './dump-format.js';
import { ERL$INITIALIZE } from './error-log.js';

const PAGE = 512;

/**
 * What a crash will need, made ready by EXE$INIT: error log buffers, boot control block, the memory descriptor in the restart parameter block (this machine
 * has one memory controller, its memory starts at page 0), the version.
 *
 * @source digest ch08 1.1, 3.1; book Table 24-16
 */
export function initializeCrashData(k: Kernel): void {
  ERL$INITIALIZE(k);
  makeBootControlBlock(k, k.dumpWriter);
  const memory = new ArrayMemory(new Uint8Array(MEMDSC.size));
  const descriptor = MEMDSC.at(memory, 0);
  descriptor.MEMDSC$V_PAGES = k.machine.memory.size / PAGE;
  k.writeBytes(k.sys.EXE$GL_RPB + RPB.offset.RPB$R_MEMDSC, memory.bytes);
  k.writeBytes(k.symbol('SYS$GQ_VERSION'), textToBytes(SYS$VERSION_TEXT));
}
