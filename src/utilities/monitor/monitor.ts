import { cliGetValue, cliIsNegated } from '../../dcl/cli-client.js';
import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import * as JPI from '../../executive/starlet/jpidef.js';
import { PRV$V_CMKRNL } from '../../executive/starlet/prvdef.js';
import { SS$_NOMOREPROC, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { SYI$_NODENAME } from '../../executive/starlet/syidef.js';
import { readQuad, writeQuad } from '../../executive/structures/memory.js';
import { messageCode, report } from '../messages.js';
import { openOutput } from '../output.js';
import { cpuTime, getProcess, getSystem, timeText } from '../process-information.js';
import { Screen } from '../screen.js';
import { stateName } from '../show-system.js';
import { CLASSES, Statistics, type Collection } from './classes.js';
import { FIGURES, monitorFigures } from './figures.js';

/** MONITOR.EXE: classes of figures on the screen, again and again until CTRL/Z or /ENDING. @source VMS Monitor Utility manual */
const PROCESS_ITEMS = {
  pid: { code: JPI.JPI$_PID, kind: 'long' }, name: { code: JPI.JPI$_PRCNAM, kind: 'text' }, state: { code: JPI.JPI$_STATE, kind: 'long' }, wait: { code: JPI.JPI$_EFWM, kind: 'long' },
  priority: { code: JPI.JPI$_PRI, kind: 'long' }, pages: { code: JPI.JPI$_PPGCNT, kind: 'long' }, global: { code: JPI.JPI$_GPGCNT, kind: 'long' }, direct: { code: JPI.JPI$_DIRIO, kind: 'long' },
  faults: { code: JPI.JPI$_PAGEFLTS, kind: 'long' }, cpu: { code: JPI.JPI$_CPUTIM, kind: 'long' },
} as const;

function* collect(p: Procedure, routine: number): Flow<Collection | number> {
  return yield* p.scratch(function* (): Flow<Collection | number> {
    const buffer = p.allocate(4 * FIGURES);
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, buffer);
    const status = yield* service(p, '$CMKRNL', { routin: routine, arglst: list });
    if (!(status & 1)) return status;
    return { figures: Array.from({ length: FIGURES }, (_, index) => p.memory.readLong(buffer + 4 * index)), time: readQuad(p.memory, p.kernel.symbol('EXE$GQ_SYSTIME')) };
  });
}

/** A line a process, as the class PROCESSES has it. */
function* processLines(p: Procedure): Flow<string[]> {
  const lines: string[] = [];
  yield* p.scratch(function* () {
    const pid = p.allocate(4);
    p.memory.writeLong(pid, 0xffffffff);
    for (;;) {
      const { status, values } = yield* p.scratch(() => getProcess(p, pid, PROCESS_ITEMS));
      if (status === SS$_NOMOREPROC || values.pid === 0) return 1;
      lines.push(`${values.pid.toString(16).toUpperCase().padStart(8, '0')} ${stateName(values.state, values.wait).padEnd(5)} ${String(values.priority).padStart(3)}  ${values.name.padEnd(15)} `
        + `${`${values.global}/${values.pages + values.global}`.padStart(11)} ${String(values.direct).padStart(8)} ${String(values.faults).padStart(8)}  ${cpuTime(values.cpu).trimStart().replace(/^\d+ /, '')}`);
    }
  });
  return [' PID     STATE PRI  NAME                  PAGES   DIOCNT   FAULTS  CPU TIME', '', ...lines];
}

/** Waits; on a screen for a key as well. @returns false: the user wants no more */
function* pause(p: Procedure, screen: Screen | undefined, seconds: number): Flow<boolean> {
  if (screen) {
    const key = yield* screen.key(seconds);
    return key === undefined || (key !== '\x03' && key !== '\x1a');
  }
  yield* p.scratch(function* () {
    const delta = p.allocate(8);
    writeQuad(p.memory, delta, BigInt.asUintN(64, BigInt(-seconds) * 10_000_000n));
    yield* service(p, '$SETIMR', { efn: 3, daytim: delta });
    return yield* service(p, '$WAITFR', { efn: 3 });
  });
  return true;
}

