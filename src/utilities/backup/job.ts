import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../../dcl/cli-client.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { readCounted } from '../../executive/structures/memory.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { messageCode, report, type Message } from '../messages.js';
import type { Output } from '../output.js';
import { selection, type Selection } from '../selection.js';
import { LEAST_BLOCK, MOST_BLOCK } from './format.js';
import { isMeant, type SavedName } from './names.js';

/** What a BACKUP command asks for. */
export interface Job {
  readonly p: Procedure;
  readonly inputs: readonly string[];
  readonly inputIsSaveSet: boolean;
  readonly output: string | undefined;
  readonly outputIsSaveSet: boolean;
  readonly log: boolean;
  readonly verify: boolean;
  readonly compare: boolean;
  readonly deletes: boolean;
  readonly record: boolean;
  readonly full: boolean;
  /** Lines of /LIST. */
  readonly list: Output | undefined;
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** /BEFORE, /SINCE, /BY_OWNER, /CONFIRM of files on disks. */
  readonly selection: Selection;
  readonly blockSize: number;
  readonly groupSize: number;
  readonly crc: boolean;
  readonly comment: string;
  readonly replace: boolean;
  readonly newVersion: boolean;
  /** Owner of restored files: that of the process, that of the saved file, or a UIC. */
  readonly owner: 'default' | 'original' | number;
  readonly command: string;
  /** Directory without brackets that is the default. */
  readonly here: string;
  /** Status of the worst that happened. */
  status: number;
}

/** A message of BACKUP's, and its reasons; what is wrong becomes the status of the job. */
export function* say(job: Job, symbol: string, args: readonly (string | number)[] = [], ...reasons: readonly Message[]): Flow<number> {
  const status = yield* report(job.p, { code: messageCode(`BACKUP$_${symbol}`), args }, ...reasons);
  if (!(status & 1)) job.status = status;
  return status;
}

export const isWanted = (job: Job, saved: SavedName): boolean =>
  (job.select.length === 0 || job.select.some((spec) => isMeant(spec, saved))) && !job.exclude.some((spec) => isMeant(spec, saved));

/** Reads the command. A status: something is wrong with it, whose message has been written. */
export function* readJob(p: Procedure, list: Output | undefined): Flow<Job | number> {
  const inputs: string[] = [];
  let inputIsSaveSet = false;
  for (let value = yield* cliGetValue(p, 'INPUT'); value !== undefined; value = yield* cliGetValue(p, 'INPUT')) {
    inputs.push(value.toUpperCase());
    if (yield* cliIsPresent(p, 'SAVE_SET')) inputIsSaveSet = true;
  }
  const output = (yield* cliGetValue(p, 'OUTPUT'))?.toUpperCase();
  const outputIsSaveSet = output !== undefined && (yield* cliIsPresent(p, 'SAVE_SET'));
  const number = function* (name: string, otherwise: number): Flow<number> { return Number((yield* cliGetValue(p, name)) ?? otherwise); };
  const is = (name: string): Flow<boolean> => cliIsPresent(p, name);
  const chosen = yield* selection(p);
  if (typeof chosen === 'number') return chosen;
  const owner = yield* cliGetValue(p, 'OWNER_UIC');
  const asked = yield* number('BLOCK_SIZE', 32256);
  const group = yield* number('GROUP_SIZE', 10);
  return {
    p, inputs, inputIsSaveSet, output, outputIsSaveSet, list, log: yield* is('LOG'), verify: yield* is('VERIFY'), compare: yield* is('COMPARE'), deletes: yield* is('DELETE'), record: yield* is('RECORD'),
    full: yield* is('FULL'), select: (yield* cliGetValues(p, 'SELECT')).map((spec) => spec.toUpperCase()), exclude: (yield* cliGetValues(p, 'EXCLUDE')).map((spec) => spec.toUpperCase()), selection: chosen,
    blockSize: Math.max(LEAST_BLOCK, Math.min(MOST_BLOCK, Math.ceil(asked / 512) * 512)), groupSize: (yield* cliIsNegated(p, 'GROUP_SIZE')) ? 0 : Math.max(0, Math.min(100, group)),
    crc: !(yield* cliIsNegated(p, 'CRC')), comment: (yield* cliGetValue(p, 'COMMENT')) ?? '', replace: (yield* is('REPLACE')) || (yield* is('OVERLAY')), newVersion: yield* is('NEW_VERSION'),
    owner: (yield* is('OWNER_UIC')) && (owner === undefined || 'ORIGINAL'.startsWith(owner)) ? 'original' : 'default',
    command: (yield* cliGetValue(p, '$LINE')) ?? '', here: readCounted(p.memory, PIO_BASE + PIO_CELLS.offset.PIO$GT_DDSTRING).replace(/^[[<]|[\]>]$/g, ''), status: 1,
  };
}
