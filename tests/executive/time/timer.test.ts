import { describe, expect, it } from 'vitest';
import { jsbRoutine } from '../../../src/executive/gate/microroutine.js';
import { checkPool, freePacketCount } from '../../../src/executive/pool/check.js';
import { waitQueueHeader } from '../../../src/executive/scheduling/queues.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { SS$_ACCVIO, SS$_EXQUOTA, SS$_IVTIME, SS$_NOPRIV, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { PRV$V_LOG_IO, PRV$V_OPER } from '../../../src/executive/starlet/prvdef.js';
import { RSN$_MAILBOX, RSN$_NPDYNMEM, RSN$_PGDYNMEM, SCH$C_CUR, SCH$C_HIB, SCH$C_LEF } from '../../../src/executive/structures/sch.js';
import { CRB, DDB } from '../../../src/executive/structures/device.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { EXE$ALONPAGVAR } from '../../../src/executive/pool/nonpaged.js';
import { TQE, TQE$C_SSREPT, TQE$C_SSSNGL } from '../../../src/executive/structures/tqe.js';
import { EXE$INSTIMQ, firstTimer, nextTimerDue, SECOND, TICK } from '../../../src/executive/time/queue.js';
import { setSystemTime, TODR_BASE } from '../../../src/executive/time/set-time.js';
import { KernelBench, type BenchProcess } from '../bench/kernel-bench.js';

const HIBERNATE = '90$:	CALLS	#0,@#SYS$HIBER\n	BRB	90$\n';
const SPIN = '90$:	INCL	@#DATA\n	BRB	90$\n';
const BOTH = [PRV$V_OPER, PRV$V_LOG_IO];

/** CALLS of a service with the given operands, last argument first on the stack; R0 to DATA+offset. */
const call = (name: string, args: readonly string[], resultAt: number): string =>
  `${[...args].reverse().map((arg) => `	PUSH${arg.startsWith('#') ? 'L' : 'AB'}	${arg}\n`).join('')}	CALLS	#${args.length},@#SYS$${name}\n	MOVL	R0,@#DATA+${resultAt}\n`;

const timers = (b: KernelBench): number[] => [...b.k.queueEntries(b.k.symbol('EXE$GL_TQFL'))];
const DELTA_100MS = '	.LONG	-1000000,-1';

function started(program: string, options: { privileges?: readonly number[] } = {}): { b: KernelBench; p: BenchProcess } {
  const b = new KernelBench();
  const p = b.process({ name: 'A', program, ...options });
  b.start();
  b.settle();
  return { b, p };
}

