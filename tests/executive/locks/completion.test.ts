import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { EXE$ALONONPAGED } from '../../../src/executive/pool/nonpaged.js';
import { EXE$RUNDOWN } from '../../../src/executive/image/rundown.js';
import * as LCK from '../../../src/executive/starlet/lckdef.js';
import * as SS from '../../../src/executive/starlet/ssdef.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { SCH$C_LEF, SCH$C_SUSP } from '../../../src/executive/structures/sch.js';
import { valueBlockTransfer } from '../../../src/executive/locks/grant.js';
import { CR, CW, EX, NL, PR, PW, World } from './actors.js';

const setAst = (world: World, name: string, enable: number): void => { world.actor(name).do((p) => service(p, '$SETAST', { enbflg: enable })); };

describe('how a request ends', () => {
  test('ch13#22: SYNCSTS and granted at once: SS$_SYNCH, the event flag is not set, no completion AST', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.do((p) => service(p, '$SETEF', { efn: 5 }));
    expect(a.enq({ sb: 0, mode: PR, name: 'NEW', flags: LCK.LCK$M_SYNCSTS, ast: true, efn: 5 })).toBe(SS.SS$_SYNCH);
    expect([a.flag(5), a.status(0), world.asts]).toEqual([0, SS.SS$_NORMAL, []]);
    expect(b.enq({ sb: 0, mode: PR, name: 'NEW', flags: LCK.LCK$M_SYNCSTS, ast: true, efn: 5 })).toBe(SS.SS$_SYNCH);
    expect([b.flag(5), world.asts]).toEqual([0, []]);
    // Without the flag, and with it when the request has to wait, both come.
    expect(a.enq({ sb: 1, mode: PR, name: 'PLAIN', ast: true, efn: 6 })).toBe(SS.SS$_NORMAL);
    expect([a.flag(6), world.asts]).toEqual([1, ['A completion 1']]);
    expect(a.enq({ sb: 0, mode: EX, flags: LCK.LCK$M_SYNCSTS | LCK.LCK$M_CONVERT, ast: true, efn: 7 })).toBe(SS.SS$_NORMAL);
    expect(a.flag(7)).toBe(0);
    b.deq({ id: b.id(0) });
    expect([a.flag(7), world.asts.at(-1)]).toEqual([1, 'A completion 0']);
    world.close();
  });

  test('ch13#29: granted later without an AST routine: a special kernel AST writes the status block, in the process\'s own context', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: EX, name: 'R', efn: 9 });
    const { k } = world.system;
    expect([b.status(0), b.flag(9)]).toEqual([0, 0]);
    const id = b.id(0);
    b.do((p) => service(p, '$SUSPND', {}));
    expect(b.pcb.PCB$W_STATE).toBe(SCH$C_SUSP);
    a.deq({ id: a.id(0) });
    // Granted and flagged, but the process has not run: the status waits in the LKB, which is queued with KAST.
    const lkb = world.lkb(id);
    expect([lkb.LKB$B_STATE, b.flag(9), b.pcb.PCB$L_ASTQFL]).toEqual([1, 1, lkb.address]);
    expect([ACB.at(k, lkb.address).ACB$V_KAST, ACB.at(k, lkb.address).ACB$V_PKAST, ACB.at(k, lkb.address).ACB$L_KAST]).toEqual([1, 0, k.symbol('LCK$KAST')]);
    a.do(function* (p) {
      const pid = p.allocate(4);
      p.memory.writeLong(pid, b.pcb.PCB$L_EPID);
      return yield* service(p, '$RESUME', { pidadr: pid });
    });
    expect([b.status(0), lkb.LKB$V_ACBQED]).toEqual([SS.SS$_NORMAL, 0]);
    world.close();
  });

  test('digest scenario 7: between grant and AST delivery the event flag is set and the status block is still 0', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: EX, name: 'R', ast: true, efn: 9 });
    setAst(world, 'B', 0);
    a.deq({ id: a.id(0) });
    expect([b.flag(9), b.status(0), world.asts]).toEqual([1, 0, []]);
    setAst(world, 'B', 1);
    expect([b.status(0), world.asts]).toEqual([SS.SS$_NORMAL, ['B completion 0']]);
    world.close();
  });

  test('$ENQW comes back when the lock is granted, not before', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    const statuses: number[] = [];
    b.do(function* (p) {
      statuses.push(yield* b.enqFlow(p, { mode: EX, name: 'R', wait: true, efn: 3 }));
      statuses.push(p.memory.readWord(b.blocks));
    });
    expect([statuses, b.pcb.PCB$W_STATE]).toEqual([[], SCH$C_LEF]);
    world.seconds(3);
    expect(statuses).toEqual([]);
    a.deq({ id: a.id(0) });
    expect(statuses).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL]);
    world.close();
  });

  test('ch13#26 ch13#42: a waiting lock that is dequeued sets its flag and tells its status by AST; the quota comes back with that', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: EX, name: 'R', efn: 9, ast: true });
    const quota = b.jib.JIB$W_ENQCNT;
    const id = b.id(0);
    setAst(world, 'B', 0);
    expect(b.deq({ id })).toBe(SS.SS$_NORMAL);
    expect([b.flag(9), b.jib.JIB$W_ENQCNT, world.asts, b.list()]).toEqual([1, quota, [], []]);
    expect(b.deq({ id })).toBe(SS.SS$_IVLOCKID);
    setAst(world, 'B', 1);
    expect([b.status(0), b.jib.JIB$W_ENQCNT, world.asts]).toEqual([SS.SS$_ABORT, quota + 1, ['B completion 0']]);
    // A converting lock the same: the lock itself goes.
    a.enq({ sb: 1, mode: PR, name: 'S' });
    b.enq({ sb: 1, mode: PR, name: 'S' });
    b.enq({ sb: 1, mode: EX, flags: LCK.LCK$M_CONVERT, ast: true });
    const before = b.jib.JIB$W_ENQCNT;
    setAst(world, 'B', 0);
    b.deq({ id: b.id(1) });
    expect([b.jib.JIB$W_ENQCNT, b.list()]).toEqual([before, []]);
    setAst(world, 'B', 1);
    expect([b.status(1), b.jib.JIB$W_ENQCNT]).toEqual([SS.SS$_ABORT, before + 1]);
    // A granted lock with nothing queued gives it back at once.
    a.deq({ id: a.id(1) });
    expect(a.jib.JIB$W_ENQCNT).toBe(a.jib.JIB$W_ENQLM - 1);
    world.close();
  });

  test('ch13#27: an undelivered blocking AST goes with its lock', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R', blocking: true });
    setAst(world, 'A', 0);
    b.enq({ mode: EX, name: 'R' });
    expect(a.lkb(0).LKB$V_ACBQED).toBe(1);
    const quota = a.jib.JIB$W_ENQCNT;
    a.deq({ id: a.id(0) });
    expect([[...world.system.k.queueEntries(a.pcb.address + PCB.offset.PCB$L_ASTQFL)], a.jib.JIB$W_ENQCNT]).toEqual([[], quota + 1]);
    setAst(world, 'A', 1);
    expect([world.asts, b.status(0)]).toEqual([[], SS.SS$_NORMAL]);
    world.close();
  });

  test('ch13#28: completion AST, then blocking AST, from one LKB', () => {
    const world = new World(['A', 'B', 'C']);
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: EX, name: 'R', ast: true, blocking: true, parameter: 42 });
    c.enq({ mode: EX, name: 'R' });
    setAst(world, 'B', 0);
    a.deq({ id: a.id(0) });
    const { k } = world.system;
    const lkb = b.lkb(0);
    expect([[...k.queueEntries(b.pcb.address + PCB.offset.PCB$L_ASTQFL)], lkb.LKB$L_AST, ACB.at(k, lkb.address).ACB$V_PKAST])
      .toEqual([[lkb.address], k.symbol('TEST$COMPLETION'), 1]);
    setAst(world, 'B', 1);
    expect(world.asts).toEqual(['B completion 42', 'B blocking 42']);
    world.close();
  });

  test('qio#30: a blocking AST comes once for a lock that blocks, not for what goes with it, and again for a later request', () => {
    const world = new World(['A', 'B', 'C', 'D']);
    const [a, b, c, d] = [world.actor('A'), world.actor('B'), world.actor('C'), world.actor('D')];
    a.enq({ mode: PR, name: 'R', blocking: true, parameter: 7 });
    b.enq({ mode: PR, name: 'R' });
    expect(world.asts).toEqual([]);
    setAst(world, 'A', 0);
    b.enq({ mode: EX, flags: LCK.LCK$M_CONVERT });
    c.enq({ mode: EX, name: 'R' });
    setAst(world, 'A', 1);
    expect(world.asts).toEqual(['A blocking 7']);
    d.enq({ mode: EX, name: 'R' });
    expect(world.asts).toEqual(['A blocking 7', 'A blocking 7']);
    world.close();
  });

  test('qio#30: the blocking AST tells the holder that another process waits; it may convert its lock to let the other in', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    world.onAst = function* (p, what) {
      if (what === 'blocking') yield* a.enqFlow(p, { mode: NL, flags: LCK.LCK$M_CONVERT });
    };
    a.enq({ mode: EX, name: 'R', blocking: true });
    b.enq({ mode: EX, name: 'R' });
    expect([world.asts, b.status(0), a.lkb(0).LKB$B_GRMODE]).toEqual([['A blocking 0'], SS.SS$_NORMAL, NL]);
    world.close();
  });

  test('a conversion while the completion AST of the lock is still queued: the AST is not lost, the status block is not mixed up', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.enq({ mode: PR, name: 'R', ast: true, parameter: 1 });
    setAst(world, 'B', 0);
    a.enq({ mode: PR, flags: LCK.LCK$M_CONVERT });
    expect([b.status(0), b.lkb(0).LKB$V_ACBQED]).toEqual([0, 1]);
    b.enq({ mode: EX, flags: LCK.LCK$M_CONVERT, ast: true, parameter: 2 });
    expect([b.status(0), b.lkb(0).LKB$V_ACBQED, b.lkb(0).LKB$V_TIMOUTQ]).toEqual([0, 0, 1]);
    setAst(world, 'B', 1);
    expect(world.asts).toEqual(['B completion 1']);
    a.deq({ id: a.id(0) });
    expect([world.asts, b.status(0)]).toEqual([['B completion 1', 'B completion 2'], SS.SS$_NORMAL]);
    world.close();
  });

  test('a lock status block that is gone when the lock is granted does no harm', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'R' });
    b.do(function* (p) {
      const range = p.allocate(8);
      yield* service(p, '$EXPREG', { pagcnt: 1, retadr: range, region: 0 });
      const page = p.memory.readLong(range);
      const status = yield* service(p, '$ENQ', { efn: 4, lkmode: EX, lksb: page, resnam: p.string('R') });
      yield* service(p, '$DELTVA', { inadr: range });
      return status;
    });
    a.deq({ id: a.id(0) });
    world.seconds(1);
    expect([b.flag(4), b.list().length]).toEqual([1, 1]);
    world.close();
  });
});

