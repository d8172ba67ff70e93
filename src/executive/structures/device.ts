import { gap, structure } from './structure.js';

/**
 * Device data block: one a controller, holds the name its units share. From IOC$GL_DEVLIST (in the local system block) by DDB$L_LINK.
 * Nonpaged pool.
 * @source book Figure E-6; digest appE
 */
export const DDB = structure('DDB', 68, {
  0x00: ['DDB$L_LINK', 'next DDB, 0 ends'],
  0x04: ['DDB$L_UCB', 'first UCB'],
  0x08: ['DDB$W_SIZE', 'structure size in bytes'],
  0x0a: ['DDB$B_TYPE', 'DYN$C_DDB = 6'],
  0x0b: gap(1, 'unused'),
  0x0c: ['DDB$L_DDT', 'driver dispatch table'],
  0x10: ['DDB$L_ACPD', 'default ACP name (3 characters) and class byte'],
  0x14: ['DDB$T_NAME', 16, 'generic device name, counted (e.g. OPA, MBA, NLA)'],
  0x24: ['DDB$T_DRVNAME', 16, 'driver name, counted'],
  0x34: ['DDB$L_SB', 'system block of the node'],
  0x38: ['DDB$L_CONLINK', 'next DDB on connection'],
  0x3c: ['DDB$L_ALLOCLS', 'allocation class'],
  0x40: ['DDB$L_2P_UCB', 'UCB list of second path'],
}, {
  DDB$B_ACPCLASS: 0x13, DDB$B_NAME_LEN: 0x14, DDB$B_DRVNAM_LEN: 0x24,
});

/**
 * System block: one a node; the local one is SCS$GA_LOCALSB, and IOC$GL_DEVLIST is its SB$L_DDB. 104 bytes.
 * @source digest appC C.1.6; public $SBDEF
 */
export const SB = structure('SB', 104, {
  0x00: ['SB$L_FLINK', 'next system block'],
  0x04: ['SB$L_BLINK', 'previous system block'],
  0x08: ['SB$W_SIZE', 'structure size in bytes'],
  0x0a: ['SB$B_TYPE', 'DYN$C_SCS'],
  0x0b: ['SB$B_SUBTYP', 'SCS subtype'],
  0x0c: ['SB$L_PBFL', 'path blocks'],
  0x10: ['SB$L_PBBL', 'backward link'],
  0x14: ['SB$L_PBCONNX', 'next path block to use'],
  0x18: ['SB$T_SYSTEMID', 8, 'system id, 6 bytes'],
  0x20: ['SB$W_MAXDG', 'largest datagram'],
  0x22: ['SB$W_MAXMSG', 'largest message'],
  0x24: ['SB$T_SWTYPE', 4, 'software type'],
  0x28: ['SB$T_SWVERS', 4, 'software version'],
  0x2c: ['SB$Q_SWINCARN', 'software incarnation: time of boot'],
  0x34: ['SB$T_HWTYPE', 4, 'hardware type'],
  0x38: ['SB$T_HWVERS', 12, 'hardware version'],
  0x44: ['SB$T_NODENAME', 16, 'node name, counted'],
  0x54: ['SB$L_DDB', 'first DDB of the node'],
  0x58: ['SB$W_TIMEOUT', 'wait before a new connection'],
  0x5a: ['SB$T_ENBMSK', 2, 'enabled processes'],
  0x5c: ['SB$L_CSB', 'cluster system block'],
  0x60: gap(8, 'unused'),
});

/**
 * Channel request block: one for each set of devices that must take turns at a controller. UCB$L_CRB; those to be timed are on
 * IOC$GL_CRBTMOUT. The SCB vector of the device points at CRB$L_INTD, whose first bytes are code. 72 bytes with one vector, 84 as the
 * console's, 108 as drawn. Nonpaged pool.
 * @source book Figure E-5; digest appE
 */
