import type { Kernel } from '../kernel.js';
import { LNM$SEARCH_ONE } from '../names/search.js';
import { EXE$ALOPAGED, EXE$DEAPAGED } from '../pool/paged.js';
import {
  SEC$K_MATEQU, SEC$K_MATLEQ, SEC$M_CRF, SEC$M_DZRO, SEC$M_GBL, SEC$M_PAGFIL, SEC$M_PERM, SEC$M_SYSGBL, SEC$M_WRT,
} from '../starlet/secdef.js';
import { SS$_ACCVIO, SS$_IVLOGNAM, SS$_IVSECIDCTL } from '../starlet/ssdef.js';
import { DYN$C_EXTGSD, DYN$C_GSD } from '../structures/dyn.js';
import { LNM$C_MAXDEPTH } from '../names/name-block.js';
import { LNMX } from '../structures/lnm.js';
import { readCounted, writeCounted } from '../structures/memory.js';
import { PRT$C_KW, PTE$M_CRF, PTE$M_DZRO, PTE$M_STX, PTE$M_TYP0, PTE$M_TYP1, PTE$M_WRT, PTE$V_PROT } from '../structures/pte.js';
import { EXTGSD$T_GSDNAM, GSD, GSD$C_MAXNAMLEN, GSD$T_GSDNAM } from '../structures/section.js';
import { allocateGptes, gpteAddress, releaseGptes } from './global-page-table.js';
import { allocateSection, sectionEntry, systemHeader, usedSections, type SectionEntry } from './section-table.js';

/**
 * Global sections: descriptors by name on the system or the group list, section table entries in the system header, page table entries in
 * the global page table. The lists are used under EXE$GL_GSDMTX. @source book 14.3, 16.3; digest ch14 1.8, ch16 2.5
 */
export type Gsd = ReturnType<typeof GSD.at>;

/** What a section is known by. */
export interface SectionName {
  readonly text: string;
  readonly isSystem: boolean;
  /** SEC$K_ match control. */
  readonly match: number;
  /** Major identification in the top byte, minor below. */
  readonly ident: number;
}

const LOGICAL_PREFIX = 'GBL$';

/** The name that the logical names GBL$name lead to; a leading underscore ends the translation. @source System Services manual, $CRMPSC */
function translateName(k: Kernel, given: string): string {
  let text = given;
  for (let depth = 0; depth < LNM$C_MAXDEPTH; depth += 1) {
    if (text.startsWith('_')) return text.replace(/^_+/, '');
    const { status, value, flags } = LNM$SEARCH_ONE(k, LOGICAL_PREFIX + text, 'LNM$FILE_DEV', k.callerMode);
    if (!(status & 1)) return text;
    text = value;
    if (flags & LNMX.mask.LNMX$V_TERMINAL) return text.replace(/^_+/, '');
  }
  return text;
}

/**
 * Reads the arguments gsdnam, ident and the SYSGBL flag.
 *
 * @returns the name; SS$_ACCVIO, SS$_IVLOGNAM empty or longer than 43 characters, SS$_IVSECIDCTL match control
 */
export function readSectionName(k: Kernel, gsdnam: number, ident: number, flags: number): SectionName | number {
  const given = k.callerString(gsdnam);
  if (given === undefined || (ident !== 0 && !k.callerCanRead(ident, 8))) return SS$_ACCVIO;
  if (given.length === 0 || given.length > GSD$C_MAXNAMLEN) return SS$_IVLOGNAM;
  const text = translateName(k, given);
  if (text.length === 0 || text.length > GSD$C_MAXNAMLEN) return SS$_IVLOGNAM;
  const match = ident === 0 ? 0 : k.readLong(ident);
  if (match > SEC$K_MATLEQ) return SS$_IVSECIDCTL;
  return { text, isSystem: (flags & SEC$M_SYSGBL) !== 0, match, ident: ident === 0 ? 0 : k.readLong(ident + 4) };
}

const listOf = (k: Kernel, isSystem: boolean): number => k.symbol(isSystem ? 'EXE$GL_GSDSYSFL' : 'EXE$GL_GSDGRPFL');

/** The name in a GSD: behind the fixed part, whose length depends on the kind. */
export function gsdName(k: Kernel, gsd: Gsd): string {
  return readCounted(k, gsd.address + (isPfnMapped(gsd) ? EXTGSD$T_GSDNAM : GSD$T_GSDNAM));
}

export const isPfnMapped = (gsd: Gsd): boolean => gsd.GSD$B_TYPE === DYN$C_EXTGSD;

const MINOR = 0x00ffffff;

/** Whether a section of this identification satisfies the request. @source System Services manual, $MGBLSC ident */
export function identMatches(match: number, wanted: number, has: number): boolean {
  if (match === SEC$K_MATEQU) return wanted >>> 0 === has >>> 0;
  if (match === SEC$K_MATLEQ) return wanted >>> 24 === has >>> 24 && (wanted & MINOR) <= (has & MINOR);
  return true;
}

/** The first section of that name and identification; group sections of other groups are not seen. */
export function findGsd(k: Kernel, name: SectionName): Gsd | undefined {
  for (const address of k.queueEntries(listOf(k, name.isSystem))) {
    const gsd = GSD.at(k, address);
    if (!name.isSystem && gsd.GSD$W_PCBGRP !== k.pcb.PCB$W_GRP) continue;
    if (gsdName(k, gsd) === name.text && identMatches(name.match, name.ident, gsd.GSD$L_IDENT)) return gsd;
  }
  return undefined;
}

/** The section table entry of a descriptor. */
export function sectionOf(k: Kernel, gsd: Gsd): SectionEntry {
  return sectionEntry(k, systemHeader(k), gsd.GSD$W_GSTX);
}

