import { describe, expect, it } from 'vitest';
import { RoutineLeft } from '../../../src/executive/gate/leave.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { allocateKrp, CTL$C_KRP_COUNT, deallocateKrp } from '../../../src/executive/pool/krp.js';
import { EXE$ALOPAGED } from '../../../src/executive/pool/paged.js';
import { EXE$ALOP1IMAG, EXE$ALOP1PROC, EXE$DEAP1SIZ, forgetImageRegion, initializeImageRegion } from '../../../src/executive/pool/process-region.js';
import { checkScheduler } from '../../../src/executive/scheduling/check.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { SCH$C_COM, SCH$C_COMO, SCH$C_CUR, SCH$C_SUSP } from '../../../src/executive/structures/sch.js';
import { bootExecutive, type TestSystem } from '../../harness.js';

const check = (system: TestSystem): string[] => [...checkScheduler(system.k, (name) => system.k.symbol(name)), ...system.checkBooks()];

/** Runs `body` inside a process of the booted system, and gives what it returned. */
function inProcess<T>(body: (p: Procedure) => T): T {
  let result: T | undefined;
  const system = bootExecutive({
    programs: {
      SYSINIT: function* (p) {
        result = body(p);
        for (;;) yield* service(p, '$HIBER', {});
      },
    },
  });
  expect(check(system)).toEqual([]);
  return result!;
}

function* createChild(p: Procedure, image: string): Flow<number> {
  const pid = p.allocate(4);
  const status = yield* service(p, '$CREPRC', { pidadr: pid, image: p.string(`SYS$SYSTEM:${image}`), prcnam: p.string('CHILD'), baspri: 4 });
  expect(status).toBe(1);
  return pid;
}

describe('process allocation region and request packets', () => {
  it('ch03#31: the process allocation region is UREW', () => {
    inProcess((p) => {
      const block = EXE$ALOP1PROC(p.kernel, 32);
      const probe = (mode: number, write: boolean): boolean => p.kernel.cpu.probe(block, 4, mode, write);
      expect([probe(3, false), probe(3, true), probe(2, true), probe(1, true)]).toEqual([true, false, false, true]);
      EXE$DEAP1SIZ(p.kernel, block, 32);
    });
  });

  it('ch03#38: the KRP area is URKW', () => {
    inProcess((p) => {
      const krp = allocateKrp(p.kernel);
      const probe = (mode: number, write: boolean): boolean => p.kernel.cpu.probe(krp, 4, mode, write);
      expect([probe(3, false), probe(1, true), probe(0, true)]).toEqual([true, false, true]);
      deallocateKrp(p.kernel, krp);
    });
  });

  it('ch03#36 ch03#37: KRPs come from and go to the front; with none left it is the fatal bugcheck KRPEMPTY', () => {
    inProcess((p) => {
      const { kernel } = p;
      const first = allocateKrp(kernel);
      const second = allocateKrp(kernel);
      deallocateKrp(kernel, first);
      expect(allocateKrp(kernel)).toBe(first);
      const rest = Array.from({ length: CTL$C_KRP_COUNT - 2 }, () => allocateKrp(kernel));
      const pc = kernel.cpu.r[15]!;
      expect(() => allocateKrp(kernel)).toThrow(RoutineLeft);
      const target = kernel.register(15);
      expect([target, kernel.readWord(target), kernel.readWord(target + 2) & 7]).toEqual([kernel.symbol('EXE$KRPEMPTY'), 0xfeff, 4]);
      kernel.cpu.r[15] = pc;
      for (const packet of [...rest, first, second]) deallocateKrp(kernel, packet);
    });
  });

  it('ch03#32 ch03#34: beyond CTLIMGLIM an image gets its pool from P0, the process still from P1; rundown forgets the P0 region', () => {
    inProcess((p) => {
      const k = p.kernel;
      const region = k.sys.SGN$GW_CTLPAGES * 512;
      k.sys.SGN$GW_CTLIMGLIM = 0;
      expect(EXE$ALOP1IMAG(k, 64, region)).toBe(0);
      initializeImageRegion(k, p.allocate(1024) & ~15, 512);
      const base = k.readLong(k.p1.address + P1_CELLS.offset.CTL$GQ_P0ALLOC);
      expect(EXE$ALOP1IMAG(k, 64, region)).toBe(base);
      const own = EXE$ALOP1PROC(k, 64);
      expect(own).toBeGreaterThan(0x4000_0000);
      EXE$DEAP1SIZ(k, own, 64);
      forgetImageRegion(k);
      expect(k.readLong(k.p1.address + P1_CELLS.offset.CTL$GQ_P0ALLOC)).toBe(0);
    });
  });

  it('ch03#29: EXE$ALOPAGED gives 0 when there is no block large enough, and the mutex is free again', () => {
    inProcess((p) => {
      expect(EXE$ALOPAGED(p.kernel, 0x100_0000)).toBe(0);
      expect(p.kernel.readLong(p.kernel.symbol('EXE$GL_PGDYNMTX'))).toBe(0xffff);
    });
  });
});

