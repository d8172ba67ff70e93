import { describe, expect, test } from 'vitest';
import { VaxFault } from '../../../src/emulator/fault.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { IAC$M_MERGE } from '../../../src/executive/image/activate.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { readPte } from '../../../src/executive/memory/page-tables.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { hasPrivilege, PRV$V_ALTPRI } from '../../../src/executive/starlet/prvdef.js';
import { serviceVector } from '../../../src/executive/starlet/service-table.js';
import { SS$_ABORT } from '../../../src/executive/starlet/ssdef.js';
import { CTL$A_COMMON } from '../../../src/executive/structures/p1-cells.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { SCH$C_COM, SCH$C_COMO, SCH$C_CUR, SCH$C_HIB } from '../../../src/executive/structures/sch.js';
import { RMS_IMAGE } from '../../../src/rms/index.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../../../src/executive/starlet/fabdef.js';
import { create, pause, phdOf, run, sleeper, stepUntil } from '../process/support.js';
import { TestSystem } from '../../harness.js';

/** What the first chapter of the book says of the system as a whole, looked for in a booted one. */

/** A booted system whose SYSINIT waits to be woken before it runs `CHILD` as a subprocess. */
function beforeBirth(): TestSystem {
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        yield* service(p, '$HIBER', {});
        yield* create(p, { image: 'CHILD', name: 'CHILD' });
        return yield* sleeper(p);
      },
      CHILD: sleeper,
    },
  });
  system.runUntilIdle(0);
  return system;
}

