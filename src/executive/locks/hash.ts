/**
 * The hash of a resource name, like LNM$HASH: the length, groups of four bytes exclusive-ored and rotated left 9, the bytes left over
 * rotated 13 each, multiplied by 71279461 hex. Names are compared byte by byte here, so nothing is made upper case.
 *
 * choice: access mode, group and the parent's hash value go in before the name, as one longword; the book does not say how.
 *
 * @param name        1-31 bytes
 * @param mode        access mode of the resource
 * @param group       UIC group, 0 systemwide
 * @param parentHash  RSB$W_HASHVAL of the parent, 0 without one
 * @param shift       LCK$GB_HTBLSHFT: how far the product goes right
 * @returns index into the resource hash table
 * @source book 13.1.2, 28.5.3; digest ch13 1.3
 */
export function LCK$HASH(name: Uint8Array, mode: number, group: number, parentHash: number, shift: number): number {
  let hash = name.length ^ ((group << 16) | (parentHash << 2) | mode);
  let at = 0;
  for (; at + 4 <= name.length; at += 4) {
    hash ^= name[at]! | (name[at + 1]! << 8) | (name[at + 2]! << 16) | (name[at + 3]! << 24);
    hash = (hash << 9) | (hash >>> 23);
  }
  for (; at < name.length; at += 1) {
    hash ^= name[at]!;
    hash = (hash << 13) | (hash >>> 19);
  }
  return shift > 31 ? 0 : Math.imul(hash, 0x71279461) >>> shift;
}
