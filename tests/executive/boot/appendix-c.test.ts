import { beforeAll, describe, expect, test } from 'vitest';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import { readCounted } from '../../../src/executive/structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE, CTL$GL_VECTORS, P1_CELLS, PIO_BASE, PIO_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { initializeVariableList } from '../../../src/executive/pool/variable-list.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { SCH$C_HIB, SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { findUnit } from '../../../src/executive/io/device-names.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { Console, systemDisk } from '../../sysgen/console.js';
import { create, holdNameMutex, stepUntil } from '../process/support.js';
import { TestSystem } from '../../harness.js';
import { p1Counted, p1Long, p1Pte } from './p1-reader.js';

/** Appendix C: what cells of the system and of P1 space hold. */

/** The region lies below the channel table. */
function regionEnd(k: Kernel): number {
  return k.p1.CTL$GL_CCBBASE - Math.ceil((16 * k.sys.SGN$GW_PCHANCNT) / 512) * 512;
}

const SECOND = 10_000_000n;

describe('cells of the system', () => {
  test('appC#4: MBA1 is the mailbox of the job controller, MBA2 that of the operator', () => {
    const { kernel: k } = new Console(systemDisk()).system;
    const [job, operator] = ['SYS$GL_JOBCTLMB', 'SYS$GL_OPRMBX'].map((cell) => UCB.at(k, k.symbol(cell)));
    expect([job!.UCB$W_UNIT, operator!.UCB$W_UNIT]).toEqual([1, 2]);
    expect([findUnit(k, 'MBA1'), findUnit(k, 'MBA2')]).toEqual([job!.address, operator!.address]);
    // Each has a reader: the process that has assigned a channel to it.
    expect([job!.UCB$W_REFC, operator!.UCB$W_REFC].every((count) => count > 0)).toBe(true);
    expect(k.readLong(k.symbol('TTY$GL_JOBCTLMB'))).toBe(job!.address);
  });

  test('appC#11: LNM$AL_HASHTBL and LNM$AL_DIRTBL are arrays of pointers, and LNM$AL_MUTEX the one mutex, for names of a process too', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$HIBER', {});
          yield* service(p, '$CRELNM', { tabnam: p.string('LNM$PROCESS'), lognam: p.string('MINE'), itmlst: p.itemList([{ code: LNM$_STRING, length: 1, buffer: p.allocate(4) }]) });
          for (;;) yield* service(p, '$HIBER', {});
        },
      },
    });
    system.runUntilIdle(0);
    const { k } = system;
    for (const cell of ['LNM$AL_HASHTBL', 'LNM$AL_DIRTBL']) {
      const at = k.symbol(cell);
      expect(k.readLong(at)).toBe(at + 8);                                          // the shareable one
      expect(k.readLong(at + 4)).toBeGreaterThanOrEqual(CTL$GL_VECTORS);            // the one of the process
      expect(k.readLong(k.readLong(at))).toBeGreaterThan(0x8000_0000);
    }
    // Somebody else has the mutex: a private name cannot be created before it is free.
    const release = holdNameMutex(k);
    const process = system.process('SYSINIT')!;
    SCH$WAKE(k, process.address);
    system.runUntilIdle(0);
    expect([process.PCB$W_STATE, process.PCB$L_EFWM]).toEqual([SCH$C_MWAIT, k.symbol('LNM$AL_MUTEX')]);
    release();
    system.runUntilIdle(0);
    expect(process.PCB$W_STATE).toBe(SCH$C_HIB);
  });

  test('appC#14: EXE$GQ_SYSTIME counts 100 ns, EXE$GL_ABSTIM seconds', () => {
    const system = new TestSystem({});
    system.runUntilIdle(0);
    const { sys } = system.k;
    const before = { time: sys.EXE$GQ_SYSTIME, seconds: sys.EXE$GL_ABSTIM };
    system.runUntilIdle(30);
    const passed = sys.EXE$GQ_SYSTIME - before.time;
    expect(passed).toBeGreaterThan(25n * SECOND);
    expect(Math.abs(Number(passed / SECOND) - (sys.EXE$GL_ABSTIM - before.seconds))).toBeLessThanOrEqual(1);
  });
});

