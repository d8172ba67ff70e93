import { describe, expect, it } from 'vitest';
import { jsbRoutine } from '../../../src/executive/gate/microroutine.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { EXE$ALONONPAGED, EXE$ALONPAGVAR } from '../../../src/executive/pool/nonpaged.js';
import { FKB } from '../../../src/executive/structures/fork.js';
import { SCH$C_CUR } from '../../../src/executive/structures/sch.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { EXE$FORK, EXE$FORK_WAIT, forkQueue } from '../../../src/executive/synchronization/fork.js';
import { SCB_ENTRIES } from '../../../src/executive/synchronization/scb.js';
import { KernelBench, S0 } from '../bench/kernel-bench.js';

interface Seen {
  readonly block: number;
  readonly r3: number;
  readonly r4: number;
  readonly ipl: number;
  readonly onInterruptStack: boolean;
}

function bench(): { b: KernelBench; seen: Seen[] } {
  const seen: Seen[] = [];
  const record = jsbRoutine('TEST_FORKED', (k) => {
    seen.push({ block: k.register(5), r3: k.register(3), r4: k.register(4), ipl: k.ipl, onInterruptStack: k.cpu.onInterruptStack });
    for (const register of [0, 1, 2, 3, 4]) k.setRegister(register, 0xdead);
  });
  const chain = jsbRoutine('TEST_CHAIN', (k) => {
    seen.push({ block: k.register(5), r3: k.register(3), r4: k.register(4), ipl: k.ipl, onInterruptStack: k.cpu.onInterruptStack });
    EXE$FORK(k, k.register(4), k.symbol('TEST_FORKED'), 7, 8);
  });
  const source = `
TEST_JSB::				; R5 fork block
	MOVL	#3,R3
	MOVL	#4,R4
	JSB	10$
	MOVL	#^X1234,R10		; the caller's caller goes on here
	HALT
10$:	JSB	EXE$FORK
	MOVL	R3,R9			; runs later, at fork IPL
	MOVL	R4,R8
	RSB
TEST_IOFORK::				; R5 UCB
	JSB	10$
	HALT
10$:	JSB	EXE$IOFORK
TEST_IOFORKED::
	RSB
TEST_REI::
	MTPR	#8,#PR$_IPL
	PUSHL	#^X04140000
	PUSHAB	TEST_IOFORKED
	REI
`;
  return { b: new KernelBench({ routines: [record, chain], source }), seen };
}

function block(k: Kernel, ipl: number): number {
  const address = EXE$ALONONPAGED(k, 64);
  const fkb = FKB.at(k, address);
  fkb.FKB$W_SIZE = 64;
  fkb.FKB$B_FIPL = ipl;
  return address;
}

