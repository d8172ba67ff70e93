import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { bootExecutive } from '../../harness.js';

describe('the first image of a process', () => {
  test('runs in user mode in P0, with the stack two pages below its high end', () => {
    const seen: number[] = [];
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          const k = p.kernel;
          seen.push(k.cpu.currentMode, k.register(15), k.register(14), k.readLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_STACK + 12));
          yield* service(p, '$HIBER', {});
          return 1;
        },
      },
    });
    system.runUntilIdle(1);
    const [mode, pc, sp, high] = seen as [number, number, number, number];
    expect(mode).toBe(3);
    expect(pc).toBeGreaterThanOrEqual(0x200);
    expect(pc).toBeLessThan(0x40000000);
    expect(high - sp).toBeGreaterThanOrEqual(1024);
    expect(high - sp).toBeLessThan(2048);
  });
});
