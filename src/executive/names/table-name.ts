import type { Kernel } from '../kernel.js';
import { SS$_NOLOGNAM, SS$_NOLOGTAB, SS$_NORMAL, SS$_TOOMANYLNAM } from '../starlet/ssdef.js';
import { P1_CELLS } from '../structures/p1-cells.js';
import { LNMB, LNMC, LNMC$K_NUM_ENTRIES, LNMX$C_TABLE } from '../structures/lnm.js';
import { LNM$C_MAXDEPTH, LNM$HASH, chainHead, firstTranslation, nameOf, readTranslation } from './name-block.js';

/**
 * What a logical name table name stands for (module LNMSUB): table names are logical names in one of the two directories,
 * resolved depth first, and the result is kept in the process's cache blocks. @source book 28.7; digest ch28 3.3
 */

const COMPLETE = 0xffffffff;

/** RT: recursive table translation block, stack-local in VMS. */
export interface TableTranslation {
  readonly mode: number;
  /** Cache block of the table name, 0 when there is none. */
  lnmc: number;
  /** Tables given so far. */
  given: number;
  /** Tables the search context has passed; fewer than given while the cache serves. */
  searched: number;
  /** Depth of `context` in use; -1 when the name is exhausted. */
  depth: number;
  /** Next LNMX to look at, by depth. */
  readonly context: number[];
}

export interface NextTable {
  /** SS$_NORMAL, or SS$_TOOMANYLNAM. */
  readonly status: number;
  /** LNMTH, 0 when there is no further table. */
  readonly header: number;
}

/** Whether the current process has process-private names: the swapper and null process have no P1 space. @source book 28.6 */
export function hasProcessNames(k: Kernel): boolean {
  const pcb = k.sys.SCH$GL_CURPCB;
  return pcb !== 0 && (k.pcb.PCB$L_PID & 0xffff) > 1 && k.p1.CTL$GL_LNMHASH !== 0;
}

export function processHashTable(k: Kernel): number { return k.p1.CTL$GL_LNMHASH; }
export function processDirectory(k: Kernel): number { return k.p1.CTL$GL_LNMDIRECT; }
/** Through LNM$AL_HASHTBL, whose first longword points at the longword that holds the address. */
export function systemHashTable(k: Kernel): number { return k.readLong(k.readLong(k.symbol('LNM$AL_HASHTBL'))); }
export function systemDirectory(k: Kernel): number { return k.readLong(k.readLong(k.symbol('LNM$AL_DIRTBL'))); }

/**
 * Finds a name in a directory: the process directory first, then the system directory.
 *
 * @param hash  unmasked hash of the name, or its low word as kept in LNMX$W_HASH
 * @returns the LNMB, 0 when neither has it at `mode` or an inner mode
 */
export function LNM$LOOKUP(k: Kernel, name: string, mode: number, hash = LNM$HASH(name)): number {
  return (hasProcessNames(k) ? lookupIn(k, processHashTable(k), processDirectory(k), name, mode, hash) : 0)
    || lookupIn(k, systemHashTable(k), systemDirectory(k), name, mode, hash);
}

function lookupIn(k: Kernel, hashTable: number, directory: number, name: string, mode: number, hash: number): number {
  for (let lnmb = k.readLong(chainHead(k, hashTable, hash)); lnmb !== 0; lnmb = k.readLong(lnmb)) {
    const block = LNMB.at(k, lnmb);
    if (block.LNMB$L_TABLE === directory && block.LNMB$B_ACMODE <= mode && nameOf(k, lnmb) === name) return lnmb;
  }
  return 0;
}

/** Only the first table a name stands for: where names and tables are created. SS$_NOLOGTAB when there is none. */
export function LNM$FIRSTTAB(k: Kernel, tableName: string, mode: number): NextTable {
  const { status, context, first } = LNM$SETUP(k, tableName, mode);
  if (!context) return { status: status === SS$_NOLOGNAM ? SS$_NOLOGTAB : status, header: 0 };
  if ((first.status & 1) !== 0 && first.header === 0) return { status: SS$_NOLOGTAB, header: 0 };
  return first;
}

/**
 * Begins the resolution of a table name and gives its first table.
 *
 * @returns without `context`, SS$_NOLOGNAM: no directory has that name
 */
export function LNM$SETUP(k: Kernel, tableName: string, mode: number): { status: number; context?: TableTranslation; first: NextTable } {
  const lnmb = LNM$LOOKUP(k, tableName, mode);
  if (lnmb === 0) return { status: SS$_NOLOGNAM, first: { status: SS$_NOLOGNAM, header: 0 } };
  const context: TableTranslation = {
    mode, lnmc: findCacheBlock(k, lnmb, mode), given: 0, searched: 0, depth: 0, context: [firstTranslation(k, lnmb)],
  };
  return { status: SS$_NORMAL, context, first: LNM$TABLE(k, context) };
}

