import type { Kernel } from '../../kernel.js';
import { DDT, DPT } from '../../structures/device.js';
import { DYN$C_DPT } from '../../structures/dyn.js';
import { writeCounted } from '../../structures/memory.js';
import { allocateBlock } from '../../pool/typed.js';

/** What a driver tells about itself: entry points by name, and which routine handles which function. */
export interface DriverTable {
  /** As in DPT$T_NAME and DDB$T_DRVNAME. */
  readonly name: string;
  readonly ucbSize: number;
  readonly start?: string;
  readonly alternateStart?: string;
  readonly cancel?: string;
  readonly unsolicited?: string;
  readonly unitInit?: string;
  readonly clonedUcb?: string;
  /** Register dump routine (R0 where, R5 UCB), and the bytes of an error log message with its registers. */
  readonly registerDump?: string;
  readonly errorBuffer?: number;
  /** Function codes that are buffered I/O. */
  readonly buffered: readonly number[];
  /** In the order in which FDT routines are called. */
  readonly functions: readonly { readonly codes: readonly number[]; readonly routine: string }[];
}

const FDT_ENTRY = 12;
const FDT_MASKS = 16;

function mask(codes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8);
  for (const code of codes) bytes[code >>> 3]! |= 1 << (code & 7);
  return bytes;
}

/**
 * Makes a driver's tables in nonpaged pool: prologue, dispatch table and function decision table, in one block as in a driver image,
 * with the addresses of the entry points, and links it to the list of drivers.
 *
 * @param residentPrologue  where the prologue of a driver that is part of SYS.EXE stands
 * @returns address of the dispatch table
 * @source book 18.3.2, Figures E-7, E-8; digest ch18 1.3
 */
export function loadDriverTables(k: Kernel, driver: DriverTable, residentPrologue = 0): { dpt: number; ddt: number } {
  const fdtSize = FDT_MASKS + FDT_ENTRY * driver.functions.length;
  const size = DPT.size + DDT.size + fdtSize;
  const block = allocateBlock(k, size, DYN$C_DPT);
  if (block === 0) throw new Error(`no pool for ${driver.name}`);
  const dpt = residentPrologue === 0 ? block : residentPrologue;
  const prologue = DPT.at(k, dpt);
  if (residentPrologue !== 0) {
    prologue.DPT$W_SIZE = DPT.size + 1;
    prologue.DPT$B_TYPE = DYN$C_DPT;
  }
  prologue.DPT$W_UCBSIZE = driver.ucbSize;
  prologue.DPT$W_MAXUNITS = 8;
  prologue.DPT$B_REFC = 1;
  writeCounted(k, dpt + DPT.offset.DPT$T_NAME, driver.name, 12);
  k.insertTail(dpt, k.symbol('IOC$GL_DPTLIST'));

  const ddt = block + DPT.size;
  const table = DDT.at(k, ddt);
  const entry = (name: string | undefined): number => (name === undefined ? 0 : k.symbol(name));
  const nothing = k.symbol('DASSGN_NOTHING');
  table.DDT$L_START = entry(driver.start) || nothing;
  table.DDT$L_ALTSTART = entry(driver.alternateStart) || nothing;
  table.DDT$L_UNSOLINT = entry(driver.unsolicited);
  table.DDT$L_CANCEL = entry(driver.cancel);
  table.DDT$L_UNITINIT = entry(driver.unitInit);
  table.DDT$L_CLONEDUCB = entry(driver.clonedUcb);
  table.DDT$L_REGDUMP = entry(driver.registerDump);
  table.DDT$W_ERRORBUF = driver.errorBuffer ?? 0;
  const fdt = ddt + DDT.size;
  table.DDT$L_FDT = fdt;
  table.DDT$W_FDTSIZE = fdtSize;

  k.writeBytes(fdt, mask(driver.functions.flatMap((entryRow) => entryRow.codes)));
  k.writeBytes(fdt + 8, mask(driver.buffered));
  driver.functions.forEach((row, index) => {
    const at = fdt + FDT_MASKS + FDT_ENTRY * index;
    k.writeBytes(at, mask(row.codes));
    k.writeLong(at + 8, k.symbol(row.routine));
  });
  return { dpt, ddt };
}
