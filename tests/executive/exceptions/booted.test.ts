import { describe, expect, test } from 'vitest';
import { DMP, EMB_CR, type DumpWriter } from '../../../src/executive/exceptions/dump-format.js';
import { internalErrorBugcheck } from '../../../src/executive/exceptions/bugcheck.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { ArrayMemory, bytesToText } from '../../../src/executive/structures/memory.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { TestSystem, type Program } from '../../harness.js';

class Dump implements DumpWriter {
  readonly bytes: Uint8Array;
  constructor(readonly blocks: number) { this.bytes = new Uint8Array(blocks * 512); }
  write(block: number, bytes: Uint8Array): void { this.bytes.set(bytes, (block - 1) * 512); }
}

function start(program: Program, options: { parameters?: Readonly<Record<string, number>> } = {}): { system: TestSystem; dump: Dump } {
  const system = new TestSystem({ programs: { SYSINIT: program }, ...options });
  const dump = new Dump(system.system.machine.memory.size / 512 + 4);
  system.k.dumpWriter = dump;
  return { system, dump };
}

describe('on the booted executive', () => {
  test('ch08#12, ch08#13: a crash in kernel mode names the process, and memory in the dump holds its PCB', () => {
    const { system, dump } = start(function* (p) {
      // A procedure in kernel mode that touches what is not there, with no handler: SSRVEXCEPT.
      const list = p.allocate(4);
      return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$KRNL_LASTCHANCE'), arglst: list });
    });
    expect(() => { system.runUntilIdle(1); }).toThrow(/halted/);
    expect(system.console).toContain('SSRVEXCEPT');
    const memory = new ArrayMemory(dump.bytes);
    expect(DMP.read(memory, 0).DMP$W_DUMPVER).toBe(2);
    const entry = EMB_CR.read(memory, DMP.offset.DMP$R_CRASHERL);
    const { k } = system;
    const pcb = PCB.at(k, k.sys.SCH$GL_CURPCB);
    expect(entry.EMB$L_CR_PID).toBe(pcb.PCB$L_EPID);
    expect(bytesToText(entry.EMB$T_CR_LNAME)).toBe(bytesToText(pcb.PCB$T_LNAME));
    // Through the system page table in the dump: the same PCB, byte for byte.
    const pageTable = DMP.read(memory, 0).DMP$L_SBR;
    const byte = (address: number): number => {
      const pte = memory.readLong(4 * 512 + pageTable + 4 * ((address >>> 9) & 0x1fffff));
      return memory.readByte(4 * 512 + (pte & 0x1fffff) * 512 + (address & 511));
    };
    const name = Array.from({ length: 16 }, (_, index) => byte(pcb.address + PCB.offset.PCB$T_LNAME + index));
    expect(name).toEqual([...pcb.PCB$T_LNAME]);
  });

  test('an error of ours in a microroutine is a bugcheck that names the routine', () => {
    const { system, dump } = start(function* () { throw new Error('deliberate'); });
    system.k.internalErrorHandler = (routine, error) => { internalErrorBugcheck(system.k, routine, error); };
    expect(() => { system.runUntilIdle(1); }).toThrow(/halted/);
    expect(system.console).toContain('MICROERROR');
    expect(system.console).toContain('SYSINIT$MAIN: Error: deliberate');
    expect(DMP.read(new ArrayMemory(dump.bytes), 0).DMP$W_DUMPVER).toBe(2);
  });

  test('ch04#28: touching below the user stack extends it', () => {
    const seen: number[] = [];
    const { system } = start(function* (p) {
      const k = p.kernel;
      const low = k.readLong(k.symbol('CTL$AL_STACKLIM') + 12);
      seen.push(low);
      // The call below pushes its arguments where there is no stack yet.
      k.cpu.r[14] = low - 2000;
      const status = yield* service(p, '$SETAST', { enbflg: 1 });
      seen.push(status, k.readLong(k.symbol('CTL$AL_STACKLIM') + 12));
      yield* service(p, '$HIBER', {});
      return 1;
    });
    system.runUntilIdle(1);
    const [low, status, lowAfter] = seen as [number, number, number];
    expect(seen).toHaveLength(3);
    expect(status & 1).toBe(1);
    expect(lowAfter).toBeLessThan(low - 2000);
    expect(lowAfter % 512).toBe(0);
  });

  test('a procedure in user mode may allocate more scratch space than the stack has', () => {
    const seen: number[] = [];
    const { system } = start(function* (p) {
      const buffer = p.allocate(60_000);
      p.memory.writeLong(buffer, 99);
      seen.push(p.memory.readLong(buffer), yield* service(p, '$SETAST', { enbflg: 1 }));
      return yield* service(p, '$HIBER', {});
    });
    system.runUntilIdle(1);
    expect(seen[0]).toBe(99);
    expect(seen[1]! & 1).toBe(1);
    expect(system.console).toBe('');
  });

  test('ch08#16: with parameter BUGREBOOT 0 the processor loops at IPL 31; ch08#15: DUMPBUG 0', () => {
    const { system, dump } = start(function* (p) {
      return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$KRNL_LASTCHANCE'), arglst: p.allocate(4) });
    }, { parameters: { BUGREBOOT: 0, DUMPBUG: 0 } });
    expect(() => { system.runUntilIdle(1, 2_000_000); }).toThrow(/still running/);
    const { cpu } = system.system.machine;
    expect(system.console).toContain('waiting for a command at the console');
    expect([cpu.ipl, cpu.r[15]! >>> 0]).toEqual([31, system.k.symbol('EXE$BUG_LOOP')]);
    expect(DMP.read(new ArrayMemory(dump.bytes), 0).DMP$W_DUMPVER).toBe(2);
    expect(dump.bytes.subarray(4 * 512).every((byte) => byte === 0)).toBe(true);
  });
});
