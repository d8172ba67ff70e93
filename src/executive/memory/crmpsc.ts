import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import {
  SEC$M_CRF, SEC$M_EXECUTE, SEC$M_EXPREG, SEC$M_GBL, SEC$M_NOPROTCHK, SEC$M_PAGFIL, SEC$M_PERM, SEC$M_PFNMAP, SEC$M_PROTECT, SEC$M_SHMGS, SEC$M_SYSGBL, SEC$M_WRT,
} from '../starlet/secdef.js';
import {
  SS$_ACCVIO, SS$_CREATED, SS$_ENDOFFILE, SS$_EXGBLPAGFIL, SS$_GPTFULL, SS$_GSDFULL, SS$_ILLPAGCNT, SS$_IVSECFLG, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHSEC,
  SS$_SECTBLFUL,
} from '../starlet/ssdef.js';
import { PRT$C_UR, PRT$C_UREW, PTE$M_GPTX, PTE$M_STX, PTE$M_TYP0, PTE$M_TYP1, PTE$M_VALID, PTE$M_WINDOW, PTE$V_OWN, PTE$V_PROT } from '../structures/pte.js';
import { EXTGSD, SEC$M_STORED } from '../structures/section.js';
import { underMutex } from '../synchronization/mutex.js';
import { expansion, makePlace, ownProtection } from './create-pages.js';
import { MMG$DELPAG } from './delete-page.js';
import { finishGlobalDeletions, leaveClosingWindows } from './global-delete.js';
import { freeGsd, enterGsd, findGsd, isPfnMapped, makeGlobalSection, makeGsd, readSectionName, sectionOf, sectionPteFlags, type Gsd, type SectionName } from './global-section.js';
import { checkRange, isDescending, MMG$CREDEL, outerMode, rangeCount, readRange, returnRange, type PageRange } from './page-range.js';
import { PAGE_SIZE, writePte } from './page-tables.js';
import { checkFlags, mayMap, sectionFile, shareWindow, type SectionFile } from './section-access.js';
import { allocateSection, linkToChannel, MMG$DECPSTREF, processHeader, sectionEntry } from './section-table.js';
import { writeValidPte } from './valid-pte.js';

/**
 * $CRMPSC and $MGBLSC: pages that come from a file, the page file or given frames (module SYSCRMPSC). The services fill page tables and
 * section tables; pages come when they are touched. @source book 16.3; digest ch16 2.5, 2.6
 */
const MOST_PAGES = 0x3fffff;

/** The PTE of a page of the section, without what says where the page is. */
function pteTemplate(flags: number, mode: number): number {
  const writable = (flags & SEC$M_WRT) !== 0;
  const protection = flags & SEC$M_PROTECT ? (writable ? PRT$C_UREW : PRT$C_UR) : ownProtection(mode, writable);
  return ((protection << PTE$V_PROT) | (mode << PTE$V_OWN)) >>> 0;
}

/** Where `pages` pages go: at the end of a region, or at the start of the range given, as far as it reaches. */
function mappingRange(k: Kernel, inadr: number, flags: number, pages: number): PageRange {
  const asked = readRange(k, inadr);
  if (flags & SEC$M_EXPREG) return expansion(k, (asked.first >>> 30) & 1, pages);
  const count = Math.min(rangeCount(asked), pages);
  return { first: asked.first, last: asked.first + (isDescending(asked) ? -1 : 1) * (count - 1) * PAGE_SIZE };
}

/**
 * Fills the PTEs of a range; the lowest address has page 0.
 *
 * @param charged  each page counts against the page file quota
 * @param store    writes the PTE of page `n` of the range
 */
function mapPages(k: Kernel, range: PageRange, retadr: number, mode: number, charged: boolean, store: (address: number, page: number) => void): number {
  const low = Math.min(range.first, range.last);
  return MMG$CREDEL(k, range, retadr, (address) => {
    const status = makePlace(k, address, mode, charged);
    if (status & 1) store(address, (address - low) / PAGE_SIZE);
    return status;
  });
}

/** Deletes what is in the range before anything is made: from then on nothing has to wait. RETADR says that nothing was mapped when it fails. */
function clearRange(k: Kernel, range: PageRange, retadr: number, mode: number): number {
  const inRegion = checkRange(range);
  const status = inRegion & 1 ? MMG$CREDEL(k, range, 0, (address) => MMG$DELPAG(k, address, mode)) : inRegion;
  if (!(status & 1)) returnRange(k, retadr, range, 0);
  return status;
}

