import type { Kernel } from '../../executive/kernel.js';
import { hasPrivilege } from '../../executive/names/protection.js';
import { PRV$V_BYPASS, PRV$V_SYSPRV } from '../../executive/starlet/prvdef.js';
import { SS$_ACCONFLICT, SS$_NOPRIV, SS$_NORMAL, SS$_WRITLCK } from '../../executive/starlet/ssdef.js';
import { FCB } from '../../executive/structures/volume.js';
import { countFree } from '../allocation.js';
import type { BlockFlow } from '../block-io.js';
import { fail } from '../file-failure.js';
import { repair } from '../repair.js';
import type { Volume } from '../volume.js';
import type { VcbView } from './mount.js';
import type { FileRequest } from './request.js';

/**
 * FIB$C_REPAIR: the repair of a mounted volume. Files that are open and to be deleted at their close have no name and would be taken
 * for lost, so there must be none. The FIB gets what was done: blocks freed, headers freed, entries removed, files found.
 *
 * @returns SS$_NORMAL; fails with SS$_NOPRIV, SS$_WRITLCK, SS$_ACCONFLICT, SS$_DEVICEFULL and what reading brings
 */
export function* repairMounted(k: Kernel, vcb: VcbView, volume: Volume, { fib }: FileRequest): BlockFlow<number> {
  if (!hasPrivilege(k, PRV$V_SYSPRV) && !hasPrivilege(k, PRV$V_BYPASS)) fail(SS$_NOPRIV);
  if (vcb.VCB$V_NOALLOC !== 0) fail(SS$_WRITLCK);
  for (const fcb of k.queueEntries(vcb.address)) if (FCB.at(k, fcb).FCB$V_MARKDEL !== 0) fail(SS$_ACCONFLICT);
  const done = yield* repair(volume, k.sys.EXE$GQ_SYSTIME);
  volume.freed = 0;
  vcb.VCB$L_FREE = yield* countFree(volume);
  fib.FIB$L_CNTRLVAL = done.blocksFreed;
  fib.FIB$L_EXVBN = done.numbersFreed;
  fib.FIB$L_ACLCTX = done.entriesRemoved;
  fib.FIB$L_ACL_STATUS = done.filesFound;
  return SS$_NORMAL;
}
