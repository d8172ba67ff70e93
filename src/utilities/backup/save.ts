import type { Flow } from '../../executive/gate/microroutine.js';
import { JPI$_UIC, JPI$_USERNAME } from '../../executive/starlet/jpidef.js';
import { IO$_MODIFY } from '../../executive/starlet/iodef.js';
import { SYI$_NODENAME, SYI$_SID, SYI$_VERSION } from '../../executive/starlet/syidef.js';
import { readQuad, textToBytes } from '../../executive/structures/memory.js';
import { ATR$C_BAKDATE, FCH$M_DIRECTORY } from '../../filesystem/atr.js';
import { headerOf } from '../../filesystem/on-disk.js';
import { fileFunction, headerBlock, longword, quadword, withChannel, word } from '../file-functions.js';
import { findFiles, headerFields, type FoundFile } from '../file-search.js';
import { deleteFile, isFailure, reason, RmsFile, type FileFailure } from '../files.js';
import { getProcess, getSystem } from '../process-information.js';
import { BBH$K_VAX, BRH$K_FILE, BRH$K_SUMMARY, BRH$K_VBN, encodeItems, FILE, PAGE, SUMMARY, type Items } from './format.js';
import { isWanted, say, type Job } from './job.js';
import { splitSaved } from './names.js';
import { SaveSetFile } from './save-set.js';

/** Files of disks into a save set. */

/** A file that is to be saved, with its header. */
export interface DiskFile {
  readonly found: FoundFile;
  readonly header: Uint8Array;
}

/** The files that the inputs and the qualifiers mean, with those that cannot be looked at left out and told. */
export function* diskFiles(job: Job): Flow<DiskFile[]> {
  const files: DiskFile[] = [];
  for (const input of job.inputs) {
    const { files: found, failure } = yield* findFiles(job.p, input, '*.*;*');
    if (failure && found.length === 0) yield* say(job, 'OPENIN', [failure.spec], reason(failure));
    for (const file of found) {
      const header = yield* headerBlock(job.p, file);
      if (!(header instanceof Uint8Array)) {
        yield* say(job, 'OPENIN', [file.spec], reason(header));
        continue;
      }
      if (!(yield* job.selection.accepts(file, headerFields(header))) || !isWanted(job, splitSaved(file.spec))) continue;
      if (yield* job.selection.confirmed('BACKUP', file.spec)) files.push({ found: file, header });
    }
    if (found.length === 0 && !failure) yield* say(job, 'NOFILES', [input]);
  }
  return files;
}

/** `[A.B]X.TXT;1`: the name in a save set has no device. */
export const savedNameOf = ({ directory, name, type, version }: FoundFile): string => `${directory.replace(/^[^[<]*/, '').replace('<', '[').replace('>', ']')}${name}${type}${version}`;

/** What a save set has of a file beside its blocks. */
export function itemsOf({ found, header }: DiskFile): Items {
  const view = headerOf(header);
  const fields = headerFields(header);
  return new Map([
    [FILE.name, textToBytes(savedNameOf(found))], [FILE.level, word(0x0201)], [FILE.id, Uint8Array.from(found.fid.flatMap((part) => [...word(part)]))],
    [FILE.backLink, view.FH2$R_BACKLINK], [FILE.size, longword(fields.allocated)], [FILE.uic, longword(fields.owner)], [FILE.protection, word(fields.protection)], [FILE.recordProtection, word(0)],
    [FILE.characteristics, longword(fields.characteristics)], [FILE.recordAttributes, view.FH2$R_RECATTR.slice(0, 32)], [FILE.revision, word(fields.revision)],
    [FILE.created, quadword(fields.created)], [FILE.revised, quadword(fields.revised)], [FILE.expires, quadword(fields.expires)], [FILE.backup, quadword(fields.backup)],
  ]);
}

function* summary(job: Job, spec: string): Flow<Items> {
  const { p } = job;
  const { values: own } = yield* p.scratch(() => getProcess(p, p.allocate(4), { user: { code: JPI$_USERNAME, kind: 'text' }, uic: { code: JPI$_UIC, kind: 'long' } }));
  const { values: system } = yield* p.scratch(() => getSystem(p, { node: { code: SYI$_NODENAME, kind: 'text' }, version: { code: SYI$_VERSION, kind: 'text' }, cpu: { code: SYI$_SID, kind: 'long' } }));
  const file = /([^\]:]*)$/.exec(spec.replace(/;.*$/, ''))![1]!;
  const device = /^([^:[]*:)/.exec(spec)?.[1] ?? '';
  return new Map([
    [SUMMARY.saveSet, textToBytes(file)], [SUMMARY.command, textToBytes(job.command.slice(0, 250))], ...(job.comment === '' ? [] : [[SUMMARY.comment, textToBytes(job.comment)] as const]),
    [SUMMARY.user, textToBytes(own.user.trim().padEnd(12))], [SUMMARY.uic, longword(own.uic)], [SUMMARY.date, quadword(readQuad(p.memory, p.kernel.symbol('EXE$GQ_SYSTIME')))],
    [SUMMARY.system, word(BBH$K_VAX)], [SUMMARY.version, textToBytes(system.version.trim())], [SUMMARY.node, textToBytes(`_${system.node.trim()}::`)], [SUMMARY.cpu, longword(system.cpu)],
    [SUMMARY.device, textToBytes(`_${device}`)], [SUMMARY.backupVersion, textToBytes('V4.4')], [SUMMARY.blockSize, longword(job.blockSize)], [SUMMARY.groupSize, word(job.groupSize)],
    [SUMMARY.buffers, word(3)],
  ]);
}

