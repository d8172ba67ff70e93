import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyProgram, prepared } from './program.js';

/** Runs from a prepared machine: src/cli/prepared.ts. The shell shows with -x what bin/starlet starts. */
const PROCEDURE = [
  '$ SHOW LOGICAL SYS$HOST', '$ WRITE SYS$OUTPUT P1, F$GETJPI("", "PRCNAM"), F$ENVIRONMENT("DEFAULT")', '$ INQUIRE X "name"', '$ SHOW SYMBOL X',
  '$ WRITE SYS$OUTPUT F$CVTIME("", , "DATE") .EQS. F$CVTIME(F$GETSYI("BOOTTIME"), , "DATE")', '$ WAIT 00:00:00.5', '$ SHOW QUEUE/ALL *', '$ EXIT %X10000002',
].join('\n');
let directory = '';
let program = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'starlet-prepared-'));
  program = copyProgram(directory);
  writeFileSync(join(directory, 'test.com'), `${PROCEDURE}\n`);
});

afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

function run(flags: readonly string[] = [], prepare = '1'): { isPrepared: boolean; code: number | null; out: string } {
  const ran = spawnSync('sh', ['-x', program, 'run', ...flags, 'test.com', 'one'], {
    cwd: directory, input: 'Ann\n', encoding: 'utf8', timeout: 50_000, env: { ...process.env, STARLET_HOME: join(directory, 'home'), STARLET_PREPARE: prepare },
  });
  return { isPrepared: ran.stderr.includes('--snapshot-blob'), code: ran.status, out: ran.stdout };
}

describe('a prepared run', () => {
  it('follows the second, and a prepared run does what an unprepared one does', async () => {
    const first = run();
    expect(first).toMatchObject({ isPrepared: false, code: 2 });
    expect(first.out).toContain('"SYS$HOST" = "HDA0:" (LNM$SYSTEM_TABLE)');
    expect(first.out).toContain('oneSTARLET_RUNHDA0:[000000]');
    expect(run()).toEqual(first);
    await prepared(join(directory, 'home'));
    expect(run()).toEqual({ ...first, isPrepared: true });
    expect(run(['--fast'])).toEqual({ ...first, isPrepared: true });
    expect(run(['--memory', '12']), 'another machine is booted').toEqual({ ...first, isPrepared: true });
    expect(run(['--unit', 'DUA1=new.dsk,1000']), 'another machine is booted').toEqual({ ...first, isPrepared: true });
  });

  it('is not made from a snapshot that is older than the system disk', async () => {
    await prepared(join(directory, 'home'));
    const later = new Date(Date.now() + 1000);
    utimesSync(join(directory, 'home/system.dsk'), later, later);
    expect(run([], '0')).toMatchObject({ isPrepared: false, code: 2 });
  });
});