/** A descriptor from paged pool, not yet on a list; undefined when there is no pool. */
export function makeGsd(k: Kernel, name: SectionName, flags: number, protection: number, isPfn: boolean): Gsd | undefined {
  const nameAt = isPfn ? EXTGSD$T_GSDNAM : GSD$T_GSDNAM;
  const size = (nameAt + 1 + name.text.length + 15) & ~15;
  const address = EXE$ALOPAGED(k, size);
  if (address === 0) return undefined;
  k.writeBytes(address, new Uint8Array(size));
  const gsd = GSD.at(k, address);
  gsd.GSD$W_SIZE = size;
  gsd.GSD$B_TYPE = isPfn ? DYN$C_EXTGSD : DYN$C_GSD;
  gsd.GSD$L_PCBUIC = k.pcb.PCB$L_UIC;
  gsd.GSD$W_PROT = protection;
  gsd.GSD$L_IDENT = name.ident;
  gsd.GSD$L_IPID = k.pcb.PCB$L_PID;
  gsd.GSD$W_FLAGS = flags & STORED_FLAGS;
  writeCounted(k, address + nameAt, name.text, name.text.length + 1);
  return gsd;
}

const STORED_FLAGS = SEC$M_GBL | SEC$M_CRF | SEC$M_DZRO | SEC$M_WRT | SEC$M_PERM | SEC$M_SYSGBL;

/** Puts a descriptor on the list where it is looked for. */
export function enterGsd(k: Kernel, gsd: Gsd, isSystem: boolean): void {
  k.insertTail(gsd.address, listOf(k, isSystem));
}

export interface GlobalContents {
  readonly pages: number;
  /** Window control block, 0 for a page file section. */
  readonly window: number;
  readonly vbn: number;
  readonly cluster: number;
  readonly flags: number;
}

/** Flags of a section as they stand in the PTEs that have its index. */
export function sectionPteFlags(flags: number): number {
  return (flags & SEC$M_CRF ? PTE$M_CRF : 0) | (flags & SEC$M_DZRO ? PTE$M_DZRO : 0) | (flags & SEC$M_WRT ? PTE$M_WRT : 0);
}

/** Protection of a GPTE, which nobody checks: it makes a demand-zero entry differ from a stopper. */
const GPTE_PROTECTION = (PRT$C_KW << PTE$V_PROT) >>> 0;

/**
 * Gives a descriptor its GSTE and GPTEs.
 *
 * @returns 'GSTE' or 'GPTE', whichever there is no room for; undefined when it is done
 * @source book 16.3.1, Global Section Creation; digest ch16 2.5
 */
export function makeGlobalSection(k: Kernel, gsd: Gsd, contents: GlobalContents): 'GSTE' | 'GPTE' | undefined {
  const header = systemHeader(k);
  const gptx = allocateGptes(k, contents.pages);
  if (gptx === 0) return 'GPTE';
  const index = allocateSection(k, header);
  if (index === 0) {
    releaseGptes(k, gptx, contents.pages);
    return 'GSTE';
  }
  const section = sectionEntry(k, header, index);
  section.SEC$L_GSD = gsd.address;
  section.SEC$V_VPX = gptx;
  section.SEC$B_PFC = contents.cluster;
  section.SEC$L_WINDOW = contents.window;
  section.SEC$L_VBN = contents.vbn;
  section.SEC$W_FLAGS = gsd.GSD$W_FLAGS;
  section.SEC$L_PAGCNT = contents.pages;
  gsd.GSD$W_GSTX = index;
  const isPageFile = (contents.flags & SEC$M_PAGFIL) !== 0;
  const first = isPageFile ? GPTE_PROTECTION : (GPTE_PROTECTION | PTE$M_TYP1 | PTE$M_TYP0 | sectionPteFlags(contents.flags) | (index & PTE$M_STX)) >>> 0;
  for (let page = 0; page < contents.pages; page += 1) k.writeLong(gpteAddress(k, gptx + page), first);
  return undefined;
}

/** The section that a global page belongs to. @source cell MMG$GL_GBLSECFND, the one found last */
export function sectionOfGptx(k: Kernel, gptx: number): { readonly index: number; readonly section: SectionEntry } {
  const header = systemHeader(k);
  const holds = (section: SectionEntry): boolean => gptx >= section.SEC$V_VPX && gptx < section.SEC$V_VPX + section.SEC$L_PAGCNT;
  const last = k.sys.MMG$GL_GBLSECFND;
  if (last !== 0) {
    const section = sectionEntry(k, header, last);
    if (section.SEC$V_GBL === 1 && holds(section)) return { index: last, section };
  }
  for (const index of usedSections(k, header)) {
    const section = sectionEntry(k, header, index);
    if (section.SEC$V_GBL === 0 || !holds(section)) continue;
    k.sys.MMG$GL_GBLSECFND = index;
    return { index, section };
  }
  throw new Error(`global page ${gptx.toString(16)} belongs to no section`);
}

/** Puts a descriptor back in pool. */
export function freeGsd(k: Kernel, gsd: Gsd): void {
  EXE$DEAPAGED(k, gsd.address);
}

/** The extent of the global page table, for those who have to tell its entries from others, and how many pages may be locked in memory. */
export function initializeGlobalSections(k: Kernel): void {
  k.sys.MMG$GL_SYSPHDLN = systemHeader(k).PHD$L_PSTBASOFF;
  k.sys.MMG$GL_MAXGPTE = k.sys.MMG$GL_MAXSYSVA;
  // choice: half of memory may be locked.
  k.sys.MMG$GL_PFNLOCK = k.sys.SCH$GL_FREECNT >>> 1;
}
