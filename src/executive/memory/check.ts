import { DUMP_OVERHEAD_BLOCKS } from '../exceptions/dump-format.js';
import type { MemoryReader } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import {
  PFN$C_ACTIVE, PFN$C_BADPAGLST, PFN$C_FREPAGLST, PFN$C_GBLWRT, PFN$C_GLOBAL, PFN$C_GPGTBL, PFN$C_MFYPAGLST, PFN$C_PPGTBL, PFN$C_RDERR,
  PFN$M_LOC, PFN$M_MODIFY, PFN$M_PAGTYP, PTE$M_PFN, PTE$M_PGFLVB, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, PTE$M_WINDOW, WSL$M_PAGTYP, WSL$M_VALID,
  WSL$M_PFNLOCK, WSL$V_PAGTYP,
} from '../structures/pte.js';
import { PFL } from '../structures/section.js';
import { SYSTEM_CELLS } from '../structures/system-cells.js';

/**
 * Whether the books of memory management agree: every page of the PFN database is in one place only and that place knows it, the working
 * set lists hold what they say, page tables and headers are referenced as often as they are in use, and each allocated block of a page
 * file belongs to one page. From bytes alone; for a system in which no transfer is under way.
 */
type Symbol = (name: string) => number;

const PAGE = 512;
const LISTS = [['free', PFN$C_FREPAGLST], ['modified', PFN$C_MFYPAGLST], ['bad', PFN$C_BADPAGLST]] as const;
const NO_LIST = LISTS.length;

/** The database, the system page table and the page tables that are asked for: each read once, since a stress test looks at them each second. */
class Database {
  readonly sys: ReturnType<typeof SYSTEM_CELLS.read>;
  readonly pages: number;
  private readonly view: DataView;
  private readonly arrays: Readonly<Record<'pte' | 'bak' | 'refcnt' | 'flink' | 'blink' | 'state' | 'type', number>>;
  private readonly big: boolean;
  private readonly sptBase: number;
  private readonly spt: Int32Array;
  private readonly tables = new Map<number, Int32Array>();

  constructor(readonly memory: MemoryReader, readonly symbol: Symbol) {
    this.sys = SYSTEM_CELLS.read(memory, symbol('SYS$CELLS'));
    this.pages = this.sys.MMG$GL_MAXPFN + 1;
    this.big = this.sys.MMG$GW_BIGPFN !== 0;
    const base = memory.readLong(symbol('PFN$A_BASE'));
    const array = (name: string): number => memory.readLong(symbol(name)) - base;
    this.arrays = {
      pte: array('PFN$AL_PTE'), bak: array('PFN$AL_BAK'), refcnt: array('PFN$AW_REFCNT'), flink: array('PFN$AX_FLINK'), blink: array('PFN$AX_BLINK'),
      state: array('PFN$AB_STATE'), type: array('PFN$AB_TYPE'),
    };
    const bytes = memory.readBytes(base, (this.big ? 22 : 18) * this.pages);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.sptBase = this.sys.MMG$GL_SPTBASE;
    this.spt = longs(memory, this.sptBase, this.sys.MMG$GL_SPTLEN);
  }

  private link(array: number, pfn: number): number { return this.big ? this.view.getUint32(array + 4 * pfn, true) : this.view.getUint16(array + 2 * pfn, true); }
  pte(pfn: number): number { return this.view.getUint32(this.arrays.pte + 4 * pfn, true); }
  bak(pfn: number): number { return this.view.getUint32(this.arrays.bak + 4 * pfn, true); }
  refcnt(pfn: number): number { return this.view.getUint16(this.arrays.refcnt + 2 * pfn, true); }
  flink(pfn: number): number { return this.link(this.arrays.flink, pfn); }
  blink(pfn: number): number { return this.link(this.arrays.blink, pfn); }
  state(pfn: number): number { return this.view.getUint8(this.arrays.state + pfn); }
  type(pfn: number): number { return this.view.getUint8(this.arrays.type + pfn); }
  location(pfn: number): number { return this.state(pfn) & PFN$M_LOC; }
  isGlobal(pfn: number): boolean { return (this.type(pfn) & PFN$M_PAGTYP) === PFN$C_GLOBAL || (this.type(pfn) & PFN$M_PAGTYP) === PFN$C_GBLWRT; }

