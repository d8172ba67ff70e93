import { DUMP_ERROR_LOG_BLOCK, DUMP_HEADER_BLOCK } from '../executive/exceptions/dump-format.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_BIO, FAB$M_GET, FAB$M_PUT, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_UPI } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { textToBytes } from '../executive/structures/memory.js';

/** A dump file as SYSINIT and SDA change it: header and error log buffers. */

/** How the page file is opened, by SYSINIT too: or nobody could look into it. */
export const SHARED = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_UPI;
/** Bytes of the header and the error log buffers. */
export const FIRST_BLOCKS_SIZE = 512 * (DUMP_ERROR_LOG_BLOCK + 1);

/** The first three blocks of a dump file. */
interface FirstBlocks {
  /** Reads them to a buffer, or writes them from it; false when the file has none. */
  transfer(which: '$READ' | '$WRITE', buffer: number): Flow<boolean>;
  close(): Flow<number>;
}

/** The first blocks of a dump file, by block I/O, also of a page file that is in use; undefined when it is not there. */
export function* openFirstBlocks(p: Procedure, name: string): Flow<FirstBlocks | undefined> {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_FNA = p.bytes(textToBytes(name));
  fab.FAB$B_FNS = name.length;
  fab.FAB$B_FAC = FAB$M_BIO | FAB$M_GET | FAB$M_PUT;
  fab.FAB$B_SHR = SHARED;
  if (!((yield* service(p, '$OPEN', { fab: fab.address })) & 1)) return undefined;
  const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$L_FAB = fab.address;
  yield* service(p, '$CONNECT', { rab: rab.address });
  return {
    *transfer(which, buffer) {
      rab.RAB$L_BKT = DUMP_HEADER_BLOCK;
      rab.RAB$L_UBF = rab.RAB$L_RBF = buffer;
      rab.RAB$W_USZ = rab.RAB$W_RSZ = FIRST_BLOCKS_SIZE;
      return ((yield* service(p, which, { rab: rab.address })) & 1) === 1 && rab.RAB$W_RSZ === FIRST_BLOCKS_SIZE;
    },
    *close() { return yield* service(p, '$CLOSE', { fab: fab.address }); },
  };
}