export const CRB = structure('CRB', 108, {
  0x00: ['CRB$L_WQFL', 'fork blocks waiting for the controller channel'],
  0x04: ['CRB$L_WQBL', 'backward link'],
  0x08: ['CRB$W_SIZE', 'structure size in bytes'],
  0x0a: ['CRB$B_TYPE', 'DYN$C_CRB = 5'],
  0x0b: ['CRB$B_TT_TYPE', 'terminal controller type'],
  0x0c: ['CRB$W_REFC', 'UCB count'],
  0x0e: ['CRB$B_MASK', 'CRB$V_BSY etc.'],
  0x0f: ['CRB$B_UNIT_BRK', 'terminal break bits'],
  0x10: ['CRB$L_AUXSTRUC', 'auxiliary structure (e.g. CDDB)'],
  0x14: ['CRB$L_TIMELINK', 'next in timeout list'],
  0x18: ['CRB$L_DUETIME', 'due time'],
  0x1c: ['CRB$L_TOUTROUT', 'timeout routine'],
  0x20: ['CRB$L_LINK', 'secondary CRB'],
  0x24: ['CRB$R_INTD', 36, 'interrupt transfer vector (VEC)'],
  0x48: ['CRB$R_INTD2', 36, 'second vector (output interrupt)'],
}, {
  CRB$L_INTD: 0x24, CRB$L_INTD2: 0x48,
}, {
  CRB$V_BSY: ['CRB$B_MASK', 0], CRB$V_UNINIT: ['CRB$B_MASK', 1],
});

/** Interrupt transfer vector, inside a CRB: code that saves R0-R5 and calls the driver, then what the driver needs. @source public $VECDEF */
export const VEC = structure('VEC', 36, {
  0x00: ['VEC$Q_DISPATCH', 'interrupt dispatch code: PUSHR and JSB @#routine'],
  0x08: ['VEC$L_IDB', 'interrupt dispatch block'],
  0x0c: ['VEC$L_INITIAL', 'controller initialization routine'],
  0x10: ['VEC$W_MAPREG', 'first map register and lock bit'],
  0x12: ['VEC$B_NUMREG', 'map registers allocated'],
  0x13: ['VEC$B_DATAPATH', 'data path'],
  0x14: ['VEC$L_ADP', 'adapter control block'],
  0x18: ['VEC$L_UNITINIT', 'unit initialization routine'],
  0x1c: ['VEC$L_START', 'start protocol routine'],
  0x20: ['VEC$L_UNITDISC', 'unit disconnect routine'],
});

export const CRB$K_LENGTH_ONE = 72;
export const CRB$K_LENGTH_CONSOLE = 84;

/**
 * Interrupt dispatch block: from an interrupt to the unit that owns the controller. CRB$R_INTD + VEC$L_IDB. IDB$R_UCBLST has one
 * longword a unit: 8 as drawn, 2 in the console's (32 bytes). Nonpaged pool.
 * @source book Figure E-10; digest appE
 */
export const IDB = structure('IDB', 56, {
  0x00: ['IDB$L_CSR', 'virtual address of the controller CSR'],
  0x04: ['IDB$L_OWNER', 'UCB owning the controller'],
  0x08: ['IDB$W_SIZE', 'structure size in bytes'],
  0x0a: ['IDB$B_TYPE', 'DYN$C_IDB = 9'],
  0x0b: ['IDB$B_VECTOR', 'vector / 4'],
  0x0c: ['IDB$W_UNITS', 'maximum units'],
  0x0e: ['IDB$B_TT_ENABLE', ''],
  0x0f: ['IDB$B_COMBO_CSR_OFFSET', ''],
  0x10: ['IDB$B_COMBO_VECTOR_OFFSET', ''],
  0x11: ['IDB$B_FLAGS', ''],
  0x12: ['IDB$W_SPARE1', ''],
  0x14: ['IDB$L_ADP', 'adapter'],
  0x18: ['IDB$R_UCBLST', 32, 'UCB address by unit number'],
}, {
  IDB$L_UCBLST: 0x18,
});

/**
 * Adapter control block: one an I/O adapter; IOC$GL_ADPLIST, CRB$R_INTD + VEC$L_ADP. The map register part (from AVECTOR on) matters
 * for UNIBUS-like adapters only. Nonpaged pool.
 * @source book Figure E-2; digest appE
 */
