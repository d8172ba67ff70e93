import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { LCK$HASH } from '../../../src/executive/locks/hash.js';
import * as LCK from '../../../src/executive/starlet/lckdef.js';
import { PRV$M_SYSLCK } from '../../../src/executive/starlet/prvdef.js';
import * as SS from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_LKB, DYN$C_LKID, DYN$C_RSB, DYN$C_RSHT } from '../../../src/executive/structures/dyn.js';
import { EX, NL, PR, World } from './actors.js';

describe('resources', () => {
  test('ch13#1: name, group, access mode and parent tell resources apart', () => {
    const world = new World({ A: { uic: 0x00010004 }, B: { uic: 0x00010005 }, C: { uic: 0x00020004 } });
    const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
    a.enq({ sb: 0, mode: EX, name: 'R' });
    expect(b.enq({ sb: 0, mode: EX, name: 'R', flags: LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NOTQUEUED);
    expect(c.enq({ sb: 0, mode: EX, name: 'R', flags: LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NORMAL);
    expect(a.enq({ sb: 1, mode: EX, name: 'R', flags: LCK.LCK$M_SYSTEM | LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NORMAL);
    expect(a.enq({ sb: 2, mode: EX, name: 'R', parent: a.id(0), flags: LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NORMAL);
    expect(a.enq({ sb: 3, mode: EX, name: 'r', flags: LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NORMAL);
    expect(a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 4, mode: EX, name: 'R', flags: LCK.LCK$M_NOQUEUE }))).toBe(SS.SS$_NORMAL);
    const found = world.resources('R').map((rsb) => [rsb.RSB$W_GROUP, rsb.RSB$B_RMOD, rsb.RSB$L_PARENT === 0]);
    expect(found).toHaveLength(5);
    expect(found).toEqual(expect.arrayContaining([[1, 3, true], [2, 3, true], [0, 3, true], [1, 3, false], [1, 1, true]]));
    a.inner('$CMKRNL', (p) => a.deqFlow(p, { flags: LCK.LCK$M_DEQALL }));
    world.close();
  });

  test('ch13#2: a name has 1 to 31 characters', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    const name = (length: number): number | undefined => a.enq({ mode: NL, name: 'X'.repeat(length) });
    expect([name(0), name(1), name(31), name(32), name(40000)]).toEqual([SS.SS$_IVBUFLEN, SS.SS$_NORMAL, SS.SS$_NORMAL, SS.SS$_IVBUFLEN, SS.SS$_IVBUFLEN]);
    world.close();
  });

  test('ch13#3 ch13#4 ch13#45: depth, access mode and reference counts of sublocks', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    a.enq({ sb: 0, mode: EX, name: 'ROOT' });
    a.enq({ sb: 1, mode: EX, name: 'CHILD', parent: a.id(0), acmode: 1 });
    a.enq({ sb: 2, mode: EX, name: 'CHILD', parent: a.id(1) });
    a.enq({ sb: 3, mode: EX, name: 'OTHER', parent: a.id(0) });
    const rsbs = [0, 1, 2, 3].map((sb) => world.rsb(a.lkb(sb).LKB$L_RSB));
    expect(rsbs.map((rsb) => [rsb.RSB$B_DEPTH, rsb.RSB$B_RMOD, rsb.RSB$W_REFCNT])).toEqual([[0, 3, 2], [1, 3, 1], [2, 3, 0], [1, 3, 0]]);
    expect(rsbs[2]!.RSB$L_PARENT).toBe(rsbs[1]!.address);
    expect([0, 1, 2, 3].map((sb) => a.lkb(sb).LKB$W_REFCNT)).toEqual([2, 1, 0, 0]);
    // No longword of the parent's LKB is the address of a sublock.
    const parent = a.lkb(0);
    const words = Array.from({ length: parent.LKB$W_SIZE / 4 }, (_, index) => world.system.k.readLong(parent.address + 4 * index));
    for (const sublock of [a.lkb(1).address, a.lkb(3).address]) {
      // The list of the process runs through both, at LKB$L_OWNQFL; nothing else does.
      expect(words.filter((word) => word === sublock)).toEqual([]);
    }
    // A resource of an inner mode gives that mode to its subresources.
    a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 4, mode: EX, name: 'ROOT' }));
    a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 5, mode: EX, name: 'SUB', parent: p.memory.readLong(a.blocks + 24 * 4 + 4), acmode: 3 }));
    expect(world.rsb(a.lkb(5).LKB$L_RSB).RSB$B_RMOD).toBe(1);
    a.inner('$CMKRNL', (p) => a.deqFlow(p, { flags: LCK.LCK$M_DEQALL }));
    world.close();
  });

  test('ch13#5 ch13#6 ch13#46: one chain for many resources: new ones at the end, the last link 0, the table a plain longword', () => {
    const world = new World(['A'], { RESHASHTBL: 1 });
    const a = world.actor('A');
    const { k } = world.system;
    expect([k.sys.LCK$GL_HTBLCNT, k.readByte(k.sys.LCK$GL_HASHTBL - 2)]).toEqual([0, DYN$C_RSHT]);
    const others = world.resources().length;
    ['R1', 'R2', 'R3'].forEach((name, sb) => { a.enq({ sb, mode: EX, name }); });
    const rsbs = world.resources().slice(others);
    expect(rsbs.map((rsb) => rsb.address)).toEqual([0, 1, 2].map((sb) => a.lkb(sb).LKB$L_RSB));
    expect(rsbs.map((rsb) => k.readLong(rsb.address))).toEqual([rsbs[1]!.address, rsbs[2]!.address, 0]);
    expect(rsbs.slice(1).map((rsb) => k.readLong(rsb.address + 4))).toEqual([rsbs[0]!.address, rsbs[1]!.address]);
    expect([others, k.readLong(k.sys.LCK$GL_HASHTBL)]).toEqual([0, rsbs[0]!.address]);
    a.deq({ id: a.id(1) });
    expect(k.readLong(rsbs[0]!.address)).toBe(rsbs[2]!.address);
    a.deq({ id: a.id(2) });
    expect(k.readLong(rsbs[0]!.address)).toBe(0);
    world.close();
  });

  test('the hash is a table index for any name, and uses all of what it is made from', () => {
    const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
    const hash = (text: string, mode = 3, group = 1, parent = 0): number => LCK$HASH(bytes(text), mode, group, parent, 24);
    const seen = new Set<number>();
    for (let number = 0; number < 1000; number += 1) seen.add(hash(`RESOURCE_${number}`));
    expect([...seen].every((value) => value >= 0 && value < 256)).toBe(true);
    expect(seen.size).toBeGreaterThan(200);
    expect(new Set([hash('ABC'), hash('ABC', 2), hash('ABC', 3, 2), hash('ABC', 3, 1, 5), hash('ABCD'), hash('abc')]).size).toBeGreaterThan(4);
    expect(LCK$HASH(bytes('X'), 3, 1, 0, 32)).toBe(0);
  });

  test('ch13#24: the last lock of a resource takes its RSB away', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: PR, name: 'R' });
    b.enq({ mode: PR, name: 'R' });
    a.deq({ id: a.id(0) });
    expect(world.resources('R')).toHaveLength(1);
    b.deq({ id: b.id(0) });
    expect(world.resources('R')).toEqual([]);
    world.close();
  });
});

