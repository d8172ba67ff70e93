import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Runs from a prepared machine: src/cli/prepared.ts. The shell shows with -x what bin/starlet starts. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROCEDURE = [
  '$ SHOW LOGICAL SYS$HOST', '$ WRITE SYS$OUTPUT P1, F$GETJPI("", "PRCNAM"), F$ENVIRONMENT("DEFAULT")', '$ INQUIRE X "name"', '$ SHOW SYMBOL X',
  '$ WRITE SYS$OUTPUT F$CVTIME("", , "DATE") .EQS. F$CVTIME(F$GETSYI("BOOTTIME"), , "DATE")', '$ WAIT 00:00:00.5', '$ SHOW QUEUE/ALL *', '$ EXIT %X10000002',
].join('\n');
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'starlet-prepared-'));
  expect(spawnSync('node', [join(ROOT, 'tools/build.mjs')], { cwd: ROOT, encoding: 'utf8' }).stderr).toBe('');
  // A program of its own: other tests build bin/ anew meanwhile, and a snapshot is of one build.
  mkdirSync(join(directory, 'bin'));
  for (const name of ['starlet', 'starlet.cjs']) copyFileSync(join(ROOT, 'bin', name), join(directory, 'bin', name));
  writeFileSync(join(directory, 'test.com'), `${PROCEDURE}\n`);
});

afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

function run(flags: readonly string[] = []): { isPrepared: boolean; code: number | null; out: string } {
  const ran = spawnSync('sh', ['-x', join(directory, 'bin/starlet'), 'run', ...flags, 'test.com', 'one'], {
    cwd: directory, input: 'Ann\n', encoding: 'utf8', timeout: 50_000, env: { ...process.env, STARLET_HOME: join(directory, 'home'), STARLET_PREPARE: '1' },
  });
  return { isPrepared: ran.stderr.includes('--snapshot-blob'), code: ran.status, out: ran.stdout };
}

async function waitForSnapshot(): Promise<void> {
  const code = join(directory, 'home/code');
  for (let wait = 0; wait < 500 && (existsSync(join(code, 'prepared-run.lock')) || !existsSync(join(code, 'prepared-run'))); wait += 1) await setTimeout(100);
}

describe('a prepared run', () => {
  it('follows the second, and a prepared run does what an unprepared one does', async () => {
    const first = run();
    expect(first).toMatchObject({ isPrepared: false, code: 2 });
    expect(first.out).toContain('"SYS$HOST" = "HDA0:" (LNM$SYSTEM_TABLE)');
    expect(first.out).toContain('oneSTARLET_RUNHDA0:[000000]');
    expect(run()).toEqual(first);
    await waitForSnapshot();
    expect(run()).toEqual({ ...first, isPrepared: true });
    expect(run(['--fast'])).toEqual({ ...first, isPrepared: true });
    expect(run(['--memory', '12']), 'another machine is booted').toEqual({ ...first, isPrepared: true });
    expect(run(['--unit', 'DUA1=new.dsk,1000']), 'another machine is booted').toEqual({ ...first, isPrepared: true });
  });

  it('is not made from a snapshot that is older than the system disk', async () => {
    await waitForSnapshot();
    const later = new Date(Date.now() + 1000);
    utimesSync(join(directory, 'home/system.dsk'), later, later);
    expect(run()).toMatchObject({ isPrepared: false, code: 2 });
    await waitForSnapshot();
  });
});
