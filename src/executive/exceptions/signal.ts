import { IN_ANY_MODE, inlineRoutine, upTo } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { aboveFrame, calledByCalls, frameAt, prepareWrite, readReachable } from './frames.js';

/** The longword between mechanism and signal array: how the condition came about. @source digest ch04, stack of a handler */
export const RAISED_BY_EXCEPTION = 0;
export const RAISED_BY_SIGNAL = 2;
export const RAISED_BY_STOP = 3;

/**
 * LIB$SIGNAL and LIB$STOP, first half: takes the call's own frame off the stack, and its argument list when CALLS made it, and leaves
 * flag longword and signal array there: count, the caller's arguments, PC behind the call, a PSL made from the current one and the
 * PSW of the call. R0 and R1 are untouched: the mechanism array takes them up. Runs in the caller's mode; the search follows.
 *
 * @source book 4.4.2; digest ch04 C
 */
function buildSignal(k: Kernel, flag: number): void {
  const cpu = k.cpu;
  const frame = frameAt(k, k.register(13));
  const list = k.register(12);
  const count = readReachable(k, list) & 0xff;
  const words: number[] = [flag, count + 2];
  for (let number = 1; number <= count; number += 1) words.push(readReachable(k, list + 4 * number));
  const psw = frame.mask & 0xff;
  words.push(frame.savedPC, ((cpu.psl & ~0xff) | psw) >>> 0);

  let top = aboveFrame(frame);
  if (calledByCalls(frame)) top += 4 * (count + 1);
  const bottom = (top - 4 * words.length) >>> 0;
  for (let at = bottom; at < top; at += 4) prepareWrite(k, at);

  words.forEach((word, index) => { cpu.writeLong(bottom + 4 * index, word); });
  k.setRegister(14, bottom);
  k.setRegister(13, frame.savedFP);
  k.setRegister(12, frame.savedAP);
}

export const SIGNAL_ROUTINES = [
  upTo(IN_ANY_MODE, inlineRoutine('EXE$SIGNAL', (k) => { buildSignal(k, RAISED_BY_SIGNAL); })),
  upTo(IN_ANY_MODE, inlineRoutine('EXE$STOP', (k) => { buildSignal(k, RAISED_BY_STOP); })),
];
