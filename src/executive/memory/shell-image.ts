import { CTL$GL_KSPINI, CTL$GL_VECTORS, ESP_INITIAL, P1_CELLS, SSP_INITIAL } from '../structures/p1-cells.js';
import { P1_LAYOUT, type P1Area } from '../structures/p1-layout.js';
import { PRT$C_NA } from '../structures/pte.js';
import { demandZeroPte, PAGE_SIZE, validPte } from './page-tables.js';

/**
 * SHELL: the swap image of a process that does not exist yet, seven pages of SYS.EXE at SWP$GL_SHELLBAS. The swapper copies them for every
 * new process, and SWP$SHELINIT (shell.ts) does the rest. In its order: the first page of the process header with the hardware context,
 * the last two pages of the P1 page table, the P1 pointer page, a page of RMS data, two pages of kernel stack. In these two lies the code
 * that the swapper enters while the pages are in its P0 space.
 * @source book 20.2, Table 20-4; F.6
 */
export const SHELL_PAGES = 7;

/** Numbers of its pages. */
export const SHELL_HEADER = 0;
export const SHELL_TABLES = 1;
export const SHELL_POINTERS = 3;
export const SHELL_RMS_DATA = 4;
export const SHELL_STACK = 5;
export const SHELL_STACK_PAGES = 2;

/** P1 page table pages in SHELL, and the address that the first entry of theirs maps. */
export const SHELL_TABLE_PAGES = 2;
export const SHELL_P1_LOW = 0x80000000 - SHELL_TABLE_PAGES * 128 * PAGE_SIZE;

/** The page of RMS data. choice: the first one whose PTE is in SHELL (ch20#33). */
export const SHELL_RMS_PAGE = SHELL_P1_LOW;

/** Areas of fixed P1 space whose pages are there from the start, locked in the working set. */
const LOCKED_LABELS = new Set(['CTL$GL_VECTORS', 'CTL$GL_KSTKBAS']);
export const isLockedArea = ({ label }: P1Area): boolean => LOCKED_LABELS.has(label);
export const isVectorArea = ({ label }: P1Area): boolean => label === 'P1SYSVECTORS';

/** IPL 2, kernel mode: how every process starts (ch20#37). */
const INITIAL_PSL = 0x00020000;
/** No ASTs pending. */
const NO_ASTS = 4 << 24;

/** The PTE of a page of fixed P1 space in the skeleton; SWP$SHELINIT puts the frames in. The vectors are those of the running system. */
export function skeletonPte(area: P1Area, address: number): number {
  if (area.protection === PRT$C_NA || isVectorArea(area)) return 0;
  const isThere = isLockedArea(area) || address === SHELL_RMS_PAGE;
  return (isThere ? validPte(0, area.protection, area.owner) : demandZeroPte(area.protection, area.owner)) >>> 0;
}

const at = (page: number, offset: number | string): string => `.=SWP$GL_SHELLBAS+<${page}*512>+${offset}`;

/** MACRO-32 source of SHELL. It comes first in SYS.EXE, for it begins and ends with a page. */
export function shellSource(): string {
  const lines = ['SWP$GL_SHELLBAS::', ` .BYTE 0[${SHELL_PAGES * PAGE_SIZE}]`];
  const longs: readonly (readonly [field: string, value: number | string])[] = [
    ['PHD$L_PCB', CTL$GL_KSPINI], ['PHD$L_ESP', ESP_INITIAL], ['PHD$L_SSP', SSP_INITIAL], ['PHD$L_PC', 'EXE$PROCSTRT'], ['PHD$L_PSL', INITIAL_PSL],
    ['PHD$L_P0LRASTL', NO_ASTS],
  ];
  for (const [field, value] of longs) lines.push(at(SHELL_HEADER, field), ` .LONG ${value}`);
  for (const field of ['PHD$W_WSLIST', 'PHD$W_WSLOCK', 'PHD$W_WSDYN']) lines.push(at(SHELL_HEADER, field), ' .WORD PHD$K_LENGTH/4');
  for (const area of P1_LAYOUT) {
    for (let page = 0; page < area.pages; page += 1) {
      const address = area.base + page * PAGE_SIZE;
      const pte = address < SHELL_P1_LOW ? 0 : skeletonPte(area, address);
      if (pte !== 0) lines.push(at(SHELL_TABLES, 4 * ((address - SHELL_P1_LOW) / PAGE_SIZE)), ` .LONG ${pte}`);
    }
  }
  [CTL$GL_KSPINI, ESP_INITIAL, SSP_INITIAL].forEach((top, mode) => {
    lines.push(at(SHELL_POINTERS, (CTL$GL_VECTORS & (PAGE_SIZE - 1)) + P1_CELLS.offset.CTL$AL_STACK + 4 * mode), ` .LONG ${top}`);
  });
  // Entered in the swapper's P0 space; the stack of the new process lies here afterwards.
  lines.push(at(SHELL_STACK, 0), 'SWP$SHELINIT::', ' JMP @#SWP$CONFIGURE', `.=SWP$GL_SHELLBAS+${SHELL_PAGES * PAGE_SIZE}`);
  return `${lines.join('\n')}\n`;
}
