import { expect, test } from 'vitest';
import { IN_ANY_MODE, jsbRoutine, procedure, upTo } from '../../../src/executive/gate/microroutine.js';
import { SS$_OPCCUS } from '../../../src/executive/starlet/ssdef.js';
import { KERNEL, USER, type BareMachine } from '../exceptions/bare-machine.js';
import { log, machineWith } from '../exceptions/fixture.js';

const EXECUTIVE = 1;

/** Calls `target`, an address in system space, and says whether it ran. */
function call(instruction: string, mode: number): { readonly ran: boolean; readonly bare: BareMachine } {
  const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	MOVAB	AH,(FP)
	CLRL	R0
	${instruction}
	MOVL	R0,GOT
	RET
GOT:	.LONG	0
`, {
    routines: [
      jsbRoutine('TEST$KERNEL_ONLY', (k) => { k.setRegister(0, 77); }),
      upTo(IN_ANY_MODE, jsbRoutine('TEST$ANYBODY', (k) => { k.setRegister(0, 77); })),
      procedure('EXE$RUNDWN', function* () { return 77; }),
      procedure('EXE$IMGACT', function* () { return 77; }),
    ],
  });
  bare.run(mode);
  return { ran: bare.long('GOT') === 77, bare };
}

test('an atomic routine of the executive runs in kernel mode only: elsewhere XFC is a reserved instruction', () => {
  expect(call('JSB	@#TEST$KERNEL_ONLY', KERNEL).ran).toBe(true);
  const { ran, bare } = call('JSB	@#TEST$KERNEL_ONLY', USER);
  expect(ran).toBe(false);
  expect(log(bare)[0]).toEqual(['A', 0, SS$_OPCCUS]);
});

test('one that is meant for it runs in any mode', () => {
  expect(call('JSB	@#TEST$ANYBODY', USER).ran).toBe(true);
});

test('the procedure of a service cannot be called past its vector from an outer mode', () => {
  expect(call('CALLS	#0,@#EXE$RUNDWN', USER).ran).toBe(false);
  expect(call('CALLS	#0,@#EXE$IMGACT', USER).ran).toBe(false);
  expect(call('CALLS	#0,@#EXE$IMGACT', EXECUTIVE).ran).toBe(true);
  expect(call('CALLS	#0,@#EXE$RUNDWN', KERNEL).ran).toBe(true);
});

test('a procedure that is entered where an abandoned one had its frame is a new one', () => {
  const finished: string[] = [];
  const bare = machineWith(`
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	MOVL	FP,KEEP
	PUSHAB	ESCAPE
	CALLS	#1,@#TEST$A		; never comes back here
	HALT
ESCAPE:	.WORD	0
	MOVL	KEEP,FP			; drops the frames below PROC's, as an exit handler of a CLI does
	MOVL	FP,SP
	PUSHAB	NOTHING
	CALLS	#1,@#TEST$B
	MOVL	R0,GOT
	HALT
NOTHING:	.WORD	0
	MOVL	#5,R0
	RET
KEEP:	.LONG	0
GOT:	.LONG	0
`, {
    routines: [
      procedure('TEST$A', function* (p) {
        try {
          yield* p.call(p.argument(1));
          return 1;
        } finally {
          finished.push('A');
        }
      }),
      procedure('TEST$B', function* (p) { return (yield* p.call(p.argument(1))) + 37; }),
    ],
  });
  bare.run();
  expect(bare.long('GOT')).toBe(42);
  expect(finished).toEqual(['A']);
});
