import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$C_FIX, FAB$M_BIO, FAB$M_GET, FAB$M_PUT } from '../../executive/starlet/fabdef.js';
import { JBC$_NOQUESPACE, JBC$_OPENERR, JBC$_QUEFILBAD } from '../../executive/starlet/jbcmsgdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../../executive/starlet/rabdef.js';
import { RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { bytesToText, readCounted, textToBytes, writeCounted } from '../../executive/structures/memory.js';
import { JobControlError } from './error.js';
import {
  REC, REC$K_CHARACTERISTIC, REC$K_FILE, REC$K_FORM, REC$K_FREE, REC$K_HEADER, REC$K_JOB, REC$K_QUEUE, REC$K_TEXT, RECORD_SIZE, SQC, SFM, SJH, SMQ, SQH, SQH$K_MAGIC,
  SQH$K_VERSION, SQR, STX, type Job, type Queue,
} from './records.js';

/** Blocks read or written at once, pages of memory taken at once. */
const TRANSFER = 32;
const GROWTH = 64;
const MOST_RECORDS = 2048;
export const QUEUE_FILE = 'SYS$SYSTEM:JBCSYSQUE.DAT';

/**
 * The queue file: its blocks in JOB_CONTROL's memory, record n at `base + 512 (n - 1)`, and on disk. What a request has changed is
 * written when it is done (`flush`).
 *
 * Usual sequence: open; then for each message change records through views, `touch` them, `flush`.
 */
export class QueueFile {
  private base = 0;
  private pages = 0;
  /** Last record on disk, and the last one that the file's attributes know of. */
  private written = 0;
  private recorded = 0;
  private readonly changed = new Set<number>();

  private constructor(readonly p: Procedure, private readonly fab: ReturnType<typeof FAB.at>, private readonly rab: ReturnType<typeof RAB.at>) {}

  /** Blocks for RMS, in the caller's stack: call it outside p.scratch. */
  static make(p: Procedure): QueueFile {
    return new QueueFile(p, FAB.at(p.memory, p.allocate(FAB$C_BLN)), RAB.at(p.memory, p.allocate(RAB$C_BLN)));
  }

  get isOpen(): boolean { return this.rab.RAB$W_ISI !== 0; }

  get header(): ReturnType<typeof SQH.at> { return SQH.at(this.p.memory, this.address(1)); }

  address(record: number): number { return this.base + (record - 1) * RECORD_SIZE; }

  numberOf(view: { readonly address: number }): number { return (view.address - this.base) / RECORD_SIZE + 1; }

  queue(record: number): Queue { return SMQ.at(this.p.memory, this.address(record)); }
  job(record: number): Job { return SJH.at(this.p.memory, this.address(record)); }
  file(record: number): ReturnType<typeof SQR.at> { return SQR.at(this.p.memory, this.address(record)); }
  form(record: number): ReturnType<typeof SFM.at> { return SFM.at(this.p.memory, this.address(record)); }
  characteristic(record: number): ReturnType<typeof SQC.at> { return SQC.at(this.p.memory, this.address(record)); }

  /** A record has changed. */
  touch(view: { readonly address: number }): void { this.changed.add(this.numberOf(view)); }

  text(view: { readonly address: number }, offset: number): string { return readCounted(this.p.memory, view.address + offset); }

  setText(view: { readonly address: number }, offset: number, size: number, text: string): void {
    writeCounted(this.p.memory, view.address + offset, text, size);
    this.touch(view);
  }

  /**
   * Opens the file, or makes it: anew when asked to, or when there is none.
   * @returns SS$_NORMAL; JBC$_OPENERR, JBC$_QUEFILBAD
   */
  *open(anew: boolean): Flow<number> {
    return yield* this.p.scratch(() => this.openOrMake(anew));
  }

  private *openOrMake(anew: boolean): Flow<number> {
    const { p, fab, rab } = this;
    const name = p.bytes(textToBytes(QUEUE_FILE));
    this.prepare(name);
    let made = anew;
    let status = made ? RMS$_FNF : yield* service(p, '$OPEN', { fab: fab.address });
    if (status === RMS$_FNF) {
      made = true;
      this.prepare(name);
      fab.FAB$B_RFM = FAB$C_FIX;
      fab.FAB$W_MRS = RECORD_SIZE;
      fab.FAB$L_ALQ = GROWTH;
      status = yield* service(p, '$CREATE', { fab: fab.address });
    }
    if (!(status & 1)) return JBC$_OPENERR;
    p.memory.writeBytes(rab.address, new Uint8Array(RAB$C_BLN));
    rab.RAB$B_BID = RAB$C_BID;
    rab.RAB$B_BLN = RAB$C_BLN;
    rab.RAB$L_FAB = fab.address;
    status = yield* service(p, '$CONNECT', { rab: rab.address });
    if (status & 1) status = made ? yield* this.begin() : yield* this.read();
    if (status & 1) return SS$_NORMAL;
    yield* this.close();
    return status === JBC$_QUEFILBAD || status === JBC$_NOQUESPACE ? status : JBC$_OPENERR;
  }

  private prepare(name: number): void {
    const { fab, p } = this;
    p.memory.writeBytes(fab.address, new Uint8Array(FAB$C_BLN));
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_FNA = name;
    fab.FAB$B_FNS = QUEUE_FILE.length;
    fab.FAB$B_FAC = FAB$M_BIO | FAB$M_GET | FAB$M_PUT;
  }

  *close(): Flow<void> {
    if (!this.isOpen) return;
    yield* service(this.p, '$CLOSE', { fab: this.fab.address });
    this.rab.RAB$W_ISI = 0;
  }

  /** An empty file. */
  private *begin(): Flow<number> {
    const status = yield* this.room(1);
    if (!(status & 1)) return status;
    this.p.memory.writeBytes(this.base, new Uint8Array(this.pages * RECORD_SIZE));
    const { header } = this;
    header.SQH$B_TYPE = REC$K_HEADER;
    header.SQH$W_VERSION = SQH$K_VERSION;
    header.SQH$L_MAGIC = SQH$K_MAGIC;
    header.SQH$L_RECORDS = 1;
    this.touch(header);
    return yield* this.flush();
  }

  private *read(): Flow<number> {
    const { p, rab } = this;
    for (let record = 1; ; record += TRANSFER) {
      const status = yield* this.room(record + TRANSFER - 1);
      if (!(status & 1)) return status;
      rab.RAB$L_BKT = record;
      rab.RAB$L_UBF = this.address(record);
      rab.RAB$W_USZ = TRANSFER * RECORD_SIZE;
      p.memory.writeBytes(this.address(record), new Uint8Array(TRANSFER * RECORD_SIZE));
      const read = yield* service(p, '$READ', { rab: rab.address });
      if (!(read & 1) || rab.RAB$W_RSZ < TRANSFER * RECORD_SIZE) {
        if (record === 1 && !(read & 1)) return JBC$_QUEFILBAD;
        break;
      }
    }
    const { header } = this;
    if (header.SQH$L_MAGIC !== SQH$K_MAGIC || header.SQH$W_VERSION !== SQH$K_VERSION || header.SQH$L_RECORDS < 1 || header.SQH$L_RECORDS > this.pages) return JBC$_QUEFILBAD;
    this.repair();
    return yield* this.flush();
  }

  /** Memory for so many records. */
  private *room(records: number): Flow<number> {
    const { p } = this;
    if (records > MOST_RECORDS) return JBC$_NOQUESPACE;
    while (this.pages < records) {
      const range = p.allocate(8);
      const status = yield* service(p, '$EXPREG', { pagcnt: GROWTH, retadr: range, region: 0 });
      if (!(status & 1)) return JBC$_NOQUESPACE;
      const at = p.memory.readLong(range);
      if (this.pages === 0) this.base = at;
      else if (at !== this.address(this.pages + 1)) return JBC$_NOQUESPACE;
      this.pages += GROWTH;
    }
    return SS$_NORMAL;
  }

  /**
   * After a crash between two writes lists may lead nowhere: each is cut where it does, jobs without files go, and what no list holds is
   * free.
   */
  private repair(): void {
    const { header } = this;
    const used = new Set<number>([1]);
    const last = header.SQH$L_RECORDS;
    const walk = (first: number, type: number, cut: (record: number) => void, visit?: (record: number) => void): void => {
      let before = 0;
      for (let record = first; record !== 0; record = this.linkOf(record)) {
        if (record > last || used.has(record) || this.p.memory.readByte(this.address(record)) !== type) {
          if (before === 0) cut(0);
          else this.setLink(before, 0);
          return;
        }
        used.add(record);
        visit?.(record);
        before = record;
      }
    };
    const visitJob = (record: number): void => {
      const job = this.job(record);
      walk(job.SJH$L_FILES, REC$K_FILE, () => { job.SJH$L_FILES = 0; this.touch(job); });
      walk(job.SJH$L_TEXTS, REC$K_TEXT, () => { job.SJH$L_TEXTS = 0; this.touch(job); });
    };
    walk(header.SQH$L_QUEUES, REC$K_QUEUE, () => { header.SQH$L_QUEUES = 0; }, (record) => {
      const queue = this.queue(record);
      walk(queue.SMQ$L_JOBS, REC$K_JOB, () => { queue.SMQ$L_JOBS = 0; this.touch(queue); }, visitJob);
    });
    walk(header.SQH$L_FORMS, REC$K_FORM, () => { header.SQH$L_FORMS = 0; });
    walk(header.SQH$L_CHARACTERISTICS, REC$K_CHARACTERISTIC, () => { header.SQH$L_CHARACTERISTICS = 0; });
    header.SQH$L_OPENJOBS = 0;
    header.SQH$L_FREE = 0;
    for (let record = last; record > 1; record -= 1) if (!used.has(record)) this.free(record);
    this.touch(header);
  }

  private linkOf(record: number): number { return REC.at(this.p.memory, this.address(record)).REC$L_LINK; }

  private setLink(record: number, to: number): void {
    const view = REC.at(this.p.memory, this.address(record));
    view.REC$L_LINK = to;
    this.touch(view);
  }

  /** A record of that type, zeroed. @throws JobControlError JBC$_NOQUESPACE */
  *allocate(type: number): Flow<number> {
    const { header } = this;
    let record = header.SQH$L_FREE;
    if (record !== 0) header.SQH$L_FREE = this.linkOf(record);
    else {
      record = header.SQH$L_RECORDS + 1;
      if (!((yield* this.room(record)) & 1)) throw new JobControlError(JBC$_NOQUESPACE);
      this.header.SQH$L_RECORDS = record;
    }
    this.touch(this.header);
    const view = REC.at(this.p.memory, this.address(record));
    const sequence = view.REC$W_SEQ;
    this.p.memory.writeBytes(view.address, new Uint8Array(RECORD_SIZE));
    view.REC$B_TYPE = type;
    view.REC$W_SEQ = sequence + 1;
    this.touch(view);
    return record;
  }

  free(record: number): void {
    const view = REC.at(this.p.memory, this.address(record));
    view.REC$B_TYPE = REC$K_FREE;
    view.REC$L_LINK = this.header.SQH$L_FREE;
    this.header.SQH$L_FREE = record;
    this.touch(view);
    this.touch(this.header);
  }

  /** Record numbers of a list. */
  list(first: number): number[] {
    const records: number[] = [];
    for (let record = first; record !== 0 && records.length < MOST_RECORDS; record = this.linkOf(record)) records.push(record);
    return records;
  }

  /** Puts `record` into a list before the first one that `isBehind` accepts. @returns the list's first record from now on */
  insert(first: number, record: number, isBehind: (other: number) => boolean): number {
    let before = 0;
    let next = first;
    for (; next !== 0 && !isBehind(next); next = this.linkOf(next)) before = next;
    this.setLink(record, next);
    if (before === 0) return record;
    this.setLink(before, record);
    return first;
  }

  /** Takes `record` out of a list. @returns the list's first record from now on */
  remove(first: number, record: number): number {
    const next = this.linkOf(record);
    this.setLink(record, 0);
    if (first === record) return next;
    const before = this.list(first).find((other) => this.linkOf(other) === record);
    if (before !== undefined) this.setLink(before, next);
    return first;
  }

  /** Texts of a job, by item code. */
  texts(job: Job): Map<number, string> {
    const found = new Map<number, string>();
    for (const record of this.list(job.SJH$L_TEXTS)) {
      const bytes = STX.at(this.p.memory, this.address(record)).STX$A_DATA;
      for (let at = 0; at + 2 <= bytes.length && bytes[at] !== 0; at += 2 + bytes[at + 1]!) found.set(bytes[at]!, bytesToText(bytes.subarray(at + 2, at + 2 + bytes[at + 1]!)));
    }
    return found;
  }

  /** Replaces the texts of a job. */
  *setTexts(job: Job, texts: ReadonlyMap<number, string>): Flow<void> {
    for (const record of this.list(job.SJH$L_TEXTS)) this.free(record);
    job.SJH$L_TEXTS = 0;
    this.touch(job);
    let data: number[] = [];
    const room = RECORD_SIZE - STX.offset.STX$A_DATA;
    const store = function* (file: QueueFile): Flow<void> {
      if (data.length === 0) return;
      const record = yield* file.allocate(REC$K_TEXT);
      file.p.memory.writeBytes(file.address(record) + STX.offset.STX$A_DATA, Uint8Array.from(data));
      job.SJH$L_TEXTS = file.insert(job.SJH$L_TEXTS, record, () => true);
      data = [];
    };
    for (const [code, text] of texts) {
      if (data.length + 2 + text.length > room) yield* store(this);
      data.push(code, text.length, ...textToBytes(text));
    }
    yield* store(this);
  }

  /** Writes what has changed: the header last, so that it never leads to a record that is not there yet. */
  *flush(): Flow<number> {
    const records = [...this.changed].sort((a, b) => a - b).filter((record) => record !== 1);
    const hasHeader = this.changed.delete(1);
    this.changed.clear();
    let status = SS$_NORMAL;
    for (let index = 0; index < records.length;) {
      let count = 1;
      while (count < TRANSFER && records[index + count] === records[index]! + count) count += 1;
      status = yield* this.write(records[index]!, count);
      if (!(status & 1)) return status;
      index += count;
    }
    if (hasHeader) status = yield* this.write(1, 1);
    if (this.written <= this.recorded) return status;
    // The header of the file must say where it ends, or a crash would lose what lies behind.
    this.recorded = this.written;
    return yield* service(this.p, '$FLUSH', { rab: this.rab.address });
  }

  private *write(record: number, count: number): Flow<number> {
    const { rab } = this;
    rab.RAB$L_BKT = record;
    rab.RAB$L_RBF = this.address(record);
    rab.RAB$W_RSZ = count * RECORD_SIZE;
    this.written = Math.max(this.written, record + count - 1);
    return yield* service(this.p, '$WRITE', { rab: rab.address });
  }
}
