import type { Flow } from '../../executive/gate/microroutine.js';
import { RMS$_EOF } from '../../executive/starlet/rmsdef.js';
import { CLI$_DELSYM, CLI$_INSFPRM, CLI$_IVSYMB, CLI$_UNDSYM } from '../condition-codes.js';
import { checkRms, CommandInterrupted, fail } from '../condition.js';
import { dataRecord, ELSEWHERE, wasInterrupted } from '../interpreter/reader.js';
import type { Dcl } from '../interpreter/session.js';
import { canonical, isSymbolStart, trim, unquote, upcase } from '../language/characters.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { recallCommand } from './recall.js';

/** A symbol name as a command parameter. CLI$_IVSYMB when it is none. */
export function symbolName(text: string): string {
  const name = upcase(text);
  if (!isSymbolStart(name.charAt(0)) || !/^[A-Z0-9_$\xc0-\xff]+$/.test(name)) fail(CLI$_IVSYMB, { token: name });
  return name;
}

/** INQUIRE symbol ["prompt"]: reads from SYS$COMMAND. @dcl full @source DCL Dictionary, INQUIRE; dcl-commands.md */
function* inquireCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const name = symbolName(command.value('SYMBOL')!);
  const text = command.value('PROMPT') ?? name;
  const prompt = command.has('PUNCTUATION') ? `${text}: ` : text;
  const data = yield* dataRecord(dcl, dcl.prc.PRC$L_CMDRAB);
  const answer = trim(data === ELSEWHERE ? yield* ask(dcl, prompt) : data ?? '');
  // The answer is treated as := treats its text.
  const value = answer.startsWith('"') ? unquote(answer) : canonical(answer);
  dcl.assign(name, value, command.has('GLOBAL'));
  return 1;
}

/** The end of the input is an empty answer. */
function* ask(dcl: Dcl, prompt: string): Flow<string> {
  const result = yield* dcl.outside.files.get(dcl.prc.PRC$L_CMDRAB, dcl.ppd.PPD$V_UNSEEN === 0 ? { prompt: `\r\n${prompt}` } : { noEcho: true });
  if (result.status === RMS$_EOF) return '';
  if (wasInterrupted(result)) throw new CommandInterrupted();
  checkRms(result);
  return result.text;
}

/** DELETE/SYMBOL [name] @dcl full */
function* deleteSymbol(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const global = command.has('GLOBAL');
  const table = global ? dcl.prc.PRC$L_GLOBALS : dcl.idf.IDF$L_SYMBOLS;
  const log = command.has('LOG');
  const given = command.value('NAME');
  if (given === undefined) {
    if (!command.has('ALL')) fail(CLI$_INSFPRM);
    for (const symbol of dcl.symbols.list(table)) if (log) yield* dcl.report({ code: CLI$_DELSYM, args: [global ? 'GLOBAL' : 'LOCAL', symbol.name] });
    dcl.symbols.clear(table);
    return 1;
  }
  const name = symbolName(given);
  const found = dcl.symbols.find(table, name);
  if (found === 0) fail(CLI$_UNDSYM);
  const full = dcl.symbols.nameOf(found);
  dcl.symbols.remove(table, found);
  if (log) yield* dcl.report({ code: CLI$_DELSYM, args: [global ? 'GLOBAL' : 'LOCAL', full] });
  return 1;
}

export const SYMBOL_COMMANDS: CommandRoutines = { INQUIRE: inquireCommand, DELETE_SYMBOL: deleteSymbol, RECALL: recallCommand };