describe('cells of P1 space', () => {
  let console: Console;
  let k: Kernel;
  let session: number;
  beforeAll(() => {
    console = new Console(systemDisk());
    k = console.system.kernel;
    for (let index = 2; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
      const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
      if (readCounted(k, address + PCB.offset.PCB$T_LNAME) === 'SYSTEM') session = address;
    }
  }, 60_000);
  const cell = (name: keyof typeof P1_CELLS.offset): number => CTL$GL_VECTORS + P1_CELLS.offset[name];
  const cli = (name: keyof typeof CLI_CELLS.offset): number => CLI_DATA_BASE + CLI_CELLS.offset[name];
  const pio = (name: keyof typeof PIO_CELLS.offset): number => PIO_BASE + PIO_CELLS.offset[name];

  test('appC#33: CTL$GL_FINALSTS holds the exit status of the image that ran last', () => {
    for (const [command, status] of [['TYPE NOSUCH.FIL', undefined], ['SHOW DEVICES', 1]] as const) {
      console.type(command);
      const symbol = console.type('WRITE SYS$OUTPUT $STATUS')[0]!;
      const final = p1Long(k, session, cell('CTL$GL_FINALSTS'))!;
      expect(final & 0x0fff_ffff).toBe(Number.parseInt(symbol.replace('%X', ''), 16) & 0x0fff_ffff);
      if (status !== undefined) expect(final & 1).toBe(status);
      else expect(final & 1).toBe(0);
    }
  });

  test('appC#36: CTL$GT_CLINAME is the file name alone, CTL$GT_TABLENAME the whole specification of the tables', () => {
    expect(p1Counted(k, session, cli('CTL$GT_CLINAME'))).toBe('DCL');
    expect(p1Counted(k, session, cli('CTL$GT_TABLENAME'))).toMatch(/^[^:]+:(\[[^\]]+\])?DCLTABLES(\.EXE)?(;\d+)?$/);
  });

  test('appC#38: the P1 pointer page is in memory, locked in the working set', () => {
    const phd = PHD.at(k, PCB.at(k, session).PCB$L_PHD);
    expect(p1Pte(k, session, CTL$GL_VECTORS) >>> 31).toBe(1);
    const permanent: number[] = [];
    for (let index = phd.PHD$W_WSLIST; index < phd.PHD$W_WSDYN; index += 1) permanent.push((k.readLong(phd.address + 4 * index) & ~511) >>> 0);
    expect(permanent).toContain(CTL$GL_VECTORS);
  });

  test('appC#39: PIO$GT_DDSTRING is the default directory, PIO$GW_DFPROT the default protection, which DCL changes', () => {
    console.type('SET DEFAULT [SYSMGR]');
    expect(p1Counted(k, session, pio('PIO$GT_DDSTRING'))).toBe('[SYSMGR]');
    console.type('SET DEFAULT SYS$SYSDEVICE:[USER]');
    expect(p1Counted(k, session, pio('PIO$GT_DDSTRING'))).toBe('[USER]');
    console.type('SET PROTECTION=(S:RWED,O:RWED,G,W:R)/DEFAULT');
    expect(p1Long(k, session, pio('PIO$GW_DFPROT') & ~3)! >>> (8 * (pio('PIO$GW_DFPROT') & 3)) & 0xffff).toBe(0xef00);
    expect(PIO_CELLS.offset.PIO$GT_DDSTRING + 256).toBeLessThanOrEqual(PIO_CELLS.size);
  });

  test('appC#37: the list of the process allocation region begins as one block: forward link 0, the size of the region', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$HIBER', {});
          yield* create(p, { image: 'CHILD', name: 'CHILD' });
          for (;;) yield* service(p, '$HIBER', {});
        },
        CHILD: function* () { return 1; },
      },
    });
    const kernel = system.k;
    system.runUntilIdle(0);
    SCH$WAKE(kernel, system.process('SYSINIT')!.address);
    let seen: number[] | undefined;
    stepUntil(system, () => {
      if (kernel.sys.SCH$GL_CURPCB !== system.process('CHILD')?.address || kernel.cpu.currentMode !== 0 || kernel.cpu.onInterruptStack) return false;
      const list = kernel.p1.address + P1_CELLS.offset.CTL$GQ_ALLOCREG;
      const first = kernel.readLong(list);
      if (first === 0) return false;
      // PROCSTRT has taken the first names from it already: what is left is one block, up to the end of the region.
      seen = [kernel.readLong(first), first + kernel.readLong(first + 4) - regionEnd(kernel)];
      return true;
    });
    expect(seen).toEqual([0, 0]);
    // And as EXE$PROCSTRT makes it, before that.
    const scratch = allocateBlock(kernel, 256, 20);
    initializeVariableList(kernel, scratch + 16, scratch + 64, 160);
    expect([kernel.readLong(scratch + 16), kernel.readLong(scratch + 64), kernel.readLong(scratch + 68)]).toEqual([scratch + 64, 0, 160]);
  });
});
