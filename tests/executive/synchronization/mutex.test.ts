import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../src/executive/kernel.js';
import { kernelService } from '../../../src/executive/dispatch/service.js';
import { SCH$LOCKNOWAIT, SCH$LOCKR, SCH$LOCKW, SCH$UNLOCK } from '../../../src/executive/synchronization/mutex.js';
import { SCH$QAST } from '../../../src/executive/ast/queue.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { SCH$C_COM, SCH$C_HIB, SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import { KernelBench, type BenchProcess } from '../bench/kernel-bench.js';

const MUTEX = 'EXE$GL_CEBMTX';

/** $SETSSF n stands in for a service that locks (1 read, 2 write) or unlocks (0) a mutex; $SETPFM counts calls. */
const lockService = kernelService('$SETSSF', (k, how) => {
  const mutex = k.symbol(MUTEX);
  if (how === 1) SCH$LOCKR(k, mutex);
  else if (how === 2) SCH$LOCKW(k, mutex);
  else SCH$UNLOCK(k, mutex);
  return 1;
});

const lock = (how: number): string => `	PUSHL	#${how}\n	CALLS	#1,@#SYS$SETSSF\n`;
const HIBERNATE = '10$:	CALLS	#0,@#SYS$HIBER\n	BRB	10$\n';

function bench(): KernelBench { return new KernelBench({ routines: [lockService] }); }

/** As the current process, at IPL 0, without a processor: for the counts. */
function current<T>(b: KernelBench, process: BenchProcess, body: (k: Kernel) => T): T {
  return b.asKernel((k) => {
    k.sys.SCH$GL_CURPCB = process.pcb.address;
    return body(k);
  });
}

