import { describe, expect, test } from 'vitest';
import { LCK$SEARCHDLCK } from '../../../src/executive/locks/deadlock.js';
import * as LCK from '../../../src/executive/starlet/lckdef.js';
import * as SS from '../../../src/executive/starlet/ssdef.js';
import { EX, NL, PR, World, type Actor } from './actors.js';

/** A holds R1, B holds R2; A asks for R2, B for R1. Status blocks 0 are what they hold, 1 what they wait for. */
function circle(world: World, [a, b]: readonly [Actor, Actor], secondsBetween = 0): void {
  a.enq({ sb: 0, mode: EX, name: 'R1' });
  b.enq({ sb: 0, mode: EX, name: 'R2' });
  a.enq({ sb: 1, mode: EX, name: 'R2' });
  if (secondsBetween > 0) world.seconds(secondsBetween);
  b.enq({ sb: 1, mode: EX, name: 'R1' });
}

const searches = (world: World): [number, number] => [world.system.k.sys.PMS$GL_DLCKSRCH, world.system.k.sys.PMS$GL_DLCKFND];

describe('deadlocks over several resources', () => {
  test('ch13#34 ch13#36 ch13#37: not before DEADLOCK_WAIT seconds; then one request fails, and what is held stays (Figure 13-7)', () => {
    const world = new World(['A', 'B'], { DEADLOCK_WAIT: 10 });
    const [a, b] = [world.actor('A'), world.actor('B')];
    circle(world, [a, b]);
    world.seconds(8);
    expect([a.status(1), b.status(1), searches(world)]).toEqual([0, 0, [0, 0]]);
    world.seconds(4);
    const [first, second] = [a.status(1), b.status(1)];
    expect([first, second].sort()).toEqual([0, SS.SS$_DEADLOCK].sort());
    expect(searches(world)[1]).toBe(1);
    const [victim, other] = first === SS.SS$_DEADLOCK ? [a, b] : [b, a];
    expect([victim.lkb(0).LKB$B_STATE, victim.lkb(0).LKB$B_GRMODE, victim.list()]).toEqual([1, EX, [victim.id(0)]]);
    world.seconds(30);
    expect(other.status(1)).toBe(0);                // it goes on waiting until the victim gives way
    victim.deq({ id: victim.id(0) });
    expect(other.status(1)).toBe(SS.SS$_NORMAL);
    world.close();
  });

  test('ch11#34: only the first entry of the timeout queue is looked at, and only by EXE$TIMEOUT', () => {
    const world = new World(['A', 'B'], { DEADLOCK_WAIT: 10 });
    const [a, b] = [world.actor('A'), world.actor('B')];
    const { k } = world.system;
    circle(world, [a, b], 5);
    expect(world.timeouts()).toEqual([a.id(1), b.id(1)]);
    // The second is made due now: nothing is searched while the first is not.
    b.lkb(1).LKB$L_KAST = k.sys.EXE$GL_ABSTIM - 1;
    world.seconds(3);
    expect(searches(world)).toEqual([0, 0]);
    // The first is made due: one second later the deadlock is found.
    a.lkb(1).LKB$L_KAST = k.sys.EXE$GL_ABSTIM + 1;
    world.seconds(2);
    expect(searches(world)[1]).toBe(1);
    world.close();
  });

  test('a request in no deadlock is not searched for every second, but again after DEADLOCK_WAIT', () => {
    const world = new World(['A', 'B'], { DEADLOCK_WAIT: 10 });
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: EX, name: 'R' });
    world.seconds(15);
    expect(searches(world)).toEqual([1, 0]);
    world.seconds(10);
    expect(searches(world)).toEqual([2, 0]);
    world.close();
  });

  test('DEADLOCK_WAIT 0: no searches; NODLCKWT: none for this request', () => {
    const never = new World(['A', 'B'], { DEADLOCK_WAIT: 0 });
    circle(never, [never.actor('A'), never.actor('B')]);
    never.seconds(60);
    expect([never.timeouts(), searches(never)]).toEqual([[], [0, 0]]);
    never.close();
    const world = new World(['A', 'B'], { DEADLOCK_WAIT: 3 });
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ sb: 0, mode: EX, name: 'R1' });
    b.enq({ sb: 0, mode: EX, name: 'R2' });
    a.enq({ sb: 1, mode: EX, name: 'R2', flags: LCK.LCK$M_NODLCKWT });
    expect(world.timeouts()).toEqual([]);
    b.enq({ sb: 1, mode: EX, name: 'R1' });
    world.seconds(10);
    expect([a.status(1), b.status(1), searches(world)[1]]).toEqual([0, 0, 0]);
    world.close();
  });

  test('ch13#39: PCB$L_DLCKPRI of a new process is 0; a higher one goes on, whoever timed out first; 0 loses at once', () => {
    for (const [priorityA, priorityB, victim] of [[5, 0, 'B'], [0, 5, 'A'], [7, 5, 'B'], [5, 7, 'A'], [0, 0, 'B']] as const) {
      const world = new World(['A', 'B'], { DEADLOCK_WAIT: 3 });
      const [a, b] = [world.actor('A'), world.actor('B')];
      expect([a.pcb.PCB$L_DLCKPRI, b.pcb.PCB$L_DLCKPRI]).toEqual([0, 0]);
      a.pcb.PCB$L_DLCKPRI = priorityA;
      b.pcb.PCB$L_DLCKPRI = priorityB;
      circle(world, [a, b], 1);
      world.seconds(5);
      expect([priorityA, priorityB, a.status(1), b.status(1)])
        .toEqual([priorityA, priorityB, victim === 'A' ? SS.SS$_DEADLOCK : 0, victim === 'B' ? SS.SS$_DEADLOCK : 0]);
      world.close();
    }
  });

  test('ch13#41: a process that wants a resource twice in modes that do not go together deadlocks with itself', () => {
    const world = new World(['A'], { DEADLOCK_WAIT: 3 });
    const a = world.actor('A');
    a.enq({ sb: 0, mode: EX, name: 'R' });
    a.enq({ sb: 1, mode: PR, name: 'R' });
    world.seconds(6);
    expect([a.status(0), a.status(1)]).toEqual([SS.SS$_NORMAL, SS.SS$_DEADLOCK]);
    world.close();
  });

  test('ch13#38: a second circle that the search meets is left alone until one of its own requests times out (Figure 13-9)', () => {
    const world = new World(['A', 'B', 'C', 'D'], { DEADLOCK_WAIT: 1000 });
    const [a, b, c, d] = [world.actor('A'), world.actor('B'), world.actor('C'), world.actor('D')];
    a.enq({ sb: 0, mode: EX, name: 'R1' });
    c.enq({ sb: 0, mode: PR, name: 'R2' });
    b.enq({ sb: 0, mode: PR, name: 'R2' });
    d.enq({ sb: 0, mode: EX, name: 'R3' });
    c.enq({ sb: 1, mode: EX, name: 'R3' });
    a.enq({ sb: 1, mode: EX, name: 'R2' });
    d.enq({ sb: 1, mode: EX, name: 'R2' });
    b.enq({ sb: 1, mode: EX, name: 'R1' });
    const { k } = world.system;
    LCK$SEARCHDLCK(k, a.lkb(1));
    // C and D are met first, on the way, and their bits are set; the circle reported is that of A and B.
    world.system.runUntilIdle(0);
    expect([a.status(1), b.status(1), c.status(1), d.status(1)]).toEqual([0, SS.SS$_DEADLOCK, 0, 0]);
    const bit = (actor: Actor): number => {
      const index = actor.pcb.PCB$L_PID & 0xffff;
      return (k.readByte(k.sys.LCK$GL_PRCMAP + (index >>> 3)) >>> (index & 7)) & 1;
    };
    expect([bit(c), bit(d)]).toEqual([1, 1]);
    world.check();
    LCK$SEARCHDLCK(k, c.lkb(1));
    world.system.runUntilIdle(0);
    expect([c.status(1), d.status(1)].filter((status) => status === SS.SS$_DEADLOCK)).toHaveLength(1);
    world.close();
  });

  test('digest scenario 3 (Figure 13-10): A waits for R1 held by C, D, G, B; D for R3; B for R2 held by D and A', () => {
    const world = new World(['A', 'B', 'C', 'D', 'E', 'F', 'G'], { DEADLOCK_WAIT: 1000 });
    const of = (name: string): Actor => world.actor(name);
    for (const name of ['C', 'D', 'G', 'B']) of(name).enq({ sb: 0, mode: PR, name: 'R1' });
    for (const name of ['E', 'F']) of(name).enq({ sb: 0, mode: PR, name: 'R3' });
    of('D').enq({ sb: 2, mode: PR, name: 'R2' });
    of('A').enq({ sb: 2, mode: PR, name: 'R2' });
    of('A').enq({ sb: 1, mode: EX, name: 'R1' });
    of('D').enq({ sb: 1, mode: EX, name: 'R3' });
    of('B').enq({ sb: 1, mode: EX, name: 'R2' });
    // The frames of B (R2) and A (R1) are there when the circle is met, not D's.
    of('A').pcb.PCB$L_DLCKPRI = 9;
    of('B').pcb.PCB$L_DLCKPRI = 8;
    of('D').pcb.PCB$L_DLCKPRI = 1;
    LCK$SEARCHDLCK(world.system.k, of('A').lkb(1));
    world.system.runUntilIdle(0);
    expect(['A', 'B', 'D'].filter((name) => of(name).status(1) === SS.SS$_DEADLOCK)).toEqual(['B']);
    world.close();
  });

  test('a circle closed only by the order of the queue is found', () => {
    // C waits for PR behind B, who waits for EX behind A's CR on R; A waits for S, which C holds. C and A go together: only B stands between.
    const world = new World(['A', 'B', 'C', 'H'], { DEADLOCK_WAIT: 3 });
    const [a, b, c, h] = [world.actor('A'), world.actor('B'), world.actor('C'), world.actor('H')];
    h.enq({ sb: 0, mode: EX, name: 'R' });
    c.enq({ sb: 0, mode: EX, name: 'S' });
    a.enq({ sb: 0, mode: PR, name: 'R' });
    b.enq({ sb: 0, mode: EX, name: 'R' });
    c.enq({ sb: 1, mode: PR, name: 'R' });
    h.deq({ id: h.id(0) });
    expect([a.status(0), b.status(0), c.status(1)]).toEqual([SS.SS$_NORMAL, 0, 0]);
    a.enq({ sb: 1, mode: EX, name: 'S' });
    world.seconds(8);
    expect([a.status(1), b.status(0), c.status(1)].filter((status) => status === SS.SS$_DEADLOCK)).toHaveLength(1);
    world.close();
  });

  test('two waiting for the same thing are no deadlock, in any order of searching', () => {
    const world = new World(['A', 'B', 'C'], { DEADLOCK_WAIT: 2 });
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: EX, name: 'R' });
    c.enq({ mode: EX, name: 'R' });
    world.seconds(20);
    expect([b.status(0), c.status(0), searches(world)[1]]).toEqual([0, 0, 0]);
    world.close();
  });

  test('the search goes no deeper than the interrupt stack allows', () => {
    const names = Array.from({ length: 8 }, (_, index) => `P${index}`);
    for (const [frames, found] of [[undefined, 1], [8, 1], [4, 0]] as const) {
      const world = new World(names, { DEADLOCK_WAIT: 3 });
      const { sys } = world.system.k;
      expect((sys.SGN$GW_ISPPGCT * 512 - sys.LCK$GL_EXTRASTK) / 24).toBe(sys.LCK$GB_MAXDEPTH);
      if (frames !== undefined) sys.LCK$GL_EXTRASTK = sys.SGN$GW_ISPPGCT * 512 - 24 * frames;
      names.forEach((name, index) => { world.actor(name).enq({ sb: 0, mode: EX, name: `R${index}` }); });
      names.forEach((name, index) => { world.actor(name).enq({ sb: 1, mode: EX, name: `R${(index + 1) % names.length}` }); });
      world.seconds(6);
      expect([frames, Math.min(1, searches(world)[1])]).toEqual([frames, found]);
      world.close();
    }
  });
});

