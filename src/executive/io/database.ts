import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { DC$_MAILBOX, DC$_TERM, DT$_MBX, DT$_NULL, DT$_VT100 } from '../starlet/dcdef.js';
import { DEV$M_AVL, DEV$M_CCL, DEV$M_IDV, DEV$M_MBX, DEV$M_ODV, DEV$M_REC, DEV$M_SHR, DEV$M_TRM } from '../starlet/devdef.js';
import {
  TT$M_EIGHTBIT, TT$M_HALFDUP, TT$M_HOSTSYNC, TT$M_MECHTAB, TT$M_MODEM, TT$M_NOECHO, TT$M_NOTYPEAHD, TT$M_PASSALL, TT$M_READSYNC, TT$M_SCOPE,
} from '../starlet/ttdef.js';
import {
  TT2$M_ALTYPEAHD, TT2$M_ANSICRT, TT2$M_AUTOBAUD, TT2$M_AVO, TT2$M_DECCRT, TT2$M_LOCALECHO, TT2$M_PASTHRU, TT2$M_SECURE, TT2$M_SYSPWD,
} from '../starlet/tt2def.js';
import { CRB, CRB$K_LENGTH_CONSOLE, CRB$K_LENGTH_ONE, DDB, DPT, IDB, SB } from '../structures/device.js';
import { DYN$C_CRB, DYN$C_DDB, DYN$C_DPT, DYN$C_IDB, DYN$C_INIT, DYN$C_ORB, DYN$C_SCS, DYN$C_TYPAHD, DYN$C_UCB } from '../structures/dyn.js';
import { MTX$C_FREE } from '../structures/fork.js';
import { IPL$_MAILBOX, IPL$_SYNCH } from '../structures/ipl.js';
import { writeCounted } from '../structures/memory.js';
import { ORB } from '../structures/orb.js';
import { TTYUCB, UCB } from '../structures/ucb.js';
import { prepareMailbox } from './assign.js';
import { deviceListHead } from './device-names.js';
import { configureDisks } from './disk-units.js';
import { configureTapes } from './tape-units.js';
import { configurePrinter } from './printer-unit.js';
import { configureTerminals } from './terminal-units.js';
import { LOA$CON_XON } from './drivers/console-port.js';
import { loadDriverTables } from './drivers/driver-table.js';
import { MAILBOX_DRIVER } from './drivers/mailbox.js';
import { NULL_DRIVER } from './drivers/null.js';
import { TERMINAL_DRIVER } from './drivers/terminal-driver.js';
import { PORT_STARTIO, PORT_XOFF, PORT_XON } from './drivers/terminal-port.js';
import { initializeTypeahead, typeaheadBlockSize } from './drivers/typeahead.js';
import { linkUnit } from './units.js';

/**
 * The I/O database as INIT leaves it: drivers linked with the executive, and the devices every system has - console terminal,
 * mailboxes, null device. Their blocks are the cells of module DEVICEDAT. @source book 18.1, 25.1; digest appC C.1.6
 */

/** Console terminal interrupts. */
const IPL_CONSOLE = 20;
/** Protection words: set bits deny; nothing denied, or system only (TTY_PROT). */
const ALL_ACCESS = 0;
const SYSTEM_ONLY = 0xfff0;
/** [1,4]: SYSTEM. */
const SYSTEM_UIC = 0x0001_0004;
/** Bytes of OP$DPT in module DEVICEDAT. */
const OP_DPT_SIZE = 160;
/** No timed read: the due time never comes. */
export const NEVER = 0xffffffff;

/** Sizes of the two mailboxes of the system. choice: the book prints none; a job with its file and eight parameters of 255 bytes must fit. */
const SYSTEM_MAILBOX = { quota: 16384, message: 4096 } as const;

/** What the console can do besides what TTY_DEFCHAR and TTY_DEFCHAR2 say: it stops when asked, tabs, and has eight bits. */
const CONSOLE_CHARACTERISTICS = TT$M_HOSTSYNC | TT$M_MECHTAB | TT$M_EIGHTBIT;
/** What would leave nobody able to type a command at it, so that parameters could not be repaired: choice, the console does without. */
const UNUSABLE = TT$M_PASSALL | TT$M_NOECHO | TT$M_NOTYPEAHD | TT$M_HALFDUP | TT$M_READSYNC | TT$M_MODEM;
/** And the console needs no search for its speed. */
const UNUSABLE_2 = TT2$M_AUTOBAUD | TT2$M_LOCALECHO | TT2$M_PASTHRU | TT2$M_SECURE | TT2$M_SYSPWD;
/** And of a screen: it is an ANSI one. */
const SCREEN_CHARACTERISTICS2 = TT2$M_ANSICRT | TT2$M_DECCRT | TT2$M_AVO;

