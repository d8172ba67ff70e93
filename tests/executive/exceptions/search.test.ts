import { describe, expect, test } from 'vitest';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { SS$_ACCVIO, SS$_BADSTACK, SS$_INTOVF, SS$_NOHANDLER, SS$_OPCDEC } from '../../../src/executive/starlet/ssdef.js';
import { serviceSymbol } from '../../../src/executive/starlet/service-table.js';
import { USER, USER_STACK } from './bare-machine.js';
import { log, machineWith } from './fixture.js';

const SS$_PRIVATE = 0x08128014;
const EXCVEC = CTL$GL_VECTORS + P1_CELLS.offset.CTL$AQ_EXCVEC;
const FINALEXC = CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_FINALEXC;

/** A handler that copies what it was given: argument count, signal array, mechanism array, its frame's saved PC. */
const WATCHER = `
WATCH:	.WORD	^M<R2,R3,R4,R5>
	MOVZBL	(AP),COUNT
	MOVL	16(FP),SAVEDPC
	MOVL	4(AP),R2
	MOVL	R2,SIGADR
	MOVC3	#28,(R2),SIGNAL
	MOVL	8(AP),R2
	MOVC3	#24,(R2),MECH
	MOVL	WATCH_RESULT,R0
	RET
WATCH_RESULT:	.LONG	1
COUNT:	.LONG	0
SAVEDPC: .LONG	0
SIGADR:	.LONG	0
SIGNAL:	.BLKL	7
MECH:	.BLKL	6
`;

describe('what a handler is given', () => {
  test('ch04#1, ch04#8, ch04#13, ch04#41: an access violation', () => {
    const bare = machineWith(`${WATCHER}
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	MOVAB	WATCH,(FP)
	MOVL	#^X123,R0
	MOVL	#^X456,R1
	MOVL	#1,WATCH_RESULT
FAULT:	MOVL	R0,@#4
	RET
`);
    // Continuing would repeat the instruction for ever: the handler is left to be looked at.
    bare.run(USER, 400);
    expect(bare.long('COUNT')).toBe(2);
    expect([0, 1, 2, 3, 4].map((index) => bare.long('SIGNAL', index))).toEqual([5, SS$_ACCVIO, 4, 4, bare.at('FAULT')]);
    expect((bare.long('SIGNAL', 5) >>> 24) & 3).toBe(USER);
    expect([0, 2, 3, 4, 5].map((index) => bare.long('MECH', index))).toEqual([4, 0, 0x123, 0x456, 0]);
    expect(bare.long('SAVEDPC')).toBe(serviceSymbol('SYS$CALL_HANDL')! + 4);
    expect(bare.kernel.readByte(bare.long('SAVEDPC'))).toBe(0x05);
  });

  test('ch04#7: the arrays end up on the stack of the mode, the kernel stack is empty again', () => {
    const bare = machineWith(`${WATCHER}
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	^M<IV>
	MOVAB	WATCH,(FP)
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
	CLRL	@#0
	RET
`);
    bare.run(USER, 400);
    expect(bare.long('SIGADR')).toBeGreaterThan(USER_STACK.low);
    expect(bare.long('SIGADR')).toBeLessThan(USER_STACK.high);
    expect([0, 1].map((index) => bare.long('SIGNAL', index))).toContain(5);
  });

  test('ch04#2: continuing after an access violation runs the instruction again', () => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	MOVAB	AH,(FP)
	MOVAB	MEND,AH_ACTION
	MOVL	#1,AH_RESULT
	MOVL	#4,R2
	MOVL	#77,(R2)		; R2 is mended by the handler
	RET
MEND:	MOVL	12(FP),R0		; the handler has saved R2 where PROC finds it again
	MOVAL	OK,20(FP)
	MOVL	#1,R0
	RSB
OK:	.LONG	0
`);
    bare.run();
    expect(log(bare)).toEqual([['A', 0, SS$_ACCVIO]]);
    expect(bare.long('OK')).toBe(77);
  });

  test('ch04#10, ch04#17: any odd status continues, with R0 and R1 from the mechanism array', () => {
    const bare = machineWith(`
CHANGE:	.WORD	^M<R2>
	MOVL	8(AP),R2
	MOVL	#^X111,12(R2)
	MOVL	#^X222,16(R2)
	MOVL	#^X5553,R0
	RET
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	^M<IV>
	MOVAB	CHANGE,(FP)
	MOVL	#^X7FFFFFFF,R2
	CLRQ	R0
	INCL	R2
	MOVQ	R0,SEEN
	RET
SEEN:	.QUAD	0
`);
    expect(bare.run().halted).toBe(true);
    expect(bare.long('SEEN')).toBe(0x111);
    expect(bare.long('SEEN', 1)).toBe(0x222);
  });

  test('ch04#39: a privileged instruction in user mode signals SS$_OPCDEC', () => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,PROC
PROC:	.WORD	0
	MOVAB	AH,(FP)
	MTPR	#0,#18
	RET
`);
    bare.run();
    expect(log(bare)).toEqual([['A', 0, SS$_OPCDEC]]);
  });
});

