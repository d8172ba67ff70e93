import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { ownerText } from '../executive/information/rights-services.js';
import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import { DVI$_DEVNAM } from '../executive/starlet/dvidef.js';
import * as JPI from '../executive/starlet/jpidef.js';
import { PCB } from '../executive/structures/pcb.js';
import { FIB$C_EXA_QUOTA } from '../filesystem/fib.js';
import type { Output } from './output.js';
import { getDevice, getProcess } from './process-information.js';
import { assignDevice, quotaFunction } from './quota-function.js';
import { ownUic, uicQualifier } from './selection.js';
import { defaultProtection } from './protection.js';

/** SHOW PROTECTION, SHOW QUOTA and SHOW WORKING_SET. @source dcl-output-formats.md, small SHOW commands */
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

/** SHOW QUOTA [/DISK=device] [/USER=uic] */
export function* showQuota(p: Procedure, output: Output): Flow<number> {
  const asked = (yield* cliIsPresent(p, 'USER')) ? yield* uicQualifier(p, 'USER') : { uic: yield* ownUic(p) };
  if (typeof asked === 'number') return asked;
  const device = (yield* cliGetValue(p, 'DISK')) ?? 'SYS$DISK';
  const { status, chan } = yield* assignDevice(p, device.includes(':') ? device : `${device}:`);
  if (!(status & 1)) return status;
  const found = yield* quotaFunction(p, chan, FIB$C_EXA_QUOTA, { uic: asked.uic });
  if (!(found.status & 1)) return found.status;
  const { values } = yield* p.scratch(() => getDevice(p, device, { name: { code: DVI$_DEVNAM, kind: 'text' } } as const));
  const { usage, quota, overdraft } = found.entry;
  const left = usage > quota ? `${usage - quota} OVERDRAWN` : `${quota - usage} available`;
  yield* output.line(`  User ${yield* ownerText(p, asked.uic)} has ${usage} blocks used, ${left},`);
  yield* output.line(`  of ${quota} authorized and permitted overdraft of ${overdraft} blocks on ${values.name.replace(/^_|:$/g, '')}`);
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
