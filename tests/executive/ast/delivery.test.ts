import { describe, expect, it } from 'vitest';
import { ASTLVL_NONE, SCH$NEWLVL, SCH$QAST } from '../../../src/executive/ast/queue.js';
import { jsbRoutine, type Microroutine } from '../../../src/executive/gate/microroutine.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { freePacketCount } from '../../../src/executive/pool/check.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { ACB, ACB$M_KAST, ACB$M_NODELETE, ACB$M_PKAST } from '../../../src/executive/structures/acb.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PRI$_NULL, SCH$C_HIB } from '../../../src/executive/structures/sch.js';
import { KernelBench, USER_STACK_TOP, type BenchProcess } from '../bench/kernel-bench.js';

const HIBERNATE = '90$:	CALLS	#0,@#SYS$HIBER\n	BRB	90$\n';
const SPIN = '90$:	BRB	91$\n91$:	INCL	@#DATA+4\n	BRB	90$\n';
const SS$_NORMAL = 1;
const PR$_ASTLVL = 19;

interface AstOptions {
  readonly mode?: number;
  readonly flags?: number;
  readonly ast?: number;
  readonly parameter?: number;
  readonly kast?: number;
}

function acb(k: Kernel, p: BenchProcess, options: AstOptions): number {
  const block = allocateBlock(k, ACB.size, DYN$C_ACB);
  const view = ACB.at(k, block);
  view.ACB$B_RMOD = (options.mode ?? 3) | (options.flags ?? 0);
  view.ACB$L_PID = p.pcb.PCB$L_PID;
  view.ACB$L_AST = options.ast ?? 0;
  view.ACB$L_ASTPRM = options.parameter ?? 0;
  view.ACB$L_KAST = options.kast ?? 0;
  return block;
}

const queue = (b: KernelBench, p: BenchProcess, options: AstOptions): number =>
  b.asKernel((k) => { const block = acb(k, p, options); SCH$QAST(k, block, PRI$_NULL); return block; });

const queued = (b: KernelBench, p: BenchProcess): number[] => [...b.k.queueEntries(p.pcb.address + PCB.offset.PCB$L_ASTQFL)];

/** Notes what a special kernel AST sees. */
interface Seen { readonly name: string; readonly ipl: number; readonly r4: number; readonly r5: number; readonly mode: number }
function recorder(): { routines: Microroutine[]; seen: Seen[] } {
  const seen: Seen[] = [];
  const note = (name: string, dispose: boolean): Microroutine => jsbRoutine(name, (k) => {
    seen.push({ name, ipl: k.ipl, r4: k.register(4), r5: k.register(5), mode: k.cpu.currentMode });
    if (dispose) k.insertTail(k.register(5), k.symbol('IOC$GL_SRPFL'));
    for (const register of [0, 1, 2, 3, 4, 5]) k.setRegister(register, 0xbad);
  });
  return { routines: [note('TEST_KAST', true), note('TEST_PKAST', true)], seen };
}

