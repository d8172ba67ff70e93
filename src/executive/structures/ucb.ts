import { gap, structure } from './structure.js';

/*
 * Unit control block: status, characteristics and current state of one device unit; its first six longwords are a fork block. Found by
 * DDB$L_UCB -> UCB$L_LINK, CCB$L_UCB, IRP$L_UCB. Nonpaged pool; those of console, mailboxes and null device are static. 144 bytes are
 * common to all devices and all that mailboxes and the null device have; disks have 252 bytes, the console terminal 372.
 *
 * choice: a mailbox keeps its message queue and attention lists in the fork block words it never forks on, LOGADR in UCB$L_SVPN, and
 * (as the book says) its message count in the low word of DEVDEPEND. choice: the order of the terminal and disk extensions is that of
 * the later public definitions, packed to the sizes appendix C prints. @source book Figure E-17; digest appE, ch18 1.2, ch19 1.2
 */

/** The common part; the extensions below repeat it so that one view reaches every field of a unit. */
const COMMON = {
  0x00: ['UCB$L_FQFL', 'fork queue link'],
  0x04: ['UCB$L_FQBL', 'backward link'],
  0x08: ['UCB$W_SIZE', 'structure size in bytes'],
  0x0a: ['UCB$B_TYPE', 'DYN$C_UCB = 16'],
  0x0b: ['UCB$B_FIPL', 'fork IPL'],
  0x0c: ['UCB$L_FPC', 'fork PC'],
  0x10: ['UCB$L_FR3', 'fork R3'],
  0x14: ['UCB$L_FR4', 'fork R4'],
  0x18: ['UCB$W_BUFQUO', 'buffered quota remaining (mailboxes)'],
  0x1a: ['UCB$W_INIQUO', 'initial buffer quota'],
  0x1c: ['UCB$L_ORB', 'object rights block'],
  0x20: ['UCB$L_LOCKID', 'device lock ID'],
  0x24: ['UCB$L_CRB', 'channel request block'],
  0x28: ['UCB$L_DDB', 'device data block'],
  0x2c: ['UCB$L_PID', 'PID of owner (allocation)'],
  0x30: ['UCB$L_LINK', 'next UCB of this DDB'],
  0x34: ['UCB$L_VCB', 'volume control block'],
  0x38: ['UCB$Q_DEVCHAR', 'device characteristics (2 longwords)'],
  0x40: ['UCB$B_DEVCLASS', 'DC$_ class'],
  0x41: ['UCB$B_DEVTYPE', 'DT$_ type'],
  0x42: ['UCB$W_DEVBUFSIZ', 'default buffer size / line width'],
  0x44: ['UCB$Q_DEVDEPEND', 'device dependent (2 longwords)'],
  0x4c: ['UCB$L_IOQFL', 'pending IRP queue'],
  0x50: ['UCB$L_IOQBL', 'backward link'],
  0x54: ['UCB$W_UNIT', 'unit number'],
  0x56: ['UCB$W_CHARGE', 'mailbox byte count charge'],
  0x58: ['UCB$L_IRP', 'current IRP'],
  0x5c: ['UCB$W_REFC', 'reference count (channels + allocation)'],
  0x5e: ['UCB$B_DIPL', 'device IPL'],
  0x5f: ['UCB$B_AMOD', 'allocation access mode'],
  0x60: ['UCB$L_AMB', 'associated mailbox UCB'],
  0x64: ['UCB$L_STS', 'status (UCB$V_BSY, ONLINE, CANCEL, TIMOUT ...); UCB$W_STS = low word'],
  0x68: ['UCB$W_DEVSTS', 'device dependent status; its bit names differ by device class'],
  0x6a: ['UCB$W_QLEN', 'queue length'],
  0x6c: ['UCB$L_DUETIM', 'timeout due time (seconds, EXE$GL_ABSTIM)'],
  0x70: ['UCB$L_OPCNT', 'operations completed'],
  0x74: ['UCB$L_SVPN', 'system virtual page number reserved for the driver'],
  0x78: ['UCB$L_SVAPTE', 'copied from IRP at start I/O'],
  0x7c: ['UCB$W_BOFF', 'copied from IRP'],
  0x7e: ['UCB$W_BCNT', 'copied from IRP'],
  0x80: ['UCB$B_ERTCNT', 'error retries left'],
  0x81: ['UCB$B_ERTMAX', 'maximum'],
  0x82: ['UCB$W_ERRCNT', 'error count (SHOW ERROR)'],
  0x84: ['UCB$L_PDT', 'port descriptor table'],
  0x88: ['UCB$L_DDT', 'driver dispatch table'],
  0x8c: ['UCB$L_MEDIA_ID', 'media identification'],
} as const;

