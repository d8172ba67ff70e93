import { describe, expect, test } from 'vitest';
import { DiskController, diskControllerPlace } from '../../../src/emulator/devices/disk.js';
import type { Machine } from '../../../src/emulator/machine.js';
import { PR$_SISR } from '../../../src/emulator/processor-registers.js';
import { ERL$ALLOCEMB } from '../../../src/executive/exceptions/error-log.js';
import { jsbRoutine } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { IOC$REQCOM } from '../../../src/executive/io/completion.js';
import { deviceBlocks, findUnit } from '../../../src/executive/io/device-names.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { EXE$ALONONPAGED, EXE$ALONPAGVAR, EXE$DEANONPAGED } from '../../../src/executive/pool/nonpaged.js';
import { checkPool, freePacketCount } from '../../../src/executive/pool/check.js';
import { IO$_READLBLK, IO$_READVBLK, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { DYN$C_IRP } from '../../../src/executive/structures/dyn.js';
import { DDB } from '../../../src/executive/structures/device.js';
import { FKB } from '../../../src/executive/structures/fork.js';
import { IPL$_MAILBOX, IPL$_SYNCH } from '../../../src/executive/structures/ipl.js';
import { IRP } from '../../../src/executive/structures/irp.js';
import { readCounted } from '../../../src/executive/structures/memory.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { EXE$FORK } from '../../../src/executive/synchronization/fork.js';
import { MemoryBlocks } from '../../../src/filesystem/block-io.js';
import { KernelBench, PROGRAM } from '../bench/kernel-bench.js';
import { TestSystem, type Program } from '../../harness.js';
import { assign, astProcedure } from '../io/io-harness.js';

const ENTRY_MASK = 2;

const sleeper: Program = function* (p) { for (;;) yield* service(p, '$HIBER', {}); };

/** Runs instruction by instruction until the PC is at `label`. */
function runTo(system: TestSystem, label: string, seen?: (k: Kernel) => void, offset = 0): void {
  const { k } = system;
  const target = k.symbol(label) + offset;
  for (let count = 0; count < 300_000; count += 1) {
    if ((k.cpu.r[15]! >>> 0) === target) return;
    seen?.(k);
    system.system.machine.run(1);
  }
  throw new Error(`${label} is not reached`);
}

/** IPL at every access of the kernel to the addresses that `wanted` accepts, while `body` runs. */
function iplOfAccesses(k: Kernel, wanted: (address: number) => boolean, body: () => void): number[] {
  const levels: number[] = [];
  const note = (address: number): void => { if (wanted(address >>> 0)) levels.push(k.ipl); };
  const { readLong, readBytes, writeLong, writeWord, writeByte } = k;
  k.readLong = (address) => { note(address); return readLong.call(k, address); };
  k.readBytes = (address, length) => { note(address); return readBytes.call(k, address, length); };
  k.writeLong = (address, value) => { note(address); writeLong.call(k, address, value); };
  k.writeWord = (address, value) => { note(address); writeWord.call(k, address, value); };
  k.writeByte = (address, value) => { note(address); writeByte.call(k, address, value); };
  try {
    body();
  } finally {
    Object.assign(k, { readLong, readBytes, writeLong, writeWord, writeByte });
  }
  return levels;
}

const withDisks = (units: number) => (machine: Machine): void => {
  const { base, vector } = diskControllerPlace(0);
  const controller = new DiskController(machine, base, vector);
  for (let unit = 0; unit < units; unit += 1) controller.attach(unit, new MemoryBlocks(100));
};

describe('levels', () => {
  test('ch02#18: IPL$_SYNCH is 8: rescheduling and the timer do their work there', () => {
    expect(IPL$_SYNCH).toBe(8);
    const system = new TestSystem({ programs: { SYSINIT: sleeper } });
    runTo(system, 'SCH$RESCHED');
    expect(system.k.ipl).toBe(3);
    system.system.machine.run(1);
    expect(system.k.ipl).toBe(IPL$_SYNCH);
    system.runUntilIdle(0);
    system.clock.advance(1_000_000);
    runTo(system, 'EXE$TIMEOUT');
    expect(system.k.ipl).toBe(IPL$_SYNCH);
  });

  test('ch02#22: $QIO is at IPL 2 from the allocation of the IRP until the driver has it', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const { channel } = yield* assign(p, '_DUA0:');
          return yield* service(p, '$QIOW', { chan: channel, func: IO$_READLBLK, p1: p.allocate(512), p2: 512 });
        },
      },
      attach: withDisks(1),
    });
    const { k } = system;
    runTo(system, 'EXE$QIO', undefined, ENTRY_MASK);
    expect(k.ipl).toBe(0);
    const free = freePacketCount(k, k.symbol('IOC$GL_IRPFL'));
    const levels: number[] = [];
    runTo(system, 'IOC$INITIATE', () => { if (freePacketCount(k, k.symbol('IOC$GL_IRPFL')) < free) levels.push(k.ipl); });
    expect(levels.length).toBeGreaterThan(5);
    // At fork IPL for the last steps, when the packet is handed over.
    expect([Math.min(...levels), levels[0], k.ipl]).toEqual([2, 2, 8]);
    system.runUntilIdle(1);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch02#26, ch06#20: EXE$FINISHIO at IPL 2 is interrupted at IPL 4 at once', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const { channel } = yield* assign(p, 'NL:');
          return yield* service(p, '$QIO', { chan: channel, func: IO$_READVBLK, p1: p.allocate(8), p2: 8 });
        },
      },
    });
    const { k } = system;
    runTo(system, 'NL$FDTREAD');
    const { machine } = system.system;
    let steps = 0;
    for (; (k.cpu.r[15]! >>> 0) !== k.symbol('IOC$IOPOST') && steps < 10; steps += 1) machine.run(1);
    // The FDT routine is one instruction: the next is the first of the interrupt.
    expect(steps).toBeLessThanOrEqual(2);
    const [pc, psl] = [k.readLong(k.register(14)), k.readLong(k.register(14) + 4)];
    expect([(psl >>> 16) & 31, pc]).toEqual([2, k.symbol('EXE$QIO_EXIT')]);
  });

  test('ch02#31: the timer compares the time with that of a request at IPL 24', () => {
    const bench = new KernelBench();
    const { k } = bench;
    bench.start();
    bench.settle();
    const time = k.symbol('EXE$GQ_SYSTIME');
    const inside = (): boolean => k.register(15) >= k.symbol('EXE$SWTIMINT') && k.register(15) < k.symbol('TIM_DONE');
    const levels = iplOfAccesses(k, (address) => address === time && inside(), () => { bench.elapse(1500); });
    expect(levels.length).toBeGreaterThan(0);
    expect(new Set(levels)).toEqual(new Set([24]));
  });

  test('ch02#32: an error log buffer is allocated at IPL 31, whatever the IPL is', () => {
    const system = new TestSystem({ programs: { SYSINIT: sleeper } });
    system.runUntilIdle(0);
    const { k } = system;
    const [low, high] = [k.symbol('buf1'), k.symbol('buf2') + 512];
    for (const ipl of [0, 20]) {
      k.ipl = ipl;
      const levels = iplOfAccesses(k, (address) => address >= low && address < high, () => { ERL$ALLOCEMB(k, 40); });
      expect(levels.length).toBeGreaterThan(0);
      expect(new Set(levels)).toEqual(new Set([31]));
      expect(k.ipl).toBe(ipl);
    }
  });

  test('ch03#22: the list of nonpaged pool is walked at the IPL in EXE$GL_NONPAGED, even when the caller was above it', () => {
    const bench = new KernelBench();
    bench.asKernel((k) => {
      const list = k.symbol('EXE$GL_NONPAGED') + 4;
      for (const [ipl, level, expected] of [[2, 11, 11], [20, 11, 11], [2, 9, 9]] as const) {
        k.writeLong(k.symbol('EXE$GL_NONPAGED'), level);
        k.ipl = ipl;
        const levels = iplOfAccesses(k, (address) => address === list, () => { EXE$ALONPAGVAR(k, 64); });
        expect(new Set(levels)).toEqual(new Set([expected]));
        expect(k.ipl).toBe(ipl);
      }
    });
  });

  test('ch03#23: a fork process at IPL 11 allocates pool itself; giving it back waits for an interrupt at IPL 6', () => {
    const levels: [string, number][] = [];
    const fork = jsbRoutine('TEST_FORK11', (k) => {
      const block = EXE$ALONPAGVAR(k, 64);
      levels.push(['allocated', k.ipl]);
      k.writeWord(block + 8, 64);
      k.setRegister(0, block);
      k.jump(k.symbol('COM$DRVDEALMEM'));
    });
    const bench = new KernelBench({ routines: [fork] });
    const { k } = bench;
    const before = bench.asKernel(() => {
      const address = EXE$ALONONPAGED(k, 64);
      FKB.at(k, address).FKB$B_FIPL = 11;
      EXE$FORK(k, address, k.symbol('TEST_FORK11'), 0, 0);
      return k.readLong(k.symbol('EXE$GL_NONPAGED') + 4);
    });
    bench.start();
    const freed = k.symbol('COM$DRVDEALMEM_FORK');
    for (let count = 0; count < 1000 && k.register(15) !== freed; count += 1) bench.run(1);
    expect(levels).toEqual([['allocated', 11]]);
    expect([k.ipl, k.register(5)]).toEqual([6, before]);
    bench.settle();
    expect(k.readLong(k.symbol('EXE$GL_NONPAGED') + 4)).toBe(before);
    expect(checkPool(k, (name) => k.symbol(name))).toEqual([]);
  });

  test('ch02#29, ch06#31: units of one controller have the same fork IPL; that of mailboxes is 11', () => {
    const system = new TestSystem({ programs: { SYSINIT: sleeper }, attach: withDisks(3) });
    system.runUntilIdle(0);
    const { k } = system;
    const levels: Record<string, number[]> = {};
    for (const ddb of deviceBlocks(k)) {
      const found: number[] = levels[readCounted(k, ddb + DDB.offset.DDB$T_NAME)] = [];
      for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) found.push(UCB.at(k, ucb).UCB$B_FIPL);
    }
    expect(levels).toEqual({ OPA: [8], MBA: [11, 11], NLA: [11], DUA: [8, 8, 8] });
    expect(IPL$_MAILBOX).toBe(11);
  });
});

