import { describe, expect, it } from 'vitest';
import { jsbRoutine } from '../../../src/executive/gate/microroutine.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { checkPool, freePacketCount } from '../../../src/executive/pool/check.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { EXE$ALONONPAGED, EXE$ALONPAGVAR, EXE$DEANONPAGED, POOL_POISON } from '../../../src/executive/pool/nonpaged.js';
import { EXE$ALLOCPQB, EXE$ALOPAGED, EXE$DEAPAGED, EXE$DEAPQB } from '../../../src/executive/pool/paged.js';
import { SCH$RAVAIL } from '../../../src/executive/scheduling/resources.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { FKB } from '../../../src/executive/structures/fork.js';
import { RSN$_NPDYNMEM, SCH$C_COM, SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import type { PCB } from '../../../src/executive/structures/pcb.js';
import { KernelBench, LRP_SIZE, POOL, S0, SRP_SIZE } from '../bench/kernel-bench.js';

const within = (address: number, base: number, size: number): boolean => address >= S0 + base && address < S0 + base + size;

function withKernel<T>(body: (k: Kernel, b: KernelBench) => T): T {
  const b = new KernelBench();
  const result = b.asKernel((k) => body(k, b));
  expect(checkPool(b.k, (name) => b.k.symbol(name))).toEqual([]);
  return result;
}

/** A PCB of the bench put into MWAIT for a resource, by hand. */
function waiter(b: KernelBench, name: string, resource: number): ReturnType<typeof PCB.at> {
  const { pcb } = b.process({ name, suspended: true });
  const { k } = b;
  pcb.PCB$L_EFWM = resource;
  pcb.PCB$W_STATE = SCH$C_MWAIT;
  const header = k.symbol('SCH$AQ_WQHDR') + 12 * SCH$C_MWAIT;
  k.insertQueue(pcb.address, header);
  k.writeWord(header + 8, k.readWord(header + 8) + 1);
  k.sys.SCH$GL_RESMASK |= 1 << resource;
  return pcb;
}

describe('nonpaged pool', () => {
  it('ch03#13: the size chooses the list: SRP, IRP, variable, LRP, variable', () => {
    withKernel((k) => {
      expect(within(EXE$ALONONPAGED(k, 1), POOL.srp, 0x1000)).toBe(true);
      expect(within(EXE$ALONONPAGED(k, SRP_SIZE), POOL.srp, 0x1000)).toBe(true);
      expect(within(EXE$ALONONPAGED(k, SRP_SIZE + 1), POOL.irp, 0x1000)).toBe(true);
      expect(within(EXE$ALONONPAGED(k, 208), POOL.irp, 0x1000)).toBe(true);
      expect(within(EXE$ALONONPAGED(k, 209), POOL.variable, 0x4000)).toBe(true);
      expect(within(EXE$ALONONPAGED(k, 600), POOL.lrp, 0x2000)).toBe(true);
      expect(within(EXE$ALONONPAGED(k, LRP_SIZE + 1), POOL.variable, 0x4000)).toBe(true);
    });
  });

  it('ch03#8: a block carries its size at offset 8 and its type at offset 10', () => {
    withKernel((k) => {
      const block = allocateBlock(k, 28, DYN$C_ACB);
      expect([k.readWord(block + 8), k.readByte(block + 10)]).toEqual([28, DYN$C_ACB]);
    });
  });

  it('ch03#9 ch03#15: a packet goes back to the tail of the list its address lies in, whatever its size word says', () => {
    withKernel((k) => {
      const head = k.symbol('IOC$GL_IRPFL');
      const packet = EXE$ALONONPAGED(k, 208);
      const left = freePacketCount(k, head);
      k.writeWord(packet + 8, 16);
      EXE$DEANONPAGED(k, packet);
      expect(freePacketCount(k, head)).toBe(left + 1);
      expect(k.readLong(head + 4)).toBe(packet);
      const big = EXE$ALONPAGVAR(k, 512);
      k.writeWord(big + 8, 512);
      EXE$DEANONPAGED(k, big);
      expect(k.readLong(S0 + POOL.variable + 4)).toBe(0x4000);
    });
  });

  it('ch03#14: packets are taken from the front', () => {
    withKernel((k) => {
      const first = k.readLong(k.symbol('IOC$GL_IRPFL'));
      expect(EXE$ALONONPAGED(k, 208)).toBe(first);
    });
  });

  it('ch03#16: EXE$ALONPAGVAR uses the variable list even for 16 bytes', () => {
    withKernel((k) => { expect(EXE$ALONPAGVAR(k, 16)).toBe(S0 + POOL.variable); });
  });

  it('ch03#18: an empty lookaside list that cannot be extended gives way to the variable list', () => {
    withKernel((k) => {
      for (let count = 0; count < 32; count += 1) EXE$ALONONPAGED(k, SRP_SIZE);
      expect(within(EXE$ALONONPAGED(k, SRP_SIZE), POOL.variable, 0x4000)).toBe(true);
    });
  });

  it('ch03#17: every deallocation reports RSN$_NPDYNMEM available', () => {
    const b = new KernelBench();
    const pcb = waiter(b, 'WAITER', RSN$_NPDYNMEM);
    b.asKernel((k) => { EXE$DEANONPAGED(k, EXE$ALONONPAGED(k, 50)); });
    expect(pcb.PCB$W_STATE).toBe(SCH$C_COM);
    expect(b.k.sys.SCH$GL_RESMASK).toBe(0);
  });

  it('ch03#21: EXE$GL_NONPAGED holds 11', () => {
    withKernel((k) => { expect(k.readLong(k.symbol('EXE$GL_NONPAGED'))).toBe(11); });
  });

  it('ch03#10: the IRP list holds packets of 208 bytes', () => {
    withKernel((k) => {
      const first = EXE$ALONONPAGED(k, 208);
      expect(EXE$ALONONPAGED(k, 208) - first).toBe(208);
    });
  });

  it('freed blocks are poisoned when USERD1 bit 0 says so', () => {
    withKernel((k) => {
      k.sys.SGN$GL_USERD1 = 1;
      const block = allocateBlock(k, 28, DYN$C_ACB);
      EXE$DEANONPAGED(k, block);
      expect(k.readByte(block + 20)).toBe(POOL_POISON);
    });
  });

  it('ch02#15 ch02#16: SCH$RAVAIL returns when the bit is clear, and otherwise wakes all waiters of the resource and no other', () => {
    const b = new KernelBench();
    const [one, two, other] = [waiter(b, 'ONE', 3), waiter(b, 'TWO', 3), waiter(b, 'OTHER', 5)];
    b.k.sys.SCH$GL_RESMASK = 1 << 5;
    b.asKernel((k) => { SCH$RAVAIL(k, 3); });
    expect(one.PCB$W_STATE).toBe(SCH$C_MWAIT);
    b.k.sys.SCH$GL_RESMASK |= 1 << 3;
    b.asKernel((k) => { SCH$RAVAIL(k, 3); });
    expect([one.PCB$W_STATE, two.PCB$W_STATE, other.PCB$W_STATE]).toEqual([SCH$C_COM, SCH$C_COM, SCH$C_MWAIT]);
  });
});

describe('COM$DRVDEALMEM', () => {
  const atIpl20 = jsbRoutine('TEST_DEALLOCATE', () => undefined);
  const source = `
TEST_HIGH::
	MTPR	#20,#PR$_IPL
	MOVL	R6,R0
	JSB	COM$DRVDEALMEM
	MTPR	#7,#PR$_IPL
	HALT
`;
  function freeAbove8(size: number): { b: KernelBench; block: number } {
    const b = new KernelBench({ routines: [atIpl20], source });
    const { cpu } = b.machine;
    const block = EXE$ALONPAGVAR(b.k, 64);
    b.k.writeWord(block + 8, size);
    cpu.r[6] = block;
    cpu.r[15] = b.k.symbol('TEST_HIGH');
    return { b, block };
  }

  it('ch03#24: above IPL 8 the block becomes an IPL 6 fork block and goes back to pool when IPL drops', () => {
    const { b, block } = freeAbove8(64);
    expect(b.run(20).kind).toBe('halt');
    const fkb = FKB.at(b.k, block);
    expect([fkb.FKB$B_FIPL, fkb.FKB$L_FPC]).toEqual([6, b.k.symbol('COM$DRVDEALMEM_FORK')]);
    expect(b.k.readLong(b.k.symbol('SWI$GL_FQFL'))).toBe(block);
    b.start();
    b.settle();
    expect(b.k.readLong(S0 + POOL.variable + 4)).toBe(0x4000);
  });

  it('ch03#25: a block too small to be a fork block is a nonfatal bugcheck', () => {
    const { b } = freeAbove8(20);
    const stop = b.run(20);
    expect(stop.kind).toBe('halt');
    expect(b.where(b.k.register(15))).toMatch(/^BENCH_SCB_10/);
    const pc = b.k.readLong(b.k.register(14));
    expect([b.k.readWord(pc), b.k.readWord(pc + 2) & 7]).toEqual([0xfeff, 0]);
  });
});

describe('paged pool', () => {
  it('ch03#28: allocation locks EXE$GL_PGDYNMTX for write and unlocks it', () => {
    const b = new KernelBench();
    const mutex = b.k.symbol('EXE$GL_PGDYNMTX');
    const writes: number[] = [];
    b.asKernel((k) => {
      const write = k.writeWord.bind(k);
      k.writeWord = (address, value) => { if (address === mutex || address === mutex + 2) writes.push(value & 0xffff); write(address, value); };
      const block = EXE$ALOPAGED(k, 100);
      k.writeWord = write;
      expect(block).toBe(S0 + POOL.paged);
      k.writeWord(block + 8, 100);
      EXE$DEAPAGED(k, block);
    });
    expect(writes).toContain(0);
    expect(writes).toContain(1);
    expect(b.k.readLong(mutex)).toBe(0xffff);
    expect(b.k.readLong(S0 + POOL.paged + 4)).toBe(0x4000);
  });

  it('ch03#30: a PQB goes to EXE$GL_PQBFL, and comes from there before paged pool is asked', () => {
    const b = new KernelBench();
    b.asKernel((k) => {
      const pqb = EXE$ALLOCPQB(k, 2248);
      EXE$DEAPQB(k, pqb);
      expect(k.readLong(k.symbol('EXE$GL_PQBFL'))).toBe(pqb);
      expect(EXE$ALLOCPQB(k, 2248)).toBe(pqb);
    });
  });
});
