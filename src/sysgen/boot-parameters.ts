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

const CURRENT = '[SYS0.SYSEXE]VAXVMSSYS.PAR';
const FILE = 'SYS$SYSTEM:VAXVMSSYS.PAR';

/** A line of SYSBOOT, which has no message file: choice of wording, the shape is that of every message. */
export const sysbootWarning = (ident: string, text: string): string => `%SYSBOOT-W-${ident}, ${text}; default parameters are used`;

/**
 * SYSBOOT's implied USE CURRENT: the parameters of SYS$SYSTEM:VAXVMSSYS.PAR, the defaults for those that the file does not have.
 * A disk without the file, or with one that cannot be read, boots with the defaults.
 *
 * @param disk  the system disk
 * @source book 25.5; digest ch25 2.6, ch24 (files of the bootstrap)
 */
export function currentParameters(disk: BlockStore): BootParameters {
  const standard = defaultParameters();
  let bytes: Uint8Array | undefined;
  try {
    bytes = readSystemFile(disk, CURRENT);
  } catch {
    return { values: standard, warning: sysbootWarning('READERR', `error reading ${FILE}`) };
  }
  if (!bytes) return { values: standard, warning: sysbootWarning('NOPARFILE', `unable to locate ${FILE}`) };
  const values = decodeParameterFile(bytes);
  if (!values) return { values: standard, warning: sysbootWarning('BADPARFILE', `${FILE} is damaged or no parameter file`) };
  return { values: { ...standard, ...values } };
}
