import { describe, expect, test } from 'vitest';
import { SS$_INSFRAME, SS$_INTOVF, SS$_NOSIGNAL, SS$_UNWIND, SS$_UNWINDING } from '../../../src/executive/starlet/ssdef.js';
import { log, machineWith } from './fixture.js';

/** A calls B calls C, which overflows; each notes where it goes on. UNWIND (an action for a handler) unwinds by DEPTH to NEWPC. */
const CHAIN = `
	HANDLER	AH,A
	HANDLER	BH,B
	HANDLER	CH,C
START:	CALLS	#0,MAIN
	MOVL	#1,ENDED
	HALT
MAIN:	.WORD	0
	CALLS	#0,A
	INCL	INMAIN
	RET
A:	.WORD	^M<R2,R3>
	MOVAB	AH,(FP)
	MOVL	#^XAAAA,R3
	CALLS	#0,B
	INCL	INA
	MOVL	R0,A_R0
	MOVL	R3,A_R3
	RET
B:	.WORD	^M<R3>
	MOVAB	BH,(FP)
	MOVL	#^XBBBB,R3
	CALLS	#0,C
	INCL	INB
	RET
C:	.WORD	^M<IV,R2,R3>
	MOVAB	CH,(FP)
	MOVL	#^XCCCC,R3
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
	INCL	INC
	RET
UNW:	CLRL	AH_ACTION
	CLRL	BH_ACTION
	CLRL	CH_ACTION
	PUSHL	NEWPC
	PUSHL	DEPTHAD
	CALLS	#2,@#SYS$UNWIND
	MOVL	R0,UNWSTS
	MOVL	FRAMES,R0		; how many frames are there now?
	CLRL	FRAMES
	MOVL	FP,R0
10$:	INCL	FRAMES
	MOVL	12(R0),R0
	BNEQ	10$
	MOVL	RETURN,R0
	RSB
NOTE:	INCL	NOTED			; alternate address
	RET
DEPTHAD:	.LONG	0
DEPTH:	.LONG	0
NEWPC:	.LONG	0
RETURN:	.LONG	0
UNWSTS:	.LONG	0
FRAMES:	.LONG	0
INMAIN:	.LONG	0
INA:	.LONG	0
INB:	.LONG	0
INC:	.LONG	0
A_R0:	.LONG	0
A_R3:	.LONG	0
NOTED:	.LONG	0
ENDED:	.LONG	0
`;

/** Runs the chain; the handler of procedure `letter` calls $UNWIND. */
function unwindFrom(letter: 'A' | 'B' | 'C', options: { depth?: number; newpc?: string; returns?: number; image?: string } = {}) {
  const bare = machineWith(options.image ?? CHAIN);
  const k = bare.kernel;
  k.writeLong(bare.at(`${letter}H_ACTION`), bare.at('UNW'));
  if (options.depth !== undefined) {
    k.writeLong(bare.at('DEPTHAD'), bare.at('DEPTH'));
    k.writeLong(bare.at('DEPTH'), options.depth);
  }
  if (options.newpc !== undefined) k.writeLong(bare.at('NEWPC'), bare.at(options.newpc));
  k.writeLong(bare.at('RETURN'), options.returns ?? 0);
  bare.run();
  const where = Object.fromEntries(['INMAIN', 'INA', 'INB', 'INC', 'NOTED', 'ENDED'].map((label) => [label, bare.long(label)]));
  return { bare, where, calls: log(bare).map(([who, , name]) => [who, name]) };
}

