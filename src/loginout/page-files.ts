import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_GET, FAB$M_PUT, FAB$M_UFO } from '../executive/starlet/fabdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { textToBytes } from '../executive/structures/memory.js';

/**
 * SYSINIT and the page file: SYS$SYSTEM:PAGEFILE.SYS is opened for good and placed in use as the primary page file. The kernel mode half is
 * MMG$USE_PAGE_FILE (executive/memory/use-page-file.ts). @source book 25.2.4 step 7, 14.5.1
 */
const PAGE_FILE = 'SYS$SYSTEM:PAGEFILE.SYS';

/** A system without the file, or with an empty one, runs without paging to a file. */
export function* openPageFile(p: Procedure): Flow<number> {
  return yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$B_FAC = FAB$M_GET | FAB$M_PUT;
    fab.FAB$L_FOP = FAB$M_UFO;
    fab.FAB$L_FNA = p.bytes(textToBytes(PAGE_FILE));
    fab.FAB$B_FNS = PAGE_FILE.length;
    if (!((yield* service(p, '$OPEN', { fab: fab.address })) & 1)) return SS$_NORMAL;
    const chan = fab.FAB$L_STV & 0xffff;
    const list = p.allocate(12);
    p.memory.writeLong(list, 2);
    p.memory.writeLong(list + 4, chan);
    p.memory.writeLong(list + 8, p.kernel.sys.SGN$GW_SWPFILES + 1);
    const used = yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('MMG$USE_PAGE_FILE'), arglst: list });
    yield* service(p, '$DASSGN', { chan });
    return used;
  });
}
