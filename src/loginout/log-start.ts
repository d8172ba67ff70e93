import { DMP, DUMP_ERROR_LOG_BLOCK, DUMP_HEADER_BLOCK, DUMP_OVERHEAD_BLOCKS } from '../executive/exceptions/dump-format.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_BIO, FAB$M_GET, FAB$M_PUT } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { textToBytes } from '../executive/structures/memory.js';

/**
 * SYSINIT and the error log: what a crash left in the dump file goes to the error log buffers again, and the start of the system is
 * noted. The kernel mode half is ERL$SYSINIT (executive/exceptions/error-log-recovery.ts).
 * @source book 25.2.4 steps 12, 13; digest ch08 2.7
 */
const BLOCK = 512;
const BLOCKS = DUMP_ERROR_LOG_BLOCK + 1;
/** Where bugchecks write: the dump file, else the primary page file. */
const PAGE_FILE = 'SYS$SYSTEM:PAGEFILE.SYS';
const DUMP_FILES = ['SYS$SYSTEM:SYSDUMP.DMP', PAGE_FILE];

/** Calls ERL$SYSINIT with the dump's first three blocks, or with 0 for none. Its low bit set: the blocks have changed. */
function* inKernelMode(p: Procedure, blocks: number): Flow<number> {
  return yield* p.scratch(function* () {
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, blocks);
    return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('ERL$SYSINIT'), arglst: list });
  });
}

/** @returns how many blocks of the page file are the dump's: four when it has to do for a dump file, else none */
export function* logStart(p: Procedure): Flow<number> {
  return yield* p.scratch(function* () {
    let reserved = 0;
    const buffer = p.allocate(BLOCKS * BLOCK);
    for (const name of DUMP_FILES) {
      const file = yield* openBlocks(p, name);
      if (file === undefined) continue;
      // A file without blocks is no dump file: see systemDumpWriter.
      const isDumpFile = yield* file.transfer('$READ', buffer);
      const isNew = isDumpFile && DMP.at(p.memory, buffer).DMP$W_DUMPVER !== 0 && ((yield* inKernelMode(p, buffer)) & 1) === 1;
      if (isNew) yield* file.transfer('$WRITE', buffer);
      yield* file.close();
      if (isDumpFile) {
        reserved = name === PAGE_FILE ? DUMP_OVERHEAD_BLOCKS : 0;
        break;
      }
    }
    yield* inKernelMode(p, 0);
    return reserved;
  });
}

interface BlockFile {
  transfer(which: '$READ' | '$WRITE', buffer: number): Flow<boolean>;
  close(): Flow<number>;
}

/** The first blocks of a file, by block I/O; undefined when it is not there. */
function* openBlocks(p: Procedure, name: string): Flow<BlockFile | undefined> {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_FNA = p.bytes(textToBytes(name));
  fab.FAB$B_FNS = name.length;
  fab.FAB$B_FAC = FAB$M_BIO | FAB$M_GET | FAB$M_PUT;
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
      rab.RAB$W_USZ = rab.RAB$W_RSZ = BLOCKS * BLOCK;
      return ((yield* service(p, which, { rab: rab.address })) & 1) === 1 && rab.RAB$W_RSZ === BLOCKS * BLOCK;
    },
    *close() { return yield* service(p, '$CLOSE', { fab: fab.address }); },
  };
}
