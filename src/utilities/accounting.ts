import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import { CLI$_IVATIME } from '../dcl/condition-codes.js';
import { timeOfText } from '../dcl/resolve-time.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { asciiTime } from '../executive/information/time.js';
import { ACM } from '../executive/process/account.js';
import * as sjc from '../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ArrayMemory, bytesToText, readCounted } from '../executive/structures/memory.js';
import { ACCOUNTING_FILE } from '../loginout/accounting/manager.js';
import { ACCOUNTING_TYPES, ACP, ACR } from '../loginout/accounting/records.js';
import { isFailure, readRecords, reason } from './files.js';
import { report, sharedCode } from './messages.js';
import { openOutput, type Output } from './output.js';
import { JobItems, sendJob } from './queues/client.js';

/** ACCOUNTING, SET ACCOUNTING, SHOW ACCOUNTING. @source DCL Dictionary; Accounting Utility */
const FACILITY = 171;
const ACM_FLAGS = 'EXE$GL_ACMFLAGS';

/** Types named by a qualifier; undefined when none is. */
function* types(p: Procedure, qualifier: string): Flow<number | undefined> {
  const names = (yield* cliGetValues(p, qualifier)).map((name) => name.toUpperCase());
  return names.length === 0 ? undefined : ACCOUNTING_TYPES.reduce((mask, [name, bit]) => (names.includes(name) ? mask | (1 << bit) : mask), 0);
}

/** SET ACCOUNTING/DISABLE[=types], /ENABLE[=types], /NEW_FILE */
export function* setAccounting(p: Procedure): Flow<number> {
  const [disables, enables, anew] = [yield* cliIsPresent(p, 'DISABLE'), yield* cliIsPresent(p, 'ENABLE'), yield* cliIsPresent(p, 'NEW_FILE')];
  const [off, on] = [yield* types(p, 'DISABLE'), yield* types(p, 'ENABLE')];
  const withTypes = (mask: number | undefined): JobItems => (mask === undefined ? new JobItems() : new JobItems().number(sjc.SJC$_ACCOUNTING_TYPES, mask));
  if (disables) {
    const status = yield* sendJob(p, sjc.SJC$_STOP_ACCOUNTING, withTypes(off));
    if (!(status & 1)) return yield* report(p, { code: status });
  }
  if (!enables && !anew) return SS$_NORMAL;
  const items = withTypes(on);
  if (anew) items.flag(sjc.SJC$_NEW_VERSION);
  const status = yield* sendJob(p, sjc.SJC$_START_ACCOUNTING, items);
  return status & 1 ? SS$_NORMAL : yield* report(p, { code: status });
}

export function* showAccounting(p: Procedure, output: Output): Flow<number> {
  const mask = p.memory.readLong(p.kernel.symbol(ACM_FLAGS));
  if (mask === 0) {
    yield* output.line('Accounting is currently disabled.');
    return SS$_NORMAL;
  }
  yield* output.line('Accounting is currently enabled to log the following activities:');
  yield* output.line('');
  for (const [name, bit] of ACCOUNTING_TYPES) if ((mask >>> bit) & 1) yield* output.line(`        ${name}`);
  return SS$_NORMAL;
}

/** A record as it is listed. */
interface Listed {
  readonly time: bigint;
  readonly type: string;
  readonly subtype: string;
  readonly user: string;
  readonly id: number;
  readonly source: string;
  readonly status: number;
  readonly details: readonly (readonly [label: string, value: string])[];
}

const nameOfType = (bit: number): string => ACCOUNTING_TYPES.find(([, each]) => each === bit)?.[0] ?? '';
const seconds = (centiseconds: number): string => (asciiTime(-BigInt(Math.max(1, centiseconds)) * 100_000n) ?? '').trim();

