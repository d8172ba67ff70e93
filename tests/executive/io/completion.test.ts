import { describe, expect, test } from 'vitest';
import { DiskController, diskControllerPlace } from '../../../src/emulator/devices/disk.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { COM$POST, queueForPost } from '../../../src/executive/io/completion.js';
import { EXE$WRTMAILBOX } from '../../../src/executive/io/drivers/mailbox.js';
import { IOC$MAPVBLK } from '../../../src/executive/io/segments.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { DEV$M_MNT } from '../../../src/executive/starlet/devdef.js';
import { IO$M_NOW, IO$M_TIMED, IO$_READLBLK, IO$_READVBLK, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import {
  SS$_ABORT, SS$_CANCEL, SS$_DEVALLOC, SS$_FILNOTACC, SS$_NOPRIV, SS$_NORMAL, SS$_TOOMANYLNAM,
} from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_IRP, DYN$C_WCB } from '../../../src/executive/structures/dyn.js';
import { CDRP$C_IRP, IRP } from '../../../src/executive/structures/irp.js';
import { ArrayMemory } from '../../../src/executive/structures/memory.js';
import { TTYUCB } from '../../../src/executive/structures/ucb.js';
import { WCB, WCB$K_LENGTH } from '../../../src/executive/structures/volume.js';
import { TestSystem } from '../../harness.js';
import { assign, books, ccbOf, createMailbox, pause, runProgram, statusBlock, unitNamed, unitOf, type Seen } from './io-harness.js';

function* queueRead(p: Procedure, chan: number, efn: number): Flow<number> {
  const iosb = p.allocate(8);
  yield* service(p, '$QIO', { efn, chan, func: IO$_READVBLK, iosb, p1: p.allocate(16), p2: 16 });
  return iosb;
}

