import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { CCB } from '../../../src/executive/structures/device.js';
import { IO$_ACPCONTROL, IO$_READVBLK, IO$_SENSEMODE, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { DEV$M_ALL, DEV$M_MBX, DEV$M_TRM } from '../../../src/executive/starlet/devdef.js';
import { DVI$_DEVCHAR, DVI$_DEVCLASS, DVI$_DEVNAM, DVI$_PID, DVI$_TRM, DVI$_UNIT } from '../../../src/executive/starlet/dvidef.js';
import { DC$_MAILBOX, DC$_TERM } from '../../../src/executive/starlet/dcdef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_DEVASSIGN, SS$_DEVNOTALLOC, SS$_DEVOFFLINE, SS$_ENDOFFILE, SS$_ILLIOFUNC, SS$_IVCHAN, SS$_IVDEVNAM, SS$_NOIOCHAN,
  SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHDEV, SS$_TEMPLATEDEV, SS$_WASCLR, SS$_WASSET,
} from '../../../src/executive/starlet/ssdef.js';
import { ORB } from '../../../src/executive/structures/orb.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { assign, astProcedure, books, ccbOf, createMailbox, pause, runProgram, statusBlock, unitNamed, unitOf } from './io-harness.js';

describe('channels', () => {
  test('ch18#7, ch18#8: the first channel is 16, its CCB lies that far below CTL$GL_CCBBASE, AMOD is mode + 1', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const [first, second] = [yield* assign(p, 'NL:'), yield* assign(p, '_NLA0:')];
      out['channels'] = [first.channel, second.channel, k.p1.CTL$GW_CHINDX];
      out['amod'] = [ccbOf(k, 16).CCB$B_AMOD, ccbOf(k, 48).CCB$B_AMOD, CCB.size];
      out['unit'] = ccbOf(k, 16).CCB$L_UCB === k.symbol('NL$GL_UCB0');
      yield* service(p, '$DASSGN', { chan: first.channel });
      out['reused'] = (yield* assign(p, 'NL:')).channel;
      return 1;
    });
    expect(seen).toEqual({ channels: [16, 32, 32], amod: [4, 0, 16], unit: true, reused: 16 });
  });

  test('ch18#9: with all CCBs in use $ASSIGN gives SS$_NOIOCHAN', () => {
    const { seen } = runProgram(function* (p, out) {
      const name = p.string('NL:');
      const chan = p.allocate(4);
      let count = 0;
      let status: number = SS$_NORMAL;
      while (status === SS$_NORMAL) {
        status = yield* service(p, '$ASSIGN', { devnam: name, chan });
        count += 1;
      }
      out['last'] = status;
      out['count'] = count - 1 === p.kernel.p1.CTL$GW_NMIOCH;
      return 1;
    });
    expect(seen).toEqual({ last: SS$_NOIOCHAN, count: true });
  });

  test('names that are no device: SS$_NOSUCHDEV, SS$_IVDEVNAM; memory that is not the caller\'s: SS$_ACCVIO', () => {
    const { seen } = runProgram(function* (p, out) {
      out['none'] = (yield* assign(p, 'XQA0:')).status;
      out['bad'] = (yield* assign(p, 'O PA0:')).status;
      out['empty'] = (yield* assign(p, '')).status;
      out['accvio'] = yield* service(p, '$ASSIGN', { devnam: p.string('NL:'), chan: 0x80000000 });
      return 1;
    });
    expect(seen).toEqual({ none: SS$_NOSUCHDEV, bad: SS$_IVDEVNAM, empty: SS$_IVDEVNAM, accvio: SS$_ACCVIO });
  });

  test('ch18#16, ch18#22: channels of inner modes, and channels never assigned, are refused', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'NL:');
      const k = p.kernel;
      out['beyond'] = yield* service(p, '$QIO', { chan: 0x40, func: IO$_READVBLK });
      out['zero'] = yield* service(p, '$DASSGN', { chan: 0 });
      ccbOf(k, channel).CCB$B_AMOD = 2;
      out['inner'] = [yield* service(p, '$QIO', { chan: channel, func: IO$_READVBLK }), yield* service(p, '$DASSGN', { chan: channel })];
      ccbOf(k, channel).CCB$B_AMOD = 0xff;
      out['xqp'] = yield* service(p, '$DASSGN', { chan: channel });
      return 1;
    });
    expect(seen).toEqual({ beyond: SS$_IVCHAN, zero: SS$_IVCHAN, inner: [SS$_NOPRIV, SS$_NOPRIV], xqp: SS$_NOPRIV });
  });

  test('ch18#19: with its last channel a device belongs to nobody again', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const { channel } = yield* assign(p, 'OPA0:');
      const ucb = unitOf(k, channel);
      out['implicit'] = [ucb.UCB$L_PID === k.pcb.PCB$L_PID, ucb.UCB$L_DEVCHAR & DEV$M_ALL, ucb.UCB$W_REFC];
      yield* service(p, '$DASSGN', { chan: channel });
      out['after'] = [ucb.UCB$L_PID, ucb.UCB$W_REFC];
      return 1;
    });
    expect(seen).toEqual({ implicit: [true, 0, 1], after: [0, 0] });
  });

  test('ch18#17: $DASSGN cancels what is outstanding and waits for it', () => {
    const { seen } = runProgram(function* (p, out) {
      const before = books(p.kernel);
      const { channel } = yield* assign(p, 'OPA0:');
      const ast = astProcedure(p);
      yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_READVBLK, p1: p.allocate(8), p2: 8, astadr: ast.address });
      out['outstanding'] = ccbOf(p.kernel, channel).CCB$W_IOC;
      out['dassgn'] = yield* service(p, '$DASSGN', { chan: channel });
      out['free'] = ccbOf(p.kernel, channel).CCB$B_AMOD;
      out['books'] = books(p.kernel).map((value, index) => value - before[index]!);
      return 1;
    });
    expect(seen).toEqual({ outstanding: 1, dassgn: SS$_NORMAL, free: 0, books: [0, 0, 0, 0, 0] });
  });

  test('ch18#14: an associated mailbox counts one more reference, and a second one is refused', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const box = yield* createMailbox(p);
      const other = yield* createMailbox(p);
      const name = (channel: number): number => p.string(`MBA${unitOf(k, channel).UCB$W_UNIT}:`);
      const terminal = yield* assign(p, 'OPA0:', { mbxnam: name(box.channel) });
      out['assigned'] = [terminal.status, unitOf(k, box.channel).UCB$W_REFC, unitOf(k, terminal.channel).UCB$L_AMB === unitOf(k, box.channel).address];
      out['second'] = ((yield* assign(p, 'OPA0:', { mbxnam: name(other.channel) })).status & 1) === 1;
      yield* service(p, '$DASSGN', { chan: terminal.channel });
      out['after'] = unitOf(k, box.channel).UCB$W_REFC;
      return 1;
    });
    expect(seen).toEqual({ assigned: [SS$_NORMAL, 2, true], second: false, after: 1 });
  });

  test('ch18#4, ch18#12: assigning MBA0: makes a unit of its own, charged to the job, and it cannot be allocated', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const before = books(k);
      const { status, channel } = yield* assign(p, 'MBA0:');
      const ucb = unitOf(k, channel);
      const charge = UCB.size + ORB.size;
      out['clone'] = [status, ucb.UCB$W_UNIT > 2, ucb.UCB$V_TEMPLATE, ucb.UCB$V_DELETEUCB, ucb.UCB$W_CHARGE === charge];
      out['charged'] = [before[3]! - books(k)[3]! === charge, before[4]! - books(k)[4]! === charge];
      yield* service(p, '$DASSGN', { chan: channel });
      out['books'] = books(k).map((value, index) => value - before[index]!);
      out['alloc'] = yield* service(p, '$ALLOC', { devnam: p.string('MBA0:') });
      return 1;
    });
    expect(seen).toEqual({ clone: [SS$_NORMAL, true, 0, 1, true], charged: [true, true], books: [0, 0, 0, 0, 0], alloc: SS$_TEMPLATEDEV });
  });
});