const OVERLAYS = {
  UCB$W_UNIT_SEED: 0x0, UCB$L_MB_MSGQ: 0x0, UCB$L_MB_MSGQBL: 0x4, UCB$L_MB_W_AST: 0xc, UCB$T_PARTNER: [0xc, 4], UCB$L_MB_R_AST: 0x10,
  UCB$L_MB_MBX: 0x34, UCB$L_DEVCHAR: 0x38, UCB$L_DEVCHAR2: 0x3c, UCB$L_DEVDEPEND: 0x44, UCB$B_SECTORS: 0x44, UCB$W_MSGCNT: 0x44,
  UCB$B_TRACKS: 0x45, UCB$W_CYLINDERS: 0x46, UCB$B_VERTSZ: 0x47, UCB$L_DEVDEPND2: 0x48, UCB$W_STS: 0x64, UCB$L_LOGADR: 0x74,
} as const;

const BITS = {
  UCB$V_TIM: ['UCB$L_STS', 0], UCB$V_INT: ['UCB$L_STS', 1], UCB$V_ERLOGIP: ['UCB$L_STS', 2], UCB$V_CANCEL: ['UCB$L_STS', 3],
  UCB$V_ONLINE: ['UCB$L_STS', 4], UCB$V_POWER: ['UCB$L_STS', 5], UCB$V_TIMOUT: ['UCB$L_STS', 6], UCB$V_INTTYPE: ['UCB$L_STS', 7],
  UCB$V_BSY: ['UCB$L_STS', 8], UCB$V_MOUNTING: ['UCB$L_STS', 9], UCB$V_DEADMO: ['UCB$L_STS', 10], UCB$V_VALID: ['UCB$L_STS', 11],
  UCB$V_UNLOAD: ['UCB$L_STS', 12], UCB$V_TEMPLATE: ['UCB$L_STS', 13], UCB$V_MNTVERIP: ['UCB$L_STS', 14], UCB$V_WRONGVOL: ['UCB$L_STS', 15],
  UCB$V_DELETEUCB: ['UCB$L_STS', 16], UCB$V_LCL_VALID: ['UCB$L_STS', 17], UCB$V_SUPMVMSG: ['UCB$L_STS', 18],
  UCB$V_MNTVERPND: ['UCB$L_STS', 19], UCB$V_DISMOUNT: ['UCB$L_STS', 20], UCB$V_CLUTRAN: ['UCB$L_STS', 21],
  UCB$V_PRMMBX: ['UCB$W_DEVSTS', 0], UCB$V_DELMBX: ['UCB$W_DEVSTS', 1], UCB$V_SHMMBX: ['UCB$W_DEVSTS', 3],
  UCB$V_TT_TIMO: ['UCB$W_DEVSTS', 1], UCB$V_TT_NOTIF: ['UCB$W_DEVSTS', 2], UCB$V_TT_HANGUP: ['UCB$W_DEVSTS', 3],
  UCB$V_TT_NOLOGINS: ['UCB$W_DEVSTS', 15], UCB$V_JOB: ['UCB$W_DEVSTS', 0], UCB$V_TEMPL_BSY: ['UCB$W_DEVSTS', 6],
  UCB$V_ECC: ['UCB$W_DEVSTS', 0], UCB$V_DIAGBUF: ['UCB$W_DEVSTS', 1], UCB$V_NOCNVRT: ['UCB$W_DEVSTS', 2],
  UCB$V_DX_WRITE: ['UCB$W_DEVSTS', 3], UCB$V_DATACACHE: ['UCB$W_DEVSTS', 4],
} as const;

export const UCB = structure('UCB', 144, COMMON, OVERLAYS, BITS);