interface Mapping {
  readonly inadr: number;
  readonly retadr: number;
  readonly mode: number;
  readonly flags: number;
}

interface PrivateSection extends Mapping {
  readonly chan: number;
  readonly pagcnt: number;
  readonly vbn: number;
  readonly pfc: number;
}

/** Pages of a file from block `vbn`: those asked for, or all there are. */
function sectionPages(file: SectionFile, vbn: number, pagcnt: number): number {
  const left = file.blocks - vbn + 1;
  return pagcnt === 0 ? left : Math.min(left, pagcnt);
}

/** A private section: one PSTE, the same index in every PTE. @source book 16.3.1, Private Section Creation */
function createPrivate(k: Kernel, request: PrivateSection): number {
  const { inadr, retadr, mode, flags } = request;
  if (inadr === 0) return SS$_ACCVIO;
  const file = sectionFile(k, request.chan, flags);
  if (typeof file === 'number') return file;
  const vbn = request.vbn === 0 ? 1 : request.vbn;
  const pages = sectionPages(file, vbn, request.pagcnt);
  if (pages <= 0) return SS$_ENDOFFILE;
  const range = mappingRange(k, inadr, flags, pages);
  const cleared = clearRange(k, range, retadr, mode);
  if (!(cleared & 1)) return cleared;

  const header = processHeader(k);
  const index = allocateSection(k, header);
  if (index === 0) return SS$_SECTBLFUL;
  const section = sectionEntry(k, header, index);
  section.SEC$V_VPX = Math.min(range.first, range.last) / PAGE_SIZE;
  section.SEC$B_PFC = request.pfc;
  section.SEC$L_VBN = vbn;
  section.SEC$W_FLAGS = flags & SEC$M_STORED;
  section.SEC$V_AMOD = mode;
  section.SEC$L_PAGCNT = rangeCount(range);
  linkToChannel(k, header, index, file.ccb);
  const pte = (pteTemplate(flags, mode) | PTE$M_TYP1 | PTE$M_TYP0 | sectionPteFlags(flags) | (index & PTE$M_STX)) >>> 0;
  // One reference more than pages, until it is known how many there are.
  section.SEC$L_REFCNT = 1;
  const status = mapPages(k, range, retadr, mode, (flags & SEC$M_CRF) !== 0, (address) => {
    writePte(k, address, pte);
    section.SEC$L_REFCNT = section.SEC$L_REFCNT + 1;
  });
  MMG$DECPSTREF(k, header, index);
  return status;
}

/** Private pages mapped to frames: valid, in no working set, charged to nobody. @source book 16.3.1, Map by PFN */
function mapByPfn(k: Kernel, request: Mapping, firstPfn: number, pages: number): number {
  const { inadr, retadr, mode, flags } = request;
  const range = mappingRange(k, inadr, flags, pages);
  const cleared = clearRange(k, range, retadr, mode);
  if (!(cleared & 1)) return cleared;
  const template = (PTE$M_VALID | PTE$M_WINDOW | pteTemplate(flags, mode)) >>> 0;
  return mapPages(k, range, retadr, mode, false, (address, page) => { writeValidPte(k, address, (template | (firstPfn + page)) >>> 0); });
}

/**
 * Maps pages of a global section from page `relpag` on: each PTE has the index of its page in the global page table.
 * @source book 16.3.2; digest ch16 2.6
 */
function mapGlobal(k: Kernel, gsd: Gsd, request: Mapping, relpag: number): number {
  const { inadr, retadr, mode, flags } = request;
  if (!mayMap(k, gsd, flags)) return SS$_NOPRIV;
  // Writing into a section that is not writable is nobody's right.
  if ((flags & SEC$M_WRT) !== 0 && gsd.GSD$V_WRT === 0) return SS$_NOPRIV;
  if (isPfnMapped(gsd)) {
    const extended = EXTGSD.at(k, gsd.address);
    if (relpag >= extended.GSD$L_PAGES) return SS$_ENDOFFILE;
    return mapByPfn(k, request, extended.GSD$L_BASEPFN + relpag, extended.GSD$L_PAGES - relpag);
  }
  const section = sectionOf(k, gsd);
  if (relpag >= section.SEC$L_PAGCNT) return SS$_ENDOFFILE;
  const range = mappingRange(k, inadr, flags, section.SEC$L_PAGCNT - relpag);
  const template = (pteTemplate(flags, mode) | PTE$M_TYP0) >>> 0;
  const first = section.SEC$V_VPX + relpag;
  return mapPages(k, range, retadr, mode, section.SEC$V_CRF !== 0, (address, page) => {
    writePte(k, address, (template | ((first + page) & PTE$M_GPTX)) >>> 0);
    section.SEC$L_REFCNT = section.SEC$L_REFCNT + 1;
    section.SEC$V_UNUSED = 0;
  });
}

