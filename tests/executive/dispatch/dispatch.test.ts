import { describe, expect, test } from 'vitest';
import { rmsDispatchSource } from '../../../src/executive/dispatch/dispatcher.js';
import { callRoutine, type Microroutine } from '../../../src/executive/gate/microroutine.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { PRV$V_CMKRNL } from '../../../src/executive/starlet/prvdef.js';
import { SERVICES, serviceSymbol, serviceVector } from '../../../src/executive/starlet/service-table.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_ILLSER, SS$_INHCHMK, SS$_INSFARG, SS$_NOPRIV, SS$_SSFAIL, SS$_WASCLR } from '../../../src/executive/starlet/ssdef.js';
import { KERNEL, S0, VECTORS_P1, type BareMachine } from '../exceptions/bare-machine.js';
import { log, machineWith, type FixtureOptions } from '../exceptions/fixture.js';

const SUPERVISOR = 2;
const EXECUTIVE = 1;
const USER = 3;
const p1 = (name: keyof typeof P1_CELLS.offset): number => CTL$GL_VECTORS + P1_CELLS.offset[name];
const codeOf = (name: string): number => SERVICES.find((service) => service.name === name)!.code;

/** $WAKE that writes down what it was entered with, and returns the longword its first argument points to (or 1). */
const SPY_SOURCE = `
	.ALIGN	LONG
SPY::	.BLKL	12
EXE$WAKE::
	.WORD	^X0FFC
	MOVL	AP,SPY
	MOVL	FP,SPY+4
	MOVL	R4,SPY+8
	MOVL	(FP),SPY+12
	MOVL	4(FP),SPY+16
	MOVL	16(FP),SPY+20
	MOVL	SP,SPY+24
	INCL	SPY+28
	MOVPSL	SPY+32
	MOVL	#1,R0
	TSTL	4(AP)
	BEQL	10$
	MOVL	@4(AP),R0
10$:	RET
EXE$GETTIM::
	.WORD	^X0FFC			; executive mode may not write system data: P0 instead
	MOVL	R4,@#^X7E00
	MOVPSL	@#^X7E04
	MOVL	#1,R0
	RET
`;
const SPY_OPTIONS: FixtureOptions = { source: SPY_SOURCE, implemented: ['$WAKE', '$GETTIM'] };
const spy = (bare: BareMachine, index: number): number => bare.kernel.readLong(bare.kernel.symbol('SPY') + 4 * index);

/** Calls a service with the list at LIST and keeps R0 at STATUS. */
const call = (vector: string): string => `
START:	MOVL	#^X4444,R4
	CALLG	LIST,@#${vector}
	MOVL	R0,STATUS
	MOVL	R4,R4AFTER
	HALT
STATUS:	.LONG	0
R4AFTER:	.LONG	0
`;

/** Executes CHMK #16527 in a procedure; its status. */
const CALLER_OF_16527 = `
START:	CALLS	#0,PROC
	MOVL	R0,STATUS
	HALT
PROC:	.WORD	^M<R2>
	CHMK	#16527
	RET
STATUS:	.LONG	0
`;

