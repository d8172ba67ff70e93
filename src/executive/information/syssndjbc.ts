import { SCH$QAST } from '../ast/queue.js';
import { callRoutine, jsbRoutine, procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { EXE$SENDMSG } from '../io/send-message.js';
import { becomeCompletionAst } from '../io/service-completion.js';
import type { Kernel } from '../kernel.js';
import { callerItems, type Item } from '../names/item-list.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SCH$CLREF, SCH$POSTEF } from '../process/event-flags.js';
import { LNM$C_MAXDEPTH, LNM$_STRING } from '../starlet/lnmdef.js';
import { MSG$_GETQUI, MSG$_SNDJBC } from '../starlet/msgdef.js';
import { QUI$_DISPLAY_QUEUE, QUI$_SEARCH_NAME, QUI$_TRANSLATE_QUEUE } from '../starlet/quidef.js';
import { SJC$_DESTINATION_QUEUE, SJC$_GENERIC_TARGET, SJC$_LOG_QUEUE, SJC$_QUEUE } from '../starlet/sjcdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_EXASTLM, SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB, ACB$M_KAST } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { IPL$_ASTDEL } from '../structures/ipl.js';
import { bytesToText, readQuad, textToBytes } from '../structures/memory.js';
import { PHD } from '../structures/phd.js';
import { PRI$_NULL } from '../structures/sch.js';
import { structure } from '../structures/structure.js';
import { isOutputItem, JOB_ITEM, JOB_MESSAGE, JOB_OUTPUT } from './job-message.js';

/**
 * $SNDJBC and $GETQUI (module SYSSNDJBC): a request to the job controller, who answers with a special kernel AST. In executive mode the
 * message is checked and built, on the stack; in kernel mode it is sent. @source book 29.1.1, 29.1.2; digest ch29 2.1
 */

/** Highest function and item codes. choice: those of SJC$_ and QUI$_ as far as they are known; the rest is the job controller's business. */
const HIGHEST_FUNCTION = { [MSG$_SNDJBC]: 31, [MSG$_GETQUI]: 8 } as const;
const HIGHEST_ITEM = 200;
const MOST_DATA = 255;

type MessageType = keyof typeof HIGHEST_FUNCTION;

function* send(p: Procedure, type: MessageType): Flow<number> {
  const [efn, func, , itmlst, iosb, astadr, astprm] = [1, 2, 3, 4, 5, 6, 7].map((number) => p.argument(number)) as [number, number, number, number, number, number, number];
  const k = p.kernel;
  if (iosb !== 0) {
    if (!k.callerCanWrite(iosb, 8)) return SS$_ACCVIO;
    p.memory.writeLong(iosb, 0);
    p.memory.writeLong(iosb + 4, 0);
  }
  if (func === 0 || func > HIGHEST_FUNCTION[type]) return SS$_BADPARAM;
  const items = itmlst === 0 ? [] : callerItems(k, itmlst);
  if (typeof items === 'number') return items;
  for (const item of items) {
    if (item.code === 0 || item.code > HIGHEST_ITEM) return SS$_BADPARAM;
    const accessible = isOutputItem(type, item.code) ? k.callerCanWrite(item.buffer, item.length) : k.callerCanRead(item.buffer, item.length);
    if (!accessible) return SS$_ACCVIO;
    if (item.returnLength !== 0 && !k.callerCanWrite(item.returnLength, 2)) return SS$_ACCVIO;
  }
  const mode = k.callerMode;
  const data: Uint8Array[] = [];
  for (const item of items) data.push(yield* dataOf(p, type, func, item, mode));
  const message = JOB_MESSAGE.at(p.memory, layOut(p, items, data));
  message.JBM$W_TYPE = type;
  message.JBM$L_FUNC = func;
  message.JBM$L_EFN = efn;
  message.JBM$L_IOSB = iosb;
  message.JBM$L_ASTADR = astadr;
  message.JBM$L_ASTPRM = astprm;
  message.JBM$B_MODE = mode;
  const list = p.allocate(8);
  p.memory.writeLong(list, 1);
  p.memory.writeLong(list + 4, message.address);
  return yield* service(p, '$CMKRNL', { routin: k.symbol('EXE$SNDJBC_SEND'), arglst: list });
}

/** What of an item goes with the message: nothing of a buffer that is to be filled; a queue's name as the caller's logical names have it. */
function* dataOf(p: Procedure, type: MessageType, func: number, item: Item, mode: number): Flow<Uint8Array> {
  if (isOutputItem(type, item.code)) return new Uint8Array(0);
  const bytes = p.memory.readBytes(item.buffer, Math.min(item.length, MOST_DATA));
  return namesQueue(type, func, item.code) ? yield* translated(p, bytes, mode) : bytes;
}

function namesQueue(type: MessageType, func: number, code: number): boolean {
  if (type === MSG$_SNDJBC) return code === SJC$_QUEUE || code === SJC$_DESTINATION_QUEUE || code === SJC$_LOG_QUEUE || code === SJC$_GENERIC_TARGET;
  return code === QUI$_SEARCH_NAME && (func === QUI$_TRANSLATE_QUEUE || func === QUI$_DISPLAY_QUEUE);
}

const QUEUE_NAME = /^[A-Z0-9$_]{1,31}$/;

/** The name of a queue, in capitals, translated by LNM$FILE_DEV until nothing is left to translate. Wildcards stay as they are. */
function* translated(p: Procedure, bytes: Uint8Array, mode: number): Flow<Uint8Array> {
  let name = bytesToText(bytes).trim().toUpperCase().replace(/:$/, '');
  for (let depth = 0; depth < LNM$C_MAXDEPTH && QUEUE_NAME.test(name); depth += 1) {
    const next = yield* p.scratch(function* () {
      const [buffer, length] = [p.allocate(256), p.allocate(4)];
      const status = yield* service(p, '$TRNLNM', {
        tabnam: p.string('LNM$FILE_DEV'), lognam: p.string(name), acmode: p.bytes(Uint8Array.of(mode)),
        itmlst: p.itemList([{ code: LNM$_STRING, length: 255, buffer, returnLength: length }]),
      });
      return status & 1 ? bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length))).toUpperCase().replace(/:$/, '') : undefined;
    });
    if (next === undefined || next === name) break;
    name = next;
  }
  return textToBytes(name.slice(0, MOST_DATA));
}

