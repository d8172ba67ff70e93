import { gap, structure } from './structure.js';

/**
 * Window control block: maps virtual to logical blocks of an open file. FCB$L_WLFL list, CCB$L_WIND, IRP$L_WIND. 48 bytes, then
 * six bytes (word count, longword LBN) for each extent. Nonpaged pool.
 * WCB$W_REFCNT, users of a shared window (WCB$V_SHRWCB), lies over the PID. choice: the place
 * @source book Figure E-18; digest appE; bits public $WCBDEF
 */
export const WCB = structure('WCB', 48, {
  0x00: ['WCB$L_WLFL', 'window list forward link'],
  0x04: ['WCB$L_WLBL', 'window list backward link'],
  0x08: ['WCB$W_SIZE', 'structure size in bytes'],
  0x0a: ['WCB$B_TYPE', 'DYN$C_WCB = 18'],
  0x0b: ['WCB$B_ACCESS', 'access flags'],
  0x0c: ['WCB$L_PID', 'accessor PID'],
  0x10: ['WCB$L_ORGUCB', 'original UCB'],
  0x14: ['WCB$W_ACON', 'access control'],
  0x16: ['WCB$W_NMAP', 'number of mapping pairs'],
  0x18: ['WCB$L_FCB', 'file control block'],
  0x1c: ['WCB$L_RVT', 'relative volume table or UCB'],
  0x20: ['WCB$L_LINK', 'next window segment'],
  0x24: ['WCB$L_READS', 'reads done'],
  0x28: ['WCB$L_WRITES', 'writes done'],
  0x2c: ['WCB$L_STVBN', 'first VBN mapped'],
}, { WCB$W_REFCNT: 0x0c }, {
  WCB$V_READ: ['WCB$B_ACCESS', 0], WCB$V_WRITE: ['WCB$B_ACCESS', 1], WCB$V_NOTFCP: ['WCB$B_ACCESS', 2], WCB$V_SHRWCB: ['WCB$B_ACCESS', 3],
  WCB$V_OVERDRAWN: ['WCB$B_ACCESS', 4], WCB$V_COMPLETE: ['WCB$B_ACCESS', 5], WCB$V_CATHEDRAL: ['WCB$B_ACCESS', 6],
  WCB$V_EXPIRE: ['WCB$B_ACCESS', 7],
  WCB$V_NOWRITE: ['WCB$W_ACON', 0], WCB$V_DLOCK: ['WCB$W_ACON', 1], WCB$V_SPOOL: ['WCB$W_ACON', 4], WCB$V_WRITECK: ['WCB$W_ACON', 5],
  WCB$V_SEQONLY: ['WCB$W_ACON', 6], WCB$V_WRITEAC: ['WCB$W_ACON', 8], WCB$V_READCK: ['WCB$W_ACON', 9], WCB$V_NOREAD: ['WCB$W_ACON', 10],
  WCB$V_NOTRUNC: ['WCB$W_ACON', 11],
});

export const WCB$K_LENGTH = WCB.size;

/** One mapping pair, the first at WCB$K_LENGTH. */
export const WCBMAP = structure('WCB', 6, {
  0x00: ['WCB$W_P1_COUNT', 'blocks in the extent'],
  0x02: ['WCB$L_P1_LBN', 'first logical block'],
});

/**
 * File control block: one file in use on a volume. VCB$L_FCBFL list. From FCB$R_ORB on it is shaped like an ORB. Nonpaged pool.
 * choice: VERSIONS and DIRSEQ follow SEGN, where the figure is unclear. @source book Figure E-9; digest appE; bits public $FCBDEF
 */
