import { readText, type MemoryReader } from '../structures/memory.js';
import { LNMB, LNMHSH$C_BUCKET, LNMTH } from '../structures/lnm.js';
import { chainCount, nameOf, tableHeaderOf, translations } from './name-block.js';

/**
 * Reading the logical name database as a whole, for SHOW LOGICAL (in kernel mode, under the mutex) and for SDA (in a dump). A
 * table header has no list of its names, so everything is found by going through a hash table. @source book 28.5.2
 */

export interface ListedName {
  readonly lnmb: number;
  readonly name: string;
  readonly mode: number;
  /** LNMB flags: NO_ALIAS 1, CONFINE 2, CRELOG 4, TABLE 8. */
  readonly flags: number;
  /** LNMTH of the containing table. */
  readonly table: number;
  /** LNMTH of the table that this is the name of, 0 for an ordinary name. */
  readonly header: number;
  /** Equivalence names with user indexes, in the order of their definition. */
  readonly values: readonly { readonly index: number; readonly flags: number; readonly text: string }[];
}

/** Every name of a hash table, chain by chain. */
export function* listNames(memory: MemoryReader, hashTable: number): Generator<ListedName, void, undefined> {
  for (let chain = 0, chains = chainCount(memory, hashTable); chain < chains; chain += 1) {
    for (let lnmb = memory.readLong(hashTable + LNMHSH$C_BUCKET + 4 * chain); lnmb !== 0; lnmb = memory.readLong(lnmb)) yield listedName(memory, lnmb);
  }
}

/** One logical name block. */
export function listedName(memory: MemoryReader, lnmb: number): ListedName {
  const block = LNMB.read(memory, lnmb);
  return {
    lnmb, name: nameOf(memory, lnmb), mode: block.LNMB$B_ACMODE, flags: block.LNMB$B_FLAGS, table: block.LNMB$L_TABLE,
    header: tableHeaderOf(memory, lnmb),
    values: [...translations(memory, lnmb)].filter(({ index }) => index < 0x80)
      .map(({ index, flags, value, length }) => ({ index, flags, text: readText(memory, value, length) })),
  };
}

/** The names contained in one table, in the order SHOW LOGICAL lists them: by name, outermost mode first. */
export function namesInTable(memory: MemoryReader, header: number): ListedName[] {
  const names = [...listNames(memory, LNMTH.read(memory, header).LNMTH$L_HASH)].filter(({ table }) => table === header);
  return names.sort((one, other) => (one.name === other.name ? other.mode - one.mode : one.name < other.name ? -1 : 1));
}

/** Name of the table with this header. */
export function tableNameOf(memory: MemoryReader, header: number): string {
  return nameOf(memory, LNMTH.read(memory, header).LNMTH$L_NAME);
}
