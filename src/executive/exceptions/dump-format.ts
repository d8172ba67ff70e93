import { structure } from '../structures/structure.js';

/**
 * The dump file as a bugcheck writes it and SDA reads it, in blocks of 512 bytes numbered from 1.
 *
 *   1     header (DMP), its tail the error log entry of the crash (EMB_CR)
 *   2, 3  the two error log allocation buffers
 *   4     unused, but part of the file
 *   5 ... physical memory, a block a page, in the order of the memory descriptors
 *
 * choice: the book counts four blocks before memory and names three; memory starts at DUMP_FIRST_MEMORY_BLOCK.
 * @source book 8.2.4, Tables 8-1 and 8-2; digest ch08 1.3-1.5
 */
export const DUMP_HEADER_BLOCK = 1;
export const DUMP_ERROR_LOG_BLOCK = 2;
export const DUMP_FIRST_MEMORY_BLOCK = 5;
/** A dump file holds this many blocks more than memory has pages. */
export const DUMP_OVERHEAD_BLOCKS = 4;
export const DUMP_VERSION = 2;

/** Header block. The memory descriptors give, each, a page count (24 bits), a TR number, and the first PFN. */
export const DMP = structure('DMP', 512, {
  0x00: ['DMP$L_ERRSEQ', 'last error log sequence number'],
  0x04: ['DMP$W_FLAGS', 'bit 0: dump has been analyzed'],
  0x06: ['DMP$W_DUMPVER', 'DUMP_VERSION'],
  0x08: ['DMP$L_SBR', 'system page table base, physical address'],
  0x0c: ['DMP$L_SLR', 'system page table length in PTEs'],
  0x10: ['DMP$L_KSP', 'kernel stack pointer'],
  0x14: ['DMP$L_ESP', 'executive stack pointer'],
  0x18: ['DMP$L_SSP', 'supervisor stack pointer'],
  0x1c: ['DMP$L_USP', 'user stack pointer'],
  0x20: ['DMP$L_ISP', 'interrupt stack pointer'],
  0x24: ['DMP$R_MEMDSC', 64, 'eight memory descriptors'],
  0x64: ['DMP$L_SYSVER', 'system version'],
  0x68: ['DMP$L_CHECK', "one's complement of DMP$L_SYSVER"],
  0x6c: ['DMP$R_CRASHERL', 404, 'error log entry of the crash (EMB_CR)'],
}, {}, { DMP$V_OLDDUMP: ['DMP$W_FLAGS', 0] });

/** One memory descriptor of the header (and of the RPB). */
export const MEMDSC = structure('MEMDSC', 8, {
  0x00: ['MEMDSC$L_COUNT_TR', 'pages <23:0>, TR number <31:24>'],
  0x04: ['MEMDSC$L_BASEPFN', 'first page frame number'],
}, {}, { MEMDSC$V_PAGES: ['MEMDSC$L_COUNT_TR', 0, 24], MEMDSC$V_TR: ['MEMDSC$L_COUNT_TR', 24, 8] });

/** Error log entry types. */
export const EMB$K_CR = 37;
export const EMB$K_UBC = 112;
export const EMB$K_SBC = 40;

/** What every error log entry begins with. @source book Table 8-2 */
export const EMB_HEADER = {
  0x00: ['EMB$W_SIZE', 'size in bytes'],
  0x02: ['EMB$B_BUFIND', 'error log allocation buffer number'],
  0x03: ['EMB$B_VALID', 'message is complete'],
  0x04: ['EMB$L_HD_SID', 'system ID register'],
  0x08: ['EMB$W_HD_ENTRY', 'entry type'],
  0x0a: ['EMB$Q_HD_TIME', 'system time'],
  0x12: ['EMB$W_HD_ERRSEQ', 'error sequence number'],
} as const;

