import { describe, expect, it } from 'vitest';
import { SCH$QAST } from '../../../src/executive/ast/queue.js';
import { checkPool, freePacketCount } from '../../../src/executive/pool/check.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { SCH$CLREF, SCH$POSTEF } from '../../../src/executive/process/event-flags.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { PRV$V_PRMCEB } from '../../../src/executive/starlet/prvdef.js';
import { SS$_ILLEFC, SS$_NOPRIV, SS$_NORMAL, SS$_UNASEFC, SS$_WASCLR, SS$_WASSET } from '../../../src/executive/starlet/ssdef.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { CEB } from '../../../src/executive/structures/ceb.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { PRI$_NULL, SCH$C_CEF, SCH$C_COM, SCH$C_HIB, SCH$C_LEF } from '../../../src/executive/structures/sch.js';
import { KernelBench, type BenchProcess, type ProcessOptions } from '../bench/kernel-bench.js';

const HIBERNATE = '90$:	CALLS	#0,@#SYS$HIBER\n	BRB	90$\n';
const call = (name: string, args: readonly string[], resultAt: number): string =>
  `${[...args].reverse().map((arg) => `	PUSH${arg.startsWith('#') ? 'L' : 'AB'}	${arg}\n`).join('')}	CALLS	#${args.length},@#SYS$${name}\n	MOVL	R0,@#DATA+${resultAt}\n`;
const NAME = `NAME:	.LONG	4\n	.ADDRESS 80$\n80$:	.ASCII	/CLUS/\n`;
const associate = (perm = 0, efn = 64): string => call('ASCEFC', [`#${efn}`, 'NAME', '#0', `#${perm}`], 60);

function one(program: string, options: Partial<ProcessOptions> = {}): { b: KernelBench; p: BenchProcess } {
  const b = new KernelBench();
  const p = b.process({ name: 'A', program, ...options });
  b.start();
  b.settle();
  return { b, p };
}

const post = (b: KernelBench, p: BenchProcess, efn: number): number => b.asKernel((k) => SCH$POSTEF(k, p.pcb.PCB$L_PID, efn, PRI$_NULL));
const clusters = (b: KernelBench): number[] => [...b.k.queueEntries(b.k.symbol('SCH$GQ_CEBHD'))];

