import type { Kernel } from '../../kernel.js';
import {
  IO$M_BRDCST, IO$M_BREAKTHRU, IO$M_CANCTRLO, IO$M_CTRLCAST, IO$M_CTRLYAST, IO$M_ESCAPE, IO$M_EXTEND, IO$M_HANGUP, IO$M_INCLUDE, IO$M_NOFORMAT, IO$M_OUTBAND,
  IO$M_PURGE, IO$M_RD_MODEM, IO$M_REFRESH, IO$M_TIMED, IO$M_TT_PROCESS, IO$M_TYPEAHDCNT, IO$_READPROMPT, IO$_SENSECHAR, IO$_SETCHAR, IO$_TTYREADALL,
  IO$_TTYREADPALL,
} from '../../starlet/iodef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_HANGUP, SS$_NOPRIV, SS$_NORMAL } from '../../starlet/ssdef.js';
import {
  TRM$M_TM_ESCAPE, TRM$M_TM_NOFILTR, TRM$M_TM_PURGE, TRM$M_TM_TIMED, TRM$_EDITMODE, TRM$_ESCTRMOVR, TRM$_INIOFFSET, TRM$_INISTRNG,
  TRM$_MODIFIERS, TRM$_PROMPT, TRM$_TERM, TRM$_TIMEOUT,
} from '../../starlet/trmdef.js';
import { DYN$C_BUFIO, DYN$C_TWP } from '../../structures/dyn.js';
import { readQuad, writeQuad } from '../../structures/memory.js';
import { TTYUCB, TWP } from '../../structures/ucb.js';
import { descendsFrom } from '../assign.js';
import { COM$SETATTNAST } from '../attention.js';
import {
  EXE$ABORTIO, EXE$ALTQUEPKT, EXE$FINISHIO, EXE$FINISHIOC, EXE$QIODRVPKT, allocateSystemBuffer, checkBuffer, fdtContext, type FdtContext,
} from '../fdt-support.js';
import { COM$SETCTRLAST } from '../out-of-band.js';
import { EXE$CHKRDACCES } from '../protection.js';
import { isHungUp } from './terminal-modem.js';
import { TWP$M_BREAKTHRU, TWP$M_NOFORMAT, TWP$M_REFRESH } from './terminal-output.js';
import { portModem } from './terminal-port.js';
import { initializeReadBuffer, readBufferSize, type ReadRequest } from './terminal-read-buffer.js';
import { emptyTypeahead, firstTypedCharacter, typedCharacters } from './typeahead.js';

/**
 * FDT routines of the terminal class driver (module TTYFDT): the requester's parameters become a read buffer or a write packet.
 * @source book 19.4.2; digest ch19 2.6; VAX/VMS I/O User's Guide ch. 8
 */

const MODIFIERS_OF_READS = 0x7fc0;
const NOTHING = new Uint8Array(0);

// Reads -------------------------------------------------------------------------------------------------------------

/** A request that cannot be made into a read: the status to abort with. */
class BadRequest {
  constructor(readonly status: number) {}
}

export function fdtRead(k: Kernel): void {
  const context = fdtContext(k);
  const { irp } = context;
  if (isHungUp(TTYUCB.at(k, irp.IRP$L_UCB))) return EXE$FINISHIOC(k, irp, SS$_HANGUP);
  const request = (irp.IRP$W_FUNC & IO$M_EXTEND) !== 0 ? extendedRequest(k, context) : plainRequest(k, context);
  if (request instanceof BadRequest) return EXE$ABORTIO(k, irp, request.status);
  const accessible = checkBuffer(k, irp, request.userBuffer, request.size, true);
  if (accessible !== SS$_NORMAL) return EXE$ABORTIO(k, irp, accessible);
  const { buffer, status } = allocateSystemBuffer(k, irp, readBufferSize(request), DYN$C_BUFIO);
  if (buffer === 0) return EXE$ABORTIO(k, irp, status);
  initializeReadBuffer(k, buffer, request, DYN$C_BUFIO);
  irp.IRP$V_TERMIO = 1;
  irp.IRP$L_BCNT = request.size;
  EXE$QIODRVPKT(k);
}