describe('change mode dispatchers', () => {
  test('ch09#5, ch09#6, ch09#7, appB#9: a kernel service has R4 = PCB, a frame that returns to SRVEXIT, and the caller\'s own argument list', () => {
    const bare = machineWith(`${call('SYS$WAKE')}
LIST:	.LONG	2,0,0
`, SPY_OPTIONS);
    bare.run();
    const k = bare.kernel;
    expect(bare.long('STATUS')).toBe(1);
    expect(spy(bare, 0)).toBe(bare.at('LIST'));
    expect(spy(bare, 2)).toBe(k.sys.SCH$GL_CURPCB);
    expect([spy(bare, 3), spy(bare, 4), spy(bare, 5)]).toEqual([0, 0, k.symbol('SRVEXIT')]);
    expect(spy(bare, 1)).toBe(spy(bare, 6));
    expect((spy(bare, 8) >>> 24) & 3).toBe(0);
    expect(bare.long('R4AFTER')).toBe(0x4444);
  });

  test('ch09#5: an executive service has the caller\'s R4', () => {
    const bare = machineWith(`${call('SYS$GETTIM')}
LIST:	.LONG	1,0
`, SPY_OPTIONS);
    bare.run();
    expect(bare.kernel.readLong(0x7e00)).toBe(0x4444);
    expect((bare.kernel.readLong(0x7e04) >>> 24) & 3).toBe(EXECUTIVE);
  });

  test('ch09#4: after CHMK the stack holds code, PC behind it, PSL', () => {
    const bare = machineWith('START:	CHMK	I^#5\n	HALT\n');
    bare.kernel.machine.memory.view.setUint32(0x40040, bare.kernel.symbol('TEST_HALT'), true);
    bare.run();
    const sp = bare.machine.cpu.r[14]! >>> 0;
    expect(bare.kernel.readLong(sp)).toBe(5);
    expect(bare.kernel.readLong(sp + 4)).toBe(bare.at('START') + 4);
    expect((bare.kernel.readLong(sp + 8) >>> 24) & 3).toBe(USER);
  });

  test('ch09#8: fewer arguments than required: SS$_INSFARG; more: accepted', () => {
    const few = machineWith(`${call('SYS$WAKE')}
LIST:	.LONG	1,0,0
`, SPY_OPTIONS);
    few.run();
    expect(few.long('STATUS')).toBe(SS$_INSFARG);
    expect(spy(few, 7)).toBe(0);
    const more = machineWith(`${call('SYS$WAKE')}
LIST:	.LONG	3,0,0,0
`, SPY_OPTIONS);
    more.run();
    expect(more.long('STATUS')).toBe(1);
  });

  test('ch09#9: an argument list the caller cannot read: SS$_ACCVIO, and the service does not run', () => {
    const bare = machineWith(call('SYS$WAKE').replace('LIST', '@#^X7FFE7D00'), SPY_OPTIONS);
    bare.run();
    expect(bare.long('STATUS')).toBe(SS$_ACCVIO);
    expect(spy(bare, 7)).toBe(0);
  });

  test('ch09#10: the count given is not what is probed', () => {
    // The list ends with P0 space; its count says 200.
    const bare = machineWith(call('SYS$WAKE').replace('LIST', '@#^X7FF4'), SPY_OPTIONS);
    bare.kernel.writeLong(0x7ff4, 200);
    bare.run();
    expect(bare.long('STATUS')).toBe(1);
  });

  test('ch09#11, ch09#28: an unknown code tries the per-process and the systemwide dispatcher, then SS$_ILLSER', () => {
    const image = `
START:	CALLS	#0,PROC
	MOVL	R0,STATUS
	HALT
PROC:	.WORD	^M<R2>
	CHMK	#500
	RET
STATUS:	.LONG	0
`;
    const source = `
TRIED::	.LONG	0
REJECT::
	INCL	TRIED
	RSB
`;
    const bare = machineWith(image, { source });
    const k = bare.kernel;
    k.writeLong(p1('CTL$GL_USRCHMK'), k.symbol('REJECT'));
    k.sys.EXE$GL_USRCHMK = k.symbol('REJECT');
    bare.run();
    expect(bare.long('STATUS')).toBe(SS$_ILLSER);
    expect(k.readLong(k.symbol('TRIED'))).toBe(2);
  });

  test('ch09#13: a CHME code that is not the executive\'s goes to RMS', () => {
    const bare = machineWith(`${call('SYS$OPEN')}
LIST:	.LONG	1,^X200
`, { source: `
RMSBASE::
	MOVZWL	R0,@#^X7E00
	MOVL	#1,R0
	RET
` });
    const k = bare.kernel;
    k.writeLong(p1('CTL$GL_RMSBASE'), k.symbol('RMSBASE'));
    bare.run();
    expect(k.readLong(0x7e00)).toBe(codeOf('$OPEN'));
    expect(bare.long('STATUS')).toBe(1);
  });

  test('ch09#14, ch09#15, ch09#30: a code of a privileged image is not held to the count of the service with the same low byte', () => {
    const bare = machineWith(CALLER_OF_16527, { source: `
DEPTH::	.LONG	0
ACCEPT::
	SUBL3	SP,FP,DEPTH
	ADDL2	#4,SP
	MOVZWL	R0,R0
	BISL2	#1,R0
	RET
` });
    const k = bare.kernel;
    k.writeLong(p1('CTL$GL_USRCHMK'), k.symbol('ACCEPT'));
    bare.run();
    expect(bare.long('STATUS')).toBe(16527);
    // Here one return address lies below the frame; JSB from the P1 area adds the second.
    expect(k.readLong(k.symbol('DEPTH'))).toBe(4);
  });

  test('ch09#29, ch09#30: user-written dispatchers are tried in the order of their JSBs; the first that accepts wins', () => {
    const bare = machineWith(CALLER_OF_16527, { source: `
TRIED::	.LONG	0
DEPTH::	.LONG	0
AREA::
	JSB	@#FIRST
	JSB	@#SECOND
	JSB	@#THIRD
	RSB
FIRST:	INCL	TRIED
	RSB
SECOND:	INCL	TRIED
	SUBL3	SP,FP,DEPTH
	ADDL2	#8,SP
	MOVL	#^X5551,R0
	RET
THIRD:	INCL	TRIED
	RSB
` });
    const k = bare.kernel;
    k.writeLong(p1('CTL$GL_USRCHMK'), k.symbol('AREA'));
    bare.run();
    expect(bare.long('STATUS')).toBe(0x5551);
    expect(k.readLong(k.symbol('TRIED'))).toBe(2);
    expect(k.readLong(k.symbol('DEPTH'))).toBe(8);
  });

  test('ch09#12: CHMK #0 leaves only PC and PSL for AST exit', () => {
    const bare = machineWith('START:	CHMK	#0\nBEHIND:	MOVL	#1,DONE\n	HALT\nDONE:	.LONG	0\n');
    const k = bare.kernel;
    bare.runUntil((pc) => pc === k.symbol('ASTEXIT'));
    const sp = k.register(14);
    expect(sp).toBe(k.readLong(p1('CTL$AL_STACK')) - 8);
    expect(k.readLong(sp)).toBe(bare.at('BEHIND'));
    bare.machine.run(10);
    expect(bare.long('DONE')).toBe(1);
  });

  test('ch09#37: CHME in kernel mode stays in kernel mode', () => {
    const bare = machineWith(`${call('SYS$GETTIM')}
LIST:	.LONG	1,0
`, SPY_OPTIONS);
    bare.run(KERNEL);
    expect((bare.kernel.readLong(0x7e04) >>> 24) & 3).toBe(KERNEL);
  });

  test('a service nobody has written answers SS$_ILLSER', () => {
    const bare = machineWith(`${call('SYS$SETPFM')}
LIST:	.LONG	4,0,0,0,0
`);
    bare.run();
    expect(bare.long('STATUS')).toBe(SS$_ILLSER);
  });

  test('ch09#1: the vectors in P1 and S0 are the same memory', () => {
    const bare = machineWith('START:	HALT\n');
    const offset = serviceVector('$WAKE') - VECTORS_P1;
    bare.kernel.writeByte(S0 + offset + 6, 0x12);
    expect(bare.kernel.readByte(VECTORS_P1 + offset + 6)).toBe(0x12);
  });
});

