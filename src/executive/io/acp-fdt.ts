import { inlineRoutine, jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { DEV$M_FOR, DEV$M_MNT } from '../starlet/devdef.js';
import { IO$M_ACCESS, IO$_CREATE, IO$_MOUNT, IO$_READVBLK } from '../starlet/iodef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_DEVNOTMOUNT, SS$_EXQUOTA, SS$_FILALRACC, SS$_FILNOTACC, SS$_IVCHNLSEC, SS$_NOPRIV, SS$_NORMAL,
} from '../starlet/ssdef.js';
import { DYN$C_BUFIO } from '../structures/dyn.js';
import { IRP } from '../structures/irp.js';
import { WCB } from '../structures/volume.js';
import { hasProcessSection } from '../memory/section-table.js';
import {
  ABD, ABD$C_ATTRIB, ABD$C_FIB, ABD$C_NAME, ABD$C_RES, ABD$C_RESL, ABD$C_WINDOW, ABD$K_LENGTH, AIB, AIB$K_LENGTH, descriptorAt,
} from './acp-packet.js';
import { beginTransfer } from './drivers/disk.js';
import { EXE$ABORTIO, EXE$QIODRVPKT, allocateSystemBuffer, exitService, fdtContext, type FdtContext } from './fdt-support.js';
import { SEGMENT_TO_DRIVER, prepareSegment } from './segments.js';
import { EXE$QXQPPKT } from './xqp-queue.js';

/**
 * FDT routines for functions of the file system (module SYSACPFDT): they gather the requester's arguments into a buffer packet and hand
 * the request to the XQP. Virtual transfers go straight to the driver as far as the window maps them. @source book 18.3.3; digest ch18 2.10
 */

/** Longest attribute list, longest single item. */
const MAXIMUM_ATTRIBUTES = 64;
const LONGEST_ITEM = 0x1000;

/** One argument: where it is, how long, whether results go back there. */
interface Piece {
  readonly address: number;
  readonly length: number;
  readonly attribute: number;
  readonly returns: boolean;
}

const NO_PIECE: Piece = { address: 0, length: 0, attribute: 0, returns: false };

/** A descriptor argument (quadword: length, address); undefined when the caller may not read it. */
function describedPiece(k: Kernel, address: number, returns: boolean): Piece | undefined {
  if (address === 0) return NO_PIECE;
  if (!k.callerCanRead(address, 8)) return undefined;
  const piece = { address: k.readLong(address + 4), length: k.readWord(address), attribute: 0, returns };
  const accessible = returns ? k.callerCanWrite(piece.address, piece.length) : k.callerCanRead(piece.address, piece.length);
  return accessible ? piece : undefined;
}

/** Attribute control list: word size, word code, longword address; a zero longword ends it. */
function attributePieces(k: Kernel, list: number, writes: boolean): Piece[] | number {
  const pieces: Piece[] = [];
  for (let at = list; at !== 0; at += 8) {
    if (!k.callerCanRead(at, 4)) return SS$_ACCVIO;
    if (k.readLong(at) === 0) break;
    if (!k.callerCanRead(at, 8)) return SS$_ACCVIO;
    const piece = { length: k.readWord(at), attribute: k.readWord(at + 2), address: k.readLong(at + 4), returns: !writes };
    if (piece.length > LONGEST_ITEM || pieces.length >= MAXIMUM_ATTRIBUTES) return SS$_BADPARAM;
    const accessible = writes ? k.callerCanRead(piece.address, piece.length) : k.callerCanWrite(piece.address, piece.length);
    if (!accessible) return SS$_ACCVIO;
    pieces.push(piece);
  }
  return pieces;
}

/**
 * Builds the buffer packet and hands the request to the XQP: P1 FIB descriptor, P2 file name descriptor, P3 address of the length of the
 * result, P4 result name descriptor, P5 attribute list.
 */