/** The next table: from the cache while it lasts, then by searching on and adding what is found to the cache. */
export function LNM$TABLE(k: Kernel, rt: TableTranslation): NextTable {
  const position = rt.given;
  const entries = rt.lnmc + LNMC.offset.LNMC$R_ENTRY;
  if (rt.lnmc !== 0 && position < LNMC$K_NUM_ENTRIES) {
    const cached = k.readLong(entries + 4 * position);
    if (cached === COMPLETE) return { status: SS$_NORMAL, header: 0 };
    if (cached !== 0) {
      rt.given += 1;
      return { status: SS$_NORMAL, header: cached };
    }
  }
  // The search starts from the table name itself, so it first goes past the tables the cache has given already.
  let next: NextTable;
  do {
    next = LNM$TABLE_SRCH(k, rt);
    rt.searched += 1;
  } while (rt.searched <= position && next.header !== 0);
  rt.given += 1;
  if (rt.lnmc === 0 || (next.status & 1) === 0) return next;
  if (position < LNMC$K_NUM_ENTRIES) {
    k.writeLong(entries + 4 * position, next.header === 0 ? COMPLETE : next.header);
    if (next.header !== 0 && position + 1 < LNMC$K_NUM_ENTRIES) k.writeLong(entries + 4 * (position + 1), 0);
  } else if (next.header !== 0) {
    LNMC.at(k, rt.lnmc).LNMC$L_TBLADDR = 0;   // more tables than a block holds: not cached at all
    rt.lnmc = 0;
  }
  return next;
}

/**
 * The cache block for a table name, valid or made ready for new entries (the least recently used one is taken), and moved
 * to the front of the list. 0 when the process has no cache. @source book 28.5.4; digest ch28 1.5
 */
function findCacheBlock(k: Kernel, lnmb: number, mode: number): number {
  if (!hasProcessNames(k)) return 0;
  const listhead = k.p1.address + P1_CELLS.offset.CTL$GQ_LNMTBLCACHE;
  const first = k.readLong(listhead);
  if (first === 0 || first === listhead) return 0;
  const processSequence = k.p1.CTL$GL_LNMDIRSEQ;
  const systemSequence = k.sys.LNM$GL_SYSDIRSEQ;
  let chosen = k.readLong(listhead + 4);
  let valid = false;
  for (const address of k.queueEntries(listhead)) {
    const block = LNMC.at(k, address);
    if (block.LNMC$L_TBLADDR !== lnmb || block.LNMC$B_ACMODE !== mode) continue;
    chosen = address;
    valid = block.LNMC$L_PROCDIRSEQ === processSequence && block.LNMC$L_SYSDIRSEQ === systemSequence;
    break;
  }
  if (chosen !== first) {
    k.removeQueue(chosen);
    k.insertQueue(chosen, listhead);
  }
  if (!valid) {
    const block = LNMC.at(k, chosen);
    block.LNMC$L_TBLADDR = lnmb;
    block.LNMC$B_ACMODE = mode;
    block.LNMC$L_PROCDIRSEQ = processSequence;
    block.LNMC$L_SYSDIRSEQ = systemSequence;
    k.writeLong(chosen + LNMC.offset.LNMC$R_ENTRY, 0);
  }
  return chosen;
}

/** The next table header from the search context, depth first and left to right. */
export function LNM$TABLE_SRCH(k: Kernel, rt: TableTranslation): NextTable {
  while (rt.depth >= 0) {
    const equivalence = readTranslation(k, rt.context[rt.depth]!);
    if (!equivalence) {
      rt.depth -= 1;
      continue;
    }
    rt.context[rt.depth] = equivalence.value + equivalence.length;
    if (equivalence.index === LNMX$C_TABLE) {
      rt.depth -= 1;
      return { status: SS$_NORMAL, header: equivalence.value };
    }
    if (equivalence.index >= 0x80) continue;
    if (rt.depth + 1 >= LNM$C_MAXDEPTH) return { status: SS$_TOOMANYLNAM, header: 0 };
    const name = String.fromCharCode(...k.readBytes(equivalence.value, equivalence.length));
    const lnmb = LNM$LOOKUP(k, name, rt.mode, k.readWord(equivalence.address + 2));
    if (lnmb === 0) continue;
    rt.depth += 1;
    rt.context[rt.depth] = firstTranslation(k, lnmb);
  }
  return { status: SS$_NORMAL, header: 0 };
}
