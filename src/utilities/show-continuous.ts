import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import * as JPI from '../executive/starlet/jpidef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import type { Output } from './output.js';
import { cpuTime, getProcess, timeText } from './process-information.js';
import { Screen } from './screen.js';
import { stateName } from './show-system.js';

/**
 * SHOW PROCESS/CONTINUOUS: a screen that is drawn anew each second until somebody types E, or SPACE or CTRL/Z. To a file or a hardcopy terminal
 * it goes once. @source DCL Dictionary, SHOW PROCESS
 */
const long = (code: number) => ({ code, kind: 'long' as const });
const ITEMS = {
  pid: long(JPI.JPI$_PID), name: { code: JPI.JPI$_PRCNAM, kind: 'text' }, state: long(JPI.JPI$_STATE), wait: long(JPI.JPI$_EFWM), priority: long(JPI.JPI$_PRI), base: long(JPI.JPI$_PRIB),
  working: long(JPI.JPI$_PPGCNT), global: long(JPI.JPI$_GPGCNT), cpu: long(JPI.JPI$_CPUTIM), direct: long(JPI.JPI$_DIRIO), buffered: long(JPI.JPI$_BUFIO), faults: long(JPI.JPI$_PAGEFLTS),
  peak: long(JPI.JPI$_WSPEAK), flags: long(JPI.JPI$_EFCS), upper: long(JPI.JPI$_EFCU), image: { code: JPI.JPI$_IMAGNAME, kind: 'text' }, user: { code: JPI.JPI$_USERNAME, kind: 'text' },
} as const;

const hex = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');

function* picture(p: Procedure, pid: number, name: string): Flow<string[] | number> {
  const { status, values } = yield* p.scratch(() => getProcess(p, pid, ITEMS, name));
  if (!(status & 1)) return status;
  const pair = (left: string, first: string, right: string, second: string): string => `    ${left.padEnd(16)}${first.padStart(15)}     ${right.padEnd(24)}${second.padStart(12)}`;
  return [
    '', `${' '.repeat(22)}Process ${values.name.padEnd(16)}  ${(yield* timeText(p)).slice(12, 20)}`, '',
    pair('State', stateName(values.state, values.wait), 'Working set', String(values.working + values.global)),
    pair('Cur/base priority', `${values.priority}/${values.base}`.padStart(14), 'Peak working set', String(values.peak)),
    pair('Current PID', hex(values.pid), 'Global pages', String(values.global)),
    pair('CPU time', cpuTime(values.cpu).trim(), 'Direct I/O', String(values.direct)),
    pair('User', values.user.trim(), 'Buffered I/O', String(values.buffered)),
    pair('Event flags', hex(values.flags), 'Page faults', String(values.faults)),
    pair('', hex(values.upper), '', ''), '', `    ${values.image}`,
  ];
}

export function* showContinuously(p: Procedure, output: Output, pid: number, name: string): Flow<number> {
  const screen = yield* Screen.open(p);
  if (!screen) {
    const lines = yield* picture(p, pid, name);
    if (typeof lines === 'number') return lines;
    for (const line of lines) yield* output.line(line.trimEnd());
    return SS$_NORMAL;
  }
  let status: number = SS$_NORMAL;
  for (;;) {
    const lines = yield* picture(p, pid, name);
    if (typeof lines === 'number') {
      status = lines;
      break;
    }
    yield* screen.draw(lines);
    const key = yield* screen.key(1);
    if (key !== undefined && /[eE \x1a]/.test(key)) break;
  }
  yield* screen.close(screen.rows);
  return status;
}
