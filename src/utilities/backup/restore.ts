import type { Flow } from '../../executive/gate/microroutine.js';
import { IO$_MODIFY } from '../../executive/starlet/iodef.js';
import { ArrayMemory } from '../../executive/structures/memory.js';
import {
  ATR$C_BAKDATE, ATR$C_CREDATE, ATR$C_EXPDATE, ATR$C_FPRO, ATR$C_RECATTR, ATR$C_REVDATE, ATR$C_UIC, endOfFileBlock, FAT, FCH$M_DIRECTORY, setHighestBlock,
} from '../../filesystem/atr.js';
import { createDirectory } from '../create-directory.js';
import { fileFunction, headerBlock, withChannel } from '../file-functions.js';
import { findFiles, type FoundFile } from '../file-search.js';
import { isFailure, reason, RmsFile, type CreateOptions, type FileFailure } from '../files.js';
import { recordAttributesOf } from '../../filesystem/files.js';
import { FILE, numberOf, PAGE, type BlockFault, type Items } from './format.js';
import { isWanted, say, type Job } from './job.js';
import { baseOf, outputSpec, splitSaved, targetOf } from './names.js';
import { SaveSetReader, type SavedFile, type SaveSetEvent } from './save-set.js';

/** Files of a save set onto a disk, or compared with those of a disk. */

/** What reads a save set is told: each file, its blocks, and when it is whole. */
export interface SavedFileVisitor {
  summary?(items: Items): Flow<void>;
  /** False: the blocks of the file are not wanted. */
  begin(file: SavedFile): Flow<boolean>;
  blocks(vbn: number, data: Uint8Array): Flow<void>;
  end(): Flow<void>;
}

/** One file, from its record to the next that is none of its blocks, which is given back. */
function* visitFile(job: Job, reader: SaveSetReader, file: SavedFile, visitor: SavedFileVisitor): Flow<SaveSetEvent | FileFailure> {
  // What the file's own file needs of the stack goes with it.
  return yield* job.p.scratch(function* (): Flow<SaveSetEvent | FileFailure> {
    const isWantedFile = isWanted(job, splitSaved(file.name)) && (yield* visitor.begin(file));
    for (;;) {
      const event = yield* reader.next();
      if (!isFailure(event) && event.kind === 'blocks') {
        if (isWantedFile) yield* visitor.blocks(event.vbn, event.data);
      } else if (!isFailure(event) && event.kind === 'fault') yield* sayFault(job, event.fault);
      else {
        if (isWantedFile) yield* visitor.end();
        return event;
      }
    }
  });
}

function* sayFault(job: Job, fault: BlockFault): Flow<void> {
  yield* say(job, fault === 'crc' ? 'BLOCKCRC' : 'INVBLKHDR');
}

/** Reads a save set from its beginning to its end. @returns false when it is none */
export function* visitSaveSet(job: Job, spec: string, visitor: SavedFileVisitor): Flow<boolean> {
  return yield* job.p.scratch(function* (): Flow<boolean> {
    const reader = yield* SaveSetReader.open(job.p, spec);
    if (isFailure(reader)) {
      yield* say(job, 'OPENIN', [reader.spec], reason(reader));
      return false;
    }
    const isSaveSet = yield* reader.isSaveSet();
    if (!isSaveSet) yield* say(job, 'NOTSAVESET', [reader.spec]);
    for (let event: SaveSetEvent | FileFailure = isSaveSet ? yield* reader.next() : { kind: 'end' }; ;) {
      if (isFailure(event)) {
        yield* say(job, 'READERR', [reader.spec], reason(event));
        break;
      }
      if (event.kind === 'end') break;
      if (event.kind === 'file') {
        event = yield* visitFile(job, reader, event.file, visitor);
        continue;
      }
      if (event.kind === 'fault') yield* sayFault(job, event.fault);
      else if (event.kind === 'summary' && visitor.summary) yield* visitor.summary(event.items);
      event = yield* reader.next();
    }
    yield* reader.close();
    return isSaveSet;
  });
}