describe('value blocks', () => {
  test('which conversion reads and which writes', () => {
    // Held mode a row, requested mode a column. VMS System Services manual, $ENQ: effect of lock conversion on the lock value block
    const table = ['RRRRRR', '-RRRRR', '--RRRR', '---RRR', 'WWWWWR', 'WWWWWW'];
    const letters = { read: 'R', write: 'W', none: '-' } as const;
    for (let from = NL; from <= EX; from += 1) {
      for (let to = NL; to <= EX; to += 1) expect([from, to, letters[valueBlockTransfer(from, to)]]).toEqual([from, to, table[from]![to]]);
    }
  });

  test('written when an exclusive lock goes down, read by who comes up, also when granted later', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    const flags = LCK.LCK$M_VALBLK;
    a.enq({ mode: EX, name: 'R', flags });
    expect(a.value(0)).toBe('');
    b.enq({ mode: PR, name: 'R', flags });
    a.setValue(0, 'first');
    a.enq({ mode: NL, flags: flags | LCK.LCK$M_CONVERT });
    expect([b.status(0), b.value(0)]).toEqual([SS.SS$_NORMAL, 'first']);
    const rsb = world.rsb(b.lkb(0).LKB$L_RSB);
    expect(rsb.RSB$L_VALSEQNUM).toBe(1);
    // A converts up with an old text in its block: it reads. Without VALBLK nothing moves.
    a.setValue(0, 'old');
    a.enq({ mode: CR, flags: flags | LCK.LCK$M_CONVERT });
    expect(a.value(0)).toBe('first');
    a.setValue(0, 'mine');
    a.enq({ mode: PR, flags: LCK.LCK$M_CONVERT });
    expect([a.value(0), rsb.RSB$L_VALSEQNUM]).toEqual(['mine', 1]);
    // Down from PR: nothing, even with VALBLK.
    a.enq({ mode: CR, flags: flags | LCK.LCK$M_CONVERT });
    b.enq({ mode: NL, flags: flags | LCK.LCK$M_CONVERT });
    b.enq({ mode: PR, flags: flags | LCK.LCK$M_CONVERT });
    expect(b.value(0)).toBe('first');
    world.close();
  });

  test('$DEQ stores a value when the lock was PW or EX, and only then', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    const read = (): string => {
      b.enq({ sb: 1, mode: PR, name: 'R', flags: LCK.LCK$M_VALBLK });
      const value = b.value(1);
      b.deq({ id: b.id(1) });
      return value;
    };
    b.enq({ mode: NL, name: 'R' });
    for (const [mode, text] of [[EX, 'exclusive'], [PW, 'protected'], [PR, 'reader'], [CW, 'writer']] as const) {
      a.enq({ mode, name: 'R' });
      a.deq({ id: a.id(0), value: text });
    }
    expect(read()).toBe('protected');
    world.close();
  });

  test('an invalid value block: SS$_VALNOTVALID for who reads it, until it is written again; process deletion and INVVALBLK make it so', () => {
    const world = new World(['A', 'B', 'C']);
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    const flags = LCK.LCK$M_VALBLK;
    b.enq({ mode: NL, name: 'R', flags });
    a.enq({ mode: EX, name: 'R', flags });
    a.deq({ id: a.id(0), value: 'good' });
    a.enq({ mode: EX, name: 'R', flags });
    a.deq({ id: a.id(0), flags: LCK.LCK$M_INVVALBLK });
    expect(b.enq({ mode: PW, flags: flags | LCK.LCK$M_CONVERT })).toBe(SS.SS$_NORMAL);
    expect([b.status(0), b.value(0)]).toEqual([SS.SS$_VALNOTVALID, 'good']);
    expect([b.enq({ mode: NL, flags: LCK.LCK$M_CONVERT }), b.status(0)]).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL]);
    expect([b.enq({ mode: PW, flags: flags | LCK.LCK$M_CONVERT }), b.status(0)]).toEqual([SS.SS$_NORMAL, SS.SS$_VALNOTVALID]);
    b.setValue(0, 'new');
    b.enq({ mode: NL, flags: flags | LCK.LCK$M_CONVERT });
    expect([b.enq({ mode: PR, flags: flags | LCK.LCK$M_CONVERT }), b.status(0), b.value(0)]).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL, 'new']);
    // A lock of a mode below PW does not spoil it, a process deleted with PW does.
    b.enq({ mode: NL, flags: LCK.LCK$M_CONVERT });
    c.enq({ sb: 0, mode: CR, name: 'R' });
    c.enq({ sb: 1, mode: PW, name: 'R' });
    const pid = c.pcb.PCB$L_EPID;
    a.do(function* (p) {
      const pidadr = p.allocate(4);
      p.memory.writeLong(pidadr, pid);
      return yield* service(p, '$DELPRC', { pidadr });
    }, { check: false });
    world.seconds(2);
    expect(world.system.process('C')).toBeUndefined();
    expect([b.enq({ mode: CR, flags: flags | LCK.LCK$M_CONVERT }), b.status(0)]).toEqual([SS.SS$_NORMAL, SS.SS$_VALNOTVALID]);
  });
});

