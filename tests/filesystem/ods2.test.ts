import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { countFree } from '../../src/filesystem/allocation.js';
import { immediateIo, MemoryBlocks, runNow, type BlockFlow } from '../../src/filesystem/block-io.js';
import { Directory, entryText, formatBlock, parseBlock } from '../../src/filesystem/directory.js';
import type { FileId } from '../../src/filesystem/file-id.js';
import { nameMatches, parseName } from '../../src/filesystem/file-name.js';
import { createFile, deleteFile, extendFile, truncateFile } from '../../src/filesystem/files.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { enterName, findEntry, requestedName } from '../../src/filesystem/lookup.js';
import { FID$C_MFD, headerOf, homeBlockOf, isSealed, type HeaderView } from '../../src/filesystem/on-disk.js';
import { blocksIn, readMap, writeMap, type Extent } from '../../src/filesystem/retrieval.js';
import { chainMap, openVolume, type Volume } from '../../src/filesystem/volume.js';
import { buildSystemDisk, readSystemFile } from '../../src/sysgen/system-disk.js';
import { verifyVolume } from '../../src/filesystem/verify.js';

const DATE = 0x8f3c2a00000000n;
const MFD: FileId = { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 };

function freshVolume(blocks = 2000, cluster = 1): { store: MemoryBlocks; run: <T>(body: (volume: Volume) => BlockFlow<T>) => T } {
  const store = new MemoryBlocks(blocks);
  initializeVolume(store, { label: 'TEST', date: DATE, cluster });
  return { store, run: (body) => runNow((function* () { return yield* body(yield* openVolume(immediateIo(store))); })()) };
}

const newFile = (name: string) => ({ name, owner: 0x10001, protection: 0, characteristics: 0, backLink: MFD, date: DATE });
const statusOf = (body: () => unknown): number | undefined => {
  try { body(); } catch (error) { return (error as { status?: number }).status; }
  return undefined;
};

describe('retrieval pointers', () => {
  const extent = fc.record({ lbn: fc.integer({ min: 0, max: 0x7fff_ffff }), count: fc.integer({ min: 1, max: 0x3fff_ffff }) });
  test('come back as they were stored, in whatever format they need', () => {
    fc.assert(fc.property(fc.array(extent, { maxLength: 30 }), (extents) => {
      const header = new Uint8Array(512);
      header.set([40, 100, 255, 255]);
      const stored = writeMap(header, extents);
      expect(readMap(header)).toEqual(extents.slice(0, stored));
    }));
  });
  test('the shortest format that holds the extent is taken', () => {
    const words = (extents: Extent[]): number => {
      const header = new Uint8Array(512);
      header.set([40, 100, 255, 255]);
      writeMap(header, extents);
      return header[0x3a]!;
    };
    expect(words([{ lbn: 0x3f_ffff, count: 256 }])).toBe(2);
    expect(words([{ lbn: 0x40_0000, count: 256 }])).toBe(3);
    expect(words([{ lbn: 1, count: 16384 }])).toBe(3);
    expect(words([{ lbn: 1, count: 16385 }])).toBe(4);
  });
});

describe('names', () => {
  test.each([
    ['A.B;3', { name: 'A.B', version: 3, hasWildcard: false }],
    ['a', { name: 'A.', version: 0, hasWildcard: false }],
    ['A.B.7', { name: 'A.B', version: 7, hasWildcard: false }],
    ['*.%X;*', { name: '*.%X', version: undefined, hasWildcard: true }],
    ['A.B;-2', { name: 'A.B', version: -2, hasWildcard: false }],
  ])('%s', (text, expected) => { expect(parseName(text)).toEqual(expected); });
  test('impossible ones are refused', () => {
    for (const text of ['A/B', 'A.B.C.D', `${'A'.repeat(40)}.B`, 'A B', 'Ä']) expect(parseName(text)).toBeUndefined();
    expect(parseName('../X')?.version).toBeNaN();
  });
  test('* does not run over the dot', () => {
    expect(nameMatches('*.C', 'AB.C')).toBe(true);
    expect(nameMatches('A*', 'AB.C')).toBe(false);
    expect(nameMatches('%%.*', 'AB.C')).toBe(true);
  });
});

