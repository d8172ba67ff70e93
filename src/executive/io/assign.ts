import { kernelService } from '../dispatch/service.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { hasProcessSection, processHeader, releaseUnused } from '../memory/section-table.js';
import { hasPrivilege } from '../names/protection.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { DEV$M_ALL, DEV$M_CLU, DEV$M_FOD, DEV$M_MBX, DEV$M_NET, DEV$M_OPR, DEV$M_RED, DEV$M_SHR, DEV$M_SPL, DEV$M_TRM } from '../starlet/devdef.js';
import { PRV$V_NETMBX, PRV$V_SHARE } from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_DEVALLOC, SS$_DEVNOTMBX, SS$_EXQUOTA, SS$_INSFMEM, SS$_IVDEVNAM, SS$_NOPRIV, SS$_NORMAL,
} from '../starlet/ssdef.js';
import { CCB } from '../structures/device.js';
import { ORB } from '../structures/orb.js';
import { PCB } from '../structures/pcb.js';
import { RSN$_ASTWAIT } from '../structures/sch.js';
import { TTYUCB, UCB } from '../structures/ucb.js';
import { CAN$C_AMBXDGN, CAN$C_DASSGN, cancelQueued, loadCancelRegisters } from './cancel.js';
import { IOC$FFCHAN, IOC$VERIFYCHAN, claimChannel } from './channels.js';
import { IOC$SEARCHDEV } from './device-names.js';
import { exitService } from './fdt-support.js';
import { lockIoDatabase } from './io-mutex.js';
import { EXE$CHKRDACCES } from './protection.js';
import { IOC$CLONE_UCB, IOC$CREDIT_UCB, IOC$DEBIT_UCB, IOC$DELETE_UCB, hasByteQuota } from './units.js';

/** $ASSIGN and $DASSGN (modules SYSASSIGN, SYSDASSGN). @source book 18.2; digest ch18 2.4-2.6 */

type Unit = ReturnType<typeof UCB.at>;

/** A caller's device name; the status when it cannot be had. */
export function deviceNameArgument(k: Kernel, descriptor: number): string | number {
  if (descriptor === 0) return SS$_ACCVIO;
  const text = k.callerString(descriptor);
  if (text === undefined) return SS$_ACCVIO;
  return text.length === 0 || text.length > 255 ? SS$_IVDEVNAM : text;
}

/** Whether `pcb`'s process is `owner` or descends from it. */
export function descendsFrom(k: Kernel, owner: number): boolean {
  for (let pid = k.pcb.PCB$L_PID; pid !== 0;) {
    if (pid === owner) return true;
    const pcb = EXE$IPID_TO_PCB(k, pid);
    pid = pcb === 0 ? 0 : PCB.at(k, pcb).PCB$L_OWNER;
  }
  return false;
}

/**
 * $ASSIGN devnam,chan,[acmode],[mbxnam] - a channel to a device.
 *
 * @param chan    word that receives the channel number
 * @param mbxnam  an existing mailbox to be associated with the device
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_IVDEVNAM, SS$_NOSUCHDEV, SS$_NOIOCHAN, SS$_DEVALLOC, SS$_NOPRIV, SS$_EXQUOTA, SS$_INSFMEM,
 *   SS$_DEVNOTMBX; SS$_NONLOCAL for a device of another node (there is no network)
 */
const EXE$ASSIGN = kernelService('$ASSIGN', (k, devnam = 0, chan = 0, acmode = 0, mbxnam = 0) => {
  if (!k.callerCanWrite(chan, 2)) return SS$_ACCVIO;
  const name = deviceNameArgument(k, devnam);
  if (typeof name === 'number') return name;
  const mailboxName = mbxnam === 0 ? undefined : deviceNameArgument(k, mbxnam);
  if (typeof mailboxName === 'number') return mailboxName;
  const mode = Math.max(acmode & 3, k.callerMode);
  return lockIoDatabase(k, true, () => {
    const free = IOC$FFCHAN(k);
    if (free.status !== SS$_NORMAL) return free.status;
    let mailbox = 0;
    if (mailboxName !== undefined) {
      const found = IOC$SEARCHDEV(k, mailboxName, k.callerMode);
      if (found.status !== SS$_NORMAL) return found.status;
      if ((UCB.at(k, found.ucb).UCB$L_DEVCHAR & DEV$M_MBX) === 0) return SS$_DEVNOTMBX;
      mailbox = found.ucb;
    }
    const found = IOC$SEARCHDEV(k, name, k.callerMode);
    if (found.status !== SS$_NORMAL) return found.status;
    let ucb = UCB.at(k, found.ucb);
    if ((ucb.UCB$L_DEVCHAR2 & DEV$M_RED) !== 0) {
      const logical = TTYUCB.at(k, ucb.address).UCB$L_TT_LOGUCB;
      if (logical !== 0) ucb = UCB.at(k, logical);
    }
    const isSpooled = (ucb.UCB$L_DEVCHAR & DEV$M_SPL) !== 0;
    if (!isSpooled && ucb.UCB$V_TEMPLATE !== 0) {
      const clone = cloneForChannel(k, ucb);
      if (typeof clone === 'number') return clone;
      ucb = clone;
      ucb.UCB$W_REFC = 0;
    } else {
      const status = claimUnit(k, ucb);
      if (status !== SS$_NORMAL) return status;
    }
    let channelStatus = 0;
    if (mailbox !== 0) {
      const status = associateMailbox(k, ucb, mailbox);
      if (status !== SS$_NORMAL) return status;
      channelStatus = CCB.mask.CCB$V_AMB;
    }
    ucb.UCB$W_REFC = ucb.UCB$W_REFC + 1;
    claimChannel(k, free, ucb.address, mode, channelStatus);
    k.writeWord(chan, free.channel);
    return SS$_NORMAL;
  });
});

