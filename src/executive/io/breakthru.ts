import { procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { hasPrivilege } from '../names/protection.js';
import { EXE$ALOP1PROC, EXE$DEAP1 } from '../pool/process-region.js';
import { SCH$CLREF } from '../process/event-flags.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { BRK$C_ALLTERMS, BRK$C_ALLUSERS, BRK$C_DEVICE, BRK$C_USERNAME, BRK$M_NOREFRESH, BRK$M_SCREEN } from '../starlet/brkdef.js';
import { DC$_TERM } from '../starlet/dcdef.js';
import { DEV$M_NET, DEV$M_SPL } from '../starlet/devdef.js';
import { IO$M_BREAKTHRU, IO$M_CANCTRLO, IO$M_REFRESH, IO$_WRITEVBLK } from '../starlet/iodef.js';
import { MSG$_TRMBRDCST } from '../starlet/msgdef.js';
import { PRV$M_BYPASS, PRV$M_SHARE, PRV$V_OPER } from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_DEVOFFLINE, SS$_INSFMEM, SS$_NOOPER, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHDEV,
} from '../starlet/ssdef.js';
import { TT$M_NOBRDCST, TT$M_PASSALL } from '../starlet/ttdef.js';
import { TT2$M_AUTOBAUD, TT2$M_BRDCSTMBX, TT2$M_DECCRT } from '../starlet/tt2def.js';
import { DDB } from '../structures/device.js';
import { DYN$C_BRDCST } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { bytesToText, readCounted, textToBytes } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { structure } from '../structures/structure.js';
import { TTYUCB } from '../structures/ucb.js';
import { descendsFrom } from './assign.js';
import { channelBlock } from './channels.js';
import { IOC$CVT_DEVNAM, IOC$SCAN_IODB, IOC$SEARCHDEV } from './device-names.js';
import { EXE$WRTMAILBOX } from './drivers/mailbox.js';
import { checkNotification, notifyCaller } from './service-completion.js';

/**
 * $BRKTHRU and $BRDCST (module SYSBRKTHR): a message to terminals, whatever they are doing. The request lives in a breakthrough message
 * descriptor in P1 space; at most four writes are outstanding, and each that is done starts the next. @source book 18.8; digest ch18 2.14
 */

/** Breakthrough message descriptor; the message follows. choice: order (Figure 18-6 is lost). @source digest ch18 1.7 */
export const BRK = structure('BRK', 128, {
  0x00: ['BRK$L_PIDCTX', 'unused'],
  0x04: ['BRK$L_UCBCTX', 'units looked at so far'],
  0x08: ['BRK$W_SIZE', 'structure size in bytes'],
  0x0a: ['BRK$B_TYPE', 'DYN$C_BRDCST'],
  0x0b: ['BRK$B_STS', 'status'],
  0x0c: ['BRK$L_CARCON', 'carriage control'],
  0x10: ['BRK$L_ASTADR', 'AST procedure'],
  0x14: ['BRK$L_ASTPRM', 'AST parameter'],
  0x18: ['BRK$L_IOSB', 'status block'],
  0x1c: ['BRK$W_OUTCNT', 'writes outstanding'],
  0x1e: ['BRK$B_PRVMODE', 'access mode of the caller'],
  0x1f: ['BRK$B_EFN', 'event flag'],
  0x20: ['BRK$L_FLAGS', 'flags of the request'],
  0x24: ['BRK$W_MSGLEN', 'length of the message'],
  0x26: ['BRK$B_SNDTYP', 'kind of target'],
  0x27: ['BRK$B_REQID', 'requester class'],
  0x28: ['BRK$T_SENDNAME', 24, 'user or device name, counted'],
  0x40: ['BRK$Q_TIMEOUT', 'time allowed for a write, as a delta time; 0 for none'],
  0x48: ['BRK$W_STATUS', 'final status'],
  0x4a: ['BRK$W_SUCCESS', 'messages that came through'],
  0x4c: ['BRK$W_TMOCNT', 'messages that timed out'],
  0x4e: ['BRK$W_REFUSED', 'terminals that want no broadcasts'],
  0x50: ['BRK$R_QIO', 48, 'four write contexts of 12 bytes: channel, address of this block'],
}, {}, { BRK$V_DONE: ['BRK$B_STS', 0], BRK$V_CHKPRV: ['BRK$B_STS', 1] });