describe('local event flags', () => {
  it('ch12#1 ch12#2: 64 local flags in the PCB: flag 40 is bit 8 of PCB$L_EFCU', () => {
    const { p } = one(`${call('SETEF', ['#40'], 0)}${call('SETEF', ['#40'], 4)}${call('CLREF', ['#0'], 8)}${call('SETEF', ['#128'], 12)}${HIBERNATE}`);
    expect([p.long(0x800), p.long(0x804), p.long(0x808)]).toEqual([SS$_WASCLR, SS$_WASSET, SS$_WASCLR]);
    expect(p.pcb.PCB$L_EFCU).toBe(1 << 8);
    expect(p.long(0x80c)).toBe(SS$_ILLEFC);
  });

  it('ch12#3: flags 64-127 need an association; the PCB pointers are 0 without one', () => {
    const { p } = one(`${call('SETEF', ['#64'], 0)}${call('READEF', ['#127', 'DATA'], 4).replace('DATA\n', '@#DATA+32\n')}${HIBERNATE}`);
    expect([p.long(0x800), p.long(0x804), p.pcb.PCB$L_EFC2P, p.pcb.PCB$L_EFC3P]).toEqual([SS$_UNASEFC, SS$_UNASEFC, 0, 0]);
  });

  it('ch12#8: while waiting PCB$L_EFWM is the complement of the mask; the saved PC is on the CHMK', () => {
    const { b, p } = one(`${call('WAITFR', ['#5'], 0)}${HIBERNATE}`);
    expect([p.pcb.PCB$W_STATE, p.pcb.PCB$L_EFWM, p.pcb.PCB$B_WEFC, p.pcb.PCB$V_WALL]).toEqual([SCH$C_LEF, ~(1 << 5) >>> 0, 0, 0]);
    expect(b.machine.memory.bytes[p.physical(p.phd.PHD$L_PC)]).toBe(0xbc);
    const chmk = p.phd.PHD$L_PC;
    post(b, p, 5);
    expect([p.pcb.PCB$W_STATE, p.phd.PHD$L_PC]).toEqual([SCH$C_COM, chmk + 4]);
    b.settle();
    expect(p.long(0x800)).toBe(SS$_NORMAL);
  });

  it('ch12#9: $WFLAND sets PCB$V_WALL and leaves set flags out; flags need not be set at the same time', () => {
    const { b, p } = one(`${call('SETEF', ['#1'], 0)}${call('WFLAND', ['#0', '#^X0E'], 4)}${HIBERNATE}`);
    expect([p.pcb.PCB$V_WALL, p.pcb.PCB$L_EFWM]).toEqual([1, ~0x0c >>> 0]);
    post(b, p, 2);
    b.asKernel((k) => SCH$CLREF(k, p.pcb.address, 2));
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_LEF);
    post(b, p, 3);
    b.settle();
    expect([p.pcb.PCB$W_STATE, p.long(0x804)]).toEqual([SCH$C_HIB, SS$_NORMAL]);
  });

  it('$WFLOR: any of the flags; others do not matter', () => {
    const { b, p } = one(`${call('WFLOR', ['#32', '#^X30'], 4)}${HIBERNATE}`);
    expect([p.pcb.PCB$L_EFWM, p.pcb.PCB$B_WEFC]).toEqual([~0x30 >>> 0, 1]);
    post(b, p, 4);
    post(b, p, 35);
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_LEF);
    post(b, p, 37);
    b.settle();
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_HIB);
  });

  it('ch12#11: waiting for a set flag returns without any state change', () => {
    const { p } = one(`${call('SETEF', ['#7'], 0)}${call('WAITFR', ['#7'], 4)}${HIBERNATE}`);
    expect([p.long(0x804), p.pcb.PCB$L_EFWM]).toEqual([SS$_NORMAL, 0]);
  });

  it('ch12#10: a flag set and cleared while the waiter is computable because of an AST is lost', () => {
    const { b, p } = one(`${call('WAITFR', ['#5'], 0)}${HIBERNATE}\nAST::	.WORD	0\n	INCL	@#DATA+8\n	RET\n`);
    b.asKernel((k) => {
      const block = allocateBlock(k, ACB.size, DYN$C_ACB);
      const acb = ACB.at(k, block);
      acb.ACB$B_RMOD = 3;
      acb.ACB$L_PID = p.pcb.PCB$L_PID;
      acb.ACB$L_AST = p.symbols.get('AST')!;
      SCH$QAST(k, block, PRI$_NULL);
      SCH$POSTEF(k, p.pcb.PCB$L_PID, 5, PRI$_NULL);
      SCH$CLREF(k, p.pcb.address, 5);
    });
    b.settle();
    expect([p.long(0x808), p.pcb.PCB$W_STATE]).toEqual([1, SCH$C_LEF]);
    post(b, p, 5);
    b.settle();
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_HIB);
  });

  it('ch12#13: $READEF gives the cluster and wakes nobody', () => {
    const { p } = one(`${call('SETEF', ['#33'], 0)}	PUSHAB	@#DATA+16\n	PUSHL	#34\n	CALLS	#2,@#SYS$READEF\n	MOVL	R0,@#DATA+4\n${HIBERNATE}`);
    expect([p.long(0x804), p.long(0x810)]).toEqual([SS$_WASCLR, 2]);
  });
});

