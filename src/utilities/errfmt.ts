import type { ResidentImage } from '../executive/boot/sysboot.js';
import { EMB, EMB_PREFIX } from '../executive/exceptions/error-log-entries.js';
import { ERL, ERL_BUFFER_SIZE } from '../executive/exceptions/error-log.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$M_NORSWAIT } from '../executive/io/io-modifiers.js';
import { IO$M_NOW, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { SS$_ENDOFFILE, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ErrorLogFile, STAMP_MEMORY } from './errfmt-file.js';
import { ERRFMT$COPY, ERRFMT$MAILBOX, ERRFMT$STAMP, ERRFMT$START } from './errfmt-kernel.js';
import { programRegion } from './files.js';

/**
 * ERRFMT.EXE: the process of that name moves messages from the error log allocation buffers to SYS$ERRORLOG:ERRLOG.SYS, and to the error
 * log mailbox when somebody has declared one. It hibernates until ERL$WAKE wakes it. Operators are not told of mounted volumes
 * (MOUNTMSG and DISMOUMSG are 0): nothing writes those messages yet.
 * @source book 8.1.6, 8.1.7; digest ch08 2.3
 */

/** Arguments of ERRFMT$MAIN: addresses of its kernel mode routines. */
const START = 1;
const COPY = 2;
const MAILBOX = 3;
const STAMP = 4;

/** Both buffers may be full; what comes in meanwhile is for the next wake. */
const BUFFERS = 2;

function* inKernelMode(p: Procedure, routine: number, argument: number): Flow<number> {
  return yield* p.scratch(function* () {
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, argument);
    return yield* service(p, '$CMKRNL', { routin: routine, arglst: list });
  });
}

/** The complete messages of a copied buffer: address and size, without the longword before the system ID. */
function* messagesOf(p: Procedure, copy: number): Generator<{ readonly address: number; readonly length: number }, void, undefined> {
  const used = Math.min(ERL_BUFFER_SIZE, ERL.at(p.memory, copy).ERL$L_NEXT - p.kernel.readLong(p.kernel.symbol('ERL$AL_BUFADDR') + 4 * ERL.at(p.memory, copy).ERL$B_BUFIND));
  for (let at = ERL.size; at + EMB.size <= used;) {
    const message = EMB.at(p.memory, copy + at);
    const size = message.EMB$W_SIZE;
    if (size < EMB.size) return;
    if (message.EMB$B_VALID !== 0) yield { address: message.address + EMB_PREFIX, length: size - EMB_PREFIX };
    at += size;
  }
}

/** Writes a message to mailbox MBAn:, without waiting for a reader or for room. */
function* toMailbox(p: Procedure, unit: number, address: number, length: number): Flow<void> {
  yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const iosb = p.allocate(8);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(`_MBA${unit}:`), chan: channel });
    if (!(status & 1)) return;
    const chan = p.memory.readWord(channel);
    yield* service(p, '$QIOW', { chan, func: IO$_WRITEVBLK | IO$M_NOW | IO$M_NORSWAIT, iosb, p1: address, p2: length });
    yield* service(p, '$DASSGN', { chan });
  });
}

/** All messages of one copied buffer. A file that cannot be written loses them: there is nobody to tell. */
function* record(p: Procedure, copy: number, stamp: number): Flow<void> {
  yield* p.scratch(function* () {
    const file = yield* ErrorLogFile.open(p, stamp);
    const unit = yield* inKernelMode(p, p.argument(MAILBOX), 0);
    for (const { address, length } of messagesOf(p, copy)) {
      if (typeof file !== 'number') yield* file.put(address, length);
      if (unit !== 0) yield* toMailbox(p, unit, address, length);
    }
    if (typeof file !== 'number') yield* file.close();
  });
}

const main = procedure('ERRFMT$MAIN', function* (p) {
  const copy = yield* programRegion(p, ERL_BUFFER_SIZE + STAMP_MEMORY);
  const started = yield* inKernelMode(p, p.argument(START), p.argument(STAMP));
  if (!(started & 1)) return started;
  for (;;) {
    for (let turn = 0; turn < BUFFERS; turn += 1) {
      const copied = yield* inKernelMode(p, p.argument(COPY), copy);
      if (copied === SS$_ENDOFFILE) break;
      if (copied !== SS$_NORMAL) return copied;
      yield* record(p, copy, copy + ERL_BUFFER_SIZE);
    }
    yield* service(p, '$HIBER', {});
  }
});

const SOURCE = `
ERRFMT$ENTRY::
	.WORD	0
	PUSHAB	ERRFMT$STAMP
	PUSHAB	ERRFMT$MAILBOX
	PUSHAB	ERRFMT$COPY
	PUSHAB	ERRFMT$START
	CALLS	#4,ERRFMT$MAIN
	RET
`;

/** Not installed with privileges: its process is started with them. */
export const ERRFMT_IMAGE: ResidentImage = {
  name: 'ERRFMT', source: SOURCE, transfer: 'ERRFMT$ENTRY', routines: [main, ERRFMT$START, ERRFMT$COPY, ERRFMT$MAILBOX, ERRFMT$STAMP],
};
