/** PDP-11 code in a process: compatibility mode exceptions as conditions, and for a handler declared with $DCLCMH. */
import { expect, test } from 'vitest';
import { CME_CELLS, CME_DATA_BASE, CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { SS$_COMPAT } from '../../../src/executive/starlet/ssdef.js';
import { machineWith } from './fixture.js';

/** CLR R0; 1$: INC R0; EMT 7; SOB R1,1$; BPT - which enters with R1 = 3 and a native frame above it. */
const PDP11 = `
	.ALIGN	LONG
ENTER:	MOVL	#3,R1
	MOVL	#^X1234,R11
	PUSHL	#^X83C00000
	PUSHAB	CODE11
	REI
	.ALIGN	LONG
CODE11:	.WORD	^O005000,^O005200,^O104007,^O077103,3
`;

test('not declared: SS$_COMPAT with the code, PC and PSL; a condition handler steps over it and PDP-11 code goes on', () => {
  const bare = machineWith(`
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	MOVAB	COUNTER,(FP)
	BRW	ENTER
COUNTER:.WORD	^M<R2,R3>
	MOVL	4(AP),R2		; signal array: 4, name, code, PC, PSL
	CMPL	8(R2),#1		; BPT: native code again
	BEQL	10$
	INCL	EMTS
	MOVC3	#20,(R2),SIGNAL
	MOVL	4(AP),R2
	ADDL2	#2,12(R2)
	BRB	20$
10$:	MOVAB	ENDED,12(R2)
	MOVL	#^X03C00000,16(R2)
20$:	MOVL	#1,R0
	RET
ENDED:	CLRL	(FP)
	MOVL	R0,LOOPS
	MOVL	R11,ABOVE
	HALT
	.ALIGN	LONG
SIGNAL:	.BLKL	5
EMTS:	.LONG	0
LOOPS:	.LONG	0
ABOVE:	.LONG	0
${PDP11}`);
  bare.run();
  expect(bare.long('EMTS')).toBe(3);
  expect([0, 1, 2, 3, 4].map((index) => bare.long('SIGNAL', index))).toEqual([4, SS$_COMPAT, 3, bare.at('CODE11') + 4, 0x83c00000]);
  expect([bare.long('LOOPS'), bare.long('ABOVE')]).toEqual([3, 0x1234]);
});

test('ch04 4.3.3: a handler declared with $DCLCMH type 1 finds R0 to R6, code, PC and PSL in the context page, and nothing on its stack', () => {
  const bare = machineWith(`
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	PUSHL	#1
	PUSHL	#0
	PUSHAB	AME
	CALLS	#3,@#SYS$DCLCMH
	MOVL	R0,STATUS
	MOVL	SP,STACK
	BRW	ENTER
AME:	INCL	EMTS			; native, user mode
	MOVL	SP,STACK+4
	MOVL	@#CTL$GL_CMCNTX,R7
	CMPL	28(R7),#1		; BPT
	BNEQ	10$
	HALT
10$:	MOVC3	#40,(R7),CONTEXT
	MOVL	@#CTL$GL_CMCNTX,R7
	MOVL	36(R7),-(SP)		; back behind the EMT with the registers as they were
	ADDL3	#2,32(R7),-(SP)
	MOVQ	(R7),R0
	MOVQ	8(R7),R2
	MOVQ	16(R7),R4
	MOVL	24(R7),R6
	REI
	.ALIGN	LONG
STATUS:	.LONG	0
STACK:	.LONG	0,0
EMTS:	.LONG	0
CONTEXT:.BLKL	10
PAGE:	.BLKL	10
${PDP11}`);
  bare.kernel.writeLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$GL_CMCNTX, bare.at('PAGE'));
  bare.run();
  expect(bare.long('STATUS')).toBe(1);
  expect(bare.long('EMTS')).toBe(4);
  expect(bare.long('STACK', 1)).toBe(bare.long('STACK'));
  const context = Array.from({ length: 10 }, (_, index) => bare.long('CONTEXT', index));
  // The third EMT: R0 3, R1 1, code 3.
  expect([context[0], context[1], context[7], context[8], context[9]]).toEqual([3, 1, 3, bare.at('CODE11') + 4, 0x83c00000]);
  expect(CME_CELLS.offset.CTL$AL_CMCNTX + CME_DATA_BASE).toBe(0x7ffe1600);
});
