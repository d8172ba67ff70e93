import { callRoutine } from '../executive/gate/microroutine.js';
import type { Kernel } from '../executive/kernel.js';
import { EXE$DEANONPAGED } from '../executive/pool/nonpaged.js';
import { allocateBlock } from '../executive/pool/typed.js';
import { SS$_INSFMEM, SS$_NORMAL, SS$_NOSUCHUSER } from '../executive/starlet/ssdef.js';
import { DYN$C_CIA } from '../executive/structures/dyn.js';
import { readCounted, readQuad, readText, writeCounted } from '../executive/structures/memory.js';
import { structure } from '../executive/structures/structure.js';

/**
 * The intrusion database: blocks in nonpaged pool, in the list CIA$GQ_INTRUDER. Who fails to log in becomes a suspect, and after LGI_BRK_LIM
 * failures an intruder, whom LOGINOUT turns away for LGI_HID_TIM seconds even with the right password (evasion). A suspect is forgotten
 * LGI_BRK_TMO seconds after the last failure, times the failures. @source book 23.2.2 step 7i; digest ch23
 */
export const CIA = structure('CIA', 100, {
  0x00: ['CIA$L_FLINK', 'next'],
  0x04: ['CIA$L_BLINK', 'previous'],
  0x08: ['CIA$W_SIZE', 'bytes'],
  0x0a: ['CIA$B_TYPE', 'DYN$C_CIA'],
  0x0b: ['CIA$B_FLAGS', ''],
  0x0c: ['CIA$L_COUNT', 'failures'],
  0x10: ['CIA$Q_TIME', 'when it is forgotten'],
  0x18: ['CIA$T_SOURCE', 76, 'terminal and user name, counted'],
}, {}, { CIA$V_INTRUDER: ['CIA$B_FLAGS', 0] });

const SECOND = 10_000_000n;

/** Argument 1 of LOGIN$INTRUSION: the login failed; it would succeed. */
export const SUSPECT_SCAN = 1;
export const INTRUDER_SCAN = 2;
/** Evasion is in effect: nobody comes in from there. */
export const EVADED = SS$_NOSUCHUSER;

/** List header. */
const header = (k: Kernel): number => k.symbol('CIA$GQ_INTRUDER');

/** All records, those that are to be forgotten taken away. */
function records(k: Kernel, now: bigint): ReturnType<typeof CIA.at>[] {
  const list = header(k);
  const found: ReturnType<typeof CIA.at>[] = [];
  for (let at = k.readLong(list); at !== list;) {
    const next = k.readLong(at);
    const record = CIA.at(k, at);
    if (record.CIA$Q_TIME > now) found.push(record);
    else {
      k.removeQueue(at);
      EXE$DEANONPAGED(k, at);
    }
    at = next;
  }
  return found;
}

/**
 * Kernel mode. Arguments: the scan; length and address of the source, terminal and user name.
 *
 * choice: the mutex CIA$GL_MUTEX is not taken: this routine is one step that nothing interrupts.
 * @returns SS$_NORMAL; EVADED the source is an intruder's; SS$_INSFMEM
 */
export const intrusionScan = callRoutine('LOGIN$INTRUSION', (k) => {
  const source = readText(k, k.argument(3), k.argument(2));
  const now = readQuad(k, k.symbol('EXE$GQ_SYSTIME'));
  const known = records(k, now).find((record) => readCounted(k, record.address + CIA.offset.CIA$T_SOURCE) === source);
  if (known && known.CIA$V_INTRUDER !== 0) return EVADED;
  if (k.argument(1) === INTRUDER_SCAN) return SS$_NORMAL;
  const forgotten = BigInt(k.sys.SYS$GL_BRK_TMO) * SECOND;
  if (!known) {
    const block = allocateBlock(k, CIA.size, DYN$C_CIA);
    if (block === 0) return SS$_INSFMEM;
    const record = CIA.at(k, block);
    record.CIA$L_COUNT = 1;
    record.CIA$Q_TIME = now + forgotten;
    writeCounted(k, block + CIA.offset.CIA$T_SOURCE, source, 76);
    k.insertTail(block, header(k));
    return SS$_NORMAL;
  }
  known.CIA$L_COUNT = known.CIA$L_COUNT + 1;
  known.CIA$Q_TIME = known.CIA$Q_TIME + forgotten;
  if (known.CIA$L_COUNT > k.sys.SYS$GB_BRK_LIM) {
    known.CIA$V_INTRUDER = 1;
    known.CIA$Q_TIME = now + BigInt(k.sys.SYS$GL_HID_TIM) * SECOND;
  }
  return SS$_NORMAL;
});
