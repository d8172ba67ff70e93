import { describe, expect, it } from 'vitest';
import { SCH$NEWLVL, SCH$QAST } from '../../../src/executive/ast/queue.js';
import { kernelService } from '../../../src/executive/dispatch/service.js';
import { freePacketCount } from '../../../src/executive/pool/check.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { queueCpuLimitAst } from '../../../src/executive/process/force-exit.js';
import { EXE$EPID_TO_IPID, EXE$EPID_TO_PCB, EXE$IPID_TO_EPID, EXE$IPID_TO_PCB, EXE$NAMPID } from '../../../src/executive/process/pid.js';
import { computableQueue } from '../../../src/executive/scheduling/queues.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { PRV$V_ALTPRI, PRV$V_GROUP, PRV$V_PSWAPM, PRV$V_SETPRV, PRV$V_TMPMBX, PRV$V_WORLD } from '../../../src/executive/starlet/prvdef.js';
import {
  SS$_DUPLNAM, SS$_IVLOGNAM, SS$_NONEXPR, SS$_NOPRIV, SS$_NORMAL, SS$_NOTALLPRIV, SS$_WASCLR, SS$_WASSET,
} from '../../../src/executive/starlet/ssdef.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { PRI$_NULL, SCH$C_COM, SCH$C_CUR, SCH$C_HIB, SCH$C_LEF, SCH$C_MWAIT, SCH$C_SUSP } from '../../../src/executive/structures/sch.js';
import { KernelBench, type BenchProcess } from '../bench/kernel-bench.js';

const HIBERNATE = '90$:	CALLS	#0,@#SYS$HIBER\n	BRB	90$\n';
const SPIN = '90$:	INCL	@#DATA+32\n	BRB	90$\n';
const push = (arg: string): string => `	PUSH${arg.startsWith('#') ? 'L' : 'AB'}	${arg}\n`;
const call = (name: string, args: readonly string[], resultAt: number): string =>
  `${[...args].reverse().map(push).join('')}	CALLS	#${args.length},@#SYS$${name}\n	MOVL	R0,@#DATA+${resultAt}\n`;
const string = (label: string, text: string): string => `${label}:	.LONG	${text.length}\n	.ADDRESS 80$\n80$:	.ASCII	/${text}/\n`;
const wake = (b: KernelBench, p: BenchProcess): void => { b.asKernel((k) => { SCH$WAKE(k, p.pcb.address); }); };

/** A process that calls one service for the target, then hibernates. The result is at DATA. */
function caller(b: KernelBench, service: string, target: BenchProcess, more: readonly string[] = [], options: Partial<Parameters<KernelBench['process']>[0]> = {}): BenchProcess {
  return b.process({
    name: 'CALLER', jobOf: target,
    program: `${call(service, ['PID', '#0', ...more], 0)}${HIBERNATE}PID:	.LONG	${target.pcb.PCB$L_EPID}\n`,
    ...options,
  });
}

function astTo(b: KernelBench, p: BenchProcess, mode = 3): void {
  b.asKernel((k) => {
    const block = allocateBlock(k, ACB.size, DYN$C_ACB);
    const acb = ACB.at(k, block);
    acb.ACB$B_RMOD = mode;
    acb.ACB$L_PID = p.pcb.PCB$L_PID;
    acb.ACB$L_AST = p.symbols.get('AST')!;
    SCH$QAST(k, block, PRI$_NULL);
  });
}

