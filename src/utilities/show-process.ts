import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import { PRIVILEGES } from '../dcl/privileges.js';
import { service } from '../executive/gate/service-call.js';
import { translateFile } from '../executive/information/put-line.js';
import { identifierName, ownerText } from '../executive/information/rights-services.js';
import { DEV$M_ALL } from '../executive/starlet/devdef.js';
import { DVI$_DEVCHAR, DVI$_PID } from '../executive/starlet/dvidef.js';
import * as JPI from '../executive/starlet/jpidef.js';
import { hasPrivilege } from '../executive/starlet/prvdef.js';
import { SS$_NOMOREPROC, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ArrayMemory, readCounted, textToBytes } from '../executive/structures/memory.js';
import { KGB$M_RESOURCE } from '../executive/starlet/uicdef.js';
import { PIO_BASE, PIO_CELLS } from '../executive/structures/p1-cells.js';
import { messageCode, report } from './messages.js';
import type { Output } from './output.js';
import { cpuTime, getDevice, getProcess, timeText } from './process-information.js';
import { showContinuously } from './show-continuous.js';
import { deviceNames } from './show-devices.js';
import { REGION_FIELDS } from './show-kernel.js';
import { dynamicArea } from './show-memory-full.js';

/** SHOW PROCESS [name] [/ALL /ACCOUNTING /CONTINUOUS /MEMORY /PRIVILEGES /QUOTAS /SUBPROCESSES]. @source dcl-output-formats.md, SHOW PROCESS (V4 heading) */
const long = (code: number) => ({ code, kind: 'long' as const });
const text = (code: number) => ({ code, kind: 'text' as const });
const quad = (code: number) => ({ code, kind: 'quad' as const });

const ITEMS = {
  pid: long(JPI.JPI$_PID), name: text(JPI.JPI$_PRCNAM), user: text(JPI.JPI$_USERNAME), terminal: text(JPI.JPI$_TERMINAL), uic: long(JPI.JPI$_UIC),
  basePriority: long(JPI.JPI$_PRIB), master: long(JPI.JPI$_MASTER_PID), account: text(JPI.JPI$_ACCOUNT), cpuLimit: long(JPI.JPI$_CPULIM), dioLimit: long(JPI.JPI$_DIOLM),
  byteCount: long(JPI.JPI$_BYTCNT), bioLimit: long(JPI.JPI$_BIOLM), timerCount: long(JPI.JPI$_TQCNT), fileCount: long(JPI.JPI$_FILCNT),
  pageFile: long(JPI.JPI$_PAGFILCNT), processLimit: long(JPI.JPI$_PRCLM), cluster: long(JPI.JPI$_DFPFC), astCount: long(JPI.JPI$_ASTCNT),
  lockCount: long(JPI.JPI$_ENQCNT), sharedFiles: long(JPI.JPI$_SHRFILLM), detached: long(JPI.JPI$_MAXDETACH), jobs: long(JPI.JPI$_MAXJOBS), buffered: long(JPI.JPI$_BUFIO),
  direct: long(JPI.JPI$_DIRIO), faults: long(JPI.JPI$_PAGEFLTS), cpu: long(JPI.JPI$_CPUTIM), login: quad(JPI.JPI$_LOGINTIM),
  peakSet: long(JPI.JPI$_WSPEAK), peakVirtual: long(JPI.JPI$_VIRTPEAK), volumes: long(JPI.JPI$_VOLUMES), privileges: quad(JPI.JPI$_PROCPRIV), rights: text(JPI.JPI$_RIGHTSLIST),
} as const;

export function* showProcess(p: Procedure, output: Output, regionRoutine: number, deviceRoutine: number): Flow<number> {
  const name = (yield* cliGetValue(p, 'PROCESS')) ?? '';
  const identification = yield* cliGetValue(p, 'IDENTIFICATION');
  const pid = p.allocate(4);
  if (identification !== undefined) {
    const digits = /^(?:%X)?([0-9A-F]{1,8})$/i.exec(identification)?.[1];
    if (digits === undefined) return yield* report(p, { code: messageCode('SHOW$_INVQUAVAL'), args: [identification, 'IDENTIFICATION'] });
    p.memory.writeLong(pid, Number.parseInt(digits, 16) >>> 0);
  }
  if (yield* cliIsPresent(p, 'CONTINUOUS')) return yield* showContinuously(p, output, pid, name.toUpperCase());
  const { status, values } = yield* getProcess(p, pid, ITEMS, name.toUpperCase());
  if (!(status & 1)) return status;
  const all = yield* cliIsPresent(p, 'ALL');
  const chosen = { quotas: yield* cliIsPresent(p, 'QUOTAS'), accounting: yield* cliIsPresent(p, 'ACCOUNTING'), privileges: yield* cliIsPresent(p, 'PRIVILEGES'), memory: yield* cliIsPresent(p, 'MEMORY') };
  const subprocesses = yield* cliIsPresent(p, 'SUBPROCESSES');
  const own = values.pid === (yield* ownPid(p));
  yield* output.line();
  yield* output.line(`${yield* timeText(p)}   ${values.terminal.padEnd(16)} User: ${values.user.trim()}`);
  yield* output.line(`Pid: ${hex(values.pid)}   Proc. name: ${values.name.padEnd(16)} UIC: ${yield* ownerText(p, values.uic)}`);
  yield* output.line(`Priority: ${String(values.basePriority).padStart(4)}   Default file spec: ${own ? yield* defaultSpec(p) : 'Not available'}`);
  if (all || !(subprocesses || Object.values(chosen).includes(true))) yield* showDevices(p, output, deviceRoutine, values.pid);
  if (all || chosen.quotas) yield* showQuotas(output, values);
  if (all || chosen.accounting) yield* showAccounting(p, output, values);
  // Only the process itself can be asked what its own region holds.
  if ((all || chosen.memory) && own) yield* showRegion(p, output, regionRoutine);
  if (all || chosen.privileges) {
    yield* showPrivileges(output, values.privileges);
    yield* showRights(p, output, values.rights);
  }
  if (all || subprocesses) yield* showSubprocesses(p, output, values.master, values.pid);
  return SS$_NORMAL;
}

