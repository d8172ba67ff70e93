import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeHostDirectory } from '../../src/console/host-directory.js';
import { service } from '../../src/executive/gate/service-call.js';
import { IO$M_ACCESS, IO$M_CREATE, IO$M_DELETE, IO$_ACCESS, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_READLBLK, IO$_READVBLK, IO$_WRITEVBLK } from '../../src/executive/starlet/iodef.js';
import { SS$_ENDOFFILE, SS$_NOSUCHFILE, SS$_WRITLCK } from '../../src/executive/starlet/ssdef.js';
import { ATR$C_RECATTR, ATR$C_UCHAR, FAT$C_STREAM } from '../../src/filesystem/atr.js';
import { FIB$M_EXTEND, FIB$M_WILD, FIB$M_WRITE } from '../../src/filesystem/fib.js';
import { hostNameFor, mapNames } from '../../src/filesystem/host/names.js';
import { recordsToLines } from '../../src/filesystem/host/text.js';
import { connectHostDirectories, mountVolume } from '../../src/filesystem/index.js';
import { recordAttributes } from '../../src/sysgen/system-disk.js';
import type { Program } from '../harness.js';
import { assign, fileFunction, fileSystem, MFD, virtualBlocks } from './acp.js';

let root: string;
let inside: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'starlet-host-'));
  inside = join(root, 'inside');
  mkdirSync(inside);
  writeFileSync(join(root, 'secret.txt'), 'not for you\n');
});
afterEach(() => { rmSync(root, { recursive: true, force: true }); });

function run(program: Program, options: { readOnly?: boolean } = {}): ReturnType<typeof fileSystem> {
  const system = fileSystem({
    SYSINIT: function* (p) {
      const connected = yield* connectHostDirectories(p);
      if (connected !== 1) throw new Error(`connect ${connected}`);
      const mounted = yield* mountVolume(p, 'HDA0:');
      if (mounted !== 1) throw new Error(`mount ${mounted}`);
      return yield* program(p);
    },
  }, undefined, [new NodeHostDirectory(inside, options)]);
  system.runUntilIdle(5);
  expect(system.checkBooks()).toEqual([]);
  return system;
}

describe('names', () => {
  const map = (...names: string[]): Record<string, string> =>
    Object.fromEntries(mapNames(names.map((name) => ({ name: name.replace('/', ''), isDirectory: name.endsWith('/') }))).map(({ host, name, version }) => [host, `${name};${version}`]));
  test('are upper case with one dot', () => {
    expect(map('login.com', 'README', '.bashrc', 'a.tar.gz', 'my file+1.c', 'src/', 'SYS$x.y')).toEqual({
      'login.com': 'LOGIN.COM;1', README: 'README.;1', '.bashrc': '.BASHRC;1', 'a.tar.gz': 'A_TAR.GZ;1', 'my file+1.c': 'MY_FILE_1.C;1', src: 'SRC.DIR;1',
      'SYS$x.y': 'SYS$X.Y;1',
    });
  });
  test('that come out the same are told apart', () => {
    expect(map('Foo.txt', 'foo.txt', 'FOO.TXT')).toEqual({ 'foo.txt': 'FOO.TXT;1', 'FOO.TXT': 'FOO$2.TXT;1', 'Foo.txt': 'FOO$3.TXT;1' });
  });
  test('the plain name is the newest version', () => {
    expect(map('a.b', 'a.b;3', 'a.b;1')).toEqual({ 'a.b': 'A.B;4', 'a.b;3': 'A.B;3', 'a.b;1': 'A.B;1' });
  });
  test('of new files are lower case', () => {
    expect([hostNameFor('LOGIN.COM', false), hostNameFor('README.', false), hostNameFor('SRC.DIR', true)]).toEqual(['login.com', 'readme', 'src']);
  });
});

test('variable-length records become lines', () => {
  const records = Uint8Array.from([2, 0, 65, 66, 3, 0, 67, 68, 69, 0, 0, 0, 4, 0, 1, 2, 70, 71]);
  expect(String.fromCharCode(...recordsToLines(records.subarray(0, 12), 2, 0)!)).toBe('AB\nCDE\n\n');
  expect(String.fromCharCode(...recordsToLines(records.subarray(12), 3, 2)!)).toBe('FG\n');
  expect(recordsToLines(Uint8Array.of(9, 0, 1), 2, 0)).toBeUndefined();
});

