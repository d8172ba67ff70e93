import { LOCK_COMPATIBLE } from '../starlet/lckdef.js';

/** Lock modes (LCK$K_NLMODE 0 to LCK$K_EXMODE 5); the number grows with how restrictive they are. @source digest ch13 3.1 */
export const LOCK_MODES = 6;

/** Whether a lock of mode `requested` can be held beside one of mode `granted`. */
export function compatible(granted: number, requested: number): boolean {
  return LOCK_COMPATIBLE[granted]![requested]!;
}

/** Whether whatever can be held beside mode `from` can be held beside `to` as well: a conversion that asks for nothing more. */
export function noMoreRestrictive(from: number, to: number): boolean {
  return LOCK_COMPATIBLE[from]!.every((allowed, other) => !allowed || LOCK_COMPATIBLE[to]![other]!);
}
