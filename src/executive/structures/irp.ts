import { gap, structure } from './structure.js';

/**
 * I/O request packet: one I/O function on one unit, built by $QIO. On UCB$L_IOQFL while pending, in UCB$L_IRP while current, on
 * IOC$GL_PSFL for postprocessing; then it is the ACB of its completion AST (RMOD, PID, AST, ASTPRM and WIND = KAST lie at ACB offsets).
 * Nonpaged pool, lookaside list IOC$GL_IRPFL, in packets of 208 bytes: 96 bytes of IRP and the class driver part (CDRP).
 * @source book Figure E-11; digest appE; digest ch18 1.4
 */
export const IRP = structure('IRP', 208, {
  0x00: ['IRP$L_IOQFL', 'queue link (= ACB$L_ASTQFL)'],
  0x04: ['IRP$L_IOQBL', 'backward link'],
  0x08: ['IRP$W_SIZE', 'structure size in bytes'],
  0x0a: ['IRP$B_TYPE', 'DYN$C_IRP = 10'],
  0x0b: ['IRP$B_RMOD', 'access mode and ACB flags (= ACB$B_RMOD)'],
  0x0c: ['IRP$L_PID', 'PID of requester (for internal IRPs: address of end-action routine)'],
  0x10: ['IRP$L_AST', 'AST routine'],
  0x14: ['IRP$L_ASTPRM', 'AST parameter'],
  0x18: ['IRP$L_WIND', 'window (WCB) (= ACB$L_KAST)'],
  0x1c: ['IRP$L_UCB', 'unit'],
  0x20: ['IRP$W_FUNC', 'function code + modifiers'],
  0x22: ['IRP$B_EFN', 'event flag'],
  0x23: ['IRP$B_PRI', 'base priority of requester'],
  0x24: ['IRP$L_IOSB', 'user IOSB address'],
  0x28: ['IRP$W_CHAN', 'channel index'],
  0x2a: ['IRP$W_STS', 'status flags'],
  0x2c: ['IRP$L_SVAPTE', 'direct: system address of first PTE; buffered: address of system buffer'],
  0x30: ['IRP$W_BOFF', 'byte offset in page / buffered quota charged'],
  0x32: ['IRP$L_BCNT', 'byte count; unaligned longword, IRP$W_BCNT is its low word'],
  0x36: gap(2, 'unused'),
  0x38: ['IRP$L_IOST1', 'disk address on entry / first longword of status at completion'],
  0x3c: ['IRP$L_IOST2', 'second longword of status / terminator mask address / carriage control'],
  0x40: ['IRP$L_ABCNT', 'bytes transferred so far over all segments; terminal state of a read'],
  0x44: ['IRP$L_OBCNT', 'original byte count'],
  0x48: ['IRP$L_SEGVBN', 'virtual block of current segment'],
  0x4c: ['IRP$L_DIAGBUF', 'diagnostic buffer; prompt size of a terminal read'],
  0x50: ['IRP$L_SEQNUM', 'I/O sequence number'],
  0x54: ['IRP$L_EXTEND', 'IRP extension (IRPE)'],
  0x58: ['IRP$L_ARB', 'access rights block'],
  0x5c: ['IRP$L_KEYDESC', 'encryption key descriptor'],
  0x60: ['IRP$R_CDRP', 112, 'class driver part (CDRP)'],
}, {
  IRP$L_KAST: 0x18, IRP$W_BCNT: 0x32, IRP$L_MEDIA: 0x38, IRP$Q_STATION: 0x38, IRP$L_TT_TERM: 0x3c, IRP$B_CARCON: 0x3c, IRP$W_ABCNT: 0x40,
  IRP$Q_NT_PRVMSK: 0x40, IRP$Q_TT_STATE: 0x40, IRP$W_OBCNT: 0x44, IRP$W_TT_PRMPT: 0x4c,
}, {
  IRP$V_MODE: ['IRP$B_RMOD', 0, 2], IRP$V_PKAST: ['IRP$B_RMOD', 4], IRP$V_NODELETE: ['IRP$B_RMOD', 5], IRP$V_QUOTA: ['IRP$B_RMOD', 6],
  IRP$V_KAST: ['IRP$B_RMOD', 7],
  IRP$V_FCODE: ['IRP$W_FUNC', 0, 6], IRP$V_FMOD: ['IRP$W_FUNC', 6, 10],
  IRP$V_BUFIO: ['IRP$W_STS', 0], IRP$V_FUNC: ['IRP$W_STS', 1], IRP$V_PAGIO: ['IRP$W_STS', 2], IRP$V_COMPLX: ['IRP$W_STS', 3],
  IRP$V_VIRTUAL: ['IRP$W_STS', 4], IRP$V_CHAINED: ['IRP$W_STS', 5], IRP$V_SWAPIO: ['IRP$W_STS', 6], IRP$V_DIAGBUF: ['IRP$W_STS', 7],
  IRP$V_PHYSIO: ['IRP$W_STS', 8], IRP$V_TERMIO: ['IRP$W_STS', 9], IRP$V_MBXIO: ['IRP$W_STS', 10], IRP$V_EXTEND: ['IRP$W_STS', 11],
  IRP$V_FILACP: ['IRP$W_STS', 12], IRP$V_MVIRP: ['IRP$W_STS', 13], IRP$V_SRVIO: ['IRP$W_STS', 14], IRP$V_KEY: ['IRP$W_STS', 15],
});