/** The blocks of one file, in pieces, the last block whole. `take` may give back what failed. */
export function* eachBlocks(job: Job, { found, header }: DiskFile, take: (vbn: number, data: Uint8Array) => Flow<FileFailure | undefined | void>): Flow<FileFailure | undefined> {
  if (headerFields(header).used === 0) return undefined;
  const input = yield* RmsFile.open(job.p, found.spec, { blocks: true, shared: true });
  if (isFailure(input)) return input;
  let vbn = 1;
  let failed: FileFailure | undefined;
  while (!failed) {
    const read = yield* input.read();
    if (read === undefined) break;
    if (isFailure(read)) {
      failed = read;
      break;
    }
    const bytes = new Uint8Array(Math.ceil(read.length / PAGE) * PAGE);
    bytes.set(read);
    failed = (yield* take(vbn, bytes)) ?? undefined;
    vbn += bytes.length / PAGE;
  }
  yield* input.close();
  return failed;
}

/** As many blocks in a record as the block of the save set has room for. */
function* addBlocks(set: SaveSetFile, first: number, bytes: Uint8Array): Flow<FileFailure | undefined> {
  for (let at = 0; at < bytes.length;) {
    const size = Math.min(bytes.length - at, set.roomForBlocks || PAGE);
    const failed = yield* set.add({ type: BRH$K_VBN, address: first + at / PAGE, data: bytes.slice(at, at + size) });
    if (failed) return failed;
    at += size;
  }
  return undefined;
}

/** @returns the specification of the save set; a status when there is none, whose message has been written */
export function* save(job: Job): Flow<{ readonly spec: string; readonly files: readonly DiskFile[] } | number> {
  const files = yield* diskFiles(job);
  if (files.length === 0) return job.status & 1 ? yield* say(job, 'NOFILES', [job.inputs.join(',')]) : job.status;
  const name = job.output!;
  const set = yield* SaveSetFile.create(job.p, name, { name: /([^\]:;]*)(?:;.*)?$/.exec(name)![1]!, blockSize: job.blockSize, groupSize: job.groupSize, crc: job.crc }, { supersede: job.replace });
  if (isFailure(set)) return yield* say(job, 'OPENOUT', [set.spec], reason(set));
  let failed = yield* set.add({ type: BRH$K_SUMMARY, address: 0, data: encodeItems(yield* summary(job, set.spec)) });
  const saved: DiskFile[] = [];
  for (const file of files) {
    if (failed) break;
    set.beginFile(savedNameOf(file.found));
    failed = yield* set.add({ type: BRH$K_FILE, address: 0, data: encodeItems(itemsOf(file)) });
    if (failed) break;
    const unread = yield* job.p.scratch(() => eachBlocks(job, file, (vbn, data) => addBlocks(set, vbn, data)));
    if (unread) yield* say(job, 'READERR', [file.found.spec], reason(unread));
    else {
      saved.push(file);
      if (job.log) yield* say(job, 'COPIED', [file.found.spec]);
    }
  }
  const closed = yield* set.close();
  if (failed ?? closed) return yield* say(job, 'WRITEERR', [set.spec], reason((failed ?? closed)!));
  return { spec: set.spec, files: saved };
}

const isDirectory = ({ header }: DiskFile): boolean => (headerFields(header).characteristics & FCH$M_DIRECTORY) !== 0;

/** /RECORD: the date of the backup into the headers; /DELETE: the files away. */
export function* afterwards(job: Job, files: readonly DiskFile[]): Flow<void> {
  const now = readQuad(job.p.memory, job.p.kernel.symbol('EXE$GQ_SYSTIME'));
  for (const file of files) {
    const { found } = file;
    if (job.record) {
      const done = yield* withChannel(job.p, found, (chan) => job.p.scratch(function* (): Flow<FileFailure | undefined> {
        const { status } = yield* fileFunction(job.p, chan, found, { func: IO$_MODIFY, attributes: [{ code: ATR$C_BAKDATE, bytes: quadword(now) }] });
        return status & 1 ? undefined : { spec: found.spec, status, stv: 0 };
      }));
      if (done) yield* say(job, 'WRITEATTR', [found.spec], reason(done));
    }
    if (!job.deletes || isDirectory(file)) continue;
    const status = yield* deleteFile(job.p, found.spec);
    if (!(status & 1)) yield* say(job, 'DELETE', [found.spec], { code: status });
    else if (job.log) yield* say(job, 'DELETED', [found.spec]);
  }
}