export const FCB = structure('FCB', 180, {
  0x00: ['FCB$L_FCBFL', 'FCB list forward link'],
  0x04: ['FCB$L_FCBBL', 'FCB list backward link'],
  0x08: ['FCB$W_SIZE', 'structure size in bytes'],
  0x0a: ['FCB$B_TYPE', 'DYN$C_FCB = 7'],
  0x0b: ['FCB$B_ACCLKMODE', 'access lock mode'],
  0x0c: ['FCB$L_EXFCB', 'extension FCB'],
  0x10: ['FCB$L_WLFL', 'window list'],
  0x14: ['FCB$L_WLBL', 'window list backward link'],
  0x18: ['FCB$W_REFCNT', 'references'],
  0x1a: ['FCB$W_ACNT', 'accesses'],
  0x1c: ['FCB$W_WCNT', 'writers'],
  0x1e: ['FCB$W_LCNT', 'locks against write'],
  0x20: ['FCB$W_TCNT', 'truncate locks'],
  0x22: ['FCB$W_STATUS', 'status'],
  0x24: ['FCB$W_FID_NUM', 'file ID number'],
  0x26: ['FCB$W_FID_SEQ', 'sequence'],
  0x28: ['FCB$W_FID_RVN', 'relative volume'],
  0x2a: ['FCB$W_SEGN', 'segment number'],
  0x2c: ['FCB$W_VERSIONS', 'version limit (directory)'],
  0x2e: ['FCB$W_DIRSEQ', 'directory sequence number'],
  0x30: ['FCB$L_STVBN', 'first VBN this header maps'],
  0x34: ['FCB$L_STLBN', 'first LBN of a contiguous file, 0 otherwise'],
  0x38: ['FCB$L_HDLBN', 'header LBN'],
  0x3c: ['FCB$L_FILESIZE', 'file size in blocks'],
  0x40: ['FCB$L_EFBLK', 'end of file block'],
  0x44: ['FCB$L_HIGHWATER', 'high water mark'],
  0x48: ['FCB$L_ACCLKID', 'access lock ID'],
  0x4c: ['FCB$L_LOCKBASIS', 'lock name basis'],
  0x50: ['FCB$L_TRUNCVBN', 'truncation VBN'],
  0x54: ['FCB$L_CACHELKID', 'cache lock ID'],
  0x58: ['FCB$L_FILEOWNER', 'owner UIC (ORB$L_OWNER)'],
  0x5c: ['FCB$L_ACL_MUTEX', 'ACL mutex'],
  0x60: ['FCB$W_ORB_SIZE', 'ORB size'],
  0x62: ['FCB$B_ORB_TYPE', 'ORB type'],
  0x63: ['FCB$B_ORB_FLAGS', 'ORB flags'],
  0x64: gap(2, 'unused'),
  0x66: ['FCB$W_ORB_REFCOUNT', 'ORB reference count'],
  0x68: ['FCB$Q_ACMODE', 'access mode protection'],
  0x70: ['FCB$L_SYS_PROT', 'system protection, or FCB$W_FILEPROT'],
  0x74: ['FCB$L_OWN_PROT', 'owner protection'],
  0x78: ['FCB$L_GRP_PROT', 'group protection'],
  0x7c: ['FCB$L_WOR_PROT', 'world protection'],
  0x80: ['FCB$L_ACLFL', 'ACL queue'],
  0x84: ['FCB$L_ACLBL', 'backward link'],
  0x88: ['FCB$R_MIN_CLASS', 20, 'minimum classification'],
  0x9c: ['FCB$R_MAX_CLASS', 20, 'maximum classification'],
  0xb0: ['FCB$L_DIRINDX', 'directory index'],
}, {
  FCB$T_FID: [0x24, 6], FCB$R_ORB: [0x58, 88], FCB$W_FILEPROT: 0x70,
}, {
  FCB$V_DIR: ['FCB$W_STATUS', 0], FCB$V_MARKDEL: ['FCB$W_STATUS', 1], FCB$V_BADBLK: ['FCB$W_STATUS', 2], FCB$V_EXCL: ['FCB$W_STATUS', 3],
  FCB$V_SPOOL: ['FCB$W_STATUS', 4], FCB$V_RMSLOCK: ['FCB$W_STATUS', 5], FCB$V_ERASE: ['FCB$W_STATUS', 6], FCB$V_BADACL: ['FCB$W_STATUS', 7],
  FCB$V_STALE: ['FCB$W_STATUS', 8],
});

/**
 * Volume control block of a disk: one mounted volume. UCB$L_VCB. Nonpaged pool.
 * choice: the book draws no VCB; this is the order of the public $VCBDEF for disks of that time.
 */
