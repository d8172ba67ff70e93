import type { Flow } from '../../executive/gate/microroutine.js';
import { CLI$_IVKEYW } from '../../executive/starlet/climsgdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { changeProfile, profileText, setProfileText, type MailProfile, type ProfileText } from '../../loginout/mail-profile.js';
import { findUser } from '../../executive/information/authorization-file.js';
import { keywordOf } from '../command-line.js';
import { report } from '../messages.js';
import { MAIL_FILE, placeOf } from './deliver.js';
import { isFolderName } from './mail-file.js';
import { MAIL, privileged, refreshProfile, say, select, wastebasketOf, withFile, type Mail } from './session.js';

/** SET and SHOW: what VMSMAIL.DAT knows of the user, and what is chosen at the moment. @source VMS Mail Utility manual; wording as remembered (choice) */
const SHOWN = ['ALL', 'AUTO_PURGE', 'COPY_SELF', 'DELETED', 'FILE', 'FOLDER', 'FORWARD', 'MAIL_DIRECTORY', 'NEW_MAIL_COUNT', 'PERSONAL_NAME', 'WASTEBASKET_NAME'] as const;
const SETTABLE = [
  'AUTO_PURGE', 'NOAUTO_PURGE', 'COPY_SELF', 'NOCOPY_SELF', 'FILE', 'FOLDER', 'FORWARD', 'NOFORWARD', 'MAIL_DIRECTORY', 'NOMAIL_DIRECTORY', 'PERSONAL_NAME',
  'NOPERSONAL_NAME', 'WASTEBASKET_NAME',
] as const;
type Shown = Exclude<(typeof SHOWN)[number], 'ALL'>;

const COPY_BITS = { SEND: 'MPR$V_COPYSEND', REPLY: 'MPR$V_COPYREPLY', FORWARD: 'MPR$V_COPYFORWARD' } as const;

export function* invalidKeyword(mail: Mail, word: string): Flow<number> {
  const status = yield* report(mail.p, { code: CLI$_IVKEYW });
  yield* mail.output.line(` \\${word}\\`);
  return status;
}

function* lineOf(mail: Mail, what: Shown): Flow<string> {
  const { profile, place } = mail;
  const text = (field: ProfileText): string => profileText(profile, field);
  switch (what) {
    case 'AUTO_PURGE': return `Automatic deleted message purge ${profile.MPR$V_KEEPDELETED ? 'disabled' : 'enabled'}.`;
    case 'COPY_SELF': {
      const kinds = (Object.keys(COPY_BITS) as (keyof typeof COPY_BITS)[]).filter((kind) => profile[COPY_BITS[kind]] === 1);
      return kinds.length === 0 ? 'No automatic copy to yourself.' : `Automatic copy to yourself on ${kinds.join(',')}.`;
    }
    case 'DELETED': {
      const times = yield* withFile(mail, (file) => file.times(wastebasketOf(mail)));
      const count = typeof times === 'number' ? 0 : times.length;
      return `You have ${count} deleted message${count === 1 ? '' : 's'}.`;
    }
    case 'FILE': return `Your current mail file is ${place.directory}${place.file};1.`;
    case 'FOLDER': return mail.selection ? `Your current mail folder is ${mail.selection.folder}.` : 'You have no folder selected.';
    case 'FORWARD': return text('MPR$T_FORWARD') === '' ? 'You have not set a forwarding address.' : `Your mail is being forwarded to ${text('MPR$T_FORWARD')}.`;
    case 'MAIL_DIRECTORY': return `Your mail file directory is ${place.directory}.`;
    case 'NEW_MAIL_COUNT': return `You have ${profile.MPR$W_NEWCOUNT} new message${profile.MPR$W_NEWCOUNT === 1 ? '' : 's'}.`;
    case 'PERSONAL_NAME': return text('MPR$T_PERSONAL') === '' ? 'You have not set a personal name.' : `Your personal name is "${text('MPR$T_PERSONAL')}".`;
    case 'WASTEBASKET_NAME': return `Your wastebasket folder name is ${wastebasketOf(mail)}.`;
  }
}

export function* showSetting(mail: Mail, word: string): Flow<number> {
  const what = keywordOf(word === '' ? 'ALL' : word, SHOWN);
  if (!what) return yield* invalidKeyword(mail, word);
  yield* refreshProfile(mail);
  for (const each of what === 'ALL' ? SHOWN.filter((one): one is Shown => one !== 'ALL') : [what]) yield* mail.output.line(yield* lineOf(mail, each));
  return SS$_NORMAL;
}

