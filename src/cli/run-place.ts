import { existsSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { mapNames } from '../filesystem/host/names.js';
import { hostMount } from './mounts.js';
import { EX_NOINPUT, UsageError } from './usage.js';

/** What host files and directories are called on the volume that a run mounts for them. */

/** The file as named, or with .COM or .com behind it. */
export function withType(path: string): string {
  for (const candidate of [path, `${path}.COM`, `${path}.com`]) {
    if (existsSync(candidate) && statSync(candidate).isFile()) return candidate;
  }
  throw new UsageError(`no file ${path}`, EX_NOINPUT);
}

/** NAME.TYP of a host file or directory. */
export function vmsName(path: string): string {
  const entries = hostMount(dirname(path), 'LOOK', true).directory.list([]) ?? [];
  const mapped = mapNames(entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory }))).find((each) => each.host === basename(path));
  return mapped ? mapped.name : basename(path).toUpperCase();
}

/** `[A.B]` for the host directory A/B below `root`; `[000000]` for `root` itself. @throws UsageError when it is not below */
export function directoryBelow(root: string, directory: string): string {
  const top = resolve(root);
  const path = relative(top, directory);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) throw new UsageError(`--root: ${directory} is not below ${top}`);
  if (path === '') return '[000000]';
  const names: string[] = [];
  let at = top;
  for (const step of path.split(sep)) {
    at = join(at, step);
    names.push(vmsName(at).replace(/\.DIR$/, ''));
  }
  return `[${names.join('.')}]`;
}
