import { describe, expect, test } from 'vitest';
import { PR$_MAPEN, PR$_P0BR, PR$_P0LR, PR$_SBR, PR$_SCBB, PR$_SLR } from '../../../src/emulator/processor-registers.js';
import { ANNOUNCEMENT, SYSTEM_DEVICE_NAMES } from '../../../src/executive/boot/init.js';
import { defaultParameters } from '../../../src/executive/boot/parameters.js';
import { systemSizes } from '../../../src/executive/boot/sizes.js';
import { listNames } from '../../../src/executive/names/index.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { SS$_INHCHMK } from '../../../src/executive/starlet/ssdef.js';
import { LKB, RSB } from '../../../src/executive/structures/lock.js';
import { PRT$C_ERKW } from '../../../src/executive/structures/pte.js';
import { readCounted } from '../../../src/executive/structures/memory.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { TQE } from '../../../src/executive/structures/tqe.js';
import { TestSystem } from '../../harness.js';
import { Console, systemDisk } from '../../sysgen/console.js';

/** Chapters 24 and 25: what SYSBOOT leaves, how EXE$INIT begins, what the swapper and SYSINIT do. */

/** A system as SYSBOOT leaves it, which has not executed an instruction; and single steps. */
function justLoaded(): { system: TestSystem; step: (until: () => boolean, limit?: number) => void } {
  const system = new TestSystem({});
  return {
    system,
    step: (until, limit = 20_000) => {
      for (let count = 0; !until(); count += 1) {
        expect(count).toBeLessThan(limit);
        system.system.machine.run(1);
      }
    },
  };
}

/** Physical address of a cell, before mapping is on. */
function physicalOf(k: TestSystem['k'], cell: string): number {
  const address = k.symbol(cell);
  const pte = k.machine.memory.view.getUint32(k.cpu.readPR(PR$_SBR) + 4 * ((address & 0x3fff_ffff) >>> 9), true);
  return (pte & 0x1f_ffff) * 512 + (address & 511);
}

const spte = (k: TestSystem['k'], address: number): number => k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((address & 0x3fff_ffff) >>> 9));