describe('the clock', () => {
  it('ch11#1: system time goes on by 100000 a tick', () => {
    const { b } = started(HIBERNATE);
    const before = b.k.sys.EXE$GQ_SYSTIME;
    b.elapse(1000);
    expect(b.k.sys.EXE$GQ_SYSTIME - before).toBe(100n * TICK);
  });

  it('one interrupt may stand for many ticks when the machine was idle: none is lost', () => {
    const { b } = started(HIBERNATE);
    const before = b.k.sys.EXE$GQ_SYSTIME;
    b.clock.advance(5_000_000);
    b.settle();
    expect(b.k.sys.EXE$GQ_SYSTIME - before).toBe(500n * TICK);
    expect(b.k.sys.EXE$GL_ABSTIM).toBe(5);
  });

  it('ch11#2: uptime counts seconds from 0, and $SETIME does not touch it', () => {
    const { b } = started(HIBERNATE);
    expect(b.k.sys.EXE$GL_ABSTIM).toBe(0);
    b.elapse(3000);
    expect(b.k.sys.EXE$GL_ABSTIM).toBe(3);
    b.asKernel((k) => { setSystemTime(k, k.sys.EXE$GQ_SYSTIME + 100n * SECOND, 0); });
    expect(b.k.sys.EXE$GL_ABSTIM).toBe(3);
  });

  it('ch11#22: a tick counts in exactly one of six counters', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: SPIN });
    b.start();
    b.run(1_000_000);
    const counters = [0, 1, 2, 3, 4, 5].map((n) => b.k.readLong(b.k.symbol('PMS$GL_KERNEL') + 4 * n));
    const ticks = Number((b.k.sys.EXE$GQ_SYSTIME - 0x00_8f_00_00_00_00_00_00n) / TICK);
    expect(counters.reduce((sum, n) => sum + n, 0)).toBe(ticks);
    expect(counters[3]).toBeGreaterThan(90);
    expect(p.phd.PHD$L_CPUTIM + b.processes[0]!.phd.PHD$L_CPUTIM).toBe(ticks - counters[4]!);
  });

  it('ch11#21: a tick during interrupt service charges no process', () => {
    const b = new KernelBench({ source: `
TEST_LOOP::				; 25 ms of work at IPL 8 on the interrupt stack
	MOVL	#12500,R0
10$:	SOBGTR	R0,10$
	RSB
` });
    b.start();
    b.settle();
    const tqe = TQE.at(b.k, b.asKernel((k) => { const block = k.removeHead(k.symbol('IOC$GL_SRPFL'))!; return block; }));
    tqe.TQE$B_RQTYPE = TQE$C_SSSNGL;
    tqe.TQE$L_FPC = b.k.symbol('TEST_LOOP');
    b.asKernel((k) => { EXE$INSTIMQ(k, tqe.address, k.sys.EXE$GQ_SYSTIME); });
    const counter = b.k.symbol('PMS$GL_KERNEL') + 16;
    const [onStack, cpu] = [b.k.readLong(counter), b.processes[0]!.phd.PHD$L_CPUTIM];
    b.clock.advance(10_000);
    b.settle();
    expect(b.k.readLong(counter)).toBeGreaterThan(onStack);
    expect(b.processes[0]!.phd.PHD$L_CPUTIM - cpu).toBe(1);
  });

  it('ch11#23 ch06#17 ch02#19: the clock routine only requests IPL 7; elements are served at IPL 8 on the interrupt stack', () => {
    const seen: [number, boolean][] = [];
    const routine = jsbRoutine('TEST_ROUTINE', (k) => { seen.push([k.ipl, k.cpu.onInterruptStack]); });
    const b = new KernelBench({ routines: [routine] });
    b.start();
    b.settle();
    b.asKernel((k) => {
      const tqe = TQE.at(k, k.removeHead(k.symbol('IOC$GL_SRPFL'))!);
      tqe.TQE$B_RQTYPE = TQE$C_SSSNGL;
      tqe.TQE$L_FPC = k.symbol('TEST_ROUTINE');
      EXE$INSTIMQ(k, tqe.address, k.sys.EXE$GQ_SYSTIME + 2n * TICK);
    });
    b.elapse(30);
    expect(seen).toEqual([[8, true]]);
  });
});

describe('the timer queue', () => {
  it('ch11#33: at boot EXE$TIMEOUT is first, EXE$AL_TQENOREPT last', () => {
    const b = new KernelBench();
    expect(timers(b)).toEqual([b.k.symbol('devicetim'), b.k.symbol('EXE$AL_TQENOREPT')]);
    expect(firstTimer(b.k).TQE$B_RQTYPE).toBe(TQE$C_SSREPT);
    expect(firstTimer(b.k).TQE$Q_TIME).toBe(b.k.sys.EXE$GQ_SYSTIME + SECOND);
    const due = b.k.sys.EXE$GQ_SYSTIME + SECOND;
    b.start();
    b.settle();
    expect(nextTimerDue(b.k)).toBe(due);
  });

  it('a computable process of priority 0 shares with the null process: the next event is the end of its quantum', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', priority: 0, program: SPIN });
    b.start();
    b.run(100_000);
    for (let step = 0; step < 100 && p.pcb.PCB$W_STATE === SCH$C_CUR; step += 1) b.run(100_000);
    expect(b.k.sys.SCH$GL_CURPCB).toBe(b.k.symbol('SCH$GL_NULLPCB'));
    expect(nextTimerDue(b.k)! - b.k.sys.EXE$GQ_SYSTIME).toBeLessThanOrEqual(20n * TICK);
  });

  it('ch11#24 ch06#18: all due elements are served in one interrupt, up to the first that is not due', () => {
    const order: number[] = [];
    const routine = jsbRoutine('TEST_ROUTINE', (k) => { order.push(k.register(3)); });
    const b = new KernelBench({ routines: [routine] });
    b.start();
    b.settle();
    b.asKernel((k) => {
      for (const [n, ticks] of [[3, 5n], [1, 2n], [2, 2n], [4, 9n]] as const) {
        const tqe = TQE.at(k, k.removeHead(k.symbol('IOC$GL_SRPFL'))!);
        tqe.TQE$B_RQTYPE = TQE$C_SSSNGL;
        tqe.TQE$L_FPC = k.symbol('TEST_ROUTINE');
        tqe.TQE$L_FR3 = n;
        EXE$INSTIMQ(k, tqe.address, k.sys.EXE$GQ_SYSTIME + ticks * TICK);
      }
    });
    b.clock.advance(60_000);
    b.settle();
    expect(order).toEqual([1, 2, 3]);
  });

  it('ch11#37 ch11#27: a system routine is entered with R5 TQE, R3 and R4 from it, and its TQE is never freed', () => {
    const seen: number[][] = [];
    const routine = jsbRoutine('TEST_ROUTINE', (k) => { seen.push([5, 3, 4].map((r) => k.register(r))); });
    const b = new KernelBench({ routines: [routine] });
    b.start();
    b.settle();
    const srps = b.k.symbol('IOC$GL_SRPFL');
    const block = b.asKernel((k) => {
      const tqe = TQE.at(k, k.removeHead(srps)!);
      tqe.TQE$B_RQTYPE = TQE$C_SSSNGL;
      tqe.TQE$L_FPC = k.symbol('TEST_ROUTINE');
      tqe.TQE$L_FR3 = 33;
      tqe.TQE$L_FR4 = 44;
      EXE$INSTIMQ(k, tqe.address, k.sys.EXE$GQ_SYSTIME + TICK);
      return tqe.address;
    });
    const free = freePacketCount(b.k, srps);
    b.elapse(30);
    expect(seen).toEqual([[block, 33, 44]]);
    expect(freePacketCount(b.k, srps)).toBe(free);
  });
});

