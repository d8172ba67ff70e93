import { diskControllerPlace, DiskController, type BlockStore } from '../emulator/devices/disk.js';
import type { Machine } from '../emulator/machine.js';

/** Connects a disk controller with `stores` as its units 0, 1 ...: DUA0:, DUA1: ... */
export function attachDisks(machine: Machine, stores: readonly BlockStore[]): void {
  const { base, vector } = diskControllerPlace(0);
  const controller = new DiskController(machine, base, vector);
  stores.forEach((store, unit) => controller.attach(unit, store));
}
