import { inlineRoutine, procedure, type Flow, type Microroutine } from '../executive/gate/microroutine.js';
import { service } from '../executive/gate/service-call.js';
import { PRC$M_BATCH } from '../executive/starlet/prcdef.js';
import { CLI_CELLS, CLI_DATA_BASE } from '../executive/structures/p1-cells.js';
import { CONTROL_Y, DCL$ATTENTION, DCL$IMAGE_PRIVILEGES, enableAttention } from './attention.js';
import { DCL$OUT_OF_BAND } from './control-t.js';
import { DCL$CLI_REQUEST } from './callback.js';
import { runImage } from './commands/image.js';
import { invokeProcedure } from './commands/procedure.js';
import { CommandFailure } from './condition.js';
import { Leave } from './interpreter/completion.js';
import { commandLoop } from './interpreter/execute.js';
import { isTerminal } from './interpreter/levels.js';
import { Dcl } from './interpreter/session.js';
import { translate } from './names.js';
import { storeResult } from './parse-result.js';
import { DCL$ATTACH_AST, DCL$TERMINATION_AST } from './spawn/asts.js';
import { receiveContext } from './spawn/receive.js';
import { DCL$KEYBOARD_OWNER } from './spawn/terminal.js';
import { startSpawned } from './spawn/spawn.js';
import { PPD, PRC } from './structures.js';
import { DCL$SETMSGMASK, openSession, PPD_ADDRESS } from './system.js';

/**
 * DCL's start and main loop. DCL$STARTUP (dcl.mar) makes the frames and calls these.
 * @source book 23.2.4; digest ch23 2.4
 */
const USER = 3;
const WORK_AREA = PPD_ADDRESS + PPD.size;

/** Addresses of the labels of dcl.mar, in the order DCL$STARTUP pushes them. */
const ENTRIES = [
  'PRC$L_RUNIMAGE', 'PRC$L_UNWIND', 'PRC$L_EXITHANDLER', 'PRC$L_CALLBACK', 'PRC$L_ATTENTION', 'PRC$L_SETMSGMASK', 'PRC$L_EXITIMAGE',
  'PRC$L_OUTBAND', 'PRC$L_ATTACHAST', 'PRC$L_TERMAST', 'PRC$L_KEYOWNER', 'PRC$L_SETPRIVILEGES',
] as const;

export const DCL$INITIALIZE = procedure('DCL$INITIALIZE', function* (p): Flow<number> {
  const cli = CLI_CELLS.at(p.memory, CLI_DATA_BASE);
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  ppd.PPD$L_PRC = WORK_AREA;
  ppd.PPD$L_PRCSIZE = PRC.size;
  const tables = p.memory.readLong(CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLITABLE);
  // The first longword of a mapped image is the offset of its transfer point: here, of the table.
  ppd.PPD$L_TABLES = (tables + p.memory.readLong(tables)) >>> 0;
  Dcl.initialize(p.memory, PPD_ADDRESS);
  const dcl = openSession(p);
  ENTRIES.forEach((cell, index) => { dcl.prc[cell] = p.argument(index + 1); });
  p.memory.writeLong(cli.address, dcl.prc.PRC$L_CALLBACK);

  yield* adoptFiles(dcl);
  dcl.prc.PRC$V_VERIFYPROC = ppd.PPD$V_VERIFY;
  dcl.prc.PRC$V_VERIFYIMAGE = ppd.PPD$V_VERIFY;
  yield* jobParameters(dcl);
  yield* service(p, '$RUNDWN', { acmode: USER });
  if (!dcl.table.valid) return (yield* service(p, '$EXIT', { code: 0x2c }));
  yield* receiveContext(dcl);
  yield* attachTerminal(dcl);
  yield* service(p, '$DCLCMH', { addres: p.argument(ENTRIES.length + 1), prvhnd: 0, type: 0 });
  return 1;
});

/** Streams on the files that LOGINOUT opened. */
function* adoptFiles(dcl: Dcl): Flow<void> {
  const { ppd, prc } = dcl;
  const input = yield* dcl.outside.files.adopt(ppd.PPD$W_INPIFI, ppd.PPD$W_INPISI, ppd.PPD$L_INPDEV);
  const output = yield* dcl.outside.files.adopt(ppd.PPD$W_OUTIFI, ppd.PPD$W_OUTISI);
  prc.PRC$L_INPRAB = input.stream;
  prc.PRC$L_OUTRAB = output.stream;
  prc.PRC$L_CMDRAB = ppd.PPD$W_CMDIFI === 0 ? input.stream : (yield* dcl.outside.files.adopt(ppd.PPD$W_CMDIFI, ppd.PPD$W_CMDISI)).stream;
  prc.PRC$W_OUTIFI = ppd.PPD$W_OUTIFI;
  const idf = dcl.idf;
  idf.IDF$L_RAB = input.stream;
  idf.IDF$W_INPIFI = ppd.PPD$W_INPIFI;
  idf.IDF$V_TERMINAL = isTerminal(ppd.PPD$L_INPDEV) ? 1 : 0;
}