describe('$SETIMR and $CANTIM', () => {
  const setimr = (efn: number, ast: string, id: number): string => call('SETIMR', [`#${efn}`, 'TIME', ast, `#${id}`], 0);

  it('ch11#14 ch11#15: a negative time is relative, TQE$V_ABSOLUTE clear; JIB$W_TQCNT is charged, ASTCNT only with an AST', () => {
    const program = `${setimr(3, '#0', 0)}${HIBERNATE}\nTIME:${DELTA_100MS}\n`;
    const { b, p } = started(program);
    const tqe = firstTimer(b.k);
    expect([p.long(0x800), tqe.TQE$V_ABSOLUTE, tqe.TQE$V_KIND, p.jib.JIB$W_TQCNT, p.pcb.PCB$W_ASTCNT]).toEqual([SS$_NORMAL, 0, 0, 9, 10]);
    expect(tqe.TQE$Q_TIME - b.k.sys.EXE$GQ_SYSTIME).toBe(1_000_000n);
    b.elapse(110);
    expect([p.jib.JIB$W_TQCNT, timers(b).length, p.pcb.PCB$L_EFCS >>> 3 & 1]).toEqual([10, 2, 1]);
    expect(checkPool(b.k, (name) => b.k.symbol(name))).toEqual([]);
  });

  it('ch11#25 ch11#26: expiry sets the flag and wakes with boost 3; the TQE itself becomes the ACB', () => {
    const program = `${setimr(3, 'AST', 77)}	PUSHL	#3\n	CALLS	#1,@#SYS$WAITFR\n	MOVL	#1,@#DATA+8\n${HIBERNATE}
AST::	.WORD	0
	MOVL	4(AP),@#DATA+4
	RET
TIME:${DELTA_100MS}
`;
    const { b, p } = started(program);
    expect([p.pcb.PCB$W_STATE, p.pcb.PCB$W_ASTCNT]).toEqual([SCH$C_LEF, 9]);
    const free = freePacketCount(b.k, b.k.symbol('IOC$GL_SRPFL'));
    b.elapse(110);
    expect([p.long(0x804), p.long(0x808), p.pcb.PCB$W_ASTCNT, p.jib.JIB$W_TQCNT]).toEqual([77, 1, 10, 10]);
    expect(freePacketCount(b.k, b.k.symbol('IOC$GL_SRPFL'))).toBe(free + 1);
  });

  it('ch11#13: the event flag is cleared even when an argument check fails', () => {
    const program = `	PUSHL	#3\n	CALLS	#1,@#SYS$SETEF\n${call('SETIMR', ['#3', '#^X3FFFF000', '#0', '#0'], 0)}${HIBERNATE}`;
    const { p } = started(program);
    expect([p.long(0x800), p.pcb.PCB$L_EFCS & 8]).toEqual([SS$_ACCVIO, 0]);
  });

  it('without timer quota it is SS$_EXQUOTA', () => {
    const b = new KernelBench();
    const p = b.process({ name: 'A', program: `${setimr(3, '#0', 0)}${HIBERNATE}\nTIME:${DELTA_100MS}\n` });
    p.jib.JIB$W_TQCNT = 0;
    b.start();
    b.settle();
    expect([p.long(0x800), timers(b).length]).toEqual([SS$_EXQUOTA, 2]);
  });

  it('ch11#17: $CANTIM with id 0 cancels all of the caller, with an id only those; quotas come back', () => {
    const program = `${setimr(3, '#0', 1)}${setimr(3, '#0', 2)}${setimr(3, 'AST', 2)}${call('CANTIM', ['#1', '#0'], 4)}	CALLS	#0,@#SYS$HIBER
${call('CANTIM', ['#0', '#0'], 4)}${HIBERNATE}
AST::	.WORD	0
	RET
TIME:${DELTA_100MS}
`;
    const { b, p } = started(program);
    expect([timers(b).length, p.jib.JIB$W_TQCNT, p.pcb.PCB$W_ASTCNT]).toEqual([4, 8, 9]);
    b.asKernel((k) => { SCH$WAKE(k, p.pcb.address); });
    b.settle();
    expect([timers(b).length, p.jib.JIB$W_TQCNT, p.pcb.PCB$W_ASTCNT]).toEqual([2, 10, 10]);
  });

  it('ch11#18: user mode cannot cancel a supervisor mode request', () => {
    const program = `${setimr(3, '#0', 1)}	CALLS	#0,@#SYS$HIBER\n${call('CANTIM', ['#0', '#0'], 4)}${HIBERNATE}\nTIME:${DELTA_100MS}\n`;
    const { b, p } = started(program);
    firstTimer(b.k).TQE$B_RMOD = 2;
    b.asKernel((k) => { SCH$WAKE(k, p.pcb.address); });
    b.settle();
    expect(timers(b)).toHaveLength(3);
  });

  it('ch11#41: when the target is gone, or the flag illegal, the element is just freed', () => {
    const program = `${setimr(3, 'AST', 1)}${HIBERNATE}\nAST::	.WORD	0\n	INCL	@#DATA+4\n	RET\nTIME:${DELTA_100MS}\n`;
    const { b, p } = started(program);
    firstTimer(b.k).TQE$B_EFN = 70;
    b.elapse(110);
    expect([timers(b).length, p.long(0x804), p.pcb.PCB$W_ASTCNT]).toEqual([2, 0, 10]);
    const gone = started(program);
    firstTimer(gone.b.k).TQE$L_PID = 0x0009_0002;
    gone.b.elapse(110);
    expect([timers(gone.b).length, gone.p.long(0x804)]).toEqual([2, 0]);
    expect(checkPool(gone.b.k, (name) => gone.b.k.symbol(name))).toEqual([]);
  });
});