describe('mutexes', () => {
  it('ch02#1 ch02#2: free is 0000FFFF; owners are counted from -1; MTX$V_WRT is bit 16', () => {
    const b = bench();
    const mutex = b.k.symbol(MUTEX);
    const p = b.process({ name: 'A', suspended: true });
    expect(b.k.readLong(mutex)).toBe(0x0000ffff);
    current(b, p, (k) => {
      SCH$LOCKR(k, mutex);
      expect(k.readLong(mutex)).toBe(0x00000000);
      SCH$LOCKR(k, mutex);
      expect(k.readLong(mutex)).toBe(0x00000001);
      SCH$UNLOCK(k, mutex);
      SCH$UNLOCK(k, mutex);
      SCH$LOCKW(k, mutex);
      expect(k.readLong(mutex)).toBe(0x00010000);
      SCH$UNLOCK(k, mutex);
      expect(k.readLong(mutex)).toBe(0x0000ffff);
    });
  });

  it('ch02#4: the process runs at IPL 2 after locking', () => {
    const b = bench();
    const p = b.process({ name: 'A', suspended: true });
    current(b, p, (k) => {
      SCH$LOCKR(k, k.symbol(MUTEX));
      expect(k.ipl).toBe(2);
    });
  });

  it('ch02#5 ch02#6: the first mutex raises to 16 and saves the priorities, the second does not save again', () => {
    const b = bench();
    const p = b.process({ name: 'A', priority: 4, suspended: true });
    p.pcb.PCB$B_PRI = 31 - 6;
    current(b, p, (k) => {
      SCH$LOCKR(k, k.symbol(MUTEX));
      expect([31 - p.pcb.PCB$B_PRI, 31 - p.pcb.PCB$B_PRIB]).toEqual([16, 16]);
      expect([31 - p.pcb.PCB$B_PRISAV, 31 - p.pcb.PCB$B_PRIBSAV]).toEqual([6, 4]);
      SCH$LOCKW(k, k.symbol('EXE$GL_GSDMTX'));
      expect([31 - p.pcb.PCB$B_PRISAV, 31 - p.pcb.PCB$B_PRIBSAV]).toEqual([6, 4]);
      SCH$UNLOCK(k, k.symbol('EXE$GL_GSDMTX'));
      expect(31 - p.pcb.PCB$B_PRI).toBe(16);
      SCH$UNLOCK(k, k.symbol(MUTEX));
    });
    expect([31 - p.pcb.PCB$B_PRI, 31 - p.pcb.PCB$B_PRIB, p.pcb.PCB$W_MTXCNT]).toEqual([6, 4, 0]);
  });

  it('ch02#7: a real-time process keeps its priority', () => {
    const b = bench();
    const p = b.process({ name: 'RT', priority: 20, suspended: true });
    current(b, p, (k) => {
      SCH$LOCKW(k, k.symbol(MUTEX));
      expect([31 - p.pcb.PCB$B_PRI, 31 - p.pcb.PCB$B_PRIB]).toEqual([20, 20]);
      SCH$UNLOCK(k, k.symbol(MUTEX));
    });
    expect(31 - p.pcb.PCB$B_PRI).toBe(20);
  });

  it('ch02#8: SCH$LOCKNOWAIT on an owned mutex says no without waiting', () => {
    const b = bench();
    const p = b.process({ name: 'A', suspended: true });
    current(b, p, (k) => {
      const mutex = k.symbol(MUTEX);
      expect(SCH$LOCKNOWAIT(k, mutex)).toBe(true);
      expect(SCH$LOCKNOWAIT(k, mutex)).toBe(false);
      expect(k.readLong(mutex)).toBe(0x00010000);
    });
  });

  it('ch02#9 ch10#23: a waiter has EFWM = mutex, saved PC = SCH$LOCKW, saved PSL kernel mode IPL 2, state MWAIT', () => {
    const b = bench();
    const owner = b.process({ name: 'OWNER', program: `${lock(1)}${HIBERNATE}` });
    b.start();
    b.settle();
    expect(owner.pcb.PCB$W_MTXCNT).toBe(1);
    const writer = b.process({ name: 'WRITER', program: `${lock(2)}	MOVL	R0,@#DATA\n${lock(0)}${HIBERNATE}` });
    b.asKernel(() => undefined);
    b.settle();
    expect(writer.pcb.PCB$W_STATE).toBe(SCH$C_MWAIT);
    expect(writer.pcb.PCB$L_EFWM).toBe(b.k.symbol(MUTEX));
    expect(writer.phd.PHD$L_PC).toBe(b.k.symbol('SCH$LOCKW'));
    expect((writer.phd.PHD$L_PSL >>> 16) & 31).toBe(2);
    expect((writer.phd.PHD$L_PSL >>> 24) & 3).toBe(0);
  });

  it('ch02#3 ch02#10: with a writer waiting readers wait too; when the mutex is free all compete by priority', () => {
    const b = bench();
    const owner = b.process({
      name: 'OWNER', priority: 8,
      program: `${lock(1)}	CALLS	#0,@#SYS$HIBER\n${lock(0)}${HIBERNATE}`,
    });
    b.start();
    b.settle();
    const order = `	INCL	@#DATA\n`;
    const writer = b.process({ name: 'WRITER', priority: 5, program: `${lock(2)}${order}${lock(0)}${HIBERNATE}` });
    b.settle();
    const reader = b.process({ name: 'READER', priority: 6, program: `${lock(1)}${order}	CALLS	#0,@#SYS$HIBER\n${lock(0)}${HIBERNATE}` });
    b.settle();
    expect([writer.pcb.PCB$W_STATE, reader.pcb.PCB$W_STATE]).toEqual([SCH$C_MWAIT, SCH$C_MWAIT]);
    b.asKernel((k) => wake(k, owner));
    b.settle();
    // The reader has the higher priority and got the mutex first; the writer waits for it.
    expect(reader.long(0x800)).toBe(1);
    expect(reader.pcb.PCB$W_STATE).toBe(SCH$C_HIB);
    expect(writer.pcb.PCB$W_STATE).toBe(SCH$C_MWAIT);
    b.asKernel((k) => wake(k, reader));
    b.settle();
    expect(writer.long(0x800)).toBe(1);
    expect(b.k.readLong(b.k.symbol(MUTEX))).toBe(0x0000ffff);
  });

  it('ch02#35 ch10#43: an AST for a mutex waiter is not delivered: it tries again and is back in MWAIT, saved IPL 2', () => {
    const b = bench();
    b.process({ name: 'OWNER', program: `${lock(1)}${HIBERNATE}` });
    b.start();
    b.settle();
    const writer = b.process({ name: 'WRITER', program: `${lock(2)}${HIBERNATE}AST::	.WORD	0\n	INCL	@#DATA\n	RET\n` });
    b.settle();
    b.asKernel((k) => {
      const block = allocateBlock(k, ACB.size, DYN$C_ACB);
      const acb = ACB.at(k, block);
      acb.ACB$B_RMOD = 3;
      acb.ACB$L_PID = writer.pcb.PCB$L_PID;
      acb.ACB$L_AST = writer.symbols.get('AST')!;
      SCH$QAST(k, block, 0);
    });
    expect(writer.pcb.PCB$W_STATE).toBe(SCH$C_COM);
    b.settle();
    expect([writer.pcb.PCB$W_STATE, writer.long(0x800), writer.pcb.PCB$L_EFWM]).toEqual([SCH$C_MWAIT, 0, b.k.symbol(MUTEX)]);
    expect([...b.k.queueEntries(writer.pcb.address + 0x10)]).toHaveLength(1);
  });

  it('ch02#12: freeing a mutex without WRT does not look at the MWAIT queue', () => {
    const b = bench();
    const p = b.process({ name: 'A', suspended: true });
    const stranger = b.process({ name: 'B', suspended: true });
    const { k } = b;
    const mutex = k.symbol(MUTEX);
    stranger.pcb.PCB$W_STATE = SCH$C_MWAIT;
    stranger.pcb.PCB$L_EFWM = mutex;
    k.insertQueue(stranger.pcb.address, k.symbol('SCH$AQ_WQHDR') + 12 * SCH$C_MWAIT);
    current(b, p, () => { SCH$LOCKR(k, mutex); SCH$UNLOCK(k, mutex); });
    expect(stranger.pcb.PCB$W_STATE).toBe(SCH$C_MWAIT);
  });

  it('ch02#11 ch10#40: unlocking the last mutex with a better computable process requests the IPL 3 interrupt', () => {
    const b = bench();
    const p = b.process({ name: 'A', priority: 4, suspended: true });
    current(b, p, (k) => {
      SCH$LOCKW(k, k.symbol(MUTEX));
      k.cpu.writePR(21, 0);
      SCH$UNLOCK(k, k.symbol(MUTEX));
      expect(k.cpu.readPR(21) & 8).toBe(0);
      SCH$LOCKW(k, k.symbol(MUTEX));
    });
    b.process({ name: 'BETTER', priority: 10 });
    b.k.cpu.writePR(21, 0);
    current(b, p, (k) => { SCH$UNLOCK(k, k.symbol(MUTEX)); });
    expect(b.k.cpu.readPR(21) & 8).toBe(8);
    expect(31 - p.pcb.PCB$B_PRI).toBe(4);
  });

  it('ch02#17: EFWM of a mutex waiter is negative as a signed longword, of a resource waiter small and positive', () => {
    const b = bench();
    expect(b.k.symbol(MUTEX) | 0).toBeLessThan(0);
  });
});

function wake(k: Kernel, process: BenchProcess): void {
  SCH$WAKE(k, process.pcb.address);
}
