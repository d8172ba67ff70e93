import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { EX_TEMPFAIL, UsageError } from './usage.js';

/**
 * Makes a file this process's own until it ends: two systems that write one disk would ruin it. The lock is a file beside it with the process
 * number; one whose process is gone counts for nothing.
 *
 * @returns what gives it back before that
 * @throws UsageError EX_TEMPFAIL when another process has it
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const handle = openSync(lock, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      const unlock = (): void => { rmSync(lock, { force: true }); };
      process.on('exit', unlock);
      return () => {
        process.removeListener('exit', unlock);
        unlock();
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return () => {};        // a place that cannot be written: opening the disk says so
      const owner = Number(readFileSync(lock, 'utf8'));
      if (attempt > 0 || isAlive(owner)) throw new UsageError(`${path} is in use by process ${owner}`, EX_TEMPFAIL);
      rmSync(lock, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