describe('lock IDs', () => {
  test('ch13#14: the index of a dequeued lock is the next one used, with another sequence number', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    const { k } = world.system;
    a.enq({ sb: 0, mode: NL, name: 'R0' });
    a.enq({ sb: 1, mode: NL, name: 'R1' });
    a.deq({ id: a.id(0) });
    expect(k.sys.LCK$GL_NXTID).toBe(a.id(0) & 0xffff);
    a.enq({ sb: 2, mode: NL, name: 'R2' });
    expect([a.id(2) & 0xffff, a.id(2) >>> 16]).toEqual([a.id(0) & 0xffff, (a.id(0) >>> 16) + 1]);
    expect(a.deq({ id: a.id(0) })).toBe(SS.SS$_IVLOCKID);
    world.close();
  });

  test('ch13#15 ch13#16: the last entry is zero; a full table grows by LOCKIDTBL entries, and the old one goes back to pool', () => {
    const world = new World({ A: { enqlm: 400 } }, { LOCKIDTBL: 40, LOCKIDTBL_MAX: 100 });
    const a = world.actor('A');
    const { k } = world.system;
    const last = (): number[] => [k.sys.LCK$GL_MAXID, k.readLong(k.sys.LCK$GL_IDTBL + 4 * k.sys.LCK$GL_MAXID), k.readByte(k.sys.LCK$GL_IDTBL - 2)];
    const old = k.sys.LCK$GL_IDTBL;
    expect(last()).toEqual([39, 0, DYN$C_LKID]);
    const statuses = a.do(function* (p) {
      const all: number[] = [];
      for (let number = 0; number < 99; number += 1) all.push(yield* p.scratch(() => a.enqFlow(p, { sb: number, mode: NL, name: `R${number}` })));
      return all;
    })!;
    expect(last()).toEqual([99, 0, DYN$C_LKID]);
    expect(k.sys.LCK$GL_IDTBL).not.toBe(old);
    // 98 entries (index 1 to 98) are for locks, those that were there before included.
    const granted = statuses.filter((status) => status === SS.SS$_NORMAL).length;
    expect([granted, statuses.at(-1)]).toEqual([98, SS.SS$_NOLOCKID]);
    expect(a.id(97) & 0xffff).toBe(98);
    a.deq({ flags: LCK.LCK$M_DEQALL });
    expect(last()[0]).toBe(99);
  });

  test('ch13#17: another process, a more privileged lock, nonsense: SS$_IVLOCKID', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ sb: 0, mode: EX, name: 'R' });
    a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 1, mode: EX, name: 'INNER' }));
    expect(b.deq({ id: a.id(0) })).toBe(SS.SS$_IVLOCKID);
    expect(a.deq({ id: a.id(1) })).toBe(SS.SS$_IVLOCKID);
    expect(a.deq({ id: a.id(0) + 0x10000 })).toBe(SS.SS$_IVLOCKID);
    for (const id of [0, 1, 0xffff, 0x7fffffff, 0xffffffff, 0x80001234]) expect(a.deq({ id })).toBe(SS.SS$_IVLOCKID);
    const otherId = a.id(0);
    expect(b.do(function* (p) {
      p.memory.writeLong(b.blocks + 24 * 5 + 4, otherId);
      return yield* b.enqFlow(p, { sb: 5, mode: NL, flags: LCK.LCK$M_CONVERT });
    })).toBe(SS.SS$_IVLOCKID);
    expect(a.inner('$CMEXEC', (p) => a.deqFlow(p, { id: p.memory.readLong(a.blocks + 24 + 4) }))).toBe(SS.SS$_NORMAL);
    expect(a.inner('$CMKRNL', (p) => a.deqFlow(p, { id: p.memory.readLong(a.blocks + 4) }))).toBe(SS.SS$_NORMAL);
    world.close();
  });

  test('ch13#44: an LKB begins with an ACB; types and sizes of the blocks', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: EX, name: 'RES', blocking: true, parameter: 77 });
    const { k } = world.system;
    const lkb = a.lkb(0);
    a.do((p) => service(p, '$SETAST', { enbflg: 0 }));
    b.enq({ mode: EX, name: 'RES' });
    // On the AST queue of the PCB: links, PID, AST, parameter where an ACB has them.
    expect([a.pcb.PCB$L_ASTQFL, k.readLong(lkb.address + 0x0c), k.readLong(lkb.address + 0x10), k.readLong(lkb.address + 0x14), k.readLong(lkb.address + 0x18)])
      .toEqual([lkb.address, a.pcb.PCB$L_PID, k.symbol('TEST$BLOCKING'), 77, k.symbol('LCK$KAST')]);
    expect([lkb.LKB$B_TYPE, k.readByte(lkb.LKB$L_RSB + 10), world.resources('RES').map((rsb) => rsb.address)]).toEqual([DYN$C_LKB, DYN$C_RSB, [lkb.LKB$L_RSB]]);
    a.do((p) => service(p, '$SETAST', { enbflg: 1 }));
    expect(world.asts).toEqual(['A blocking 77']);
    world.close();
  });
});

