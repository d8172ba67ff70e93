import { existsSync, statSync } from 'node:fs';
import { NodeHostDirectory } from '../console/host-directory.js';
import { EX_NOINPUT, UsageError } from './usage.js';

/** A host directory to be mounted, and the logical name it gets. */
export interface HostMount {
  readonly directory: NodeHostDirectory;
  readonly name: string;
}

/** --mount DIR=NAME[:ro], repeatable. */
export function mountOption(value: string, before: readonly HostMount[] | undefined): readonly HostMount[] {
  const match = /^(.+)=([A-Za-z0-9$_]{1,31})(:ro)?$/.exec(value);
  if (!match) throw new UsageError(`--mount takes DIR=NAME or DIR=NAME:ro, not '${value}'`);
  return [...(before ?? []), hostMount(match[1]!, match[2]!.toUpperCase(), match[3] !== undefined)];
}

/** @throws UsageError when the directory is not there */
export function hostMount(path: string, name: string, readOnly: boolean): HostMount {
  if (!existsSync(path) || !statSync(path).isDirectory()) throw new UsageError(`no directory ${path}`, EX_NOINPUT);
  return { directory: new NodeHostDirectory(path, { readOnly }), name };
}