/** Disk unit: error log, dual path, disk and class driver parts. */
export const DISKUCB = structure('UCB', 252, {
  ...COMMON,
  0x90: ['UCB$B_SLAVE', 'slave unit on its controller'],
  0x91: ['UCB$B_SPR', 'unused'],
  0x92: ['UCB$B_FEX', 'function dispatch index'],
  0x93: ['UCB$B_CEX', 'case dispatch index'],
  0x94: ['UCB$L_EMB', 'error log message buffer'],
  0x98: gap(2, 'unused'),
  0x9a: ['UCB$W_FUNC', 'function and modifiers for the error logger'],
  0x9c: ['UCB$L_DPC', 'saved driver PC'],
  0xa0: ['UCB$L_DP_DDB', 'DDB of the second path'],
  0xa4: ['UCB$L_DP_LINK', 'next UCB of the second path'],
  0xa8: ['UCB$L_DP_ALTUCB', 'UCB of the second path'],
  0xac: ['UCB$W_DIRSEQ', 'directory sequence number (counts directory changes)'],
  0xae: ['UCB$B_ONLCNT', 'times it came online'],
  0xaf: gap(1, 'unused'),
  0xb0: ['UCB$L_MAXBLOCK', 'blocks on the volume'],
  0xb4: ['UCB$L_MAXBCNT', 'largest transfer in bytes, 0 means 65024'],
  0xb8: ['UCB$L_DCCB', 'data cache control block'],
  0xbc: ['UCB$L_MEDIA', 'media address of the current transfer'],
  0xc0: ['UCB$L_BCR', 'byte count register'],
  0xc4: ['UCB$W_EC1', 'ECC position'],
  0xc6: ['UCB$W_EC2', 'ECC pattern'],
  0xc8: ['UCB$W_OFFSET', 'head offset'],
  0xca: ['UCB$B_OFFNDX', 'offset table index'],
  0xcb: ['UCB$B_OFFRTC', 'offset retries left'],
  0xcc: ['UCB$R_MSCP', 48, 'class driver part (MSCP disks)'],
}, { ...OVERLAYS, UCB$L_MV_IRP: 0xcc, UCB$L_MV_DUE: 0xd0, UCB$L_MV_DONE: 0xd4, UCB$L_DU_STATUS: 0xd8 }, BITS);

/** Magnetic tape unit. choice: order, as far as a disk's is not the same. @source digest appE */
export const TAPEUCB = structure('UCB', 252, {
  ...COMMON,
  0x90: ['UCB$B_SLAVE', 'slave unit on its controller'],
  0x91: ['UCB$B_SPR', 'unused'],
  0x92: ['UCB$B_FEX', 'function dispatch index'],
  0x93: ['UCB$B_CEX', 'case dispatch index'],
  0x94: ['UCB$L_EMB', 'error log message buffer'],
  0x98: gap(2, 'unused'),
  0x9a: ['UCB$W_FUNC', 'function and modifiers for the error logger'],
  0x9c: ['UCB$L_DPC', 'saved driver PC'],
  0xa0: gap(16, 'unused'),
  0xb0: ['UCB$L_RECORD', 'records and marks from the beginning of the tape'],
  0xb4: gap(72, 'unused'),
}, OVERLAYS, BITS);

/** Line printer. choice: order. @source digest appE */
export const LPUCB = structure('UCB', 160, {
  ...COMMON,
  0x90: ['UCB$W_LP_CURSOR', 'column of the next character'],
  0x92: ['UCB$B_LP_LINCNT', 'line on the page'],
  0x93: gap(1, 'unused'),
  0x94: ['UCB$L_LP_LINES', 'lines the paper has moved since boot'],
  0x98: gap(8, 'unused'),
}, OVERLAYS, BITS);

