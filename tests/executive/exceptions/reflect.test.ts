import { describe, expect, test } from 'vitest';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { SS$_ASTFLT, SS$_CMODSUPR, SS$_CMODUSER, SS$_DEBUG, SS$_INTDIV, SS$_SUBRNG } from '../../../src/executive/starlet/ssdef.js';
import { KERNEL, USER, USER_STACK } from './bare-machine.js';
import { log, machineWith } from './fixture.js';

const SUPERVISOR = 2;
const p1 = (name: keyof typeof P1_CELLS.offset): number => CTL$GL_VECTORS + P1_CELLS.offset[name];

describe('conditions that inner modes report to outer ones', () => {
  test('ch04#32: the CLI\'s DEBUG command: EXE$REFLECT from supervisor mode signals SS$_DEBUG in user mode, N = 3', () => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	SUBL2	#0,SP			; supervisor mode: what DCL does
	PUSHL	#^X03C00000
	PUSHAB	GOON
	PUSHL	#SS$_DEBUG
	PUSHL	#3
	MOVAB	FRAME,FP
	JMP	@#EXE$REFLECT
GOON:	MOVPSL	PSL
	MOVL	SP,USERSP
	HALT
FRAME:	.LONG	0,0,0,0,0
PSL:	.LONG	0
USERSP:	.LONG	0
`);
    const k = bare.kernel;
    k.writeLong(p1('CTL$AQ_EXCVEC') + 8 * USER, bare.at('AH'));
    k.writeLong(bare.at('AH_RESULT'), 1);
    bare.run(SUPERVISOR);
    expect(log(bare)[0]).toEqual(['A', -2, SS$_DEBUG]);
    expect((bare.long('PSL') >>> 24) & 3).toBe(USER);
    // Continuing left the user stack as it was.
    expect(bare.long('USERSP')).toBe(USER_STACK.high);
  });

  test('ch04#40: SS$_ASTFLT has seven longwords: SP, parameter, and the two PC and PSL pairs', () => {
    const bare = machineWith(`
WATCH:	.WORD	^M<R2,R3,R4,R5>
	TSTL	SIGNAL
	BNEQ	10$
	MOVL	4(AP),R2
	MOVC3	#32,(R2),SIGNAL
10$:	MOVL	#1,R0
	RET
START:	PUSHL	#^X03C00000
	PUSHAB	GOON
	PUSHL	#^X03C00000
	PUSHL	#^X700
	PUSHL	#^X55
	PUSHL	#^X66
	JMP	@#EXE$ASTFLT
GOON:	HALT
SIGNAL:	.BLKL	8
`);
    bare.kernel.writeLong(p1('CTL$AQ_EXCVEC') + 8 * USER, bare.at('WATCH'));
    bare.run(KERNEL);
    expect([0, 1, 2, 3, 4, 6].map((index) => bare.long('SIGNAL', index))).toEqual([7, SS$_ASTFLT, 0x66, 0x55, 0x700, bare.at('GOON')]);
  });

  test('ch04#5: CHMS in kernel mode stays in kernel mode', () => {
    const bare = machineWith('START:	CHMS	#1\n	HALT\n');
    bare.machine.memory.view.setUint32(0x40048, bare.kernel.symbol('TEST_HALT'), true);
    bare.run(KERNEL);
    expect(bare.machine.cpu.currentMode).toBe(KERNEL);
    expect(bare.pcOfHalt).toBe(bare.kernel.symbol('TEST_HALT') + 1);
  });
});

describe('change mode handlers', () => {
  const DECLARED = `
	HANDLER	AH,A
START:	CALLS	#0,PROC
	MOVL	#1,ENDED
	HALT
PROC:	.WORD	0
	MOVAB	AH,(FP)
	MOVL	#1,AH_RESULT
	PUSHL	#0
	PUSHL	#0
	PUSHAB	HANDLE
	CALLS	#3,@#SYS$DCLCMH
	CHMU	#^X1234
BEHIND:	INCL	WENTON
	RET
HANDLE:	MOVL	(SP)+,CODE		; code, PC, PSL on the stack, and nothing else
	MOVL	(SP),SAVEDPC
	MOVPSL	PSL
	REI
CODE:	.LONG	0
SAVEDPC:	.LONG	0
PSL:	.LONG	0
WENTON:	.LONG	0
ENDED:	.LONG	0
`;

  test('ch04#37: entered with code, PC and PSL on the user stack; REI goes on behind the CHMU', () => {
    const bare = machineWith(DECLARED);
    bare.run();
    expect(bare.long('CODE')).toBe(0x1234);
    expect(bare.long('SAVEDPC')).toBe(bare.at('BEHIND'));
    expect((bare.long('PSL') >>> 24) & 3).toBe(USER);
    expect([bare.long('WENTON'), bare.long('ENDED')]).toEqual([1, 1]);
    expect(log(bare).filter(([, , name]) => name === SS$_CMODUSER)).toEqual([]);
  });

  test('not declared: SS$_CMODUSER and SS$_CMODSUPR are signaled, with the code', () => {
    const image = (instruction: string): string => DECLARED.replace('	CALLS	#3,@#SYS$DCLCMH', '	ADDL2	#12,SP').replace('CHMU	#^X1234', instruction);
    const user = machineWith(image('CHMU	#5'));
    user.run();
    expect(log(user)[0]).toEqual(['A', 0, SS$_CMODUSER]);
    const supervisor = machineWith(image('CHMS	#5'));
    supervisor.run();
    expect(log(supervisor)[0]).toEqual(['A', 0, SS$_CMODSUPR]);
    expect(supervisor.long('WENTON')).toBe(1);
  });
});

describe('arithmetic', () => {
  test.each([
    ['division by zero', 'DIVL2	#0,R2', SS$_INTDIV],
    ['subscript out of range', 'INDEX	#9,#1,#5,#4,#0,R2', SS$_SUBRNG],
  ])('ch04#4: %s', (_what, instruction, name) => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	^M<IV>
	MOVAB	AH,(FP)
	MOVL	#1,AH_RESULT
	${instruction}
	RET
`);
    bare.run();
    expect(log(bare)[0]).toEqual(['A', 0, name]);
  });
});
