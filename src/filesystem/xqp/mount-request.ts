import { IOC$CVT_DEVNAM } from '../../executive/io/device-names.js';
import { descendsFrom } from '../../executive/io/assign.js';
import type { Kernel } from '../../executive/kernel.js';
import { LNM$CREATE_NAME, LNM$DELETE_LNMB } from '../../executive/names/index.js';
import { longwordBytes } from '../../executive/names/item-list.js';
import { lockedForWrite } from '../../executive/names/lock.js';
import { hasPrivilege } from '../../executive/names/protection.js';
import {
  MNT$M_FOREIGN, MNT$M_GROUP, MNT$M_NODISKQ, MNT$M_NOMNTVER, MNT$M_NOWRITE, MNT$M_OVR_IDENT, MNT$M_SYSTEM,
} from '../../executive/starlet/mntdef.js';
import { PRV$V_GRPNAM, PRV$V_MOUNT, PRV$V_OPER, PRV$V_SYSNAM, PRV$V_VOLPRO } from '../../executive/starlet/prvdef.js';
import { SS$_DEVALLOC, SS$_INCVOLLABEL, SS$_NOPRIV, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { ORB } from '../../executive/structures/orb.js';
import { LNMX, LNMX$C_BACKPTR } from '../../executive/structures/lnm.js';
import { ArrayMemory, textToBytes } from '../../executive/structures/memory.js';
import { DISKUCB } from '../../executive/structures/ucb.js';
import { MTL, VATR } from '../../executive/structures/volume.js';
import { fail } from '../file-failure.js';
import type { HomeBlock } from '../on-disk.js';
import { FILE_READ, FILE_WRITE, mayUse } from './access-check.js';
import type { FileRequest } from './request.js';

/**
 * What IO$_MOUNT is asked for, and who may ask. P1 is a FIB with the flags of $MOUNT in FIB$L_CNTRLVAL; P2 is the label, and behind a zero
 * byte the logical name, behind another one the numbers (VATR). Without P1 the volume is mounted for the whole system, as SYSINIT mounts the system disk.
 * choice: the book says nothing of these arguments.
 */
export interface MountRequest {
  readonly isSystem: boolean;
  readonly isGroup: boolean;
  readonly isForeign: boolean;
  readonly isReadOnly: boolean;
  /** Quotas are not put in force. */
  readonly isWithoutQuotas: boolean;
  /** A unit that goes off line fails its requests at once. */
  readonly isUnverified: boolean;
  /** What replaces what the volume says of itself, while it is mounted. */
  readonly attributes: VolumeAttributes;
  /** The label the volume must have; undefined when any will do. */
  readonly label: string | undefined;
  /** Logical name; undefined for DISK$label, '' for none. */
  readonly logicalName: string | undefined;
}

export type VolumeAttributes = ReturnType<typeof VATR.at>;

/** The attributes in bytes that may be too short for them. */
export function attributesIn(bytes: Uint8Array): VolumeAttributes {
  const whole = new Uint8Array(VATR.size);
  whole.set(bytes.subarray(0, VATR.size));
  return VATR.at(new ArrayMemory(whole), 0);
}

const SYSINIT_MOUNT: MountRequest = {
  isSystem: true, isGroup: false, isForeign: false, isReadOnly: false, isWithoutQuotas: false, isUnverified: false,
  attributes: attributesIn(new Uint8Array(0)), label: undefined, logicalName: '',
};

const SUPERVISOR = 2;
const EXECUTIVE = 1;
const KERNEL = 0;

/** Reads the request and checks what does not depend on the volume. Fails with SS$_NOPRIV, SS$_DEVALLOC. */
export function mountRequest(k: Kernel, request: FileRequest): MountRequest {
  if (!request.hasFib) {
    if (request.irp.IRP$V_MODE !== KERNEL && !hasPrivilege(k, PRV$V_MOUNT)) fail(SS$_NOPRIV);
    return SYSINIT_MOUNT;
  }
  const flags = request.fib.FIB$L_CNTRLVAL;
  const [label = '', logicalName = ''] = request.name.split('\0', 2);
  const isSystem = (flags & MNT$M_SYSTEM) !== 0;
  const isGroup = !isSystem && (flags & MNT$M_GROUP) !== 0;
  if ((isSystem && !hasPrivilege(k, PRV$V_SYSNAM)) || (isGroup && !hasPrivilege(k, PRV$V_GRPNAM))) fail(SS$_NOPRIV);
  if (!isSystem && !isGroup) checkOwner(k, request.ucb.address);
  const attributes = attributesIn(request.nameBytes.subarray(label.length + logicalName.length + 2));
  if (attributes.VATR$V_LRU_LIM !== 0 && !hasPrivilege(k, PRV$V_OPER)) fail(SS$_NOPRIV);
  return {
    isSystem, isGroup, isForeign: (flags & MNT$M_FOREIGN) !== 0, isReadOnly: (flags & MNT$M_NOWRITE) !== 0,
    isWithoutQuotas: (flags & MNT$M_NODISKQ) !== 0, isUnverified: (flags & MNT$M_NOMNTVER) !== 0,
    attributes,
    label: label === '' || (flags & MNT$M_OVR_IDENT) !== 0 ? undefined : label, logicalName: logicalName === '' ? undefined : logicalName,
  };
}

/** A unit that will belong to this process must not be in use by another. */
function checkOwner(k: Kernel, ucb: number): void {
  const unit = DISKUCB.at(k, ucb);
  if (unit.UCB$L_PID !== 0 ? !descendsFrom(k, unit.UCB$L_PID) : unit.UCB$W_REFC > 1) fail(SS$_DEVALLOC);
}

/** Fails with SS$_INCVOLLABEL when the volume is another than the one meant. */
export function checkLabel(label: string, { label: wanted }: MountRequest): void {
  if (wanted !== undefined && wanted.toUpperCase() !== label.trimEnd()) fail(SS$_INCVOLLABEL);
}

/** Whether the volume's owner and protection let the process mount it so; /OWNER_UIC and /PROTECTION are for its owner. @source digest appA fact 13 */
export function mayMountVolume(k: Kernel, home: HomeBlock, { isForeign, isReadOnly, attributes }: MountRequest): boolean {
  if (hasPrivilege(k, PRV$V_VOLPRO)) return true;
  if ((attributes.VATR$V_OWNER !== 0 || attributes.VATR$V_PROTECT !== 0) && home.HM2$L_VOLOWNER !== k.pcb.PCB$L_UIC) return false;
  if (isForeign) return home.HM2$L_VOLOWNER === k.pcb.PCB$L_UIC;
  return mayUse(k, home.HM2$L_VOLOWNER, home.HM2$W_PROTECT, isReadOnly ? FILE_READ : FILE_READ | FILE_WRITE);
}

/** The unit's name in the table of those who may use the volume; the MTL knows it. @returns status */
export function nameVolume(k: Kernel, ucb: number, label: string, request: MountRequest, mtl: number): number {
  const name = request.logicalName ?? (label === '' ? '' : `DISK$${label}`);
  if (name === '') return SS$_NORMAL;
  const [table, mode] = request.isSystem ? ['LNM$SYSTEM', EXECUTIVE] as const : request.isGroup ? ['LNM$GROUP', EXECUTIVE] as const : ['LNM$JOB', SUPERVISOR] as const;
  const created = LNM$CREATE_NAME(k, {
    name, table, mode, flags: 0, trusted: true,
    translations: [
      { index: 0, flags: LNMX.mask.LNMX$V_TERMINAL, value: textToBytes(IOC$CVT_DEVNAM(k, ucb).slice(1)) }, { index: LNMX$C_BACKPTR, flags: 0, value: longwordBytes(mtl) },
    ],
  });
  if (created.status & 1) MTL.at(k, mtl).MTL$L_LOGNAME = created.lnmb;
  return created.status;
}

/** Deletes the logical name of a volume, unless somebody has done so before. */
export function unnameVolume(k: Kernel, lnmb: number): void {
  if (lnmb !== 0) lockedForWrite(k, () => LNM$DELETE_LNMB(k, lnmb));
}

/**
 * Whether the process may dismount the volume of a unit: the system's, its group's, its own job's.
 *
 * @param isAbort  somebody else's private volume too, for the volume's owner or who holds VOLPRO
 */
export function mayDismount(k: Kernel, ucb: number, vcb: { readonly VCB$V_SYSTEM: number; readonly VCB$V_GROUP: number }, isAbort: boolean): boolean {
  if (vcb.VCB$V_SYSTEM !== 0) return hasPrivilege(k, PRV$V_SYSNAM) || hasPrivilege(k, PRV$V_MOUNT);
  if (vcb.VCB$V_GROUP !== 0) return hasPrivilege(k, PRV$V_GRPNAM) || hasPrivilege(k, PRV$V_MOUNT);
  if (descendsFrom(k, DISKUCB.at(k, ucb).UCB$L_PID)) return true;
  return isAbort && (hasPrivilege(k, PRV$V_VOLPRO) || ORB.at(k, DISKUCB.at(k, ucb).UCB$L_ORB).ORB$L_OWNER === k.pcb.PCB$L_UIC);
}
