import type { Flow } from '../../executive/gate/microroutine.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { isFailure, readRecords, reason } from '../files.js';
import { addressees, deliver, recipientOf, sender, type Recipient } from './deliver.js';
import type { KeptMessage } from './mail-file.js';
import { heading } from './reading.js';
import { say, withFile, type Mail } from './session.js';

/** SEND, REPLY and FORWARD: whom, what about, the text. @source VMS Mail Utility manual; prompts as remembered (choice) */
export interface Letter {
  /** Addresses; asked for when left out. */
  readonly to?: string;
  /** Asked for when left out and `asks` is set. */
  readonly subject?: string;
  /** File with the text; what is typed when left out. */
  readonly file?: string;
  /** The text, when it is there already. */
  readonly lines?: readonly string[];
  /** A copy for the sender. */
  readonly toSelf: boolean;
  /** Ask for a list of those who get copies. */
  readonly asksForCopies?: boolean;
  /** Without: what is not given is empty. */
  readonly asks: boolean;
}

/** @returns status; messages have been written */
export function* send(mail: Mail, letter: Letter): Flow<number> {
  const to = letter.to ?? (yield* mail.input.line('To:\t')) ?? '';
  if (to.trim() === '') return yield* say(mail, 'NOTSENT');
  const copies = letter.asksForCopies === true ? (yield* mail.input.line('CC:\t')) ?? '' : '';
  const recipients = yield* recipientsOf(mail, [to, copies, ...(letter.toSelf ? [mail.user] : [])]);
  if (!recipients || recipients.length === 0) return yield* say(mail, 'NOTSENT');
  const subject = letter.subject ?? (letter.asks ? (yield* mail.input.line('Subj:\t')) ?? '' : '');
  const lines = letter.lines ?? (letter.file === undefined ? yield* typedText(mail) : yield* fileText(mail, letter.file));
  if (!lines) return yield* say(mail, 'NOTSENT');
  return yield* deliver(mail, { from: sender(mail), to: to.trim().toUpperCase(), cc: copies.trim().toUpperCase(), subject, lines }, recipients);
}

/** Everybody whom the lists name, once. A name that is wrong is told; the user decides whether the others get it. */
function* recipientsOf(mail: Mail, lists: readonly string[]): Flow<Recipient[] | undefined> {
  const found = new Map<string, Recipient>();
  let isWrong = false;
  for (const list of lists) {
    const names = yield* addressees(mail, list);
    if (!names) return undefined;
    for (const name of names) {
      const recipient = yield* recipientOf(mail, name);
      if (typeof recipient === 'number') isWrong = true;
      else found.set(recipient.user, recipient);
    }
  }
  if (isWrong && found.size > 0) {
    const answer = (yield* mail.input.line('Do you want to send anyway (Y/N, default is N)? ')) ?? '';
    if (!/^\s*[YT1]/i.test(answer)) return undefined;
  }
  return [...found.values()];
}

function* typedText(mail: Mail): Flow<string[]> {
  yield* mail.output.line('Enter your message below. Press CTRL/Z when complete, or CTRL/Y to quit:');
  yield* mail.output.line();
  const lines: string[] = [];
  for (let line = yield* mail.input.line(''); line !== undefined; line = yield* mail.input.line('')) lines.push(line);
  return lines;
}

function* fileText(mail: Mail, name: string): Flow<string[] | undefined> {
  const answer = yield* readRecords(mail.p, name, { defaults: '.TXT', shared: true });
  if (!isFailure(answer)) return answer.records.map(bytesToText);
  yield* say(mail, 'OPENIN', [answer.spec], reason(answer));
  return undefined;
}

/** REPLY to the current message. */
export function* reply(mail: Mail, message: KeptMessage, letter: { readonly file?: string; readonly toSelf: boolean; readonly withText: boolean }): Flow<number> {
  const to = message.from.replace(/ .*/, '');
  const subject = /^RE:/i.test(message.subject) ? message.subject : `RE: ${message.subject}`;
  for (const line of ['', `To:\t${to}`, `Subj:\t${subject}`]) yield* mail.output.line(line);
  const status = yield* send(mail, {
    to, subject, toSelf: letter.toSelf, asks: false, ...(letter.file === undefined ? {} : { file: letter.file }),
    ...(letter.withText ? { lines: [...heading(message), '', ...message.lines] } : {}),
  });
  return status & 1 ? yield* withFile(mail, (file) => file.markReplied(message.time)) : status;
}

/** FORWARD the current message. */
export function* forward(mail: Mail, message: KeptMessage, letter: { readonly header: boolean; readonly subject?: string; readonly toSelf: boolean }): Flow<number> {
  const lines = letter.header ? [...heading(message), '', ...message.lines] : message.lines;
  return yield* send(mail, { lines, toSelf: letter.toSelf, asks: true, ...(letter.subject === undefined ? {} : { subject: letter.subject }) });
}