describe('parents', () => {
  test('ch13#18 ch13#19: sublocks first; no sublock of a lock that is not granted', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ sb: 0, mode: EX, name: 'R' });
    a.enq({ sb: 1, mode: EX, name: 'SUB', parent: a.id(0) });
    expect(a.deq({ id: a.id(0) })).toBe(SS.SS$_SUBLOCKS);
    b.enq({ sb: 0, mode: EX, name: 'R' });
    expect(b.enq({ sb: 1, mode: EX, name: 'SUB', parent: b.id(0) })).toBe(SS.SS$_PARNOTGRANT);
    expect([a.deq({ id: a.id(1) }), a.deq({ id: a.id(0) })]).toEqual([SS.SS$_NORMAL, SS.SS$_NORMAL]);
    world.close();
  });

  test('ch13#48: a sublock is not more privileged than its parent, and its parent is its own process\'s (digest scenario 8)', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ sb: 0, mode: EX, name: 'USER' });
    expect(a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 1, mode: EX, name: 'SUB', parent: p.memory.readLong(a.blocks + 4) }))).toBe(SS.SS$_IVLOCKID);
    expect(b.enq({ sb: 0, mode: EX, name: 'SUB', parent: a.id(0) })).toBe(SS.SS$_IVLOCKID);
    a.inner('$CMEXEC', (p) => a.enqFlow(p, { sb: 2, mode: EX, name: 'EXEC' }));
    expect(a.enq({ sb: 3, mode: EX, name: 'SUB', parent: a.id(2) })).toBe(SS.SS$_NORMAL);
    expect([a.lkb(2).LKB$V_MODE, a.lkb(3).LKB$V_MODE]).toEqual([1, 3]);
    a.inner('$CMKRNL', (p) => a.deqFlow(p, { flags: LCK.LCK$M_DEQALL }));
    world.close();
  });

  test('subresources no deeper than LCK$GB_MAXDEPTH: SS$_EXDEPTH', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    const statuses = a.do(function* (p) {
      const all: number[] = [];
      for (let depth = 0; depth < 33; depth += 1) {
        const parent = depth === 0 ? 0 : p.memory.readLong(a.blocks + 24 * (depth - 1) + 4);
        all.push(yield* p.scratch(() => a.enqFlow(p, { sb: depth, mode: EX, name: 'D', parent })));
      }
      return all;
    })!;
    expect([statuses.slice(0, 32).every((status) => status === SS.SS$_NORMAL), statuses[32]]).toEqual([true, SS.SS$_EXDEPTH]);
    expect(world.rsb(a.lkb(31).LKB$L_RSB).RSB$B_DEPTH).toBe(31);
    world.close();
  });

  test('DEQALL with a lock ID takes all that is below that lock, in an order that works, and leaves the lock', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    a.enq({ sb: 0, mode: EX, name: 'ROOT' });
    a.enq({ sb: 1, mode: EX, name: 'C1', parent: a.id(0) });
    a.enq({ sb: 2, mode: EX, name: 'C2', parent: a.id(1) });
    a.enq({ sb: 3, mode: EX, name: 'ELSE' });
    expect(a.deq({ id: a.id(0), flags: LCK.LCK$M_DEQALL })).toBe(SS.SS$_NORMAL);
    expect(new Set(a.list())).toEqual(new Set([a.id(0), a.id(3)]));
    expect(a.deq({ id: 0x12345, flags: LCK.LCK$M_DEQALL })).toBe(SS.SS$_IVLOCKID);
    world.close();
  });
});

