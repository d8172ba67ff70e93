import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import {
  IO$M_BREAKTHRU, IO$M_CTRLCAST, IO$M_CTRLYAST, IO$M_NOECHO, IO$M_OUTBAND, IO$M_REFRESH, IO$M_TIMED, IO$M_TYPEAHDCNT, IO$_READPROMPT,
  IO$_READVBLK, IO$_SENSEMODE, IO$_SETMODE, IO$_WRITEVBLK,
} from '../../../src/executive/starlet/iodef.js';
import { SS$_ABORT, SS$_CONTROLC, SS$_CONTROLY, SS$_NORMAL, SS$_TIMEOUT } from '../../../src/executive/starlet/ssdef.js';
import { DDB, DDT } from '../../../src/executive/structures/device.js';
import { TTYUCB } from '../../../src/executive/structures/ucb.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { TestSystem } from '../../harness.js';
import type { Seen } from './io-harness.js';
import { Channel, run, type, unit } from './terminal-harness.js';

describe('the console terminal', () => {
  test('ch19#42, ch19#44: SCB vectors F8 and FC lead to the console routines, entered at IPL 20 on the interrupt stack', () => {
    const { system } = run(function* () { return 1; });
    const { k } = system;
    expect(ch19Vectors(system)).toEqual([k.symbol('CON$INTDISI') + 1, k.symbol('CON$INTDISO') + 1]);
    type(system, 'x');
    const { machine } = system.system;
    const inRoutine = (): boolean => ((k.cpu.r[15]! >>> 0) - k.symbol('CON$INTDISI')) >>> 0 < 16;
    for (let count = 0; count < 100 && !inRoutine(); count += 1) machine.run(1);
    expect(inRoutine()).toBe(true);
    expect([k.cpu.ipl, k.cpu.onInterruptStack, TTYUCB.at(k, k.symbol('OPA$UCB0')).UCB$B_DIPL]).toEqual([20, true, 20]);
  });

  test('qio#14: prompt and read are one request; qio#17: a process that hibernates serves I/O with ASTs', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const ast = astProcedure(p);
      const prompt = p.string('> ');
      yield* service(p, '$QIO', {
        chan: channel.number, func: IO$_READPROMPT, iosb: channel.iosb, astadr: ast.address, astprm: 5, p1: channel.buffer, p2: 80,
        p5: p.memory.readLong(prompt + 4), p6: 2,
      });
      yield* service(p, '$SCHDWK', { daytim: p.bytes(delta(2)) });
      yield* service(p, '$HIBER', {});
      out['served'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4), p.memory.readWord(channel.iosb + 2)];
      return 1;
    }, ['abc\r']);
    system.runUntilIdle(4);
    expect(seen['served']).toEqual([1, 5, 3]);
    expect(system.console).toBe('> abc\r\n');
  });

  test('ch19#16: a read and a write may both be in their fork processes: each has a fork block of its own', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const channel = yield* Channel.open(p);
      const ucb = TTYUCB.at(k, k.symbol('OPA$UCB0'));
      yield* service(p, '$QIO', { efn: 1, chan: channel.number, func: IO$_READVBLK, iosb: channel.iosb, p1: channel.buffer, p2: 80 });
      out['blocks'] = [k.readByte(ucb.UCB$L_IRP + 0x60 + 0x0b), ucb.UCB$L_IRP + 0x60 !== ucb.address];
      yield* channel.write('x');
      out['write'] = ucb.UCB$V_BSY;
      return 1;
    });
    expect(seen).toEqual({ blocks: [0, true], write: 1 });
  });

  test('ch19#8: INIT leaves class and port vectors in the UCB of OPA0:', () => {
    const { system } = run(function* () { return 1; });
    const ucb = unit(system);
    expect(system.k.readLong(ucb.UCB$L_TT_CLASS)).toBe(system.k.symbol('TTY$GETNEXTCHAR'));
    expect(ucb.UCB$L_TT_PORT).toBe(system.k.symbol('OPA$VECTOR'));
    expect(system.k.readLong(ucb.UCB$L_TT_PORT)).toBe(system.k.symbol('CON$STARTIO'));
    expect(ucb.UCB$W_SIZE).toBe(372);
    expect(ch19Vectors(system)).toEqual([system.k.symbol('CON$INTDISI') + 1, system.k.symbol('CON$INTDISO') + 1]);
  });

  test('ch19#18: characters typed before the read wait in the type-ahead buffer and are echoed by the read', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      out['first'] = yield* channel.read('1: ');
      yield* service(p, '$HIBER', {});
      out['second'] = yield* channel.read('2: ');
      return 1;
    }, ['one\rtwo\r']);
    expect(seen['first']).toEqual({ status: SS$_NORMAL, text: 'one' });
    expect(seen['second']).toBeUndefined();
    expect(system.console).toBe('1: one\r\n');
    expect(system.k.readWord(unit(system).UCB$L_TT_TYPAHD + 0x0c)).toBe(4);
  });

  test('20,000 pasted characters arrive whole and in order, though the type-ahead buffer is small', () => {
    const lines = Array.from({ length: 400 }, (_unused, index) => `${String(index).padStart(4, '0')}${'abcdefghij'.repeat(5).slice(0, 45)}`);
    const got: string[] = [];
    const { system } = run(function* (p) {
      const channel = yield* Channel.open(p);
      for (let count = 0; count < lines.length; count += 1) got.push((yield* channel.read('', { modifiers: IO$M_NOECHO })).text);
      return 1;
    }, [`${lines.join('\r')}\r`]);
    expect(lines.join('\r').length).toBeGreaterThan(19_500);
    expect(got).toEqual(lines);
    expect(unit(system).TTY$V_ST_OVRFLO).toBe(0);
  });

  test('ch19#19: with the alarm reached the receiver is switched off, and on again when the buffer has been emptied', () => {
    const { system } = run(function* (p) {
      yield* Channel.open(p);
      yield* service(p, '$HIBER', {});
      return 1;
    }, ['x'.repeat(300)]);
    const { machine } = system.system;
    expect(unit(system).TTY$V_ST_TYPFUL).toBe(1);
    expect(machine.console.readReceiveStatus() & 0x40).toBe(0);
    expect(machine.console.waiting + system.k.readWord(unit(system).UCB$L_TT_TYPAHD + 0x0c)).toBe(300);
  });

  test('qio#9: a prompt read of no characters completes at once', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      out['read'] = yield* channel.read('hello', { size: 0 });
      return 1;
    });
    expect(seen['read']).toEqual({ status: SS$_NORMAL, text: '' });
    expect(system.console).toBe('hello');
  });

  test('qio#10: a timed read with timeout 0 gives what has been typed ahead', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      out['line'] = yield* channel.read('');
      out['now'] = yield* channel.read('', { modifiers: IO$M_TIMED, timeout: 0 });
      return 1;
    }, ['a\rbc']);
    expect(seen).toEqual({ line: { status: SS$_NORMAL, text: 'a' }, now: { status: SS$_TIMEOUT, text: 'bc' } });
  });

  test('a timed read ends after its seconds without a character', () => {
    const seen: Seen = {};
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const channel = yield* Channel.open(p);
          seen['read'] = yield* channel.read('? ', { modifiers: IO$M_TIMED, timeout: 3 });
          return 1;
        },
      },
    });
    system.runUntilIdle(1);
    type(system, 'ab');
    system.runUntilIdle(1.5);
    expect(seen['read']).toBeUndefined();
    system.runUntilIdle(6);
    expect(seen['read']).toEqual({ status: SS$_TIMEOUT, text: 'ab' });
  });

  test('type-ahead count: IO$M_TYPEAHDCNT tells how many characters wait and which is first', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* channel.read('');
      yield* service(p, '$QIOW', { chan: channel.number, func: IO$_SENSEMODE | IO$M_TYPEAHDCNT, iosb: channel.iosb, p1: channel.buffer, p2: 8 });
      out['count'] = [p.memory.readWord(channel.buffer), p.memory.readByte(channel.buffer + 2)];
      return 1;
    }, ['x\ryz']);
    expect(seen['count']).toEqual([2, 'y'.charCodeAt(0)]);
  });

  test('the line feed of a write behind RETURN is dropped, so that no empty line shows', () => {
    const { system } = run(function* (p) {
      const channel = yield* Channel.open(p);
      yield* channel.read('\r\n$ ');
      yield* channel.write('  21-NOV-1986');
      yield* channel.read('\r\n$ ');
      yield* channel.read('\r\n$ ');
      return 1;
    }, ['show time\r', '\r']);
    expect(system.console).toBe('\r\n$ show time\r\n  21-NOV-1986\r\r\n$ \r\n\r$ ');
  });

  test('ch19#14: a write starts beside a read that has echoed nothing; ch19#13: not beside one that has, unless it breaks through', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const other = yield* Channel.open(p);
      const text = p.string('in between');
      const write = (efn: number, modifiers: number): Flow<number> => service(p, '$QIO', {
        efn, chan: other.number, func: IO$_WRITEVBLK | modifiers, iosb: other.iosb, p1: p.memory.readLong(text + 4), p2: 10, p4: 32,
      });
      const prompt = p.string('> ');
      yield* service(p, '$QIO', {
        efn: 1, chan: channel.number, func: IO$_READPROMPT, iosb: channel.iosb, p1: channel.buffer, p2: 80, p5: p.memory.readLong(prompt + 4), p6: 2,
      });
      yield* write(2, 0);
      yield* service(p, '$WAITFR', { efn: 2 });
      out['beside'] = p.memory.readWord(channel.iosb);
      yield* service(p, '$HIBER', {});
      return 1;
    }, ['ab']);
    expect(seen['beside']).toBe(0);
    expect(system.console).toBe('> \nin between\rab');
    expect(unit(system).UCB$V_BSY).toBe(1);
  });

  test('qio#13: a broadcast breaks into a read and the line is shown again', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const other = yield* Channel.open(p);
      const prompt = p.string('> ');
      yield* service(p, '$QIO', {
        efn: 1, chan: channel.number, func: IO$_READPROMPT, iosb: channel.iosb, p1: channel.buffer, p2: 80, p5: p.memory.readLong(prompt + 4), p6: 2,
      });
      yield* service(p, '$SETIMR', { efn: 3, daytim: p.bytes(delta(2)) });
      yield* service(p, '$WAITFR', { efn: 3 });
      out['write'] = yield* other.write('news', 32, IO$M_BREAKTHRU | IO$M_REFRESH);
      yield* service(p, '$WAITFR', { efn: 1 });
      out['text'] = String.fromCharCode(...p.memory.readBytes(channel.buffer, p.memory.readWord(channel.iosb + 2)));
      return 1;
    }, ['ab']);
    system.runUntilIdle(4);
    expect(system.console).toBe('> ab\nnews\r\r\n> ab');
    type(system, 'c\r');
    system.runUntilIdle(1);
    expect(seen).toEqual({ write: SS$_NORMAL, text: 'abc' });
  });

  test('CTRL/S stops output, CTRL/Q lets it go on', () => {
    const seen: Seen = {};
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const channel = yield* Channel.open(p);
          yield* channel.read('');
          seen['write'] = yield* channel.write('held back');
          return 1;
        },
      },
    });
    system.runUntilIdle(1);
    type(system, '\x13');
    system.runUntilIdle(0.5);
    type(system, 'x\r');
    system.runUntilIdle(0.5);
    expect(system.console).toBe('');
    type(system, '\x11');
    system.runUntilIdle(1);
    expect(system.console).toBe('x\r\nheld back\r');
    expect(seen['write']).toBe(SS$_NORMAL);
  });

  test('$CANCEL ends the read under way with SS$_ABORT', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      yield* service(p, '$QIO', { efn: 1, chan: channel.number, func: IO$_READVBLK, iosb: channel.iosb, p1: channel.buffer, p2: 80 });
      out['cancel'] = yield* service(p, '$CANCEL', { chan: channel.number });
      yield* service(p, '$WAITFR', { efn: 1 });
      out['status'] = p.memory.readWord(channel.iosb);
      return 1;
    });
    expect(seen).toEqual({ cancel: SS$_NORMAL, status: SS$_ABORT });
  });

  test('ch18#20, ch18#35: quotas and counts are as before after a read and a write', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const channel = yield* Channel.open(p);
      const books = (): readonly number[] => [k.pcb.PCB$W_BIOCNT, k.pcb.PCB$W_DIOCNT, k.pcb.PCB$W_ASTCNT, JIB.at(k, k.pcb.PCB$L_JIB).JIB$L_BYTCNT];
      const before = books();
      yield* channel.read('');
      yield* channel.write('x');
      out['same'] = books().every((value, index) => value === before[index]);
      return 1;
    }, ['line\r']);
    expect(seen['same']).toBe(true);
  });

  test('the FDT of OPA0: holds addresses of code in SYS.EXE: a patched entry is obeyed', () => {
    const { system } = run(function* (p) {
      yield* service(p, '$HIBER', {});
      return 1;
    });
    const { k } = system;
    const ddt = DDT.at(k, DDB.at(k, k.symbol('OPA$GL_DDB')).DDB$L_DDT);
    expect(k.readLong(ddt.DDT$L_FDT + 16 + 8)).toBe(k.symbol('TT$FDTREAD'));
    expect(ddt.DDT$L_START).toBe(k.symbol('TTY$STARTIO'));
    expect(ddt.DDT$L_ALTSTART).toBe(k.symbol('TTY$WRTSTARTIO'));
  });
});