describe('process identification', () => {
  it('ch12#20: PCB$L_PID is the IPID, services take the EPID; conversions agree', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', suspended: true });
    const { PCB$L_PID: ipid, PCB$L_EPID: epid } = p.pcb;
    expect([EXE$IPID_TO_EPID(b.k, ipid), EXE$EPID_TO_IPID(b.k, epid)]).toEqual([epid, ipid]);
    expect([EXE$IPID_TO_PCB(b.k, ipid), EXE$EPID_TO_PCB(b.k, epid)]).toEqual([p.pcb.address, p.pcb.address]);
    expect(EXE$IPID_TO_PCB(b.k, ipid + 0x10000)).toBe(0);
    expect(EXE$EPID_TO_PCB(b.k, epid + (1 << 5))).toBe(0);
    expect(EXE$EPID_TO_PCB(b.k, 31)).toBe(0);
  });

  function nampid(privileges: readonly number[], sameJob: boolean, uic: number): number {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', suspended: true, uic: 0x0010_0004 });
    const me = b.process({ name: 'ME', suspended: true, uic, privileges, ...(sameJob ? { jobOf: target } : {}) });
    return b.asKernel((k) => {
      k.sys.SCH$GL_CURPCB = me.pcb.address;
      k.writeLong(0x80003000 + 0x4000, target.pcb.PCB$L_EPID);
      const { status, pcb } = EXE$NAMPID(k, 0x80007000, 0);
      if (pcb !== 0) expect([pcb, k.ipl]).toEqual([target.pcb.address, 8]);
      return status;
    });
  }

  it('ch12#16 ch12#17 ch12#18 ch12#43 ch01#22: same job, same UIC, WORLD, or GROUP within the group; IPL 8 and the target\'s PCB come back', () => {
    expect(nampid([], true, 0x0020_0001)).toBe(SS$_NORMAL);
    expect(nampid([], false, 0x0010_0004)).toBe(SS$_NORMAL);
    expect(nampid([PRV$V_WORLD], false, 0x0020_0001)).toBe(SS$_NORMAL);
    expect(nampid([PRV$V_GROUP], false, 0x0010_0009)).toBe(SS$_NORMAL);
    expect(nampid([PRV$V_GROUP], false, 0x0020_0001)).toBe(SS$_NOPRIV);
    expect(nampid([], false, 0x0010_0009)).toBe(SS$_NOPRIV);
  });

  it('ch12#15 ch12#19: names are looked up in the caller\'s group only; SS$_NONEXPR comes before the privilege test', () => {
    const b = new KernelBench();
    b.process({ name: 'FAR', uic: 0x0020_0001, program: HIBERNATE });
    b.process({ name: 'NEAR', uic: 0x0010_0009, program: HIBERNATE });
    const p = b.process({
      name: 'A', uic: 0x0010_0004,
      program: `${call('WAKE', ['#0', 'FAR'], 0)}${call('WAKE', ['#0', 'NEAR'], 4)}${call('WAKE', ['#0', 'LONG'], 8)}${HIBERNATE}${string('FAR', 'FAR')}${string('NEAR', 'NEAR')}${string('LONG', 'SIXTEENCHARACTER')}`,
    });
    b.start();
    b.settle();
    expect([p.long(0x800), p.long(0x804), p.long(0x808)]).toEqual([SS$_NONEXPR, SS$_NOPRIV, SS$_IVLOGNAM]);
  });

  it('a PID of zero with a name receives the extended PID', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', program: HIBERNATE });
    const p = b.process({ name: 'A', program: `	PUSHAB	NAME\n	PUSHAB	@#DATA+16\n	CALLS	#2,@#SYS$WAKE\n	MOVL	R0,@#DATA\n${HIBERNATE}${string('NAME', 'TARGET')}` });
    b.start();
    b.settle();
    expect([p.long(0x800), p.long(0x810)]).toEqual([SS$_NORMAL, target.pcb.PCB$L_EPID]);
  });
});

