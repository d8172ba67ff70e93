import { heading, parseRange, type Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { pteText } from './pte-text.js';
import type { Session } from './session.js';

/* Page tables and the PFN database. */

const PAGE_LOCATIONS = ['FREELST', 'MFYLST', 'BADLST', 'RELPND', 'RDERR', 'WRTINP', 'RDINP', 'ACTIVE'];
export const PAGE_TYPES = ['PROCESS', 'SYSTEM', 'GLOBAL', 'GBLWRT', 'PPGTBL', 'GPGTBL', '?', '?'];
/** As wide as a terminal of 80 columns. */
const COLUMNS = 'ADDRESS  SVAPTE   PTE      TYPE  READ WRIT BITS PLACE       LOC     PAGTYP  REF';
const RULES = '-------- -------- -------- ----- ---- ---- ---- ----------- ------- ------- ---';
const SYSTEM = 0x80000000;

/** One page frame's entry in the PFN database. */
export interface PfnData {
  readonly pte: number;
  readonly bak: number;
  readonly refcnt: number;
  readonly flink: number;
  readonly blink: number;
  readonly swpvbn: number;
  readonly state: number;
  readonly type: number;
}

/** Reads PFN database entries. @throws SdaError beyond the database */
export class PfnDatabase {
  private readonly bases: readonly number[];
  private readonly linkSize: number;
  readonly highest: number;

  constructor(private readonly session: Session) {
    this.bases = ['PFN$AL_PTE', 'PFN$AL_BAK', 'PFN$AW_REFCNT', 'PFN$AX_FLINK', 'PFN$AX_BLINK', 'PFN$AW_SWPVBN', 'PFN$AB_STATE', 'PFN$AB_TYPE'].map((name) => session.cell(name));
    this.linkSize = session.memory.readWord(session.symbol('MMG$GW_BIGPFN')) ? 4 : 2;
    this.highest = session.cell('MMG$GL_MAXPFN');
  }

  entry(pfn: number): PfnData | undefined {
    if (pfn > this.highest) return undefined;
    const { memory } = this.session;
    const [pte, bak, refcnt, flink, blink, swpvbn, state, type] = this.bases as [number, number, number, number, number, number, number, number];
    const link = (base: number): number => this.linkSize === 4 ? memory.readLong((base + 4 * pfn) >>> 0) : memory.readWord((base + 2 * pfn) >>> 0);
    return {
      pte: memory.readLong((pte + 4 * pfn) >>> 0), bak: memory.readLong((bak + 4 * pfn) >>> 0), refcnt: memory.readWord((refcnt + 2 * pfn) >>> 0),
      flink: link(flink), blink: link(blink), swpvbn: memory.readWord((swpvbn + 2 * pfn) >>> 0),
      state: memory.readByte((state + pfn) >>> 0), type: memory.readByte((type + pfn) >>> 0),
    };
  }

  /** The same, undefined also when the database itself cannot be read there. */
  find(pfn: number): PfnData | undefined {
    try {
      return this.entry(pfn);
    } catch (error) {
      if (error instanceof SdaError) return undefined;
      throw error;
    }
  }
}

/** Lines for the pages from `start`, runs of absent pages as one line. */
export function* pageTableLines(session: Session, start: number, pages: number): Generator<string> {
  yield COLUMNS;
  yield RULES;
  const database = databaseOf(session);
  let nulls = 0;
  const flush = function* (): Generator<string> {
    if (nulls > 0) yield `${' '.repeat(9)}-------- ${nulls} null page${nulls === 1 ? '' : 's'}`;
    nulls = 0;
  };
  for (let page = 0; page < pages; page += 1) {
    const address = (start + page * 512) >>> 0;
    const pte = session.memory.pte(address);
    if (pte === undefined) {
      // The page table page is not there: none of the pages it would map are.
      const at = session.memory.pteAddress(address);
      const missing = Math.min(pages - page, at !== undefined && 'virtual' in at ? Math.floor((512 - (at.virtual & 511)) / 4) || 1 : 1);
      nulls += missing;
      page += missing - 1;
      continue;
    }
    if (pte === 0) {
      nulls += 1;
      continue;
    }
    yield* flush();
    const place = session.memory.pteAddress(address)!;
    const svapte = 'virtual' in place ? place.virtual : (session.cellOrZero('MMG$GL_SPTBASE') + 4 * ((address >>> 9) & 0x1fffff)) >>> 0;
    const text = pteText(pte);
    const data = text.pfn === undefined ? undefined : database?.find(text.pfn);
    yield [hex8(address), hex8(svapte), hex8(pte), text.type.padEnd(5), `${text.read} ${text.write} ${text.bits.padEnd(4)} ${text.place.padEnd(11)}`,
      (data ? PAGE_LOCATIONS[data.state & 7]! : '').padEnd(7), (data ? PAGE_TYPES[data.type & 7]! : '').padEnd(7), data ? String(data.refcnt).padStart(3) : ''].join(' ').trimEnd();
  }
  yield* flush();
}

function databaseOf(session: Session): PfnDatabase | undefined {
  try {
    return new PfnDatabase(session);
  } catch (error) {
    if (error instanceof SdaError) return undefined;
    throw error;
  }
}

/** P0 and P1 page tables of the process in view. */
export function* processPageTables(session: Session, which: { readonly p0: boolean; readonly p1: boolean }): Generator<string> {
  const { p0lr, p1lr } = session.context.tables;
  if (which.p0) {
    yield* heading('P0 page table');
    yield* pageTableLines(session, 0, Math.min(p0lr & 0x3fffff, 0x200000));
    yield '';
  }
  if (which.p1) {
    yield* heading('P1 page table');
    const first = Math.min(p1lr & 0x3fffff, 0x200000);
    yield* pageTableLines(session, 0x40000000 + first * 512, 0x200000 - first);
    yield '';
  }
}

/** `SHOW PAGE_TABLE`: the system page table, the global page table, or the pages of a range. @source digest appB fact 15 */
export const SHOW_PAGE_TABLE: Command = {
  name: 'SHOW PAGE_TABLE',
  qualifiers: ['ALL', 'GLOBAL', 'SYSTEM', 'P0', 'P1'],
  help: ['SHOW PAGE_TABLE [range] [/SYSTEM | /GLOBAL | /P0 | /P1 | /ALL]', 'Page table entries, decoded, with the state of the page each leads to.'],
  *run(session, { qualifiers, rest }) {
    if (rest !== '') {
      const { start, length } = parseRange(session, rest);
      const first = (start & ~0x1ff) >>> 0;
      yield* pageTableLines(session, first, Math.ceil((start - first + (length ?? 1)) / 512));
      return;
    }
    const all = qualifiers.has('ALL');
    if (qualifiers.has('P0') || qualifiers.has('P1')) yield* processPageTables(session, { p0: qualifiers.has('P0'), p1: qualifiers.has('P1') });
    if (all || qualifiers.has('SYSTEM') || !['GLOBAL', 'P0', 'P1'].some((name) => qualifiers.has(name))) {
      yield* heading('System page table');
      yield* pageTableLines(session, SYSTEM, Math.min(session.target.processor.slr & 0x3fffff, 0x200000));
      yield '';
    }
    if (all || qualifiers.has('GLOBAL')) yield* globalPageTable(session);
  },
};

/** The global page table: entries from MMG$GL_GPTE to MMG$GL_MAXGPTE. */
function* globalPageTable(session: Session): Generator<string> {
  yield* heading('Global page table');
  const first = session.cell('MMG$GL_GPTE');
  const last = session.cell('MMG$GL_MAXGPTE');
  yield 'GPTX      SVAPTE    PTE       TYPE   READ WRIT BITS PLACE';
  yield '--------  --------  --------  -----  ---- ---- ---- -----------';
  const base = session.cell('MMG$GL_GPTBASE');
  const free = freeEntries(session, first, last);
  let stoppers = 0;
  for (let at = first; at < last && session.memory.has(at); at += 4) {
    if (free.has(at)) continue;
    const pte = session.memory.readLong(at);
    if (pte === 0) {
      stoppers += 1;
      continue;
    }
    const text = pteText(pte);
    yield [hex8((at - base) >>> 2), hex8(at), hex8(pte), text.type.padEnd(5), `${text.read} ${text.write} ${text.bits.padEnd(4)} ${text.place}`].join('  ').trimEnd();
  }
  yield '';
  yield `${free.size} entries are free, ${stoppers} are between sections`;
  yield '';
}

/** Addresses of the free entries: a list as in the pools, whose links and sizes are no page table entries. @source book 14.3.4 */
function freeEntries(session: Session, first: number, last: number): Set<number> {
  const found = new Set<number>();
  for (let block = session.cell('EXE$GL_GPT'); block >= first && block < last && session.memory.has(block) && !found.has(block); block = session.memory.readLong(block)) {
    const end = Math.min(block + session.memory.readLong(block + 4), last);
    for (let at = block; at < end; at += 4) found.add(at);
  }
  return found;
}

const LISTS = ['FREE', 'MODIFIED', 'BAD'] as const;

/** `SHOW PFN_DATA`: page frames, all or one, or those on the free, modified or bad list. */
export const SHOW_PFN_DATA: Command = {
  name: 'SHOW PFN_DATA',
  qualifiers: ['ALL', 'BAD', 'FREE', 'MODIFIED', 'SYSTEM'],
  help: ['SHOW PFN_DATA [pfn | /FREE | /MODIFIED | /BAD | /ALL]', 'Entries of the PFN database. A page list is followed by its links and checked.'],
  *run(session, { qualifiers, rest }) {
    const database = new PfnDatabase(session);
    if (rest !== '') {
      const pfn = session.evaluate(rest);
      const data = database.entry(pfn);
      if (!data) throw new SdaError('E', 'NOPFN', `page frame ${hex8(pfn)} has no entry in the PFN database`);
      yield PFN_HEADING;
      yield pfnLine(pfn, data);
      return;
    }
    const wanted = LISTS.filter((list) => qualifiers.has(list));
    for (const list of wanted.length > 0 || qualifiers.has('SYSTEM') || qualifiers.has('ALL') ? wanted : LISTS) yield* pageList(session, database, list);
    if (qualifiers.has('ALL') || qualifiers.has('SYSTEM')) {
      yield* heading('Page frame number database');
      yield PFN_HEADING;
      for (let pfn = 0; pfn <= database.highest; pfn += 1) {
        const data = database.find(pfn);
        if (!data) break;
        if (!qualifiers.has('SYSTEM') || (data.type & 7) === 1) yield pfnLine(pfn, data);
      }
    }
  },
};

const PFN_HEADING = '  PFN     PTE ADDRESS    BAK     REFCNT   FLINK    BLINK   TYPE     STATE';

function pfnLine(pfn: number, data: PfnData): string {
  return [hex(pfn, 6), ` ${hex8(data.pte)} `, hex8(data.bak), String(data.refcnt).padStart(6), hex(data.flink, 6), ` ${hex(data.blink, 6)}`,
    PAGE_TYPES[data.type & 7]!.padEnd(7), PAGE_LOCATIONS[data.state & 7]!].join('   ');
}

/** Page lists are named in the order of their headers at PFN$AL_HEAD. */
function* pageList(session: Session, database: PfnDatabase, list: (typeof LISTS)[number]): Generator<string> {
  const number = LISTS.indexOf(list);
  yield* heading(`${list[0]!}${list.slice(1).toLowerCase()} page list`);
  const count = session.memory.readLong(session.symbol('PFN$AL_COUNT') + 4 * number);
  const head = session.memory.readLong(session.symbol('PFN$AL_HEAD') + 4 * number);
  yield `Count: ${count}   Low limit: ${session.memory.readLong(session.symbol('PFN$AL_LOLIMIT') + 4 * number)}   High limit: ${session.memory.readLong(session.symbol('PFN$AL_HILIMIT') + 4 * number)}`;
  yield '';
  if (head !== 0) yield PFN_HEADING;
  let met = 0;
  for (let pfn = head, previous = 0; pfn !== 0;) {
    const data = database.entry(pfn);
    if (!data || met > database.highest) {
      yield `%SDA-E-BADLIST, the list leads to page frame ${hex8(pfn)} after ${met} pages`;
      return;
    }
    yield pfnLine(pfn, data);
    if (data.blink !== previous) yield `%SDA-W-BADLINK, backward link of ${hex(pfn, 6)} is ${hex(data.blink, 6)}, expected ${hex(previous, 6)}`;
    if ((data.state & 7) !== number) yield `%SDA-W-BADSTATE, page frame ${hex(pfn, 6)} is not in the state of this list`;
    met += 1;
    previous = pfn;
    pfn = data.flink;
  }
  yield met === count ? `${met} pages on the list` : `%SDA-W-BADCOUNT, ${met} pages on the list, but its count is ${count}`;
  yield '';
}
