import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_GET, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD, FAB$M_UPD } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { RMS$_EOF } from '../executive/starlet/rmsdef.js';
import { ArrayMemory, bytesToText, textToBytes } from '../executive/structures/memory.js';
import { hashPassword } from './purdy.js';
import { UAF, UAF$C_PURDY_V } from './uaf.js';

/** Reading SYSUAF.DAT and SYSALF.DAT, and the records that a new system disk gets. */
export type UafRecord = ReturnType<typeof UAF.at>;

/** Records of a sequential file, one after the other, until `wanted` accepts one. */
function* scan(p: Procedure, name: string, size: number, wanted: (record: Uint8Array) => boolean): Flow<{ readonly status: number; readonly record?: Uint8Array }> {
  return yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB.size));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_FNA = p.bytes(textToBytes(name));
    fab.FAB$B_FNS = name.length;
    fab.FAB$L_DNA = p.bytes(textToBytes(DEFAULT_NAME));
    fab.FAB$B_DNS = DEFAULT_NAME.length;
    fab.FAB$B_FAC = FAB$M_GET;
    fab.FAB$B_SHR = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD;
    const opened = yield* service(p, '$OPEN', { fab: fab.address });
    if (!(opened & 1)) return { status: opened };
    const rab = RAB.at(p.memory, p.allocate(RAB.size));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    rab.RAB$L_UBF = p.allocate(size);
    rab.RAB$W_USZ = size;
    let status = yield* service(p, '$CONNECT', { rab: rab.address });
    let found: Uint8Array | undefined;
    while (status & 1) {
      status = yield* service(p, '$GET', { rab: rab.address });
      if (!(status & 1)) break;
      const record = p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ);
      if (wanted(record)) {
        found = record;
        break;
      }
    }
    yield* service(p, '$CLOSE', { fab: fab.address });
    return found ? { status, record: found } : { status: status & 1 ? RMS$_EOF : status };
  });
}

/** The UAF record of a user, from SYS$SYSTEM:SYSUAF.DAT or the file that the logical name SYSUAF leads to. Status RMS$_EOF: there is none; another failure: the file cannot be read. */
export function* findUser(p: Procedure, userName: string): Flow<{ readonly status: number; readonly record?: UafRecord }> {
  const key = userName.padEnd(32);
  const { status, record } = yield* scan(p, 'SYSUAF', UAF.size, (bytes) => bytesToText(bytes.subarray(4, 36)) === key);
  return record ? { status, record: UAF.at(new ArrayMemory(record), 0) } : { status };
}

/**
 * Changes the record of a user where it lies.
 * @returns status of $OPEN, $GET or $UPDATE; RMS$_EOF: there is no such user
 */
export function* changeUser(p: Procedure, userName: string, change: (record: UafRecord) => void): Flow<number> {
  return yield* p.scratch(function* () {
    const fab = FAB.at(p.memory, p.allocate(FAB.size));
    const name = 'SYSUAF';
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_FNA = p.bytes(textToBytes(name));
    fab.FAB$B_FNS = name.length;
    fab.FAB$L_DNA = p.bytes(textToBytes(DEFAULT_NAME));
    fab.FAB$B_DNS = DEFAULT_NAME.length;
    fab.FAB$B_FAC = FAB$M_GET | FAB$M_UPD;
    // Others may read; a sequential file of records of any length has one writer.
    fab.FAB$B_SHR = FAB$M_SHRGET;
    const opened = yield* service(p, '$OPEN', { fab: fab.address });
    if (!(opened & 1)) return opened;
    const rab = RAB.at(p.memory, p.allocate(RAB.size));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    const buffer = p.allocate(UAF.size);
    rab.RAB$L_UBF = buffer;
    rab.RAB$W_USZ = UAF.size;
    let status = yield* service(p, '$CONNECT', { rab: rab.address });
    const key = userName.toUpperCase().padEnd(32);
    while (status & 1) {
      status = yield* service(p, '$GET', { rab: rab.address });
      if (!(status & 1) || bytesToText(p.memory.readBytes(rab.RAB$L_RBF + 4, 32)) !== key) continue;
      const size = rab.RAB$W_RSZ;
      p.memory.writeBytes(buffer, p.memory.readBytes(rab.RAB$L_RBF, size));
      change(UAF.at(p.memory, buffer));
      rab.RAB$L_RBF = buffer;
      rab.RAB$W_RSZ = size;
      status = yield* service(p, '$UPDATE', { rab: rab.address });
      break;
    }
    yield* service(p, '$CLOSE', { fab: fab.address });
    return status;
  });
}

const DEFAULT_NAME = 'SYS$SYSTEM:.DAT';

/** Layout of an autologin record: terminal name (63 characters) and user name (12), blank filled. choice: the layout is ours. */
const ALF_TERMINAL = 63;
const ALF_RECORD = ALF_TERMINAL + 12;

/** The user that a terminal logs in without being asked. */
export function* automaticUser(p: Procedure, terminal: string): Flow<string | undefined> {
  const { record } = yield* scan(p, 'SYS$SYSTEM:SYSALF.DAT', ALF_RECORD, (bytes) => bytesToText(bytes.subarray(0, ALF_TERMINAL)).trim() === terminal);
  return record ? bytesToText(record.subarray(ALF_TERMINAL)).trim() : undefined;
}

export function autologinRecord(terminal: string, userName: string): Uint8Array {
  return textToBytes(terminal.padEnd(ALF_TERMINAL) + userName.padEnd(12));
}

/** Does the password belong to the record? An empty hash means that no password is needed. */
export function passwordIsRight(record: UafRecord, password: string): boolean {
  if (record.UAF$Q_PWD === 0n) return true;
  if (record.UAF$B_ENCRYPT !== UAF$C_PURDY_V) return false;
  return record.UAF$Q_PWD === hashPassword(password, bytesToText(record.UAF$T_USERNAME), record.UAF$W_SALT);
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
}

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
  uaf.UAF$Q_PRIV = user.privileges;
  uaf.UAF$Q_DEF_PRIV = user.privileges;
  Object.assign(uaf, {
    UAF$B_PRI: 4, UAF$B_QUEPRI: 4, UAF$W_PRCCNT: 16, UAF$W_BIOLM: 40, UAF$W_DIOLM: 40, UAF$W_TQCNT: 40, UAF$W_ASTLM: 60, UAF$W_ENQLM: 200,
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
