import { describe, expect, test } from 'vitest';
import { BUGCHECK_ROUTINES } from '../../../src/executive/exceptions/bugcheck.js';
import { MACHINE_CHECK_ROUTINES } from '../../../src/executive/exceptions/machine-check.js';
import { SCB_ENTRIES } from '../../../src/executive/exceptions/scb.js';
import { SIGNAL_ROUTINES } from '../../../src/executive/exceptions/signal.js';
import { EXE$UNWIND } from '../../../src/executive/exceptions/unwind.js';
import { EXCEPTION_SOURCES } from '../../../src/executive/exceptions/sources.js';
import { callRoutine } from '../../../src/executive/gate/microroutine.js';
import { BareMachine, VECTORS_P1 } from './bare-machine.js';

/** The few vectors these tests need; S0 and P1 map the same pages. */
const VECTORS = `
VECS:
CALLH:	CALLG	4(SP),(R1)
	RSB
	NOP
	NOP
	NOP
SRCH:	JMP	@#EXE$SRCHANDLER
	NOP
	NOP
UNWD:	.WORD	^X0FFC
	JMP	@#EXE$UNWIND+2
EXITV:	.WORD	^X0FFC
	CHMK	I^#1
	RET
	NOP
EXCM:	.WORD	^X0FFC
	JMP	@#EXE$EXCMSG+2
SIGV:	.WORD	0
	JMP	@#EXE$SIGNAL+2
STOPV:	.WORD	0
	JMP	@#EXE$STOP+2
ADJV:	.WORD	^X0FFC
	CHMK	I^#2
	RET
	NOP
CREV:	.WORD	^X0FFC
	CHMK	I^#3
	RET
	NOP
VEND:
	.BLKB	512*5
SYS$CALL_HANDL == ^X${VECTORS_P1.toString(16)}
SYS$SRCHANDLER == SYS$CALL_HANDL+<SRCH-VECS>
SYS$UNWIND == SYS$CALL_HANDL+<UNWD-VECS>
SYS$EXIT == SYS$CALL_HANDL+<EXITV-VECS>
SYS$EXCMSG == SYS$CALL_HANDL+<EXCM-VECS>
LIB$SIGNAL == SYS$CALL_HANDL+<SIGV-VECS>
LIB$STOP == SYS$CALL_HANDL+<STOPV-VECS>
SYS$ADJSTK == SYS$CALL_HANDL+<ADJV-VECS>
SYS$CRETVA == SYS$CALL_HANDL+<CREV-VECS>
	.ALIGN	LONG
TEST_CHMK::
	CMPL	(SP),#2
	BEQL	10$
	MOVL	4(AP),R0		; $EXIT: the status
	HALT
10$:	JMP	TEST_ADJSTK
EXE$ASTRET::
	HALT
MMG$PAGEFAULT::
	HALT
TEST_ADJSTK:
	ADDL2	#4,SP
	PUSHAB	20$
	PUSHL	FP
	PUSHL	AP
	CLRQ	-(SP)
	MOVL	SP,FP
	MOVL	@#SCH$GL_CURPCB,R4
	JMP	@#EXE$ADJSTK+2
20$:	REI
`;

/** Stands in for $EXCMSG and $EXIT: the image's end is a HALT in kernel mode, with the status in R0. */
const STUBS = [callRoutine('EXE$EXCMSG', () => 1)];

const LOGGING = `
;
; Every handler notes its letter, its depth and the condition's name at LOG, and returns what RESULT says for it.
;
	.MACRO	HANDLER NAME,LETTER
NAME:	.WORD	^M<R2,R3>
	MOVL	NEXT,R2
	MOVL	#^A/LETTER/,(R2)+
	MOVQ	4(AP),R0
	MOVL	8(R1),(R2)+
	MOVL	4(R0),(R2)+
	MOVL	R2,NEXT
	MOVL	NAME'_RESULT,R0
	TSTL	NAME'_ACTION
	BEQL	NAME'_DONE
	JSB	@NAME'_ACTION
NAME'_DONE:
	RET
NAME'_RESULT:	.LONG	^X918
NAME'_ACTION:	.LONG	0
	.ENDM	HANDLER
NEXT:	.ADDRESS LOG
LOG:	.BLKL	60
`;

function machineWith(image: string): BareMachine {
  return new BareMachine({
    routines: [...BUGCHECK_ROUTINES, ...SIGNAL_ROUTINES, ...MACHINE_CHECK_ROUTINES, EXE$UNWIND, ...STUBS],
    executive: `${VECTORS}\n${EXCEPTION_SOURCES.join('\n')}`,
    image: LOGGING + image,
    scb: SCB_ENTRIES.filter((entry) => entry.vector !== 0x40 && entry.vector !== 0x44).concat([{ vector: 0x40, symbol: 'TEST_CHMK' }]),
  });
}

/** What the handlers noted: letter, signed depth, condition name. */
function log(bare: BareMachine): [string, number, number][] {
  const entries: [string, number, number][] = [];
  for (let index = 0; bare.long('LOG', index) !== 0; index += 3) {
    entries.push([String.fromCharCode(bare.long('LOG', index)), bare.long('LOG', index + 1) | 0, bare.long('LOG', index + 2)]);
  }
  return entries;
}

describe('search for a handler', () => {
  test('ch04#4: an arithmetic trap has three longwords and no type code; #2: continuing goes to the next instruction', () => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,PROC
	MOVL	#^XE0E,DONE
	HALT
PROC:	.WORD	^M<IV>
	MOVAB	AH,(FP)
	MOVL	#1,AH_RESULT
	MOVL	#^X7FFFFFFF,R2
	INCL	R2
AFTER:	MOVL	#77,R3
	MOVL	R3,SEEN
	RET
DONE:	.LONG	0
SEEN:	.LONG	0
`);
    bare.run();
    expect(log(bare)).toEqual([['A', 0, 0x47c]]);
    expect(bare.long('SEEN')).toBe(77);
    expect(bare.long('DONE')).toBe(0xe0e);
  });
});