describe('an empty volume', () => {
  test.each([[2000, 1], [60_000, 3], [700, 2]])('of %i blocks, cluster %i, is whole', (blocks, cluster) => {
    const { store } = freshVolume(blocks, cluster);
    expect(verifyVolume(store)).toEqual([]);
  });
  test('has the reserved files in its MFD', () => {
    const { run } = freshVolume();
    const names = run(function* (volume) { return (yield* (yield* Directory.open(volume, MFD)).entries()).map(entryText); });
    expect(names).toEqual(['000000.DIR;1', 'BACKUP.SYS;1', 'BADBLK.SYS;1', 'BADLOG.SYS;1', 'BITMAP.SYS;1', 'CONTIN.SYS;1', 'CORIMG.SYS;1', 'INDEXF.SYS;1', 'VOLSET.SYS;1']);
  });
  test('is found through a copy when the home block is spoilt', () => {
    const { store, run } = freshVolume();
    store.bytes.fill(0, 512, 1024);
    expect(run(function* (volume) { return volume.parameters.volumeBlocks; })).toBe(2000);
  });
});

describe('directories', () => {
  test('blocks come back as formatted', () => {
    const records = [{ name: 'A.B', versionLimit: 3, entries: [{ version: 2, id: { number: 70000, sequence: 3, rvn: 0 } }, { version: 1, id: { number: 9, sequence: 1, rvn: 0 } }] }];
    expect(parseBlock(formatBlock(records))).toEqual(records);
  });
  test('hold many names and versions in order, whatever the order they were entered in', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 90 })), { maxLength: 200, selector: String }), fc.integer({ min: 1, max: 7 }), (names, step) => {
      const { store, run } = freshVolume();
      const id = (number: number): FileId => ({ number, sequence: 1, rvn: 0 });
      run(function* (volume) {
        const directory = yield* Directory.open(volume, MFD);
        for (const [name, version] of names) yield* directory.enter(`F${name}.LONGTYPE`, version, id(name * 100 + version));
        for (let index = 0; index < names.length; index += step) {
          const [name, version] = names[index]!;
          expect(yield* directory.remove(`F${name}.LONGTYPE`, version)).toEqual(id(name * 100 + version));
        }
      });
      const expected = names.filter((_name, index) => index % step !== 0)
        .map(([name, version]) => ({ name: `F${name}.LONGTYPE`, version, id: id(name * 100 + version) }))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : b.version - a.version));
      const found = run(function* (volume) {
        const directory = yield* Directory.open(volume, MFD);
        for (const { name, version } of expected) expect((yield* directory.versions(name)).some((entry) => entry.version === version)).toBe(true);
        return (yield* directory.entries()).filter((entry) => entry.name.startsWith('F'));
      });
      expect(found).toEqual(expected);
      expect(verifyVolume(store, { ignoreMissingFiles: true })).toEqual([]);
    }), { numRuns: 30 });
  });
  test('versions: newest, exact, relative, next, duplicate', () => {
    const { run } = freshVolume();
    run(function* (volume) {
      const directory = yield* Directory.open(volume, MFD);
      const enter = (text: string) => enterName(directory, requestedName(text), { number: 20, sequence: 1, rvn: 0 }, { newVersion: false, supersede: false });
      expect((yield* enter('X.Y')).version).toBe(1);
      expect((yield* enter('X.Y;7')).version).toBe(7);
      expect((yield* enter('X.Y')).version).toBe(8);
      const find = function* (text: string) { return (yield* findEntry(directory, requestedName(text))).version; };
      expect(yield* find('X.Y')).toBe(8);
      expect(yield* find('X.Y;-1')).toBe(7);
      expect(yield* find('X.Y;1')).toBe(1);
      expect(statusOf(() => runNow(find('X.Y;2')))).toBe(0x910);
      expect(statusOf(() => runNow(enter('X.Y;7')))).toBe(0x868);
    });
  });
  test('a wildcard search goes on behind the last name though that has been deleted', () => {
    const { run } = freshVolume();
    const names = Array.from({ length: 200 }, (_unused, index) => `FILE_${String(index).padStart(3, '0')}.T`);
    for (const deletes of [false, true]) {
      const seen: string[] = [];
      run(function* (volume) {
        const directory = yield* Directory.open(volume, MFD);
        if (!deletes) for (const name of names) for (const version of [1, 2]) yield* directory.enter(name, version, { number: 20, sequence: 1, rvn: 0 });
        for (let context = 0; ;) {
          const found = yield* directory.search(requestedName('F*.T;*'), context, '');
          if (!found) break;
          seen.push(entryText(found.entry));
          context = found.context;
          if (deletes) yield* directory.remove(found.entry.name, found.entry.version);
        }
      });
      expect(seen).toEqual(names.flatMap((name) => [`${name};2`, `${name};1`]));
    }
  });
  test('a search with a version finds that version of each name, wherever the name begins', () => {
    const { run } = freshVolume();
    const search = (text: string): string[] => run(function* (volume) {
      const directory = yield* Directory.open(volume, MFD);
      const seen: string[] = [];
      for (let context = 0, previous = ''; ;) {
        const found = yield* directory.search(requestedName(text), context, previous);
        if (!found) return seen;
        previous = entryText(found.entry);
        seen.push(previous);
        context = found.context;
      }
    });
    run(function* (volume) {
      const directory = yield* Directory.open(volume, MFD);
      for (let version = 1; version <= 150; version += 1) yield* directory.enter('A.T', version, { number: 20, sequence: 1, rvn: 0 });
      yield* directory.enter('B.T', 100, { number: 20, sequence: 1, rvn: 0 });
    });
    expect(search('*.T')).toEqual(['A.T;150', 'B.T;100']);
    expect(search('*.T;-100')).toEqual(['A.T;50']);
    expect(search('*.T;100')).toEqual(['A.T;100', 'B.T;100']);
    expect(search('*.T;*')).toHaveLength(151);
  });
});