describe('hibernate and wake', () => {
  it('ch12#21 ch12#22: a wake before $HIBER lets one $HIBER pass and no more; wakes do not add up', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: `${call('WAKE', ['#0', '#0'], 0)}${call('WAKE', ['#0', '#0'], 0)}	CALLS	#0,@#SYS$HIBER\n	MOVL	#1,@#DATA+4\n	CALLS	#0,@#SYS$HIBER\n	MOVL	#2,@#DATA+4\n${HIBERNATE}` });
    b.start();
    b.settle();
    expect([p.long(0x804), p.pcb.PCB$W_STATE, p.pcb.PCB$V_WAKEPEN]).toEqual([1, SCH$C_HIB, 0]);
    wake(b, p);
    expect(p.pcb.PCB$V_WAKEPEN).toBe(1);
    expect(b.machine.memory.bytes[p.physical(p.phd.PHD$L_PC)]).toBe(0xbc);
    b.settle();
    expect([p.long(0x804), p.pcb.PCB$V_WAKEPEN]).toEqual([2, 0]);
  });

  it('ch12#24: an AST runs in a hibernating process, which hibernates again - unless the AST wakes it', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: `	CALLS	#0,@#SYS$HIBER\n	INCL	@#DATA\n${HIBERNATE}AST::	.WORD	0\n	INCL	@#DATA+4\n	CMPL	@#DATA+4,#2\n	BNEQ	10$\n${call('WAKE', ['#0', '#0'], 8)}10$:	RET\n` });
    b.start();
    b.settle();
    astTo(b, p);
    b.settle();
    expect([p.long(0x800), p.long(0x804), p.pcb.PCB$W_STATE]).toEqual([0, 1, SCH$C_HIB]);
    astTo(b, p);
    b.settle();
    expect([p.long(0x800), p.long(0x804)]).toEqual([1, 2]);
  });

  it('ch12#23: $HIBER has no arguments: it is always the caller that hibernates', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', program: SPIN });
    const p = caller(b, 'HIBER', target);
    b.start();
    b.run(20_000);
    expect(target.pcb.PCB$W_STATE).not.toBe(SCH$C_HIB);
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_HIB);
  });
});

