import { expect, test } from 'vitest';
import { procedure } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { SS$_ACCVIO } from '../../../src/executive/starlet/ssdef.js';
import { USER } from '../exceptions/bare-machine.js';
import { log, machineWith } from '../exceptions/fixture.js';

const NOWHERE = 0x3000_0000;

/** Calls a procedure that tries `atOnce` first and else gives 5. @returns its R0, whether the caller's R2 is as it was, whether its body ran, and what the handler has seen */
function call(atOnce: (p: Procedure) => number | undefined): { readonly r0: number; readonly isKept: boolean; readonly bodyRan: boolean; readonly seen: unknown } {
  let bodyRan = false;
  const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	^M<R2,R3>
	MOVAB	AH,(FP)
	MOVL	#33,R2
	CLRL	R0
	PUSHL	#4
	CALLS	#1,@#TEST$AT_ONCE
	MOVL	R0,GOT
	SUBL3	#33,R2,KEPT
	RET
GOT:	.LONG	0
KEPT:	.LONG	1
`, {
    routines: [{
      ...procedure('TEST$AT_ONCE', function* () {
        bodyRan = true;
        return 5;
      }),
      atOnce,
    }],
  });
  bare.run(USER);
  return { r0: bare.long('GOT'), isKept: bare.long('KEPT') === 0, bodyRan, seen: log(bare)[0] };
}

test('what can be done at once is the whole procedure: its value is R0, the frame is left as always', () => {
  expect(call((p) => 70 + p.argument(1))).toEqual({ r0: 74, isKept: true, bodyRan: false, seen: undefined });
});

test('what cannot is left to the body, which begins anew', () => {
  expect(call(() => undefined)).toEqual({ r0: 5, isKept: true, bodyRan: true, seen: undefined });
});

test('a violation on the way is a condition signalled in its frame', () => {
  const { bodyRan, seen } = call((p) => p.memory.readLong(NOWHERE));
  expect(bodyRan).toBe(false);
  expect(seen).toEqual(['A', 1, SS$_ACCVIO]);
});
