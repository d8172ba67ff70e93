import { grantedByAcl, heldIdentifiers } from '../../executive/information/acl.js';
import type { Kernel } from '../../executive/kernel.js';
import { hasPrivilege } from '../../executive/names/protection.js';
import { PRV$V_BYPASS, PRV$V_GRPPRV, PRV$V_READALL, PRV$V_SYSPRV } from '../../executive/starlet/prvdef.js';
import { SS$_NOPRIV } from '../../executive/starlet/ssdef.js';
import { aclOf } from '../acl.js';
import { fail } from '../file-failure.js';
import { headerOf } from '../on-disk.js';

/** Kinds of access to a file, as bits of a protection nibble (a set bit denies). */
export const FILE_READ = 1;
export const FILE_WRITE = 2;
export const FILE_EXECUTE = 4;
export const FILE_DELETE = 8;
/** To change what protects it: its owner and the system only, unless an access control list gives it. */
export const FILE_CONTROL = 16;

/**
 * Whether the current process may use a file so, by its UIC, the owner and protection in the file header, and its privileges.
 * Categories: system, owner, group, world, from the low nibble up; any that grants is enough. @source book 18.3 (protection), digest ch28 3.4
 */
export function mayUseFile(k: Kernel, block: Uint8Array, access: number): boolean {
  const header = headerOf(block);
  const acl = aclOf(block);
  const granted = acl.length === 0 ? undefined : grantedByAcl(acl, heldIdentifiers(k));
  if (granted !== undefined && (access & ~granted) === 0) return true;
  return mayUse(k, header.FH2$L_FILEOWNER, header.FH2$W_FILEPROT, access, granted !== undefined);
}

/**
 * The same for whatever has an owner and a protection word.
 *
 * @param isDeniedByAcl  an access control list has said no: then only system and owner may still say yes
 */
export function mayUse(k: Kernel, owner: number, protection: number, access: number, isDeniedByAcl = false): boolean {
  if (hasPrivilege(k, PRV$V_BYPASS)) return true;
  if ((access & ~(FILE_READ | FILE_EXECUTE)) === 0 && hasPrivilege(k, PRV$V_READALL)) return true;
  const uic = k.pcb.PCB$L_UIC;
  const sameGroup = uic >>> 16 === owner >>> 16;
  const categories = [isSystemTo(k, owner), uic === owner, ...(isDeniedByAcl || (access & FILE_CONTROL) !== 0 ? [] : [sameGroup, true])];
  return categories.some((member, category) => member && ((protection >>> (4 * category)) & access & ~FILE_CONTROL) === 0);
}

/** Does the process belong to the system, as far as what `owner` has is concerned? */
function isSystemTo(k: Kernel, owner: number): boolean {
  const uic = k.pcb.PCB$L_UIC;
  return uic >>> 16 <= k.sys.EXE$GL_SYSUIC || hasPrivilege(k, PRV$V_SYSPRV) || (uic >>> 16 === owner >>> 16 && hasPrivilege(k, PRV$V_GRPPRV));
}

/**
 * Whose a new file is: its maker's, or, when he has extended privileges, that of the version before it, else of its directory.
 *
 * @param model  header of the version before, else of the directory; undefined for a file without a name
 * @source HELP COPY of VMS 4.5B; DCL Dictionary, COPY
 */
export function ownerOfNew(k: Kernel, model: Uint8Array | undefined): number {
  const maker = k.pcb.PCB$L_UIC;
  if (!model) return maker;
  const owner = headerOf(model).FH2$L_FILEOWNER;
  return hasPrivilege(k, PRV$V_BYPASS) || isSystemTo(k, owner) ? owner : maker;
}

/** Fails with SS$_NOPRIV when it may not. */
export function requireAccess(k: Kernel, block: Uint8Array, access: number): void {
  if (!mayUseFile(k, block, access)) fail(SS$_NOPRIV);
}

/** Looking up one name needs execute access to the directory, reading it (a wildcard) read access. */
export function requireLookup(k: Kernel, directory: Uint8Array, isWildcard: boolean): void {
  if (mayUseFile(k, directory, FILE_READ)) return;
  if (isWildcard || !mayUseFile(k, directory, FILE_EXECUTE)) fail(SS$_NOPRIV);
}
