import { asciiTime } from '../../executive/information/time.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import { RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { timeNow } from '../../executive/time/time-now.js';
import { changeProfile } from '../../loginout/mail-profile.js';
import { closed, isFailure, reason, RmsFile, type FileFailure } from '../files.js';
import type { LineSink } from '../output.js';
import { Pager } from '../pager.js';
import { isFolderName, type KeptMessage, type MailFile } from './mail-file.js';
import { MAIL, NEWMAIL, privileged, say, selectFirst, wastebasketOf, withFile, type Mail, type Selection } from './session.js';

/** What MAIL does with messages that are there: READ, DIRECTORY, DELETE, MOVE, EXTRACT, SEARCH ... @source VMS Mail Utility manual; layouts as remembered (choice) */
const FOLDER_COLUMN = 60;

/** The lines of a message, its number and folder above them. */
function messageLines({ from, to, cc, subject, lines, sent }: KeptMessage, number: number, folder: string): string[] {
  const date = (asciiTime(sent) ?? '').slice(0, 20);
  return [`    #${String(number).padEnd(11)}${date.padEnd(24)}${folder.padStart(FOLDER_COLUMN - 20)}`, ...heading({ from, to, cc, subject }), '', ...lines];
}

export function heading({ from, to, cc, subject }: Pick<KeptMessage, 'from' | 'to' | 'cc' | 'subject'>): string[] {
  return [`From:\t${from}`, `To:\t${to}`, ...(cc === '' ? [] : [`CC:\t${cc}`]), `Subj:\t${subject}`];
}

/** The chosen messages; chooses the first folder when none is. Says so when there are none. */
function* chosen(mail: Mail): Flow<Selection | undefined> {
  if (!mail.selection && !(yield* selectFirst(mail))) yield* say(mail, 'NOMSGS');
  return mail.selection;
}

/** The message read last. Says so when none is. */
export function* current(mail: Mail): Flow<KeptMessage | undefined> {
  const { selection } = mail;
  const time = selection?.times[selection.current - 1];
  const message = time === undefined ? undefined : yield* withFile(mail, (file) => file.read(time));
  if (message !== undefined && typeof message !== 'number') return message;
  yield* say(mail, 'NOTREADIN');
  return undefined;
}

/** Shows a message of the selection; one of the new mail is old then. @param number  from 1 */
export function* readNumber(mail: Mail, number: number): Flow<number> {
  const selection = yield* chosen(mail);
  if (!selection) return SS$_NORMAL;
  const time = selection.times[number - 1];
  if (number < 1 || number > selection.times.length) return yield* say(mail, 'NOMOREMSG');
  selection.current = number;
  if (time === undefined) return yield* say(mail, 'MSGDEL', [number]);
  const { folder } = selection;
  const message = yield* withFile(mail, function* (file) {
    const found = yield* file.read(time);
    if (found?.folder === NEWMAIL) yield* file.move(time, MAIL);
    return found;
  });
  if (typeof message === 'number' || message === undefined) return yield* say(mail, 'MSGDEL', [number]);
  if (message.folder === NEWMAIL) yield* countRead(mail);
  yield* show(mail, messageLines(message, number, folder));
  return SS$_NORMAL;
}

function* countRead(mail: Mail): Flow<void> {
  yield* privileged(mail.p, mail.privileges, () => changeProfile(mail.p, mail.user, (profile) => {
    if (profile.MPR$W_NEWCOUNT > 0) profile.MPR$W_NEWCOUNT -= 1;
  }));
}

function* show(mail: Mail, lines: readonly string[]): Flow<void> {
  yield* mail.p.scratch(function* () {
    const pager: LineSink = yield* Pager.open(mail.p, mail.output, 'Press RETURN for more...');
    for (const line of ['', ...lines]) {
      if (pager.stopped) break;
      yield* pager.line(line);
    }
  });
}

/** READ without a number, NEXT: the one behind the current message that is still there. */
export function* readNext(mail: Mail, step = 1): Flow<number> {
  const selection = yield* chosen(mail);
  if (!selection) return SS$_NORMAL;
  let number = selection.current + step;
  while (number >= 1 && number <= selection.times.length && selection.times[number - 1] === undefined) number += step;
  return yield* readNumber(mail, number);
}

/** DIRECTORY of the selection. */
export function* listMessages(mail: Mail, first = 1): Flow<number> {
  const selection = yield* chosen(mail);
  if (!selection) return SS$_NORMAL;
  const lines = [selection.folder.padStart(FOLDER_COLUMN + 15), '    # From                  Date         Subject', ''];
  const status = yield* withFile(mail, function* (file) {
    for (let number = first; number <= selection.times.length; number += 1) {
      const time = selection.times[number - 1];
      const message = time === undefined ? undefined : yield* file.read(time);
      lines.push(message ? directoryLine(message, number) : `${String(number).padStart(5)} (Deleted)`);
    }
    return SS$_NORMAL;
  });
  yield* show(mail, lines);
  return status;
}

function directoryLine({ from, sent, subject }: KeptMessage, number: number): string {
  return `${String(number).padStart(5)} ${from.replace(/ .*/, '').padEnd(21).slice(0, 21)} ${(asciiTime(sent) ?? '').slice(0, 11)}  ${subject.slice(0, 39)}`.trimEnd();
}

/** DIRECTORY/FOLDER */
export function* listFolders(mail: Mail): Flow<number> {
  const folders = yield* withFile(mail, (file) => file.folders());
  if (typeof folders === 'number' || folders.length === 0) return yield* say(mail, 'NOFOLDERS');
  yield* show(mail, [`Listing of folders in ${mail.place.directory}${mail.place.file};1`, '     Press CTRL/C to cancel listing', ...folders]);
  return SS$_NORMAL;
}