export const IRP$K_LENGTH = IRP.size;

/** Offset of the CDRP in an IRP: CDRP - CDRP$C_IRP is the address of the IRP. */
export const CDRP$C_IRP = IRP.offset.IRP$R_CDRP;

/** Class driver request packet: the second part of an IRP, which lies at negative offsets. @source book Figure 19-2 (lost), public $CDRPDEF */
export const CDRP = structure('CDRP', 112, {
  0x00: ['CDRP$L_FQFL', 'fork queue forward link'],
  0x04: ['CDRP$L_FQBL', 'fork queue backward link'],
  0x08: ['CDRP$W_CDRPSIZE', 'size, negative: the start of the IRP'],
  0x0a: ['CDRP$B_CD_TYPE', 'DYN$C_CDRP'],
  0x0b: ['CDRP$B_FIPL', 'fork IPL'],
  0x0c: ['CDRP$L_FPC', 'fork PC'],
  0x10: ['CDRP$L_FR3', 'fork R3'],
  0x14: ['CDRP$L_FR4', 'fork R4'],
  0x18: ['CDRP$L_SAVD_RTN', 'saved return address'],
  0x1c: ['CDRP$L_MSG_BUF', 'message buffer'],
  0x20: ['CDRP$L_RSPID', 'response id'],
  0x24: ['CDRP$L_CDT', 'connection descriptor'],
  0x28: ['CDRP$L_RWCPTR', 'resource wait count'],
  0x2c: ['CDRP$L_LBUFH_AD', 'local buffer handle'],
  0x30: ['CDRP$L_LBOFF', 'local byte offset'],
  0x34: ['CDRP$L_RBUFH_AD', 'remote buffer handle'],
  0x38: ['CDRP$L_RBOFF', 'remote byte offset'],
  0x3c: ['CDRP$L_XCT_LEN', 'transfer length'],
  0x40: gap(48, 'block transfer part and round-up'),
});

/**
 * IRP extension: up to two further locked buffers; chained by EXTEND. Fields that the completion code reads have their IRP offsets.
 * choice: offsets (the book gives names only). @source digest ch18 1.4
 */
export const IRPE = structure('IRPE', 96, {
  0x00: gap(8, 'unused'),
  0x08: ['IRPE$W_SIZE', 'structure size in bytes'],
  0x0a: ['IRPE$B_TYPE', 'DYN$C_IRPE'],
  0x0b: gap(31, 'for the driver'),
  0x2a: ['IRPE$W_STS', 'status flags'],
  0x2c: ['IRPE$L_SVAPTE1', 'first buffer: system address of first PTE'],
  0x30: ['IRPE$W_BOFF1', 'first buffer: byte offset in page'],
  0x32: ['IRPE$L_BCNT1', 'first buffer: byte count (unaligned)'],
  0x36: gap(2, 'unused'),
  0x38: ['IRPE$L_SVAPTE2', 'second buffer: system address of first PTE'],
  0x3c: ['IRPE$W_BOFF2', 'second buffer: byte offset in page'],
  0x3e: gap(2, 'unused'),
  0x40: ['IRPE$L_BCNT2', 'second buffer: byte count'],
  0x44: gap(16, 'for the driver'),
  0x54: ['IRPE$L_EXTEND', 'next extension'],
  0x58: gap(8, 'for the driver'),
}, {}, { IRPE$V_EXTEND: ['IRPE$W_STS', 11] });

/**
 * System buffer of a buffered I/O: FDT stores where the data goes in the system buffer and in the user's buffer. Data from BUFIO$K_HDRSIZ.
 * @source digest ch18; public $BUFIODEF
 */
export const BUFIO = structure('BUFIO', 12, {
  0x00: ['BUFIO$L_PKTDATA', 'address of the data in this buffer'],
  0x04: ['BUFIO$L_USRVA', 'address of the user\'s buffer'],
  0x08: ['BUFIO$W_SIZE', 'structure size in bytes'],
  0x0a: ['BUFIO$B_TYPE', 'DYN$C_BUFIO'],
  0x0b: gap(1, 'unused'),
});

export const BUFIO$K_HDRSIZ = BUFIO.size;

/**
 * Mailbox message: on UCB$L_MB_MSGQ until it is read, then the system buffer of the read. choice: layout behind the header (the figure
 * is lost). @source digest ch19 1.3
 */
export const MBMSG = structure('MBMSG', 32, {
  0x00: ['MBMSG$L_FLINK', 'message queue forward link; later address of the text'],
  0x04: ['MBMSG$L_BLINK', 'message queue backward link; later address of the reader\'s buffer'],
  0x08: ['MBMSG$W_SIZE', 'structure size in bytes'],
  0x0a: ['MBMSG$B_TYPE', 'DYN$C_BUFIO'],
  0x0b: ['MBMSG$B_EOF', 'low bit set: an end-of-file message'],
  0x0c: ['MBMSG$L_IRP', 'write request that waits for the read, 0 for none'],
  0x10: ['MBMSG$L_PID', 'internal PID of the sender'],
  0x14: ['MBMSG$L_EPID', 'extended PID of the sender'],
  0x18: ['MBMSG$W_DATASIZE', 'bytes of text'],
  0x1a: gap(2, 'unused'),
  0x1c: gap(4, 'unused'),
}, { MBMSG$L_PKTDATA: 0x00, MBMSG$L_USRVA: 0x04 });
