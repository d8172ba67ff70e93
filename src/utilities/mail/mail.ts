import { cliGetValue, cliIsNegated, cliIsPresent, cliSpawn } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { CLI$_IVVERB } from '../../executive/starlet/climsgdef.js';
import { JPI$_PROCPRIV, JPI$_USERNAME } from '../../executive/starlet/jpidef.js';
import { PRV$V_OPER, PRV$V_SETPRV, PRV$V_SYSPRV, PRV$V_BYPASS } from '../../executive/starlet/prvdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { SYI$_NODENAME } from '../../executive/starlet/syidef.js';
import { writeQuad } from '../../executive/structures/memory.js';
import { changeProfile, profileText, readProfile } from '../../loginout/mail-profile.js';
import { findUser } from '../../executive/information/authorization-file.js';
import { keywordOf, parseUtilityCommand, type UtilityCommand, type UtilityQualifier } from '../command-line.js';
import { LineInput } from '../line-input.js';
import { report } from '../messages.js';
import { isFailure } from '../files.js';
import { Output } from '../output.js';
import { getProcess, getSystem } from '../process-information.js';
import { placeOf } from './deliver.js';
import { copyTo, current, extract, listFolders, listMessages, mayUseFolder, moveTo, numbersOf, purge, readNext, readNumber, search } from './reading.js';
import { forward, reply, send } from './sending.js';
import { MAIL, NEWMAIL, privileged, qualifiersOf, say, select, wastebasketOf, withFile, type Mail } from './session.js';
import { changeSetting, showSetting } from './settings.js';

/** MAIL.EXE: messages between users. @source VMS Mail Utility manual; DCL Dictionary, MAIL */
const bit = (number: number): bigint => 1n << BigInt(number);
/** To write into the mail files of others and VMSMAIL.DAT, and to tell them. They are off but for that. */
const DELIVERY = bit(PRV$V_SYSPRV) | bit(PRV$V_BYPASS) | bit(PRV$V_OPER);

const VERBS = [
  'ANSWER', 'BACK', 'COPY', 'CURRENT', 'DELETE', 'DIRECTORY', 'ERASE', 'EXIT', 'EXTRACT', 'FILE', 'FIRST', 'FORWARD', 'HELP', 'LAST', 'MAIL', 'MOVE', 'NEXT', 'PURGE', 'QUIT',
  'READ', 'REPLY', 'SEARCH', 'SELECT', 'SEND', 'SET', 'SHOW', 'SPAWN',
] as const;

const HELP_LINES = [
  '  SEND [file]                  sends a message: To:, Subj:, the text ended by CTRL/Z', '     /SUBJECT="text" /SELF /CC_PROMPT',
  '  READ [folder] [n], RETURN    shows the next message, or message n; READ/NEW the new ones', '  NEXT, BACK, FIRST, LAST, CURRENT',
  '  DIRECTORY [folder]           lists the messages; /FOLDER the folders, /START=n', '  SELECT folder                chooses a folder',
  '  REPLY [file] (ANSWER)        answers the current message; /EXTRACT with its text', '  FORWARD                      sends the current message on; /NOHEADER',
  '  MOVE folder [n,...] (FILE), COPY folder [n,...]', '  DELETE [n,n-n] [/ALL], PURGE   to the wastebasket; empties it',
  '  EXTRACT file [/ALL] [/APPEND] [/NOHEADER]', '  SEARCH text                  the next message with the text',
  '  SET, SHOW                    AUTO_PURGE COPY_SELF FILE FOLDER FORWARD MAIL_DIRECTORY PERSONAL_NAME', '                               WASTEBASKET_NAME; SHOW also NEW_MAIL_COUNT DELETED ALL',
  '  SPAWN [command], ERASE, EXIT, QUIT (keeps the wastebasket)',
];

type Qualifiers = ReadonlyMap<string, UtilityQualifier>;

const has = (qualifiers: Qualifiers, name: string): boolean => qualifiers.get(name)?.negated === false;
const valueOf = (qualifiers: Qualifiers, name: string): string | undefined => (has(qualifiers, name) ? qualifiers.get(name)?.values?.[0] : undefined);