describe('system-owned locks', () => {
  /** JSB'd at IPL$_SYNCH: R1 the AST parameter, here the address of three longwords, R2 the LKB. */
  const ROUTINE = `
TEST$SYSTEM_BLOCKING::
	INCL	(R1)
	MFPR	#18,4(R1)
	MOVL	R2,8(R1)
	MOVL	#-1,R0
	RSB
`;

  test('ch13#30 ch13#31 ch13#32: PID 0, on no PCB\'s list, there without any process; only granted ones; blocking routine called at IPL$_SYNCH', () => {
    const world = new World(['A', 'B'], {}, ROUTINE);
    const [a, b] = [world.actor('A'), world.actor('B')];
    const { k } = world.system;
    const seen = EXE$ALONONPAGED(k, 32);
    k.writeBytes(seen, new Uint8Array(12));
    const count = (): number => k.readLong(seen);
    const enqInner = (sb: number, mode: number, flags: number, name?: string): number | undefined => a.inner('$CMKRNL', (p) => service(p, '$ENQ', {
      efn: 1, lkmode: mode, lksb: a.blocks + 24 * sb, flags, resnam: name === undefined ? 0 : p.string(name), acmode: 3, astprm: seen,
      blkast: k.symbol('TEST$SYSTEM_BLOCKING'),
    }));
    const quota = a.jib.JIB$W_ENQCNT;
    expect(enqInner(0, CR, 0, 'SYS')).toBe(SS.SS$_NORMAL);
    expect([a.list().length, a.jib.JIB$W_ENQCNT]).toEqual([1, quota - 1]);
    expect(enqInner(0, PR, LCK.LCK$M_CONVERT | LCK.LCK$M_CVTSYS)).toBe(SS.SS$_NORMAL);
    world.check();
    const id = a.id(0);
    expect([world.lkb(id).LKB$L_PID, a.list(), a.jib.JIB$W_ENQCNT, world.lkb(id).LKB$B_STATE, world.lkb(id).LKB$B_GRMODE]).toEqual([0, [], quota, 1, PR]);
    // A lock that would have to wait does not become the system's.
    b.enq({ sb: 1, mode: EX, name: 'OTHER' });
    expect(enqInner(1, EX, LCK.LCK$M_CVTSYS, 'OTHER')).toBe(SS.SS$_NOTQUEUED);
    enqInner(1, NL, 0, 'OTHER');
    expect(enqInner(1, EX, LCK.LCK$M_CVTSYS | LCK.LCK$M_CONVERT)).toBe(SS.SS$_NOTQUEUED);
    expect(world.lkb(a.id(1)).LKB$L_PID).toBe(a.pcb.PCB$L_PID);
    enqInner(2, EX, 0, 'OTHER');
    expect(enqInner(2, EX, LCK.LCK$M_CVTSYS | LCK.LCK$M_CONVERT)).toBe(SS.SS$_CVTUNGRANT);

    expect(count()).toBe(0);
    expect(b.enq({ sb: 0, mode: EX, name: 'SYS' })).toBe(SS.SS$_NORMAL);
    expect([count(), k.readLong(seen + 4), k.readLong(seen + 8), world.asts]).toEqual([1, 8, world.lkb(id).address, []]);

    // Its process goes; the lock and the resource do not.
    b.deq({ flags: LCK.LCK$M_DEQALL });
    b.do(function* (p) {
      const pidadr = p.allocate(4);
      p.memory.writeLong(pidadr, a.pcb.PCB$L_EPID);
      return yield* service(p, '$DELPRC', { pidadr });
    }, { check: false });
    world.seconds(2);
    expect(world.system.process('A')).toBeUndefined();
    expect([world.lkb(id).LKB$L_LKID, world.resources('SYS').length, world.resources('OTHER').length]).toEqual([id, 1, 0]);
    // Kernel mode can take it away, user mode cannot.
    expect(b.deq({ id })).toBe(SS.SS$_IVLOCKID);
    expect(b.inner('$CMKRNL', (p) => b.deqFlow(p, { id }))).toBe(SS.SS$_NORMAL);
    expect(world.resources('SYS')).toEqual([]);
  });
});