const centred = (text: string): string => `${' '.repeat(Math.max(0, Math.floor((79 - text.length) / 2)))}${text}`;

function* picture(p: Procedure, name: string, node: string, statistics: Statistics | undefined): Flow<string[]> {
  const now = (yield* timeText(p)).trimStart();
  if (!statistics) {
    const processes = yield* processLines(p);
    const uptime = (yield* timeText(p, BigInt(-Math.max(1, p.kernel.sys.EXE$GL_ABSTIM)) * 10_000_000n)).slice(0, -3).trimStart();
    return [`Process Count: ${processes.length - 2}`.padEnd(28) + 'VAX/VMS Monitor Utility'.padEnd(30) + `Uptime: ${uptime.padStart(12)}`, centred(name), centred(`on node ${node}`), centred(now), '', ...processes];
  }
  const { monitored } = statistics;
  return [centred('VAX/VMS Monitor Utility'), centred(monitored.title), centred(`on node ${node}`), centred(now), '', ...(monitored.kind === 'time' ? statistics.bars() : statistics.lines())];
}

/** Number of the facility, as in utilities.msg. */
const FACILITY = 204;

const main = procedure('MONITOR$MAIN', function* (p) {
  const name = (yield* cliGetValue(p, 'CLASS')) ?? 'SYSTEM';
  const monitored = CLASSES.find((each) => each.name === name);
  const display = yield* cliGetValue(p, 'DISPLAY');
  const output = yield* openOutput(p, FACILITY, display);
  if (typeof output === 'number') return output;
  const seconds = Math.max(1, Number((yield* cliGetValue(p, 'INTERVAL')) ?? 3));
  const hidden = yield* cliIsNegated(p, 'DISPLAY');
  const ending = yield* cliGetValue(p, 'ENDING');
  const until = ending === undefined ? undefined : yield* p.scratch(function* () {
    const at = p.allocate(8);
    return (yield* service(p, '$BINTIM', { timbuf: p.string(ending), timadr: at })) & 1 ? readQuad(p.memory, at) : undefined;
  });
  const screen = hidden || display !== undefined ? undefined : yield* Screen.open(p);
  // Without an end, what is no screen would go on for ever: it shows once, what has been since the system was started.
  const once = !screen && until === undefined;
  const { values } = yield* p.scratch(() => getSystem(p, { node: { code: SYI$_NODENAME, kind: 'text' } }));
  const statistics = monitored && new Statistics(monitored);
  let before = yield* collect(p, p.argument(1));
  if (typeof before === 'number') return yield* report(p, { code: messageCode('MONITOR$_COLLERR') }, { code: before });
  if (once) before = { figures: before.figures.map(() => 0), time: before.time - BigInt(p.kernel.sys.EXE$GL_ABSTIM) * 10_000_000n };
  for (;;) {
    const goesOn = once || (yield* pause(p, screen, seconds));
    const after = yield* collect(p, p.argument(1));
    if (typeof after === 'number') return yield* report(p, { code: messageCode('MONITOR$_COLLERR') }, { code: after });
    statistics?.add(before, after);
    before = after;
    const lines = hidden ? [] : yield* picture(p, name, values.node.trim(), statistics);
    if (screen) yield* screen.draw(lines);
    else for (const line of lines) yield* output.line(line.trimEnd());
    if (!goesOn || once || (until !== undefined && after.time >= until)) break;
  }
  if (screen) yield* screen.close(screen.rows);
  yield* output.close();
  return SS$_NORMAL;
});

const SOURCE = `
MONITOR$START::
	.WORD	0
	PUSHAB	MONITOR$FIGURES
	CALLS	#1,MONITOR$MAIN
	RET
`;

export const MONITOR_IMAGE: ResidentImage = { name: 'MONITOR', source: SOURCE, transfer: 'MONITOR$START', routines: [main, monitorFigures], privileges: 1n << BigInt(PRV$V_CMKRNL) };
