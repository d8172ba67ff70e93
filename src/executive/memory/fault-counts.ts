import type { Kernel } from '../kernel.js';

/**
 * The counters at PMS$GL_FAULTS, which MONITOR PAGE shows. choice: their order (the book gives 16 longwords and no names).
 */
export const FAULT_COUNTERS = [
  'faults', 'pages read', 'page reads', 'pages written', 'page writes', 'demand zero', 'global valid', 'free list', 'modified list', 'write in progress',
  'release pending', 'collided', 'system', 'copy on reference', 'in place', 'read errors',
] as const;

export function countFault(k: Kernel, counter: (typeof FAULT_COUNTERS)[number], add = 1): void {
  const cell = k.symbol('PMS$GL_FAULTS') + 4 * FAULT_COUNTERS.indexOf(counter);
  k.writeLong(cell, k.readLong(cell) + add);
}