/** Reads by P1 to P6: buffer, size, timeout, terminators, prompt, its length. */
function plainRequest(k: Kernel, { irp, code, parameter }: FdtContext): ReadRequest | BadRequest {
  const func = irp.IRP$W_FUNC;
  let modifiers = func & MODIFIERS_OF_READS;
  if (code === IO$_TTYREADALL || code === IO$_TTYREADPALL) modifiers |= TRM$M_TM_NOFILTR;
  const hasPrompt = code === IO$_READPROMPT || code === IO$_TTYREADPALL;
  const [promptAddress, promptLength] = hasPrompt ? [parameter(5), parameter(6) & 0xffff] : [0, 0];
  if (!k.callerCanRead(promptAddress, promptLength)) return new BadRequest(SS$_ACCVIO);
  const terminators = terminatorMask(k, parameter(4));
  if (terminators instanceof BadRequest) return terminators;
  return {
    userBuffer: parameter(1), size: parameter(2) & 0xffff, modifiers: modifiersOf(func, modifiers), timeout: parameter(3) & 0xffff, terminators,
    prompt: k.readBytes(promptAddress, promptLength), initial: NOTHING, initialOffset: undefined, escapeOverflow: 0,
  };
}

function modifiersOf(func: number, modifiers: number): number {
  let result = modifiers;
  if ((func & IO$M_TIMED) !== 0) result |= TRM$M_TM_TIMED;
  if ((func & IO$M_PURGE) !== 0) result |= TRM$M_TM_PURGE;
  if ((func & IO$M_ESCAPE) !== 0) result |= TRM$M_TM_ESCAPE;
  return result;
}

/** P4: quadword, either a size (more than 4 bytes) and address of a mask, or zero and a longword mask of the control characters. */
function terminatorMask(k: Kernel, address: number): Uint8Array | undefined | BadRequest {
  if (address === 0) return undefined;
  if (!k.callerCanRead(address, 8)) return new BadRequest(SS$_ACCVIO);
  const size = k.readWord(address);
  if (size === 0) return k.readBytes(address + 4, 4);
  return longMask(k, k.readLong(address + 4), size);
}

function longMask(k: Kernel, address: number, size: number): Uint8Array | BadRequest {
  const length = Math.min(size, 32);
  return k.callerCanRead(address, length) ? k.readBytes(address, length) : new BadRequest(SS$_ACCVIO);
}

/** Reads by item list (IO$M_EXTEND): P1 buffer, P2 size, P5 list, P6 its length in bytes. */
function extendedRequest(k: Kernel, { parameter }: FdtContext): ReadRequest | BadRequest {
  const [list, bytes] = [parameter(5), parameter(6) & 0xffff];
  if (!k.callerCanRead(list, bytes)) return new BadRequest(SS$_ACCVIO);
  let modifiers = 0;
  let timeout = 0;
  let terminators: Uint8Array | undefined;
  let prompt: Uint8Array = NOTHING;
  let initial: Uint8Array = NOTHING;
  let initialOffset: number | undefined;
  let escapeOverflow = 0;
  for (let at = list; at + 12 <= list + bytes; at += 12) {
    const length = k.readWord(at);
    const value = k.readLong(at + 4);
    const text = (): Uint8Array | BadRequest => (k.callerCanRead(value, length) ? k.readBytes(value, length) : new BadRequest(SS$_ACCVIO));
    switch (k.readWord(at + 2)) {
      case TRM$_MODIFIERS: modifiers = value; break;
      case TRM$_TIMEOUT: timeout = value & 0xffff; break;
      case TRM$_INIOFFSET: initialOffset = value & 0xffff; break;
      case TRM$_ESCTRMOVR: escapeOverflow = value & 0xffff; break;
      case TRM$_EDITMODE:
        // Read verify is not here; the default mode is the only one.
        if (value !== 0) return new BadRequest(SS$_BADPARAM);
        break;
      case TRM$_TERM: {
        const mask = length === 0 ? Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24) : longMask(k, value, length);
        if (mask instanceof BadRequest) return mask;
        terminators = mask;
        break;
      }
      case TRM$_PROMPT: {
        const string = text();
        if (string instanceof BadRequest) return string;
        prompt = string;
        break;
      }
      case TRM$_INISTRNG: {
        const string = text();
        if (string instanceof BadRequest) return string;
        initial = string;
        break;
      }
      default: return new BadRequest(SS$_BADPARAM);
    }
  }
  const whole = parameter(2) & 0xffff;
  const overflow = Math.min(escapeOverflow, whole);
  return {
    userBuffer: parameter(1), size: whole - overflow, modifiers, timeout, terminators, prompt, initial, initialOffset, escapeOverflow: overflow,
  };
}