interface GlobalCreation extends PrivateSection {
  readonly name: SectionName;
  readonly prot: number;
  readonly relpag: number;
}

/** Makes a global section, which is on its list then; the status when it cannot be made. @source book 16.3.1; digest ch16 2.5 */
function createGlobal(k: Kernel, request: GlobalCreation): Gsd | number {
  const { flags, name, pagcnt } = request;
  if (flags & SEC$M_PFNMAP) {
    if (pagcnt === 0 || pagcnt > MOST_PAGES) return SS$_ILLPAGCNT;
    const gsd = makeGsd(k, name, flags, request.prot, true);
    if (!gsd) return SS$_GSDFULL;
    const extended = EXTGSD.at(k, gsd.address);
    extended.GSD$L_BASEPFN = request.vbn;
    extended.GSD$L_PAGES = pagcnt;
    enterGsd(k, gsd, name.isSystem);
    return gsd;
  }
  const isPageFile = (flags & SEC$M_PAGFIL) !== 0;
  const file = isPageFile ? undefined : sectionFile(k, request.chan, flags);
  if (typeof file === 'number') return file;
  const vbn = request.vbn === 0 ? 1 : request.vbn;
  const pages = file ? sectionPages(file, vbn, pagcnt) : pagcnt;
  if (pages <= 0 || pages > MOST_PAGES) return file ? SS$_ENDOFFILE : SS$_ILLPAGCNT;
  if (isPageFile && pages > k.sys.MMG$GL_GBLPAGFIL) return SS$_EXGBLPAGFIL;
  const gsd = makeGsd(k, name, flags, request.prot, false);
  if (!gsd) return SS$_GSDFULL;
  if (file) gsd.GSD$L_FILUIC = file.owner;
  const lacking = makeGlobalSection(k, gsd, { pages, window: file?.window ?? 0, vbn: file ? vbn : 0, cluster: request.pfc, flags });
  if (lacking !== undefined) {
    freeGsd(k, gsd);
    return lacking === 'GPTE' ? SS$_GPTFULL : SS$_SECTBLFUL;
  }
  if (file) shareWindow(k, file.window);
  else k.sys.MMG$GL_GBLPAGFIL = k.sys.MMG$GL_GBLPAGFIL - pages;
  enterGsd(k, gsd, name.isSystem);
  return gsd;
}

/** Pages that a mapping would take: of the section that exists, or of the one to be made; the status when it cannot be made. */
function plannedPages(k: Kernel, request: GlobalCreation, existing: Gsd | undefined): number | { readonly status: number } {
  const { flags, pagcnt, relpag } = request;
  if (existing) return (isPfnMapped(existing) ? EXTGSD.at(k, existing.address).GSD$L_PAGES : sectionOf(k, existing).SEC$L_PAGCNT) - relpag;
  if (flags & (SEC$M_PFNMAP | SEC$M_PAGFIL)) return pagcnt - relpag;
  const file = sectionFile(k, request.chan, flags);
  return typeof file === 'number' ? { status: file } : sectionPages(file, request.vbn === 0 ? 1 : request.vbn, pagcnt) - relpag;
}

/** Creates the section, unless it is there, and maps it when a range is given. The lists are changed under their mutex. */
function createAndMap(k: Kernel, request: GlobalCreation): number {
  const { inadr, retadr, flags, mode, relpag } = request;
  const locked = <T>(body: () => T): T => underMutex(k, k.symbol('EXE$GL_GSDMTX'), body);
  const existing = locked(() => findGsd(k, request.name));
  const pages = plannedPages(k, request, existing);
  if (typeof pages !== 'number') return pages.status;
  if (inadr !== 0) {
    if (pages <= 0 || pages > MOST_PAGES) return existing || flags & SEC$M_PFNMAP ? SS$_ENDOFFILE : SS$_ILLPAGCNT;
    const cleared = clearRange(k, mappingRange(k, inadr, flags, pages), retadr, mode);
    if (!(cleared & 1)) return cleared;
  }
  const gsd = existing ?? locked(() => createGlobal(k, request));
  if (typeof gsd === 'number') return gsd;
  const status = inadr === 0 ? SS$_NORMAL : mapGlobal(k, gsd, request, relpag);
  return status & 1 && !existing ? SS$_CREATED : status;
}