type Broadcast = ReturnType<typeof BRK.at>;

const CONTEXTS = 4;
const CONTEXT_SIZE = 12;
const BRK_C_EFN = 31;
const BRK_C_MINTIME = 4;
const LARGEST_REQID = 63;
const LONGEST_MESSAGE = 16384;
const BLANK = 32;

/** Write context: word channel (0 when free), longword BRK, quadword of its status. */
const contextAt = (brk: Broadcast, index: number): number => brk.address + BRK.offset.BRK$R_QIO + CONTEXT_SIZE * index;
const CONTEXT_BRK = 4;

const messageOf = (k: Kernel, brk: Broadcast): Uint8Array => k.readBytes(brk.address + BRK.size, brk.BRK$W_MSGLEN);

/**
 * $BRKTHRU [efn],msgbuf,[sendto],[sndtyp],[iosb],[carcon],[flags],[reqid],[timout],[astadr],[astprm] - writes to terminals.
 *
 * @param sendto  descriptor of a device or user name @param sndtyp  BRK$C_DEVICE, USERNAME, ALLUSERS, ALLTERMS
 * @param timout  seconds allowed for each write, 0 for no limit, otherwise at least 4
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_BADPARAM, SS$_INSFMEM, SS$_NOOPER, SS$_NOSUCHDEV, SS$_DEVOFFLINE, SS$_NOPRIV
 * The status block: status, terminals reached, timed out, that refuse broadcasts.
 */
const EXE$BRKTHRU = procedure('EXE$BRKTHRU', function* (p) {
  const k = p.kernel;
  const [efn, msgbuf, sendto, sndtyp, iosb, carcon, flags, reqid, timout, astadr, astprm] = Array.from({ length: 11 }, (_unused, index) => p.argument(index + 1)) as [
    number, number, number, number, number, number, number, number, number, number, number];
  const cleared = SCH$CLREF(k, k.pcb.address, efn & 0xff);
  if ((cleared & 1) === 0) return cleared;
  const allowed = checkNotification(k, { efn, iosb, astadr, astprm });
  if (allowed !== SS$_NORMAL) return allowed;
  const message = k.callerString(msgbuf);
  const target = sendto === 0 ? '' : k.callerString(sendto);
  if (message === undefined || target === undefined) return SS$_ACCVIO;
  if (message.length > LONGEST_MESSAGE || reqid > LARGEST_REQID || (timout !== 0 && timout < BRK_C_MINTIME)) return SS$_BADPARAM;
  const status = checkTarget(k, sndtyp, target);
  if (status !== SS$_NORMAL) return status;

  const block = EXE$ALOP1PROC(k, BRK.size + message.length);
  if (block === 0) return SS$_INSFMEM;
  k.writeBytes(block, new Uint8Array(BRK.size));
  const brk = BRK.at(k, block);
  brk.BRK$W_SIZE = BRK.size + message.length;
  brk.BRK$B_TYPE = DYN$C_BRDCST;
  brk.BRK$L_CARCON = p.argumentCount >= 6 ? carcon : BLANK;
  brk.BRK$L_ASTADR = astadr;
  brk.BRK$L_ASTPRM = astprm;
  brk.BRK$L_IOSB = iosb;
  brk.BRK$B_PRVMODE = k.callerMode;
  brk.BRK$B_EFN = efn & 0xff;
  brk.BRK$L_FLAGS = flags;
  brk.BRK$W_MSGLEN = message.length;
  brk.BRK$B_SNDTYP = sndtyp;
  brk.BRK$B_REQID = reqid;
  brk.BRK$Q_TIMEOUT = timout === 0 ? 0n : BigInt.asUintN(64, -10_000_000n * BigInt(timout));
  brk.BRK$W_STATUS = SS$_NORMAL;
  const name = target.toUpperCase().slice(0, 23);
  k.writeBytes(block + BRK.offset.BRK$T_SENDNAME, Uint8Array.of(name.length, ...textToBytes(name)));
  k.writeBytes(block + BRK.size, textToBytes(message));
  for (let index = 0; index < CONTEXTS; index += 1) {
    k.writeLong(contextAt(brk, index) + CONTEXT_BRK, block);
  }
  // ASTs are off, so that no write is done before all that can be started are.
  yield* service(p, '$SETAST', { enbflg: 0 });
  for (let index = 0; index < CONTEXTS; index += 1) yield* startNext(p, brk, index);
  const isDone = brk.BRK$W_OUTCNT === 0;
  yield* service(p, '$SETAST', { enbflg: 1 });
  return isDone ? complete(k, brk) : SS$_NORMAL;
});

