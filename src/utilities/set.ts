import { cliGetValue } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { setBroadcast } from './broadcast.js';
import { messageCode, report } from './messages.js';
import { setInteractiveLimit, setLogins } from './set-logins.js';
import { setPrinter } from './printer.js';
import { setMagtape } from './set-magtape.js';
import { setPassword } from './set-password.js';
import { setProcess } from './set-process.js';
import { setRightsList } from './set-rights-list.js';
import { setTerminal } from './set-terminal.js';
import { setTime } from './set-time.js';
import { setProcessUic, setUic } from './set-uic.js';
import { setVolume } from './set-volume.js';
import { setWorkingSet, setWorkingSetLimits } from './set-working-set.js';

/** SETP0.EXE: the options of SET that DCL does not carry out itself. A new option is a row here and a syntax in set.cld. */
const OPTIONS: Readonly<Record<string, (p: Procedure, kernelRoutine: number) => Flow<number>>> = {
  BROADCAST: setBroadcast, PASSWORD: setPassword, LOGINS: setLogins, MAGTAPE: setMagtape, PRINTER: setPrinter, PROCESS: setProcess, RIGHTS_LIST: setRightsList, TERMINAL: setTerminal, TIME: setTime,
  UIC: setUic, VOLUME: setVolume, WORKING_SET: setWorkingSet,
};

/** Which argument of SETP0$MAIN is the address of an option's kernel mode routine. */
const ROUTINES: Readonly<Record<string, number>> = { LOGINS: 1, WORKING_SET: 2, UIC: 3 };

const main = procedure('SETP0$MAIN', function* (p) {
  const option = ((yield* cliGetValue(p, 'OPTION')) ?? '').toUpperCase();
  const name = Object.keys(OPTIONS).find((candidate) => candidate.startsWith(option));
  if (name === undefined) return yield* report(p, { code: messageCode('SET$_NOTIMPL'), args: [option] });
  return yield* OPTIONS[name]!(p, p.argument(ROUTINES[name] ?? 1));
});

/** The entry hands over the kernel mode parts of SET LOGINS, SET WORKING_SET and SET UIC. */
const SOURCE = `
SETP0$START::
	.WORD	0
	PUSHAB	SET$UIC
	PUSHAB	SET$WORKING_SET
	PUSHAB	SET$LOGINS
	CALLS	#3,SETP0$MAIN
	RET
`;

export const SET_IMAGE: ResidentImage = { name: 'SETP0', source: SOURCE, transfer: 'SETP0$START', routines: [main, setInteractiveLimit, setWorkingSetLimits, setProcessUic] };
