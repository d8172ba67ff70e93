import type { Flow } from '../../executive/gate/microroutine.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { CLI$_CONFLICT, CLI$_DEFKEY, CLI$_DELKEY, CLI$_INSFPRM, CLI$_IVKEYNAM, CLI$_SETKEY, CLI$_UNDKEY, CLI$_VALREQ } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { upcase } from '../language/characters.js';
import { defineKey, findKey, KEY_ECHO, KEY_ERASE, KEY_LOCK, KEY_NAMES, KEY_TERMINATE, listKeys, removeKey, type KeyDefinition } from '../keys.js';
import { PRC } from '../structures.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/** DEFINE/KEY, DELETE/KEY, SHOW KEY, SET KEY. @source DCL Dictionary; dcl-commands.md */

const DEFAULT_STATE = 'DEFAULT';
const LONGEST_STATE = 31;

function currentState(dcl: Dcl): string {
  return readCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_KEYSTATE);
}

function keyName(text: string): string {
  const name = upcase(text);
  return KEY_NAMES.includes(name) ? name : fail(CLI$_IVKEYNAM, { token: name });
}

/** Name of a key state: what the cell for the current one holds of it. */
function stateName(text: string): string {
  return upcase(text).slice(0, LONGEST_STATE);
}

/** States a qualifier lists; the current one without it, or when it is negated. */
function states(dcl: Dcl, command: ParsedCommand, qualifier: string): string[] {
  const given = command.negates(qualifier) ? [] : command.values(qualifier);
  return given.length > 0 ? given.map(stateName) : [currentState(dcl)];
}

/** DEFINE/KEY key string @dcl full */
function* defineCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const name = keyName(command.value('KEY_NAME')!);
  const text = command.value('EQUIVALENCE')!;
  const setState = command.has('SET_STATE') ? stateName(command.value('SET_STATE') ?? fail(CLI$_VALREQ, { token: 'SET_STATE' })) : '';
  const terminate = command.has('TERMINATE');
  // A locked state must be set by the key; text that is not shown cannot stand on a line that goes on.
  if ((command.has('LOCK_STATE') && setState === '') || (!command.has('ECHO') && !terminate)) fail(CLI$_CONFLICT);
  const flags = (command.has('ECHO') ? KEY_ECHO : 0) | (terminate ? KEY_TERMINATE : 0) | (command.has('LOCK_STATE') ? KEY_LOCK : 0)
    | (command.has('ERASE') ? KEY_ERASE : 0);
  for (const state of states(dcl, command, 'IF_STATE')) {
    defineKey(dcl, { name, state, setState, text, flags });
    if (command.has('LOG')) yield* dcl.report({ code: CLI$_DEFKEY, args: [state, name] });
  }
  return 1;
}

/** DELETE/KEY [key] @dcl full */
function* deleteCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const given = command.value('KEY_NAME');
  if ((given === undefined) !== command.has('ALL')) fail(given === undefined ? CLI$_INSFPRM : CLI$_CONFLICT);
  for (const state of states(dcl, command, 'STATE')) {
    const names = given === undefined ? listKeys(dcl).filter((key) => key.state === state).map((key) => key.name) : [keyName(given)];
    for (const name of names) {
      if (!removeKey(dcl, name, state)) fail(CLI$_UNDKEY, { args: [state, name] });
      if (command.has('LOG')) yield* dcl.report({ code: CLI$_DELKEY, args: [state, name] });
    }
  }
  return 1;
}

/** SET KEY/STATE=state; /NOSTATE leaves it. @dcl full */
function* setCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const state = command.has('STATE') ? stateName(command.value('STATE')!) : command.negates('STATE') ? DEFAULT_STATE : currentState(dcl);
  writeCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_KEYSTATE, state, 32);
  if (command.has('LOG')) yield* dcl.report({ code: CLI$_SETKEY, args: [state] });
  return 1;
}

function line(key: KeyDefinition, full: boolean): string {
  const word = (bit: number, name: string): string => `${(key.flags & bit) !== 0 ? '' : 'no'}${name}`;
  const details = [word(KEY_ECHO, 'echo'), word(KEY_TERMINATE, 'terminate'), word(KEY_ERASE, 'erase'), word(KEY_LOCK, 'lock'), ...(key.setState === '' ? [] : [`state=${key.setState}`])];
  return `  ${key.name} = "${key.text.replaceAll('"', '""')}"${full ? ` (${details.join(',')})` : ''}`;
}

/** SHOW KEY [key] [/ALL] [/FULL] [/DIRECTORY] [/STATE=(state,...)] @dcl full */
function* showCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const keys = listKeys(dcl);
  if (command.has('DIRECTORY')) {
    for (const state of [...new Set(keys.map((key) => key.state))].sort()) yield* dcl.write(state);
    return 1;
  }
  const given = command.value('KEY_NAME');
  if (given === undefined && !command.has('ALL')) fail(CLI$_INSFPRM);
  const everyState = given === undefined && !command.has('STATE') && !command.negates('STATE');
  const wanted = everyState ? [...new Set(keys.map((key) => key.state))].sort() : states(dcl, command, 'STATE');
  for (const state of wanted) {
    const name = given === undefined ? undefined : keyName(given);
    const found = name === undefined ? keys.filter((key) => key.state === state) : [findKey(dcl, name, state) ?? fail(CLI$_UNDKEY, { args: [state, name] })];
    yield* dcl.write(`${state} keypad definitions:`);
    for (const key of found) yield* dcl.write(line(key, command.has('FULL')));
  }
  return 1;
}

export const KEY_COMMANDS: CommandRoutines = { DEFINE_KEY: defineCommand, DELETE_KEY: deleteCommand, SET_KEY: setCommand, SHOW_KEY: showCommand };
