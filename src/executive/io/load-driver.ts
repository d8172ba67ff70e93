import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SS$_BADPARAM, SS$_DEVACTIVE, SS$_DEVMOUNT, SS$_INSFMEM, SS$_NORMAL, SS$_NOSUCHDEV } from '../starlet/ssdef.js';
import { CRB, CRB$K_LENGTH_ONE, DDB, DDT, DPT, IDB, VEC } from '../structures/device.js';
import { DYN$C_CRB, DYN$C_DDB, DYN$C_DPT, DYN$C_IDB, DYN$C_ORB, DYN$C_UCB } from '../structures/dyn.js';
import { IPL$_SYNCH } from '../structures/ipl.js';
import { ArrayMemory, readCounted } from '../structures/memory.js';
import { ORB } from '../structures/orb.js';
import { UCB } from '../structures/ucb.js';
import { makeCrb, makeDdb, makeOrb, makeUcb } from './database.js';
import { IOC$SCAN_IODB } from './device-names.js';
import { linkUnit } from './units.js';

/**
 * Drivers that are not part of SYS.EXE: an image with a prologue table in front becomes a block of nonpaged pool, and devices are connected to it.
 * What the tables hold are addresses of the link; they are moved to where the driver lies. The entries of the initialization tables are as DPT_STORE
 * (macro/driver-macros.ts) makes them.
 *
 * @source book 25.5; digest ch18 1.3, appE (DPT); Writing a Device Driver for VAX/VMS (V4), chapter on loading
 */
const ENTRY = 8;
/** In the size of an entry: its value is an address in the driver. */
const ADDRESS = 0x80;
const FDT_FIRST = 16;
const FDT_ENTRY = 12;
const SYSTEM_UIC = 0x0001_0004;
/** Fields of the dispatch table that are addresses. */
const ROUTINES = ['DDT$L_START', 'DDT$L_UNSOLINT', 'DDT$L_CANCEL', 'DDT$L_REGDUMP', 'DDT$L_UNITINIT', 'DDT$L_ALTSTART', 'DDT$L_MNTVER', 'DDT$L_CLONEDUCB'] as const;

interface Store { readonly type: number; readonly size: number; readonly isAddress: boolean; readonly offset: number; readonly value: number }

/** Entries of an initialization table, from anything that may pass for one. */
function* stores(memory: Pick<Kernel, 'readByte' | 'readWord' | 'readLong'>, from: number, end: number): Generator<Store, void, undefined> {
  for (let at = from; at + ENTRY <= end && memory.readByte(at) !== 0; at += ENTRY) {
    const size = memory.readByte(at + 1);
    yield { type: memory.readByte(at), size: size & 7, isAddress: (size & ADDRESS) !== 0, offset: memory.readWord(at + 2), value: memory.readLong(at + 4) };
  }
}

/** Whether the bytes are a driver: its tables are where they say, and inside. @returns the offset of the dispatch table, or undefined */
function dispatchTableOf(image: Uint8Array, linkedAt: number): number | undefined {
  if (image.length < DPT.size) return undefined;
  const memory = new ArrayMemory(image);
  const dpt = DPT.at(memory, 0);
  const size = dpt.DPT$W_SIZE;
  const name = readCounted(memory, DPT.offset.DPT$T_NAME);
  if (dpt.DPT$B_TYPE !== DYN$C_DPT || size < DPT.size || size > image.length || dpt.DPT$W_UCBSIZE < UCB.size || !/^[A-Z0-9$_]{1,11}$/.test(name)) return undefined;
  for (const table of [dpt.DPT$W_INITTAB, dpt.DPT$W_REINITTAB]) if (table < DPT.size || table >= size) return undefined;
  const store = [...stores(memory, dpt.DPT$W_REINITTAB, size)].find(({ type, offset, isAddress }) => type === DYN$C_DDB && offset === DDB.offset.DDB$L_DDT && isAddress);
  const offset = store === undefined ? -1 : store.value - linkedAt;
  if (offset < DPT.size || offset + DDT.size > size) return undefined;
  const ddt = DDT.at(memory, offset);
  const fdt = ddt.DDT$L_FDT - linkedAt;
  const inside = (address: number): boolean => address === 0 || (address >= linkedAt + DPT.size && address < linkedAt + size);
  if (fdt < DPT.size || ddt.DDT$W_FDTSIZE < FDT_FIRST || fdt + ddt.DDT$W_FDTSIZE > size || !ROUTINES.every((field) => inside(ddt[field]))) return undefined;
  for (let at = FDT_FIRST; at < ddt.DDT$W_FDTSIZE; at += FDT_ENTRY) if (!inside(memory.readLong(fdt + at + 8))) return undefined;
  return offset;
}

export function findDriver(k: Kernel, name: string): number {
  return [...k.queueEntries(k.symbol('IOC$GL_DPTLIST'))].find((dpt) => readCounted(k, dpt + DPT.offset.DPT$T_NAME) === name) ?? 0;
}