/** Puts the items on the stack behind a header that says who sends. */
function layOut(p: Procedure, items: readonly Item[], data: readonly Uint8Array[]): number {
  const k = p.kernel;
  const size = data.reduce((sum, bytes) => sum + JOB_ITEM.size + bytes.length, JOB_MESSAGE.size);
  const address = p.allocate(size);
  let at = address + JOB_MESSAGE.size;
  items.forEach((item, index) => {
    const entry = JOB_ITEM.at(p.memory, at);
    entry.JBI$W_LENGTH = item.length;
    entry.JBI$W_CODE = item.code;
    entry.JBI$L_BUFFER = item.buffer;
    entry.JBI$L_RETLEN = item.returnLength;
    entry.JBI$W_DATA = data[index]!.length;
    p.memory.writeBytes(at + JOB_ITEM.size, data[index]!);
    at += JOB_ITEM.size + data[index]!.length;
  });
  const message = JOB_MESSAGE.at(p.memory, address);
  const { pcb } = k;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  message.JBM$W_SIZE = size;
  message.JBM$W_ITEMS = items.length;
  message.JBM$Q_PRIV = phd.PHD$Q_PRIVMSK;
  message.JBM$L_UIC = pcb.PCB$L_UIC;
  message.JBM$T_USERNAME = k.p1.CTL$T_USERNAME;
  message.JBM$T_ACCOUNT = k.p1.CTL$T_ACCOUNT;
  message.JBM$B_PRIB = 31 - pcb.PCB$B_PRIB;
  message.JBM$L_PID = pcb.PCB$L_EPID;
  message.JBM$L_IPID = pcb.PCB$L_PID;
  message.JBM$L_STS = pcb.PCB$L_STS;
  message.JBM$L_OWNER = pcb.PCB$L_EOWNER;
  message.JBM$T_TERMINAL = pcb.PCB$T_TERMINAL;
  message.JBM$Q_SYSTIME = readQuad(k, k.symbol('EXE$GQ_SYSTIME'));
  message.JBM$L_IMGCNT = phd.PHD$L_IMGCNT;
  return address;
}

