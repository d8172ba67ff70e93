import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { TAST } from '../../../src/executive/io/out-of-band.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { IO$M_CTRLCAST, IO$M_OUTBAND, IO$_READVBLK, IO$_SETMODE } from '../../../src/executive/starlet/iodef.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { ACB, ATTN } from '../../../src/executive/structures/acb.js';
import { IPL$_QUEUEAST } from '../../../src/executive/structures/ipl.js';
import { TTYUCB } from '../../../src/executive/structures/ucb.js';
import { TestSystem, type Program } from '../../harness.js';
import { assign, astProcedure, pause } from './io-harness.js';

const CTRL_A = 1;

function* setMode(p: Procedure, chan: number, modifier: number, p1: number, p2: number): Flow<number> {
  const iosb = p.allocate(8);
  const status = yield* service(p, '$QIOW', { chan, func: IO$_SETMODE | modifier, iosb, p1, p2 });
  return status & 1 ? p.memory.readWord(iosb) : status;
}

/** The characters of an out-of-band request, in a quadword. */
function characters(p: Procedure, mask: number): number {
  const address = p.allocate(8);
  p.memory.writeLong(address + 4, mask);
  return address;
}

const terminal = (k: Kernel): ReturnType<typeof TTYUCB.at> => TTYUCB.at(k, k.symbol('OPA$UCB0'));

/** A system whose SYSINIT is `program`; `at` seconds later the characters are typed, and it runs on. */
function typing(program: Program, typed: string, at = 1): TestSystem {
  const system = new TestSystem({ programs: { SYSINIT: program } });
  system.runUntilIdle(at);
  for (const character of typed) {
    system.system.machine.console.receive(character.charCodeAt(0));
    system.runUntilIdle(0);
  }
  system.runUntilIdle(10);
  return system;
}

describe('the end of an I/O request', () => {
  test('ch07#28: a local event flag is set before the process runs; in its context then a common flag, the status block, the AST', () => {
    const order: string[] = [];
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const k = p.kernel;
          const { channel } = yield* assign(p, 'NL:');
          yield* service(p, '$ASCEFC', { efn: 64, name: p.string('FLAGS') });
          const iosb = p.allocate(8);
          const ast = astProcedure(p);
          const pcb = k.pcb;
          const common = pcb.PCB$L_EFC2P + 0x10;
          const queue = pcb.address + PCB.offset.PCB$L_ASTQFL;
          const note = (address: number): void => {
            const name = address === iosb || address === iosb + 4 ? 'status' : address === common ? 'common' : '';
            if (name !== '' && order.at(-1) !== name) order.push(name);
          };
          const { writeLong, writeBytes, insertQueue } = k;
          k.writeLong = (address, value) => { note(address); writeLong.call(k, address, value); };
          // What is stored as it was is no news.
          k.writeBytes = (address, bytes) => { if (k.readBytes(address, bytes.length).some((byte, index) => byte !== bytes[index])) note(address); writeBytes.call(k, address, bytes); };
          k.insertQueue = (entry, predecessor) => {
            insertQueue.call(k, entry, predecessor);
            if (k.readLong(queue) === entry && ACB.at(k, entry).ACB$V_KAST === 0 && order.at(-1) !== 'AST') order.push('AST');
          };
          yield* service(p, '$QIO', { efn: 66, chan: channel, func: IO$_READVBLK, iosb, p1: p.allocate(8), p2: 8, astadr: ast.address });
          Object.assign(k, { writeLong, writeBytes, insertQueue });
          return 1;
        },
      },
    });
    system.runUntilIdle(1);
    // $QIO itself clears the status block and the flag first.
    expect(order.slice(-3)).toEqual(['common', 'status', 'AST']);

    const local = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const { channel } = yield* assign(p, 'NL:');
          yield* service(p, '$QIO', { efn: 7, chan: channel, func: IO$_READVBLK, iosb: p.allocate(8), p1: p.allocate(8), p2: 8 });
          return 1;
        },
      },
    });
    const { k } = local;
    for (let count = 0; count < 300_000 && k.register(15) !== k.symbol('DIRPOST'); count += 1) local.system.machine.run(1);
    expect(k.pcb.PCB$L_EFCS & (1 << 7)).not.toBe(0);
  });
});