describe('conversion deadlocks', () => {
  test('ch13#35: two PR locks, both to become EX: one gets SS$_DEADLOCK, both keep PR', () => {
    const world = new World(['A', 'B'], { DEADLOCK_WAIT: 3 });
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: PR, name: 'R' });
    b.enq({ mode: PR, name: 'R' });
    a.enq({ mode: EX, flags: LCK.LCK$M_CONVERT });
    b.enq({ mode: EX, flags: LCK.LCK$M_CONVERT, ast: true });
    world.seconds(5);
    const statuses = [a.status(0), b.status(0)];
    expect(statuses.filter((status) => status === SS.SS$_DEADLOCK)).toHaveLength(1);
    expect([a.lkb(0).LKB$B_GRMODE, b.lkb(0).LKB$B_GRMODE]).toEqual([PR, PR]);
    const [victim, other] = statuses[0] === SS.SS$_DEADLOCK ? [a, b] : [b, a];
    victim.enq({ mode: NL, flags: LCK.LCK$M_CONVERT });
    expect([other.status(0), other.lkb(0).LKB$B_GRMODE]).toEqual([SS.SS$_NORMAL, EX]);
    world.close();
  });

  test('searched from the second, the walk back through the conversion queue finds it; the lower priority loses', () => {
    for (const [priorityA, priorityB, victim] of [[0, 0, 'B'], [0, 3, 'A'], [3, 0, 'B']] as const) {
      const world = new World(['A', 'B'], { DEADLOCK_WAIT: 1000 });
      const [a, b] = [world.actor('A'), world.actor('B')];
      for (const actor of [a, b]) actor.enq({ mode: PR, name: 'R' });
      for (const actor of [a, b]) actor.enq({ mode: EX, flags: LCK.LCK$M_CONVERT });
      a.pcb.PCB$L_DLCKPRI = priorityA;
      b.pcb.PCB$L_DLCKPRI = priorityB;
      LCK$SEARCHDLCK(world.system.k, b.lkb(0));
      world.system.runUntilIdle(0);
      expect([a.status(0), b.status(0)]).toEqual(victim === 'A' ? [SS.SS$_DEADLOCK, 0] : [0, SS.SS$_DEADLOCK]);
      world.close();
    }
  });
});