describe('suspend and resume', () => {
  it('ch12#29 ch10#22: a process in LEF becomes current first, then waits in SUSP in kernel mode, IPL 0, inside the AST', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', program: `${call('WAITFR', ['#5'], 0)}${HIBERNATE}AST::	.WORD	0\n	INCL	@#DATA+4\n	RET\n` });
    b.start();
    b.settle();
    expect(target.pcb.PCB$W_STATE).toBe(SCH$C_LEF);
    const states = new Set<number>();
    const p = caller(b, 'SUSPND', target);
    for (let step = 0; step < 3000; step += 1) { b.run(1); states.add(target.pcb.PCB$W_STATE); }
    expect([...states]).toEqual([SCH$C_LEF, SCH$C_COM, SCH$C_CUR, SCH$C_SUSP]);
    expect(p.long(0x800)).toBe(SS$_NORMAL);
    expect(target.phd.PHD$L_PSL & 0x031f0000).toBe(0);
    expect(b.where(target.phd.PHD$L_PC)).toBe('EXE$SUSPND_TEST+0');
    expect(target.pcb.PCB$V_SUSPEN).toBe(1);
    // An AST is queued and does not wake it.
    astTo(b, target);
    b.settle();
    expect([target.pcb.PCB$W_STATE, target.long(0x804)]).toEqual([SCH$C_SUSP, 0]);
    caller(b, 'RESUME', target);
    b.settle();
    expect([target.pcb.PCB$W_STATE, target.long(0x804), target.pcb.PCB$V_SUSPEN, target.pcb.PCB$V_RESPEN]).toEqual([SCH$C_LEF, 1, 0, 0]);
  });

  it('ch12#26: a second $SUSPND while one is pending is SS$_NORMAL and queues nothing', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', suspended: true });
    const [one, two] = [caller(b, 'SUSPND', target), caller(b, 'SUSPND', target)];
    b.start();
    b.settle();
    expect([one.long(0x800), two.long(0x800)]).toEqual([SS$_NORMAL, SS$_NORMAL]);
    expect([...b.k.queueEntries(target.pcb.address + 0x10)]).toHaveLength(1);
  });

  it('ch12#27: a process being deleted cannot be suspended: SS$_NONEXPR', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', suspended: true });
    target.pcb.PCB$V_DELPEN = 1;
    const p = caller(b, 'SUSPND', target);
    b.start();
    b.settle();
    expect(p.long(0x800)).toBe(SS$_NONEXPR);
  });

  it('ch12#28 ch07#32: a resume sent first calls the suspend off; RESPEN and SUSPEN are clear afterwards', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', priority: 3, program: SPIN });
    caller(b, 'RESUME', target, [], { priority: 8 });
    b.start();
    b.run(2000);
    expect(target.pcb.PCB$V_RESPEN).toBe(1);
    caller(b, 'SUSPND', target, [], { priority: 8 });
    b.run(5000);
    expect([target.pcb.PCB$V_RESPEN, target.pcb.PCB$V_SUSPEN, target.pcb.PCB$W_STATE]).toEqual([0, 0, SCH$C_CUR]);
  });

  it('ch07#31: while PCB$B_DPC is set the victim waits in RWAST, kernel mode, IPL 0, with its kernel AST no longer active', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', program: HIBERNATE });
    b.start();
    b.settle();
    target.pcb.PCB$B_DPC = 1;
    caller(b, 'SUSPND', target);
    b.settle();
    expect([target.pcb.PCB$W_STATE, target.pcb.PCB$L_EFWM, target.pcb.PCB$B_ASTACT & 1]).toEqual([SCH$C_MWAIT, 1, 0]);
    expect(target.phd.PHD$L_PSL & 0x031f0000).toBe(0);
  });

  it('ch07#30: $SUSPND\'s AST is a normal kernel AST: while one is active (the XQP), it is not delivered', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', program: HIBERNATE });
    b.start();
    b.settle();
    target.pcb.PCB$B_ASTACT = 1;
    caller(b, 'SUSPND', target);
    b.settle();
    expect([target.pcb.PCB$W_STATE, target.pcb.PCB$V_SUSPEN, target.phd.PHD$B_ASTLVL]).toEqual([SCH$C_HIB, 1, 4]);
    target.pcb.PCB$B_ASTACT = 0;
    b.asKernel((k) => { SCH$NEWLVL(k, target.pcb.address); });
    wake(b, target);
    b.settle();
    expect(target.pcb.PCB$W_STATE).toBe(SCH$C_SUSP);
  });

  it('ch02#21: code at IPL 2 gets no kernel AST, and so is neither suspended nor deleted, until it lowers IPL', () => {
    const enter = kernelService('$SETSSF', (k) => { k.jump(k.symbol('TEST_AT_IPL_2')); });
    const b = new KernelBench({ routines: [enter], source: `
TEST_AT_IPL_2::
	MTPR	#2,#PR$_IPL
10$:	TSTL	@#DATA
	BEQL	10$
	INCL	@#DATA+4
	RET
` });
    const target = b.process({ name: 'TARGET', priority: 3, program: `	PUSHL	#1\n	CALLS	#1,@#SYS$SETSSF\n${HIBERNATE}` });
    b.start();
    b.run(2000);
    caller(b, 'SUSPND', target, [], { priority: 8 });
    b.run(20_000);
    expect([target.pcb.PCB$W_STATE, target.pcb.PCB$V_SUSPEN]).toEqual([SCH$C_CUR, 1]);
    b.machine.memory.view.setUint32(target.physical(0x800), 1, true);
    b.settle();
    expect([target.pcb.PCB$W_STATE, target.long(0x804)]).toEqual([SCH$C_SUSP, 1]);
  });

  it('suspending oneself works as for any other process', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'SELF', program: `${call('SUSPND', ['#0', '#0'], 0)}	MOVL	#1,@#DATA+4\n${HIBERNATE}` });
    b.start();
    b.settle();
    expect([p.pcb.PCB$W_STATE, p.long(0x804)]).toEqual([SCH$C_SUSP, 0]);
    caller(b, 'RESUME', p);
    b.settle();
    expect(p.long(0x804)).toBe(1);
  });
});

