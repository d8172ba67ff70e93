import { defaultParameters } from '../executive/boot/parameters.js';
import type { BlockStore } from '../filesystem/block-io.js';
import { decodeParameterFile } from './parameter-file.js';
import { readSystemFile } from './system-disk.js';

/** What SYSBOOT sizes the system from. */
export interface BootParameters {
  /** Every parameter. */
  readonly values: Record<string, number>;
  /** Why these are the defaults, a line for the console; undefined when they come from the file. */
  readonly warning?: string;
}

/** A line of SYSBOOT, which has no message file: choice of wording, the shape is that of every message. */
export const sysbootWarning = (ident: string, text: string): string => `%SYSBOOT-W-${ident}, ${text}; default parameters are used`;

/** Why a parameter file is of no use. */
export interface UnusableFile {
  readonly ident: string;
  readonly text: string;
}

/**
 * The parameters of a file of SYS$SYSTEM, the defaults for those that it does not have. WRITESYSPARAMS is not taken from it: that is what
 * SYSBOOT tells the startup procedure of this boot.
 *
 * @param name  VAXVMSSYS.PAR
 */
export function readParameterFile(disk: BlockStore, name: string): Record<string, number> | UnusableFile {
  const file = `SYS$SYSTEM:${name}`;
  let bytes: Uint8Array | undefined;
  try {
    bytes = readSystemFile(disk, `[SYS0.SYSEXE]${name}`);
  } catch {
    return { ident: 'READERR', text: `error reading ${file}` };
  }
  if (!bytes) return { ident: 'NOPARFILE', text: `unable to locate ${file}` };
  const values = decodeParameterFile(bytes);
  if (!values) return { ident: 'BADPARFILE', text: `${file} is damaged or no parameter file` };
  return { ...defaultParameters(), ...values, WRITESYSPARAMS: 0 };
}

export const isUnusable = (read: Record<string, number> | UnusableFile): read is UnusableFile => typeof read['ident'] === 'string';

export const CURRENT_FILE = 'VAXVMSSYS.PAR';

/**
 * SYSBOOT's implied USE CURRENT: the parameters of SYS$SYSTEM:VAXVMSSYS.PAR, the defaults for those that the file does not have.
 * A disk without the file, or with one that cannot be read, boots with the defaults.
 *
 * @param disk  the system disk
 * @source book 25.5; digest ch25 2.6, ch24 (files of the bootstrap)
 */
export function currentParameters(disk: BlockStore): BootParameters {
  const read = readParameterFile(disk, CURRENT_FILE);
  return isUnusable(read) ? { values: defaultParameters(), warning: sysbootWarning(read.ident, read.text) } : { values: read };
}
