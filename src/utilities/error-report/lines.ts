import { bugcheckText } from '../../executive/exceptions/bugcheck-codes.js';
import { EMB$K_CR, EMB$K_SBC, EMB$K_UBC, EMB_BC, EMB_CR } from '../../executive/exceptions/dump-format.js';
import { EMB, EMB$K_MC, EMB$K_SS, EMB$K_UI, EMB_DV } from '../../executive/exceptions/error-log-entries.js';
import { asciiTime } from '../../executive/information/time.js';
import { bytesToText } from '../../executive/structures/memory.js';
import type { LoggedEntry } from './entry.js';

/** The reports of ANALYZE/ERROR_LOG. choice: headings and columns follow what is generally known of the VMS 4 reports, not a capture. */

const hex = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
const when = (time: bigint): string => (asciiTime(time) ?? '').trim().padStart(23);

export function* heading(compiled: bigint, page: number): Generator<string> {
  yield '';
  yield ` V A X / V M S        SYSTEM ERROR REPORT         COMPILED ${(asciiTime(compiled) ?? '').slice(0, 17)}`;
  yield `${' '.repeat(67)}PAGE ${String(page).padStart(3)}.`;
}

function describe(name: string, value: string, remark = ''): string {
  return `       ${name.padEnd(16)}${value.padStart(12)}${remark === '' ? '' : `   ${remark}`}`.trimEnd();
}

const REGISTERS = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'AP', 'FP', 'SP', 'PC', 'PSL'] as const;
const POINTERS = ['KSP', 'ESP', 'SSP', 'USP', 'ISP'] as const;
const PROCESSOR = ['P0BR', 'P0LR', 'P1BR', 'P1LR', 'SBR', 'SLR', 'PCBB', 'SCBB', 'ASTLVL', 'SISR', 'ICCS'] as const;

function* bugcheckLines({ memory, type }: LoggedEntry): Generator<string> {
  const crash = EMB_CR.at(memory, 0);
  const short = EMB_BC.at(memory, 0);
  const isCrash = type === EMB$K_CR;
  const [code, pid, name] = isCrash
    ? [crash.EMB$L_CR_CODE, crash.EMB$L_CR_PID, crash.EMB$T_CR_LNAME] : [short.EMB$L_BC_CODE, short.EMB$L_BC_PID, short.EMB$T_BC_LNAME];
  const reason = bugcheckText(code);
  yield ` ${reason.name}, ${reason.text}`;
  yield describe('PROCESS NAME', bytesToText(name.subarray(1, 1 + Math.min(name[0]!, 15))));
  yield describe('PROCESS ID', hex(pid));
  for (const which of POINTERS) yield describe(which, hex(memory.readLong(EMB_CR.offset[`EMB$L_CR_${which}`])));
  for (const which of REGISTERS) yield describe(which, hex(memory.readLong(EMB_CR.offset[`EMB$L_CR_${which}`])));
  if (isCrash) for (const which of PROCESSOR) yield describe(which, hex(memory.readLong(EMB_CR.offset[`EMB$L_CR_${which}`])));
}

function* deviceLines({ memory, bytes }: LoggedEntry): Generator<string> {
  const entry = EMB_DV.at(memory, 0);
  const count = Math.min(entry.EMB$L_DV_NUMREG, Math.floor((bytes - EMB_DV.offset.EMB$L_DV_REGSAV) / 4));
  for (let index = 0; index < count; index += 1) yield describe(`REGISTER ${index}`, hex(memory.readLong(EMB_DV.offset.EMB$L_DV_REGSAV + 4 * index)));
  yield describe('UCB$B_ERTCNT', hex(entry.EMB$B_DV_ERTCNT), `${entry.EMB$B_DV_ERTCNT}. RETRIES REMAINING`);
  yield describe('UCB$B_ERTMAX', hex(entry.EMB$B_DV_ERTMAX), `${entry.EMB$B_DV_ERTMAX}. RETRIES ALLOWABLE`);
  yield describe('UCB$L_CHAR', hex(entry.EMB$L_DV_CHAR));
  yield describe('UCB$L_STS', hex(entry.EMB$L_DV_STS));
  yield describe('UCB$L_OPCNT', hex(entry.EMB$L_DV_OPCNT), `${entry.EMB$L_DV_OPCNT}. QIO'S THIS UNIT`);
  yield describe('UCB$W_ERRCNT', hex(entry.EMB$W_DV_ERRCNT), `${entry.EMB$W_DV_ERRCNT}. ERRORS THIS UNIT`);
  yield describe('IRP$W_FUNC', hex(entry.EMB$W_DV_FUNC));
  yield describe('IRP$W_BCNT', hex(entry.EMB$W_DV_BCNT), `TRANSFER SIZE ${entry.EMB$W_DV_BCNT}. BYTE(S)`);
  yield describe('IRP$L_MEDIA', hex(entry.EMB$L_DV_MEDIA));
  yield describe('IRP$L_PID', hex(entry.EMB$L_DV_RQPID), 'REQUESTOR "PID"');
  yield describe('IRP$Q_IOSB', hex(Number(entry.EMB$Q_DV_IOSB & 0xffff_ffffn)), `FINAL STATUS, ${Number((entry.EMB$Q_DV_IOSB >> 16n) & 0xffffn)}. BYTE(S) TRANSFERRED`);
}