describe('order of the search', () => {
  const CHAIN = `
	HANDLER	PV,P
	HANDLER	SV,S
	HANDLER	LV,L
	HANDLER	AH,A
	HANDLER	BH,B
	HANDLER	CH,C
START:	CALLS	#0,A
	HALT
A:	.WORD	0
	MOVAB	AH,(FP)
	CALLS	#0,B
	RET
B:	.WORD	0
	MOVAB	BH,(FP)
	CALLS	#0,C
	RET
C:	.WORD	^M<IV>
	MOVAB	CH,(FP)
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
	RET
`;

  test('ch04#9, ch04#11: vectors -2 and -1, frames from 0, last chance -3; its return does not count and the image exits', () => {
    const bare = machineWith(CHAIN);
    const k = bare.kernel;
    k.writeLong(EXCVEC + 8 * USER, bare.at('PV'));
    k.writeLong(EXCVEC + 8 * USER + 4, bare.at('SV'));
    k.writeLong(FINALEXC + 4 * USER, bare.at('LV'));
    k.writeLong(bare.at('LV_RESULT'), 1);
    const end = bare.run();
    expect(log(bare).map(([letter, depth]) => [letter, depth])).toEqual([['P', -2], ['S', -1], ['C', 0], ['B', 1], ['A', 2], ['L', -3]]);
    expect(end.halted).toBe(true);
    expect(k.register(0)).toBe(SS$_NOHANDLER);
    expect(k.readLong(k.symbol('EXCMSG_CALLS'))).toBe(1);
  });

  test('ch04#42: $SETEXV stores the vector of the mode, and gives the old one', () => {
    const bare = machineWith(`
	HANDLER	PV,P
START:	PUSHAL	OLD
	PUSHL	#3
	PUSHAB	PV
	PUSHL	#0
	CALLS	#4,@#SYS$SETEXV
	MOVL	R0,STATUS
	HALT
STATUS:	.LONG	0
OLD:	.LONG	99
`);
    bare.run();
    expect(bare.long('STATUS')).toBe(1);
    expect(bare.long('OLD')).toBe(0);
    expect(bare.kernel.readLong(EXCVEC + 8 * USER)).toBe(bare.at('PV'));
  });

  test('ch04#12: a frame pointer outside the stack of the mode ends the search as a bad stack', () => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,A
	HALT
A:	.WORD	^M<IV>
	MOVAB	AH,(FP)
	MOVL	#^X80000000,12(FP)
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
	RET
`);
    bare.run();
    expect(log(bare)).toEqual([['A', 0, SS$_INTOVF]]);
    expect(bare.kernel.register(0)).toBe(SS$_BADSTACK);
  });

  const NESTED = `
	HANDLER	AH,A
	HANDLER	BHH,H
	HANDLER	CH,C
	HANDLER	YH,Y
	HANDLER	XH,X
	HANDLER	PV,P
START:	CALLS	#0,A
	HALT
A:	.WORD	0
	MOVAB	AH,(FP)
	CALLS	#0,B
	MOVL	#1,BACKA
	RET
B:	.WORD	0
	MOVAB	BH,(FP)
	CALLS	#0,C
	INCL	BACKB
	RET
C:	.WORD	^M<IV>
	MOVAB	CH,(FP)
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
	RET
BH:	.WORD	0
	MOVQ	4(AP),R0
	CMPL	4(R0),#SS$_UNWIND
	BEQL	10$
	MOVAB	BHH,(FP)
	CALLS	#0,X
10$:	MOVZWL	#SS$_RESIGNAL,R0
	RET
X:	.WORD	0
	MOVAB	XH,(FP)
	CALLS	#0,Y
	RET
Y:	.WORD	0
	MOVAB	YH,(FP)
	CLRL	@#4
	RET
BACKA:	.LONG	0
BACKB:	.LONG	0
`;

  test('ch04#14, ch04#16: with two signals active the frames searched for the first are skipped', () => {
    const bare = machineWith(NESTED);
    bare.run();
    expect(log(bare)).toEqual([
      ['C', 0, SS$_INTOVF], ['Y', 0, SS$_ACCVIO], ['X', 1, SS$_ACCVIO], ['H', 2, SS$_ACCVIO], ['A', 3, SS$_ACCVIO],
    ]);
  });

  test('ch04#15: vectored handlers are called for the second signal as well', () => {
    const bare = machineWith(NESTED);
    bare.kernel.writeLong(EXCVEC + 8 * USER, bare.at('PV'));
    bare.run();
    expect(log(bare).filter(([letter]) => letter === 'P')).toEqual([['P', -2, SS$_INTOVF], ['P', -2, SS$_ACCVIO]]);
  });

  test('ch04#23: frames skipped by the search go with the unwind and are not counted', () => {
    const bare = machineWith(`${NESTED}
UNW:	PUSHL	#3
	PUSHL	#0
	PUSHAL	4(SP)
	CALLS	#2,@#SYS$UNWIND
	MOVL	R0,UNWSTS
	ADDL2	#4,SP
	CLRL	AH_ACTION
	RSB
UNWSTS:	.LONG	0
`);
    bare.kernel.writeLong(bare.at('AH_ACTION'), bare.at('UNW'));
    expect(bare.run().halted).toBe(true);
    expect(bare.long('UNWSTS')).toBe(1);
    expect(bare.long('BACKB')).toBe(0);
    expect(log(bare).slice(5).map(([letter, , name]) => [letter, name])).toEqual([['Y', 0x920], ['X', 0x920], ['H', 0x920], ['C', 0x920]]);
    expect(bare.long('BACKA')).toBe(1);
  });
});

describe('LIB$SIGNAL and LIB$STOP', () => {
  const SIGNAL = `${WATCHER}
START:	CALLS	#0,A
	MOVL	#^X600D,DONE
	HALT
A:	.WORD	^M<R2>
	MOVAB	WATCH,(FP)
	MOVL	#^X12,R0
	MOVL	#^X34,R1
	MOVL	SP,BEFORE
	PUSHL	#^X77
	PUSHL	#^X${SS$_PRIVATE.toString(16)}
	CALLS	#2,@#LIB$SIGNAL
AFTER:	MOVQ	R0,REGS
	MOVL	SP,BEHIND
	RET
BEFORE:	.LONG	0
BEHIND:	.LONG	0
REGS:	.QUAD	0
DONE:	.LONG	0
`;

  test('ch04#3, ch04#18, ch04#43: the call is gone from the stack while handlers run; continuing goes on behind it', () => {
    const bare = machineWith(SIGNAL);
    bare.run();
    expect([0, 1, 2, 3].map((index) => bare.long('SIGNAL', index))).toEqual([4, SS$_PRIVATE, 0x77, bare.at('AFTER')]);
    expect(bare.long('DONE')).toBe(0x600d);
    expect(bare.long('REGS')).toBe(0x12);
    expect(bare.long('REGS', 1)).toBe(0x34);
    expect(bare.long('BEHIND')).toBe(bare.long('BEFORE'));
    // The last longword of the array (the PSL) is the one below the stack pointer before the call.
    expect(bare.long('SIGADR') + 4 * 5).toBe(bare.long('BEFORE'));
  });

  test('an argument list given with CALLG stays where it is', () => {
    const bare = machineWith(`${SIGNAL.replace(/\tPUSHL\t#\^X77\n.*\n\tCALLS\t#2,@#LIB\$SIGNAL/, '\tCALLG\tLIST,@#LIB$SIGNAL')}
LIST:	.LONG	2,^X${SS$_PRIVATE.toString(16)},^X77
`);
    bare.run();
    expect([0, 1, 2, 3].map((index) => bare.long('SIGNAL', index))).toEqual([4, SS$_PRIVATE, 0x77, bare.at('AFTER')]);
    expect(bare.long('BEHIND')).toBe(bare.long('BEFORE'));
    expect(bare.long('LIST')).toBe(2);
  });

  test('LIB$STOP does not go on: the image exits with the condition', () => {
    const bare = machineWith(SIGNAL.replace('LIB$SIGNAL', 'LIB$STOP'));
    bare.run();
    expect(bare.long('DONE')).toBe(0);
    expect(bare.kernel.register(0)).toBe(SS$_PRIVATE);
  });
});