export const VCB = structure('VCB', 168, {
  0x00: ['VCB$L_FCBFL', 'FCB list forward link'],
  0x04: ['VCB$L_FCBBL', 'FCB list backward link'],
  0x08: ['VCB$W_SIZE', 'structure size in bytes'],
  0x0a: ['VCB$B_TYPE', 'DYN$C_VCB'],
  0x0b: ['VCB$B_STATUS', 'status'],
  0x0c: ['VCB$W_TRANS', 'transactions under way'],
  0x0e: ['VCB$W_RVN', 'relative volume number'],
  0x10: ['VCB$L_AQB', 'ACP queue block'],
  0x14: ['VCB$T_VOLNAME', 12, 'volume label, blank filled'],
  0x20: ['VCB$L_RVT', 'relative volume table, or the UCB'],
  0x24: ['VCB$L_HOMELBN', 'LBN of the home block'],
  0x28: ['VCB$L_HOME2LBN', 'LBN of the alternate home block'],
  0x2c: ['VCB$L_IXHDR2LBN', 'LBN of the alternate index file header'],
  0x30: ['VCB$L_IBMAPLBN', 'LBN of the index file bitmap'],
  0x34: ['VCB$L_SBMAPLBN', 'LBN of the storage bitmap'],
  0x38: ['VCB$B_IBMAPSIZE', 'blocks of index file bitmap'],
  0x39: ['VCB$B_SBMAPSIZE', 'blocks of storage bitmap'],
  0x3a: ['VCB$B_IBMAPVBN', 'current VBN in the index file bitmap'],
  0x3b: ['VCB$B_SBMAPVBN', 'current VBN in the storage bitmap'],
  0x3c: ['VCB$W_CLUSTER', 'cluster factor'],
  0x3e: ['VCB$W_EXTEND', 'default extension'],
  0x40: ['VCB$L_FREE', 'free blocks'],
  0x44: ['VCB$L_MAXFILES', 'files the volume can hold'],
  0x48: ['VCB$B_WINDOW', 'default window size'],
  0x49: ['VCB$B_LRU_LIM', 'directories to keep open'],
  0x4a: ['VCB$W_FILEPROT', 'default file protection'],
  0x4c: ['VCB$W_MCOUNT', 'mount count'],
  0x4e: ['VCB$B_EOFDELTA', 'index file EOF update count'],
  0x4f: ['VCB$B_RESFILES', 'reserved files'],
  0x50: ['VCB$W_RECORDSZ', 'bytes in a record of a foreign volume'],
  0x52: ['VCB$B_BLOCKFACT', 'volume blocking factor'],
  0x53: ['VCB$B_STATUS2', 'second status byte'],
  0x54: ['VCB$L_QUOTAFCB', 'FCB of the quota file'],
  0x58: ['VCB$L_CACHE', 'volume cache block'],
  0x5c: ['VCB$L_QUOCACHE', 'quota cache'],
  0x60: ['VCB$W_QUOSIZE', 'quota file length'],
  0x62: ['VCB$W_PENDERR', 'pending write errors'],
  0x64: ['VCB$L_SERIALNUM', 'volume serial number'],
  0x68: gap(4, 'reserved'),
  0x6c: ['VCB$Q_RETAINMIN', 'minimum retention period'],
  0x74: ['VCB$Q_RETAINMAX', 'maximum retention period'],
  0x7c: ['VCB$L_VOLLKID', 'volume lock ID'],
  0x80: ['VCB$T_VOLCKNAM', 12, 'volume lock name'],
  0x8c: ['VCB$L_BLOCKID', 'volume blocking lock'],
  0x90: ['VCB$Q_MOUNTTIME', 'time of mounting'],
  0x98: ['VCB$L_MEMHDFL', 'shadow set members'],
  0x9c: ['VCB$L_MEMHDBL', 'backward link'],
  0xa0: ['VCB$W_ACTIVITY', 'file operations under way + 1, odd while blocked'],
  0xa2: gap(6, 'shadow set state, unused'),
}, {}, {
  VCB$V_WRITE_IF: ['VCB$B_STATUS', 0], VCB$V_WRITE_SM: ['VCB$B_STATUS', 1], VCB$V_HOMBLKBAD: ['VCB$B_STATUS', 2],
  VCB$V_IDXHDRBAD: ['VCB$B_STATUS', 3], VCB$V_NOALLOC: ['VCB$B_STATUS', 4], VCB$V_EXTFID: ['VCB$B_STATUS', 5],
  VCB$V_GROUP: ['VCB$B_STATUS', 6], VCB$V_SYSTEM: ['VCB$B_STATUS', 7],
  VCB$V_WRITETHRU: ['VCB$B_STATUS2', 0], VCB$V_NOCACHE: ['VCB$B_STATUS2', 1], VCB$V_MOUNTVER: ['VCB$B_STATUS2', 2],
  VCB$V_ERASE: ['VCB$B_STATUS2', 3], VCB$V_NOHIGHWATER: ['VCB$B_STATUS2', 4], VCB$V_NOSHARE: ['VCB$B_STATUS2', 5],
  // choice: the volume was not dismounted the last time, so space and file numbers may be lost.
  VCB$V_REBUILD: ['VCB$B_STATUS2', 6],
  // choice: somebody writes a directory or a reserved file as a file, so nothing of the volume is kept in the block buffer cache.
  VCB$V_WRITTENTO: ['VCB$B_STATUS2', 7],
});

