/** Scheduling: what other folders use. */
export { SCHEDULING_ROUTINES } from './reschedule.js';
export { default as SCHEDULING_SOURCE } from './rse-sched.mar';
