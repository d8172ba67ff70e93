import { DMP } from '../executive/exceptions/dump-format.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { SS$_NOPRIV } from '../executive/starlet/ssdef.js';
import { readCounted } from '../executive/structures/memory.js';
import { PCB } from '../executive/structures/pcb.js';
import { FIRST_BLOCKS_SIZE, openFirstBlocks } from '../loginout/first-blocks.js';
import { DumpTarget, dumpBytesOf } from '../sda/dump-target.js';
import { SdaError } from '../sda/error.js';
import type { Target } from '../sda/target.js';
import { isFailure, RmsFile } from './files.js';

/** SDA and the dump file it looks at, under DCL: reading it, and what becomes of it. */

const DEFAULTS = 'SYSDUMP.DMP';
/** The process that a startup procedure runs in. */
const STARTUP = 'STARTUP';

/** A dump file, read block by block. */
export function* openDump(p: Procedure, spec: string): Flow<Target | SdaError> {
  const file = yield* RmsFile.open(p, spec, { defaults: DEFAULTS, blocks: true, shared: true });
  if (isFailure(file)) return new SdaError('F', 'OPENIN', `error opening ${file.spec} as input`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = yield* file.read();
    if (piece === undefined) break;
    if (isFailure(piece)) {
      yield* file.close();
      return new SdaError('F', 'READERR', `error reading ${file.spec}`);
    }
    pieces.push(piece);
    length += piece.length;
  }
  yield* file.close();
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  try {
    return new DumpTarget(dumpBytesOf(bytes));
  } catch (error) {
    if (error instanceof SdaError) return error;
    throw error;
  }
}

/**
 * In a startup procedure SDA looks at each dump once: the commands that stand there are for the startup after a crash. The header says whether it has.
 *
 * @returns whether this is the startup, and the dump was analyzed before; if not, it is now
 * @source digest ch08 Table 8-1, flags; System Dump Analyzer manual, "Invoking SDA in the Site-Specific Startup Command Procedure"
 */
export function* isAnalyzedAtStartup(p: Procedure, spec: string): Flow<boolean> {
  const isStartup = readCounted(p.kernel, p.kernel.sys.SCH$GL_CURPCB + PCB.offset.PCB$T_LNAME) === STARTUP;
  return isStartup && !(yield* markAnalyzed(p, spec));
}

/** Sets DMP$V_OLDDUMP. @returns whether it was not set, and could be */
function* markAnalyzed(p: Procedure, spec: string): Flow<boolean> {
  return yield* p.scratch(function* () {
    const file = yield* openFirstBlocks(p, spec);
    if (file === undefined) return false;
    const buffer = p.allocate(FIRST_BLOCKS_SIZE);
    const isNew = (yield* file.transfer('$READ', buffer)) && DMP.at(p.memory, buffer).DMP$V_OLDDUMP === 0;
    if (isNew) {
      DMP.at(p.memory, buffer).DMP$V_OLDDUMP = 1;
      yield* file.transfer('$WRITE', buffer);
    }
    yield* file.close();
    return isNew;
  });
}

/**
 * The dump has been copied. When it lies in the page file, whose blocks SAVEDUMP has kept for it, the pager gets them: from now on the dump in the
 * file is none.
 *
 * @returns a message when that needs a privilege. @source book 25.2.4 step 9; System Dump Analyzer manual, COPY
 */
export function* releaseCopied(p: Procedure, spec: string): Flow<string[]> {
  if (p.kernel.sys.EXE$GL_SAVEDUMP === 0) return [];
  const status = yield* p.scratch(function* () {
    const file = yield* RmsFile.open(p, spec, { defaults: DEFAULTS, blocks: true, shared: true });
    if (isFailure(file)) return 0;
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, file.fab.FAB$L_STV);
    const released = yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$RELEASE_DUMP'), arglst: list });
    yield* file.close();
    return released;
  });
  if (status & 1) yield* markAnalyzed(p, spec);
  return status === SS$_NOPRIV ? ['%SDA-W-NOTRELEASED, the blocks of the page file that hold the dump stay reserved', '-SYSTEM-F-NOPRIV, no privilege for attempted operation'] : [];
}
