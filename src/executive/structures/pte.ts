/*
 * Page table entries, working set list entries, PFN database codes. @source digest ch14 1.3, 1.4, 4.1-4.3
 *
 * valid:    V=1 | PROT 30:27 | M 26 | 0 | OWN 24:23 | 0 | W 21 | PFN 20:0
 * invalid:  V=0 | PROT 30:27 | TYP1 26 | 0 | OWN 24:23 | TYP0 22 | by type 21:0
 *           00 demand zero (PFN 0) or transition (PFN not 0); 01 global page table index; 10 page file VBN; 11 section table index
 */

export const PTE$V_VALID = 31;
export const PTE$V_PROT = 27;
export const PTE$S_PROT = 4;
export const PTE$V_MODIFY = 26;
export const PTE$V_TYP1 = 26;
export const PTE$V_OWN = 23;
export const PTE$S_OWN = 2;
export const PTE$V_TYP0 = 22;
export const PTE$V_WINDOW = 21;
export const PTE$V_PFN = 0;
export const PTE$S_PFN = 21;
export const PTE$V_GPTX = 0;
export const PTE$S_GPTX = 22;
export const PTE$V_PGFLVB = 0;
export const PTE$S_PGFLVB = 22;
export const PTE$V_STX = 0;
export const PTE$S_STX = 16;
export const PTE$V_CRF = 16;
export const PTE$V_DZRO = 17;
export const PTE$V_WRT = 18;

export const PTE$M_VALID = 0x80000000;
export const PTE$M_PROT = 0x78000000;
export const PTE$M_MODIFY = 0x04000000;
export const PTE$M_TYP1 = 0x04000000;
export const PTE$M_OWN = 0x01800000;
export const PTE$M_TYP0 = 0x00400000;
export const PTE$M_WINDOW = 0x00200000;
export const PTE$M_PFN = 0x001fffff;
export const PTE$M_GPTX = 0x003fffff;
export const PTE$M_PGFLVB = 0x003fffff;
export const PTE$M_STX = 0x0000ffff;
export const PTE$M_CRF = 0x00010000;
export const PTE$M_DZRO = 0x00020000;
export const PTE$M_WRT = 0x00040000;

/** Protection codes: value of PTE<30:27>. */
export {
  PRT$C_NA, PRT$C_RESERVED, PRT$C_KW, PRT$C_KR, PRT$C_UW, PRT$C_EW, PRT$C_ERKW, PRT$C_ER, PRT$C_SW, PRT$C_SREW, PRT$C_SRKW,
  PRT$C_SR, PRT$C_URSW, PRT$C_UREW, PRT$C_URKW, PRT$C_UR,
} from '../starlet/prtdef.js';

/** By code: name, outermost mode that may write, outermost mode that may read; -1 none. Inner modes may do what outer ones may. */
export const PROTECTION: readonly (readonly [name: string, write: number, read: number])[] = [
  ['NA', -1, -1], ['RESERVED', -1, -1], ['KW', 0, 0], ['KR', -1, 0], ['UW', 3, 3], ['EW', 1, 1], ['ERKW', 0, 1], ['ER', -1, 1],
  ['SW', 2, 2], ['SREW', 1, 2], ['SRKW', 0, 2], ['SR', -1, 2], ['URSW', 2, 3], ['UREW', 1, 3], ['URKW', 0, 3], ['UR', -1, 3],
];

export function protectionAllows(code: number, mode: number, write: boolean): boolean {
  const row = PROTECTION[code & 15]!;
  return mode <= (write ? row[1] : row[2]);
}

export type Pte =
  | { readonly kind: 'valid'; readonly prot: number; readonly owner: number; readonly modify: boolean; readonly window: boolean; readonly pfn: number }
  | { readonly kind: 'null' }
  | { readonly kind: 'demand-zero'; readonly prot: number; readonly owner: number }
  | { readonly kind: 'transition'; readonly prot: number; readonly owner: number; readonly pfn: number }
  | { readonly kind: 'global'; readonly prot: number; readonly owner: number; readonly gptx: number }
  | { readonly kind: 'page-file'; readonly prot: number; readonly owner: number; readonly vbn: number }
  | { readonly kind: 'section'; readonly prot: number; readonly owner: number; readonly stx: number; readonly crf: boolean; readonly dzro: boolean; readonly wrt: boolean };

