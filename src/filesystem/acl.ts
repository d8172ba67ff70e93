import { acesOf } from '../executive/information/acl.js';
import { SS$_ACLFULL, SS$_IVACL } from '../executive/starlet/ssdef.js';
import { fail } from './file-failure.js';
import { END_OFFSET, headerOf } from './on-disk.js';

/**
 * The access control list of a file: the last words of its header, in front of the reserved area. The map area gives way as far as it is not
 * in use; what then no longer fits into it goes to an extension header when the file grows. choice: a list that does not fit is SS$_ACLFULL
 * (VMS makes an extension header for it).
 */
export function aclOf(block: Uint8Array): Uint8Array {
  const { FH2$B_ACOFFSET: start, FH2$B_RSOFFSET: end } = headerOf(block);
  return start < end && end <= END_OFFSET ? block.slice(2 * start, 2 * end) : new Uint8Array(0);
}

/** Stores a list. Fails with SS$_IVACL, SS$_ACLFULL. */
export function storeAcl(block: Uint8Array, acl: Uint8Array): void {
  if (!acesOf(acl)) fail(SS$_IVACL);
  const header = headerOf(block);
  const end = Math.min(header.FH2$B_RSOFFSET, END_OFFSET);
  const start = end - acl.length / 2;
  if (start < header.FH2$B_MPOFFSET + header.FH2$B_MAP_INUSE) fail(SS$_ACLFULL);
  block.fill(0, 2 * Math.min(start, header.FH2$B_ACOFFSET), 2 * end);
  block.set(acl, 2 * start);
  header.FH2$B_ACOFFSET = start;
}
