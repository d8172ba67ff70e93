import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import type { UafRecord } from '../executive/information/authorization-file.js';
import { failedToOpen, KeyedFile, type KeyedLayout } from '../executive/information/keyed-file.js';
import { ArrayMemory, bytesToText, textToBytes } from '../executive/structures/memory.js';
import { HOUR_BYTES, UAF, UAF$C_PURDY_V } from '../executive/structures/uaf.js';
import { hashPassword } from './purdy.js';

/** What LOGINOUT knows of authorization records: passwords, hours, autologin, and those that a new system disk gets. */

/** Layout of an autologin record: terminal name (63 characters) and user name (12), blank filled. choice: the layout is ours. */
const ALF_TERMINAL = 63;
const ALF_LAYOUT: KeyedLayout = { keys: [{ position: 0, size: ALF_TERMINAL }], longest: ALF_TERMINAL + 12, defaults: 'SYS$SYSTEM:.DAT' };

/** The user that a terminal logs in without being asked. */
export function* automaticUser(p: Procedure, terminal: string): Flow<string | undefined> {
  return yield* p.scratch(function* () {
    const file = yield* KeyedFile.open(p, 'SYSALF', ALF_LAYOUT);
    if (failedToOpen(file)) return undefined;
    const record = yield* file.find(textToBytes(terminal.padEnd(ALF_TERMINAL)));
    yield* file.close();
    return typeof record === 'number' ? undefined : bytesToText(record.subarray(ALF_TERMINAL)).trim();
  });
}

export function autologinRecord(terminal: string, userName: string): Uint8Array {
  return textToBytes(terminal.padEnd(ALF_TERMINAL) + userName.padEnd(12));
}

/** Where a record keeps its primary or secondary password. */
export interface PasswordFields {
  readonly hash: 'UAF$Q_PWD' | 'UAF$Q_PWD2';
  readonly date: 'UAF$Q_PWD_DATE' | 'UAF$Q_PWD2_DATE';
  readonly algorithm: 'UAF$B_ENCRYPT' | 'UAF$B_ENCRYPT2';
  readonly expired: 'UAF$V_PWD_EXPIRED' | 'UAF$V_PWD2_EXPIRED';
}

export const PRIMARY: PasswordFields = { hash: 'UAF$Q_PWD', date: 'UAF$Q_PWD_DATE', algorithm: 'UAF$B_ENCRYPT', expired: 'UAF$V_PWD_EXPIRED' };
export const SECONDARY: PasswordFields = { hash: 'UAF$Q_PWD2', date: 'UAF$Q_PWD2_DATE', algorithm: 'UAF$B_ENCRYPT2', expired: 'UAF$V_PWD2_EXPIRED' };

/** Does the password belong to the record? An empty hash means that no password is needed. */
export function passwordIsRight(record: UafRecord, password: string, fields = PRIMARY): boolean {
  if (record[fields.hash] === 0n) return true;
  if (record[fields.algorithm] !== UAF$C_PURDY_V) return false;
  return record[fields.hash] === hashPassword(password, bytesToText(record.UAF$T_USERNAME), record.UAF$W_SALT);
}

/** Puts the hash of a new password into the record; an empty one takes it away. The salt, which both have in common, is a new one only where that spoils no other password. */
export function storePassword(record: UafRecord, userName: string, fields: PasswordFields, password: string, now: bigint): void {
  if (record[(fields === PRIMARY ? SECONDARY : PRIMARY).hash] === 0n) record.UAF$W_SALT = Number((now >> 16n) & 0xffffn);
  record[fields.algorithm] = UAF$C_PURDY_V;
  record[fields.hash] = password === '' ? 0n : hashPassword(password.toUpperCase(), userName, record.UAF$W_SALT);
  record[fields.date] = now;
  record[fields.expired] = 0;
}