describe('SYSBOOT hands over', () => {
  test('ch24#9 ch24#18: kernel mode, interrupt stack, IPL 31, mapping off, R11 the RPB; EXE$INIT is entered at its physical address', () => {
    const { system: { k } } = justLoaded();
    const { cpu } = k;
    expect([cpu.currentMode, cpu.onInterruptStack, cpu.ipl, cpu.readPR(PR$_MAPEN)]).toEqual([0, true, 31, 0]);
    const pc = k.register(15);
    expect(pc).toBeLessThan(k.machine.memory.size);
    const { spt, code } = { spt: cpu.readPR(PR$_SBR), code: k.symbol('EXE$INIT') };
    const pfn = k.machine.memory.view.getUint32(spt + 4 * ((code & 0x3fff_ffff) >>> 9), true) & 0x1f_ffff;
    expect(pc).toBe(pfn * 512 + (code & 511));
    expect(k.register(11)).toBe(0);
    // The RPB is page 0, and the cell that will lead there is mapped to it.
    const at = k.machine.memory.view.getUint32(physicalOf(k, 'EXE$GL_RPB'), true);
    const rpb = k.machine.memory.view.getUint32(spt + 4 * ((at & 0x3fff_ffff) >>> 9), true);
    expect([rpb >>> 31, rpb & 0x1f_ffff]).toEqual([1, 0]);
  });

  test('ch25#1 ch25#2: MTPR to MAPEN does not jump: the next instruction is fetched through P0, whose length is n + 2, from the same page', () => {
    const { system: { k }, step } = justLoaded();
    const { cpu } = k;
    const start = k.register(15);
    step(() => cpu.readPR(PR$_MAPEN) === 1);
    const pc = k.register(15);
    expect([pc > start, pc - start < 16, pc >>> 9]).toEqual([true, true, start >>> 9]);
    const n = start >>> 9;
    expect(cpu.readPR(PR$_P0LR)).toBe(n + 2);
    expect(cpu.readPR(PR$_P0BR)).toBe(k.readLong(k.symbol('MMG$GL_SPTBASE')) + 4 * ((k.symbol('EXE$INIT') & 0x3fff_ffff) >>> 9) - 4 * n);
    expect(cpu.translate(pc, 0, false)).toBe(pc);                        // P0 page n is PFN n
    step(() => k.register(15) >= 0x8000_0000, 2);                        // the JMP
    expect(cpu.translate(k.register(15), 0, false) >>> 9).toBe(n);
  });

  test('ch25#3: SBR and SLR are SYSBOOT\'s from the first instruction on', () => {
    const { system: { k }, step } = justLoaded();
    const before = [k.cpu.readPR(PR$_SBR), k.cpu.readPR(PR$_SLR)];
    step(() => k.register(15) === k.symbol('SCH$SCHED'));
    expect([k.cpu.readPR(PR$_SBR), k.cpu.readPR(PR$_SLR)]).toEqual(before);
    expect(k.cpu.translate(k.sys.MMG$GL_SPTBASE, 0, false)).toBe(before[0]);
    expect(before[1]).toBe(k.sys.MMG$GL_SPTLEN);
  });

  test('ch25#4: the announcement is on the console before there is a PCB vector', () => {
    let text = '';
    const console = new Console(systemDisk(), { console: { transmit: (byte) => { text += String.fromCharCode(byte); } } });
    expect(text.startsWith(ANNOUNCEMENT)).toBe(true);
    expect(console.system.kernel.sys.SCH$GL_PCBVEC).not.toBe(0);
    const { system: { k }, step } = justLoaded();
    const announce = k.symbol('EXE$INIT');
    step(() => k.register(15) >= 0x8000_0000);
    // The cell is 0 before and after the XFC that announces.
    step(() => k.readByte(k.register(15)) === 0xfc && k.gate.nameOf(k.readWord(k.register(15) + 1)) === 'EXE$INIT_ANNOUNCE', 20);
    expect(k.register(15)).toBeGreaterThan(announce);
    system0(k);
  });

  test('ch24#13: vectors of the SCB that nothing has connected lead to ERL$UNEXP', () => {
    const { system: { k } } = justLoaded();
    const scb = k.cpu.readPR(PR$_SCBB);
    const vector = (offset: number): number => k.machine.memory.view.getUint32(scb + offset, true);
    for (const offset of [0x10c, 0x150, 0x1fc]) expect(vector(offset)).toBe((k.symbol('ERL$UNEXP') | 1) >>> 0);
  });

  test('ch24#20 appF#20: pages of the nonpaged executive and of the PFN database have no entries in it; an entry is 18 bytes', () => {
    const system = new TestSystem({});
    system.runUntilIdle(0);
    const { k } = system;
    const last = k.sys.MMG$GL_MAXPFN;
    const nonpaged = [k.symbol('SCH$SCHED'), k.symbol('EXE$GL_TODR'), 0x8000_0000, k.sys.MMG$GL_NPAGEDYN, k.sys.EXE$GL_SCB, k.sys.MMG$GL_SPTBASE, k.sys.MMG$GL_SYSPHD, k.readLong(k.symbol('PFN$AL_PTE'))];
    for (const address of nonpaged) expect(k.cpu.translate(address, 0, false) >>> 9).toBeGreaterThan(last);
    const arrays = ['PFN$AL_PTE', 'PFN$AL_BAK', 'PFN$AX_FLINK', 'PFN$AX_BLINK', 'PFN$AW_REFCNT', 'PFN$AW_SWPVBN', 'PFN$AB_STATE', 'PFN$AB_TYPE'].map((name) => k.readLong(k.symbol(name)));
    const sizes = [4, 4, 2, 2, 2, 2, 1, 1];
    expect(sizes.reduce((sum, size) => sum + size)).toBe(18);
    arrays.slice(1).forEach((at, index) => { expect(at - arrays[index]!).toBe(sizes[index]! * (last + 1)); });
    const big = new TestSystem({ memoryMegabytes: 64 });
    big.runUntilIdle(0);
    expect([big.k.sys.MMG$GW_BIGPFN, big.k.readLong(big.k.symbol('PFN$AX_BLINK')) - big.k.readLong(big.k.symbol('PFN$AX_FLINK'))]).toEqual([1, 4 * (big.k.sys.MMG$GL_MAXPFN + 1)]);
  });

  test('ch24#21: in the sizes an IRP is 208 bytes', () => {
    const sizes = (count: number): number => systemSizes({ ...defaultParameters(), IRPCOUNTV: count }, 32768).irpList;
    expect([sizes(0), sizes(32), sizes(64)]).toEqual([0, 13, 26]);        // 32 * 208 = 13 pages
  });
});