describe('$SCHDWK and $CANWAK', () => {
  const schdwk = (repeat: string): string => call('SCHDWK', ['#0', '#0', 'TIME', repeat], 0);
  const count = `80$:	CALLS	#0,@#SYS$HIBER\n	INCL	@#DATA+4\n	BRB	80$\n`;

  it('ch11#16 ch11#29: the requester\'s ASTCNT is charged; a one-shot wakeup gives it back', () => {
    const { b, p } = started(`${schdwk('#0')}${count}TIME:${DELTA_100MS}\n`);
    expect([p.long(0x800), p.pcb.PCB$W_ASTCNT, p.jib.JIB$W_TQCNT]).toEqual([SS$_NORMAL, 9, 10]);
    b.elapse(110);
    expect([p.long(0x804), p.pcb.PCB$W_ASTCNT, timers(b).length]).toEqual([1, 10, 2]);
  });

  it('ch11#28: a repeating wakeup is due a delta after it was due, not after it was served', () => {
    const { b, p } = started(`${schdwk('REPEAT')}${count}TIME:${DELTA_100MS}\nREPEAT:	.LONG	-500000,-1\n`);
    const first = firstTimer(b.k).TQE$Q_TIME;
    b.clock.advance(137_000);
    b.settle();
    expect(firstTimer(b.k).TQE$Q_TIME).toBe(first + 500_000n);
    b.elapse(300);
    expect(p.long(0x804)).toBeGreaterThan(4);
  });

  it('ch11#19: a repeat interval below 10 ms is 10 ms', () => {
    const { b } = started(`${schdwk('REPEAT')}${count}TIME:${DELTA_100MS}\nREPEAT:	.LONG	-1,-1\n`);
    expect(firstTimer(b.k).TQE$Q_DELTA).toBe(TICK);
  });

  it('ch11#20: $CANWAK cancels one-time and repeating wakeups alike', () => {
    const { b, p } = started(`${schdwk('REPEAT')}${schdwk('#0')}${call('CANWAK', ['#0', '#0'], 8)}${count}TIME:${DELTA_100MS}\nREPEAT:${DELTA_100MS}\n`);
    expect([timers(b).length, p.pcb.PCB$W_ASTCNT]).toEqual([2, 10]);
  });

  it('ch11#30: $SCHDWK can act for another process', () => {
    const b = new KernelBench();
    const target = b.process({ name: 'TARGET', program: count });
    const p = b.process({
      name: 'A', jobOf: target,
      program: `${call('SCHDWK', ['PID', '#0', 'TIME', '#0'], 0)}${HIBERNATE}\nPID:	.LONG	${target.pcb.PCB$L_EPID}\nTIME:${DELTA_100MS}\n`,
    });
    b.start();
    b.elapse(120);
    expect([p.long(0x800), p.pcb.PCB$W_ASTCNT, target.long(0x804), target.pcb.PCB$W_STATE]).toEqual([SS$_NORMAL, 10, 1, SCH$C_HIB]);
  });
});

