import type { Microroutine } from '../gate/microroutine.js';
import { MUTEX_ROUTINES } from './mutex.js';

/** Synchronization: what sys-image.ts collects. */
export { default as SYNCHRONIZATION_SOURCE } from './fork.mar';
export const SYNCHRONIZATION_ROUTINES: readonly Microroutine[] = [...MUTEX_ROUTINES];
