import { describe, expect, test } from 'vitest';
import { DISK_CS, DISK_GO, DISK_IE, DISK_NEXUS, DISK_READ, DiskController, diskControllerPlace, IPL_DISK } from '../../../src/emulator/devices/disk.js';
import { NEXUS_COUNT, nexusVector } from '../../../src/emulator/nexus.js';
import type { Machine } from '../../../src/emulator/machine.js';
import { EMB, EMB$K_UI } from '../../../src/executive/exceptions/error-log-entries.js';
import { ERL, errorLogBuffer } from '../../../src/executive/exceptions/error-log.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { findUnit } from '../../../src/executive/io/device-names.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { IO$_READLBLK } from '../../../src/executive/starlet/iodef.js';
import { IRP } from '../../../src/executive/structures/irp.js';
import { CRB, IDB, VEC } from '../../../src/executive/structures/device.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { MemoryBlocks } from '../../../src/filesystem/block-io.js';
import { TestSystem, type Program } from '../../harness.js';
import { assign } from './io-harness.js';

const sleeper: Program = function* (p) { for (;;) yield* service(p, '$HIBER', {}); };

function withDisk(program: Program): TestSystem {
  return new TestSystem({
    programs: { SYSINIT: program },
    attach: (machine: Machine) => {
      const { base, vector } = diskControllerPlace(0);
      new DiskController(machine, base, vector).attach(0, new MemoryBlocks(100));
    },
  });
}

const readBlock: Program = function* (p) {
  const { channel } = yield* assign(p, '_DUA0:');
  yield* service(p, '$QIO', { chan: channel, func: IO$_READLBLK, p1: p.allocate(512), p2: 512 });
  return yield* service(p, '$HIBER', {});
};

const vectorAt = (k: Kernel, offset: number): number => k.readLong(k.sys.EXE$GL_SCB + offset);

describe('the system control block', () => {
  test('ch05#13: one vector for each nexus and each of IPL 20 to 23, at 100 + 40 * (IPL - 20) + 4 * nexus', () => {
    const system = withDisk(sleeper);
    system.runUntilIdle(0);
    const { k } = system;
    const disk = UCB.at(k, findUnit(k, 'DUA0'));
    const seen = new Set<number>();
    for (let ipl = 20; ipl <= 23; ipl += 1) {
      for (let nexus = 0; nexus < NEXUS_COUNT; nexus += 1) {
        const offset = nexusVector(nexus, ipl);
        expect(offset).toBe(0x100 + 0x40 * (ipl - 20) + 4 * nexus);
        seen.add(offset);
        const routine = (vectorAt(k, offset) & ~3) >>> 0;
        if (nexus === 0) expect(routine).toBe(k.symbol('ERL$VEC_RETURN'));
        else if (nexus === DISK_NEXUS && ipl === IPL_DISK) expect(routine).toBe(disk.UCB$L_CRB + CRB.offset.CRB$L_INTD);
        else expect(routine).toBe(k.symbol('ERL$UNEXP'));
        expect(vectorAt(k, offset) & 3).toBe(1);
      }
    }
    expect([seen.size, Math.min(...seen), Math.max(...seen)]).toEqual([64, 0x100, 0x1fc]);
  });

  test('an interrupt nobody has connected is logged and dismissed', () => {
    const system = withDisk(sleeper);
    system.runUntilIdle(0);
    const { k } = system;
    system.system.machine.interrupts.request(nexusVector(5, 22), 22);
    system.runUntilIdle(0);
    const buffer = errorLogBuffer(k, 0);
    expect(ERL.at(k, buffer).ERL$B_MSGCNT).toBe(1);
    expect(EMB.at(k, buffer + ERL.size).EMB$W_HD_ENTRY).toBe(EMB$K_UI);
    expect(k.cpu.onInterruptStack).toBe(false);
  });

  test('ch05#10: a request withdrawn before it is granted is one interrupt through nexus 0, counted, and nothing else', () => {
    const system = withDisk(sleeper);
    system.runUntilIdle(0);
    const { k } = system;
    const registers = k.readLong(k.sys.MMG$GL_SBICONF + 4 * DISK_NEXUS);
    // At IPL 31 the controller finishes an operation and is then told not to interrupt.
    k.ipl = 31;
    k.writeLong(registers + DISK_CS, DISK_GO | DISK_IE | DISK_READ);
    expect(system.system.machine.interrupts.isRequested(nexusVector(DISK_NEXUS, IPL_DISK))).toBe(true);
    k.writeLong(registers + DISK_CS, 0);
    expect(k.sys.IO$GL_SCB_INT0).toBe(0);
    const before = k.readBytes(k.symbol('SYS$CELLS'), 0x200);
    k.ipl = 0;
    system.runUntilIdle(0);
    expect(k.sys.IO$GL_SCB_INT0).toBe(1);
    expect(ERL.at(k, errorLogBuffer(k, 0)).ERL$B_MSGCNT).toBe(0);
    expect(k.readBytes(k.symbol('SYS$CELLS'), 0x200)).toEqual(before);
    system.runUntilIdle(2);
    expect(k.sys.IO$GL_SCB_INT0).toBe(1);
  });

  test('ch05#24: the interrupt stack has two pages, between two that cannot be accessed', () => {
    const system = withDisk(sleeper);
    system.runUntilIdle(0);
    const { k } = system;
    const [low, high] = [k.sys.EXE$GL_INTSTKLM, k.sys.EXE$GL_INTSTK];
    expect([high - low, k.sys.SGN$GW_ISPPGCT]).toEqual([1024, 2]);
    const accessible = (address: number): boolean => k.cpu.probe(address, 4, 0, false);
    expect([low - 4, low, high - 4, high].map(accessible)).toEqual([false, true, true, false]);
  });
});