/** Fills a DDB and puts it at the end of the device list. */
export function makeDdb(k: Kernel, address: number, name: string, driver: string, ddt: number): void {
  k.writeBytes(address, new Uint8Array(DDB.size));
  const ddb = DDB.at(k, address);
  ddb.DDB$W_SIZE = DDB.size;
  ddb.DDB$B_TYPE = DYN$C_DDB;
  ddb.DDB$L_DDT = ddt;
  ddb.DDB$L_SB = k.symbol('SCS$GA_LOCALSB');
  writeCounted(k, address + DDB.offset.DDB$T_NAME, name, 16);
  writeCounted(k, address + DDB.offset.DDB$T_DRVNAME, driver, 16);
  let link = deviceListHead(k);
  while (k.readLong(link) !== 0) link = k.readLong(link) + DDB.offset.DDB$L_LINK;
  k.writeLong(link, address);
}

/** Fills the header and wait queue of a CRB. */
export function makeCrb(k: Kernel, address: number, size: number, units: number): void {
  k.writeBytes(address, new Uint8Array(size));
  const crb = CRB.at(k, address);
  k.initializeQueue(address);
  crb.CRB$W_SIZE = size;
  crb.CRB$B_TYPE = DYN$C_CRB;
  crb.CRB$W_REFC = units;
}

export function makeOrb(k: Kernel, address: number, owner: number, protection: number): void {
  k.writeBytes(address, new Uint8Array(ORB.size));
  const orb = ORB.at(k, address);
  orb.ORB$L_OWNER = owner;
  orb.ORB$L_ACL_MUTEX = MTX$C_FREE;
  orb.ORB$W_SIZE = ORB.size;
  orb.ORB$B_TYPE = DYN$C_ORB;
  orb.ORB$V_PROT_16 = 1;
  orb.ORB$V_NOACL = 1;
  orb.ORB$W_PROT = protection;
}

interface UnitDescription {
  readonly size: number;
  readonly unit: number;
  readonly ddb: number;
  readonly ddt: number;
  readonly crb: number;
  readonly orb: number;
  readonly forkIpl: number;
  readonly deviceIpl: number;
  readonly deviceClass: number;
  readonly deviceType: number;
  readonly characteristics: number;
  readonly bufferSize: number;
}

/** Fills the common part of a UCB; the unit is on line. */
export function makeUcb(k: Kernel, address: number, description: UnitDescription): ReturnType<typeof UCB.at> {
  k.writeBytes(address, new Uint8Array(description.size));
  const ucb = UCB.at(k, address);
  ucb.UCB$W_SIZE = description.size;
  ucb.UCB$B_TYPE = DYN$C_UCB;
  ucb.UCB$B_FIPL = description.forkIpl;
  ucb.UCB$B_DIPL = description.deviceIpl;
  ucb.UCB$L_ORB = description.orb;
  ucb.UCB$L_CRB = description.crb;
  ucb.UCB$L_DDB = description.ddb;
  ucb.UCB$L_DDT = description.ddt;
  ucb.UCB$W_UNIT = description.unit;
  ucb.UCB$B_DEVCLASS = description.deviceClass;
  ucb.UCB$B_DEVTYPE = description.deviceType;
  ucb.UCB$L_DEVCHAR = description.characteristics;
  ucb.UCB$W_DEVBUFSIZ = description.bufferSize;
  ucb.UCB$V_ONLINE = 1;
  k.initializeQueue(address + UCB.offset.UCB$L_IOQFL);
  return ucb;
}

/** IOC$INIT: builds the I/O database. EXE$INIT, IPL 31, after the pools. */
export function IOC$INIT(k: Kernel): void {
  const sb = SB.at(k, k.symbol('SCS$GA_LOCALSB'));
  sb.SB$W_SIZE = SB.size;
  sb.SB$B_TYPE = DYN$C_SCS;
  k.writeLong(deviceListHead(k), 0);
  k.writeLong(k.symbol('IOC$GL_MUTEX'), MTX$C_FREE);
  const terminals = loadDriverTables(k, TERMINAL_DRIVER);
  k.sys.TTY$GL_DPT = terminals.dpt;
  makePortPrologue(k);
  makeConsole(k, terminals.ddt);
  makeMailboxes(k, loadDriverTables(k, MAILBOX_DRIVER, k.symbol('MB$DPT')).ddt);
  makeNullDevice(k, loadDriverTables(k, NULL_DRIVER, k.symbol('NL$DPT')).ddt);
  configureDisks(k);
  configureTerminals(k, terminals.ddt);
  configurePrinter(k);
  configureTapes(k);
}

