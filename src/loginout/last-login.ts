import { asciiTime, weekday, WEEKDAYS } from '../executive/information/time.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { bytesToText } from '../executive/structures/memory.js';
import { putLine } from './terminal-io.js';
import { changeUser, type UafRecord } from '../executive/information/authorization-file.js';
import { timeNow } from '../executive/time/time-now.js';

/** Dates of the last logins and the failures since, shown and written anew. @source book 23.2.2 steps 16, 18; dcl-output-formats.md, Login */

/** `Thursday, 21-AUG-1986 06:41` */
export function loginTime(time: bigint): string {
  return `${WEEKDAYS[weekday(time)]}, ${(asciiTime(time) ?? '').slice(0, 17)}`;
}

export function* recordLogin(p: Procedure, isi: number, record: UafRecord): Flow<void> {
  if (record.UAF$Q_LASTLOGIN_I !== 0n) yield* putLine(p, isi, `    Last interactive login on ${loginTime(record.UAF$Q_LASTLOGIN_I)}`);
  if (record.UAF$Q_LASTLOGIN_N !== 0n) yield* putLine(p, isi, `    Last non-interactive login on ${loginTime(record.UAF$Q_LASTLOGIN_N)}`);
  const failures = record.UAF$W_LOGFAILS;
  if (failures > 0) yield* putLine(p, isi, `    ${failures} failure${failures === 1 ? '' : 's'} since last successful login`);
  yield* noteLogin(p, bytesToText(record.UAF$T_USERNAME).trim(), 'UAF$Q_LASTLOGIN_I');
}

/** Writes the time of a login into the user's record. */
export function* noteLogin(p: Procedure, user: string, field: 'UAF$Q_LASTLOGIN_I' | 'UAF$Q_LASTLOGIN_N'): Flow<void> {
  const now = yield* timeNow(p);
  yield* changeUser(p, user, (uaf) => {
    uaf[field] = now;
    if (field === 'UAF$Q_LASTLOGIN_I') uaf.UAF$W_LOGFAILS = 0;
  });
}