function listed(record: Uint8Array): Listed | undefined {
  const memory = new ArrayMemory(record);
  if (record.length < ACR.size) return undefined;
  const { ACR$W_TYPE: type, ACR$W_SUBTYPE: subtype } = ACR.at(memory, 0);
  if (type === sjc.SJC$V_ACCT_PROCESS && record.length >= ACR.size + ACM.size) {
    const acm = ACM.at(memory, ACR.size);
    return {
      time: acm.ACM$Q_SYSTIME, type: 'PROCESS', subtype: nameOfType(subtype), user: bytesToText(acm.ACM$T_USERNAME).trimEnd(), id: acm.ACM$L_PID,
      source: readCounted(memory, ACR.size + ACM.offset.ACM$T_TERMINAL), status: acm.ACM$L_STATUS,
      details: [
        ['Account:', bytesToText(acm.ACM$T_ACCOUNT).trimEnd()], ['UIC:', `[${(acm.ACM$L_UIC >>> 16).toString(8)},${(acm.ACM$L_UIC & 0xffff).toString(8)}]`], ['Owner ID:', acm.ACM$L_OWNER.toString(16).toUpperCase().padStart(8, '0')],
        ['Start time:', asciiTime(acm.ACM$Q_LOGIN) ?? ''], ['Processor time:', seconds(acm.ACM$L_CPUTIM)], ['Page faults:', String(acm.ACM$L_PAGEFLTS)], ['Direct IO:', String(acm.ACM$L_DIOCNT)],
        ['Buffered IO:', String(acm.ACM$L_BIOCNT)], ['Peak working set:', String(acm.ACM$L_WSPEAK)], ['Images executed:', String(acm.ACM$L_IMGCNT)], ['Priority:', String(acm.ACM$B_PRIB)],
      ],
    };
  }
  if (type === sjc.SJC$V_ACCT_PRINT && record.length >= ACR.size + ACP.size) {
    const acp = ACP.at(memory, ACR.size);
    const job = readCounted(memory, ACR.size + ACP.size);
    return {
      time: acp.ACP$Q_ENDED, type: 'PRINT', subtype: '', user: bytesToText(acp.ACP$T_USERNAME).trimEnd(), id: acp.ACP$L_ENTRY, source: '', status: acp.ACP$L_STATUS,
      details: [['Job name:', job], ['Queue:', readCounted(memory, ACR.size + ACP.size + 1 + job.length)], ['Start time:', asciiTime(acp.ACP$Q_STARTED) ?? ''], ['Blocks:', String(acp.ACP$L_BLOCKS)]],
    };
  }
  return undefined;
}

const main = procedure('ACC$MAIN', function* (p) {
  const [full, brief] = [yield* cliIsPresent(p, 'FULL'), yield* cliIsPresent(p, 'BRIEF')];
  const wantedTypes = (yield* cliGetValues(p, 'TYPE')).map((name) => name.toUpperCase());
  const users = (yield* cliGetValues(p, 'USER')).map((name) => name.toUpperCase());
  const times: (bigint | undefined)[] = [];
  for (const name of ['BEFORE', 'SINCE']) {
    const text = yield* cliGetValue(p, name);
    const time = text === undefined ? undefined : yield* timeOfText(p, text);
    if (text !== undefined && time === undefined) return yield* report(p, { code: CLI$_IVATIME });
    times.push(time);
  }
  const [before, since] = times;
  const to = yield* cliGetValue(p, 'OUTPUT');
  const name = (yield* cliGetValue(p, 'FILE')) ?? ACCOUNTING_FILE;
  const file = yield* readRecords(p, name.toUpperCase(), { defaults: ACCOUNTING_FILE, shared: true });
  if (isFailure(file)) return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [file.spec] }, reason(file));
  const output = yield* openOutput(p, FACILITY, to);
  if (typeof output === 'number') return output;
  const records = file.records.map(listed).filter((record): record is Listed => record !== undefined).filter((record) => (before === undefined || record.time < before)
    && (since === undefined || record.time >= since) && (users.length === 0 || users.includes(record.user))
    && (wantedTypes.length === 0 || wantedTypes.includes(record.type) || wantedTypes.includes(record.subtype)));
  if (!full || brief) {
    yield* output.line('    Date / Time      Type    Subtype      Username      ID     Source   Status');
    yield* output.line('-'.repeat(79));
  }
  for (const record of records) {
    const id = record.id.toString(16).toUpperCase().padStart(8, '0');
    const status = record.status.toString(16).toUpperCase().padStart(8, '0');
    if (!full || brief) {
      yield* output.line(`${(asciiTime(record.time) ?? '').slice(0, 20)} ${record.type.padEnd(7)} ${record.subtype.padEnd(12)} ${record.user.padEnd(12)} ${id} ${record.source.padEnd(7)} ${status}`);
      continue;
    }
    yield* output.line(`${record.type} ${record.subtype}`.trimEnd());
    yield* output.line('-'.repeat(79));
    const rows = [['Username:', record.user], ['Finish time:', asciiTime(record.time) ?? ''], ['Process ID:', id], ['Terminal name:', record.source], ['Final status code:', status], ...record.details] as const;
    for (const [label, value] of rows) yield* output.line(`${label.padEnd(20)}${value}`);
    yield* output.line('');
  }
  yield* output.close();
  return SS$_NORMAL;
});

export const ACCOUNTING_IMAGE: ResidentImage = { name: 'ACC', transfer: 'ACC$MAIN', routines: [main] };