describe('force exit', () => {
  /** $EXIT stands in: it notes status and ASTACT in the caller's data and hibernates. */
  const exit = kernelService('$EXIT', (k, code) => {
    k.writeLong(0x820, code!);
    k.writeLong(0x824, k.pcb.PCB$B_ASTACT);
    k.writeLong(0x828, k.callerMode);
    k.writeLong(0x82c, k.readLong(0x82c) + 1);
    return SS$_NORMAL;
  });

  it('ch12#30 ch12#31: FORCPEN is set and a user mode AST calls $EXIT, its own AST no longer active', () => {
    const b = new KernelBench({ routines: [exit] });
    const target = b.process({ name: 'TARGET', program: HIBERNATE });
    const p = caller(b, 'FORCEX', target, ['#^X1234']);
    b.start();
    b.settle();
    expect([p.long(0x800), target.pcb.PCB$V_FORCPEN]).toEqual([SS$_NORMAL, 1]);
    expect([target.long(0x820), target.long(0x824), target.long(0x828)]).toEqual([0x1234, 0, 3]);
  });

  it('ch12#30: it waits until user mode ASTs can be delivered', () => {
    const b = new KernelBench({ routines: [exit] });
    const target = b.process({ name: 'TARGET', program: `	PUSHL	#0\n	CALLS	#1,@#SYS$SETAST\n	CALLS	#0,@#SYS$HIBER\n	PUSHL	#1\n	CALLS	#1,@#SYS$SETAST\n${HIBERNATE}` });
    b.start();
    b.settle();
    caller(b, 'FORCEX', target, ['#1']);
    b.settle();
    expect(target.long(0x82c)).toBe(0);
    wake(b, target);
    b.settle();
    expect(target.long(0x82c)).toBe(1);
  });

  it('ch07#45: CPU limit expiry is told to user mode first, then supervisor, executive, kernel', () => {
    const b = new KernelBench({ routines: [exit] });
    const p = b.process({ name: 'A', program: HIBERNATE });
    b.start();
    b.settle();
    const modes: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      b.asKernel((k) => { queueCpuLimitAst(k, p.pcb.address); });
      b.settle();
      modes.push(p.long(0x828));
    }
    expect(modes).toEqual([3, 2, 1, 0, 0]);
    expect(p.long(0x82c)).toBe(4);
    expect(p.phd.PHD$L_CPULIM).toBe(4 * 1000);
  });
});

