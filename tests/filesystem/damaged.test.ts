import fc from 'fast-check';
import { expect, test } from 'vitest';
import { immediateIo, MemoryBlocks, remembered, runNow, type BlockFlow } from '../../src/filesystem/block-io.js';
import { FileFailure } from '../../src/filesystem/file-failure.js';
import type { FileId } from '../../src/filesystem/file-id.js';
import { requestedName } from '../../src/filesystem/lookup.js';
import { FID$C_MFD, checksum, headerOf, homeBlockOf, seal, storeWord } from '../../src/filesystem/on-disk.js';
import { repairVolume } from '../../src/filesystem/repair.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { openVolume } from '../../src/filesystem/volume.js';
import { Ods2Structure } from '../../src/filesystem/xqp/ods2.js';
import { buildSystemDisk } from '../../src/sysgen/system-disk.js';

const MFD: FileId = { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 };
const BLOCKS = 1500;
const good = buildSystemDisk(BLOCKS, Array.from({ length: 20 }, (_unused, index) => ({ name: `[SYS0.SYSEXE]F${index}.EXE`, bytes: new Uint8Array(900) })), {
  date: 1n, headers: 60, maximumFiles: 400,
});

/** Blocks that say something about the volume: not free ones. */
const metadata = Array.from({ length: BLOCKS }, (_unused, block) => block).filter((block) => good.subarray(block * 512, (block + 1) * 512).some((byte) => byte !== 0));

/** Everything a user could ask of a volume; each either works or fails with a status. */
function* useEverything(structure: Ods2Structure): BlockFlow<void> {
  const attempt = function* <T>(body: () => BlockFlow<T>): BlockFlow<T | undefined> {
    try {
      return yield* body();
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      return undefined;
    }
  };
  const entries = (yield* attempt(() => structure.entries(MFD))) ?? [];
  for (const { id } of entries) {
    yield* attempt(() => structure.header(id));
    yield* attempt(() => structure.map(id));
    yield* attempt(() => structure.entries(id));
  }
  let context = 0;
  for (let steps = 0; steps < 200; steps += 1) {
    const found = yield* attempt(() => structure.search(MFD, requestedName('*.*;*'), context, ''));
    if (!found) break;
    context = found.context;
  }
  const id = yield* attempt(() => structure.create({ name: 'N.N;1', owner: 1, protection: 0, characteristics: 0, backLink: MFD, date: 1n }, () => undefined));
  if (!id) return;
  yield* attempt(() => structure.enter(MFD, requestedName('N.N'), id, { newVersion: false, supersede: false }));
  yield* attempt(() => structure.extend(id, 30, {}));
  yield* attempt(() => structure.truncate(id, 7));
  yield* attempt(() => structure.remove(MFD, 'N.N', 1));
  yield* attempt(() => structure.delete(id));
}

test('a damaged volume gives statuses, never anything worse', () => {
  const damage = fc.record({ block: fc.constantFrom(...metadata), offset: fc.nat(509), value: fc.nat(0xffff), resealed: fc.boolean() });
  fc.assert(fc.property(fc.array(damage, { minLength: 1, maxLength: 8 }), (damages) => {
    const store = new MemoryBlocks(BLOCKS);
    store.bytes.set(good);
    for (const { block, offset, value, resealed } of damages) {
      const bytes = store.bytes.subarray(block * 512, (block + 1) * 512);
      storeWord(bytes, offset, value);
      if (!resealed) continue;
      // With right checksums the nonsense is believed.
      if (String.fromCharCode(...bytes.subarray(0x1f0, 0x1fa)) === 'DECFILE11B') storeWord(bytes, 0x3a, checksum(bytes, 0x3a));
      if (homeBlockOf(bytes).HM2$W_STRUCLEV === 0x201 || headerOf(bytes).FH2$W_STRUCLEV === 0x201) seal(bytes);
    }
    const work = (body: () => void): void => {
      try {
        body();
      } catch (error) {
        if (!(error instanceof FileFailure)) throw error;
        expect(error.status & 1).toBe(0);
      }
    };
    work(() => { verifyVolume(store); });
    const repaired = new MemoryBlocks(BLOCKS);
    repaired.bytes.set(store.bytes);
    work(() => { repairVolume(repaired, 1n); });
    work(() => { runNow((function* () { yield* useEverything(new Ods2Structure(yield* openVolume(remembered(immediateIo(store))))); })()); });
  }), { numRuns: 400 });
});
