import { gap, structure } from './structure.js';

/**
 * Global section descriptor: name of a global section. System list EXE$GL_GSDSYSFL, one list for all groups EXE$GL_GSDGRPFL, deletion
 * pending EXE$GL_GSDDELFL; mutex EXE$GL_GSDMTX. The counted name follows. Paged pool.
 * choice: offsets (the figure is lost) in the order the book names the fields. @source digest ch14 1.8
 */
export const GSD = structure('GSD', 48, {
  0x00: ['GSD$L_GSDFL', 'list forward link'],
  0x04: ['GSD$L_GSDBL', 'list backward link'],
  0x08: ['GSD$W_SIZE', 'structure size in bytes'],
  0x0a: ['GSD$B_TYPE', 'DYN$C_GSD'],
  0x0b: ['GSD$B_HASH', 'hash of the name'],
  0x0c: ['GSD$L_PCBUIC', 'UIC of the creator'],
  0x10: ['GSD$L_FILUIC', 'owner UIC of the file'],
  0x14: ['GSD$W_PROT', 'protection mask'],
  0x16: ['GSD$W_GSTX', 'global section table index (negative)'],
  0x18: ['GSD$L_IDENT', 'match identification'],
  0x1c: ['GSD$L_ORB', 'object rights block'],
  0x20: ['GSD$L_IPID', 'internal PID of the creator'],
  0x24: ['GSD$W_FLAGS', 'section flags (SEC$V_)'],
  0x26: gap(2, 'unused'),
  0x28: gap(8, 'unused'),
}, { GSD$W_PCBGRP: 0x0e }, {
  GSD$V_GBL: ['GSD$W_FLAGS', 0], GSD$V_CRF: ['GSD$W_FLAGS', 1], GSD$V_DZRO: ['GSD$W_FLAGS', 2], GSD$V_WRT: ['GSD$W_FLAGS', 3],
  GSD$V_SHMGS: ['GSD$W_FLAGS', 4], GSD$V_RESIDENT: ['GSD$W_FLAGS', 13], GSD$V_PERM: ['GSD$W_FLAGS', 14], GSD$V_SYSGBL: ['GSD$W_FLAGS', 15],
});

/** Offset of the counted name; at most 43 characters. */
export const GSD$T_GSDNAM = GSD.size;
export const GSD$C_MAXNAMLEN = 43;

/**
 * Extended global section descriptor, for a section mapped by PFN: no section table entry, no global page table entries. The counted
 * name follows. choice: as GSD, with the three extra longwords in front of the name. @source digest ch14 1.8
 */
export const EXTGSD = structure('GSD', 60, {
  0x00: ['GSD$L_GSDFL', 'list forward link'],
  0x04: ['GSD$L_GSDBL', 'list backward link'],
  0x08: ['GSD$W_SIZE', 'structure size in bytes'],
  0x0a: ['GSD$B_TYPE', 'DYN$C_EXTGSD'],
  0x0b: ['GSD$B_HASH', 'hash of the name'],
  0x0c: ['GSD$L_PCBUIC', 'UIC of the creator'],
  0x10: ['GSD$L_FILUIC', 'unused'],
  0x14: ['GSD$W_PROT', 'protection mask'],
  0x16: ['GSD$W_GSTX', '0'],
  0x18: ['GSD$L_IDENT', 'match identification'],
  0x1c: ['GSD$L_ORB', 'object rights block'],
  0x20: ['GSD$L_IPID', 'internal PID of the creator'],
  0x24: ['GSD$W_FLAGS', 'section flags (SEC$V_)'],
  0x26: gap(2, 'unused'),
  0x28: ['GSD$Q_PRIVS', 'resident image: privileges it is installed with (choice: in VMS a known file entry has them)'],
  0x30: ['GSD$L_BASEPFN', 'first page frame'],
  0x34: ['GSD$L_PAGES', 'pages'],
  0x38: ['GSD$L_REFCNT', 'mappings'],
});

/** Offset of the counted name. */
export const EXTGSD$T_GSDNAM = EXTGSD.size;