// Writes ------------------------------------------------------------------------------------------------------------

export function fdtWrite(k: Kernel): void {
  const { irp, parameter } = fdtContext(k);
  if (isHungUp(TTYUCB.at(k, irp.IRP$L_UCB))) return EXE$FINISHIOC(k, irp, SS$_HANGUP);
  const [address, size] = [parameter(1), parameter(2) & 0xffff];
  const accessible = checkBuffer(k, irp, address, size, false);
  if (accessible !== SS$_NORMAL) return EXE$ABORTIO(k, irp, accessible);
  const func = irp.IRP$W_FUNC;
  const { prefix, suffix } = carriageControl(parameter(4));
  const text = k.readBytes(address, size);
  const { buffer, status } = allocateSystemBuffer(k, irp, TWP.size + prefix.length + size + suffix.length, DYN$C_TWP);
  if (buffer === 0) return EXE$ABORTIO(k, irp, status);
  const start = buffer + TWP.size;
  k.writeBytes(start, prefix);
  k.writeBytes(start + prefix.length, text);
  k.writeBytes(start + prefix.length + size, suffix);
  const twp = TWP.at(k, buffer);
  twp.TWP$L_NEXT = start;
  twp.TWP$L_END = start + prefix.length + size + suffix.length;
  twp.TWP$L_IRP = irp.address;
  twp.TWP$W_BCNT = size;
  twp.TWP$L_MAP = ((func & IO$M_NOFORMAT) !== 0 ? TWP$M_NOFORMAT : 0) | ((func & IO$M_BREAKTHRU) !== 0 ? TWP$M_BREAKTHRU : 0)
    | ((func & IO$M_REFRESH) !== 0 ? TWP$M_REFRESH : 0);
  if ((func & IO$M_CANCTRLO) !== 0) TTYUCB.at(k, irp.IRP$L_UCB).TTY$V_ST_CTRLO = 0;
  irp.IRP$V_TERMIO = 1;
  k.sys.PMS$GL_TWRITES = k.sys.PMS$GL_TWRITES + size;
  EXE$ALTQUEPKT(k);
}

const CR = 13;
const LF = 10;
const FF = 12;

/**
 * P4 of a write: a FORTRAN carriage control character in the low byte, or prefix and suffix codes in the third and fourth byte.
 *
 * @source I/O User's Guide, write function carriage control
 */
export function carriageControl(control: number): { prefix: Uint8Array; suffix: Uint8Array } {
  const fortran = control & 0xff;
  const both = (prefix: readonly number[], suffix: readonly number[]): { prefix: Uint8Array; suffix: Uint8Array } => (
    { prefix: Uint8Array.from(prefix), suffix: Uint8Array.from(suffix) });
  switch (fortran) {
    case 0: return both(controlCode((control >>> 16) & 0xff), controlCode(control >>> 24));
    case 0x30: return both([LF, LF], [CR]);
    case 0x31: return both([FF], [CR]);
    case 0x2b: return both([], [CR]);
    case 0x24: return both([LF], []);
    default: return both([LF], [CR]);
  }
}

/** Bit 7 clear: so many new lines. Set: one control character, of the C1 set when bit 5 is set. */
function controlCode(code: number): number[] {
  if (code === 0) return [];
  if ((code & 0x80) === 0) return [CR, ...Array.from({ length: code }, () => LF)];
  return [(code & 0x1f) | ((code & 0x20) !== 0 ? 0x80 : 0)];
}

// Set mode, sense mode ----------------------------------------------------------------------------------------------