describe('SCH$QAST', () => {
  it('ch07#6 ch07#7: special kernel, kernel, executive, supervisor, user; FIFO within each; a piggyback one by its mode', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', suspended: true });
    const orders: [AstOptions, number][] = [[{ mode: 3 }, 8], [{ mode: 2 }, 6], [{ mode: 0 }, 3], [{ mode: 3 }, 9], [{ mode: 0, flags: ACB$M_KAST }, 1],
      [{ mode: 1 }, 5], [{ mode: 0 }, 4], [{ mode: 0, flags: ACB$M_KAST }, 2], [{ mode: 2 }, 7], [{ mode: 3, flags: ACB$M_PKAST }, 10]];
    const blocks = orders.map(([options]) => queue(b, p, options));
    const expected = orders.map(([, place], index) => ({ place, block: blocks[index]! })).sort((x, y) => x.place - y.place).map((x) => x.block);
    expect(queued(b, p)).toEqual(expected);
  });

  it('ch07#8: an unknown PID is an error and frees the ACB, unless NODELETE', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', suspended: true });
    b.asKernel((k) => {
      const srps = k.symbol('IOC$GL_SRPFL');
      const before = freePacketCount(k, srps);
      const gone = acb(k, p, {});
      ACB.at(k, gone).ACB$L_PID = 0x0007_0002;
      expect(SCH$QAST(k, gone, PRI$_NULL) & 1).toBe(0);
      expect(freePacketCount(k, srps)).toBe(before);
      const kept = acb(k, p, { flags: ACB$M_NODELETE });
      ACB.at(k, kept).ACB$L_PID = 0x0007_0002;
      SCH$QAST(k, kept, PRI$_NULL);
      expect(freePacketCount(k, srps)).toBe(before - 1);
    });
  });

  it('ch07#9: a resident process that is not current gets PHD$B_ASTLVL, the processor register stays', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', suspended: true });
    b.k.cpu.writePR(PR$_ASTLVL, 4);
    queue(b, p, { mode: 2 });
    expect([p.phd.PHD$B_ASTLVL, b.k.cpu.readPR(PR$_ASTLVL)]).toEqual([2, 4]);
  });

  it('ch07#10: an outswapped process keeps its ASTLVL until inswap', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', suspended: true });
    p.pcb.PCB$V_RES = 0;
    queue(b, p, { mode: 2 });
    expect(p.phd.PHD$B_ASTLVL).toBe(4);
    p.pcb.PCB$V_RES = 1;
    b.asKernel((k) => { SCH$NEWLVL(k, p.pcb.address); });
    expect(p.phd.PHD$B_ASTLVL).toBe(2);
  });

  it('ch07#4: an empty queue is ASTLVL 4', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', suspended: true });
    p.phd.PHD$B_ASTLVL = 0;
    b.asKernel((k) => { SCH$NEWLVL(k, p.pcb.address); });
    expect(p.phd.PHD$B_ASTLVL).toBe(ASTLVL_NONE);
  });
});

