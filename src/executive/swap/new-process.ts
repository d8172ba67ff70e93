import { PR$_TBIA } from '../../emulator/processor-registers.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { PAGE_SIZE } from '../memory/page-tables.js';
import { configureProcess, shellPages } from '../memory/shell.js';
import { SHELL_PAGES, SHELL_STACK } from '../memory/shell-image.js';
import { systemPteAddress } from '../memory/table-references.js';
import { workingSetOf } from '../memory/working-set.js';
import { SCH$WAKE } from '../scheduling/rse.js';
import { PCB } from '../structures/pcb.js';
import { PTE$M_PFN, PTE$M_VALID } from '../structures/pte.js';
import { reserveSlot } from './header.js';
import { finishInswap, giveFramesBack, takeFrames } from './inswap-body.js';
import { beginTransfer, endTransfer, fillMap, restAfterFailure } from './swap-io.js';
import { initialSwapSize, settleSwapSpace } from './swap-space.js';

/**
 * The first inswap of a process, from SHELL in SYS.EXE: copied when all of its pages are in memory, else read from the file as a whole.
 * Either way its pages are in the swapper's P0 space then, and the swapper enters the code in them, SWP$SHELINIT, which makes header and P1
 * space of them. @source book 20.2; digest ch20 2.3
 */
const FREE_SLOT = 0xffff;

/** What `beginNewProcess` has begun. */
export type NewProcess =
  /** A packet for the driver. */
  | { readonly packet: number }
  /** Address of the code in the copy of SHELL, in P0 space. */
  | { readonly entry: number };

/** System PTEs of the pages of SHELL. */
function shellPtes(k: Kernel): number[] {
  const base = k.symbol('SWP$GL_SHELLBAS');
  return Array.from({ length: SHELL_PAGES }, (_, page) => k.readLong(systemPteAddress(k, base + page * PAGE_SIZE)));
}

/** Where SWP$SHELINIT is while SHELL is in P0 space. */
const entryInP0 = (k: Kernel): number => SHELL_STACK * PAGE_SIZE + ((k.symbol('SWP$SHELINIT') - k.symbol('SWP$GL_SHELLBAS')) % PAGE_SIZE);

/** Begins to make a process in balance slot `slot`. @returns undefined: not enough free pages, or no pool */
export function beginNewProcess(k: Kernel, pcbAddress: number, slot: number): NewProcess | undefined {
  const frames = takeFrames(k, SHELL_PAGES);
  if (!frames) return undefined;
  const ptes = shellPtes(k);
  const isResident = ptes.every((pte) => (pte & PTE$M_VALID) !== 0);
  const packet = isResident ? 0 : beginTransfer(k, { isWrite: false, place: k.sys.SWP$GL_SHELL, block: 0, frames, endAction: 'SWP$SHELLREAD' });
  if (packet === undefined) {
    giveFramesBack(k, frames);
    return undefined;
  }
  reserveSlot(k, pcbAddress, slot, frames.length);
  if (packet !== 0) return { packet };
  const { bytes } = k.machine.memory;
  frames.forEach((pfn, page) => {
    const from = (ptes[page]! & PTE$M_PFN) * PAGE_SIZE;
    bytes.copyWithin(pfn * PAGE_SIZE, from, from + PAGE_SIZE);
    k.machine.codeChanged(pfn * PAGE_SIZE, PAGE_SIZE);
  });
  fillMap(k, frames);
  k.cpu.writePR(PR$_TBIA, 0);
  return { entry: entryInP0(k) };
}

/** SHELL has been read: R1 low bit set, all went well. R0 becomes the address of its code, 0 when there is none. */
const shellRead = inlineRoutine('SWP_SHELLREAD', (k) => {
  k.cpu.writePR(PR$_TBIA, 0);
  const ok = (k.register(1) & 1) !== 0;
  if (!ok) {
    restAfterFailure(k);
    abandon(k, endTransfer(k));
  }
  k.setRegister(0, ok ? entryInP0(k) : 0);
});

/** Nothing has come of it: the process waits as it did, and is tried again. */
function abandon(k: Kernel, frames: readonly number[]): void {
  const slot = k.sys.SWP$GW_IBALSETX;
  giveFramesBack(k, frames);
  k.sys.SWP$GL_INPCB = 0;
  k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, FREE_SLOT);
  k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * slot, 0);
}

/** What SWP$SHELINIT does: the frames in the swapper's map become the process. */
const configure = inlineRoutine('SWP_CONFIGURE', (k) => {
  const pcb = PCB.at(k, k.sys.SWP$GL_INPCB);
  const frames = endTransfer(k);
  k.cpu.writePR(PR$_TBIA, 0);
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  // While SHELL was being read others may have taken what the process needs besides.
  if (k.sys.SCH$GL_FREECNT < shellPages(k) - SHELL_PAGES) {
    abandon(k, frames);
    return;
  }
  const blocks = initialSwapSize(k);
  configureProcess(k, pcb.address, k.sys.SWP$GW_IBALSETX, frames);
  k.sys.SWP$GL_INPCB = 0;
  const ws = workingSetOf(k, pcb.address);
  settleSwapSpace(pcb, ws.phd, blocks);
  finishInswap(k, ws);
});

export const NEW_PROCESS_ROUTINES: readonly Microroutine[] = [shellRead, configure];
