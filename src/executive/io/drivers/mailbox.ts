import { jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';
import { deleteMailboxName } from '../mailbox-name.js';
import { allocateBlock } from '../../pool/typed.js';
import { EXE$DEANONPAGED } from '../../pool/nonpaged.js';
import { SCH$RAVAIL } from '../../scheduling/resources.js';
import {
  IO$M_NOW, IO$M_READATTN, IO$M_SETPROT, IO$_READLBLK, IO$_READPBLK, IO$_READVBLK, IO$_SENSEMODE, IO$_SETMODE, IO$_WRITELBLK,
  IO$_WRITEOF, IO$_WRITEPBLK, IO$_WRITEVBLK,
} from '../../starlet/iodef.js';
import { IO$M_NORSWAIT } from '../io-modifiers.js';
import {
  SS$_ABORT, SS$_BUFFEROVF, SS$_ENDOFFILE, SS$_INSFMEM, SS$_MBFULL, SS$_MBTOOSML, SS$_NOPRIV, SS$_NORMAL,
} from '../../starlet/ssdef.js';
import { DYN$C_BUFIO } from '../../structures/dyn.js';
import { IPL$_MAILBOX } from '../../structures/ipl.js';
import { IRP, MBMSG } from '../../structures/irp.js';
import { ORB } from '../../structures/orb.js';
import { RSN$_MAILBOX, RSN$_NPDYNMEM } from '../../structures/sch.js';
import { UCB } from '../../structures/ucb.js';
import { DDB } from '../../structures/device.js';
import { readCounted } from '../../structures/memory.js';
import { COM$DELATTNAST, COM$FLUSHATTNS, COM$SETATTNAST } from '../attention.js';
import { CAN$C_CANCEL, isCancelled } from '../cancel.js';
import { COM$POST, finishCurrent, type RequestPacket } from '../completion.js';
import {
  EXE$ABORTIO, EXE$FINISHIO, EXE$FINISHIOC, EXE$IORSNWAIT, EXE$QIODRVPKT, EXE$QIORETURN, checkBuffer, fdtContext,
} from '../fdt-support.js';
import { EXE$CHKRDACCES, EXE$CHKWRTACCES } from '../protection.js';
import { EXE$IPID_TO_EPID } from '../../process/pid.js';
import type { DriverTable } from './driver-table.js';

/**
 * The mailbox driver (MBDRIVER): messages in nonpaged pool, in order, between processes. Its fork IPL is the highest, so that any
 * driver may write a mailbox from its own fork level. @source book 19.4.4; digest ch19 2.9
 */

type Mailbox = ReturnType<typeof UCB.at>;

const messageQueue = (ucb: Mailbox): number => ucb.address + UCB.offset.UCB$L_MB_MSGQ;
const writeAttention = (ucb: Mailbox): number => ucb.address + UCB.offset.UCB$L_MB_W_AST;
const readAttention = (ucb: Mailbox): number => ucb.address + UCB.offset.UCB$L_MB_R_AST;

/** Fills a message block. */
function fillMessage(k: Kernel, block: number, bytes: Uint8Array, irp: number, pid: number): void {
  const message = MBMSG.at(k, block);
  message.MBMSG$L_IRP = irp;
  message.MBMSG$L_PID = pid;
  message.MBMSG$W_DATASIZE = bytes.length;
  k.writeBytes(block + MBMSG.size, bytes);
}

// Writing -----------------------------------------------------------------------------------------------------------

/** FDTWRITE: the message goes to a waiting reader or into the queue. An IO$_WRITEOF is a message that means end of file. */
function fdtWrite(k: Kernel): void {
  const { irp, ucb, parameter, code } = fdtContext(k);
  const isEof = code === IO$_WRITEOF;
  const [address, size] = isEof ? [0, 0] : [parameter(1), parameter(2) & 0xffff];
  if (!EXE$CHKWRTACCES(k, ucb)) return EXE$ABORTIO(k, irp, SS$_NOPRIV);
  if (size > ucb.UCB$W_DEVBUFSIZ) return EXE$ABORTIO(k, irp, SS$_MBTOOSML);
  const accessible = checkBuffer(k, irp, address, size, false);
  if (accessible !== SS$_NORMAL) return EXE$ABORTIO(k, irp, accessible);
  const mayWait = (irp.IRP$W_FUNC & IO$M_NORSWAIT) === 0 && k.pcb.PCB$V_SSRWAIT === 0;
  if (size > ucb.UCB$W_BUFQUO) {
    // Equality with the initial quota: the message fits an empty mailbox, so it may wait for that.
    if (size > ucb.UCB$W_INIQUO) return EXE$ABORTIO(k, irp, SS$_MBTOOSML);
    if (!mayWait) return EXE$ABORTIO(k, irp, (irp.IRP$W_FUNC & IO$M_NORSWAIT) !== 0 ? SS$_MBTOOSML : SS$_MBFULL);
    return EXE$IORSNWAIT(k, irp, RSN$_MAILBOX);
  }
  const text = k.readBytes(address, size);
  const block = allocateBlock(k, MBMSG.size + size, DYN$C_BUFIO);
  if (block === 0) {
    if (!mayWait) return EXE$ABORTIO(k, irp, SS$_INSFMEM);
    return EXE$IORSNWAIT(k, irp, RSN$_NPDYNMEM);
  }
  const now = (irp.IRP$W_FUNC & IO$M_NOW) !== 0;
  fillMessage(k, block, text, now ? 0 : irp.address, irp.IRP$L_PID);
  MBMSG.at(k, block).MBMSG$B_EOF = isEof ? 1 : 0;
  k.sys.PMS$GL_MBWRITES = k.sys.PMS$GL_MBWRITES + 1;
  irp.IRP$L_IOST1 = (SS$_NORMAL | (size << 16)) >>> 0;
  k.ipl = IPL$_MAILBOX;
  insertMessage(k, ucb, block, size);
  if (now) EXE$FINISHIO(k, irp, irp.IRP$L_IOST1, 0);
  else EXE$QIORETURN(k);
}

/** INSMBQUEUE: a waiting read gets the message; otherwise it is queued and those who asked are told. IPL 11. */
function insertMessage(k: Kernel, ucb: Mailbox, block: number, size: number): void {
  ucb.UCB$W_BUFQUO = ucb.UCB$W_BUFQUO - size;
  ucb.UCB$W_MSGCNT = ucb.UCB$W_MSGCNT + 1;
  if (ucb.UCB$V_BSY !== 0) {
    finishRead(k, ucb, block);
    return;
  }
  k.insertTail(block, messageQueue(ucb));
  COM$DELATTNAST(k, writeAttention(ucb));
}

/**
 * EXE$WRTMAILBOX: a message from the system itself.
 *
 * @param mailbox  UCB @param bytes  the message
 * @returns SS$_NORMAL; SS$_MBTOOSML longer than the mailbox takes; SS$_MBFULL; SS$_INSFMEM
 * IPL 0 to 11. @source book 19.4.4; digest ch19 fact 25
 */
export function EXE$WRTMAILBOX(k: Kernel, mailbox: number, bytes: Uint8Array): number {
  const ucb = UCB.at(k, mailbox);
  if (bytes.length > ucb.UCB$W_DEVBUFSIZ) return SS$_MBTOOSML;
  if (bytes.length > ucb.UCB$W_BUFQUO) return SS$_MBFULL;
  const block = allocateBlock(k, MBMSG.size + bytes.length, DYN$C_BUFIO);
  if (block === 0) return SS$_INSFMEM;
  fillMessage(k, block, bytes, 0, 0);
  insertMessage(k, ucb, block, bytes.length);
  return SS$_NORMAL;
}

/**
 * EXE$SNDEVMSG: tells a mailbox something about a device: message type, unit, name of the controller.
 *
 * @param type  MSG$_ code @param device  UCB
 */
export function EXE$SNDEVMSG(k: Kernel, mailbox: number, type: number, device: number): number {
  const ucb = UCB.at(k, device);
  const name = readCounted(k, ucb.UCB$L_DDB + DDB.offset.DDB$T_NAME);
  const bytes = new Uint8Array(4 + 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type, true);
  view.setUint16(2, ucb.UCB$W_UNIT, true);
  bytes[4] = name.length;
  for (let index = 0; index < name.length; index += 1) bytes[5 + index] = name.charCodeAt(index);
  return EXE$WRTMAILBOX(k, mailbox, bytes);
}

// Reading -----------------------------------------------------------------------------------------------------------

function fdtRead(k: Kernel): void {
  const { irp, ucb, parameter } = fdtContext(k);
  const [address, size] = [parameter(1), parameter(2) & 0xffff];
  if (!EXE$CHKRDACCES(k, ucb)) return EXE$ABORTIO(k, irp, SS$_NOPRIV);
  // choice: a buffer larger than the longest message is no error (the book compares it with UCB$W_DEVBUFSIZ as for writes).
  const accessible = checkBuffer(k, irp, address, size, true);
  if (accessible !== SS$_NORMAL) return EXE$ABORTIO(k, irp, accessible);
  irp.IRP$L_MEDIA = address;
  irp.IRP$L_BCNT = size;
  irp.IRP$V_MBXIO = 1;
  k.sys.PMS$GL_MBREADS = k.sys.PMS$GL_MBREADS + 1;
  if ((irp.IRP$W_FUNC & IO$M_NOW) !== 0 && ucb.UCB$W_MSGCNT === 0) {
    irp.IRP$L_BCNT = 0;
    return EXE$FINISHIOC(k, irp, SS$_ENDOFFILE);
  }
  EXE$QIODRVPKT(k);
}

/** STARTIO: R3 IRP, R5 UCB, IPL 11. Without a message the unit stays busy until one comes. */
function startIo(k: Kernel): void {
  beginRead(k, UCB.at(k, k.register(5)));
}

function beginRead(k: Kernel, ucb: Mailbox): void {
  const block = k.removeHead(messageQueue(ucb));
  if (block === undefined) COM$DELATTNAST(k, readAttention(ucb));
  else finishRead(k, ucb, block);
}

/**
 * FINISHREAD: the message becomes the system buffer of the read; quota comes back; the write that waited for this is done too. The
 * next read in the queue begins at once. IPL 11. @source digest ch19 2.9
 */
function finishRead(k: Kernel, ucb: Mailbox, block: number): void {
  const message = MBMSG.at(k, block);
  const irp = IRP.at(k, ucb.UCB$L_IRP);
  const size = message.MBMSG$W_DATASIZE;
  const isEof = message.MBMSG$B_EOF !== 0;
  const [writer, writeRequest] = [message.MBMSG$L_PID, message.MBMSG$L_IRP];
  const user = irp.IRP$L_MEDIA;
  message.MBMSG$L_PKTDATA = block + MBMSG.size;
  message.MBMSG$L_USRVA = user;
  irp.IRP$L_SVAPTE = block;
  ucb.UCB$W_BUFQUO = ucb.UCB$W_BUFQUO + size;
  ucb.UCB$W_MSGCNT = ucb.UCB$W_MSGCNT - 1;
  SCH$RAVAIL(k, RSN$_MAILBOX);
  const wanted = irp.IRP$L_BCNT;
  const given = Math.min(size, wanted);
  irp.IRP$L_BCNT = given;
  const status = isEof ? SS$_ENDOFFILE : size > wanted ? SS$_BUFFEROVF : SS$_NORMAL;
  if (writeRequest !== 0) {
    const write = IRP.at(k, writeRequest);
    write.IRP$L_IOST2 = EXE$IPID_TO_EPID(k, irp.IRP$L_PID);
    COM$POST(k, writeRequest);
  }
  const next = finishCurrent(k, ucb.address, (status | (given << 16)) >>> 0, writer === 0 ? 0 : EXE$IPID_TO_EPID(k, writer));
  if (next !== 0) beginRead(k, ucb);
}

// Set mode, cancel --------------------------------------------------------------------------------------------------

function fdtSetMode(k: Kernel): void {
  const { irp, ucb, parameter } = fdtContext(k);
  const func = irp.IRP$W_FUNC;
  if ((func & IO$M_SETPROT) !== 0) return setProtection(k, irp, ucb, parameter(2));
  const isRead = (func & IO$M_READATTN) !== 0;
  const allowed = isRead ? EXE$CHKWRTACCES(k, ucb) : EXE$CHKRDACCES(k, ucb);
  if (!allowed) return EXE$ABORTIO(k, irp, SS$_NOPRIV);
  const list = isRead ? readAttention(ucb) : writeAttention(ucb);
  const mode = Math.max(irp.IRP$V_MODE, parameter(3) & 3);
  const status = COM$SETATTNAST(k, list, irp.address, parameter(1), parameter(2), mode);
  if (status !== SS$_NORMAL) return EXE$ABORTIO(k, irp, status);
  k.ipl = IPL$_MAILBOX;
  const isTrueAlready = isRead ? ucb.UCB$V_BSY !== 0 : ucb.UCB$W_MSGCNT !== 0;
  if (isTrueAlready) COM$DELATTNAST(k, list);
  EXE$FINISHIOC(k, irp, SS$_NORMAL);
}

function setProtection(k: Kernel, irp: RequestPacket, ucb: Mailbox, protection: number): void {
  const orb = ORB.at(k, ucb.UCB$L_ORB);
  if (orb.ORB$L_OWNER !== k.pcb.PCB$L_UIC) return EXE$ABORTIO(k, irp, SS$_NOPRIV);
  orb.ORB$V_PROT_16 = 1;
  orb.ORB$W_PROT = protection & 0xffff;
  EXE$FINISHIOC(k, irp, SS$_NORMAL);
}

function fdtSense(k: Kernel): void {
  const { irp, ucb } = fdtContext(k);
  EXE$FINISHIO(k, irp, SS$_NORMAL, ucb.UCB$W_MSGCNT);
}

/** Cancel: attention ASTs of the channel, the current read, the channel's unread writes; with the last channel the name goes. */
function cancel(k: Kernel): void {
  const ucb = UCB.at(k, k.register(5));
  const [channel, reason] = [k.register(2), k.register(8)];
  const pid = k.pcb.PCB$L_PID;
  if (channel !== 0) {
    COM$FLUSHATTNS(k, readAttention(ucb), pid, channel);
    COM$FLUSHATTNS(k, writeAttention(ucb), pid, channel);
    for (const block of [...k.queueEntries(messageQueue(ucb))]) releaseWriter(k, ucb, block, pid, channel);
    if (isCancelled(k, ucb)) {
      const irp = IRP.at(k, ucb.UCB$L_IRP);
      irp.IRP$V_FUNC = 0;
      const next = finishCurrent(k, ucb.address, SS$_ABORT, 0);
      if (next !== 0) beginRead(k, ucb);
    }
  }
  if (reason !== CAN$C_CANCEL && ucb.UCB$W_REFC === 0 && ucb.UCB$V_DELMBX !== 0) {
    deleteMailboxName(k, ucb.address);
    discardMessages(k, ucb);
  }
}

/** A write that nobody has read is aborted with its message. */
function releaseWriter(k: Kernel, ucb: Mailbox, block: number, pid: number, channel: number): void {
  const message = MBMSG.at(k, block);
  if (message.MBMSG$L_IRP === 0) return;
  const irp = IRP.at(k, message.MBMSG$L_IRP);
  if (irp.IRP$L_PID !== pid || irp.IRP$W_CHAN !== channel) return;
  irp.IRP$L_IOST1 = SS$_ABORT;
  irp.IRP$L_IOST2 = 0;
  COM$POST(k, irp.address);
  removeMessage(k, ucb, block);
}

function removeMessage(k: Kernel, ucb: Mailbox, block: number): void {
  k.removeQueue(block);
  ucb.UCB$W_BUFQUO = ucb.UCB$W_BUFQUO + MBMSG.at(k, block).MBMSG$W_DATASIZE;
  ucb.UCB$W_MSGCNT = ucb.UCB$W_MSGCNT - 1;
  EXE$DEANONPAGED(k, block);
}

function discardMessages(k: Kernel, ucb: Mailbox): void {
  for (const block of [...k.queueEntries(messageQueue(ucb))]) removeMessage(k, ucb, block);
  SCH$RAVAIL(k, RSN$_MAILBOX);
}

const READS = [IO$_READPBLK, IO$_READLBLK, IO$_READVBLK];
const WRITES = [IO$_WRITEPBLK, IO$_WRITELBLK, IO$_WRITEVBLK, IO$_WRITEOF];

export const MAILBOX_DRIVER: DriverTable = {
  name: 'MBDRIVER',
  ucbSize: 144,
  start: 'MB$STARTIO',
  cancel: 'MB$CANCEL',
  buffered: [...READS, ...WRITES, IO$_SETMODE, IO$_SENSEMODE],
  functions: [
    { codes: READS, routine: 'MB$FDTREAD' },
    { codes: WRITES, routine: 'MB$FDTWRITE' },
    { codes: [IO$_SETMODE], routine: 'MB$FDTSET' },
    { codes: [IO$_SENSEMODE], routine: 'MB$FDTSENSE' },
  ],
};

export const MAILBOX_DRIVER_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('MB$FDTREAD', fdtRead),
  jsbRoutine('MB$FDTWRITE', fdtWrite),
  jsbRoutine('MB$FDTSET', fdtSetMode),
  jsbRoutine('MB$FDTSENSE', fdtSense),
  jsbRoutine('MB$STARTIO', startIo),
  jsbRoutine('MB$CANCEL', cancel),
];