/** $CMKRNL calls it; it goes on in supervisor mode by REI and stays there: $ENQ, then event flag 10 for SS$_NOSYSLCK or 11 for success. */
const SUPERVISOR = `
TEST$TO_SUPERVISOR::
	.WORD	0
	MOVL	4(AP),R2		; argument list of $ENQ
	PUSHL	#^X02800000		; current and previous mode supervisor
	PUSHAB	10$
	REI
10$:	CALLG	(R2),@#SYS$ENQ
	MOVL	#12,R3
	CMPL	R0,#SS$_NOSYSLCK
	BNEQ	20$
	MOVL	#10,R3
20$:	BLBC	R0,30$
	MOVL	#11,R3
30$:	PUSHL	R3
	CALLS	#1,@#SYS$SETEF
40$:	CALLS	#0,@#SYS$HIBER
	BRB	40$
`;

describe('rights and quotas', () => {
  test('ch13#20: a systemwide resource needs SYSLCK from user and supervisor mode, nothing from the inner ones', () => {
    const CMKRNL = 1n;
    const CMEXEC = 2n;
    const world = new World({ A: { privileges: CMKRNL | CMEXEC }, B: { privileges: BigInt(PRV$M_SYSLCK) }, S: { privileges: CMKRNL } }, {}, SUPERVISOR);
    const [a, b, s] = [world.actor('A'), world.actor('B'), world.actor('S')];
    const { k } = world.system;
    const flags = LCK.LCK$M_SYSTEM;
    expect(a.enq({ mode: NL, name: 'R', flags })).toBe(SS.SS$_NOSYSLCK);
    expect(b.enq({ mode: NL, name: 'R', flags })).toBe(SS.SS$_NORMAL);
    expect(a.inner('$CMEXEC', (p) => a.enqFlow(p, { mode: NL, name: 'R', flags }))).toBe(SS.SS$_NORMAL);
    expect(a.inner('$CMKRNL', (p) => a.enqFlow(p, { mode: NL, name: 'R', flags }))).toBe(SS.SS$_NORMAL);
    expect(world.resources('R').every((rsb) => rsb.RSB$W_GROUP === 0)).toBe(true);
    s.do(function* (p) {
      const list = p.allocate(48);
      [11, 1, NL, s.blocks, flags, p.string('R'), 0, 0, 0, 0, 0, 0].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
      const outer = p.allocate(8);
      [1, list].forEach((value, index) => { p.memory.writeLong(outer + 4 * index, value); });
      return yield* service(p, '$CMKRNL', { routin: k.symbol('TEST$TO_SUPERVISOR'), arglst: outer });
    });
    expect([s.flag(10), s.flag(11), s.flag(12)]).toEqual([1, 0, 0]);
  });

  test('ch13#21: ENQLM locks and no more, unless NOQUOTA is given in an inner mode', () => {
    const world = new World({ A: { enqlm: 4 } });
    const a = world.actor('A');
    const enq = (sb: number, flags = 0): number | undefined => a.enq({ sb, mode: NL, name: `R${sb}`, flags });
    expect(a.jib.JIB$W_ENQCNT).toBe(4);
    expect([0, 1, 2, 3].map((sb) => enq(sb))).toEqual(Array(4).fill(SS.SS$_NORMAL));
    expect(a.jib.JIB$W_ENQCNT).toBe(0);
    expect([enq(4), enq(4, LCK.LCK$M_NOQUOTA)]).toEqual([SS.SS$_EXENQLM, SS.SS$_EXENQLM]);
    for (const mode of ['$CMEXEC', '$CMKRNL'] as const) {
      expect(a.inner(mode, (p) => a.enqFlow(p, { sb: 5, mode: NL, name: 'R5' }))).toBe(SS.SS$_EXENQLM);
      expect(a.inner(mode, (p) => a.enqFlow(p, { sb: 5, mode: NL, name: 'R5', flags: LCK.LCK$M_NOQUOTA }))).toBe(SS.SS$_NORMAL);
    }
    expect(a.jib.JIB$W_ENQCNT).toBe(0);
    a.deq({ id: a.id(0) });
    expect([a.jib.JIB$W_ENQCNT, enq(4)]).toEqual([1, SS.SS$_NORMAL]);
    a.inner('$CMKRNL', (p) => a.deqFlow(p, { flags: LCK.LCK$M_DEQALL }));
    world.close();
  });

  test('bad arguments: mode, event flag, status block, name', () => {
    const world = new World(['A']);
    const a = world.actor('A');
    expect(a.enq({ mode: 6, name: 'R' })).toBe(SS.SS$_BADPARAM);
    expect(a.enq({ mode: EX, name: 'R', efn: 128 })).toBe(SS.SS$_ILLEFC);
    expect(a.enq({ mode: EX, name: 'R', efn: 70 })).toBe(SS.SS$_UNASEFC);
    expect(a.enq({ mode: EX })).toBe(SS.SS$_ACCVIO);
    expect(a.do((p) => service(p, '$ENQ', { lkmode: EX, lksb: 0x80000000, resnam: p.string('R') }))).toBe(SS.SS$_ACCVIO);
    expect(a.do((p) => service(p, '$ENQ', { lkmode: EX, lksb: a.blocks, resnam: p.descriptor(4, 0xc0000000) }))).toBe(SS.SS$_ACCVIO);
    expect(a.enq({ mode: EX, name: 'R', flags: LCK.LCK$M_CVTSYS })).toBe(SS.SS$_NOPRIV);
    expect(world.resources('R')).toEqual([]);
    world.close();
  });

  test('a new lock that cannot be granted with NOQUEUE: ch13#23 SS$_NOTQUEUED, no LKB, ID or quota left', () => {
    const world = new World(['A', 'B']);
    const [a, b] = [world.actor('A'), world.actor('B')];
    a.enq({ mode: PR, name: 'R' });
    const before = [b.jib.JIB$W_ENQCNT, world.system.k.sys.LCK$GL_NXTID];
    expect(b.enq({ mode: EX, name: 'R', flags: LCK.LCK$M_NOQUEUE })).toBe(SS.SS$_NOTQUEUED);
    expect([b.jib.JIB$W_ENQCNT, world.system.k.sys.LCK$GL_NXTID, b.list()]).toEqual([...before, []]);
    world.close();
  });
});