describe('files', () => {
  test('blocks are taken and given back', () => {
    const { store, run } = freshVolume();
    const before = run(countFree);
    const id = run(function* (volume) { return (yield* createFile(volume, newFile('A.B;1'))).id; });
    run(function* (volume) { yield* extendFile(volume, id, 100, {}); });
    expect(run(countFree)).toBe(before - 100);
    expect(run(function* (volume) { return yield* truncateFile(volume, id, 40); })).toBe(60);
    expect(run(countFree)).toBe(before - 40);
    run(function* (volume) { yield* deleteFile(volume, id); });
    expect(run(countFree)).toBe(before);
    expect(statusOf(() => run(function* (volume) { return yield* volume.readHeader(id); }))).toBe(0x910);
    const again = run(function* (volume) { return (yield* createFile(volume, newFile('A.B;1'))).id; });
    expect(again).toEqual({ ...id, sequence: id.sequence + 1 });
    expect(verifyVolume(store, { ignoreLostFiles: true })).toEqual([]);
  });
  test('a file in more pieces than one header maps has extension headers', () => {
    const { store, run } = freshVolume();
    const ids = run(function* (volume) {
      const a = (yield* createFile(volume, newFile('A.A;1'))).id;
      const b = (yield* createFile(volume, newFile('B.B;1'))).id;
      for (let round = 0; round < 200; round += 1) {
        yield* extendFile(volume, a, 2, {});
        yield* extendFile(volume, b, 1, {});
      }
      return { a, b };
    });
    const chain = run(function* (volume) { return yield* volume.readChain(ids.a); });
    expect(chain.length).toBeGreaterThan(2);
    expect(blocksIn(chainMap(chain))).toBe(400);
    expect(verifyVolume(store, { ignoreLostFiles: true })).toEqual([]);
    run(function* (volume) { yield* truncateFile(volume, ids.a, 3); yield* deleteFile(volume, ids.b); });
    expect(run(function* (volume) { return (yield* volume.readChain(ids.a)).length; })).toBe(1);
    expect(verifyVolume(store, { ignoreLostFiles: true })).toEqual([]);
  });
  test('a contiguous file is in one piece, or not made', () => {
    const { run } = freshVolume();
    const id = run(function* (volume) { return (yield* createFile(volume, newFile('A.A;1'))).id; });
    expect(statusOf(() => run(function* (volume) { yield* extendFile(volume, id, 1500, { contiguous: true }); }))).toBe(0x850);
    const header = run(function* (volume) {
      yield* extendFile(volume, id, 500, { contiguous: true });
      return yield* volume.readHeader(id);
    });
    expect(readMap(header.block)).toHaveLength(1);
    expect((headerOf(header.block) as HeaderView).FH2$L_FILECHAR & 0x80).toBe(0x80);
    expect(isSealed(header.block)).toBe(true);
  });
  test('the index file grows, and its second header with it', () => {
    const { store, run } = freshVolume(6000);
    run(function* (volume) { for (let number = 0; number < 150; number += 1) yield* createFile(volume, newFile(`F${number}.T;1`)); });
    const home = homeBlockOf(store.read(1, 1));
    const first = store.read(home.HM2$L_IBMAPLBN + home.HM2$W_IBMAPSIZE, 1);
    expect(blocksIn(readMap(first)!)).toBeGreaterThan(150);
    expect(store.read(home.HM2$L_ALTIDXLBN, 1)).toEqual(first);
    expect(verifyVolume(store, { ignoreLostFiles: true })).toEqual([]);
  });
  test('random work leaves a volume that verifies', () => {
    const command = fc.record({ op: fc.constantFrom('create', 'extend', 'truncate', 'delete'), which: fc.nat(30), size: fc.integer({ min: 1, max: 60 }) });
    fc.assert(fc.property(fc.array(command, { maxLength: 80 }), fc.constantFrom(1, 3), (commands, cluster) => {
      const { store, run } = freshVolume(4000, cluster);
      const free = run(countFree);
      const files: { id: FileId; name: string; blocks: number }[] = [];
      for (const [index, { op, which, size }] of commands.entries()) {
        const file = files[which % Math.max(1, files.length)];
        if (op === 'create') {
          const name = `N${index}.T`;
          const id = run(function* (volume) {
            const { id: made } = yield* createFile(volume, newFile(`${name};1`));
            yield* (yield* Directory.open(volume, MFD)).enter(name, 1, made);
            return made;
          });
          files.push({ id, name, blocks: 0 });
        } else if (file && op === 'extend') {
          file.blocks += run(function* (volume) { return (yield* extendFile(volume, file.id, size, {})).blocks; });
        } else if (file && op === 'truncate') {
          file.blocks -= run(function* (volume) { return yield* truncateFile(volume, file.id, size); });
        } else if (file) {
          run(function* (volume) {
            yield* (yield* Directory.open(volume, MFD)).remove(file.name, 1);
            yield* deleteFile(volume, file.id);
          });
          files.splice(files.indexOf(file), 1);
        }
      }
      for (const { id, blocks } of files) expect(blocksIn(run(function* (volume) { return chainMap(yield* volume.readChain(id)); }))).toBe(blocks);
      expect(verifyVolume(store)).toEqual([]);
      expect(free - run(countFree)).toBeGreaterThanOrEqual(files.reduce((sum, { blocks }) => sum + blocks, 0));
    }), { numRuns: 40 });
  });
});

