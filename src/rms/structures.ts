import { gap, structure } from '../executive/structures/structure.js';

/**
 * RMS's own control blocks, in the process I/O segment (process permanent files) or the image I/O segment (all others) of
 * P1 space. choice: the book does not print them; field names follow RMS's habits, the layout is ours.
 */

/** Internal FAB: one open file, or one operation on a file that is not open. */
export const IFAB = structure('IFB', 128, {
  0x00: ['IFB$L_LINK', 'next IFAB of its table'],
  0x04: ['IFB$L_IRAB', 'first IRAB, 0 none'],
  0x08: ['IFB$W_SIZE', 'size in bytes'],
  0x0a: ['IFB$B_BID', 'IFB$C_BID'],
  0x0b: ['IFB$B_MODE', 'access mode that opened the file'],
  0x0c: ['IFB$W_IFI', 'internal file identifier'],
  0x0e: ['IFB$W_CHAN', 'channel, 0 none'],
  0x10: ['IFB$L_DEVCHAR', 'device characteristics'],
  0x14: ['IFB$L_FLAGS', 'flags'],
  0x18: ['IFB$B_FAC', 'operations asked for at open'],
  0x19: ['IFB$B_ORG', 'organization'],
  0x1a: ['IFB$B_RAT', 'record attributes'],
  0x1b: ['IFB$B_RFM', 'record format'],
  0x1c: ['IFB$W_MRS', 'maximum record size'],
  0x1e: ['IFB$B_FSZ', 'size of the fixed control area'],
  0x1f: ['IFB$B_SHR', 'sharing'],
  0x20: ['IFB$L_EBK', 'end of file block'],
  0x24: ['IFB$W_FFB', 'first free byte in it'],
  0x26: ['IFB$W_DEVBUFSIZ', 'device buffer size'],
  0x28: ['IFB$L_HBK', 'highest allocated block'],
  0x2c: ['IFB$Q_IOSB', 'I/O status block of file operations'],
  0x34: ['IFB$R_FID', 6, 'file identification'],
  0x3a: ['IFB$R_DID', 6, 'directory identification'],
  0x40: ['IFB$L_FAB', 'FAB of the operation in progress'],
  0x44: ['IFB$L_FOP', 'file processing options of the open'],
  0x48: ['IFB$W_DEQ', 'default extension'],
  0x4a: ['IFB$W_REFCNT', 'indirect users of a process permanent file'],
  0x4c: ['IFB$L_FWA', 'file work area, 0 none'],
  0x50: ['IFB$L_SWB', 'search work block, 0 none'],
  0x54: ['IFB$W_LRL', 'longest record'],
  0x56: ['IFB$B_BKS', 'bucket size'],
  0x57: gap(1, 'unused'),
  0x58: ['IFB$L_NAME', 'NAME.TYPE;VERSION of a file to be deleted, counted; 0 none'],
  0x5c: ['IFB$W_GBC', 'global buffer count'],
  0x5e: ['IFB$W_BUFFERS', 'buffers a relative or indexed file may have'],
  0x60: ['IFB$L_BDB', 'first buffer descriptor, that of the buffer used last; 0 none'],
  0x64: ['IFB$L_MRN', 'maximum record number'],
  0x68: ['IFB$Q_LKSB', 'lock status block of the file lock'],
  0x70: ['IFB$L_CHANGES', 'changes of the file, by any process, that the buffers have seen'],
  0x74: gap(4, 'unused'),
  0x78: ['IFB$L_GBH', 'with IFB$V_POOL: where this process has the pool of global buffers mapped; it may be at 0'],
  0x7c: ['IFB$W_GBBUF', 'global buffers the stream has asked for'],
  0x7e: gap(2, 'unused'),
}, {}, {
  IFB$V_PPF: ['IFB$L_FLAGS', 0], IFB$V_DIRTY: ['IFB$L_FLAGS', 1], IFB$V_TERMINAL: ['IFB$L_FLAGS', 2], IFB$V_MAILBOX: ['IFB$L_FLAGS', 3],
  IFB$V_NULL: ['IFB$L_FLAGS', 4], IFB$V_DISK: ['IFB$L_FLAGS', 5], IFB$V_BUSY: ['IFB$L_FLAGS', 6], IFB$V_RUNDOWN: ['IFB$L_FLAGS', 7],
  IFB$V_ACCESSED: ['IFB$L_FLAGS', 8], IFB$V_WRITER: ['IFB$L_FLAGS', 9], IFB$V_SEARCH: ['IFB$L_FLAGS', 10], IFB$V_OPEN: ['IFB$L_FLAGS', 11],
  IFB$V_EXTENDED: ['IFB$L_FLAGS', 12], IFB$V_LOCKING: ['IFB$L_FLAGS', 13], IFB$V_POOL: ['IFB$L_FLAGS', 14],
});
export const IFB$C_BID = 11;

