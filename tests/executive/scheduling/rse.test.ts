import { describe, expect, it } from 'vitest';
import { boostedPriority, significantStates } from '../../../src/executive/scheduling/events.js';
import { computableQueue, insertWaiting, removeComputable, waitQueueHeader } from '../../../src/executive/scheduling/queues.js';
import { SCH$RSE, SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { WQH } from '../../../src/executive/structures/ceb.js';
import {
  EVT$_AST, EVT$_EVENT, EVT$_FPGA, EVT$_SETPRI, EVT$_SWPOUT, PRI$_IOCOM, PRI$_NULL, PRI$_RESAVL, PRI$_TICOM, PRI$_TIMER, PRI$_TOCOM,
  SCH$C_CEF, SCH$C_COLPG, SCH$C_COM, SCH$C_COMO, SCH$C_FPG, SCH$C_HIB, SCH$C_HIBO, SCH$C_LEF, SCH$C_LEFO, SCH$C_MWAIT, SCH$C_PFW,
  SCH$C_SUSP, SCH$C_SUSPO,
} from '../../../src/executive/structures/sch.js';
import { KernelBench, type BenchProcess } from '../bench/kernel-bench.js';

/** Every COM/COMO queue agrees with its summary bit; every wait queue with its count and state. */
export function checkQueues(b: KernelBench): void {
  const { k } = b;
  for (const [state, summary] of [[SCH$C_COM, k.sys.SCH$GL_COMQS], [SCH$C_COMO, k.sys.SCH$GL_COMOQS]] as const) {
    for (let priority = 0; priority < 32; priority += 1) {
      const entries = [...k.queueEntries(computableQueue(k, state, priority))];
      expect((summary >>> priority) & 1).toBe(entries.length > 0 ? 1 : 0);
      for (const pcb of entries) expect([k.readWord(pcb + 0x2c), k.readByte(pcb + 0xb)]).toEqual([state, priority]);
    }
  }
  for (let state = 1; state < SCH$C_COM; state += 1) {
    if (state === SCH$C_CEF) continue;
    const header = WQH.at(k, waitQueueHeader(k, state));
    const entries = [...k.queueEntries(header.address)];
    expect([header.WQH$W_COUNT, header.WQH$W_STATE]).toEqual([entries.length, state]);
    for (const pcb of entries) expect(k.readWord(pcb + 0x2c)).toBe(state);
  }
}

function waiting(b: KernelBench, state: number, options: { priority?: number; resident?: boolean } = {}): BenchProcess {
  const p = b.process({ name: `P${b.processes.length}`, suspended: true, priority: options.priority ?? 4 });
  insertWaiting(b.k, p.pcb.address, waitQueueHeader(b.k, state));
  p.pcb.PCB$V_RES = options.resident === false ? 0 : 1;
  return p;
}

describe('SCH$RSE', () => {
  it('ch10#13 ch10#14 ch10#15: headers are at SCH$AQ_WQHDR + 12*state, none for state 3; counts, states and summary bits agree', () => {
    const b = new KernelBench();
    for (const state of [SCH$C_HIB, SCH$C_HIB, SCH$C_LEF, SCH$C_PFW, SCH$C_FPG]) waiting(b, state);
    b.process({ name: 'COM', priority: 9 });
    expect(waitQueueHeader(b.k, SCH$C_HIB)).toBe(b.k.symbol('SCH$AQ_WQHDR') + 12 * 7);
    expect(b.k.readWord(waitQueueHeader(b.k, SCH$C_HIB) + 8)).toBe(2);
    expect(b.k.sys.SCH$GL_COMQS >>> (31 - 9) & 1).toBe(1);
    checkQueues(b);
  });

  it('ch10#19: a wake for a process not in HIB or HIBO changes no state; WAKEPEN stays set', () => {
    const b = new KernelBench();
    const p = waiting(b, SCH$C_LEF);
    b.asKernel((k) => { SCH$WAKE(k, p.pcb.address); });
    expect([p.pcb.PCB$W_STATE, p.pcb.PCB$V_WAKEPEN]).toEqual([SCH$C_LEF, 1]);
    checkQueues(b);
  });

  it('ch10#20 ch07#12: an AST event makes every waiting state computable but SUSP', () => {
    const b = new KernelBench();
    const states = [SCH$C_COLPG, SCH$C_MWAIT, SCH$C_PFW, SCH$C_LEF, SCH$C_HIB, SCH$C_FPG, SCH$C_SUSP];
    const processes = states.map((state) => waiting(b, state));
    b.asKernel((k) => { for (const p of processes) SCH$RSE(k, p.pcb.address, EVT$_AST, PRI$_NULL); });
    expect(processes.map((p) => p.pcb.PCB$W_STATE)).toEqual([...Array<number>(6).fill(SCH$C_COM), SCH$C_SUSP]);
    expect(significantStates(EVT$_AST) & (1 << SCH$C_SUSPO)).toBe(0);
    checkQueues(b);
  });

  it('ch10#18: outswap changes only COM, HIB, LEF and SUSP', () => {
    const b = new KernelBench();
    const pairs = [[SCH$C_HIB, SCH$C_HIBO], [SCH$C_LEF, SCH$C_LEFO], [SCH$C_SUSP, SCH$C_SUSPO], [SCH$C_PFW, SCH$C_PFW],
      [SCH$C_FPG, SCH$C_FPG], [SCH$C_COLPG, SCH$C_COLPG], [SCH$C_MWAIT, SCH$C_MWAIT]] as const;
    const processes = pairs.map(([from]) => waiting(b, from));
    const computable = b.process({ name: 'COM', priority: 5 });
    b.asKernel((k) => {
      for (const p of [...processes, computable]) {
        p.pcb.PCB$V_RES = 0;
        SCH$RSE(k, p.pcb.address, EVT$_SWPOUT, PRI$_NULL);
      }
    });
    expect(processes.map((p) => p.pcb.PCB$W_STATE)).toEqual(pairs.map(([, to]) => to));
    expect(computable.pcb.PCB$W_STATE).toBe(SCH$C_COMO);
    expect([b.k.sys.SCH$GL_COMQS >>> 26 & 1, b.k.sys.SCH$GL_COMOQS >>> 26 & 1]).toEqual([0, 1]);
    checkQueues(b);
  });

  it('ch10#4 ch06#22 ch02#13: a process that becomes COM with equal priority requests IPL 3; a lower one does not', () => {
    const b = new KernelBench();
    const equal = waiting(b, SCH$C_HIB, { priority: 5 });
    const lower = waiting(b, SCH$C_HIB, { priority: 4 });
    b.asKernel((k) => {
      k.sys.SCH$GB_PRI = 31 - 5;
      SCH$RSE(k, lower.pcb.address, EVT$_AST, PRI$_NULL);
      expect(k.cpu.readPR(21) & 8).toBe(0);
      SCH$RSE(k, equal.pcb.address, EVT$_AST, PRI$_NULL);
      expect(k.cpu.readPR(21) & 8).toBe(8);
    });
  });

  it('ch10#21: the end of a flag wait adds 4 to the saved PC of a resident process, not of an outswapped one; an AST does not', () => {
    const b = new KernelBench();
    const resident = waiting(b, SCH$C_LEF);
    const outswapped = waiting(b, SCH$C_LEFO, { resident: false });
    const ast = waiting(b, SCH$C_LEF);
    for (const p of [resident, outswapped, ast]) p.phd.PHD$L_PC = 0x1000;
    b.asKernel((k) => {
      SCH$RSE(k, resident.pcb.address, EVT$_EVENT, PRI$_NULL);
      SCH$RSE(k, outswapped.pcb.address, EVT$_EVENT, PRI$_NULL);
      SCH$RSE(k, ast.pcb.address, EVT$_AST, PRI$_NULL);
    });
    expect([resident, outswapped, ast].map((p) => p.phd.PHD$L_PC)).toEqual([0x1004, 0x1000, 0x1000]);
    expect(outswapped.pcb.PCB$W_STATE).toBe(SCH$C_COMO);
  });

  it('ch10#41: a free page releases every waiter', () => {
    const b = new KernelBench();
    const waiters = [waiting(b, SCH$C_FPG), waiting(b, SCH$C_FPG)];
    b.asKernel((k) => { for (const pcb of [...k.queueEntries(waitQueueHeader(k, SCH$C_FPG))]) SCH$RSE(k, pcb, EVT$_FPGA, PRI$_NULL); });
    expect(waiters.every((p) => p.pcb.PCB$W_STATE === SCH$C_COM)).toBe(true);
  });

  it('ch12#33: a set-priority event requeues a COM process at base plus 2 and keeps the summary bits', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', priority: 4 });
    p.pcb.PCB$B_PRIB = 31 - 10;
    b.asKernel((k) => { SCH$RSE(k, p.pcb.address, EVT$_SETPRI, PRI$_IOCOM); });
    expect(31 - p.pcb.PCB$B_PRI).toBe(12);
    expect(b.k.sys.SCH$GL_COMQS >>> (31 - 4) & 1).toBe(0);
    checkQueues(b);
  });

  it('ch10#33: a summary bit over an empty queue, and a block that is no PCB, are the fatal bugcheck QUEUEMPTY', () => {
    const b = new KernelBench();
    b.k.sys.SCH$GL_COMQS |= 1 << 20;
    b.start();
    expect(b.run(20).kind).toBe('halt');
    const pc = b.k.readLong(b.k.register(14));
    expect(pc).toBe(b.k.symbol('SCH_QUEUEMPTY'));
    expect(b.k.readWord(pc + 2) & 7).toBe(4);

    const other = new KernelBench();
    const p = other.process({ name: 'A' });
    p.pcb.PCB$B_TYPE = 10;
    other.start();
    expect(other.run(20).kind).toBe('halt');
    expect(other.k.readLong(other.k.register(14))).toBe(other.k.symbol('SCH_QUEUEMPTY'));
  });
});

