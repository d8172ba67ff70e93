import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { failedToOpen, KeyedFile, type KeyedLayout } from '../executive/information/keyed-file.js';
import { RMS$_FNF, RMS$_RNF } from '../executive/starlet/rmsdef.js';
import { ArrayMemory, readCounted, textToBytes, writeCounted } from '../executive/structures/memory.js';
import { gap, structure } from '../executive/structures/structure.js';

/**
 * SYS$SYSTEM:VMSMAIL.DAT: what MAIL knows of each user. MAIL makes it when there is something to know; LOGINOUT looks for new mail in it.
 * choice: the layout is ours, the fields are those of MAIL's SHOW ALL.
 */
export const MPR = structure('MPR', 384, {
  0x000: ['MPR$T_USERNAME', 32, 'user name, blank filled'],
  0x020: ['MPR$W_NEWCOUNT', 'messages not read yet'],
  0x022: ['MPR$W_FLAGS', ''],
  0x024: ['MPR$T_FORWARD', 128, 'address that mail is sent on to, counted'],
  0x0a4: ['MPR$T_PERSONAL', 128, 'personal name, counted'],
  0x124: ['MPR$T_DIRECTORY', 40, 'subdirectory of the mail file, [.NAME], counted'],
  0x14c: ['MPR$T_WASTEBASKET', 40, 'folder of deleted messages, counted'],
  0x174: gap(12, 'spare'),
}, {}, {
  MPR$V_COPYSEND: ['MPR$W_FLAGS', 0], MPR$V_COPYREPLY: ['MPR$W_FLAGS', 1], MPR$V_KEEPDELETED: ['MPR$W_FLAGS', 2], MPR$V_COPYFORWARD: ['MPR$W_FLAGS', 3],
});

export type MailProfile = ReturnType<typeof MPR.at>;
export type ProfileText = 'MPR$T_FORWARD' | 'MPR$T_PERSONAL' | 'MPR$T_DIRECTORY' | 'MPR$T_WASTEBASKET';

const NAME_SIZE = 32;
const LAYOUT: KeyedLayout = { keys: [{ position: 0, size: NAME_SIZE }], longest: MPR.size, defaults: 'SYS$SYSTEM:.DAT' };
const FILE = 'VMSMAIL';

const keyOf = (user: string): Uint8Array => textToBytes(user.toUpperCase().padEnd(NAME_SIZE).slice(0, NAME_SIZE));

export const profileText = (profile: MailProfile, field: ProfileText): string => readCounted(profile.memory, profile.address + MPR.offset[field]);

export function setProfileText(profile: MailProfile, field: ProfileText, text: string): void {
  writeCounted(profile.memory, profile.address + MPR.offset[field], text, MPR.fields.find(({ name }) => name === field)!.size);
}

/** The profile of a user about whom nothing is written down: no new mail, no wishes. */
function newProfile(user: string): Uint8Array {
  const record = new Uint8Array(MPR.size);
  record.set(keyOf(user));
  return record;
}

const viewOf = (record: Uint8Array): MailProfile => MPR.at(new ArrayMemory(record), 0);

/** What is known of a user. Needs SYSPRV: the file is the system's. */
export function* readProfile(p: Procedure, user: string): Flow<MailProfile> {
  return yield* p.scratch(function* () {
    const file = yield* KeyedFile.open(p, FILE, LAYOUT);
    if (failedToOpen(file)) return viewOf(newProfile(user));
    const record = yield* file.find(keyOf(user));
    yield* file.close();
    return viewOf(typeof record === 'number' ? newProfile(user) : record.slice());
  });
}

/** Changes what is known of a user; the first change makes the file. Needs SYSPRV. @returns status of RMS */
export function* changeProfile(p: Procedure, user: string, change: (profile: MailProfile) => void): Flow<number> {
  return yield* p.scratch(function* () {
    let file = yield* KeyedFile.open(p, FILE, LAYOUT, 'write');
    if (failedToOpen(file) && file.status === RMS$_FNF) file = yield* KeyedFile.create(p, FILE, LAYOUT, { isSystemFile: true });
    if (failedToOpen(file)) return file.status;
    const found = yield* file.find(keyOf(user));
    let status: number;
    if (typeof found === 'number' && found !== RMS$_RNF) status = found;
    else {
      const record = typeof found === 'number' ? newProfile(user) : found.slice();
      change(viewOf(record));
      status = typeof found === 'number' ? yield* file.put(record) : yield* file.update(record);
    }
    yield* file.close();
    return status;
  });
}

/** What LOGINOUT says of new mail; undefined when there is none. choice: the wording is that of VMS as remembered. */
export function* newMailNotice(p: Procedure, user: string): Flow<string | undefined> {
  const count = (yield* readProfile(p, user)).MPR$W_NEWCOUNT;
  return count === 0 ? undefined : `\tYou have ${count} new Mail message${count === 1 ? '' : 's'}.`;
}