  systemPte(address: number): number { return this.sptBase + 4 * ((address & 0x3fffffff) >>> 9); }
  /** Contents of the system page table entry that maps `address`. */
  mapping(address: number): number { return this.spt[(address & 0x3fffffff) >>> 9] ?? 0; }
  isValid(address: number): boolean { return this.mapping(address) < 0; }
  frameOf(address: number): number { return this.mapping(address) & PTE$M_PFN; }

  /** The page table entries in the page at `page`, which is in memory. */
  table(page: number): Int32Array {
    let entries = this.tables.get(page);
    if (!entries) this.tables.set(page, entries = longs(this.memory, page, PAGE / 4));
    return entries;
  }

  /** The page table entry at `at`, in a page that is in memory. */
  entry(at: number): number {
    const index = (at - this.sptBase) >>> 2;
    return index < this.spt.length ? this.spt[index]! : this.table((at & -PAGE) >>> 0)[(at & (PAGE - 1)) >>> 2]!;
  }
}

function longs(memory: MemoryReader, address: number, count: number): Int32Array {
  const bytes = memory.readBytes(address, 4 * count);
  return new Int32Array((bytes.byteOffset & 3) === 0 ? bytes.buffer : bytes.slice().buffer, (bytes.byteOffset & 3) === 0 ? bytes.byteOffset : 0, count);
}

export function checkMemory(memory: MemoryReader, symbol: Symbol): string[] {
  const db = new Database(memory, symbol);
  const problems: string[] = [];
  const listed = checkLists(db, problems);
  checkPages(db, listed, problems);
  const sets = workingSets(db);
  for (const set of sets) checkWorkingSet(db, set, problems);
  const references = new Map<number, number[]>();
  for (const set of sets) checkTables(db, set, references, problems);
  checkPageFiles(db, references, problems);
  return problems;
}

/** Every list is well formed, as long as its count says, and holds pages that say so. @returns for each page the number of its list, or NO_LIST */
function checkLists(db: Database, problems: string[]): Uint8Array {
  const listed = new Uint8Array(db.pages).fill(NO_LIST);
  LISTS.forEach(([name, location], list) => {
    let before = 0;
    let count = 0;
    for (let pfn = db.memory.readLong(db.symbol('PFN$AL_HEAD') + 4 * list); pfn !== 0; pfn = db.flink(pfn)) {
      if (pfn >= db.pages || listed[pfn] !== NO_LIST) {
        problems.push(`page ${pfn} is on the ${name} list and on the ${LISTS[listed[pfn] ?? NO_LIST]?.[0] ?? 'no'} list`);
        break;
      }
      listed[pfn] = list;
      if (db.location(pfn) !== location) problems.push(`page ${pfn} of the ${name} list has state ${db.state(pfn).toString(16)}`);
      if (db.refcnt(pfn) !== 0) problems.push(`page ${pfn} of the ${name} list has ${db.refcnt(pfn)} references`);
      if (db.blink(pfn) !== before) problems.push(`page ${pfn} of the ${name} list has the wrong backward link`);
      if (location === PFN$C_FREPAGLST && (db.state(pfn) & PFN$M_MODIFY) !== 0 && db.pte(pfn) !== 0) problems.push(`page ${pfn} of the free list is modified`);
      before = pfn;
      count += 1;
    }
    if (db.memory.readLong(db.symbol('PFN$AL_TAIL') + 4 * list) !== before) problems.push(`the tail of the ${name} list is wrong`);
    const said = db.memory.readLong(db.symbol('PFN$AL_COUNT') + 4 * list);
    if (said !== count) problems.push(`the ${name} list has ${count} pages, its count says ${said}`);
  });
  return listed;
}