describe('priority boosts', () => {
  it('ch10#10: a boost that would exceed 15 gives the base priority', () => {
    expect(boostedPriority(10, 10, PRI$_TICOM)).toBe(10);
    expect(boostedPriority(9, 9, PRI$_TICOM)).toBe(15);
  });

  it('ch10#11: base 14 and 15 never get a boost', () => {
    for (const base of [14, 15]) for (const boost of [PRI$_IOCOM, PRI$_RESAVL, PRI$_TOCOM, PRI$_TICOM]) expect(boostedPriority(base, base, boost)).toBe(base);
  });

  it('ch10#12: a current priority above base plus boost is kept, unless the higher exceeds 15', () => {
    expect(boostedPriority(4, 9, PRI$_IOCOM)).toBe(9);
    expect(boostedPriority(12, 14, PRI$_TICOM)).toBe(12);
  });

  it('ch11#25 ch12#25: timer expiry and wake boost by 3', () => {
    expect(boostedPriority(4, 4, PRI$_TIMER)).toBe(7);
    expect(boostedPriority(4, 4, PRI$_RESAVL)).toBe(7);
  });

  it('real-time priorities are never changed', () => {
    for (let base = 16; base < 32; base += 1) expect(boostedPriority(base, base, PRI$_TICOM)).toBe(base);
  });
});

it('the null queue is left as it was', () => {
  const b = new KernelBench();
  removeComputable(b.k, b.k.symbol('SCH$GL_NULLPCB'));
  expect(b.k.sys.SCH$GL_COMQS).toBe(0);
});
