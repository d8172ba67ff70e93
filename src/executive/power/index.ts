import type { Microroutine } from '../gate/microroutine.js';
import { DEVICE_RECOVERY_ROUTINES } from './devices.js';
import { RECOVERY_ROUTINES } from './recovery.js';

/** Power failure and recovery (module POWERFAIL, chapter 26): what sys-image.ts collects. */
export { default as POWER_SOURCE } from './powerfail.mar';
export { fillRestartBlock, RESTART_INHIBITED } from './restart-block.js';
export const POWER_FAIL_ROUTINES: readonly Microroutine[] = [...RECOVERY_ROUTINES, ...DEVICE_RECOVERY_ROUTINES];
export const POWER_SCB = [{ vector: 0x0c, symbol: 'EXE$POWERFAIL', stack: 1 }] as const;
