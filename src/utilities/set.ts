import { cliGetValue } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { messageCode, report } from './messages.js';
import { setProcess } from './set-process.js';
import { setTerminal } from './set-terminal.js';

/** SETP0.EXE: the options of SET that DCL does not carry out itself. A new option is a row here and a syntax in set.cld. */
const OPTIONS: Readonly<Record<string, (p: Procedure) => Flow<number>>> = { PROCESS: setProcess, TERMINAL: setTerminal };

const main = procedure('SETP0$MAIN', function* (p) {
  const option = ((yield* cliGetValue(p, 'OPTION')) ?? '').toUpperCase();
  const name = Object.keys(OPTIONS).find((candidate) => candidate.startsWith(option));
  if (name === undefined) return yield* report(p, { code: messageCode('SET$_NOTIMPL'), args: [option] });
  return yield* OPTIONS[name]!(p);
});

export const SET_IMAGE: ResidentImage = { name: 'SETP0', transfer: 'SETP0$MAIN', routines: [main] };