/** @returns the prologue table of the loaded driver, or why there is none: SS$_BADPARAM no driver image, SS$_DEVACTIVE loaded already, SS$_INSFMEM */
function load(k: Kernel, image: Uint8Array, linkedAt: number): { readonly status: number; readonly dpt: number } {
  const table = dispatchTableOf(image, linkedAt);
  if (table === undefined) return { status: SS$_BADPARAM, dpt: 0 };
  const size = DPT.at(new ArrayMemory(image), 0).DPT$W_SIZE;
  const dpt = allocateBlock(k, size, DYN$C_DPT);
  if (dpt === 0) return { status: SS$_INSFMEM, dpt: 0 };
  k.writeBytes(dpt, image.subarray(0, size));
  const move = (address: number): void => { if (k.readLong(address) !== 0) k.writeLong(address, (k.readLong(address) - linkedAt + dpt) >>> 0); };
  const ddt = DDT.at(k, dpt + table);
  for (const field of ROUTINES) move(ddt.address + DDT.offset[field]);
  move(ddt.address + DDT.offset.DDT$L_FDT);
  for (let at = FDT_FIRST; at < ddt.DDT$W_FDTSIZE; at += FDT_ENTRY) move(ddt.DDT$L_FDT + at + 8);
  const nothing = k.symbol('DASSGN_NOTHING');
  for (const field of ['DDT$L_START', 'DDT$L_ALTSTART'] as const) if (ddt[field] === 0) ddt[field] = nothing;
  const prologue = DPT.at(k, dpt);
  for (const list of [prologue.DPT$W_INITTAB, prologue.DPT$W_REINITTAB]) {
    for (let at = dpt + list; at + ENTRY <= dpt + size && k.readByte(at) !== 0; at += ENTRY) if ((k.readByte(at + 1) & ADDRESS) !== 0) move(at + 4);
  }
  return { status: SS$_NORMAL, dpt };
}

/** SYSGEN LOAD. @param image  the driver as it was linked at `linkedAt` @returns SS$_NORMAL, or as above */
export function loadDriver(k: Kernel, image: Uint8Array, linkedAt: number): number {
  const name = image.length < DPT.size ? '' : readCounted(new ArrayMemory(image), DPT.offset.DPT$T_NAME);
  if (name !== '' && findDriver(k, name) !== 0) return SS$_DEVACTIVE;
  const { status, dpt } = load(k, image, linkedAt);
  if (status === SS$_NORMAL) k.insertTail(dpt, k.symbol('IOC$GL_DPTLIST'));
  return status;
}

/** The structures of a device, by type byte. */
type Structures = ReadonlyMap<number, number>;

/** Carries out the entries of a table for the structures given. */
function initialize(k: Kernel, dpt: number, offset: number, structures: Structures): void {
  for (const { type, size, offset: field, value } of stores(k, dpt + offset, dpt + DPT.at(k, dpt).DPT$W_SIZE)) {
    const address = structures.get(type);
    if (address === undefined) continue;
    if (size === 1) k.writeByte(address + field, value & 0xff);
    else if (size === 2) k.writeWord(address + field, value & 0xffff);
    else k.writeLong(address + field, value);
  }
}

/** What SYSGEN has to call at IPL 31 when the structures are there: controller and unit initialization. */
export interface Connected {
  readonly status: number;
  readonly ucb: number;
  readonly crb: number;
  /** The controller is new. */
  readonly isNew: boolean;
}

const refused = (status: number): Connected => ({ status, ucb: 0, crb: 0, isNew: false });

/**
 * SYSGEN CONNECT of a device without an adapter: a unit, with its controller when that is its first one.
 *
 * @param controller  EOA
 * @returns SS$_NORMAL; SS$_NOSUCHDEV no such driver; SS$_DEVMOUNT the unit exists, or the controller has another driver; SS$_BADPARAM more units than
 * the driver can do; SS$_INSFMEM
 */