describe('the queue of I/O postprocessing', () => {
  test('ch02#25, ch06#19, ch06#21: IOC$REQCOM puts packets at its tail and requests IPL 4; they are taken from its head; an interrupt with nothing in it has no effect', () => {
    const system = new TestSystem({ programs: { SYSINIT: sleeper } });
    system.runUntilIdle(0);
    const { k } = system;
    const [front, back] = [k.symbol('IOC$GL_PSFL'), k.symbol('IOC$GL_PSBL')];
    const ucb = UCB.at(k, findUnit(k, 'NLA0'));
    const done: number[] = [];
    const interrupted = (): void => {
      for (let count = 0; count < 50 && k.ipl !== 4; count += 1) system.system.machine.run(1);
      expect([k.ipl, k.register(15) - k.symbol('IOC$IOPOST') < 16]).toEqual([4, true]);
    };
    const packets = [1, 2, 3].map(() => {
      const packet = allocateBlock(k, 208, DYN$C_IRP);
      // A packet of the system: its PID is the routine to call. That of an RSB will do.
      IRP.at(k, packet).IRP$L_PID = k.symbol('DASSGN_NOTHING');
      return packet;
    });
    k.ipl = 8;
    for (const packet of packets) {
      ucb.UCB$L_IRP = packet;
      IOC$REQCOM(k, ucb.address, 1, 0);
      expect(k.readLong(back)).toBe(packet);
      expect(k.cpu.readPR(PR$_SISR)).toBe(1 << 4);
    }
    expect(k.readLong(front)).toBe(packets[0]);
    k.ipl = 0;
    interrupted();
    for (let count = 0; count < 200 && k.ipl === 4; count += 1) {
      if (k.register(15) === k.symbol('DASSGN_NOTHING')) done.push(k.register(5));
      system.system.machine.run(1);
    }
    expect(done).toEqual(packets);
    expect([k.readLong(front), k.ipl]).toEqual([front, 0]);

    const registers = Array.from({ length: 14 }, (_, number) => k.register(number));
    k.cpu.requestSoftwareInterrupt(4);
    interrupted();
    for (let count = 0; count < 100 && k.ipl === 4; count += 1) system.system.machine.run(1);
    expect(Array.from({ length: 14 }, (_, number) => k.register(number))).toEqual(registers);
    for (const packet of packets) EXE$DEANONPAGED(k, packet);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch02#30: no interrupt sees a queue between the two writes of INSQUE and REMQUE', () => {
    const bench = new KernelBench();
    const { k, machine } = bench;
    const p = bench.process({
      name: 'A',
      program: `	MOVAB	@#DATA,@#DATA
	MOVAB	@#DATA,@#DATA+4
10$:	INSQUE	@#DATA+16,@#DATA
	INSQUE	@#DATA+32,@DATA+4
	REMQUE	@#DATA+16,R0
	REMQUE	@DATA,R0
	BRB	10$`,
    });
    bench.start();
    bench.run(200);
    const well = (): boolean => {
      // Followed forward and backward, the list is the same, and comes back to its header.
      const at = (address: number): number => machine.memory.view.getUint32(p.physical(address), true);
      let steps = 0;
      for (let entry = 0x800; steps < 4; steps += 1, entry = at(entry)) {
        if (at(at(entry) + 4) !== entry) return false;
        if (at(entry) === 0x800) return true;
      }
      return false;
    };
    let interrupts = 0;
    for (let count = 0; count < 400; count += 1) {
      k.cpu.requestSoftwareInterrupt(6);
      machine.run(1);
      if (k.cpu.onInterruptStack) {
        interrupts += 1;
        expect(well()).toBe(true);
      }
    }
    expect(interrupts).toBeGreaterThan(100);
    expect(PROGRAM).toBe(0x200);
  });
});