describe('processes', () => {
  test('ch01#2 ch01#17: the PCB is there from the start; header and page tables only after the inswap, for which the swapper is woken', () => {
    const system = beforeBirth();
    const { k } = system;
    const swapper = PCB.at(k, k.symbol('SCH$GL_SWPPCB'));
    expect([swapper.PCB$W_STATE, swapper.PCB$V_WAKEPEN]).toEqual([SCH$C_HIB, 0]);
    SCH$WAKE(k, system.process('SYSINIT')!.address);
    stepUntil(system, () => system.process('CHILD') !== undefined);
    const child = system.process('CHILD')!;
    expect([child.PCB$W_STATE, child.PCB$V_RES, child.PCB$V_PHDRES, child.PCB$L_PHD]).toEqual([SCH$C_COMO, 0, 0, 0]);
    expect([swapper.PCB$V_WAKEPEN, swapper.PCB$W_STATE]).toEqual([1, SCH$C_COM]);
    stepUntil(system, () => child.PCB$W_STATE === SCH$C_COM);
    expect([child.PCB$V_RES, child.PCB$V_PHDRES, child.PCB$L_PHD !== 0]).toEqual([1, 1, true]);
  });

  test('ch01#3: page tables are the high end of the header, in system space, and their pages come when they are touched', () => {
    const system = beforeBirth();
    const { k } = system;
    const phd = phdOf(k, system.process('SYSINIT')!);
    const end = phd.address + k.sys.SWP$GL_BSLOTSZ * 512;
    expect(phd.address).toBeGreaterThanOrEqual(k.sys.SWP$GL_BALBASE);
    expect(phd.PHD$L_P0BR).toBeGreaterThan(phd.address + phd.PHD$L_PSTBASOFF);
    expect((phd.PHD$L_P1BR + 4 * 0x200000) % 2 ** 32).toBe(end);
    const pages = Array.from({ length: (end - phd.PHD$L_P0BR) / 512 }, (_, page) => phd.PHD$L_P0BR + 512 * page);
    const valid = pages.map((page) => k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((page & 0x3fff_ffff) >>> 9)) >>> 31);
    expect(valid[0]).toBe(1);                                            // P0, where the image is
    expect(valid.at(-1)).toBe(1);                                        // the top of P1
    expect(valid.filter((bit) => bit === 0).length).toBeGreaterThan(10);
    const active = valid.filter((bit) => bit === 1).length;
    expect(active).toBeGreaterThan(phd.PHD$W_PTCNTLCK);                  // those of SHELL, and P0's
    expect([phd.PHD$W_PTCNTACT, phd.PHD$W_PTCNTMAX]).toEqual([active, active]);
  });

  test('ch01#5: an address of P1 is the current process\'s', () => {
    const seen: number[][] = [];
    run(function* (p) {
      yield* create(p, { image: 'OTHER', name: 'OTHER', priority: 8 });
      for (let round = 0; round < 3; round += 1) {
        if (round === 0) p.kernel.writeLong(CTL$A_COMMON, 1111);
        yield* pause(p, 0.1);
        seen.push([1, p.kernel.readLong(CTL$A_COMMON)]);
      }
    }, {
      OTHER: function* (p) {
        seen.push([2, p.kernel.readLong(CTL$A_COMMON)]);
        p.kernel.writeLong(CTL$A_COMMON, 2222);
        yield* pause(p, 0.15);
        seen.push([2, p.kernel.readLong(CTL$A_COMMON)]);
        return 1;
      },
    });
    expect(seen.filter(([who]) => who === 1)).toEqual(Array(3).fill([1, 1111]));
    expect(seen.filter(([who]) => who === 2)).toEqual([[2, 0], [2, 2222]]);
  });

  test('ch01#13 ch01#14 ch01#15: the null process is always computable, at priority 0; the swapper hibernates when idle; both are part of the system image', () => {
    const system = beforeBirth();
    const { k } = system;
    const [idle, swapper] = ['SCH$GL_NULLPCB', 'SCH$GL_SWPPCB'].map((name) => PCB.at(k, k.symbol(name))) as [ReturnType<typeof PCB.at>, ReturnType<typeof PCB.at>];
    expect([31 - idle.PCB$B_PRI, 31 - idle.PCB$B_PRIB]).toEqual([0, 0]);
    expect([SCH$C_COM, SCH$C_CUR]).toContain(idle.PCB$W_STATE);
    expect(swapper.PCB$W_STATE).toBe(SCH$C_HIB);
    const states = new Set<number>();
    SCH$WAKE(k, system.process('SYSINIT')!.address);
    for (let step = 0; step < 20_000; step += 1) {
      system.system.machine.run(1);
      states.add(idle.PCB$W_STATE);
    }
    expect([...states].every((state) => state === SCH$C_COM || state === SCH$C_CUR)).toBe(true);
    for (const pcb of [idle, swapper]) {
      expect(pcb.address).toBeLessThan(k.sys.EXE$GL_RPB);
      expect(pcb.PCB$L_PHD).toBeLessThan(k.sys.EXE$GL_RPB);
      expect(pcb.PCB$L_PHD).toBeGreaterThan(0x8000_0000);
      const phd = PHD.at(k, pcb.PCB$L_PHD);
      expect(phd.PHD$L_P1LR & 0x3fffff).toBe(0x200000);
      expect(phd.PHD$L_KSP).toBeGreaterThan(0x8000_0000);
    }
  });

  test('ch01#20: the privilege mask is the first quadword of the header; a service looks at one bit', () => {
    const { seen } = run(function* (p, out) {
      const { pcb } = p.kernel;
      const phd = phdOf(p.kernel, pcb);
      out['same'] = [phd.address === pcb.PCB$L_PHD, PHD.offset.PHD$Q_PRIVMSK, phd.PHD$Q_PRIVMSK === pcb.PCB$Q_PRIV];
      const only = 1n << BigInt(PRV$V_ALTPRI);
      const raised = function* (mask: bigint) {
        yield* service(p, '$SETPRI', { pri: 4 });
        [pcb.PCB$Q_PRIV, phd.PHD$Q_PRIVMSK] = [mask, mask];
        yield* service(p, '$SETPRI', { pri: 12 });
        return 31 - pcb.PCB$B_PRIB;
      };
      out['with'] = yield* raised(only);
      out['without'] = yield* raised(0xffff_ffff_ffff_ffffn & ~only);
      out['bit'] = hasPrivilege(only, PRV$V_ALTPRI);
    });
    expect(seen['same']).toEqual([true, 0, true]);
    expect(seen['with']).toBe(12);
    expect(seen['without']).toBeLessThan(12);
  });
});