describe('a mounted host directory', () => {
  test('shows text as stream-LF with its length, anything else as fixed 512', () => {
    writeFileSync(join(inside, 'login.com'), '$ SHOW TIME\n$ EXIT\n');
    writeFileSync(join(inside, 'picture.png'), Buffer.from([0x89, 0x50, 0, 0, 1, 2, 3]));
    const seen: unknown[] = [];
    run(function* (p) {
      const chan = yield* assign(p, 'HDA0:');
      const attributes = [{ code: ATR$C_RECATTR, bytes: new Uint8Array(32) }];
      const text = yield* fileFunction(p, chan, IO$_ACCESS | IO$M_ACCESS, { did: MFD, name: 'LOGIN.COM', attributes });
      seen.push(text.status, text.result, [...text.attributes[0]!.slice(0, 14)]);
      const buffer = p.allocate(1024);
      const read = yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, 1024, 1);
      seen.push(read, String.fromCharCode(...p.memory.readBytes(buffer, 20)));
      seen.push((yield* fileFunction(p, chan, IO$_DEACCESS, {})).status);
      const binary = yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'PICTURE.PNG', attributes });
      seen.push([...binary.attributes[0]!.slice(0, 14)]);
      return 1;
    });
    expect(seen).toEqual([
      1, 'LOGIN.COM;1', [5, 2, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 19, 0], { status: SS$_ENDOFFILE, bytes: 512 }, '$ SHOW TIME\n$ EXIT\n\0', 1,
      [1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 1, 0, 7, 0],
    ]);
  });

  test('shows text whose lines end as on MS-DOS as a stream file', () => {
    writeFileSync(join(inside, 'login.com'), '$ SHOW TIME\r\n$ EXIT\r\n');
    let recordFormat = 0;
    run(function* (p) {
      const attributes = [{ code: ATR$C_RECATTR, bytes: new Uint8Array(32) }];
      recordFormat = (yield* fileFunction(p, yield* assign(p, 'HDA0:'), IO$_ACCESS, { did: MFD, name: 'LOGIN.COM', attributes })).attributes[0]![0]!;
      return 1;
    });
    expect(recordFormat).toBe(FAT$C_STREAM);
  });

  test('takes new files, whose records become lines when they are closed, and new versions', () => {
    writeFileSync(join(inside, 'out.lis'), 'old\n');
    const seen: unknown[] = [];
    run(function* (p) {
      const chan = yield* assign(p, 'HDA0:');
      const made = yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE | IO$M_ACCESS, {
        did: MFD, name: 'OUT.LIS', accessControl: FIB$M_WRITE, extendControl: FIB$M_EXTEND, size: 3,
        attributes: [{ code: ATR$C_RECATTR, bytes: recordAttributes('variable', 0) }],
      });
      seen.push(made.status, made.result);
      const data = p.bytes(new Uint8Array(512));
      p.memory.writeBytes(data, Uint8Array.from([5, 0, 72, 69, 76, 76, 79, 0, 2, 0, 79, 75]));
      seen.push(yield* virtualBlocks(p, chan, IO$_WRITEVBLK, data, 512, 1));
      seen.push((yield* fileFunction(p, chan, IO$_DEACCESS, { attributes: [{ code: ATR$C_RECATTR, bytes: recordAttributes('variable', 12) }] })).status);
      const again = yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'OUT.LIS', attributes: [{ code: ATR$C_RECATTR, bytes: new Uint8Array(32) }] });
      seen.push(again.result, again.attributes[0]![0], again.attributes[0]![12]);
      return 1;
    });
    expect(seen).toEqual([1, 'OUT.LIS;2', { status: 1, bytes: 512 }, 1, 'OUT.LIS;2', 5, 9]);
    expect(readFileSync(join(inside, 'out.lis'), 'utf8')).toBe('HELLO\nOK\n');
    expect(readFileSync(join(inside, 'out.lis;1'), 'utf8')).toBe('old\n');
  });

  test('makes directories, renames, deletes', () => {
    writeFileSync(join(inside, 'a.txt'), 'a\n');
    const seen: unknown[] = [];
    run(function* (p) {
      const chan = yield* assign(p, 'HDA0:');
      const made = yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did: MFD, name: 'SUB.DIR;1', attributes: [{ code: ATR$C_UCHAR, bytes: Uint8Array.of(0, 0x20, 0, 0) }] });
      seen.push(made.status);
      const found = yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name: 'A.TXT' });
      seen.push((yield* fileFunction(p, chan, IO$_CREATE, { did: made.fid, name: 'B.TXT', fid: found.fid })).result);
      seen.push((yield* fileFunction(p, chan, IO$_DELETE, { did: MFD, name: 'A.TXT;1' })).status);
      seen.push((yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'SUB.DIR;1' })).status);
      const list: string[] = [];
      let context = 0;
      for (;;) {
        const next = yield* fileFunction(p, chan, IO$_ACCESS, { did: made.fid, name: '*.*;*', context, nameControl: FIB$M_WILD });
        if (next.status !== 1) break;
        list.push(next.result);
        context = next.context;
      }
      seen.push(list, (yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: made.fid, name: 'B.TXT;1' })).status);
      seen.push((yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'SUB.DIR;1' })).status);
      return 1;
    });
    expect(seen).toEqual([1, 'B.TXT;1', 1, 0x2174, ['B.TXT;1'], 1, 1]);
    expect(readdirSync(inside)).toEqual([]);
  });

  test('read-only, it takes nothing', () => {
    writeFileSync(join(inside, 'a.txt'), 'a\n');
    const seen: unknown[] = [];
    run(function* (p) {
      const chan = yield* assign(p, 'HDA0:');
      seen.push((yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE, { did: MFD, name: 'X.Y' })).status);
      seen.push((yield* fileFunction(p, chan, IO$_DELETE | IO$M_DELETE, { did: MFD, name: 'A.TXT;1' })).status);
      return 1;
    }, { readOnly: true });
    expect(seen).toEqual([SS$_WRITLCK, SS$_WRITLCK]);
    expect(readFileSync(join(inside, 'a.txt'), 'utf8')).toBe('a\n');
  });

  test('a large transfer comes whole', () => {
    const contents = Buffer.from(Uint8Array.from({ length: 200_000 }, (_unused, index) => (index * 31) & 0xff));
    writeFileSync(join(inside, 'big.dat'), contents);
    let same = false;
    run(function* (p) {
      const chan = yield* assign(p, 'HDA0:');
      yield* fileFunction(p, chan, IO$_ACCESS | IO$M_ACCESS, { did: MFD, name: 'BIG.DAT' });
      const range = p.allocate(8);
      yield* service(p, '$EXPREG', { pagcnt: 400, retadr: range, acmode: 3, region: 0 });
      const buffer = p.memory.readLong(range);
      const read = yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, 391 * 512, 1);
      same = read.status === 1 && read.bytes === 391 * 512 && Buffer.from(p.memory.readBytes(buffer, 200_000)).equals(contents);
      yield* service(p, '$DASSGN', { chan });
      return 1;
    });
    expect(same).toBe(true);
  });
});

