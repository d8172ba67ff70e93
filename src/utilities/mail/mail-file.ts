import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { failedToOpen, KeyedFile, type KeyedFailure, type KeyedLayout } from '../../executive/information/keyed-file.js';
import { RMS$_DUP, RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { XAB$C_BN8, XAB$M_CHG, XAB$M_DUP } from '../../executive/starlet/xabdef.js';
import { ArrayMemory, bytesToText, joinBytes, readQuad, textToBytes } from '../../executive/structures/memory.js';
import { structure } from '../../executive/structures/structure.js';
import { deleteFile, isFailure, readRecords, RmsFile } from '../files.js';

/**
 * MAIL.MAI, a user's mail file: an indexed file of messages, by time of arrival and by folder. The text of a long message lies in a file of its own
 * beside it, MAIL$time.MAI. choice: the record layout is ours; that there is one indexed file with folders, and other files for long texts, is V4's.
 */
const MRH = structure('MRH', 58, {
  0x00: ['MRH$Q_TIME', 'of arrival; the key'],
  0x08: ['MRH$T_FOLDER', 40, 'blank filled; the other key'],
  0x30: ['MRH$W_FLAGS', ''],
  0x32: ['MRH$Q_SENT', 'time of sending'],
}, {}, { MRH$V_REPLIED: ['MRH$W_FLAGS', 0], MRH$V_EXTERNAL: ['MRH$W_FLAGS', 1] });

const LONGEST_RECORD = 2048;
const FOLDER_SIZE = 40;
const FOLDER_KEY = 1;
/** S:RW,O:RW,G,W */
const PROTECTION = 0xffcc;
const BY_PRIVATE: KeyedLayout = {
  keys: [{ position: 0, size: 8, type: XAB$C_BN8 }, { position: MRH.offset.MRH$T_FOLDER, size: FOLDER_SIZE, flags: XAB$M_DUP | XAB$M_CHG }], longest: LONGEST_RECORD, defaults: '.MAI',
};

export interface MailMessage {
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  readonly lines: readonly string[];
}

/** A message of a mail file. */
export interface KeptMessage extends MailMessage {
  /** Of its arrival in the file. */
  readonly time: bigint;
  readonly sent: bigint;
  readonly folder: string;
  readonly isReplied: boolean;
}

/** Where a mail file is: the device and directory, and the name. */
export interface MailPlace {
  readonly directory: string;
  readonly file: string;
  /** Who the file belongs to when it has to be made; 0 for who makes it. */
  readonly owner: number;
}

export const isFolderName = (text: string): boolean => /^[A-Z0-9$_.-]{1,39}$/.test(text);

export const failed = (answer: MailFile | KeyedFailure): answer is KeyedFailure => !(answer instanceof MailFile);

const folderKey = (folder: string): Uint8Array => textToBytes(folder.padEnd(FOLDER_SIZE));

function timeKey(time: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, time, true);
  return bytes;
}

const word = (text: string): Uint8Array => {
  const bytes = textToBytes(text);
  return joinBytes([Uint8Array.of(bytes.length & 0xff, bytes.length >>> 8), bytes]);
};

