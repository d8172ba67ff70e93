import { procedure, upTo, IN_KERNEL_MODE, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { numericTime, parseTime } from '../information/time.js';
import type { Kernel } from '../kernel.js';
import { IO$_READPROMPT, IO$M_CVTLOW, IO$M_TIMED } from '../starlet/iodef.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { TICK } from './queue.js';
import { EXE$SETIME_INT } from './set-time.js';

/** Choice of wording: the book does not print it. */
const PROMPT = '\r\nPlease enter date and time (DD-MMM-YYYY HH:MM)  ';
const LONGEST_LINE = 64;
/** Of a system service. */
const EXE$C_SYSEFN = 31;
/** TIMEPROMPTWAIT counts microfortnights, 1.2096 seconds each. Public knowledge: the book names no unit. */
const WAIT_UNIT = 12_096_000n;
const SECOND = 10_000_000n;

/**
 * INI$TODR, what EXE$INIT_TODR of SYSLOA780 calls: the system time at boot, from the time-of-year clock and the base cells or, when those do not agree or SETTIME is 1, from
 * the operator. TIMEPROMPTWAIT says how long to ask: less than 0 for ever, 0 not at all; then the time is the recorded one and 10 ms.
 *
 * In process context at IPL 0, kernel mode, before the system disk is mounted; nothing is written to SYS.EXE.
 * @returns SS$_NORMAL; what $ASSIGN says when there is no console
 * @source book 11.2.1; digest ch11 2.3
 */
const initTodr = upTo(IN_KERNEL_MODE, procedure('INI$TODR', function* (p: Procedure): Flow<number> {
  const k = p.kernel;
  const isAsked = k.sys.EXE$V_SETTIME === 1;
  if (isAsked || !((yield* EXE$SETIME_INT(p, 0n)) & 1)) {
    const wait = BigInt.asIntN(16, BigInt(k.sys.SGN$GW_TPWAIT));
    const typed = wait === 0n ? undefined : yield* askOperator(p, wait);
    yield* EXE$SETIME_INT(p, typed ?? k.sys.EXE$GQ_TODCBASE + TICK);
  }
  k.sys.EXE$GQ_BOOTTIME = k.sys.EXE$GQ_SYSTIME;
  return SS$_NORMAL;
}));

/** The time that somebody types at the console; undefined when `wait` (in microfortnights, less than 0 for ever) is over. */
function* askOperator(p: Procedure, wait: bigint): Flow<bigint | undefined> {
  return yield* p.scratch(function* () {
    const k = p.kernel;
    const until = k.sys.EXE$GQ_SYSTIME + wait * WAIT_UNIT;
    const channelAt = p.allocate(4);
    if (!((yield* service(p, '$ASSIGN', { devnam: p.string('_OPA0:'), chan: channelAt })) & 1)) return undefined;
    const chan = p.memory.readWord(channelAt);
    const prompt = p.bytes(Uint8Array.from(PROMPT, (character) => character.charCodeAt(0)));
    const buffer = p.allocate(LONGEST_LINE);
    const iosb = p.allocate(8);
    let typed: bigint | undefined;
    while (typed === undefined) {
      const left = until - k.sys.EXE$GQ_SYSTIME;
      if (wait > 0n && left <= 0n) break;
      const timed = wait > 0n ? { func: IO$_READPROMPT | IO$M_CVTLOW | IO$M_TIMED, p3: Number((left + SECOND - 1n) / SECOND) } : { func: IO$_READPROMPT | IO$M_CVTLOW };
      const status = yield* service(p, '$QIOW', { efn: EXE$C_SYSEFN, chan, ...timed, iosb, p1: buffer, p2: LONGEST_LINE, p5: prompt, p6: PROMPT.length });
      if (!(status & 1)) break;
      const length = p.memory.readWord(iosb + 2);
      if (p.memory.readWord(iosb) & 1) typed = operatorsTime(k, String.fromCharCode(...p.memory.readBytes(buffer, length)));
    }
    yield* service(p, '$DASSGN', { chan });
    return typed;
  });
}

/** Date and time in full: what is left out could only be taken from the clock that is wrong. */
function operatorsTime(k: Kernel, text: string): bigint | undefined {
  if (!/^\s*\d{1,2}-[A-Z]{3}-\d{4}[\s:]+\d{1,2}:\d{2}/.test(text)) return undefined;
  const time = parseTime(text.trim().replace(/^(\S{9,11}?)[\s:]+/, '$1 '), numericTime(k.sys.EXE$GQ_SYSTIME));
  return time !== undefined && BigInt.asIntN(64, time) > 0n ? time : undefined;
}

export const INIT_TODR_ROUTINES: readonly Microroutine[] = [initTodr];
