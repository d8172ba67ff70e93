import type { Microroutine } from '../gate/microroutine.js';
import { PROCESS_CONTROL_ROUTINES, PROCESS_CONTROL_SOURCE } from './control.js';
import { CREATE_ROUTINES } from './create.js';
import { DELETE_ROUTINES } from './delete.js';
import deleteSource from './delete.mar';
import { PROCSTRT_ROUTINES } from './procstrt.js';
import procstrtSource from './procstrt.mar';

/** Processes (chapters 12, 20, 22): what sys-image.ts collects. */
export const PROCESS_ROUTINES: readonly Microroutine[] = [
  ...PROCESS_CONTROL_ROUTINES, ...CREATE_ROUTINES, ...PROCSTRT_ROUTINES, ...DELETE_ROUTINES,
];
export const PROCESS_SOURCE = [PROCESS_CONTROL_SOURCE, procstrtSource, deleteSource].join('\n');
