import { describe, expect, test } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import { IO$M_ACCESS, IO$M_CREATE, IO$M_DELETE, IO$_ACCESS, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_READVBLK, IO$_WRITEVBLK } from '../../src/executive/starlet/iodef.js';
import { DEV$M_MNT } from '../../src/executive/starlet/devdef.js';
import { SS$_DEVACTIVE, SS$_DEVNOTMOUNT, SS$_DUPFILENAME, SS$_ENDOFFILE, SS$_INSFMEM, SS$_NOMOREFILES, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHFILE, SS$_ACCONFLICT } from '../../src/executive/starlet/ssdef.js';
import { allocateBlock } from '../../src/executive/pool/typed.js';
import { DYN$C_VCB } from '../../src/executive/structures/dyn.js';
import { UCB } from '../../src/executive/structures/ucb.js';
import { FCB, VCB } from '../../src/executive/structures/volume.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { ATR$C_FPRO, ATR$C_RECATTR, ATR$C_UCHAR, ATR$C_UIC } from '../../src/filesystem/atr.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { FIB$M_EXTEND, FIB$M_NOWRITE, FIB$M_TRUNC, FIB$M_WILD, FIB$M_WRITE } from '../../src/filesystem/fib.js';
import { FileFailure } from '../../src/filesystem/file-failure.js';
import { newHeader } from '../../src/filesystem/files.js';
import { dismountVolume, mountVolume } from '../../src/filesystem/index.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { recordAttributes } from '../../src/sysgen/system-disk.js';
import { makeFcb, makeWindow } from '../../src/filesystem/xqp/control-blocks.js';
import { TEST_TIME, bootExecutive } from '../harness.js';
import { assign, fileFunction, fileSystem, MFD, virtualBlocks } from './acp.js';
import type { Program } from '../harness.js';

function disk(blocks = 3000): MemoryBlocks {
  const store = new MemoryBlocks(blocks);
  initializeVolume(store, { label: 'TESTDISK', date: TEST_TIME });
  return store;
}

/** Runs a program as SYSINIT on a system with a mounted disk. */
function run(program: Program): { store: MemoryBlocks; system: ReturnType<typeof fileSystem> } {
  const store = disk();
  const system = fileSystem({
    SYSINIT: function* (p) {
      const mounted = yield* mountVolume(p, 'DUA0:');
      if (mounted !== SS$_NORMAL) return mounted;
      return yield* program(p);
    },
  }, store);
  system.runUntilIdle(5);
  return { store, system };
}

