import { describe, expect, test } from 'vitest';
import { findRestartBlock, RESTART_POWER, restartProcessor } from '../../../src/emulator/restart.js';
import * as PR from '../../../src/emulator/processor-registers.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { EMB, EMB$K_WS } from '../../../src/executive/exceptions/error-log-entries.js';
import { ERL, errorLogBuffer } from '../../../src/executive/exceptions/error-log.js';
import { RPB } from '../../../src/executive/structures/rpb.js';
import { writeQuad } from '../../../src/executive/structures/memory.js';
import { TestSystem, type TestOptions } from '../../harness.js';
import { powerCycle, restartBlock, runInto, runTo, turnOff, waitForPower } from './power-harness.js';

const INTERRUPT_STACK = 1 << 26;
const IS_IPL_31 = 0x041f0000;
const SCB_POWER_FAIL = 0x0c;
/** Longwords below the saved R0: P1LR ... USP, and two registers of a 780. */
const GROUP_B = 11;

function booted(options: TestOptions = {}): TestSystem {
  const system = new TestSystem(options);
  system.runUntilIdle(2);
  return system;
}

describe('EXE$POWERFAIL', () => {
  test('ch26#1: the interrupt is requested at IPL 30 and goes through SCB offset 0C to EXE$POWERFAIL', () => {
    const system = booted();
    const { machine } = system.system;
    const { k } = system;
    expect(k.readLong(k.sys.EXE$GL_SCB + SCB_POWER_FAIL)).toBe((k.symbol('EXE$POWERFAIL') | 1) >>> 0);
    machine.power.fail({ microseconds: 1, memorySurvives: true });
    expect([machine.interrupts.highest, machine.interrupts.isRequested(SCB_POWER_FAIL)]).toEqual([30, true]);
    let seen: number[] = [];
    runInto(system, k.symbol('EXE$POWERFAIL'), () => { seen = [machine.cpu.ipl, machine.cpu.psl & INTERRUPT_STACK]; });
    expect(seen).toEqual([30, INTERRUPT_STACK]);
  });

  test('ch26#3, ch26#4, ch26#5: R0 to FP stay on the stack above the processor registers, ISP is saved last, then it branches to itself', () => {
    const system = booted();
    const { machine } = system.system;
    const { k } = system;
    const { cpu } = machine;
    machine.power.fail({ microseconds: 1, memorySurvives: true });
    let [registers, frame, others]: number[][] = [[], [], []];
    runInto(system, k.symbol('EXE$POWERFAIL'), () => {
      registers = Array.from({ length: 14 }, (_unused, n) => k.register(n));
      frame = [k.readLong(k.register(14)), k.readLong(k.register(14) + 4)];
      others = [PR.PR$_SBR, PR.PR$_SLR, PR.PR$_SCBB, PR.PR$_PCBB, PR.PR$_SISR].map((n) => cpu.readPR(n));
    });
    const rpb = restartBlock(system);
    let steps = 0;
    while (rpb.RPB$L_ISP === 0) {
      machine.run(1);
      if ((steps += 1) > 100) throw new Error('nothing saved');
    }
    // The one instruction that follows is the branch: nothing is stored any more.
    const loop = k.register(15);
    expect(k.readWord(loop)).toBe(0xfe11);
    const isp = rpb.RPB$L_ISP;
    expect(k.register(14)).toBe(isp);
    expect([rpb.RPB$L_SBR, rpb.RPB$L_SLR, rpb.RPB$L_SCBB, rpb.RPB$L_PCBB, rpb.RPB$L_SISR]).toEqual(others);
    expect(Array.from({ length: 14 }, (_unused, n) => k.readLong(isp + 4 * (GROUP_B + n)))).toEqual(registers);
    expect([k.readLong(isp + 4 * (GROUP_B + 14)), k.readLong(isp + 4 * (GROUP_B + 15))]).toEqual(frame);
    expect(machine.run(1000).kind).toBe('budget');
    expect(k.register(15)).toBe(loop);
    // PC and PSL come back by the REI only: until it they are where they were.
    turnOff(system, 0);
    waitForPower(system);
    const rei = k.symbol('EXE$INIT_DEVICE') - 1;
    runTo(system, rei);
    expect(k.readByte(rei)).toBe(0x02);
    expect([k.readLong(k.register(14)), k.readLong(k.register(14) + 4)]).toEqual(frame);
    expect(Array.from({ length: 14 }, (_unused, n) => k.register(n))).toEqual(registers);
    machine.run(1);
    expect([k.register(15), cpu.psl]).toEqual(frame);
  });

  test('ch26#27: in the middle of a recovery nothing is saved; the second restart brings back what was interrupted first', () => {
    const system = booted();
    const { machine } = system.system;
    const { k } = system;
    const before = [k.sys.EXE$GQ_SYSTIME, BigInt(machine.cpu.readPR(PR.PR$_TODR))] as const;
    turnOff(system, 60);
    waitForPower(system);
    runTo(system, k.symbol('EXE$INIT_DEVICE'));
    const isp = restartBlock(system).RPB$L_ISP;
    const saved = k.readBytes(isp, 4 * (GROUP_B + 16));
    machine.power.fail({ microseconds: 30_000_000, memorySurvives: true });
    runInto(system, k.symbol('EXE$POWERFAIL'), () => { expect(k.sys.EXE$GL_PFAILTIM).not.toBe(0); });
    machine.run(100);
    expect([restartBlock(system).RPB$L_ISP, k.readWord(k.register(15))]).toEqual([isp, 0xfe11]);
    expect(k.readBytes(isp, saved.length)).toEqual(saved);
    turnOff(system, 0);
    waitForPower(system);
    system.runUntilIdle(3);
    const passed = BigInt(machine.cpu.readPR(PR.PR$_TODR)) - before[1];
    // Time was corrected once for each failure: both clocks have gone the same way.
    expect(Number(passed - (k.sys.EXE$GQ_SYSTIME - before[0]) / 100_000n)).toBeLessThanOrEqual(2);
    expect(passed).toBeGreaterThan(9000n);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('the restart parameter block', () => {
  test('ch26#6: its own address on a page boundary, the restart routine, the checksum of 31 longwords of that', () => {
    const system = booted();
    const { machine } = system.system;
    const { view, bytes } = machine.memory;
    expect(findRestartBlock(machine)).toBe(0);
    const rpb = RPB.read(new Reader(view), 0);
    let sum = 0;
    for (let n = 0; n < 31; n += 1) sum = (sum + view.getUint32(rpb.RPB$L_RESTART + 4 * n, true)) >>> 0;
    expect(rpb.RPB$L_CHKSUM).toBe(sum);
    const changed = (at: number, by: (old: number) => number): number | undefined => {
      const old = view.getUint32(at, true);
      view.setUint32(at, by(old) >>> 0, true);
      const found = findRestartBlock(machine);
      view.setUint32(at, old, true);
      return found;
    };
    expect(changed(0, () => 0x200)).toBeUndefined();
    expect(changed(4, () => 0)).toBeUndefined();
    expect(changed(4, () => machine.memory.size)).toBeUndefined();
    expect(changed(8, (old) => old + 1)).toBeUndefined();
    expect(changed(rpb.RPB$L_RESTART + 4 * 30, (old) => old ^ 1)).toBeUndefined();
    expect(changed(rpb.RPB$L_RESTART + 4 * 31, (old) => old ^ 1)).toBe(0);
    // Somewhere else, and only on a page boundary.
    const copy = bytes.slice(0, 0x20);
    bytes.fill(0, 0, 0x10);
    bytes.set(copy, 0x604);
    view.setUint32(0x604, 0x604, true);
    expect(findRestartBlock(machine)).toBeUndefined();
    bytes.set(copy, 0x600);
    view.setUint32(0x600, 0x600, true);
    expect(findRestartBlock(machine)).toBe(0x600);
  });

  test('ch26#7: with the inhibit flag set the console does not restart; with it clear it sets it first', () => {
    const system = booted();
    const { machine } = system.system;
    turnOff(system, 1);
    machine.memory.view.setUint32(12, 1, true);
    waitForPower(system);
    expect(machine.run(10)).toEqual({ kind: 'halt', pc: 0, code: 'no restart' });
    expect(machine.console.bootRequested).toBe(true);
    const second = booted();
    turnOff(second, 1);
    expect(second.system.machine.memory.view.getUint32(12, true)).toBe(0);
    waitForPower(second);
    expect(second.system.machine.memory.view.getUint32(12, true)).toBe(1);
  });

  test('ch26#28: EXE$INIT clears the flag when a restart has become possible, EXE$RESTART on a power recovery', () => {
    const system = new TestSystem({});
    const { view } = system.system.machine.memory;
    expect(view.getUint32(12, true)).toBe(1);
    expect(findRestartBlock(system.system.machine)).toBeUndefined();
    runTo(system, system.k.symbol('EXE$INIPROCREG'));
    expect([view.getUint32(12, true), findRestartBlock(system.system.machine)]).toEqual([0, 0]);
    system.runUntilIdle(1);
    turnOff(system, 1);
    waitForPower(system);
    expect([view.getUint32(12, true), system.system.machine.console.isRestarting]).toEqual([1, true]);
    runTo(system, system.k.symbol('EXE$INIPROCREG'));
    expect([view.getUint32(12, true), system.system.machine.console.isRestarting]).toEqual([0, false]);
  });

  test('without a battery memory is empty, and the console boots', () => {
    const system = booted();
    turnOff(system, 1, false);
    waitForPower(system);
    expect(system.system.machine.run(10)).toMatchObject({ kind: 'halt', code: 'no restart' });
    expect(system.system.machine.console.bootRequested).toBe(true);
    expect(system.system.machine.memory.bytes.every((byte) => byte === 0)).toBe(true);
  });
});

class Reader {
  constructor(private readonly view: DataView) {}
  readByte(at: number): number { return this.view.getUint8(at); }
  readWord(at: number): number { return this.view.getUint16(at, true); }
  readLong(at: number): number { return this.view.getUint32(at, true); }
  readBytes(at: number, length: number): Uint8Array { return new Uint8Array(this.view.buffer, at, length); }
  writeByte(): void { throw new Error('read only'); }
  writeWord(): void { throw new Error('read only'); }
  writeLong(): void { throw new Error('read only'); }
  writeBytes(): void { throw new Error('read only'); }
}

describe('EXE$RESTART', () => {
  test('ch26#8: starts with SP at the end of the RPB\'s page, kernel mode, interrupt stack, mapping off, IPL 31', () => {
    const system = booted();
    const { cpu } = system.system.machine;
    turnOff(system, 1);
    waitForPower(system);
    expect([cpu.r[14], cpu.psl, cpu.mmu.enabled, cpu.r[12]]).toEqual([0x200, IS_IPL_31, false, RESTART_POWER]);
    expect(cpu.r[15]! >>> 0).toBe(system.system.machine.memory.view.getUint32(4, true));
  });

  function errorHalt(code: number, options: TestOptions = {}): TestSystem {
    const system = booted(options);
    const { machine } = system.system;
    expect(restartProcessor(machine, code, 0x80001234, IS_IPL_31)).toBe(true);
    for (let slice = 0; slice < 200; slice += 1) if (machine.run(1000).kind === 'halt' || system.system.crashed()) return system;
    throw new Error('no end');
  }

  test.each([[4, 'IVLISTK'], [5, 'DBLERR'], [6, 'HALT'], [7, 'ILLVEC'], [8, 'UNKRSTRT'], [9, 'UNKRSTRT'], [10, 'CHMONIS'], [11, 'UNKRSTRT'], [0, 'UNKRSTRT']])(
    'ch26#9: restart code %i is a fatal bugcheck, %s', (code, name) => {
      const system = errorHalt(code);
      expect(system.console).toMatch(new RegExp(`\\b${name}\\b`));
      expect(system.console).not.toContain('STATENTSVD');
    },
  );

  test('ch26#10: which boots again only if BUGREBOOT is set', () => {
    const with1 = errorHalt(4, { parameters: { BUGREBOOT: 1 } });
    expect([with1.system.machine.console.bootRequested, with1.k.register(15)]).toEqual([true, with1.k.symbol('EXE$BUG_HALT') + 1]);
    const with0 = errorHalt(4, { parameters: { BUGREBOOT: 0 } });
    expect([with0.system.machine.console.bootRequested, with0.system.crashed(), with0.system.machine.run(1000).kind]).toEqual([false, true, 'budget']);
  });

  test('a second error halt before the first restart has come anywhere is not restarted', () => {
    const system = booted();
    const { machine } = system.system;
    expect(restartProcessor(machine, 4, 0, IS_IPL_31)).toBe(true);
    machine.run(3);
    expect(restartProcessor(machine, 4, 0, IS_IPL_31)).toBe(false);
  });

  test('ch26#11: without a saved ISP, STATENTSVD', () => {
    const system = booted();
    const { machine } = system.system;
    turnOff(system, 1);
    machine.memory.view.setUint32(RPB.offset.RPB$L_ISP, 0, true);
    waitForPower(system);
    for (let slice = 0; slice < 100; slice += 1) if (machine.run(1000).kind === 'halt') break;
    expect(system.console).toContain('STATENTSVD');
  });

  test('power gone while IPL is 31 has nothing saved: STATENTSVD too', () => {
    const system = booted();
    const { machine } = system.system;
    machine.cpu.ipl = 31;
    machine.cpu.r[15] = system.k.symbol('EXE$BUG_LOOP');
    turnOff(system, 1);
    expect(machine.memory.view.getUint32(RPB.offset.RPB$L_ISP, true)).toBe(0);
    waitForPower(system);
    for (let slice = 0; slice < 100; slice += 1) if (machine.run(1000).kind === 'halt') break;
    expect(system.console).toContain('STATENTSVD');
  });

  test('ch26#12, ch26#17: SP stays below what is saved, R6 reads it; IPL dips to 29 before the general registers come back', () => {
    const system = booted();
    const { machine } = system.system;
    const { cpu } = machine;
    const { k } = system;
    turnOff(system, 1);
    waitForPower(system);
    const isp = machine.memory.view.getUint32(RPB.offset.RPB$L_ISP, true);
    while ((cpu.r[14]! >>> 0) !== isp) machine.run(1);
    expect(cpu.r[6]! >>> 0).toBe(isp);
    const levels: number[] = [];
    let highest = isp;
    let walked = isp;
    while (k.readWord(k.register(15)) !== 0x8fba && levels.length < 5000) {
      machine.run(1);
      levels.push(cpu.ipl);
      if (k.readByte(k.register(15)) !== 0xba) highest = Math.max(highest, cpu.r[14]! >>> 0);
      if (levels.length < 40) walked = Math.max(walked, cpu.r[6]! >>> 0);
    }
    expect(highest).toBe(isp);
    expect(walked).toBe(isp + 4 * GROUP_B);
    // At the POPR: SP has moved up now, and the dip is over.
    expect(cpu.r[14]! >>> 0).toBe(isp + 4 * GROUP_B);
    expect(levels.filter((level) => level !== 31)).toEqual([29]);
    expect(levels.at(-1)).toBe(31);
  });

  test('a power failure that waits gets in at the dip', () => {
    const system = booted();
    const { machine } = system.system;
    const { k } = system;
    turnOff(system, 1);
    waitForPower(system);
    runTo(system, k.symbol('EXE$INIT_DEVICE'));
    machine.power.fail({ microseconds: 1_000_000, memorySurvives: true });
    let frame: number[] = [];
    runInto(system, k.symbol('EXE$POWERFAIL'), () => { frame = [k.readLong(k.register(14)), (k.readLong(k.register(14) + 4) >>> 16) & 31]; });
    expect(frame).toEqual([k.symbol('PWR_DIPPED'), 29]);
  });

  test('ch26#13, ch26#14: system time goes on by the time power was off; drivers may wait until three minutes later', () => {
    const system = booted();
    const { machine } = system.system;
    const { k } = system;
    const [time, todr] = [k.sys.EXE$GQ_SYSTIME, machine.cpu.readPR(PR.PR$_TODR)];
    powerCycle(system, 180);
    const restart = machine.cpu.readPR(PR.PR$_TODR);
    expect(restart - todr).toBeGreaterThanOrEqual(18_000);
    expect(k.sys.EXE$GL_PWRDONE - restart).toBe(18_000);
    expect(k.sys.EXE$GL_PFATIM).toBeGreaterThanOrEqual(18_000);
    expect(k.sys.EXE$GQ_SYSTIME - time).toBe(BigInt(k.sys.EXE$GL_PFATIM) * 100_000n);
  });

  test('an entry of a warm start is in the error log', () => {
    const system = booted();
    const { k } = system;
    const buffer = errorLogBuffer(k, k.sys.ERL$GB_BUFIND & 1);
    const before = ERL.at(k, buffer).ERL$L_NEXT;
    powerCycle(system, 1);
    const entry = EMB.at(k, before);
    expect([entry.EMB$W_HD_ENTRY, entry.EMB$B_VALID, entry.EMB$Q_HD_TIME]).toEqual([EMB$K_WS, 1, k.sys.EXE$GQ_SYSTIME]);
  });
});

describe('timers after a power failure', () => {
  test('ch26#15, ch11#35: a one-minute periodic request fires once at once after three minutes, and a minute later', () => {
    const wakes: number[] = [];
    let start = 0n;
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          start = p.kernel.sys.EXE$GQ_SYSTIME;
          const minute = p.allocate(8);
          writeQuad(p.memory, minute, -600_000_000n);
          yield* service(p, '$SCHDWK', { daytim: minute, reptim: minute });
          for (;;) {
            yield* service(p, '$HIBER', {});
            wakes.push(Number((p.kernel.sys.EXE$GQ_SYSTIME - start) / 10_000_000n));
          }
        },
      },
    });
    system.runUntilIdle(90);
    expect(wakes).toEqual([60]);
    const at = Number((system.k.sys.EXE$GQ_SYSTIME - start) / 10_000_000n);
    powerCycle(system, 180);
    system.runUntilIdle(5);
    expect(wakes).toHaveLength(2);
    expect(wakes[1]! - at).toBeGreaterThanOrEqual(180);
    expect(wakes[1]! - at).toBeLessThanOrEqual(181);
    system.runUntilIdle(61);
    expect(wakes).toHaveLength(3);
    expect(wakes[2]! - wakes[1]!).toBe(60);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch26#16: requests due after 2 and 5 minutes both come after an outage of six', () => {
    const times: bigint[] = [];
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const due = p.allocate(16);
          writeQuad(p.memory, due, -1_200_000_000n);
          writeQuad(p.memory, due + 8, -3_000_000_000n);
          yield* service(p, '$SETIMR', { efn: 2, daytim: due });
          yield* service(p, '$SETIMR', { efn: 3, daytim: due + 8 });
          for (const efn of [2, 3]) {
            yield* service(p, '$WAITFR', { efn });
            times.push(p.kernel.sys.EXE$GQ_SYSTIME);
          }
          return 1;
        },
      },
    });
    system.runUntilIdle(10);
    expect(times).toEqual([]);
    powerCycle(system, 360);
    system.runUntilIdle(2);
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeLessThan(10_000_000n);
    expect(system.checkBooks()).toEqual([]);
  });
});
