import { expect, test } from 'vitest';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { buildSystemDiskInto, readSystemFile, stampFile, systemDiskStamp, updateSystemDisk, type SystemFile } from '../../src/sysgen/system-disk.js';
import { TEST_TIME } from '../harness.js';

const text = (name: string, contents: string, site = false): SystemFile => ({ name, bytes: new TextEncoder().encode(contents), kind: 'stream-lf', site });
const contentsOf = (disk: MemoryBlocks, name: string): string | undefined => {
  const bytes = readSystemFile(disk, name);
  return bytes && new TextDecoder().decode(bytes);
};

test('a system disk of another build gets what is missing or changed as new versions, and keeps what is the site\'s', () => {
  const disk = new MemoryBlocks(4000);
  const old = [text('[SYS0.SYSEXE]A.EXE', 'a'), text('[SYS0.SYSHLP]B.HLB', 'old b'), text('[SYS0.SYSMGR]SITE.COM', 'of the site', true)];
  buildSystemDiskInto(disk, [...old, stampFile('old')], { date: TEST_TIME });
  const files = [
    text('[SYS0.SYSEXE]A.EXE', 'a'), text('[SYS0.SYSHLP]B.HLB', 'new b'), text('[SYS0.SYSMGR]SITE.COM', 'as delivered', true),
    text('[SYS0.SYSMGR]NEW.COM', 'as delivered', true), text('[SYS0.SYSHLP.EXAMPLES]C.COM', 'c'),
  ];
  expect(updateSystemDisk(disk, files, 'new', TEST_TIME)).toBe(3);
  expect(systemDiskStamp(disk)).toBe('new');
  expect(files.map(({ name }) => contentsOf(disk, name))).toEqual(['a', 'new b', 'of the site', 'as delivered', 'c']);
  expect(contentsOf(disk, '[SYS0.SYSHLP]B.HLB;1')).toBe('old b');
  expect(contentsOf(disk, '[SYS0.SYSEXE]A.EXE;2')).toBeUndefined();
  expect(verifyVolume(disk)).toEqual([]);
});

test('a disk from before there were stamps has none', () => {
  const disk = new MemoryBlocks(4000);
  buildSystemDiskInto(disk, [], { date: TEST_TIME });
  expect(systemDiskStamp(disk)).toBeUndefined();
});