describe('delivery', () => {
  const PROGRAM = `${HIBERNATE}
AST::	.WORD	0
	MOVL	(AP),@#DATA
	MOVL	4(AP),@#DATA+4
	MOVL	SP,@#DATA+8
	MOVPSL	@#DATA+12
	MOVL	16(AP),@#DATA+16
	MOVL	20(AP),@#DATA+20
	INCL	@#DATA+24
	MOVL	#^X5555,R0
	MOVL	#^X6666,R1
	RET
`;
  function hibernating(extra: { routines?: readonly Microroutine[]; program?: string } = {}): { b: KernelBench; p: BenchProcess; ast: number } {
    const b = new KernelBench({ routines: extra.routines ?? [] });
    const p = b.process({ name: 'A', program: extra.program ?? PROGRAM });
    b.start();
    b.settle();
    return { b, p, ast: p.symbols.get('AST')! };
  }

  it('ch07#18 ch07#21: the argument list is 5, parameter, R0, R1, PC, PSL; the procedure runs in its mode, previous mode the same', () => {
    const { b, p, ast } = hibernating();
    const chmk = p.phd.PHD$L_PC;
    queue(b, p, { ast, parameter: 42 });
    b.settle();
    expect([p.long(0x800), p.long(0x804)]).toEqual([5, 42]);
    expect(p.long(0x80c) & 0x03df0000).toBe(0x03c00000);
    expect(p.long(0x810)).toBe(chmk);
    expect(p.long(0x814) & 0x03000000).toBe(0x03000000);
  });

  it('ch07#19: R0 and R1 of the interrupted thread come back whatever the AST does to them', () => {
    const program = `	MOVL	#^X1111,R0\n	MOVL	#^X2222,R1\n90$:	MOVQ	R0,@#DATA+32\n	BRB	90$
AST::	.WORD	0
	MOVQ	#-1,R0
	INCL	@#DATA
	RET
`;
    const b = new KernelBench();
    const p = b.process({ name: 'A', program });
    b.start();
    b.run(100);
    queue(b, p, { ast: p.symbols.get('AST')! });
    b.k.cpu.requestSoftwareInterrupt(2);
    b.run(1000);
    expect(p.long(0x800)).toBe(1);
    expect([p.long(0x820), p.long(0x824)]).toEqual([0x1111, 0x2222]);
  });

  it('ch07#5: while a user AST runs ASTLVL is 4; afterwards that of the next ACB', () => {
    const program = `${HIBERNATE}\nAST::	.WORD	0\n80$:	TSTL	@#DATA\n	BEQL	80$\n	RET\n`;
    const { b, p, ast } = hibernating({ program });
    queue(b, p, { ast });
    b.run(400);
    expect(b.k.sys.SCH$GL_CURPCB).toBe(p.pcb.address);
    expect([b.k.cpu.readPR(PR$_ASTLVL), p.pcb.PCB$B_ASTACT]).toEqual([4, 8]);
    queue(b, p, { ast });
    // Queueing does not look at ASTACT (ch07#11): the interrupt comes, finds the AST blocked, and sets mode + 1.
    expect(b.k.cpu.readPR(PR$_ASTLVL)).toBe(3);
    b.k.cpu.requestSoftwareInterrupt(2);
    b.run(50);
    expect(b.k.cpu.readPR(PR$_ASTLVL)).toBe(4);
    expect(queued(b, p)).toHaveLength(1);
  });

  it('ch07#11 ch07#14 ch07#22: a blocked AST causes one dismissed interrupt, is put back at the head, and ASTLVL becomes mode + 1', () => {
    const { b, p, ast } = hibernating();
    p.pcb.PCB$B_ASTACT = 8;
    const first = queue(b, p, { ast });
    const second = queue(b, p, { ast });
    expect(p.phd.PHD$B_ASTLVL).toBe(3);
    b.settle();
    expect(queued(b, p)).toEqual([first, second]);
    expect(p.phd.PHD$B_ASTLVL).toBe(4);
    expect(p.long(0x818)).toBe(0);
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_HIB);
  });

  it('an AST blocked in an inner mode does not make the outer mode\'s thread spin, and comes when it is enabled', () => {
    const { b, p, ast } = hibernating();
    p.pcb.PCB$B_ASTEN = 0xb;
    queue(b, p, { ast, mode: 2 });
    queue(b, p, { ast, mode: 3 });
    b.settle();
    expect([p.long(0x818), p.pcb.PCB$W_STATE, p.phd.PHD$B_ASTLVL]).toEqual([0, SCH$C_HIB, 4]);
    p.pcb.PCB$B_ASTEN = 0xf;
    b.asKernel((k) => { SCH$NEWLVL(k, p.pcb.address); SCH$WAKE(k, p.pcb.address); });
    b.settle();
    expect(p.long(0x818)).toBe(2);
  });

  it('ch07#23: an AST active in user mode does not block one for supervisor mode', () => {
    const { b, p, ast } = hibernating();
    p.pcb.PCB$B_ASTACT = 8;
    queue(b, p, { ast, mode: 2 });
    b.settle();
    expect(p.long(0x818)).toBe(1);
    expect(p.long(0x80c) & 0x03c00000).toBe(0x02800000);
  });

  it('ch10#44: a supervisor mode AST is delivered to a process that waits in user mode', () => {
    const { b, p, ast } = hibernating();
    queue(b, p, { ast, mode: 2, parameter: 9 });
    b.settle();
    expect([p.long(0x804), p.pcb.PCB$W_STATE]).toEqual([9, SCH$C_HIB]);
  });

  it('ch07#13: a spurious interrupt has no visible effect', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: SPIN });
    b.start();
    b.run(100);
    const count = p.long(0x804);
    b.k.cpu.requestSoftwareInterrupt(2);
    b.run(300);
    expect(p.long(0x804)).toBeGreaterThan(count);
    expect(b.k.cpu.readPR(PR$_ASTLVL)).toBe(4);
    expect(p.pcb.PCB$B_ASTACT).toBe(0);
  });

  it('ch07#15: a special kernel AST runs at IPL 2 with R4 PCB and R5 ACB, and the queue is looked at again before any REI', () => {
    const { routines, seen } = recorder();
    const { b, p, ast } = hibernating({ routines });
    const special = queue(b, p, { flags: ACB$M_KAST, mode: 0, kast: b.k.symbol('TEST_KAST') });
    queue(b, p, { ast });
    b.settle();
    expect(seen).toEqual([{ name: 'TEST_KAST', ipl: 2, r4: p.pcb.address, r5: special, mode: 0 }]);
    expect(p.long(0x818)).toBe(1);
  });

  it('ch07#16: ASTEN 0 in all modes does not stop special kernel ASTs', () => {
    const { routines, seen } = recorder();
    const { b, p, ast } = hibernating({ routines });
    p.pcb.PCB$B_ASTEN = 0;
    queue(b, p, { flags: ACB$M_KAST, mode: 0, kast: b.k.symbol('TEST_KAST') });
    queue(b, p, { ast });
    b.settle();
    expect(seen).toHaveLength(1);
    expect(p.long(0x818)).toBe(0);
  });

  it('ch07#26 ch07#27: a piggyback routine runs just before the AST procedure, and the ACB is its own', () => {
    const { routines, seen } = recorder();
    const { b, p, ast } = hibernating({ routines });
    const srps = b.k.symbol('IOC$GL_SRPFL');
    const before = freePacketCount(b.k, srps);
    const block = queue(b, p, { ast, flags: ACB$M_PKAST, kast: b.k.symbol('TEST_PKAST') });
    b.settle();
    expect(seen).toEqual([{ name: 'TEST_PKAST', ipl: 2, r4: p.pcb.address, r5: block, mode: 0 }]);
    expect(p.long(0x818)).toBe(1);
    expect(freePacketCount(b.k, srps)).toBe(before);
  });

  it('ch07#27: the ACB is freed after delivery, unless NODELETE', () => {
    const { b, p, ast } = hibernating();
    const srps = b.k.symbol('IOC$GL_SRPFL');
    const before = freePacketCount(b.k, srps);
    queue(b, p, { ast });
    b.settle();
    expect(freePacketCount(b.k, srps)).toBe(before);
    queue(b, p, { ast, flags: ACB$M_NODELETE });
    b.settle();
    expect(freePacketCount(b.k, srps)).toBe(before - 1);
  });

  it('ch07#25: user ASTs delivered back to back leave the stack at the same depth', () => {
    const { b, p, ast } = hibernating();
    queue(b, p, { ast });
    b.settle();
    const depth = p.long(0x808);
    for (let count = 0; count < 5; count += 1) queue(b, p, { ast });
    b.settle();
    expect([p.long(0x818), p.long(0x808)]).toEqual([6, depth]);
    expect(p.phd.PHD$L_USP).toBeLessThan(USER_STACK_TOP);
  });

  it('ch07#20: a changed PC in the argument list is where the thread goes on', () => {
    const program = `${HIBERNATE}
ELSEWHERE: MOVL	#77,@#DATA
91$:	CALLS	#0,@#SYS$HIBER
	BRB	91$
AST::	.WORD	0
	MOVAB	ELSEWHERE,16(AP)
	RET
`;
    const { b, p, ast } = hibernating({ program });
    queue(b, p, { ast });
    b.settle();
    expect(p.long(0x800)).toBe(77);
  });

  it('kernel mode AST: runs at IPL 0 on the kernel stack, which is empty again afterwards', () => {
    const program = `${HIBERNATE}\nAST::	.WORD	0\n	MOVPSL	@#DATA\n	MOVL	SP,@#DATA+4\n	MOVL	4(AP),@#DATA+8\n	RET\n`;
    const { b, p, ast } = hibernating({ program });
    const ksp = p.phd.PHD$L_KSP;
    queue(b, p, { ast, mode: 0, parameter: 3 });
    b.settle();
    expect(p.long(0x800) & 0x03df0000).toBe(0);
    expect(p.long(0x804)).toBeLessThan(ksp);
    expect(p.long(0x808)).toBe(3);
    expect([p.phd.PHD$L_KSP, p.pcb.PCB$B_ASTACT, p.pcb.PCB$W_STATE]).toEqual([ksp, 0, SCH$C_HIB]);
  });
});