describe('processes', () => {
  const sleeper = function* (p: Procedure): Flow<number> {
    for (;;) yield* service(p, '$HIBER', {});
  };

  it('ch10#16 ch10#42: a new process is in COMO; the swapper makes it COM before it is current', () => {
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$HIBER', {});
          yield* createChild(p, 'CHILD');
          return yield* sleeper(p);
        },
        CHILD: sleeper,
      },
    });
    const states: number[] = [];
    SCH$WAKE(system.k, system.process('SYSINIT')!.address);
    for (let step = 0; step < 200_000; step += 1) {
      system.system.machine.run(1);
      const child = system.process('CHILD');
      if (child === undefined) continue;
      const state = child.PCB$W_STATE;
      if (states[states.length - 1] !== state) states.push(state);
      if (state === SCH$C_CUR) break;
    }
    expect(states.filter((state) => state !== 0)).toEqual([SCH$C_COMO, SCH$C_COM, SCH$C_CUR]);
    system.runUntilIdle(1);
    expect(check(system)).toEqual([]);
  });

  it('ch10#35 ch10#36 ch07#33: a suspended process is resumed first when it is deleted, and deletes itself while current', () => {
    let deleted = 0;
    let suspended: number | undefined;
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          const pid = yield* createChild(p, 'CHILD');
          yield* service(p, '$SCHDWK', { daytim: p.bytes(Uint8Array.from([0x80, 0x69, 0x67, 0xff, 0xff, 0xff, 0xff, 0xff])) });
          yield* service(p, '$HIBER', {});
          expect(yield* service(p, '$SUSPND', { pidadr: pid })).toBe(1);
          yield* service(p, '$SCHDWK', { daytim: p.bytes(Uint8Array.from([0x80, 0x69, 0x67, 0xff, 0xff, 0xff, 0xff, 0xff])) });
          yield* service(p, '$HIBER', {});
          suspended = system.process('CHILD')!.PCB$W_STATE;
          deleted = yield* service(p, '$DELPRC', { pidadr: pid });
          return yield* sleeper(p);
        },
        CHILD: sleeper,
      },
    });
    system.runUntilIdle(5);
    expect([suspended, deleted]).toEqual([SCH$C_SUSP, 1]);
    expect(system.process('CHILD') === undefined).toBe(true);
    expect(check(system)).toEqual([]);
  });

  it('ch12#40: a process of one image without a CLI is deleted when the image exits', () => {
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          yield* createChild(p, 'CHILD');
          return yield* sleeper(p);
        },
        CHILD: function* () { return 1; },
      },
    });
    system.runUntilIdle(3);
    expect(system.process('CHILD') === undefined).toBe(true);
    expect(system.process('SYSINIT')!.PCB$W_PRCCNT).toBe(0);
    expect(check(system)).toEqual([]);
  });

  it('ch02#23 ch05#23 ch01#6 appB#5: a page fault above IPL 2 is the fatal bugcheck PGFIPLHI', () => {
    const system = bootExecutive();
    const { k } = system;
    k.ipl = 8;
    for (const value of [0x00080000, 0x80003000, 0x12345678, 0]) k.cpu.push(value);
    k.jump(k.symbol('MMG$PAGEFAULT'));
    const stop = system.system.machine.run(100_000);
    expect(stop.kind).not.toBe('idle');
    expect(system.console).toContain('PGFIPLHI');
  });
});