function* details(entry: LoggedEntry): Generator<string> {
  const { type, memory, bytes } = entry;
  if (type === EMB$K_CR || type === EMB$K_SBC || type === EMB$K_UBC) yield* bugcheckLines(entry);
  else if (entry.device !== undefined) yield* deviceLines(entry);
  else if (type === EMB$K_SS) {
    const length = Math.min(memory.readWord(EMB.size), bytes - EMB.size - 2);
    yield ` MESSAGE TEXT`;
    yield `       ${bytesToText(memory.readBytes(EMB.size + 2, Math.max(0, length)))}`;
  } else if (type === EMB$K_UI) {
    yield describe('PC', hex(memory.readLong(EMB.size)));
    yield describe('PSL', hex(memory.readLong(EMB.size + 4)));
  } else if (type === EMB$K_MC) {
    for (let at = EMB.size, index = 0; at + 4 <= bytes; at += 4, index += 1) yield describe(`LONGWORD ${index}`, hex(memory.readLong(at)));
  }
}

/** One entry in full. */
export function* fullEntry(entry: LoggedEntry, number: number): Generator<string> {
  yield '';
  yield ` ${'*'.repeat(31)} ENTRY ${String(number).padStart(7)}. ${'*'.repeat(31)}`;
  yield ` ERROR SEQUENCE ${`${entry.sequence}.`.padEnd(26)}LOGGED ON       SID ${hex(entry.systemId)}`;
  yield '';
  yield ` ${entry.title}${entry.device === undefined ? '' : ` UNIT _${entry.device}:`}, ${when(entry.time).trim()}`;
  yield* details(entry);
}

/** One line an entry. */
export function briefLine(entry: LoggedEntry, number: number): string {
  const about = entry.device !== undefined ? `_${entry.device}:` : entry.kinds.includes('BUGCHECKS') ? bugcheckText(codeOf(entry)).name : '';
  return `${String(number).padStart(7)}. ${String(entry.sequence).padStart(7)}.  ${when(entry.time)}  ${entry.title.padEnd(20)} ${about}`.trimEnd();
}

export const BRIEF_HEADING = ['', '  ENTRY  SEQUENCE  DATE AND TIME            TYPE                 ABOUT', ''];

function codeOf({ memory, type }: LoggedEntry): number {
  return type === EMB$K_CR ? EMB_CR.at(memory, 0).EMB$L_CR_CODE : EMB_BC.at(memory, 0).EMB$L_BC_CODE;
}

/** How many entries of each kind, of each device, and in each hour of the day. */
export function* summary(entries: readonly LoggedEntry[]): Generator<string> {
  const count = (keys: readonly string[]): Map<string, number> => {
    const table = new Map<string, number>();
    for (const key of keys) table.set(key, (table.get(key) ?? 0) + 1);
    return table;
  };
  yield '';
  yield ` SUMMARY OF ALL ENTRIES LOGGED BY SID ${[...new Set(entries.map(({ systemId }) => hex(systemId)))].join(', ')}`;
  yield '';
  for (const [title, times] of count(entries.map((entry) => entry.title))) yield `       ${title.padEnd(28)}${`${times}.`.padStart(8)}`;
  const devices = [...count(entries.flatMap(({ device }) => (device === undefined ? [] : [device])))];
  if (devices.length > 0) yield* ['', ' DEVICE ERRORS', '', ...devices.map(([device, times]) => `       ${`_${device}:`.padEnd(28)}${`${times}.`.padStart(8)}`)];
  yield* ['', ' PROCESSED ENTRIES HOUR-OF-DAY HISTOGRAM', ''];
  const hours = count(entries.map(({ time }) => when(time).slice(12, 14)));
  for (let hour = 0; hour < 24; hour += 1) {
    const times = hours.get(String(hour).padStart(2, '0')) ?? 0;
    yield `       ${String(hour).padStart(2, '0')}:00 ${`${times}.`.padStart(7)}  ${'*'.repeat(Math.min(times, 50))}`.trimEnd();
  }
  if (entries.length > 0) {
    const times = entries.map(({ time }) => time);
    const least = times.reduce((one, other) => (other < one ? other : one));
    const most = times.reduce((one, other) => (other > one ? other : one));
    yield* ['', `       DATE OF EARLIEST ENTRY   ${when(least)}`, `       DATE OF LATEST ENTRY     ${when(most)}`];
  }
}