/** The texts that follow the head, each behind its length. */
function texts(record: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = MRH.size; at + 2 <= record.length;) {
    const length = record[at]! | (record[at + 1]! << 8);
    found.push(bytesToText(record.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return found;
}

/** The text of the message lies in a file of its own. */
const isExternal = (record: Uint8Array): boolean => MRH.at(new ArrayMemory(record.slice()), 0).MRH$V_EXTERNAL === 1;

export class MailFile {
  private constructor(private readonly p: Procedure, private readonly file: KeyedFile, private readonly place: MailPlace) {}

  /** @param makes  a file that is not there is made */
  static *open(p: Procedure, place: MailPlace, makes = false): Flow<MailFile | KeyedFailure> {
    const name = `${place.directory}${place.file}`;
    let file = yield* KeyedFile.open(p, name, BY_PRIVATE, 'write');
    if (makes && failedToOpen(file) && file.status === RMS$_FNF) file = yield* KeyedFile.create(p, name, BY_PRIVATE, { protection: PROTECTION, owner: place.owner });
    return failedToOpen(file) ? file : new MailFile(p, file, place);
  }

  private external(time: bigint): string {
    return `${this.place.directory}MAIL$${time.toString(16).toUpperCase().padStart(16, '0')}.MAI`;
  }

  /** Adds a message. Two do not arrive at the same time: the later one is a tick later. @param sent  another time than now, for a copy @returns status of RMS */
  *add(message: MailMessage, folder: string, now: bigint, sent = now): Flow<number> {
    for (let time = now; ; time += 1n) {
      const record = yield* this.recordOf(message, folder, time, sent);
      if (typeof record === 'number') return record;
      const status = yield* this.file.put(record);
      if (status & 1) return status;
      // The text beside the file must not become that of the message that has this time.
      if (isExternal(record)) yield* deleteFile(this.p, `${this.external(time)};`);
      if (status !== RMS$_DUP) return status;
    }
  }

  private *recordOf(message: MailMessage, folder: string, time: bigint, sent: bigint): Flow<Uint8Array | number> {
    const head = new Uint8Array(MRH.size);
    const view = MRH.at(new ArrayMemory(head), 0);
    view.MRH$Q_TIME = time;
    view.MRH$T_FOLDER = folderKey(folder);
    view.MRH$Q_SENT = sent;
    const heading = joinBytes([message.from, message.to, message.cc, message.subject].map((text) => word(text.slice(0, 255))));
    const body = joinBytes(message.lines.map(word));
    if (head.length + heading.length + body.length <= LONGEST_RECORD) return joinBytes([head, heading, body]);
    view.MRH$V_EXTERNAL = 1;
    const status = yield* this.writeText(this.external(time), message.lines);
    return status & 1 ? joinBytes([head, heading]) : status;
  }

  private *writeText(name: string, lines: readonly string[]): Flow<number> {
    const { p, place: { owner } } = this;
    return yield* p.scratch(function* () {
      const file = yield* RmsFile.create(p, name, { protection: PROTECTION, owner });
      if (isFailure(file)) return file.status;
      let status: number = SS$_NORMAL;
      for (const line of lines) status = (yield* file.put(textToBytes(line)))?.status ?? status;
      return (yield* file.close())?.status ?? status;
    });
  }

  /** The times of the messages in a folder, in the order of their arrival. */
  *times(folder: string): Flow<bigint[]> {
    const found: bigint[] = [];
    const key = folderKey(folder);
    const isIn = (record: Uint8Array): boolean => key.every((byte, index) => record[MRH.offset.MRH$T_FOLDER + index] === byte);
    let record = yield* this.file.find(key, { index: FOLDER_KEY });
    for (; typeof record !== 'number' && isIn(record); record = yield* this.file.next()) found.push(readQuad(new ArrayMemory(record), 0));
    return found.sort((a, b) => (a < b ? -1 : 1));
  }

  /** The folders that have messages, by name. */
  *folders(): Flow<string[]> {
    const found: string[] = [];
    let record = yield* this.file.find(folderKey(''), { index: FOLDER_KEY, match: 'at least' });
    while (typeof record !== 'number') {
      const folder = record.slice(MRH.offset.MRH$T_FOLDER, MRH.offset.MRH$T_FOLDER + FOLDER_SIZE);
      found.push(bytesToText(folder).trimEnd());
      record = yield* this.file.find(folder, { index: FOLDER_KEY, match: 'greater' });
    }
    return found;
  }

  /** @returns undefined when it is not there any more */
  *read(time: bigint): Flow<KeptMessage | undefined> {
    const record = yield* this.file.find(timeKey(time));
    if (typeof record === 'number') return undefined;
    const view = MRH.at(new ArrayMemory(record.slice()), 0);
    const [from = '', to = '', cc = '', subject = '', ...lines] = texts(record);
    const text = view.MRH$V_EXTERNAL ? yield* this.readText(this.external(time)) : lines;
    return { time, sent: view.MRH$Q_SENT, folder: bytesToText(view.MRH$T_FOLDER).trimEnd(), isReplied: view.MRH$V_REPLIED === 1, from, to, cc, subject, lines: text };
  }

  private *readText(name: string): Flow<string[]> {
    const answer = yield* readRecords(this.p, name);
    return isFailure(answer) ? [] : answer.records.map(bytesToText);
  }

  /** Moves a message to another folder. */
  *move(time: bigint, folder: string): Flow<number> {
    return yield* this.change(time, (view) => { view.MRH$T_FOLDER = folderKey(folder); });
  }

  *markReplied(time: bigint): Flow<number> {
    return yield* this.change(time, (view) => { view.MRH$V_REPLIED = 1; });
  }

  private *change(time: bigint, how: (view: ReturnType<typeof MRH.at>) => void): Flow<number> {
    const found = yield* this.file.find(timeKey(time));
    if (typeof found === 'number') return found;
    const record = found.slice();
    how(MRH.at(new ArrayMemory(record), 0));
    return yield* this.file.update(record);
  }

  /** Takes a message away for good. */
  *remove(time: bigint): Flow<number> {
    const found = yield* this.file.find(timeKey(time));
    if (typeof found === 'number') return found;
    const hasText = isExternal(found);
    const status = yield* this.file.remove();
    if (status & 1 && hasText) yield* deleteFile(this.p, `${this.external(time)};`);
    return status;
  }

  *close(): Flow<number> {
    return yield* this.file.close();
  }
}
