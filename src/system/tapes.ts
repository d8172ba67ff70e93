import type { TapeStore } from '../emulator/devices/tape-image.js';
import { TapeController } from '../emulator/devices/tape.js';
import type { Machine } from '../emulator/machine.js';

/** A reel of tape and the unit it is on. */
export interface TapeReel {
  /** 0 to 3. */
  readonly unit: number;
  readonly store: TapeStore;
  /** The write ring is out. */
  readonly readOnly: boolean;
  /** Bytes of image up to the end of tape mark; a tape of any length without. */
  readonly capacity?: number;
}

/** Connects a tape controller, when there are reels for it. */
export function attachTapes(machine: Machine, reels: readonly TapeReel[] = []): void {
  if (reels.length === 0) return;
  const controller = new TapeController(machine);
  for (const { unit, store, readOnly, capacity } of reels) controller.attach(unit, store, { isLocked: readOnly, ...(capacity === undefined ? {} : { capacity }) });
}