/** Whether the caller may send to that kind of target at all. */
function checkTarget(k: Kernel, sndtyp: number, target: string): number {
  const isOperator = hasPrivilege(k, PRV$V_OPER);
  switch (sndtyp) {
    case BRK$C_USERNAME: {
      const own = bytesToText(JIB.at(k, k.pcb.PCB$L_JIB).JIB$T_USERNAME).trimEnd();
      if (target === '') return SS$_BADPARAM;
      return isOperator || target.toUpperCase() === own ? SS$_NORMAL : SS$_NOOPER;
    }
    case BRK$C_DEVICE: {
      const found = IOC$SEARCHDEV(k, target, k.callerMode);
      if (found.status !== SS$_NORMAL) return found.status;
      const ucb = TTYUCB.at(k, found.ucb);
      if (ucb.UCB$B_DEVCLASS !== DC$_TERM) return SS$_NOSUCHDEV;
      if (ucb.UCB$V_ONLINE === 0) return SS$_DEVOFFLINE;
      return isOperator || (ucb.UCB$L_PID !== 0 && descendsFrom(k, ucb.UCB$L_PID)) ? SS$_NORMAL : SS$_NOOPER;
    }
    case BRK$C_ALLUSERS: case BRK$C_ALLTERMS:
      return isOperator ? SS$_NORMAL : SS$_NOOPER;
    default:
      return SS$_BADPARAM;
  }
}

/** The next terminal to write to; 0 when all have had their turn. BRK$L_UCBCTX counts the units passed. */
function nextTerminal(k: Kernel, brk: Broadcast): number {
  const name = readCounted(k, brk.address + BRK.offset.BRK$T_SENDNAME);
  if (brk.BRK$B_SNDTYP === BRK$C_DEVICE) {
    if (brk.BRK$L_UCBCTX !== 0) return 0;
    brk.BRK$L_UCBCTX = 1;
    const found = IOC$SEARCHDEV(k, name, brk.BRK$B_PRVMODE);
    return found.status === SS$_NORMAL ? found.ucb : 0;
  }
  const units = [...IOC$SCAN_IODB(k)];
  for (let index = brk.BRK$L_UCBCTX; index < units.length; index += 1) {
    const ucb = TTYUCB.at(k, units[index]!.ucb);
    brk.BRK$L_UCBCTX = index + 1;
    if (ucb.UCB$B_DEVCLASS !== DC$_TERM || ucb.UCB$V_ONLINE === 0) continue;
    if (ucb.UCB$L_PID === 0 && (brk.BRK$B_SNDTYP !== BRK$C_ALLTERMS || (ucb.UCB$L_DEVDEPND2 & TT2$M_AUTOBAUD) !== 0)) continue;
    if (brk.BRK$B_SNDTYP === BRK$C_USERNAME && userOf(k, ucb.UCB$L_PID) !== name) continue;
    return ucb.address;
  }
  brk.BRK$L_UCBCTX = units.length;
  return 0;
}

function userOf(k: Kernel, pid: number): string {
  const pcb = EXE$IPID_TO_PCB(k, pid);
  return pcb === 0 ? '' : bytesToText(JIB.at(k, PCB.at(k, pcb).PCB$L_JIB).JIB$T_USERNAME).trimEnd();
}

/** Whether a terminal takes the message; with TT2$V_BRDCSTMBX its mailbox has it instead. */
function accepts(k: Kernel, brk: Broadcast, address: number): boolean {
  const ucb = TTYUCB.at(k, address);
  if ((ucb.UCB$L_DEVCHAR & (DEV$M_NET | DEV$M_SPL)) !== 0) return false;
  const classes = ucb.UCB$Q_TL_BRKTHRU;
  if (((classes >> BigInt(brk.BRK$B_REQID)) & 1n) !== 0n) return false;
  if ((ucb.UCB$L_DEVDEPND2 & TT2$M_BRDCSTMBX) !== 0 && ucb.UCB$L_AMB !== 0) {
    EXE$WRTMAILBOX(k, ucb.UCB$L_AMB, mailboxMessage(k, brk, address));
    return (ucb.UCB$L_DEVDEPEND & TT$M_NOBRDCST) === 0;
  }
  return (ucb.UCB$L_DEVDEPEND & (TT$M_NOBRDCST | TT$M_PASSALL)) === 0;
}