/** Terminal unit: logical terminal part (TL), class driver part (TT), port driver part (TP). */
export const TTYUCB = structure('UCB', 372, {
  ...COMMON,
  0x90: ['UCB$L_TL_CTRLY', 'CTRL/Y attention AST list'],
  0x94: ['UCB$L_TL_CTRLC', 'CTRL/C attention AST list'],
  0x98: ['UCB$L_TL_OUTBAND', 'out-of-band character mask'],
  0x9c: ['UCB$L_TL_BANDQUE', 'out-of-band AST list (TASTs)'],
  0xa0: ['UCB$L_TL_PHYUCB', 'physical UCB of this logical one'],
  0xa4: ['UCB$L_TL_CTLPID', 'internal PID of the controlling process'],
  0xa8: ['UCB$Q_TL_BRKTHRU', 'enabled breakthrough requester classes'],
  0xb0: ['UCB$L_TT_RDUE', 'absolute time the read times out'],
  0xb4: ['UCB$L_TT_RTIMOU', 'read timeout routine'],
  0xb8: ['UCB$Q_TT_STATE', 'current state bits (TTY$V_ST_)'],
  0xc0: ['UCB$L_TT_LOGUCB', 'logical UCB of this physical one'],
  0xc4: ['UCB$L_TT_DECHAR', 'default characteristics, first longword'],
  0xc8: ['UCB$L_TT_DECHA1', 'default characteristics, second longword'],
  0xcc: ['UCB$L_TT_DECHA2', 'default characteristics, third longword'],
  0xd0: ['UCB$L_TT_DECHA3', 'default characteristics, fourth longword'],
  0xd4: ['UCB$L_TT_WFLINK', 'write packets waiting, forward link'],
  0xd8: ['UCB$L_TT_WBLINK', 'write packets waiting, backward link'],
  0xdc: ['UCB$L_TT_WRTBUF', 'current write packet'],
  0xe0: ['UCB$L_TT_MULTI', 'address of the rest of a multi-character echo'],
  0xe4: ['UCB$W_TT_MULTILEN', 'its length'],
  0xe6: ['UCB$W_TT_SMLTLEN', 'saved length'],
  0xe8: ['UCB$L_TT_SMLT', 'saved address'],
  0xec: ['UCB$W_TT_DESPEE', 'default speeds'],
  0xee: ['UCB$B_TT_DECRF', 'default carriage return fill'],
  0xef: ['UCB$B_TT_DELFF', 'default line feed fill'],
  0xf0: ['UCB$B_TT_DEPARI', 'default parity flags'],
  0xf1: gap(3, 'unused'),
  0xf4: ['UCB$W_TT_DESIZE', 'default line width'],
  0xf6: ['UCB$B_TT_DETYPE', 'default terminal type'],
  0xf7: gap(1, 'unused'),
  0xf8: ['UCB$B_TT_TSPEED', 'transmit speed'],
  0xf9: ['UCB$B_TT_RSPEED', 'receive speed'],
  0xfa: ['UCB$B_TT_CRFILL', 'carriage return fill'],
  0xfb: ['UCB$B_TT_LFFILL', 'line feed fill'],
  0xfc: ['UCB$B_TT_PARITY', 'parity and frame flags'],
  0xfd: gap(3, 'unused'),
  0x100: ['UCB$L_TT_TYPAHD', 'type-ahead buffer'],
  0x104: ['UCB$W_TT_CURSOR', 'cursor column'],
  0x106: ['UCB$B_TT_LINE', 'line on the page'],
  0x107: ['UCB$B_TT_LASTC', 'last character formatted'],
  0x108: ['UCB$W_TT_BSPLEN', 'backspace count for refresh'],
  0x10a: ['UCB$B_TT_FILL', 'fills left'],
  0x10b: ['UCB$B_TT_ESC', 'escape sequence state of input'],
  0x10c: ['UCB$B_TT_ESC_O', 'escape sequence state of output'],
  0x10d: ['UCB$B_TT_INTCNT', 'characters of the current escape sequence'],
  0x10e: ['UCB$W_TT_UNITBIT', 'bit of the unit in the controller'],
  0x110: ['UCB$W_TT_HOLD', 'character held for the port and its flags'],
  0x112: ['UCB$B_TT_PREMPT', 'character to send first (XON, XOFF)'],
  0x113: ['UCB$B_TT_OUTYPE', 'what OUTADR holds: 0 nothing, 1 one character, -1 a string'],
  0x114: ['UCB$L_TT_GETNXT', 'class input routine (GETNXT)'],
  0x118: ['UCB$L_TT_PUTNXT', 'class output routine (PUTNXT)'],
  0x11c: ['UCB$L_TT_CLASS', 'class driver vector'],
  0x120: ['UCB$L_TT_PORT', 'port driver vector'],
  0x124: ['UCB$L_TT_OUTADR', 'string being sent'],
  0x128: ['UCB$W_TT_OUTLEN', 'characters of it left'],
  0x12a: ['UCB$W_TT_PRTCTL', 'port control flags (TTY$V_PC_)'],
  0x12c: ['UCB$L_TT_DS_ST', 'modem state'],
  0x130: ['UCB$B_TT_DS_RCV', 'modem lines received'],
  0x131: ['UCB$B_TT_DS_TX', 'modem lines sent'],
  0x132: ['UCB$W_TT_DS_TIM', 'modem timer'],
  0x134: ['UCB$B_TT_MAINT', 'maintenance functions'],
  0x135: gap(3, 'unused'),
  0x138: ['UCB$L_TT_FBK', 'fallback table'],
  0x13c: ['UCB$L_TT_RDVERIFY', 'read verify block'],
  0x140: ['UCB$L_TT_CLASS1', 'for the class driver'],
  0x144: ['UCB$L_TT_CLASS2', 'for the class driver'],
  0x148: ['UCB$R_TP_PORT', 44, 'for the port driver (console: 44 bytes)'],
}, { ...OVERLAYS, UCB$L_TT_STATE1: 0xb8, UCB$L_TT_STATE2: 0xbc, UCB$W_TT_SPEED: 0xf8 }, {
  ...BITS,
  TTY$V_ST_POWER: ['UCB$L_TT_STATE1', 0], TTY$V_ST_CTRLS: ['UCB$L_TT_STATE1', 1], TTY$V_ST_LOSTCTS: ['UCB$L_TT_STATE1', 2],
  TTY$V_ST_MODEM_OFF: ['UCB$L_TT_STATE1', 3], TTY$V_ST_FILL: ['UCB$L_TT_STATE1', 5], TTY$V_ST_CURSOR: ['UCB$L_TT_STATE1', 6],
  TTY$V_ST_SENDLF: ['UCB$L_TT_STATE1', 7], TTY$V_ST_BACKSPACE: ['UCB$L_TT_STATE1', 8], TTY$V_ST_MULTI: ['UCB$L_TT_STATE1', 9],
  TTY$V_ST_WRITE: ['UCB$L_TT_STATE1', 10], TTY$V_ST_EOL: ['UCB$L_TT_STATE1', 12], TTY$V_ST_EDITREAD: ['UCB$L_TT_STATE1', 13],
  TTY$V_ST_RDVERIFY: ['UCB$L_TT_STATE1', 14], TTY$V_ST_RECALL: ['UCB$L_TT_STATE1', 15], TTY$V_ST_READ: ['UCB$L_TT_STATE1', 16],
  TTY$V_ST_CTRLO: ['UCB$L_TT_STATE2', 0], TTY$V_ST_DEL: ['UCB$L_TT_STATE2', 1], TTY$V_ST_PASALL: ['UCB$L_TT_STATE2', 2],
  TTY$V_ST_NOECHO: ['UCB$L_TT_STATE2', 3], TTY$V_ST_WRTALL: ['UCB$L_TT_STATE2', 4], TTY$V_ST_PROMPT: ['UCB$L_TT_STATE2', 5],
  TTY$V_ST_NOFLTR: ['UCB$L_TT_STATE2', 6], TTY$V_ST_ESC: ['UCB$L_TT_STATE2', 7], TTY$V_ST_BADESC: ['UCB$L_TT_STATE2', 8],
  TTY$V_ST_NL: ['UCB$L_TT_STATE2', 9], TTY$V_ST_REFRSH: ['UCB$L_TT_STATE2', 10], TTY$V_ST_ESCAPE: ['UCB$L_TT_STATE2', 11],
  TTY$V_ST_TYPFUL: ['UCB$L_TT_STATE2', 12], TTY$V_ST_SKIPLF: ['UCB$L_TT_STATE2', 13], TTY$V_ST_ESC_O: ['UCB$L_TT_STATE2', 14],
  TTY$V_ST_WRAP: ['UCB$L_TT_STATE2', 15], TTY$V_ST_OVRFLO: ['UCB$L_TT_STATE2', 16], TTY$V_ST_AUTOP: ['UCB$L_TT_STATE2', 17],
  TTY$V_ST_CTRLR: ['UCB$L_TT_STATE2', 18], TTY$V_ST_SKIPCRLF: ['UCB$L_TT_STATE2', 19], TTY$V_ST_EDITING: ['UCB$L_TT_STATE2', 20],
  TTY$V_ST_TABEXPAND: ['UCB$L_TT_STATE2', 21], TTY$V_ST_QUOTING: ['UCB$L_TT_STATE2', 22], TTY$V_ST_OVERSTRIKE: ['UCB$L_TT_STATE2', 23],
  TTY$V_ST_TERMNORM: ['UCB$L_TT_STATE2', 24], TTY$V_ST_ECHAES: ['UCB$L_TT_STATE2', 25], TTY$V_ST_PRE: ['UCB$L_TT_STATE2', 26],
  TTY$V_ST_NINTMULTI: ['UCB$L_TT_STATE2', 27], TTY$V_ST_RECONNECT: ['UCB$L_TT_STATE2', 28], TTY$V_ST_CTSLOW: ['UCB$L_TT_STATE2', 29],
  TTY$V_ST_TABRIGHT: ['UCB$L_TT_STATE2', 30],
});