/** Internal RAB: one record stream. */
export const IRAB = structure('IRB', 116, {
  0x00: ['IRB$L_LINK', 'next IRAB of the file'],
  0x04: ['IRB$L_IFAB', 'the file'],
  0x08: ['IRB$W_SIZE', 'size in bytes'],
  0x0a: ['IRB$B_BID', 'IRB$C_BID'],
  0x0b: ['IRB$B_MODE', 'access mode of the operation in progress'],
  0x0c: ['IRB$W_ISI', 'internal stream identifier'],
  0x0e: ['IRB$W_FLAGS', 'flags'],
  0x10: ['IRB$Q_IOSB', 'I/O status block'],
  0x18: ['IRB$L_RAB', 'RAB of the operation in progress'],
  0x1c: ['IRB$L_NRP_VBN', 'next record: block'],
  0x20: ['IRB$W_NRP_OFF', 'and offset'],
  0x22: ['IRB$W_RP_OFF', 'current record: offset'],
  0x24: ['IRB$L_RP_VBN', 'and block'],
  0x28: ['IRB$L_BUFFER', 'I/O buffer'],
  0x2c: ['IRB$L_BUFSIZ', 'its size in bytes'],
  0x30: ['IRB$L_BUFVBN', 'first block in it, 0 none'],
  0x34: ['IRB$L_BUFBLK', 'blocks in it'],
  0x38: ['IRB$L_RP_LEN', 'length of the current record, without its header'],
  0x3c: ['IRB$L_NBP', 'next block of block I/O'],
  0x40: ['IRB$L_RLB', 'first record lock, 0 none'],
  0x44: ['IRB$L_KEYBUF', 'keys of an indexed file: where the stream stands, and what was put last'],
  0x48: ['IRB$B_KRF', 'key of reference of the position'],
  0x49: ['IRB$B_KEYSZ', 'size of its key'],
  0x4a: ['IRB$B_PUTSZ', 'size of the key put last'],
  0x4b: gap(1, 'unused'),
  0x4c: ['IRB$L_ORDINAL', 'records of the same key before the one at the position'],
  0x50: ['IRB$L_HINT', 'bucket it was found in'],
  0x54: ['IRB$R_LKSB', 24, 'lock status block of the structure lock, with its value block'],
  0x6c: ['IRB$L_CHANGED', 'one: the operation has changed the file'],
  0x70: ['IRB$L_CHANGES', 'changes of a shared sequential file that the stream\'s buffer has seen'],
}, {}, {
  IRB$V_BUSY: ['IRB$W_FLAGS', 0], IRB$V_DIRTY: ['IRB$W_FLAGS', 1], IRB$V_EOF: ['IRB$W_FLAGS', 2], IRB$V_FOUND: ['IRB$W_FLAGS', 3],
  IRB$V_CURRENT: ['IRB$W_FLAGS', 4], IRB$V_BIO: ['IRB$W_FLAGS', 5], IRB$V_ATSTART: ['IRB$W_FLAGS', 6], IRB$V_LASTPUT: ['IRB$W_FLAGS', 7],
  IRB$V_STRUCTURE: ['IRB$W_FLAGS', 8],
});
export const IRB$C_BID = 10;

