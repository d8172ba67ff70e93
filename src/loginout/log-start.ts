import { DMP, DUMP_OVERHEAD_BLOCKS, DUMP_VERSION, MEMDSC } from '../executive/exceptions/dump-format.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import type { Memory } from '../executive/structures/memory.js';
import { FIRST_BLOCKS_SIZE, openFirstBlocks } from './first-blocks.js';

/**
 * SYSINIT and the error log: what a crash left in the dump file goes to the error log buffers again, and the start of the system is
 * noted. The kernel mode half is ERL$SYSINIT (executive/exceptions/error-log-recovery.ts).
 * @source book 25.2.4 steps 12, 13; digest ch08 2.7
 */
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

/** Blocks of the page file that the pager may not have, because it has to do for a dump file. */
export interface DumpBlocks {
  /** Header, error log buffers: always. */
  readonly reserved: number;
  /** Behind them the memory of a dump that has not been copied yet, when SAVEDUMP says that it is to be kept. */
  readonly saved: number;
}

export function* logStart(p: Procedure): Flow<DumpBlocks> {
  return yield* p.scratch(function* () {
    let blocks: DumpBlocks = { reserved: 0, saved: 0 };
    const buffer = p.allocate(FIRST_BLOCKS_SIZE);
    for (const name of DUMP_FILES) {
      const file = yield* openFirstBlocks(p, name);
      if (file === undefined) continue;
      // A file without blocks is no dump file: see systemDumpWriter.
      const isDumpFile = yield* file.transfer('$READ', buffer);
      const header = DMP.at(p.memory, buffer);
      let isChanged = isDumpFile && header.DMP$W_DUMPVER !== 0 && ((yield* inKernelMode(p, buffer)) & 1) === 1;
      if (isDumpFile && name === PAGE_FILE) {
        const saved = header.DMP$V_OLDDUMP === 0 ? dumpedPages(p.memory, buffer) : 0;
        blocks = { reserved: DUMP_OVERHEAD_BLOCKS, saved: p.kernel.sys.EXE$V_SAVEDUMP ? saved : 0 };
        // The pager will write over it.
        if (saved !== blocks.saved) {
          header.DMP$V_OLDDUMP = 1;
          isChanged = true;
        }
      }
      if (isChanged) yield* file.transfer('$WRITE', buffer);
      yield* file.close();
      if (isDumpFile) break;
    }
    yield* inKernelMode(p, 0);
    return blocks;
  });
}

/** Pages of memory in the dump with that header; 0 when it is none. */
function dumpedPages(memory: Memory, address: number): number {
  const header = DMP.at(memory, address);
  if (header.DMP$W_DUMPVER !== DUMP_VERSION || (header.DMP$L_SYSVER ^ header.DMP$L_CHECK) !== -1) return 0;
  let pages = 0;
  for (let at = 0; at < header.DMP$R_MEMDSC.length; at += MEMDSC.size) pages += MEMDSC.at(memory, address + DMP.offset.DMP$R_MEMDSC + at).MEMDSC$V_PAGES;
  return pages;
}
