import type { Flow } from '../../executive/gate/microroutine.js';
import { asciiTime } from '../../executive/information/time.js';
import { ArrayMemory } from '../../executive/structures/memory.js';
import { endOfFileBlock, FAT } from '../../filesystem/atr.js';
import { valueText } from '../authorize/identifiers.js';
import type { Output } from '../output.js';
import { FILE, numberOf, SUMMARY, textOf, timeOf, type Items } from './format.js';
import type { Job } from './job.js';
import { visitSaveSet, type SavedFileVisitor } from './restore.js';
import type { SavedFile } from './save-set.js';

/** /LIST: what a save set is, and the files in it. @source layout as public readers of save sets reproduce it (vmsbackup) */
export function summaryLines(items: Items): string[] {
  return [
    'Listing of save set(s)', '', `Save set:          ${textOf(items, SUMMARY.saveSet)}`, `Written by:        ${textOf(items, SUMMARY.user)}`, `UIC:               ${valueText(numberOf(items, SUMMARY.uic))}`,
    `Date:              ${asciiTime(timeOf(items, SUMMARY.date)) ?? ''}`, `Command:           ${textOf(items, SUMMARY.command)}`, `Operating system:  VAX/VMS version ${textOf(items, SUMMARY.version)}`,
    `BACKUP version:    ${textOf(items, SUMMARY.backupVersion)}`, `CPU ID register:   ${numberOf(items, SUMMARY.cpu).toString(16).toUpperCase().padStart(8, '0')}`,
    `Node name:         ${textOf(items, SUMMARY.node)}`, `Written on:        ${textOf(items, SUMMARY.device)}`, `Block size:        ${numberOf(items, SUMMARY.blockSize)}`,
    ...(numberOf(items, SUMMARY.groupSize) > 0 ? [`Group size:        ${numberOf(items, SUMMARY.groupSize)}`] : []), `Buffer count:      ${numberOf(items, SUMMARY.buffers)}`,
    ...(textOf(items, SUMMARY.comment) === '' ? [] : [`Comment:           ${textOf(items, SUMMARY.comment)}`]), '',
  ];
}

const minutes = (time: bigint): string => (time === 0n ? '<None specified>' : (asciiTime(time) ?? '').slice(0, 17));

function blocksOf(items: Items): { readonly used: number; readonly allocated: number } {
  const fat = FAT.at(new ArrayMemory((items.get(FILE.recordAttributes) ?? new Uint8Array(FAT.size)).slice()), 0);
  return { used: fat.FAT$W_FFBYTE === 0 ? Math.max(0, endOfFileBlock(fat) - 1) : endOfFileBlock(fat), allocated: numberOf(items, FILE.size) };
}

class Lister implements SavedFileVisitor {
  private files = 0;
  private total = 0;

  constructor(private readonly job: Job, private readonly output: Output) {}

  *summary(items: Items): Flow<void> {
    for (const line of summaryLines(items)) yield* this.output.line(line);
  }

  *begin({ items, name }: SavedFile): Flow<boolean> {
    const { used, allocated } = blocksOf(items);
    this.files += 1;
    this.total += used;
    if (!this.job.full) yield* this.output.line(`${name.padEnd(52)} ${String(used).padStart(8)}  ${minutes(timeOf(items, FILE.created))}`);
    else {
      const id = items.get(FILE.id) ?? new Uint8Array(6);
      const part = (at: number): number => id[at]! | (id[at + 1]! << 8);
      for (const line of [
        `${name.slice(0, 30).padEnd(30)} File ID:  (${part(0)},${part(2)},${part(4)})`, `  Size:       ${`${used}/${allocated}`.padEnd(13)}    Owner:    ${valueText(numberOf(items, FILE.uic))}`,
        `  Created:   ${minutes(timeOf(items, FILE.created))}    Revised:  ${minutes(timeOf(items, FILE.revised))} (${numberOf(items, FILE.revision)})`,
        `  Expires:   ${minutes(timeOf(items, FILE.expires))}    Backup:   ${minutes(timeOf(items, FILE.backup))}`,
      ]) yield* this.output.line(line);
    }
    return false;
  }

   
  *blocks(): Flow<void> { /* none are wanted */ }
   
  *end(): Flow<void> { /* begin says all */ }

  *finish(): Flow<void> {
    for (const line of ['', `Total of ${this.files} file${this.files === 1 ? '' : 's'}, ${this.total} block${this.total === 1 ? '' : 's'}`, 'End of save set']) yield* this.output.line(line);
  }
}

export function* list(job: Job, saveSet: string): Flow<void> {
  const lister = new Lister(job, job.list!);
  if (yield* visitSaveSet(job, saveSet, lister)) yield* lister.finish();
}
