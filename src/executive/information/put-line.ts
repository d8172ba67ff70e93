import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { textToBytes } from '../structures/memory.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$C_RFM_DFLT, FAB$M_CIF, FAB$M_CR, FAB$M_PUT } from '../starlet/fabdef.js';
import { IO$_WRITEVBLK } from '../starlet/iodef.js';
import { LNM$_STRING } from '../starlet/lnmdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$M_EOF } from '../starlet/rabdef.js';

/**
 * Writing lines to SYS$ERROR and SYS$OUTPUT for $PUTMSG, $EXCMSG and the catch-all handlers: the one place that knows how. A
 * process-permanent file, whose equivalence name is ESC, NUL, a word with the internal file identifier, and the device name, is
 * written through its open stream; any other file is opened by RMS, created if it is not there, written at its end and closed.
 * @source book 23.2, 29.2.2; digest ch28 3.12
 */

const ESCAPE = '\x1b\0';
const PREFIX_LENGTH = 4;

/** Bit 14 of a stream identifier: indirect use of a process-permanent file by an image. @source book 23.2.1; $RABDEF RAB$V_PPF_IND */
const INDIRECT = 0x4000;
const USER = 3;

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

/**
 * One record to the file that a logical name stands for.
 *
 * @param name         SYS$ERROR, SYS$OUTPUT
 * @param equivalence  its translation
 * @returns the last status
 */
export function* putRecord(p: Procedure, name: string, equivalence: string, text: string): Flow<number> {
  const record = p.bytes(textToBytes(text));
  const rab = newRab(p, record, text.length);
  let status: number;
  if (equivalence.startsWith(ESCAPE)) {
    const ifi = equivalence.charCodeAt(2) | (equivalence.charCodeAt(3) << 8);
    rab.RAB$W_ISI = p.kernel.cpu.currentMode === USER ? ifi | INDIRECT : ifi;
    status = yield* service(p, '$PUT', { rab: rab.address });
    equivalence = equivalence.slice(PREFIX_LENGTH);
  } else {
    status = yield* putToFile(p, name, rab);
  }
  // Before RMS is there (the first processes of a booting system) the name can only be that of a device.
  return (status & 1) !== 0 ? status : yield* writeDevice(p, equivalence, record, text.length);
}

function newRab(p: Procedure, record: number, length: number): ReturnType<typeof RAB.at> {
  const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$W_RSZ = length;
  rab.RAB$L_RBF = record;
  return rab;
}

/** Opens or creates the file, adds the record at its end, closes it. */
function* putToFile(p: Procedure, name: string, rab: ReturnType<typeof RAB.at>): Flow<number> {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_FOP = FAB$M_CIF;
  fab.FAB$B_FAC = FAB$M_PUT;
  fab.FAB$B_RAT = FAB$M_CR;
  fab.FAB$B_RFM = FAB$C_RFM_DFLT;
  fab.FAB$L_FNA = p.bytes(textToBytes(name));
  fab.FAB$B_FNS = name.length;
  const opened = yield* service(p, '$CREATE', { fab: fab.address });
  if ((opened & 1) === 0) return opened;
  rab.RAB$L_FAB = fab.address;
  rab.RAB$L_ROP = RAB$M_EOF;
  let status = yield* service(p, '$CONNECT', { rab: rab.address });
  if ((status & 1) !== 0) status = yield* service(p, '$PUT', { rab: rab.address });
  yield* service(p, '$CLOSE', { fab: fab.address });
  return status;
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
    if (one !== undefined) yield* p.scratch(() => putRecord(p, first, one, line));
    if (other !== undefined && other !== one) yield* p.scratch(() => putRecord(p, second, other, line));
  }
}
