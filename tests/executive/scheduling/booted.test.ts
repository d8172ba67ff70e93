import { describe, expect, it } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { EXE$ALONONPAGED, EXE$ALONPAGVAR } from '../../../src/executive/pool/nonpaged.js';
import { lookasideUse, variableUse } from '../../../src/executive/pool/statistics.js';
import { checkScheduler } from '../../../src/executive/scheduling/check.js';
import { SCH$C_HIB } from '../../../src/executive/structures/sch.js';
import { bootExecutive } from '../../harness.js';

const check = (system: ReturnType<typeof bootExecutive>): string[] => checkScheduler(system.k, (name) => system.k.symbol(name));

describe('on the booted executive', () => {
  it('ch10#37: the swapper is resident, real-time, at priority 16; the null process is 0', () => {
    const system = bootExecutive();
    const swapper = system.process('SWAPPER')!;
    expect([31 - swapper.PCB$B_PRIB, swapper.PCB$V_RES]).toEqual([16, 1]);
    expect(31 - system.process('NULL')!.PCB$B_PRIB).toBe(0);
    expect(check(system)).toEqual([]);
  });

  it('a minute of timers leaves queues and pool as they were', () => {
    let rounds = 0;
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          const time = p.bytes(Uint8Array.from([0x80, 0x69, 0x67, 0xff, 0xff, 0xff, 0xff, 0xff]));   // -1 s
          for (;;) {
            yield* service(p, '$SETIMR', { efn: 3, daytim: time });
            yield* service(p, '$WAITFR', { efn: 3 });
            rounds += 1;
          }
        },
      },
    });
    const before = rounds;
    system.runUntilIdle(60);
    expect(rounds - before).toBeGreaterThanOrEqual(58);
    expect(system.k.sys.EXE$GL_ABSTIM).toBeGreaterThanOrEqual(58);
    expect([...check(system), ...system.checkBooks()]).toEqual([]);
  });

  it('$HIBER and $SCHDWK from a procedure', () => {
    let woken = 0;
    const system = bootExecutive({
      programs: {
        SYSINIT: function* (p) {
          const time = p.bytes(Uint8Array.from([0xc0, 0xbd, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff]));   // -0.1 s
          yield* service(p, '$SCHDWK', { daytim: time, reptim: time });
          for (;;) {
            yield* service(p, '$HIBER', {});
            woken += 1;
          }
        },
      },
    });
    system.runUntilIdle(2);
    expect(woken).toBeGreaterThan(15);
    expect(system.process('SYSINIT')!.PCB$W_STATE).toBe(SCH$C_HIB);
    expect(check(system)).toEqual([]);
  });

  it('ch03#18 ch03#19: an empty IRP list is extended by a page, if enough pages remain', () => {
    const system = bootExecutive();
    const { k } = system;
    const head = k.symbol('IOC$GL_IRPFL');
    const [next, count, free] = [k.sys.MMG$GL_IRPNEXT, k.sys.IOC$GL_IRPCNT, k.sys.SCH$GL_FREECNT];
    while (k.readLong(head) !== head) k.removeHead(head);
    const packet = EXE$ALONONPAGED(k, 208);
    expect(packet).toBeGreaterThanOrEqual(k.sys.EXE$GL_SPLITADR);
    expect([k.sys.MMG$GL_IRPNEXT, k.sys.SCH$GL_FREECNT]).toEqual([next + 512, free - 1]);
    expect(k.sys.IOC$GL_IRPCNT).toBeGreaterThan(count);
    expect(system.checkBooks()).toEqual([]);

    while (k.readLong(head) !== head) k.removeHead(head);
    k.sys.SCH$GL_FREELIM = k.sys.SCH$GL_FREECNT;
    const elsewhere = EXE$ALONONPAGED(k, 208);
    expect(elsewhere).toBeLessThan(k.sys.IOC$GL_LRPSPLIT);
    expect(k.sys.MMG$GL_IRPNEXT).toBe(next + 512);
  });

  it('ch03#20: above IPL 8 the extension is left to an IPL 6 fork process, and the request goes without', () => {
    const system = bootExecutive();
    const { k } = system;
    const head = k.symbol('IOC$GL_SRPFL');
    while (k.readLong(head) !== head) k.removeHead(head);
    const next = k.sys.MMG$GL_SRPNEXT;
    k.ipl = 20;
    const block = EXE$ALONONPAGED(k, 50);
    expect(block).toBeLessThan(k.sys.IOC$GL_LRPSPLIT);
    expect([k.sys.MMG$GL_SRPNEXT, k.sys.IOC$GL_PFKBINT, k.readLong(k.symbol('SWI$GL_FQFL'))]).toEqual([next, 1, k.symbol('IOC$GL_POOLFKB')]);
    k.ipl = 0;
    system.runUntilIdle(0);
    expect(k.sys.IOC$GL_PFKBINT).toBe(0);
    expect(k.sys.MMG$GL_SRPNEXT).toBe(next + 512);
    expect(system.checkBooks()).toEqual([]);
  });

  it('ch03#39: the four nonpaged regions are adjacent', () => {
    const { k } = bootExecutive();
    const { sys } = k;
    const pages = (bytes: number): number => Math.ceil(bytes / 512) * 512;
    expect(sys.MMG$GL_NPAGEDYN + Math.floor(sys.SGN$GL_NPAGEVIR / 512) * 512).toBe(sys.IOC$GL_LRPSPLIT);
    expect(sys.IOC$GL_LRPSPLIT + pages(sys.IOC$GL_LRPSIZE * sys.SGN$GL_LRPCNTV)).toBe(sys.EXE$GL_SPLITADR);
    expect(sys.EXE$GL_SPLITADR + pages(208 * sys.SGN$GL_IRPCNTV)).toBe(sys.IOC$GL_SRPSPLIT);
    expect(k.cpu.probe(sys.MMG$GL_NPAGEDYN, 4, 1, false)).toBe(true);
  });

  it('ch03#26: nonpaged and paged pool can be written in kernel mode only, and read from executive mode', () => {
    const { k } = bootExecutive();
    for (const address of [k.sys.MMG$GL_NPAGEDYN, k.sys.IOC$GL_SRPSPLIT, k.sys.MMG$GL_PAGEDYN]) {
      expect([[0, true], [1, true], [1, false], [2, false]].map(([mode, write]) => k.cpu.probe(address, 4, mode as number, write as boolean))).toEqual([true, false, true, false]);
    }
  });

  it('ch03#11 ch03#12: an LRP is LRPSIZE + 76 bytes and an SRP SRPSIZE, rounded up to 16', () => {
    const { k } = bootExecutive({ parameters: { SRPSIZE: 100, LRPSIZE: 600 } });
    expect([k.sys.IOC$GL_SRPSIZE, k.sys.IOC$GL_LRPSIZE]).toEqual([112, 688]);
  });

  it('pool statistics agree with the cells', () => {
    const { k } = bootExecutive();
    const symbol = (name: string): number => k.symbol(name);
    for (const list of lookasideUse(k, symbol)) expect(list.free).toBeLessThanOrEqual(list.total);
    const [nonpaged, paged] = variableUse(k, symbol);
    expect(nonpaged!.free).toBeLessThan(nonpaged!.total);
    expect(paged!.largest).toBeLessThanOrEqual(paged!.free);
    const before = nonpaged!.free;
    EXE$ALONPAGVAR(k, 160);
    expect(variableUse(k, symbol)[0]!.free).toBe(before - 160);
  });

  it('ch05#5 ch05#11: hardware interrupts are served on the interrupt stack; EXE$GL_SCB leads to the bytes PR$_SCBB does', () => {
    const { k, system } = bootExecutive();
    const scb = k.sys.EXE$GL_SCB;
    for (const vector of [0xc0, 0xf8, 0xfc]) expect(k.readLong(scb + vector) & 3).toBe(1);
    expect(k.cpu.translate(scb, 0, false)).toBe(k.cpu.readPR(17) >>> 0);
    expect(system.machine.memory.view.getUint32((k.cpu.readPR(17) >>> 0) + 0x8c, true)).toBe(k.symbol('SCH$RESCHED'));
  });

  it('ch11#4: the interval clock interrupts every 10 ms', () => {
    const system = bootExecutive();
    const { k } = system;
    const before = k.sys.EXE$GQ_SYSTIME;
    const due = system.system.machine.nextTimer;
    system.clock.advanceTo(due, k.cpu.instructionCount);
    system.system.machine.run(1000);
    expect(k.sys.EXE$GQ_SYSTIME - before).toBe(100_000n);
    expect(system.system.machine.nextTimer - due).toBe(10_000);
  });
});