describe('I/O postprocessing', () => {
  test('ch18#30: an IRP with a negative PID is completed by calling that address at IPL 4', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      // INCL @#cell; MFPR #PR$_IPL,@#cell+4; MOVL R5,@#cell+8; RSB in nonpaged pool.
      const code = allocateBlock(k, 64, DYN$C_IRP);
      const cell = code + 48;
      const at = (address: number): number[] => [0x9f, address & 0xff, (address >>> 8) & 0xff, (address >>> 16) & 0xff, address >>> 24];
      k.writeBytes(code + 16, Uint8Array.from([0xd6, ...at(cell), 0xdb, 18, ...at(cell + 4), 0xd0, 0x55, ...at(cell + 8), 0x05]));
      const irp = allocateBlock(k, IRP.size, DYN$C_IRP);
      IRP.at(k, irp).IRP$L_PID = code + 16;
      queueForPost(k, irp);
      yield* pause(p, 0.1);
      out['called'] = [k.readLong(cell), k.readLong(cell + 4), k.readLong(cell + 8) === irp];
      return 1;
    });
    expect(seen['called']).toEqual([1, 4, true]);
  });

  test('ch18#31: the byte count of a buffered request is charged while it is under way and comes back with it', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const { channel } = yield* assign(p, 'OPA0:');
      const before = books(k);
      yield* queueRead(p, channel, 9);
      const irp = IRP.at(k, unitOf(k, channel).UCB$L_IRP);
      out['charged'] = [before[3]! - books(k)[3]! === irp.IRP$W_BOFF, irp.IRP$W_BOFF > 16, before[0]! - books(k)[0]!];
      yield* service(p, '$CANCEL', { chan: channel });
      yield* service(p, '$WAITFR', { efn: 9 });
      out['back'] = books(k).map((value, index) => value - before[index]!);
      return 1;
    });
    expect(seen).toEqual({ charged: [true, true, 1], back: [0, 0, 0, 0, 0] });
  });

  test('ch18#32: KAST lies where WIND was, and ch19#6: the CDRP 96 bytes behind the start of the IRP', () => {
    expect([IRP.offset.IRP$L_KAST, IRP.offset.IRP$L_WIND, CDRP$C_IRP]).toEqual([0x18, 0x18, 0x60]);
  });

  test('ch18#40: $CANCEL takes this channel\'s queued requests out; they complete with SS$_CANCEL', () => {
    const { seen } = runProgram(function* (p, out) {
      const [one, other] = [yield* assign(p, 'OPA0:'), yield* assign(p, 'OPA0:')];
      const current = yield* queueRead(p, one.channel, 9);
      const queued = yield* queueRead(p, one.channel, 10);
      const others = yield* queueRead(p, other.channel, 11);
      out['queue'] = unitOf(p.kernel, one.channel).UCB$W_QLEN;
      yield* service(p, '$CANCEL', { chan: one.channel });
      yield* service(p, '$WAITFR', { efn: 9 });
      yield* service(p, '$WAITFR', { efn: 10 });
      out['status'] = [statusBlock(p, current)[0], p.memory.readLong(queued), p.memory.readLong(others)];
      out['left'] = [unitOf(p.kernel, one.channel).UCB$W_QLEN, unitOf(p.kernel, one.channel).UCB$V_BSY];
      return 1;
    });
    expect(seen).toEqual({ queue: 2, status: [SS$_ABORT, SS$_CANCEL, 0], left: [0, 1] });
  });

  test('ch18#23: a request on a channel whose file is being opened waits in RWAST', () => {
    const { seen, system } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'NL:');
      ccbOf(p.kernel, channel).CCB$L_DIRP = 1;
      out['before'] = true;
      out['qio'] = yield* service(p, '$QIO', { chan: channel, func: IO$_READVBLK, p1: p.allocate(8), p2: 8 });
      return 1;
    });
    expect(seen).toEqual({ before: true });
    expect(system.k.sys.SCH$GL_RESMASK & (1 << 1)).toBe(2);
  });

  test('a request that finds the byte quota used up waits until one of the process\'s own gives it back', () => {
    const { seen, system } = runProgram(function* (p, out) {
      const k = p.kernel;
      const { channel } = yield* assign(p, 'OPA0:');
      const first = yield* queueRead(p, channel, 9);
      const left = books(k)[3]!;
      const jib = k.pcb.PCB$L_JIB + 0x20;
      k.writeLong(jib, 20);
      out['waiting'] = true;
      const second = yield* queueRead(p, channel, 10);
      k.writeLong(jib, k.readLong(jib) + left - 20);
      out['waiting'] = false;
      yield* service(p, '$WAITFR', { efn: 10 });
      out['status'] = [statusBlock(p, first).slice(0, 2), statusBlock(p, second).slice(0, 2)];
      return 1;
    });
    expect(seen['waiting']).toBe(true);
    for (const character of 'a\rbc\r') system.system.machine.console.receive(character.charCodeAt(0));
    system.runUntilIdle(1);
    expect(seen).toEqual({ waiting: false, status: [[SS$_NORMAL, 1], [SS$_NORMAL, 2]] });
  });

  test('a process is deleted while it reads from the terminal: nothing of its request is left', () => {
    const { system } = runProgram(function* (p) {
      const name = p.string('VICTIM');
      yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:VICTIM'), prcnam: name, baspri: 4 });
      yield* pause(p, 1);
      yield* service(p, '$DELPRC', { prcnam: name });
      yield* pause(p, 1);
      yield* service(p, '$HIBER', {});
      return 1;
    }, {
      VICTIM: function* (p) {
        const { channel } = yield* assign(p, 'OPA0:');
        yield* service(p, '$QIOW', { efn: 9, chan: channel, func: IO$_READVBLK, p1: p.allocate(16), p2: 16 });
        return 1;
      },
    }, 5);
    const ucb = unitNamed(system.k, 'OPA0');
    expect(system.process('VICTIM')).toBeUndefined();
    expect([ucb.UCB$V_BSY, ucb.UCB$W_REFC, ucb.UCB$L_PID]).toEqual([0, 0, 0]);
  });

  test('buffers and status blocks may lie in pages that nobody has touched yet: the page faults start the steps again', () => {
    const { seen } = runProgram(function* (p, out) {
      const before = books(p.kernel);
      const { channel } = yield* assign(p, 'MBA0:');
      const range = p.allocate(8);
      yield* service(p, '$EXPREG', { pagcnt: 8, retadr: range, acmode: 3, region: 0 });
      const fresh = p.memory.readLong(range);
      const faults = p.kernel.readLong(p.kernel.pcb.PCB$L_PHD + 0x4c);
      // The message comes from two fresh pages, goes to two others, its status blocks to two more; PROBE does not touch them.
      yield* service(p, '$QIO', { efn: 5, chan: channel, func: IO$_WRITEVBLK, iosb: fresh + 4 * 512, p1: fresh + 500, p2: 40 });
      yield* service(p, '$QIOW', { efn: 6, chan: channel, func: IO$_READVBLK, iosb: fresh + 5 * 512, p1: fresh + 3 * 512 - 20, p2: 64 });
      yield* service(p, '$WAITFR', { efn: 5 });
      out['status'] = [statusBlock(p, fresh + 4 * 512).slice(0, 2), statusBlock(p, fresh + 5 * 512).slice(0, 2)];
      out['faults'] = p.kernel.readLong(p.kernel.pcb.PCB$L_PHD + 0x4c) - faults;
      yield* service(p, '$DASSGN', { chan: channel });
      out['books'] = books(p.kernel).map((value, index) => value - before[index]!);
      return 1;
    });
    expect(seen['status']).toEqual([[SS$_NORMAL, 40], [SS$_NORMAL, 40]]);
    expect(seen['books']).toEqual([0, 0, 0, 0, 0]);
    expect(seen['faults']).toBeGreaterThanOrEqual(6);
  });

  test('qio#4: two requests may share an event flag; qio#6: the low six bits are the function', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const first = yield* queueRead(p, channel, 9);
      const second = yield* queueRead(p, channel, 9);
      const data = p.bytes(Uint8Array.of(1, 2));
      yield* service(p, '$QIOW', { efn: 5, chan: channel, func: IO$_WRITEVBLK | IO$M_NOW, p1: data, p2: 2 });
      yield* service(p, '$WAITFR', { efn: 9 });
      yield* pause(p, 0.1);
      out['status'] = [statusBlock(p, first).slice(0, 2), p.memory.readLong(second)];
      return 1;
    });
    expect(seen['status']).toEqual([[SS$_NORMAL, 2], 0]);
  });

  test('qio#2, qio#7: $QIOW comes back with the status block filled, the count in its second word', () => {
    const { seen } = runProgram(function* (p, out) {
      const { channel } = yield* createMailbox(p);
      const data = p.bytes(Uint8Array.of(1, 2, 3));
      yield* service(p, '$QIOW', { efn: 5, chan: channel, func: IO$_WRITEVBLK | IO$M_NOW, p1: data, p2: 3 });
      const iosb = p.allocate(8);
      out['status'] = yield* service(p, '$QIOW', { efn: 5, chan: channel, func: IO$_READVBLK, iosb, p1: p.allocate(8), p2: 8 });
      out['iosb'] = statusBlock(p, iosb).slice(0, 2);
      return 1;
    });
    expect(seen).toEqual({ status: SS$_NORMAL, iosb: [SS$_NORMAL, 3] });
  });
});