const attributesOf = (items: Items): ReturnType<typeof FAT.at> => FAT.at(new ArrayMemory((items.get(FILE.recordAttributes) ?? new Uint8Array(FAT.size)).slice()), 0);

/** How the file is to be made. Of another organization than sequential it becomes by its attributes, when its blocks are there. */
function shapeOf(items: Items): CreateOptions {
  const fat = attributesOf(items);
  return {
    blocks: true, format: fat.FAT$V_RTYPE, attributes: fat.FAT$B_RATTRIB, recordSize: fat.FAT$W_MAXREC, controlSize: fat.FAT$B_VFCSIZE,
    allocation: Math.max(0, endOfFileBlock(fat)), extension: fat.FAT$W_DEFEXT,
  };
}

function* located(job: Job, spec: string): Flow<FoundFile | undefined> {
  return (yield* findFiles(job.p, spec, '')).files[0];
}

/** Attributes that RMS does not set: end of file, dates, protection, owner. */
function* restoreAttributes(job: Job, spec: string, items: Items): Flow<FileFailure | undefined> {
  const file = yield* located(job, spec);
  if (!file) return undefined;
  const now = yield* headerBlock(job.p, file);
  if (!(now instanceof Uint8Array)) return now;
  const fat = (items.get(FILE.recordAttributes) ?? new Uint8Array(FAT.size)).slice();
  // How much is allocated is the new file's own affair.
  const present = recordAttributesOf(now);
  setHighestBlock(FAT.at(new ArrayMemory(fat), 0), present.FAT$W_HIBLKH * 0x10000 + present.FAT$W_HIBLKL);
  const owner = job.owner === 'original' ? items.get(FILE.uic) : undefined;
  const attributes = [
    [ATR$C_RECATTR, fat], [ATR$C_CREDATE, items.get(FILE.created)], [ATR$C_REVDATE, items.get(FILE.revised)], [ATR$C_EXPDATE, items.get(FILE.expires)], [ATR$C_BAKDATE, items.get(FILE.backup)],
    [ATR$C_FPRO, items.get(FILE.protection)], [ATR$C_UIC, owner],
  ].flatMap(([code, bytes]) => (bytes instanceof Uint8Array ? [{ code: code as number, bytes }] : []));
  const failed = yield* withChannel(job.p, file, (chan) => job.p.scratch(function* (): Flow<FileFailure | undefined> {
    const { status } = yield* fileFunction(job.p, chan, file, { func: IO$_MODIFY, attributes });
    return status & 1 ? undefined : { spec, status, stv: 0 };
  }));
  return failed;
}

/** Restores files one after the other. */
export class Restorer implements SavedFileVisitor {
  private file: RmsFile | undefined;
  private items: Items = new Map();
  private next = 1;
  files = 0;

  constructor(private readonly job: Job, private readonly base: string | undefined) {}

  *begin({ items, name }: SavedFile): Flow<boolean> {
    const { job } = this;
    const spec = outputSpec(targetOf(job.output!), splitSaved(name), this.base, job.here);
    if ((numberOf(items, FILE.characteristics) & FCH$M_DIRECTORY) !== 0) {
      yield* this.directory(spec.replace(/\]([^.;]*)\.DIR;.*$/, (_all, last: string) => (spec.includes('[000000]') ? `${last}]` : `.${last}]`)).replace('[000000', '['));
      return false;
    }
    const wanted = job.newVersion ? spec.replace(/;.*$/, '') : spec;
    let file = yield* RmsFile.create(job.p, wanted, { ...shapeOf(items), supersede: job.replace });
    if (isFailure(file)) {
      yield* this.directory(spec.replace(/\].*$/, ']'));
      file = yield* RmsFile.create(job.p, wanted, { ...shapeOf(items), supersede: job.replace });
    }
    if (isFailure(file)) {
      yield* say(job, 'OPENOUT', [file.spec], reason(file));
      return false;
    }
    this.file = file;
    this.items = items;
    this.next = 1;
    return true;
  }

  /** Makes a directory that is not there. What goes wrong shows when the file is made. */
  private *directory(spec: string): Flow<void> {
    const made = yield* this.job.p.scratch(() => createDirectory(this.job.p, spec, { owner: undefined, protection: undefined, versionLimit: 0 }));
    if (!('stv' in made) && !made.existed) yield* say(this.job, 'CREDIR', [made.spec]);
  }

  *blocks(vbn: number, data: Uint8Array): Flow<void> {
    // Blocks that were not saved are zero.
    if (vbn > this.next) yield* this.write(new Uint8Array((vbn - this.next) * PAGE));
    yield* this.write(data);
    this.next = vbn + data.length / PAGE;
  }

  private *write(data: Uint8Array): Flow<void> {
    const failed = yield* this.file!.write(data);
    if (failed) yield* say(this.job, 'WRITEERR', [failed.spec], reason(failed));
  }

  *end(): Flow<void> {
    const { job } = this;
    const { spec } = this.file!;
    const failed = (yield* this.file!.close()) ?? (yield* job.p.scratch(() => restoreAttributes(job, spec, this.items)));
    if (failed) yield* say(job, 'WRITEATTR', [spec], reason(failed));
    this.files += 1;
    if (job.log) yield* say(job, 'CREATED', [spec]);
  }
}