describe('device allocation', () => {
  test('ch18#2, ch18#5: $ALLOC owns the device, $DALLOC gives it back', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const length = p.allocate(4);
      const buffer = p.allocate(16);
      const status = yield* service(p, '$ALLOC', { devnam: p.string('OPA0'), phylen: length, phybuf: p.descriptor(16, buffer) });
      const ucb = unitNamed(k, 'OPA0');
      out['alloc'] = [status, ucb.UCB$L_PID === k.pcb.PCB$L_PID, (ucb.UCB$L_DEVCHAR & DEV$M_ALL) !== 0, ucb.UCB$W_REFC];
      out['name'] = String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(length)));
      out['dalloc'] = [yield* service(p, '$DALLOC', {}), ucb.UCB$L_PID, ucb.UCB$L_DEVCHAR & DEV$M_ALL, ucb.UCB$W_REFC];
      out['again'] = yield* service(p, '$DALLOC', { devnam: p.string('OPA0') });
      return 1;
    });
    expect(seen).toEqual({ alloc: [SS$_NORMAL, true, true, 1], name: '_OPA0:', dalloc: [SS$_NORMAL, 0, 0, 0], again: SS$_DEVNOTALLOC });
  });

  test('ch18#6: a nonshareable device with channels still open stays with its process after $DALLOC', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      yield* service(p, '$ALLOC', { devnam: p.string('OPA0') });
      const { channel } = yield* assign(p, 'OPA0');
      yield* service(p, '$DALLOC', { devnam: p.string('OPA0') });
      const ucb = unitNamed(k, 'OPA0');
      out['owner'] = [ucb.UCB$L_PID === k.pcb.PCB$L_PID, ucb.UCB$L_DEVCHAR & DEV$M_ALL, ucb.UCB$W_REFC];
      yield* service(p, '$DASSGN', { chan: channel });
      out['after'] = ucb.UCB$L_PID;
      return 1;
    });
    expect(seen).toEqual({ owner: [true, 0, 1], after: 0 });
  });

  test('ch18#10: a redirected terminal is assigned as the logical unit', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const physical = unitNamed(k, 'OPA0').address;
      const logical = k.symbol('NL$GL_UCB0');
      k.writeLong(physical + 0x3c, 0x100);
      k.writeLong(physical + 0xc0, logical);
      const { channel } = yield* assign(p, 'OPA0:');
      out['unit'] = unitOf(k, channel).address === logical;
      return 1;
    });
    expect(seen['unit']).toBe(true);
  });

  test('ch18#3: a device with a channel cannot be allocated, even by the process that has it', () => {
    const { seen } = runProgram(function* (p, out) {
      yield* assign(p, 'OPA0:');
      out['alloc'] = yield* service(p, '$ALLOC', { devnam: p.string('OPA0:') });
      return 1;
    });
    expect(seen['alloc']).toBe(SS$_DEVASSIGN);
  });
});

