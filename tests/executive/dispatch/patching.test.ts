import { expect, test } from 'vitest';
import type { ResidentImage } from '../../../src/executive/boot/sysboot.js';
import { procedure } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { SERVICES } from '../../../src/executive/starlet/service-table.js';
import { SS$_NORMAL, SS$_WASCLR, SS$_WASSET } from '../../../src/executive/starlet/ssdef.js';
import { Session } from '../../dcl/boot-dcl.js';

/** Memory is the truth: what VAX code in kernel mode changes there changes what the executive does. */
const codeOf = (name: string): number => SERVICES.find((each) => each.name === name)!.code;

/** Called with $CMKRNL; arguments: longwords for results. */
const SOURCE = `
PATCH$START::
	.WORD	0
	PUSHAB	PATCH$CASE
	PUSHAB	PATCH$LIST
	PUSHAB	PATCH$VECTOR
	CALLS	#3,PATCH$MAIN
	RET
;
; The vector of IPL 5 leads to the routine that counts passive releases, for one interrupt.
;
PATCH$VECTOR::
	.WORD	^M<R2,R3>
	MOVL	@#EXE$GL_SCB,R0
	MOVL	^X94(R0),R3
	MTPR	#5,#PR$_SIRR		; as it was
	MOVL	@#IO$GL_SCB_INT0,@4(AP)
	MOVAB	@#ERL$VEC_RETURN,R2
	INCL	R2
	MOVL	R2,^X94(R0)
	MTPR	#5,#PR$_SIRR
	MOVL	@#IO$GL_SCB_INT0,@8(AP)
	MOVL	R3,^X94(R0)
	MTPR	#5,#PR$_SIRR
	MOVL	@#IO$GL_SCB_INT0,@12(AP)
	MOVL	#1,R0
	RET
;
; The IRP list is empty for a while: a request of its size comes from the variable list.
;
PATCH$LIST::
	.WORD	^M<R2,R3,R4,R5,R6>
	MTPR	#11,#PR$_IPL
	MOVZBL	#200,R1
	JSB	@#EXE$ALONONPAGED
	MOVL	R2,@4(AP)
	MOVW	#200,8(R2)
	MOVL	R2,R0
	MTPR	#8,#PR$_IPL
	JSB	@#EXE$DEANONPAGED
	MTPR	#11,#PR$_IPL
	MOVAB	@#IOC$GL_IRPFL,R6
	MOVQ	(R6),R4
	MOVL	R6,(R6)
	MOVL	R6,4(R6)
	MOVZBL	#200,R1
	JSB	@#EXE$ALONPAGVAR	; what the list's place would be taken by
	MOVL	R2,@8(AP)
	MOVW	#200,8(R2)
	MOVL	R2,R0
	MTPR	#8,#PR$_IPL
	JSB	@#EXE$DEANONPAGED
	MTPR	#11,#PR$_IPL
	MOVZBL	#200,R1
	JSB	@#EXE$ALONONPAGED
	MOVL	R2,@12(AP)
	MOVL	R6,R1			; an extension of the list may have come meanwhile
	MOVQ	R4,(R6)
	MOVW	#200,8(R2)
	MOVL	R2,R0
	MTPR	#8,#PR$_IPL
	JSB	@#EXE$DEANONPAGED
	MTPR	#0,#PR$_IPL
	MOVL	#1,R0
	RET
;
; Exchanges the entries of $SETEF and $CLREF in the case table of kernel mode services, whose page is read only.
;
PATCH$CASE::
	.WORD	^M<R2,R3,R4>
	MOVAB	@#KERNEL_TABLE+${2 * (codeOf('$SETEF') - 1)},R1
	MOVAB	@#KERNEL_TABLE+${2 * (codeOf('$CLREF') - 1)},R2
	MOVL	R1,R0
	BSBB	10$
	MOVL	R2,R0
	BSBB	10$
	MOVW	(R1),R3
	MOVW	(R2),(R1)
	MOVW	R3,(R2)
	MOVL	#1,R0
	RET
10$:	EXTZV	#9,#21,R0,R3
	MOVL	@#MMG$GL_SPTBASE,R4
	MOVAL	(R4)[R3],R4
	INSV	#14,#27,#4,(R4)		; PRT$C_URKW
	MTPR	R0,#58			; PR$_TBIS
	RSB
`;

test('an SCB vector, a lookaside list header and an entry of the service case table, changed by VAX code, change what happens', () => {
  const seen: Record<string, number[]> = {};
  let isInIrpList = (_address: number): boolean => false;
  const main = procedure('PATCH$MAIN', function* (p) {
    const k = p.kernel;
    isInIrpList = (address) => address >= k.sys.EXE$GL_SPLITADR && address < k.sys.IOC$GL_SRPSPLIT;
    const results = p.allocate(12);
    const list = p.allocate(16);
    [3, results, results + 4, results + 8].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    const read = (): number[] => [0, 4, 8].map((offset) => p.memory.readLong(results + offset));
    yield* service(p, '$CMKRNL', { routin: p.argument(1), arglst: list });
    seen['vector'] = read();
    yield* service(p, '$CMKRNL', { routin: p.argument(2), arglst: list });
    seen['list'] = read();
    const flags: number[] = seen['case'] = [];
    flags.push(yield* service(p, '$SETEF', { efn: 5 }));
    flags.push(yield* service(p, '$CMKRNL', { routin: p.argument(3), arglst: list }));
    // Now $SETEF clears, and $CLREF sets.
    flags.push(yield* service(p, '$SETEF', { efn: 5 }), yield* service(p, '$SETEF', { efn: 5 }), yield* service(p, '$CLREF', { efn: 5 }), yield* service(p, '$CLREF', { efn: 5 }));
    yield* service(p, '$CMKRNL', { routin: p.argument(3), arglst: list });
    flags.push(yield* service(p, '$CLREF', { efn: 5 }), yield* service(p, '$CLREF', { efn: 5 }));
    return SS$_NORMAL;
  });
  const image: ResidentImage = { name: 'PATCH', source: SOURCE, transfer: 'PATCH$START', routines: [main], privileges: 0xffffffffffffffffn };
  const session = new Session([image], {});
  session.run();
  session.type('MCR PATCH');
  expect(seen['vector']).toEqual([0, 1, 1]);
  expect(seen['list']!.map(isInIrpList)).toEqual([true, false, false]);
  expect(seen['list']![2]).toBe(seen['list']![1]);
  expect(seen['case']).toEqual([SS$_WASCLR, SS$_NORMAL, SS$_WASSET, SS$_WASCLR, SS$_WASCLR, SS$_WASSET, SS$_WASSET, SS$_WASCLR]);
});
