import { textToBytes } from '../../executive/structures/memory.js';
import { encodeLibrary, LHD$C_HELP, LIBRARIAN } from '../librarian/format.js';
import { modulesOf } from '../librarian/modules.js';
import commands from './texts/commands.hlp';
import lexicals from './texts/lexicals.hlp';
import options from './texts/options.hlp';

/** Sources of the help library. A new text is a line here. */
export const HELP_SOURCES: readonly string[] = [commands, options, lexicals];

/**
 * SYS$HELP:HELPLIB.HLB as the LIBRARIAN makes it of the sources.
 *
 * @param date  system time of its creation
 */
export function helpLibrary(date: bigint): Uint8Array {
  const modules = HELP_SOURCES.flatMap((source) => modulesOf(LHD$C_HELP, source.replace(/\n$/, '').split('\n').map((line) => textToBytes(line)), '', false));
  return encodeLibrary({ type: LHD$C_HELP, created: date, revised: date, librarian: LIBRARIAN, modules: modules.map((module) => ({ ...module, inserted: date })) });
}