function* store(mail: Mail, change: (profile: MailProfile) => void): Flow<number> {
  const status = yield* privileged(mail.p, mail.privileges, () => changeProfile(mail.p, mail.user, change));
  yield* refreshProfile(mail);
  return status & 1 ? status : yield* say(mail, 'WRITEERR', ['VMSMAIL.DAT'], { code: status });
}

const TEXTS = { FORWARD: 'MPR$T_FORWARD', PERSONAL_NAME: 'MPR$T_PERSONAL', WASTEBASKET_NAME: 'MPR$T_WASTEBASKET' } as const;

export function* changeSetting(mail: Mail, word: string, [value = '', ...more]: readonly string[]): Flow<number> {
  const what = keywordOf(word, SETTABLE);
  if (!what) return yield* invalidKeyword(mail, word);
  switch (what) {
    case 'AUTO_PURGE': return yield* store(mail, (profile) => { profile.MPR$V_KEEPDELETED = 0; });
    case 'NOAUTO_PURGE': return yield* store(mail, (profile) => { profile.MPR$V_KEEPDELETED = 1; });
    case 'NOCOPY_SELF': return yield* copySelf(mail, Object.keys(COPY_BITS).map((kind) => `NO${kind}`));
    case 'COPY_SELF': return yield* copySelf(mail, value === '' ? ['SEND'] : [value, ...more]);
    case 'FILE': {
      mail.place = { ...mail.place, ...fileOf(mail, value) };
      mail.selection = undefined;
      return SS$_NORMAL;
    }
    case 'FOLDER': return (yield* select(mail, value === '' ? MAIL : value)) ? SS$_NORMAL : yield* say(mail, 'NOTEXIST', [value]);
    case 'MAIL_DIRECTORY': case 'NOMAIL_DIRECTORY': return yield* moveDirectory(mail, what === 'MAIL_DIRECTORY' ? value : '');
    case 'NOFORWARD': return yield* store(mail, (profile) => { setProfileText(profile, TEXTS.FORWARD, ''); });
    case 'NOPERSONAL_NAME': return yield* store(mail, (profile) => { setProfileText(profile, TEXTS.PERSONAL_NAME, ''); });
    case 'FORWARD': case 'PERSONAL_NAME': case 'WASTEBASKET_NAME': {
      const text = value === '' ? (yield* mail.input.line(`${what === 'FORWARD' ? 'Forwarding address' : what === 'PERSONAL_NAME' ? 'Personal name' : 'Wastebasket name'}: `)) ?? '' : value;
      const kept = what === 'WASTEBASKET_NAME' ? text.trim().toUpperCase() : text;
      if (what === 'WASTEBASKET_NAME' && !isFolderName(kept)) return yield* say(mail, 'ILLFOLNAM', [text]);
      return yield* store(mail, (profile) => { setProfileText(profile, TEXTS[what], kept); });
    }
  }
}

/** `MAIL`, `OLD.MAI`, `[.DIR]OLD`: beside the mail file unless a directory is named. */
function fileOf(mail: Mail, value: string): { readonly directory?: string; readonly file: string } {
  const match = /^(.*[\]>:])?([^\]>:]*)$/.exec(value)!;
  const name = match[2] === '' ? MAIL_FILE : match[2]!;
  const file = name.includes('.') ? name : `${name}.MAI`;
  return match[1] === undefined ? { file } : { directory: match[1].startsWith('[.') ? `${mail.place.directory.slice(0, -1)}${match[1].slice(1)}` : match[1], file };
}

function* copySelf(mail: Mail, words: readonly string[]): Flow<number> {
  const changes: [keyof typeof COPY_BITS, 0 | 1][] = [];
  for (const word of words) {
    const kind = keywordOf(word.replace(/^NO/, ''), Object.keys(COPY_BITS) as (keyof typeof COPY_BITS)[]);
    if (!kind) return yield* invalidKeyword(mail, word);
    changes.push([kind, word.startsWith('NO') ? 0 : 1]);
  }
  return yield* store(mail, (profile) => { for (const [kind, bit] of changes) profile[COPY_BITS[kind]] = bit; });
}

/** Mail that comes from now on, and the file that is read, lie in the subdirectory. */
function* moveDirectory(mail: Mail, subdirectory: string): Flow<number> {
  if (subdirectory !== '' && !/^\[\.[A-Z0-9$_.]{1,36}\]$/.test(subdirectory)) return yield* say(mail, 'SUBDIR', [subdirectory]);
  const { record } = yield* privileged(mail.p, mail.privileges, () => findUser(mail.p, mail.user));
  const status = yield* store(mail, (profile) => { setProfileText(profile, 'MPR$T_DIRECTORY', subdirectory); });
  if (status & 1 && record) mail.place = placeOf(record, subdirectory);
  mail.selection = undefined;
  return status;
}
