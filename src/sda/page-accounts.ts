import { SHELL_PAGES } from '../executive/memory/shell-image.js';
import { DYN$C_EXTGSD } from '../executive/structures/dyn.js';
import { decodePte } from '../executive/structures/pte.js';
import { EXTGSD } from '../executive/structures/section.js';
import { hex } from './error.js';
import { PAGE_TYPES, PfnDatabase } from './page-lines.js';
import { walkQueue } from './queue.js';
import type { Session } from './session.js';

const PAGE = 512;
const SYSTEM = 0x80000000;
const ACTIVE = 7;
/** By PFN$AB_STATE, active pages apart. */
const LOCATIONS = ['on the free list', 'on the modified list', 'on the bad page list', 'to be released', 'after a read error', 'being written', 'being read'];
/** A machine of 512 MB. */
const MOST_PAGES = 0x100000;

/** How many pages of physical memory are where, and what does not agree. */
export interface PageAccounts {
  readonly places: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

/**
 * Gives each page of physical memory its one place: those of the PFN database by their state and type, the others by the entry of the system page
 * table that maps them or the section mapped by page frame number that they are in. Whether the PFN database agrees with lists and page tables is checkMemory's to say.
 *
 * @source digest ch14 1, appF Table F-4
 */
export function accountForPages(session: Session): PageAccounts {
  const places = new Map<string, number>();
  const problems: string[] = [];
  const database = new PfnDatabase(session);
  const pages = Math.min(session.cell('MMG$GL_MAXMEM') + 1, MOST_PAGES);
  const used = Math.min(pages, session.cell('MMG$GL_PHYPGCNT'));
  const system = systemMappings(session, database, pages, problems);
  const resident = residentPages(session, system, problems);
  const shell = shellFrames(session);
  for (let pfn = 0; pfn < pages; pfn += 1) {
    const place = placeOf(pfn);
    if (place === undefined) problems.push(`page frame ${hex(pfn, 6)} is nowhere`);
    else places.set(place, (places.get(place) ?? 0) + 1);
  }
  return { places, problems };

  function placeOf(pfn: number): string | undefined {
    const data = pfn === 0 ? undefined : database.entry(pfn);
    if (data) {
      const state = data.state & 7;
      return state === ACTIVE ? `active, of type ${PAGE_TYPES[data.type & 7]!}` : LOCATIONS[state];
    }
    if (system.has(pfn)) return 'of the executive, outside the PFN database';
    if (resident.has(pfn)) return 'of images that stay in memory';
    if (pfn >= shell.first && pfn < shell.end) return 'of SHELL, which is paged from SYS.EXE';
    return pfn >= used ? 'left alone (PHYSICALPAGES)' : undefined;
  }
}

/** Pages outside the PFN database that the system page table maps; reports those mapped twice, and entries that the PFN database does not know of. */
function systemMappings(session: Session, database: PfnDatabase, pages: number, problems: string[]): Set<number> {
  const mapped = new Set<number>();
  const table = session.cell('MMG$GL_SPTBASE');
  const length = Math.min(session.target.processor.slr & 0x3fffff, 0x200000);
  for (let page = 0; page < length; page += 1) {
    const pte = session.memory.pte(SYSTEM + page * PAGE);
    const decoded = pte === undefined ? undefined : decodePte(pte);
    if (decoded?.kind !== 'valid' || decoded.pfn >= pages) continue;          // device registers lie above memory
    const { pfn } = decoded;
    if (pfn !== 0 && pfn <= database.highest) {
      const owner = database.entry(pfn)!.pte;
      if (owner !== table + 4 * page) problems.push(`page frame ${hex(pfn, 6)} is mapped at ${hex(SYSTEM + page * PAGE, 8)}, its owner is the PTE at ${hex(owner, 8)}`);
    } else if (mapped.has(pfn)) {
      problems.push(`page frame ${hex(pfn, 6)} is mapped twice, also at ${hex(SYSTEM + page * PAGE, 8)}`);
    }
    mapped.add(pfn);
  }
  return mapped;
}

/** Pages of sections that are mapped by page frame number: the images that come with the system. Reports those that lie elsewhere, too. */
function residentPages(session: Session, system: ReadonlySet<number>, problems: string[]): Set<number> {
  const found = new Set<number>();
  for (const gsd of walkQueue(session, session.symbol('EXE$GL_GSDSYSFL'), false).elements) {
    const section = EXTGSD.read(session.memory, gsd);
    if (section.GSD$B_TYPE !== DYN$C_EXTGSD) continue;
    for (let pfn = section.GSD$L_BASEPFN; pfn < Math.min(section.GSD$L_BASEPFN + section.GSD$L_PAGES, MOST_PAGES); pfn += 1) {
      if (found.has(pfn) || system.has(pfn)) problems.push(`page frame ${hex(pfn, 6)} of the section at ${hex(gsd, 8)} belongs to another, too`);
      found.add(pfn);
    }
  }
  return found;
}

/**
 * Frames that SHELL was loaded into at boot, in front of the code behind it. When it is paged from SYS.EXE they are nobody's, and cannot be given out:
 * SYS.EXE's code has to stay in one piece (the control store).
 */
function shellFrames(session: Session): { readonly first: number; readonly end: number } {
  const base = session.symbols.lookup('SWP$GL_SHELLBAS');
  const behind = base === undefined ? undefined : decodePte(session.memory.pte((base + SHELL_PAGES * PAGE) >>> 0) ?? 0);
  return behind?.kind === 'valid' ? { first: behind.pfn - SHELL_PAGES, end: behind.pfn } : { first: 0, end: 0 };
}