export const ADP = structure('ADP', 596, {
  0x00: ['ADP$L_CSR', 'virtual address of adapter configuration register'],
  0x04: ['ADP$L_LINK', 'next ADP'],
  0x08: ['ADP$W_SIZE', 'structure size in bytes'],
  0x0a: ['ADP$B_TYPE', 'DYN$C_ADP = 1'],
  0x0b: ['ADP$B_NUMBER', 'number of this kind of adapter'],
  0x0c: ['ADP$W_TR', 'nexus (TR) number'],
  0x0e: ['ADP$W_ADPTYPE', 'AT$_ type'],
  0x10: ['ADP$L_VECTOR', 'vector table (UNIBUS) / CRB'],
  0x14: ['ADP$L_DPQFL', 'data path wait queue / MBA SCB entry / port queue'],
  0x18: ['ADP$L_DPQBL', 'backward link'],
  0x1c: ['ADP$L_AVECTOR', ''],
  0x20: gap(16, 'VAXBI only'),
  0x30: ['ADP$L_MRQFL', 'map register wait queue / shared memory block'],
  0x34: ['ADP$L_MRQBL', 'backward link'],
  0x38: ['ADP$R_INTD', 12, 'interrupt code'],
  0x44: ['ADP$R_UBASCB', 16, 'SCB entries saved for power recovery'],
  0x54: ['ADP$L_UBASPTE', ''],
  0x58: ['ADP$L_MRACTMDRS', 'active map register descriptors'],
  0x5c: ['ADP$W_DPBITMAP', 'free data paths'],
  0x5e: ['ADP$W_MRNFENCE', ''],
  0x60: ['ADP$R_MRNREGARY', 248, 'map register counts'],
  0x158: ['ADP$W_MRFFENCE', ''],
  0x15a: ['ADP$R_MRFREGARY', 248, 'map register first numbers'],
  0x252: ['ADP$W_UMR_DIS', 'map registers disabled'],
}, {
  ADP$L_CRB: 0x10, ADP$L_MBASCB: 0x14, ADP$L_PRQQFL: 0x14, ADP$L_MBASPTE: 0x18, ADP$L_PRQQBL: 0x18, ADP$L_SHB: 0x30, ADP$B_PORT: 0x34,
});

/** ADP$W_ADPTYPE values. */
export const AT$_MBA = 0;
export const AT$_UBA = 1;
export const AT$_DR = 2;
export const AT$_MPM = 3;
export const AT$_CI = 4;
export const AT$_NULL = 5;
export const AT$_BDA = 6;

/**
 * Driver dispatch table: entry points of a driver. DDB$L_DDT, UCB$L_DDT; part of the driver image.
 * @source book Figure E-7; digest appE
 */
export const DDT = structure('DDT', 56, {
  0x00: ['DDT$L_START', 'start I/O'],
  0x04: ['DDT$L_UNSOLINT', 'unsolicited interrupt'],
  0x08: ['DDT$L_FDT', 'function decision table'],
  0x0c: ['DDT$L_CANCEL', 'cancel I/O'],
  0x10: ['DDT$L_REGDUMP', 'register dump'],
  0x14: ['DDT$W_DIAGBUF', 'diagnostic buffer size'],
  0x16: ['DDT$W_ERRORBUF', 'error log buffer size'],
  0x18: ['DDT$L_UNITINIT', 'unit initialization'],
  0x1c: ['DDT$L_ALTSTART', 'alternate start I/O'],
  0x20: ['DDT$L_MNTVER', 'mount verification'],
  0x24: ['DDT$L_CLONEDUCB', 'called for a cloned UCB'],
  0x28: ['DDT$W_FDTSIZE', 'size of FDT'],
  0x2a: gap(2, 'unused'),
  0x2c: ['DDT$L_MNTV_SSSC', 'mount verification: shadow set state change'],
  0x30: ['DDT$L_MNTV_FOR', 'mount verification: foreign device'],
  0x34: ['DDT$L_MNTV_SQD', 'mount verification: sequential device'],
});

/**
 * Driver prologue table: identity and size of a driver for the loader; first thing in the driver image. IOC$GL_DPTLIST. Its size word
 * covers the whole driver. 56 bytes and an end-of-table byte (57).
 * @source book Figure E-8; digest appE
 */
export const DPT = structure('DPT', 56, {
  0x00: ['DPT$L_FLINK', 'driver list forward link'],
  0x04: ['DPT$L_BLINK', 'driver list backward link'],
  0x08: ['DPT$W_SIZE', 'structure size in bytes'],
  0x0a: ['DPT$B_TYPE', 'DYN$C_DPT = 30'],
  0x0b: ['DPT$B_REFC', 'DDBs using the driver'],
  0x0c: ['DPT$B_ADPTYPE', 'adapter type (AT$_)'],
  0x0d: ['DPT$B_FLAGS', 'flags'],
  0x0e: ['DPT$W_UCBSIZE', 'UCB size to allocate'],
  0x10: ['DPT$W_INITTAB', 'offset to initialization table'],
  0x12: ['DPT$W_REINITTAB', 'offset to reinitialization table'],
  0x14: ['DPT$W_UNLOAD', 'offset to unload routine'],
  0x16: ['DPT$W_MAXUNITS', 'units it can serve'],
  0x18: ['DPT$W_VERSION', 'version of the driver interface'],
  0x1a: ['DPT$W_DEFUNITS', 'units to configure by default'],
  0x1c: ['DPT$W_DELIVER', 'offset to unit delivery routine'],
  0x1e: ['DPT$W_VECTOR', 'terminal class/port vector'],
  0x20: ['DPT$T_NAME', 12, 'driver name, counted'],
  0x2c: ['DPT$Q_LINKTIME', 'time of linking'],
  0x34: ['DPT$L_ECOLEVEL', 'ECO level'],
}, {}, {
  DPT$V_SUBCNTRL: ['DPT$B_FLAGS', 0], DPT$V_SVP: ['DPT$B_FLAGS', 1], DPT$V_NOUNLOAD: ['DPT$B_FLAGS', 2], DPT$V_SCS: ['DPT$B_FLAGS', 3],
  DPT$V_DUSHADOW: ['DPT$B_FLAGS', 4],
});