/** Qualifiers of the commands that have some. */
const QUALIFIERS: Readonly<Partial<Record<(typeof VERBS)[number], readonly string[]>>> = {
  SEND: ['SUBJECT', 'SELF', 'CC_PROMPT'], MAIL: ['SUBJECT', 'SELF', 'CC_PROMPT'], REPLY: ['EXTRACT', 'SELF'], ANSWER: ['EXTRACT', 'SELF'], FORWARD: ['HEADER', 'SUBJECT', 'SELF'],
  DIRECTORY: ['FOLDER', 'NEW', 'START'], READ: ['NEW'], DELETE: ['ALL'], MOVE: ['ALL'], FILE: ['ALL'], COPY: ['ALL'], EXTRACT: ['ALL', 'APPEND', 'HEADER'],
};

/** A folder that is named becomes the chosen one. @returns false: there is none of that name; the message has been written */
function* chooseNamed(mail: Mail, folder: string | undefined): Flow<boolean> {
  if (folder === undefined || (yield* select(mail, folder))) return true;
  yield* say(mail, folder === NEWMAIL ? 'NONEWMAIL' : 'NOTEXIST', [folder]);
  return false;
}

const isNumber = (word: string | undefined): boolean => word !== undefined && /^\d+$/.test(word);

/** READ [folder] [number] [/NEW] */
function* read(mail: Mail, words: readonly string[], qualifiers: Qualifiers): Flow<number> {
  const folder = has(qualifiers, 'NEW') ? NEWMAIL : isNumber(words[0]) ? undefined : words[0];
  if (!(yield* chooseNamed(mail, folder))) return SS$_NORMAL;
  const number = words.find(isNumber);
  return number === undefined ? yield* readNext(mail) : yield* readNumber(mail, Number(number));
}

/** MOVE, COPY folder [numbers] */
function* refile(mail: Mail, verb: 'COPY' | 'MOVE', words: readonly string[], all: boolean): Flow<number> {
  const folder = words[0] ?? ((yield* mail.input.line('_Folder: ')) ?? '').trim().toUpperCase();
  if (folder === '') return SS$_NORMAL;
  const numbers = yield* numbersOf(mail, words.slice(1), all);
  if (!numbers || !(yield* mayUseFolder(mail, folder))) return SS$_NORMAL;
  return yield* verb === 'MOVE' ? moveTo(mail, folder, numbers) : copyTo(mail, folder, numbers);
}

function* extractTo(mail: Mail, name: string | undefined, qualifiers: Qualifiers): Flow<number> {
  const file = name ?? ((yield* mail.input.line('_File: ')) ?? '').trim();
  const numbers = file === '' ? undefined : yield* numbersOf(mail, [], has(qualifiers, 'ALL'));
  if (!numbers) return SS$_NORMAL;
  const { status, name: written } = yield* extract(mail, file, { numbers, header: qualifiers.get('HEADER')?.negated !== true, appends: has(qualifiers, 'APPEND') });
  if (written === undefined) return status;
  yield* mail.output.line();
  return has(qualifiers, 'APPEND') ? SS$_NORMAL : yield* say(mail, 'CREATED', [written]);
}

/** One command. @returns its status, `exit` for the end, `quit` for an end that keeps deleted messages */
function* execute(mail: Mail, line: string): Flow<number | 'exit' | 'quit'> {
  const command = parseUtilityCommand(line);
  if (command?.verb === '' && command.qualifiers.length === 0) return yield* readNext(mail);
  if (command && isNumber(command.verb)) return yield* readNumber(mail, Number(command.verb));
  const verb = command && keywordOf(command.verb, VERBS);
  if (!verb) {
    const status = yield* report(mail.p, { code: CLI$_IVVERB });
    yield* mail.output.line(` \\${command?.verb ?? line.trim()}\\`);
    return status;
  }
  if (verb === 'SPAWN') return (yield* cliSpawn(mail.p, { flags: 0, ...(/\s/.test(line.trim()) ? { command: line.trim().replace(/^\S+\s+/, '') } : {}) })).status;
  const qualifiers = yield* qualifiersOf(mail, command, QUALIFIERS[verb] ?? []);
  return typeof qualifiers === 'number' ? qualifiers : yield* perform(mail, verb, command, qualifiers);
}

