import { callRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { ArrayMemory } from '../structures/memory.js';
import { DMP, DUMP_ERROR_LOG_BLOCK, DUMP_VERSION, EMB$K_CR } from './dump-format.js';
import { EMB, ERL$COLDSTART, logAgain } from './error-log-entries.js';
import { ERL, ERL_BUFFER_SIZE } from './error-log.js';

/**
 * What SYSINIT does to the error log in kernel mode: messages of the buffers in a dump, and the entry of the crash, are logged again
 * with the number and time they have. Then, or without a dump, a cold start.
 *
 * choice: the book does not say how SYSINIT knows that a dump is new. Messages that have been logged are marked not valid in the
 * dump, so that the next boot finds none.
 * @source book 25.2.4 steps 12, 13; digest ch08 2.7
 */
const BLOCK = 512;

/** The complete messages of an allocation buffer, as offsets in it. A damaged buffer ends where it makes no sense. */
function* completeMessages(memory: ArrayMemory, base: number): Generator<number, void, undefined> {
  const left = ERL.at(memory, base).ERL$B_MSGCNT;
  for (let at = ERL.size, seen = 0; seen < left && at + EMB.size <= ERL_BUFFER_SIZE;) {
    const message = EMB.at(memory, base + at);
    const size = message.EMB$W_SIZE;
    if (size < EMB.size || at + size > ERL_BUFFER_SIZE) return;
    if (message.EMB$B_VALID !== 0) {
      seen += 1;
      yield at;
    }
    at += size;
  }
}

/** @returns whether the dump is one, with anything to log; `blocks` is changed then */
function logDump(k: Kernel, blocks: Uint8Array): boolean {
  const memory = new ArrayMemory(blocks);
  const header = DMP.at(memory, 0);
  if (header.DMP$W_DUMPVER !== DUMP_VERSION || (header.DMP$L_SYSVER ^ header.DMP$L_CHECK) !== -1) return false;
  const crash = EMB.at(memory, DMP.offset.DMP$R_CRASHERL);
  if (crash.EMB$W_HD_ENTRY !== EMB$K_CR || crash.EMB$B_VALID === 0) return false;
  for (let index = 0; index < 2; index += 1) {
    const base = (DUMP_ERROR_LOG_BLOCK - 1 + index) * BLOCK;
    for (const at of completeMessages(memory, base)) logAgain(k, blocks.slice(base + at, base + at + EMB.at(memory, base + at).EMB$W_SIZE));
    ERL.at(memory, base).ERL$B_MSGCNT = 0;
  }
  // With the buffers full again, the entry of the crash is in the dump only.
  const size = Math.min(crash.EMB$W_SIZE, BLOCK - crash.address);
  logAgain(k, blocks.slice(crash.address, crash.address + size));
  crash.EMB$B_VALID = 0;
  return true;
}

/** Argument: address of the first three blocks of the dump file, or 0 to log the start. R0 low bit: the blocks were changed. */
export const ERL$SYSINIT = callRoutine('ERL$SYSINIT', (k) => {
  const address = k.argument(1);
  if (address === 0) {
    ERL$COLDSTART(k);
    return 0;
  }
  const blocks = k.readBytes(address, (DUMP_ERROR_LOG_BLOCK + 1) * BLOCK);
  if (!logDump(k, blocks)) return 0;
  k.writeBytes(address, blocks);
  return 1;
});
