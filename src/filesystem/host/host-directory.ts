/**
 * A directory of the host as the file system sees it. The implementation (console/host-directory.ts, or a test's) keeps everything inside
 * the directory: no component of a path is empty, `.`, `..` or holds a slash or NUL, and no symbolic link leads out.
 * Every call is done when it returns; one that could not be done says so by `undefined` or `false`.
 */
export interface HostName {
  readonly name: string;
  readonly isDirectory: boolean;
}

export interface HostEntry extends HostName {
  /** Bytes. */
  readonly size: number;
  /** Last change, system time (100 ns units since 17-NOV-1858). */
  readonly modified: bigint;
  readonly created: bigint;
  /** rwx bits of owner, group and others, as in chmod. */
  readonly mode: number;
}

/** Names from the mounted directory down. */
export type HostPath = readonly string[];

export interface HostDirectory {
  /** Volume label. */
  readonly label: string;
  readonly readOnly: boolean;
  /** Files and directories in a directory. */
  list(path: HostPath): HostName[] | undefined;
  stat(path: HostPath): HostEntry | undefined;
  /** At most `length` bytes from `position`; fewer at the end of the file. */
  read(path: HostPath, position: number, length: number): Uint8Array | undefined;
  write(path: HostPath, position: number, bytes: Uint8Array): boolean;
  truncate(path: HostPath, length: number): boolean;
  /** Makes an empty file that was not there. */
  create(path: HostPath): boolean;
  /** Makes a directory that was not there. */
  makeDirectory(path: HostPath): boolean;
  /** Removes a file or an empty directory. */
  remove(path: HostPath): boolean;
  /** Renames without replacing anything. */
  rename(from: HostPath, to: HostPath): boolean;
}
