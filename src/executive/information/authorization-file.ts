import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { RMS$_EOF, RMS$_RNF } from '../starlet/rmsdef.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { XAB$C_BN4, XAB$M_CHG, XAB$M_DUP } from '../starlet/xabdef.js';
import { ArrayMemory, textToBytes } from '../structures/memory.js';
import { UAF } from '../structures/uaf.js';
import { failedToOpen, KeyedFile, type KeyedLayout } from './keyed-file.js';

/** Records of the authorization file: found by user name, and changed. */
export type UafRecord = ReturnType<typeof UAF.at>;

/** SYSUAF.DAT, or the file that the logical name SYSUAF leads to: by user name, by UIC. @source VMS V4 SYSUAF keys, as far as known */
export const UAF_FILE = 'SYSUAF';
export const UAF_LAYOUT: KeyedLayout = {
  keys: [{ position: UAF.offset.UAF$T_USERNAME, size: 32 }, { position: UAF.offset.UAF$L_UIC, size: 4, type: XAB$C_BN4, flags: XAB$M_DUP | XAB$M_CHG }],
  longest: UAF.size, defaults: 'SYS$SYSTEM:.DAT',
};

export const userKey = (userName: string): Uint8Array => textToBytes(userName.toUpperCase().padEnd(32));

/** The UAF record of a user. Status RMS$_EOF: there is none; another failure: the file cannot be read. */
export function* findUser(p: Procedure, userName: string): Flow<{ readonly status: number; readonly record?: UafRecord }> {
  return yield* p.scratch(function* () {
    const file = yield* KeyedFile.open(p, UAF_FILE, UAF_LAYOUT);
    if (failedToOpen(file)) return { status: file.status };
    const record = yield* file.find(userKey(userName));
    yield* file.close();
    if (typeof record === 'number') return { status: record === RMS$_RNF ? RMS$_EOF : record };
    return { status: SS$_NORMAL, record: UAF.at(new ArrayMemory(record.slice()), 0) };
  });
}

/**
 * Changes the record of a user where it lies.
 * @returns status of $OPEN, $GET or $UPDATE; RMS$_EOF: there is no such user
 */
export function* changeUser(p: Procedure, userName: string, change: (record: UafRecord) => void): Flow<number> {
  return yield* p.scratch(function* () {
    const file = yield* KeyedFile.open(p, UAF_FILE, UAF_LAYOUT, 'write');
    if (failedToOpen(file)) return file.status;
    const found = yield* file.find(userKey(userName));
    let status: number;
    if (typeof found === 'number') status = found === RMS$_RNF ? RMS$_EOF : found;
    else {
      const record = found.slice();
      change(UAF.at(new ArrayMemory(record), 0));
      status = yield* file.update(record);
    }
    yield* file.close();
    return status;
  });
}