/** Nothing has been built when EXE$INIT announces itself. */
function system0(k: TestSystem['k']): void {
  expect(k.sys.SCH$GL_PCBVEC).toBe(0);
  k.machine.run(1);
  expect(k.sys.SCH$GL_PCBVEC).toBe(0);
}

describe('EXE$INIT', () => {
  test('ch25#7 ch25#32: reference counts of balance slots are -1 and process indexes 0; the arrays have one entry more, for the system header', () => {
    const { system: { k }, step } = justLoaded();
    step(() => k.register(15) === k.symbol('SCH$SCHED'));
    const slots = k.sys.SGN$GL_BALSETCT + 1;
    expect(k.sys.PHV$GL_REFCBAS - k.sys.PHV$GL_PIXBAS).toBe(2 * slots);
    for (let slot = 0; slot < slots - 1; slot += 1) {
      expect([k.readWord(k.sys.PHV$GL_REFCBAS + 2 * slot), k.readWord(k.sys.PHV$GL_PIXBAS + 2 * slot)]).toEqual([0xffff, 0]);
    }
    const system = PCB.at(k, k.symbol('MMG$AL_SYSPCB'));
    expect([system.PCB$L_PHD, system.PCB$L_PID & 0xffff]).toEqual([k.sys.MMG$GL_SYSPHD, k.sys.SGN$GW_MAXPRCCT]);
  });

  test('ch25#8: WSMAX in memory is no more than what the free list can give', () => {
    const small = new TestSystem({ memoryMegabytes: 8, parameters: { WSMAX: 16000 } });
    small.runUntilIdle(0);
    const { sys } = small.k;
    expect(sys.SGN$GL_MAXWSCNT).toBeLessThan(16000);
    // Page 0 is the RPB; MMG$GL_MAXPFN is the last page that the executive does not keep for itself. One or two go to the tables made before.
    const used = sys.SGN$GW_SYSDWSCT + sys.MPW$GW_LOLIM + sys.SGN$GL_FREELIM;
    expect([0, 1, 2]).toContain(sys.MMG$GL_MAXPFN - used - sys.SGN$GL_MAXWSCNT);
    const enough = new TestSystem({ parameters: { WSMAX: 3000 } });
    enough.runUntilIdle(0);
    expect(enough.k.sys.SGN$GL_MAXWSCNT).toBe(3000);
  });

  test('ch25#10: paged pool is demand zero with POOLPAGING 1, and has pages from the start with 0', () => {
    for (const POOLPAGING of [1, 0]) {
      const system = new TestSystem({ parameters: { POOLPAGING } });
      const { k } = system;
      const { sys } = k;
      for (let count = 0; k.register(15) < 0x8000_0000; count += 1) system.system.machine.run(1);
      const last = sys.MMG$GL_PAGEDYN + Math.floor(sys.SGN$GL_PAGEDYN / 512) * 512 - 512;
      const pte = spte(k, last);
      expect([pte >>> 31, (pte >>> 27) & 15, (pte & 0x1f_ffff) === 0]).toEqual(POOLPAGING === 1 ? [0, PRT$C_ERKW, true] : [1, PRT$C_ERKW, false]);
    }
  });
});