/** Every page is on a list or in use, and its PTE leads to it. */
function checkPages(db: Database, listed: Uint8Array, problems: string[]): void {
  for (let pfn = 1; pfn < db.pages; pfn += 1) {
    const unlisted = listed[pfn] === NO_LIST;
    const location = db.location(pfn);
    const at = db.pte(pfn);
    if (unlisted && location <= PFN$C_BADPAGLST) problems.push(`page ${pfn} says it is on a list and is not`);
    if (unlisted && db.refcnt(pfn) === 0) problems.push(`page ${pfn} is nowhere: state ${location}, no references`);
    if (at === 0) continue;
    if (!db.isValid(at)) {
      problems.push(`page ${pfn}: the table of its PTE ${at.toString(16)} is not in memory`);
      continue;
    }
    const pte = db.entry(at);
    if ((pte & PTE$M_PFN) !== pfn) problems.push(`page ${pfn}: its PTE ${at.toString(16)} is ${(pte >>> 0).toString(16)}`);
    else if ((pte & PTE$M_VALID) !== 0 !== (location === PFN$C_ACTIVE)) problems.push(`page ${pfn} has state ${location}, its PTE is ${(pte >>> 0).toString(16)}`);
  }
}

interface Owner {
  readonly name: string;
  readonly pcb: ReturnType<typeof PCB.read>;
  readonly phd: ReturnType<typeof PHD.read>;
  /** Balance slot; -1 for the system. */
  readonly slot: number;
}

function workingSets(db: Database): Owner[] {
  const { memory, sys } = db;
  const owners: Owner[] = [];
  for (let slot = 0; slot < sys.SGN$GL_BALSETCT; slot += 1) {
    const index = memory.readWord(sys.PHV$GL_PIXBAS + 2 * slot);
    if (index === 0) continue;
    const pcb = PCB.read(memory, memory.readLong(sys.SCH$GL_PCBVEC + 4 * index));
    owners.push({ name: `process ${index.toString(16)}`, pcb, phd: PHD.read(memory, sys.SWP$GL_BALBASE + slot * sys.SWP$GL_BSLOTSZ * PAGE), slot });
  }
  owners.push({ name: 'system', pcb: PCB.read(memory, db.symbol('MMG$AL_SYSPCB')), phd: PHD.read(memory, sys.MMG$GL_SYSPHD), slot: -1 });
  return owners;
}

/** Where the PTE of an address is, given what one of page zero would be in P0, P1 and system space. */
function pteOf(bases: readonly number[], address: number): number {
  return (bases[address >>> 30]! + 4 * ((address >>> 9) & 0x1fffff)) >>> 0;
}

/** The entries of a list name pages that are there, once each, and the PCB counts them right. Of a body that is swapped out none is there. */
function checkWorkingSet(db: Database, { name, pcb, phd }: Owner, problems: string[]): void {
  const { memory } = db;
  if (pcb.PCB$V_RES === 0) return;
  const seen = new Set<number>();
  const bases = [phd.PHD$L_P0BR, phd.PHD$L_P1BR, db.systemPte(0)];
  const first = phd.PHD$W_WSLIST;
  const list = longs(memory, phd.address + 4 * first, phd.PHD$W_WSLAST - first + 1);
  let own = 0;
  let global = 0;
  for (let index = first; index < first + list.length; index += 1) {
    const entry = list[index - first]!;
    if ((entry & WSL$M_VALID) === 0) {
      if (entry !== 0) problems.push(`${name}: working set list entry ${index} is ${(entry >>> 0).toString(16)}`);
      continue;
    }
    const address = (entry & ~(PAGE - 1)) >>> 0;
    if (seen.has(address)) problems.push(`${name}: ${address.toString(16)} is twice in the working set list`);
    seen.add(address);
    const type = (entry & WSL$M_PAGTYP) >>> WSL$V_PAGTYP;
    if (type === PFN$C_GLOBAL || type === PFN$C_GBLWRT) global += 1;
    else own += 1;
    const at = pteOf(bases, address);
    if (!db.isValid(at)) {
      problems.push(`${name}: the page table of ${address.toString(16)}, which is in the working set, is not in memory`);
      continue;
    }
    const pte = db.entry(at);
    if ((pte & PTE$M_VALID) === 0) {
      if (db.location(pte & PTE$M_PFN) !== PFN$C_RDERR) problems.push(`${name}: ${address.toString(16)} is in the working set, its PTE is ${(pte >>> 0).toString(16)}`);
      continue;
    }
    const pfn = pte & PTE$M_PFN;
    if ((db.type(pfn) & PFN$M_PAGTYP) !== type) problems.push(`${name}: ${address.toString(16)} is of type ${type}, page ${pfn} of type ${db.type(pfn)}`);
    if (!db.isGlobal(pfn) && (db.pte(pfn) !== at || db.blink(pfn) !== index)) problems.push(`${name}: page ${pfn} of ${address.toString(16)} says PTE ${db.pte(pfn).toString(16)}, entry ${db.blink(pfn)}`);
  }
  if (pcb.PCB$W_PPGCNT !== own || pcb.PCB$W_GPGCNT !== global) {
    problems.push(`${name}: ${own} and ${global} pages in the working set list, the PCB says ${pcb.PCB$W_PPGCNT} and ${pcb.PCB$W_GPGCNT}`);
  }
}

