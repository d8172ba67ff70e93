import { DUMP_OVERHEAD_BLOCKS } from '../exceptions/dump-format.js';
import type { MemoryReader } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import {
  PFN$C_ACTIVE, PFN$C_BADPAGLST, PFN$C_FREPAGLST, PFN$C_GBLWRT, PFN$C_GLOBAL, PFN$C_GPGTBL, PFN$C_MFYPAGLST, PFN$C_PPGTBL, PFN$C_RDERR,
  PFN$M_LOC, PFN$M_MODIFY, PFN$M_PAGTYP, PTE$M_PFN, PTE$M_PGFLVB, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, PTE$M_WINDOW, WSL$M_PAGTYP, WSL$M_VALID,
  WSL$V_PAGTYP,
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

/** The database, read once. */
class Database {
  readonly sys: ReturnType<typeof SYSTEM_CELLS.read>;
  readonly pages: number;
  private readonly view: DataView;
  private readonly offset: Readonly<Record<string, number>>;
  private readonly big: boolean;

  constructor(readonly memory: MemoryReader, readonly symbol: Symbol) {
    this.sys = SYSTEM_CELLS.read(memory, symbol('SYS$CELLS'));
    this.pages = this.sys.MMG$GL_MAXPFN + 1;
    this.big = this.sys.MMG$GW_BIGPFN !== 0;
    const base = memory.readLong(symbol('PFN$A_BASE'));
    const names = ['PFN$AL_PTE', 'PFN$AL_BAK', 'PFN$AW_REFCNT', 'PFN$AX_FLINK', 'PFN$AX_BLINK', 'PFN$AW_SWPVBN', 'PFN$AB_STATE', 'PFN$AB_TYPE'];
    this.offset = Object.fromEntries(names.map((name) => [name, memory.readLong(symbol(name)) - base]));
    const bytes = memory.readBytes(base, (this.big ? 22 : 18) * this.pages);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private long(array: string, pfn: number): number { return this.view.getUint32(this.offset[array]! + 4 * pfn, true); }
  private word(array: string, pfn: number): number { return this.view.getUint16(this.offset[array]! + 2 * pfn, true); }
  private link(array: string, pfn: number): number { return this.big ? this.long(array, pfn) : this.word(array, pfn); }
  pte(pfn: number): number { return this.long('PFN$AL_PTE', pfn); }
  bak(pfn: number): number { return this.long('PFN$AL_BAK', pfn); }
  refcnt(pfn: number): number { return this.word('PFN$AW_REFCNT', pfn); }
  flink(pfn: number): number { return this.link('PFN$AX_FLINK', pfn); }
  blink(pfn: number): number { return this.link('PFN$AX_BLINK', pfn); }
  state(pfn: number): number { return this.view.getUint8(this.offset['PFN$AB_STATE']! + pfn); }
  type(pfn: number): number { return this.view.getUint8(this.offset['PFN$AB_TYPE']! + pfn); }
  location(pfn: number): number { return this.state(pfn) & PFN$M_LOC; }
  isGlobal(pfn: number): boolean { return (this.type(pfn) & PFN$M_PAGTYP) === PFN$C_GLOBAL || (this.type(pfn) & PFN$M_PAGTYP) === PFN$C_GBLWRT; }

  systemPte(address: number): number { return this.sys.MMG$GL_SPTBASE + 4 * ((address & 0x3fffffff) >>> 9); }
  isValid(address: number): boolean { return (this.memory.readLong(this.systemPte(address)) & PTE$M_VALID) !== 0; }
  frameOf(address: number): number { return this.memory.readLong(this.systemPte(address)) & PTE$M_PFN; }
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

/** Every list is well formed, as long as its count says, and holds pages that say so. */
function checkLists(db: Database, problems: string[]): Map<number, string> {
  const listed = new Map<number, string>();
  LISTS.forEach(([name, location], list) => {
    let before = 0;
    let count = 0;
    for (let pfn = db.memory.readLong(db.symbol('PFN$AL_HEAD') + 4 * list); pfn !== 0; pfn = db.flink(pfn)) {
      if (listed.has(pfn) || pfn >= db.pages) {
        problems.push(`page ${pfn} is on the ${name} list and on the ${listed.get(pfn) ?? 'no'} list`);
        break;
      }
      listed.set(pfn, name);
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
function checkPages(db: Database, listed: ReadonlyMap<number, string>, problems: string[]): void {
  for (let pfn = 1; pfn < db.pages; pfn += 1) {
    const where = listed.get(pfn);
    const location = db.location(pfn);
    const at = db.pte(pfn);
    if (where === undefined && location <= PFN$C_BADPAGLST) problems.push(`page ${pfn} says it is on a list and is not`);
    if (where === undefined && db.refcnt(pfn) === 0) problems.push(`page ${pfn} is nowhere: state ${location}, no references`);
    if (at === 0) continue;
    if (!db.isValid(at)) {
      problems.push(`page ${pfn}: the table of its PTE ${at.toString(16)} is not in memory`);
      continue;
    }
    const pte = db.memory.readLong(at);
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

function pteOf(db: Database, phd: Owner['phd'], address: number): number {
  const page = (address >>> 9) & 0x1fffff;
  if (address >>> 30 === 0) return (phd.PHD$L_P0BR + 4 * page) >>> 0;
  return address >>> 30 === 1 ? (phd.PHD$L_P1BR + 4 * page) >>> 0 : db.systemPte(address);
}

/** The entries of a list name pages that are there, once each, and the PCB counts them right. Of a body that is swapped out none is there. */
function checkWorkingSet(db: Database, { name, pcb, phd }: Owner, problems: string[]): void {
  const { memory } = db;
  if (pcb.PCB$V_RES === 0) return;
  const seen = new Set<number>();
  let [own, global] = [0, 0];
  for (let index = phd.PHD$W_WSLIST; index <= phd.PHD$W_WSLAST; index += 1) {
    const entry = memory.readLong(phd.address + 4 * index);
    if ((entry & WSL$M_VALID) === 0) {
      if (entry !== 0) problems.push(`${name}: working set list entry ${index} is ${entry.toString(16)}`);
      continue;
    }
    const address = (entry & ~(PAGE - 1)) >>> 0;
    if (seen.has(address)) problems.push(`${name}: ${address.toString(16)} is twice in the working set list`);
    seen.add(address);
    const type = (entry & WSL$M_PAGTYP) >>> WSL$V_PAGTYP;
    if (type === PFN$C_GLOBAL || type === PFN$C_GBLWRT) global += 1;
    else own += 1;
    const at = pteOf(db, phd, address);
    if (!db.isValid(at)) {
      problems.push(`${name}: the page table of ${address.toString(16)}, which is in the working set, is not in memory`);
      continue;
    }
    const pte = memory.readLong(at);
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

/** Page table pages are referenced by their valid PTEs, the header by its tables and transition PTEs. Collects blocks of page files. */
function checkTables(db: Database, { name, phd, slot }: Owner, references: Map<number, number[]>, problems: string[]): void {
  const { memory, sys } = db;
  if (slot < 0) return;
  const firstTable = phd.PHD$L_P0BR;
  const end = phd.address + sys.SWP$GL_BSLOTSZ * PAGE;
  let reasons = 0;
  for (let table = firstTable; table < end; table += PAGE) {
    if (!db.isValid(table)) {
      noteInvalid(memory.readLong(db.systemPte(table)), phd, references);
      continue;
    }
    let active = 0;
    for (let at = table; at < table + PAGE; at += 4) {
      const pte = memory.readLong(at);
      const pfn = pte & PTE$M_PFN;
      if ((pte & PTE$M_VALID) !== 0) {
        if ((pte & PTE$M_WINDOW) !== 0 || (pfn < db.pages && (db.pte(pfn) === at || db.isGlobal(pfn)))) active += 1;
      } else if (pte !== 0) {
        if ((pte & (PTE$M_TYP0 | PTE$M_TYP1)) === 0 && pfn !== 0) reasons += 1;
        noteInvalid(pte, phd, references);
      }
    }
    const frame = db.frameOf(table);
    if (db.flink(frame) !== active) problems.push(`${name}: page table ${table.toString(16)} has ${active} valid PTEs, its share count is ${db.flink(frame)}`);
    if (active > 0) reasons += 1;
  }
  const said = memory.readWord(sys.PHV$GL_REFCBAS + 2 * slot);
  if (said !== reasons) problems.push(`${name}: ${reasons} references to the header, its count says ${said}`);
}

/** A PTE that leads to a page file: key file index, then the block. */
function noteInvalid(pte: number, phd: Owner['phd'], references: Map<number, number[]>): void {
  if ((pte & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) !== PTE$M_TYP1 || (pte & PTE$M_PGFLVB) === 0) return;
  const blocks = references.get(phd.PHD$B_PAGFIL) ?? [];
  blocks.push(pte & PTE$M_PGFLVB);
  references.set(phd.PHD$B_PAGFIL, blocks);
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
    const blocks = references.get(bak >>> 24) ?? [];
    blocks.push(bak & PTE$M_PGFLVB);
    references.set(bak >>> 24, blocks);
  }
  // Pages of system space and of global sections that are in the primary page file.
  for (const [low, high] of [[sys.MMG$GL_PAGEDYN, sys.MMG$GL_PAGEDYN + sys.SGN$GL_PAGEDYN], [sys.MMG$GL_GPTE, sys.MMG$GL_MAXSYSVA]] as const) {
    for (let address = low; address < high; address += PAGE) {
      const pte = memory.readLong(db.systemPte(address));
      if ((pte & (PTE$M_VALID | PTE$M_TYP0 | PTE$M_TYP1)) === PTE$M_TYP1) references.set(primary, [...references.get(primary) ?? [], pte & PTE$M_PGFLVB]);
    }
  }
  for (const [index, blocks] of swapSpace(db)) references.set(index, [...references.get(index) ?? [], ...blocks]);
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
  const { memory, sys } = db;
  const out = (address: number): boolean => {
    const pte = memory.readLong(db.systemPte(address));
    return (pte & PTE$M_VALID) === 0 && ((pte & PTE$M_TYP1) !== 0 || ((pte & PTE$M_PFN) !== 0 && [PFN$C_PPGTBL, PFN$C_GPGTBL].includes(db.type(pte & PTE$M_PFN) & PFN$M_PAGTYP)));
  };
  const end = sys.SWP$GL_BALBASE + sys.SGN$GL_BALSETCT * sys.SWP$GL_BSLOTSZ * PAGE;
  for (let address = sys.SWP$GL_BALBASE; address < end; address += PAGE) if (out(address)) return true;
  for (let address = sys.MMG$GL_GPTE; address < sys.MMG$GL_MAXSYSVA; address += PAGE) if (out(address)) return true;
  return false;
}