/** The directory of which a tree is restored: /SELECT's. */
const selectedBase = (job: Job): string | undefined => job.select.map(baseOf).find((base) => base !== undefined);

export function* restore(job: Job, saveSet: string): Flow<void> {
  const restorer = new Restorer(job, selectedBase(job));
  if ((yield* visitSaveSet(job, saveSet, restorer)) && restorer.files === 0 && job.status & 1) yield* say(job, 'NOFILES', [saveSet]);
}

/** Compares the files of a save set with those of a disk. */
class Comparer implements SavedFileVisitor {
  private file: RmsFile | undefined;
  private left: Uint8Array = new Uint8Array(0);
  private differs = false;
  private at = 1;

  constructor(private readonly job: Job, private readonly specOf: (name: string) => string) {}

  *begin({ items, name }: SavedFile): Flow<boolean> {
    if ((numberOf(items, FILE.characteristics) & FCH$M_DIRECTORY) !== 0) return false;
    const file = yield* RmsFile.open(this.job.p, this.specOf(name), { blocks: true, shared: true });
    if (isFailure(file)) {
      yield* say(this.job, 'OPENIN', [file.spec], reason(file));
      return false;
    }
    [this.file, this.left, this.differs, this.at] = [file, new Uint8Array(0), false, 1];
    return true;
  }

  *blocks(vbn: number, data: Uint8Array): Flow<void> {
    while (this.left.length < data.length) {
      const more = yield* this.file!.read();
      if (more === undefined || isFailure(more)) break;
      const joined = new Uint8Array(Math.ceil((this.left.length + more.length) / PAGE) * PAGE);
      joined.set(this.left);
      joined.set(more, this.left.length);
      this.left = joined;
    }
    const mine = this.left.slice(0, data.length);
    this.left = this.left.slice(data.length);
    const wrong = data.findIndex((byte, index) => byte !== mine[index]);
    if ((wrong >= 0 || vbn !== this.at) && !this.differs) {
      this.differs = true;
      yield* say(this.job, 'VERIFYERR', [vbn + Math.max(0, Math.floor(wrong / PAGE)), this.file!.spec]);
    }
    this.at = vbn + data.length / PAGE;
  }

  *end(): Flow<void> {
    const { spec } = this.file!;
    yield* this.file!.close();
    if (this.job.log && !this.differs) yield* say(this.job, 'COMPARED', [spec]);
  }
}

/** /COMPARE, and the second pass of /VERIFY. @param specOf  the file that a saved name is compared with */
export function* compare(job: Job, saveSet: string, specOf: (name: string) => string): Flow<void> {
  yield* visitSaveSet(job, saveSet, new Comparer(job, specOf));
}

/** Names of the files that a restore made, for its verification. */
export const restoredSpec = (job: Job) => (name: string): string => outputSpec(targetOf(job.output!), splitSaved(name), selectedBase(job), job.here);
