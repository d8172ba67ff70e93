import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/emulator/clock.js';
import type { KeptText } from '../../src/executive/boot/assembly-store.js';
import { startStarlet } from '../../src/system/starlet.js';
import { TEST_TIME } from '../harness.js';
import { newDisk } from '../utilities/whole-system.js';

/** Texts kept of an earlier boot make the next one shorter and nothing else: memory is the same, byte for byte. */
describe('a boot with kept texts', () => {
  it('leaves the memory that a boot without them leaves, and assembles nothing', () => {
    const disk = newDisk();
    let texts = new Map<string, KeptText>();
    let made = 0;
    const boot = (store: boolean): Uint8Array => {
      const { machine, kernel } = startStarlet({
        memoryMegabytes: 16, clock: new VirtualClock(), console: { transmit: () => { /* nobody reads */ } }, systemTime: TEST_TIME, disks: [disk], autologin: true,
        ...(store ? { assemblies: { get: (key: string) => texts.get(key), put: (key: string, text: KeptText) => { made += 1; texts.set(key, text); } } } : {}),
      });
      expect(kernel.symbol('EXE$INIT')).toBeGreaterThan(0);
      return machine.memory.bytes.slice();
    };
    const without = boot(false);
    const first = boot(true);
    expect(made).toBe(texts.size);
    expect(made).toBeGreaterThan(20);
    // As they come from a file.
    texts = deserialize(serialize(texts)) as typeof texts;
    const second = boot(true);
    expect(made).toBe(texts.size);
    expect(Buffer.compare(first, without)).toBe(0);
    expect(Buffer.compare(second, without)).toBe(0);
  });
});
