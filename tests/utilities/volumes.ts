import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { TEST_TIME } from '../harness.js';
import { newDisk, WholeSystem } from './whole-system.js';

/** A system with further disks, and somebody at its console. */
export class VolumeSystem {
  readonly system: WholeSystem;

  /** @param units  stores of DUA1, DUA2 ...; those named `locked` cannot be written */
  constructor(readonly units: readonly MemoryBlocks[], locked: readonly MemoryBlocks[] = []) {
    this.system = new WholeSystem(newDisk(), {
      units: units.map((store, index) => ({ controller: 0, unit: index + 1, store, readOnly: locked.includes(store) })),
    });
    this.system.type('SET TERMINAL/WIDTH=132');
  }

  /** What a command prints: without its echo, the prompt and empty lines. */
  lines(command: string): string[] {
    return this.system.type(command).split('\n').slice(1).map((line) => line.trimEnd()).filter((line) => line !== '' && line !== '$');
  }
}

export function labelled(label: string, blocks = 2000): MemoryBlocks {
  const store = new MemoryBlocks(blocks);
  initializeVolume(store, { label, date: TEST_TIME });
  return store;
}
