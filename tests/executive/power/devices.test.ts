import { describe, expect, test } from 'vitest';
import { DiskController, diskControllerPlace, type BlockStore } from '../../../src/emulator/devices/disk.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { unitNamed } from '../io/io-harness.js';
import { EXE$ALONONPAGED } from '../../../src/executive/pool/nonpaged.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { IO$_READLBLK, IO$_WRITELBLK, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { CRB, DDB, VEC } from '../../../src/executive/structures/device.js';
import { readCounted } from '../../../src/executive/structures/memory.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { attachTerminals } from '../../../src/system/terminals.js';
import { TestSystem, type Program } from '../../harness.js';
import { TestLines } from '../io/lines.js';
import { powerCycle, runInto, runTo, turnOff, waitForPower } from './power-harness.js';

class Store implements BlockStore {
  readonly blocks = 64;
  readonly bytes = new Uint8Array(64 * 512);
  readonly transfers: string[] = [];
  /** Called in the middle of a transfer. */
  during: () => void = () => undefined;
  read(lbn: number, count: number): Uint8Array {
    this.transfers.push(`R${lbn}`);
    this.during();
    return this.bytes.slice(lbn * 512, (lbn + count) * 512);
  }
  write(lbn: number, bytes: Uint8Array): void {
    this.transfers.push(`W${lbn}`);
    this.during();
    this.bytes.set(bytes, lbn * 512);
  }
}

function withDisk(program: Program): { store: Store; system: TestSystem } {
  const store = new Store();
  const system = new TestSystem({
    programs: { SYSINIT: program },
    attach: (machine) => {
      const { base, vector } = diskControllerPlace(0);
      new DiskController(machine, base, vector).attach(0, store);
    },
  });
  return { store, system };
}

function allUnits(system: TestSystem): { name: string; unit: ReturnType<typeof UCB.at> }[] {
  const { k } = system;
  const units: { name: string; unit: ReturnType<typeof UCB.at> }[] = [];
  for (let ddb = k.readLong(k.symbol('IOC$GL_DEVLIST')); ddb !== 0; ddb = DDB.at(k, ddb).DDB$L_LINK) {
    for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) {
      units.push({ name: `${readCounted(k, ddb + DDB.offset.DDB$T_NAME)}${UCB.at(k, ucb).UCB$W_UNIT}`, unit: UCB.at(k, ucb) });
    }
  }
  return units;
}

