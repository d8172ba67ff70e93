import { expect, test } from 'vitest';
import { procedure, type Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { readPte } from '../../../src/executive/memory/page-tables.js';
import { SS$_ACCVIO, SS$_ASTFLT, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { CTL$GL_KSPINI } from '../../../src/executive/structures/p1-cells.js';
import { TestSystem } from '../../harness.js';

/** The user stack grows by itself, in VAX code (book 16.2.4, Automatic User Stack Expansion). */

const SOURCE = `
STK$START::
	.WORD	0
	PUSHAB	STK$LIMITS
	PUSHAB	STK$NOSTACK
	PUSHAB	STK$VECTOR
	PUSHAB	STK$TOUCH
	CALLS	#4,STK$MAIN
	RET
STK$TOUCH:				; address: R0 becomes 1, or the condition that looking there raised
	.WORD	^M<R2>
	MOVAB	B^HANDLER,(FP)
	MOVL	@4(AP),R2
	MOVL	#1,R0
	RET
HANDLER:
	.WORD	0
	MOVQ	4(AP),R0
	CMPL	4(R0),#SS$_UNWIND
	BEQL	10$
	MOVL	4(R0),12(R1)
	CLRQ	-(SP)
	CALLS	#2,@#SYS$UNWIND
10$:	RET
STK$VECTOR:				; the primary handler of user mode
	.WORD	0
	MOVL	4(AP),R0
	PUSHL	4(R0)
	CALLS	#1,STK$NOTE
10$:	CALLS	#0,@#SYS$HIBER
	BRB	10$
STK$NOSTACK:				; lets ASTs in with a stack pointer below which nothing can be made
	.WORD	0
	MOVAB	ENABLE,AP
	MOVL	#^X40000400,SP
	JMP	@#SYS$SETAST+2
ENABLE:	.LONG	1,1
STK$LIMITS:				; by $CMEXEC
	.WORD	0
	CALLG	(AP),@#SYS$SETSTK
	RET
`;

/** Runs `body` with the addresses of the procedures above. @returns conditions that the primary handler has seen */
function run(body: (p: Procedure, at: { touch: number; vector: number; noStack: number; setLimits: number }) => Flow<void>): number[] {
  const noted: number[] = [];
  let finished = false;
  const main = procedure('STK$MAIN', function* (p) {
    yield* body(p, { touch: p.argument(1), vector: p.argument(2), noStack: p.argument(3), setLimits: p.argument(4) });
    finished = true;
    for (;;) yield* service(p, '$HIBER', {});
  });
  const note = procedure('STK$NOTE', function* (p) {
    noted.push(p.argument(1));
    finished = true;
    return yield* service(p, '$CLREF', { efn: 1 });
  });
  const system = new TestSystem({ images: [{ name: 'SYSINIT', source: SOURCE, routines: [main, note], transfer: 'STK$START' }] });
  system.runUntilIdle(2);
  expect([finished, system.console]).toEqual([true, '']);
  expect(system.checkBooks()).toEqual([]);
  return noted;
}

/** Lowest address of the user stack, as the search for condition handlers knows it, and of P1 space. */
const limit = (p: Procedure): number => p.memory.readLong(p.kernel.symbol('CTL$AL_STACKLIM') + 12);

test('ch16#8, ch16#9: a length violation in P1 space makes pages down to the address, however far below the stack; no other violation does', () => {
  run(function* (p, { touch }) {
    const before = limit(p);
    const { kernel: k } = p;
    // A page that is there, but is kernel mode's; beyond the program region; system space.
    for (const wrong of [CTL$GL_KSPINI - 4, 0x3ffffe00, 0xfffffe00]) expect(yield* p.call(touch, wrong)).toBe(SS$_ACCVIO);
    expect(limit(p)).toBe(before);
    const wild = before - 300 * 512 + 17;
    expect(yield* p.call(touch, wild)).toBe(SS$_NORMAL);
    expect(limit(p)).toBe(wild & ~511);
    // The page is there; those between are demand zero, and what the stack held is as it was.
    expect(readPte(k, wild) >>> 31).toBe(1);
    expect(readPte(k, before - 100 * 512) & 0x843fffff).toBe(0);
    expect(readPte(k, before - 100 * 512)).not.toBe(0);
    // Too far: not even the quota of virtual pages reaches there.
    expect(yield* p.call(touch, 0x40000400)).toBe(SS$_ACCVIO);
    expect(limit(p)).toBe(wild & ~511);
  });
});

test('ch16#10: an AST for whose arguments there is no stack, and none can be made, is the condition SS$_ASTFLT', () => {
  const noted = run(function* (p, { vector, noStack }) {
    yield* service(p, '$SETEXV', { vector: 0, addres: vector, acmode: 3 });
    yield* service(p, '$SETAST', { enbflg: 0 });
    expect(yield* service(p, '$DCLAST', { astadr: vector, astprm: 7 })).toBe(SS$_NORMAL);
    yield* p.call(noStack);
  });
  expect(noted).toEqual([SS$_ASTFLT]);
});

test('$SETSTK: from an inner mode it moves the limits of a stack and gives the former ones; for user mode it does nothing', () => {
  run(function* (p, { setLimits }) {
    const supervisor = 2;
    const { kernel: k } = p;
    const cells = (): number[] => [k.readLong(k.symbol('CTL$AL_STACKLIM') + 4 * supervisor), k.readLong(k.symbol('CTL$AL_STACK') + 4 * supervisor)];
    const [low, high] = cells() as [number, number];
    const [inadr, retadr, list] = [p.allocate(8), p.allocate(8), p.allocate(16)];
    const set = function* (from: number, to: number): Flow<number> {
      [from, to].forEach((value, index) => { p.memory.writeLong(inadr + 4 * index, value); });
      [3, inadr, retadr, supervisor].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
      return yield* service(p, '$CMEXEC', { routin: setLimits, arglst: list });
    };
    p.memory.writeLong(inadr, low + 512);
    p.memory.writeLong(inadr + 4, high - 1024);
    expect(yield* service(p, '$SETSTK', { inadr, retadr, acmode: supervisor })).toBe(SS$_NORMAL);
    expect([p.memory.readLong(retadr), ...cells()]).toEqual([0, low, high]);
    expect(yield* set(high, low)).toBe(SS$_ACCVIO);
    expect(yield* set(low + 512, high - 1024)).toBe(SS$_NORMAL);
    expect([p.memory.readLong(retadr), p.memory.readLong(retadr + 4), ...cells()]).toEqual([low, high, low + 512, high - 1024]);
    expect(yield* set(low, high)).toBe(SS$_NORMAL);
    expect(cells()).toEqual([low, high]);
  });
});