/**
 * The kernel mode part: event flag, AST quota, and the message on its way.
 *
 * Argument: address of the message. @returns SS$_NORMAL; SS$_ILLEFC, SS$_UNASEFC; SS$_EXASTLM; those of EXE$SENDMSG
 */
const sendInKernelMode = callRoutine('EXE$SNDJBC_SEND', (k) => {
  const message = JOB_MESSAGE.at(k, k.argument(1));
  const cleared = SCH$CLREF(k, k.pcb.address, message.JBM$L_EFN);
  if (!(cleared & 1)) return cleared;
  const { pcb } = k;
  const charge = message.JBM$L_ASTADR === 0 ? 0 : 1;
  if (pcb.PCB$W_ASTCNT < charge) return SS$_EXASTLM;
  const status = sendFromStack(k, 'SYS$GL_JOBCTLMB', message.address, message.JBM$W_SIZE);
  if (status & 1) pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT - charge;
  return status;
});

/**
 * Sends a message that lies on an outer stack: at IPL 2, where pages can still be faulted in, it is read as a whole; the mailbox driver
 * gets it at IPL 11.
 */
export function sendFromStack(k: Kernel, mailbox: string, address: number, size: number): number {
  const before = k.ipl;
  k.ipl = IPL$_ASTDEL;
  const bytes = k.readBytes(address, size);
  const status = EXE$SENDMSG(k, k.symbol(mailbox), bytes);
  k.ipl = before;
  return status;
}

/** The answer on its way: an ACB with what it needs to be delivered. */
const JBR = structure('JBR', 56, {
  0x00: ['JBR$R_ACB', 28, 'the AST control block'],
  0x1c: ['JBR$L_IMGCNT', 'PHD$L_IMGCNT at the request'],
  0x20: ['JBR$L_EFN', 'event flag'],
  0x24: ['JBR$L_IOSB', 'status block, 0 for none'],
  0x28: ['JBR$L_STATUS', 'its first longword'],
  0x2c: ['JBR$L_ASTADR', 'completion AST, 0 for none'],
  0x30: ['JBR$L_ASTPRM', 'its parameter'],
  0x34: ['JBR$W_SIZE', 'bytes of output items (JBO) behind this'],
  0x36: ['JBR$W_MODE', 'access mode of the requester'],
});

/**
 * EXE$JBCREPLY, for the job controller in kernel mode: answers a request.
 *
 * Arguments: address of the message, status, address and length of the output items, each a JBO with its data.
 * @returns SS$_NORMAL, SS$_INSFMEM; SS$_NONEXPR the requester is gone
 */