/** The prologue of the console port driver, which is part of the processor-dependent code and has no tables of its own. */
function makePortPrologue(k: Kernel): void {
  const address = k.symbol('OP$DPT');
  const prologue = DPT.at(k, address);
  prologue.DPT$W_SIZE = OP_DPT_SIZE;
  prologue.DPT$B_TYPE = DYN$C_DPT;
  prologue.DPT$B_REFC = 1;
  prologue.DPT$W_UCBSIZE = TTYUCB.size;
  prologue.DPT$W_VECTOR = (k.symbol('OPA$VECTOR') - address) & 0xffff;
  writeCounted(k, address + DPT.offset.DPT$T_NAME, 'OPERATOR', 12);
  k.insertTail(address, k.symbol('IOC$GL_DPTLIST'));
}

/**
 * What every terminal begins with: the characteristics of TTY_DEFCHAR, TTY_DEFCHAR2 and TTY_BUF, the class driver's entry points and a
 * type-ahead buffer.
 *
 * @param extra  further bits of the first characteristics longword
 */
export function initializeTerminal(k: Kernel, address: number, extra: number): ReturnType<typeof TTYUCB.at> {
  const ucb = TTYUCB.at(k, address);
  ucb.UCB$L_DEVDEPEND = ((k.sys.TTY$GL_DEFCHAR & ~UNUSABLE) | CONSOLE_CHARACTERISTICS | extra) >>> 0;
  const second = (k.sys.TTY$GL_DEFCHAR2 & ~UNUSABLE_2) | TT2$M_ALTYPEAHD;
  ucb.UCB$L_DEVDEPND2 = (second | ((ucb.UCB$L_DEVDEPEND & TT$M_SCOPE) !== 0 ? SCREEN_CHARACTERISTICS2 : 0)) >>> 0;
  ucb.UCB$L_TT_DECHAR = ucb.UCB$L_DEVDEPEND;
  ucb.UCB$L_TT_DECHA1 = ucb.UCB$L_DEVDEPND2;
  ucb.UCB$W_TT_DESIZE = ucb.UCB$W_DEVBUFSIZ;
  ucb.UCB$B_TT_DETYPE = ucb.UCB$B_DEVTYPE;
  ucb.UCB$W_TT_DESPEE = k.sys.TTY$GB_DEFSPEED | ((k.sys.TTY$GB_RSPEED || k.sys.TTY$GB_DEFSPEED) << 8);
  ucb.UCB$W_TT_SPEED = ucb.UCB$W_TT_DESPEE;
  k.initializeQueue(address + TTYUCB.offset.UCB$L_TT_WFLINK);

  const entries = ['TTY$GETNEXTCHAR', 'TTY$PUTNEXTCHAR', 'TTY$DS_TRAN'].map((name) => k.symbol(name));
  const vectors = allocateBlock(k, 12 + 4 * entries.length, DYN$C_INIT) + 12;
  entries.forEach((entry, index) => { k.writeLong(vectors + 4 * index, entry); });
  ucb.UCB$L_TT_CLASS = vectors;
  [ucb.UCB$L_TT_GETNXT, ucb.UCB$L_TT_PUTNXT] = [entries[0]!, entries[1]!];

  const ringSize = (ucb.UCB$L_DEVDEPND2 & TT2$M_ALTYPEAHD) !== 0 ? k.sys.TTY$GW_ALTYPAHD : k.sys.TTY$GW_TYPAHDSZ;
  const ring = allocateBlock(k, typeaheadBlockSize(ringSize), DYN$C_TYPAHD);
  initializeTypeahead(k, ring, ringSize);
  ucb.UCB$L_TT_TYPAHD = ring;
  return ucb;
}

/** Puts a terminal controller on the list of those that EXE$TIMEOUT looks at. */
export function timeController(k: Kernel, crb: number): void {
  const controller = CRB.at(k, crb);
  controller.CRB$L_DUETIME = NEVER;
  controller.CRB$L_TOUTROUT = k.symbol('TTY$TIMEOUT');
  controller.CRB$L_TIMELINK = k.sys.IOC$GL_CRBTMOUT;
  k.sys.IOC$GL_CRBTMOUT = crb;
}

