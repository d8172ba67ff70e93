import { expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { SEC$M_EXPREG, SEC$M_GBL, SEC$M_PAGFIL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { SS$_CREATED, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { MemoryBlocks } from '../../../src/filesystem/block-io.js';
import { mountVolume } from '../../../src/filesystem/index.js';
import { initializeVolume } from '../../../src/filesystem/initialize.js';
import { TEST_TIME } from '../../harness.js';
import { bootSwapping } from '../swap/swap-harness.js';
import { written } from './paging-harness.js';
import { markedFile, PAGE, pair } from './section-support.js';

const SWAP_BLOCKS = 100;
const PAGE_BLOCKS = 400;

/** A volume that notes which of its blocks are written. */
class Volume extends MemoryBlocks {
  readonly written: number[] = [];
  override write(lbn: number, bytes: Uint8Array): void {
    for (let block = 0; block < bytes.length / PAGE; block += 1) this.written.push(lbn + block);
    super.write(lbn, bytes);
  }
}

test('qio#31: paging writes modified pages of a data file section into the data file, those of a page file section into the page file alone', () => {
  const volume = new Volume(3000);
  initializeVolume(volume, { label: 'TESTDISK', date: TEST_TIME });
  let fileAt = 0;
  const seen: Record<string, number[]> = {};
  const swap = bootSwapping({
    volume, swapBlocks: SWAP_BLOCKS, pageBlocks: PAGE_BLOCKS,
    programs: {
      START: function* (p) {
        const { store } = swap;
        expect(yield* mountVolume(p, 'DUA1:')).toBe(SS$_NORMAL);
        const chan = yield* markedFile(p, 'A.DAT', 2, 'DUA1:');
        fileAt = volume.written.at(-2)!;
        const map = function* (name: string, flags: number, more: Record<string, number>): Flow<number> {
          const retadr = p.allocate(8);
          const made = yield* service(p, '$CRMPSC', { inadr: pair(p, 0x200, 0x200), retadr, gsdnam: p.string(name), flags: flags | SEC$M_GBL | SEC$M_WRT | SEC$M_EXPREG, ...more });
          expect(made).toBe(SS$_CREATED);
          return p.memory.readLong(retadr);
        };
        yield* written(p);
        const inFile = yield* map('FILE', 0, { chan, pagcnt: 2 });
        const inPageFile = yield* map('MEMORY', SEC$M_PAGFIL, { pagcnt: 2 });
        for (const [name, base] of [['file', inFile], ['page file', inPageFile]] as const) {
          volume.written.length = store.transfers.length = 0;
          p.memory.writeLong(base + PAGE, 0x600d);
          yield* service(p, '$PURGWS', { inadr: pair(p, base, base + PAGE) });
          yield* written(p);
          seen[name] = [...volume.written];
          seen[`${name}, others`] = store.transfers.map((text) => Number(/^W(\d+)/.exec(text)?.[1] ?? 0));
          expect(p.memory.readLong(base + PAGE)).toBe(0x600d);
        }
        return 1;
      },
    },
  });
  swap.system.runUntilIdle(10);
  expect(seen['file']).toEqual([fileAt + 1]);
  expect(new DataView(volume.bytes.buffer).getUint32((fileAt + 1) * PAGE, true)).toBe(0x600d);
  expect(seen['page file']).toEqual([]);
  const places = seen['page file, others']!;
  expect(places.length).toBeGreaterThan(0);
  expect(places.every((block) => block >= SWAP_BLOCKS && block < SWAP_BLOCKS + PAGE_BLOCKS)).toBe(true);
  expect(swap.system.checkBooks()).toEqual([]);
});