describe('system service failure', () => {
  const FAILING = `
	HANDLER	AH,A
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	MOVAB	AH,(FP)
	MOVL	#1,AH_RESULT
	MOVAB	LOOK,AH_ACTION
	PUSHL	#1
	CALLS	#1,@#SYS$SETSFM
	MOVL	R0,SFM
	CALLG	LIST,@#SYS$WAKE
	MOVL	R0,STATUS
	RET
LOOK:	MOVL	@4(FP),R0
	MOVL	4(AP),R0
	MOVL	8(R0),PARAM
	MOVL	(R0),COUNT
	MOVL	12(R0),SIGPC
	MOVL	#1,R0
	RSB
LIST:	.LONG	2
	.ADDRESS RESULT
	.LONG	0
RESULT:	.LONG	^X14
SFM:	.LONG	0
STATUS:	.LONG	0
PARAM:	.LONG	0
COUNT:	.LONG	0
SIGPC:	.LONG	0
`;

  test('ch04#36, ch09#16, ch09#19: an error with $SETSFM on is signaled with the status, at IPL 0, PC behind the CHMK', () => {
    const bare = machineWith(FAILING.replace('	MOVL	@4(FP),R0\n', ''), SPY_OPTIONS);
    bare.run();
    expect(bare.long('SFM')).toBe(SS$_WASCLR);
    expect(log(bare).slice(0, 1)).toEqual([['A', 1, SS$_SSFAIL]]);
    expect([bare.long('COUNT'), bare.long('PARAM')]).toEqual([4, SS$_BADPARAM]);
    expect(bare.long('SIGPC')).toBe(serviceVector('$WAKE') + 6);
    expect(bare.long('STATUS')).toBe(SS$_BADPARAM);
  });

  test.each([['warning', 0x10], ['success', 0x19], ['informational', 0x1b]])('ch09#16: a %s status is not', (_kind, status) => {
    const bare = machineWith(FAILING.replace('	MOVL	@4(FP),R0\n', ''), SPY_OPTIONS);
    bare.kernel.writeLong(bare.at('RESULT'), status);
    bare.run();
    expect(log(bare).filter(([, , name]) => name === SS$_SSFAIL)).toEqual([]);
    expect(bare.long('STATUS')).toBe(status);
  });

  test('ch09#17: enabled for user mode, it does not concern supervisor mode', () => {
    const bare = machineWith(FAILING.replace('	MOVL	@4(FP),R0\n', '').replace('	PUSHL	#1\n	CALLS	#1,@#SYS$SETSFM\n', ''), SPY_OPTIONS);
    bare.pcb.PCB$V_SSFEXCU = 1;
    bare.run(SUPERVISOR);
    expect(bare.long('STATUS')).toBe(SS$_BADPARAM);
    expect(log(bare).filter(([, , name]) => name === SS$_SSFAIL)).toEqual([]);
  });

  test('ch09#18: an error with a mutex owned crashes at IPL 0, and not at IPL 2', () => {
    const crashing = machineWith(FAILING.replace('	MOVL	@4(FP),R0\n', ''), SPY_OPTIONS);
    crashing.pcb.PCB$W_MTXCNT = 1;
    crashing.run();
    expect(crashing.console).toContain('MTXCNTNONZ');

    const raised: Microroutine = callRoutine('EXE$WAKE', (k) => { k.ipl = 2; return SS$_BADPARAM; });
    const legal = machineWith(`${call('SYS$WAKE')}
LIST:	.LONG	2,0,0
`, { routines: [raised], implemented: ['$WAKE'] });
    legal.pcb.PCB$W_MTXCNT = 1;
    legal.run();
    expect(legal.console).not.toContain('MTXCNTNONZ');
    expect(legal.long('STATUS')).toBe(SS$_BADPARAM);
  });
});

