import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doWork, randomWork, runProcedure, stateAfter, variableRecords } from './kill.js';

/**
 * Other people's eyes on our volumes, and ours on theirs. Nothing of it is in the repository; docs/filesystem.md says where to find it.
 *
 * STARLET_ODS2        a program that reads ODS-2 images: `PROGRAM image DIR [directory]` lists, `PROGRAM image TYPE [directory]file` writes the bytes
 *                     of a file to standard output (github.com/allenpomeroy/ods2v2, built outside)
 * STARLET_ODS2_IMAGE  an ODS-2 image that we have not written
 * STARLET_TAPE_IMAGE  a .tap image that we have not written
 */
const { STARLET_ODS2: reader, STARLET_ODS2_IMAGE: image, STARLET_TAPE_IMAGE: tape } = process.env;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LARGEST_COMPARED = 4_000_000;
let directory = '';

beforeAll(() => { directory = mkdtempSync(join(tmpdir(), 'starlet-outside-')); });
afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

function read(volume: string, ...command: readonly string[]): Buffer {
  const ran = spawnSync(reader!, [volume, ...command], { maxBuffer: 1 << 28 });
  expect(ran.status).toBe(0);
  return ran.stdout;
}

/** NAME.TYP;version of a directory, as the other program lists them. */
const list = (volume: string, path: string): string[] =>
  [...read(volume, 'DIR', path).toString('latin1').matchAll(/^(\S+) *;(\d+)\s*$/gm)].map(([, name, version]) => `${name};${version}`).sort();

describe.skipIf(reader === undefined)('a reader that is not ours', () => {
  test('lists and extracts byte for byte what we wrote', { timeout: 300_000 }, async () => {
    expect(spawnSync('node', [join(ROOT, 'tools/build.mjs')], { cwd: ROOT, encoding: 'utf8' }).stderr).toBe('');
    const volume = join(directory, 'ours.dsk');
    const work = randomWork(77, 150);
    await runProcedure(directory, `${volume},12000`, ['$ INITIALIZE DUA1: WORK', '$ MOUNT DUA1: WORK', '$ CREATE/DIRECTORY DUA1:[W]', '$ DISMOUNT DUA1:']);
    await doWork(directory, volume, work);
    const state = stateAfter(work, work.length);
    expect(list(volume, '[W]')).toEqual([...state.keys()].map((name) => `${name};1`).sort());
    for (const [name, lines] of state) expect({ name, lines: variableRecords(read(volume, 'TYPE', `[W]${name}`)) }).toEqual({ name, lines });
  });
});

describe.skipIf(image === undefined)('an image that is not ours', () => {
  test('mounts read-only, is listed and copied out', { timeout: 300_000 }, async () => {
    const volume = join(directory, 'theirs.dsk');
    copyFileSync(image!, volume);
    const before = readFileSync(volume);
    const printed = await runProcedure(directory, `${volume}:ro`, [
      '$ SET NOON', '$ MOUNT/OVERRIDE=IDENTIFICATION DUA1:', '$ WRITE SYS$OUTPUT "MOUNTED ", $STATUS', '$ DIRECTORY/COLUMNS=1 DUA1:[000000...]',
      '$ ANALYZE/DISK_STRUCTURE DUA1:', '$ COPY DUA1:[*]*.EXE;* SYS$DISK:[]',
    ]);
    expect(printed).toContain('MOUNTED %X00000001');
    expect(readFileSync(volume).equals(before)).toBe(true);
    if (reader === undefined) return;
    let compared = 0;
    const directories = ['[000000]', ...list(volume, '[000000]').flatMap((name) => (name.endsWith('.DIR;1') && name !== '000000.DIR;1' ? [`[${name.slice(0, -6)}]`] : []))];
    for (const path of directories) {
      const names = list(volume, path);
      const section = printed.slice(printed.indexOf(`Directory DUA1:${path}`)).split(/\n\s*\nTotal/)[0]!;
      expect({ path, names: [...section.matchAll(/^(\S+\.\S*;\d+)/gm)].map(([, name]) => name).sort() }).toEqual({ path, names });
      for (const name of names.filter((each) => each.includes('.EXE;'))) {
        const host = readdirSync(directory).find((each) => each.toUpperCase() === name.split(';')[0]);
        if (host === undefined || statSync(join(directory, host)).size > LARGEST_COMPARED) continue;
        const [ours, theirs] = [readFileSync(join(directory, host)), read(volume, 'TYPE', `${path}${name.split(';')[0]!}`)];
        // With the end of file at the beginning of a block, that program writes this block too; when there is no such block, nothing at all.
        if (theirs.length === 0) continue;
        expect({ name, same: theirs.subarray(0, ours.length).equals(ours), longer: (theirs.length - ours.length) % 512 }).toEqual({ name, same: true, longer: 0 });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe.skipIf(tape === undefined)('a tape that is not ours', () => {
  test('mounts foreign; its first block is what the image has', { timeout: 120_000 }, async () => {
    const bytes = readFileSync(tape!);
    const length = bytes.readUInt32LE(0) & 0xffffff;
    const printed = await runProcedure(directory, '', ['$ SET NOON', '$ MOUNT/FOREIGN MTA0:', '$ DUMP/BLOCKS=COUNT:1/BYTE MTA0:'], ['--tape', `MTA0=${tape!}:ro`]);
    expect(printed).toContain(`Block number 1 (00000001), ${length} (`);
    const first = [...bytes.subarray(4, 20)].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).reverse().join(' ');
    expect(printed.replace(/ +/g, ' ')).toContain(first);
  });
});
