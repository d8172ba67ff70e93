import { TapeFile } from '../console/tape-file.js';
import type { TapeReel } from '../system/tapes.js';
import { lockFile } from './lock-file.js';
import { EX_CANTCREAT, UsageError } from './usage.js';

/** A tape image on a unit, as the command line asks for it. */
export interface TapeRequest {
  readonly unit: number;
  readonly path: string;
  readonly readOnly: boolean;
}

/** --tape MTA0=FILE[:ro], repeatable. */
export function tapeOption(value: string, before: readonly TapeRequest[] | undefined): readonly TapeRequest[] {
  const match = /^_?MTA([0-3]):?=(.+?)(:ro)?$/i.exec(value);
  if (!match) throw new UsageError(`--tape takes MTA0=FILE or MTA0=FILE:ro with a unit of MTA0 to MTA3, not '${value}'`);
  const request = { unit: Number(match[1]), path: match[2]!, readOnly: match[3] !== undefined };
  if (before?.some(({ unit, path }) => unit === request.unit || path === request.path)) throw new UsageError(`${value}: that unit or that tape is in use already`);
  return [...(before ?? []), request];
}

/** Opens the images; one that is to be written is made when it is not there, and belongs to this process alone. */
export function openTapes(requests: readonly TapeRequest[] = []): readonly (TapeReel & { readonly store: TapeFile })[] {
  return requests.map(({ unit, path, readOnly }) => {
    if (!readOnly) lockFile(path);
    try {
      return { unit, readOnly, store: new TapeFile(path, { readOnly }) };
    } catch (error) {
      throw new UsageError(`cannot open ${path}: ${(error as Error).message}`, EX_CANTCREAT);
    }
  });
}