/** Numbers of `1,3-5`, those of the command or the current message. @returns undefined when one is wrong; the message has been written */
export function* numbersOf(mail: Mail, words: readonly string[], all = false): Flow<number[] | undefined> {
  const selection = yield* chosen(mail);
  if (!selection) return undefined;
  if (all) return selection.times.flatMap((time, index) => (time === undefined ? [] : [index + 1]));
  if (words.length === 0) {
    if (selection.times[selection.current - 1] !== undefined) return [selection.current];
    yield* say(mail, 'NOTREADIN');
    return undefined;
  }
  const numbers: number[] = [];
  for (const word of words) {
    const match = /^(\d+)(?:[-:](\d+))?$/.exec(word);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (!match || from < 1 || to > selection.times.length || from > to) {
      yield* say(mail, 'NOMSG', [word]);
      return undefined;
    }
    for (let number = from; number <= to; number += 1) numbers.push(number);
  }
  return numbers;
}

/** MOVE, DELETE: to another folder. What was new and is taken away unread is no news any more. */
export function* moveTo(mail: Mail, folder: string, numbers: readonly number[]): Flow<number> {
  return yield* eachTime(mail, numbers, function* (file, time, index) {
    const wasNew = (yield* file.read(time))?.folder === NEWMAIL;
    const status = yield* file.move(time, folder);
    if (!(status & 1)) return status;
    if (wasNew && folder !== NEWMAIL) yield* countRead(mail);
    mail.selection!.times[index] = undefined;
    return status;
  });
}

export function* copyTo(mail: Mail, folder: string, numbers: readonly number[]): Flow<number> {
  return yield* eachTime(mail, numbers, function* (file, time) {
    const message = yield* file.read(time);
    return message ? yield* file.add(message, folder, yield* timeNow(mail.p), message.sent) : SS$_NORMAL;
  });
}

function* eachTime(mail: Mail, numbers: readonly number[], act: (file: MailFile, time: bigint, index: number) => Flow<number>): Flow<number> {
  return yield* withFile(mail, function* (file) {
    for (const number of numbers) {
      const time = mail.selection?.times[number - 1];
      if (time === undefined) continue;
      const status = yield* act(file, time, number - 1);
      if (!(status & 1)) return yield* say(mail, 'WRITEERR', [mail.place.file], { code: status });
    }
    return SS$_NORMAL;
  });
}

/** Whether there may be a folder of that name; a new one is made only when the user says so. */
export function* mayUseFolder(mail: Mail, folder: string): Flow<boolean> {
  if (!isFolderName(folder)) {
    yield* say(mail, 'ILLFOLNAM', [folder]);
    return false;
  }
  const times = yield* withFile(mail, (file) => file.times(folder));
  if (typeof times === 'number') return false;
  if (times.length > 0 || folder === MAIL || folder === wastebasketOf(mail)) return true;
  const answer = (yield* mail.input.line(`Folder ${folder} does not exist.\r\nDo you want to create it (Y/N, default is N)? `)) ?? '';
  return /^\s*[YT1]/i.test(answer);
}

/** EXTRACT. @returns the name of the file, when it has been written; else the status of a message */
export function* extract(mail: Mail, name: string, { numbers, header, appends }: { readonly numbers: readonly number[]; readonly header: boolean; readonly appends: boolean }): Flow<{ readonly status: number; readonly name?: string }> {
  const { p } = mail;
  const lines: string[] = [];
  yield* withFile(mail, function* (file) {
    for (const number of numbers) {
      const time = mail.selection?.times[number - 1];
      const message = time === undefined ? undefined : yield* file.read(time);
      if (!message) continue;
      if (lines.length > 0) lines.push('\f');
      lines.push(...(header ? messageLines(message, number, mail.selection!.folder) : message.lines));
    }
    return SS$_NORMAL;
  });
  const written = yield* p.scratch(function* (): Flow<FileFailure | string> {
    const file = yield* (appends ? RmsFile.append(p, name, { defaults: '.TXT' }) : RmsFile.create(p, name, { defaults: '.TXT' }));
    if (isFailure(file)) return file;
    let failure: FileFailure | undefined;
    for (const line of lines) failure ??= yield* file.put(textToBytes(line));
    return (yield* closed(file, failure)) ?? file.spec;
  });
  return typeof written === 'string' ? { status: SS$_NORMAL, name: written } : { status: yield* say(mail, 'OPENOUT', [written.spec], reason(written)) };
}

/** SEARCH: from behind the current message on, or, with a new string, from the first. */
export function* search(mail: Mail, text: string, from: number): Flow<number> {
  const selection = yield* chosen(mail);
  if (!selection) return SS$_NORMAL;
  const wanted = text.toUpperCase();
  const found = yield* withFile(mail, function* (file) {
    for (let number = from; number <= selection.times.length; number += 1) {
      const time = selection.times[number - 1];
      const message = time === undefined ? undefined : yield* file.read(time);
      if (message && [...heading(message), ...message.lines].some((line) => line.toUpperCase().includes(wanted))) return { number };
    }
    return undefined;
  });
  return typeof found === 'object' ? yield* readNumber(mail, found.number) : yield* say(mail, 'NOTFOUND', [text]);
}

/** PURGE: the wastebasket is emptied. @returns 1, or the status of a message */
export function* purge(mail: Mail): Flow<number> {
  const status = yield* withFile(mail, function* (file) {
    for (const time of yield* file.times(wastebasketOf(mail))) {
      const removed = yield* file.remove(time);
      if (!(removed & 1)) return yield* say(mail, 'WRITEERR', [mail.place.file], { code: removed });
    }
    return SS$_NORMAL;
  });
  return status === RMS$_FNF ? SS$_NORMAL : status;
}
