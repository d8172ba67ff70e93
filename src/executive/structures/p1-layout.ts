import { PRT$C_KW, PRT$C_NA, PRT$C_SREW, PRT$C_SRKW, PRT$C_UR, PRT$C_UREW, PRT$C_URKW, PRT$C_URSW, PRT$C_UW } from './pte.js';

/** One fixed area of P1 space. */
export interface P1Area {
  readonly base: number;
  readonly pages: number;
  readonly name: string;
  /** Label at the base, '' for none. */
  readonly label: string;
  readonly protection: number;
  /** Owner mode: 0 kernel, 1 executive, 2 supervisor, 3 user. */
  readonly owner: number;
  readonly pageable: boolean;
}

const AREAS: readonly (readonly [base: number, pages: number, name: string, label: string, protection: number, owner: number, pageable: boolean])[] = [
  [0x7fff0000, 128, 'VAX DEBUG dynamic memory', '', PRT$C_UW, 3, true],
  [0x7ffefe00, 1, 'P1 pointer page', 'CTL$GL_VECTORS', PRT$C_URKW, 0, false],
  [0x7ffee800, 11, 'reserved for vector expansion', '', PRT$C_NA, 0, false],
  [0x7ffede00, 5, 'system service vectors', 'P1SYSVECTORS', PRT$C_UR, 0, false],
  [0x7ffe9e00, 32, 'supervisor stack', '', PRT$C_URSW, 2, true],
  [0x7ffe7e00, 16, 'executive stack', 'CTL$GL_KSPINI', PRT$C_SREW, 1, true],
  [0x7ffe7800, 3, 'kernel stack', 'CTL$GL_KSTKBAS', PRT$C_SRKW, 0, false],
  [0x7ffe7000, 4, 'kernel stack expansion', '', PRT$C_NA, 0, false],
  [0x7ffe6e00, 1, 'guard page', '', PRT$C_NA, 0, false],
  [0x7ffe5e00, 8, 'KRP lookaside list', 'CTL$GL_KRP', PRT$C_URKW, 0, true],
  [0x7ffe5c00, 1, 'image header buffer', 'MMG$IMGHDRBUF', PRT$C_URSW, 1, true],
  [0x7ffe5800, 2, 'vectors for user-written services and messages', 'CTL$A_DISPVEC', PRT$C_UREW, 0, true],
  [0x7ffe5000, 4, 'debugger context', '', PRT$C_UW, 3, true],
  [0x7ffe4000, 8, 'image activator scratch', 'IAC$AL_IMGACTBUF', PRT$C_UREW, 1, true],
  [0x7ffe2800, 12, 'generic CLI data', 'CTL$AL_CLICALBK', PRT$C_URSW, 2, true],
  [0x7ffe2600, 1, 'image activator context', 'CTL$GL_IAFLINK', PRT$C_UREW, 1, true],
  [0x7ffe2000, 3, 'security audit data', 'NSA$T_IDT', PRT$C_KW, 0, true],
  [0x7ffe1c00, 2, 'not used', '', PRT$C_NA, 0, false],
  [0x7ffe1a00, 1, 'VMS user-mode data', 'CTL$GL_DCLPRSOWN', PRT$C_UW, 0, true],
  [0x7ffe1600, 2, 'compatibility mode data', 'CTL$AG_CMEDATA', PRT$C_UW, 0, true],
  [0x7ffe0e00, 4, 'per-process common for DIGITAL', 'CTL$A_COMMON', PRT$C_UW, 0, true],
  [0x7ffe0600, 4, 'per-process common for users', 'CTL$A_COMMON-800', PRT$C_UW, 0, true],
  [0x7ffdfa00, 6, 'RMS data areas', 'PIO$GL_FMLH', PRT$C_UREW, 1, true],
];

/** P1 space from the top down, as the skeleton page table in SHELL has it. @source book Table F-5; digest appF */
export const P1_LAYOUT: readonly P1Area[] = AREAS.map(([base, pages, name, label, protection, owner, pageable]) => (
  { base, pages, name, label, protection, owner, pageable }
));

/** Low end of the fixed part; the P1 window to the process header lies below it, then the dynamic part. */
export const P1_FIXED_LOW = 0x7ffdfa00;
