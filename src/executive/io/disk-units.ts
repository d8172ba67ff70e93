import { DISK_BLOCKS, DISK_CONTROLLERS, DISK_NEXUS, DISK_UNIT, DISK_UNITS, IPL_DISK, diskControllerPlace } from '../../emulator/devices/disk.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { DC$_DISK, DT$_RA81 } from '../starlet/dcdef.js';
import { DEV$M_AVL, DEV$M_DIR, DEV$M_FOD, DEV$M_IDV, DEV$M_ODV, DEV$M_RND, DEV$M_SHR } from '../starlet/devdef.js';
import { CRB, CRB$K_LENGTH_ONE, DDB, IDB, VEC } from '../structures/device.js';
import { DYN$C_CRB, DYN$C_DDB, DYN$C_IDB, DYN$C_ORB, DYN$C_UCB } from '../structures/dyn.js';
import { IPL$_SYNCH } from '../structures/ipl.js';
import { readCounted } from '../structures/memory.js';
import { ORB } from '../structures/orb.js';
import { DISKUCB } from '../structures/ucb.js';
import { makeCrb, makeDdb, makeOrb, makeUcb } from './database.js';
import { deviceBlocks } from './device-names.js';
import { DISK_DRIVER } from './drivers/disk.js';
import { loadDriverTables } from './drivers/driver-table.js';
import { nexusRegisters } from '../boot/adapters.js';
import { linkUnit } from './units.js';
import { mediaId } from './media.js';

/** Configuring disk controllers and their units, as SYSGEN CONNECT does. @source book 18.1, 25.1; digest ch18 1.3 */

const SYSTEM_UIC = 0x0001_0004;
const BLOCK = 512;
/** Geometry of an RA81, as SHOW DEVICES/FULL has it: sectors of a track, tracks of a cylinder. The cylinders are as many as the blocks need. */
const RA81_SECTORS = 51;
const RA81_TRACKS = 14;
/** Times that a transfer with an error is tried again. */
const RETRIES = 8;

/** PUSHR #^M<R0,R1,R2,R3,R4,R5>; JSB @#: the code at the head of an interrupt transfer vector. */
const DISPATCH_CODE = [0xbb, 0x3f, 0x16, 0x9f] as const;

export interface ControllerDescription {
  /** Generic name with controller letter: DUA. */
  readonly name: string;
  /** System address of its registers. */
  readonly registers: number;
  /** SCB offset. */
  readonly vector: number;
}

/**
 * IOC$CONNECT_DISK: makes DDB, CRB and IDB of a disk controller, and points its SCB vector at the CRB.
 *
 * @returns the DDB, and the system address of the registers. IPL 31 at boot, or kernel mode with the I/O mutex held
 */
export function IOC$CONNECT_DISK(k: Kernel, { name, registers, vector }: ControllerDescription): { ddb: number; csr: number } {
  const { ddt } = loadDriverTables(k, DISK_DRIVER);
  const ddb = allocateBlock(k, DDB.size, DYN$C_DDB);
  const crb = allocateBlock(k, CRB$K_LENGTH_ONE, DYN$C_CRB);
  const idb = allocateBlock(k, IDB.size, DYN$C_IDB);
  if (ddb === 0 || crb === 0 || idb === 0) throw new Error(`no pool for ${name}`);
  makeDdb(k, ddb, name, DISK_DRIVER.name, ddt);
  makeCrb(k, crb, CRB$K_LENGTH_ONE, 0);
  // choice: until it has a unit, the CRB of a controller is remembered in DDB$L_CONLINK, which nothing else uses here.
  DDB.at(k, ddb).DDB$L_CONLINK = crb;
  const dispatch = IDB.at(k, idb);
  dispatch.IDB$L_CSR = registers;
  dispatch.IDB$W_UNITS = 8;
  dispatch.IDB$B_VECTOR = (vector / 4) & 0xff;
  connectInterrupt(k, crb, idb, vector, 'DU$INTERRUPT');
  VEC.at(k, crb + CRB.offset.CRB$L_INTD).VEC$L_INITIAL = k.symbol('DU$CTRLINIT');
  return { ddb, csr: dispatch.IDB$L_CSR };
}

/** Fills the interrupt transfer vector of a CRB and points the SCB vector at it: it saves R0 to R5 and enters `routine` with the IDB's pointer on the stack. */
export function connectInterrupt(k: Kernel, crb: number, idb: number, vector: number, routine: string): void {
  const transfer = crb + CRB.offset.CRB$L_INTD;
  k.writeBytes(transfer, Uint8Array.from(DISPATCH_CODE));
  k.writeLong(transfer + 4, k.symbol(routine));
  VEC.at(k, transfer).VEC$L_IDB = idb;
  k.writeLong(k.sys.EXE$GL_SCB + vector, (transfer | 1) >>> 0);
}

