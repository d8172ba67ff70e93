import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import type { KeyedFailure } from '../../executive/information/keyed-file.js';
import { BRK$C_MAIL, BRK$C_USERNAME } from '../../executive/starlet/brkdef.js';
import { SS$_NORMAL, SS$_NOSUCHNODE } from '../../executive/starlet/ssdef.js';
import { bytesToText, readCounted } from '../../executive/structures/memory.js';
import { timeNow } from '../../executive/time/time-now.js';
import { changeProfile, profileText, readProfile } from '../../loginout/mail-profile.js';
import { UAF } from '../../executive/structures/uaf.js';
import { findUser, type UafRecord } from '../../executive/information/authorization-file.js';
import { isFailure, readRecords, reason } from '../files.js';
import { failed, MailFile, type MailMessage, type MailPlace } from './mail-file.js';
import { NEWMAIL, privileged, say, type Mail } from './session.js';

/** Addresses, and putting a message into the mail files of those they stand for. @source VMS Mail Utility manual */
export const MAIL_FILE = 'MAIL.MAI';
const SECONDS = 10;
const NEW_LINE_BEFORE = 0x20;
/** Distribution lists may name others. */
const DEEPEST_LIST = 8;

/** Where the mail of a user lies: in the login directory, or the subdirectory that SET MAIL_DIRECTORY names. */
export function placeOf(record: UafRecord, subdirectory: string): MailPlace {
  const text = (field: 'UAF$T_DEFDEV' | 'UAF$T_DEFDIR'): string => readCounted(record.memory, record.address + UAF.offset[field]);
  const login = text('UAF$T_DEFDIR');
  const directory = subdirectory === '' ? login : `${login.slice(0, -1)}${subdirectory.slice(1)}`;
  return { directory: `${text('UAF$T_DEFDEV')}${directory}`, file: MAIL_FILE, owner: record.UAF$L_UIC };
}

/** Names of a line `A, B::C @LIST`, distribution lists taken apart. @returns undefined when something is wrong; the message has been written */
export function* addressees(mail: Mail, line: string, depth = 0): Flow<string[] | undefined> {
  const found: string[] = [];
  for (const word of line.split(/[,\s]+(?=(?:[^"]*"[^"]*")*[^"]*$)/).filter((each) => each !== '')) {
    if (!word.startsWith('@')) {
      found.push(word.toUpperCase());
      continue;
    }
    const list = depth < DEEPEST_LIST ? yield* readRecords(mail.p, word.slice(1), { defaults: '.DIS' }) : { spec: word.slice(1), status: SS$_NORMAL, stv: 0 };
    if (isFailure(list)) {
      yield* say(mail, 'OPENIN', [list.spec], reason(list));
      return undefined;
    }
    for (const record of list.records) {
      const inner = yield* addressees(mail, bytesToText(record).replace(/!.*$/, ''), depth + 1);
      if (inner === undefined) return undefined;
      found.push(...inner);
    }
  }
  return [...new Set(found)];
}

/** A user of this node to whom mail can be sent, after forwarding. */
export interface Recipient {
  readonly user: string;
  readonly record: UafRecord;
  readonly subdirectory: string;
}

/** Who gets mail for an address. @returns a status when nobody does; the message has been written */
export function* recipientOf(mail: Mail, address: string): Flow<Recipient | number> {
  let name = address;
  for (let hop = 0; hop < DEEPEST_LIST; hop += 1) {
    const [, node, user] = /^(?:([A-Z0-9$_]+)::)?(.*)$/.exec(name) as unknown as [string, string | undefined, string];
    if (node !== undefined && node !== mail.node) return yield* say(mail, 'LOGLINK', [node], { code: SS$_NOSUCHNODE });
    const { record } = yield* privileged(mail.p, mail.privileges, () => findUser(mail.p, user));
    if (!record) return yield* say(mail, 'NOSUCHUSR', [user]);
    const profile = yield* privileged(mail.p, mail.privileges, () => readProfile(mail.p, user));
    const forward = profileText(profile, 'MPR$T_FORWARD');
    if (record.UAF$V_NOMAIL === 1) return yield* say(mail, 'USERDSABL', [user]);
    if (forward === '') return { user, record, subdirectory: profileText(profile, 'MPR$T_DIRECTORY') };
    name = forward.toUpperCase();
  }
  return yield* say(mail, 'FORWLOOP', [address]);
}

/** The sender as the recipient sees it. */
export function sender({ node, user, profile }: Mail): string {
  const personal = profileText(profile, 'MPR$T_PERSONAL');
  return personal === '' ? `${node}::${user}` : `${node}::${user.padEnd(12)} "${personal}"`;
}

/** Puts a message into the new mail of each, and tells those who are logged in. @returns status; messages have been written */
export function* deliver(mail: Mail, message: MailMessage, recipients: readonly Recipient[]): Flow<number> {
  let status: number = SS$_NORMAL;
  for (const recipient of recipients) {
    const done = yield* privileged(mail.p, mail.privileges, () => deliverTo(mail, message, recipient));
    if (!(done.status & 1)) status = yield* say(mail, 'ERRACTRNS', [recipient.user], { code: done.status, stv: done.stv });
  }
  return status;
}

function* deliverTo(mail: Mail, message: MailMessage, { user, record, subdirectory }: Recipient): Flow<KeyedFailure> {
  const { p } = mail;
  const done = yield* p.scratch(function* () {
    const file = yield* MailFile.open(p, placeOf(record, subdirectory), true);
    if (failed(file)) return file;
    const status = yield* file.add(message, NEWMAIL, yield* timeNow(p));
    yield* file.close();
    return { status, stv: 0 };
  });
  if (!(done.status & 1)) return done;
  yield* changeProfile(p, user, (profile) => { profile.MPR$W_NEWCOUNT += 1; });
  yield* notify(p, mail, user);
  return done;
}

/** choice: the wording is that of VMS as remembered. */
function* notify(p: Procedure, { node, user: from }: Mail, user: string): Flow<number> {
  const text = `\r\n\x07New mail on node ${node} from ${node}::${from}\r\n`;
  return yield* p.scratch(() => service(p, '$BRKTHRUW', {
    efn: 1, msgbuf: p.string(text), sendto: p.string(user), sndtyp: BRK$C_USERNAME, reqid: BRK$C_MAIL, carcon: NEW_LINE_BEFORE, timout: SECONDS, iosb: p.allocate(8),
  }));
}
