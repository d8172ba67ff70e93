import type { Microroutine } from '../gate/microroutine.js';
import { COMMON_EVENT_ROUTINES } from './common-event.js';
import { EVENT_FLAG_ROUTINES } from './event-flags.js';
import { FORCE_EXIT_ROUTINES } from './force-exit.js';
import { HIBERNATE_ROUTINES } from './hibernate.js';
import { NAME_ROUTINES } from './name.js';
import { PRIORITY_ROUTINES } from './priority.js';
import { PRIVILEGE_ROUTINES } from './privileges.js';

/** Event flags and process control (chapter 12): what sys-image.ts collects. */
export { default as PROCESS_CONTROL_SOURCE } from './process-control.mar';
export const PROCESS_CONTROL_ROUTINES: readonly Microroutine[] = [
  ...EVENT_FLAG_ROUTINES, ...COMMON_EVENT_ROUTINES, ...HIBERNATE_ROUTINES, ...FORCE_EXIT_ROUTINES, ...PRIORITY_ROUTINES,
  ...NAME_ROUTINES, ...PRIVILEGE_ROUTINES,
];
