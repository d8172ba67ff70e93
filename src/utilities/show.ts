import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import { showBroadcast } from './broadcast.js';
import { deleteIntrusion, intrusions, showIntrusion } from './intrusion-records.js';
import { openOutput, type Output } from './output.js';
import { showRmsDefault } from './set-rms.js';
import { showPrinter } from './printer.js';
import { showAcl } from './show-acl.js';
import { showDevices } from './show-devices.js';
import { showCpu } from './show-cpu.js';
import { showError } from './show-error.js';
import { windowsOf } from './show-files.js';
import { memoryFigures, regionFigures, scanDevices } from './show-kernel.js';
import { showLogical } from './show-logical.js';
import { showMemory } from './show-memory.js';
import { showProcess } from './show-process.js';
import { showSystem } from './show-system.js';
import { showTerminal } from './show-terminal.js';
import { showUsers } from './show-users.js';
import { volumeFactsRoutine } from './show-volume.js';
import { showAccounting } from './accounting.js';
import { showEntry, showQueue } from './show-queue.js';
import { showProtection, showQuota, showWorkingSet } from './show-small.js';

/** SHOW.EXE: the options of SHOW that DCL does not carry out itself. A new option is a row here and a syntax in show.cld. */
const OPTIONS: Readonly<Record<string, (p: Procedure, output: Output) => Flow<number>>> = {
  DEVICES: (p, output) => showDevices(p, output, { names: p.argument(DEVICE_ROUTINE), windows: p.argument(WINDOW_ROUTINE), volume: p.argument(VOLUME_ROUTINE) }),
  MEMORY: (p, output) => showMemory(p, output, p.argument(MEMORY_ROUTINE)),
  ERROR: (p, output) => showError(p, output, p.argument(DEVICE_ROUTINE)),
  PROCESS: (p, output) => showProcess(p, output, p.argument(REGION_ROUTINE), p.argument(DEVICE_ROUTINE)), INTRUSION: (p, output) => showIntrusion(p, output, p.argument(INTRUSION_ROUTINE)),
  BROADCAST: showBroadcast, CPU: showCpu,
  ACCOUNTING: showAccounting, QUEUE: showQueue, ENTRY: showEntry, TERMINAL: showTerminal, SYSTEM: showSystem, USERS: showUsers, LOGICAL: showLogical, RMS_DEFAULT: showRmsDefault, WORKING_SET: showWorkingSet, PROTECTION: showProtection, ACL: showAcl, PRINTER: showPrinter, QUOTA: showQuota,
};

/** Which argument of SHOW$MAIN is the address of which kernel mode routine. */
const DEVICE_ROUTINE = 1;
const MEMORY_ROUTINE = 2;
const WINDOW_ROUTINE = 3;
const REGION_ROUTINE = 4;
const INTRUSION_ROUTINE = 5;
const VOLUME_ROUTINE = 6;

/** Number of the facility, as in utilities.msg. */
const FACILITY = 120;

const main = procedure('SHOW$MAIN', function* (p) {
  if (yield* cliIsPresent(p, 'INTRUSION_RECORD')) return yield* deleteIntrusion(p, p.argument(INTRUSION_ROUTINE));
  const option = (yield* cliGetValue(p, 'OPTION')) ?? '';
  const name = Object.keys(OPTIONS).find((candidate) => candidate.startsWith(option.toUpperCase()));
  const output = yield* openOutput(p, FACILITY, yield* cliGetValue(p, 'OUTPUT'));
  if (typeof output === 'number') return output;
  if (name === undefined) {
    yield* output.line(`%SHOW-E-NOTIMPL, SHOW ${option} is not available on this system yet`);
    return NOT_AVAILABLE;
  }
  const status = yield* OPTIONS[name]!(p, output);
  yield* output.close();
  return status;
});

/** An error whose message has been written: SS$_ABORT's severity with the inhibit bit. */
const NOT_AVAILABLE = 0x1000002c;

/** The image's entry hands over where its kernel mode routines are. */
const SOURCE = `
SHOW$START::
	.WORD	0
	PUSHAB	SHOW$VOLUME
	PUSHAB	SHOW$INTRUSION
	PUSHAB	SHOW$REGION
	PUSHAB	SHOW$WINDOWS
	PUSHAB	SHOW$MEMORY
	PUSHAB	SHOW$SCAN_DEVICES
	CALLS	#6,SHOW$MAIN
	RET
`;

export const SHOW_IMAGE: ResidentImage = {
  name: 'SHOW', source: SOURCE, transfer: 'SHOW$START', routines: [main, scanDevices, memoryFigures, windowsOf, regionFigures, intrusions, volumeFactsRoutine], privileges: (1n << 16n) | 1n,
};
