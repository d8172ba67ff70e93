import { daysFromMonday, HOURS_IN_A_DAY, TICKS_IN_A_DAY, TICKS_IN_AN_HOUR } from './calendar.js';
import type { UafRecord } from '../executive/information/authorization-file.js';
import { hoursOf, isPreExpired } from './uaf-file.js';

/**
 * What an authorization record says about when its account may be used: hours by day and way in, expiration, life of the password.
 * @source book 23.2.2 step 11; VMS Guide to System Security V4, controlling logins. choice: the texts are those of public sessions.
 */

/** Password life left at which a login begins to warn. */
const WARNING_TIME = 5n * TICKS_IN_A_DAY;

/** When the password is of no use any more; undefined never, 0 from the beginning. */
function passwordEnd(record: UafRecord): bigint | undefined {
  if (isPreExpired(record)) return 0n;
  const lifetime = BigInt.asIntN(64, record.UAF$Q_PWD_LIFETIME);
  return lifetime === 0n ? undefined : record.UAF$Q_PWD_DATE - lifetime;
}

/** May somebody come in this way at this hour? @param access  place in UAF$R_ACCESS: JPI$_JOBTYPE less one */
function isHourOpen(record: UafRecord, access: number, now: bigint): boolean {
  const hours = hoursOf(record, access);
  const isSecondary = ((record.UAF$B_PRIMEDAYS >>> daysFromMonday(now)) & 1) !== 0;
  const hour = Number((now / TICKS_IN_AN_HOUR) % BigInt(HOURS_IN_A_DAY));
  return (((isSecondary ? hours.secondary : hours.primary) >>> hour) & 1) === 0;
}

/** The message for an account that must not be used now; undefined: it may be. */
export function refusal(record: UafRecord, access: number, now: bigint): string | undefined {
  if (record.UAF$Q_EXPIRATION !== 0n && record.UAF$Q_EXPIRATION <= now) return 'Your account has expired; contact your system manager';
  const { primary, secondary } = hoursOf(record, access);
  const never = 2 ** HOURS_IN_A_DAY - 1;
  if (primary === never && secondary === never) return 'You are not authorized to login from this source';
  return isHourOpen(record, access, now) ? undefined : 'You are not authorized to login at this time';
}

/**
 * How an expired password stands: `last` this login is the one in which it must be changed; `over` that was an earlier one (UAF$V_PWD_EXPIRED);
 * `soon` with the time when a login should warn.
 */
export function passwordState(record: UafRecord, now: bigint): { readonly kind: 'good' | 'last' | 'over' } | { readonly kind: 'soon'; readonly end: bigint } {
  const end = record.UAF$Q_PWD === 0n ? undefined : passwordEnd(record);
  if (end === undefined) return { kind: 'good' };
  if (end <= now) return { kind: record.UAF$V_PWD_EXPIRED !== 0 ? 'over' : 'last' };
  return end - now <= WARNING_TIME ? { kind: 'soon', end } : { kind: 'good' };
}