/** Page table pages are referenced by their valid PTEs, the header by its tables, transition PTEs and pages locked in memory. Collects blocks of page files. */
function checkTables(db: Database, { name, phd, slot }: Owner, references: Map<number, number[]>, problems: string[]): void {
  const { memory, sys } = db;
  if (slot < 0) return;
  const blocks = blocksOf(references, phd.PHD$B_PAGFIL);
  const firstTable = phd.PHD$L_P0BR;
  const end = phd.address + sys.SWP$GL_BSLOTSZ * PAGE;
  let reasons = 0;
  for (let table = firstTable; table < end; table += PAGE) {
    if (!db.isValid(table)) {
      noteInvalid(db.mapping(table), blocks);
      continue;
    }
    let active = 0;
    const entries = db.table(table);
    for (let index = 0; index < entries.length; index += 1) {
      const pte = entries[index]!;
      if (pte === 0) continue;
      const pfn = pte & PTE$M_PFN;
      if ((pte & PTE$M_VALID) !== 0) {
        if ((pte & PTE$M_WINDOW) !== 0 || (pfn < db.pages && (db.pte(pfn) === table + 4 * index || db.isGlobal(pfn)))) active += 1;
      } else {
        if ((pte & (PTE$M_TYP0 | PTE$M_TYP1)) === 0 && pfn !== 0) reasons += 1;
        noteInvalid(pte, blocks);
      }
    }
    const frame = db.frameOf(table);
    if (db.flink(frame) !== active) problems.push(`${name}: page table ${table.toString(16)} has ${active} valid PTEs, its share count is ${db.flink(frame)}`);
    if (active > 0) reasons += 1;
  }
  // A page that is locked in memory keeps the header there too.
  for (let index = phd.PHD$W_WSLOCK; index < phd.PHD$W_WSDYN; index += 1) if ((memory.readLong(phd.address + 4 * index) & WSL$M_PFNLOCK) !== 0) reasons += 1;
  const said = memory.readWord(sys.PHV$GL_REFCBAS + 2 * slot);
  if (said !== reasons) problems.push(`${name}: ${reasons} references to the header, its count says ${said}`);
}

/** A PTE that leads to a block of the process's page file. */
function noteInvalid(pte: number, blocks: number[]): void {
  if ((pte & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) === PTE$M_TYP1 && (pte & PTE$M_PGFLVB) !== 0) blocks.push(pte & PTE$M_PGFLVB);
}

/** The blocks in use of a page or swap file, by its index. */
function blocksOf(references: Map<number, number[]>, file: number): number[] {
  let blocks = references.get(file);
  if (!blocks) references.set(file, blocks = []);
  return blocks;
}

/** Blocks of the swap space of processes whose headers are in memory, by file. */
function* swapSpace(db: Database): Generator<[number, number[]], void, undefined> {
  for (const { pcb, phd, slot } of workingSets(db)) {
    const place = pcb.PCB$L_WSSWP;
    if (slot < 0 || place === 0 || place >>> 31 !== 0) continue;
    yield [place >>> 24, Array.from({ length: phd.PHD$W_SWAPSIZE }, (_, block) => (place & PTE$M_PGFLVB) + block)];
  }
}

