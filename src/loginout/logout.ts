import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { jobText } from '../dcl/job-information.js';
import { service } from '../executive/gate/service-call.js';
import { JPI$_PRCNAM } from '../executive/starlet/jpidef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { putLine } from './terminal-io.js';

/** `  SYSTEM       logged out at 21-NOV-1986 12:00:00.00`, a subprocess `  Process SYSTEM_1 logged out at ...`. @source dcl-output-formats.md, LOGOUT */
export function* showLogout(p: Procedure, isi: number, terminal: boolean, subprocess: boolean): Flow<void> {
  if (!terminal) return;
  const user = subprocess ? `Process ${(yield* jobText(p, JPI$_PRCNAM)).value}` : bytesToText(p.memory.readBytes(p.kernel.symbol('CTL$T_USERNAME'), 12));
  const buffer = p.allocate(24);
  yield* service(p, '$ASCTIM', { timbuf: p.descriptor(23, buffer) });
  yield* putLine(p, isi, `  ${user} logged out at ${bytesToText(p.memory.readBytes(buffer, 23))}`);
}
