import { privilegeMasks } from '../../dcl/privileges.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { binaryTime } from '../../executive/information/time.js';
import { readQuad, textToBytes } from '../../executive/structures/memory.js';
import { HOUR_BYTES } from '../../executive/structures/uaf.js';
import type { UafRecord } from '../../executive/information/authorization-file.js';
import { PRIMARY, PWD_EXPIRED_DATE, SECONDARY, storePassword } from '../../loginout/uaf-file.js';
import { keywordOf, type UtilityQualifier } from '../command-line.js';
import { uicOf } from '../selection.js';

/** What the qualifiers of ADD, COPY, DEFAULT, MODIFY and RENAME do to a record. @source VMS Authorize Utility manual, as far as V4.4 has them */

/** A qualifier that puts a number into a field. */
const NUMBERS = {
  ASTLM: ['UAF$W_ASTLM', 0xffff], BIOLM: ['UAF$W_BIOLM', 0xffff], BYTLM: ['UAF$L_BYTLM', 0xffffffff], DIOLM: ['UAF$W_DIOLM', 0xffff], ENQLM: ['UAF$W_ENQLM', 0xffff],
  FILLM: ['UAF$W_FILLM', 0xffff], JTQUOTA: ['UAF$L_JTQUOTA', 0xffffffff], MAXACCTJOBS: ['UAF$W_MAXACCTJOBS', 0xffff], MAXDETACH: ['UAF$W_MAXDETACH', 0xffff],
  MAXJOBS: ['UAF$W_MAXJOBS', 0xffff], PBYTLM: ['UAF$L_PBYTLM', 0xffffffff], PGFLQUOTA: ['UAF$L_PGFLQUOTA', 0xffffffff], PRCLM: ['UAF$W_PRCCNT', 0xffff],
  PRIORITY: ['UAF$B_PRI', 31], PWDMINIMUM: ['UAF$B_PWD_LENGTH', 31], QUEPRIO: ['UAF$B_QUEPRI', 255], SHRFILLM: ['UAF$W_SHRFILLM', 0xffff], TQELM: ['UAF$W_TQCNT', 0xffff],
  WSDEFAULT: ['UAF$L_DFWSCNT', 0xffff], WSEXTENT: ['UAF$L_WSEXTENT', 0xffff], WSQUOTA: ['UAF$L_WSQUOTA', 0xffff],
} as const satisfies Readonly<Record<string, readonly [keyof UafRecord, number]>>;

/** A qualifier that puts a counted string into a field: its size. */
const TEXTS = {
  CLI: ['UAF$T_DEFCLI', 32], CLITABLES: ['UAF$T_CLITABLES', 32], DEVICE: ['UAF$T_DEFDEV', 32], DIRECTORY: ['UAF$T_DEFDIR', 64], LGICMD: ['UAF$T_LGICMD', 64], OWNER: ['UAF$T_OWNER', 32],
} as const satisfies Readonly<Record<string, readonly [keyof UafRecord, number]>>;

export const FLAGS = [
  'DISCTLY', 'DEFCLI', 'LOCKPWD', 'CAPTIVE', 'DISUSER', 'DISWELCOME', 'DISNEWMAIL', 'DISMAIL', 'GENPWD', 'PWD_EXPIRED', 'PWD2_EXPIRED', 'AUDIT', 'DISREPORT', 'DISRECONNECT',
] as const;

export const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
/** How somebody comes in, in the order of UAF$R_ACCESS: 3 bytes of hours for primary days, 3 for secondary ones. */
export const ACCESS = ['NETWORK', 'BATCH', 'LOCAL', 'DIALUP', 'REMOTE'] as const;
const HOURS = 24;

export const FIELD_QUALIFIERS: readonly string[] = [
  ...Object.keys(NUMBERS), ...Object.keys(TEXTS), ...ACCESS, 'ACCESS', 'ACCOUNT', 'CPUTIME', 'DEFPRIVILEGES', 'EXPIRATION', 'FLAGS', 'GENERATE_PASSWORD', 'INTERACTIVE', 'PASSWORD',
  'PRIMEDAYS', 'PRIVILEGES', 'PWDEXPIRED', 'PWDLIFETIME', 'UIC',
];