function queueFileFunction(k: Kernel, context: FdtContext, writesAttributes: boolean): boolean {
  const { irp, parameter } = context;
  const refuse = (status: number): boolean => {
    EXE$ABORTIO(k, irp, status);
    return false;
  };
  const fib = describedPiece(k, parameter(1), true);
  const name = describedPiece(k, parameter(2), false);
  const result = describedPiece(k, parameter(4), true);
  const resultLength = parameter(3);
  if (!fib || !name || !result || (resultLength !== 0 && !k.callerCanWrite(resultLength, 2))) return refuse(SS$_ACCVIO);
  const attributes = attributePieces(k, parameter(5), writesAttributes);
  if (typeof attributes === 'number') return refuse(attributes);
  const pieces: Piece[] = [];
  pieces[ABD$C_WINDOW] = NO_PIECE;
  pieces[ABD$C_FIB] = fib;
  pieces[ABD$C_NAME] = name;
  pieces[ABD$C_RESL] = resultLength === 0 ? NO_PIECE : { address: resultLength, length: 2, attribute: 0, returns: true };
  pieces[ABD$C_RES] = result;
  pieces.splice(ABD$C_ATTRIB, 0, ...attributes);
  const data = pieces.map((piece) => (piece.length === 0 ? new Uint8Array(0) : k.readBytes(piece.address, piece.length)));
  const size = AIB$K_LENGTH + pieces.length * ABD$K_LENGTH + data.reduce((sum, bytes) => sum + bytes.length, 0);
  const pcb = k.pcb;
  if (pcb.PCB$W_DIOCNT === 0) return refuse(SS$_EXQUOTA);
  const { buffer, status } = allocateSystemBuffer(k, irp, size, DYN$C_BUFIO);
  if (buffer === 0) return refuse(status);
  pcb.PCB$W_DIOCNT = pcb.PCB$W_DIOCNT - 1;
  const packet = AIB.at(k, buffer);
  packet.AIB$L_DESCRIPT = descriptorAt(buffer, 0);
  packet.AIB$B_MODE = k.callerMode;
  let text = descriptorAt(buffer, pieces.length);
  pieces.forEach((piece, index) => {
    const abd = ABD.at(k, descriptorAt(buffer, index));
    abd.ABD$W_TEXT = text - abd.address;
    abd.ABD$W_COUNT = piece.length;
    abd.ABD$L_USERVA = piece.returns ? piece.address : 0;
    abd.ABD$W_ATTRIB = piece.attribute;
    k.writeBytes(text, data[index]!);
    text += piece.length;
  });
  irp.IRP$L_BCNT = pieces.length;
  irp.IRP$V_COMPLX = 1;
  irp.IRP$V_FUNC = 1;
  irp.IRP$V_FILACP = 1;
  return true;
}

/** EXE$QIOACPPKT: the XQP gets the request; the service succeeds. */
function toXqp(k: Kernel, context: FdtContext): void {
  const status = k.p1.CTL$GL_F11BXQP === 0 ? SS$_DEVNOTMOUNT : EXE$QXQPPKT(k, context.irp.address);
  if (status !== SS$_NORMAL) EXE$ABORTIO(k, context.irp, status);
  else exitService(k, SS$_NORMAL);
}

const isMounted = ({ ucb }: FdtContext): boolean => (ucb.UCB$L_DEVCHAR & DEV$M_MNT) !== 0;

/** ACP$ACCESS: IO$_ACCESS, IO$_CREATE; with IO$M_ACCESS the file stays open on the channel. */
function access(k: Kernel): void {
  const context = fdtContext(k);
  const { irp, ccb, code } = context;
  if (!isMounted(context)) return EXE$ABORTIO(k, irp, SS$_DEVNOTMOUNT);
  const opens = (irp.IRP$W_FUNC & IO$M_ACCESS) !== 0;
  if (opens && ccb.CCB$L_WIND !== 0) return EXE$ABORTIO(k, irp, SS$_FILALRACC);
  if (!queueFileFunction(k, context, code === IO$_CREATE)) return;
  if (opens) ccb.CCB$L_DIRP = 1;
  toXqp(k, context);
}