describe('device names and access', () => {
  const define = (p: Procedure, name: string, value: string): Flow<number> => {
    const text = p.string(value);
    return service(p, '$CRELNM', {
      tabnam: p.string('LNM$PROCESS'), lognam: p.string(name), itmlst: p.itemList([{ code: 2, length: value.length, buffer: p.memory.readLong(text + 4) }]),
    });
  };

  test('ch18#1: ten translations without a TERMINAL one are followed, an eleventh is SS$_TOOMANYLNAM', () => {
    const { seen } = runProgram(function* (p, out) {
      yield* define(p, 'X10', 'NLA0:');
      for (let index = 9; index >= 0; index -= 1) yield* define(p, `X${index}`, `X${index + 1}`);
      out['ten'] = (yield* assign(p, 'X1')).status;
      out['eleven'] = (yield* assign(p, 'X0')).status;
      out['literal'] = (yield* assign(p, 'nla0')).status;
      return 1;
    });
    expect(seen).toEqual({ ten: SS$_NORMAL, eleven: SS$_TOOMANYLNAM, literal: SS$_NORMAL });
  });

  test('ch18#11: a device that another process owns is refused without SHARE', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const ucb = unitNamed(k, 'OPA0');
      ucb.UCB$L_PID = k.readLong(k.symbol('SCH$GL_SWPPCB') + 0x60);
      out['share'] = (yield* assign(p, 'OPA0:')).status;
      k.pcb.PCB$Q_PRIV = k.pcb.PCB$Q_PRIV & ~(1n << 31n);
      out['refused'] = (yield* assign(p, 'OPA0:')).status;
      ucb.UCB$L_PID = k.pcb.PCB$L_PID;
      out['own'] = (yield* assign(p, 'OPA0:')).status;
      return 1;
    });
    expect(seen).toEqual({ share: SS$_NORMAL, refused: SS$_DEVALLOC, own: SS$_NORMAL });
  });

  test('ch18#43: a permanent mailbox needs PRMMBX even when it exists', () => {
    const { seen } = runProgram(function* (p, out) {
      out['first'] = (yield* createMailbox(p, { prmflg: 1, name: 'PERM_BOX' })).status;
      const k = p.kernel;
      out['again'] = (yield* createMailbox(p, { prmflg: 1, name: 'PERM_BOX' })).status;
      k.pcb.PCB$Q_PRIV = k.pcb.PCB$Q_PRIV & ~(1n << 11n);
      out['without'] = (yield* createMailbox(p, { prmflg: 1, name: 'PERM_BOX' })).status;
      return 1;
    });
    expect(seen).toEqual({ first: SS$_NORMAL, again: SS$_NORMAL, without: SS$_NOPRIV });
  });
});

