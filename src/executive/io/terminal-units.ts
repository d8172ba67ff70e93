import {
  IPL_MULTIPLEXER, MULTIPLEXERS, MUX_CS, MUX_LINES, MUX_NEXUS, MUX_RIE, MUX_TIE, multiplexerPlace,
} from '../../emulator/devices/multiplexer.js';
import { nexusRegisters } from '../boot/adapters.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { DC$_TERM, DT$_VT100 } from '../starlet/dcdef.js';
import { DEV$M_AVL, DEV$M_CCL, DEV$M_IDV, DEV$M_ODV, DEV$M_REC, DEV$M_TRM } from '../starlet/devdef.js';
import { TT$M_MODEM } from '../starlet/ttdef.js';
import { CRB, CRB$K_LENGTH_ONE, DDB, DPT, IDB } from '../structures/device.js';
import { DYN$C_CRB, DYN$C_DDB, DYN$C_DPT, DYN$C_IDB, DYN$C_INIT, DYN$C_ORB, DYN$C_UCB } from '../structures/dyn.js';
import { IPL$_SYNCH } from '../structures/ipl.js';
import { writeCounted } from '../structures/memory.js';
import { ORB } from '../structures/orb.js';
import { TTYUCB } from '../structures/ucb.js';
import { initializeTerminal, makeCrb, makeDdb, makeOrb, makeUcb, timeController } from './database.js';
import { connectInterrupt } from './disk-units.js';
import { portModem, portXon, PORT_DS_SET, PORT_STARTIO, PORT_XOFF, PORT_XON } from './drivers/terminal-port.js';
import { linkUnit } from './units.js';

/**
 * Configuring terminal multiplexers: TTA0: to TTA7: on the first that answers in I/O space, TTB0: ... on the next. Every line is a modem line
 * (TT$M_MODEM) with its data terminal ready on: it takes calls. EXE$INIT, IPL 31. @source book 19.4.1, 25.4; digest ch19 2.6
 */

const SYSTEM_UIC = 0x0001_0004;
/** TTY_PROT: nobody but the system may have a line that is free. */
const SYSTEM_ONLY = 0xfff0;
const DRIVER = 'DZDRIVER';

export function configureTerminals(k: Kernel, classDdt: number): void {
  let port = 0;
  for (let number = 0; number < MULTIPLEXERS; number += 1) {
    const registers = nexusRegisters(k, MUX_NEXUS + number);
    if (registers === 0) continue;
    if (port === 0) port = makePortDriver(k);
    connectMultiplexer(k, `TT${'ABCD'[number]!}`, registers, multiplexerPlace(number).vector, classDdt, port);
  }
}

/** The prologue of the port driver and its vector, which has no tables: the units' requests go to the class driver. @returns the vector */
function makePortDriver(k: Kernel): number {
  const block = allocateBlock(k, DPT.size, DYN$C_DPT);
  const vector = allocateBlock(k, 12 + 16, DYN$C_INIT) + 12;
  const prologue = DPT.at(k, block);
  prologue.DPT$W_SIZE = DPT.size;
  prologue.DPT$B_TYPE = DYN$C_DPT;
  prologue.DPT$B_REFC = 1;
  prologue.DPT$W_UCBSIZE = TTYUCB.size;
  prologue.DPT$W_MAXUNITS = MUX_LINES;
  prologue.DPT$W_VECTOR = (vector - block) & 0xffff;
  writeCounted(k, block + DPT.offset.DPT$T_NAME, DRIVER, 12);
  k.insertTail(block, k.symbol('IOC$GL_DPTLIST'));
  for (const [offset, name] of [[PORT_STARTIO, 'DZ$STARTIO'], [PORT_XON, 'DZ$XON'], [PORT_XOFF, 'DZ$XOFF'], [PORT_DS_SET, 'DZ$DS_SET']] as const) {
    k.writeLong(vector + offset, k.symbol(name));
  }
  return vector;
}

function connectMultiplexer(k: Kernel, name: string, registers: number, vector: number, ddt: number, port: number): void {
  const ddb = allocateBlock(k, DDB.size, DYN$C_DDB);
  const crb = allocateBlock(k, CRB$K_LENGTH_ONE, DYN$C_CRB);
  const idb = allocateBlock(k, IDB.size, DYN$C_IDB);
  if (ddb === 0 || crb === 0 || idb === 0) throw new Error(`no pool for ${name}`);
  makeDdb(k, ddb, name, DRIVER, ddt);
  makeCrb(k, crb, CRB$K_LENGTH_ONE, MUX_LINES);
  // The wait queue's longwords are the modems' state (dz-port.ts).
  [CRB.at(k, crb).CRB$L_WQFL, CRB.at(k, crb).CRB$L_WQBL] = [0, 0];
  const dispatch = IDB.at(k, idb);
  dispatch.IDB$L_CSR = registers;
  dispatch.IDB$W_UNITS = MUX_LINES;
  dispatch.IDB$B_VECTOR = (vector / 4) & 0xff;
  connectInterrupt(k, crb, idb, vector, 'DZ$INTERRUPT');
  timeController(k, crb);
  for (let unit = 0; unit < MUX_LINES; unit += 1) addLine(k, { ddb, crb, idb, unit, ddt, port });
  k.writeLong(registers + MUX_CS, MUX_RIE | MUX_TIE);
}

interface Place {
  readonly ddb: number;
  readonly crb: number;
  readonly idb: number;
  readonly unit: number;
  readonly ddt: number;
  readonly port: number;
}

function addLine(k: Kernel, { ddb, crb, idb, unit, ddt, port }: Place): void {
  const address = allocateBlock(k, TTYUCB.size, DYN$C_UCB);
  const orb = allocateBlock(k, ORB.size, DYN$C_ORB);
  if (address === 0 || orb === 0) throw new Error(`no pool for terminal line ${unit}`);
  makeOrb(k, orb, SYSTEM_UIC, SYSTEM_ONLY);
  const width = k.sys.TTY$GW_DEFBUF;
  makeUcb(k, address, {
    size: TTYUCB.size, unit, ddb, ddt, crb, orb, forkIpl: IPL$_SYNCH, deviceIpl: IPL_MULTIPLEXER, deviceClass: DC$_TERM, deviceType: DT$_VT100,
    characteristics: DEV$M_REC | DEV$M_CCL | DEV$M_TRM | DEV$M_AVL | DEV$M_IDV | DEV$M_ODV, bufferSize: width === 0 ? 80 : width,
  });
  const ucb = initializeTerminal(k, address, TT$M_MODEM);
  ucb.UCB$L_TT_PORT = port;
  ucb.UCB$W_TT_UNITBIT = 1 << unit;
  k.writeLong(idb + IDB.offset.IDB$L_UCBLST + 4 * unit, address);
  linkUnit(k, ddb, address);
  portXon(k, ucb);
  portModem(k, ucb, true);
}