/**
 * Error log entry of a crash. A nonfatal bugcheck's entry is the same without the 35 processor registers between PSL and code.
 * @source book Table 8-2; digest ch08 1.3
 */
export const EMB_CR = structure('EMB', 272, {
  ...EMB_HEADER,
  0x14: ['EMB$L_CR_KSP', ''],
  0x18: ['EMB$L_CR_ESP', ''],
  0x1c: ['EMB$L_CR_SSP', ''],
  0x20: ['EMB$L_CR_USP', ''],
  0x24: ['EMB$L_CR_ISP', ''],
  0x28: ['EMB$L_CR_R0', ''],
  0x2c: ['EMB$L_CR_R1', ''],
  0x30: ['EMB$L_CR_R2', ''],
  0x34: ['EMB$L_CR_R3', ''],
  0x38: ['EMB$L_CR_R4', ''],
  0x3c: ['EMB$L_CR_R5', ''],
  0x40: ['EMB$L_CR_R6', ''],
  0x44: ['EMB$L_CR_R7', ''],
  0x48: ['EMB$L_CR_R8', ''],
  0x4c: ['EMB$L_CR_R9', ''],
  0x50: ['EMB$L_CR_R10', ''],
  0x54: ['EMB$L_CR_R11', ''],
  0x58: ['EMB$L_CR_AP', ''],
  0x5c: ['EMB$L_CR_FP', ''],
  0x60: ['EMB$L_CR_SP', 'stack pointer of the mode that failed, before the bugcheck'],
  0x64: ['EMB$L_CR_PC', 'the instruction behind the bugcheck'],
  0x68: ['EMB$L_CR_PSL', ''],
  0x6c: ['EMB$L_CR_P0BR', ''],
  0x70: ['EMB$L_CR_P0LR', ''],
  0x74: ['EMB$L_CR_P1BR', ''],
  0x78: ['EMB$L_CR_P1LR', ''],
  0x7c: ['EMB$L_CR_SBR', ''],
  0x80: ['EMB$L_CR_SLR', ''],
  0x84: ['EMB$L_CR_PCBB', ''],
  0x88: ['EMB$L_CR_SCBB', ''],
  0x8c: ['EMB$L_CR_ASTLVL', ''],
  0x90: ['EMB$L_CR_SISR', ''],
  0x94: ['EMB$L_CR_ICCS', ''],
  0x98: ['EMB$R_CR_CPUREG', 96, 'processor specific registers; this machine has none to add: zero'],
  0xf8: ['EMB$L_CR_CODE', 'bugcheck code with severity'],
  0xfc: ['EMB$L_CR_PID', 'process ID of the current process'],
  0x100: ['EMB$T_CR_LNAME', 16, 'name of the current process, counted'],
});

/** The same entry for a nonfatal bugcheck: up to the PSL alike, then code, PID and name. */
export const EMB_BC = structure('EMB', 132, {
  0x00: ['EMB$R_BC_COMMON', 108, 'as EMB_CR up to the PSL'],
  0x6c: ['EMB$L_BC_CODE', ''],
  0x70: ['EMB$L_BC_PID', ''],
  0x74: ['EMB$T_BC_LNAME', 16, ''],
});

/** Consecutive blocks of a disk. */
export interface DumpExtent {
  readonly lbn: number;
  readonly count: number;
}

/** Where a bugcheck puts the dump: the boot driver's view of SYSDUMP.DMP, given by whoever started the machine. */
export interface DumpWriter {
  /** Length of the dump file in blocks. */
  readonly blocks: number;
  /** Where the file lies on the system disk, in its order; EXE$INIT puts that into the boot control block. None: one piece from block 0. */
  readonly extents?: readonly DumpExtent[];
  /**
   * Writes whole blocks, which lie together, from `block` of the file (1 is the first). Must not fail by exception.
   * @param lbn  where the boot control block says that is on the disk
   */
  write(block: number, bytes: Uint8Array, lbn: number): void;
}