/** Why a qualifier cannot be done: the value that is wrong. */
export interface BadValue {
  readonly value: string;
}

const ONE_DAY = 864_000_000_000n;

/** Days and time, `90` or `90-12:00`, as a delta time. */
function deltaOf(text: string): bigint | undefined {
  if (/^\d+$/.test(text)) return -BigInt(text) * ONE_DAY;
  const time = binaryTime(text.replace('-', ' '), 0n) ?? binaryTime(text, 0n);
  return time !== undefined && time <= 0n ? time : undefined;
}

function setCounted(record: UafRecord, field: (typeof TEXTS)[keyof typeof TEXTS][0], size: number, text: string): void {
  const bytes = new Uint8Array(size);
  const kept = text.slice(0, size - 1);
  bytes[0] = kept.length;
  bytes.set(textToBytes(kept), 1);
  record[field] = bytes;
}

/** A new password, and with it a new date. */
export function setPassword(p: Procedure, record: UafRecord, userName: string, password: string, fields = PRIMARY): void {
  const now = readQuad(p.memory, p.kernel.symbol('EXE$GQ_SYSTIME'));
  storePassword(record, userName, fields, password, now);
}

/** Hours of `PRIMARY`, `9-17`, `SECONDARY`, `18`: which of them may not be used, 24 bits each. Undefined: they make no sense. */
function deniedHours(values: readonly string[]): { primary: number; secondary: number } | undefined {
  let named: ('primary' | 'secondary')[] = ['primary', 'secondary'];
  const allowed = { primary: 0, secondary: 0 };
  const mentioned = new Set<'primary' | 'secondary'>();
  let any = false;
  for (const value of values) {
    const which = keywordOf(value, ['PRIMARY', 'SECONDARY']);
    if (which !== undefined) {
      named = [which === 'PRIMARY' ? 'primary' : 'secondary'];
      mentioned.add(named[0]!);
      continue;
    }
    const range = /^(\d+)(?:-(\d+))?$/.exec(value);
    const [first, last] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
    if (!range || first >= HOURS || last >= HOURS) return undefined;
    any = true;
    for (const day of named) {
      mentioned.add(day);
      for (let hour = first; ; hour = (hour + 1) % HOURS) {
        allowed[day] |= 1 << hour;
        if (hour === last) break;
      }
    }
  }
  const all = 2 ** HOURS - 1;
  const denied = (day: 'primary' | 'secondary'): number => (!any || (mentioned.size > 0 && !mentioned.has(day)) ? 0 : all & ~allowed[day]);
  return { primary: denied('primary'), secondary: denied('secondary') };
}

function setHours(record: UafRecord, which: readonly number[], hours: { readonly primary: number; readonly secondary: number }): void {
  const bytes = record.UAF$R_ACCESS.slice();
  for (const access of which) {
    [hours.primary, hours.secondary].forEach((value, day) => {
      for (let byte = 0; byte < HOUR_BYTES; byte += 1) bytes[2 * HOUR_BYTES * access + HOUR_BYTES * day + byte] = (value >>> (8 * byte)) & 0xff;
    });
  }
  record.UAF$R_ACCESS = bytes;
}

function accessOf(qualifier: string): number[] {
  if (qualifier === 'ACCESS') return [0, 1, 2, 3, 4];
  // Interactive: local, dialup, remote.
  return qualifier === 'INTERACTIVE' ? [2, 3, 4] : [ACCESS.indexOf(qualifier as (typeof ACCESS)[number])];
}

/** Sets and clears bits by names with NO in front. @returns the first name that is none */
function changeBits(names: readonly string[], values: readonly string[], before: number): number | BadValue {
  let after = before;
  for (const value of values) {
    const name = keywordOf(value, names) ?? (value.startsWith('NO') ? keywordOf(value.slice(2), names) : undefined);
    if (name === undefined) return { value };
    const bit = 1 << names.indexOf(name);
    after = keywordOf(value, names) === undefined ? after & ~bit : after | bit;
  }
  return after >>> 0;
}

