import { CLI$_NOTIMPL } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { CommandRoutine, CommandRoutines } from './command.js';
import { CONTROL_COMMANDS } from './control.js';
import controlTables from './control.cld';
import { INPUT_OUTPUT_COMMANDS } from './input-output.js';
import inputOutputTables from './input-output.cld';
import { LOGICAL_NAME_COMMANDS } from './logical-names.js';
import logicalNameTables from './logical-names.cld';
import { PIPE_COMMANDS } from './pipe.js';
import pipeTables from './pipe.cld';
import { PROCEDURE_COMMANDS } from './procedure.js';
import procedureTables from './procedure.cld';
import { SET_COMMANDS } from './set.js';
import { SET_COMMAND_COMMANDS } from './set-command.js';
import setTables from './set.cld';
import { SHOW_COMMANDS } from './show.js';
import showTables from './show.cld';
import { SYMBOL_COMMANDS } from './symbol.js';
import symbolTables from './symbol.cld';
import { IMAGE_COMMANDS } from './image.js';
import imageTables from './image.cld';
import { MEMORY_COMMANDS } from './memory.js';
import memoryTables from './memory.cld';
import { DEVICE_COMMANDS } from './devices.js';
import deviceTables from './devices.cld';
import { PROCESS_COMMANDS } from './run-process.js';
import { SPAWN_COMMANDS } from './spawn.js';
import { KEY_COMMANDS } from './key.js';
import externalTables from './external.cld';
import backupTables from './backup.cld';
import compareTables from './compare.cld';
import fileTables from './files.cld';
import libraryTables from './library.cld';
import setFileTables from './set-file.cld';
import volumeTables from './volumes.cld';
import queueTables from './queues.cld';
import { MISSING_COMMANDS } from './missing.js';
import missingTables from './missing.cld';

/**
 * Every command routine of DCL. A new command is one entry in its family's table and one definition in its .cld file.
 * (A function, because commands call the interpreter and the interpreter calls commands: the modules import each other.)
 */
function families(): readonly CommandRoutines[] {
  return [
    CONTROL_COMMANDS, INPUT_OUTPUT_COMMANDS, PROCEDURE_COMMANDS, SYMBOL_COMMANDS, LOGICAL_NAME_COMMANDS, SET_COMMANDS, SET_COMMAND_COMMANDS, SHOW_COMMANDS, IMAGE_COMMANDS,
    MEMORY_COMMANDS, DEVICE_COMMANDS, PIPE_COMMANDS, PROCESS_COMMANDS, SPAWN_COMMANDS, KEY_COMMANDS, MISSING_COMMANDS,
  ];
}

/** Sources of the command table: what SYS$SHARE:DCLTABLES holds. */
export const COMMAND_TABLE_SOURCES: readonly string[] = [
  controlTables, procedureTables, symbolTables, inputOutputTables, logicalNameTables, setTables, showTables, imageTables, memoryTables, deviceTables, pipeTables, externalTables, backupTables, compareTables, fileTables, libraryTables, setFileTables, volumeTables, queueTables, missingTables,
];

export function commandRoutine(name: string): CommandRoutine {
  for (const family of families()) {
    const routine = family[name];
    if (routine) return routine;
  }
  return () => fail(CLI$_NOTIMPL, { args: [name.replaceAll('_', ' ')] });
}

/** Names of all routines, for the test that every CLIROUTINE has one. */
export function routineNames(): string[] {
  return families().flatMap((family) => Object.keys(family));
}