const JOB_PARAMETERS = 8;

/** What a job said with SET RESTART_VALUE before it was restarted. */
const RESTART_VALUE = 'BATCH$RESTART';

/** The parameters of a batch job: user mode logical names P1 to P8, which become symbols; those of a restarted job too. @source book 23.2.4 step 4; digest ch23 2.3 */
function* jobParameters(dcl: Dcl): Flow<void> {
  const p = dcl.outside.procedure;
  if ((p.memory.readLong(p.kernel.symbol('CTL$GL_CREPRC_FLAGS')) & PRC$M_BATCH) === 0) return;
  for (let number = 1; number <= JOB_PARAMETERS; number += 1) {
    const found = yield* translate(p, `P${number}`, 'LNM$PROCESS');
    dcl.assign(`P${number}`, (found.status & 1) !== 0 ? found.value : '', false);
  }
  const restart = yield* translate(p, RESTART_VALUE, 'LNM$PROCESS');
  if ((restart.status & 1) !== 0) dcl.assign(RESTART_VALUE, restart.value, true);
}

/** A channel to the terminal for CTRL/Y, when SYS$COMMAND is one. */
function* attachTerminal(dcl: Dcl): Flow<void> {
  if (!dcl.interactive && dcl.ppd.PPD$W_CMDIFI === 0) return;
  // UAF flag DISCTLY: as after SET NOCONTROL=Y, which a login procedure may take back.
  if (dcl.ppd.PPD$V_NOCTLY !== 0) dcl.prc.PRC$W_CTRLMASK &= ~CONTROL_Y;
  const p = dcl.outside.procedure;
  yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const { value } = yield* translate(p, 'SYS$COMMAND', 'LNM$FILE_DEV');
    const device = value.startsWith('\x1b\0') ? value.slice(4) : value;
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
    if ((status & 1) !== 0) dcl.prc.PRC$W_TTCHAN = p.memory.readWord(channel);
  });
  yield* enableAttention(dcl);
}

const LOGIN_PROCEDURES = 10;

/** The login command procedures: logical names PROC0, PROC1 ... last first, since each is entered on top of the one before. */
function* loginProcedures(dcl: Dcl): Flow<string[]> {
  const specs: string[] = [];
  for (let number = 0; number < LOGIN_PROCEDURES; number += 1) {
    const found = yield* translate(dcl.outside.procedure, `PROC${number}`, 'LNM$PROCESS');
    if ((found.status & 1) !== 0 && !/^NL:$/i.test(found.value)) specs.push(found.value);
  }
  return specs.reverse();
}

/**
 * The session: login procedures, commands, logout. Returns only when LOGINOUT could not be run.
 */
export const DCL$MAIN = procedure('DCL$MAIN', function* (p): Flow<number> {
  const dcl = openSession(p);
  for (const spec of yield* loginProcedures(dcl)) {
    try {
      yield* invokeProcedure(dcl, `@${spec}`);
    } catch (error) {
      // A login procedure that is not there is passed over in silence.
      if (!(error instanceof CommandFailure)) throw error;
    }
  }
  if (dcl.ppd.PPD$V_SUBPROCESS !== 0) yield* startSpawned(dcl);
  const left = yield* commandLoop(dcl);
  dcl.ppd.PPD$L_LSTSTATUS = left.status;
  yield* logout(dcl);
  return left.status;
});

function* logout(dcl: Dcl): Flow<void> {
  try {
    yield* runImage(dcl, 'LOGINOUT', 'SYS$SYSTEM:.EXE', 0, () => storeResult(dcl.storage, undefined, dcl.prc.PRC$V_LOGOUT !== 0 ? 'LOGOUT/FULL' : 'LOGOUT'));
  } catch (error) {
    if (!(error instanceof CommandFailure || error instanceof Leave)) throw error;
  }
}

/** PRC$L_RESTARTFP: the frame of DCL$RUN_IMAGE, to which the image's end returns. */
const markFrame = inlineRoutine('DCL$MARK_FRAME', (k) => {
  // DCL's pages can be executed by anybody, so these work with the rights of the mode they are in.
  k.currentModeMemory.writeLong(WORK_AREA + PRC.offset.PRC$L_RESTARTFP, k.register(13));
});

const toFrame = inlineRoutine('DCL$TO_FRAME', (k) => {
  const memory = k.currentModeMemory;
  const frame = memory.readLong(WORK_AREA + PRC.offset.PRC$L_RESTARTFP);
  k.setRegister(0, memory.readLong(WORK_AREA + PRC.offset.PRC$L_EXITSTS));
  k.setRegister(13, frame);
});

export const DCL_ROUTINES: readonly Microroutine[] = [
  DCL$INITIALIZE, DCL$MAIN, DCL$ATTENTION, DCL$OUT_OF_BAND, DCL$CLI_REQUEST, DCL$SETMSGMASK, markFrame, toFrame,
  DCL$ATTACH_AST, DCL$TERMINATION_AST, DCL$KEYBOARD_OWNER, DCL$IMAGE_PRIVILEGES,
];
