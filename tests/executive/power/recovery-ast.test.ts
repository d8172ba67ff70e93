import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/emulator/clock.js';
import { procedure } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { EXE$RUNDOWN } from '../../../src/executive/image/rundown.js';
import { resumeProcess } from '../../../src/executive/process/hibernate.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { SS$_EXQUOTA, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { SCH$C_HIB, SCH$C_SUSP } from '../../../src/executive/structures/sch.js';
import { bootSystem } from '../../../src/system/boot-system.js';
import { TEST_TIME, TestSystem, type Program } from '../../harness.js';
import { astProcedure } from '../io/io-harness.js';
import { powerCycle, runTo } from './power-harness.js';

/** Times of AST routine and what they were called with, of a program that hibernates; it asks `requests` times. */
function hibernator(seen: number[][], mode = 3): Program {
  return function* (p) {
    const ast = astProcedure(p);
    yield* service(p, '$SETPRA', { astadr: ast.address, acmode: mode });
    for (;;) {
      yield* service(p, '$HIBER', {});
      seen.push([p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)]);
    }
  };
}

function wake(system: TestSystem): void {
  SCH$WAKE(system.k, system.process('SYSINIT')!.address);
  system.runUntilIdle(3);
}

describe('power recovery ASTs', () => {
  test('ch26#21: $SETPRA stores address and mode in P1 space, and PCB$V_PWRAST; it costs an AST', () => {
    const seen: unknown[] = [];
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const { pcb, p1 } = p.kernel;
          const quota = pcb.PCB$W_ASTCNT;
          yield* service(p, '$SETPRA', { astadr: 0x1234, acmode: 1 });
          seen.push([p1.CTL$GL_POWERAST, p1.CTL$GB_PWRMODE, pcb.PCB$V_PWRAST, quota - pcb.PCB$W_ASTCNT]);
          yield* service(p, '$SETPRA', { astadr: 0x2345 });
          seen.push([p1.CTL$GL_POWERAST, pcb.PCB$V_PWRAST, quota - pcb.PCB$W_ASTCNT]);
          yield* service(p, '$SETPRA', { astadr: 0 });
          seen.push([p1.CTL$GL_POWERAST, pcb.PCB$V_PWRAST, quota - pcb.PCB$W_ASTCNT]);
          pcb.PCB$W_ASTCNT = 0;
          seen.push(yield* service(p, '$SETPRA', { astadr: 0x1234 }), pcb.PCB$V_PWRAST);
          pcb.PCB$W_ASTCNT = quota;
          return 1;
        },
      },
    });
    system.runUntilIdle(2);
    expect(seen).toEqual([[0x1234, 3, 1, 1], [0x2345, 1, 1], [0, 0, 0], SS$_EXQUOTA, 0]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch26#22: image rundown cancels it and gives the quota back', () => {
    const seen: unknown[] = [];
    let quota = 0;
    const system = bootSystem({
      memoryMegabytes: 16, clock: new VirtualClock(), console: { transmit: () => undefined }, systemTime: TEST_TIME, firstImage: 'SYSINIT',
      // In system space, for kernel mode: the image goes away meanwhile.
      systemImages: [{
        name: 'TEST', source: '', baseCell: 'MMG$GL_FPEMUL_BASE',
        routines: [procedure('TEST$KERNEL', function* (p) {
          const { pcb, p1 } = p.kernel;
          seen.push([pcb.PCB$V_PWRAST, quota - pcb.PCB$W_ASTCNT]);
          seen.push(yield* EXE$RUNDOWN(p, 3));
          seen.push([pcb.PCB$V_PWRAST, quota - pcb.PCB$W_ASTCNT, p1.CTL$GL_POWERAST]);
          return yield* service(p, '$HIBER', {});
        })],
      }],
      residentImages: [{
        name: 'SYSINIT', transfer: 'MAIN',
        routines: [procedure('MAIN', function* (p) {
          quota = p.kernel.pcb.PCB$W_ASTCNT;
          yield* service(p, '$SETPRA', { astadr: 0x1234 });
          return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('TEST$KERNEL'), arglst: p.allocate(4) });
        })],
      }],
    });
    for (let slice = 0; slice < 40; slice += 1) system.machine.run(50_000);
    expect(seen).toEqual([[1, 1], SS$_NORMAL, [0, 0, 0]]);
  });

  test('ch26#23, ch26#25: the restart wakes nobody; when the swapper runs, the AST comes with the time in 10 ms units', () => {
    const seen: number[][] = [];
    const system = new TestSystem({ programs: { SYSINIT: hibernator(seen) } });
    system.runUntilIdle(2);
    const { k } = system;
    const quota = system.process('SYSINIT')!.PCB$W_ASTCNT;
    powerCycle(system, 120);
    const duration = k.sys.EXE$GL_PFATIM;
    expect(Math.abs(duration - 12_000)).toBeLessThanOrEqual(1);
    expect(PCB.at(k, k.symbol('SCH$GL_SWPPCB')).PCB$W_STATE).toBe(SCH$C_HIB);
    expect(system.process('SYSINIT')!.PCB$V_PWRAST).toBe(1);
    system.runUntilIdle(2);
    expect([k.sys.EXE$GL_PFATIM, system.process('SYSINIT')!.PCB$V_PWRAST, system.process('SYSINIT')!.PCB$W_ASTCNT]).toEqual([0, 0, quota + 1]);
    wake(system);
    expect(seen).toEqual([[1, duration]]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch26#26: a second failure is not reported unless $SETPRA was called again', () => {
    const seen: number[][] = [];
    const system = new TestSystem({ programs: { SYSINIT: hibernator(seen) } });
    system.runUntilIdle(2);
    for (const seconds of [10, 20]) {
      powerCycle(system, seconds);
      system.runUntilIdle(3);
      wake(system);
    }
    expect(seen.map(([count]) => count)).toEqual([1, 1]);

    const again: number[] = [];
    const asking = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const ast = astProcedure(p);
          for (;;) {
            yield* service(p, '$SETPRA', { astadr: ast.address });
            yield* service(p, '$HIBER', {});
            again.push(p.memory.readLong(ast.count));
          }
        },
      },
    });
    asking.runUntilIdle(2);
    for (const seconds of [10, 20]) {
      powerCycle(asking, seconds);
      asking.runUntilIdle(3);
      wake(asking);
    }
    expect(again).toEqual([1, 2]);
    expect(asking.checkBooks()).toEqual([]);
  });

  test('ch26#24: the flag goes when the AST is queued, so two failures before a process can run give it one', () => {
    const seen: number[][] = [];
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const ast = astProcedure(p);
          yield* service(p, '$SETPRA', { astadr: ast.address });
          yield* service(p, '$SUSPND', {});
          yield* service(p, '$HIBER', {});
          seen.push([p.memory.readLong(ast.count)]);
          return 1;
        },
      },
    });
    system.runUntilIdle(2);
    const { k } = system;
    const process = system.process('SYSINIT')!;
    expect(process.PCB$W_STATE).toBe(SCH$C_SUSP);
    const flags: number[] = [];
    for (const seconds of [10, 20]) {
      powerCycle(system, seconds);
      flags.push(process.PCB$V_PWRAST);
      system.runUntilIdle(3);
    }
    expect(flags).toEqual([1, 0]);
    expect([...k.queueEntries(process.address + PCB.offset.PCB$L_ASTQFL)]).toHaveLength(1);
    resumeProcess(k, process.address);
    system.runUntilIdle(2);
    wake(system);
    expect(seen).toEqual([[1]]);
    expect(system.checkBooks()).toEqual([]);
  });
});

