import { asciiTime } from '../../executive/information/time.js';
import { uicText } from '../../executive/information/fao.js';
import * as PRV from '../../executive/starlet/prvdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { PRIVILEGES } from '../../dcl/privileges.js';
import type { UafRecord } from '../../executive/information/authorization-file.js';
import { hoursOf, isPreExpired } from '../../loginout/uaf-file.js';
import { ACCESS, DAYS, FLAGS } from './fields.js';

/** SHOW and LIST of AUTHORIZE. @source dcl-output-formats.md, AUTHORIZE (V4 form) */
const counted = (bytes: Uint8Array): string => bytesToText(bytes.subarray(1, 1 + bytes[0]!));
export const userNameOf = (record: UafRecord): string => bytesToText(record.UAF$T_USERNAME).trimEnd();

/** Names of privileges, in lines of the screen. */
function privilegeLines(mask: bigint): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const [name, bit] of PRIVILEGES) {
    if (((mask >> BigInt(bit)) & 1n) === 0n) continue;
    if (line.length + 1 + name.length > 78) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${name}`;
  }
  return line === ' ' ? lines : [...lines, line];
}

const minutes = (time: bigint): string => (asciiTime(time) ?? '').slice(0, 17);
const dateOr = (time: bigint, none: string): string => (time === 0n ? none : minutes(time));

function delta(time: bigint): string {
  if (time === 0n) return '(none)';
  return (asciiTime(BigInt.asIntN(64, time)) ?? '').slice(0, 10).trimStart();
}

function cpu(ticks: number): string {
  return ticks === 0 ? '(none)' : (asciiTime(-BigInt(ticks) * 100_000n) ?? '').trim().slice(0, 10);
}

function accessLines(record: UafRecord): string[] {
  const hours = ACCESS.map((_name, index) => hoursOf(record, index));
  if (hours.every(({ primary, secondary }) => primary === 0 && secondary === 0)) return ['No access restrictions'];
  const all = 2 ** 24 - 1;
  const text = (denied: number): string => denied === 0 ? '##### Full access ######' : denied === all ? '-----  No access  ------'
    : Array.from({ length: 24 }, (_, hour) => ((denied >>> hour) & 1 ? '-' : '#')).join('');
  return [
    'Primary   000000000011111111112222  Secondary 000000000011111111112222', 'Day Hours 012345678901234567890123  Day Hours 012345678901234567890123',
    ...ACCESS.map((name, index) => `${`${name[0]}${name.slice(1).toLowerCase()}:`.padEnd(10)}${text(hours[index]!.primary)}            ${text(hours[index]!.secondary)}`),
  ];
}

function dayLine(title: string, shown: (day: number) => boolean): string {
  return `${title}${DAYS.map((name, index) => (shown(index) ? `${name[0]}${name.slice(1, 3).toLowerCase()}` : '   ')).join(' ')}`.trimEnd();
}

/** SHOW/FULL. @param identifier  name of the UIC in the rights database, `` when it has none; @param held what the user holds, value and name */
export function fullDisplay(record: UafRecord, identifier: string, held: readonly string[]): string[] {
  const two = (left: string, first: string, right: string, second: string): string => `${`${left.padEnd(10)}${first}`.padEnd(43)}${right.padEnd(8)}${second}`.trimEnd();
  const quota = (a: string, x: number | string, b: string, y: number, c: string, z: number): string =>
    `${`${a}:`.padEnd(13)}${String(x).padStart(5)}  ${`${b}:`.padEnd(10)}${String(y).padStart(6)}  ${`${c}:`.padEnd(10)}${String(z).padStart(9)}`;
  const flags = FLAGS.filter((_name, bit) => (record.UAF$L_FLAGS >>> bit) & 1).map((name) => `${name[0]}${name.slice(1).toLowerCase()}`);
  const last = (time: bigint): string => dateOr(time, '            (none)').trimStart();
  return [
    '', two('Username:', userNameOf(record), 'Owner:', counted(record.UAF$T_OWNER)),
    two('Account:', bytesToText(record.UAF$T_ACCOUNT).trimEnd(), 'UIC:', `${uicText(record.UAF$L_UIC)}${identifier === '' ? '' : ` (${identifier})`}`),
    two('CLI:', counted(record.UAF$T_DEFCLI), 'Tables:', counted(record.UAF$T_CLITABLES)),
    `Default:  ${counted(record.UAF$T_DEFDEV)}${counted(record.UAF$T_DEFDIR)}`, `LGICMD:   ${counted(record.UAF$T_LGICMD)}`.trimEnd(),
    `Login Flags:  ${flags.join(' ')}`.trimEnd(),
    dayLine('Primary days:   ', (day) => ((record.UAF$B_PRIMEDAYS >>> day) & 1) === 0), dayLine('Secondary days: ', (day) => ((record.UAF$B_PRIMEDAYS >>> day) & 1) !== 0),
    ...accessLines(record),
    `Expiration:  ${dateOr(record.UAF$Q_EXPIRATION, '(none)').padStart(17)}    Pwdminimum: ${String(record.UAF$B_PWD_LENGTH).padStart(2)}   Login Fails: ${String(record.UAF$W_LOGFAILS).padStart(5)}`,
    `Pwdlifetime: ${delta(record.UAF$Q_PWD_LIFETIME).padStart(16)}    Pwdchange:  ${isPreExpired(record) ? '    (pre-expired)' : dateOr(record.UAF$Q_PWD_DATE, '(none)').padStart(17)}`,
    `Last Login: ${last(record.UAF$Q_LASTLOGIN_I)} (interactive), ${last(record.UAF$Q_LASTLOGIN_N)} (non-interactive)`,
    quota('Maxjobs', record.UAF$W_MAXJOBS, 'Fillm', record.UAF$W_FILLM, 'Bytlm', record.UAF$L_BYTLM),
    quota('Maxacctjobs', record.UAF$W_MAXACCTJOBS, 'Shrfillm', record.UAF$W_SHRFILLM, 'Pbytlm', record.UAF$L_PBYTLM),
    quota('Maxdetach', record.UAF$W_MAXDETACH, 'BIOlm', record.UAF$W_BIOLM, 'JTquota', record.UAF$L_JTQUOTA),
    quota('Prclm', record.UAF$W_PRCCNT, 'DIOlm', record.UAF$W_DIOLM, 'WSdef', record.UAF$L_DFWSCNT),
    quota('Prio', record.UAF$B_PRI, 'ASTlm', record.UAF$W_ASTLM, 'WSquo', record.UAF$L_WSQUOTA),
    quota('Queprio', record.UAF$B_QUEPRI, 'TQElm', record.UAF$W_TQCNT, 'WSextent', record.UAF$L_WSEXTENT),
    `CPU: ${cpu(record.UAF$L_CPUTIM).padStart(13)}  ${'Enqlm:'.padEnd(10)}${String(record.UAF$W_ENQLM).padStart(6)}  ${'Pgflquo:'.padEnd(10)}${String(record.UAF$L_PGFLQUOTA).padStart(9)}`,
    'Authorized Privileges: ', ...privilegeLines(record.UAF$Q_PRIV), 'Default Privileges: ', ...privilegeLines(record.UAF$Q_DEF_PRIV),
    ...(held.length === 0 ? [] : ['Identifier                         Value           Attributes', ...held]),
  ];
}

export const BRIEF_HEADING = ['', '       Owner          Username           UIC       Account  Privs Pri Default Directory', ''];

const bit = (value: number): bigint => 1n << BigInt(value);
/** Kinds of privileges, the mightiest first. */
const KINDS: readonly (readonly [name: string, mask: bigint])[] = [
  ['All', [PRV.PRV$V_BYPASS, PRV.PRV$V_CMKRNL, PRV.PRV$V_CMEXEC, PRV.PRV$V_DETACH, PRV.PRV$V_LOG_IO, PRV.PRV$V_PFNMAP, PRV.PRV$V_PHY_IO, PRV.PRV$V_READALL, PRV.PRV$V_SETPRV, PRV.PRV$V_SYSNAM, PRV.PRV$V_SYSPRV].reduce((mask, one) => mask | bit(one), 0n)],
  ['Files', bit(PRV.PRV$V_DIAGNOSE) | bit(PRV.PRV$V_SYSGBL) | bit(PRV.PRV$V_VOLPRO)],
  ['Systm', [PRV.PRV$V_ALTPRI, PRV.PRV$V_OPER, PRV.PRV$V_PSWAPM, PRV.PRV$V_WORLD, PRV.PRV$V_SECURITY, PRV.PRV$V_SHARE, PRV.PRV$V_SYSLCK].reduce((mask, one) => mask | bit(one), 0n)],
  ['Devour', [PRV.PRV$V_ACNT, PRV.PRV$V_ALLSPOOL, PRV.PRV$V_BUGCHK, PRV.PRV$V_EXQUOTA, PRV.PRV$V_GRPNAM, PRV.PRV$V_PRMCEB, PRV.PRV$V_PRMGBL, PRV.PRV$V_PRMMBX, PRV.PRV$V_SHMEM].reduce((mask, one) => mask | bit(one), 0n)],
  ['Group', bit(PRV.PRV$V_GROUP) | bit(PRV.PRV$V_GRPPRV)], ['Normal', bit(PRV.PRV$V_MOUNT) | bit(PRV.PRV$V_NETMBX) | bit(PRV.PRV$V_TMPMBX)],
];

export function briefLine(record: UafRecord): string {
  const privileges = KINDS.find(([, mask]) => (record.UAF$Q_PRIV & mask) !== 0n)?.[0] ?? 'None';
  const directory = record.UAF$V_DISACNT !== 0 ? 'Disuser' : `${counted(record.UAF$T_DEFDEV)}${counted(record.UAF$T_DEFDIR)}`;
  return `${counted(record.UAF$T_OWNER).slice(0, 20).padEnd(21)}${userNameOf(record).padEnd(13)}${uicText(record.UAF$L_UIC).padEnd(17)}`
    + `${bytesToText(record.UAF$T_ACCOUNT).slice(0, 8).padEnd(9)}${privileges.padEnd(6)}${String(record.UAF$B_PRI).padStart(2)}  ${directory}`.trimEnd();
}