function* ownPid(p: Procedure): Flow<number> {
  return (yield* p.scratch(() => getProcess(p, p.allocate(4), { pid: long(JPI.JPI$_PID) }))).values.pid;
}

/** The devices that the process has allocated. */
function* showDevices(p: Procedure, output: Output, routine: number, pid: number): Flow<void> {
  const names = yield* deviceNames(p, routine);
  if (typeof names === 'number') return;
  const allocated: string[] = [];
  for (const name of names) {
    const { status, values } = yield* p.scratch(() => getDevice(p, `_${name}`, { owner: long(DVI$_PID), characteristics: long(DVI$_DEVCHAR) }));
    if ((status & 1) !== 0 && values.owner === pid && (values.characteristics & DEV$M_ALL) !== 0) allocated.push(name);
  }
  if (allocated.length === 0) return;
  yield* output.line();
  for (const [index, name] of allocated.entries()) yield* output.line(`${index === 0 ? 'Devices allocated: ' : ' '.repeat(19)}${name}`);
}

function* showRegion(p: Procedure, output: Output, routine: number): Flow<void> {
  const figures = yield* p.scratch(function* () {
    const buffer = p.allocate(4 * REGION_FIELDS.length);
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, buffer);
    if (!((yield* service(p, '$CMKRNL', { routin: routine, arglst: list })) & 1)) return undefined;
    return Object.fromEntries(REGION_FIELDS.map((field, index) => [field, p.memory.readLong(buffer + 4 * index)])) as Record<(typeof REGION_FIELDS)[number], number>;
  });
  if (!figures) return;
  for (const line of ['', 'Process Dynamic Memory Area  ', ...dynamicArea(figures)]) yield* output.line(line);
}

const MEMBER = { pid: long(JPI.JPI$_PID), owner: long(JPI.JPI$_OWNER), master: long(JPI.JPI$_MASTER_PID), name: text(JPI.JPI$_PRCNAM) } as const;

/** The processes of a job, each below the one that made it. */
function* showSubprocesses(p: Procedure, output: Output, master: number, shown: number): Flow<void> {
  const members: { readonly pid: number; readonly owner: number; readonly name: string }[] = [];
  const pid = p.allocate(4);
  p.memory.writeLong(pid, 0xffffffff);
  for (;;) {
    const { status, values } = yield* p.scratch(() => getProcess(p, pid, MEMBER));
    if (status === SS$_NOMOREPROC || values.pid === 0) break;
    if ((status & 1) !== 0 && values.master === master) members.push(values);
  }
  const lines: string[] = [];
  const walk = (owner: number, depth: number): void => {
    for (const member of members.filter((candidate) => (depth === 0 ? candidate.pid === owner : candidate.owner === owner))) {
      lines.push(`${' '.repeat(2 + 2 * depth)}${member.name}${member.pid === shown ? ' (*)' : ''}`);
      walk(member.pid, depth + 1);
    }
  };
  walk(master, 0);
  yield* output.line();
  yield* output.line(`There ${members.length === 1 ? 'is 1 process' : `are ${members.length} processes`} in this job: `);
  yield* output.line();
  for (const line of lines) yield* output.line(line);
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}

function* defaultSpec(p: Procedure): Flow<string> {
  const disk = yield* p.scratch(() => translateFile(p, 'SYS$DISK'));
  return `${disk ?? ''}${readCounted(p.memory, PIO_BASE + PIO_CELLS.offset.PIO$GT_DDSTRING)}`;
}

type Values = { readonly [Name in keyof typeof ITEMS]: (typeof ITEMS)[Name]['kind'] extends 'text' ? string : (typeof ITEMS)[Name]['kind'] extends 'quad' ? bigint : number };

