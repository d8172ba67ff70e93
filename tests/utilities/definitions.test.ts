import { afterAll, describe, expect, test, vi } from 'vitest';
import { COMMAND_TABLE_SOURCES } from '../../src/dcl/commands/registry.js';
import { ParseResult } from '../../src/dcl/parse-result.js';
import { parseCld, type CldDefinition } from '../../src/dcl/tables/cld-parser.js';
import { UTILITY_IMAGES } from '../../src/utilities/index.js';
import { UtilitySession } from './session.js';

/**
 * A qualifier that the tables define and the image never asks for would be taken and do nothing. Every image is run with the commands
 * below, and what it asks its CLI for is recorded; that must be all that its definition has. A new command of an image needs a row.
 */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  DIRECTORY: ['DIRECTORY A.TXT'], TYPE: ['TYPE A.TXT'], COPY: ['COPY A.TXT B.TXT'], APPEND: ['APPEND A.TXT B.TXT'],
  CREATE: ['CREATE C.TXT', '^Z'], CREATE_FDL: ['CREATE/FDL=F.FDL E.DAT'], ANALYZE_RMS: ['ANALYZE/RMS_FILE A.TXT'], CONVERT: ['CONVERT/FDL=F.FDL/PAD=x A.TXT E.DAT'], CONVERT_RECLAIM: ['CONVERT/RECLAIM R.DAT'], CREATE_DIRECTORY: ['CREATE/DIRECTORY [.SUB]'], DELETE: ['DELETE NOSUCH.X;*'], PURGE: ['PURGE NOSUCH.X'],
  RENAME: ['RENAME B.TXT D.TXT'], SEARCH: ['SEARCH A.TXT one'], DIFFERENCES: ['DIFFERENCES A.TXT A.TXT', 'DIFFERENCES/SEPARATED/OUTPUT=D.DIF A.TXT A.TXT', 'DIFFERENCES/CHANGE_BAR/OUTPUT=D.DIF A.TXT A.TXT'],
  DUMP: ['DUMP/OUTPUT=D.DMP A.TXT', 'DUMP/RECORDS/OUTPUT=D.DMP A.TXT'], SORT: ['SORT A.TXT S.TXT'], MERGE: ['MERGE S.TXT,S.TXT M.TXT'],
  SET_FILE: ['SET FILE A.TXT', 'SET FILE/ACL A.TXT'], SET_DIRECTORY: ['SET DIRECTORY [.SUB]', 'SET DIRECTORY/ACL [.SUB]'], SET_PROTECTION: ['SET PROTECTION=(W) A.TXT'],
  SET_DEFAULT_PROTECTION: ['SET PROTECTION=(W:R)/DEFAULT'], UNLOCK: ['UNLOCK A.TXT'],
  MOUNT: ['MOUNT DUA0: X'], DISMOUNT: ['DISMOUNT DUA7:'], INITIALIZE: ['INITIALIZE DUA0: X'], ANALYZE_DISK: ['ANALYZE/DISK_STRUCTURE DUA0:'], ANALYZE_ERRORS: ['ANALYZE/ERROR_LOG/OUTPUT=E.LIS A.TXT'],
  LIBRARY: ['LIBRARY/CREATE/TEXT T A.TXT', 'LIBRARY/TEXT/EXTRACT=A/OUTPUT=X.TXT T', 'LIBRARY/TEXT/LIST=L.LIS T'],
  HELP: ['HELP/NOPROMPT/LIBRARY=SYS$DISK:[]H.HLB', 'HELP/NOPROMPT/LIBRARY=SYS$DISK:[]H.HLB ONE'], MACRO: ['MACRO HELLO'], LINK: ['LINK HELLO'],
  SET_RMS_DEFAULT: ['SET RMS_DEFAULT'], SET_PROCESS: ['SET PROCESS'], SET_TERMINAL: ['SET TERMINAL'], SHOW_SYSTEM: ['SHOW SYSTEM/BATCH'], SHOW_PROCESS: ['SHOW PROCESS'], SHOW_DEVICES: ['SHOW DEVICES/FULL OPA0', 'SHOW DEVICES/FILES D'],
  SHOW_MEMORY: ['SHOW MEMORY/POOL'], SHOW_TERMINAL: ['SHOW TERMINAL'], SHOW_USERS: ['SHOW USERS'], SHOW_ERROR: ['SHOW ERROR'], SHOW_WORKING_SET: ['SHOW WORKING_SET'], SHOW_QUOTA: ['SHOW QUOTA'], SHOW_PRINTER: ['SHOW PRINTER LPA0:'], SET_PRINTER: ['SET PRINTER LPA0:'], SHOW_ACL: ['SHOW ACL A.TXT'], SET_ACL: ['SET ACL A.TXT'], SET_WORKING_SET: ['SET WORKING_SET'],
  SUBMIT: ['SUBMIT A.TXT'], PRINT: ['PRINT A.TXT'], SYNCHRONIZE: ['SYNCHRONIZE X'], START: ['START/QUEUE Q'], START_QUEUE: ['START/QUEUE Q'], START_MANAGER: ['START/QUEUE/MANAGER'],
  INITIALIZE_QUEUE: ['INITIALIZE/QUEUE Q'], STOP_QUEUE: ['STOP/QUEUE Q'], STOP_MANAGER: ['STOP/QUEUE/MANAGER'], DELETE_ENTRY: ['DELETE/ENTRY=1 Q'], DELETE_QUEUE: ['DELETE/QUEUE Q'],
  DELETE_FORM: ['DELETE/FORM F'], DELETE_CHARACTERISTIC: ['DELETE/CHARACTERISTIC C'], DEFINE_FORM: ['DEFINE/FORM F 1'], DEFINE_CHARACTERISTIC: ['DEFINE/CHARACTERISTIC C 1'],
  ASSIGN_QUEUE: ['ASSIGN/QUEUE Q L'], ASSIGN_MERGE: ['ASSIGN/MERGE Q R'], DEASSIGN_QUEUE: ['DEASSIGN/QUEUE L'], SET_QUEUE: ['SET QUEUE Q'], SET_QUEUE_ENTRY: ['SET QUEUE/ENTRY=1 Q'],
  SET_ENTRY: ['SET ENTRY 1'], ACCOUNTING: ['ACCOUNTING A.TXT'], SET_ACCOUNTING: ['SET ACCOUNTING'], SHOW_ACCOUNTING: ['SHOW ACCOUNTING'], SHOW_QUEUE: ['SHOW QUEUE'], SHOW_ENTRY: ['SHOW ENTRY'],
  SHOW_BROADCAST: ['SHOW BROADCAST'], SHOW_CPU: ['SHOW CPU'], SHOW_INTRUSION: ['SHOW INTRUSION'], DELETE_INTRUSION: ['DELETE/INTRUSION_RECORD X'],
  MONITOR: ['MONITOR/INTERVAL=1/DISPLAY=M.LIS IO'], BACKUP: ['BACKUP A.TXT B.BCK/SAVE_SET'], EDIT: ['EDIT A.TXT', 'QUIT'], SET_VOLUME: ['SET VOLUME DUA0:'], SET_UIC: ['SET UIC [1,4]'], SET_PASSWORD: ['SET PASSWORD/SYSTEM', 'SET PASSWORD'], SET_RIGHTS_LIST: ['SET RIGHTS_LIST NOBODY/ATTRIBUTES=RESOURCE', 'SET RIGHTS_LIST NOBODY/IDENTIFICATION=1/ATTRIBUTES=RESOURCE'], SET_LOGINS: ['SET LOGINS'], SET_MAGTAPE: ['SET MAGTAPE MTA0:'], SET_TIME: ['SET TIME'], REPLY: ['REPLY/USERNAME=NOBODY "X"', 'REPLY/TO=1 "X"'], REQUEST: ['REQUEST/TO=CENTRAL "X"'],
};