export function connectDevice(k: Kernel, controller: string, unit: number, driver: string): Connected {
  const dpt = findDriver(k, driver);
  if (dpt === 0 || DPT.at(k, dpt).DPT$W_INITTAB === 0) return refused(SS$_NOSUCHDEV);
  const prologue = DPT.at(k, dpt);
  if (unit >= prologue.DPT$W_MAXUNITS) return refused(SS$_BADPARAM);
  const units = [...IOC$SCAN_IODB(k)].filter(({ ddb }) => readCounted(k, ddb + DDB.offset.DDB$T_NAME) === controller);
  const first = units[0];
  if (first && (readCounted(k, first.ddb + DDB.offset.DDB$T_DRVNAME) !== driver || units.some(({ ucb }) => UCB.at(k, ucb).UCB$W_UNIT === unit))) return refused(SS$_DEVMOUNT);

  const wanted: (readonly [type: number, size: number])[] = [[DYN$C_UCB, prologue.DPT$W_UCBSIZE], [DYN$C_ORB, ORB.size]];
  if (!first) wanted.push([DYN$C_DDB, DDB.size], [DYN$C_CRB, CRB$K_LENGTH_ONE], [DYN$C_IDB, IDB.size]);
  const made = new Map(wanted.map(([type, size]) => [type, allocateBlock(k, size, type)]));
  if ([...made.values()].includes(0)) {
    for (const address of made.values()) if (address !== 0) EXE$DEANONPAGED(k, address);
    return refused(SS$_INSFMEM);
  }
  const [ucb, orb] = [made.get(DYN$C_UCB)!, made.get(DYN$C_ORB)!];
  const ddb = first?.ddb ?? made.get(DYN$C_DDB)!;
  const crb = first ? UCB.at(k, first.ucb).UCB$L_CRB : made.get(DYN$C_CRB)!;
  if (!first) {
    makeDdb(k, ddb, controller, driver, 0);
    makeCrb(k, crb, CRB$K_LENGTH_ONE, 0);
    VEC.at(k, crb + CRB.offset.CRB$L_INTD).VEC$L_IDB = made.get(DYN$C_IDB)!;
    IDB.at(k, made.get(DYN$C_IDB)!).IDB$W_UNITS = prologue.DPT$W_MAXUNITS;
    prologue.DPT$B_REFC = prologue.DPT$B_REFC + 1;
  }
  makeOrb(k, orb, SYSTEM_UIC, 0);
  const view = makeUcb(k, ucb, {
    size: prologue.DPT$W_UCBSIZE, unit, ddb, ddt: 0, crb, orb, forkIpl: IPL$_SYNCH, deviceIpl: IPL$_SYNCH, deviceClass: 0, deviceType: 0, characteristics: 0, bufferSize: 0,
  });
  view.UCB$V_ONLINE = 0;          // the driver's unit initialization says when
  for (const table of [prologue.DPT$W_INITTAB, prologue.DPT$W_REINITTAB]) initialize(k, dpt, table, made);
  view.UCB$L_DDT = DDB.at(k, ddb).DDB$L_DDT;
  const controllerBlock = CRB.at(k, crb);
  controllerBlock.CRB$W_REFC = controllerBlock.CRB$W_REFC + 1;
  linkUnit(k, ddb, ucb);
  return { status: SS$_NORMAL, ucb, crb, isNew: !first };
}

/**
 * SYSGEN RELOAD: another version of a driver takes the place of the one that is loaded, for all its devices, none of which may be in use.
 *
 * @returns SS$_NORMAL; SS$_NOSUCHDEV not loaded; SS$_DEVACTIVE a device has channels or is busy; SS$_DEVMOUNT part of SYS.EXE, or a terminal class or port
 * driver, which are never loaded again (book 19.2); SS$_BADPARAM, SS$_INSFMEM as LOAD
 */
export function reloadDriver(k: Kernel, image: Uint8Array, linkedAt: number): number {
  const name = image.length < DPT.size ? '' : readCounted(new ArrayMemory(image), DPT.offset.DPT$T_NAME);
  const old = findDriver(k, name);
  if (old === 0) return SS$_NOSUCHDEV;
  const before = DPT.at(k, old);
  if (before.DPT$W_INITTAB === 0 || before.DPT$W_VECTOR !== 0) return SS$_DEVMOUNT;
  const units = [...IOC$SCAN_IODB(k)].filter(({ ddb }) => readCounted(k, ddb + DDB.offset.DDB$T_DRVNAME) === name);
  if (units.some(({ ucb }) => UCB.at(k, ucb).UCB$W_REFC !== 0 || UCB.at(k, ucb).UCB$V_BSY !== 0)) return SS$_DEVACTIVE;
  if (units.some(({ ucb }) => UCB.at(k, ucb).UCB$W_SIZE < DPT.at(new ArrayMemory(image), 0).DPT$W_UCBSIZE)) return SS$_BADPARAM;
  const { status, dpt } = load(k, image, linkedAt);
  if (status !== SS$_NORMAL) return status;
  const prologue = DPT.at(k, dpt);
  prologue.DPT$B_REFC = before.DPT$B_REFC;
  for (const { ddb, ucb } of units) {
    const crb = UCB.at(k, ucb).UCB$L_CRB;
    const idb = VEC.at(k, crb + CRB.offset.CRB$L_INTD).VEC$L_IDB;
    initialize(k, dpt, prologue.DPT$W_REINITTAB, new Map([[DYN$C_DDB, ddb], [DYN$C_CRB, crb], [DYN$C_IDB, idb], [DYN$C_ORB, UCB.at(k, ucb).UCB$L_ORB], [DYN$C_UCB, ucb]]));
    UCB.at(k, ucb).UCB$L_DDT = DDB.at(k, ddb).DDB$L_DDT;
  }
  k.removeQueue(old);
  EXE$DEANONPAGED(k, old);
  k.insertTail(dpt, k.symbol('IOC$GL_DPTLIST'));
  return SS$_NORMAL;
}