describe('$CMKRNL and filters', () => {
  const CMKRNL = `
START:	CLRL	-(SP)
	PUSHAB	ROUTINE
	CALLS	#2,@#SYS$CMKRNL
	MOVL	R0,STATUS
	HALT
ROUTINE:	.WORD	0
	MOVPSL	PSL
	MOVL	R4,GOTR4
	MOVL	RESULT,R0
	RET
RESULT:	.LONG	^X51
PSL:	.LONG	0
GOTR4:	.LONG	0
STATUS:	.LONG	0
`;

  test('ch09#32: without CMKRNL privilege the routine is not called', () => {
    const bare = machineWith(CMKRNL);
    bare.run();
    expect(bare.long('STATUS')).toBe(SS$_NOPRIV);
    expect(bare.long('PSL')).toBe(0);
  });

  test('ch09#31: from executive mode no privilege is needed; ch09#33: R0 of the routine is the status', () => {
    const bare = machineWith(CMKRNL);
    bare.run(EXECUTIVE);
    expect(bare.long('STATUS')).toBe(0x51);
    expect(bare.long('GOTR4')).toBe(bare.kernel.sys.SCH$GL_CURPCB);
    expect((bare.long('PSL') >>> 24) & 3).toBe(KERNEL);
  });

  test('with the privilege it works from user mode', () => {
    const bare = machineWith(CMKRNL);
    bare.pcb.PCB$Q_PRIV = 1n << BigInt(PRV$V_CMKRNL);
    bare.run();
    expect(bare.long('STATUS')).toBe(0x51);
  });

  const FILTERED = `
START:	PUSHL	#1
	CALLS	#1,@#SYS$SETSSF
	CALLG	LIST,@#SYS$WAKE
	MOVL	R0,STATUS
	HALT
LIST:	.LONG	2,0,0
STATUS:	.LONG	0
`;

  test('ch09#34: without SSINHIBIT $SETSSF changes nothing for the services of the executive', () => {
    const bare = machineWith(FILTERED, SPY_OPTIONS);
    bare.run();
    expect(bare.long('STATUS')).toBe(1);
    expect(bare.kernel.readByte(p1('CTL$GB_SSFILTER'))).toBe(1);
  });

  test('ch09#35: with it, a user mode service but $EXIT answers SS$_INHCHMK; from supervisor mode it works', () => {
    const inhibited = (mode: number): number => {
      const bare = machineWith(FILTERED, SPY_OPTIONS);
      bare.machine.memory.view.setUint32(0x40040, bare.kernel.symbol('EXE$CMODKRNLX'), true);
      bare.run(mode);
      return bare.long('STATUS');
    };
    expect(inhibited(USER)).toBe(SS$_INHCHMK);
    expect(inhibited(SUPERVISOR)).toBe(1);
  });

  test('ch09#36: the filter shuts out user-written services too', () => {
    const bare = machineWith(CALLER_OF_16527);
    bare.kernel.writeByte(p1('CTL$GB_SSFILTER'), 1);
    bare.run();
    expect(bare.long('STATUS')).toBe(SS$_INHCHMK);
    expect(serviceSymbol('SYS$CMKRNL')).toBe(serviceVector('$CMKRNL'));
  });
});

