import {
  closeSync, constants, fstatSync, ftruncateSync, linkSync, lstatSync, mkdirSync, openSync, readdirSync, readlinkSync, readSync, realpathSync, renameSync,
  rmdirSync, statSync, unlinkSync, writeSync, type Stats,
} from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { HostDirectory, HostEntry, HostName, HostPath } from '../filesystem/host/host-directory.js';

/**
 * A host directory for mounting. Everything stays inside it: names are single components, each is resolved by the host, and what resolves to a
 * place outside does not exist. Files are opened without following a link in the last place.
 */
export class NodeHostDirectory implements HostDirectory {
  private readonly root: string;
  readonly label: string;
  readonly readOnly: boolean;

  /** @param options.label  volume label, from the directory's name when left out */
  constructor(path: string, options: { readonly label?: string; readonly readOnly?: boolean } = {}) {
    this.root = realpathSync(path);
    this.label = (options.label ?? basename(this.root)).toUpperCase().replace(/[^A-Z0-9$_-]/g, '_').slice(0, 12) || 'HOST';
    this.readOnly = options.readOnly ?? false;
  }

  list(path: HostPath): HostName[] | undefined {
    return attempt(() => {
      const directory = this.resolve(path);
      if (directory === undefined) return undefined;
      return readdirSync(directory, { withFileTypes: true }).flatMap((found) => {
        const { name } = found;
        if (found.isFile() || found.isDirectory()) return [{ name, isDirectory: found.isDirectory() }];
        return found.isSymbolicLink() ? this.stat([...path, name]) ?? [] : [];
      });
    });
  }

  stat(path: HostPath): HostEntry | undefined {
    return attempt(() => {
      const place = this.resolve(path);
      if (place === undefined) return undefined;
      const found = statSync(place);
      return found.isFile() || found.isDirectory() ? entryOf(path.at(-1) ?? '', found) : undefined;
    });
  }

  read(path: HostPath, position: number, length: number): Uint8Array | undefined {
    return this.withFile(path, constants.O_RDONLY, (file) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, fstatSync(file).size - position)));
      let done = 0;
      while (done < bytes.length) {
        const count = readSync(file, bytes, done, bytes.length - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    });
  }

  write(path: HostPath, position: number, bytes: Uint8Array): boolean {
    return this.changes(path, constants.O_WRONLY, (file) => {
      let done = 0;
      while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, position + done);
    });
  }

  truncate(path: HostPath, length: number): boolean {
    return this.changes(path, constants.O_WRONLY, (file) => { ftruncateSync(file, length); });
  }

  create(path: HostPath): boolean {
    return this.inParent(path, (place) => { closeSync(openSync(place, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o666)); });
  }

  makeDirectory(path: HostPath): boolean {
    return this.inParent(path, (place) => { mkdirSync(place); });
  }

  remove(path: HostPath): boolean {
    return this.inParent(path, (place) => {
      if (lstatSync(place).isDirectory()) rmdirSync(place);
      else unlinkSync(place);
    });
  }

  rename(from: HostPath, to: HostPath): boolean {
    return this.inParent(from, (source) => {
      const done = this.inParent(to, (target) => {
        if (lstatSync(source).isDirectory()) {
          if (exists(target)) throw new Refusal('there already');
          renameSync(source, target);
          return;
        }
        // A link fails where a rename would replace.
        linkSync(source, target);
        unlinkSync(source);
      });
      if (!done) throw new Refusal('not renamed');
    });
  }

  /** Host path of a place that exists inside the root; undefined when a component is no name or leads outside. */
  private resolve(path: HostPath): string | undefined {
    if (!path.every(isName)) return undefined;
    const real = attempt(() => realpathSync(join(this.root, ...path)));
    return real !== undefined && this.isInside(real) ? real : undefined;
  }

  private isInside(real: string): boolean {
    return real === this.root || real.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep);
  }

  /** Does something with a name in a directory that is inside. */
  private inParent(path: HostPath, action: (place: string) => void): boolean {
    const name = path.at(-1);
    if (this.readOnly || name === undefined || !isName(name)) return false;
    return attempt(() => {
      const parent = this.resolve(path.slice(0, -1));
      if (parent === undefined) return false;
      action(join(parent, name));
      return true;
    }) ?? false;
  }

  private withFile<T>(path: HostPath, flags: number, action: (file: number) => T): T | undefined {
    return attempt(() => {
      const place = this.resolve(path);
      if (place === undefined) return undefined;
      const file = openSync(place, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        // What was opened may not be what was resolved, if somebody renamed a directory meanwhile.
        const opened = attempt(() => readlinkSync(`/proc/self/fd/${file}`));
        if ((opened !== undefined && !this.isInside(opened)) || !fstatSync(file).isFile()) return undefined;
        return action(file);
      } finally {
        closeSync(file);
      }
    });
  }

  private changes(path: HostPath, flags: number, action: (file: number) => void): boolean {
    if (this.readOnly) return false;
    return this.withFile(path, flags, (file) => {
      action(file);
      return true;
    }) ?? false;
  }
}

const isName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);

const exists = (path: string): boolean => attempt(() => lstatSync(path)) !== undefined;

/** Our own, where the host would do it. */
class Refusal extends Error {}

/** What the host refuses comes back as undefined; anything that is not the host's refusal goes on. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof Refusal || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

/** 40587 days from 17-NOV-1858 to 1-JAN-1970. */
const EPOCH_MILLISECONDS = 40587n * 86_400_000n;

/** VMS keeps local time. */
function systemTime(date: Date): bigint {
  return (BigInt(date.getTime() - date.getTimezoneOffset() * 60_000) + EPOCH_MILLISECONDS) * 10_000n;
}

function entryOf(name: string, stats: Stats): HostEntry {
  return {
    name, isDirectory: stats.isDirectory(), size: stats.size, modified: systemTime(stats.mtime), created: systemTime(stats.birthtime), mode: stats.mode & 0o777,
  };
}