describe('$SETPRI', () => {
  it('ch12#41: on the current process base and current priority change, on another only the base and the event\'s requeue', () => {
    const b = new KernelBench();
    const self = b.process({ name: 'SELF', priority: 4, privileges: [PRV$V_ALTPRI], program: `	PUSHAB	@#DATA+16\n	PUSHL	#10\n	CLRQ	-(SP)\n	CALLS	#4,@#SYS$SETPRI\n${SPIN}` });
    b.start();
    b.run(500);
    expect([31 - self.pcb.PCB$B_PRIB, 31 - self.pcb.PCB$B_PRI, 31 - b.k.sys.SCH$GB_PRI, self.long(0x810)]).toEqual([10, 10, 10, 4]);
  });

  it('ch12#33: $SETPRI 10 on a COM process of base 4 moves it to queue 12 and keeps the summary bits', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', priority: 4, program: SPIN });
    const p = caller(b, 'SETPRI', target, ['#10'], { priority: 14, privileges: [PRV$V_ALTPRI], program: `${call('SETPRI', ['PID', '#0', '#10', '#0'], 0)}95$:	BRB	96$\n96$:	BRB	95$\nPID:	.LONG	${target.pcb.PCB$L_EPID}\n` });
    b.start();
    b.run(1000);
    expect(p.long(0x800)).toBe(SS$_NORMAL);
    expect([31 - target.pcb.PCB$B_PRIB, 31 - target.pcb.PCB$B_PRI]).toEqual([10, 12]);
    expect([...b.k.queueEntries(computableQueue(b.k, SCH$C_COM, 31 - 12))]).toEqual([target.pcb.address]);
    expect([b.k.sys.SCH$GL_COMQS >>> (31 - 4) & 1, b.k.sys.SCH$GL_COMQS >>> (31 - 12) & 1]).toEqual([0, 1]);
  });

  it('ch12#32: without ALTPRI the authorized priority is the highest, and 0 the lowest', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', priority: 4, program: `${call('SETPRI', ['#0', '#0', '#9', '#0'], 0)}	CALLS	#0,@#SYS$HIBER\n${call('SETPRI', ['#0', '#0', '#0', '#0'], 0)}${HIBERNATE}` });
    p.pcb.PCB$B_AUTHPRI = 31 - 6;
    b.start();
    b.settle();
    expect([p.long(0x800), 31 - p.pcb.PCB$B_PRIB]).toEqual([SS$_NORMAL, 6]);
    wake(b, p);
    b.settle();
    expect(31 - p.pcb.PCB$B_PRIB).toBe(0);
  });

  it('ch12#34: lowering oneself below a COM process requests IPL 3', () => {
    const b = new KernelBench();
    b.process({ name: 'OTHER', priority: 5, program: SPIN });
    const p = b.process({ name: 'A', priority: 8, privileges: [PRV$V_ALTPRI], program: `${call('SETPRI', ['#0', '#0', '#2', '#0'], 0)}${SPIN}` });
    b.start();
    b.run(1000);
    expect([p.pcb.PCB$W_STATE, p.long(0x820)]).toEqual([SCH$C_COM, 0]);
  });

  it('ch12#38: on a mutex owner only the saved priorities change', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', suspended: true, priority: 4 });
    target.pcb.PCB$W_MTXCNT = 1;
    target.pcb.PCB$W_STATE = SCH$C_HIB;
    target.pcb.PCB$B_PRISAV = target.pcb.PCB$B_PRI;
    target.pcb.PCB$B_PRIBSAV = target.pcb.PCB$B_PRIB;
    target.pcb.PCB$B_PRI = target.pcb.PCB$B_PRIB = 15;
    caller(b, 'SETPRI', target, ['#9', '#0'], { privileges: [PRV$V_ALTPRI] });
    b.start();
    b.settle();
    expect([target.pcb.PCB$B_PRI, target.pcb.PCB$B_PRIB, 31 - target.pcb.PCB$B_PRIBSAV]).toEqual([15, 15, 9]);
  });
});

