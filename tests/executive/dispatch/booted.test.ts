import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/emulator/clock.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { serviceVector } from '../../../src/executive/starlet/service-table.js';
import { CTL$GL_VECTORS, DISPATCH_AREAS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { SCH$C_LEF } from '../../../src/executive/structures/sch.js';
import { bootSystem } from '../../../src/system/boot-system.js';
import { TEST_TIME, TestSystem } from '../../harness.js';

test('ch09#24: a process in LEF stands on the CHMK of $WAITFR, in user mode', () => {
  const system = new TestSystem({ programs: { SYSINIT: function* (p) { return yield* service(p, '$WAITFR', { efn: 10 }); } } });
  system.runUntilIdle(1);
  const pcb = system.process('SYSINIT')!;
  expect(pcb.PCB$W_STATE).toBe(SCH$C_LEF);
  const phd = PHD.at(system.k, pcb.PCB$L_PHD);
  expect(phd.PHD$L_PC).toBe(serviceVector('$WAITFR') + 2);
  expect((phd.PHD$L_PSL >>> 24) & 3).toBe(3);
});

test('ch09#28: the dispatch area of a process begins with RSB', () => {
  const bytes: number[] = [];
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        for (const cell of ['CTL$GL_USRCHMK', 'CTL$GL_USRCHME'] as const) bytes.push(p.memory.readByte(p.memory.readLong(CTL$GL_VECTORS + P1_CELLS.offset[cell])));
        bytes.push(p.memory.readByte(DISPATCH_AREAS.rundown));
        return yield* service(p, '$HIBER', {});
      },
    },
  });
  system.runUntilIdle(1);
  expect(bytes).toEqual([5, 5, 5]);
});

/**
 * $QIOW to a mailbox that nobody writes, with a timer AST every 100 ms that counts and, the third time, writes the mailbox. VAX code.
 */
const QIOW_WITH_ASTS = `
WAITER$MAIN::
	.WORD	^M<R2,R3>
	SUBL2	#64,SP
	MOVL	SP,R3			; 0 channel, 8 time, 16 IOSB, 24 buffer, 32 ASTs
	CLRQ	16(R3)
	CLRL	32(R3)
	CLRQ	-(SP)
	CLRQ	-(SP)
	CLRL	-(SP)
	PUSHAW	(R3)
	PUSHL	#0
	CALLS	#7,@#SYS$CREMBX
	MOVL	#-1000000,8(R3)
	MNEGL	#1,12(R3)
	BSBW	SET_TIMER
	CLRQ	-(SP)			; P6 to P3
	CLRQ	-(SP)
	PUSHL	#8			; P2, P1
	PUSHAB	24(R3)
	CLRQ	-(SP)			; no AST
	PUSHAQ	16(R3)
	PUSHL	#^X31			; IO$_READVBLK
	MOVZWL	(R3),-(SP)
	PUSHL	#5
	CALLS	#12,@#SYS$QIOW
	MOVL	R0,@#^X7FFE1A80		; VMS user data page: where the test looks
	MOVL	32(R3),@#^X7FFE1A84
	MOVZWL	16(R3),@#^X7FFE1A88
10$:	BRB	10$
SET_TIMER:
	PUSHL	R3
	PUSHAB	TICK
	PUSHAQ	8(R3)
	PUSHL	#6
	CALLS	#4,@#SYS$SETIMR
	RSB
TICK:	.WORD	^M<R2,R3>
	MOVL	4(AP),R3
	INCL	32(R3)
	CMPL	32(R3),#3
	BEQL	20$
	BSBB	SET_TIMER
	RET
20$:	CLRQ	-(SP)
	CLRQ	-(SP)
	PUSHL	#4
	PUSHAB	32(R3)
	CLRQ	-(SP)
	CLRL	-(SP)
	PUSHL	#^X70			; IO$_WRITEVBLK!IO$M_NOW
	MOVZWL	(R3),-(SP)
	PUSHL	#7
	CALLS	#12,@#SYS$QIO
	RET
`;

test('ch09#23: user mode ASTs are delivered during $QIOW, and the wait goes on until the request is complete', () => {
  const clock = new VirtualClock();
  const system = bootSystem({
    memoryMegabytes: 16, clock, console: { transmit: () => undefined }, systemTime: TEST_TIME, firstImage: 'WAITER', systemImages: [],
    residentImages: [{ name: 'WAITER', source: QIOW_WITH_ASTS, routines: [], transfer: 'WAITER$MAIN' }],
  });
  const { machine, kernel: k } = system;
  for (let slice = 0; slice < 400; slice += 1) {
    if (machine.run(20_000).kind === 'idle') clock.advance(Math.max(0, system.untilNextTimer() ?? 0));
    if (machine.cpu.currentMode === 3 && (machine.cpu.r[15]! >>> 0) < 0x400) break;
  }
  expect([0, 4, 8].map((offset) => k.readLong(0x7ffe1a80 + offset))).toEqual([1, 3, 1]);
});
