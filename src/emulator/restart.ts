/**
 * What the console subsystem does to start the processor again: finds the restart parameter block and enters the routine it names.
 * @source book 26.2.1; digest ch26 2.2
 */
import { INITIAL_PSL } from './console-registers.js';
import type { HaltCode } from './cpu.js';
import type { Machine } from './machine.js';
import { PR$_ASTLVL, PR$_ICCS, PR$_MAPEN, PR$_RXCS, PR$_SISR, PR$_TXCS } from './processor-registers.js';

/** AP at the restart routine: power is back. @source VAX ARM, console chapter (the book has no numbers) */
export const RESTART_POWER = 3;

/** AP at the restart routine after an error halt. */
export const RESTART_CODES: Readonly<Record<HaltCode, number>> = {
  'interrupt stack not valid': 4,
  'SCB not in memory': 5,
  'HALT instruction': 6,
  'SCB vector says halt': 7,
  'change mode on interrupt stack': 10,
  'no restart': RESTART_POWER,
};

const PAGE = 512;
/** Of the restart routine, which the third longword of the block is the sum of. */
const CHECKED_LONGWORDS = 31;

/** Sum of the first longwords of the routine at a physical address. */
export function restartChecksum(memory: DataView, routine: number): number {
  let sum = 0;
  for (let index = 0; index < CHECKED_LONGWORDS; index += 1) sum = (sum + memory.getUint32(routine + 4 * index, true)) >>> 0;
  return sum;
}

/**
 * Physical address of the restart parameter block: a page whose first longword is its own address, the second that of the restart
 * routine, the third the checksum of that.
 */
export function findRestartBlock({ memory }: Machine): number | undefined {
  const { view, size } = memory;
  for (let page = 0; page < size; page += PAGE) {
    if (view.getUint32(page, true) !== page) continue;
    const routine = view.getUint32(page + 4, true);
    if (routine === 0 || routine + 4 * CHECKED_LONGWORDS > size) continue;
    if (view.getUint32(page + 8, true) === restartChecksum(view, routine)) return page;
  }
  return undefined;
}

/** INITIALIZE: kernel mode, interrupt stack, IPL 31, mapping off, nothing enabled. */
export function initializeProcessor({ cpu }: Machine): void {
  cpu.setPsl(INITIAL_PSL);
  for (const n of [PR$_MAPEN, PR$_SISR, PR$_ICCS, PR$_RXCS, PR$_TXCS]) cpu.writePR(n, 0);
  cpu.writePR(PR$_ASTLVL, 4);
  cpu.mmu.invalidateAll();
}

/**
 * Starts the processor at the restart routine.
 *
 * @param code  RESTART_POWER, or one of RESTART_CODES
 * @param pc, psl  of the halt
 * @returns false when there is no valid block, or when its inhibit flag, or the console's own, says that a restart was tried and never ended
 */
export function restartProcessor(machine: Machine, code: number, pc: number, psl: number): boolean {
  const block = findRestartBlock(machine);
  if (block === undefined || machine.console.isRestarting) return false;
  const { view } = machine.memory;
  if ((view.getUint32(block + 12, true) & 1) !== 0) return false;
  view.setUint32(block + 12, (view.getUint32(block + 12, true) | 1) >>> 0, true);
  machine.console.isRestarting = true;
  initializeProcessor(machine);
  const { r } = machine.cpu;
  r[10] = pc | 0;
  r[11] = psl | 0;
  r[12] = code;
  r[14] = block + PAGE;
  r[15] = view.getUint32(block + 4, true) | 0;
  return true;
}
