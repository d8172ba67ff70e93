import fc from 'fast-check';
import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { SERVICE_ARGUMENTS } from '../../../src/executive/starlet/service-table.js';
import { bootExecutive } from '../../harness.js';

const SERVICES = ['$CRELNM', '$CRELNT', '$TRNLNM', '$DELLNM', '$GETJPI', '$GETSYI', '$NUMTIM'] as const;

test('no argument whatever makes a kernel mode service of these chapters fail in any other way than by its status', () => {
  // Fixed seed: every run makes the same calls.
  const choice = fc.sample(fc.record({ service: fc.nat(SERVICES.length - 1), args: fc.array(fc.record({ kind: fc.nat(8), value: fc.nat(0xffffffff) }), { minLength: 8, maxLength: 8 }) }), { numRuns: 1500, seed: 28 });
  let calls = 0;
  const system = bootExecutive({
    programs: {
      SYSINIT: function* (p) {
        const strings = ['LNM$PROCESS', 'LNM$JOB', 'LNM$SYSTEM_DIRECTORY', 'LNM$FILE_DEV', 'A', '', 'X'.repeat(300), '\0\xff'].map((text) => p.string(text));
        const area = p.allocate(512);
        for (let at = 0; at < 512; at += 4) p.memory.writeLong(area + at, [0, 12, 0x20004, area, 0x80000000, 0x00020005, area + 64, 0x0301000c][(at >>> 2) % 8]!);
        const argument = (kind: number, value: number): number => {
          switch (kind) {
            case 0: return 0;
            case 1: case 2: case 3: return strings[value % strings.length]!;
            case 4: case 5: return area + (value % 480);
            case 6: return p.kernel.pcb.address;
            case 7: return value % 256;
            default: return value;
          }
        };
        for (const { service: index, args } of choice) {
          const name = SERVICES[index]!;
          const given: Record<string, number> = {};
          SERVICE_ARGUMENTS[name].forEach((key, position) => {
            // Completion ASTs to addresses of no meaning would end the image: rightly so, but then the test ends too.
            if (key !== 'astadr') given[key] = argument(args[position]!.kind, args[position]!.value);
          });
          const status = yield* p.scratch(() => service(p, name, given));
          expect(status & 0xf000_0000).toBe(0);
          calls += 1;
        }
        for (;;) yield* service(p, '$HIBER', {});
      },
    },
  });
  system.runUntilIdle(5, 300_000_000);
  expect(system.console).not.toContain('BUG CHECK');
  expect(calls).toBe(choice.length);
  expect(system.checkBooks()).toEqual([]);
});
