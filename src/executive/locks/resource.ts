import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { RSB, RSB$T_RESNAM } from '../structures/lock.js';
import { LCK$K_NLMODE } from '../starlet/lckdef.js';
import { CONVERSION_QUEUE, GRANTED_QUEUE, headOf, locksOn, WAITING_QUEUE, type Lkb, type Rsb } from './blocks.js';
import { LCK$HASH } from './hash.js';

/** What tells resources apart. */
export interface ResourceKey {
  readonly name: Uint8Array;
  /** UIC group, 0 systemwide. */
  readonly group: number;
  readonly mode: number;
  /** Address of the parent's RSB, 0 for a root. */
  readonly parent: number;
}

export function hashOf(k: Kernel, { name, group, mode, parent }: ResourceKey): number {
  return LCK$HASH(name, mode, group, parent === 0 ? 0 : RSB.at(k, parent).RSB$W_HASHVAL, k.sys.LCK$GB_HTBLSHFT);
}

const chain = (k: Kernel, hash: number): number => k.sys.LCK$GL_HASHTBL + 4 * hash;

/** The resource block of that name; 0 when nobody has locked it. @source book 13.2.1 */
export function findResource(k: Kernel, key: ResourceKey, hash: number): number {
  for (let address = k.readLong(chain(k, hash)); address !== 0;) {
    const rsb = RSB.at(k, address);
    if (rsb.RSB$L_PARENT === key.parent && rsb.RSB$W_GROUP === key.group && rsb.RSB$B_RMOD === key.mode && hasName(k, rsb, key.name)) return address;
    address = rsb.RSB$L_HSHCHN;
  }
  return 0;
}

function hasName(k: Kernel, rsb: Rsb, name: Uint8Array): boolean {
  if (rsb.RSB$B_RSNLEN !== name.length) return false;
  return k.readBytes(rsb.address + RSB$T_RESNAM, name.length).every((byte, index) => byte === name[index]);
}

export function resourceName(k: Kernel, rsb: Rsb): Uint8Array {
  return k.readBytes(rsb.address + RSB$T_RESNAM, rsb.RSB$B_RSNLEN);
}

/** Fills in a zeroed block and puts it at the end of its hash chain, whose last link is 0 and whose table entry has no way back. */
export function addResource(k: Kernel, address: number, key: ResourceKey, hash: number): void {
  const rsb = RSB.at(k, address);
  rsb.RSB$W_HASHVAL = hash;
  rsb.RSB$W_GROUP = key.group;
  rsb.RSB$B_RMOD = key.mode;
  rsb.RSB$L_PARENT = key.parent;
  rsb.RSB$B_RSNLEN = key.name.length;
  k.writeBytes(address + RSB$T_RESNAM, key.name);
  for (const queue of [GRANTED_QUEUE, CONVERSION_QUEUE, WAITING_QUEUE]) k.initializeQueue(address + queue);
  if (key.parent !== 0) {
    const parent = RSB.at(k, key.parent);
    rsb.RSB$B_DEPTH = parent.RSB$B_DEPTH + 1;
    parent.RSB$W_REFCNT = parent.RSB$W_REFCNT + 1;
  }
  let last = chain(k, hash);
  for (let next = k.readLong(last); next !== 0; next = k.readLong(next)) last = next;
  rsb.RSB$L_HSHCHNBK = last;
  k.writeLong(last, address);
}

/** Takes a resource nobody locks any more out of its chain, and gives its block back. */
function removeResource(k: Kernel, rsb: Rsb): void {
  k.writeLong(rsb.RSB$L_HSHCHNBK, rsb.RSB$L_HSHCHN);
  if (rsb.RSB$L_HSHCHN !== 0) RSB.at(k, rsb.RSB$L_HSHCHN).RSB$L_HSHCHNBK = rsb.RSB$L_HSHCHNBK;
  if (rsb.RSB$L_PARENT !== 0) {
    const parent = RSB.at(k, rsb.RSB$L_PARENT);
    parent.RSB$W_REFCNT = parent.RSB$W_REFCNT - 1;
  }
  EXE$DEANONPAGED(k, rsb.address);
}

/** Gives the block of a resource without locks back. @returns whether it was one */
export function removeIfUnused(k: Kernel, address: number): boolean {
  if ([GRANTED_QUEUE, CONVERSION_QUEUE, WAITING_QUEUE].some((queue) => headOf(k, address, queue) !== undefined)) return false;
  removeResource(k, RSB.at(k, address));
  return true;
}

export interface GrantModes {
  readonly group: number;
  readonly conversion: number;
}

/**
 * The group grant mode, the most restrictive granted mode on the granted and the conversion queue, and the conversion grant mode: the same,
 * but without the first lock of the conversion queue when that alone has this mode.
 *
 * @param first  the lock that is, or would be, first on the conversion queue
 * @source book 13.2.1, 13.2.2
 */
export function grantModes(k: Kernel, address: number, first: Lkb | undefined): GrantModes {
  const granted = [...locksOn(k, address, GRANTED_QUEUE), ...locksOn(k, address, CONVERSION_QUEUE)].map((lkb) => lkb.LKB$B_GRMODE);
  const most = (modes: readonly number[]): number => modes.reduce((highest, mode) => Math.max(highest, mode), LCK$K_NLMODE);
  const group = most(granted);
  if (first === undefined || first.LKB$B_GRMODE !== group || granted.filter((mode) => mode === group).length > 1) return { group, conversion: group };
  granted.splice(granted.indexOf(group), 1);
  return { group, conversion: most(granted) };
}

/** Brings RSB$B_GGMODE and RSB$B_CGMODE up to date. */
export function computeGrantModes(k: Kernel, address: number): void {
  const rsb = RSB.at(k, address);
  const { group, conversion } = grantModes(k, address, headOf(k, address, CONVERSION_QUEUE));
  rsb.RSB$B_GGMODE = group;
  rsb.RSB$B_CGMODE = conversion;
}
