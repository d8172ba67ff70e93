import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { SYI$_NODENAME } from '../executive/starlet/syidef.js';
import type { Output } from './output.js';
import { getSystem } from './process-information.js';

/** SHOW CPU (of V5): one processor. @source dcl-output-formats.md, small SHOW commands */
export function* showCpu(p: Procedure, output: Output): Flow<number> {
  const { values } = yield* getSystem(p, { node: { code: SYI$_NODENAME, kind: 'text' } });
  const lines = [
    '', `${values.node.trim()}, a VAX-11/780`, 'Multiprocessing is DISABLED. Uniprocessing synchronization image loaded.', '', 'PRIMARY CPU = 00',
    'Active CPUs:      00', 'Configured CPUs:  00',
  ];
  for (const line of lines) yield* output.line(line);
  return SS$_NORMAL;
}
