import { EMB$K_CR, EMB$K_SBC, EMB$K_UBC } from '../../executive/exceptions/dump-format.js';
import {
  EMB, EMB$K_CS, EMB$K_DA, EMB$K_DE, EMB$K_DT, EMB$K_MC, EMB$K_SS, EMB$K_TS, EMB$K_UI, EMB$K_WS, EMB_DV, EMB_PREFIX,
} from '../../executive/exceptions/error-log-entries.js';
import { DC$_DISK, DC$_LP, DC$_TAPE, DC$_TERM } from '../../executive/starlet/dcdef.js';
import { ArrayMemory, bytesToText } from '../../executive/structures/memory.js';

/** Records of SYS$ERRORLOG:ERRLOG.SYS: error log entries from their system ID on. @source book 8.1.2, Table 8-2 */

/** What /INCLUDE and /EXCLUDE call entries. */
export const ENTRY_KINDS = ['ATTENTIONS', 'BUGCHECKS', 'CONTROL_ENTRIES', 'CPU_ENTRIES', 'DEVICE_ERRORS', 'MACHINE_CHECKS', 'TIMEOUTS', 'UNKNOWN_ENTRIES'] as const;
/** What they call devices. */
export const DEVICE_KINDS = ['DISKS', 'LINE_PRINTER', 'TAPES', 'TERMINALS'] as const;

type EntryKind = (typeof ENTRY_KINDS)[number];

export interface LoggedEntry {
  readonly type: number;
  readonly title: string;
  readonly kinds: readonly EntryKind[];
  readonly time: bigint;
  readonly sequence: number;
  readonly systemId: number;
  /** The entry with the longword that the file does not have, as the structures EMB... describe it. */
  readonly memory: ArrayMemory;
  readonly bytes: number;
  /** DUA0, for entries of devices. */
  readonly device?: string;
  readonly deviceKind?: (typeof DEVICE_KINDS)[number];
}

const TYPES: ReadonlyMap<number, readonly [title: string, ...kinds: EntryKind[]]> = new Map([
  [EMB$K_DE, ['DEVICE ERROR', 'DEVICE_ERRORS']],
  [EMB$K_DT, ['DEVICE TIMEOUT', 'TIMEOUTS', 'DEVICE_ERRORS']],
  [EMB$K_DA, ['DEVICE ATTENTION', 'ATTENTIONS']],
  [EMB$K_MC, ['MACHINE CHECK', 'MACHINE_CHECKS', 'CPU_ENTRIES']],
  [EMB$K_UI, ['UNDEFINED INTERRUPT', 'CPU_ENTRIES']],
  [EMB$K_CS, ['SYSTEM STARTUP', 'CONTROL_ENTRIES']],
  [EMB$K_WS, ['POWER RECOVERY', 'CONTROL_ENTRIES']],
  [EMB$K_TS, ['TIME STAMP', 'CONTROL_ENTRIES']],
  [EMB$K_SS, ['$SNDERR MESSAGE', 'CONTROL_ENTRIES']],
  [EMB$K_CR, ['FATAL BUGCHECK', 'BUGCHECKS']],
  [EMB$K_SBC, ['SYSTEM BUGCHECK', 'BUGCHECKS']],
  [EMB$K_UBC, ['USER BUGCHECK', 'BUGCHECKS']],
]);

const CLASSES: ReadonlyMap<number, (typeof DEVICE_KINDS)[number]> = new Map([[DC$_DISK, 'DISKS'], [DC$_LP, 'LINE_PRINTER'], [DC$_TAPE, 'TAPES'], [DC$_TERM, 'TERMINALS']]);

const DEVICE_TYPES = new Set([EMB$K_DE, EMB$K_DT, EMB$K_DA]);

/** Takes a record apart; undefined when it is too short to be an entry. */
export function readEntry(record: Uint8Array): LoggedEntry | undefined {
  const bytes = record.length + EMB_PREFIX;
  if (bytes < EMB.size) return undefined;
  // Room behind the end, so that a short entry reads as zeroes.
  const whole = new Uint8Array(Math.max(bytes, 512));
  whole.set(record, EMB_PREFIX);
  const memory = new ArrayMemory(whole);
  const header = EMB.at(memory, 0);
  const type = header.EMB$W_HD_ENTRY;
  const [title, ...kinds] = TYPES.get(type) ?? ['UNKNOWN ENTRY', 'UNKNOWN_ENTRIES'] as const;
  const common = { type, title, kinds, time: header.EMB$Q_HD_TIME, sequence: header.EMB$W_HD_ERRSEQ, systemId: header.EMB$L_HD_SID, memory, bytes };
  if (!DEVICE_TYPES.has(type)) return common;
  const about = EMB_DV.at(memory, 0);
  const name = about.EMB$T_DV_NAME;
  const kind = CLASSES.get(about.EMB$B_DV_CLASS);
  return { ...common, device: `${bytesToText(name.subarray(1, 1 + Math.min(name[0]!, 15)))}${about.EMB$W_DV_UNIT}`, ...(kind === undefined ? {} : { deviceKind: kind }) };
}
