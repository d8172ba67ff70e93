import { PARAMETERS, type Parameter } from '../executive/boot/parameters.js';
import { callRoutine } from '../executive/gate/microroutine.js';
import type { Kernel } from '../executive/kernel.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import type { Memory } from '../executive/structures/memory.js';
import { SYSTEM_CELLS } from '../executive/structures/system-cells.js';
import { valueOf } from '../sysgen/parameter-file.js';

/** The working values of the parameters: cells of SYS.EXE. */
const SIZES = new Map(SYSTEM_CELLS.fields.map(({ name, size }) => [name, size]));

function cellSize(parameter: Parameter): number {
  const size = SIZES.get(parameter.cell) ?? 4;
  return size === 1 || size === 2 ? size : 4;           // the quota tables are arrays of longwords
}

function cellAddress(kernel: Kernel, { cell, cellOffset }: Parameter): number {
  return (kernel.symbol(cell) + cellOffset) >>> 0;
}

/** Reads a parameter from its cell; users may read them. */
export function activeValue(kernel: Kernel, memory: Memory, parameter: Parameter): number {
  const address = cellAddress(kernel, parameter);
  if (parameter.characters !== undefined) return memory.readBytes(address, parameter.characters).reduceRight((value, byte) => value * 0x100 + byte, 0);
  if (parameter.bit !== undefined) return (memory.readLong(address) >>> parameter.bit) & 1;
  switch (cellSize(parameter)) {
    case 1: return valueOf(parameter, memory.readByte(address), 1);
    case 2: return valueOf(parameter, memory.readWord(address), 2);
    default: return valueOf(parameter, memory.readLong(address), 4);
  }
}

/**
 * WRITE ACTIVE, in kernel mode by $CMKRNL: puts values into the cells of the dynamic parameters.
 *
 * Arguments: address and number of longwords, one for each parameter of the table in its order.
 * @returns SS$_NORMAL; SS$_ACCVIO
 */
export const writeActive = callRoutine('SYSGEN$WRITE_ACTIVE', (k) => {
  const values = k.argument(1);
  if (!k.cpu.probe(values, 4 * PARAMETERS.length, USER, false)) return SS$_ACCVIO;
  const wanted = PARAMETERS.map((_parameter, index) => k.readLong(values + 4 * index));
  PARAMETERS.forEach((parameter, index) => {
    if (!parameter.dynamic) return;
    const address = cellAddress(k, parameter);
    const value = wanted[index]!;
    if (parameter.characters !== undefined) return;            // none of them is dynamic
    if (parameter.bit !== undefined) {
      const mask = 2 ** parameter.bit;
      const others = k.readLong(address);
      k.writeLong(address, (value & 1 ? others | mask : others & ~mask) >>> 0);
    } else if (cellSize(parameter) === 1) k.writeByte(address, value & 0xff);
    else if (cellSize(parameter) === 2) k.writeWord(address, value & 0xffff);
    else k.writeLong(address, value);
  });
  return SS$_NORMAL;
});

const USER = 3;
