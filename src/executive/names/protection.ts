import type { Kernel } from '../kernel.js';
import { PRV$V_BYPASS, PRV$V_GRPNAM, PRV$V_GRPPRV, PRV$V_READALL, PRV$V_SYSNAM, PRV$V_SYSPRV } from '../starlet/prvdef.js';
import { LNMTH } from '../structures/lnm.js';
import { ORB } from '../structures/orb.js';

/** Kinds of access, as bits of a protection nibble (a set bit of a mask denies). */
export const ACCESS_READ = 1;
export const ACCESS_WRITE = 2;
export const ACCESS_ENABLE = 4;
export const ACCESS_DELETE = 8;

/** Protection words (system, owner, group, world from the low nibble up; set bits deny). choice: as SHOW LOGICAL/FULL lists them. */
export const PROTECT_OWNER_ONLY = 0xff00;      // RWED, RWED, none, none: what $CRELNT gives a new table
export const PROTECT_SYSTEM_TABLE = 0xee88;    // RWE, RWE, R, R
export const PROTECT_GROUP_TABLE = 0xfee0;     // RWED, R, R, none

/** Whether the current process has a privilege. Before there is a process everything is allowed. */
export function hasPrivilege(k: Kernel, bit: number): boolean {
  return k.sys.SCH$GL_CURPCB === 0 || ((k.pcb.PCB$Q_PRIV >> BigInt(bit)) & 1n) === 1n;
}

/**
 * Protection check of an object by UIC, mask and privileges: the part of the internal entry of $CHKPRO that needs no access
 * control list.
 *
 * @param orb     address of the object rights block
 * @param access  ACCESS_ bits, all of which must be granted
 * @source book 28.8.1; digest ch28 3.4
 */
export function mayAccess(k: Kernel, orb: number, access: number): boolean {
  if (hasPrivilege(k, PRV$V_BYPASS)) return true;
  if (access === ACCESS_READ && hasPrivilege(k, PRV$V_READALL)) return true;
  const rights = ORB.at(k, orb);
  const uic = k.pcb.PCB$L_UIC;
  const group = uic >>> 16;
  const sameGroup = group === rights.ORB$L_OWNER >>> 16;
  const system = group <= k.sys.EXE$GL_SYSUIC || hasPrivilege(k, PRV$V_SYSPRV) || (sameGroup && hasPrivilege(k, PRV$V_GRPPRV));
  const categories = [system, uic === rights.ORB$L_OWNER, sameGroup, true];
  return categories.some((member, category) => member && (deniedTo(k, orb, category) & access) === 0);
}

/** Access bits denied to category 0 system, 1 owner, 2 group, 3 world. */
function deniedTo(k: Kernel, orb: number, category: number): number {
  const rights = ORB.at(k, orb);
  if (rights.ORB$V_PROT_16 === 1) return (rights.ORB$W_PROT >>> (4 * category)) & 0xf;
  return k.readLong(orb + ORB.offset.ORB$L_SYS_PROT + 4 * category);
}

/**
 * Whether the current process may use a logical name table so. A process-private table has no ORB and is always open; GRPNAM
 * opens the group's table and SYSNAM the system table for reading and writing even when the protection says no.
 *
 * @param header  LNMTH
 * @source book 28.8.1; digest ch28 3.4
 */
export function LNM$CHECK_PROT(k: Kernel, header: number, access: number): boolean {
  const table = LNMTH.at(k, header);
  if (table.LNMTH$V_SHAREABLE === 0) return true;
  const orb = table.LNMTH$L_ORB;
  if (mayAccess(k, orb, access)) return true;
  if ((access & ~(ACCESS_READ | ACCESS_WRITE)) !== 0) return false;
  if (table.LNMTH$V_SYSTEM === 1 && hasPrivilege(k, PRV$V_SYSNAM)) return true;
  return table.LNMTH$V_GROUP === 1 && hasPrivilege(k, PRV$V_GRPNAM)
    && ORB.at(k, orb).ORB$L_OWNER >>> 16 === k.pcb.PCB$L_UIC >>> 16;
}

/** Fills an ORB with a 16-bit protection word and no access control list. */
export function initializeOrb(bytes: DataView, offset: number, owner: number, protection: number, type: number): void {
  bytes.setUint32(offset + ORB.offset.ORB$L_OWNER, owner >>> 0, true);
  bytes.setUint32(offset + ORB.offset.ORB$L_ACL_MUTEX, 0x0000ffff, true);
  bytes.setUint16(offset + ORB.offset.ORB$W_SIZE, ORB.size, true);
  bytes.setUint8(offset + ORB.offset.ORB$B_TYPE, type);
  bytes.setUint8(offset + ORB.offset.ORB$B_FLAGS, ORB.mask.ORB$V_PROT_16 | ORB.mask.ORB$V_NOACL);
  bytes.setUint16(offset + ORB.offset.ORB$W_PROT, protection, true);
}

/**
 * The access mode of a request: exactly the one asked for when the process has SYSNAM, else the less privileged of that and
 * the caller's. @param acmode address of the byte, 0 when not given. @returns undefined when it cannot be read (SS$_ACCVIO)
 */
export function requestedMode(k: Kernel, acmode: number): number | undefined {
  if (acmode === 0) return k.callerMode;
  if (!k.callerCanRead(acmode, 1)) return undefined;
  const mode = k.readByte(acmode) & 3;
  return hasPrivilege(k, PRV$V_SYSNAM) ? mode : Math.max(mode, k.callerMode);
}