describe('the terminal beside itself', () => {
  test('ch19#11, ch19#15: a second read queues, a write does not and leaves the read current', () => {
    const { seen, system } = runProgram(function* (p, out) {
      const { channel } = yield* assign(p, 'OPA0:');
      yield* queueRead(p, channel, 9);
      yield* queueRead(p, channel, 10);
      const k = p.kernel;
      const ucb = unitOf(k, channel);
      const before = [ucb.UCB$L_IRP, ucb.UCB$L_SVAPTE, ucb.UCB$W_BCNT, ucb.UCB$W_QLEN];
      const text = p.string('aside');
      const iosb = p.allocate(8);
      yield* service(p, '$QIOW', { efn: 5, chan: channel, func: IO$_WRITEVBLK, iosb, p1: p.memory.readLong(text + 4), p2: 5 });
      out['write'] = statusBlock(p, iosb).slice(0, 2);
      out['same'] = [ucb.UCB$L_IRP, ucb.UCB$L_SVAPTE, ucb.UCB$W_BCNT, ucb.UCB$W_QLEN].every((value, index) => value === before[index]);
      out['busy'] = [ucb.UCB$V_BSY, ucb.UCB$W_QLEN];
      return 1;
    });
    // ch19#12: EXE$ALTQUEPKT loads nothing into the UCB.
    expect(seen).toEqual({ write: [SS$_NORMAL, 5], same: true, busy: [1, 1] });
    expect(system.console).toBe('aside');
  });

  test('ch19#20: with TT2$V_ALTYPEAHD the type-ahead buffer holds TTY_ALTYPAHD characters', () => {
    const { system } = runProgram(function* () { return 1; });
    const ring = TTYUCB.at(system.k, system.k.symbol('OPA$UCB0')).UCB$L_TT_TYPAHD;
    expect(system.k.readLong(ring + 0x10) - ring - 24).toBe(system.k.sys.TTY$GW_ALTYPAHD);
  });

  test('ch19#43: a key pressed on the console while nobody uses it calls the job controller, once', () => {
    const { system } = runProgram(function* () { return 1; });
    for (let count = 0; count < 3; count += 1) {
      system.system.machine.console.receive(13);
      system.runUntilIdle(0.5);
    }
    const box = unitNamed(system.k, 'MBA1');
    expect(box.UCB$W_MSGCNT).toBe(1);
    expect(box.UCB$W_INIQUO - box.UCB$W_BUFQUO).toBe(20);
    const message = system.k.readLong(box.address) + 32;
    expect([...system.k.readBytes(message, 8)]).toEqual([1, 0, 0, 0, 3, 'O'.charCodeAt(0), 'P'.charCodeAt(0), 'A'.charCodeAt(0)]);
  });

  test('ch19#25, ch19#38: the system writes a mailbox from fork level; reading gives the quota back', () => {
    const { seen } = runProgram(function* (p, out) {
      const k = p.kernel;
      const { channel } = yield* createMailbox(p);
      const ucb = unitOf(k, channel);
      out['write'] = EXE$WRTMAILBOX(k, ucb.address, Uint8Array.of(65, 66));
      out['used'] = ucb.UCB$W_INIQUO - ucb.UCB$W_BUFQUO;
      const iosb = p.allocate(8);
      yield* service(p, '$QIOW', { efn: 5, chan: channel, func: IO$_READVBLK, iosb, p1: p.allocate(8), p2: 8 });
      out['iosb'] = statusBlock(p, iosb);
      out['after'] = ucb.UCB$W_INIQUO - ucb.UCB$W_BUFQUO;
      return 1;
    });
    expect(seen).toEqual({ write: SS$_NORMAL, used: 2, iosb: [SS$_NORMAL, 2, 0], after: 0 });
    expect([IO$M_TIMED, typeof COM$POST]).toEqual([0x80, 'function']);
  });
});