describe('adapters', () => {
  test('ch05#16: looking for an adapter where there is none is survived, and the nexus is recorded as empty', () => {
    const types = (system: TestSystem): number[] => [...system.k.readBytes(system.k.sys.EXE$GL_CONFREG, NEXUS_COUNT)];
    const without = new TestSystem({ programs: { SYSINIT: sleeper } });
    without.runUntilIdle(1);
    expect(types(without)).toEqual(Array.from({ length: 16 }, () => 0));
    expect(without.k.sys.EXE$GL_NUMNEXUS).toBe(15);
    const one = withDisk(sleeper);
    one.runUntilIdle(1);
    expect(types(one).map((type) => type !== 0)).toEqual(Array.from({ length: 16 }, (_, nexus) => nexus === DISK_NEXUS));
    const { k } = one;
    expect(k.readLong(k.sys.EXE$GL_CONFREGL + 4 * DISK_NEXUS)).toBe(types(one)[DISK_NEXUS]);
    // Expected machine checks are not counted, and the recovery block is closed.
    expect([k.sys.EXE$GL_MCHKERRS, k.sys.MCHK$GL_MASK, k.sys.MCHK$GL_SP]).toEqual([0, 0, 0]);
  });
});

describe('from interrupt to driver', () => {
  test('ch05#14: on entry to the driver\'s service routine the stack holds the pointer to the IDB longword, R0 to R5, PC and PSL', () => {
    const system = withDisk(readBlock);
    const { k } = system;
    const target = k.symbol('DU$INTERRUPT');
    for (let count = 0; count < 400_000 && k.register(15) !== target; count += 1) system.system.machine.run(1);
    expect(k.register(15)).toBe(target);
    const stack = k.register(14);
    const pointer = k.readLong(stack);
    const disk = UCB.at(k, findUnit(k, 'DUA0'));
    const transfer = disk.UCB$L_CRB + CRB.offset.CRB$L_INTD;
    expect(pointer).toBe(transfer + 8);
    expect(k.readLong(pointer)).toBe(VEC.at(k, transfer).VEC$L_IDB);
    expect(IDB.at(k, k.readLong(pointer)).IDB$L_OWNER).toBe(disk.address);
    expect([0, 1, 2, 3, 4, 5].map((register) => k.readLong(stack + 4 + 4 * register))).toEqual([0, 1, 2, 3, 4, 5].map((register) => k.register(register)));
    expect([k.cpu.onInterruptStack, k.ipl, stack + 36 <= k.sys.EXE$GL_INTSTK]).toEqual([true, IPL_DISK, true]);
    expect((k.readLong(stack + 32) >>> 16) & 31).toBeLessThan(IPL_DISK);
  });

  test('appB#10: R4 is the PCB in an FDT routine; R5 the UCB and R3 the IRP there, where the interrupt service goes on, and in the fork process', () => {
    const system = withDisk(readBlock);
    const { k } = system;
    const reach = (label: string): number[] => {
      for (let count = 0; count < 400_000 && k.register(15) !== k.symbol(label); count += 1) system.system.machine.run(1);
      expect(k.register(15)).toBe(k.symbol(label));
      return [3, 4, 5].map((register) => k.register(register) >>> 0);
    };
    const [irp, ...inFdt] = reach('DU$FDTBLOCK');
    const disk = UCB.at(k, findUnit(k, 'DUA0'));
    expect(inFdt).toEqual([k.sys.SCH$GL_CURPCB, disk.address]);
    expect(IRP.at(k, irp!).IRP$L_UCB).toBe(disk.address);
    const csr = IDB.at(k, VEC.at(k, disk.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB).IDB$L_CSR;
    expect(reach('DU$INTERRUPTED')).toEqual([irp, csr, disk.address]);
    expect(k.ipl).toBe(IPL_DISK);
    expect(reach('DU$FORK')).toEqual([irp, csr, disk.address]);
    expect([k.ipl, disk.UCB$L_IRP]).toEqual([disk.UCB$B_FIPL, irp]);
  });

  test('patching: a vector changed in memory changes what an interrupt does', () => {
    const system = withDisk(readBlock);
    const { k } = system;
    for (let count = 0; count < 400_000 && k.register(15) !== k.symbol('DU$STARTIO'); count += 1) system.system.machine.run(1);
    const offset = nexusVector(DISK_NEXUS, IPL_DISK);
    k.writeLong(k.sys.EXE$GL_SCB + offset, (k.symbol('ERL$UNEXP') | 1) >>> 0);
    system.runUntilIdle(1);
    const disk = UCB.at(k, findUnit(k, 'DUA0'));
    expect([disk.UCB$V_INT, disk.UCB$V_BSY]).toEqual([1, 1]);
    expect(EMB.at(k, errorLogBuffer(k, 0) + ERL.size).EMB$W_HD_ENTRY).toBe(EMB$K_UI);
  });
});
