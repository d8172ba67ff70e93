import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { DYN$C_PFL } from '../structures/dyn.js';
import { PRT$C_UR, PTE$M_STX, PTE$M_TYP0, PTE$M_TYP1, PTE$V_PROT } from '../structures/pte.js';
import { PFL } from '../structures/section.js';
import { PAGE_SIZE, writePte } from './page-tables.js';
import { allocateSection, sectionEntry, systemHeader } from './section-table.js';
import { SHELL_PAGES } from './shell-image.js';

/**
 * SHELL is paged from SYS.EXE: a section of the system, whose pages are invalid until somebody looks at them, and entry 0 of the page and
 * swap file vector, from which the swapper reads all of it.
 *
 * @param window  of SYS.EXE
 * @param vbn     block of the file that SHELL begins with
 * @returns whether there was room for the control block and the section table entry. EXE$INIT
 * @source book 20.2.1; F.3; digest ch14 1.10
 */
export function pageShell(k: Kernel, window: number, vbn: number): boolean {
  const block = allocateBlock(k, PFL.size, DYN$C_PFL);
  const header = systemHeader(k);
  const index = block === 0 ? 0 : allocateSection(k, header);
  if (index === 0) return false;
  const file = PFL.at(k, block);
  file.PFL$L_WINDOW = window;
  file.PFL$L_VBN = vbn;
  file.PFL$L_MAXVBN = SHELL_PAGES;
  file.PFL$V_INITED = 1;
  k.writeLong(k.sys.MMG$GL_PAGSWPVC, block);
  k.sys.SWP$GL_SHELL = FIRST_BLOCK;
  const base = k.symbol('SWP$GL_SHELLBAS');
  const section = sectionEntry(k, header, index);
  section.SEC$V_VPX = base >>> 9;
  section.SEC$L_WINDOW = window;
  section.SEC$L_VBN = vbn;
  section.SEC$L_REFCNT = section.SEC$L_PAGCNT = SHELL_PAGES;
  const pte = ((PRT$C_UR << PTE$V_PROT) | PTE$M_TYP1 | PTE$M_TYP0 | (index & PTE$M_STX)) >>> 0;
  for (let page = 0; page < SHELL_PAGES; page += 1) writePte(k, base + page * PAGE_SIZE, pte);
  return true;
}

/** As PCB$L_WSSWP has it: file 0, block 1. */
const FIRST_BLOCK = 1;
