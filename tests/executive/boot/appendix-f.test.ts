import { beforeAll, describe, expect, test } from 'vitest';
import { VaxFault } from '../../../src/emulator/fault.js';
import { PR$_P1LR } from '../../../src/emulator/processor-registers.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { CCB } from '../../../src/executive/structures/device.js';
import { CLI_CELLS, CLI_DATA_BASE, P1_CELLS, CTL$GL_VECTORS } from '../../../src/executive/structures/p1-cells.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { PRT$C_SW, PRT$C_UR, PRT$C_UREW, PRT$C_URKW } from '../../../src/executive/structures/pte.js';
import { Console, systemDisk } from '../../sysgen/console.js';
import { TestSystem } from '../../harness.js';
import { pause, run } from '../process/support.js';
import { owner, p1Long, p1Pte, protection } from './p1-reader.js';

/** Appendix F: system space and P1 space as page tables and cells of a running system show them. */

const PAGE = 512;
const cell = (name: keyof typeof P1_CELLS.offset): number => CTL$GL_VECTORS + P1_CELLS.offset[name];
const pte = (k: Kernel, address: number): number => k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((address & 0x3fff_ffff) >>> 9));

/** Every process that has a header. */
function processes(k: Kernel): { name: string; pcb: ReturnType<typeof PCB.at> }[] {
  const found = [];
  for (let index = 2; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (address === k.symbol('SCH$GL_NULLPCB')) continue;
    const pcb = PCB.at(k, address);
    const text = pcb.PCB$T_LNAME;
    found.push({ name: String.fromCharCode(...text.slice(1, 1 + text[0]!)), pcb });
  }
  return found;
}