describe('waiting in the caller\'s mode', () => {
  /** $QIO and event flags as counters: $WAITFR gives the status block its value at the second wait, and notes the mode it was called from. */
  const WAITING = `
	.ALIGN	LONG
WAITS::	.LONG	0
CLEARS::	.LONG	0
MODES::	.LONG	0
QIOSTS::	.LONG	1
EXE$QIO::
	.WORD	^X0FFC
	MOVL	QIOSTS,R0
	RET
EXE$WAITFR::
	.WORD	^X0FFC
	INCL	WAITS
	MOVPSL	R0
	EXTZV	#22,#2,R0,MODES
	CMPL	WAITS,#2
	BLSS	10$
	MOVL	@#DONE_AT,R0
	BEQL	10$
	MOVL	#^X18009,(R0)
10$:	MOVL	#1,R0
	RET
EXE$CLREF::
	.WORD	^X0FFC
	INCL	CLEARS
	MOVL	#9,R0
	RET
EXE$SETEF::
	.WORD	^X0FFC
	MOVL	#9,R0
	RET
DONE_AT = ^X300
RMSBASE::
	MOVL	#1,R1
	MOVL	#^X18001,R0		; RMS$_STALL
	RET
`;
  const OPTIONS: FixtureOptions = { source: WAITING, implemented: ['$QIO', '$WAITFR', '$CLREF', '$SETEF'] };
  const QIOW = `
START:	CALLG	LIST,@#SYS$QIOW
	MOVL	R0,STATUS
	HALT
LIST:	.LONG	12,5,^X10,^X31
IOSBA:	.LONG	0
	.LONG	0,0,0,0,0,0,0,0
STATUS:	.LONG	0
IOSB:	.QUAD	0
`;

  test('ch09#20: with a status block $QIOW waits until its low word is set, clearing a flag somebody else has set', () => {
    const bare = machineWith(QIOW, OPTIONS);
    const k = bare.kernel;
    k.writeLong(bare.at('IOSBA'), 0x7f00);
    const waitsFor = k.symbol('EXE$WAITFR');
    expect(waitsFor).toBeGreaterThan(S0);
    k.writeLong(0x300, 0x7f00);
    // 300 lies in the image's code page: nothing there is executed any more once the wait runs.
    bare.run();
    expect(k.readLong(k.symbol('WAITS'))).toBe(2);
    expect(k.readLong(k.symbol('CLEARS'))).toBe(1);
    expect(k.readLong(k.symbol('MODES'))).toBe(USER);
    expect(bare.long('STATUS')).toBe(1);
  });

  test('ch09#21: without one it returns after the first wait', () => {
    const bare = machineWith(QIOW, OPTIONS);
    bare.run();
    expect(bare.kernel.readLong(bare.kernel.symbol('WAITS'))).toBe(1);
    expect(bare.long('STATUS')).toBe(1);
  });

  test('ch09#22: when the request fails there is no wait', () => {
    const bare = machineWith(QIOW, OPTIONS);
    bare.kernel.writeLong(bare.kernel.symbol('QIOSTS'), SS$_NOPRIV);
    bare.run();
    expect(bare.kernel.readLong(bare.kernel.symbol('WAITS'))).toBe(0);
    expect(bare.long('STATUS')).toBe(SS$_NOPRIV);
  });

  test('ch09#27: an error that comes after the stall is raised like any service failure, by $SSVEXC', () => {
    const bare = machineWith(`
	HANDLER	AH,A
START:	CALLS	#0,PROC
	MOVL	R0,STATUS
	HALT
PROC:	.WORD	0
	MOVAB	AH,(FP)
	MOVL	#1,AH_RESULT
	PUSHL	#1
	CALLS	#1,@#SYS$SETSFM
	CALLG	LIST,@#SYS$GET
	RET
LIST:	.LONG	1,^X7F00
STATUS:	.LONG	0
`, {
      ...OPTIONS,
      source: `${WAITING.replace('#^X18009', '#^X1827A')}${rmsDispatchSource(new Set(['$GET']))}
RMS$GET::
	.WORD	^X0FFC
	MOVL	#1,R1
	MOVL	#RMS$_STALL,R0
	RET
`,
    });
    const k = bare.kernel;
    k.writeLong(p1('CTL$GL_RMSBASE'), k.symbol('RMS$DISPATCH'));
    k.writeLong(0x300, 0x7f08);
    bare.run();
    expect(log(bare)[0]).toEqual(['A', 1, SS$_SSFAIL]);
    expect(bare.long('STATUS')).toBe(0x1827a);
  });

  test('ch09#25, ch09#26: a stalled RMS service waits in the caller\'s mode, as often as RMS needs', () => {
    const bare = machineWith(`
START:	CALLG	LIST,@#SYS$GET
	MOVL	R0,STATUS
	HALT
LIST:	.LONG	1,^X7F00
STATUS:	.LONG	0
`, OPTIONS);
    const k = bare.kernel;
    k.writeLong(p1('CTL$GL_RMSBASE'), k.symbol('RMSBASE'));
    k.writeLong(0x300, 0x7f08);
    bare.run();
    expect(k.readLong(k.symbol('WAITS'))).toBe(2);
    expect(k.readLong(k.symbol('MODES'))).toBe(USER);
    expect(bare.long('STATUS')).toBe(0x18009);
  });
});
