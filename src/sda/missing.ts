import type { Command } from './command.js';
import { SdaError } from './error.js';

/** Commands of VMS's SDA that this one does not have: they say so, rather than that the user mistyped them. */
const MISSING: readonly (readonly [name: string, why: string])[] = [
  ['ATTACH', 'outside a system there is no process to attach to'],
  ['SPAWN', 'outside a system no process can be made'],
];

export const MISSING_COMMANDS: readonly Command[] = MISSING.map(([name, why]) => ({
  name, qualifiers: [], takesLine: true, help: [name, `Under DCL: the terminal goes to another process; ${why}.`],
  run: () => { throw new SdaError('E', 'NOTIMPL', `${name} is not available: ${why}`); },
}));