export const UCB$K_LENGTH = UCB.size;
export const UCB$K_MB_LENGTH = UCB.size;
export const UCB$K_DISK_LENGTH = DISKUCB.size;
export const UCB$K_TT_LENGTH = TTYUCB.size;

/** Port control bits, UCB$W_TT_PRTCTL. */
export const TTY$M_PC = {
  NOTIME: 0x1, DMAENA: 0x2, DMAAVL: 0x4, PRMMAP: 0x8, MAPAVL: 0x10, XOFAVL: 0x20, XOFENA: 0x40, NOCRLF: 0x80, BREAK: 0x100,
  PORTFDT: 0x200, NOMODEM: 0x400, NODISCONNECT: 0x800,
} as const;

/**
 * Terminal type-ahead buffer, one a terminal. Characters from TYPAHD$L_GET up to TYPAHD$L_PUT wait; the ring runs from the data to
 * TYPAHD$L_END. Nonpaged pool. choice: layout. @source digest ch19 1.1
 */
export const TYPAHD = structure('TYPAHD', 24, {
  0x00: ['TYPAHD$L_PUT', 'address of the next byte to store'],
  0x04: ['TYPAHD$L_GET', 'address of the next byte to take'],
  0x08: ['TYPAHD$W_SIZE', 'structure size in bytes'],
  0x0a: ['TYPAHD$B_TYPE', 'DYN$C_TYPAHD'],
  0x0b: gap(1, 'unused'),
  0x0c: ['TYPAHD$W_INAHD', 'characters waiting'],
  0x0e: ['TYPAHD$W_RCLSIZ', 'length of the line kept for recall'],
  0x10: ['TYPAHD$L_END', 'address behind the last byte of the ring'],
  0x14: ['TYPAHD$L_RCLOFF', 'address of the line kept for recall, 0 for none'],
});