/** Bytes of one of the two keys in IRB$L_KEYBUF. */
export const IRB$C_KEYROOM = 256;

/** Buffer descriptor block: one bucket of a relative or indexed file in memory. */
export const BDB = structure('BDB', 28, {
  0x00: ['BDB$L_LINK', 'next of the file'],
  0x04: ['BDB$L_VBN', 'first block in it, 0 none'],
  0x08: ['BDB$W_SIZE', 'size in bytes of this block'],
  0x0a: ['BDB$B_BID', 'BDB$C_BID'],
  0x0b: ['BDB$B_FLAGS', 'flags'],
  0x0c: ['BDB$L_ADDR', 'address of the buffer'],
  0x10: ['BDB$W_NUMB', 'its size in bytes'],
  0x12: ['BDB$B_CACHE_VAL', 'level of the bucket in its index, 0 data: what it is worth to be kept'],
  0x13: gap(1, 'unused'),
  0x14: gap(8, 'unused'),
}, {}, { BDB$V_DIRTY: ['BDB$B_FLAGS', 0] });
export const BDB$C_BID = 12;

/** Global buffer header: the start of a pool, which GBH$L_COUNT descriptors and as many buffers follow. */
export const GBH = structure('GBH', 16, {
  0x00: ['GBH$L_SIZE', 'size in bytes of the section, 0 until it is laid out'],
  0x04: ['GBH$L_COUNT', 'buffers'],
  0x08: ['GBH$L_BUFSIZ', 'size in bytes of each'],
  0x0c: ['GBH$L_CLOCK', 'uses of buffers'],
});

/** Global buffer descriptor: one bucket in a pool. */
export const GBD = structure('GBD', 16, {
  0x00: ['GBD$L_VBN', 'first block in it, 0 none'],
  0x04: ['GBD$W_NUMB', 'size in bytes of the bucket'],
  0x06: ['GBD$B_FLAGS', 'flags'],
  0x07: ['GBD$B_CACHE_VAL', 'level of the bucket in its index, 0 data: what it is worth to be kept'],
  0x08: ['GBD$L_REL_ADDR', 'offset of the buffer in the section'],
  0x0c: ['GBD$L_USE', 'GBH$L_CLOCK when it was used last'],
}, {}, { GBD$V_DIRTY: ['GBD$B_FLAGS', 0] });

/** Record lock block: a lock of a stream on a record. */
export const RLB = structure('RLB', 28, {
  0x00: ['RLB$L_LINK', 'next of the stream'],
  0x04: ['RLB$L_RFA0', 'block or number of the record'],
  0x08: ['RLB$W_SIZE', 'size in bytes of this block'],
  0x0a: ['RLB$B_BID', 'RLB$C_BID'],
  0x0b: ['RLB$B_FLAGS', 'flags'],
  0x0c: ['RLB$W_RFA4', 'identification of the record in its bucket'],
  0x0e: ['RLB$B_MODE', 'LCK$K_ mode'],
  0x0f: gap(1, 'unused'),
  0x10: ['RLB$Q_LKSB', 'lock status block'],
  0x18: gap(4, 'unused'),
}, {}, { RLB$V_MANUAL: ['RLB$B_FLAGS', 0] });
export const RLB$C_BID = 14;

/** Bytes of a directory's name in its node, the count included. */
export const DRC$C_NAME_SIZE = 40;

/** Node of the directory cache: one directory that was found. */
export const DRC = structure('DRC', 32 + DRC$C_NAME_SIZE, {
  0x00: ['DRC$L_FLINK', 'next node'],
  0x04: ['DRC$L_BLINK', 'backward link'],
  0x08: ['DRC$W_SIZE', 'size in bytes'],
  0x0a: ['DRC$B_BID', 'DRC$C_BID'],
  0x0b: gap(1, 'unused'),
  0x0c: ['DRC$L_UCB', 'unit'],
  0x10: ['DRC$W_DIRSEQ', 'UCB$W_DIRSEQ when it was looked up'],
  0x12: ['DRC$R_DID', 6, 'directory that it is in'],
  0x18: ['DRC$R_FID', 6, 'the directory itself'],
  0x1e: gap(2, 'unused'),
  0x20: ['DRC$T_NAME', DRC$C_NAME_SIZE, 'its name without type and version, counted'],
});
export const DRC$C_BID = 18;