describe('rundown', () => {
  test('ch13#43: rundown of user mode takes the locks of user mode only', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    a.enq({ sb: 0, mode: EX, name: 'USER' });
    a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 1, mode: EX, name: 'EXEC' }));
    a.inner('$CMKRNL', (p) => a.enqFlow(p, { sb: 2, mode: EX, name: 'KERNEL' }));
    const quota = a.jib.JIB$W_ENQCNT;
    const left = (): number[] => ['USER', 'EXEC', 'KERNEL'].map((name) => world.resources(name).length);
    let seen: unknown;
    world.innerJob = function* (p) {
      yield* EXE$RUNDOWN(p, 3);
      seen = [left(), a.jib.JIB$W_ENQCNT];
    };
    const routin = world.system.k.symbol('TEST$INNER');
    a.do((p) => service(p, '$CMKRNL', { routin, arglst: p.allocate(4) }), { check: false });
    expect(seen).toEqual([[0, 1, 1], quota + 1]);
    // The image is gone and with it the process; kernel mode rundown takes the rest.
    world.seconds(2);
    expect([world.system.process('A'), left()]).toEqual([undefined, [0, 0, 0]]);
  });

  test('a process that is deleted with locks granted, waiting, converting and ASTs queued leaves nothing; who waited for it goes on', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ sb: 0, mode: EX, name: 'R0', blocking: true });
    a.enq({ sb: 1, mode: EX, name: 'SUB', parent: a.id(0) });
    b.enq({ sb: 2, mode: PR, name: 'R2' });
    a.enq({ sb: 2, mode: EX, name: 'R2', ast: true });
    b.enq({ sb: 3, mode: PR, name: 'R3' });
    a.enq({ sb: 3, mode: PR, name: 'R3' });
    a.enq({ sb: 3, mode: EX, flags: LCK.LCK$M_CONVERT, ast: true });
    setAst(world, 'A', 0);
    b.enq({ sb: 0, mode: EX, name: 'R0' });
    b.enq({ sb: 4, mode: CR, name: 'R3' });
    expect([b.status(0), b.status(4)]).toEqual([0, 0]);
    b.do(function* (p) {
      const pidadr = p.allocate(4);
      p.memory.writeLong(pidadr, a.pcb.PCB$L_EPID);
      return yield* service(p, '$DELPRC', { pidadr });
    }, { check: false });
    world.seconds(2);
    expect(world.system.process('A')).toBeUndefined();
    expect([b.status(0), b.status(4)]).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL]);
    expect(world.resources().filter((rsb) => world.queue(rsb.address, 'RSB$L_WTQFL').length > 0)).toEqual([]);
    expect(world.resources('SUB')).toEqual([]);
  });
});
