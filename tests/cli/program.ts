import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The sources' directory. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the program. */
export function build(): void {
  expect(spawnSync('node', [join(ROOT, 'tools/build.mjs')], { cwd: ROOT, encoding: 'utf8' }).stderr).toBe('');
}

/** A program of its own in `directory`/bin: other tests build bin/ anew meanwhile, and a prepared run is of one build. @returns bin/starlet */
export function copyProgram(directory: string): string {
  build();
  mkdirSync(join(directory, 'bin'));
  for (const name of ['starlet', 'starlet.cjs', 'screens.js']) copyFileSync(join(ROOT, 'bin', name), join(directory, 'bin', name));
  return join(directory, 'bin/starlet');
}

/** Until the machine for later runs has been prepared in a data directory, at most a minute. */
export async function prepared(home: string): Promise<void> {
  const snapshot = join(home, 'code/prepared-run');
  for (let wait = 0; wait < 600 && (existsSync(`${snapshot}.lock`) || !existsSync(snapshot)); wait += 1) await setTimeout(100);
}
