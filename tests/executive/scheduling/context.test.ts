import { describe, expect, it } from 'vitest';
import { SCH$QAST } from '../../../src/executive/ast/queue.js';
import { inlineRoutine } from '../../../src/executive/gate/microroutine.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { kernelService } from '../../../src/executive/dispatch/service.js';
import { computableQueue } from '../../../src/executive/scheduling/queues.js';
import { SCH$QEND, signedWord } from '../../../src/executive/scheduling/quantum.js';
import { SCH$RAVAIL, SCH$RWAIT } from '../../../src/executive/scheduling/resources.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { RSN$_PGDYNMEM, SCH$C_COM, SCH$C_CUR, SCH$C_HIB, SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import { KernelBench, type BenchProcess } from '../bench/kernel-bench.js';

const HIBERNATE = '90$:	CALLS	#0,@#SYS$HIBER\n	BRB	90$\n';
const SPIN = '90$:	INCL	@#DATA\n	BRB	90$\n';

const wake = (b: KernelBench, p: BenchProcess): void => { b.asKernel((k) => { SCH$WAKE(k, p.pcb.address); }); };

describe('rescheduling', () => {
  it('ch10#1: priorities are stored as 31 - external', () => {
    const b = new KernelBench();
    expect(b.processes[0]!.pcb.PCB$B_PRI).toBe(31);
    expect(b.process({ name: 'HIGH', priority: 31 }).pcb.PCB$B_PRI).toBe(0);
  });

  it('ch10#39: the current process is on no queue; SCH$GL_CURPCB holds its PCB', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', priority: 4, program: SPIN });
    b.start();
    b.run(200);
    expect(b.k.sys.SCH$GL_CURPCB).toBe(p.pcb.address);
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_CUR);
    expect([...b.k.queueEntries(computableQueue(b.k, SCH$C_COM, 27))]).toEqual([]);
    expect(b.k.sys.SCH$GB_PRI).toBe(27);
  });

  it('ch10#3: after a preemption the loser is at the tail of its COM queue', () => {
    const b = new KernelBench();
    const a = b.process({ name: 'A', priority: 4, program: SPIN });
    const other = b.process({ name: 'B', priority: 4, program: SPIN });
    const high = b.process({ name: 'HIGH', priority: 10, program: HIBERNATE });
    b.start();
    b.run(2000);
    expect(b.k.sys.SCH$GL_CURPCB).toBe(a.pcb.address);
    wake(b, high);
    // HIGH runs, hibernates again; B, now ahead of A, is chosen.
    b.run(500);
    expect(b.k.sys.SCH$GL_CURPCB).toBe(other.pcb.address);
    expect([...b.k.queueEntries(computableQueue(b.k, SCH$C_COM, 27))]).toEqual([a.pcb.address]);
  });

  it('ch10#46: equal priorities run round robin at quantum end', () => {
    const b = new KernelBench();
    const [a, c] = ['A', 'B'].map((name) => b.process({ name, priority: 4, program: SPIN })) as [BenchProcess, BenchProcess];
    b.start();
    b.run(3_000_000);
    const share = a.long(0x800) / (a.long(0x800) + c.long(0x800));
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  it('ch10#8 ch10#9: a boosted process is a level lower before it runs: base 4, boost 3, selected at 6', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', priority: 4, program: `	CALLS	#0,@#SYS$HIBER\n${SPIN}` });
    b.start();
    b.settle();
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_HIB);
    wake(b, p);
    expect(31 - p.pcb.PCB$B_PRI).toBe(7);
    b.run(100);
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_CUR);
    expect(31 - p.pcb.PCB$B_PRI).toBe(6);
  });

  it('a real-time process is not lowered when selected', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'RT', priority: 18, program: SPIN });
    p.pcb.PCB$B_PRIB = 31 - 17;
    b.start();
    b.run(200);
    expect(31 - p.pcb.PCB$B_PRI).toBe(18);
  });

  it('ch10#45: by boosts and demotion the priority stays within base and base + 6', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', priority: 4, program: HIBERNATE });
    b.process({ name: 'SPIN', priority: 5, program: SPIN });
    b.start();
    for (let round = 0; round < 50; round += 1) {
      b.run(20_000);
      wake(b, p);
      const priority = 31 - p.pcb.PCB$B_PRI;
      expect(priority).toBeGreaterThanOrEqual(4);
      expect(priority).toBeLessThanOrEqual(10);
    }
  });

  it('ch10#32: with nothing computable SCH$SCHED stores 32 in SCH$GB_PRI, and loops on the interrupt stack at IPL 3', () => {
    const b = new KernelBench();
    const { k } = b;
    k.removeQueue(k.symbol('SCH$GL_NULLPCB'));
    k.sys.SCH$GL_COMQS = 0;
    b.start();
    const levels = new Set<number>();
    for (let step = 0; step < 30; step += 1) {
      b.run(1);
      levels.add(k.ipl);
      expect(k.cpu.onInterruptStack).toBe(true);
    }
    expect(k.sys.SCH$GB_PRI).toBe(32);
    expect([...levels].sort()).toEqual([3, 8]);
    const p = b.process({ name: 'A', priority: 4, program: SPIN });
    b.run(200);
    expect(k.sys.SCH$GL_CURPCB).toBe(p.pcb.address);
  });

  it('ch10#29: SVPCTX leaves ASTLVL and the base and length registers of the hardware PCB alone; general registers survive a switch', () => {
    const b = new KernelBench();
    const program = `	MOVL	#^X11111111,R2\n	MOVL	#^X22222222,R11\n	CALLS	#0,@#SYS$HIBER\n	MOVQ	R10,@#DATA\n	MOVL	R2,@#DATA+8\n${HIBERNATE}`;
    const p = b.process({ name: 'A', program });
    const { phd } = p;
    const fields = [phd.PHD$L_P0BR, phd.PHD$L_P0LRASTL, phd.PHD$L_P1BR, phd.PHD$L_P1LR];
    b.start();
    b.settle();
    expect([phd.PHD$L_P0BR, phd.PHD$L_P0LRASTL, phd.PHD$L_P1BR, phd.PHD$L_P1LR]).toEqual(fields);
    wake(b, p);
    b.settle();
    expect(p.long(0x804)).toBe(0x22222222);
    expect(p.long(0x808)).toBe(0x11111111);
  });

  it('ch06#23: SCH$RESCHED starts at IPL 3 on the kernel stack of the process, raises to 8, and is on the interrupt stack after SVPCTX', () => {
    const b = new KernelBench();
    b.process({ name: 'A', priority: 4, program: SPIN });
    b.start();
    b.run(100);
    b.k.cpu.requestSoftwareInterrupt(3);
    const seen: string[] = [];
    for (let step = 0; step < 8; step += 1) {
      b.run(1);
      const at = b.where(b.k.register(15)).split('+')[0];
      if (at === 'SCH$RESCHED' || at === 'MPH$RESCHED') seen.push(`${b.k.ipl} ${b.k.cpu.onInterruptStack ? 'interrupt' : 'kernel'}`);
    }
    expect(seen.slice(0, 3)).toEqual(['8 kernel', '8 interrupt']);
  });
});

