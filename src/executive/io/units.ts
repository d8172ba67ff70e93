import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { DDB, CRB } from '../structures/device.js';
import { DYN$C_ORB, DYN$C_UCB } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { ORB } from '../structures/orb.js';
import { UCB } from '../structures/ucb.js';

/**
 * Making and deleting units: clones of a template (module UCBCREDEL), and the byte quota they cost. @source digest ch18 2.4, 2.6
 */

const HIGHEST_CLONE = 9999;
/** Bytes that must stay for the deletion of the process. */
export const DELETION_RESERVE = 256;

function unitTaken(k: Kernel, ddb: number, unit: number): boolean {
  for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) if (UCB.at(k, ucb).UCB$W_UNIT === unit) return true;
  return false;
}

/** A unit number that no unit of the DDB has, going up from the template's seed; 0 when all are taken. */
function freeUnit(k: Kernel, template: number): number {
  const ucb = UCB.at(k, template);
  let unit = ucb.UCB$W_UNIT_SEED;
  for (let tries = 0; tries < HIGHEST_CLONE; tries += 1) {
    unit = unit >= HIGHEST_CLONE ? 1 : unit + 1;
    if (!unitTaken(k, ucb.UCB$L_DDB, unit)) return unit;
  }
  return 0;
}

/** Links a unit at the end of the DDB's list, which is kept in the order of creation. */
export function linkUnit(k: Kernel, ddb: number, ucb: number): void {
  let link = ddb + DDB.offset.DDB$L_UCB;
  while (k.readLong(link) !== 0) link = k.readLong(link) + UCB.offset.UCB$L_LINK;
  k.writeLong(link, ucb);
}

/** Whether the job has the bytes for a unit of `size` and still some for its deletion. */
export function hasByteQuota(k: Kernel, size: number): boolean {
  return JIB.at(k, k.pcb.PCB$L_JIB).JIB$L_BYTCNT >= size + DELETION_RESERVE;
}

/**
 * IOC$CLONE_UCB: a copy of a template unit with a number of its own, on line, referenced once.
 *
 * @returns its address; 0 when pool or unit numbers are used up
 * I/O mutex held for write. @source digest ch18 2.4 step 3
 */
export function IOC$CLONE_UCB(k: Kernel, template: number): number {
  const pattern = UCB.at(k, template);
  const unit = freeUnit(k, template);
  if (unit === 0) return 0;
  const size = pattern.UCB$W_SIZE;
  const address = allocateBlock(k, size, DYN$C_UCB);
  if (address === 0) return 0;
  const orb = allocateBlock(k, ORB.size, DYN$C_ORB);
  if (orb === 0) {
    EXE$DEANONPAGED(k, address);
    return 0;
  }
  k.writeBytes(orb, k.readBytes(pattern.UCB$L_ORB, ORB.size));
  k.writeBytes(address, k.readBytes(template, size));
  pattern.UCB$W_UNIT_SEED = unit;
  const ucb = UCB.at(k, address);
  ucb.UCB$L_ORB = orb;
  ucb.UCB$W_UNIT = unit;
  ucb.UCB$L_LINK = 0;
  ucb.UCB$W_REFC = 1;
  ucb.UCB$V_ONLINE = 1;
  ucb.UCB$V_TEMPLATE = 0;
  ucb.UCB$W_CHARGE = size + ORB.size;
  k.initializeQueue(address + UCB.offset.UCB$L_IOQFL);
  ORB.at(k, orb).ORB$L_OWNER = k.pcb.PCB$L_UIC;
  linkUnit(k, ucb.UCB$L_DDB, address);
  const crb = CRB.at(k, ucb.UCB$L_CRB);
  crb.CRB$W_REFC = crb.CRB$W_REFC + 1;
  return address;
}

/** IOC$DEBIT_UCB: the job pays for the unit, in what it has left and in its limit, so that no wait for bytes can last for ever. */
export function IOC$DEBIT_UCB(k: Kernel, charge: number): void {
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  jib.JIB$L_BYTCNT = jib.JIB$L_BYTCNT - charge;
  jib.JIB$L_BYTLM = jib.JIB$L_BYTLM - charge;
}

/** IOC$CREDIT_UCB: the charge of a unit goes back to the current job. */
export function IOC$CREDIT_UCB(k: Kernel, charge: number): void {
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  jib.JIB$L_BYTCNT = jib.JIB$L_BYTCNT + charge;
  jib.JIB$L_BYTLM = jib.JIB$L_BYTLM + charge;
}

/** IOC$DELETE_UCB: takes a unit off its DDB and gives UCB and ORB back. */
export function IOC$DELETE_UCB(k: Kernel, address: number): void {
  const ucb = UCB.at(k, address);
  let link = ucb.UCB$L_DDB + DDB.offset.DDB$L_UCB;
  while (k.readLong(link) !== 0 && k.readLong(link) !== address) link = k.readLong(link) + UCB.offset.UCB$L_LINK;
  if (k.readLong(link) === address) k.writeLong(link, ucb.UCB$L_LINK);
  const crb = CRB.at(k, ucb.UCB$L_CRB);
  crb.CRB$W_REFC = crb.CRB$W_REFC - 1;
  EXE$DEANONPAGED(k, ucb.UCB$L_ORB);
  EXE$DEANONPAGED(k, address);
}