function* perform(mail: Mail, verb: (typeof VERBS)[number], { parameters }: UtilityCommand, qualifiers: Qualifiers): Flow<number | 'exit' | 'quit'> {
  const [first] = parameters;
  const file = first === undefined ? {} : { file: first };
  const copiesTo = (flag: 'MPR$V_COPYSEND' | 'MPR$V_COPYREPLY' | 'MPR$V_COPYFORWARD'): boolean => (qualifiers.has('SELF') ? has(qualifiers, 'SELF') : mail.profile[flag] === 1);
  const subject = valueOf(qualifiers, 'SUBJECT');
  switch (verb) {
    case 'EXIT': return 'exit';
    case 'QUIT': return 'quit';
    case 'SEND': case 'MAIL':
      return yield* send(mail, { ...file, ...(subject === undefined ? {} : { subject }), toSelf: copiesTo('MPR$V_COPYSEND'), asksForCopies: has(qualifiers, 'CC_PROMPT'), asks: true });
    case 'REPLY': case 'ANSWER': {
      const message = yield* current(mail);
      return message ? yield* reply(mail, message, { ...file, toSelf: copiesTo('MPR$V_COPYREPLY'), withText: has(qualifiers, 'EXTRACT') }) : SS$_NORMAL;
    }
    case 'FORWARD': {
      const message = yield* current(mail);
      return message
        ? yield* forward(mail, message, { header: qualifiers.get('HEADER')?.negated !== true, toSelf: copiesTo('MPR$V_COPYFORWARD'), ...(subject === undefined ? {} : { subject }) }) : SS$_NORMAL;
    }
    case 'READ': return yield* read(mail, parameters, qualifiers);
    case 'NEXT': return yield* readNext(mail);
    case 'BACK': return yield* readNext(mail, -1);
    case 'FIRST': return yield* readNumber(mail, 1);
    case 'LAST': return yield* readNumber(mail, mail.selection?.times.length ?? Number.MAX_SAFE_INTEGER);
    case 'CURRENT': return mail.selection && mail.selection.current > 0 ? yield* readNumber(mail, mail.selection.current) : yield* say(mail, 'NOTREADIN');
    case 'DIRECTORY': {
      if (has(qualifiers, 'FOLDER')) return yield* listFolders(mail);
      if (!(yield* chooseNamed(mail, has(qualifiers, 'NEW') ? NEWMAIL : first))) return SS$_NORMAL;
      return yield* listMessages(mail, Number(valueOf(qualifiers, 'START') ?? 1) || 1);
    }
    case 'SELECT': {
      if (!(yield* chooseNamed(mail, first ?? MAIL))) return SS$_NORMAL;
      return yield* say(mail, 'SELECTED', [mail.selection!.times.length]);
    }
    case 'DELETE': {
      const numbers = yield* numbersOf(mail, parameters, has(qualifiers, 'ALL'));
      return numbers ? yield* moveTo(mail, wastebasketOf(mail), numbers) : SS$_NORMAL;
    }
    case 'PURGE': return yield* purge(mail);
    case 'MOVE': case 'FILE': return yield* refile(mail, 'MOVE', parameters, has(qualifiers, 'ALL'));
    case 'COPY': return yield* refile(mail, 'COPY', parameters, has(qualifiers, 'ALL'));
    case 'EXTRACT': return yield* extractTo(mail, first, qualifiers);
    case 'SEARCH': {
      if (first !== undefined) mail.searched = parameters.join(' ');
      return yield* search(mail, mail.searched, first === undefined ? (mail.selection?.current ?? 0) + 1 : 1);
    }
    case 'SET': return yield* changeSetting(mail, first ?? '', parameters.slice(1));
    case 'SHOW': return yield* showSetting(mail, first ?? '');
    case 'ERASE': {
      yield* mail.output.line('\x1b[H\x1b[J');
      return SS$_NORMAL;
    }
    default: {
      for (const text of HELP_LINES) yield* mail.output.line(text);
      return SS$_NORMAL;
    }
  }
}