/** ACP$DEACCESS: waits in CCB$L_DIRP until the other requests of the channel are done. @source digest ch18 1.1, fact 36 */
function deaccess(k: Kernel): void {
  const context = fdtContext(k);
  const { irp, ccb } = context;
  if (ccb.CCB$L_WIND === 0) return EXE$ABORTIO(k, irp, SS$_FILNOTACC);
  if (hasProcessSection(ccb)) return EXE$ABORTIO(k, irp, SS$_IVCHNLSEC);
  if (!queueFileFunction(k, context, true)) return;
  if (ccb.CCB$W_IOC > 1) {
    ccb.CCB$L_DIRP = (irp.address | 1) >>> 0;
    exitService(k, SS$_NORMAL);
    return;
  }
  ccb.CCB$L_DIRP = 1;
  toXqp(k, context);
}

/** ACP$MODIFY: IO$_DELETE, IO$_MODIFY, IO$_ACPCONTROL, IO$_MOUNT. */
function modify(k: Kernel): void {
  const context = fdtContext(k);
  if (context.code !== IO$_MOUNT && !isMounted(context)) return EXE$ABORTIO(k, context.irp, SS$_DEVNOTMOUNT);
  if (queueFileFunction(k, context, true)) toXqp(k, context);
}

/**
 * ACP$READBLK and ACP$WRITEBLK: virtual transfers. On a volume mounted foreign they are logical ones. @source digest ch18 2.10, fact 37
 */
function virtualBlock(k: Kernel): void {
  const context = fdtContext(k);
  const { irp, ucb, code, parameter } = context;
  if (!isMounted(context)) return EXE$ABORTIO(k, irp, SS$_DEVNOTMOUNT);
  const isForeign = (ucb.UCB$L_DEVCHAR & DEV$M_FOR) !== 0;
  if (!isForeign) {
    if (irp.IRP$L_WIND === 0) return EXE$ABORTIO(k, irp, SS$_FILNOTACC);
    const window = WCB.at(k, irp.IRP$L_WIND);
    const allowed = code === IO$_READVBLK ? window.WCB$V_READ !== 0 && window.WCB$V_NOREAD === 0 : window.WCB$V_WRITE !== 0;
    if (!allowed) return EXE$ABORTIO(k, irp, SS$_NOPRIV);
    if (parameter(3) === 0) return EXE$ABORTIO(k, irp, SS$_BADPARAM);
  }
  if (!beginTransfer(k, !isForeign)) return;
  if (prepareSegment(k, irp, irp.IRP$L_OBCNT) === SEGMENT_TO_DRIVER) {
    k.sys.PMS$GL_HIT = k.sys.PMS$GL_HIT + 1;
    EXE$QIODRVPKT(k);
    return;
  }
  k.sys.PMS$GL_TURN = k.sys.PMS$GL_TURN + 1;
  toXqp(k, context);
}

/** R3 a transfer whose window has been turned, R5 its unit: R0 = 1 when the driver can go on with it. */
function prepareAgain(k: Kernel): void {
  const irp = IRP.at(k, k.register(3));
  k.setRegister(5, irp.IRP$L_UCB);
  k.setRegister(0, prepareSegment(k, irp, irp.IRP$L_OBCNT - irp.IRP$L_ABCNT) === SEGMENT_TO_DRIVER ? 1 : 0);
}

export const ACP_FDT_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('ACP$ACCESS', access),
  jsbRoutine('ACP$DEACCESS', deaccess),
  jsbRoutine('ACP$MODIFY', modify),
  jsbRoutine('ACP$RWBLK', virtualBlock),
  inlineRoutine('ACP_PREPARE_AGAIN', prepareAgain),
];