/**
 * Section table entry: process (PSTE) or global (GSTE). Addressed by a negative longword index from the high end of its table; the first
 * is -8. A free entry holds the index of the next free one in its first longword. choice: SEC$V_UNUSED, the last reference went when a page
 * was copied. @source digest ch14 1.5 (offsets public $SECDEF)
 */
export const SEC = structure('SEC', 32, {
  0x00: ['SEC$L_CCB', 'channel control block (process), GSD (global)'],
  0x04: ['SEC$W_SECXFL', 'index of the next entry with the same file and channel'],
  0x06: ['SEC$W_SECXBL', 'index of the previous one'],
  0x08: ['SEC$L_VPXPFC', 'first virtual page (global: GPTX of the first GPTE) and page fault cluster'],
  0x0c: ['SEC$L_WINDOW', 'window control block'],
  0x10: ['SEC$L_VBN', 'first virtual block in the file'],
  0x14: ['SEC$W_FLAGS', 'flags'],
  0x16: gap(2, 'unused'),
  0x18: ['SEC$L_REFCNT', 'page table entries that refer to the section'],
  0x1c: ['SEC$L_PAGCNT', 'pages in the section'],
}, { SEC$L_GSD: 0x00, SEC$B_PFC: 0x0b, SEC$B_AMOD: 0x15 }, {
  SEC$V_VPX: ['SEC$L_VPXPFC', 0, 22],
  SEC$V_GBL: ['SEC$W_FLAGS', 0], SEC$V_CRF: ['SEC$W_FLAGS', 1], SEC$V_DZRO: ['SEC$W_FLAGS', 2], SEC$V_WRT: ['SEC$W_FLAGS', 3],
  SEC$V_SHMGS: ['SEC$W_FLAGS', 4], SEC$V_UNUSED: ['SEC$W_FLAGS', 5], SEC$V_WRTMOD: ['SEC$W_FLAGS', 6, 2], SEC$V_AMOD: ['SEC$W_FLAGS', 8, 2],
  SEC$V_RESIDENT: ['SEC$W_FLAGS', 13], SEC$V_PERM: ['SEC$W_FLAGS', 14], SEC$V_SYSGBL: ['SEC$W_FLAGS', 15],
});

export const SEC$K_LENGTH = SEC.size;
/** Flags of a request that are kept in SEC$W_FLAGS. */
export const SEC$M_STORED = 0xe0cf;

/**
 * Page or swap file control block, by index from MMG$GL_PAGSWPVC. The bitmap has one bit a block, 1 = free. VBN, WINDOW and PFC lie as in
 * SEC. Nonpaged pool; MMG$GL_NULLPFL is static. choice: offsets that the book does not fix. @source digest ch14 1.10
 */
export const PFL = structure('PFL', 36, {
  0x00: ['PFL$L_BITMAP', 'address of the bitmap'],
  0x04: ['PFL$L_STARTBYTE', 'byte where the next search starts'],
  0x08: ['PFL$W_SIZE', 'structure size in bytes'],
  0x0a: ['PFL$B_TYPE', 'DYN$C_PFL'],
  0x0b: ['PFL$B_PFC', 'page fault cluster, normally 0'],
  0x0c: ['PFL$L_WINDOW', 'window control block, 0 for none'],
  0x10: ['PFL$L_VBN', 'first virtual block'],
  0x14: ['PFL$L_BITMAPSIZ', 'bytes of bitmap'],
  0x18: ['PFL$L_FREPAGCNT', 'free blocks'],
  0x1c: ['PFL$L_MAXVBN', 'largest virtual block number'],
  0x20: ['PFL$B_ALLOCSIZ', 'blocks to allocate at once'],
  0x21: ['PFL$B_FLAGS', 'flags'],
  0x22: ['PFL$W_REFCNT', 'processes that use the file'],
}, {}, {
  PFL$V_INITED: ['PFL$B_FLAGS', 0], PFL$V_PAGFILFUL: ['PFL$B_FLAGS', 1], PFL$V_SWPFILFUL: ['PFL$B_FLAGS', 2],
});