describe('$UNWIND', () => {
  test('ch04#19, ch04#20, ch04#21: to the caller of the frame with the given depth; every frame removed is told', () => {
    const { bare, where, calls } = unwindFrom('A', { depth: 2, returns: 1 });
    expect(bare.long('UNWSTS')).toBe(1);
    // Handler AH, C, B, A, MAIN: nothing is gone before the handler returns.
    expect(bare.long('FRAMES')).toBe(5);
    expect(where).toEqual({ INMAIN: 1, INA: 1, INB: 0, INC: 0, NOTED: 0, ENDED: 1 });
    expect(calls).toEqual([['C', SS$_INTOVF], ['B', SS$_INTOVF], ['A', SS$_INTOVF], ['C', SS$_UNWIND], ['B', SS$_UNWIND]]);
    // The registers A had are back: the frames gave them back one after the other.
    expect(bare.long('A_R3')).toBe(0xaaaa);
  });

  test('without a depth: to the caller of the procedure whose handler it is', () => {
    const { where, calls } = unwindFrom('B');
    expect(where).toEqual({ INMAIN: 1, INA: 1, INB: 0, INC: 0, NOTED: 0, ENDED: 1 });
    expect(calls.slice(2)).toEqual([['C', SS$_UNWIND], ['B', SS$_UNWIND]]);
  });

  test('from a handler of depth 0 without a depth: the procedure that failed returns', () => {
    const { where, calls } = unwindFrom('C');
    expect(where).toEqual({ INMAIN: 1, INA: 1, INB: 1, INC: 0, NOTED: 0, ENDED: 1 });
    expect(calls).toEqual([['C', SS$_INTOVF], ['C', SS$_UNWIND]]);
  });

  test('ch04#24: the alternate address goes to the frame behind the last one counted', () => {
    const { where } = unwindFrom('C', { depth: 1, newpc: 'NOTE' });
    // C is removed, and B, instead of going on behind its call, goes on at NOTE and returns from there.
    expect(where).toEqual({ INMAIN: 1, INA: 1, INB: 0, INC: 0, NOTED: 1, ENDED: 1 });
  });

  test('more frames than there are: SS$_INSFRAME, and nothing is changed', () => {
    const { bare, where } = unwindFrom('C', { depth: 9, returns: 1 });
    expect(bare.long('UNWSTS')).toBe(SS$_INSFRAME);
    expect(where).toEqual({ INMAIN: 1, INA: 1, INB: 1, INC: 1, NOTED: 0, ENDED: 1 });
  });

  test('no handler active: SS$_NOSIGNAL', () => {
    const bare = machineWith(`
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	CLRQ	-(SP)
	CALLS	#2,@#SYS$UNWIND
	MOVL	R0,STATUS
	RET
STATUS:	.LONG	0
`);
    bare.run();
    expect(bare.long('STATUS')).toBe(SS$_NOSIGNAL);
  });

  test('ch04#22: called because of an unwind: SS$_UNWINDING', () => {
    const bare = machineWith(CHAIN.replace('UNW:	CLRL	AH_ACTION', 'UNW2:	CLRQ	-(SP)\n	CALLS	#2,@#SYS$UNWIND\n	MOVL	R0,STS2\n	RSB\nSTS2:	.LONG	0\nUNW:	MOVAB	UNW2,CH_ACTION')
      .replace('	CLRL	CH_ACTION\n', ''));
    bare.kernel.writeLong(bare.at('BH_ACTION'), bare.at('UNW'));
    bare.run();
    expect(bare.long('STS2')).toBe(SS$_UNWINDING);
    expect(bare.long('INA')).toBe(1);
  });

  test('ch04#27: R0 and R1 in a save mask do not come back as they were', () => {
    const bare = machineWith(`${CHAIN.replace('C:	.WORD	^M<IV,R2,R3>', 'C:	.WORD	^M<IV,R0,R1,R2,R3>').replace('	INCL	R2\n', '	MOVL	#^X1234,R0\n	INCL	R2\n')}`);
    bare.kernel.writeLong(bare.at('BH_ACTION'), bare.at('UNW'));
    bare.run();
    expect(bare.long('INA')).toBe(1);
    expect(bare.long('A_R0')).toBe(0x1234);
  });

  /** A's handler AH itself fails (figure 4-10): AHH, the handler it set up, unwinds. */
  const HANDLER_FAILS = `
START:	CALLS	#0,MAIN
	MOVL	#1,ENDED
	HALT
MAIN:	.WORD	0
	CALLS	#0,A
	INCL	INMAIN
	RET
A:	.WORD	^M<IV,R2>
	MOVAB	AH,(FP)
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
	INCL	INA
	RET
AH:	.WORD	0
	MOVL	4(AP),R0
	CMPL	4(R0),#SS$_UNWIND
	BEQL	10$
	MOVAB	AHH,(FP)
	CLRL	@#4
10$:	INCL	AHEND
	RET
AHH:	.WORD	0
	MOVL	4(AP),R0
	CMPL	4(R0),#SS$_UNWIND
	BEQL	10$
	MOVL	8(AP),R0
	MOVL	#1,12(R0)		; what AH's caller, the dispatcher, will see as AH's status
	CLRL	-(SP)
	PUSHL	DEPTHAD
	CALLS	#2,@#SYS$UNWIND
10$:	RET
DEPTHAD:	.LONG	0
DEPTH:	.LONG	1
INMAIN:	.LONG	0
INA:	.LONG	0
AHEND:	.LONG	0
ENDED:	.LONG	0
`;

  test('ch04#25: a handler of a handler unwinds to the dispatcher without a depth, past the establisher with depth+1', () => {
    const byDefault = machineWith(HANDLER_FAILS);
    byDefault.run();
    // AH is gone as if it had returned 1: A goes on behind the overflow.
    expect(['INA', 'INMAIN', 'ENDED'].map((label) => byDefault.long(label))).toEqual([1, 1, 1]);

    const explicit = machineWith(HANDLER_FAILS);
    explicit.kernel.writeLong(explicit.at('DEPTHAD'), explicit.at('DEPTH'));
    explicit.run();
    expect(['INA', 'INMAIN', 'ENDED'].map((label) => explicit.long(label))).toEqual([0, 1, 1]);
  });

  test('ch04#26: out of an AST: its argument list gets the address, and the AST is dismissed', () => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,MAIN
	MOVL	#1,ENDED
	HALT
MAIN:	.WORD	0
	CALLS	#0,A
	INCL	INMAIN
	RET
A:	.WORD	0
	MOVAB	AH,(FP)
	MOVAB	UNW,AH_ACTION
	MOVPSL	-(SP)			; interrupted here by an AST
	PUSHAB	GOON
	CLRQ	-(SP)
	PUSHL	#^X99
	PUSHL	#5
	MOVAB	AST,R1
	JMP	@#TEST_AST
GOON:	INCL	INA
	RET
AST:	.WORD	^M<IV,R2>
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
	INCL	INAST
	RET
UNW:	CLRL	AH_ACTION
	CLRQ	-(SP)
	CALLS	#2,@#SYS$UNWIND
	MOVL	R0,UNWSTS
	RSB
UNWSTS:	.LONG	0
INAST:	.LONG	0
INA:	.LONG	0
INMAIN:	.LONG	0
ENDED:	.LONG	0
`);
    bare.run();
    expect(bare.long('UNWSTS')).toBe(1);
    expect(['INAST', 'INA', 'INMAIN', 'ENDED'].map((label) => bare.long(label))).toEqual([0, 0, 1, 1]);
    expect(log(bare).slice(0, 2)).toEqual([['A', 1, SS$_INTOVF], ['A', 0, SS$_UNWIND]]);
  });
});