describe('time services', () => {
  it('ch11#36: $GETTIM gives the EXE$GQ_SYSTIME quadword', () => {
    const { b, p } = started(`${call('GETTIM', ['DATA+8'], 0)}${HIBERNATE}`.replace('PUSHAB	DATA+8', 'PUSHAB	@#DATA+8'));
    const read = BigInt(p.long(0x808)) | (BigInt(p.long(0x80c)) << 32n);
    expect([p.long(0x800), read]).toEqual([SS$_NORMAL, b.k.sys.EXE$GQ_SYSTIME]);
  });

  it('ch11#9: $SETIME needs both OPER and LOG_IO', () => {
    for (const privileges of [[], [PRV$V_OPER], [PRV$V_LOG_IO]]) {
      expect(started(`${call('SETIME', ['#0'], 0)}${HIBERNATE}`, { privileges }).p.long(0x800)).toBe(SS$_NOPRIV);
    }
  });

  it('ch11#42: an unreadable quadword is SS$_ACCVIO', () => {
    expect(started(`${call('SETIME', ['#^X3FFFF000'], 0)}${HIBERNATE}`, { privileges: BOTH }).p.long(0x800)).toBe(SS$_ACCVIO);
  });

  it('ch11#10: recalibration takes the time from the time-of-year clock; a recorded time more than a day later is SS$_IVTIME', () => {
    const b = new KernelBench();
    const { k } = b;
    k.sys.EXE$GL_TODR = TODR_BASE;
    k.sys.EXE$GQ_TODCBASE = 0x8f_0000_0000_0000n;
    expect(b.asKernel((kernel) => setSystemTime(kernel, 0n, TODR_BASE + 500))).toEqual({ status: SS$_NORMAL });
    expect(k.sys.EXE$GQ_SYSTIME).toBe(0x8f_0000_0000_0000n + 500n * TICK);
    k.sys.EXE$GL_TODR = TODR_BASE + 24 * 360_000 + 501;
    expect(b.asKernel((kernel) => setSystemTime(kernel, 0n, TODR_BASE + 500))).toEqual({ status: SS$_IVTIME });
  });

  it('ch11#11: after $SETIME a relative timer fires after the same time, an absolute one at its clock time', () => {
    const b = new KernelBench();
    const { k } = b;
    const start = k.sys.EXE$GQ_SYSTIME;
    const make = (isAbsolute: number, due: bigint): ReturnType<typeof TQE.at> => b.asKernel(() => {
      const tqe = TQE.at(k, k.removeHead(k.symbol('IOC$GL_SRPFL'))!);
      tqe.TQE$B_RQTYPE = TQE$C_SSSNGL;
      tqe.TQE$V_ABSOLUTE = isAbsolute;
      EXE$INSTIMQ(k, tqe.address, due);
      return tqe;
    });
    const relative = make(0, start + 20n * SECOND);
    const absolute = make(1, start + 30n * SECOND);
    b.asKernel(() => setSystemTime(k, start + 15n * SECOND, 0));
    expect([relative.TQE$Q_TIME - start, absolute.TQE$Q_TIME - start]).toEqual([35n * SECOND, 30n * SECOND]);
    const order = timers(b);
    expect(order.indexOf(absolute.address)).toBeLessThan(order.indexOf(relative.address));
  });
});

