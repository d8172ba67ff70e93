import { readCounted, type Memory } from '../../executive/structures/memory.js';
import { structure } from '../../executive/structures/structure.js';

/**
 * What the job controller tells LOGINOUT of a batch job: the buffer of SJC$_BATCH_OUTPUT. Counted texts follow. choice: the layout is ours.
 */
export const BJI = structure('BJI', 732, {
  0x000: ['BJI$T_USERNAME', 12, 'blank filled'],
  0x00c: ['BJI$L_ENTRY', 'entry number'],
  0x010: ['BJI$L_STEP', 'number of the file, from 0'],
  0x014: ['BJI$L_JOBFLAGS', 'QUI$M_JOB_LOG_SPOOL ...'],
  0x018: ['BJI$L_FILEFLAGS', 'QUI$M_FILE_DELETE ...'],
  0x01c: ['BJI$L_PRIORITY', 'base priority'],
  0x020: ['BJI$L_CPULIMIT', '10 ms; 0: none'],
  0x024: ['BJI$L_WSDEFAULT', 'pages; 0: none is given'],
  0x028: ['BJI$L_WSQUOTA', ''],
  0x02c: ['BJI$L_WSEXTENT', ''],
  0x030: ['BJI$L_RESTARTS', '1: it has run before'],
  0x034: ['BJI$L_QUEUED', '1: a job of a queue; 0: a procedure run from the host, without log'],
  0x038: ['BJI$L_SWAP', '0: the process is not to be swapped'],
  0x03c: ['BJI$T_JOBNAME', 40, 'counted'],
  0x064: ['BJI$T_QUEUE', 32, 'counted'],
  0x084: ['BJI$T_LOG', 256, 'log file, counted'],
  0x184: ['BJI$T_LOGQUEUE', 32, 'counted'],
  0x1a4: ['BJI$T_CLI', 32, 'counted'],
  0x1c4: ['BJI$T_DIRECTORY', 256, 'default device and directory, if not that of the user, counted'],
  0x2c4: ['BJI$T_COMMAND', 16, 'device of SYS$COMMAND, counted; empty: that of SYS$INPUT'],
  0x2d4: ['BJI$L_VERIFY', '1: the procedure is verified'],
  0x2d8: ['BJI$L_UNSEEN', '1: nobody sees what SYS$COMMAND is asked'],
});

export interface BatchDescription {
  readonly userName: string;
  readonly entry: number;
  readonly step: number;
  readonly jobFlags: number;
  readonly fileFlags: number;
  readonly priority: number;
  readonly cpuLimit: number;
  readonly wsDefault: number;
  readonly wsQuota: number;
  readonly wsExtent: number;
  readonly restarts: boolean;
  readonly jobName: string;
  readonly queueName: string;
  readonly log: string;
  readonly logQueue: string;
  readonly cli: string;
  readonly directory: string;
  readonly isQueued: boolean;
  readonly hasSwap: boolean;
  readonly command: string;
  readonly verifies: boolean;
  readonly isUnseen: boolean;
}

/** P1 to P8 and the restart value. */
const TEXTS = 9;
/** Bytes of the logical names that may come behind them. */
export const NAMES_ROOM = 4096;
/** Longest it can be. */
export const BJI_ROOM = BJI.size + TEXTS * 256 + NAMES_ROOM;

/** The texts behind it: P1 to P8, the restart value, and logical names as NAME=VALUE[,...]; an empty one is the end. */
export function textsBehind(memory: Memory, address: number): { readonly texts: readonly string[]; readonly names: readonly string[] } {
  const all: string[] = [];
  let at = address + BJI.size;
  do {
    all.push(readCounted(memory, at));
    at += 1 + all.at(-1)!.length;
  } while (all.length <= TEXTS || all.at(-1) !== '');
  return { texts: all.slice(0, TEXTS), names: all.slice(TEXTS, -1) };
}