function* showQuotas(output: Output, values: Values): Flow<void> {
  const row = (left: string, first: number | string, right: string, second: number): string =>
    ` ${left.padEnd(31)}${String(first).padStart(9)}  ${right.padEnd(20)}${String(second).padStart(8)}`;
  yield* output.line();
  yield* output.line('Process Quotas:');
  yield* output.line(` Account name: ${values.account}`);
  yield* output.line(row('CPU limit:', values.cpuLimit === 0 ? 'Infinite' : cpuTime(values.cpuLimit), 'Direct I/O limit:', values.dioLimit));
  yield* output.line(row('Buffered I/O byte count quota:', values.byteCount, 'Buffered I/O limit:', values.bioLimit));
  yield* output.line(row('Timer queue entry quota:', values.timerCount, 'Open file quota:', values.fileCount));
  yield* output.line(row('Paging file quota:', values.pageFile, 'Subprocess quota:', values.processLimit));
  yield* output.line(row('Default page fault cluster:', values.cluster, 'AST quota:', values.astCount));
  yield* output.line(row('Enqueue quota:', values.lockCount, 'Shared file limit:', values.sharedFiles));
  yield* output.line(row('Max detached processes:', values.detached, 'Max active jobs:', values.jobs));
}

function* showAccounting(p: Procedure, output: Output, values: Values): Flow<void> {
  const row = (left: string, first: number, right: string, second: number): string =>
    ` ${left.padEnd(20)}${String(first).padStart(8)}  ${right.padEnd(24)}${String(second).padStart(8)}`;
  yield* output.line();
  yield* output.line('Accounting information:');
  yield* output.line(row('Buffered I/O count:', values.buffered, 'Peak working set size:', values.peakSet));
  yield* output.line(row('Direct I/O count:', values.direct, 'Peak virtual size:', values.peakVirtual));
  yield* output.line(row('Page faults:', values.faults, 'Mounted volumes:', values.volumes));
  yield* output.line(` Elapsed CPU time:     ${cpuTime(values.cpu)}`);
  const connected = values.login - p.kernel.sys.EXE$GQ_SYSTIME;
  yield* output.line(` Connect time:         ${connected >= 0n ? cpuTime(0) : yield* timeText(p, connected)}`);
}

function* showPrivileges(output: Output, mask: bigint): Flow<void> {
  yield* output.line();
  yield* output.line('Process privileges:');
  for (const [name, bit] of PRIVILEGES) if (hasPrivilege(mask, bit)) yield* output.line(` ${name.padEnd(20)} ${PRIVILEGE_TEXTS[name] ?? ''}`.trimEnd());
}

/** Bytes of an identifier with its attributes. */
const RIGHT = 8;

/** The identifiers of a rights list, those behind the UIC. */
function* showRights(p: Procedure, output: Output, list: string): Flow<void> {
  const bytes = new ArrayMemory(textToBytes(list));
  if (list.length <= RIGHT) return;
  yield* output.line();
  yield* output.line('Process rights identifiers:');
  for (let at = RIGHT; at < list.length; at += RIGHT) {
    const value = bytes.readLong(at);
    const name = (yield* identifierName(p, value)) ?? `%X${hex(value)}`;
    yield* output.line(` ${(bytes.readLong(at + 4) & KGB$M_RESOURCE) !== 0 ? `${name.padEnd(33)} resource` : name}`);
  }
}

/** What SHOW PROCESS/PRIVILEGES says a privilege allows. */
const PRIVILEGE_TEXTS: Readonly<Record<string, string>> = {
  ACNT: 'may suppress accounting messages', ALLSPOOL: 'may allocate spooled device', ALTPRI: 'may set any priority value',
  DOWNGRADE: 'may downgrade object secrecy', GRPPRV: 'may access group objects via system protection', PRMJNL: 'may create permanent journal',
  READALL: 'may read anything as the owner', SECURITY: 'may perform security functions', SHARE: 'may assign channels to non-shared device',
  TMPJNL: 'may create temporary journal', UPGRADE: 'may upgrade object integrity',
  BUGCHK: 'may make bug check log entries', BYPASS: 'may bypass all object access controls', CMEXEC: 'may change mode to exec',
  CMKRNL: 'may change mode to kernel', DETACH: 'may create detached processes', DIAGNOSE: 'may diagnose devices', EXQUOTA: 'may exceed disk quota',
  GROUP: 'may affect other processes in same group', GRPNAM: 'may insert in group logical name table', LOG_IO: 'may do logical i/o',
  MOUNT: 'may execute mount acp function', NETMBX: 'may create network device', OPER: 'may perform operator functions',
  PFNMAP: 'may map to specific physical pages', PHY_IO: 'may do physical i/o', PRMCEB: 'may create permanent common event clusters',
  PRMGBL: 'may create permanent global sections', PRMMBX: 'may create permanent mailbox', PSWAPM: 'may change process swap mode',
  SETPRV: 'may set any privilege bit', SHMEM: 'may create/delete objects in shared memory', SYSGBL: 'may create system wide global sections',
  SYSLCK: 'may lock system wide resources', SYSNAM: 'may insert in system logical name table', SYSPRV: 'may access objects via system protection',
  TMPMBX: 'may create temporary mailbox', VOLPRO: 'may override volume protection', WORLD: 'may affect other processes in the world',
};
