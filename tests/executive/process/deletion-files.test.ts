import { expect, test } from 'vitest';
import { DiskController, diskControllerPlace } from '../../../src/emulator/devices/disk.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { FAB$C_VAR, FAB$M_GET, FAB$M_PUT } from '../../../src/executive/starlet/fabdef.js';
import { RMS$_EOF } from '../../../src/executive/starlet/rmsdef.js';
import { MemoryBlocks } from '../../../src/filesystem/block-io.js';
import { fileSystemImage, mountVolume } from '../../../src/filesystem/index.js';
import { initializeVolume } from '../../../src/filesystem/initialize.js';
import { RMS_IMAGE } from '../../../src/rms/index.js';
import { getText, makeFab, makeRab, putText } from '../../rms/support.js';
import { TEST_TIME, TestSystem } from '../../harness.js';
import { create, deleteProcess, pause, sleeper } from './support.js';

const FILE = 'DUA0:[000000]LATE.DAT';

test('ch22#7: records that a deleted process had only put into its buffer are in the file', () => {
  const store = new MemoryBlocks(3000);
  initializeVolume(store, { label: 'TEST', date: TEST_TIME });
  const records: (string | number)[] = [];
  const statuses: number[] = [];
  let unwritten = false;
  const system = new TestSystem({
    systemImages: [RMS_IMAGE, fileSystemImage()],
    attach: (machine) => {
      const { base, vector } = diskControllerPlace(0);
      new DiskController(machine, base, vector).attach(0, store);
    },
    programs: {
      SYSINIT: function* (p) {
        statuses.push(yield* mountVolume(p, '_DUA0:'));
        const { epid } = yield* create(p, { image: 'WRITER', name: 'WRITER' });
        yield* pause(p, 5);
        unwritten = !Buffer.from(store.read(0, 3000)).includes('third and last');
        statuses.push(yield* deleteProcess(p, epid));
        yield* pause(p, 5);
        const fab = makeFab(p, FILE, { fac: FAB$M_GET });
        const rab = makeRab(p, fab);
        statuses.push(yield* service(p, '$OPEN', { fab: fab.address }), yield* service(p, '$CONNECT', { rab: rab.address }));
        for (let count = 0; count < 4; count += 1) records.push(yield* getText(p, rab));
        return yield* sleeper(p);
      },
      WRITER: function* (p) {
        const fab = makeFab(p, FILE, { fac: FAB$M_PUT, rfm: FAB$C_VAR });
        const rab = makeRab(p, fab);
        statuses.push((yield* service(p, '$CREATE', { fab: fab.address })) & 1, yield* service(p, '$CONNECT', { rab: rab.address }));
        for (const text of ['first', 'second', 'third and last']) yield* putText(p, rab, text);
        return yield* sleeper(p);
      },
    },
  });
  system.runUntilIdle(30);
  expect(statuses.map((status) => status & 1)).toEqual(Array(6).fill(1));
  expect(unwritten).toBe(true);
  expect(records).toEqual(['first', 'second', 'third and last', RMS$_EOF]);
  expect(system.process('WRITER')).toBe(undefined);
  expect(system.checkBooks()).toEqual([]);
});