/** IO$_SETMODE and IO$_SETCHAR: attention ASTs, out-of-band ASTs, the process the keyboard belongs to, or characteristics. */
export function fdtSetMode(k: Kernel): void {
  const { irp, parameter } = fdtContext(k);
  const func = irp.IRP$W_FUNC;
  const ucb = irp.IRP$L_UCB;
  const mode = Math.max(irp.IRP$V_MODE, parameter(3) & 3);
  let status = SS$_NORMAL;
  if ((func & IO$M_CTRLYAST) !== 0) {
    status = COM$SETATTNAST(k, ucb + TTYUCB.offset.UCB$L_TL_CTRLY, irp.address, parameter(1), parameter(2), mode);
  } else if ((func & IO$M_OUTBAND) !== 0) {
    const mask = outOfBandMask(k, parameter(2));
    if (mask === undefined) return EXE$ABORTIO(k, irp, SS$_ACCVIO);
    status = COM$SETCTRLAST(k, ucb + TTYUCB.offset.UCB$L_TL_BANDQUE, ucb + TTYUCB.offset.UCB$L_TL_OUTBAND, irp.address, {
      ast: parameter(1), mask, mode, include: (func & IO$M_INCLUDE) !== 0,
    });
  } else if ((func & IO$M_CTRLCAST) !== 0) {
    status = COM$SETATTNAST(k, ucb + TTYUCB.offset.UCB$L_TL_CTRLC, irp.address, parameter(1), parameter(2), mode);
  } else if ((func & IO$M_HANGUP) !== 0) {
    // Data terminal ready goes; the rest happens when carrier has gone. The console has no modem: what is typed ahead is forgotten.
    emptyTypeahead(k, TTYUCB.at(k, ucb));
    portModem(k, TTYUCB.at(k, ucb), false);
  } else if ((func & IO$M_BRDCST) !== 0) {
    // P1: quadword of requester classes that are not wanted.
    if (!k.callerCanRead(parameter(1), 8)) return EXE$ABORTIO(k, irp, SS$_ACCVIO);
    TTYUCB.at(k, ucb).UCB$Q_TL_BRKTHRU = readQuad(k, parameter(1));
  } else if ((func & IO$M_TT_PROCESS) !== 0) {
    // choice: a supervisor mode request makes the requester the process that CTRL/C and CTRL/Y go to (the book only says "a special $QIO").
    if (irp.IRP$V_MODE > 2) return EXE$ABORTIO(k, irp, SS$_NOPRIV);
    TTYUCB.at(k, ucb).UCB$L_TL_CTLPID = k.pcb.PCB$L_PID;
  } else status = setCharacteristics(k);
  if (status !== SS$_NORMAL) EXE$ABORTIO(k, irp, status);
  else EXE$FINISHIOC(k, irp, SS$_NORMAL);
}

/** P2 of an out-of-band request: address of a quadword whose second longword is the mask. */
function outOfBandMask(k: Kernel, address: number): number | undefined {
  if (address === 0) return 0;
  return k.callerCanRead(address, 8) ? k.readLong(address + 4) : undefined;
}

/**
 * P1, P2: a characteristics buffer of 8 or 12 bytes: class, type, width, characteristics with page length, second characteristics.
 * P3: speed codes, transmit in the low byte, receive in the next when it is another; P4: fill, carriage return in the low byte, line feed in the next; P5:
 * parity flags; 0 leaves each of them. The emulated line carries characters as fast as the host whatever they say.
 * IO$_SETMODE changes the line until its last channel goes, IO$_SETCHAR what it is to be again then. @source I/O User's Guide 8.4.3
 */