describe('waits', () => {
  it('ch10#26 ch10#27: a wait charges IOTA to the quantum and notes EXE$GL_ABSTIM', () => {
    const b = new KernelBench();
    b.k.sys.EXE$GL_ABSTIM = 77;
    const p = b.process({ name: 'A', program: HIBERNATE });
    b.start();
    b.settle();
    expect(signedWord(p.phd.PHD$W_QUANT)).toBe(-20 + 2);
    expect(p.phd.PHD$L_TIMREF | 0).toBe(-2);
    expect(p.pcb.PCB$L_WAITIME).toBe(77);
  });

  it('ch10#24 ch02#14: a resource waiter has the resource number in EFWM, in the MWAIT queue, and runs its service again', () => {
    const service = kernelService('$SETSSF', (k) => {
      k.writeLong(k.symbol('SGN$GL_USERD2'), k.sys.SGN$GL_USERD2 + 1);
      return k.sys.SGN$GL_USERD2 === 1 ? SCH$RWAIT(k, RSN$_PGDYNMEM) : 1;
    });
    const b = new KernelBench({ routines: [service] });
    const p = b.process({ name: 'A', program: `	PUSHL	#1\n	CALLS	#1,@#SYS$SETSSF\n	MOVL	R0,@#DATA\n${HIBERNATE}` });
    b.start();
    b.settle();
    expect([p.pcb.PCB$W_STATE, p.pcb.PCB$L_EFWM]).toEqual([SCH$C_MWAIT, 5]);
    expect(b.k.sys.SCH$GL_RESMASK).toBe(1 << 5);
    // The wait is in the caller's mode at IPL 0, on the CHMK of the vector.
    expect(p.phd.PHD$L_PSL & 0x031f0000).toBe(0x03000000);
    expect(b.machine.memory.bytes[p.physical(p.phd.PHD$L_PC)]).toBe(0xbc);
    b.asKernel((k) => { SCH$RAVAIL(k, RSN$_PGDYNMEM); });
    b.settle();
    expect([b.k.sys.SGN$GL_USERD2, p.long(0x800)]).toEqual([2, 1]);
  });

  it('a routine that is not a service waits for a resource on its own XFC, in kernel mode, and starts again', () => {
    let calls = 0;
    const step = inlineRoutine('TEST_STEP', (k) => {
      calls += 1;
      if (calls === 1) SCH$RWAIT(k, RSN$_PGDYNMEM);
    });
    const b = new KernelBench({ routines: [step], source: '\nTEST_AST::\n	.WORD	0\n	MOVL	#5,R2\nTEST_XFC::\n	.MICRO	TEST_STEP\n	MOVL	R2,@#DATA\n	RET\n' });
    const p = b.process({ name: 'A', program: HIBERNATE });
    b.start();
    b.settle();
    b.asKernel((k) => {
      const block = allocateBlock(k, ACB.size, DYN$C_ACB);
      ACB.at(k, block).ACB$L_PID = p.pcb.PCB$L_PID;
      ACB.at(k, block).ACB$L_AST = k.symbol('TEST_AST');
      SCH$QAST(k, block, 0);
    });
    b.settle();
    expect([p.pcb.PCB$W_STATE, p.phd.PHD$L_PC, p.phd.PHD$L_PSL & 0x031f0000]).toEqual([SCH$C_MWAIT, b.k.symbol('TEST_XFC'), 0]);
    b.asKernel((k) => { SCH$RAVAIL(k, RSN$_PGDYNMEM); });
    b.settle();
    expect([calls, p.long(0x800), p.pcb.PCB$W_STATE]).toEqual([2, 5, SCH$C_HIB]);
  });

  it('ch10#30: LDPCTX leaves PC and PSL on the kernel stack; the REI after it makes them current', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: SPIN });
    b.k.cpu.writePR(21, 0);
    b.start();
    while (b.k.register(15) !== b.k.symbol('SCH$IDLE') - 1) b.run(1);
    const stack = b.k.register(14);
    expect([b.k.readLong(stack), b.k.readLong(stack + 4)]).toEqual([p.phd.PHD$L_PC, p.phd.PHD$L_PSL]);
    expect([b.k.cpu.currentMode, b.k.cpu.onInterruptStack]).toEqual([0, false]);
    b.run(1);
    expect(b.k.cpu.currentMode).toBe(3);
  });

  it('a wait puts the process at the front of its queue', () => {
    const b = new KernelBench();
    const first = b.process({ name: 'A', priority: 9, program: HIBERNATE });
    const second = b.process({ name: 'B', priority: 4, program: HIBERNATE });
    b.start();
    b.settle();
    const queue = [...b.k.queueEntries(b.k.symbol('SCH$AQ_WQHDR') + 12 * SCH$C_HIB)];
    expect(queue).toEqual([second.pcb.address, first.pcb.address]);
  });

  it('ch10#28: an AST that is deliverable when the process waits leaves it computable', () => {
    let calls = 0;
    const service = kernelService('$SETSSF', (k) => {
      calls += 1;
      if (calls > 3) return 1;
      k.cpu.writePR(19, 3);       // what a late SCH$QAST does between the service's last test and SVPCTX
      return SCH$RWAIT(k, RSN$_PGDYNMEM);
    });
    const b = new KernelBench({ routines: [service] });
    const p = b.process({ name: 'A', priority: 4, program: `	PUSHL	#1\n	CALLS	#1,@#SYS$SETSSF\n${HIBERNATE}` });
    b.start();
    b.settle();
    expect(calls).toBe(4);
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_HIB);
  });
});