/** The bitmaps agree with the counts, and each block in use belongs to one page. */
function checkPageFiles(db: Database, references: Map<number, number[]>, problems: string[]): void {
  const { memory, sys } = db;
  const primary = sys.SGN$GW_SWPFILES + 1;
  for (let pfn = 1; pfn < db.pages; pfn += 1) {
    const bak = db.bak(pfn);
    if (db.pte(pfn) === 0 || (bak & PTE$M_TYP0) !== 0 || (bak & PTE$M_PGFLVB) === 0) continue;
    blocksOf(references, bak >>> 24).push(bak & PTE$M_PGFLVB);
  }
  // Pages of system space and of global sections that are in the primary page file.
  for (const [low, high] of [[sys.MMG$GL_PAGEDYN, sys.MMG$GL_PAGEDYN + sys.SGN$GL_PAGEDYN], [sys.MMG$GL_GPTE, sys.MMG$GL_MAXSYSVA]] as const) {
    for (let address = low; address < high; address += PAGE) {
      const pte = db.mapping(address);
      if ((pte & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) === PTE$M_TYP1) blocksOf(references, primary).push(pte & PTE$M_PGFLVB);
    }
  }
  for (const [index, blocks] of swapSpace(db)) blocksOf(references, index).push(...blocks);
  const tablesOut = hasTablesOut(db) || hasHeadersOut(db);
  for (let index = primary; index <= sys.MMG$GL_MAXPFIDX; index += 1) {
    const file = PFL.read(memory, memory.readLong(sys.MMG$GL_PAGSWPVC + 4 * index));
    if (file.PFL$L_BITMAP === 0) continue;
    const bitmap = memory.readBytes(file.PFL$L_BITMAP, file.PFL$L_BITMAPSIZ);
    const isFree = (block: number): boolean => ((bitmap[block >>> 3]! >>> (block & 7)) & 1) !== 0;
    let free = 0;
    for (let block = 0; block < 8 * bitmap.length; block += 1) if (isFree(block)) free += 1;
    if (free !== file.PFL$L_FREPAGCNT) problems.push(`page file ${index}: ${free} free blocks, the count says ${file.PFL$L_FREPAGCNT}`);
    const used = references.get(index) ?? [];
    const owned = new Set(used);
    if (owned.size !== used.length) problems.push(`page file ${index}: a block belongs to two pages`);
    for (const block of used) if (isFree(block - 1)) problems.push(`page file ${index}: block ${block} is in use and free`);
    // What a dump has: nobody's page, from the first block on.
    let dump = 0;
    while (index === primary && dump < DUMP_OVERHEAD_BLOCKS + sys.EXE$GL_SAVEDUMP && !isFree(dump) && !owned.has(dump + 1)) dump += 1;
    const allocated = 8 * bitmap.length - free - unusedBits(file, bitmap) - dump;
    if (!tablesOut && allocated !== used.length) problems.push(`page file ${index}: ${allocated} blocks are allocated, ${used.length} in use`);
  }
}

/** Bits of the last byte beyond the file are clear, too. */
function unusedBits(file: ReturnType<typeof PFL.read>, bitmap: Uint8Array): number {
  return 8 * bitmap.length - file.PFL$L_MAXVBN;
}

/** Whether a process has its header in a swap file. */
function hasHeadersOut(db: Database): boolean {
  const { memory, sys } = db;
  for (let index = 2; index <= sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = PCB.read(memory, memory.readLong(sys.SCH$GL_PCBVEC + 4 * index));
    if (pcb.PCB$V_PHDRES === 0 && pcb.PCB$L_WSSWP !== 0 && pcb.PCB$L_WSSWP >>> 31 === 0) return true;
  }
  return false;
}

/** Whether a page table page, or a page of the global page table, is out of memory: the PTEs in it cannot be looked at. */
function hasTablesOut(db: Database): boolean {
  const { sys } = db;
  const out = (address: number): boolean => {
    const pte = db.mapping(address);
    return (pte & PTE$M_VALID) === 0 && ((pte & PTE$M_TYP1) !== 0 || ((pte & PTE$M_PFN) !== 0 && [PFN$C_PPGTBL, PFN$C_GPGTBL].includes(db.type(pte & PTE$M_PFN) & PFN$M_PAGTYP)));
  };
  const end = sys.SWP$GL_BALBASE + sys.SGN$GL_BALSETCT * sys.SWP$GL_BSLOTSZ * PAGE;
  for (let address = sys.SWP$GL_BALBASE; address < end; address += PAGE) if (out(address)) return true;
  for (let address = sys.MMG$GL_GPTE; address < sys.MMG$GL_MAXSYSVA; address += PAGE) if (out(address)) return true;
  return false;
}
