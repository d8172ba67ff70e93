import type { Flow, Step } from './microroutine.js';
import type { Procedure } from './procedure.js';

/**
 * Threads: procedures that may leave their frame while they wait and be continued from an AST, as RMS operations do between
 * the caller's CHME and its completion AST (book 9.3.4), and XQP requests between kernel ASTs (book 7.4.4).
 *
 * A thread is a generator that yields calls like any procedure, and SUSPEND where it has started something whose
 * completion AST will resume it. It is known by process and by the address of the structure in VAX memory that it works
 * for (IRAB, IFAB, IRP). Typical use:
 *
 *   const service = procedure('RMS$GET', function* (p) {
 *     const end = yield* runThread(p, irab, getRecord(p, irab));     // undefined: suspended
 *     return end ?? RMS$_STALL;
 *   });
 *   const ioAst = procedure('RMS$IOAST', function* (p) {
 *     yield* resumeThread(p, p.argument(1));                         // AST parameter: the same address
 *     return 1;
 *   });
 *
 * Scratch space (p.allocate) does not survive SUSPEND; what the thread needs later lies in its structure or is local to it.
 */
export const SUSPEND = Symbol('thread suspended');

export type ThreadFlow<T> = Generator<Step | typeof SUSPEND, T, number>;

/** Leaves the frame until `resumeThread`; gives the value passed there. */
export function* suspend(): ThreadFlow<number> {
  return yield SUSPEND;
}

/**
 * Starts a thread and runs it as far as it goes.
 *
 * @param structure  address of the structure the thread works for; it must have no other suspended thread
 * @returns the thread's value; undefined when it is suspended
 */
export function* runThread<T>(p: Procedure, structure: number, thread: ThreadFlow<T>): Flow<T | undefined> {
  return yield* advance(p, structure, thread, 0);
}

/**
 * Continues the thread of `structure`.
 *
 * @param value  what `suspend()` gives there
 * @returns its value; undefined when it is suspended again, or no such thread exists (it was cancelled)
 */
export function* resumeThread<T>(p: Procedure, structure: number, value = 0): Flow<T | undefined> {
  const thread = p.kernel.gate.takeThread(p.kernel.processKey, structure) as ThreadFlow<T> | undefined;
  if (!thread) return undefined;
  return yield* advance(p, structure, thread, value);
}

function* advance<T>(p: Procedure, structure: number, thread: ThreadFlow<T>, first: number): Flow<T | undefined> {
  let value = first;
  for (;;) {
    const step = thread.next(value);
    if (step.done) return step.value;
    if (step.value === SUSPEND) {
      p.kernel.gate.keepThread(p.kernel.processKey, structure, thread);
      return undefined;
    }
    value = yield step.value;
  }
}