/** UAF$Q_PWD_DATE of a password that somebody else has set: it is expired from the beginning. */
export const PWD_EXPIRED_DATE = 0xffff_ffff_ffff_ffffn;

export const isPreExpired = (record: UafRecord): boolean => record.UAF$Q_PWD_DATE === PWD_EXPIRED_DATE;

/** Hours that may not be used, for primary and secondary days. @param access  way in: network 0, batch 1, local 2, dialup 3, remote 4 */
export function hoursOf(record: UafRecord, access: number): { readonly primary: number; readonly secondary: number } {
  const bytes = record.UAF$R_ACCESS;
  const at = (offset: number): number => bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16);
  return { primary: at(2 * HOUR_BYTES * access), secondary: at(2 * HOUR_BYTES * access + HOUR_BYTES) };
}

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly uic: number;
  readonly owner: string;
  readonly device: string;
  readonly directory: string;
  readonly privileges: bigint;
  readonly salt: number;
  /** Nobody may log in. */
  readonly disabled?: boolean;
}

/** UAF$B_PRIMEDAYS: days that are secondary ones, Monday in bit 0. */
export const WEEKEND = 0x60;

/** The UAF record of a new user, with the quotas of a default account. */
export function newUserRecord(user: NewUser): Uint8Array {
  const bytes = new Uint8Array(UAF.size);
  const uaf = UAF.at(new ArrayMemory(bytes), 0);
  const counted = (text: string, size: number): Uint8Array => {
    const field = new Uint8Array(size);
    field[0] = text.length;
    field.set(textToBytes(text), 1);
    return field;
  };
  uaf.UAF$B_RTYPE = 1;
  uaf.UAF$B_VERSION = 1;
  uaf.UAF$T_USERNAME = textToBytes(user.name.padEnd(32));
  uaf.UAF$L_UIC = user.uic;
  uaf.UAF$T_ACCOUNT = textToBytes(user.name.slice(0, 8).padEnd(32));
  uaf.UAF$T_OWNER = counted(user.owner, 32);
  uaf.UAF$T_DEFDEV = counted(user.device, 32);
  uaf.UAF$T_DEFDIR = counted(user.directory, 64);
  uaf.UAF$T_DEFCLI = counted('DCL', 32);
  uaf.UAF$T_CLITABLES = counted('DCLTABLES', 32);
  uaf.UAF$W_SALT = user.salt;
  uaf.UAF$B_ENCRYPT = UAF$C_PURDY_V;
  uaf.UAF$Q_PWD = user.password === '' ? 0n : hashPassword(user.password, user.name, user.salt);
  uaf.UAF$V_DISACNT = user.disabled === true ? 1 : 0;
  uaf.UAF$Q_PRIV = user.privileges;
  uaf.UAF$Q_DEF_PRIV = user.privileges;
  Object.assign(uaf, {
    UAF$B_PRIMEDAYS: WEEKEND, UAF$B_PRI: 4, UAF$B_QUEPRI: 4, UAF$W_PRCCNT: 16, UAF$W_BIOLM: 40, UAF$W_DIOLM: 40, UAF$W_TQCNT: 40, UAF$W_ASTLM: 60, UAF$W_ENQLM: 200,
    UAF$W_FILLM: 60, UAF$L_WSQUOTA: 1024, UAF$L_DFWSCNT: 512, UAF$L_WSEXTENT: 2048, UAF$L_PGFLQUOTA: 30000, UAF$L_BYTLM: 65536, UAF$L_JTQUOTA: 4096,
  });
  return bytes;
}

/** What a person who logs in without an authorization file gets: everything. */
export function consoleRecord(name: string): UafRecord {
  const bytes = newUserRecord({
    name: name.slice(0, 12), password: '', uic: 0x00010004, owner: '', device: 'SYS$SYSROOT:', directory: '[SYSMGR]',
    privileges: 0xffffffffffffffffn, salt: 0,
  });
  return UAF.at(new ArrayMemory(bytes), 0);
}
