import type { StopReason } from '../emulator/machine.js';
import { RESTART_CODES, restartProcessor } from '../emulator/restart.js';
import type { System } from '../system/boot-system.js';

/**
 * The console with AUTO RESTART on: a processor that has halted is started at the system's restart routine, unless the system has asked to
 * be booted, has been shut down, or has been restarted without success before. @returns whether it runs again
 */
export function restartAfterHalt({ machine, shutDown }: System, stop: StopReason & { readonly kind: 'halt' }): boolean {
  if (stop.code === 'no restart' || machine.console.bootRequested || shutDown()) return false;
  return restartProcessor(machine, RESTART_CODES[stop.code], stop.pc, machine.cpu.psl);
}