describe('the system disk', () => {
  const files = Array.from({ length: 150 }, (_unused, index) => ({
    name: `[SYS0.SYSEXE]IMAGE${index}.EXE;1`, bytes: Uint8Array.from({ length: 700 + index * 13 }, (_ignored, at) => (at * index) & 0xff),
  }));
  test('is built in well under a second and reads back', () => {
    const start = performance.now();
    const bytes = buildSystemDisk(20_000, [...files, { name: '[SYS0.SYSMGR]SYSTARTUP.COM', bytes: new TextEncoder().encode('$ EXIT\n'), kind: 'stream-lf' as const }],
      { date: DATE, dumpFileBlocks: 5000, pageFileBlocks: 1000 });
    expect(performance.now() - start).toBeLessThan(1000);
    const store = new MemoryBlocks(20_000);
    store.bytes.set(bytes);
    expect(verifyVolume(store)).toEqual([]);
    for (const { name, bytes: contents } of files) expect(readSystemFile(store, name)).toEqual(contents);
    expect(new TextDecoder().decode(readSystemFile(store, '[SYS0.SYSMGR]SYSTARTUP.COM'))).toBe('$ EXIT\n');
    expect(readSystemFile(store, '[SYS0.SYSEXE]SYSDUMP.DMP')).toHaveLength(5000 * 512);
    expect(readSystemFile(store, '[SYS0.SYSEXE]NOTHERE.EXE')).toBeUndefined();
  });
});
