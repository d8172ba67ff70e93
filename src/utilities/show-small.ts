import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import * as JPI from '../executive/starlet/jpidef.js';
import { PCB } from '../executive/structures/pcb.js';
import type { Output } from './output.js';
import { getProcess } from './process-information.js';
import { defaultProtection } from './protection.js';

/** SHOW PROTECTION and SHOW WORKING_SET. @source dcl-output-formats.md, small SHOW commands */
const ITEMS = {
  limit: { code: JPI.JPI$_WSSIZE, kind: 'long' }, quota: { code: JPI.JPI$_WSQUOTA, kind: 'long' }, extent: { code: JPI.JPI$_WSEXTENT, kind: 'long' },
  authorized: { code: JPI.JPI$_WSAUTH, kind: 'long' }, authorizedExtent: { code: JPI.JPI$_WSAUTHEXT, kind: 'long' }, state: { code: JPI.JPI$_STS, kind: 'long' },
} as const;

export function* showWorkingSet(p: Procedure, output: Output): Flow<number> {
  const { status, values } = yield* p.scratch(() => getProcess(p, 0, ITEMS));
  if (!(status & 1)) return status;
  yield* output.line(`  Working Set      /Limit=${String(values.limit).padEnd(6)}/Quota=${String(values.quota).padEnd(8)}/Extent=${values.extent}`);
  const adjustment = (Number(values.state) & PCB.mask.PCB$V_DISAWS) === 0 ? 'enabled ' : 'disabled';
  yield* output.line(`  Adjustment ${adjustment}     Authorized Quota=${String(values.authorized).padEnd(6)}Authorized Extent=${values.authorizedExtent}`);
  return 1;
}

export function* showProtection(p: Procedure, output: Output): Flow<number> {
  const denied = defaultProtection(p);
  const classes = ['SYSTEM', 'OWNER', 'GROUP', 'WORLD'].map((name, category) => {
    const allowed = [...'RWED'].filter((_letter, bit) => ((denied >>> (4 * category + bit)) & 1) === 0).join('');
    return `${name}=${allowed === '' ? 'NO ACCESS' : allowed}`;
  });
  yield* output.line(`  ${classes.join(', ')}`);
  return 1;
}