/** Qualifiers that are known not to be asked for yet; a line goes when it is done. */
const NOT_YET: Readonly<Record<string, readonly string[]>> = {
  // It has chosen the syntax, and so the image.
  ANALYZE_RMS: ['RMS_FILE'], EDIT: ['EDT'],
  ANALYZE_DISK: ['DISK_STRUCTURE'], ANALYZE_ERRORS: ['ERROR_LOG'], START_QUEUE: ['QUEUE'], START_MANAGER: ['QUEUE'], STOP_QUEUE: ['QUEUE'], STOP_MANAGER: ['QUEUE'], INITIALIZE_QUEUE: ['QUEUE'], DELETE_QUEUE: ['QUEUE'],
  ASSIGN_QUEUE: ['QUEUE'], DEASSIGN_QUEUE: ['QUEUE'],
};

/** Qualifiers that could change nothing here, or are the default and excluded with their opposite: there are no tapes, clusters, volume or shadow sets, system libraries, and nothing to sort in files. */
const NO_MEANING: Readonly<Record<string, readonly string[]>> = {
  BACKUP: ['BUFFER_COUNT', 'IGNORE', 'INTERCHANGE', 'REWIND', 'TRUNCATE'],
  LINK: ['SELECTIVE_SEARCH', 'SYSLIB', 'SYSSHR', 'USERLIBRARY'], LIBRARY: ['SELECTIVE_SEARCH'],
  MERGE: ['SEQUENTIAL'], SET_RIGHTS_LIST: ['ENABLE'], SORT: ['SEQUENTIAL', 'WORK_FILES'],
};

