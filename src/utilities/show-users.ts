import { cliGetValue } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { JPI$_PID, JPI$_PRCNAM, JPI$_STS, JPI$_TERMINAL, JPI$_USERNAME } from '../executive/starlet/jpidef.js';
import { SS$_NOMOREPROC, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { PCB } from '../executive/structures/pcb.js';
import type { Output } from './output.js';
import { getProcess, timeText } from './process-information.js';

/** SHOW USERS: interactive processes, by user name. @source dcl-output-formats.md, SHOW USERS (V4 form) */
const ITEMS = {
  pid: { code: JPI$_PID, kind: 'long' }, user: { code: JPI$_USERNAME, kind: 'text' }, name: { code: JPI$_PRCNAM, kind: 'text' },
  terminal: { code: JPI$_TERMINAL, kind: 'text' }, status: { code: JPI$_STS, kind: 'long' },
} as const;

export function* showUsers(p: Procedure, output: Output): Flow<number> {
  const wanted = ((yield* cliGetValue(p, 'USER')) ?? '').toUpperCase();
  const found: string[] = [];
  const pid = p.allocate(4);
  p.memory.writeLong(pid, 0xffffffff);
  for (;;) {
    const { status, values } = yield* getProcess(p, pid, ITEMS);
    if (status === SS$_NOMOREPROC || values.pid === 0) break;
    if (values.status & PCB.mask.PCB$V_INTER && values.user.trim().startsWith(wanted)) {
      found.push(` ${values.user.trim().padEnd(12)} ${values.name.padEnd(15)} ${values.pid.toString(16).toUpperCase().padStart(8, '0')}  ${values.terminal}`);
    }
  }
  yield* output.line('      VAX/VMS Interactive Users');
  yield* output.line(`      ${yield* timeText(p)}`);
  yield* output.line(`     Total number of interactive users = ${found.length}`);
  yield* output.line();
  yield* output.line(' Username     Process Name      PID     Terminal');
  for (const line of found.sort()) yield* output.line(line);
  return SS$_NORMAL;
}
