import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import * as LCK from '../../../src/executive/starlet/lckdef.js';
import * as LKI from '../../../src/executive/starlet/lkidef.js';
import * as JPI from '../../../src/executive/starlet/jpidef.js';
import { PRV$M_SYSLCK, PRV$M_WORLD } from '../../../src/executive/starlet/prvdef.js';
import * as SS from '../../../src/executive/starlet/ssdef.js';
import { SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import { CR, EX, NL, PR, World, type Actor } from './actors.js';

interface Answer {
  readonly status: number;
  readonly length: number;
  readonly bytes: readonly number[];
  /** The lock ID argument as the service left it. */
  readonly id: number;
}

/** One item about one lock. */
function* ask(p: Procedure, id: number, code: number, size = 4, extra: { readonly efn?: number; readonly astadr?: number } = {}): Flow<Answer> {
  const buffer = p.allocate(Math.max(size, 4));
  const length = p.allocate(4);
  const lkidadr = p.allocate(4);
  p.memory.writeLong(lkidadr, id);
  const itmlst = p.itemList([{ code, length: size, buffer, returnLength: length }]);
  const status = yield* service(p, '$GETLKIW', { efn: extra.efn ?? 2, lkidadr, itmlst, astadr: extra.astadr ?? 0 });
  return { status, length: p.memory.readLong(length), bytes: [...p.memory.readBytes(buffer, size)], id: p.memory.readLong(lkidadr) };
}

const long = (answer: Answer | undefined): number => {
  const [a, b, c, d] = answer!.bytes as [number, number, number, number];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
};
const get = (actor: Actor, id: number, code: number, size = 4): Answer => actor.do((p) => ask(p, id, code, size))!;

describe('items', () => {
  test('a lock and its resource', () => {
    const world = new World(['A', 'B', 'C']);
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ sb: 0, mode: PR, name: 'RESOURCE_NAME', flags: LCK.LCK$M_VALBLK });
    b.enq({ sb: 0, mode: PR, name: 'RESOURCE_NAME' });
    a.enq({ sb: 1, mode: CR, name: 'SUB', parent: a.id(0) });
    b.enq({ sb: 0, mode: EX, flags: LCK.LCK$M_CONVERT });
    c.enq({ sb: 0, mode: CR, name: 'RESOURCE_NAME' });
    const [ia, ib, ic, sub] = [a.id(0), b.id(0), c.id(0), a.id(1)];
    expect(long(get(a, ia, LKI.LKI$_PID))).toBe(a.pcb.PCB$L_EPID);
    expect(get(a, ia, LKI.LKI$_STATE, 3).bytes).toEqual([PR, PR, 1]);
    expect(get(a, ib, LKI.LKI$_STATE, 3).bytes).toEqual([EX, PR, 0]);
    expect(get(a, ic, LKI.LKI$_STATE, 3).bytes.slice(0, 1).concat(get(a, ic, LKI.LKI$_STATE, 3).bytes.slice(2))).toEqual([CR, 0xff]);
    expect([long(get(a, sub, LKI.LKI$_PARENT)), long(get(a, ia, LKI.LKI$_PARENT))]).toEqual([ia, 0]);
    expect([long(get(a, ia, LKI.LKI$_LCKREFCNT)), long(get(a, ia, LKI.LKI$_RSBREFCNT)), long(get(a, ia, LKI.LKI$_LOCKID))]).toEqual([1, 1, ia]);
    const name = get(a, ic, LKI.LKI$_RESNAM, 31);
    expect(String.fromCharCode(...name.bytes.slice(0, name.length & 0xffff))).toBe('RESOURCE_NAME');
    expect(long(get(a, ia, LKI.LKI$_NAMSPACE))).toBe(0x00030001);
    expect([LKI.LKI$_LCKCOUNT, LKI.LKI$_GRANTCOUNT, LKI.LKI$_CVTCOUNT, LKI.LKI$_WAITCOUNT].map((code) => long(get(a, ia, code)))).toEqual([3, 1, 1, 1]);
    b.deq({ id: ib });
    a.enq({ sb: 2, mode: EX, name: 'VALUE' });
    a.deq({ id: a.id(2), value: 'sixteen bytes...' });
    a.enq({ sb: 3, mode: EX, name: 'V2' });
    a.enq({ sb: 4, mode: NL, name: 'V2' });
    a.deq({ id: a.id(3), value: 'sixteen bytes...' });
    expect(String.fromCharCode(...get(a, a.id(4), LKI.LKI$_VALBLK, 16).bytes)).toBe('sixteen bytes...');
    world.close();
  });

  test('lists: who blocks and who is blocked, 24 bytes a lock, cut off with bit 31 when there is no room', () => {
    const world = new World(['A', 'B', 'C']);
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ mode: PR, name: 'R' });
    b.enq({ mode: EX, name: 'R' });
    c.enq({ mode: EX, name: 'R' });
    const [ia, ib, ic] = [a.id(0), b.id(0), c.id(0)];
    const ids = (answer: Answer): number[] => Array.from({ length: (answer.length & 0xffff) / 24 }, (_, index) => long({ ...answer, bytes: answer.bytes.slice(24 * index) }));
    expect(ids(get(a, ia, LKI.LKI$_BLOCKEDBY, 240))).toEqual([]);
    expect(ids(get(a, ia, LKI.LKI$_BLOCKING, 240))).toEqual([ib, ic]);
    expect(ids(get(a, ib, LKI.LKI$_BLOCKEDBY, 240))).toEqual([ia]);
    expect(ids(get(a, ic, LKI.LKI$_BLOCKEDBY, 240))).toEqual([ia, ib]);
    expect(ids(get(a, ic, LKI.LKI$_BLOCKING, 240))).toEqual([]);
    const all = get(a, ic, LKI.LKI$_LOCKS, 240);
    expect([ids(all), all.length]).toEqual([[ia, ib, ic], 72 | (24 << 16)]);
    expect([...all.bytes.slice(0, 16)]).toEqual([...le(ia), ...le(a.pcb.PCB$L_EPID), ...le(0), PR, PR, 1, 0]);
    const cut = get(a, ic, LKI.LKI$_LOCKS, 60);
    expect([ids(cut), cut.length >>> 0]).toEqual([[ia, ib], (48 | (24 << 16) | 0x80000000) >>> 0]);
    world.close();
  });

  test('F$GETJPI\'s items: ENQCNT locks left of ENQLM', () => {
    const world = new World({ A: { enqlm: 17 } });
    const a = world.actor('A');
    a.enq({ mode: EX, name: 'R' });
    const values = a.do(function* (p) {
      const buffer = p.allocate(8);
      const items = p.itemList([{ code: JPI.JPI$_ENQCNT, length: 4, buffer }, { code: JPI.JPI$_ENQLM, length: 4, buffer: buffer + 4 }]);
      yield* service(p, '$GETJPIW', { itmlst: items });
      return [p.memory.readLong(buffer), p.memory.readLong(buffer + 4)];
    });
    expect(values).toEqual([16, 17]);
    world.close();
  });
});