/** May this process use a unit that exists? A device that is not shareable becomes its own. */
function claimUnit(k: Kernel, ucb: Unit): number {
  if ((ucb.UCB$L_DEVCHAR & DEV$M_SHR) !== 0) return SS$_NORMAL;
  const owner = ucb.UCB$L_PID;
  if (owner !== 0) {
    if (descendsFrom(k, owner)) return SS$_NORMAL;
    return hasPrivilege(k, PRV$V_SHARE) && EXE$CHKRDACCES(k, ucb) ? SS$_NORMAL : SS$_DEVALLOC;
  }
  if (!EXE$CHKRDACCES(k, ucb)) return SS$_NOPRIV;
  if ((ucb.UCB$L_DEVCHAR & DEV$M_ALL) === 0 && (ucb.UCB$L_DEVCHAR2 & DEV$M_CLU) === 0) ucb.UCB$L_PID = k.pcb.PCB$L_PID;
  return SS$_NORMAL;
}

/** A unit of its own from a template: quota for UCB and ORB, owner, deletion with the last channel. @source digest ch18 2.4, facts 12, 13 */
function cloneForChannel(k: Kernel, template: Unit): Unit | number {
  if ((template.UCB$L_DEVCHAR & DEV$M_NET) !== 0 && !hasPrivilege(k, PRV$V_NETMBX)) return SS$_NOPRIV;
  const charge = template.UCB$W_SIZE + ORB.size;
  if (!hasByteQuota(k, charge)) return SS$_EXQUOTA;
  const address = IOC$CLONE_UCB(k, template.address);
  if (address === 0) return SS$_INSFMEM;
  const ucb = UCB.at(k, address);
  ucb.UCB$V_DELETEUCB = 1;
  if ((ucb.UCB$L_DEVCHAR & DEV$M_MBX) !== 0) prepareMailbox(k, ucb);
  IOC$DEBIT_UCB(k, charge);
  if ((ucb.UCB$L_DEVCHAR & DEV$M_SHR) === 0) ucb.UCB$L_PID = k.pcb.PCB$L_PID;
  return ucb;
}

/** An empty mailbox with default sizes. */
export function prepareMailbox(k: Kernel, ucb: Unit): void {
  k.initializeQueue(ucb.address + UCB.offset.UCB$L_MB_MSGQ);
  ucb.UCB$L_MB_W_AST = 0;
  ucb.UCB$L_MB_R_AST = 0;
  ucb.UCB$W_MSGCNT = 0;
  ucb.UCB$L_LOGADR = 0;
  ucb.UCB$W_INIQUO = k.sys.IOC$GW_MBXBFQUO;
  ucb.UCB$W_BUFQUO = k.sys.IOC$GW_MBXBFQUO;
  ucb.UCB$W_DEVBUFSIZ = k.sys.IOC$GW_MBXMXMSG;
  ucb.UCB$V_DELMBX = 1;
}

function associateMailbox(k: Kernel, ucb: Unit, mailbox: number): number {
  if ((ucb.UCB$L_DEVCHAR & (DEV$M_FOD | DEV$M_SHR)) !== 0) return SS$_DEVNOTMBX;
  if (ucb.UCB$L_AMB !== 0 && ucb.UCB$L_AMB !== mailbox) return SS$_DEVALLOC;
  ucb.UCB$L_AMB = mailbox;
  const box = UCB.at(k, mailbox);
  box.UCB$W_REFC = box.UCB$W_REFC + 1;
  return SS$_NORMAL;
}

// $DASSGN: the steps between which VAX code calls drivers and services (qio.mar) -------------------------------------

