import fc from 'fast-check';
import { expect, test } from 'vitest';
import { immediateIo, MemoryBlocks, runNow, type BlockFlow, type BlockStore } from '../../src/filesystem/block-io.js';
import { Directory } from '../../src/filesystem/directory.js';
import type { FileId } from '../../src/filesystem/file-id.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { requestedName } from '../../src/filesystem/lookup.js';
import { FID$C_MFD } from '../../src/filesystem/on-disk.js';
import { repairVolume } from '../../src/filesystem/repair.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { openVolume } from '../../src/filesystem/volume.js';
import { Ods2Structure } from '../../src/filesystem/xqp/ods2.js';

/** A disk that takes `left` more writes and then is dead: what `kill -9` leaves. */
class DyingBlocks implements BlockStore {
  constructor(private readonly below: MemoryBlocks, public left: number) {}
  get blocks(): number { return this.below.blocks; }
  read(lbn: number, count: number): Uint8Array { return this.below.read(lbn, count); }
  write(lbn: number, bytes: Uint8Array): void {
    if (this.left <= 0) throw new Error('dead');
    this.left -= 1;
    this.below.write(lbn, bytes);
  }
}

const MFD: FileId = { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 };
const command = fc.record({ op: fc.constantFrom('create', 'create', 'extend', 'truncate', 'delete', 'rename'), which: fc.nat(50), size: fc.integer({ min: 1, max: 40 }) });

test('whenever the machine stops, only space is lost, and every finished operation has happened', () => {
  fc.assert(fc.property(fc.array(command, { minLength: 5, maxLength: 60 }), fc.nat(600), (commands, writes) => {
    const memory = new MemoryBlocks(3000);
    initializeVolume(memory, { label: 'DYING', date: 1n });
    const store = new DyingBlocks(memory, writes);
    const on = <T>(body: (structure: Ods2Structure) => BlockFlow<T>): T =>
      runNow((function* () { return yield* body(new Ods2Structure(yield* openVolume(immediateIo(store)))); })());
    const files: { id: FileId; name: string }[] = [];
    let busy: string | undefined;
    try {
      for (const [index, { op, which, size }] of commands.entries()) {
        const file = files[which % Math.max(1, files.length)];
        busy = file?.name;
        if (op === 'create') {
          const name = `NAME_THAT_IS_RATHER_LONG_${(index * 37) % 61}_${index}.TYPE`;
          busy = name;
          const id = on(function* (structure) {
            const made = yield* structure.create({ name: `${name};1`, owner: 0x10004, protection: 0, characteristics: 0, backLink: MFD, date: 1n }, () => undefined);
            yield* structure.enter(MFD, requestedName(name), made, { newVersion: false, supersede: false });
            return made;
          });
          files.push({ id, name });
        } else if (file && op === 'extend') on(function* (structure) { yield* structure.extend(file.id, size, {}); });
        else if (file && op === 'truncate') on(function* (structure) { yield* structure.truncate(file.id, size); });
        else if (file && op === 'rename') {
          const name = `RENAMED_${index}.TYPE`;
          on(function* (structure) {
            yield* structure.enter(MFD, requestedName(name), file.id, { newVersion: false, supersede: false });
            yield* structure.remove(MFD, file.name, 1);
          });
          file.name = name;
        } else if (file) {
          on(function* (structure) {
            yield* structure.remove(MFD, file.name, 1);
            yield* structure.delete(file.id);
          });
          files.splice(files.indexOf(file), 1);
        }
        busy = undefined;
      }
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'dead') throw error;
    }
    // A directory may show an entry twice after a stop in the middle of moving blocks; nothing may lead nowhere or be used twice.
    const problems = verifyVolume(memory, { ignoreLostSpace: true, ignoreLostFiles: true }).filter((text) => !text.includes('out of order'));
    expect(problems).toEqual([]);
    const names = runNow((function* () {
      return (yield* (yield* Directory.open(yield* openVolume(immediateIo(memory)), MFD)).entries()).map((entry) => entry.name);
    })());
    for (const { name } of files) if (name !== busy) expect(names).toContain(name);
    repairVolume(memory, 1n);
    expect(verifyVolume(memory)).toEqual([]);
    expect(repairVolume(memory, 1n)).toEqual({ blocksFreed: 0, numbersFreed: 0, entriesRemoved: 0, filesFound: 0 });
  }), { numRuns: 150 });
});