describe('levels nobody but the operator or the processor requests', () => {
  test('ch06#26, ch06#27: IPL 12 prompts IPC>; X without XDELTA does nothing, Q makes a fork process at IPL 8, CTRL/Z lets the system go on', () => {
    const system = new TestSystem({ programs: { SYSINIT: sleeper } });
    system.runUntilIdle(0);
    const { k } = system;
    const { machine } = system.system;
    const free = freePacketCount(k, k.symbol('IOC$GL_SRPFL'));
    machine.cpu.requestSoftwareInterrupt(12);
    machine.run(400);
    expect(system.console).toMatch(/\r\nIPC> $/);
    expect(k.ipl).toBe(12);
    const type = (text: string): void => {
      for (const character of text) machine.console.receive(character.charCodeAt(0));
      machine.run(2000);
    };
    type('X\r');
    expect([k.ipl, system.console.endsWith('X\r\nIPC> ')]).toEqual([12, true]);
    type('C DUA0:\r');
    expect(system.console).toContain('no mount verification in progress');
    type('Q\r');
    const fork = k.readLong(k.symbol('SWI$GL_FQFL') + 16);
    expect([FKB.at(k, fork).FKB$B_FIPL, FKB.at(k, fork).FKB$L_FPC]).toEqual([8, k.symbol('IPC_QUORUM')]);
    expect(k.cpu.readPR(PR$_SISR) & (1 << 8)).not.toBe(0);
    type('\x1a');
    system.runUntilIdle(2);
    expect(k.ipl).toBeLessThan(12);
    expect(freePacketCount(k, k.symbol('IOC$GL_SRPFL'))).toBe(free);
    expect(system.checkBooks()).toEqual([]);
    // The console terminal's interrupts are on again.
    expect(k.cpu.readPR(32) & 0x40).toBe(0x40);
  });

  test('ch06#28: IPL 2 is requested by REI alone: no code of the executive writes 2 to SIRR, and no microroutine asks for it', () => {
    const askers: number[] = [];
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const ast = astProcedure(p);
          yield* service(p, '$DCLAST', { astadr: ast.address });
          const { channel } = yield* assign(p, 'OPA0:');
          yield* service(p, '$QIOW', { chan: channel, func: IO$_WRITEVBLK, p1: p.allocate(8), p2: 4, astadr: ast.address });
          return 1;
        },
      },
    });
    const { k } = system;
    const { requestSoftwareInterrupt } = k.cpu;
    const REI = 2;
    k.cpu.requestSoftwareInterrupt = (level: number): void => {
      if (level === 2) askers.push(k.readByte(lastPc));
      requestSoftwareInterrupt.call(k.cpu, level);
    };
    let lastPc = 0;
    for (let count = 0; count < 150_000; count += 1) {
      lastPc = k.register(15);
      system.system.machine.run(1);
    }
    expect(askers.length).toBeGreaterThan(3);
    expect(new Set(askers)).toEqual(new Set([REI]));
  });
});
