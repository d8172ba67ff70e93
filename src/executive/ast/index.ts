import type { Microroutine } from '../gate/microroutine.js';
import { AST_DELIVERY_ROUTINES } from './delivery.js';
import { POWER_ROUTINES } from './power.js';
import { AST_SERVICES } from './services.js';

/** ASTs: what sys-image.ts collects. */
export { default as AST_SOURCE } from './astdel.mar';
export const AST_ROUTINES: readonly Microroutine[] = [...POWER_ROUTINES, ...AST_DELIVERY_ROUTINES, ...AST_SERVICES];