describe('system space', () => {
  let console: Console;
  let k: Kernel;
  beforeAll(() => {
    console = new Console(systemDisk());
    k = console.system.kernel;
  }, 60_000);

  test('appF#6 appC#1: five pages of vectors at 80000000, UR: a write is an access violation in every mode; MMG$A_ENDVEC is 80000A00', () => {
    for (let page = 0; page < 5; page += 1) {
      const at = 0x8000_0000 + page * PAGE;
      expect([pte(k, at) >>> 31, protection(pte(k, at))]).toEqual([1, PRT$C_UR]);
      for (let mode = 0; mode < 4; mode += 1) {
        expect(k.cpu.probe(at, 4, mode, false)).toBe(true);
        expect(() => k.cpu.writeLong(at, 0, mode)).toThrow(VaxFault);
      }
    }
    expect(k.symbol('MMG$A_ENDVEC')).toBe(0x8000_0a00);
  });

  test('appF#7: the page behind the vectors is UREW, those after it are URKW', () => {
    const first = k.symbol('MMG$A_ENDVEC');
    const end = k.symbol('MMG$FRSTRONLY');
    expect(protection(pte(k, first))).toBe(PRT$C_UREW);
    for (let at = first + PAGE; at < end; at += PAGE) expect(protection(pte(k, at))).toBe(PRT$C_URKW);
    expect(protection(pte(k, end))).toBe(PRT$C_UR);
  });

  test('appF#15: balance slots of one size from SWP$GL_BALBASE; a process in memory has its header at the start of its slot', () => {
    const { sys } = k;
    const seen = new Set<number>();
    for (const { pcb } of processes(k)) {
      const offset = pcb.PCB$L_PHD - sys.SWP$GL_BALBASE;
      expect(offset % (sys.SWP$GL_BSLOTSZ * PAGE)).toBe(0);
      const slot = offset / (sys.SWP$GL_BSLOTSZ * PAGE);
      expect(slot).toBeLessThan(sys.SGN$GL_BALSETCT);
      expect(k.readWord(sys.PHV$GL_PIXBAS + 2 * slot)).toBe(pcb.PCB$L_PID & 0xffff);
      seen.add(slot);
    }
    expect(seen.size).toBeGreaterThanOrEqual(4);
    expect(sys.SWP$GL_BALBASE + sys.SGN$GL_BALSETCT * sys.SWP$GL_BSLOTSZ * PAGE).toBe(sys.MMG$GL_SYSPHD);
  });

  test('appF#18 appC#29: BOO$GL_SPTFREL and SPTFREH are virtual page numbers, and so is UCB$L_SVPN; who asks for pages takes them from there', () => {
    const { BOO$GL_SPTFREL: first, BOO$GL_SPTFREH: last } = k.sys;
    expect(first).toBeLessThan(last);
    const address = (page: number): number => 0x8000_0000 + page * PAGE;
    for (let page = first; page <= last; page += 1) expect(pte(k, address(page))).toBe(0);
    expect(address(last + 1)).toBe(k.sys.EXE$GL_RPB);
    expect(pte(k, address(first - 1))).not.toBe(0);
  });

  test('appF#21: what is above MMG$GL_MAXSYSVA is a length violation', () => {
    const top = k.sys.MMG$GL_MAXSYSVA;
    expect(k.cpu.probe(top - 4, 4, 0, false)).toBe(true);
    let parameters: readonly number[] = [];
    try {
      k.cpu.readByte(top, 0);
    } catch (error) {
      if (!(error instanceof VaxFault)) throw error;
      parameters = error.parameters;
    }
    expect([(parameters[0] ?? 0) & 1, parameters[1]]).toEqual([1, top]);
  });

  test('appF#24: pages of a header are in the working set of its process, and none of them in the system\'s', () => {
    for (const { pcb } of processes(k)) {
      const phd = PHD.at(k, pcb.PCB$L_PHD);
      const slotEnd = phd.address + k.sys.SWP$GL_BSLOTSZ * PAGE;
      const entries: number[] = [];
      for (let index = phd.PHD$W_WSLIST; index <= phd.PHD$W_WSLAST; index += 1) entries.push(k.readLong(phd.address + 4 * index));
      const own = entries.filter((entry) => (entry & 1) === 1 && entry >= 0x8000_0000).map((entry) => (entry & ~(PAGE - 1)) >>> 0);
      expect(own.every((page) => page >= phd.address && page < slotEnd)).toBe(true);
      const resident = Array.from({ length: k.sys.SWP$GL_BSLOTSZ }, (_, page) => phd.address + page * PAGE).filter((page) => pte(k, page) >>> 31);
      expect(new Set(own)).toEqual(new Set(resident));
      expect(pcb.PCB$W_PPGCNT).toBeGreaterThanOrEqual(own.length);
    }
  });

  test('appC#8: SCH$GW_PROCCNT and SWP$GW_BALCNT count neither the null process nor the swapper', () => {
    const all = processes(k);
    expect(k.sys.SCH$GW_PROCCNT).toBe(all.length);
    expect(k.sys.SWP$GW_BALCNT).toBe(all.filter(({ pcb }) => pcb.PCB$V_RES === 1).length);
    console.type('SPAWN/NOWAIT/PROCESS=EXTRA WAIT 1:0');
    expect(k.sys.SCH$GW_PROCCNT).toBe(all.length + 1);
    expect(k.sys.SWP$GW_BALCNT).toBe(all.length + 1);
    console.type('STOP EXTRA');
    expect([k.sys.SCH$GW_PROCCNT, k.sys.SWP$GW_BALCNT]).toEqual([all.length, all.length]);
  });

  test('appF#5: the P1 window shows the same pages as the beginning of the balance slot', () => {
    const pcb = processes(k)[0]!.pcb;
    const window = p1Long(k, pcb.address, cell('CTL$GL_PHD'))!;
    let same = 0;
    for (let page = 0; page < k.sys.SGN$GL_PHDPAGCT; page += 1) {
      const [inWindow, inSlot] = [p1Pte(k, pcb.address, window + page * PAGE), pte(k, pcb.PCB$L_PHD + page * PAGE)];
      expect([inWindow >>> 31, inWindow & 0x1f_ffff]).toEqual([inSlot >>> 31, inSlot & 0x1f_ffff]);
      same += inSlot >>> 31;
    }
    expect(same).toBe(k.sys.SGN$GL_PHDAPCNT);
  });

  test('appF#4: the pages between working set list and page arrays are no-access while the list has not grown into them', () => {
    const pcb = processes(k)[0]!.pcb;
    const phd = PHD.at(k, pcb.PCB$L_PHD);
    const first = pcb.PCB$L_PHD + k.sys.SWP$GW_WSLPTE * PAGE;
    expect(k.sys.SWP$GW_EMPTPTE).toBeGreaterThan(0);
    for (let page = 0; page < k.sys.SWP$GW_EMPTPTE; page += 1) expect([pte(k, first + page * PAGE), k.cpu.probe(first + page * PAGE, 4, 0, false)]).toEqual([0, false]);
    // The list as it may be now ends before the section table, which ends before them.
    expect(4 * phd.PHD$W_WSLAST).toBeLessThan(phd.PHD$L_PSTBASOFF);
    expect(phd.PHD$L_PSTBASOFF).toBeLessThanOrEqual(k.sys.SWP$GW_WSLPTE * PAGE);
  });

  test('appF#31: CTL$GL_CTLBASVA is lower by the CLI, its tables and its symbol table in a process that LOGINOUT has given one', () => {
    const base = (name: string): number => {
      const { pcb } = processes(k).find((each) => each.name.startsWith(name))!;
      return p1Long(k, pcb.address, cell('CTL$GL_CTLBASVA'))!;
    };
    const session = processes(k).find(({ name }) => name === 'SYSTEM')!.pcb.address;
    const long = (at: number): number => p1Long(k, session, at)!;
    const image = long(CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLIMAGE);
    expect(base('SYSTEM')).toBeLessThan(base('JOB_CONTROL'));
    expect(image).toBeLessThan(base('JOB_CONTROL'));
    expect(image).toBeGreaterThanOrEqual(base('SYSTEM'));
  });

  test('appF#32: CLI and tables are UR and the supervisor\'s, the symbol table is SW, CLISYMTBL pages of demand zero', () => {
    const session = processes(k).find(({ name }) => name === 'SYSTEM')!.pcb.address;
    const range = (name: 'CTL$AG_CLIMAGE' | 'CTL$AG_CLITABLE'): { first: number; last: number } => {
      const at = CLI_DATA_BASE + CLI_CELLS.offset[name];
      return { first: p1Long(k, session, at)!, last: p1Long(k, session, at + 4)! };
    };
    for (const { first, last } of [range('CTL$AG_CLIMAGE'), range('CTL$AG_CLITABLE')]) {
      expect(last).toBeGreaterThan(first);
      for (let at = first; at <= last; at += PAGE) expect([protection(p1Pte(k, session, at)), owner(p1Pte(k, session, at))]).toEqual([PRT$C_UR, 2]);
    }
    const data = CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLIDATA;
    const table = p1Long(k, session, data + 0x10)!;
    for (let page = 0; page < k.sys.EXE$GL_CLITABL; page += 1) expect([protection(p1Pte(k, session, table + page * PAGE)), owner(p1Pte(k, session, table + page * PAGE))]).toEqual([PRT$C_SW, 2]);
    const untouched = Array.from({ length: k.sys.EXE$GL_CLITABL }, (_, page) => p1Pte(k, session, table + page * PAGE)).filter((entry) => entry >>> 31 === 0);
    expect(untouched.length).toBeGreaterThan(0);
    expect(untouched.every((entry) => (entry & 0x1f_ffff) === 0)).toBe(true);
  });

  test('appF#30: after an image CTL$GL_CTLBASVA is what it was, and P1 space ends there again', () => {
    const session = processes(k).find(({ name }) => name === 'SYSTEM')!.pcb;
    const before = p1Long(k, session.address, cell('CTL$GL_CTLBASVA'))!;
    const low = (): number => 0x4000_0000 + PHD.at(k, session.PCB$L_PHD).PHD$L_P1LR * PAGE;
    expect(console.type('SHOW DEVICES').length).toBeGreaterThan(2);
    expect(p1Long(k, session.address, cell('CTL$GL_CTLBASVA'))).toBe(before);
    expect(low()).toBe(before);
  });
});