/** Takes a PTE longword apart. `stx` is the signed section table index. */
export function decodePte(pte: number): Pte {
  pte >>>= 0;
  if (pte === 0) return { kind: 'null' };
  const prot = (pte >>> PTE$V_PROT) & 15;
  const owner = (pte >>> PTE$V_OWN) & 3;
  const pfn = pte & PTE$M_PFN;
  if (pte >>> 31) return { kind: 'valid', prot, owner, modify: (pte & PTE$M_MODIFY) !== 0, window: (pte & PTE$M_WINDOW) !== 0, pfn };
  switch ((pte & PTE$M_TYP1 ? 2 : 0) | (pte & PTE$M_TYP0 ? 1 : 0)) {
    case 0: return pfn === 0 ? { kind: 'demand-zero', prot, owner } : { kind: 'transition', prot, owner, pfn };
    case 1: return { kind: 'global', prot, owner, gptx: pte & PTE$M_GPTX };
    case 2: return { kind: 'page-file', prot, owner, vbn: pte & PTE$M_PGFLVB };
    default: return {
      kind: 'section', prot, owner, stx: ((pte & PTE$M_STX) << 16) >> 16,
      crf: (pte & PTE$M_CRF) !== 0, dzro: (pte & PTE$M_DZRO) !== 0, wrt: (pte & PTE$M_WRT) !== 0,
    };
  }
}

/** Puts a PTE longword together; unsigned. */
export function encodePte(pte: Pte): number {
  if (pte.kind === 'null') return 0;
  const common = ((pte.prot & 15) << PTE$V_PROT) | ((pte.owner & 3) << PTE$V_OWN);
  switch (pte.kind) {
    case 'valid': return (PTE$M_VALID | common | (pte.modify ? PTE$M_MODIFY : 0) | (pte.window ? PTE$M_WINDOW : 0) | (pte.pfn & PTE$M_PFN)) >>> 0;
    case 'demand-zero': return common >>> 0;
    case 'transition': return (common | (pte.pfn & PTE$M_PFN)) >>> 0;
    case 'global': return (common | PTE$M_TYP0 | (pte.gptx & PTE$M_GPTX)) >>> 0;
    case 'page-file': return (common | PTE$M_TYP1 | (pte.vbn & PTE$M_PGFLVB)) >>> 0;
    case 'section': return (common | PTE$M_TYP1 | PTE$M_TYP0 | (pte.stx & PTE$M_STX)
      | (pte.crf ? PTE$M_CRF : 0) | (pte.dzro ? PTE$M_DZRO : 0) | (pte.wrt ? PTE$M_WRT : 0)) >>> 0;
  }
}

/** Working set list entry: VA<31:9> and control bits; the longword may be used as a virtual address. */
export const WSL$V_VALID = 0;
export const WSL$V_PAGTYP = 1;
export const WSL$S_PAGTYP = 3;
export const WSL$V_PFNLOCK = 4;
export const WSL$V_WSLOCK = 5;
export const WSL$V_MODIFY = 8;
export const WSL$M_VALID = 0x01;
export const WSL$M_PAGTYP = 0x0e;
export const WSL$M_PFNLOCK = 0x10;
export const WSL$M_WSLOCK = 0x20;
export const WSL$M_MODIFY = 0x100;

/** PFN$AB_STATE<2:0>: where a page is. (numbers public $PFNDEF) */
export const PFN$C_FREPAGLST = 0;
export const PFN$C_MFYPAGLST = 1;
export const PFN$C_BADPAGLST = 2;
export const PFN$C_RELPEND = 3;
export const PFN$C_RDERR = 4;
export const PFN$C_WRTINPROG = 5;
export const PFN$C_RDINPROG = 6;
export const PFN$C_ACTIVE = 7;
export const PFN$M_LOC = 0x07;
export const PFN$V_DELCON = 6;
export const PFN$V_MODIFY = 7;
export const PFN$M_DELCON = 0x40;
export const PFN$M_MODIFY = 0x80;

/** PFN$AB_TYPE<2:0>, also WSL$V_PAGTYP. */
export const PFN$C_PROCESS = 0;
export const PFN$C_SYSTEM = 1;
export const PFN$C_GLOBAL = 2;
export const PFN$C_GBLWRT = 3;
export const PFN$C_PPGTBL = 4;
export const PFN$C_GPGTBL = 5;
export const PFN$M_PAGTYP = 0x07;
export const PFN$V_COLLISION = 4;
export const PFN$V_BADPAG = 5;
export const PFN$V_RPTEVT = 6;
export const PFN$M_COLLISION = 0x10;
export const PFN$M_BADPAG = 0x20;
export const PFN$M_RPTEVT = 0x40;

/** The eight parallel arrays of the PFN database in the order of the pointers at PFN$A_BASE, with bytes an element (word links). */
export const PFN_ARRAYS = [
  ['PFN$AL_PTE', 4, 'system address of the PTE that maps the page'],
  ['PFN$AL_BAK', 4, 'what goes back into the PTE when the page leaves memory'],
  ['PFN$AW_REFCNT', 2, 'reasons not to be on the free or modified list'],
  ['PFN$AX_FLINK', 2, 'next page on its list; SHRCNT of a page in use'],
  ['PFN$AX_BLINK', 2, 'previous page on its list; WSLX of a page in use'],
  ['PFN$AW_SWPVBN', 2, 'swap file block the page belongs to'],
  ['PFN$AB_STATE', 1, 'location code and flags'],
  ['PFN$AB_TYPE', 1, 'page type and flags'],
] as const;
