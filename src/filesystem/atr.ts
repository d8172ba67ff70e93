import { structure, gap } from '../executive/structures/structure.js';

/** Attribute codes of a file function's attribute list (P5): word size, word code, longword address. choice: public $ATRDEF. */
export const ATR$C_UCHAR = 3;
export const ATR$C_RECATTR = 4;
export const ATR$C_FILNAM = 5;
export const ATR$C_FILTYP = 6;
export const ATR$C_FILVER = 7;
export const ATR$C_EXPDAT = 8;
export const ATR$C_STATBLK = 9;
export const ATR$C_HEADER = 10;
export const ATR$C_BLOCKSIZE = 11;
export const ATR$C_USERLABEL = 12;
export const ATR$C_ASCDATES = 13;
export const ATR$C_ALCONTROL = 14;
export const ATR$C_ASCNAME = 16;
export const ATR$C_CREDATE = 17;
export const ATR$C_REVDATE = 18;
export const ATR$C_EXPDATE = 19;
export const ATR$C_BAKDATE = 20;
export const ATR$C_UIC = 21;
export const ATR$C_FPRO = 22;
export const ATR$C_RPRO = 23;
export const ATR$C_ACLEVEL = 24;
export const ATR$C_SEMASK = 25;
export const ATR$C_UIC_RO = 26;
export const ATR$C_DIRSEQ = 27;
export const ATR$C_BACKLINK = 28;
export const ATR$C_JOURNAL = 29;
export const ATR$C_HDR1_ACC = 30;
/** Access control list: entries to be put behind the others; all of them taken away; the whole list. choice: public $ATRDEF. */
export const ATR$C_ADDACLENT = 31;
export const ATR$C_DELETEACL = 36;
export const ATR$C_READACL = 37;
export const ATR$C_ACLLENGTH = 38;
export const ATR$C_HIGHWATER = 41;

/**
 * Record attributes: the part of a file header that RMS writes (FH2$W_RECATTR, ATR$C_RECATTR). The two block numbers are stored with
 * their words swapped, high word first. choice: public $FATDEF.
 */
export const FAT = structure('FAT', 32, {
  0x00: ['FAT$B_RTYPE', 'record format, file organization in the high four bits'],
  0x01: ['FAT$B_RATTRIB', 'record attributes'],
  0x02: ['FAT$W_RSIZE', 'record size'],
  0x04: ['FAT$W_HIBLKH', 'highest allocated VBN, high word'],
  0x06: ['FAT$W_HIBLKL', 'and low word'],
  0x08: ['FAT$W_EFBLKH', 'end of file VBN, high word'],
  0x0a: ['FAT$W_EFBLKL', 'and low word'],
  0x0c: ['FAT$W_FFBYTE', 'first free byte in the end of file block'],
  0x0e: ['FAT$B_BKTSIZE', 'bucket size in blocks'],
  0x0f: ['FAT$B_VFCSIZE', 'size of the fixed control area'],
  0x10: ['FAT$W_MAXREC', 'maximum record size'],
  0x12: ['FAT$W_DEFEXT', 'default extension in blocks'],
  0x14: ['FAT$W_GBC', 'global buffer count'],
  0x16: gap(8, 'unused'),
  0x1e: ['FAT$W_VERSIONS', 'version limit of new files in a directory'],
}, {}, { FAT$V_RTYPE: ['FAT$B_RTYPE', 0, 4], FAT$V_FILEORG: ['FAT$B_RTYPE', 4, 4] });

export type FatView = ReturnType<typeof FAT.at>;

export const FAT$C_UNDEFINED = 0;
export const FAT$C_FIXED = 1;
export const FAT$C_VARIABLE = 2;
export const FAT$C_VFC = 3;
export const FAT$C_STREAM = 4;
export const FAT$C_STREAMLF = 5;
export const FAT$C_STREAMCR = 6;
export const FAT$C_SEQUENTIAL = 0;
export const FAT$C_RELATIVE = 1;
export const FAT$C_INDEXED = 2;
export const FAT$M_FORTRANCC = 1;
export const FAT$M_IMPLIEDCC = 2;
export const FAT$M_PRINTCC = 4;
export const FAT$M_NOSPAN = 8;

export function highestBlock(fat: FatView): number { return fat.FAT$W_HIBLKH * 0x10000 + fat.FAT$W_HIBLKL; }
export function endOfFileBlock(fat: FatView): number { return fat.FAT$W_EFBLKH * 0x10000 + fat.FAT$W_EFBLKL; }
export function setHighestBlock(fat: FatView, vbn: number): void {
  fat.FAT$W_HIBLKH = vbn >>> 16;
  fat.FAT$W_HIBLKL = vbn & 0xffff;
}
export function setEndOfFileBlock(fat: FatView, vbn: number): void {
  fat.FAT$W_EFBLKH = vbn >>> 16;
  fat.FAT$W_EFBLKL = vbn & 0xffff;
}

/** File characteristics (FH2$L_FILECHAR, ATR$C_UCHAR). choice: public $FCHDEF. */
export const FCH$M_NOBACKUP = 0x2;
export const FCH$M_CONTIGB = 0x20;
export const FCH$M_LOCKED = 0x40;
export const FCH$M_CONTIG = 0x80;
export const FCH$M_BADACL = 0x800;
export const FCH$M_SPOOL = 0x1000;
export const FCH$M_DIRECTORY = 0x2000;
export const FCH$M_BADBLOCK = 0x4000;
export const FCH$M_MARKDEL = 0x8000;
export const FCH$M_ERASE = 0x20000;

/** Statistics block, ATR$C_STATBLK. choice: public $SBKDEF, the longwords of the file size swapped as on disk. */
export const SBK = structure('SBK', 32, {
  0x00: ['SBK$L_STLBN', 'first LBN of a contiguous file, 0 otherwise (words swapped)'],
  0x04: ['SBK$L_FILESIZE', 'blocks allocated (words swapped)'],
  0x08: ['SBK$B_ACNT', 'accesses'],
  0x09: ['SBK$B_LCNT', 'locks against write'],
  0x0a: ['SBK$W_FILL', 'unused'],
  0x0c: ['SBK$L_FCB', 'file control block'],
  0x10: ['SBK$W_ACNT', 'accesses'],
  0x12: ['SBK$W_LCNT', 'locks against write'],
  0x14: ['SBK$W_WCNT', 'writers'],
  0x16: ['SBK$W_TCNT', 'truncate locks'],
  0x18: ['SBK$L_READS', 'reads done'],
  0x1c: ['SBK$L_WRITES', 'writes done'],
});
