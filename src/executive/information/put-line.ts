import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { textToBytes } from '../structures/memory.js';
import { IO$_WRITEVBLK } from '../starlet/iodef.js';
import { LNM$_STRING } from '../starlet/lnmdef.js';

/**
 * Writing lines to SYS$ERROR and SYS$OUTPUT for $PUTMSG and $EXCMSG: the one place that knows how a process-permanent file is
 * reached. Its equivalence name is ESC, NUL, a word with the internal file identifier, and the device name.
 * @source book 23.2; digest ch23, ch28 3.12
 */

const ESCAPE = '\x1b\0';
const PREFIX_LENGTH = 4;

/** RAB: size and the fields $PUT of a sequential record needs. @source public $RABDEF */
const RAB = { size: 68, id: 1, ISI: 2, RSZ: 0x22, RBF: 0x28 } as const;

/** Carriage control of a terminal line: line feed before, carriage return after. */
const CARRIAGE_CONTROL = 32;

/** Equivalence string 0 of a name by LNM$FILE_DEV; undefined when the process has none. */
export function* translateFile(p: Procedure, name: string): Flow<string | undefined> {
  const buffer = p.allocate(256);
  const length = p.allocate(4);
  const items = p.itemList([{ code: LNM$_STRING, length: 255, buffer, returnLength: length }]);
  const status = yield* service(p, '$TRNLNM', { tabnam: p.string('LNM$FILE_DEV'), lognam: p.string(name), itmlst: items });
  if ((status & 1) === 0) return undefined;
  return String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(length)));
}

/** One record to the file an equivalence string names: RMS $PUT to a process-permanent file, else straight to the device. */
export function* putRecord(p: Procedure, equivalence: string, text: string): Flow<number> {
  const record = p.bytes(textToBytes(text));
  if (!equivalence.startsWith(ESCAPE)) return yield* writeDevice(p, equivalence, record, text.length);
  const rab = p.allocate(RAB.size);
  p.memory.writeByte(rab, RAB.id);
  p.memory.writeByte(rab + 1, RAB.size);
  p.memory.writeWord(rab + RAB.ISI, equivalence.charCodeAt(2) | (equivalence.charCodeAt(3) << 8));
  p.memory.writeWord(rab + RAB.RSZ, text.length);
  p.memory.writeLong(rab + RAB.RBF, record);
  const status = yield* service(p, '$PUT', { rab });
  if ((status & 1) !== 0) return status;
  return yield* writeDevice(p, equivalence.slice(PREFIX_LENGTH), record, text.length);
}

function* writeDevice(p: Procedure, device: string, record: number, length: number): Flow<number> {
  const channel = p.allocate(4);
  const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
  if ((assigned & 1) === 0) return assigned;
  const chan = p.memory.readWord(channel);
  const status = yield* service(p, '$QIOW', { chan, func: IO$_WRITEVBLK, p1: record, p2: length, p4: CARRIAGE_CONTROL });
  yield* service(p, '$DASSGN', { chan });
  return status;
}

/** Writes lines to `first`, and to `second` too if that is another file. */
export function* putLines(p: Procedure, first: string, second: string, lines: readonly string[]): Flow<void> {
  const one = yield* translateFile(p, first);
  const other = yield* translateFile(p, second);
  for (const line of lines) {
    if (one !== undefined) yield* p.scratch(() => putRecord(p, one, line));
    if (other !== undefined && other !== one) yield* p.scratch(() => putRecord(p, other, line));
  }
}
