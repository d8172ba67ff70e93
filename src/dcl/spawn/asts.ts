import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { BRK$C_DCL, BRK$C_DEVICE } from '../../executive/starlet/brkdef.js';
import { IO$M_NOW } from '../../executive/starlet/iodef.js';
import { readCounted } from '../../executive/structures/memory.js';
import type { Dcl } from '../interpreter/session.js';
import { translate } from '../names.js';
import { SPB } from '../structures.js';
import { openSession } from '../system.js';
import { AST_FLAG, deassign, readMessage, tellWhenWritten, writeMessage } from './mailbox.js';
import { LONGEST_ATTACH, ownPid } from './terminal.js';

/** The two ASTs of spawned processes: an attach request, and the end of a subprocess. @source book 23.2.10, 23.2.11; digest ch23 2.10, 2.11 */

const TERMINATION_SIZE = 84;
/** Offsets in a termination message. @source digest ch22 1.2 */
const FINAL_STATUS = 4;
const MESSAGE_PID = 8;

function longAt(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
}

/** Somebody wants to give this process the terminal: yes (1) when it waits for it, no (0) when it has it. */
export const DCL$ATTACH_AST = procedure('DCL$ATTACH_AST', function* (p): Flow<number> {
  const dcl = openSession(p);
  const channel = dcl.prc.PRC$W_ATTCHAN;
  const request = yield* readMessage(p, channel, LONGEST_ATTACH, AST_FLAG, IO$M_NOW);
  if ((request.status & 1) !== 0) {
    const detached = dcl.prc.PRC$V_DETACHED;
    yield* writeMessage(p, channel, Uint8Array.of(detached, 0, 0, 0), AST_FLAG);
    if (detached !== 0) {
      for (let spb = dcl.prc.PRC$L_SPAWNED; spb !== 0; spb = dcl.memory.readLong(spb)) SPB.at(dcl.memory, spb).SPB$V_WAIT = 0;
      dcl.prc.PRC$V_DETACHED = 0;
      yield* service(p, '$WAKE', {});
    }
  }
  return yield* tellWhenWritten(p, channel, dcl.prc.PRC$L_ATTACHAST, 0, AST_FLAG);
});

/** A subprocess is gone. The parameter is the channel of the termination mailbox. */
export const DCL$TERMINATION_AST = procedure('DCL$TERMINATION_AST', function* (p): Flow<number> {
  const dcl = openSession(p);
  const channel = p.argument(1);
  for (;;) {
    const message = yield* readMessage(p, channel, TERMINATION_SIZE, AST_FLAG, IO$M_NOW);
    if ((message.status & 1) === 0) break;
    yield* subprocessEnded(dcl, longAt(message.bytes, MESSAGE_PID), longAt(message.bytes, FINAL_STATUS));
  }
  if (usersOf(dcl, channel) === 0) yield* deassign(p, channel);
  else yield* tellWhenWritten(p, channel, dcl.prc.PRC$L_TERMAST, channel, AST_FLAG);
  return 1;
});

/** Spawned processes whose end is told to a mailbox. */
export function usersOf(dcl: Dcl, channel: number): number {
  let users = 0;
  for (let spb = dcl.prc.PRC$L_SPAWNED; spb !== 0; spb = dcl.memory.readLong(spb)) if (SPB.at(dcl.memory, spb).SPB$W_TRMCHAN === channel) users += 1;
  return users;
}

function* subprocessEnded(dcl: Dcl, pid: number, status: number): Flow<void> {
  const p = dcl.outside.procedure;
  let link = dcl.prc.PRC$L_SPAWNED;
  while (link !== 0 && SPB.at(dcl.memory, link).SPB$L_PID !== pid) link = dcl.memory.readLong(link);
  if (link === 0) return;
  const spb = SPB.at(dcl.memory, link);
  const owner = yield* keyboardOwner(dcl);
  const lives = owner !== 0 && owner !== pid && owner !== (yield* ownPid(dcl));
  const returns = owner === pid || (spb.SPB$V_WAIT !== 0 && !lives);
  if (dcl.prc.PRC$V_DETACHED !== 0 && returns) {
    dcl.prc.PRC$V_DETACHED = 0;
    yield* service(p, '$WAKE', {});
  }
  if (spb.SPB$V_NOTIFY !== 0) yield* notify(p, `Subprocess ${readCounted(dcl.memory, link + SPB.size)} has completed`);
  const statusAt = spb.SPB$L_STATUSADR;
  if (statusAt !== 0 && p.kernel.cpu.probe(statusAt, 4, USER, true)) p.memory.writeLong(statusAt, status);
  if (spb.SPB$V_SETEF !== 0) yield* service(p, '$SETEF', { efn: spb.SPB$B_EFN });
  if (spb.SPB$L_ASTADR !== 0) yield* service(p, '$DCLAST', { astadr: spb.SPB$L_ASTADR, astprm: spb.SPB$L_ASTPRM, acmode: USER });
  if (spb.SPB$V_PIPE !== 0) {
    // PIPE takes the block away; it hibernates, or waits for a message.
    spb.SPB$V_ENDED = 1;
    spb.SPB$L_FINALSTS = status;
    if (spb.SPB$W_COMCHAN !== 0) yield* service(p, '$CANCEL', { chan: spb.SPB$W_COMCHAN });
    yield* service(p, '$WAKE', {});
  } else if (spb.SPB$V_STARTING !== 0) {
    // SPAWN is not through with it: a record that nobody will read any more.
    spb.SPB$V_ENDED = 1;
    spb.SPB$L_FINALSTS = status;
    yield* service(p, '$CANCEL', { chan: spb.SPB$W_COMCHAN });
  } else releaseBlock(dcl, link);
}

const USER = 3;

/** Takes the block of a spawned process out of the list. */
export function releaseBlock(dcl: Dcl, spb: number): void {
  const next = dcl.memory.readLong(spb);
  if (dcl.prc.PRC$L_SPAWNED === spb) dcl.prc.PRC$L_SPAWNED = next;
  else {
    let before = dcl.prc.PRC$L_SPAWNED;
    while (dcl.memory.readLong(before) !== spb) before = dcl.memory.readLong(before);
    dcl.memory.writeLong(before, next);
  }
  dcl.storage.release(spb);
}

function* keyboardOwner(dcl: Dcl): Flow<number> {
  const channel = dcl.prc.PRC$W_TTCHAN;
  if (channel === 0) return 0;
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const owner = p.allocate(4);
    yield* p.call(dcl.prc.PRC$L_KEYOWNER, channel, owner);
    return p.memory.readLong(owner);
  });
}

/** A line at the process's terminal, whatever it is doing. */
function* notify(p: Procedure, text: string): Flow<void> {
  const { status, value } = yield* translate(p, 'SYS$COMMAND', 'LNM$FILE_DEV');
  if ((status & 1) === 0) return;
  const device = value.startsWith('\x1b\0') ? value.slice(4) : value;
  yield* p.scratch(() => service(p, '$BRKTHRU', {
    efn: AST_FLAG, msgbuf: p.string(`\x07${text}`), sendto: p.string(device), sndtyp: BRK$C_DEVICE, carcon: 32, reqid: BRK$C_DCL,
  }));
}