/** MSG$_TRMBRDCST, unit, controller name, length of the text, text. */
function mailboxMessage(k: Kernel, brk: Broadcast, address: number): Uint8Array {
  const ucb = TTYUCB.at(k, address);
  const text = messageOf(k, brk);
  const bytes = new Uint8Array(22 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MSG$_TRMBRDCST, true);
  view.setUint16(2, ucb.UCB$W_UNIT, true);
  const name = readCounted(k, ucb.UCB$L_DDB + DDB.offset.DDB$T_NAME);
  bytes[4] = name.length;
  bytes.set(textToBytes(name), 5);
  view.setUint16(20, text.length, true);
  bytes.set(text, 22);
  return bytes;
}

/** What goes to the terminal: on a DECCRT with BRK$M_SCREEN at the top of the screen, the cursor put back where it was. @source fact 52 */
function outputFor(k: Kernel, brk: Broadcast, address: number): { bytes: Uint8Array; carriageControl: number } {
  const text = messageOf(k, brk);
  const ucb = TTYUCB.at(k, address);
  if ((brk.BRK$L_FLAGS & BRK$M_SCREEN) === 0 || (ucb.UCB$L_DEVDEPND2 & TT2$M_DECCRT) === 0) return { bytes: text, carriageControl: brk.BRK$L_CARCON };
  const lines = Math.max(1, brk.BRK$L_FLAGS & 0xff);
  let erase = '';
  for (let line = 1; line <= lines; line += 1) erase += `\x1b[${line};1H\x1b[K`;
  return { bytes: textToBytes(`\x1b7${erase}\x1b[1;1H${bytesToText(text)}\x1b8`), carriageControl: 0 };
}

/** Starts the write to the next terminal in a free context. */
function* startNext(p: Procedure, brk: Broadcast, index: number): Flow<boolean> {
  const k = p.kernel;
  const context = contextAt(brk, index);
  for (let ucb = nextTerminal(k, brk); ucb !== 0; ucb = nextTerminal(k, brk)) {
    if (!accepts(k, brk, ucb)) {
      brk.BRK$W_REFUSED = brk.BRK$W_REFUSED + 1;
      continue;
    }
    const started = yield* p.scratch(() => writeTo(p, brk, context, ucb));
    if (started) return true;
  }
  return false;
}

function* writeTo(p: Procedure, brk: Broadcast, context: number, ucb: number): Flow<boolean> {
  const k = p.kernel;
  const chan = p.allocate(4);
  const name = p.string(IOC$CVT_DEVNAM(k, ucb));
  // The channel is opened with SHARE and BYPASS, like $SETPRV on and off around it.
  const mask = k.pcb.PCB$Q_PRIV;
  k.pcb.PCB$Q_PRIV = mask | BigInt(PRV$M_SHARE) | BigInt(PRV$M_BYPASS);
  const assigned = yield* service(p, '$ASSIGN', { devnam: name, chan });
  k.pcb.PCB$Q_PRIV = mask;
  if ((assigned & 1) === 0) return false;
  const channel = p.memory.readWord(chan);
  channelBlock(k, channel).CCB$V_IMGTMP = 1;
  k.writeWord(context, channel);
  const { bytes, carriageControl } = outputFor(k, brk, ucb);
  const refresh = (brk.BRK$L_FLAGS & BRK$M_NOREFRESH) !== 0 ? 0 : IO$M_REFRESH;
  const status = yield* service(p, '$QIO', {
    efn: BRK_C_EFN, chan: channel, func: IO$_WRITEVBLK | IO$M_BREAKTHRU | IO$M_CANCTRLO | refresh, astadr: k.symbol('BRK$QIO_DONE'), astprm: context,
    p1: p.bytes(bytes), p2: bytes.length, p4: carriageControl,
  });
  if ((status & 1) === 0) {
    yield* service(p, '$DASSGN', { chan: channel });
    k.writeWord(context, 0);
    return false;
  }
  brk.BRK$W_OUTCNT = brk.BRK$W_OUTCNT + 1;
  if (brk.BRK$Q_TIMEOUT !== 0n) {
    yield* service(p, '$SETIMR', { efn: BRK_C_EFN, daytim: brk.address + BRK.offset.BRK$Q_TIMEOUT, astadr: k.symbol('BRK$QIO_TIMEOUT'), reqidt: context });
  }
  return true;
}

