import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { deviceBlocks } from '../../../src/executive/io/device-names.js';
import { IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import { BRK$C_DEVICE } from '../../../src/executive/starlet/brkdef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { CCB$K_LENGTH, DDB, DPT } from '../../../src/executive/structures/device.js';
import { IRP } from '../../../src/executive/structures/irp.js';
import { readCounted } from '../../../src/executive/structures/memory.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { TTYUCB, UCB } from '../../../src/executive/structures/ucb.js';
import { TestSystem, type Program } from '../../harness.js';
import { assign, ccbOf, pause, runProgram } from './io-harness.js';

/** A system whose first image waits in $HIBER before it goes on, so that a test can step through what follows. */
function stepping(program: Program): { system: TestSystem; runTo(label: string): void } {
  const system = new TestSystem({ programs: { SYSINIT: program } });
  return {
    system,
    runTo(label) {
      const { k } = system;
      const target = k.symbol(label);
      for (let count = 0; count < 200_000; count += 1) {
        if ((k.cpu.r[15]! >>> 0) === target) return;
        system.system.machine.run(1);
      }
      throw new Error(`${label} is not reached`);
    },
  };
}

describe('one request, step by step', () => {
  test('ch18#25, ch18#33: IPL 2 in the FDT routine, IPL 4 in IOC$IOPOST, which sets a local event flag; the AST finds it set', () => {
    const { system, runTo } = stepping(function* (p) {
      const { channel } = yield* assign(p, 'NL:');
      yield* service(p, '$QIO', { efn: 7, chan: channel, func: IO$_READVBLK, p1: p.allocate(8), p2: 8 });
      return 1;
    });
    const { k } = system;
    const flags = (): number => k.pcb.PCB$L_EFCS & (1 << 7);
    runTo('NL$FDTREAD');
    expect([k.cpu.ipl, flags(), k.pcb.PCB$W_BIOLM - k.pcb.PCB$W_BIOCNT]).toEqual([2, 0, 1]);
    expect(IRP.at(k, k.register(3)).IRP$L_UCB).toBe(k.register(5));
    runTo('IOC$IOPOST');
    expect([k.cpu.ipl, k.cpu.onInterruptStack, flags()]).toEqual([4, true, 0]);
    runTo('DIRPOST');
    expect([k.cpu.ipl, flags() !== 0, k.pcb.PCB$W_BIOLM - k.pcb.PCB$W_BIOCNT]).toEqual([2, true, 0]);
  });

  test('ch18#33, ch18#34: a common event flag is set by DIRPOST only', () => {
    const { system, runTo } = stepping(function* (p) {
      const { channel } = yield* assign(p, 'NL:');
      yield* service(p, '$ASCEFC', { efn: 64, name: p.string('FLAGS') });
      yield* service(p, '$QIO', { efn: 66, chan: channel, func: IO$_READVBLK, p1: p.allocate(8), p2: 8 });
      yield* service(p, '$HIBER', {});
      return 1;
    });
    const { k } = system;
    const flags = (pcb: ReturnType<typeof PCB.at>): number => k.readLong(pcb.PCB$L_EFC2P + 0x10) & 4;
    runTo('DIRPOST');
    const { pcb } = k;
    const clusterAt = pcb.PCB$L_EFC2P;
    expect([clusterAt !== 0, flags(PCB.at(k, pcb.address))]).toEqual([true, 0]);
    system.runUntilIdle(1);
    expect(flags(PCB.at(k, pcb.address))).toBe(4);
  });

  test('ch18#51: the channel of a broadcast is image-temporary', () => {
    const { seen, system } = runProgram(function* (p, out) {
      yield* assign(p, 'OPA0:');
      const k = p.kernel;
      // A stopped screen keeps the write, and with it the channel.
      TTYUCB.at(k, k.symbol('OPA$UCB0')).TTY$V_ST_CTRLS = 1;
      out['send'] = yield* service(p, '$BRKTHRU', { efn: 7, msgbuf: p.string('held'), sendto: p.string('OPA0:'), sndtyp: BRK$C_DEVICE });
      yield* pause(p, 0.1);
      const ccb = ccbOf(k, 2 * CCB$K_LENGTH);
      out['channel'] = [ccb.CCB$B_AMOD, ccb.CCB$V_IMGTMP, ccb.CCB$W_IOC];
      return 1;
    });
    expect(seen).toEqual({ send: SS$_NORMAL, channel: [1, 1, 1] });
    // Rundown has taken it away.
    expect(UCB.at(system.k, system.k.symbol('OPA$UCB0')).UCB$W_REFC).toBe(0);
  });
});

describe('the I/O database', () => {
  test('appE#18: one DDB a controller; every unit points to its DDB and CRB', () => {
    const { system: { k } } = runProgram(function* () { return 1; });
    const names = [...deviceBlocks(k)].map((ddb) => readCounted(k, ddb + DDB.offset.DDB$T_NAME));
    expect(names).toEqual(['OPA', 'MBA', 'NLA']);
    for (const ddb of deviceBlocks(k)) {
      for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) {
        expect(UCB.at(k, ucb).UCB$L_DDB).toBe(ddb);
        expect(k.readByte(UCB.at(k, ucb).UCB$L_CRB + 10)).toBe(5);
        expect(k.readByte(UCB.at(k, ucb).UCB$L_ORB + 10)).toBe(73);
      }
    }
  });

  test('appC#3: the template mailbox is not in the list of units, MBA1 and MBA2 are', () => {
    const { system: { k } } = runProgram(function* () { return 1; });
    const units: number[] = [];
    for (let ucb = DDB.at(k, k.symbol('MB$GL_DDB')).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) units.push(UCB.at(k, ucb).UCB$W_UNIT);
    expect(units).toEqual([1, 2]);
    expect(UCB.at(k, k.symbol('MB$UCB0')).UCB$V_TEMPLATE).toBe(1);
  });

  test('appE#17: drivers are listed; the size of a loaded one covers its tables', () => {
    const { system: { k } } = runProgram(function* () { return 1; });
    const drivers = [...k.queueEntries(k.symbol('IOC$GL_DPTLIST'))].map((address) => ({
      name: readCounted(k, address + DPT.offset.DPT$T_NAME), size: DPT.at(k, address).DPT$W_SIZE, type: DPT.at(k, address).DPT$B_TYPE,
    }));
    expect(drivers.map(({ name }) => name)).toEqual(['TTDRIVER', 'OPERATOR', 'MBDRIVER', 'NLDRIVER']);
    expect(drivers.every(({ type }) => type === 30)).toBe(true);
    expect(drivers.map(({ size }) => size)).toEqual([56 + 56 + 16 + 4 * 12, 160, 57, 57]);
  });
});