describe('$QIO, the device-independent half', () => {
  test('ch19#21: the null device is at end of file and takes everything', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'NL:');
      const iosb = p.allocate(8);
      yield* service(p, '$QIOW', { chan: channel, func: IO$_READVBLK, iosb, p1: p.allocate(8), p2: 8 });
      const read = statusBlock(p, iosb)[0];
      yield* service(p, '$QIOW', { chan: channel, func: IO$_WRITEVBLK, iosb, p1: p.allocate(8), p2: 8 });
      out['status'] = [read, statusBlock(p, iosb)[0]];
      return 1;
    });
    expect(seen['status']).toEqual([SS$_ENDOFFILE, SS$_NORMAL]);
  });

  test('ch18#20, qio#3: without EFN flag 0 is cleared at issue and set at completion; qio#1, qio#5: the IOSB is 0 until then', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const state = p.allocate(4);
      const iosb = p.bytes(Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9));
      yield* service(p, '$SETEF', { efn: 0 });
      out['issue'] = yield* service(p, '$QIO', { chan: channel, func: IO$_READVBLK, iosb, p1: p.allocate(8), p2: 8 });
      out['flag'] = yield* service(p, '$READEF', { efn: 0, state });
      out['iosb'] = [p.memory.readLong(iosb), p.memory.readLong(iosb + 4)];
      yield* service(p, '$QIO', { efn: 1, chan: channel, func: IO$_WRITEVBLK, p1: state, p2: 4 });
      yield* service(p, '$WAITFR', { efn: 0 });
      out['after'] = [yield* service(p, '$READEF', { efn: 0, state }), p.memory.readWord(iosb)];
      return 1;
    });
    expect(seen).toEqual({ issue: SS$_NORMAL, flag: SS$_WASCLR, iosb: [0, 0], after: [SS$_WASSET, SS$_NORMAL] });
  });

  test('ch18#21: an IOSB that the caller cannot write is refused before there is a packet; ch18#27: the event flag is set then', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'NL:');
      const before = books(p.kernel);
      out['iosb'] = yield* service(p, '$QIO', { efn: 3, chan: channel, func: IO$_READVBLK, iosb: 0x80000000 });
      out['flag'] = yield* service(p, '$CLREF', { efn: 3 });
      out['func'] = yield* service(p, '$QIO', { efn: 3, chan: channel, func: 63 });
      out['books'] = books(p.kernel).map((value, index) => value - before[index]!);
      return 1;
    });
    expect(seen).toEqual({ iosb: SS$_ACCVIO, flag: SS$_WASSET, func: SS$_ILLIOFUNC, books: [0, 0, 0, 0, 0] });
  });

  test('ch18#28: a request that fails in the FDT writes no IOSB, gives no AST, and costs nothing', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'OPA0:');
      const before = books(p.kernel);
      const ast = astProcedure(p);
      const iosb = p.allocate(8);
      out['read'] = yield* service(p, '$QIO', { efn: 3, chan: channel, func: IO$_READVBLK, iosb, p1: 0x80000000, p2: 10, astadr: ast.address });
      yield* pause(p, 0.1);
      out['nothing'] = [p.memory.readLong(iosb), p.memory.readLong(ast.count)];
      out['books'] = books(p.kernel).map((value, index) => value - before[index]!);
      out['ioc'] = ccbOf(p.kernel, channel).CCB$W_IOC;
      return 1;
    });
    expect(seen).toEqual({ read: SS$_ACCVIO, nothing: [0, 0], books: [0, 0, 0, 0, 0], ioc: 0 });
  });

  test('ch18#29: a request finished in the FDT succeeds whatever its IOSB says; qio#8: the AST gets its parameter', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'NL:');
      const ast = astProcedure(p);
      const iosb = p.allocate(8);
      out['qio'] = yield* service(p, '$QIOW', { chan: channel, func: IO$_READVBLK, iosb, p1: p.allocate(8), p2: 8, astadr: ast.address, astprm: 4711 });
      out['iosb'] = statusBlock(p, iosb)[0];
      yield* pause(p, 0.1);
      out['ast'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)];
      return 1;
    });
    expect(seen).toEqual({ qio: SS$_NORMAL, iosb: SS$_ENDOFFILE, ast: [1, 4711] });
  });

  test('ch18#24: on a unit that is off line only IO$_DEACCESS and IO$_ACPCONTROL get to the driver\'s table', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'OPA0:');
      const ucb = unitOf(p.kernel, channel);
      ucb.UCB$V_ONLINE = 0;
      out['sense'] = yield* service(p, '$QIO', { chan: channel, func: IO$_SENSEMODE });
      out['acp'] = yield* service(p, '$QIO', { chan: channel, func: IO$_ACPCONTROL });
      ucb.UCB$V_ONLINE = 1;
      return 1;
    });
    expect(seen).toEqual({ sense: SS$_DEVOFFLINE, acp: SS$_ILLIOFUNC });
  });

  test('ch18#35: a completed request is counted in the process header and taken off the channel', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const count = (): number => k.readLong(k.pcb.PCB$L_PHD + 0x58);
      const { channel } = yield* assign(p, 'NL:');
      const before = count();
      yield* service(p, '$QIOW', { chan: channel, func: IO$_READVBLK, p1: p.allocate(8), p2: 8 });
      yield* pause(p, 0.1);
      out['counts'] = [count() - before, ccbOf(k, channel).CCB$W_IOC];
      return 1;
    });
    expect(seen['counts']).toEqual([1, 0]);
  });
});