/**
 * Configures the disk controllers that answer in I/O space, and every unit of theirs with a volume: DUA0, DUA1 ..., DUB0 ...
 * EXE$INIT, IPL 31. @source book 25.4 (autoconfigure)
 */
export function configureDisks(k: Kernel): void {
  for (let number = 0; number < DISK_CONTROLLERS; number += 1) {
    const registers = nexusRegisters(k, DISK_NEXUS + number);
    if (registers === 0) continue;
    const name = `DU${'ABCD'[number]!}`;
    const csr = IOC$CONNECT_DISK(k, { name, registers, vector: diskControllerPlace(number).vector }).csr;
    for (let unit = 0; unit < DISK_UNITS; unit += 1) if (blocksOf(k, csr, unit) > 0) IOC$ADD_DISK_UNIT(k, name, { unit });
  }
}

/** Another unit of a device that has units already, or the first. */
export interface DiskUnitDescription {
  readonly unit: number;
  /** DT$_ code. */
  readonly type?: number;
  /** Blocks on the volume; asked of the controller when left out. */
  readonly blocks?: number;
  readonly protection?: number;
}

/**
 * IOC$ADD_DISK_UNIT: makes the UCB of a disk unit.
 *
 * @param ddbName  DDB$T_NAME of its controller
 * @returns the UCB
 */
export function IOC$ADD_DISK_UNIT(k: Kernel, ddbName: string, { unit, type, blocks, protection }: DiskUnitDescription): number {
  const ddb = [...deviceBlocks(k)].find((address) => readCounted(k, address + DDB.offset.DDB$T_NAME) === ddbName);
  if (ddb === undefined) throw new Error(`no controller ${ddbName}`);
  const address = allocateBlock(k, DISKUCB.size, DYN$C_UCB);
  const orb = allocateBlock(k, ORB.size, DYN$C_ORB);
  if (address === 0 || orb === 0) throw new Error(`no pool for ${ddbName}${unit}`);
  makeOrb(k, orb, SYSTEM_UIC, protection ?? 0);
  const ddt = DDB.at(k, ddb).DDB$L_DDT;
  const crb = controllerOf(k, ddb);
  makeUcb(k, address, {
    size: DISKUCB.size, unit, ddb, ddt, crb, orb, forkIpl: IPL$_SYNCH, deviceIpl: IPL_DISK, deviceClass: DC$_DISK, deviceType: type ?? DT$_RA81,
    characteristics: DEV$M_FOD | DEV$M_DIR | DEV$M_AVL | DEV$M_SHR | DEV$M_IDV | DEV$M_ODV | DEV$M_RND, bufferSize: BLOCK,
  });
  const ucb = DISKUCB.at(k, address);
  const controller = CRB.at(k, crb);
  controller.CRB$W_REFC = controller.CRB$W_REFC + 1;
  const idb = VEC.at(k, crb + CRB.offset.CRB$L_INTD).VEC$L_IDB;
  ucb.UCB$B_ERTMAX = RETRIES;
  ucb.UCB$B_SLAVE = unit & 7;
  ucb.UCB$L_MAXBLOCK = blocks ?? blocksOf(k, IDB.at(k, idb).IDB$L_CSR, unit & 7);
  if (ucb.UCB$B_DEVTYPE === DT$_RA81) {
    ucb.UCB$L_MEDIA_ID = mediaId('DU', 'RA81');
    ucb.UCB$L_DEVDEPEND = RA81_SECTORS | (RA81_TRACKS << 8) | (Math.ceil(ucb.UCB$L_MAXBLOCK / (RA81_SECTORS * RA81_TRACKS)) << 16);
  }
  ucb.UCB$V_VALID = 1;
  k.writeLong(idb + IDB.offset.IDB$L_UCBLST + 4 * (unit & 7), address);
  linkUnit(k, ddb, address);
  return address;
}

/** The CRB of a controller: its first unit's, or, with no unit yet, the one made with its DDB. */
function controllerOf(k: Kernel, ddb: number): number {
  const first = DDB.at(k, ddb).DDB$L_UCB;
  return first !== 0 ? DISKUCB.at(k, first).UCB$L_CRB : DDB.at(k, ddb).DDB$L_CONLINK;
}

function blocksOf(k: Kernel, csr: number, unit: number): number {
  k.writeLong(csr + DISK_UNIT, unit);
  return k.readLong(csr + DISK_BLOCKS);
}
