import { IPL_PRINTER, PRINTER_NEXUS, PRINTER_VECTOR } from '../../emulator/devices/printer.js';
import { nexusRegisters } from '../boot/adapters.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { DC$_LP, DT$_LP11 } from '../starlet/dcdef.js';
import { DEV$M_AVL, DEV$M_CCL, DEV$M_ODV, DEV$M_REC } from '../starlet/devdef.js';
import { LP$M_LOWER, LP$M_MECHFORM, LP$M_TRUNCATE } from '../starlet/lpdef.js';
import { CRB$K_LENGTH_ONE, DDB, IDB } from '../structures/device.js';
import { DYN$C_CRB, DYN$C_DDB, DYN$C_IDB, DYN$C_ORB, DYN$C_UCB } from '../structures/dyn.js';
import { IPL$_SYNCH } from '../structures/ipl.js';
import { ORB } from '../structures/orb.js';
import { LPUCB } from '../structures/ucb.js';
import { makeCrb, makeDdb, makeOrb, makeUcb } from './database.js';
import { connectInterrupt } from './disk-units.js';
import { loadDriverTables } from './drivers/driver-table.js';
import { PRINTER_DRIVER } from './drivers/printer.js';
import { linkUnit } from './units.js';

const SYSTEM_UIC = 0x0001_0004;
/** choice: 132 columns, 66 lines, small letters, a form feed of its own; what is longer than a line is cut off. */
const COLUMNS = 132;
const LINES = 66;

/** LPA0:, when the printer's controller answers. EXE$INIT, IPL 31. @source book 25.4 */
export function configurePrinter(k: Kernel): void {
  const registers = nexusRegisters(k, PRINTER_NEXUS);
  if (registers === 0) return;
  const { ddt } = loadDriverTables(k, PRINTER_DRIVER);
  const [ddb, crb, idb, orb, address] = [
    allocateBlock(k, DDB.size, DYN$C_DDB), allocateBlock(k, CRB$K_LENGTH_ONE, DYN$C_CRB), allocateBlock(k, IDB.size, DYN$C_IDB),
    allocateBlock(k, ORB.size, DYN$C_ORB), allocateBlock(k, LPUCB.size, DYN$C_UCB),
  ];
  if ([ddb, crb, idb, orb, address].includes(0)) throw new Error('no pool for LPA');
  makeDdb(k, ddb, 'LPA', PRINTER_DRIVER.name, ddt);
  makeCrb(k, crb, CRB$K_LENGTH_ONE, 1);
  makeOrb(k, orb, SYSTEM_UIC, 0);
  const ucb = makeUcb(k, address, {
    size: LPUCB.size, unit: 0, ddb, ddt, crb, orb, forkIpl: IPL$_SYNCH, deviceIpl: IPL_PRINTER, deviceClass: DC$_LP, deviceType: DT$_LP11,
    characteristics: DEV$M_REC | DEV$M_CCL | DEV$M_AVL | DEV$M_ODV, bufferSize: COLUMNS,
  });
  ucb.UCB$L_DEVDEPEND = ((LINES << 24) | LP$M_MECHFORM | LP$M_LOWER | LP$M_TRUNCATE) >>> 0;
  const dispatch = IDB.at(k, idb);
  dispatch.IDB$L_CSR = registers;
  dispatch.IDB$L_OWNER = address;
  dispatch.IDB$W_UNITS = 1;
  dispatch.IDB$B_VECTOR = (PRINTER_VECTOR / 4) & 0xff;
  k.writeLong(idb + IDB.offset.IDB$L_UCBLST, address);
  connectInterrupt(k, crb, idb, PRINTER_VECTOR, 'LP$INTERRUPT');
  linkUnit(k, ddb, address);
}