/** Does one qualifier, whose name is known, to a record. @returns why it cannot */
export function* applyField(p: Procedure, record: UafRecord, userName: string, { name, negated, values = [] }: UtilityQualifier): Flow<BadValue | undefined> {
  const value = values[0] ?? '';
  if (name in NUMBERS) {
    const [field, most] = NUMBERS[name as keyof typeof NUMBERS];
    const number = /^%X[0-9A-F]+$/.test(value) ? Number.parseInt(value.slice(2), 16) : /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= 0 && number <= most)) return { value };
    record[field] = number;
    return undefined;
  }
  if (name in TEXTS) {
    const [field, size] = TEXTS[name as keyof typeof TEXTS];
    setCounted(record, field, size, negated ? '' : name === 'DEVICE' && value !== '' && !value.endsWith(':') ? `${value}:` : value);
    return undefined;
  }
  if (name === 'ACCESS' || name === 'INTERACTIVE' || (ACCESS as readonly string[]).includes(name)) {
    const hours = deniedHours(values);
    if (!hours) return { value };
    const all = 2 ** HOURS - 1;
    setHours(record, accessOf(name), negated ? { primary: all & ~hours.primary, secondary: all & ~hours.secondary } : hours);
    return undefined;
  }
  switch (name) {
    case 'ACCOUNT': record.UAF$T_ACCOUNT = textToBytes(value.slice(0, 8).padEnd(32)); return undefined;
    case 'CPUTIME': {
      const time = /^(NONE|INFINITE)$/.test(value) || negated ? 0n : deltaOf(value);
      if (time === undefined) return { value };
      record.UAF$L_CPUTIM = Number(-time / 100_000n);
      return undefined;
    }
    case 'PRIVILEGES': case 'DEFPRIVILEGES': {
      const { enable, disable, unknown } = privilegeMasks(values);
      if (unknown !== undefined) return { value: unknown };
      const field = name === 'PRIVILEGES' ? 'UAF$Q_PRIV' : 'UAF$Q_DEF_PRIV';
      record[field] = (record[field] | enable) & ~disable;
      return undefined;
    }
    case 'EXPIRATION': case 'PWDLIFETIME': {
      const time = negated || value === 'NONE' ? 0n : name === 'EXPIRATION' ? binaryTime(value, readQuad(p.memory, p.kernel.symbol('EXE$GQ_SYSTIME'))) : deltaOf(value);
      if (time === undefined) return { value };
      record[name === 'EXPIRATION' ? 'UAF$Q_EXPIRATION' : 'UAF$Q_PWD_LIFETIME'] = BigInt.asUintN(64, time);
      return undefined;
    }
    case 'FLAGS': case 'PRIMEDAYS': {
      // Of the days, those that are not primary have their bit set.
      const isDays = name === 'PRIMEDAYS';
      const after = changeBits(isDays ? DAYS : FLAGS, values, isDays ? ~record.UAF$B_PRIMEDAYS & 0x7f : record.UAF$L_FLAGS);
      if (typeof after === 'object') return after;
      if (isDays) record.UAF$B_PRIMEDAYS = ~after & 0x7f;
      else record.UAF$L_FLAGS = after;
      return undefined;
    }
    case 'PASSWORD': {
      // `(first,second)`: "" leaves the first one as it is, and a single value takes the second one away.
      if (negated || value !== '' || values.length < 2) setPassword(p, record, userName, negated ? '' : value);
      setPassword(p, record, userName, negated ? '' : values[1] ?? '', SECONDARY);
      return undefined;
    }
    case 'PWDEXPIRED': record.UAF$Q_PWD_DATE = negated ? readQuad(p.memory, p.kernel.symbol('EXE$GQ_SYSTIME')) : PWD_EXPIRED_DATE; return undefined;
    case 'UIC': {
      const uic = yield* uicOf(p, value);
      if (uic === undefined) return { value };
      record.UAF$L_UIC = uic;
      return undefined;
    }
    default: return { value: name };
  }
}
