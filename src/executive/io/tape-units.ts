import { IPL_TAPE, TAPE_NEXUS, TAPE_ONLINE, TAPE_STATE, TAPE_UNIT, TAPE_UNITS, TAPE_VECTOR } from '../../emulator/devices/tape.js';
import { nexusRegisters } from '../boot/adapters.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { DC$_TAPE, DT$_TE16 } from '../starlet/dcdef.js';
import { DEV$M_AVL, DEV$M_DIR, DEV$M_FOD, DEV$M_IDV, DEV$M_ODV, DEV$M_SDI, DEV$M_SQD } from '../starlet/devdef.js';
import { MT$K_NORMAL11, MT$K_PE_1600, MT$V_DENSITY, MT$V_FORMAT } from '../starlet/mtdef.js';
import { CRB, CRB$K_LENGTH_ONE, DDB, IDB } from '../structures/device.js';
import { DYN$C_CRB, DYN$C_DDB, DYN$C_IDB, DYN$C_ORB, DYN$C_UCB } from '../structures/dyn.js';
import { IPL$_SYNCH } from '../structures/ipl.js';
import { ORB } from '../structures/orb.js';
import { TAPEUCB } from '../structures/ucb.js';
import { makeCrb, makeDdb, makeOrb, makeUcb } from './database.js';
import { connectInterrupt } from './disk-units.js';
import { loadDriverTables } from './drivers/driver-table.js';
import { TAPE_DRIVER } from './drivers/tape.js';
import { linkUnit } from './units.js';

const SYSTEM_UIC = 0x0001_0004;
/** Bytes of a tape block when nothing else is said. */
const BLOCK_SIZE = 2048;

/** MTA0: ... for every unit of the tape controller with a reel in it, when the controller answers. EXE$INIT, IPL 31. @source book 25.4 */
export function configureTapes(k: Kernel): void {
  const registers = nexusRegisters(k, TAPE_NEXUS);
  if (registers === 0) return;
  const { ddt } = loadDriverTables(k, TAPE_DRIVER);
  const [ddb, crb, idb] = [allocateBlock(k, DDB.size, DYN$C_DDB), allocateBlock(k, CRB$K_LENGTH_ONE, DYN$C_CRB), allocateBlock(k, IDB.size, DYN$C_IDB)];
  if ([ddb, crb, idb].includes(0)) throw new Error('no pool for MTA');
  makeDdb(k, ddb, 'MTA', TAPE_DRIVER.name, ddt);
  makeCrb(k, crb, CRB$K_LENGTH_ONE, 0);
  const dispatch = IDB.at(k, idb);
  dispatch.IDB$L_CSR = registers;
  dispatch.IDB$W_UNITS = TAPE_UNITS;
  dispatch.IDB$B_VECTOR = (TAPE_VECTOR / 4) & 0xff;
  connectInterrupt(k, crb, idb, TAPE_VECTOR, 'MT$INTERRUPT');
  for (let unit = 0; unit < TAPE_UNITS; unit += 1) {
    k.writeLong(registers + TAPE_UNIT, unit);
    if ((k.readLong(registers + TAPE_STATE) & TAPE_ONLINE) === 0) continue;
    const [address, orb] = [allocateBlock(k, TAPEUCB.size, DYN$C_UCB), allocateBlock(k, ORB.size, DYN$C_ORB)];
    if (address === 0 || orb === 0) throw new Error(`no pool for MTA${unit}`);
    makeOrb(k, orb, SYSTEM_UIC, 0);
    makeUcb(k, address, {
      size: TAPEUCB.size, unit, ddb, ddt, crb, orb, forkIpl: IPL$_SYNCH, deviceIpl: IPL_TAPE, deviceClass: DC$_TAPE, deviceType: DT$_TE16,
      characteristics: DEV$M_FOD | DEV$M_DIR | DEV$M_SDI | DEV$M_SQD | DEV$M_AVL | DEV$M_IDV | DEV$M_ODV, bufferSize: BLOCK_SIZE,
    });
    const ucb = TAPEUCB.at(k, address);
    ucb.UCB$B_SLAVE = unit;
    ucb.UCB$V_VALID = 1;
    ucb.UCB$L_DEVDEPEND = (MT$K_PE_1600 << MT$V_DENSITY) | (MT$K_NORMAL11 << MT$V_FORMAT);
    k.writeLong(idb + IDB.offset.IDB$L_UCBLST + 4 * unit, address);
    CRB.at(k, crb).CRB$W_REFC = CRB.at(k, crb).CRB$W_REFC + 1;
    linkUnit(k, ddb, address);
  }
}
