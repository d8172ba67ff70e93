import { diskControllerPlace, DiskController, type BlockStore } from '../emulator/devices/disk.js';
import type { Machine } from '../emulator/machine.js';

/** A disk beside the system disk, and the unit it is in. */
export interface DiskUnit {
  /** 0 for DUA, 1 for DUB ... */
  readonly controller: number;
  /** 0 to 7. */
  readonly unit: number;
  readonly store: BlockStore;
  /** The unit's write protect switch is on. */
  readonly readOnly: boolean;
}

/** Connects a disk controller with `stores` as its units 0, 1 ...: DUA0:, DUA1: ..., and `others` in the units they name. */
export function attachDisks(machine: Machine, stores: readonly BlockStore[], others: readonly DiskUnit[] = []): void {
  const controllers = new Map<number, DiskController>();
  const controllerOf = (number: number): DiskController => {
    const { base, vector } = diskControllerPlace(number);
    const controller = controllers.get(number) ?? new DiskController(machine, base, vector);
    controllers.set(number, controller);
    return controller;
  };
  const first = controllerOf(0);
  stores.forEach((store, unit) => { first.attach(unit, store); });
  for (const { controller, unit, store, readOnly } of others) controllerOf(controller).attach(unit, store, readOnly);
}
