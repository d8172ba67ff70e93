import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_GET, FAB$M_PUT, FAB$M_UFO } from '../executive/starlet/fabdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { SHARED } from './first-blocks.js';
import type { DumpBlocks } from './log-start.js';

/**
 * SYSINIT and the page and swap file: SYS$SYSTEM:PAGEFILE.SYS is opened for good and placed in use as the primary page file,
 * SYS$SYSTEM:SWAPFILE.SYS as the primary swap file. The kernel mode half is MMG$USE_PAGE_FILE (executive/memory/use-page-file.ts).
 * @source book 25.2.4 steps 7 and 10, 14.5.1
 */
const PAGE_FILE = 'SYS$SYSTEM:PAGEFILE.SYS';
const SWAP_FILE = 'SYS$SYSTEM:SWAPFILE.SYS';
const PRIMARY_SWAP_FILE = 1;

/**
 * @param dump  blocks of the page file that belong to the dump, when there is no dump file
 *
 * A system without one of the files, or with an empty one, runs without it: with no swap file it swaps to the page file.
 */
export function* openPageFiles(p: Procedure, dump: DumpBlocks): Flow<number> {
  const { sys } = p.kernel;
  const paging = yield* openFile(p, PAGE_FILE, sys.SGN$GW_SWPFILES + 1, dump);
  if (!(paging & 1) || sys.SGN$GW_SWPFILES === 0) return paging;
  return yield* openFile(p, SWAP_FILE, PRIMARY_SWAP_FILE, { reserved: 0, saved: 0 });
}

function* openFile(p: Procedure, name: string, index: number, { reserved, saved }: DumpBlocks): Flow<number> {
  return yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$B_FAC = FAB$M_GET | FAB$M_PUT;
    fab.FAB$B_SHR = SHARED;
    fab.FAB$L_FOP = FAB$M_UFO;
    fab.FAB$L_FNA = p.bytes(textToBytes(name));
    fab.FAB$B_FNS = name.length;
    if (!((yield* service(p, '$OPEN', { fab: fab.address })) & 1)) return SS$_NORMAL;
    const chan = fab.FAB$L_STV & 0xffff;
    const list = p.allocate(20);
    [4, chan, index, reserved, saved].forEach((argument, at) => { p.memory.writeLong(list + 4 * at, argument); });
    const used = yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('MMG$USE_PAGE_FILE'), arglst: list });
    yield* service(p, '$DASSGN', { chan });
    return used;
  });
}