describe('$GETDVI', () => {
  test('items of the console by name and by channel', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const { channel } = yield* assign(p, 'OPA0:');
      const [name, length, longs] = [p.allocate(64), p.allocate(4), p.allocate(24)];
      const codes = [DVI$_DEVCLASS, DVI$_UNIT, DVI$_PID, DVI$_TRM, DVI$_DEVCHAR];
      const list = (): number => p.itemList([
        { code: DVI$_DEVNAM, length: 64, buffer: name, returnLength: length },
        ...codes.map((code, index) => ({ code, length: 4, buffer: longs + 4 * index })),
      ]);
      const read = (): unknown[] => [
        String.fromCharCode(...p.memory.readBytes(name, p.memory.readWord(length))), ...codes.map((_code, index) => p.memory.readLong(longs + 4 * index)),
      ];
      out['byName'] = [yield* service(p, '$GETDVIW', { efn: 1, devnam: p.string('OPA0'), itmlst: list() }), ...read()];
      p.memory.writeBytes(name, new Uint8Array(64));
      out['byChannel'] = [yield* service(p, '$GETDVIW', { efn: 1, chan: channel, itmlst: list() }), ...read()];
      out['epid'] = k.pcb.PCB$L_EPID;
      out['devchar'] = unitOf(k, channel).UCB$L_DEVCHAR;
      return 1;
    });
    const expected = [SS$_NORMAL, '_OPA0:', DC$_TERM, 0, seen['epid'], 1, seen['devchar']];
    expect(seen['byName']).toEqual(expected);
    expect(seen['byChannel']).toEqual(expected);
    expect(Number(seen['devchar']) & DEV$M_TRM).not.toBe(0);
  });

  test('ch18#54: the secondary characteristics of a terminal with an associated mailbox are the mailbox\'s', () => {
    const { seen } = runProgram(function* (p, out) {
      const box = yield* createMailbox(p);
      const terminal = yield* assign(p, 'OPA0:', { mbxnam: p.string(`MBA${unitOf(p.kernel, box.channel).UCB$W_UNIT}:`) });
      const longs = p.allocate(8);
      const itmlst = p.itemList([{ code: DVI$_DEVCLASS, length: 4, buffer: longs }, { code: DVI$_DEVCLASS + 1, length: 4, buffer: longs + 4 }]);
      yield* service(p, '$GETDVIW', { efn: 1, chan: terminal.channel, itmlst });
      out['classes'] = [p.memory.readLong(longs), p.memory.readLong(longs + 4)];
      return 1;
    });
    expect(seen['classes']).toEqual([DC$_TERM, DC$_MAILBOX]);
  });

  test('an unknown item is SS$_BADPARAM, an unknown device SS$_NOSUCHDEV', () => {
    const { seen } = runProgram(function* (p, out) {
      const buffer = p.allocate(4);
      out['item'] = yield* service(p, '$GETDVI', { devnam: p.string('NL:'), itmlst: p.itemList([{ code: 998, length: 4, buffer }]) });
      out['device'] = yield* service(p, '$GETDVI', { devnam: p.string('DRA7:'), itmlst: p.itemList([{ code: DVI$_UNIT, length: 4, buffer }]) });
      return 1;
    });
    expect(seen).toEqual({ item: SS$_BADPARAM, device: SS$_NOSUCHDEV });
    expect(DEV$M_MBX).toBe(0x100000);
  });
});