describe('names, privileges and mode bits', () => {
  it('ch12#35: $SETPRN takes any characters, up to 15, unique in the group', () => {
    const b = new KernelBench();
    b.process({ name: 'TAKEN', program: HIBERNATE });
    b.process({ name: 'FAR', uic: 0x0030_0001, program: HIBERNATE });
    const p = b.process({ name: 'A', program: `${call('SETPRN', ['N1'], 0)}${call('SETPRN', ['N2'], 4)}${call('SETPRN', ['N3'], 8)}${call('SETPRN', ['N4'], 12)}${HIBERNATE}${string('N1', 'any thing, ~!%')}${string('N2', 'TAKEN')}${string('N3', 'SIXTEENCHARACTER')}${string('N4', 'FAR')}` });
    b.start();
    b.settle();
    expect([0x800, 0x804, 0x808, 0x80c].map((at) => p.long(at))).toEqual([SS$_NORMAL, SS$_DUPLNAM, SS$_IVLOGNAM, SS$_NORMAL]);
    expect([...p.pcb.PCB$T_LNAME.subarray(0, 4)]).toEqual([3, 70, 65, 82]);
  });

  it('ch12#36 ch12#37: $SETRWM and $SETSWM change only their bit; SSRWAIT set means no waiting; $SETSWM needs PSWAPM', () => {
    const b = new KernelBench();
    const program = `${call('SETRWM', ['#1'], 0)}${call('SETRWM', ['#1'], 4)}${call('SETSWM', ['#1'], 8)}${HIBERNATE}`;
    const p = b.process({ name: 'A', program });
    const q = b.process({ name: 'B', program, privileges: [PRV$V_PSWAPM] });
    const before = p.pcb.PCB$L_STS;
    b.start();
    b.settle();
    expect([p.long(0x800), p.long(0x804), p.long(0x808)]).toEqual([SS$_WASCLR, SS$_WASSET, SS$_NOPRIV]);
    expect(p.pcb.PCB$L_STS ^ before).toBe(1 << 10);
    expect([q.long(0x808), q.pcb.PCB$L_STS ^ before]).toEqual([SS$_WASCLR, (1 << 10) | (1 << 4)]);
  });

  it('ch10#25: with SSRWAIT set a request that finds no pool fails at once; without it the process waits', () => {
    const drain = (b: KernelBench): void => { b.asKernel((k) => { for (let n = 0; n < 32; n += 1) k.removeHead(k.symbol('IOC$GL_SRPFL')); k.writeLong(k.symbol('EXE$GL_NONPAGED') + 4, 0); }); };
    const timer = `${call('SETIMR', ['#1', 'TIME', '#0', '#0'], 4)}${HIBERNATE}TIME:	.LONG	-1000000,-1\n`;
    const b = new KernelBench();
    const strict = b.process({ name: 'A', program: `${call('SETRWM', ['#1'], 0)}${timer}` });
    const patient = b.process({ name: 'B', program: timer });
    drain(b);
    b.start();
    b.settle();
    expect([strict.long(0x804), strict.pcb.PCB$W_STATE]).toEqual([0x124, SCH$C_HIB]);
    expect([patient.pcb.PCB$W_STATE, patient.pcb.PCB$L_EFWM, patient.long(0x804)]).toEqual([SCH$C_MWAIT, 3, 0]);
    expect([strict.jib.JIB$W_TQCNT, patient.jib.JIB$W_TQCNT]).toEqual([10, 10]);
    expect(freePacketCount(b.k, b.k.symbol('IOC$GL_SRPFL'))).toBe(0);
  });

  it('ch21#37 ch21#38: $SETPRV leaves out what is not authorized (SS$_NOTALLPRIV, a success); giving up needs no privilege', () => {
    const mask = `MASK:	.LONG	${(1 << PRV$V_TMPMBX) | (1 << PRV$V_GROUP)},0\n`;
    const setprv = (enable: number, at: number): string => call('SETPRV', [`#${enable}`, 'MASK', '#0', '#0'], at);
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: `${setprv(1, 0)}	CALLS	#0,@#SYS$HIBER\n${setprv(0, 4)}${HIBERNATE}${mask}` });
    const q = b.process({ name: 'B', privileges: [PRV$V_SETPRV], program: `${setprv(1, 0)}${HIBERNATE}${mask}` });
    p.phd.PHD$Q_AUTHPRIV = 1n << BigInt(PRV$V_TMPMBX);
    b.start();
    b.settle();
    expect([p.long(0x800), SS$_NOTALLPRIV & 1]).toEqual([SS$_NOTALLPRIV, 1]);
    expect([p.pcb.PCB$Q_PRIV, p.phd.PHD$Q_PRIVMSK]).toEqual([1n << BigInt(PRV$V_TMPMBX), 1n << BigInt(PRV$V_TMPMBX)]);
    expect([q.long(0x800), q.pcb.PCB$Q_PRIV >> BigInt(PRV$V_GROUP) & 1n]).toEqual([SS$_NORMAL, 1n]);
    wake(b, p);
    b.settle();
    expect([p.long(0x804), p.pcb.PCB$Q_PRIV]).toEqual([SS$_NORMAL, 0n]);
  });
});