describe('modes and levels', () => {
  test('ch01#10: code deep in a service ends it with an error by RET', () => {
    const { seen } = run(function* (p, out) {
      // .WORD 0; BSBB 10$; MOVL #1,R0; RET; 10$: MOVZBL #SS$_ABORT,R0; RET - the second RET is in a subroutine of the procedure.
      const code = p.bytes(Uint8Array.from([0, 0, 0x10, 4, 0xd0, 1, 0x50, 0x04, 0x9a, 0x8f, SS$_ABORT, 0x50, 0x04]));
      out['status'] = yield* service(p, '$CMKRNL', { routin: code });
      out['stack'] = yield* service(p, '$SETEF', { efn: 3 });
    });
    expect(seen['status']).toBe(SS$_ABORT);
    expect((seen['stack'] as number) & 1).toBe(1);
  });

  test('ch01#11 ch01#18: nothing on the interrupt stack calls a service, and no process is taken off the processor at IPL 3 or above', () => {
    const system = beforeBirth();
    const { k } = system;
    const { cpu } = system.system.machine;
    SCH$WAKE(k, system.process('SYSINIT')!.address);
    const [CHMK, CHME] = [0xbc, 0xbd];
    const resched = k.symbol('SCH$RESCHED');
    let [services, reschedules] = [0, 0];
    for (let step = 0; step < 60_000; step += 1) {
      const before = cpu.ipl;
      const pc = k.register(15);
      const opcode = cpu.onInterruptStack && pc >= 0x8000_0000 ? k.readByte(pc) : pc < 0x8000_0000 && cpu.currentMode > 0 ? -1 : k.readByte(pc);
      if (opcode === CHMK || opcode === CHME) {
        services += 1;
        expect(cpu.onInterruptStack).toBe(false);
      }
      if (system.system.machine.run(1).kind === 'idle') {
        system.runUntilIdle(0.1);
        break;
      }
      if (k.register(15) === resched) {
        reschedules += 1;
        expect(before).toBeLessThan(3);
      }
    }
    expect(services).toBeGreaterThan(0);
    expect(reschedules).toBeGreaterThan(0);
  });

  test('ch01#32: an AST waits until IPL is below 2', () => {
    const { seen } = run(function* (p, out) {
      // .WORD 0; MTPR #2,#18; then the service that declares a kernel mode AST; look; MTPR #0,#18; look again.
      const count = p.allocate(12);
      const long = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
      const ast = p.bytes(Uint8Array.from([0, 0, 0xd6, 0x9f, ...long(count), 0x04]));
      const code = p.bytes(Uint8Array.from([
        0, 0, 0xda, 2, 18,
        0xd4, 0x7e, 0xd4, 0x7e, 0x9f, 0x9f, ...long(ast), 0xfb, 3, 0x9f, ...long(serviceVector('$DCLAST')),     // CLRL -(SP) twice; PUSHAB ast; CALLS #3,SYS$DCLAST
        0xd0, 0x9f, ...long(count), 0x9f, ...long(count + 4),
        0xda, 0, 18,
        0xd0, 0x9f, ...long(count), 0x9f, ...long(count + 8),
        0x04,
      ]));
      yield* service(p, '$CMKRNL', { routin: code });
      out['counts'] = [p.memory.readLong(count + 4), p.memory.readLong(count + 8)];
    });
    expect(seen['counts']).toEqual([0, 1]);
  });
});

describe('exceptions nobody may have', () => {
  /** CLRL @#4 in system space with this PSL and stack: what the console shows. */
  function crashOf(psl: number, stack: (system: TestSystem) => number): string {
    const system = beforeBirth();
    const { k } = system;
    const code = allocateBlock(k, 32, 20);
    k.writeBytes(code + 12, Uint8Array.from([0xd4, 0x9f, 4, 0, 0, 0, 0]));
    k.cpu.psl = psl;
    k.setRegister(14, stack(system));
    k.jump(code + 12);
    system.system.machine.run(100_000);
    return system.console;
  }

  test('ch01#7: above IPL 2, or on the interrupt stack, an exception is the fatal bugcheck INVEXCEPTN', () => {
    expect(crashOf(0x0003_0000, (system) => PHD.at(system.k, PCB.at(system.k, system.k.symbol('SCH$GL_NULLPCB')).PCB$L_PHD).PHD$L_KSP)).toContain('INVEXCEPTN');
    expect(crashOf(0x0400_0000, (system) => system.k.sys.EXE$GL_INTSTK)).toContain('INVEXCEPTN');
  });
});

