import { cliGetForeign } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { failedToOpen, KeyedFile, makeIndexed } from '../../executive/information/keyed-file.js';
import { CLI$_IVVERB } from '../../executive/starlet/climsgdef.js';
import { RMS$_DUP, RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { identifierName } from '../../executive/information/rights-services.js';
import { UAF_FILE, UAF_LAYOUT, userKey } from '../../executive/information/authorization-file.js';
import { newUserRecord } from '../../loginout/uaf-file.js';
import { confirm } from '../confirm.js';
import { keywordOf, parseUtilityCommand, type UtilityCommand, type UtilityQualifier } from '../command-line.js';
import { LineInput } from '../line-input.js';
import { messageCode, report } from '../messages.js';
import { isFailure } from '../files.js';
import { Output } from '../output.js';
import { parseUic } from '../selection.js';
import { BRIEF_HEADING, briefLine, fullDisplay, userNameOf } from './display.js';
import { applyField, FIELD_QUALIFIERS } from './fields.js';
import { addIdentifier, changeIdentifier, createRights, grant, heldBy, identifierCommand, removeIdentifier, showIdentifiers, showRights } from './identifiers.js';
import { complain, mentions, qualifierOf, qualifiersOf, say, viewOf, type Authorize } from './session.js';

/** AUTHORIZE.EXE: who may use the system, SYSUAF.DAT, and by which names and rights, RIGHTSLIST.DAT. @source VMS Authorize Utility manual; dcl-output-formats.md, AUTHORIZE */
const LONGEST_USER = 12;
const RECORD_QUALIFIERS = [...FIELD_QUALIFIERS, 'ADD_IDENTIFIER', 'MODIFY_IDENTIFIER', 'REMOVE_IDENTIFIER'];
/** Qualifiers that make another command of one with the same verb. */
const FORMS = ['IDENTIFIER', 'RIGHTS', 'PROXY', 'BRIEF', 'FULL', 'INTERACTIVE'];
const IS_SYSTEM = { isSystemFile: true } as const;

/** Before the first change: the sequential file of a new system disk becomes an indexed one. */
function* makeWritable(session: Authorize): Flow<number> {
  const { p } = session;
  if (session.file.isIndexed) return SS$_NORMAL;
  yield* session.file.close();
  const status = yield* makeIndexed(p, UAF_FILE, UAF_LAYOUT, IS_SYSTEM);
  const opened = yield* KeyedFile.open(p, UAF_FILE, UAF_LAYOUT, 'write');
  if (failedToOpen(opened)) return yield* say(session, 'NAOFIL', [], { code: opened.status, stv: opened.stv });
  session.file = opened;
  return status & 1 ? SS$_NORMAL : yield* say(session, 'PUTERR', [], { code: status });
}

/** Records of the users that a specification fits: a name with wildcards, a UIC with them. */
function* usersLike(session: Authorize, specification: string): Flow<Uint8Array[]> {
  const found: Uint8Array[] = [];
  const uic = /^\[([0-7*]+),([0-7*]+)\]$/.exec(specification);
  const pattern = new RegExp(`^${specification.replaceAll('$', '\\$').replaceAll('%', '.').replaceAll('*', '.*')}$`);
  const fits = (record: Uint8Array): boolean => {
    const user = viewOf(record);
    if (!uic) return !/[[\]]/.test(specification) && pattern.test(userNameOf(user));
    const part = (text: string, value: number): boolean => text === '*' || Number.parseInt(text, 8) === value;
    return part(uic[1]!, user.UAF$L_UIC >>> 16) && part(uic[2]!, user.UAF$L_UIC & 0xffff);
  };
  yield* session.file.rewind(uic && session.file.isIndexed ? 1 : 0);
  for (let record = yield* session.file.next(); typeof record !== 'number'; record = yield* session.file.next()) if (fits(record)) found.push(record.slice());
  return found.sort((a, b) => (uic ? viewOf(a).UAF$L_UIC - viewOf(b).UAF$L_UIC : 0) || (userNameOf(viewOf(a)) < userNameOf(viewOf(b)) ? -1 : 1));
}

function* userRecord(session: Authorize, name: string): Flow<Uint8Array | undefined> {
  const record = yield* session.file.find(userKey(name));
  return typeof record === 'number' ? undefined : record.slice();
}

/** Does the qualifiers to a record. @returns a status when one of them is wrong, whose message has been written */
function* change(session: Authorize, record: Uint8Array, qualifiers: readonly UtilityQualifier[]): Flow<number> {
  const view = viewOf(record);
  for (const qualifier of qualifiers) {
    if (!FIELD_QUALIFIERS.includes(qualifier.name)) continue;
    const wrong = yield* applyField(session.p, view, userNameOf(view), qualifier);
    if (wrong) return yield* say(session, 'IVVALUE', [wrong.value]);
  }
  return SS$_NORMAL;
}

const isOff = (qualifiers: readonly UtilityQualifier[], name: string): boolean => qualifierOf(qualifiers, name)?.negated === true;

/** ADD user, and COPY from to. */
function* add(session: Authorize, command: UtilityCommand, from: string, name: string, message: 'ADDMSG' | 'COPMSG'): Flow<number> {
  const qualifiers = yield* qualifiersOf(session, command, RECORD_QUALIFIERS);
  if (typeof qualifiers === 'number') return qualifiers;
  if (!/^[A-Z0-9$_]+$/.test(name) || name.length > LONGEST_USER) return yield* say(session, 'BADUSR', [name]);
  const writable = yield* makeWritable(session);
  if (!(writable & 1)) return writable;
  const template = yield* userRecord(session, from);
  if (!template && message === 'COPMSG') return yield* say(session, 'BADSPC');
  const record = template ?? newUserRecord({ name, password: '', uic: 0x0080_0080, owner: '', device: 'SYS$SYSDEVICE:', directory: '[USER]', privileges: 0x108000n, salt: 0 });
  const view = viewOf(record);
  view.UAF$T_USERNAME = textToBytes(name.padEnd(32));
  view.UAF$W_LOGFAILS = 0;
  view.UAF$Q_LASTLOGIN_I = view.UAF$Q_LASTLOGIN_N = 0n;
  view.UAF$V_DISACNT = message === 'ADDMSG' ? 0 : view.UAF$V_DISACNT;
  // The password of a copy is not known, and its hash has the old name in it.
  const password = qualifierOf(qualifiers, 'PASSWORD') ?? { name: 'PASSWORD', negated: false, values: [message === 'ADDMSG' ? 'USER' : ''] };
  const done = yield* change(session, record, [password, ...qualifiers.filter((qualifier) => qualifier.name !== 'PASSWORD')]);
  if (!(done & 1)) return done;
  const status = yield* session.file.put(record);
  if (status === RMS$_DUP) return yield* say(session, 'UAEERR', [name]);
  if (!(status & 1)) return yield* say(session, 'PUTERR', [], { code: status });
  session.changed = true;
  yield* say(session, message);
  if (isOff(qualifiers, 'ADD_IDENTIFIER') || (yield* identifierName(session.p, view.UAF$L_UIC)) !== undefined) return SS$_NORMAL;
  return yield* addIdentifier(session, name, view.UAF$L_UIC);
}

/** MODIFY user, DEFAULT */
function* modify(session: Authorize, command: UtilityCommand, specification: string): Flow<number> {
  const qualifiers = yield* qualifiersOf(session, command, RECORD_QUALIFIERS);
  if (typeof qualifiers === 'number') return qualifiers;
  const writable = yield* makeWritable(session);
  if (!(writable & 1)) return writable;
  const users = yield* usersLike(session, specification);
  if (users.length === 0) return yield* say(session, 'BADSPC');
  for (const user of users) {
    const record = yield* userRecord(session, userNameOf(viewOf(user)));
    if (!record) continue;
    const before = viewOf(record).UAF$L_UIC;
    const done = yield* change(session, record, qualifiers);
    if (!(done & 1)) return done;
    const status = yield* session.file.update(record);
    if (!(status & 1)) return yield* say(session, 'PUTERR', [], { code: status });
    session.changed = true;
    const after = viewOf(record).UAF$L_UIC;
    if (after !== before && !isOff(qualifiers, 'MODIFY_IDENTIFIER') && (yield* identifierName(session.p, before)) === userNameOf(viewOf(record))) {
      yield* changeIdentifier(session, before, { value: after });
    }
  }
  return yield* say(session, 'MDFYMSG');
}

function* remove(session: Authorize, command: UtilityCommand, name: string): Flow<number> {
  const qualifiers = yield* qualifiersOf(session, command, RECORD_QUALIFIERS);
  if (typeof qualifiers === 'number') return qualifiers;
  if (name === 'SYSTEM' || name === 'DEFAULT') return yield* say(session, 'REMSYS', [name]);
  const writable = yield* makeWritable(session);
  if (!(writable & 1)) return writable;
  const record = yield* userRecord(session, name);
  if (!record) return yield* say(session, 'BADSPC');
  const status = yield* session.file.remove();
  if (!(status & 1)) return yield* say(session, 'PUTERR', [], { code: status });
  session.changed = true;
  yield* say(session, 'REMMSG');
  const uic = viewOf(record).UAF$L_UIC;
  if (isOff(qualifiers, 'REMOVE_IDENTIFIER') || (yield* identifierName(session.p, uic)) !== name) return SS$_NORMAL;
  return yield* removeIdentifier(session, uic);
}

function* rename(session: Authorize, command: UtilityCommand, name: string, newName: string): Flow<number> {
  const qualifiers = yield* qualifiersOf(session, command, RECORD_QUALIFIERS);
  if (typeof qualifiers === 'number') return qualifiers;
  if (!/^[A-Z0-9$_]+$/.test(newName) || newName.length > LONGEST_USER) return yield* say(session, 'BADUSR', [newName]);
  const writable = yield* makeWritable(session);
  if (!(writable & 1)) return writable;
  if (yield* userRecord(session, newName)) return yield* say(session, 'UAEERR', [newName]);
  const record = yield* userRecord(session, name);
  if (!record) return yield* say(session, 'BADSPC');
  viewOf(record).UAF$T_USERNAME = textToBytes(newName.padEnd(32));
  const done = yield* change(session, record, qualifiers);
  if (!(done & 1)) return done;
  // The user name is the primary key: the record is written anew.
  const deleted = yield* session.file.remove();
  const status = deleted & 1 ? yield* session.file.put(record) : deleted;
  if (!(status & 1)) return yield* say(session, 'PUTERR', [], { code: status });
  session.changed = true;
  yield* say(session, 'RENMSG');
  // A hash has the name in it, so the old password does not fit any more.
  if (!qualifierOf(qualifiers, 'PASSWORD')) yield* say(session, 'PWDREQ');
  const uic = viewOf(record).UAF$L_UIC;
  return (yield* identifierName(session.p, uic)) === name ? yield* changeIdentifier(session, uic, { name: newName }) : SS$_NORMAL;
}

/** SHOW user [/BRIEF], and LIST into a file. */
function* show(session: Authorize, specification: string, isBrief: boolean, output: Output): Flow<number> {
  const users = yield* usersLike(session, specification);
  if (users.length === 0) return yield* say(session, 'BADSPC');
  if (isBrief) for (const line of BRIEF_HEADING) yield* output.line(line);
  for (const user of users) {
    const view = viewOf(user);
    const lines = isBrief ? [briefLine(view)] : fullDisplay(view, ((name) => (name === undefined ? '' : `[${name}]`))(yield* identifierName(session.p, view.UAF$L_UIC)), yield* heldBy(session, view.UAF$L_UIC));
    for (const line of lines) yield* output.line(line);
  }
  return SS$_NORMAL;
}

/** LIST [user] /BRIEF | /FULL: SYSUAF.LIS */
function* list(session: Authorize, specification: string, isFull: boolean): Flow<number> {
  const { p } = session;
  yield* say(session, 'LSTMSG1');
  const status = yield* p.scratch(function* () {
    const output = yield* Output.open(p, 'SYSUAF.LIS');
    if (isFailure(output)) return output.status;
    const done = yield* show(session, specification, !isFull, output);
    yield* output.close();
    return done;
  });
  return status & 1 ? yield* say(session, 'LSTMSG2') : status;
}

const VERBS = ['ADD', 'COPY', 'CREATE', 'DEFAULT', 'EXIT', 'GRANT', 'HELP', 'LIST', 'MODIFY', 'REMOVE', 'RENAME', 'REVOKE', 'SHOW'] as const;

const HELP_LINES = [
  '  ADD user [/qualifier ...]              a new user, like DEFAULT', '  COPY old new [/qualifier ...]          a new user like another one',
  '  DEFAULT /qualifier ...                 what new users get', '  MODIFY user /qualifier ...             changes users; wildcards are allowed',
  '  REMOVE user, RENAME old new            takes a user away, changes the name', '  SHOW user [/BRIEF], LIST [user] [/FULL]  shows users; into SYSUAF.LIS',
  '  CREATE/RIGHTS, SHOW/RIGHTS user        the rights database; what a user holds',
  '  ADD, MODIFY, RENAME, REMOVE, SHOW /IDENTIFIER name   identifiers', '  GRANT/IDENTIFIER name user, REVOKE/IDENTIFIER name user', '  EXIT',
  '  Qualifiers of users: /UIC=[g,m] /PASSWORD=word /OWNER="name" /DEVICE=dev /DIRECTORY=[dir] /PRIVILEGES=(...)', '  /FLAGS=(DISUSER,CAPTIVE,...) /PRIORITY=n /LGICMD=file and the quotas',
];

/** One command. @returns its status, `exit` for the end */
function* execute(session: Authorize, line: string): Flow<number | 'exit'> {
  const { output } = session;
  const command = parseUtilityCommand(line);
  if (command?.verb === '') return SS$_NORMAL;
  // S stands for SHOW, R for REMOVE, as with DCL only what is unique may be abbreviated; EX and E for EXIT.
  const verb = command && keywordOf(command.verb, VERBS);
  if (!command || !verb) return yield* complain(session, CLI$_IVVERB, command?.verb ?? line.trim());
  const [first = '', second = ''] = command.parameters;
  const isIdentifier = mentions(command, 'IDENTIFIER', FORMS);
  if (isIdentifier && ['ADD', 'MODIFY', 'REMOVE', 'RENAME'].includes(verb)) return yield* identifierCommand(session, verb, command);
  if (mentions(command, 'PROXY', FORMS)) return yield* say(session, 'NONET');
  switch (verb) {
    case 'ADD': return yield* first === '' ? say(session, 'BADUSR', ['']) : add(session, command, 'DEFAULT', first, 'ADDMSG');
    case 'COPY': return yield* add(session, command, first, second, 'COPMSG');
    case 'CREATE': return yield* mentions(command, 'RIGHTS', FORMS) ? createRights(session) : say(session, 'BADSPC');
    case 'DEFAULT': return yield* modify(session, command, 'DEFAULT');
    case 'EXIT': return 'exit';
    case 'GRANT': return yield* grant(session, command, true);
    case 'HELP': {
      for (const text of HELP_LINES) yield* output.line(text);
      return SS$_NORMAL;
    }
    case 'LIST': return yield* list(session, first === '' ? '*' : first, mentions(command, 'FULL', FORMS));
    case 'MODIFY': return yield* modify(session, command, first);
    case 'REMOVE': return yield* remove(session, command, first);
    case 'RENAME': return yield* rename(session, command, first, second);
    case 'REVOKE': return yield* grant(session, command, false);
    case 'SHOW': {
      if (isIdentifier) return yield* showIdentifiers(session, first === '' ? '*' : first);
      if (mentions(command, 'RIGHTS', FORMS)) return yield* showRights(session, first);
      return yield* show(session, parseUic(first) === undefined ? first : first.replaceAll(/\b0+(?=\d)/g, ''), mentions(command, 'BRIEF', FORMS), output);
    }
  }
}

/** Opens SYSUAF.DAT; when there is none, asks whether to make one, with SYSTEM and DEFAULT. */
function* openFile(p: Procedure): Flow<KeyedFile | number> {
  const opened = yield* KeyedFile.open(p, UAF_FILE, UAF_LAYOUT, 'write');
  if (!failedToOpen(opened)) return opened;
  const failure = yield* report(p, { code: messageCode('UAF$_NAOFIL') }, { code: opened.status, stv: opened.stv });
  if (opened.status !== RMS$_FNF || (yield* confirm(p, 'Do you want to create a new file')) !== 'yes') return failure;
  const made = yield* KeyedFile.create(p, UAF_FILE, UAF_LAYOUT, IS_SYSTEM);
  if (failedToOpen(made)) return yield* report(p, { code: messageCode('UAF$_NAOFIL') }, { code: made.status, stv: made.stv });
  for (const [name, uic, privileges] of [['DEFAULT', 0x0080_0080, 0x108000n], ['SYSTEM', 0x0001_0004, 0xffff_ffff_ffff_ffffn]] as const) {
    yield* made.put(newUserRecord({ name, password: name === 'SYSTEM' ? 'MANAGER' : '', uic, owner: '', device: 'SYS$SYSROOT:', directory: name === 'SYSTEM' ? '[SYSMGR]' : '[USER]', privileges, salt: 0 }));
  }
  return made;
}

const main = procedure('AUTHORIZE$MAIN', function* (p) {
  const output = yield* Output.open(p);
  if (isFailure(output)) return output.status;
  const file = yield* openFile(p);
  if (typeof file === 'number') return file;
  const session: Authorize = { p, output, file, changed: false, rightsChanged: false };
  let status: number = SS$_NORMAL;
  const once = yield* cliGetForeign(p);
  if (once !== undefined && once.trim() !== '') {
    const done = yield* execute(session, once);
    if (done !== 'exit') status = done;
  } else {
    const input = yield* LineInput.open(p, 'SYS$INPUT');
    if (typeof input === 'number') return input;
    for (let line = yield* input.line('\r\nUAF> '); line !== undefined; line = yield* input.line('\r\nUAF> ')) {
      const done = yield* execute(session, line);
      if (done === 'exit') break;
      status = done;
    }
    yield* input.close();
  }
  yield* session.file.close();
  yield* say(session, session.changed ? 'DONEMSG' : 'NOMODS');
  yield* say(session, session.rightsChanged ? 'RDBDONEMSG' : 'RDBNOMODS');
  yield* output.close();
  return status;
});

export const AUTHORIZE_IMAGE: ResidentImage = { name: 'AUTHORIZE', transfer: 'AUTHORIZE$MAIN', routines: [main] };