describe('common event flags', () => {
  it('ch12#12 ch12#45: waiters of a cluster are in its queue, state CEF, whose count and state mirror a wait queue header; a flag releases all it satisfies', () => {
    const b = new KernelBench();
    const program = `${associate()}${call('WAITFR', ['#70'], 0)}${HIBERNATE}${NAME}`;
    const waiters = ['A', 'B'].map((name) => b.process({ name, program }));
    const third = b.process({ name: 'C', program: `${associate(0, 96)}${call('WAITFR', ['#97'], 0)}${HIBERNATE}${NAME}` });
    b.start();
    b.settle();
    const ceb = CEB.at(b.k, clusters(b)[0]!);
    expect([ceb.CEB$W_WQCNT, ceb.CEB$W_WQSTATE, ceb.CEB$W_REFC, third.pcb.PCB$L_EFC3P]).toEqual([3, SCH$C_CEF, 3, ceb.address]);
    expect([...waiters, third].every((p) => p.pcb.PCB$W_STATE === SCH$C_CEF)).toBe(true);
    const setter = b.process({ name: 'SETTER', program: `${associate()}${call('SETEF', ['#70'], 0)}${HIBERNATE}${NAME}` });
    b.settle();
    expect(setter.long(0x800)).toBe(SS$_WASCLR);
    expect(waiters.map((p) => [p.pcb.PCB$W_STATE, p.long(0x800)])).toEqual([[SCH$C_HIB, SS$_NORMAL], [SCH$C_HIB, SS$_NORMAL]]);
    expect([third.pcb.PCB$W_STATE, ceb.CEB$W_WQCNT, ceb.CEB$L_EFC]).toEqual([SCH$C_CEF, 1, 1 << 6]);
  });

  it('ch10#17: a common event flag waiter stays CEF when it is not resident, and goes to COMO', () => {
    const { b, p } = one(`${associate()}${call('WAITFR', ['#70'], 0)}${HIBERNATE}${NAME}`);
    p.pcb.PCB$V_RES = 0;
    const pc = p.phd.PHD$L_PC;
    expect(p.pcb.PCB$W_STATE).toBe(SCH$C_CEF);
    post(b, p, 70);
    expect([p.pcb.PCB$W_STATE, p.phd.PHD$L_PC]).toEqual([13, pc]);
  });

  it('ch12#4: two groups may have a cluster of the same name', () => {
    const b = new KernelBench();
    const program = `${associate()}${HIBERNATE}${NAME}`;
    for (const [name, uic] of [['A', 0x0010_0001], ['B', 0x0010_0002], ['C', 0x0020_0001]] as const) b.process({ name, program, uic });
    b.start();
    b.settle();
    expect(clusters(b).map((ceb) => [CEB.at(b.k, ceb).CEB$W_GRP, CEB.at(b.k, ceb).CEB$W_REFC])).toEqual([[0x10, 2], [0x20, 1]]);
    expect(b.k.sys.SCH$GW_CEBCNT).toBe(2);
  });

  it('ch12#5: a temporary cluster goes with its last process, and the pool block with it', () => {
    const b = new KernelBench();
    const free = freePacketCount(b.k, b.k.symbol('IOC$GL_SRPFL'));
    const p = b.process({ name: 'A', program: `${associate()}${call('DACEFC', ['#64'], 4)}${HIBERNATE}${NAME}` });
    b.start();
    b.settle();
    expect([clusters(b).length, p.pcb.PCB$L_EFC2P, p.jib.JIB$W_TQCNT]).toEqual([0, 0, 10]);
    expect(freePacketCount(b.k, b.k.symbol('IOC$GL_SRPFL'))).toBe(free);
    expect(checkPool(b.k, (name) => b.k.symbol(name))).toEqual([]);
  });

  it('ch12#6: a permanent cluster survives until $DLCEFC, and then as long as somebody uses it', () => {
    const privileges = [PRV$V_PRMCEB];
    const b = new KernelBench();
    const keeper = b.process({ name: 'A', privileges, program: `${associate(1)}${call('DACEFC', ['#64'], 4)}	CALLS	#0,@#SYS$HIBER\n${associate()}${call('DLCEFC', ['NAME'], 8)}	CALLS	#0,@#SYS$HIBER\n${call('DACEFC', ['#64'], 12)}${HIBERNATE}${NAME}` });
    b.start();
    b.settle();
    expect([clusters(b).length, CEB.at(b.k, clusters(b)[0]!).CEB$W_REFC]).toEqual([1, 0]);
    b.asKernel((k) => { SCH$WAKE(k, keeper.pcb.address); });
    b.settle();
    expect([keeper.long(0x808), clusters(b).length]).toEqual([SS$_NORMAL, 1]);
    b.asKernel((k) => { SCH$WAKE(k, keeper.pcb.address); });
    b.settle();
    expect(clusters(b)).toEqual([]);
  });

  it('ch12#7: creating a permanent cluster needs PRMCEB', () => {
    const { b, p } = one(`${associate(1)}${HIBERNATE}${NAME}`);
    expect([p.long(0x83c), clusters(b).length]).toEqual([SS$_NOPRIV, 0]);
  });

  it('ch12#14: of several that clear a set common flag one sees SS$_WASSET', () => {
    const b = new KernelBench();
    const program = `${associate()}	CALLS	#0,@#SYS$HIBER\n${call('CLREF', ['#65'], 0)}${HIBERNATE}${NAME}`;
    const all = ['A', 'B', 'C'].map((name) => b.process({ name, program }));
    b.start();
    b.settle();
    post(b, all[0]!, 65);
    b.asKernel((k) => { for (const p of all) SCH$WAKE(k, p.pcb.address); });
    b.settle();
    expect(all.map((p) => p.long(0x800)).sort()).toEqual([SS$_WASCLR, SS$_WASCLR, SS$_WASSET].sort());
  });
});