const reply = callRoutine('EXE$JBCREPLY', (k) => {
  const message = JOB_MESSAGE.at(k, k.argument(1));
  const [data, size] = [k.argument(3), k.argument(4)];
  // Both lie in pageable memory: a missing page faults here, while nothing is allocated.
  k.readBytes(message.address, JOB_MESSAGE.size);
  const content = k.readBytes(data, size);
  const block = allocateBlock(k, JBR.size + size, DYN$C_ACB);
  if (block === 0) return SS$_INSFMEM;
  const answer = JBR.at(k, block);
  answer.JBR$L_IMGCNT = message.JBM$L_IMGCNT;
  answer.JBR$L_EFN = message.JBM$L_EFN;
  answer.JBR$L_IOSB = message.JBM$L_IOSB;
  answer.JBR$L_STATUS = k.argument(2);
  answer.JBR$L_ASTADR = message.JBM$L_ASTADR;
  answer.JBR$L_ASTPRM = message.JBM$L_ASTPRM;
  answer.JBR$W_MODE = message.JBM$B_MODE;
  answer.JBR$W_SIZE = size;
  k.writeBytes(block + JBR.size, content);
  const acb = ACB.at(k, block);
  acb.ACB$B_RMOD = ACB$M_KAST;
  acb.ACB$L_PID = message.JBM$L_IPID;
  acb.ACB$L_KAST = k.symbol('EXE$JBCRSP');
  return SCH$QAST(k, block, PRI$_NULL);
});

/**
 * EXE$JBCRSP, special kernel AST in the requester, R5 the ACB: when the image that asked is still the one that runs, event flag, status
 * block, output and completion AST; otherwise nothing but the block and the AST quota.
 */
const respond = jsbRoutine('EXE$JBCRSP', (k) => {
  const block = k.register(5);
  const answer = JBR.at(k, block);
  const { pcb } = k;
  const { JBR$L_ASTADR: astadr, JBR$L_IOSB: iosb, JBR$W_MODE: mode, JBR$W_SIZE: size } = answer;
  if (answer.JBR$L_IMGCNT !== PHD.at(k, pcb.PCB$L_PHD).PHD$L_IMGCNT) {
    if (astadr !== 0) pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT + 1;
    EXE$DEANONPAGED(k, block);
    return;
  }
  const mayWrite = (address: number, length: number): boolean => address !== 0 && k.cpu.probe(address, length, mode, true);
  SCH$POSTEF(k, pcb.PCB$L_PID, answer.JBR$L_EFN, PRI$_NULL);
  if (mayWrite(iosb, 8)) {
    k.writeLong(iosb, answer.JBR$L_STATUS);
    k.writeLong(iosb + 4, 0);
  }
  for (let at = block + JBR.size; at < block + JBR.size + size;) {
    const { JBO$L_BUFFER: buffer, JBO$L_RETLEN: returned, JBO$W_SIZE: length } = JOB_OUTPUT.at(k, at);
    if (mayWrite(buffer, length)) {
      if (length !== 0) k.writeBytes(buffer, k.readBytes(at + JOB_OUTPUT.size, length));
      if (mayWrite(returned, 2)) k.writeWord(returned, length);
    }
    at += JOB_OUTPUT.size + ((length + 3) & ~3);
  }
  becomeCompletionAst(k, block, { astadr, astprm: answer.JBR$L_ASTPRM, mode });
});

/**
 * $SNDJBC [efn],func,[nullarg],[itmlst],[iosb],[astadr],[astprm] and $GETQUI with the same arguments.
 *
 * @returns SS$_NORMAL sent; SS$_ACCVIO; SS$_BADPARAM function or item code; SS$_DEVOFFLINE no job controller; SS$_EXASTLM; SS$_ILLEFC;
 * SS$_MBFULL, SS$_MBTOOSML. The job controller's own status (JBC$_...) is in the status block.
 */
const sndjbc = procedure('EXE$SNDJBC', (p) => send(p, MSG$_SNDJBC));
const getqui = procedure('EXE$GETQUI', (p) => send(p, MSG$_GETQUI));

/** EXE$SETACM, for the job controller in kernel mode: argument 1 are the types it records, of which the executive looks at ACM$V_PROCESS. */
const setAccounting = callRoutine('EXE$SETACM', (k) => {
  k.sys.EXE$GL_ACMFLAGS = k.argument(1);
  return SS$_NORMAL;
});

export const JOB_CONTROLLER_ROUTINES: readonly Microroutine[] = [sndjbc, getqui, sendInKernelMode, reply, respond, setAccounting];
