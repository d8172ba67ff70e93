import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { IO$M_NORSWAIT } from '../../../src/executive/io/io-modifiers.js';
import {
  IO$M_NOW, IO$M_READATTN, IO$M_SETPROT, IO$M_WRTATTN, IO$_READLBLK, IO$_READVBLK, IO$_SETMODE, IO$_WRITEOF, IO$_WRITEVBLK,
} from '../../../src/executive/starlet/iodef.js';
import { SS$_ABORT, SS$_BUFFEROVF, SS$_DEVNOTMBX, SS$_ENDOFFILE, SS$_MBTOOSML, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { IRP } from '../../../src/executive/structures/irp.js';
import { ORB } from '../../../src/executive/structures/orb.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { assign, astProcedure, books, createMailbox, pause, runProgram, statusBlock, unitOf } from './io-harness.js';

/** A write of `text` to a mailbox. */
function* put(p: Procedure, chan: number, text: string, options: { modifiers?: number; efn?: number; wait?: boolean; iosb?: number } = {}): Flow<number> {
  const descriptor = p.string(text);
  const request = {
    efn: options.efn ?? 5, chan, func: IO$_WRITEVBLK | (options.modifiers ?? IO$M_NOW), iosb: options.iosb ?? 0,
    p1: p.memory.readLong(descriptor + 4), p2: text.length,
  };
  return options.wait === false ? yield* service(p, '$QIO', request) : yield* service(p, '$QIOW', request);
}

function* get(p: Procedure, chan: number, modifiers = 0, size = 64): Flow<{ status: number; text: string; sender: number }> {
  const iosb = p.allocate(8);
  const buffer = p.allocate(size);
  const status = yield* service(p, '$QIOW', { efn: 6, chan, func: IO$_READVBLK | modifiers, iosb, p1: buffer, p2: size });
  if (status !== SS$_NORMAL) return { status, text: '', sender: 0 };
  const [final, count, sender] = statusBlock(p, iosb);
  return { status: final, text: String.fromCharCode(...p.memory.readBytes(buffer, count)), sender };
}

describe('mailboxes', () => {
  test('messages come out in order; ch19#33: a write with IO$M_NOW is done at once, one without only when it is read', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      yield* put(p, channel, 'first');
      const iosb = p.allocate(8);
      yield* put(p, channel, 'second', { modifiers: 0, wait: false, efn: 7, iosb });
      yield* pause(p, 0.1);
      out['pending'] = p.memory.readLong(iosb);
      out['count'] = unitOf(p.kernel, channel).UCB$W_MSGCNT;
      out['one'] = (yield* get(p, channel)).text;
      out['two'] = (yield* get(p, channel)).text;
      yield* service(p, '$WAITFR', { efn: 7 });
      out['done'] = p.memory.readWord(iosb);
      return 1;
    });
    expect(seen).toEqual({ pending: 0, count: 2, one: 'first', two: 'second', done: SS$_NORMAL });
  });

  test('ch19#36: the IOSBs name the other party: reader to the writer, writer to the reader', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const iosb = p.allocate(8);
      yield* put(p, channel, 'x', { modifiers: 0, wait: false, efn: 7, iosb });
      const read = yield* get(p, channel);
      yield* service(p, '$WAITFR', { efn: 7 });
      const mine = p.kernel.pcb.PCB$L_EPID;
      out['pids'] = [read.sender === mine, p.memory.readLong(iosb + 4) === mine];
      return 1;
    });
    expect(seen['pids']).toEqual([true, true]);
  });

  test('ch19#34: IO$M_NOW on an empty mailbox is end of file; without it the read waits', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      out['now'] = (yield* get(p, channel, IO$M_NOW)).status;
      const iosb = p.allocate(8);
      const buffer = p.allocate(16);
      yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_READVBLK, iosb, p1: buffer, p2: 16 });
      yield* pause(p, 0.1);
      out['waits'] = p.memory.readLong(iosb);
      out['busy'] = unitOf(p.kernel, channel).UCB$V_BSY;
      yield* put(p, channel, 'late');
      yield* service(p, '$WAITFR', { efn: 9 });
      out['late'] = statusBlock(p, iosb).slice(0, 2);
      out['idle'] = unitOf(p.kernel, channel).UCB$V_BSY;
      return 1;
    });
    expect(seen).toEqual({ now: SS$_ENDOFFILE, waits: 0, busy: 1, late: [SS$_NORMAL, 4], idle: 0 });
  });

  test('ch19#35: further reads queue behind the one that waits', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const blocks = [p.allocate(8), p.allocate(8)];
      for (const [index, iosb] of blocks.entries()) {
        yield* service(p, '$QIO', { efn: 9 + index, chan: channel, func: IO$_READVBLK, iosb, p1: p.allocate(16), p2: 16 });
      }
      out['queued'] = unitOf(p.kernel, channel).UCB$W_QLEN;
      yield* put(p, channel, 'a');
      yield* put(p, channel, 'bc');
      yield* service(p, '$WAITFR', { efn: 9 });
      yield* service(p, '$WAITFR', { efn: 10 });
      out['counts'] = blocks.map((iosb) => p.memory.readWord(iosb + 2));
      return 1;
    });
    expect(seen).toEqual({ queued: 1, counts: [1, 2] });
  });

  test('an end-of-file message ends the read with SS$_ENDOFFILE', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      yield* service(p, '$QIOW', { efn: 5, chan: channel, func: IO$_WRITEOF | IO$M_NOW });
      out['read'] = (yield* get(p, channel)).status;
      return 1;
    });
    expect(seen['read']).toBe(SS$_ENDOFFILE);
  });

  test('a message longer than the reader\'s buffer is cut off with SS$_BUFFEROVF', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      yield* put(p, channel, 'abcdef');
      out['read'] = yield* get(p, channel, 0, 4);
      return 1;
    });
    expect(seen['read']).toMatchObject({ status: SS$_BUFFEROVF, text: 'abcd' });
  });

  test('ch19#30: a message longer than the mailbox takes is refused', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p, { maxmsg: 4 });
      out['put'] = yield* put(p, channel, 'abcde');
      return 1;
    });
    expect(seen['put']).toBe(SS$_MBTOOSML);
  });

  test('ch19#24: unread messages never exceed the quota of the mailbox, and reading gives it all back; ch18#44: BUFQUO 0 means DEFMBXBUFQUO', () => {
    const { seen, system } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const ucb = unitOf(p.kernel, channel);
      out['initial'] = [ucb.UCB$W_INIQUO, ucb.UCB$W_BUFQUO, ucb.UCB$W_DEVBUFSIZ];
      yield* put(p, channel, 'abc');
      out['used'] = ucb.UCB$W_INIQUO - ucb.UCB$W_BUFQUO;
      yield* get(p, channel);
      out['after'] = ucb.UCB$W_INIQUO - ucb.UCB$W_BUFQUO;
      return 1;
    });
    const { sys } = system.k;
    expect(seen).toEqual({ initial: [sys.IOC$GW_MBXBFQUO, sys.IOC$GW_MBXBFQUO, sys.IOC$GW_MBXMXMSG], used: 3, after: 0 });
  });

  test('ch19#31: a writer waits for room (RWMBX) and goes on when a message is read', () => {
    const { seen, system } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p, { bufquo: 10 });
      const ast = astProcedure(p);
      yield* put(p, channel, '12345678');
      const zero = new Uint8Array(8);
      new DataView(zero.buffer).setBigInt64(0, -20_000_000n, true);
      yield* service(p, '$SETIMR', { efn: 3, daytim: p.bytes(zero), astadr: ast.address });
      out['before'] = p.kernel.sys.SCH$GL_RESMASK;
      yield* put(p, channel, 'abcd');
      out['done'] = true;
      return 1;
    }, {}, 4);
    expect(seen['done']).toBeUndefined();
    expect(system.k.sys.SCH$GL_RESMASK & (1 << 2)).toBe(4);
  });

  test('ch19#32: a full mailbox with IO$M_NORSWAIT, or a message beyond its quota, is SS$_MBTOOSML', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p, { bufquo: 10 });
      const before = books(p.kernel);
      yield* put(p, channel, '12345678');
      out['full'] = yield* put(p, channel, 'abcd', { modifiers: IO$M_NOW | IO$M_NORSWAIT });
      out['beyond'] = yield* put(p, channel, '12345678901');
      out['books'] = books(p.kernel).map((value, index) => value - before[index]!);
      return 1;
    });
    expect(seen).toEqual({ full: SS$_MBTOOSML, beyond: SS$_MBTOOSML, books: [0, 0, 0, 0, 0] });
  });

  test('ch19#26, ch19#27, ch12#44: a write attention AST comes with the next message, at once when one is there, and once only; ch07#43', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const ast = astProcedure(p);
      const set = (modifier: number, parameter: number): Flow<number> => service(p, '$QIOW', {
        efn: 4, chan: channel, func: IO$_SETMODE | modifier, p1: ast.address, p2: parameter, p3: 3,
      });
      yield* set(0, 1);
      yield* set(IO$M_WRTATTN, 2);
      yield* pause(p, 0.1);
      out['none'] = p.memory.readLong(ast.count);
      yield* put(p, channel, 'x');
      yield* pause(p, 0.1);
      out['both'] = p.memory.readLong(ast.count);
      yield* put(p, channel, 'y');
      yield* pause(p, 0.1);
      out['once'] = p.memory.readLong(ast.count);
      yield* set(IO$M_WRTATTN, 3);
      yield* pause(p, 0.1);
      out['atOnce'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)];
      return 1;
    });
    expect(seen).toEqual({ none: 0, both: 2, once: 2, atOnce: [3, 3] });
  });

  test('ch19#28: a read attention AST comes when a read waits', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const ast = astProcedure(p);
      yield* service(p, '$QIOW', { efn: 4, chan: channel, func: IO$_SETMODE | IO$M_READATTN, p1: ast.address, p2: 9, p3: 3 });
      yield* pause(p, 0.1);
      out['none'] = p.memory.readLong(ast.count);
      yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_READVBLK, p1: p.allocate(8), p2: 8 });
      yield* pause(p, 0.1);
      out['one'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)];
      return 1;
    });
    expect(seen).toEqual({ none: 0, one: [1, 9] });
  });

  test('ch19#29: the owner changes the protection with IO$M_SETPROT', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      yield* service(p, '$QIOW', { efn: 4, chan: channel, func: IO$_SETMODE | IO$M_SETPROT, p2: 0xff00 });
      out['protection'] = ORB.at(p.kernel, unitOf(p.kernel, channel).UCB$L_ORB).ORB$W_PROT;
      return 1;
    });
    expect(seen['protection']).toBe(0xff00);
  });

  test('ch18#26: a virtual read appears in the IRP as a logical one, modifiers unchanged', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_READVBLK | 0x800, p1: p.allocate(8), p2: 8 });
      out['func'] = IRP.at(p.kernel, unitOf(p.kernel, channel).UCB$L_IRP).IRP$W_FUNC;
      return 1;
    });
    expect(seen['func']).toBe(IO$_READLBLK | 0x800);
  });

  test('ch18#45, ch18#13: a temporary mailbox goes with its last channel and the job gets its bytes back', () => {
    const { seen } = runProgram(function* (p, out) {
      const before = books(p.kernel);
      const { channel } = yield* createMailbox(p, { bufquo: 512 });
      const ucb = unitOf(p.kernel, channel);
      out['flags'] = [ucb.UCB$V_DELMBX, ucb.UCB$V_PRMMBX];
      out['charge'] = [ucb.UCB$W_CHARGE, before[3]! - books(p.kernel)[3]!, before[4]! - books(p.kernel)[4]!];
      const unit = ucb.UCB$W_UNIT;
      out['dassgn'] = yield* service(p, '$DASSGN', { chan: channel });
      out['books'] = books(p.kernel).map((value, index) => value - before[index]!);
      out['gone'] = (yield* assign(p, `MBA${unit}:`)).status !== SS$_NORMAL;
      return 1;
    });
    const charge = UCB.size + 512 + 256;
    expect(seen).toEqual({ flags: [1, 0], charge: [charge, charge, charge], dassgn: SS$_NORMAL, books: [0, 0, 0, 0, 0], gone: true });
  });

  test('qio#27: a permanent mailbox stays until $DELMBX; ch18#47', () => {
    const { seen } = runProgram(function* (p, out) {
      const first = yield* createMailbox(p, { prmflg: 1, name: 'TEST_PERMANENT' });
      const unit = unitOf(p.kernel, first.channel).UCB$W_UNIT;
      out['created'] = first.status;
      yield* service(p, '$DASSGN', { chan: first.channel });
      const again = yield* assign(p, `MBA${unit}:`);
      out['there'] = again.status;
      out['delete'] = yield* service(p, '$DELMBX', { chan: again.channel });
      out['marked'] = unitOf(p.kernel, again.channel).UCB$V_DELMBX;
      yield* service(p, '$DASSGN', { chan: again.channel });
      out['gone'] = (yield* assign(p, `MBA${unit}:`)).status !== SS$_NORMAL;
      return 1;
    });
    expect(seen).toEqual({ created: SS$_NORMAL, there: SS$_NORMAL, delete: SS$_NORMAL, marked: 1, gone: true });
  });

  test('qio#28: the logical name of a mailbox assigns it; it goes with the mailbox', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p, { name: 'TEST_BOX' });
      const other = yield* assign(p, 'TEST_BOX');
      out['same'] = [other.status, unitOf(p.kernel, other.channel).address === unitOf(p.kernel, channel).address];
      yield* put(p, other.channel, 'by name');
      out['read'] = (yield* get(p, channel)).text;
      yield* service(p, '$DASSGN', { chan: other.channel });
      yield* service(p, '$DASSGN', { chan: channel });
      out['gone'] = (yield* assign(p, 'TEST_BOX')).status !== SS$_NORMAL;
      return 1;
    });
    expect(seen).toEqual({ same: [SS$_NORMAL, true], read: 'by name', gone: true });
  });

  test('ch18#46: a name in a process-private table outlives its mailbox', () => {
    const { seen } = runProgram(function* (p, out) {
      const table = p.string('LNM$PROCESS');
      const text = p.memory.readLong(table + 4);
      yield* service(p, '$CRELNM', {
        tabnam: p.string('LNM$PROCESS_DIRECTORY'), lognam: p.string('LNM$TEMPORARY_MAILBOX'), itmlst: p.itemList([{ code: 2, length: 11, buffer: text }]),
      });
      const { channel } = yield* createMailbox(p, { name: 'PRIVATE_BOX' });
      out['logadr'] = unitOf(p.kernel, channel).UCB$L_LOGADR;
      yield* service(p, '$DASSGN', { chan: channel });
      const buffer = p.allocate(16);
      out['name'] = yield* service(p, '$TRNLNM', {
        tabnam: p.string('LNM$PROCESS'), lognam: p.string('PRIVATE_BOX'), itmlst: p.itemList([{ code: 2, length: 16, buffer }]),
      });
      return 1;
    });
    expect(seen).toEqual({ logadr: 0, name: SS$_NORMAL });
  });

  test('qio#29: a termination mailbox tells the creator of a subprocess how it ended', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p, { maxmsg: 100 });
      const pid = p.allocate(4);
      yield* service(p, '$CREPRC', {
        pidadr: pid, image: p.string('SYS$SYSTEM:CHILD'), prcnam: p.string('CHILD'), baspri: 4, mbxunt: unitOf(p.kernel, channel).UCB$W_UNIT,
      });
      const iosb = p.allocate(8);
      const buffer = p.allocate(100);
      yield* service(p, '$QIOW', { efn: 6, chan: channel, func: IO$_READVBLK, iosb, p1: buffer, p2: 100 });
      out['message'] = [p.memory.readWord(iosb + 2), p.memory.readWord(buffer), p.memory.readLong(buffer + 4) & 0xfffffff];
      out['pid'] = p.memory.readLong(buffer + 8) === p.memory.readLong(pid);
      out['owner'] = p.memory.readLong(buffer + 0x50) === p.kernel.pcb.PCB$L_EPID;
      return 1;
    }, { CHILD: function* () { return SS$_ENDOFFILE; } });
    expect(seen).toEqual({ message: [84, 3, SS$_ENDOFFILE], pid: true, owner: true });
  });

  test('ch19#37: when a message is read the write completes, then the read, and the next queued read begins', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const [one, two, write] = [p.allocate(8), p.allocate(8), p.allocate(8)];
      yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_READVBLK, iosb: one, p1: p.allocate(8), p2: 8 });
      yield* service(p, '$QIO', { efn: 10, chan: channel, func: IO$_READVBLK, iosb: two, p1: p.allocate(8), p2: 8 });
      yield* put(p, channel, 'm', { modifiers: 0, wait: false, efn: 7, iosb: write });
      yield* pause(p, 0.1);
      const ucb = unitOf(p.kernel, channel);
      out['status'] = [p.memory.readWord(write), p.memory.readWord(one), p.memory.readWord(two)];
      out['next'] = [ucb.UCB$V_BSY, ucb.UCB$W_QLEN, IRP.at(p.kernel, ucb.UCB$L_IRP).IRP$L_IOSB === two];
      return 1;
    });
    expect(seen).toEqual({ status: [SS$_NORMAL, SS$_NORMAL, 0], next: [1, 0, true] });
  });

  test('$DELMBX of something else is SS$_DEVNOTMBX', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'OPA0:');
      out['delete'] = yield* service(p, '$DELMBX', { chan: channel });
      return 1;
    });
    expect(seen['delete']).toBe(SS$_DEVNOTMBX);
  });

  test('$CANCEL aborts the waiting read and the unread write of the channel', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const before = books(p.kernel);
      const read = p.allocate(8);
      yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_READVBLK, iosb: read, p1: p.allocate(8), p2: 8 });
      yield* service(p, '$CANCEL', { chan: channel });
      yield* service(p, '$WAITFR', { efn: 9 });
      const write = p.allocate(8);
      yield* put(p, channel, 'unread', { modifiers: 0, wait: false, efn: 7, iosb: write });
      yield* service(p, '$CANCEL', { chan: channel });
      yield* service(p, '$WAITFR', { efn: 7 });
      out['status'] = [p.memory.readWord(read), p.memory.readWord(write)];
      const ucb = unitOf(p.kernel, channel);
      out['empty'] = [ucb.UCB$W_MSGCNT, ucb.UCB$W_INIQUO - ucb.UCB$W_BUFQUO];
      out['books'] = books(p.kernel).map((value, index) => value - before[index]!);
      return 1;
    });
    expect(seen).toEqual({ status: [SS$_ABORT, SS$_ABORT], empty: [0, 0], books: [0, 0, 0, 0, 0] });
  });
});