describe('AST services', () => {
  const dclast = (mode: number): string => `	PUSHL	#${mode}\n	PUSHL	#42\n	PUSHAB	AST\n	CALLS	#3,@#SYS$DCLAST\n`;

  it('ch07#17: ASTCNT falls at $DCLAST and rises at delivery, before the procedure runs', () => {
    const program = `	PUSHL	#0\n	CALLS	#1,@#SYS$SETAST\n	MOVL	R0,@#DATA\n${dclast(0)}	MOVL	R0,@#DATA+4
10$:	TSTL	@#DATA+8\n	BEQL	10$\n	PUSHL	#1\n	CALLS	#1,@#SYS$SETAST\n	MOVL	R0,@#DATA+12\n${HIBERNATE}
AST::	.WORD	0
20$:	TSTL	@#DATA+16\n	BEQL	20$\n	RET
`;
    const b = new KernelBench();
    const p = b.process({ name: 'A', program });
    b.start();
    b.run(2000);
    expect([p.long(0x800), p.long(0x804)]).toEqual([9, SS$_NORMAL]);
    expect(p.pcb.PCB$W_ASTCNT).toBe(9);
    b.machine.memory.view.setUint32(p.physical(0x808), 1, true);
    b.run(2000);
    expect([p.pcb.PCB$B_ASTACT, p.pcb.PCB$W_ASTCNT]).toEqual([8, 10]);
    b.machine.memory.view.setUint32(p.physical(0x810), 1, true);
    b.settle();
    expect(p.long(0x80c)).toBe(1);
  });

  it('ch07#29: $DCLAST from user mode with mode 0 gives a user mode AST', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: `${dclast(0)}${HIBERNATE}\nAST::	.WORD	0\n	MOVPSL	@#DATA\n	RET\n` });
    b.start();
    b.settle();
    expect(p.long(0x800) >>> 24 & 3).toBe(3);
  });

  it('ch01#21: $DCLAST without quota is SS$_EXQUOTA and queues nothing', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: `${dclast(0)}	MOVL	R0,@#DATA\n${HIBERNATE}\nAST::	.WORD	0\n	RET\n` });
    p.pcb.PCB$W_ASTCNT = 0;
    b.start();
    b.settle();
    expect(p.long(0x800)).toBe(0x1c);
    expect([p.pcb.PCB$W_ASTCNT, queued(b, p).length]).toEqual([0, 0]);
  });

  it('ch07#24: $CLRAST inside an AST lets another of that mode in at once', () => {
    const program = `	PUSHL	#0
	CALLS	#1,@#SYS$SETAST
${dclast(0)}${dclast(0)}	PUSHL	#1
	CALLS	#1,@#SYS$SETAST
${HIBERNATE}
AST::	.WORD	0
	INCL	@#DATA
	CMPL	@#DATA,#1
	BNEQ	10$
	CHMK	#0
	MOVL	@#DATA,@#DATA+4
10$:	RET
`;
    const b = new KernelBench();
    const p = b.process({ name: 'A', program });
    b.start();
    b.settle();
    // The second AST ran inside the first, between CHMK #0 and the next instruction.
    expect([p.long(0x800), p.long(0x804)]).toEqual([2, 2]);
  });
});
