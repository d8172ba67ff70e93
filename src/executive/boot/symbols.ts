import { STRUCTURES } from '../structures/index.js';
import * as io780 from '../structures/io780.js';
import * as pte from '../structures/pte.js';
import { P1_TABLES } from '../structures/p1-cells.js';
import { P1_LAYOUT } from '../structures/p1-layout.js';
import { SYSLOA_VECTORS, SYSTEM_CELLS } from '../structures/system-cells.js';
import { starletSymbol } from '../starlet/symbols.js';
import { serviceVector } from '../starlet/service-table.js';
import type { Structure } from '../structures/structure.js';

/** Symbols a structure gives the assembler: field offsets, _V_ bit numbers, _M_ masks, _S_ sizes of bit fields, $K_LENGTH. */
export function structureSymbols(structure: Structure, into: Map<string, number>): void {
  for (const field of structure.fields) into.set(field.name, field.offset);
  for (const bit of structure.bits) {
    into.set(bit.name, bit.bit);
    into.set(bit.name.replace('$V_', '$M_'), structure.mask[bit.name]!);
    into.set(bit.name.replace('$V_', '$S_'), bit.width);
  }
  into.set(`${structure.prefix}$K_LENGTH`, structure.size);
  into.set(`${structure.prefix}$C_LENGTH`, structure.size);
}

/**
 * What names mean in the executive's own MACRO sources: cells (addresses), structure offsets and bits, STARLET constants,
 * service vectors (SYS$name).
 *
 * @param cells              address of SYSTEM_CELLS
 * @param interruptStackTop  high end of the interrupt stack
 */
export function executiveSymbols(cells: number, interruptStackTop: number): (name: string) => number | undefined {
  const table = new Map<string, number>();
  for (const structure of STRUCTURES) structureSymbols(structure, table);
  for (const field of SYSTEM_CELLS.fields) table.set(field.name, cells + field.offset);
  for (const { name, offset } of SYSLOA_VECTORS) table.set(name, cells + SYSTEM_CELLS.offset.EXE$AL_LOAVEC + offset);
  for (const [base, area] of P1_TABLES) for (const field of area.fields) table.set(field.name, base + field.offset);
  for (const area of P1_LAYOUT) if (area.label !== '' && !table.has(area.label)) table.set(area.label, area.base);
  for (const [name, value] of [...Object.entries(pte), ...Object.entries(io780)]) if (typeof value === 'number' && /^(?:PTE|IO780)\$/.test(name)) table.set(name, value);
  table.set('EXE$A_INTSTK', interruptStackTop);
  return (name) => table.get(name) ?? starletSymbol(name) ?? (name.startsWith('SYS$') ? serviceVectorOrUndefined(`$${name.slice(4)}`) : undefined);
}

function serviceVectorOrUndefined(name: string): number | undefined {
  try {
    return serviceVector(name as never);
  } catch {
    return undefined;
  }
}
