import { expect, test } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { IO$M_ACCESS, IO$M_CREATE, IO$M_DELETE, IO$_CREATE, IO$_DELETE, IO$_MODIFY, IO$_WRITEVBLK } from '../../src/executive/starlet/iodef.js';
import { AQB, VCB } from '../../src/executive/structures/volume.js';
import { UCB } from '../../src/executive/structures/ucb.js';
import { writeQuad } from '../../src/executive/structures/memory.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { FIB$M_EXTEND, FIB$M_WRITE } from '../../src/filesystem/fib.js';
import { mountVolume } from '../../src/filesystem/index.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { TEST_TIME, type Program } from '../harness.js';
import { assign, fileFunction, fileSystem, MFD, virtualBlocks } from './acp.js';

/** Makes, extends, writes and deletes files until it is deleted. */
const busy: Program = function* (p) {
  const buffer = p.allocate(512);
  for (let round = 0; ; round += 1) {
    yield* p.scratch(function* () {
      const chan = yield* assign(p, 'DUA0:');
      yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE | IO$M_ACCESS, { did: MFD, name: 'BUSY.DAT', accessControl: FIB$M_WRITE });
      yield* fileFunction(p, chan, IO$_MODIFY, { extendControl: FIB$M_EXTEND, size: 3 });
      yield* virtualBlocks(p, chan, IO$_WRITEVBLK, buffer, 512, 2);
      if (round % 3 !== 0) yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'BUSY.DAT' });
      return yield* service(p, '$DASSGN', { chan });
    });
  }
};

test.each([1, 4])('ch07#30: processes deleted in the middle of file functions leave volume and books whole (%i)', (seed) => {
  const store = new MemoryBlocks(6000);
  initializeVolume(store, { label: 'BUSY', date: TEST_TIME });
  let deleted = 0;
  const system = fileSystem({
    SYSINIT: function* (p) {
      yield* mountVolume(p, 'DUA0:');
      for (let round = 0; round < 6; round += 1) {
        const names = ['ONE', 'TWO', 'THREE'];
        for (const name of names) yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:BUSY'), prcnam: p.string(name), baspri: 4, uic: 0x10004, stsflg: 0x40 });
        const delta = p.allocate(8);
        writeQuad(p.memory, delta, -BigInt(10_000 * (7 + ((seed * 31 + round * 17) % 40))));
        yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
        yield* service(p, '$WAITFR', { efn: 5 });
        for (const name of names) if ((yield* service(p, '$DELPRC', { prcnam: p.string(name) })) & 1) deleted += 1;
        writeQuad(p.memory, delta, -10_000_000n);
        yield* service(p, '$SETIMR', { efn: 5, daytim: delta });
        yield* service(p, '$WAITFR', { efn: 5 });
      }
      return 1;
    },
    BUSY: busy,
  }, store);
  system.runUntilIdle(30);
  expect(deleted).toBe(18);
  const { k } = system;
  for (const name of ['ONE', 'TWO', 'THREE', 'SYSINIT']) expect(system.process(name)).toBeUndefined();
  const vcb = VCB.at(k, UCB.at(k, findUnit(k, 'DUA0')!).UCB$L_VCB);
  expect([...k.queueEntries(vcb.address)]).toEqual([]);
  expect([...k.queueEntries(vcb.VCB$L_AQB + AQB.offset.AQB$L_ACPQFL)]).toEqual([]);
  expect([vcb.VCB$W_ACTIVITY, vcb.VCB$W_TRANS]).toEqual([0, 0]);
  expect(verifyVolume(store)).toEqual([]);
  expect(system.checkBooks()).toEqual([]);
});