describe('quantum end', () => {
  function atQuantumEnd(priority: number, prepare: (b: KernelBench, p: BenchProcess) => void): { b: KernelBench; p: BenchProcess } {
    const b = new KernelBench();
    const p = b.process({ name: 'A', priority, program: SPIN });
    b.start();
    b.run(100);
    prepare(b, p);
    b.k.cpu.writePR(21, 0);
    b.asKernel((k) => { SCH$QEND(k); });
    return { b, p };
  }

  it('ch10#5 ch10#6: real-time: quantum reset and INQUAN cleared, nothing else', () => {
    const { b, p } = atQuantumEnd(20, (_, q) => { q.phd.PHD$W_QUANT = 0; q.pcb.PCB$V_INQUAN = 1; });
    expect([signedWord(p.phd.PHD$W_QUANT), p.pcb.PCB$V_INQUAN]).toEqual([-20, 0]);
    expect(b.k.cpu.readPR(21) & 8).toBe(0);
  });

  it('ch10#7: the current priority drops to base only when a COMO queue is not empty', () => {
    const without = atQuantumEnd(4, (_, p) => { p.pcb.PCB$B_PRI = 31 - 9; });
    expect(31 - without.p.pcb.PCB$B_PRI).toBe(9);
    const withOne = atQuantumEnd(4, (b, p) => { p.pcb.PCB$B_PRI = 31 - 9; b.k.sys.SCH$GL_COMOQS = 1 << 27; });
    expect(31 - withOne.p.pcb.PCB$B_PRI).toBe(4);
  });

  it('ch10#38 ch10#47: 20 ticks of 10 ms; IPL 3 is requested, and the same process goes on when there is no equal', () => {
    const { b, p } = atQuantumEnd(4, () => undefined);
    expect(b.k.cpu.readPR(21) & 8).toBe(8);
    b.run(200);
    expect(b.k.sys.SCH$GL_CURPCB).toBe(p.pcb.address);
    expect(b.k.sys.SCH$GW_QUAN).toBe(20);
  });

  it('ch11#39: PCB$L_WAITIME is refreshed at quantum end', () => {
    const { p } = atQuantumEnd(4, (b) => { b.k.sys.EXE$GL_ABSTIM = 99; });
    expect(p.pcb.PCB$L_WAITIME).toBe(99);
  });
});