describe('EXE$INIT_DEVICE', () => {
  test('ch26#18: every unit but mailboxes gets UCB$V_POWER, at IPL 31', () => {
    const { system } = withDisk(function* () { return 1; });
    system.runUntilIdle(2);
    expect(allUnits(system).filter(({ unit }) => unit.UCB$V_POWER !== 0)).toEqual([]);
    turnOff(system, 1);
    waitForPower(system);
    runTo(system, system.k.symbol('EXE$INIT_DEVICE'));
    const next = system.k.symbol('EXE$INIT_DEVICE') + 3;
    runTo(system, next);
    expect(system.system.machine.cpu.ipl).toBe(31);
    const flags = Object.fromEntries(allUnits(system).map(({ name, unit }) => [name, unit.UCB$V_POWER]));
    expect(flags).toEqual({ OPA0: 1, DUA0: 1, MBA1: 0, MBA2: 0, NLA0: 0 });
  });

  test('ch26#19: a transfer whose interrupt was lost times out at once, is done again, and nobody notices', () => {
    const seen: number[] = [];
    const { store, system } = withDisk(function* (p) {
      const chan = p.allocate(4);
      yield* service(p, '$ASSIGN', { devnam: p.string('DUA0'), chan });
      const channel = p.memory.readWord(chan);
      const [iosb, buffer] = [p.allocate(8), p.bytes(new Uint8Array(512).fill(0x41))];
      for (const func of [IO$_WRITELBLK, IO$_READLBLK]) {
        const status = yield* service(p, '$QIOW', { chan: channel, func, iosb, p1: buffer, p2: 512, p3: 7 });
        seen.push(status, p.memory.readLong(iosb));
      }
      return 1;
    });
    const { machine } = system.system;
    // The interrupt of the controller waits when power fails: IPL 30 comes first.
    store.during = () => { if (store.transfers.length === 1) machine.power.fail({ microseconds: 60_000_000, memorySurvives: true }); };
    for (let slice = 0; machine.power.state !== 'off'; slice += 1) {
      if (slice > 10_000) throw new Error('no transfer');
      if (machine.run(1000).kind === 'idle') system.clock.advance(1000);
    }
    waitForPower(system);
    const { k } = system;
    runTo(system, k.symbol('PWR_DEVICES_DONE'));
    const disk = unitNamed(k, 'DUA0');
    expect([disk.UCB$V_INT, disk.UCB$V_TIM]).toEqual([1, 1]);
    runTo(system, k.symbol('PWR_DIPPED'));
    expect([disk.UCB$V_POWER, disk.UCB$V_INT, disk.UCB$V_TIM, disk.UCB$L_DUETIM, machine.cpu.ipl]).toEqual([1, 0, 1, 0, 29]);
    const uptime = k.sys.EXE$GL_ABSTIM;
    system.runUntilIdle(2);
    expect(k.sys.EXE$GL_ABSTIM - uptime).toBeLessThanOrEqual(3);
    expect(seen).toEqual([SS$_NORMAL, (512 << 16) | 1, SS$_NORMAL, (512 << 16) | 1]);
    expect(store.transfers).toEqual(['W7', 'W7', 'R7']);
    expect([disk.UCB$W_ERRCNT, disk.UCB$V_POWER, disk.UCB$V_TIMOUT, disk.UCB$V_BSY]).toEqual([0, 0, 0, 0]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('a later time-out of the same unit is an error again', () => {
    const { store, system } = withDisk(function* (p) {
      const chan = p.allocate(4);
      yield* service(p, '$ASSIGN', { devnam: p.string('DUA0'), chan });
      yield* service(p, '$HIBER', {});
      yield* service(p, '$QIOW', { chan: p.memory.readWord(chan), func: IO$_READLBLK, iosb: p.allocate(8), p1: p.allocate(512), p2: 512, p3: 0 });
      return 1;
    });
    system.runUntilIdle(2);
    powerCycle(system, 5);
    system.runUntilIdle(2);
    SCH$WAKE(system.k, system.process('SYSINIT')!.address);
    const { interrupts } = system.system.machine;
    const request = interrupts.request.bind(interrupts);
    interrupts.request = (vector, ipl) => { if (vector !== diskControllerPlace(0).vector || store.transfers.length > 1) request(vector, ipl); };
    system.runUntilIdle(30);
    expect(store.transfers).toEqual(['R0', 'R0']);
    expect(unitNamed(system.k, 'DUA0').UCB$W_ERRCNT).toBe(1);
  });

  test('ch26#20: no unit initialization routine runs if the controller\'s fails', () => {
    for (const [status, units] of [[1, 1], [0, 0]] as const) {
      const { system } = withDisk(function* () { return 1; });
      system.runUntilIdle(2);
      const { k } = system;
      const routine = EXE$ALONONPAGED(k, 16);
      k.writeBytes(routine, Uint8Array.from([0xd0, status, 0x50, 0x05]));       // MOVL #status,R0; RSB
      const disk = unitNamed(k, 'DUA0');
      VEC.at(k, disk.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_INITIAL = routine;
      turnOff(system, 1);
      waitForPower(system);
      let called = 0;
      const registers: number[] = [];
      system.system.machine.cpu.observer = (pc) => {
        if (pc >>> 0 === k.symbol('DU$UNITINIT')) called += 1;
        if (pc >>> 0 === routine) registers.push(k.register(5), k.register(6), k.register(8));
      };
      runTo(system, k.symbol('PWR_DEVICES_DONE'));
      system.system.machine.cpu.observer = null;
      expect(called).toBe(units);
      expect(registers).toEqual([VEC.at(k, disk.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB, disk.UCB$L_DDB, disk.UCB$L_CRB]);
    }
  });

  test('a unit whose volume went with the power is off line', () => {
    const store = new Store();
    let controller: DiskController | undefined;
    const system = new TestSystem({
      attach: (machine) => {
        const { base, vector } = diskControllerPlace(0);
        controller = new DiskController(machine, base, vector);
        controller.attach(0, store);
      },
    });
    system.runUntilIdle(1);
    turnOff(system, 1);
    controller!.attach(0, undefined);
    waitForPower(system);
    system.runUntilIdle(1);
    expect(unitNamed(system.k, 'DUA0').UCB$V_ONLINE).toBe(0);
  });

  test('terminal output that power cut short goes on behind it, and keys are taken again', () => {
    const typed: number[] = [];
    const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(20);
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const chan = p.allocate(4);
          yield* service(p, '$ASSIGN', { devnam: p.string('OPA0'), chan });
          const channel = p.memory.readWord(chan);
          yield* service(p, '$HIBER', {});
          yield* service(p, '$QIOW', { chan: channel, func: IO$_WRITEVBLK, p1: p.bytes(Buffer.from(text)), p2: text.length });
          const [buffer, iosb] = [p.allocate(16), p.allocate(8)];
          typed.push(yield* service(p, '$QIOW', { chan: channel, func: 0x31, iosb, p1: buffer, p2: 8 }));
          typed.push(p.memory.readWord(iosb), p.memory.readByte(buffer));
          return 1;
        },
      },
    });
    system.runUntilIdle(2);
    const { k } = system;
    SCH$WAKE(k, system.process('SYSINIT')!.address);
    runInto(system, k.symbol('TTY$GETNEXTCHAR'), () => undefined);
    const { machine } = system.system;
    for (let n = 0; system.console.replaceAll(/[\r\n]/g, '').length < 100; n += 1) {
      if (n > 100_000) throw new Error('no output');
      machine.run(1);
    }
    powerCycle(system, 5);
    system.runUntilIdle(3);
    expect(system.console.replaceAll(/[\r\n]/g, '')).toBe(text);
    for (const byte of Buffer.from('x\r')) machine.console.receive(byte);
    system.runUntilIdle(2);
    expect(typed).toEqual([SS$_NORMAL, SS$_NORMAL, 0x78]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('a line of a multiplexer: output goes on, and what was typed meanwhile is read', () => {
    const lines = new TestLines();
    const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(10);
    const got: number[] = [];
    const system = new TestSystem({
      attach: (machine) => { attachTerminals(machine, lines); },
      programs: {
        SYSINIT: function* (p) {
          const chan = p.allocate(4);
          yield* service(p, '$ASSIGN', { devnam: p.string('TTA2'), chan });
          const channel = p.memory.readWord(chan);
          yield* service(p, '$HIBER', {});
          yield* service(p, '$QIOW', { chan: channel, func: IO$_WRITEVBLK, p1: p.bytes(Buffer.from(text)), p2: text.length });
          const [buffer, iosb] = [p.allocate(16), p.allocate(8)];
          yield* service(p, '$QIOW', { chan: channel, func: 0x31, iosb, p1: buffer, p2: 8 });
          got.push(p.memory.readWord(iosb), p.memory.readByte(buffer));
          return 1;
        },
      },
    });
    system.runUntilIdle(2);
    const shown = (): string => lines.all[2]!.text.replaceAll(/[\r\n]/g, '');
    SCH$WAKE(system.k, system.process('SYSINIT')!.address);
    for (let n = 0; shown().length < 50; n += 1) {
      if (n > 100_000) throw new Error('no output');
      system.system.machine.run(1);
    }
    turnOff(system, 5);
    lines.all[2]!.type('y\r');
    waitForPower(system);
    system.runUntilIdle(3);
    expect(shown().startsWith(text)).toBe(true);
    expect(got).toEqual([SS$_NORMAL, 0x79]);
    expect(system.checkBooks()).toEqual([]);
  });
});
