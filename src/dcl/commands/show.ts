import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { CLI$_INVDEF, CLI$_UNDSYM } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import { defaultExists, defaultSpec } from '../directory.js';
import type { Dcl } from '../interpreter/session.js';
import { hex8, octal11, type Value } from '../language/value.js';
import { translate } from '../names.js';
import type { SymbolView } from '../symbols.js';
import { matchesWildcard } from '../language/wildcard.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { runImageCommand } from './image.js';
import { tableOf } from './logical-names.js';
import { showStatus } from './show-status.js';

/** SHOW options that DCL carries out itself. @source dcl-output-formats.md */

/** `  NAME = value` as SHOW SYMBOL prints it. */
export function symbolLine(name: string, value: Value, global: boolean): string {
  const sign = global ? '==' : '=';
  return typeof value === 'number'
    ? `  ${name} ${sign} ${value}   Hex = ${hex8(value)}  Octal = ${octal11(value)}`
    : `  ${name} ${sign} "${value}"`;
}

function starred({ name, required }: SymbolView): string {
  return required < name.length ? `${name.slice(0, required)}*${name.slice(required)}` : name;
}

/** SHOW SYMBOL [name] [/ALL] [/LOCAL] [/GLOBAL]: leaves $STATUS alone. @dcl full */
function* showSymbol(dcl: Dcl, command: ParsedCommand): Flow<void> {
  const local = command.has('LOCAL');
  const global = command.has('GLOBAL');
  const given = command.value('SYMBOL');
  if (given === undefined || /[*%]/.test(given)) {
    const wanted = (symbol: SymbolView): boolean => given === undefined || matchesWildcard(symbol.name, given);
    const useGlobal = global && !local;
    for (const symbol of dcl.listSymbols(useGlobal)) if (wanted(symbol)) yield* dcl.write(symbolLine(starred(symbol), symbol.value, useGlobal));
    if (useGlobal) {
      for (const name of ['$RESTART', '$SEVERITY', '$STATUS']) if (given === undefined || matchesWildcard(name, given)) yield* dcl.write(symbolLine(name, dcl.symbol(name)!, true));
    }
    return;
  }
  if (given.startsWith('$') && !local) {
    const value = dcl.symbol(given);
    if (value !== undefined && dcl.findSymbol(given) === 0) {
      yield* dcl.write(symbolLine(given, value, true));
      return;
    }
  }
  const globals = dcl.prc.PRC$L_GLOBALS;
  const found = local ? dcl.symbols.find(dcl.idf.IDF$L_SYMBOLS, given) : global ? dcl.symbols.find(globals, given) : dcl.findSymbol(given);
  if (found === 0) fail(CLI$_UNDSYM);
  const view = dcl.symbols.view(found);
  yield* dcl.write(symbolLine(starred(view), view.value, found === dcl.symbols.find(globals, given)));
}

/** `dd-mmm-yyyy hh:mm:ss.cc` of now. */
export function* timeText(dcl: Dcl): Flow<string> {
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const buffer = p.allocate(24);
    check(yield* service(p, '$ASCTIM', { timbuf: p.descriptor(23, buffer) }));
    return bytesToText(p.memory.readBytes(buffer, 23));
  });
}

/** SHOW TIME @dcl full */
function* showTime(dcl: Dcl): Flow<number> {
  yield* dcl.write(`  ${(yield* timeText(dcl)).slice(0, 20)}`);
  return 1;
}

/** SHOW DEFAULT @dcl partly: a search list is not expanded */
function* showDefault(dcl: Dcl): Flow<number> {
  const spec = yield* defaultSpec(dcl.outside.procedure);
  yield* dcl.write(`  ${spec}`);
  if (!(yield* defaultExists(dcl.outside.procedure))) yield* dcl.report({ code: CLI$_INVDEF, args: [spec] });
  return 1;
}

const MODE_WORDS = ['kernel', 'exec', 'super', 'user'] as const;

/** SHOW LOGICAL name[,...]: iterative translation, each level numbered. Whole tables and wildcards are the SHOW image's. @dcl full */
function* showLogical(dcl: Dcl, command: ParsedCommand): Flow<number | undefined> {
  const names = command.values('LOGICAL');
  if (names.length === 0 || names.some((name) => /[*%]/.test(name))) return yield* runImageCommand(dcl, command, 'SHOW');
  const limited = command.qualifiers.some((parsed) => ['PROCESS', 'JOB', 'GROUP', 'SYSTEM', 'TABLE'].includes(parsed.entity.name));
  for (const name of names) yield* showOneLogical(dcl, name, limited ? tableOf(command) : 'LNM$DCL_LOGICAL', command.has('FULL'));
  return 0x10000001;
}

const DEEPEST = 10;

function* showOneLogical(dcl: Dcl, name: string, table: string, full: boolean, level = 0): Flow<void> {
  const p = dcl.outside.procedure;
  const first = yield* translate(p, name, table, 0, undefined, true);
  if ((first.status & 1) === 0) {
    if (level === 0) yield* dcl.report({ code: SHOW$_NOTRAN, args: [name] });
    return;
  }
  const mode = full ? ` [${MODE_WORDS[first.mode]}]` : '';
  const lead = level === 0 ? '  ' : `${level} `;
  yield* dcl.write(`${lead} "${name}"${mode} = "${printable(first.value)}" (${first.table})`);
  const values = [first.value];
  for (let index = 1; index <= first.maximumIndex; index += 1) {
    const next = yield* translate(p, name, table, index);
    if ((next.status & 1) === 0) break;
    values.push(next.value);
    yield* dcl.write(`\t= "${printable(next.value)}"`);
  }
  if ((first.attributes & 0x200) !== 0 || level >= DEEPEST) return;
  for (const value of values) {
    const inner = value.replace(/:$/, '');
    if (/^[A-Z0-9_$]+$/i.test(inner) && !inner.startsWith('_')) yield* showOneLogical(dcl, inner, table, full, level + 1);
  }
}

/** A process permanent file's equivalence name shows its device, behind ESC, NUL and the file identifier. */
function printable(value: string): string {
  return value.startsWith('\x1b\0') ? value.slice(4) : value;
}

/** %SHOW-S-NOTRAN, no translation for logical name !AS */
const SHOW$_NOTRAN = 0x788019;

/** SHOW TRANSLATION name @dcl full */
function* showTranslation(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const name = command.value('LOGICAL')!;
  const found = yield* translate(dcl.outside.procedure, name, command.value('TABLE') ?? 'LNM$DCL_LOGICAL');
  if ((found.status & 1) === 0) yield* dcl.report({ code: SHOW$_NOTRAN, args: [name] });
  else yield* dcl.write(`  ${name} = "${printable(found.value)}"   (${found.table})`);
  return 1;
}

export const SHOW_COMMANDS: CommandRoutines = {
  SHOW_SYMBOL: showSymbol, SHOW_TIME: showTime, SHOW_DEFAULT: showDefault, SHOW_LOGICAL: showLogical, SHOW_TRANSLATION: showTranslation, SHOW_STATUS: showStatus,
};
