import { describe, expect, test } from 'vitest';
import { DiskController, diskControllerPlace, type BlockStore } from '../../../src/emulator/devices/disk.js';
import type { Machine } from '../../../src/emulator/machine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { IO$_READLBLK, IO$_WRITELBLK } from '../../../src/executive/starlet/iodef.js';
import { SS$_CTRLERR, SS$_ILLBLKNUM, SS$_NORMAL, SS$_NOSUCHDEV, SS$_TIMEOUT } from '../../../src/executive/starlet/ssdef.js';
import { findUnit } from '../../../src/executive/io/device-names.js';
import { DISKUCB } from '../../../src/executive/structures/ucb.js';
import { RSN$_ASTWAIT, SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import { TestSystem, type Program } from '../../harness.js';

class MemoryStore implements BlockStore {
  readonly bytes: Uint8Array;
  readonly transfers: string[] = [];
  constructor(readonly blocks: number) { this.bytes = new Uint8Array(blocks * 512); }
  read(lbn: number, count: number): Uint8Array {
    this.transfers.push(`R${lbn}+${count}`);
    return this.bytes.slice(lbn * 512, (lbn + count) * 512);
  }
  write(lbn: number, bytes: Uint8Array): void {
    this.transfers.push(`W${lbn}+${bytes.length / 512}`);
    this.bytes.set(bytes, lbn * 512);
  }
}

/** Runs a program with a disk of `blocks` blocks as DUA0. */
function withDisk(blocks: number, program: Program): { store: MemoryStore; system: TestSystem } {
  const store = new MemoryStore(blocks);
  const system = new TestSystem({
    programs: { SYSINIT: program },
    attach: (machine) => {
      const { base, vector } = diskControllerPlace(0);
      new DiskController(machine, base, vector).attach(0, store);
    },
  });
  system.runUntilIdle(2);
  return { store, system };
}

describe('the disk driver', () => {
  test('blocks written come back by logical block number', () => {
    const seen: Record<string, unknown> = {};
    const { store } = withDisk(100, function* (p) {
      const chan = p.allocate(4);
      seen['assign'] = yield* service(p, '$ASSIGN', { devnam: p.string('_DUA0:'), chan });
      const channel = p.memory.readWord(chan);
      const iosb = p.allocate(8);
      const data = p.bytes(Uint8Array.from({ length: 1024 }, (_unused, index) => (index * 7) & 0xff));
      seen['write'] = yield* service(p, '$QIOW', { chan: channel, func: IO$_WRITELBLK, iosb, p1: data, p2: 1024, p3: 5 });
      seen['writeStatus'] = p.memory.readLong(iosb);
      const back = p.allocate(1024);
      seen['read'] = yield* service(p, '$QIOW', { chan: channel, func: IO$_READLBLK, iosb, p1: back + 4, p2: 512, p3: 6 });
      seen['readStatus'] = p.memory.readLong(iosb);
      seen['same'] = p.memory.readByte(back + 4) === ((512 * 7) & 0xff) && p.memory.readByte(back + 4 + 511) === ((1023 * 7) & 0xff);
      seen['beyond'] = yield* service(p, '$QIOW', { chan: channel, func: IO$_READLBLK, iosb, p1: back, p2: 512, p3: 100 });
      return 1;
    });
    expect(seen).toEqual({
      assign: SS$_NORMAL, write: SS$_NORMAL, writeStatus: (1024 << 16) | 1, read: SS$_NORMAL, readStatus: (512 << 16) | 1, same: true,
      beyond: SS$_ILLBLKNUM,
    });
    expect(store.transfers).toEqual(['W5+2', 'R6+1']);
  });

  test('ch18#41: $CANCEL on a disk succeeds at once; a unit without a volume, a controller that is not there', () => {
    const seen: Record<string, unknown> = {};
    withDisk(10, function* (p) {
      const chan = p.allocate(4);
      yield* service(p, '$ASSIGN', { devnam: p.string('DUA0'), chan });
      seen['cancel'] = yield* service(p, '$CANCEL', { chan: p.memory.readWord(chan) });
      seen['unit'] = yield* service(p, '$ASSIGN', { devnam: p.string('DUA1'), chan });
      seen['controller'] = yield* service(p, '$ASSIGN', { devnam: p.string('DUB0'), chan });
      return 1;
    });
    expect(seen).toEqual({ cancel: SS$_NORMAL, unit: SS$_NOSUCHDEV, controller: SS$_NOSUCHDEV });
  });

  test('ch18#39: a 200 KB read is several transfers of at most 65024 bytes, and one status block', () => {
    const seen: Record<string, unknown> = {};
    const length = 200 * 1024;
    const { store } = withDisk(1000, function* (p) {
      const chan = p.allocate(4);
      yield* service(p, '$ASSIGN', { devnam: p.string('DUA0'), chan });
      const range = p.allocate(8);
      yield* service(p, '$EXPREG', { pagcnt: 400, retadr: range, acmode: 3, region: 0 });
      const iosb = p.allocate(8);
      seen['read'] = yield* service(p, '$QIOW', { chan: p.memory.readWord(chan), func: IO$_READLBLK, iosb, p1: p.memory.readLong(range), p2: length, p3: 0 });
      seen['status'] = p.memory.readWord(iosb);
      seen['count'] = p.memory.readWord(iosb + 2) + 0x10000 * p.memory.readWord(iosb + 4);
      return 1;
    });
    expect(seen).toEqual({ read: SS$_NORMAL, status: SS$_NORMAL, count: length });
    expect(store.transfers).toEqual(['R0+127', 'R127+127', 'R254+127', 'R381+19']);
  });

  test('an error that passes is tried again and does not show; one that stays fails after eight more tries; each is counted', () => {
    const seen: unknown[] = [];
    let failures = 3;
    const store = new MemoryStore(100);
    const read = store.read.bind(store);
    store.read = (lbn, count) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error('unreadable');
      }
      return read(lbn, count);
    };
    store.bytes[512 * 7] = 99;
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const unit = (): ReturnType<typeof DISKUCB.at> => DISKUCB.at(p.kernel, findUnit(p.kernel, 'DUA0'));
          const chan = p.allocate(4);
          yield* service(p, '$ASSIGN', { devnam: p.string('DUA0'), chan });
          const [iosb, back] = [p.allocate(8), p.allocate(512)];
          const request = { chan: p.memory.readWord(chan), func: IO$_READLBLK, iosb, p1: back, p2: 512, p3: 7 };
          yield* service(p, '$QIOW', request);
          seen.push(p.memory.readWord(iosb), p.memory.readByte(back), unit().UCB$W_ERRCNT, unit().UCB$B_ERTCNT);
          failures = 1000;
          yield* service(p, '$QIOW', request);
          seen.push(p.memory.readWord(iosb), 1000 - failures, unit().UCB$W_ERRCNT, unit().UCB$B_ERTCNT);
          return 1;
        },
      },
      attach: (machine) => {
        const { base, vector } = diskControllerPlace(0);
        new DiskController(machine, base, vector).attach(0, store);
      },
    });
    system.runUntilIdle(2);
    expect(seen).toEqual([SS$_NORMAL, 99, 3, 5, SS$_CTRLERR, 9, 12, 0]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('a transfer whose interrupt gets lost is started again ten seconds later; without any interrupt it ends in SS$_TIMEOUT', () => {
    const seen: unknown[] = [];
    let lost = 1;
    const store = new MemoryStore(100);
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const chan = p.allocate(4);
          yield* service(p, '$ASSIGN', { devnam: p.string('DUA0'), chan });
          const [iosb, back] = [p.allocate(8), p.allocate(512)];
          const request = { chan: p.memory.readWord(chan), func: IO$_READLBLK, iosb, p1: back, p2: 512, p3: 7 };
          for (const losses of [1, 1000]) {
            lost = losses;
            const begun = p.kernel.sys.EXE$GL_ABSTIM;
            yield* service(p, '$QIOW', request);
            seen.push(p.memory.readWord(iosb), p.kernel.sys.EXE$GL_ABSTIM - begun);
          }
          seen.push(DISKUCB.at(p.kernel, findUnit(p.kernel, 'DUA0')).UCB$W_ERRCNT);
          return 1;
        },
      },
      attach: (machine) => { attachLosing(machine, store, () => (lost -= 1) >= 0); },
    });
    system.runUntilIdle(200);
    expect(seen).toEqual([SS$_NORMAL, 10, SS$_TIMEOUT, 90, 10]);
    expect(store.transfers).toHaveLength(2 + 9);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch18#18: $DASSGN of a channel with a transfer under way waits in RWAST, and the completion AST gets in meanwhile', () => {
    const seen: unknown[] = [];
    let lost = 1;
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const chan = p.allocate(4);
          yield* service(p, '$ASSIGN', { devnam: p.string('DUA0'), chan });
          const [iosb, back] = [p.allocate(8), p.allocate(512)];
          yield* service(p, '$QIO', { chan: p.memory.readWord(chan), func: IO$_READLBLK, iosb, p1: back, p2: 512, p3: 7 });
          seen.push(p.memory.readWord(iosb));
          seen.push(yield* service(p, '$DASSGN', { chan: p.memory.readWord(chan) }), p.memory.readWord(iosb));
          for (;;) yield* service(p, '$HIBER', {});
        },
      },
      attach: (machine) => { attachLosing(machine, new MemoryStore(100), () => (lost -= 1) >= 0); },
    });
    system.runUntilIdle(3);
    const pcb = system.process('SYSINIT')!;
    expect([seen, pcb.PCB$W_STATE, pcb.PCB$L_EFWM & 0xffff]).toEqual([[0], SCH$C_MWAIT, RSN$_ASTWAIT]);
    system.runUntilIdle(20);
    expect(seen).toEqual([0, SS$_NORMAL, SS$_NORMAL]);
    expect(system.checkBooks()).toEqual([]);
  });
});

/** Attaches a disk whose interrupts are lost when `isLost` says so. */
function attachLosing(machine: Machine, store: MemoryStore, isLost: () => boolean): void {
  const { base, vector } = diskControllerPlace(0);
  const { io, memory } = machine;
  const interrupts = Object.create(machine.interrupts, {
    request: { value: (at: number, ipl: number) => { if (!isLost()) machine.interrupts.request(at, ipl); } },
  }) as typeof machine.interrupts;
  new DiskController({ io, interrupts, memory, codeChanged: (pa, length) => { machine.codeChanged(pa, length); } }, base, vector).attach(0, store);
}