/**
 * What a volume is to be like: the numbers of IO$_MOUNT, behind label and logical name in its P2, and P2 of FIB$C_SET_VOLUME. VATR$L_GIVEN tells which
 * of them count. choice: ours; in VMS the images MOUNT and SET have the VCB and the home block in hand themselves.
 */
export const VATR = structure('VATR', 64, {
  0x00: ['VATR$L_GIVEN', 'which of the others are given'],
  0x04: ['VATR$W_EXTEND', 'default extension, in blocks'],
  0x06: ['VATR$B_WINDOW', 'default window size'],
  0x07: ['VATR$B_LRU_LIM', 'directories to keep at hand'],
  0x08: ['VATR$L_OWNER', 'owner UIC'],
  0x0c: ['VATR$W_PROTECT', 'protection of the volume'],
  0x0e: ['VATR$W_FILEPROT', 'default protection of its files'],
  0x10: ['VATR$W_BLOCKSIZE', 'bytes in a block of a tape'],
  0x12: ['VATR$W_RECORDSZ', 'bytes in a record of a tape'],
  0x14: ['VATR$B_ERASE', 'deleted files are erased'],
  0x15: ['VATR$B_MOUNTVER', 'mount verification'],
  0x16: gap(2, 'unused'),
  0x18: ['VATR$Q_RETAINMIN', 'minimum retention period, a delta time'],
  0x20: ['VATR$Q_RETAINMAX', 'maximum retention period'],
  0x28: ['VATR$T_VOLNAME', 12, 'label, blank filled'],
  0x34: ['VATR$T_OWNERNAME', 12, 'name of the owner, blank filled'],
}, {}, {
  VATR$V_EXTEND: ['VATR$L_GIVEN', 0], VATR$V_WINDOW: ['VATR$L_GIVEN', 1], VATR$V_LRU_LIM: ['VATR$L_GIVEN', 2], VATR$V_OWNER: ['VATR$L_GIVEN', 3],
  VATR$V_PROTECT: ['VATR$L_GIVEN', 4], VATR$V_FILEPROT: ['VATR$L_GIVEN', 5], VATR$V_BLOCKSIZE: ['VATR$L_GIVEN', 6], VATR$V_RECORDSZ: ['VATR$L_GIVEN', 7],
  VATR$V_ERASE: ['VATR$L_GIVEN', 8], VATR$V_MOUNTVER: ['VATR$L_GIVEN', 9], VATR$V_RETAIN: ['VATR$L_GIVEN', 10], VATR$V_VOLNAME: ['VATR$L_GIVEN', 11],
  VATR$V_OWNERNAME: ['VATR$L_GIVEN', 12],
});

/** ACP queue block: one for each file system process or XQP. IOC$GL_AQBLIST. Nonpaged pool. choice: public $AQBDEF. */
export const AQB = structure('AQB', 28, {
  0x00: ['AQB$L_ACPQFL', 'requests for the ACP'],
  0x04: ['AQB$L_ACPQBL', 'backward link'],
  0x08: ['AQB$W_SIZE', 'structure size in bytes'],
  0x0a: ['AQB$B_TYPE', 'DYN$C_AQB'],
  0x0b: ['AQB$B_MNTCNT', 'volumes mounted'],
  0x0c: ['AQB$L_ACPPID', 'internal PID of the ACP, 0 for the XQP'],
  0x10: ['AQB$L_LINK', 'next AQB'],
  0x14: ['AQB$B_STATUS', 'status'],
  0x15: ['AQB$B_ACPTYPE', 'file structure'],
  0x16: ['AQB$B_CLASS', 'class'],
  0x17: gap(1, 'unused'),
  0x18: ['AQB$L_BUFCACHE', 'block buffer cache'],
}, {}, {
  AQB$V_UNIQUE: ['AQB$B_STATUS', 0], AQB$V_DEFCLASS: ['AQB$B_STATUS', 1], AQB$V_DEFSYS: ['AQB$B_STATUS', 2],
  AQB$V_CREATING: ['AQB$B_STATUS', 3], AQB$V_XQIOPROC: ['AQB$B_STATUS', 4],
});