describe('nothing outside can be reached', () => {
  const host = (): NodeHostDirectory => new NodeHostDirectory(inside);
  test('by components that are no names', () => {
    for (const path of [['..', 'secret.txt'], ['.', '..', 'secret.txt'], ['../secret.txt'], [join(root, 'secret.txt')], ['a/../../secret.txt'], [''], ['\0']]) {
      expect(host().stat(path)).toBeUndefined();
      expect(host().read(path, 0, 10)).toBeUndefined();
      expect(host().write(path, 0, Uint8Array.of(1))).toBe(false);
      expect(host().create(path)).toBe(false);
      expect(host().remove(path)).toBe(false);
    }
    expect(readFileSync(join(root, 'secret.txt'), 'utf8')).toBe('not for you\n');
  });
  test('by symbolic links, though links that stay inside work', () => {
    symlinkSync(join(root, 'secret.txt'), join(inside, 'link.txt'));
    symlinkSync(root, join(inside, 'up'));
    symlinkSync('..', join(inside, 'up2'));
    writeFileSync(join(inside, 'own.txt'), 'own\n');
    symlinkSync('own.txt', join(inside, 'alias.txt'));
    expect(host().list([])!.map(({ name }) => name).sort()).toEqual(['alias.txt', 'own.txt']);
    expect(host().read(['link.txt'], 0, 10)).toBeUndefined();
    expect(host().read(['up', 'secret.txt'], 0, 10)).toBeUndefined();
    expect(host().create(['up2', 'new.txt'])).toBe(false);
    expect(host().rename(['own.txt'], ['up', 'own.txt'])).toBe(false);
    expect(host().write(['link.txt'], 0, Uint8Array.of(1))).toBe(false);
    expect(Buffer.from(host().read(['alias.txt'], 0, 10)!).toString()).toBe('own\n');
  });
  test('by a directory that is replaced by a link meanwhile', () => {
    mkdirSync(join(inside, 'sub'));
    writeFileSync(join(inside, 'sub', 'secret.txt'), 'mine\n');
    const directory = host();
    expect(directory.read(['sub', 'secret.txt'], 0, 10)).toBeDefined();
    renameSync(join(inside, 'sub'), join(inside, 'old'));
    symlinkSync(root, join(inside, 'sub'));
    expect(directory.read(['sub', 'secret.txt'], 0, 20)).toBeUndefined();
  });
  test('by names with directories or devices in them, or as raw blocks', () => {
    const seen: number[] = [];
    run(function* (p) {
      const chan = yield* assign(p, 'HDA0:');
      for (const name of ['../SECRET.TXT', '[-]SECRET.TXT', '[000000.-]SECRET.TXT', 'DUA0:SECRET.TXT', '/ETC/PASSWD', '..', 'SECRET.TXT']) {
        seen.push((yield* fileFunction(p, chan, IO$_ACCESS, { did: MFD, name })).status);
      }
      const buffer = p.allocate(512);
      seen.push((yield* virtualBlocks(p, chan, IO$_READLBLK, buffer, 512, 0)).status);
      return 1;
    });
    expect(seen.every((status) => (status & 1) === 0)).toBe(true);
    expect(seen[6]).toBe(SS$_NOSUCHFILE);
  });
});
