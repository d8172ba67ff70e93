import { callRoutine, procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { IOC$VERIFYCHAN } from '../io/channels.js';
import { EXE$CHKRDACCES, EXE$CHKWRTACCES } from '../io/protection.js';
import type { Kernel } from '../kernel.js';
import { DC$_MAILBOX } from '../starlet/dcdef.js';
import { MSG$_OPRQST, MSG$_SNDACC, MSG$_SNDSMB } from '../starlet/msgdef.js';
import { OPC$_RQ_CANCEL, OPC$_RQ_LOGI, OPC$_RQ_REPLY, OPC$_RQ_RQST, OPC$_RQ_STATUS, OPC$_RQ_TERME } from '../starlet/opcdef.js';
import { hasPrivilege, PRV$V_OPER } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_DEVNOTMBX, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { PHD } from '../structures/phd.js';
import { UCB } from '../structures/ucb.js';
import { OLD_MESSAGE } from './job-message.js';
import { sendFromStack } from './syssndjbc.js';

/**
 * $SNDACC, $SNDSMB, $SNDOPR (module SYSSNDMSG): a text of the caller's, to the job controller or to OPCOM, with who sent it and where to
 * reply. Executive mode checks and builds the message on its stack, kernel mode sends it. @source book 29.1.3, 29.1.4; digest ch29 2.2
 */
interface Kind {
  readonly type: number;
  /** Codes (first byte of the text, or first word for the job controller) that need OPER, and all there are. */
  readonly needsOper: (code: number) => boolean;
  readonly codes: (code: number) => boolean;
}

/** OPCOM's text of a request is at most 128 bytes. */
const LONGEST_TEXT = 256;
/** Accounting: new file, enable, disable (selective too); 5 is the user's own message. */
const ACCOUNTING_MESSAGE = 5;

const TO_OPCOM: Kind = {
  type: MSG$_OPRQST,
  codes: (code) => [OPC$_RQ_TERME, OPC$_RQ_LOGI, OPC$_RQ_RQST, OPC$_RQ_REPLY, OPC$_RQ_CANCEL, OPC$_RQ_STATUS].includes(code),
  // A request, and the cancellation of one's own, is everybody's right; OPCOM looks at the latter.
  needsOper: (code) => code === OPC$_RQ_TERME || code === OPC$_RQ_LOGI || code === OPC$_RQ_REPLY || code === OPC$_RQ_STATUS,
};
const TO_ACCOUNTING: Kind = {
  type: MSG$_SNDACC, codes: (code) => code >= 1 && code <= 7, needsOper: (code) => code !== ACCOUNTING_MESSAGE,
};
const TO_SYMBIONT_MANAGER: Kind = {
  type: MSG$_SNDSMB, codes: (code) => code <= 24, needsOper: () => false,
};

function* send(p: Procedure, kind: Kind): Flow<number> {
  const k = p.kernel;
  const [descriptor, chan] = [p.argument(1), p.argument(2)];
  if (!k.callerCanRead(descriptor, 8)) return SS$_ACCVIO;
  const [length, text] = [p.memory.readWord(descriptor), p.memory.readLong(descriptor + 4)];
  if (length < 2 || length > LONGEST_TEXT) return SS$_BADPARAM;
  if (!k.callerCanRead(text, length)) return SS$_ACCVIO;
  const code = kind.type === MSG$_OPRQST ? p.memory.readByte(text) : p.memory.readWord(text);
  if (!kind.codes(code)) return SS$_BADPARAM;
  const privileges = k.pcb.PCB$Q_PRIV;
  if (kind.needsOper(code) && !hasPrivilege(privileges, PRV$V_OPER)) return SS$_NOPRIV;
  const size = OLD_MESSAGE.size + length;
  const message = OLD_MESSAGE.at(p.memory, p.allocate(size));
  message.SMB$W_TYPE = kind.type;
  message.SMB$Q_PRIV = PHD.at(k, k.pcb.PCB$L_PHD).PHD$Q_PRIVMSK;
  message.SMB$L_UIC = k.pcb.PCB$L_UIC;
  message.SMB$T_USERNAME = k.p1.CTL$T_USERNAME;
  message.SMB$T_ACCOUNT = k.p1.CTL$T_ACCOUNT;
  message.SMB$B_PRIB = 31 - k.pcb.PCB$B_PRIB;
  message.SMB$W_SIZE = length;
  message.SMB$L_PID = k.pcb.PCB$L_EPID;
  p.memory.writeBytes(message.address + OLD_MESSAGE.size, p.memory.readBytes(text, length));
  const list = p.allocate(20);
  [4, message.address, size, chan, kind.type === MSG$_OPRQST ? 1 : 0].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
  return yield* service(p, '$CMKRNL', { routin: k.symbol('EXE$SNDMSG_SEND'), arglst: list });
}

/** Kernel mode: the channel for the reply, which must be a mailbox the sender may read and write, and the message. */
const sendInKernelMode = callRoutine('EXE$SNDMSG_SEND', (k) => {
  const [address, size, chan, toOpcom] = [k.argument(1), k.argument(2), k.argument(3), k.argument(4)];
  if (chan !== 0) {
    const unit = replyMailbox(k, chan);
    if (typeof unit !== 'number') return unit.status;
    OLD_MESSAGE.at(k, address).SMB$W_REPLY = unit;
  }
  return sendFromStack(k, toOpcom ? 'SYS$GL_OPRMBX' : 'SYS$GL_JOBCTLMB', address, size);
});

function replyMailbox(k: Kernel, chan: number): number | { readonly status: number } {
  const { status, ccb } = IOC$VERIFYCHAN(k, chan);
  if (status !== SS$_NORMAL) return { status };
  const ucb = UCB.at(k, ccb.CCB$L_UCB);
  if (ucb.UCB$B_DEVCLASS !== DC$_MAILBOX) return { status: SS$_DEVNOTMBX };
  return EXE$CHKRDACCES(k, ucb) && EXE$CHKWRTACCES(k, ucb) ? ucb.UCB$W_UNIT : { status: SS$_NOPRIV };
}

/**
 * $SNDOPR msgbuf,[chan]; $SNDACC msgbuf,[chan]; $SNDSMB msgbuf,[chan].
 *
 * @returns SS$_NORMAL sent; SS$_ACCVIO; SS$_BADPARAM length or code of the text; SS$_DEVNOTMBX; SS$_DEVOFFLINE nobody reads the mailbox;
 * SS$_IVCHAN; SS$_MBFULL; SS$_NOPRIV
 */
const sndopr = procedure('EXE$SNDOPR', (p) => send(p, TO_OPCOM));
const sndacc = procedure('EXE$SNDACC', (p) => send(p, TO_ACCOUNTING));
const sndsmb = procedure('EXE$SNDSMB', (p) => send(p, TO_SYMBIONT_MANAGER));

export const SEND_MESSAGE_ROUTINES: readonly Microroutine[] = [sndopr, sndacc, sndsmb, sendInKernelMode];
