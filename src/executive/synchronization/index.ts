import type { Microroutine } from '../gate/microroutine.js';
import forkSource from './fork.mar';
import ipcontrolSource from './ipcontrol.mar';
import { MUTEX_ROUTINES } from './mutex.js';

/** Synchronization: what sys-image.ts collects. */
export const SYNCHRONIZATION_SOURCE = `${forkSource}\n${ipcontrolSource}`;
export const SYNCHRONIZATION_ROUTINES: readonly Microroutine[] = [...MUTEX_ROUTINES];
