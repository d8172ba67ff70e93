import { callRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_INSFRAME, SS$_NORMAL, SS$_NOSIGNAL, SS$_UNWIND, SS$_UNWINDING } from '../starlet/ssdef.js';
import { VECTOR_LABELS } from '../starlet/service-table.js';
import { aboveFrame, frameAt, OutOfReach, prepareWrite, readReachable, SAVED_PC, type Frame } from './frames.js';

/**
 * $UNWIND: prepares the removal of call frames by replacing their return addresses; nothing is removed until the handler returns
 * (EXE$STARTUNWIND and EXE$LOOPUNWIND in search.mar do that). Runs in the mode of its caller, on the caller's stack.
 * @source book 4.6.2-4.6.7; digest ch04 F
 */

/** Return addresses that say what a frame is. */
interface ReturnAddresses {
  /** SYS$CALL_HANDL+4: a condition handler's frame. */
  readonly handler: number;
  readonly start: number;
  readonly loop: number;
  /** EXE$ASTRET: an AST routine's frame. */
  readonly ast: number;
}

/** A condition handler's frame: as SYS$CALL_HANDL made it, or already redirected by an earlier $UNWIND of that handler. */
function isHandlerFrame(frame: Frame, places: ReturnAddresses): boolean {
  return frame.savedPC === places.handler || frame.savedPC === places.start;
}

/** A handler was called with (signal array, mechanism array); above its frame lies first the return address of the JSB. */
function argumentOfHandler(k: Kernel, frame: Frame, number: 1 | 2): number {
  return readReachable(k, aboveFrame(frame) + 4 + 4 * number);
}

function establisherOf(k: Kernel, handler: Frame): number {
  return readReachable(k, argumentOfHandler(k, handler, 2) + 4);
}

/** Where the return address of `frame` is changed: an AST's frame must still dismiss the AST, so that of the interrupted code. */
function returnSlot(frame: Frame, places: ReturnAddresses): number {
  const astArgumentPC = 16;
  return (frame.savedPC === places.ast ? aboveFrame(frame) + astArgumentPC : frame.address + SAVED_PC) >>> 0;
}

/** What the unwind will write, gathered before anything is changed. */
class Changes {
  private readonly changes: { readonly at: number; readonly value: number }[] = [];

  constructor(private readonly k: Kernel) {}

  add(at: number, value: number): void { this.changes.push({ at, value }); }

  commit(): void {
    for (const { at } of this.changes) prepareWrite(this.k, at);
    for (const { at, value } of this.changes) this.k.cpu.writeLong(at, value);
  }
}

/** The caller of `frame`. @throws NoFrame at the end of the chain */
function callerOf(k: Kernel, frame: Frame): Frame {
  // The stack grows down: a frame's caller lies above it, and a corrupt chain that turns back would never end.
  if (frame.savedFP <= frame.address) throw new NoFrame();
  return frameAt(k, frame.savedFP);
}

class NoFrame {}

/** The youngest frame of a condition handler, starting from the caller of $UNWIND; undefined when none is active. */
function activeHandler(k: Kernel, places: ReturnAddresses): Frame | undefined {
  let frame = frameAt(k, k.register(13));
  while (!isHandlerFrame(frame, places)) {
    if (frame.savedFP <= frame.address) return undefined;
    frame = frameAt(k, frame.savedFP);
  }
  return frame;
}

/** Redirects the frames from `frame` up to, not with, `limit` to LOOPUNWIND; gives the frame at `limit`. */
function redirectTo(k: Kernel, frame: Frame, limit: number, places: ReturnAddresses, changes: Changes): Frame {
  let current = frame;
  while (current.address !== limit) {
    changes.add(returnSlot(current, places), places.loop);
    current = callerOf(k, current);
  }
  return current;
}

/**
 * Redirects frames so that `depth` of them go, the handler's own counted as the one the depth of which is 0. Frames between a handler
 * and its establisher, which the search skipped, go as well and are not counted.
 */
function redirectCounted(k: Kernel, frame: Frame, depth: number, places: ReturnAddresses, changes: Changes): Frame {
  let current = frame;
  let counted = 1;
  for (;;) {
    if (isHandlerFrame(current, places)) {
      const limit = establisherOf(k, current);
      if (limit > current.address) {
        current = redirectTo(k, current, limit, places, changes);
        continue;
      }
    }
    if (counted === depth) return current;
    changes.add(returnSlot(current, places), places.loop);
    counted += 1;
    current = callerOf(k, current);
  }
}

/**
 * $UNWIND [depadr],[newpc] - remove call frames, from within a condition handler.
 *
 * @param depadr  caller's address of the number of frames to remove; 0, or a value of 0: to the caller of the handler's establisher
 * @param newpc   address at which execution goes on, or 0: where the last removed procedure would have returned to
 * @returns SS$_NORMAL; SS$_NOSIGNAL no handler is active; SS$_UNWINDING the handler was called because of an unwind;
 *   SS$_INSFRAME fewer frames than asked for; SS$_ACCVIO stack or argument not accessible
 * Atomic, in the caller's mode. @source book 4.6.2; digest ch04 F
 */
function unwind(k: Kernel): number {
  const places: ReturnAddresses = {
    handler: VECTOR_LABELS['SYS$CALL_HANDL']! + 4,
    start: k.symbol('EXE$STARTUNWIND'),
    loop: k.symbol('EXE$LOOPUNWIND'),
    ast: k.symbol('EXE$ASTRET'),
  };
  try {
    const argumentCount = readReachable(k, k.register(12)) & 0xff;
    const depadr = argumentCount >= 1 ? readReachable(k, k.register(12) + 4) : 0;
    const newpc = argumentCount >= 2 ? readReachable(k, k.register(12) + 8) : 0;
    const depth = depadr === 0 ? 0 : readReachable(k, depadr) | 0;

    const handler = activeHandler(k, places);
    if (!handler) return SS$_NOSIGNAL;
    if (readReachable(k, argumentOfHandler(k, handler, 1) + 4) === SS$_UNWIND) return SS$_UNWINDING;

    const changes = new Changes(k);
    changes.add(handler.address + SAVED_PC, places.start);
    const signaling = callerOf(k, handler);
    const last = depth <= 0
      ? redirectTo(k, signaling, establisherOf(k, handler), places, changes)
      : redirectCounted(k, signaling, depth, places, changes);
    if (newpc !== 0) changes.add(returnSlot(last, places), newpc);
    changes.commit();
    return SS$_NORMAL;
  } catch (reason) {
    if (reason instanceof OutOfReach) return SS$_ACCVIO;
    if (reason instanceof NoFrame) return SS$_INSFRAME;
    throw reason;
  }
}

export const EXE$UNWIND = callRoutine('EXE$UNWIND', unwind);