describe('mounting', () => {
  test('makes a volume control block from the home block', () => {
    const { system } = run(function* () { return 1; });
    const { k } = system;
    const ucb = UCB.at(k, findUnit(k, 'DUA0')!);
    expect(ucb.UCB$L_VCB).not.toBe(0);
    const vcb = VCB.at(k, ucb.UCB$L_VCB);
    expect(String.fromCharCode(...vcb.VCB$T_VOLNAME)).toBe('TESTDISK    ');
    expect(vcb.VCB$W_CLUSTER).toBe(1);
    expect(vcb.VCB$L_FREE).toBeGreaterThan(2900);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('dismounting', () => {
  test('not of the system disk; waits for the last open file; the unit can then be mounted again', () => {
    const seen: unknown[] = [];
    const { system } = run(function* (p) {
      const chan = yield* assign(p, 'DUA0:');
      yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE | IO$M_ACCESS, { did: MFD, name: 'OPEN.DAT', accessControl: FIB$M_WRITE });
      const isMounted = (): boolean => (UCB.at(p.kernel, findUnit(p.kernel, 'DUA0')!).UCB$L_DEVCHAR & DEV$M_MNT) !== 0;
      // The unit the system was booted from stays; from here on it is no more than a disk.
      seen.push(yield* dismountVolume(p, 'DUA0:'), isMounted());
      p.kernel.sys.EXE$GL_SYSUCB = 0;
      seen.push(yield* dismountVolume(p, 'DUA0:'), isMounted());
      seen.push((yield* fileFunction(p, yield* assign(p, 'DUA0:'), IO$_ACCESS, { did: MFD, name: 'OPEN.DAT' })).status);
      yield* service(p, '$DASSGN', { chan });
      seen.push(isMounted(), yield* mountVolume(p, 'DUA0:'));
      seen.push((yield* fileFunction(p, yield* assign(p, 'DUA0:'), IO$_ACCESS, { did: MFD, name: 'OPEN.DAT' })).status);
      seen.push(yield* dismountVolume(p, 'DUA0:'), isMounted());
      return 1;
    });
    expect(seen).toEqual([SS$_DEVACTIVE, true, 1, true, SS$_DEVNOTMOUNT, false, 1, 1, 1, false]);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('file functions', () => {
  test('qio#15: a file is created, written, read and deleted through $QIO on the disk channel', () => {
    const seen: unknown[] = [];
    const { store, system } = run(function* (p) {
      const chan = yield* assign(p, 'DUA0:');
      const made = yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE | IO$M_ACCESS, {
        did: MFD, name: 'HELLO.TXT', accessControl: FIB$M_WRITE, extendControl: FIB$M_EXTEND, size: 5,
        attributes: [{ code: ATR$C_RECATTR, bytes: recordAttributes('stream-lf', 0) }],
      });
      seen.push(made.status, made.result, made.size);
      const data = p.bytes(Uint8Array.from({ length: 1024 }, (_unused, index) => (index * 3) & 0xff));
      seen.push(yield* virtualBlocks(p, chan, IO$_WRITEVBLK, data, 1024, 2));
      const back = p.allocate(1024);
      seen.push(yield* virtualBlocks(p, chan, IO$_READVBLK, back, 1024, 2));
      seen.push(p.memory.readBytes(back, 1024).every((byte, index) => byte === ((index * 3) & 0xff)));
      seen.push((yield* virtualBlocks(p, chan, IO$_READVBLK, back, 512, 6)).status);
      seen.push((yield* virtualBlocks(p, chan, IO$_READVBLK, back, 1024, 5)));
      const closed = yield* fileFunction(p, chan, IO$_DEACCESS, { attributes: [{ code: ATR$C_RECATTR, bytes: recordAttributes('stream-lf', 1030) }] });
      seen.push(closed.status);
      const found = yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'HELLO.TXT', attributes: [{ code: ATR$C_RECATTR, bytes: new Uint8Array(32) }] });
      seen.push(found.status, found.result, found.fid.number === made.fid.number, [...found.attributes[0]!.slice(4, 14)]);
      seen.push((yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'HELLO.TXT;1' })).status);
      seen.push((yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'HELLO.TXT' })).status);
      yield* service(p, '$DASSGN', { chan });
      return 1;
    });
    expect(seen).toEqual([
      SS$_NORMAL, 'HELLO.TXT;1', 5, { status: 1, bytes: 1024 }, { status: 1, bytes: 1024 }, true, SS$_ENDOFFILE, { status: SS$_ENDOFFILE, bytes: 512 },
      SS$_NORMAL, SS$_NORMAL, 'HELLO.TXT;1', true, [0, 0, 5, 0, 0, 0, 3, 0, 6, 0], SS$_NORMAL, SS$_NOSUCHFILE,
    ]);
    expect(verifyVolume(store)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('versions, wildcard search, duplicate names, directories', () => {
    const seen: unknown[] = [];
    const { store } = run(function* (p) {
      const chan = yield* assign(p, 'DUA0:');
      const create = (name: string, did = MFD) => fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did, name });
      seen.push((yield* create('A.T')).result, (yield* create('A.T')).result, (yield* create('B.T')).result, (yield* create('A.T;2')).status);
      const directory = yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, {
        did: MFD, name: 'SUB.DIR;1', attributes: [{ code: ATR$C_UCHAR, bytes: Uint8Array.of(0, 0x20, 0, 0) }],
      });
      seen.push(directory.status, (yield* create('IN.SIDE', directory.fid)).result);
      let context = 0;
      for (;;) {
        const found = yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: '*.T;*', context, nameControl: FIB$M_WILD });
        if (found.status !== SS$_NORMAL) {
          seen.push(found.status);
          break;
        }
        seen.push(found.result);
        context = found.context;
      }
      seen.push((yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'SUB.DIR;1' })).status === 0x2174);
      return 1;
    });
    expect(seen).toEqual(['A.T;1', 'A.T;2', 'B.T;1', SS$_DUPFILENAME, SS$_NORMAL, 'IN.SIDE;1', 'A.T;2', 'A.T;1', 'B.T;1', SS$_NOMOREFILES, true]);
    expect(verifyVolume(store)).toEqual([]);
  });

  test('windows follow when a file is extended and cut off; sharing is respected; a deleted open file goes when it is closed', () => {
    const seen: unknown[] = [];
    const { store, system } = run(function* (p) {
      const chan = yield* assign(p, 'DUA0:');
      const other = yield* assign(p, 'DUA0:');
      const made = yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE | IO$M_ACCESS, { did: MFD, name: 'X.Y', accessControl: FIB$M_WRITE });
      seen.push((yield* fileFunction(p, other, IO$_ACCESS | IO$M_ACCESS, { did: MFD, name: 'X.Y', accessControl: FIB$M_NOWRITE })).status);
      seen.push((yield* fileFunction(p, other, IO$_ACCESS | IO$M_ACCESS, { did: MFD, name: 'X.Y' })).status);
      const extended = yield* fileFunction(p, chan, IO$_MODIFY, { extendControl: FIB$M_EXTEND, size: 20 });
      seen.push(extended.status, extended.size, extended.vbn);
      const buffer = p.allocate(512);
      seen.push((yield* virtualBlocks(p, other, IO$_READVBLK, buffer, 512, 20)).status);
      const cut = yield* fileFunction(p, chan, IO$_MODIFY, { extendControl: FIB$M_TRUNC, vbn: 11 });
      seen.push(cut.status, cut.size, (yield* virtualBlocks(p, other, IO$_READVBLK, buffer, 512, 20)).status);
      seen.push((yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'X.Y;1' })).status);
      seen.push((yield* virtualBlocks(p, other, IO$_READVBLK, buffer, 512, 10)).status);
      yield* service(p, '$DASSGN', { chan });
      yield* service(p, '$DASSGN', { chan: other });
      seen.push((yield* fileFunction(p, yield* assign(p, 'DUA0:'), IO$_ACCESS, { fid: made.fid })).status);
      return 1;
    });
    expect(seen).toEqual([SS$_ACCONFLICT, 1, 1, 20, 1, 1, 1, 10, SS$_ENDOFFILE, 1, 1, SS$_NOSUCHFILE]);
    expect(verifyVolume(store)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
    const vcb = VCB.at(system.k, UCB.at(system.k, findUnit(system.k, 'DUA0')!).UCB$L_VCB);
    expect(system.k.readLong(vcb.address)).toBe(vcb.address);
    expect(vcb.VCB$W_ACTIVITY).toBe(0);
  });

  test('two processes at once take turns on the volume', () => {
    const results: Record<string, string[]> = { ONE: [], TWO: [] };
    const worker = (name: string): Program => function* (p) {
      const chan = yield* assign(p, 'DUA0:');
      for (let file = 0; file < 15; file += 1) {
        const made = yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did: MFD, name: 'SAME.NAME', extendControl: FIB$M_EXTEND, size: 3 });
        results[name]!.push(`${made.status} ${made.result}`);
      }
      return 1;
    };
    const store = disk();
    const system = fileSystem({
      SYSINIT: function* (p) {
        yield* mountVolume(p, 'DUA0:');
        for (const name of ['ONE', 'TWO']) yield* service(p, '$CREPRC', { image: p.string(`SYS$SYSTEM:${name}`), prcnam: p.string(name), baspri: 4, uic: 0x10004, stsflg: 0x40 });
        return 1;
      },
      ONE: worker('ONE'), TWO: worker('TWO'),
    }, store);
    system.runUntilIdle(20);
    const all = [...results['ONE']!, ...results['TWO']!];
    expect(all).toHaveLength(30);
    expect(new Set(all).size).toBe(30);
    expect(all.every((text) => text.startsWith('1 SAME.NAME;'))).toBe(true);
    expect(verifyVolume(store)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('protection keeps others out, by owner, group and world', () => {
    const seen: Record<string, number[]> = { STRANGER: [], OWNER: [] };
    const tries = (name: string): Program => function* (p) {
      const chan = yield* assign(p, 'DUA0:');
      const access = function* (call: Parameters<typeof fileFunction>[3]) {
        const { status } = yield* fileFunction(p, chan, IO$_ACCESS | IO$M_ACCESS, { did: MFD, ...call });
        if (status & 1) yield* fileFunction(p, chan, IO$_DEACCESS, {});
        seen[name]!.push(status);
      };
      yield* access({ name: 'PRIVATE.DAT' });
      yield* access({ name: 'PUBLIC.DAT' });
      yield* access({ name: 'PUBLIC.DAT', accessControl: FIB$M_WRITE });
      seen[name]!.push((yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'PRIVATE.DAT', attributes: [{ code: ATR$C_RECATTR, bytes: new Uint8Array(32) }] })).status);
      seen[name]!.push((yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'PUBLIC.DAT' })).status);
      seen[name]!.push((yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did: MFD, name: 'MINE.DAT' })).status);
      return 1;
    };
    const store = disk();
    const system = fileSystem({
      SYSINIT: function* (p) {
        yield* mountVolume(p, 'DUA0:');
        const chan = yield* assign(p, 'DUA0:');
        const protection = (word: number) => [{ code: ATR$C_FPRO, bytes: Uint8Array.of(word & 0xff, word >>> 8) }, { code: ATR$C_UIC, bytes: Uint8Array.of(1, 0, 0x80, 0) }];
        yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did: MFD, name: 'PRIVATE.DAT', attributes: protection(0xff00) });
        yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did: MFD, name: 'PUBLIC.DAT', attributes: protection(0xea00) });
        const none = p.allocate(8);
        for (const [name, uic] of [['STRANGER', 0x81_0001], ['OWNER', 0x80_0001]] as const) {
          yield* service(p, '$CREPRC', { image: p.string(`SYS$SYSTEM:${name}`), prcnam: p.string(name), baspri: 4, uic, stsflg: 0x40, prvadr: none });
        }
        return 1;
      },
      STRANGER: tries('STRANGER'), OWNER: tries('OWNER'),
    }, store);
    system.runUntilIdle(10);
    const no = SS$_NOPRIV;
    expect(seen['STRANGER']).toEqual([no, 1, no, no, no, no]);
    expect(seen['OWNER']).toEqual([1, 1, 1, 1, no, no]);
  });
});

test('a window that does not fit into the pool leaves nothing there', () => {
  const { k } = bootExecutive();
  const vcb = allocateBlock(k, VCB.size, DYN$C_VCB);
  k.initializeQueue(vcb);
  const fcb = makeFcb(k, vcb, MFD, newHeader(MFD, { name: 'BITS.DAT;1', owner: 1, protection: 0, characteristics: 0, backLink: MFD, date: 0n }), 0);
  const extents = Array.from({ length: 300_000 }, (_, index) => ({ lbn: 2 * index, count: 1 }));
  const free: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    expect(() => makeWindow(k, fcb, 0, extents, { read: true, write: false, accessControl: 0 })).toThrow(new FileFailure(SS$_INSFMEM));
    expect([...k.queueEntries(fcb.address + FCB.offset.FCB$L_WLFL)]).toEqual([]);
    let total = 0;
    for (let block = k.readLong(k.symbol('EXE$GL_NONPAGED') + 4); block !== 0; block = k.readLong(block)) total += k.readLong(block + 4);
    free.push(total);
  }
  // The first turn may have made the pool larger.
  expect(free[2]).toBe(free[1]);
  expect(free[2]).toBeGreaterThan(0);
});