describe('P1 space of an image', () => {
  test('appF#29: CTL$GL_CCBBASE is the high end of the channel table, and a channel number the distance of its CCB from there', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const channels = [p.allocate(4), p.allocate(4)].map((at) => at);
      for (const at of channels) yield* service(p, '$ASSIGN', { devnam: p.string('OPA0:'), chan: at });
      const numbers = channels.map((at) => p.memory.readWord(at));
      out['numbers'] = numbers.map((number) => number % 16);
      out['ucbs'] = numbers.map((number) => CCB.at(k, k.p1.CTL$GL_CCBBASE - number).CCB$L_UCB);
      out['wanted'] = k.symbol('OPA$UCB0');
      out['inside'] = numbers.every((number) => k.p1.CTL$GL_CCBBASE - number >= k.p1.CTL$GL_CTLBASVA);
      yield* pause(p, 0.1);
    });
    expect(seen['numbers']).toEqual([0, 0]);
    const [first, second] = seen['ucbs'] as number[];
    expect([first, first]).toEqual([second, seen['wanted']]);
    expect(seen['inside']).toBe(true);
  });

  test('appF#33: 20 pages of user stack, two more above its top; going below its end makes it longer', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const low = (): number => 0x4000_0000 + k.cpu.readPR(PR$_P1LR) * PAGE;
      const permanent = k.p1.CTL$GL_CTLBASVA;
      const top = k.readLong(k.p1.address + P1_CELLS.offset.CTL$AL_STACK + 12);
      out['sizes'] = [(top - 2 * PAGE - low()) / PAGE, permanent - top];
      // The first frame of the image is the one whose saved FP is 0: it lies two pages below the high end.
      let frame = p.frame;
      while (k.readLong(frame + 12) !== 0 && k.readLong(frame + 12) < top) frame = k.readLong(frame + 12);
      out['first frame'] = top - 2 * PAGE - frame > 0 && top - 2 * PAGE - frame < 256;
      const before = low();
      p.allocate(21 * PAGE);                        // zeroed from below: the stack has to grow for it
      out['grown'] = low() < before;
      yield* pause(p, 0.1);
    });
    expect(seen).toEqual({ sizes: [20, 0], 'first frame': true, grown: true });
  });
});

describe('the interrupt stack', () => {
  test('appF#9: beyond either end is a page without access: interrupt stack not valid, and the processor halts', () => {
    for (const end of ['low', 'high'] as const) {
      const system = new TestSystem({});
      system.runUntilIdle(0);
      const { k } = system;
      const sp = end === 'low' ? k.sys.EXE$GL_INTSTKLM + 4 : k.sys.EXE$GL_INTSTK + 12;
      k.cpu.psl = 0x041f_0000;
      k.setRegister(14, sp);
      const code = k.sys.EXE$GL_INTSTKLM + 64;
      k.writeByte(code, 0xff);                      // a reserved opcode: an exception, whose frame has no place
      k.jump(code);
      const stop = system.system.machine.run(10);
      expect(stop).toMatchObject({ kind: 'halt' });
      expect(stop.kind === 'halt' && stop.code).toBe('interrupt stack not valid');
    }
  });
});
