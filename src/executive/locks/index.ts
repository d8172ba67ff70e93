import type { Microroutine } from '../gate/microroutine.js';
import { COMPLETION_ROUTINES } from './completion.js';
import { DEQ_ROUTINES } from './deq.js';
import { ENQ_ROUTINES } from './enq.js';
import { GETLKI_ROUTINES } from './getlki.js';

/** The lock manager (chapter 13): what sys-image.ts collects, and what other folders use. */
export { default as LOCKS_SOURCE } from './locks.mar';
export const LOCKS_ROUTINES: readonly Microroutine[] = [...ENQ_ROUTINES, ...DEQ_ROUTINES, ...GETLKI_ROUTINES, ...COMPLETION_ROUTINES];
