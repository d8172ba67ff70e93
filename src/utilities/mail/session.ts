import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { CLI$_IVQUAL } from '../../executive/starlet/climsgdef.js';
import { RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { readQuad, writeQuad } from '../../executive/structures/memory.js';
import { profileText, readProfile, type MailProfile } from '../../loginout/mail-profile.js';
import { knownQualifier, type UtilityCommand, type UtilityQualifier } from '../command-line.js';
import type { LineInput } from '../line-input.js';
import { messageCode, report, type Message } from '../messages.js';
import type { Output } from '../output.js';
import { failed, MailFile, type MailPlace } from './mail-file.js';

export const NEWMAIL = 'NEWMAIL';
export const MAIL = 'MAIL';
const WASTEBASKET = 'WASTEBASKET';

/** The messages that READ, DIRECTORY and the others see: those of a folder when it was chosen. */
export interface Selection {
  readonly folder: string;
  /** Times of arrival; undefined: moved or deleted since. */
  readonly times: (bigint | undefined)[];
  /** Number of the current message, from 1; 0 before the first has been read. */
  current: number;
}

/** What the commands of MAIL work with. */
export interface Mail {
  readonly p: Procedure;
  readonly output: Output;
  readonly user: string;
  readonly node: string;
  readonly input: LineInput;
  place: MailPlace;
  profile: MailProfile;
  selection: Selection | undefined;
  /** What SEARCH looks for when it is not told. */
  searched: string;
  /** Privileges that opening other people's files takes. */
  readonly privileges: bigint;
}

export function* say({ p }: Pick<Mail, 'p'>, symbol: string, args: readonly (string | number)[] = [], ...reasons: readonly Message[]): Flow<number> {
  return yield* report(p, { code: messageCode(`MAIL$_${symbol}`), args }, ...reasons);
}

/** The qualifiers of a command with their whole names; a status when one is not known, whose message has been written. */
export function* qualifiersOf({ p, output }: Mail, { qualifiers }: UtilityCommand, names: readonly string[]): Flow<ReadonlyMap<string, UtilityQualifier> | number> {
  const known = new Map<string, UtilityQualifier>();
  for (const qualifier of qualifiers) {
    const found = knownQualifier(qualifier, names);
    if (!found) {
      const status = yield* report(p, { code: CLI$_IVQUAL });
      yield* output.line(` \\${qualifier.name}\\`);
      return status;
    }
    known.set(found.name, found);
  }
  return known;
}

/** Does something with the privileges MAIL is installed with, which the user has not otherwise. */
export function* privileged<Result>(p: Procedure, privileges: bigint, body: () => Flow<Result>): Flow<Result> {
  const set = (mask: bigint, enbflg: number): Flow<bigint> => p.scratch(function* () {
    const [prvadr, prvprv] = [p.allocate(8), p.allocate(8)];
    writeQuad(p.memory, prvadr, mask);
    yield* service(p, '$SETPRV', { enbflg, prvadr, prvprv });
    return readQuad(p.memory, prvprv);
  });
  const before = yield* set(privileges, 1);
  const result = yield* body();
  yield* set(privileges & ~before, 0);
  return result;
}

export const wastebasketOf = (mail: Mail): string => profileText(mail.profile, 'MPR$T_WASTEBASKET') || WASTEBASKET;

/** Reads anew what others may have changed: the count of new messages. */
export function* refreshProfile(mail: Mail): Flow<void> {
  mail.profile = yield* privileged(mail.p, mail.privileges, () => readProfile(mail.p, mail.user));
}

/** Works on the user's mail file. @returns what `use` returns; a status when the file cannot be opened, whose message has been written, or is not there */
export function* withFile<Result>(mail: Mail, use: (file: MailFile) => Flow<Result>): Flow<Result | number> {
  const { p, place } = mail;
  return yield* p.scratch(function* () {
    const file = yield* MailFile.open(p, place);
    if (failed(file)) {
      return file.status === RMS$_FNF ? file.status : yield* say(mail, 'OPENIN', [`${place.directory}${place.file}`], { code: file.status, stv: file.stv });
    }
    const result = yield* use(file);
    yield* file.close();
    return result;
  });
}

/** Chooses a folder. @returns whether it has messages */
export function* select(mail: Mail, folder: string): Flow<boolean> {
  const times = yield* withFile(mail, (file) => file.times(folder));
  if (typeof times === 'number' || times.length === 0) return false;
  mail.selection = { folder, times, current: 0 };
  return true;
}

/** The folder that READ and DIRECTORY begin with: new mail, when there is some. */
export function* selectFirst(mail: Mail): Flow<boolean> {
  return (yield* select(mail, NEWMAIL)) || (yield* select(mail, MAIL));
}