function makeConsole(k: Kernel, ddt: number): void {
  const [ddb, crb, idb, orb, address] = [k.symbol('OPA$GL_DDB'), k.symbol('OPA$CRB'), k.symbol('OPA$IDB'), k.symbol('OPA$ORB0'), k.symbol('OPA$UCB0')];
  makeDdb(k, ddb, 'OPA', 'OPERATOR', ddt);
  makeCrb(k, crb, CRB$K_LENGTH_CONSOLE, 1);
  makeOrb(k, orb, SYSTEM_UIC, SYSTEM_ONLY);
  const width = k.sys.TTY$GW_DEFBUF;
  makeUcb(k, address, {
    size: TTYUCB.size, unit: 0, ddb, ddt, crb, orb, forkIpl: IPL$_SYNCH, deviceIpl: IPL_CONSOLE, deviceClass: DC$_TERM, deviceType: DT$_VT100,
    characteristics: DEV$M_REC | DEV$M_CCL | DEV$M_TRM | DEV$M_AVL | DEV$M_IDV | DEV$M_ODV, bufferSize: width === 0 ? 80 : width,
  });
  const ucb = initializeTerminal(k, address, 0);
  linkUnit(k, ddb, address);

  k.writeBytes(idb, new Uint8Array(32));
  const dispatch = IDB.at(k, idb);
  dispatch.IDB$L_OWNER = address;
  dispatch.IDB$W_SIZE = 32;
  dispatch.IDB$B_TYPE = DYN$C_IDB;
  dispatch.IDB$W_UNITS = 1;
  k.writeLong(idb + IDB.offset.IDB$L_UCBLST, address);

  const port = k.symbol('OPA$VECTOR');
  k.writeLong(port + PORT_STARTIO, k.symbol('CON$STARTIO'));
  k.writeLong(port + PORT_XON, k.symbol('CON$XON'));
  k.writeLong(port + PORT_XOFF, k.symbol('CON$XOFF'));
  ucb.UCB$L_TT_PORT = port;

  k.writeLong(crb + CRB.offset.CRB$L_AUXSTRUC, address);
  timeController(k, crb);
  LOA$CON_XON(k);
}

function makeMailboxes(k: Kernel, ddt: number): void {
  const [ddb, crb, template] = [k.symbol('MB$GL_DDB'), k.symbol('sys_crb'), k.symbol('MB$UCB0')];
  makeDdb(k, ddb, 'MBA', 'MBDRIVER', ddt);
  makeCrb(k, crb, CRB$K_LENGTH_ONE, 3);
  const make = (address: number, orb: number, unit: number): ReturnType<typeof UCB.at> => {
    makeOrb(k, orb, SYSTEM_UIC, ALL_ACCESS);
    const ucb = makeUcb(k, address, {
      size: UCB.size, unit, ddb, ddt, crb, orb, forkIpl: IPL$_MAILBOX, deviceIpl: IPL$_MAILBOX, deviceClass: DC$_MAILBOX, deviceType: DT$_MBX,
      characteristics: DEV$M_REC | DEV$M_SHR | DEV$M_AVL | DEV$M_MBX | DEV$M_IDV | DEV$M_ODV, bufferSize: k.sys.IOC$GW_MBXMXMSG,
    });
    prepareMailbox(k, ucb);
    ucb.UCB$V_DELMBX = 0;
    return ucb;
  };
  const pattern = make(template, k.symbol('MB$ORB0'), 0);
  pattern.UCB$V_TEMPLATE = 1;
  pattern.UCB$W_UNIT_SEED = 2;
  for (const [cell, orb, unit] of [['SYS$GL_JOBCTLMB', 'MB$GL_ORB1', 1], ['SYS$GL_OPRMBX', 'MB$GL_ORB2', 2]] as const) {
    const ucb = make(k.symbol(cell), k.symbol(orb), unit);
    ucb.UCB$V_PRMMBX = 1;
    ucb.UCB$W_INIQUO = SYSTEM_MAILBOX.quota;
    ucb.UCB$W_BUFQUO = SYSTEM_MAILBOX.quota;
    ucb.UCB$W_DEVBUFSIZ = SYSTEM_MAILBOX.message;
    linkUnit(k, ddb, ucb.address);
  }
  k.sys.TTY$GL_JOBCTLMB = k.symbol('SYS$GL_JOBCTLMB');
}

function makeNullDevice(k: Kernel, ddt: number): void {
  const [ddb, orb, address] = [k.symbol('NL$GL_DDB'), k.symbol('NL$GL_ORB0'), k.symbol('NL$GL_UCB0')];
  makeDdb(k, ddb, 'NLA', 'NLDRIVER', ddt);
  makeOrb(k, orb, SYSTEM_UIC, ALL_ACCESS);
  makeUcb(k, address, {
    size: UCB.size, unit: 0, ddb, ddt, crb: k.symbol('sys_crb'), orb, forkIpl: IPL$_MAILBOX, deviceIpl: IPL$_MAILBOX,
    deviceClass: DC$_MAILBOX, deviceType: DT$_NULL,
    characteristics: DEV$M_REC | DEV$M_SHR | DEV$M_AVL | DEV$M_MBX | DEV$M_IDV | DEV$M_ODV, bufferSize: 512,
  });
  linkUnit(k, ddb, address);
}
