import { describe, expect, test } from 'vitest';
import * as LCK from '../../../src/executive/starlet/lckdef.js';
import * as SS from '../../../src/executive/starlet/ssdef.js';
import { CR, CW, EX, NL, PR, PW, World } from './actors.js';

describe('compatibility and queues', () => {
  test('every pair of modes on one resource: granted together or not, as the table says', () => {
    const table = ['YYYYYY', 'YYYYYN', 'YYYNNN', 'YYNYNN', 'YYNNNN', 'YNNNNN'];      // VMS System Services manual, $ENQ
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    for (let held = NL; held <= EX; held += 1) {
      expect(a.enq({ mode: held, name: 'R' })).toBe(SS.SS$_NORMAL);
      for (let wanted = NL; wanted <= EX; wanted += 1) {
        const status = b.enq({ mode: wanted, name: 'R', flags: LCK.LCK$M_NOQUEUE });
        expect([held, wanted, status]).toEqual([held, wanted, table[held]![wanted] === 'Y' ? SS.SS$_NORMAL : SS.SS$_NOTQUEUED]);
        if (status === SS.SS$_NORMAL) b.deq({ id: b.id(0) });
      }
      a.deq({ id: a.id(0) });
    }
    world.close();
  });

  test('ch13#7 ch13#8: conversions go before new requests: with one waiting, even a compatible new lock is not granted', () => {
    const world = new World(['A', 'B', 'C']);
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ mode: PR, name: 'R' });
    b.enq({ mode: PR, name: 'R' });
    expect(a.enq({ mode: EX, flags: LCK.LCK$M_CONVERT })).toBe(SS.SS$_NORMAL);
    const [rsb] = world.resources('R');
    expect(world.queue(rsb!.address, 'RSB$L_CVTQFL')).toEqual([a.id(0)]);
    expect(c.enq({ mode: CR, name: 'R', flags: LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NOTQUEUED);
    c.enq({ mode: CR, name: 'R' });
    expect(world.queue(rsb!.address, 'RSB$L_WTQFL')).toEqual([c.id(0)]);
    b.deq({ id: b.id(0) });                       // EX for A first; CR does not go with it
    expect([a.status(0), c.status(0)]).toEqual([SS.SS$_NORMAL, 0]);
    a.deq({ id: a.id(0) });
    expect(c.status(0)).toBe(SS.SS$_NORMAL);
    world.close();
  });

  test('ch13#9: a converting lock keeps its granted mode, which counts in the group grant mode', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: CR, name: 'R' });
    b.enq({ mode: PR, name: 'R' });
    b.enq({ mode: EX, flags: LCK.LCK$M_CONVERT });
    const [rsb] = world.resources('R');
    expect([b.lkb(0).LKB$B_GRMODE, b.lkb(0).LKB$B_RQMODE, rsb!.RSB$B_GGMODE, rsb!.RSB$B_CGMODE]).toEqual([PR, EX, PR, CR]);
    world.close();
  });

  test('ch13#10: the only PW lock among NL locks becomes EX at once, though the group grant mode is PW', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: NL, name: 'R' });
    b.enq({ mode: PW, name: 'R' });
    const [rsb] = world.resources('R');
    expect([rsb!.RSB$B_GGMODE, rsb!.RSB$B_CGMODE]).toEqual([PW, PW]);
    expect(b.enq({ mode: EX, flags: LCK.LCK$M_CONVERT | LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NORMAL);
    expect([b.lkb(0).LKB$B_GRMODE, rsb!.RSB$B_GGMODE]).toEqual([EX, EX]);
    world.close();
  });

  test('ch13#11 ch13#25: first in, first out: what does not fit keeps back what would (digest scenario 6)', () => {
    const world = new World(['A', 'B', 'C', 'D', 'E']);
    const [a, ...waiters] = ['A', 'B', 'C', 'D', 'E'].map((name) => world.actor(name));
    a!.enq({ mode: EX, name: 'R' });
    [PR, PR, EX, PR].forEach((mode, index) => { waiters[index]!.enq({ mode, name: 'R' }); });
    const [rsb] = world.resources('R');
    expect(world.queue(rsb!.address, 'RSB$L_WTQFL')).toEqual(waiters.map((actor) => actor.id(0)));
    a!.deq({ id: a!.id(0) });
    expect(waiters.map((actor) => actor.status(0))).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL, 0, 0]);
    expect(world.queue(rsb!.address, 'RSB$L_WTQFL')).toEqual([waiters[2]!.id(0), waiters[3]!.id(0)]);
    waiters[0]!.deq({ id: waiters[0]!.id(0) });
    waiters[1]!.deq({ id: waiters[1]!.id(0) });
    expect(waiters.slice(2).map((actor) => actor.status(0))).toEqual([SS.SS$_NORMAL, 0]);
    waiters[2]!.deq({ id: waiters[2]!.id(0) });
    expect(waiters[3]!.status(0)).toBe(SS.SS$_NORMAL);
    world.close();
  });

  test('ch13#25: after a release conversions are granted in order, then waiting locks, up to the first that does not fit', () => {
    const world = new World(['A', 'B', 'C', 'D', 'E']);
    const [a, b, c, d, e] = ['A', 'B', 'C', 'D', 'E'].map((name) => world.actor(name)) as [ReturnType<World['actor']>, ReturnType<World['actor']>, ReturnType<World['actor']>, ReturnType<World['actor']>, ReturnType<World['actor']>];
    b.enq({ mode: NL, name: 'R' });
    c.enq({ mode: NL, name: 'R' });
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: PR, flags: LCK.LCK$M_CONVERT });
    c.enq({ mode: CW, flags: LCK.LCK$M_CONVERT });
    d.enq({ mode: CR, name: 'R' });
    e.enq({ mode: CR, name: 'R' });
    a.deq({ id: a.id(0) });
    expect([b.status(0), c.status(0), d.status(0), e.status(0)]).toEqual([SS.SS$_NORMAL, 0, 0, 0]);
    b.deq({ id: b.id(0) });
    expect([c.status(0), d.status(0), e.status(0)]).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL, SS.SS$_NORMAL]);
    world.close();
  });

  test('a waiting lock does not keep a compatible new one back: only the conversion queue is looked at (book 13.2.1)', () => {
    const world = new World(['A', 'B', 'C']);
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ mode: PR, name: 'R' });
    b.enq({ mode: EX, name: 'R' });
    expect(c.enq({ mode: PR, name: 'R', flags: LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NORMAL);
    expect(b.status(0)).toBe(0);
    world.close();
  });

  test('a conversion to a mode that asks for less is granted at once, conversions waiting or not, and lets them go on', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    b.enq({ mode: NL, name: 'R' });
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: PR, flags: LCK.LCK$M_CONVERT });
    expect(b.status(0)).toBe(0);
    expect(a.enq({ mode: PR, flags: LCK.LCK$M_CONVERT | LCK.LCK$M_SYNCSTS })).toBe(SS.SS$_SYNCH);
    expect([a.status(0), b.status(0)]).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL]);
    world.close();
  });

  test('ch13#40: the list of the PCB has granted locks first', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    b.enq({ sb: 0, mode: EX, name: 'X' });
    a.enq({ sb: 0, mode: EX, name: 'R0' });
    a.enq({ sb: 1, mode: EX, name: 'X' });
    a.enq({ sb: 2, mode: PR, name: 'R2' });
    b.enq({ sb: 2, mode: PR, name: 'R2' });
    a.enq({ sb: 3, mode: EX, name: 'R3' });
    const ids = [0, 1, 2, 3].map((sb) => a.id(sb));
    expect(a.list().at(-1)).toBe(ids[1]);
    a.enq({ sb: 2, mode: EX, flags: LCK.LCK$M_CONVERT });
    expect(a.list().slice(2)).toEqual([ids[1], ids[2]]);
    expect(new Set(a.list().slice(0, 2))).toEqual(new Set([ids[0], ids[3]]));
    b.deq({ id: b.id(2) });
    expect(a.list().at(-1)).toBe(ids[1]);
    world.close();
  });

  test('ch13#12 ch13#13: a blocked request is on the timeout queue through its AST links; its due time lies where KAST does', () => {
    const world = new World(['A', 'B'], { DEADLOCK_WAIT: 7 });
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: EX, name: 'R' });
    const { k } = world.system;
    const lkb = b.lkb(0);
    expect([k.readLong(k.symbol('LCK$GL_TIMOUTQ')), lkb.LKB$L_ASTQFL, lkb.LKB$L_ASTQBL]).toEqual([lkb.address, k.symbol('LCK$GL_TIMOUTQ'), k.symbol('LCK$GL_TIMOUTQ')]);
    expect(lkb.LKB$L_KAST - k.sys.EXE$GL_ABSTIM).toBe(7);
    expect(k.readLong(lkb.address + 0x18)).toBe(lkb.LKB$L_KAST);
    a.deq({ id: a.id(0) });
    expect(world.timeouts()).toEqual([]);
    expect(lkb.LKB$L_KAST).toBe(k.symbol('LCK$KAST'));
    world.close();
  });
});