function setCharacteristics(k: Kernel): number {
  const { irp, code, parameter } = fdtContext(k);
  const address = parameter(1);
  const size = (parameter(2) & 0xffff) >= 12 ? 12 : 8;
  if (!k.callerCanRead(address, size)) return SS$_ACCVIO;
  const ucb = TTYUCB.at(k, irp.IRP$L_UCB);
  // A terminal's own user need not be one of those who may have it when it is free.
  const isOurs = ucb.UCB$L_PID !== 0 && descendsFrom(k, ucb.UCB$L_PID);
  if (!isOurs && !EXE$CHKRDACCES(k, ucb as never)) return SS$_NOPRIV;
  const [speed, fill, parity] = [parameter(3) & 0xffff, parameter(4) & 0xffff, parameter(5) & 0xff];
  const speeds = speed > 0xff ? speed : speed | (speed << 8);
  if (code === IO$_SETCHAR) {
    if (speed !== 0) ucb.UCB$W_TT_DESPEE = speeds;
    ucb.UCB$B_TT_DETYPE = k.readByte(address + 1);
    ucb.UCB$W_TT_DESIZE = k.readWord(address + 2);
    ucb.UCB$L_TT_DECHAR = k.readLong(address + 4);
    if (size === 12) ucb.UCB$L_TT_DECHA1 = k.readLong(address + 8);
    return SS$_NORMAL;
  }
  if (speed !== 0) ucb.UCB$W_TT_SPEED = speeds;
  if (fill !== 0) [ucb.UCB$B_TT_CRFILL, ucb.UCB$B_TT_LFFILL] = [fill & 0xff, fill >>> 8];
  if (parity !== 0) ucb.UCB$B_TT_PARITY = parity;
  ucb.UCB$B_DEVTYPE = k.readByte(address + 1);
  ucb.UCB$W_DEVBUFSIZ = k.readWord(address + 2);
  ucb.UCB$L_DEVDEPEND = k.readLong(address + 4);
  if (size === 12) ucb.UCB$L_DEVDEPND2 = k.readLong(address + 8);
  return SS$_NORMAL;
}

/**
 * IO$_SENSEMODE and, for what is permanent, IO$_SENSECHAR: the same buffer filled in; with TYPEAHDCNT the count of characters typed ahead and
 * the first of them; with RD_MODEM the modem's signals in its third byte.
 */
export function fdtSenseMode(k: Kernel): void {
  const { irp, code, parameter } = fdtContext(k);
  const ucb = TTYUCB.at(k, irp.IRP$L_UCB);
  const address = parameter(1);
  const size = (parameter(2) & 0xffff) >= 12 ? 12 : 8;
  if (!k.callerCanWrite(address, size)) return EXE$ABORTIO(k, irp, SS$_ACCVIO);
  if ((irp.IRP$W_FUNC & IO$M_BRDCST) !== 0) {
    writeQuad(k, address, ucb.UCB$Q_TL_BRKTHRU);
  } else if ((irp.IRP$W_FUNC & IO$M_TYPEAHDCNT) !== 0) {
    k.writeWord(address, typedCharacters(k, ucb));
    k.writeByte(address + 2, firstTypedCharacter(k, ucb));
    k.writeBytes(address + 3, new Uint8Array(5));
  } else if ((irp.IRP$W_FUNC & IO$M_RD_MODEM) !== 0) {
    k.writeBytes(address, new Uint8Array(8));
    k.writeByte(address + 2, ucb.UCB$B_TT_DS_RCV);
  } else if (code === IO$_SENSECHAR) {
    k.writeByte(address, ucb.UCB$B_DEVCLASS);
    k.writeByte(address + 1, ucb.UCB$B_TT_DETYPE);
    k.writeWord(address + 2, ucb.UCB$W_TT_DESIZE);
    k.writeLong(address + 4, ucb.UCB$L_TT_DECHAR);
    if (size === 12) k.writeLong(address + 8, ucb.UCB$L_TT_DECHA1);
  } else {
    k.writeByte(address, ucb.UCB$B_DEVCLASS);
    k.writeByte(address + 1, ucb.UCB$B_DEVTYPE);
    k.writeWord(address + 2, ucb.UCB$W_DEVBUFSIZ);
    k.writeLong(address + 4, ucb.UCB$L_DEVDEPEND);
    if (size === 12) k.writeLong(address + 8, ucb.UCB$L_DEVDEPND2);
  }
  const speeds = ucb.UCB$W_TT_SPEED;
  EXE$FINISHIO(k, irp, (SS$_NORMAL | (speeds << 16)) >>> 0, 0);
}