const le = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];

describe('which locks', () => {
  test('ch13#47: a wildcard scan starts at lock index 1 and goes on by what the last call left', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ sb: 0, mode: NL, name: 'R0' });
    b.enq({ sb: 0, mode: NL, name: 'R1' });
    a.enq({ sb: 1, mode: NL, name: 'R2' });
    a.enq({ sb: 2, mode: NL, name: 'R3' });
    a.deq({ id: a.id(1) });
    expect(a.id(0) & 0xffff).toBe(1);
    for (const start of [0, 0xffffffff]) {
      const found: number[] = [];
      let context = start;
      let last = 0;
      for (;;) {
        const answer = get(a, context, LKI.LKI$_LOCKID);
        last = answer.status;
        if ((last & 1) === 0) break;
        found.push(long(answer));
        context = answer.id;
      }
      expect([found, last]).toEqual([[a.id(0), b.id(0), a.id(2)], SS.SS$_NOMORELOCK]);
    }
    world.close();
  });

  test('a scan that finds no pool for its completion AST stays where it is, whether it waits for pool or not', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    const { k } = world.system;
    a.enq({ sb: 0, mode: NL, name: 'R0' });
    a.enq({ sb: 1, mode: NL, name: 'R1' });
    const astadr = k.symbol('TEST$COMPLETION');
    const general = k.symbol('EXE$GL_NONPAGED') + 4;
    // Pool is short while `body` runs: no small packet, nothing behind the listhead of the variable list, no page to spare for more.
    const isShort = (body: () => void): void => {
      const packets: number[] = [];
      for (let packet = k.removeHead(k.symbol('IOC$GL_SRPFL')); packet !== undefined; packet = k.removeHead(k.symbol('IOC$GL_SRPFL'))) packets.push(packet);
      const rest = k.readLong(general);
      const reserve = k.sys.SGN$GL_MAXWSCNT;
      k.writeLong(general, 0);
      k.sys.SGN$GL_MAXWSCNT = reserve + k.sys.SCH$GL_FREECNT;
      body();
      k.sys.SGN$GL_MAXWSCNT = reserve;
      k.writeLong(general, rest);
      for (const packet of packets) k.insertTail(packet, k.symbol('IOC$GL_SRPFL'));
    };
    const scan = (): Answer | undefined => a.do((p) => ask(p, 0, LKI.LKI$_LOCKID, 4, { astadr }), { check: false });
    a.pcb.PCB$V_SSRWAIT = 1;
    isShort(() => {
      const answer = scan()!;
      expect([answer.status, answer.id]).toEqual([SS.SS$_INSFMEM, 0]);
    });
    a.pcb.PCB$V_SSRWAIT = 0;
    let answer: Answer | undefined;
    isShort(() => {
      a.do(function* (p) { answer = yield* ask(p, 0, LKI.LKI$_LOCKID, 4, { astadr }); }, { check: false });
      expect([answer, a.pcb.PCB$W_STATE]).toEqual([undefined, SCH$C_MWAIT]);
    });
    world.seconds(2);
    expect([answer!.status, long(answer), answer!.id]).toEqual([SS.SS$_NORMAL, a.id(0), a.id(0) & 0xffff]);
    world.close();
  });

  test('ch13#33: user mode sees nothing of resources of inner modes; other groups need WORLD, systemwide ones SYSLCK or an inner mode', () => {
    const world = new World({
      A: { uic: 0x00010004 }, B: { uic: 0x00010005, privileges: 3n }, C: { uic: 0x00020005, privileges: 3n },
      W: { uic: 0x00020005, privileges: BigInt(PRV$M_WORLD) }, S: { uic: 0x00020005, privileges: BigInt(PRV$M_SYSLCK) },
    });
    const [a, b, c, w, s] = ['A', 'B', 'C', 'W', 'S'].map((name) => world.actor(name)) as [Actor, Actor, Actor, Actor, Actor];
    a.enq({ sb: 0, mode: NL, name: 'USER' });
    a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 1, mode: NL, name: 'EXEC' }));
    a.enq({ sb: 2, mode: NL, name: 'SYSTEM', flags: LCK.LCK$M_SYSTEM });
    const [user, exec, system] = [a.id(0), a.id(1), a.id(2)];
    const status = (actor: Actor, id: number): number => get(actor, id, LKI.LKI$_PID).status;
    expect([user, exec, system].map((id) => status(b, id))).toEqual([SS.SS$_NORMAL, SS.SS$_IVMODE, SS.SS$_NOSYSLCK]);
    expect([user, exec, system].map((id) => status(c, id))).toEqual([SS.SS$_NOWORLD, SS.SS$_IVMODE, SS.SS$_NOSYSLCK]);
    expect([status(w, user), status(w, system), status(s, user), status(s, system)]).toEqual([SS.SS$_NORMAL, SS.SS$_NOSYSLCK, SS.SS$_NOWORLD, SS.SS$_NORMAL]);
    const inner = (id: number): number => b.inner('$CMEXEC', (p) => ask(p, id, LKI.LKI$_PID))!.status;
    expect([user, exec, system].map(inner)).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL, SS.SS$_NORMAL]);
    // A scan passes over what it may not see.
    expect([long(get(b, 0, LKI.LKI$_LOCKID)), get(b, get(b, 0, LKI.LKI$_LOCKID).id, LKI.LKI$_LOCKID).status]).toEqual([user, SS.SS$_NOMORELOCK]);
    a.inner('$CMKRNL', (p) => a.deqFlow(p, { flags: LCK.LCK$M_DEQALL }));
    world.close();
  });

  test('errors: no such lock, item or buffer; the flag is set all the same, the AST comes only without an error', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    const { k } = world.system;
    a.enq({ mode: NL, name: 'R' });
    const id = a.id(0);
    const astadr = k.symbol('TEST$COMPLETION');
    const status = (lock: number, code: number): number => a.do((p) => ask(p, lock, code, 4, { efn: 20, astadr }))!.status;
    expect([status(id + 0x10000, LKI.LKI$_PID), status(0x7fff0001, LKI.LKI$_PID), status(id, 1), status(id, 999)])
      .toEqual([SS.SS$_IVLOCKID, SS.SS$_IVLOCKID, SS.SS$_BADPARAM, SS.SS$_BADPARAM]);
    expect([a.flag(20), world.asts]).toEqual([1, []]);
    expect([status(id, LKI.LKI$_PID), world.asts]).toEqual([SS.SS$_NORMAL, ['A completion 0']]);
    expect(a.do(function* (p) {
      const lkidadr = p.allocate(4);
      p.memory.writeLong(lkidadr, id);
      return yield* service(p, '$GETLKI', { lkidadr, itmlst: p.itemList([{ code: LKI.LKI$_PID, length: 4, buffer: 0x80000000 }]) });
    })).toBe(SS.SS$_ACCVIO);
    expect(a.do((p) => service(p, '$GETLKI', { lkidadr: 0x80000000, itmlst: p.itemList([]) }))).toBe(SS.SS$_ACCVIO);
    world.close();
  });
});