describe('conversions that are refused or cancelled', () => {
  test('NOQUEUE: the lock stays as it was, in its place', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: PR, name: 'R' });
    b.enq({ mode: PR, name: 'R' });
    const [rsb] = world.resources('R');
    const order = world.queue(rsb!.address, 'RSB$L_GRQFL');
    expect(a.enq({ mode: EX, flags: LCK.LCK$M_CONVERT | LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NOTQUEUED);
    expect([a.lkb(0).LKB$B_GRMODE, world.queue(rsb!.address, 'RSB$L_GRQFL')]).toEqual([PR, order]);
    world.close();
  });

  test('$DEQ with CANCEL: a conversion ends with SS$_CANCEL and stays granted, a new lock with SS$_ABORT and is gone, a granted one cannot', () => {
    const world = new World(['A', 'B', 'C']);
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ mode: PR, name: 'R' });
    b.enq({ mode: PR, name: 'R' });
    b.enq({ mode: EX, flags: LCK.LCK$M_CONVERT, ast: true });
    c.enq({ mode: CR, name: 'R' });
    expect(a.deq({ id: a.id(0), flags: LCK.LCK$M_CANCEL })).toBe(SS.SS$_CANCELGRANT);
    expect(b.deq({ id: b.id(0), flags: LCK.LCK$M_CANCEL })).toBe(SS.SS$_NORMAL);
    expect([b.status(0), b.lkb(0).LKB$B_GRMODE, world.asts]).toEqual([SS.SS$_CANCEL, PR, ['B completion 0']]);
    expect(c.status(0)).toBe(SS.SS$_NORMAL);                // the conversion no longer stands before it
    c.enq({ sb: 1, mode: EX, name: 'R' });
    const waiting = c.id(1);
    expect(c.deq({ id: waiting, flags: LCK.LCK$M_CANCEL })).toBe(SS.SS$_NORMAL);
    expect([c.status(1), c.deq({ id: waiting })]).toEqual([SS.SS$_ABORT, SS.SS$_IVLOCKID]);
    world.close();
  });

  test('a lock that waits, or whose conversion does, cannot be converted', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: PR, name: 'R' });
    expect(b.enq({ mode: NL, flags: LCK.LCK$M_CONVERT })).toBe(SS.SS$_CVTUNGRANT);
    world.close();
  });

});
