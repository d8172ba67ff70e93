/** Pool: what sys-image.ts collects. */
export { POOL_ROUTINES } from './routines.js';
export { default as POOL_SOURCE } from './pool.mar';
