import { existsSync, realpathSync } from 'node:fs';
import { DiskFile } from '../console/disk-file.js';
import type { DiskUnit } from '../system/disks.js';
import { lockFile } from './lock-file.js';
import { decimal, EX_CANTCREAT, EX_NOINPUT, UsageError } from './usage.js';

/** A disk image on a unit, as the command line asks for it. */
export interface UnitRequest {
  readonly controller: number;
  readonly unit: number;
  readonly path: string;
  readonly readOnly: boolean;
  /** Blocks of an image to be made; undefined when it must be there. */
  readonly blocks: number | undefined;
}

/** A volume needs room for its own files; what a bitmap of 255 blocks can tell of is the limit. */
const LEAST_BLOCKS = 100;
const MOST_BLOCKS = 4_000_000;

/** --unit DUA1=FILE[:ro][,blocks], repeatable. */
export function unitOption(value: string, before: readonly UnitRequest[] | undefined): readonly UnitRequest[] {
  const match = /^_?DU([A-D])([0-7]):?=(.+?)(:ro)?(?:,(\d+))?$/i.exec(value);
  if (!match) throw new UsageError(`--unit takes DUA1=FILE, DUA1=FILE:ro or DUA1=FILE,BLOCKS with a unit of DUA0 to DUD7, not '${value}'`);
  const [, letter, unit, path, readOnly, blocks] = match;
  const request = {
    controller: letter!.toUpperCase().charCodeAt(0) - 'A'.charCodeAt(0), unit: Number(unit), path: path!, readOnly: readOnly !== undefined,
    blocks: blocks === undefined ? undefined : decimal(blocks, LEAST_BLOCKS, MOST_BLOCKS, 'the blocks of a disk'),
  };
  const isTaken = (request.controller === 0 && request.unit === 0) || before?.some((other) => other.controller === request.controller && other.unit === request.unit);
  if (isTaken) throw new UsageError(`there is a disk in DU${letter!.toUpperCase()}${unit} already`);
  return [...(before ?? []), request];
}

/**
 * Opens the images; those with a size are made when they are not there. One that is to be written belongs to this process alone, and no image
 * is in two units.
 *
 * @param systemDisk  path of the image that is in a unit already
 */
export function openUnits(requests: readonly UnitRequest[] = [], systemDisk?: string): readonly (DiskUnit & { readonly store: DiskFile })[] {
  const inUse = new Set(systemDisk === undefined ? [] : [realpathSync(systemDisk)]);
  return requests.map(({ controller, unit, path, readOnly, blocks }) => {
    if (blocks === undefined && !existsSync(path)) throw new UsageError(`no disk ${path}; with ,BLOCKS behind it one is made`, EX_NOINPUT);
    if (existsSync(path) && inUse.has(realpathSync(path))) throw new UsageError(`${path} is in another unit`);
    if (!readOnly) lockFile(path);
    try {
      const store = new DiskFile(path, { readOnly: readOnly && existsSync(path), ...(blocks === undefined ? {} : { blocksIfNew: blocks }) });
      inUse.add(realpathSync(path));
      return { controller, unit, readOnly, store };
    } catch (error) {
      throw new UsageError(`cannot open ${path}: ${(error as Error).message}`, EX_CANTCREAT);
    }
  });
}