/** After the cancel: the channel may be gone. R0 = 1 and R9 = channel when a file is open on it. */
function verifyAgain(k: Kernel): void {
  const { status, ccb, channel } = IOC$VERIFYCHAN(k, k.argument(1));
  if (status !== SS$_NORMAL) {
    exitService(k, status);
    return;
  }
  if (hasProcessSection(ccb)) releaseUnused(k, processHeader(k));
  // choice: the channel stays as long as pages of the process come from its file; the end of the last one frees it for the next $DASSGN.
  if (hasProcessSection(ccb)) {
    exitService(k, SS$_NORMAL);
    return;
  }
  k.setRegister(9, channel);
  k.setRegister(0, ccb.CCB$L_WIND !== 0 ? 1 : 0);
}

/** Waits until nothing is outstanding on the channel: the service starts again when an AST has been delivered. */
function waitForRequests(k: Kernel): void {
  const { ccb } = IOC$VERIFYCHAN(k, k.argument(1));
  if (ccb.CCB$W_IOC !== 0) SCH$RWAIT(k, RSN$_ASTWAIT);
}

const callNothing = (k: Kernel): void => { k.setRegister(0, k.symbol('DASSGN_NOTHING')); };

/** Lets go of an associated mailbox; R0 and the registers of its cancel routine, and R11 = its UCB, when that was its last reference. */
function releaseMailbox(k: Kernel): void {
  const { ccb } = IOC$VERIFYCHAN(k, k.argument(1));
  callNothing(k);
  k.setRegister(11, 0);
  if (ccb.CCB$V_AMB === 0) return;
  ccb.CCB$V_AMB = 0;
  const ucb = UCB.at(k, ccb.CCB$L_UCB);
  const mailbox = UCB.at(k, ucb.UCB$L_AMB);
  ucb.UCB$L_AMB = 0;
  mailbox.UCB$W_REFC = mailbox.UCB$W_REFC - 1;
  if (mailbox.UCB$W_REFC !== 0) return;
  k.setRegister(11, mailbox.address);
  loadCancelRegisters(k, mailbox.address, 0, 0, CAN$C_AMBXDGN);
}

/** Frees the CCB; with the last channel R0 and the registers of the driver's cancel routine. R10 = UCB to look at again, 0 for none. */
function releaseChannel(k: Kernel): void {
  const unusedMailbox = k.register(11);
  if (unusedMailbox !== 0) lastReference(k, unusedMailbox);
  const channel = k.argument(1) & 0xfff0;
  const { ccb } = IOC$VERIFYCHAN(k, channel);
  const ucb = UCB.at(k, ccb.CCB$L_UCB);
  ccb.CCB$B_AMOD = 0;
  ccb.CCB$B_STS = 0;
  callNothing(k);
  k.setRegister(10, 0);
  ucb.UCB$W_REFC = ucb.UCB$W_REFC - 1;
  const references = ucb.UCB$W_REFC;
  const isAllocated = (ucb.UCB$L_DEVCHAR & DEV$M_ALL) !== 0;
  if (references === 0) ucb.UCB$L_PID = 0;
  if (references !== 0 && !(references === 1 && isAllocated)) return;
  k.setRegister(10, ucb.address);
  loadCancelRegisters(k, ucb.address, channel, ucb.UCB$L_IRP, CAN$C_DASSGN);
}

/** IOC$LAST_CHAN after the driver has been told: operator status off, a temporary unit deleted. R10 = UCB or 0. */
function finishLastChannel(k: Kernel): void {
  const address = k.register(10);
  k.ipl = 0;
  if (address === 0) return;
  lastReference(k, address);
}

export function lastReference(k: Kernel, address: number): void {
  const ucb = UCB.at(k, address);
  if ((ucb.UCB$L_DEVCHAR & DEV$M_ALL) !== 0 || ucb.UCB$W_REFC !== 0) return;
  if ((ucb.UCB$L_DEVCHAR & (DEV$M_TRM | DEV$M_MBX)) !== 0) ucb.UCB$L_DEVCHAR = ucb.UCB$L_DEVCHAR & ~DEV$M_OPR;
  const isMailbox = (ucb.UCB$L_DEVCHAR & DEV$M_MBX) !== 0;
  if (ucb.UCB$V_DELETEUCB === 0 && !(isMailbox && ucb.UCB$V_DELMBX !== 0)) return;
  if (ucb.UCB$V_PRMMBX === 0 || !isMailbox) IOC$CREDIT_UCB(k, ucb.UCB$W_CHARGE);
  IOC$DELETE_UCB(k, address);
}

export const ASSIGN_ROUTINES: readonly Microroutine[] = [
  EXE$ASSIGN,
  inlineRoutine('DASSGN_CANCEL', (k) => { cancelQueued(k, k.argument(1), CAN$C_DASSGN); }),
  inlineRoutine('DASSGN_VERIFY', verifyAgain),
  inlineRoutine('DASSGN_WAIT', waitForRequests),
  inlineRoutine('DASSGN_MAILBOX', releaseMailbox),
  inlineRoutine('DASSGN_RELEASE', releaseChannel),
  inlineRoutine('DASSGN_FINISH', finishLastChannel),
];
