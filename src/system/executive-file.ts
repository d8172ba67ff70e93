import type { BlockStore } from '../filesystem/block-io.js';
import { assembleSystem } from '../executive/boot/assemble-system.js';
import { encodeExecutive, type ExecutiveFile } from '../executive/boot/executive-image.js';
import { initRoutines } from '../executive/boot/init.js';
import { swapInitRoutines } from '../executive/boot/swapinit.js';
import { executiveRoutines } from '../executive/boot/sysboot.js';
import { structureSymbols } from '../executive/boot/symbols.js';
import { AT$_MBA, AT$_NULL, AT$_UBA } from '../executive/structures/device.js';
import { DYN_NAMES } from '../executive/structures/dyn.js';
import { STRUCTURES } from '../executive/structures/index.js';
import { describeSystem } from '../executive/sys-image.js';
import { ABSOLUTE_PSECT } from '../macro/assembly.js';
import { SYSTEM_SYMBOLS_MODULE } from '../macro/commands.js';
import { GSY$M_DEF, OBJ$C_SYMSIZ } from '../macro/object/language.js';
import { encodeModule } from '../macro/object/writer.js';
import { readSystemFile, systemFileExtents } from '../sysgen/system-disk.js';

const EXECUTIVE = '[SYS0.SYSEXE]SYS.EXE';

/** SYS.EXE of this build, and the records of SYS.STB, its symbol table. @param systemTime  recorded as the base of the time-of-year clock */
export function executiveFiles(systemTime: bigint): { readonly image: Uint8Array; readonly symbolTable: readonly Uint8Array[] } {
  const nothing = (): never => { throw new Error('the system is only assembled, not booted'); };
  const description = describeSystem([...initRoutines(nothing), ...swapInitRoutines(nothing)], [], []);
  const assembled = assembleSystem(description, 0);
  return { image: encodeExecutive(assembled, executiveRoutines(description), systemTime), symbolTable: symbolTable(assembled.symbols) };
}

/**
 * SYS.STB: an object module without code that defines the executive's global symbols - code, cells - and the names of its structures, for drivers
 * and other images that are linked with it. What belongs to parameters (EXE$A_INTSTK) is not in it.
 */
function symbolTable(globals: ReadonlyMap<string, number>): readonly Uint8Array[] {
  const names = new Map<string, number>();
  for (const structure of STRUCTURES) structureSymbols(structure, names);
  for (const [value, [name]] of DYN_NAMES) names.set(`DYN$C_${name}`, value);
  for (const [name, value] of globals) if (/^[A-Z]+\$/.test(name)) names.set(name, value);
  for (const [name, value] of Object.entries({ MBA: AT$_MBA, UBA: AT$_UBA, NULL: AT$_NULL })) names.set(`AT$_${name}`, value);
  names.delete('EXE$A_INTSTK');
  const symbols = [...names].filter(([name]) => name.length <= OBJ$C_SYMSIZ).map(([name, value]) => ({ name, flags: GSY$M_DEF, psect: 0, value, entryMask: undefined }));
  return encodeModule({
    name: SYSTEM_SYMBOLS_MODULE, ident: 'V4.4', created: '', language: 'Starlet', title: '', psects: [{ name: ABSOLUTE_PSECT, alignment: 0, flags: 0, allocation: 0 }], symbols, text: [], severity: 0, transfer: undefined,
  });
}

/** SYS.EXE of a system disk; undefined when the disk has none or is none. */
export function findExecutive(disk: BlockStore): ExecutiveFile | undefined {
  try {
    const bytes = readSystemFile(disk, EXECUTIVE);
    const extents = systemFileExtents(disk, EXECUTIVE);
    return bytes && extents && { bytes, extents };
  } catch {
    return undefined;
  }
}
