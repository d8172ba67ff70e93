import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { cliIsPresent } from '../dcl/cli-client.js';
import {
  JPI$_BUFIO, JPI$_CPUTIM, JPI$_DIRIO, JPI$_EFWM, JPI$_GPGCNT, JPI$_OWNER, JPI$_PAGEFLTS, JPI$_PID, JPI$_PPGCNT, JPI$_PRCNAM, JPI$_PRI, JPI$_STATE, JPI$_STS, JPI$_UIC,
} from '../executive/starlet/jpidef.js';
import { OwnerNames } from '../executive/information/rights-services.js';
import { SS$_NOMOREPROC, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { SYI$_NODENAME, SYI$_VERSION } from '../executive/starlet/syidef.js';
import { PCB } from '../executive/structures/pcb.js';
import { RSN_NAMES, SCH$C_MWAIT, SCH_STATE_NAMES } from '../executive/structures/sch.js';
import type { Output } from './output.js';
import { cpuTime, getProcess, getSystem, timeText } from './process-information.js';

/**
 * SHOW SYSTEM: a line a process, from the PCB vector by wildcard $GETJPI.
 *
 * @source dcl-output-formats.md, SHOW SYSTEM
 */
const ITEMS = {
  pid: { code: JPI$_PID, kind: 'long' }, name: { code: JPI$_PRCNAM, kind: 'text' }, state: { code: JPI$_STATE, kind: 'long' },
  wait: { code: JPI$_EFWM, kind: 'long' }, priority: { code: JPI$_PRI, kind: 'long' }, direct: { code: JPI$_DIRIO, kind: 'long' },
  buffered: { code: JPI$_BUFIO, kind: 'long' }, cpu: { code: JPI$_CPUTIM, kind: 'long' }, faults: { code: JPI$_PAGEFLTS, kind: 'long' },
  pages: { code: JPI$_PPGCNT, kind: 'long' }, global: { code: JPI$_GPGCNT, kind: 'long' }, status: { code: JPI$_STS, kind: 'long' },
  owner: { code: JPI$_OWNER, kind: 'long' }, uic: { code: JPI$_UIC, kind: 'long' },
} as const;

const HEADING = '  Pid    Process Name    State  Pri      I/O       CPU       Page flts Ph.Mem';

/** State as shown: a wait for a resource by its name, for a mutex as MUTEX. */
export function stateName(state: number, wait: number): string {
  if (state === SCH$C_MWAIT) return wait > 0 && wait < RSN_NAMES.length ? RSN_NAMES[wait]! : 'MUTEX';
  return SCH_STATE_NAMES[state] ?? '?';
}

function kindLetter(status: number, owner: number): string {
  if (status & PCB.mask.PCB$V_BATCH) return 'B';
  if (status & PCB.mask.PCB$V_NETWRK) return 'N';
  return owner !== 0 ? 'S' : ' ';
}

export function* showSystem(p: Procedure, output: Output): Flow<number> {
  const { values: system } = yield* getSystem(p, {
    version: { code: SYI$_VERSION, kind: 'text' }, node: { code: SYI$_NODENAME, kind: 'text' },
  });
  const wanted = {
    B: yield* cliIsPresent(p, 'BATCH'), N: yield* cliIsPresent(p, 'NETWORK'), S: yield* cliIsPresent(p, 'SUBPROCESS'),
  };
  // /PROCESS shows all of them, as no qualifier does.
  const selected = (wanted.B || wanted.N || wanted.S) && !(yield* cliIsPresent(p, 'PROCESS'));
  const full = yield* cliIsPresent(p, 'FULL');
  const now = yield* timeText(p);
  const uptime = yield* uptimeText(p);
  yield* output.line(`VAX/VMS ${system.version.trim()}  on node ${system.node.trim()}  ${now}   Uptime ${uptime}`);
  yield* output.line(HEADING);
  const pid = p.allocate(4);
  const owners = new OwnerNames(p);
  // A wildcard scan passes over the null process and the swapper; they are asked for by name.
  const first = BUILT_IN.map((index) => ((1 << p.kernel.sys.SCH$GL_PIXWIDTH) | index) >>> 0);
  for (const each of [...first, 0xffffffff]) {
    p.memory.writeLong(pid, each);
    for (;;) {
      const { status, values } = yield* getProcess(p, pid, ITEMS);
      if (status === SS$_NOMOREPROC || values.pid === 0) break;
      yield* line(output, values, wanted, selected, full, owners);
      if (each !== 0xffffffff) break;
    }
  }
  return SS$_NORMAL;
}

/** Process indexes of the null process and the swapper. */
const BUILT_IN = [0, 1];

type Values = { readonly [Name in keyof typeof ITEMS]: (typeof ITEMS)[Name]['kind'] extends 'text' ? string : number };

/** A process that is outswapped, suspended or just going has no header to ask; what its PCB says is shown all the same. */
function* line(output: Output, values: Values, wanted: Readonly<Record<'B' | 'N' | 'S', boolean>>, selected: boolean, full: boolean, owners: OwnerNames): Flow<void> {
  const letter = kindLetter(values.status, values.owner);
  if (selected && !wanted[letter as 'B' | 'N' | 'S']) return;
  yield* output.line(
    `${values.pid.toString(16).toUpperCase().padStart(8, '0')} ${values.name.padEnd(15)} ${stateName(values.state, values.wait).padEnd(5)}`
    + `${String(values.priority).padStart(5)}${String(values.direct + values.buffered).padStart(9)}${cpuTime(values.cpu)}`
    + `${String(values.faults).padStart(10)}${String(values.pages + values.global).padStart(7)}  ${letter}`.trimEnd(),
  );
  if (full) yield* output.line(`         ${(yield* owners.text(values.uic)).padEnd(60)}${`${Math.floor((values.pages + values.global) / 2)}Kb`.padStart(10)}`);
}

/** Time since boot, ` 0 02:02:59`: EXE$GL_ABSTIM counts the seconds whatever is done to the system time. */
function* uptimeText(p: Procedure): Flow<string> {
  const seconds = p.kernel.sys.EXE$GL_ABSTIM;
  const text = yield* timeText(p, seconds === 0 ? -1n : BigInt(-seconds) * 10_000_000n);
  return text.slice(0, -3).trimStart().padStart(11);
}
