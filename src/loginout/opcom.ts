import { OLD_MESSAGE } from '../executive/information/job-message.js';
import { asciiTime } from '../executive/information/time.js';
import { IO$M_NORSWAIT } from '../executive/io/io-modifiers.js';
import type { Flow } from '../executive/gate/microroutine.js';
import { procedure } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { BRK$C_DEVICE, BRK$C_OPCOM } from '../executive/starlet/brkdef.js';
import { IO$M_NOW, IO$_READVBLK, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import {
  MSG$_DEVOFFLIN, MSG$_DEVOFFLINX, MSG$_DEVONLIN, MSG$_DEVWRTLCK, MSG$_MVABORTED, MSG$_MVCOMPLETE, MSG$_OPREPLY, MSG$_OPRQST, MSG$_WRONGVOL,
} from '../executive/starlet/msgdef.js';
import {
  OPC$M_NM_DEVICE, OPC$M_NM_DISKS, OPC$_RQ_CANCEL, OPC$_RQ_LOGI, OPC$_RQ_REPLY, OPC$_RQ_RQST, OPC$_RQ_STATUS, OPC$_RQ_TERME,
} from '../executive/starlet/opcdef.js';
import { readCounted, readText, writeCounted } from '../executive/structures/memory.js';
import { structure } from '../executive/structures/structure.js';
import { timeNow } from '../executive/time/time-now.js';
import { OperatorLog } from './opcom-log.js';

/**
 * OPCOM: the operator communication process (book 29.1.3). It reads its mailbox, MBA2:, which $SNDOPR writes; shows requests on the
 * operators' terminals; and hands replies to who asked. What it knows is in tables in its own memory.
 * What it shows goes into the operator's log file too (opcom-log.ts).
 */
const MAILBOX = '_MBA2:';
const MESSAGE_SIZE = 512;
const TERMINALS = 8;
const REQUESTS = 32;

/** An operator's terminal: which classes of requests it gets. */
const TERMINAL = structure('OPT', 24, {
  0x00: ['OPT$L_MASK', 'OPC$M_NM_ classes; 0: the entry is free'],
  0x04: ['OPT$T_NAME', 20, 'device name, counted'],
});

/** A request that waits for its reply. */
const REQUEST = structure('OPR', 20, {
  0x00: ['OPR$L_NUMBER', 'number the operator knows it by; 0: the entry is free'],
  0x04: ['OPR$L_ID', 'identification of the sender\'s'],
  0x08: ['OPR$W_REPLY', 'unit number of its mailbox'],
  0x0a: ['OPR$W_SPARE', ''],
  0x0c: ['OPR$L_PID', 'extended PID of the sender'],
  0x10: ['OPR$L_MASK', 'classes it was for'],
});

/** Every class of operators. */
const ALL_CLASSES = 0x00ff_ffff;
/** Statuses of a reply (low words). choice: values of our own. */
export const OPC$_RQSTCMPLTE = 0x8049;
export const OPC$_RQSTCAN = 0x8062;
export const OPC$_NOPERATOR = 0x8053;
export const OPC$_RQSTABORT = 0x806a;
export const OPC$_RQSTPEND = 0x8073;

interface Tables {
  readonly terminals: number;
  readonly requests: number;
  /** Longword: number of the last request. */
  readonly last: number;
  readonly log: OperatorLog;
}

export const OPCOM_ROUTINE = procedure('OPCOM$MAIN', function* (p) {
  const channelAt = p.allocate(4);
  const status = yield* service(p, '$ASSIGN', { devnam: p.string(MAILBOX), chan: channelAt });
  if (!(status & 1)) return status;
  const chan = p.memory.readWord(channelAt);
  const tables: Tables = { terminals: p.allocate(TERMINALS * TERMINAL.size), requests: p.allocate(REQUESTS * REQUEST.size), last: p.allocate(4), log: OperatorLog.make(p) };
  yield* tables.log.open();
  if (tables.log.isOpen) yield* announce(p, tables, 0, ['Logfile has been initialized by operator _OPA0:', 'Logfile is SYS$MANAGER:OPERATOR.LOG']);
  enable(p, tables, '_OPA0:', ALL_CLASSES, true);
  const buffer = p.allocate(MESSAGE_SIZE);
  const iosb = p.allocate(8);
  for (;;) {
    const read = yield* service(p, '$QIOW', { chan, func: IO$_READVBLK, iosb, p1: buffer, p2: MESSAGE_SIZE });
    if (!(read & 1)) return read;
    // What services and drivers send comes from the system; a message a process wrote itself is no request.
    if (!(p.memory.readWord(iosb) & 1) || p.memory.readLong(iosb + 4) !== 0) continue;
    const type = p.memory.readWord(buffer);
    if (type === MSG$_OPRQST) yield* p.scratch(() => serve(p, tables, buffer));
    else if (type in DEVICE_MESSAGES) yield* p.scratch(() => deviceMessage(p, tables, type, buffer));
  }
});

/** What drivers tell the operator of a device: text, and whose business it is. choice: the words, after what is remembered of V4's */
const DEVICE_MESSAGES: Readonly<Record<number, readonly [string, number]>> = {
  [MSG$_DEVOFFLINX]: ['is offline.\r\nMount verification in progress.', OPC$M_NM_DISKS], [MSG$_DEVWRTLCK]: ['has been write locked.\r\nMount verification in progress.', OPC$M_NM_DISKS],
  [MSG$_WRONGVOL]: ['contains the wrong volume.\r\nMount verification in progress.', OPC$M_NM_DISKS],
  [MSG$_MVCOMPLETE]: ['has completed mount verification.', OPC$M_NM_DISKS], [MSG$_MVABORTED]: ['has aborted mount verification.', OPC$M_NM_DISKS],
  [MSG$_DEVOFFLIN]: ['is offline', OPC$M_NM_DEVICE], [MSG$_DEVONLIN]: ['is online', OPC$M_NM_DEVICE],
};

/** Type, unit, name of the controller (counted). */
function* deviceMessage(p: Procedure, tables: Tables, type: number, message: number): Flow<void> {
  const [text, classes] = DEVICE_MESSAGES[type]!;
  yield* announce(p, tables, classes, [`Device ${readCounted(p.memory, message + 4)}${p.memory.readWord(message + 2)}: ${text}`]);
}

function* serve(p: Procedure, tables: Tables, message: number): Flow<void> {
  const sender = OLD_MESSAGE.at(p.memory, message);
  const text = message + OLD_MESSAGE.size;
  const length = sender.SMB$W_SIZE;
  switch (p.memory.readByte(text)) {
    case OPC$_RQ_RQST: yield* request(p, tables, sender, text, length); break;
    case OPC$_RQ_TERME: enable(p, tables, readCounted(p.memory, text + 10), p.memory.readLong(text + 4), p.memory.readByte(text + 1) !== 0); break;
    case OPC$_RQ_REPLY: yield* reply(p, tables, text, length); break;
    case OPC$_RQ_CANCEL: yield* cancel(p, tables, sender.SMB$L_PID, p.memory.readLong(text + 4)); break;
    case OPC$_RQ_STATUS: yield* showPending(p, tables); break;
    case OPC$_RQ_LOGI: yield* logging(p, tables, p.memory.readByte(text + 1) !== 0, userOf(sender)); break;
    default:
  }
}

/** REPLY/LOG begins a new log, REPLY/NOLOG closes it. */
function* logging(p: Procedure, tables: Tables, on: boolean, user: string): Flow<void> {
  if (!on) {
    yield* announce(p, tables, 0, [`Logfile has been closed by operator, user ${user}`]);
    yield* tables.log.close();
    return;
  }
  yield* tables.log.open();
  yield* announce(p, tables, 0, [`Logfile has been initialized by operator, user ${user}`, 'Logfile is SYS$MANAGER:OPERATOR.LOG']);
}

const userOf = (sender: ReturnType<typeof OLD_MESSAGE.at>): string => String.fromCharCode(...sender.SMB$T_USERNAME).trimEnd();

/** Type byte, three bytes of classes, identification, text. With a mailbox for the reply it is remembered. */
function* request(p: Procedure, tables: Tables, sender: ReturnType<typeof OLD_MESSAGE.at>, text: number, length: number): Flow<void> {
  if (length < 8) return;
  const mask = (p.memory.readLong(text) >>> 8) || ALL_CLASSES;
  const lines = readText(p.memory, text + 8, length - 8).split(/\r?\n/);
  const unit = sender.SMB$W_REPLY;
  if (unit === 0) {
    yield* announce(p, tables, mask, [`Message from user ${userOf(sender)}`, ...lines]);
    return;
  }
  if (!operators(p, tables).some((terminal) => (terminal.OPT$L_MASK & mask) !== 0)) {
    yield* answer(p, unit, OPC$_NOPERATOR, p.memory.readLong(text + 4), '');
    return;
  }
  const entry = entries(p, tables).find((each) => each.OPR$L_NUMBER === 0);
  if (!entry) return;
  const number = p.memory.readLong(tables.last) + 1;
  p.memory.writeLong(tables.last, number);
  entry.OPR$L_NUMBER = number;
  entry.OPR$L_ID = p.memory.readLong(text + 4);
  entry.OPR$W_REPLY = unit;
  entry.OPR$L_PID = sender.SMB$L_PID;
  entry.OPR$L_MASK = mask;
  yield* announce(p, tables, mask, [`Request ${number}, from user ${userOf(sender)}`, ...lines]);
}

function operators(p: Procedure, tables: Tables): ReturnType<typeof TERMINAL.at>[] {
  return Array.from({ length: TERMINALS }, (_, index) => TERMINAL.at(p.memory, tables.terminals + index * TERMINAL.size));
}

function entries(p: Procedure, tables: Tables): ReturnType<typeof REQUEST.at>[] {
  return Array.from({ length: REQUESTS }, (_, index) => REQUEST.at(p.memory, tables.requests + index * REQUEST.size));
}

const nameOf = (p: Procedure, terminal: ReturnType<typeof TERMINAL.at>): string => readCounted(p.memory, terminal.address + TERMINAL.offset.OPT$T_NAME);

/** REPLY/ENABLE and /DISABLE: a terminal gets these classes of requests from now on, or no longer. */
function enable(p: Procedure, tables: Tables, name: string, mask: number, on: boolean): void {
  const all = operators(p, tables);
  const known = all.find((terminal) => terminal.OPT$L_MASK !== 0 && nameOf(p, terminal) === name);
  if (!on) {
    if (known) known.OPT$L_MASK = known.OPT$L_MASK & ~mask;
    return;
  }
  const entry = known ?? all.find((terminal) => terminal.OPT$L_MASK === 0);
  if (!entry) return;
  writeCounted(p.memory, entry.address + TERMINAL.offset.OPT$T_NAME, name, 20);
  entry.OPT$L_MASK = (known ? entry.OPT$L_MASK : 0) | mask;
}

/** Type byte, spare, status word, number of the request, terminal's unit and name, text: to who asked. */
function* reply(p: Procedure, tables: Tables, text: number, length: number): Flow<void> {
  const number = p.memory.readLong(text + 4);
  const entry = entries(p, tables).find((each) => number !== 0 && each.OPR$L_NUMBER === number);
  if (!entry) return;
  const start = 11 + p.memory.readByte(text + 10);
  const said = length > start ? readText(p.memory, text + start, length - start) : '';
  yield* answer(p, entry.OPR$W_REPLY, p.memory.readWord(text + 2), entry.OPR$L_ID, said);
  const status = p.memory.readWord(text + 2);
  const terminal = p.memory.readByte(text + 10) === 0 ? '' : ` by operator ${readCounted(p.memory, text + 10)}`;
  const what = status === OPC$_RQSTPEND ? 'is pending' : status === OPC$_RQSTABORT ? 'was aborted' : 'was completed';
  yield* announce(p, tables, entry.OPR$L_MASK, [`Request ${number} ${what}${terminal}`, ...(said === '' ? [] : [said])]);
  // One that is pending waits for a further reply.
  if (status !== OPC$_RQSTPEND) entry.OPR$L_NUMBER = 0;
}

/** The sender takes its request back. */
function* cancel(p: Procedure, tables: Tables, pid: number, id: number): Flow<void> {
  const entry = entries(p, tables).find((each) => each.OPR$L_NUMBER !== 0 && each.OPR$L_PID === pid && each.OPR$L_ID === id);
  if (!entry) return;
  yield* announce(p, tables, entry.OPR$L_MASK, [`Request ${entry.OPR$L_NUMBER} was canceled`]);
  yield* answer(p, entry.OPR$W_REPLY, OPC$_RQSTCAN, id, '');
  entry.OPR$L_NUMBER = 0;
}

function* showPending(p: Procedure, tables: Tables): Flow<void> {
  const pending = entries(p, tables).filter((each) => each.OPR$L_NUMBER !== 0).map((each) => `Request ${each.OPR$L_NUMBER} is pending`);
  yield* announce(p, tables, ALL_CLASSES, pending.length === 0 ? ['No requests are pending'] : pending);
}

/** Shows lines on the terminals of the operators of these classes, and puts them into the log. */
function* announce(p: Procedure, tables: Tables, mask: number, lines: readonly string[]): Flow<void> {
  const rule = '%%%%%%%%%%%';
  const shown = [`${rule}  OPCOM  ${asciiTime(yield* timeNow(p))}  ${rule}`, ...lines, ''];
  const text = ['', ...shown].join('\r\n');
  yield* tables.log.write(shown);
  for (const terminal of operators(p, tables)) {
    if ((terminal.OPT$L_MASK & mask) === 0) continue;
    yield* service(p, '$BRKTHRUW', {
      efn: 1, msgbuf: p.string(text), sendto: p.string(nameOf(p, terminal)), sndtyp: BRK$C_DEVICE, reqid: BRK$C_OPCOM, carcon: 0x20, timout: 10,
      iosb: p.allocate(8),
    });
  }
}

/** A reply into the sender's mailbox: MSG$_OPREPLY, status word, the sender's identification, text. */
function* answer(p: Procedure, unit: number, status: number, id: number, text: string): Flow<void> {
  const channelAt = p.allocate(4);
  if (!((yield* service(p, '$ASSIGN', { devnam: p.string(`_MBA${unit}:`), chan: channelAt })) & 1)) return;
  const chan = p.memory.readWord(channelAt);
  const bytes = new Uint8Array(8 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MSG$_OPREPLY, true);
  view.setUint16(2, status & 0xffff, true);
  view.setUint32(4, id, true);
  for (let index = 0; index < text.length; index += 1) bytes[8 + index] = text.charCodeAt(index);
  yield* service(p, '$QIOW', { chan, func: IO$_WRITEVBLK | IO$M_NOW | IO$M_NORSWAIT, p1: p.bytes(bytes), p2: bytes.length });
  yield* service(p, '$DASSGN', { chan });
}