/** SCB longwords F8 and FC; bit 0 says that they are taken on the interrupt stack. */
function ch19Vectors({ k }: TestSystem): number[] {
  return [0xf8, 0xfc].map((vector) => k.readLong(k.sys.EXE$GL_SCB + vector));
}

/** A delta time of `seconds` as 8 bytes. */
function delta(seconds: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(-seconds) * 10_000_000n, true);
  return bytes;
}

/** A user mode AST procedure in scratch memory: adds one to `count`, stores its parameter in the longword behind. */
function astProcedure(p: Procedure): { address: number; count: number } {
  const count = p.allocate(8);
  const code = new Uint8Array(20);
  const view = new DataView(code.buffer);
  view.setUint16(0, 0, true);
  code.set([0xd6, 0x9f], 2);                       // INCL @#count
  view.setUint32(4, count, true);
  code.set([0xd0, 0xac, 0x04, 0x9f], 8);           // MOVL 4(AP),@#count+4
  view.setUint32(12, count + 4, true);
  code[16] = 0x04;                                 // RET
  return { address: p.bytes(code), count };
}

describe('characters that interrupt', () => {
  const setMode = (p: Procedure, channel: Channel, modifier: number, ast: number, parameter: number): Flow<number> => service(p, '$QIOW', {
    chan: channel.number, func: IO$_SETMODE | modifier, iosb: channel.iosb, p1: ast, p2: parameter, p3: 3,
  });

  test('CTRL/Y ends the read, empties the type-ahead buffer, and gives the AST once; the quota comes back', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const ast = astProcedure(p);
      const quota = p.kernel.pcb.PCB$W_ASTCNT;
      yield* setMode(p, channel, IO$M_CTRLYAST, ast.address, 77);
      out['charged'] = quota - p.kernel.pcb.PCB$W_ASTCNT;
      out['read'] = yield* channel.read('$ ');
      out['ast'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4), quota - p.kernel.pcb.PCB$W_ASTCNT];
      out['next'] = yield* channel.read('$ ');
      return 1;
    }, ['abc', '\x19', 'def', '\x19\r']);
    expect(seen).toEqual({
      charged: 1, read: { status: SS$_CONTROLY, text: 'abc' }, ast: [1, 77, 0], next: { status: SS$_NORMAL, text: 'def' },
    });
    expect(system.console).toBe('$ abc\r\n*INTERRUPT*\r\n$ def\r\n*INTERRUPT*\r\n\r\n');
  });

  test('ch07#36: CTRL/C without a CTRL/C AST is CTRL/Y; with one it is not', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const y = astProcedure(p);
      const c = astProcedure(p);
      yield* setMode(p, channel, IO$M_CTRLYAST, y.address, 1);
      out['first'] = (yield* channel.read('')).status;
      yield* setMode(p, channel, IO$M_CTRLYAST, y.address, 1);
      yield* setMode(p, channel, IO$M_CTRLCAST, c.address, 2);
      out['second'] = (yield* channel.read('')).status;
      out['counts'] = [p.memory.readLong(y.count), p.memory.readLong(c.count)];
      return 1;
    }, ['\x03', '\x03']);
    expect(seen).toEqual({ first: SS$_CONTROLY, second: SS$_CONTROLC, counts: [1, 1] });
    expect(system.console).toBe('\r\n*INTERRUPT*\r\n\r\n*CANCEL*\r\n');
  });

  test('ch07#38, ch07#39: P1 = 0 and $DASSGN take attention ASTs back with their quota', () => {
    const { seen, system } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const ast = astProcedure(p);
      const quota = p.kernel.pcb.PCB$W_ASTCNT;
      yield* setMode(p, channel, IO$M_CTRLYAST, ast.address, 1);
      yield* setMode(p, channel, IO$M_CTRLYAST, ast.address, 2);
      const used = quota - p.kernel.pcb.PCB$W_ASTCNT;
      yield* setMode(p, channel, IO$M_CTRLYAST, 0, 0);
      const left = quota - p.kernel.pcb.PCB$W_ASTCNT;
      yield* setMode(p, channel, IO$M_CTRLYAST, ast.address, 3);
      yield* service(p, '$DASSGN', { chan: channel.number });
      out['quota'] = [used, left, quota - p.kernel.pcb.PCB$W_ASTCNT];
      return 1;
    });
    expect(seen['quota']).toEqual([2, 0, 0]);
    expect(unit(system).UCB$L_TL_CTRLY).toBe(0);
  });

  test('ch07#34, ch07#41: an out-of-band AST repeats and has the character as parameter; the character is no input', () => {
    const { seen } = run(function* (p, out) {
      const channel = yield* Channel.open(p);
      const ast = astProcedure(p);
      const mask = p.allocate(8);
      p.memory.writeLong(mask + 4, 1 << 20);
      yield* setMode(p, channel, IO$M_OUTBAND, ast.address, mask);
      out['one'] = yield* channel.read('');
      out['two'] = yield* channel.read('');
      out['ast'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)];
      yield* setMode(p, channel, IO$M_OUTBAND, 0, 0);
      out['three'] = yield* channel.read('');
      out['after'] = p.memory.readLong(ast.count);
      return 1;
    }, ['a\x14b\r', '\x14c\r', '\x14']);
    expect(seen).toEqual({
      one: { status: SS$_NORMAL, text: 'ab' }, two: { status: SS$_NORMAL, text: 'c' }, ast: [2, 20], three: { status: SS$_NORMAL, text: '' }, after: 2,
    });
  });

  test('ch07#37: CTRL/Y reaches only the process the keyboard belongs to, while it exists', () => {
    const { seen, system } = run(function* (p, out) {
      const k = p.kernel;
      const channel = yield* Channel.open(p);
      const ast = astProcedure(p);
      const ucb = TTYUCB.at(k, k.symbol('OPA$UCB0'));
      yield* setMode(p, channel, IO$M_CTRLYAST, ast.address, 1);
      ucb.UCB$L_TL_CTLPID = k.readLong(k.symbol('SCH$GL_SWPPCB') + 0x60);
      out['others'] = yield* channel.read('');
      ucb.UCB$L_TL_CTLPID = 0x00050009;
      out['gone'] = (yield* channel.read('')).status;
      out['count'] = p.memory.readLong(ast.count);
      return 1;
    }, ['a\x19b\r', '\x19']);
    expect(seen).toEqual({ others: { status: SS$_NORMAL, text: 'ab' }, gone: SS$_CONTROLY, count: 1 });
    expect(unit(system).UCB$L_TL_CTRLY).toBe(0);
  });

  test('CTRL/O throws output away until the next read', () => {
    const { system } = run(function* (p) {
      const channel = yield* Channel.open(p);
      yield* service(p, '$SETIMR', { efn: 3, daytim: p.bytes(delta(1)) });
      yield* service(p, '$WAITFR', { efn: 3 });
      yield* channel.write('lost');
      yield* channel.read('> ');
      yield* channel.write('seen');
      return 1;
    }, ['\x0f\r']);
    system.runUntilIdle(2);
    expect(system.console).toBe('\r\n*OUTPUT OFF*\r\n> \r\nseen\r');
  });
});
