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
  /** What of the file was not taken as it stands, lines for the console. */
  readonly note?: string;
}

/** A line of SYSBOOT, which has no message file: choice of wording, the shape is that of every message. */
export const sysbootWarning = (ident: string, text: string): string => `%SYSBOOT-W-${ident}, ${text}; default parameters are used`;

/** How whoever starts the machine helps himself. */
const ADVICE = '-SYSBOOT-I-ADVICE, start with more memory (--memory), or change them: --conversational, SET parameter value, CONTINUE';
const NEEDS = (reason: string): string => `-SYSBOOT-I-NEEDS, there are ${reason}`;
const NO_MEMORY = 'not enough physical memory for the parameters';

/** What is said when the parameters do not fit into memory. @param reason  the message of NotEnoughMemory */
export const noMemoryWarning = (reason: string): readonly string[] => [sysbootWarning('NOMEMORY', NO_MEMORY), NEEDS(reason), ADVICE];

/** The same at the SYSBOOT prompt, where they can be changed at once. */
export const noMemoryComplaint = (reason: string): readonly string[] => [`%SYSBOOT-E-NOMEMORY, ${NO_MEMORY}`, NEEDS(reason)];

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
 * @param adjusted  as for decodeParameterFile
 */
export function readParameterFile(disk: BlockStore, name: string, adjusted?: (name: string, value: number | undefined) => void): Record<string, number> | UnusableFile {
  const file = `SYS$SYSTEM:${name}`;
  let bytes: Uint8Array | undefined;
  try {
    bytes = readSystemFile(disk, `[SYS0.SYSEXE]${name}`);
  } catch {
    return { ident: 'READERR', text: `error reading ${file}` };
  }
  if (!bytes) return { ident: 'NOPARFILE', text: `unable to locate ${file}` };
  const values = decodeParameterFile(bytes, adjusted);
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
  const adjusted: string[] = [];
  const read = readParameterFile(disk, CURRENT_FILE, (name, value) => { adjusted.push(value === undefined ? `${name} is unknown` : `${name} is ${value}`); });
  if (isUnusable(read)) return { values: defaultParameters(), warning: sysbootWarning(read.ident, read.text) };
  if (adjusted.length === 0) return { values: read };
  const listed = adjusted.length > MOST_NAMED ? [...adjusted.slice(0, MOST_NAMED), `${adjusted.length - MOST_NAMED} more`] : adjusted;
  return { values: read, note: `%SYSBOOT-I-PARADJUST, SYS$SYSTEM:${CURRENT_FILE} is of another build: ${listed.join(', ')}\r\n-SYSBOOT-I-ADVICE, MCR SYSGEN, WRITE CURRENT makes a file of this build` };
}

/** Names in one message. */
const MOST_NAMED = 6;