/**
 * Block buffer cache of the XQP: AQB$L_BUFCACHE. Paged pool. Behind it its hash chains, buffer descriptors and buffers. The queue is that of the descriptors, the
 * one used longest ago first. choice: the book does not print it.
 */
export const F11BC = structure('F11BC', 36, {
  0x00: ['F11BC$L_LRUFL', 'first buffer descriptor'],
  0x04: ['F11BC$L_LRUBL', 'last buffer descriptor'],
  0x08: ['F11BC$W_SIZE', 'size in bytes of this header'],
  0x0a: ['F11BC$B_TYPE', 'DYN$C_VCA'],
  0x0b: gap(1, 'unused'),
  0x0c: ['F11BC$L_LENGTH', 'bytes of all of it'],
  0x10: ['F11BC$W_BUFFERS', 'buffers'],
  0x12: ['F11BC$W_CHAINS', 'hash chains, a power of two'],
  0x14: ['F11BC$L_HITS', 'reads found here'],
  0x18: ['F11BC$L_MISSES', 'reads that went to the disk'],
  0x1c: gap(8, 'unused'),
});

/** Buffer descriptor of that cache. */
export const F11BD = structure('F11BD', 24, {
  0x00: ['F11BD$L_LRUFL', 'next descriptor'],
  0x04: ['F11BD$L_LRUBL', 'backward link'],
  0x08: ['F11BD$L_CHAIN', 'next of the hash chain'],
  0x0c: ['F11BD$L_UCB', 'unit of the block, 0 when there is none in the buffer'],
  0x10: ['F11BD$L_LBN', 'its number'],
  0x14: ['F11BD$L_BUFFER', 'address of the buffer'],
});

export const AQB$K_F11V1 = 1;
export const AQB$K_F11V2 = 2;
export const AQB$K_MTA = 3;
export const AQB$K_NET = 4;
export const AQB$K_REM = 5;

/** Mounted volume list entry: IOC$GQ_MOUNTLST (system), JIB$L_MTLFL (job), CTL$GQ_MOUNTLST (process). choice: public $MTLDEF. */
export const MTL = structure('MTL', 20, {
  0x00: ['MTL$L_MTLFL', 'list forward link'],
  0x04: ['MTL$L_MTLBL', 'list backward link'],
  0x08: ['MTL$W_SIZE', 'structure size in bytes'],
  0x0a: ['MTL$B_TYPE', 'DYN$C_MTL'],
  0x0b: ['MTL$B_STATUS', 'status'],
  0x0c: ['MTL$L_UCB', 'unit mounted'],
  0x10: ['MTL$L_LOGNAME', 'LNMB of the logical name of the volume'],
}, {}, { MTL$V_VOLSET: ['MTL$B_STATUS', 0] });

/** Relative volume table: the volumes of a set, UCB addresses from RVT$K_LENGTH on. VCB$L_RVT. choice: shortened public $RVTDEF. */
export const RVT = structure('RVT', 44, {
  0x00: ['RVT$L_STRUCLKID', 'volume set lock ID'],
  0x04: gap(4, 'unused'),
  0x08: ['RVT$W_SIZE', 'structure size in bytes'],
  0x0a: ['RVT$B_TYPE', 'DYN$C_RVT'],
  0x0b: ['RVT$B_NVOLS', 'volumes in the set'],
  0x0c: ['RVT$W_REFC', 'volumes mounted'],
  0x0e: ['RVT$W_TRANS', 'transactions under way'],
  0x10: ['RVT$T_STRUCNAME', 12, 'name of the volume set'],
  0x1c: ['RVT$T_VLSLCKNAM', 12, 'volume set lock name'],
  0x28: ['RVT$L_BLOCKID', 'volume set blocking lock'],
});

export const RVT$K_LENGTH = RVT.size;
