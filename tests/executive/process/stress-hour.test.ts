import { expect, it } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { IO$M_NORSWAIT } from '../../../src/executive/io/io-modifiers.js';
import { lookasideUse, variableUse } from '../../../src/executive/pool/statistics.js';
import { roundToGranule } from '../../../src/executive/pool/variable-list.js';
import { EXE$IPID_TO_EPID, processes } from '../../../src/executive/process/pid.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { LCK$M_CONVERT } from '../../../src/executive/starlet/lckdef.js';
import { IO$M_NOW, IO$_READVBLK, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { JPI$_CPUTIM, JPI$_LOGINTIM } from '../../../src/executive/starlet/jpidef.js';
import { PQL$_PRCLM } from '../../../src/executive/starlet/pqldef.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PQB } from '../../../src/executive/structures/pqb.js';
import { TestSystem } from '../../harness.js';
import { astProcedure } from '../io/io-harness.js';
import { create, delta, pause, USER_UIC } from './support.js';

/**
 * Two hundred processes that create, wake, suspend, resume and delete one another, wait for timers and for mailbox messages, send special
 * kernel ASTs ($GETJPI) and take ASTs of their own, for an hour of virtual time. Every second the books are checked; in the end, with all
 * of them gone, pools, quotas and reference counts are what they were. The same seed gives the same trace.
 */
const ROOTS = 20;
const WORKERS = 10;
const MAILBOX = 'STRESS_BOX';

class Dice {
  constructor(private seed: number) {}
  roll(sides: number): number {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
    return (this.seed >>> 8) % sides;
  }
}

/** What happened, as one number, and how often each thing did. */
class Trace {
  hash = 0x811c9dc5;
  readonly counts = new Map<string, number>();
  note(p: Procedure, what: string, status: number): void {
    const time = Number(p.kernel.sys.EXE$GQ_SYSTIME & 0xffff_ffffn);
    for (const value of [time, p.kernel.pcb.PCB$L_PID, what.length, what.charCodeAt(1), status]) this.hash = Math.imul(this.hash ^ value, 0x01000193) >>> 0;
    const name = `${what} ${status & 1 ? 'done' : 'refused'}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

interface Plan {
  readonly seed: number;
  readonly trace: Trace;
  ending: boolean;
}

/** A process of the others, by chance: any but the null process, swapper and SYSINIT. */
function somebody(p: Procedure, dice: Dice, pid: number): boolean {
  const { kernel } = p;
  const all = [...processes(kernel)].slice(3);
  if (all.length === 0) return false;
  p.memory.writeLong(pid, EXE$IPID_TO_EPID(kernel, PCB.at(kernel, all[dice.roll(all.length)]!).PCB$L_PID));
  return true;
}

/** One thing a worker does. */
function* turn(p: Procedure, dice: Dice, { trace }: Plan, tools: { chan: number; ast: number; pid: number; iosb: number; buffer: number; lksb: number }): Flow<void> {
  const { pid, iosb, buffer, chan } = tools;
  const choice = dice.roll(17);
  const target = somebody(p, dice, pid);
  if (!target) return;
  const note = (what: string, status: number): void => trace.note(p, what, status);
  switch (choice) {
    case 0: case 1:
      note('message', yield* service(p, '$QIOW', { efn: 3, chan, func: IO$_WRITEVBLK | IO$M_NOW | IO$M_NORSWAIT, iosb, p1: buffer, p2: 1 + dice.roll(60) }));
      break;
    case 2: case 3:
      note('read', (yield* service(p, '$QIOW', { efn: 3, chan, func: IO$_READVBLK | IO$M_NOW, iosb, p1: buffer, p2: 60 })) & p.memory.readWord(iosb));
      break;
    case 4: note('suspend', yield* service(p, '$SUSPND', { pidadr: pid })); break;
    case 5: case 6: note('resume', yield* service(p, '$RESUME', { pidadr: pid })); break;
    case 7: note('wake', yield* service(p, '$WAKE', { pidadr: pid })); break;
    case 8: {
      const items = p.itemList([{ code: JPI$_CPUTIM, length: 4, buffer }, { code: JPI$_LOGINTIM, length: 8, buffer: buffer + 8 }]);
      note('ask', yield* service(p, '$GETJPI', { efn: 4, pidadr: pid, iosb, itmlst: items }));
      break;
    }
    case 9: note('ast', yield* service(p, '$DCLAST', { astadr: tools.ast, astprm: choice })); break;
    case 10: note('timer', yield* service(p, '$SETIMR', { efn: 6, daytim: delta(p, 1 + dice.roll(90)), astadr: tools.ast })); break;
    case 11: note('priority', yield* service(p, '$SETPRI', { pidadr: pid, pri: dice.roll(9) })); break;
    case 12:
      if (dice.roll(3) === 0) note('exit', yield* service(p, '$FORCEX', { pidadr: pid, code: 1 }));
      else if (dice.roll(2) === 0) note('delete', yield* service(p, '$DELPRC', { pidadr: pid }));
      break;
    case 14: case 15: case 16: {
      const lkid = p.memory.readLong(tools.lksb + 4);
      if (lkid === 0) {
        note('lock', yield* service(p, '$ENQ', { efn: 7, lkmode: dice.roll(6), lksb: tools.lksb, resnam: p.string(`RESOURCE${dice.roll(9)}`), astadr: tools.ast }));
      } else if (dice.roll(3) === 0) {
        note('convert', yield* service(p, '$ENQ', { efn: 7, lkmode: dice.roll(6), lksb: tools.lksb, flags: LCK$M_CONVERT }));
      } else {
        note('unlock', yield* service(p, '$DEQ', { lkid }));
        p.memory.writeLong(tools.lksb + 4, 0);
      }
      break;
    }
    default:
      note('cluster', yield* service(p, '$ASCEFC', { efn: 64, name: p.string(`CLUSTER${dice.roll(5)}`) }));
      yield* service(p, dice.roll(2) === 0 ? '$SETEF' : '$CLREF', { efn: 64 + dice.roll(8) });
  }
}

/** Acts, then sleeps for a while: until somebody wakes it, or its own timer does. */
function* live(p: Procedure, plan: Plan, beforeSleep: (dice: Dice) => Flow<void>): Flow<number> {
  const dice = new Dice(plan.seed + p.kernel.pcb.PCB$L_PID);
  const chanAt = p.allocate(4);
  yield* service(p, '$ASSIGN', { devnam: p.string(MAILBOX), chan: chanAt });
  const tools = { chan: p.memory.readWord(chanAt), ast: astProcedure(p).address, pid: p.allocate(4), iosb: p.allocate(8), buffer: p.allocate(64), lksb: p.allocate(8) };
  for (;;) {
    yield* p.scratch(() => turn(p, dice, plan, tools));
    yield* p.scratch(() => beforeSleep(dice));
    yield* p.scratch(function* () {
      yield* service(p, '$SCHDWK', { daytim: delta(p, 40 + dice.roll(200)) });
      yield* service(p, '$HIBER', {});
      return yield* service(p, '$CANWAK', {});
    });
  }
}

/** SYSINIT: sees that there are always roots, and in the end that everybody goes and the mailbox is empty. */
function* lifetime(p: Procedure, plan: Plan, chan: number, pid: number): Flow<void> {
  while (!plan.ending) {
    for (let root = 0; root < ROOTS; root += 1) {
      const uic = USER_UIC + 0x10000 * (root % 4);
      yield* create(p, { image: 'ROOT', name: `ROOT${root}`, uic, quotas: [[PQL$_PRCLM, WORKERS + 1]], privileges: 0xffff_ffff_ffff_ffffn });
    }
    yield* pause(p, 30);
  }
  for (let round = 0; round < 3; round += 1) {
    for (const address of [...processes(p.kernel)].slice(3)) {
      const pcb = PCB.at(p.kernel, address);
      if (pcb.PCB$L_OWNER !== 0) continue;                                // goes with its owner
      p.memory.writeLong(pid, pcb.PCB$L_EPID);
      yield* service(p, '$DELPRC', { pidadr: pid });
    }
    yield* pause(p, 5);
  }
  const [iosb, buffer] = [p.allocate(8), p.allocate(64)];
  do yield* service(p, '$QIOW', { efn: 3, chan, func: IO$_READVBLK | IO$M_NOW, iosb, p1: buffer, p2: 64 });
  while ((p.memory.readWord(iosb) & 1) === 1);
}

function boot(seed: number): { system: TestSystem; plan: Plan } {
  const plan: Plan = { seed, trace: new Trace(), ending: false };
  const system = new TestSystem({
    memoryMegabytes: 12,
    parameters: { MAXPROCESSCNT: 300, BALSETCNT: 260, VIRTUALPAGECNT: 2048 },
    programs: {
      SYSINIT: function* (p) {
        const chan = p.allocate(4);
        yield* service(p, '$CREMBX', { prmflg: 1, chan, maxmsg: 64, bufquo: 2000, promsk: 0, lognam: p.string(MAILBOX) });
        yield* service(p, '$HIBER', {});
        const pid = p.allocate(4);
        for (;;) {
          yield* p.scratch(() => lifetime(p, plan, p.memory.readWord(chan), pid));
          yield* service(p, '$HIBER', {});
        }
      },
      ROOT: function* (p) {
        return yield* live(p, plan, function* () {
          // Whatever of its workers is missing is made again, and those that were suspended go on.
          while (p.kernel.pcb.PCB$W_PRCCNT < WORKERS && !plan.ending) {
            const { status } = yield* create(p, { image: 'WORKER', priority: 1 + (p.kernel.pcb.PCB$W_PRCCNT % 6) });
            plan.trace.note(p, 'create', status);
            if (!(status & 1)) break;
          }
        });
      },
      WORKER: function* (p) { return yield* live(p, plan, function* () { /* nothing more */ }); },
    },
  });
  system.runUntilIdle(0);
  return { system, plan };
}

/** What must be the same before and after. */
function books(system: TestSystem): unknown {
  const { k } = system;
  const symbol = (name: string): number => k.symbol(name);
  const init = system.process('SYSINIT')!;
  const jib = JIB.at(k, init.PCB$L_JIB);
  // Process quota blocks stay on their list, for the next process; pages of paged pool stay in memory once they were touched.
  const quotaBlocks = [...k.queueEntries(k.symbol('EXE$GL_PQBFL'))].length * roundToGranule(PQB.size);
  const pagedPool = Array.from({ length: k.sys.SGN$GL_PAGEDYN / 512 }, (_, page) => k.sys.MMG$GL_PAGEDYN + 512 * page);
  const touched = pagedPool.filter((page) => k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((page & 0x3fff_ffff) >>> 9)) >>> 31).length;
  return {
    packets: lookasideUse(k, symbol).map(({ name, total, free }) => [name, total - free]),
    bytes: variableUse(k, symbol).map(({ name, total, free }) => [name, total - free - (name === 'paged' ? quotaBlocks : 0)]),
    pages: k.sys.SCH$GL_FREECNT + touched,
    processes: [k.sys.SCH$GW_PROCCNT, init.PCB$W_PRCCNT, jib.JIB$W_PRCCNT],
    quotas: [jib.JIB$W_TQCNT, init.PCB$W_ASTCNT, jib.JIB$L_BYTCNT, jib.JIB$W_FILCNT, jib.JIB$L_PGFLCNT, jib.JIB$W_ENQCNT],
    timers: [...k.queueEntries(k.symbol('EXE$GL_TQFL'))].length,
    clusters: [...k.queueEntries(k.symbol('SCH$GQ_CEBHD'))].length,
  };
}

/** Lets them live, with a look at the books each second. @returns the most processes there were */
function liveFor(system: TestSystem, seconds: number): number {
  SCH$WAKE(system.k, system.process('SYSINIT')!.address);
  let most = 0;
  for (let second = 0; second < seconds; second += 1) {
    system.runUntilIdle(1);
    const wrong = system.checkBooks();
    if (wrong.length > 0) expect(wrong, `second ${second}`).toEqual([]);
    most = Math.max(most, system.k.sys.SCH$GW_PROCCNT);
  }
  return most;
}

it('two hundred processes for an hour leave everything as it was', () => {
  const { system, plan } = boot(1986);
  const end = (): unknown => {
    plan.ending = true;
    system.runUntilIdle(100);
    expect(system.checkBooks()).toEqual([]);
    return books(system);
  };
  // Pools grow to their size first; they do not shrink again.
  expect(liveFor(system, 60)).toBeGreaterThanOrEqual(200);
  const first = end();
  plan.ending = false;
  liveFor(system, 3600);
  expect(end()).toEqual(first);
  for (const what of ['create', 'message', 'read', 'suspend', 'resume', 'wake', 'ask', 'ast', 'timer', 'delete', 'exit', 'cluster']) {
    expect(plan.trace.counts.get(`${what} done`), what).toBeGreaterThan(50);
  }
  expect(system.console).not.toContain('BUGCHECK');
}, 400_000);

it('the same seed gives the same trace', () => {
  const run = (seed: number): number => {
    const { system, plan } = boot(seed);
    liveFor(system, 120);
    return plan.trace.hash;
  };
  const one = run(7);
  expect(run(7)).toBe(one);
  expect(run(8)).not.toBe(one);
}, 60_000);