describe('the swapper and SYSINIT', () => {
  test('ch25#12: the swapper runs before there is a process SYSINIT, and creates it', () => {
    const { system, step } = justLoaded();
    const { k } = system;
    step(() => k.register(15) === k.symbol('EXE$SWAPINIT'));
    expect(k.sys.SCH$GL_CURPCB).toBe(k.symbol('SCH$GL_SWPPCB'));
    expect(system.process('SYSINIT')).toBeUndefined();
    step(() => system.process('SYSINIT') !== undefined);
    expect(k.sys.SCH$GL_CURPCB).toBe(k.symbol('SCH$GL_SWPPCB'));
  });

  const names = (k: TestSystem['k'], wanted: string): { mode: number; translations: readonly string[] }[] => [...listNames(k, k.readLong(k.readLong(k.symbol('LNM$AL_HASHTBL'))))]
    .filter(({ name }) => name === wanted).map(({ mode, values }) => ({ mode, translations: values.map(({ text }) => text) }));

  test('ch25#13: LNM$FILE_DEV is there in supervisor and in executive mode', () => {
    const system = new TestSystem({});
    system.runUntilIdle(0);
    expect(names(system.k, 'LNM$FILE_DEV').map(({ mode }) => mode).sort()).toEqual([1, 2]);
  });

  test('ch25#14: SYS$DISK and SYS$SYSDEVICE are executive mode names, which the swapper makes of what EXE$INIT left in nonpaged pool', () => {
    const { system, step } = justLoaded();
    step(() => system.k.register(15) === system.k.symbol('SCH$SCHED'));
    const blocks = SYSTEM_DEVICE_NAMES.map((cell) => system.k.readLong(system.k.symbol(cell)));
    expect(blocks.map((at) => readCounted(system.k, at))).toEqual(['_DUA0:', '_DUA0:']);
    const { MMG$GL_NPAGEDYN: pool, IOC$GL_LRPSPLIT: end } = system.k.sys;
    expect(blocks.every((at) => at > pool && at < end)).toBe(true);
    system.runUntilIdle(0);
    expect(SYSTEM_DEVICE_NAMES.map((cell) => system.k.readLong(system.k.symbol(cell)))).toEqual([0, 0]);
    for (const name of ['SYS$DISK', 'SYS$SYSDEVICE']) expect(names(system.k, name)).toEqual([{ mode: 1, translations: ['_DUA0:'] }]);
  });

  test('ch25#15: SYSINIT has taken a system-owned lock on SYS$SYS_ID and the SCS system ID', () => {
    const { kernel: k } = new Console(systemDisk()).system;
    const id = k.sys.EXE$GL_SYSID_LOCK;
    expect(id).not.toBe(0);
    const lkb = LKB.at(k, k.readLong(k.sys.LCK$GL_IDTBL + 4 * (id & 0xffff)));
    expect([lkb.LKB$L_LKID, lkb.LKB$L_PID]).toEqual([id, 0]);
    const rsb = RSB.at(k, lkb.LKB$L_RSB);
    const length = rsb.RSB$B_RSNLEN;
    const name = String.fromCharCode(...k.readBytes(rsb.address + RSB.size, length));
    expect(name.slice(0, 10)).toBe('SYS$SYS_ID');
    expect([...k.readBytes(k.symbol('SCS$GB_SYSTEMID'), 6)]).toEqual([...name.slice(10)].map((character) => character.charCodeAt(0)));
  });

  test('ch25#16: with UAFALTERNATE and no SYSUAFALT.DAT nobody gets in; with one, those in it do', () => {
    const locked = new Console(systemDisk(), { parameters: { UAFALTERNATE: 1 } });
    expect(locked.text).not.toContain('Welcome');
    locked.keys('\r');
    locked.keys('SYSTEM\rMANAGER\r');
    expect(locked.text).not.toContain('Welcome');
    const alternate = new Console(systemDisk((files) => [...files, { ...files.find(({ name }) => name.endsWith('SYSUAF.DAT'))!, name: '[SYS0.SYSEXE]SYSUAFALT.DAT' }]), { parameters: { UAFALTERNATE: 1 } });
    expect(alternate.text).toContain('Welcome');
  });

  test('appC#13: the timer queue holds the permanent last entry, and the one that calls EXE$TIMEOUT once a second', () => {
    const system = new TestSystem({});
    system.runUntilIdle(0);
    const { k } = system;
    const entries = [...k.queueEntries(k.symbol('EXE$GL_TQFL'))];
    expect(entries.at(-1)).toBe(k.symbol('EXE$AL_TQENOREPT'));
    const [second] = entries.map((at) => TQE.at(k, at)).filter((tqe) => tqe.TQE$L_FPC === k.symbol('EXE$TIMEOUT'));
    expect([second!.TQE$Q_DELTA, second!.TQE$V_REPEAT]).toEqual([10_000_000n, 1]);
  });
});

describe('SSINHIBIT', () => {
  test('with the parameter set a service that $SETSSF forbids to user mode is refused; without it the mask has no effect', () => {
    for (const [SSINHIBIT, refused] of [[1, true], [0, false]] as const) {
      const statuses: number[] = [];
      const system = new TestSystem({
        parameters: { SSINHIBIT },
        programs: {
          SYSINIT: function* (p) {
            statuses.push(yield* service(p, '$SETSSF', { mask: 0xff }));
            statuses.push(yield* service(p, '$SETPRI', { pri: 4 }));
            return 1;
          },
        },
      });
      system.runUntilIdle(1);
      expect(statuses[0]! & 1).toBe(1);
      expect(statuses[1] === SS$_INHCHMK).toBe(refused);
    }
  });
});