/**
 * Channel control block: one a channel of the process, in a table of CHANNELCNT entries that grows down from CTL$GL_CCBBASE; channel
 * number = CTL$GL_CCBBASE - address. AMOD 0 is free, -1 the XQP's own: compare it as a signed byte. P1 space.
 * @source book Figure 18-2; digest ch18 1.1
 */
export const CCB = structure('CCB', 16, {
  0x00: ['CCB$L_UCB', 'unit assigned'],
  0x04: ['CCB$L_WIND', '0 no file, negative WCB address, positive process section index'],
  0x08: ['CCB$B_STS', 'status'],
  0x09: ['CCB$B_AMOD', 'access mode + 1'],
  0x0a: ['CCB$W_IOC', 'outstanding I/O requests'],
  0x0c: ['CCB$L_DIRP', 'low bit: access or deaccess outstanding; IRP of a waiting deaccess'],
}, {}, {
  CCB$V_AMB: ['CCB$B_STS', 0], CCB$V_IMGTMP: ['CCB$B_STS', 1], CCB$V_RDCHKDON: ['CCB$B_STS', 2], CCB$V_WRTCHKDON: ['CCB$B_STS', 3],
});

export const CCB$K_LENGTH = CCB.size;

/**
 * Class driver data block: one for each connection of a class driver to an MSCP server. Only for an MSCP path. Nonpaged pool.
 * @source book Figure E-4; digest appE
 */
export const CDDB = structure('CDDB', 116, {
  0x00: ['CDDB$L_CDRPQFL', 'active CDRPs'],
  0x04: ['CDDB$L_CDRPQBL', 'backward link'],
  0x08: ['CDDB$W_SIZE', 'structure size in bytes'],
  0x0a: ['CDDB$B_TYPE', 'DYN$C_CLASSDRV = 100'],
  0x0b: ['CDDB$B_SUBTYPE', ''],
  0x0c: ['CDDB$T_SYSTEMID', 6, 'system id of the server'],
  0x12: ['CDDB$W_STATUS', ''],
  0x14: ['CDDB$L_PDT', ''],
  0x18: ['CDDB$L_CRB', ''],
  0x1c: ['CDDB$L_DDB', ''],
  0x20: ['CDDB$Q_CNTRLID', ''],
  0x28: ['CDDB$W_CNTRLFLGS', ''],
  0x2a: ['CDDB$W_CNTRLTMO', ''],
  0x2c: ['CDDB$L_OLDRSPID', ''],
  0x30: ['CDDB$L_OLDCMDSTS', ''],
  0x34: ['CDDB$L_RSTRTCDRP', ''],
  0x38: ['CDDB$B_RETRYCNT', ''],
  0x39: ['CDDB$B_DAPCOUNT', ''],
  0x3a: ['CDDB$W_RSTRTCNT', ''],
  0x3c: ['CDDB$L_RSTRTQFL', ''],
  0x40: ['CDDB$L_RSTRTQBL', 'backward link'],
  0x44: ['CDDB$L_SAVED_PC', ''],
  0x48: ['CDDB$L_UCBCHAIN', ''],
  0x4c: ['CDDB$L_ORIGUCB', ''],
  0x50: ['CDDB$L_ALLOCLS', ''],
  0x54: ['CDDB$L_DAPCDRP', ''],
  0x58: ['CDDB$L_CDDBLINK', 'backward link'],
  0x5c: ['CDDB$B_FOVER_CTR', ''],
  0x5d: ['CDDB$B_RSVDB', ''],
  0x5e: ['CDDB$W_WTUCBCTR', ''],
  0x60: gap(4, 'CHVRSN, CPYSEQNUM, CSVRSN: order not legible in the book'),
  0x64: ['CDDB$L_MAXBCNT', ''],
  0x68: ['CDDB$L_RSVD3', ''],
  0x6c: ['CDDB$L_RSVD4', ''],
  0x70: ['CDDB$L_PERMCDRP', 'permanent CDRP (begins here)'],
});