/**
 * Terminal write packet, built by TTY$FDTWRITE for a full-duplex write; its head is a fork block, its text follows. 48 bytes as
 * IOC$GT_NOPOOL_TWP. Nonpaged pool. choice: order behind the fork block. @source digest ch19 1.1, 2.6
 */
export const TWP = structure('TWP', 48, {
  0x00: ['TWP$L_FLINK', 'write queue (or fork queue) forward link'],
  0x04: ['TWP$L_BLINK', 'backward link'],
  0x08: ['TWP$W_SIZE', 'structure size in bytes'],
  0x0a: ['TWP$B_TYPE', 'DYN$C_TWP'],
  0x0b: ['TWP$B_FIPL', 'fork IPL'],
  0x0c: ['TWP$L_FPC', 'fork PC'],
  0x10: ['TWP$L_FR3', 'fork R3'],
  0x14: ['TWP$L_FR4', 'fork R4'],
  0x18: ['TWP$L_MAP', 'map registers of a DMA port'],
  0x1c: ['TWP$L_NEXT', 'address of the next character to send'],
  0x20: ['TWP$L_END', 'address behind the last character'],
  0x24: ['TWP$L_IRP', 'IRP to complete, 0 for none'],
  0x28: ['TWP$W_STATUS', 'completion status'],
  0x2a: ['TWP$W_BCNT', 'bytes the user wrote'],
  0x2c: ['TWP$L_RETADDR', 'routine to call at completion, 0 for none'],
});
