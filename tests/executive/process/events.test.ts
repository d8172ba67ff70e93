import { expect, test, vi } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { serviceVector } from '../../../src/executive/starlet/service-table.js';
import { SS$_WASCLR, SS$_WASSET } from '../../../src/executive/starlet/ssdef.js';
import { TQE } from '../../../src/executive/structures/tqe.js';
import { create, delta, pause, run, sleeper, stepUntil, USER_UIC } from './support.js';
import { TestSystem } from '../../harness.js';

test('qio#32: processes of one UIC group share a common event flag cluster, those of another group have their own', () => {
  const found: Record<string, number> = {};
  run(function* (p) {
    for (const [name, uic] of [['FIRST', USER_UIC], ['SAME', USER_UIC + 7], ['OTHER', 0x0030_0001]] as const) {
      yield* create(p, { image: name, name, uic });
      yield* pause(p, 0.2);
    }
  }, Object.fromEntries(['FIRST', 'SAME', 'OTHER'].map((name) => [name, function* (p) {
    yield* service(p, '$ASCEFC', { efn: 64, name: p.string('MEETING') });
    found[name] = yield* service(p, '$SETEF', { efn: 70 });
    return yield* sleeper(p);
  }])));
  expect(found).toEqual({ FIRST: SS$_WASCLR, SAME: SS$_WASSET, OTHER: SS$_WASCLR });
});

test('qio#16: an AST interrupts the main line, and another one of the same mode waits for its end', () => {
  const { seen } = run(function* (p, out) {
    // The AST notes main line, its own beginning and end: list at `log`, next free place at `log`-4.
    const log = p.allocate(64);
    const at = p.allocate(4);
    p.memory.writeLong(at, log);
    const long = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
    const note = (value: readonly number[]): number[] => [0xd0, 0x9f, ...long(at), 0x50, 0xd0, ...value, 0x80, 0xd0, 0x50, 0x9f, ...long(at)];     // MOVL @#at,R0; MOVL value,(R0)+; MOVL R0,@#at
    const wait = [0xd0, 0x8f, ...long(3000), 0x51, 0xf5, 0x51, 0xfd];    // MOVL #3000,R1; 10$: SOBGTR R1,10$
    const ast = p.bytes(Uint8Array.from([0, 0, ...note([0xac, 4]), ...wait, 0x78, 4, 0xac, 4, 0x51, ...note([0x51]), 0x04]));              // parameter; ASHL #4,4(AP),R1: parameter times 16
    yield* service(p, '$DCLAST', { astadr: ast, astprm: 1 });
    const first = p.memory.readLong(at) - log;
    // Two at once: both come before the service that set AST delivery on again has returned, one behind the other.
    yield* service(p, '$SETAST', { enbflg: 0 });
    yield* service(p, '$DCLAST', { astadr: ast, astprm: 2 });
    yield* service(p, '$DCLAST', { astadr: ast, astprm: 3 });
    const blocked = p.memory.readLong(at) - log;
    yield* service(p, '$SETAST', { enbflg: 1 });
    out['counts'] = [first, blocked];
    out['log'] = Array.from({ length: 6 }, (_, index) => p.memory.readLong(log + 4 * index));
  });
  expect(seen).toEqual({ counts: [8, 8], log: [1, 16, 2, 32, 3, 48] });
});

test('ch12#39: rundown cancels timers and wakeups, then locks, and then leaves clusters 2 and 3', () => {
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        yield* service(p, '$HIBER', {});
        yield* service(p, '$ASCEFC', { efn: 64, name: p.string('TWO') });
        yield* service(p, '$ASCEFC', { efn: 96, name: p.string('THREE') });
        yield* service(p, '$SETIMR', { efn: 3, daytim: delta(p, 100) });
        yield* service(p, '$SCHDWK', { daytim: delta(p, 100) });
        return 1;
      },
    },
  });
  system.runUntilIdle(0);
  const { k } = system;
  const process = system.process('SYSINIT')!;
  const timers = (): number => [...k.queueEntries(k.symbol('EXE$GL_TQFL'))].filter((entry) => TQE.at(k, entry).TQE$L_PID === process.PCB$L_PID).length;
  SCH$WAKE(k, process.address);
  stepUntil(system, () => timers() === 2);
  stepUntil(system, () => k.register(15) === serviceVector('$DEQ') + 2);
  expect([timers(), process.PCB$L_EFC2P !== 0, process.PCB$L_EFC3P !== 0]).toEqual([0, true, true]);
  stepUntil(system, () => process.PCB$L_EFC2P === 0 && process.PCB$L_EFC3P === 0);
});

test('ch11#38 ch01#19: the first request is compared with the time at IPL 24', () => {
  const system = new TestSystem({ programs: {} });
  system.runUntilIdle(0);
  const { k } = system;
  const levels: number[] = [];
  const spy = vi.spyOn(k, 'ipl', 'set').mockImplementation((level) => { levels.push(level); k.cpu.ipl = level; });
  system.runUntilIdle(2);
  spy.mockRestore();
  expect(levels.filter((level) => level === 24).length).toBeGreaterThan(0);
});
