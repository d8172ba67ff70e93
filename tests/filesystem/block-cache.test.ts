import { expect, test } from 'vitest';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { IO$M_ACCESS, IO$M_CREATE, IO$M_DELETE, IO$_ACCESS, IO$_CREATE, IO$_DELETE, IO$_READVBLK, IO$_WRITEVBLK } from '../../src/executive/starlet/iodef.js';
import { SS$_NOSUCHFILE } from '../../src/executive/starlet/ssdef.js';
import { UCB } from '../../src/executive/structures/ucb.js';
import { AQB, F11BC, F11BD, VCB } from '../../src/executive/structures/volume.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { FIB$M_WRITE } from '../../src/filesystem/fib.js';
import { dismountVolume, mountVolume } from '../../src/filesystem/index.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { BLOCK } from '../../src/filesystem/on-disk.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { TEST_TIME, type Program, type TestSystem } from '../harness.js';
import { assign, fileFunction, fileSystem, MFD, virtualBlocks } from './acp.js';

/** A disk that counts what reaches it. */
class CountingBlocks extends MemoryBlocks {
  reads = 0;
  writes = 0;

  override read(lbn: number, count: number): Uint8Array {
    this.reads += 1;
    return super.read(lbn, count);
  }

  override write(lbn: number, bytes: Uint8Array): void {
    this.writes += 1;
    super.write(lbn, bytes);
  }
}

function run(program: (p: Procedure, store: CountingBlocks) => ReturnType<Program>, parameters: Readonly<Record<string, number>> = {}): { store: CountingBlocks; system: TestSystem } {
  const store = new CountingBlocks(3000);
  initializeVolume(store, { label: 'TESTDISK', date: TEST_TIME });
  const system = fileSystem({
    SYSINIT: function* (p) {
      yield* mountVolume(p, 'DUA0:');
      return yield* program(p, store);
    },
  }, store, [], parameters);
  system.runUntilIdle(5);
  return { store, system };
}

function cacheOf({ kernel: k }: Procedure): ReturnType<typeof F11BC.at> {
  return F11BC.at(k, AQB.at(k, k.sys.IOC$GL_AQBLIST).AQB$L_BUFCACHE);
}

/** What each buffer in use holds that is not on the disk as it stands in the buffer. */
function differences({ kernel: k }: Procedure, store: MemoryBlocks): number[] {
  return [...k.queueEntries(k.readLong(k.sys.IOC$GL_AQBLIST + AQB.offset.AQB$L_BUFCACHE))].map((entry) => F11BD.at(k, entry))
    .filter((entry) => entry.F11BD$L_UCB !== 0 && Buffer.compare(k.readBytes(entry.F11BD$L_BUFFER, BLOCK), store.bytes.slice(entry.F11BD$L_LBN * BLOCK, (entry.F11BD$L_LBN + 1) * BLOCK)) !== 0)
    .map((entry) => entry.F11BD$L_LBN);
}

const createIn = (p: Procedure, chan: number, name: string): ReturnType<typeof fileFunction> => fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did: MFD, name });

test('a file is looked up without the disk the second time, and every change is on the disk at once', () => {
  const seen: unknown[] = [];
  const { store, system } = run(function* (p, disk) {
    const chan = yield* assign(p, 'DUA0:');
    for (let index = 0; index < 60; index += 1) {
      yield* createIn(p, chan, `F${index}.DAT`);
      if (index % 3 === 0) yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: `F${index >>> 1}.DAT;1` });
    }
    yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'F59.DAT' });
    const { reads, writes } = disk;
    const hits = cacheOf(p).F11BC$L_HITS;
    seen.push((yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'F59.DAT' })).status, disk.reads - reads, disk.writes - writes, cacheOf(p).F11BC$L_HITS > hits);
    seen.push(differences(p, disk));
    return 1;
  });
  expect(seen).toEqual([1, 0, 0, true, []]);
  expect(verifyVolume(store)).toEqual([]);
  expect(system.checkBooks()).toEqual([]);
});

test('has ACP_MAPCACHE + ACP_HDRCACHE + ACP_DIRCACHE buffers, which go back to paged pool with the last volume', () => {
  const seen: unknown[] = [];
  const { system } = run(function* (p) {
    const { kernel: k } = p;
    seen.push(cacheOf(p).F11BC$W_BUFFERS);
    const vcb = VCB.at(k, UCB.at(k, findUnit(k, 'DUA0')!).UCB$L_VCB);
    const aqb = vcb.VCB$L_AQB;
    k.sys.EXE$GL_SYSUCB = 0;
    yield* dismountVolume(p, 'DUA0:');
    seen.push(AQB.at(k, aqb).AQB$L_BUFCACHE);
    return 1;
  }, { ACP_MAPCACHE: 3, ACP_HDRCACHE: 9, ACP_DIRCACHE: 5 });
  expect(seen).toEqual([17, 0]);
  expect(system.checkBooks()).toEqual([]);
});

test('what is written to a directory as to a file is seen by the next file function', () => {
  const seen: unknown[] = [];
  const { system } = run(function* (p) {
    const chan = yield* assign(p, 'DUA0:');
    const writer = yield* assign(p, 'DUA0:');
    yield* createIn(p, chan, 'BEFORE.DAT');
    yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'BEFORE.DAT' });
    yield* fileFunction(p, writer, IO$_ACCESS | IO$M_ACCESS, { fid: MFD, accessControl: FIB$M_WRITE });
    const buffer = p.allocate(BLOCK);
    yield* virtualBlocks(p, writer, IO$_READVBLK, buffer, BLOCK, 1);
    const text = String.fromCharCode(...p.memory.readBytes(buffer, BLOCK));
    p.memory.writeByte(buffer + text.indexOf('BEFORE.DAT'), 'D'.charCodeAt(0));
    seen.push((yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'BEFORE.DAT' })).status);
    yield* virtualBlocks(p, writer, IO$_WRITEVBLK, buffer, BLOCK, 1);
    seen.push((yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'BEFORE.DAT' })).status);
    seen.push((yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'DEFORE.DAT' })).status);
    yield* service(p, '$DASSGN', { chan: writer });
    const vcb = VCB.at(p.kernel, UCB.at(p.kernel, findUnit(p.kernel, 'DUA0')!).UCB$L_VCB);
    seen.push(vcb.VCB$V_WRITTENTO, (yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'DEFORE.DAT' })).status);
    return 1;
  });
  expect(seen).toEqual([1, SS$_NOSUCHFILE, 1, 0, 1]);
  expect(system.checkBooks()).toEqual([]);
});
