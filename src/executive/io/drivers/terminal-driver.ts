import { inlineRoutine, jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import {
  IO$_READLBLK, IO$_READPBLK, IO$_READPROMPT, IO$_READVBLK, IO$_SENSECHAR, IO$_SENSEMODE, IO$_SETCHAR, IO$_SETMODE, IO$_TTYREADALL,
  IO$_TTYREADPALL, IO$_WRITELBLK, IO$_WRITEPBLK, IO$_WRITEVBLK,
} from '../../starlet/iodef.js';
import { TTYUCB } from '../../structures/ucb.js';
import { characterArrived, sendUnsolicited } from './terminal-input.js';
import { dataSetChanged, sendHangup } from './terminal-modem.js';
import { nextCharacter } from './terminal-output.js';
import { initializeUnit, outputTimedOut } from './terminal-power.js';
import { cancelTerminal, controllerTimedOut, readDone, startOrQueueWrite, startRead, writeDone } from './terminal-read.js';
import { fdtRead, fdtSenseMode, fdtSetMode, fdtWrite } from './terminal-fdt.js';
import type { DriverTable } from './driver-table.js';

/** The terminal class driver (TTDRIVER): its tables and entry points. @source book 19.4.2; digest ch19 2.6 */

const READS = [IO$_READPBLK, IO$_READLBLK, IO$_READVBLK, IO$_READPROMPT, IO$_TTYREADALL, IO$_TTYREADPALL];
const WRITES = [IO$_WRITEPBLK, IO$_WRITELBLK, IO$_WRITEVBLK];
const SETS = [IO$_SETMODE, IO$_SETCHAR];
const SENSES = [IO$_SENSEMODE, IO$_SENSECHAR];

export const TERMINAL_DRIVER: DriverTable = {
  name: 'TTDRIVER',
  ucbSize: TTYUCB.size,
  start: 'TTY$STARTIO',
  alternateStart: 'TTY$WRTSTARTIO',
  cancel: 'TTY$CANCELIO',
  unitInit: 'TTY$UNITINIT',
  buffered: [...READS, ...WRITES, ...SETS, ...SENSES],
  functions: [
    { codes: READS, routine: 'TT$FDTREAD' },
    { codes: WRITES, routine: 'TT$FDTWRITE' },
    { codes: SETS, routine: 'TT$FDTSETM' },
    { codes: SENSES, routine: 'TT$FDTSENSEM' },
  ],
};

export const TERMINAL_DRIVER_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('TT$FDTREAD', fdtRead),
  jsbRoutine('TT$FDTWRITE', fdtWrite),
  jsbRoutine('TT$FDTSETM', fdtSetMode),
  jsbRoutine('TT$FDTSENSEM', fdtSenseMode),
  jsbRoutine('TTY$STARTIO', startRead),
  jsbRoutine('TTY$WRTSTARTIO', startOrQueueWrite),
  jsbRoutine('TTY$CANCELIO', cancelTerminal),
  jsbRoutine('TTY$READDONE', readDone),
  jsbRoutine('TTY$WRITEDONE', writeDone),
  inlineRoutine('TTY_UNSOLINPUT', sendUnsolicited),
  inlineRoutine('TTY_OUTPUT_TIMED_OUT', outputTimedOut),
  jsbRoutine('TTY$UNITINIT', initializeUnit),
  jsbRoutine('TTY$TIMEOUT', controllerTimedOut),
  jsbRoutine('TTY$HANGUPMSG', sendHangup),
  // R3 low bit set: carrier; R5 the UCB.
  jsbRoutine('TTY$DS_TRAN', (k) => { dataSetChanged(k, TTYUCB.at(k, k.register(5)), (k.register(3) & 1) !== 0); }),
  // Input: R3 the character, R5 the UCB. Output: R5 the UCB; R3 becomes the character, negative when there is none.
  jsbRoutine('TTY$PUTNEXTCHAR', (k) => { characterArrived(k, TTYUCB.at(k, k.register(5)), k.register(3)); }),
  jsbRoutine('TTY$GETNEXTCHAR', (k) => { k.setRegister(3, nextCharacter(k, TTYUCB.at(k, k.register(5)))); }),
];