/** Images that ask later than at their start, or whose syntax is a part of another test. */
const ELSEWHERE = new Set(['ANALYZE', 'MAIL']);

describe('tables and images in step', () => {
  const asked = new Set<string>();
  const find = ParseResult.prototype.find;
  const spy = vi.spyOn(ParseResult.prototype, 'find').mockImplementation(function (this: ParseResult, name: string) {
    for (const part of name.split('.')) asked.add(part);
    return find.call(this, name);
  });
  afterAll(() => { spy.mockRestore(); });

  const dcl = new UtilitySession({ 'A.TXT': 'one\ntwo\n', 'H.HLP': '1 ONE\n Text.\n', 'F.FDL': 'RECORD\n FORMAT fixed\n SIZE 10\n', 'K.FDL': 'FILE\n ORGANIZATION indexed\nKEY 0\n SEG0_LENGTH 2\n' });
  dcl.lines('CREATE/FDL=K R.DAT');
  dcl.lines('LIBRARY/CREATE/HELP H H.HLP');
  const images = new Set(UTILITY_IMAGES.map(({ name }) => name));
  const modules = COMMAND_TABLE_SOURCES.map(parseCld);
  const definitions: CldDefinition[] = modules.flatMap(({ verbs, syntaxes }) => [...verbs, ...syntaxes])
    .filter(({ image, qualifiers, name }) => image !== undefined && images.has(image) && qualifiers.length > 0 && !ELSEWHERE.has(name));

  test.each(definitions.map((definition) => [definition.name, definition] as const))('%s', (name, { qualifiers }) => {
    const commands = COMMANDS[name];
    expect(commands, `${name} has a row in COMMANDS`).toBeDefined();
    asked.clear();
    dcl.lines(...commands!);
    const silent = qualifiers.filter((qualifier) => !asked.has(qualifier.label) && !asked.has(qualifier.name)).map((qualifier) => qualifier.name);
    // What leads to another syntax is not asked for by this one.
    const others = qualifiers.filter(({ syntax }) => syntax !== undefined).map((qualifier) => qualifier.name);
    expect(silent.filter((qualifier) => !others.includes(qualifier)).sort()).toEqual([...(NOT_YET[name] ?? []), ...(NO_MEANING[name] ?? [])].sort());
  });

  test('every image that a definition names is there', () => {
    const named = new Set(modules.flatMap(({ verbs, syntaxes }) => [...verbs, ...syntaxes]).flatMap(({ image }) => (image === undefined ? [] : [image])));
    expect([...named].filter((image) => !images.has(image))).toEqual([]);
  });
});