/** Gives up what the image is installed with and the user has not, until mail is delivered. */
function* dropPrivileges(p: Procedure, own: bigint): Flow<void> {
  yield* p.scratch(function* () {
    const prvadr = p.allocate(8);
    writeQuad(p.memory, prvadr, DELIVERY & ~own);
    yield* service(p, '$SETPRV', { enbflg: 0, prvadr });
  });
}

const SELF = { user: { code: JPI$_USERNAME, kind: 'text' }, own: { code: JPI$_PROCPRIV, kind: 'quad' } } as const;

const main = procedure('MAIL$MAIN', function* (p) {
  const output = yield* Output.open(p);
  if (isFailure(output)) return output.status;
  const { values } = yield* getProcess(p, 0, SELF);
  const node = (yield* getSystem(p, { node: { code: SYI$_NODENAME, kind: 'text' } } as const)).values.node.trim();
  yield* dropPrivileges(p, values.own);
  const user = values.user.trim();
  const input = yield* LineInput.open(p, 'SYS$INPUT');
  if (typeof input === 'number') return input;
  const { record } = yield* privileged(p, DELIVERY, () => findUser(p, user));
  const profile = yield* privileged(p, DELIVERY, () => readProfile(p, user));
  if (!record) return yield* say({ p }, 'NOSUCHUSR', [user]);
  if (record.UAF$V_NOMAIL === 1) return yield* say({ p }, 'USERDSABL', [user]);
  const mail: Mail = { p, output, user, node, input, profile, place: placeOf(record, profileText(profile, 'MPR$T_DIRECTORY')), selection: undefined, searched: '', privileges: DELIVERY };
  const file = yield* cliGetValue(p, 'FILE');
  const status = file === undefined ? yield* converse(mail) : yield* sendAtOnce(mail, file);
  yield* input.close();
  yield* output.close();
  return status;
});

/** MAIL file user */
function* sendAtOnce(mail: Mail, file: string): Flow<number> {
  const { p } = mail;
  const to: string[] = [];
  for (let name = yield* cliGetValue(p, 'TO'); name !== undefined; name = yield* cliGetValue(p, 'TO')) to.push(name);
  const subject = yield* cliGetValue(p, 'SUBJECT');
  const toSelf = (yield* cliIsPresent(p, 'SELF')) || (mail.profile.MPR$V_COPYSEND === 1 && !(yield* cliIsNegated(p, 'SELF')));
  return yield* send(mail, { file, toSelf, asks: false, ...(to.length === 0 ? {} : { to: to.join(',') }), ...(subject === undefined ? {} : { subject }) });
}

function* converse(mail: Mail): Flow<number> {
  const { p, input } = mail;
  const count = yield* countNew(mail);
  if (count > 0) yield* mail.output.line(`\r\nYou have ${count} new message${count === 1 ? '' : 's'}.`);
  let status: number = SS$_NORMAL;
  let keeps = mail.profile.MPR$V_KEEPDELETED === 1;
  for (let line = yield* input.line('\r\nMAIL> '); line !== undefined; line = yield* input.line('\r\nMAIL> ')) {
    const done = yield* p.scratch(() => execute(mail, line!));
    if (done === 'exit') break;
    if (done === 'quit') {
      keeps = true;
      break;
    }
    status = done;
  }
  if (!keeps) yield* purge(mail);
  return status;
}

/** How many messages are new. The count that LOGINOUT shows is put right: the mail file may have been deleted, or restored. */
function* countNew(mail: Mail): Flow<number> {
  const times = yield* withFile(mail, (file) => file.times(NEWMAIL));
  const count = typeof times === 'number' ? 0 : times.length;
  if (count !== mail.profile.MPR$W_NEWCOUNT) yield* privileged(mail.p, mail.privileges, () => changeProfile(mail.p, mail.user, (profile) => { profile.MPR$W_NEWCOUNT = count; }));
  return count;
}

export const MAIL_IMAGE: ResidentImage = { name: 'MAIL', transfer: 'MAIL$MAIN', routines: [main], privileges: DELIVERY | bit(PRV$V_SETPRV) };
