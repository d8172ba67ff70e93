import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { happened, imageBlocks, numbers, randomWork, runProcedure, stateAfter, workUntilKilled, wrongAfter } from './kill.js';

/**
 * kill -9 of the real process, in the middle of the work of a DCL procedure. Where exactly it dies is the host's affair; what must hold
 * wherever it is, is not. A few deaths here; `npm run kill-proof` asks for many (STARLET_KILLS=how many, STARLET_KILL_SEED=the first, STARLET_KILL_OPERATIONS).
 */
const KILLS = Number(process.env['STARLET_KILLS'] ?? 2);
const FIRST_SEED = Number(process.env['STARLET_KILL_SEED'] ?? 1);
const OPERATIONS = Number(process.env['STARLET_KILL_OPERATIONS'] ?? (KILLS > 10 ? 1000 : 40));
const LONGEST_DELAY_MS = 40;
const SECONDS_EACH = 300;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'starlet-kill-'));
  expect(spawnSync('node', [join(ROOT, 'tools/build.mjs')], { cwd: ROOT, encoding: 'utf8' }).stderr).toBe('');
}, 120_000);
afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

test('killed at any moment: the volume mounts, ANALYZE/DISK finds nothing lost but space, every file that was closed is whole', { timeout: KILLS * SECONDS_EACH * 1000 }, async () => {
  const empty = join(directory, 'empty.dsk');
  const blocks = new MemoryBlocks(12_000);
  initializeVolume(blocks, { label: 'WORK', date: 1n });
  writeFileSync(empty, blocks.bytes);
  await runProcedure(directory, empty, ['$ MOUNT DUA1: WORK', '$ CREATE/DIRECTORY DUA1:[W]', '$ DISMOUNT DUA1:']);

  for (let seed = FIRST_SEED; seed < FIRST_SEED + KILLS; seed += 1) {
    const random = numbers(seed + 1_000_000);
    const work = randomWork(seed, OPERATIONS);
    const volume = join(directory, 'work.dsk');
    copyFileSync(empty, volume);
    const acknowledged = await workUntilKilled(directory, volume, work, 1 + random(OPERATIONS - 1), random(LONGEST_DELAY_MS));

    const left = imageBlocks(volume);
    const done = happened(left, work, acknowledged);
    expect({ seed, done, wrong: wrongAfter(left, work, done) }).toEqual({ seed, done, wrong: [] });
    expect({ seed, done, problems: verifyVolume(left, { ignoreLostSpace: true, ignoreLostFiles: true }).filter((text) => !text.includes('out of order')) })
      .toEqual({ seed, done, problems: [] });

    const printed = await runProcedure(directory, volume, [
      '$ SET NOON', '$ MOUNT DUA1: WORK', '$ WRITE SYS$OUTPUT "MOUNTED ", $STATUS', '$ ANALYZE/DISK_STRUCTURE/REPAIR DUA1:', '$ ANALYZE/DISK_STRUCTURE DUA1:',
      '$ WRITE SYS$OUTPUT "CLEAN ", $STATUS', '$ DIRECTORY/NOHEADER/NOTRAILING DUA1:[W]*.*;*', '$ OPEN/WRITE F DUA1:[W]AFTERWARDS.DAT', '$ WRITE F "still good"', '$ CLOSE F',
    ]);
    expect(printed).toMatch(/MOUNTED %X00000001/);
    expect(printed).toMatch(/CLEAN %X[0-9A-F]{7}[13579BDF]/);
    const repaired = imageBlocks(volume);
    expect(verifyVolume(repaired)).toEqual([]);
    expect({ seed, done, wrong: wrongAfter(repaired, work, done) }).toEqual({ seed, done, wrong: [] });
    for (const name of stateAfter(work, done).keys()) if (name !== work[done]?.name) expect(printed).toContain(`${name};1`);
  }
});