describe('EXE$TIMEOUT', () => {
  it('ch11#32: once a second three resources are declared available', () => {
    const { b } = started(HIBERNATE);
    const { k } = b;
    k.sys.SCH$GL_RESMASK = (1 << RSN$_NPDYNMEM) | (1 << RSN$_PGDYNMEM) | (1 << RSN$_MAILBOX) | (1 << 10);
    b.elapse(1000);
    expect(k.sys.SCH$GL_RESMASK).toBe(1 << 10);
  });

  it('ch11#31: PIXSCAN entries a second; a starving process gets the current priority of the best normal one, its base stays', () => {
    const b = new KernelBench();
    b.k.sys.SGN$GW_PIXSCAN = 8;
    b.process({ name: 'HOG', priority: 8, program: SPIN });
    const starved = b.process({ name: 'STARVED', priority: 4, program: SPIN });
    b.start();
    b.run(500_000);
    expect(starved.long(0x800)).toBe(0);
    for (let second = 0; second < 6 && starved.long(0x800) === 0; second += 1) b.run(1_000_000);
    expect(starved.long(0x800)).toBeGreaterThan(0);
    expect(31 - starved.pcb.PCB$B_PRIB).toBe(4);
    expect([SCH$C_CUR, 12]).toContain(starved.pcb.PCB$W_STATE);
  });

  it('ch11#40: a controller timeout routine runs when CRB$L_DUETIME is reached, in seconds of uptime', () => {
    const seen: [number, number][] = [];
    const routine = jsbRoutine('TEST_CRB', (k) => {
      seen.push([k.register(3), k.sys.EXE$GL_ABSTIM]);
      CRB.at(k, k.register(3)).CRB$L_DUETIME = k.sys.EXE$GL_ABSTIM + 2;
    });
    const b = new KernelBench({ routines: [routine] });
    const crb = CRB.at(b.k, b.k.removeHead(b.k.symbol('IOC$GL_IRPFL'))!);
    crb.CRB$L_TIMELINK = 0;
    crb.CRB$L_DUETIME = 3;
    crb.CRB$L_TOUTROUT = b.k.symbol('TEST_CRB');
    b.k.sys.IOC$GL_CRBTMOUT = crb.address;
    b.start();
    b.elapse(7000);
    expect(seen).toEqual([[crb.address, 3], [crb.address, 5], [crb.address, 7]]);
  });

  it('a device that does not interrupt in time: its timeout routine is entered at device IPL, R5 the unit', () => {
    const seen: number[][] = [];
    const routine = jsbRoutine('TEST_TIMEOUT', (k) => { seen.push([k.register(5), k.register(3), k.ipl, UCB.at(k, k.register(5)).UCB$V_TIMOUT]); });
    const b = new KernelBench({ routines: [routine], source: '	.WORD	TEST_TIMEOUT-.\nTEST_WAIT_FOR_INTERRUPT::\n	RSB\n' });
    const ddb = DDB.at(b.k, b.k.removeHead(b.k.symbol('IOC$GL_IRPFL'))!);
    const ucb = UCB.at(b.k, EXE$ALONPAGVAR(b.k, UCB.size));
    [ddb.DDB$L_LINK, ddb.DDB$L_UCB, ucb.UCB$L_LINK] = [0, ucb.address, 0];
    b.k.writeLong(b.k.symbol('IOC$GL_DEVLIST'), ddb.address);
    ucb.UCB$L_STS = 0x13;
    ucb.UCB$B_DIPL = 21;
    ucb.UCB$L_DUETIM = 2;
    ucb.UCB$L_FR3 = 33;
    ucb.UCB$L_FPC = b.k.symbol('TEST_WAIT_FOR_INTERRUPT');
    b.start();
    b.elapse(1500);
    expect(seen).toEqual([]);
    b.elapse(2000);
    expect(seen).toEqual([[ucb.address, 33, 21, 1]]);
    expect([ucb.UCB$V_TIM, ucb.UCB$V_INT]).toEqual([0, 0]);
  });

  it('the hibernating process is where it should be', () => {
    const { b, p } = started(HIBERNATE);
    expect([...b.k.queueEntries(waitQueueHeader(b.k, SCH$C_HIB))]).toEqual([p.pcb.address]);
  });
});
