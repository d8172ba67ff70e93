import { CLI$_IVVERB } from '../condition-codes.js';
import { COMMAND_TABLE_SOURCES } from '../commands/registry.js';
import { ArrayMemory } from '../../executive/structures/memory.js';
import { compileTables } from '../tables/compiler.js';
import { CommandTable } from '../tables/reader.js';
import type { Finding } from './findings.js';
import { isSlip } from './symbol-facts.js';
import { ProcedureCheck } from './procedure-check.js';

const SLIP_LENGTH = 4;

/** A procedure to check. */
export interface CheckedFile {
  readonly name: string;
  readonly text: string;
}

export interface CheckOptions {
  /** Definitions (CLD) of verbs beyond those of DCLTABLES. */
  readonly definitions?: readonly string[];
}

/** The command table of DCLTABLES, with further definitions, outside a machine. */
export function checkTable(definitions: readonly string[] = []): CommandTable {
  const bytes = compileTables([...COMMAND_TABLE_SOURCES, ...definitions]);
  return new CommandTable(new ArrayMemory(bytes), 0);
}

/**
 * Reads procedures without running them. Files given together know of one another's symbols.
 * @returns findings of each file, in the order of their places
 */
export function checkProcedures(files: readonly CheckedFile[], options: CheckOptions = {}): Finding[][] {
  const table = checkTable(options.definitions);
  const checks = files.map(({ text }) => new ProcedureCheck(text, table));
  const isSet = (name: string): boolean => checks.some(({ symbols }) => symbols.mayBe(name));
  const isTested = (name: string): boolean => checks.some(({ symbols }) => symbols.tested.has(name));
  const isOwnCommand = (name: string, file: string): boolean => checks.flatMap(({ verbs }) => verbs).filter((verb) => verb.name === name).length > 1 || namesIt(file, name);
  return checks.map((check, index) => {
    const findings = [...check.findings];
    const { symbols } = check;
    for (const { name, code, line, column } of check.verbs) {
      if (isSet(name) || symbols.callsOthers) continue;
      // A slip is certain enough; any other name may be a symbol of the login procedure, and is one when it is used again and again.
      const slip = code === CLI$_IVVERB && name.length >= SLIP_LENGTH && (symbols.resembles(name) || table.verbs().some((verb) => isSlip(name, verb.name)));
      if (!slip && code === CLI$_IVVERB && isOwnCommand(name, files[index]!.name)) continue;
      findings.push({ line, column, severity: slip ? 'error' : 'warning', code: slip || code !== CLI$_IVVERB ? code : 'NOVERB', token: name });
    }
    for (const { name, code, line, column } of check.uses) {
      if (isSet(name) || isTested(name) || isGivenByOthers(name)) continue;
      // What other procedures and images may have set is only doubted when it looks like a slip.
      if ((symbols.callsOthers || symbols.runsImages) && !symbols.resembles(name)) continue;
      findings.push({ line, column, severity: 'warning', code, token: name });
    }
    return findings.sort((one, other) => one.line - other.line || one.column - other.column);
  });
}

/** A directory or the procedure itself is called like the command: the program it belongs to, which is run by a symbol of that name. */
function namesIt(file: string, name: string): boolean {
  return file.toUpperCase().split(/[^A-Z0-9$_]+/).includes(name);
}

/** Parameters, DCL's own symbols, and those of facilities, which have a dollar sign: callers and login procedures set them. */
function isGivenByOthers(name: string): boolean {
  return name.includes('$') || /^P[1-8]$/.test(name);
}