describe('fork processes', () => {
  it('ch06#8 ch02#28: six listheads from IPL 6; that of IPL 8 is at SWI$GL_FQFL+16', () => {
    const { b } = bench();
    expect(forkQueue(b.k, 8)).toBe(b.k.symbol('SWI$GL_FQFL') + 16);
    for (let ipl = 6; ipl <= 11; ipl += 1) expect(b.k.readLong(forkQueue(b.k, ipl))).toBe(forkQueue(b.k, ipl));
    // That of IPL 7 has no dispatcher: its vector is the software timer's.
    expect(SCB_ENTRIES.find(({ vector }) => vector === 0x9c)!.symbol).toBe('EXE$SWTIMINT');
  });

  it('ch06#9 ch02#24: the software interrupt is requested only when the queue was empty', () => {
    const { b } = bench();
    b.asKernel((k) => {
      EXE$FORK(k, block(k, 8), k.symbol('TEST_FORKED'), 1, 2);
      expect(k.cpu.readPR(21)).toBe(1 << 8);
      k.cpu.writePR(21, 0);
      EXE$FORK(k, block(k, 8), k.symbol('TEST_FORKED'), 1, 2);
      expect(k.cpu.readPR(21)).toBe(0);
    });
  });

  it('ch06#12 ch02#27 ch06#11: blocks of a level run first in, first out, all in one interrupt, with R3, R4, R5 as saved', () => {
    const { b, seen } = bench();
    const blocks = b.asKernel((k) => [1, 2, 3].map((n) => {
      const address = block(k, 8);
      EXE$FORK(k, address, k.symbol('TEST_FORKED'), n, n + 10);
      return address;
    }));
    b.start();
    b.settle();
    expect(seen.map((s) => [s.block, s.r3, s.r4])).toEqual(blocks.map((address, index) => [address, index + 1, index + 11]));
    expect(seen.every((s) => s.ipl === 8 && s.onInterruptStack)).toBe(true);
  });

  it('ch06#13: a higher fork IPL runs before a lower one, and interrupts it', () => {
    const { b, seen } = bench();
    b.asKernel((k) => {
      const inner = block(k, 11);
      EXE$FORK(k, block(k, 6), k.symbol('TEST_FORKED'), 6, 0);
      EXE$FORK(k, block(k, 9), k.symbol('TEST_CHAIN'), 9, inner);
      EXE$FORK(k, block(k, 9), k.symbol('TEST_FORKED'), 99, 0);
    });
    b.start();
    b.settle();
    expect(seen.map((s) => [s.ipl, s.r3])).toEqual([[9, 9], [11, 7], [9, 99], [6, 6]]);
  });

  it('ch06#10: EXE$FORK returns to its caller\'s caller; the code behind the JSB runs later at fork IPL', () => {
    const { b } = bench();
    const { cpu } = b.machine;
    const address = block(b.k, 8);
    cpu.r[5] = address;
    cpu.r[15] = b.k.symbol('TEST_JSB');
    expect(b.run(20).kind).toBe('halt');
    expect(b.k.register(10)).toBe(0x1234);
    expect(b.k.register(9)).toBe(0);
    expect([FKB.at(b.k, address).FKB$L_FR3, FKB.at(b.k, address).FKB$L_FR4]).toEqual([3, 4]);
    expect(b.k.readLong(forkQueue(b.k, 8))).toBe(address);
    cpu.r[5] = 0;
    b.start();
    b.settle();
    expect(b.k.readLong(forkQueue(b.k, 8))).toBe(forkQueue(b.k, 8));
  });

  it('ch06#15: fork-and-wait goes on within a second, at its fork IPL', () => {
    const { b, seen } = bench();
    b.start();
    b.settle();
    b.asKernel((k) => { EXE$FORK_WAIT(k, block(k, 9), k.symbol('TEST_FORKED'), 5, 6); });
    b.elapse(1000);
    expect(seen.map((s) => [s.ipl, s.r3, s.r4])).toEqual([[9, 5, 6]]);
  });

  it('ch06#14: a fork routine may use R0 to R5: the interrupted thread finds them, and R6 on, as they were', () => {
    const { b, seen } = bench();
    const registers = Array.from({ length: 12 }, (_, n) => `	MOVL	#^X${(n + 1).toString(16)}0${(n + 1).toString(16)},R${n}\n`).join('');
    const p = b.process({ name: 'A', program: `${registers}10$:	TSTL	@#DATA\n	BEQL	10$\n	MOVQ	R0,@#DATA+16\n	MOVQ	R2,@#DATA+24\n	MOVQ	R4,@#DATA+32\n	MOVQ	R6,@#DATA+40\n20$:	CALLS	#0,@#SYS$HIBER\n	BRB	20$` });
    b.start();
    b.run(200);
    b.asKernel((k) => { EXE$FORK(k, block(k, 8), k.symbol('TEST_FORKED'), 1, 2); });
    b.run(200);
    expect(seen).toHaveLength(1);
    b.machine.memory.view.setUint32(p.physical(0x800), 1, true);
    b.settle();
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((n) => p.long(0x810 + 4 * n))).toEqual([0x101, 0x202, 0x303, 0x404, 0x505, 0x606, 0x707, 0x808]);
  });

  it('ch06#16: EXE$IOFORK cancels the device timeout of the unit', () => {
    const { b } = bench();
    const ucb = UCB.at(b.k, EXE$ALONPAGVAR(b.k, UCB.size));
    ucb.UCB$B_FIPL = 8;
    ucb.UCB$L_STS = 0x13;                 // TIM, INT, ONLINE
    b.machine.cpu.r[5] = ucb.address;
    b.machine.cpu.r[15] = b.k.symbol('TEST_IOFORK');
    expect(b.run(20).kind).toBe('halt');
    expect(ucb.UCB$L_STS).toBe(0x12);
    expect([ucb.UCB$L_FPC, b.k.readLong(forkQueue(b.k, 8))]).toEqual([b.k.symbol('TEST_IOFORKED'), ucb.address]);
  });

  it('ch02#20: an REI that would raise IPL is a reserved operand fault', () => {
    const { b } = bench();
    b.machine.cpu.r[15] = b.k.symbol('TEST_REI');
    expect(b.run(20).kind).toBe('halt');
    expect(b.where(b.k.register(15))).toMatch(/^BENCH_SCB_18\+/);
  });

  it('ch05#3: an interrupt changes no mapping register', () => {
    const { b, seen } = bench();
    const p = b.process({ name: 'A', program: '10$:	BRB	20$\n20$:	BRB	10$' });
    b.start();
    b.run(100);
    const mapping = (): number[] => [8, 9, 10, 11].map((register) => b.k.cpu.readPR(register));
    const before = mapping();
    b.asKernel((k) => { EXE$FORK(k, block(k, 8), k.symbol('TEST_FORKED'), 1, 2); });
    while (seen.length === 0) b.run(1);
    expect([mapping(), b.k.cpu.onInterruptStack, p.pcb.PCB$W_STATE]).toEqual([before, true, SCH$C_CUR]);
  });

  it('ch06#24: rescheduling comes after all fork work that is pending', () => {
    const { b, seen } = bench();
    const p = b.process({ name: 'A', program: `	MOVL	#1,@#DATA\n10$:	CALLS	#0,@#SYS$HIBER\n	BRB	10$` });
    b.asKernel((k) => {
      k.cpu.requestSoftwareInterrupt(3);
      EXE$FORK(k, block(k, 8), k.symbol('TEST_FORKED'), 0, 0);
      expect(p.long(0x800)).toBe(0);
    });
    b.start();
    b.run(40);
    expect(seen).toHaveLength(1);
    b.settle();
  });

  it('ch06#7 ch06#30 ch06#29: IPL 2 and 3 on the kernel stack, all others on the interrupt stack; entries longword aligned; none for 1, 13, 14', () => {
    const { b } = bench();
    for (const { vector, symbol, stack } of SCB_ENTRIES) {
      expect(b.k.symbol(symbol) % 4).toBe(0);
      expect(stack).toBe(vector === 0x88 || vector === 0x8c ? 0 : 1);
    }
    const levels = SCB_ENTRIES.map(({ vector }) => (vector - 0x80) / 4);
    for (const unused of [1, 13, 14]) expect(levels).not.toContain(unused);
    for (const used of [2, 3, 6, 7, 8, 9, 10, 11]) expect(levels).toContain(used);
  });

  it('ch06#25: IPL 5 without XDELTA changes nothing, INI$BRK is a NOP', () => {
    const { b } = bench();
    b.start();
    b.settle();
    expect(b.k.readByte(b.k.symbol('INI$BRK'))).toBe(1);
    const before = Buffer.from(b.machine.memory.bytes.subarray(0x2000, 0x8000)).toString('hex');
    b.k.cpu.requestSoftwareInterrupt(5);
    b.settle();
    expect(Buffer.from(b.machine.memory.bytes.subarray(0x2000, 0x8000)).toString('hex')).toBe(before);
    expect(b.k.sys.SCH$GL_CURPCB).toBe(b.k.symbol('SCH$GL_NULLPCB'));
  });
});

it('the bench keeps S0 where it says', () => { expect(S0).toBe(0x80000000); });