describe('address space', () => {
  test('ch01#24 ch01#25: nobody has access to page 0; the image begins at 200, and others follow its end', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      out['page 0'] = [readPte(k, 0), k.cpu.probe(0, 4, 3, false), k.cpu.probe(0, 4, 0, false)];
      const fault = (() => {
        try {
          k.cpu.readByte(0x10, 3);
          return 0;
        } catch (error) {
          return error instanceof VaxFault ? error.vector : -1;
        }
      })();
      out['fault'] = fault;
      const image = k.cpu.readPR(9) * 512;
      out['first'] = readPte(k, 0x200) !== 0;
      const range = p.allocate(8);
      yield* service(p, '$IMGACT', { name: p.string('SLEEPER'), dflnam: p.string('SYS$SYSTEM:.EXE'), hdrbuf: p.allocate(512), imgctl: IAC$M_MERGE, retadr: range });
      out['second'] = p.memory.readLong(range) === image;
    });
    expect(seen).toEqual({ 'page 0': [0, false, false], fault: 0x20, first: true, second: true });
  });

  test('ch01#28: the user stack is below the permanent part of P1, and goes when the image is run down', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const low = (): number => 0x4000_0000 + (k.cpu.readPR(11) & 0x1f_ffff) * 512;
      const permanent = k.p1.CTL$GL_CTLBASVA;
      out['image'] = [low() < permanent, k.register(14) < permanent, k.register(14) >= low()];
      yield* pause(p, 0.1);
    });
    expect(seen['image']).toEqual([true, true, true]);
    // After rundown of an image in a process that goes on: P1 ends where the permanent part does.
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$HIBER', {});
          return 1;
        },
      },
    });
    system.runUntilIdle(0);
    const { k } = system;
    SCH$WAKE(k, system.process('SYSINIT')!.address);
    stepUntil(system, () => k.register(15) === k.symbol('DELETE_IO_LOOP'));
    expect(0x4000_0000 + (k.cpu.readPR(11) & 0x1f_ffff) * 512).toBe(k.p1.CTL$GL_CTLBASVA);
  });
  test('ch01#29 ch01#30 ch01#31: system space from the vectors at its low end to the global page table; guard pages around the interrupt stack', () => {
    const vector = serviceVector('$WAKE') - 0x7ffe_de00;
    const { seen } = run(function* (p, out) {
      out['both'] = [0x8000_0000, 0x7ffe_de00].map((base) => p.memory.readBytes(base + vector, 8).join());
      yield* pause(p, 0.1);
    });
    expect(new Set(seen['both'] as string[]).size).toBe(1);
    const { k } = beforeBirth();
    expect(k.readByte(0x8000_0000 + vector + 2)).toBe(0xbc);
    const { sys } = k;
    const falling = [
      sys.MMG$GL_GPTBASE, sys.MMG$GL_SPTBASE, sys.MMG$GL_SYSPHD, sys.SWP$GL_BALBASE, sys.EXE$GL_SCB, sys.EXE$GL_INTSTK, sys.MMG$GL_NPAGEDYN,
      sys.MMG$GL_PAGEDYN, k.readLong(k.symbol('PFN$AL_PTE')), sys.EXE$GL_RPB,
    ];
    // The global page table continues the system page table: MMG$GL_GPTBASE is the address of a PTE that would be the first of both.
    expect(falling.slice(1)).toEqual([...falling.slice(1)].sort((one, other) => other - one));
    expect(falling[0]).toBeGreaterThanOrEqual(sys.MMG$GL_SPTBASE);
    const pte = (address: number): number => k.readLong(sys.MMG$GL_SPTBASE + 4 * ((address & 0x3fff_ffff) >>> 9));
    const protection = (address: number): number => (pte(address) >>> 27) & 15;
    const top = sys.EXE$GL_INTSTK;
    const bottom = sys.EXE$GL_INTSTKLM;
    expect([pte(top - 4) >>> 31, pte(bottom) >>> 31]).toEqual([1, 1]);
    for (const guard of [top, bottom - 512]) expect([protection(guard), k.cpu.probe(guard, 1, 0, false)]).toEqual([0, false]);
  });

  test('ch01#35: RMS is in system space and runs in executive mode', () => {
    const system = new TestSystem({
      systemImages: [RMS_IMAGE],
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$HIBER', {});
          const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
          fab.FAB$B_BID = FAB$C_BID;
          fab.FAB$B_BLN = FAB$C_BLN;
          yield* service(p, '$OPEN', { fab: fab.address });
          return yield* sleeper(p);
        },
      },
    });
    system.runUntilIdle(0);
    const { k } = system;
    const entry = k.symbol('RMS$OPEN') + 2;
    SCH$WAKE(k, system.process('SYSINIT')!.address);
    stepUntil(system, () => k.register(15) === entry);
    expect(entry).toBeGreaterThan(0x8000_0000);
    expect([k.cpu.currentMode, k.cpu.previousMode]).toEqual([1, 3]);
  });
});
