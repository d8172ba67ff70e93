import { BUGCHECK_ROUTINES } from '../../../src/executive/exceptions/bugcheck.js';
import { ERROR_LOG_ROUTINES } from '../../../src/executive/exceptions/error-log-entries.js';
import { MACHINE_CHECK_ROUTINES } from '../../../src/executive/exceptions/machine-check.js';
import { SCB_ENTRIES } from '../../../src/executive/exceptions/scb.js';
import { SIGNAL_ROUTINES } from '../../../src/executive/exceptions/signal.js';
import { EXCEPTION_SOURCES } from '../../../src/executive/exceptions/sources.js';
import { EXE$UNWIND } from '../../../src/executive/exceptions/unwind.js';
import { CHANGE_MODE_ROUTINES, dispatchSource } from '../../../src/executive/dispatch/dispatcher.js';
import { EXE$SETSFM, EXE$SETSSF } from '../../../src/executive/dispatch/services.js';
import { vectorSource } from '../../../src/executive/dispatch/vectors.js';
import { EXE$DCLCMH, EXE$SETEXV } from '../../../src/executive/exceptions/handlers.js';
import { callRoutine, type Microroutine } from '../../../src/executive/gate/microroutine.js';
import { BareMachine } from './bare-machine.js';

/** Stand-ins: $EXCMSG counts its calls, $EXIT halts with the status in R0, and a few services the tests watch. */
const STAND_INS: readonly Microroutine[] = [
  callRoutine('EXE$EXCMSG', (k) => { k.writeLong(k.symbol('EXCMSG_CALLS'), k.readLong(k.symbol('EXCMSG_CALLS')) + 1); return 1; }),
];
const STAND_IN_SOURCE = `
	.ALIGN	LONG
TEST_HALT::				; a vector may lead here
	HALT
	.ALIGN	LONG
EXCMSG_CALLS::	.LONG	0
EXIT_STAND_IN::
EXE$PUT_COMMON::				; library procedures of the vector pages that nobody calls here
EXE$GET_COMMON::
EXE$SET_SYMBOL::
EXE$GET_SYMBOL::
EXE$PAUSE::
	.WORD	0
	MOVL	4(AP),R0
	HALT
EXE$CRETVA::
	.WORD	^X0FFC
	MOVZWL	#SS$_VASFULL,R0
	RET
ASTEXIT::
	REI
TEST_AST::				; an AST's frame as AST delivery makes it; R1 the routine
	CALLG	(SP),(R1)
EXE$ASTRET::
	ADDL2	#8,SP
	POPR	#^M<R0,R1>
	REI
MMG$PAGEFAULT::
	HALT
	.ALIGN	LONG
`;

/**
 * HANDLER NAME,LETTER: a condition handler that notes its letter, the depth and the condition's name at LOG, does JSB to NAME_ACTION when
 * that is set, and returns NAME_RESULT (SS$_RESIGNAL to begin with).
 */
const LOGGING = `
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
LOG:	.BLKL	90
`;

const IMPLEMENTED = new Set(['$EXIT', '$EXCMSG', '$CRETVA', '$ADJSTK', '$UNWIND', '$SETEXV', '$DCLCMH', '$SETSFM', '$SETSSF', '$CMKRNL', '$CMEXEC']);

export interface FixtureOptions {
  readonly routines?: readonly Microroutine[];
  readonly source?: string;
  readonly implemented?: readonly string[];
  /** MACRO text that defines EXE$EXIT, instead of the stand-in. */
  readonly exit?: string;
}

/** A bare machine with vectors, dispatchers, exceptions and the given image. */
export function machineWith(image: string, options: FixtureOptions = {}): BareMachine {
  return new BareMachine({
    routines: [
      ...BUGCHECK_ROUTINES, ...SIGNAL_ROUTINES, ...MACHINE_CHECK_ROUTINES, ...ERROR_LOG_ROUTINES, EXE$UNWIND, EXE$SETEXV, EXE$DCLCMH, EXE$SETSFM, EXE$SETSSF,
      ...CHANGE_MODE_ROUTINES, ...STAND_INS, ...options.routines ?? [],
    ],
    vectors: vectorSource(new Set([...IMPLEMENTED, ...options.implemented ?? []])),
    executive: [...EXCEPTION_SOURCES, dispatchSource(new Set([...IMPLEMENTED, ...options.implemented ?? []])), STAND_IN_SOURCE, options.exit ?? 'EXE$EXIT == EXIT_STAND_IN\n', options.source ?? '', '	.BLKB	512\nBUG$FATAL::\n	.BLKB	4096\n'].join('\n'),
    image: LOGGING + image,
    // This machine has no SYSLOA780: the routine itself is in the SCB.
    scb: SCB_ENTRIES.filter(({ symbol }) => !/^EXE\$INT/.test(symbol)).map((entry) => (entry.symbol === 'EXE$MCHK' ? { ...entry, symbol: 'EXE$MCHECK' } : entry)),
  });
}

/** What the handlers noted: letter, signed depth, condition name. */
export function log(bare: BareMachine): [string, number, number][] {
  const entries: [string, number, number][] = [];
  for (let index = 0; bare.long('LOG', index) !== 0; index += 3) {
    entries.push([String.fromCharCode(bare.long('LOG', index)), bare.long('LOG', index + 1) | 0, bare.long('LOG', index + 2)]);
  }
  return entries;
}
