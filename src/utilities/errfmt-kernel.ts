import {
  emptyErrorLogBuffer, ERL, ERL$M_COPYING, ERL_BUFFER_SIZE, errorLogBuffer,
} from '../executive/exceptions/error-log.js';
import { logTimeStamp } from '../executive/exceptions/error-log-entries.js';
import { callRoutine, PAUSE, procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import type { Kernel } from '../executive/kernel.js';
import { SS$_ENDOFFILE, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { writeQuad } from '../executive/structures/memory.js';
import { atIpl } from '../executive/synchronization/ipl.js';

/**
 * The kernel mode part of ERRFMT: procedures of its image, entered with $CMKRNL, and the AST that stamps the time.
 * @source book 8.1.6; digest ch08 2.3
 */
const IPL$_POWER = 31;
/** How often ERRFMT waits for messages to be completed, and how often it copies. */
const MOST_TRIES = 255;
const HALF_SECOND = -5_000_000n;
const TEN_MINUTES = -6_000_000_000n;
/** Event flag of ERRFMT's waits in kernel mode. */
const WAIT_FLAG = 30;
const STAMP_FLAG = 31;

/** @param astadr  AST procedure, which gets its own address as its parameter; 0 for none */
function* setTimer(p: Procedure, efn: number, delta: bigint, astadr = 0): Flow<number> {
  return yield* p.scratch(function* () {
    const time = p.allocate(8);
    writeQuad(p.memory, time, delta);
    return yield* service(p, '$SETIMR', { efn, daytim: time, astadr, reqidt: astadr });
  });
}

/** Kernel mode AST procedure: a time stamp, and the same again ten minutes later. */
export const ERRFMT$STAMP = procedure('ERRFMT$STAMP', function* (p) {
  logTimeStamp(p.kernel);
  return yield* setTimer(p, STAMP_FLAG, TEN_MINUTES, p.argument(1));
});

/** Makes the process the one that ERL$WAKE wakes, and sets the first timer. Argument: the address of ERRFMT$STAMP. */
export const ERRFMT$START = procedure('ERRFMT$START', function* (p) {
  const k = p.kernel;
  k.sys.ERL$GL_ERLPID = k.pcb.PCB$L_PID;
  return yield* setTimer(p, STAMP_FLAG, TEN_MINUTES, p.argument(1));
});

/** The buffer that has messages: the one no messages go to now has the older ones. */
function bufferToCopy(k: Kernel): number | undefined {
  const current = k.sys.ERL$GB_BUFIND & 1;
  return [current ^ 1, current].find((index) => {
    const buffer = ERL.at(k, errorLogBuffer(k, index));
    return buffer.ERL$B_BUSY + buffer.ERL$B_MSGCNT > 0;
  });
}

/**
 * Copies an error log allocation buffer that has messages to the process, and makes it empty. The copy is made at IPL 0 and compared.
 *
 * Argument: 512 bytes of the process.
 * @returns SS$_NORMAL; SS$_ENDOFFILE when there are no messages
 */
export const ERRFMT$COPY = procedure('ERRFMT$COPY', function* (p) {
  const k = p.kernel;
  const copy = p.argument(1);
  const index = bufferToCopy(k);
  if (index === undefined) return SS$_ENDOFFILE;
  const buffer = ERL.at(k, errorLogBuffer(k, index));
  atIpl(k, IPL$_POWER, () => {
    buffer.ERL$V_LOCK = 1;
    k.sys.ERL$GB_BUFPTR = index;
    k.sys.ERL$GB_BUFFLAG = k.sys.ERL$GB_BUFFLAG | ERL$M_COPYING;
  });
  for (let tries = 0; tries < MOST_TRIES && buffer.ERL$B_BUSY !== 0; tries += 1) {
    const set = yield* setTimer(p, WAIT_FLAG, HALF_SECOND);
    if (set & 1) yield* service(p, '$WAITFR', { efn: WAIT_FLAG });
  }
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    p.memory.writeBytes(copy, k.readBytes(buffer.address, ERL_BUFFER_SIZE));
    yield PAUSE;
    const original = k.readBytes(buffer.address, ERL_BUFFER_SIZE);
    if (p.memory.readBytes(copy, ERL_BUFFER_SIZE).every((byte, at) => byte === original[at])) break;
  }
  atIpl(k, IPL$_POWER, () => {
    emptyErrorLogBuffer(k, buffer.address, index);
    k.sys.ERL$GB_BUFFLAG = k.sys.ERL$GB_BUFFLAG & ~ERL$M_COPYING;
  });
  return SS$_NORMAL;
});

/** The unit of the declared error log mailbox, 0 when there is none. */
export const ERRFMT$MAILBOX = callRoutine('ERRFMT$MAILBOX', (k) => k.readWord(k.symbol('EXE$GQ_ERLMBX')));