describe('lists of a terminal', () => {
  test('ch07#35: attention ASTs are put at the head of their list, out-of-band ASTs at the tail', () => {
    const seen: number[][] = [];
    typing(function* (p) {
      const k = p.kernel;
      const first = yield* assign(p, 'OPA0:');
      const second = yield* assign(p, 'OPA0:');
      const ast = astProcedure(p);
      for (const parameter of [1, 2, 3]) yield* setMode(p, first.channel, IO$M_CTRLCAST, ast.address, parameter);
      const attention: number[] = [];
      for (let block = terminal(k).UCB$L_TL_CTRLC; block !== 0; block = ATTN.at(k, block).ATTN$L_FLINK) attention.push(ATTN.at(k, block).ATTN$L_ASTPRM);
      for (const { channel } of [first, second]) yield* setMode(p, channel, IO$M_OUTBAND, ast.address, characters(p, 1 << CTRL_A));
      const outOfBand: number[] = [];
      for (let block = terminal(k).UCB$L_TL_BANDQUE; block !== 0; block = TAST.at(k, block).TAST$L_FLINK) outOfBand.push(TAST.at(k, block).TAST$W_CHAN);
      seen.push(attention, outOfBand, [first.channel, second.channel]);
      return 1;
    }, '');
    expect(seen[0]).toEqual([3, 2, 1]);
    expect(seen[1]).toEqual(seen[2]);
  });

  test('ch07#40: the same character twice before the AST is delivered is one AST; afterwards it is another', () => {
    const counts: number[] = [];
    typing(function* (p) {
      const { channel } = yield* assign(p, 'OPA0:');
      const ast = astProcedure(p);
      yield* setMode(p, channel, IO$M_OUTBAND, ast.address, characters(p, 1 << CTRL_A));
      yield* service(p, '$SETAST', { enbflg: 0 });
      yield* pause(p, 3);
      counts.push(p.memory.readLong(ast.count));
      yield* service(p, '$SETAST', { enbflg: 1 });
      counts.push(p.memory.readLong(ast.count));
      yield* pause(p, 1);
      counts.push(p.memory.readLong(ast.count));
      return 1;
    }, '\x01\x01');
    expect(counts).toEqual([0, 1, 1]);
  });

  test('ch07#42: cancelling a request whose AST is on its way marks its block lost; it is freed, with its quota, when the AST is delivered', () => {
    const quotas: number[] = [];
    const states: unknown[] = [];
    const system = typing(function* (p) {
      const k = p.kernel;
      const { channel } = yield* assign(p, 'OPA0:');
      const ast = astProcedure(p);
      const quota = (): number => k.pcb.PCB$W_ASTCNT;
      const before = quota();
      yield* setMode(p, channel, IO$M_OUTBAND, ast.address, characters(p, 1 << CTRL_A));
      const block = terminal(k).UCB$L_TL_BANDQUE;
      yield* service(p, '$SETAST', { enbflg: 0 });
      yield* pause(p, 3);
      states.push(TAST.at(k, block).TAST$V_BUSY);
      yield* setMode(p, channel, IO$M_OUTBAND, 0, 0);
      states.push(TAST.at(k, block).TAST$V_LOST, terminal(k).UCB$L_TL_BANDQUE);
      quotas.push(before - quota());
      const freed: number[] = [];
      const { insertTail } = k;
      k.insertTail = (entry, header) => { freed.push(entry); insertTail.call(k, entry, header); };
      yield* service(p, '$SETAST', { enbflg: 1 });
      Object.assign(k, { insertTail });
      states.push(p.memory.readLong(ast.count), freed.includes(block));
      quotas.push(before - quota());
      return 1;
    }, '\x01');
    expect(states).toEqual([1, 1, 0, 1, true]);
    expect(quotas).toEqual([1, 0]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch07#44: an attention AST is queued at IPL 6, when the interrupt of the device has been dismissed', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const { channel } = yield* assign(p, 'OPA0:');
          yield* setMode(p, channel, IO$M_CTRLCAST, astProcedure(p).address, 1);
          return yield* service(p, '$HIBER', {});
        },
      },
    });
    system.runUntilIdle(1);
    const { k } = system;
    const { machine } = system.system;
    machine.console.receive(3);
    const levels: number[] = [];
    for (let count = 0; count < 2000 && k.register(15) !== k.symbol('COM$ATTNFORK'); count += 1) {
      levels.push(k.ipl);
      machine.run(1);
    }
    expect(k.register(15)).toBe(k.symbol('COM$ATTNFORK'));
    expect(levels).toContain(20);
    expect(k.ipl).toBe(IPL$_QUEUEAST);
    // Return address, R0 to R5, R6, then PC and PSL of what the fork dispatcher interrupted: not the device's service routine.
    const psl = k.readLong(k.register(14) + 4 + 28 + 4);
    expect((psl >>> 16) & 31).toBe(0);
    expect(k.register(14) + 4 + 28 + 8).toBe(k.sys.EXE$GL_INTSTK);
  });
});
