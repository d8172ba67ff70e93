import type { Command } from './command.js';
import { SdaError } from './error.js';

/** Commands of VMS's SDA that this one does not have: they say so, rather than that the user mistyped them. */
const MISSING: readonly (readonly [name: string, why: string])[] = [
  ['ATTACH', 'SDA gives its terminal to no other process'],
  ['SPAWN', 'SDA makes no subprocess'],
  ['SET RMS', 'the RMS data structures of a process are not displayed'],
  ['SHOW CLUSTER', 'this system is no member of a VAXcluster'],
  ['SHOW CONNECTIONS', 'there are no system communication services'],
  ['SHOW PORTS', 'there are no system communication services'],
  ['SHOW RMS', 'the RMS data structures of a process are not displayed'],
  ['SHOW RSPID', 'there are no system communication services'],
];

export const MISSING_COMMANDS: readonly Command[] = MISSING.map(([name, why]) => ({
  name, qualifiers: [], takesLine: true, help: [`${name} (missing)`, `Not in this SDA: ${why}.`],
  run: () => { throw new SdaError('E', 'NOTIMPL', `${name} is not available: ${why}`); },
}));