/** What was in the range may have been the last page of another section. */
function leave(k: Kernel, status: number): number {
  finishGlobalDeletions(k);
  return leaveClosingWindows(k, status);
}

/** Whether the arguments that a mapping needs can be used. */
function accessible(k: Kernel, inadr: number, retadr: number): boolean {
  return (inadr === 0 || k.callerCanRead(inadr, 8)) && (retadr === 0 || k.callerCanWrite(retadr, 8));
}

/**
 * $CRMPSC [inadr],[retadr],[acmode],[flags],[gsdnam],[ident],[relpag],[chan],[pagcnt],[vbn],[prot],[pfc] - create a section and map it.
 *
 * @param inadr   two addresses: the range, or with EXPREG the region; 0 with GBL: create only
 * @param gsdnam  descriptor of the name of a global section
 * @param vbn     first block, 0 for 1; with PFNMAP the first page frame
 * @returns SS$_NORMAL; SS$_CREATED a global section was made; SS$_ACCVIO, SS$_IVSECFLG, SS$_NOPRIV, SS$_IVLOGNAM, SS$_IVSECIDCTL, SS$_IVCHAN, SS$_IVCHNLSEC,
 *   SS$_NOTFILEDEV, SS$_NOWRT, SS$_ENDOFFILE, SS$_ILLPAGCNT, SS$_SECTBLFUL, SS$_GPTFULL, SS$_GSDFULL, SS$_EXGBLPAGFIL; and those of makePlace
 * @source book 16.3.1; digest ch16 2.5; System Services manual
 */
const createAndMapSection = kernelService('$CRMPSC', (k, inadr = 0, retadr = 0, acmode = 0, flags = 0, gsdnam = 0, ident = 0, relpag = 0, chan = 0, pagcnt = 0, vbn = 0, prot = 0, pfc = 0) => {
  if (!accessible(k, inadr, retadr)) return SS$_ACCVIO;
  const allowed = checkFlags(k, flags);
  if (!(allowed & 1)) return allowed;
  const request: PrivateSection = { inadr, retadr, mode: outerMode(k, acmode), flags, chan, pagcnt, vbn, pfc: pfc & 0x7f };
  if (flags & SEC$M_GBL) {
    const name = readSectionName(k, gsdnam, ident, flags);
    return typeof name === 'number' ? name : leave(k, createAndMap(k, { ...request, name, prot: prot & 0xffff, relpag }));
  }
  if ((flags & SEC$M_PFNMAP) === 0) return leave(k, createPrivate(k, request));
  if (inadr === 0) return SS$_ACCVIO;
  return pagcnt === 0 || pagcnt > MOST_PAGES ? SS$_ILLPAGCNT : leave(k, mapByPfn(k, request, vbn, pagcnt));
});

const MAP_FLAGS = SEC$M_GBL | SEC$M_WRT | SEC$M_SYSGBL | SEC$M_EXPREG | SEC$M_EXECUTE | SEC$M_PROTECT | SEC$M_NOPROTCHK;

/**
 * $MGBLSC inadr,[retadr],[acmode],[flags],gsdnam,[ident],[relpag] - map a global section that exists.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_IVSECFLG, SS$_IVLOGNAM, SS$_IVSECIDCTL; SS$_NOSUCHSEC; SS$_NOPRIV its protection; SS$_ENDOFFILE relpag; those of makePlace
 * @source book 16.3.2; digest ch16 2.6
 */
const mapGlobalSection = kernelService('$MGBLSC', (k, inadr = 0, retadr = 0, acmode = 0, flags = 0, gsdnam = 0, ident = 0, relpag = 0) => {
  if (inadr === 0 || !accessible(k, inadr, retadr)) return SS$_ACCVIO;
  if ((flags & ~(MAP_FLAGS | SEC$M_PERM | SEC$M_SHMGS)) !== 0 || (k.callerMode > 1 && (flags & (SEC$M_PROTECT | SEC$M_NOPROTCHK)) !== 0)) return SS$_IVSECFLG;
  const name = readSectionName(k, gsdnam, ident, flags);
  if (typeof name === 'number') return name;
  const gsd = underMutex(k, k.symbol('EXE$GL_GSDMTX'), () => findGsd(k, name));
  if (!gsd) return SS$_NOSUCHSEC;
  return leave(k, mapGlobal(k, gsd, { inadr, retadr, mode: outerMode(k, acmode), flags }, relpag));
});

export const CREATE_SECTION_ROUTINES = [createAndMapSection, mapGlobalSection] as const;