describe('files on a disk', () => {
  test('ch18#38: IOC$MAPVBLK uses the extent with the first block and the next if it follows on', () => {
    const memory = new ArrayMemory(new Uint8Array(256));
    const wcb = WCB.at(memory, 0);
    wcb.WCB$L_STVBN = 1;
    wcb.WCB$W_NMAP = 4;
    [[4, 100], [4, 104], [4, 108], [4, 500]].forEach(([count, lbn], index) => {
      memory.writeWord(WCB$K_LENGTH + 6 * index, count!);
      memory.writeLong(WCB$K_LENGTH + 6 * index + 2, lbn!);
    });
    // The window is at address 0 here, which ends a chain: look at a copy elsewhere.
    const moved = new ArrayMemory(new Uint8Array(512));
    moved.writeBytes(64, memory.bytes);
    const map = (vbn: number, bytes: number): unknown => IOC$MAPVBLK(moved as never, 64, vbn, bytes);
    expect(map(2, 512 * 20)).toEqual({ lbn: 101, mapped: 7 * 512 });
    expect(map(9, 512 * 20)).toEqual({ lbn: 108, mapped: 4 * 512 });
    expect(map(5, 700)).toEqual({ lbn: 104, mapped: 700 });
    expect(map(17, 512)).toEqual({ lbn: 0, mapped: 0 });
  });

  test('ch18#37: a virtual read whose window maps it goes to the disk without the file system; without a file it is refused', () => {
    const seen: Seen = {};
    const blocks = new Uint8Array(100 * 512);
    for (let block = 0; block < 100; block += 1) blocks.fill(block, block * 512, block * 512 + 512);
    const transfers: string[] = [];
    const store = {
      blocks: 100, write: () => undefined,
      read(lbn: number, count: number) { transfers.push(`${lbn}+${count}`); return blocks.slice(lbn * 512, (lbn + count) * 512); },
    };
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const k = p.kernel;
          const { channel } = yield* assign(p, 'DUA0:');
          const iosb = p.allocate(8);
          const buffer = p.allocate(512 * 6);
          const read = (vbn: number, bytes: number): Flow<number> => service(p, '$QIOW', { chan: channel, func: IO$_READVBLK, iosb, p1: buffer, p2: bytes, p3: vbn });
          const ucb = unitOf(k, channel);
          ucb.UCB$L_DEVCHAR = (ucb.UCB$L_DEVCHAR | DEV$M_MNT) >>> 0;
          seen['closed'] = yield* read(1, 512);
          const window = allocateBlock(k, WCB$K_LENGTH + 18, DYN$C_WCB);
          const wcb = WCB.at(k, window);
          wcb.WCB$L_STVBN = 1;
          wcb.WCB$W_NMAP = 3;
          wcb.WCB$V_READ = 1;
          [[2, 10], [2, 12], [4, 50]].forEach(([count, lbn], index) => {
            k.writeWord(window + WCB$K_LENGTH + 6 * index, count!);
            k.writeLong(window + WCB$K_LENGTH + 6 * index + 2, lbn!);
          });
          ccbOf(k, channel).CCB$L_WIND = window;
          seen['read'] = yield* read(2, 512 * 5);
          seen['iosb'] = statusBlock(p, iosb).slice(0, 2);
          seen['data'] = [0, 1, 2, 3, 4].map((block) => p.memory.readByte(buffer + 512 * block));
          seen['write'] = yield* service(p, '$QIOW', { chan: channel, func: IO$_WRITEVBLK, iosb, p1: buffer, p2: 512, p3: 1 });
          ccbOf(k, channel).CCB$L_WIND = 0;
          seen['logical'] = yield* service(p, '$QIOW', { chan: channel, func: IO$_READLBLK, iosb, p1: buffer, p2: 512, p3: 99 });
          return 1;
        },
      },
      attach: (machine) => {
        const { base, vector } = diskControllerPlace(0);
        new DiskController(machine, base, vector).attach(0, store);
      },
    });
    system.runUntilIdle(2);
    expect(seen).toEqual({
      closed: SS$_FILNOTACC, read: SS$_NORMAL, iosb: [SS$_NORMAL, 512 * 5], data: [11, 12, 13, 50, 51], write: SS$_NOPRIV, logical: SS$_NORMAL,
    });
    expect(transfers).toEqual(['11+3', '50+2', '99+1']);
  });
});
