import { expect, it } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { lookasideUse, variableUse } from '../../../src/executive/pool/statistics.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { bootExecutive, type TestSystem } from '../../harness.js';

/** Reproducible choices. */
class Dice {
  constructor(private seed: number) {}
  roll(sides: number): number {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
    return (this.seed >>> 8) % sides;
  }
}

const delta = (p: Procedure, milliseconds: number): number => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(-10_000 * milliseconds), true);
  return p.bytes(bytes);
};

/** What a worker does in one turn: waits, timers, flags, hibernation, names, priorities. */
function* turn(p: Procedure, dice: Dice): Flow<void> {
  switch (dice.roll(8)) {
    case 0:
      yield* service(p, '$SETIMR', { efn: 5, daytim: delta(p, 1 + dice.roll(80)) });
      yield* service(p, '$WAITFR', { efn: 5 });
      break;
    case 1:
      yield* service(p, '$SCHDWK', { daytim: delta(p, 1 + dice.roll(50)) });
      yield* service(p, '$HIBER', {});
      break;
    case 2:
      yield* service(p, '$ASCEFC', { efn: 64, name: p.string('SHARED') });
      yield* service(p, dice.roll(2) === 0 ? '$SETEF' : '$CLREF', { efn: 64 + dice.roll(4) });
      break;
    case 3:
      yield* service(p, '$SETIMR', { efn: 64, daytim: delta(p, 20), reqidt: 9 });
      yield* service(p, '$WFLOR', { efn: 64, mask: 0xf });
      yield* service(p, '$CANTIM', { reqidt: 9 });
      break;
    case 4:
      yield* service(p, '$SETPRI', { pri: dice.roll(8) });
      break;
    case 5:
      yield* service(p, '$SETIMR', { efn: 6, daytim: delta(p, 1 + dice.roll(30)) });
      yield* service(p, '$SETIMR', { efn: 7, daytim: delta(p, 1 + dice.roll(30)) });
      yield* service(p, '$WFLAND', { efn: 6, mask: 0xc0 });
      break;
    case 6:
      yield* service(p, '$DACEFC', { efn: 64 });
      break;
    default: {
      const name = p.string(`_P${dice.roll(1000)}`);
      yield* service(p, '$SETPRN', { prcnam: name });
    }
  }
}

function worker(seed: number): (p: Procedure) => Flow<number> {
  return function* (p) {
    const dice = new Dice(seed + p.kernel.pcb.PCB$L_PID);
    for (;;) {
      yield* p.scratch(() => turn(p, dice));
    }
  };
}

/** Creates and torments workers. */
function* supervise(p: Procedure, seed: number, seconds: number): Flow<void> {
  const dice = new Dice(seed);
  const children: number[] = [];
  const pid = p.allocate(4);
  for (let round = 0; round < seconds * 20; round += 1) {
    yield* p.scratch(function* () {
      if (children.length < 6 && dice.roll(3) === 0) {
        p.memory.writeLong(pid, 0);
        const status = yield* service(p, '$CREPRC', { pidadr: pid, image: p.string('SYS$SYSTEM:WORKER'), baspri: dice.roll(6) });
        if ((status & 1) !== 0) children.push(p.memory.readLong(pid));
      }
      if (children.length > 0) {
        const index = dice.roll(children.length);
        p.memory.writeLong(pid, children[index]!);
        switch (dice.roll(7)) {
          case 0: yield* service(p, '$SUSPND', { pidadr: pid }); break;
          case 1: case 2: yield* service(p, '$RESUME', { pidadr: pid }); break;
          case 3: yield* service(p, '$WAKE', { pidadr: pid }); break;
          case 4: yield* service(p, '$SETPRI', { pidadr: pid, pri: dice.roll(10) }); break;
          case 5: yield* service(p, '$CANWAK', { pidadr: pid }); yield* service(p, '$WAKE', { pidadr: pid }); break;
          default:
            if (dice.roll(2) === 0) yield* service(p, '$FORCEX', { pidadr: pid, code: 1 });
            else {
              yield* service(p, '$DELPRC', { pidadr: pid });
              children.splice(index, 1);
            }
        }
      }
      yield* service(p, '$SETIMR', { efn: 1, daytim: delta(p, 50) });
      yield* service(p, '$WAITFR', { efn: 1 });
    });
  }
  for (const child of children) {
    p.memory.writeLong(pid, child);
    yield* service(p, '$DELPRC', { pidadr: pid });
  }
}

/** What must be the same before and after: free pool, free pages, processes, quotas. */
const books = (system: TestSystem): unknown => {
  const { k } = system;
  const symbol = (name: string): number => k.symbol(name);
  const init = system.process('SYSINIT')!;
  const jib = JIB.at(k, init.PCB$L_JIB);
  return {
    packets: lookasideUse(k, symbol).map(({ name, free }) => [name, free]),
    bytes: variableUse(k, symbol).map(({ name, free }) => [name, free]),
    pages: k.sys.SCH$GL_FREECNT,
    processes: [k.sys.SCH$GW_PROCCNT, init.PCB$W_PRCCNT, jib.JIB$W_PRCCNT],
    quotas: [jib.JIB$W_TQCNT, init.PCB$W_ASTCNT, jib.JIB$L_BYTCNT, jib.JIB$W_FILCNT, jib.JIB$L_PGFLCNT],
    timers: [...k.queueEntries(k.symbol('EXE$GL_TQFL'))].length,
    clusters: [...k.queueEntries(k.symbol('SCH$GQ_CEBHD'))].length,
  };
};

for (const seed of [1, 2, 3]) {
  it(`processes that come, wait, are suspended, woken and deleted leave everything as it was (seed ${seed})`, () => {
    let phases = 0;
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          for (;;) {
            yield* p.scratch(() => supervise(p, seed + phases, 4));
            phases += 1;
            yield* service(p, '$HIBER', {});
          }
        },
        WORKER: worker(seed),
      },
    });
    /** Until the supervisor hibernates and its last child is gone. */
    const phase = (number: number): unknown => {
      for (let second = 0; second < 10 && phases < number; second += 1) {
        system.runUntilIdle(1);
        expect(system.checkBooks()).toEqual([]);
      }
      system.runUntilIdle(2);
      expect([phases, system.checkBooks()]).toEqual([number, []]);
      return books(system);
    };
    const first = phase(1);
    SCH$WAKE(system.k, system.process('SYSINIT')!.address);
    const second = phase(2);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ timers: 2, clusters: 0 });
    expect(system.console).not.toContain('BUGCHECK');
  }, 60_000);
}