/** File work area: what a file function of the ACP reads and writes while it runs. */
export const FWA = structure('FWA', 0x1e0, {
  0x00: ['FWA$T_FIB', 64, 'file information block'],
  0x40: ['FWA$Q_FIBD', 'its descriptor'],
  0x48: ['FWA$Q_NAMD', 'descriptor of the file name'],
  0x50: ['FWA$Q_RESD', 'descriptor of the result name'],
  0x58: ['FWA$L_RESL', 'length of the result name'],
  0x5c: gap(4, 'unused'),
  0x60: ['FWA$T_ATRLIST', 88, 'attribute list'],
  0xb8: ['FWA$T_RECATTR', 32, 'record attributes'],
  0xd8: ['FWA$L_UCHAR', 'file characteristics'],
  0xdc: ['FWA$L_UIC', 'owner'],
  0xe0: ['FWA$W_FPRO', 'protection'],
  0xe2: gap(2, 'unused'),
  0xe4: ['FWA$Q_CREDATE', 'creation date'],
  0xec: ['FWA$Q_REVDATE', 'revision date'],
  0xf4: ['FWA$Q_EXPDATE', 'expiration date'],
  0xfc: ['FWA$Q_BAKDATE', 'backup date'],
  0x104: ['FWA$T_STATBLK', 32, 'statistics block'],
  0x124: ['FWA$T_NAME', 92, 'file name'],
  0x180: ['FWA$T_RESULT', 96, 'result name'],
});

/** Levels of directories a search can stand in: 8, a root's 8, and one for each ellipsis. */
export const SWB$C_LEVELS = 20;
export const SWB$C_LEVEL_SIZE = 56;

/** Search work block: where a wildcard search stands between two calls of $SEARCH. */
export const SWB = structure('SWB', 0x320 + SWB$C_LEVELS * SWB$C_LEVEL_SIZE, {
  0x00: ['SWB$L_FILE_WCC', 'wildcard context in the present directory'],
  0x04: ['SWB$B_DEPTH', 'levels in use'],
  0x05: ['SWB$B_STATE', 'SWB$C_START, ...'],
  0x06: ['SWB$B_FOUND', 'one: something was found'],
  0x07: ['SWB$B_PICKS', 'search lists met'],
  0x08: ['SWB$T_PICKS', 16, 'equivalence name in use of each'],
  0x18: ['SWB$L_ERROR', 'status to give when nothing is found'],
  0x1c: ['SWB$L_STV', 'and its reason'],
  0x20: ['SWB$T_PRIMARY', 256, 'file name string, counted'],
  0x120: ['SWB$T_DEFAULTS', 256, 'default name string, counted'],
  0x220: ['SWB$T_RELATED', 256, 'related name string, counted'],
  0x320: ['SWB$T_LEVELS', SWB$C_LEVELS * SWB$C_LEVEL_SIZE, 'directory levels'],
});
/** The next search list choice is to be expanded; it is being walked; all is done. */
export const SWB$C_START = 0;
export const SWB$C_WALK = 1;
export const SWB$C_DONE = 2;

/** One level of a search: a directory, and the element of the pattern to be matched in it. */
export const SWL = structure('SWL', SWB$C_LEVEL_SIZE, {
  0x00: ['SWL$R_DID', 6, 'directory identification'],
  0x06: ['SWL$B_INDEX', 'element of the pattern that comes next'],
  0x07: ['SWL$B_PHASE', '1: the directory itself has been taken for an ellipsis'],
  0x08: ['SWL$L_WCC', 'wildcard context of the search for directories'],
  0x0c: ['SWL$T_NAME', 44, 'name of the directory, counted; empty when the level is the same directory as the one above'],
});
