import { callRoutine, procedure } from '../executive/gate/microroutine.js';
import { LNM$_STRING } from '../executive/starlet/lnmdef.js';
import { service } from '../executive/gate/service-call.js';
import { PR$_SSP } from '../executive/starlet/prdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { readText } from '../executive/structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE, MMG$IMGHDRBUF } from '../executive/structures/p1-cells.js';
import { PPD, PPD_ADDRESS } from '../dcl/index.js';
import { closePermanent, openPermanent, type OpenedFile } from './inner.js';

/** The parts of LOGINOUT for batch jobs that run in executive and kernel mode. */

/**
 * Bits of argument 7: the procedure is deleted when it is closed; only the input is opened, after the one before was closed; a job of a
 * queue; one that begins again; its commands are shown; nobody sees what SYS$COMMAND is asked.
 */
export const DELETE_INPUT = 1;
export const NEXT_INPUT = 2;
export const QUEUED_JOB = 4;
export const RESTARTED_JOB = 8;
export const VERIFIED_JOB = 16;
export const UNSEEN_COMMAND = 32;
/** Executive mode name in the process table that keeps the whole name of the log file. choice: a name of our own. */
export const LOG_NAME = 'LOGIN$BATCH_LOG';
const SUPERVISOR = 2;

/**
 * Executive mode: opens log and procedure of a batch job as process permanent files. The log comes first, so that it tells what is wrong with
 * the procedure. Arguments: length and address of the input's name, of the log's, of what the log's name leaves out; flags;
 * length and address of the name of SYS$COMMAND, when that is not the procedure.
 */
export const batchFiles = procedure('LOGIN$BATCH_FILES', function* (p) {
  const ppd = PPD.at(p.memory, PPD_ADDRESS);
  const flags = p.argument(7);
  const text = (length: number, address: number): string => readText(p.memory, p.argument(address), p.argument(length));
  if (flags & NEXT_INPUT) {
    yield* closePermanent(p, ppd.PPD$W_INPIFI);
    ppd.PPD$W_INPIFI = 0;
    if (p.argument(1) === 0) return SS$_NORMAL;
    ppd.PPD$L_LSTSTATUS = 0;
  } else {
    ppd.PPD$W_SIZE = PPD.size;
    ppd.PPD$V_QUEUED = flags & QUEUED_JOB ? 1 : 0;
    ppd.PPD$V_VERIFY = flags & VERIFIED_JOB ? 1 : 0;
    ppd.PPD$V_UNSEEN = flags & UNSEEN_COMMAND ? 1 : 0;
    ppd.PPD$V_RESTART = flags & RESTARTED_JOB ? 1 : 0;
    const output = yield* openPermanent(p, p.argument(4), p.argument(3), 'output', text(5, 6));
    if (!(output.status & 1)) return output.status;
    ppd.PPD$W_OUTIFI = output.ifi;
    ppd.PPD$W_OUTISI = output.isi;
    ppd.PPD$L_OUTDEV = output.device;
    const string = p.string(output.spec || text(3, 4));
    yield* service(p, '$CRELNM', {
      tabnam: p.string('LNM$PROCESS'), lognam: p.string(LOG_NAME), acmode: p.bytes(Uint8Array.of(1)),
      itmlst: p.itemList([{ code: LNM$_STRING, length: p.memory.readWord(string), buffer: p.memory.readLong(string + 4) }]),
    });
  }
  const input: OpenedFile = yield* openPermanent(p, p.argument(2), p.argument(1), 'input', '.COM', (flags & DELETE_INPUT) !== 0);
  if (!(input.status & 1)) return input.status;
  ppd.PPD$W_INPIFI = input.ifi;
  ppd.PPD$W_INPISI = input.isi;
  ppd.PPD$L_INPDEV = input.device;
  if (p.argument(8) === 0) return SS$_NORMAL;
  const command = yield* openPermanent(p, p.argument(9), p.argument(8), 'input');
  ppd.PPD$W_CMDIFI = command.ifi;
  ppd.PPD$W_CMDISI = command.isi;
  return command.status;
});

/**
 * Kernel mode, called from LOGIN$REENTER: the CLI's stack is empty again, its exit handlers forgotten. Its transfer address is left in the
 * image header buffer.
 */
export const restartCli = callRoutine('LOGIN$RESTART_CLI', (k) => {
  const image = k.readLong(CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLIMAGE);
  const stack = k.readLong(k.symbol('CTL$AL_STACK') + 4 * SUPERVISOR);
  k.p1.CTL$GL_THSUPR = 0;
  k.cpu.writePR(PR$_SSP, stack);
  k.writeLong(MMG$IMGHDRBUF, (image + k.readLong(image)) >>> 0);
  return SS$_NORMAL;
});
