import { describe, expect, test } from 'vitest';
import { IAC$M_MERGE } from '../../../src/executive/image/activate.js';
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

  test('ch21#21: an image merged into P0 leaves the user stack alone, and can be called', () => {
    const seen: Record<string, unknown> = {};
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          const k = p.kernel;
          const stack = (): number[] => [0, 1].map((index) => k.readLong([k.symbol('CTL$AL_STACK'), k.symbol('CTL$AL_STACKLIM')][index]! + 12));
          const before = stack();
          const buffer = p.allocate(512);
          const range = p.allocate(8);
          seen['status'] = yield* service(p, '$IMGACT', { name: p.string('OTHER'), dflnam: p.string('SYS$SYSTEM:.EXE'), hdrbuf: buffer, imgctl: IAC$M_MERGE, retadr: range });
          seen['stack'] = stack().join() === before.join();
          const header = p.memory.readLong(buffer);
          const transfer = p.memory.readLong(header + p.memory.readWord(header + 2));
          seen['inside'] = p.memory.readLong(range) <= transfer && transfer <= p.memory.readLong(range + 4);
          seen['result'] = yield* p.call(transfer, 20, 22);
          return yield* service(p, '$HIBER', {});
        },
        OTHER: function* (p) { return p.argument(1) + p.argument(2); },
      },
    });
    system.runUntilIdle(1);
    expect(seen).toEqual({ status: 1, stack: true, inside: true, result: 42 });
  });

  test('ch21#18: a CLI named as the image of a process means LOGINOUT', () => {
    const ran: string[] = [];
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:DCL.EXE'), baspri: 4 });
          return yield* service(p, '$HIBER', {});
        },
        DCL: function* () { ran.push('DCL'); return 1; },
        LOGINOUT: function* () { ran.push('LOGINOUT'); return 1; },
      },
    });
    system.runUntilIdle(1);
    expect(ran).toEqual(['LOGINOUT']);
  });
});