test('power may fail anywhere: a program with transfers, timers and locks ends as without', () => {
  const run = (period: number): { result: number[]; failures: number } => {
    const result: number[] = [];
    let finished = false;
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const lksb = p.allocate(8);
          const delta = p.bytes(Uint8Array.from([0x80, 0x69, 0x67, 0xff, 0xff, 0xff, 0xff, 0xff]));
          for (let round = 0; round < 12; round += 1) {
            const status = yield* service(p, '$ENQW', { lkmode: 5, lksb, resnam: p.string(`R${round}`) });
            yield* service(p, '$SETIMR', { efn: 4, daytim: delta });
            yield* service(p, '$WAITFR', { efn: 4 });
            const released = yield* service(p, '$DEQ', { lkid: p.memory.readLong(lksb + 4) });
            result.push(round, status, released);
          }
          finished = true;
          for (;;) yield* service(p, '$HIBER', {});
        },
      },
    });
    const { machine } = system.system;
    runTo(system, system.k.symbol('EXE$INIPROCREG'));        // a restart is possible from here
    let next = machine.cpu.instructionCount + period;
    let failures = 0;
    for (let slice = 0; !finished; slice += 1) {
      if (slice > 100_000) throw new Error(`not finished after ${failures} failures\n${system.console}`);
      if (machine.cpu.instructionCount >= next) {
        powerCycle(system, 3);
        failures += 1;
        next = machine.cpu.instructionCount + period;
      }
      const stop = machine.run(Math.min(500, next - machine.cpu.instructionCount));
      if (stop.kind === 'halt') throw new Error(`halted\n${system.console}`);
      if (stop.kind === 'idle') system.clock.advance(Math.min(system.system.untilNextTimer() ?? 10_000, 3_000_000));
    }
    system.runUntilIdle(5);
    expect(system.checkBooks()).toEqual([]);
    return { result, failures };
  };
  const without = run(Infinity);
  expect(without.failures).toBe(0);
  for (const period of [307, 211, 149]) {
    const { result, failures } = run(period);
    expect(result).toEqual(without.result);
    expect(failures).toBeGreaterThan(4);
  }
});
