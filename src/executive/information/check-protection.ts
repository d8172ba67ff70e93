import { grantedByAcl, heldIdentifiers, identifiersIn } from './acl.js';
import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { callerItems, canWriteItem, longwordBytes, storeItem, type Item } from '../names/item-list.js';
import {
  ARM$M_CONTROL, ARM$M_READ, CHP$_ACL, CHP$M_BYPASS, CHP$M_GRPPRV, CHP$M_READALL, CHP$M_SYSPRV, CHP$_ACCESS, CHP$_ACMODE, CHP$_ADDRIGHTS,
  CHP$_FLAGS, CHP$_MODE, CHP$_MODES, CHP$_OWNER, CHP$_PRIV, CHP$_PRIVUSED, CHP$_PROT, CHP$_RIGHTS,
} from '../starlet/chpdef.js';
import { hasPrivilege, PRV$V_BYPASS, PRV$V_GRPPRV, PRV$V_READALL, PRV$V_SYSPRV } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';

/**
 * $CHKPRO: may an accessor have access to an object? Both are described by the item list: the accessor by privileges, rights list (its UIC
 * is the first identifier) and mode, the object by owner, protection mask and modes. What is left out of the accessor is the caller's.
 * An access control list (CHP$_ACL, one item or more) is looked at first: what its first fitting entry does not give, only system and owner
 * may still have. choice: security classes are refused (SS$_BADPARAM), for there are none; flags change nothing.
 */
interface Subject {
  readonly privileges: bigint;
  readonly uic: number;
  readonly identifiers: readonly number[];
  readonly mode: number;
}

interface ProtectedObject {
  readonly owner: number;
  /** A set bit denies: four bits a category, system first. No mask: everybody may do everything. */
  readonly protection: number | undefined;
  readonly modes: number | undefined;
  readonly acl: Uint8Array;
}

/** Least lengths of the input items. */
const INPUT: ReadonlyMap<number, number> = new Map([
  [CHP$_ACCESS, 4], [CHP$_FLAGS, 4], [CHP$_PRIV, 8], [CHP$_ACMODE, 1], [CHP$_RIGHTS, 8], [CHP$_ADDRIGHTS, 0], [CHP$_MODE, 1], [CHP$_MODES, 8], [CHP$_OWNER, 4],
  [CHP$_PROT, 2], [CHP$_ACL, 0],
]);
const RWED = 0xf;
const ALL_DENIED = 0xffff;

/**
 * @returns SS$_NORMAL allowed; SS$_NOPRIV not; SS$_BADPARAM unknown or wrong item, or no CHP$_ACCESS; SS$_ACCVIO
 * Kernel mode, IPL 0. @source book Table 9-1; VAX/VMS System Services, $CHKPRO
 */
export const EXE$CHKPRO = kernelService('$CHKPRO', (k, itmlst) => {
  const items = callerItems(k, itmlst!);
  if (typeof items === 'number') return items;
  for (const item of items) {
    const status = checkItem(k, item);
    if (status !== SS$_NORMAL) return status;
  }
  const find = (code: number): Item | undefined => items.find((item) => item.code === code);
  const access = find(CHP$_ACCESS);
  if (!access) return SS$_BADPARAM;
  const used = grant(readSubject(k, find), readObject(k, find, items), k.readLong(access.buffer), k.sys.EXE$GL_SYSUIC);
  const output = find(CHP$_PRIVUSED);
  if (output && used !== undefined) storeItem(k, output, longwordBytes(used));
  return used === undefined ? SS$_NOPRIV : SS$_NORMAL;
});

function checkItem(k: Kernel, item: Item): number {
  if (item.code === CHP$_PRIVUSED) return item.length < 4 ? SS$_BADPARAM : canWriteItem(k, item) ? SS$_NORMAL : SS$_ACCVIO;
  const least = INPUT.get(item.code);
  if (least === undefined || item.length < least) return SS$_BADPARAM;
  return k.callerCanRead(item.buffer, item.length) ? SS$_NORMAL : SS$_ACCVIO;
}

function readSubject(k: Kernel, find: (code: number) => Item | undefined): Subject {
  const [privileges, rights, mode] = [find(CHP$_PRIV), find(CHP$_RIGHTS), find(CHP$_MODE) ?? find(CHP$_ACMODE)];
  const added = find(CHP$_ADDRIGHTS);
  return {
    identifiers: [
      ...(rights ? identifiersIn(k, rights.buffer, rights.length) : heldIdentifiers(k)), ...(added ? identifiersIn(k, added.buffer, added.length) : []),
    ],
    privileges: privileges ? BigInt(k.readLong(privileges.buffer)) | (BigInt(k.readLong(privileges.buffer + 4)) << 32n) : k.pcb.PCB$Q_PRIV,
    uic: rights ? k.readLong(rights.buffer) : k.pcb.PCB$L_UIC,
    mode: mode ? k.readByte(mode.buffer) & 3 : k.callerMode,
  };
}

function readObject(k: Kernel, find: (code: number) => Item | undefined, items: readonly Item[]): ProtectedObject {
  const [owner, protection, modes] = [find(CHP$_OWNER), find(CHP$_PROT), find(CHP$_MODES)];
  return {
    owner: owner ? k.readLong(owner.buffer) : 0, protection: protection ? k.readWord(protection.buffer) : undefined,
    modes: modes ? k.readLong(modes.buffer) : undefined,
    acl: Uint8Array.from(items.filter(({ code }) => code === CHP$_ACL).flatMap(({ buffer, length }) => [...k.readBytes(buffer, length)])),
  };
}

/**
 * @param access  ARM$M_ bits, all wanted
 * @returns the CHP$M_ privileges it took; undefined when it may not be
 */
function grant(subject: Subject, object: ProtectedObject, access: number, systemGroup: number): number | undefined {
  // Two bits for each kind of access: the least privileged mode that may.
  const inMode = object.modes === undefined || [0, 1, 2, 3].every((kind) => (access & (1 << kind)) === 0 || subject.mode <= ((object.modes! >>> (2 * kind)) & 3));
  if (!inMode) return undefined;
  const granted = grantedByAcl(object.acl, subject.identifiers);
  if (granted !== undefined && (access & ~granted) === 0) return 0;
  if (object.protection === undefined && granted === undefined) return 0;
  const group = subject.uic >>> 16;
  const isOwner = subject.uic === object.owner;
  const sameGroup = group === object.owner >>> 16;
  const has = (privilege: number): boolean => hasPrivilege(subject.privileges, privilege);
  const allowed = (category: number): boolean => (((object.protection ?? ALL_DENIED) >>> (4 * category)) & access & RWED) === 0;
  const controls = granted === undefined && (access & ARM$M_CONTROL) === 0;
  const isSystem = group <= systemGroup;
  if (isSystem && allowed(0)) return 0;
  if (isOwner && allowed(1)) return 0;
  if (controls && ((sameGroup && allowed(2)) || allowed(3))) return 0;
  if (sameGroup && has(PRV$V_GRPPRV) && allowed(0)) return CHP$M_GRPPRV;
  if (has(PRV$V_SYSPRV) && allowed(0)) return CHP$M_SYSPRV;
  if (has(PRV$V_READALL) && (access & ~(ARM$M_READ | ARM$M_CONTROL)) === 0) return CHP$M_READALL;
  return has(PRV$V_BYPASS) ? CHP$M_BYPASS : undefined;
}