/** AST of a write: its channel goes, the next terminal has its turn; after the last one the request is complete. Kernel mode. */
const QIO_DONE = procedure('BRK$QIO_DONE', function* (p) {
  const k = p.kernel;
  const context = p.argument(1);
  const brk = BRK.at(k, k.readLong(context + CONTEXT_BRK));
  const channel = k.readWord(context);
  if (channel === 0) return SS$_NORMAL;
  if (brk.BRK$Q_TIMEOUT !== 0n) yield* service(p, '$CANTIM', { reqidt: context });
  if ((k.readWord(context + 8) & 1) === 0) brk.BRK$W_SUCCESS = brk.BRK$W_SUCCESS + 1;
  else brk.BRK$W_TMOCNT = brk.BRK$W_TMOCNT + 1;
  k.writeWord(context, 0);
  k.writeWord(context + 8, 0);
  yield* service(p, '$DASSGN', { chan: channel });
  brk.BRK$W_OUTCNT = brk.BRK$W_OUTCNT - 1;
  const index = (context - contextAt(brk, 0)) / CONTEXT_SIZE;
  yield* startNext(p, brk, index);
  if (brk.BRK$W_OUTCNT === 0) complete(k, brk);
  return SS$_NORMAL;
});

/** AST of the timer: the write has taken too long. The word behind the address notes it for QIO_DONE. */
const QIO_TIMEOUT = procedure('BRK$QIO_TIMEOUT', function* (p) {
  const context = p.argument(1);
  const channel = p.kernel.readWord(context);
  if (channel === 0) return SS$_NORMAL;
  p.kernel.writeWord(context + 8, 1);
  return yield* service(p, '$CANCEL', { chan: channel });
});

/** CHECK_COMPLETE: tells the caller, and gives the descriptor back. */
function complete(k: Kernel, brk: Broadcast): number {
  if (brk.BRK$V_DONE !== 0) return SS$_NORMAL;
  brk.BRK$V_DONE = 1;
  const iosb = brk.BRK$L_IOSB;
  const counts = [brk.BRK$W_SUCCESS, brk.BRK$W_TMOCNT, brk.BRK$W_REFUSED];
  const status = brk.BRK$W_STATUS;
  const result = notifyCaller(k, { efn: brk.BRK$B_EFN, iosb, astadr: brk.BRK$L_ASTADR, astprm: brk.BRK$L_ASTPRM }, status, brk.BRK$B_PRVMODE);
  if (iosb !== 0) counts.forEach((count, index) => { k.writeWord(iosb + 2 + 2 * index, count); });
  EXE$DEAP1(k, brk.address);
  return result;
}

/**
 * $BRDCST msgbuf,[devnam],[flags],[timout] - the older form, in the caller's mode: one terminal, all terminals (no name), all users
 * (empty name). @source digest ch18 2.14, fact 53
 */
const EXE$BRDCST = procedure('EXE$BRDCST', function* (p) {
  const [msgbuf, devnam, flags, timout] = [p.argument(1), p.argument(2), p.argument(3), p.argument(4)];
  const sndtyp = devnam === 0 ? BRK$C_ALLTERMS : p.memory.readWord(devnam) === 0 ? BRK$C_ALLUSERS : BRK$C_DEVICE;
  const iosb = p.allocate(8);
  const status = yield* service(p, '$BRKTHRUW', {
    efn: BRK_C_EFN, msgbuf, sendto: sndtyp === BRK$C_DEVICE ? devnam : 0, sndtyp, iosb, carcon: BLANK, flags, timout: timout === 0 ? 10 : timout,
  });
  if (status === SS$_NOOPER) return SS$_NOPRIV;
  return (status & 1) === 0 ? status : p.memory.readWord(iosb);
});

export const BREAKTHRU_ROUTINES: readonly Microroutine[] = [EXE$BRKTHRU, QIO_DONE, QIO_TIMEOUT, EXE$BRDCST];
