import { kernelService } from '../dispatch/service.js';
import { RoutineLeft } from '../gate/leave.js';
import { checkNotification, notifyCaller, type Notification } from '../io/service-completion.js';
import type { Kernel } from '../kernel.js';
import { callerItems, canWriteItem, storeItem, type Item } from '../names/item-list.js';
import { SCH$CLREF } from '../process/event-flags.js';
import { EXE$NAMPID, mayAffect } from '../process/pid.js';
import { JPI$_CHAIN } from '../starlet/jpidef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_EXASTLM, SS$_EXQUOTA, SS$_NOMOREPROC, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { PCB } from '../structures/pcb.js';
import { askProcess, targetStatus } from './getjpi-ast.js';
import { JPI_ITEMS, processAt } from './getjpi-items.js';

/** Index of the first process after the null process and the swapper. */
const FIRST_INDEX = 2;
const MINUS_ONE = 0xffffffff;

interface Target {
  readonly status: number;
  readonly pcb: number;
  /** What a wildcard scan leaves in the caller's PID, so that the next call goes on from there. */
  readonly context?: number;
}

/**
 * The next process of a wildcard scan. The caller's PID holds a negative sequence number over the index of the process found
 * last; -1 begins. @source book 29.3.3; digest ch29 2.7
 */
function nextProcess(k: Kernel, context: number): Target {
  const nullPcb = k.symbol('SCH$GL_NULLPCB');
  const last = k.sys.SCH$GL_MAXPIX;
  for (let index = context === MINUS_ONE ? FIRST_INDEX : (context & 0xffff) + 1; index <= last; index += 1) {
    const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (pcb === nullPcb) continue;
    const position = (0xffff0000 | index) >>> 0;
    return mayAffect(k, pcb) ? { status: SS$_NORMAL, pcb, context: position } : { status: SS$_NOPRIV, pcb: 0, context: position };
  }
  return { status: SS$_NOMOREPROC, pcb: 0 };
}

/** The process the arguments name: one, or the next of a wildcard scan. */
function findTarget(k: Kernel, pidadr: number, prcnam: number): Target {
  if (pidadr !== 0) {
    if (!k.callerCanRead(pidadr, 4) || !k.callerCanWrite(pidadr, 4)) return { status: SS$_ACCVIO, pcb: 0 };
    const pid = k.readLong(pidadr);
    if (pid >= 0x8000_0000) return nextProcess(k, pid);
  }
  return EXE$NAMPID(k, pidadr, prcnam);
}

/** Whether an item of this process can be read from where we are. */
function isAtHand(k: Kernel, pcbAddress: number, item: Item): boolean {
  const { home } = JPI_ITEMS.get(item.code)!;
  if (home === 'pcb' || pcbAddress === k.pcb.address) return true;
  const pcb = PCB.at(k, pcbAddress);
  return home === 'phd' && pcb.PCB$V_PHDRES === 1;
}

/** Steps 6 to 11: what is at hand at once, the rest by asking the process. */
function collect(k: Kernel, pcbAddress: number, items: readonly Item[], notification: Notification, commit: () => void): number {
  const direct = items.filter((item) => isAtHand(k, pcbAddress, item));
  const rest = items.filter((item) => !isAtHand(k, pcbAddress, item));
  const status = rest.length === 0 ? SS$_NORMAL : targetStatus(k, pcbAddress);
  const process = processAt(k, pcbAddress);
  const values = direct.map((item) => JPI_ITEMS.get(item.code)!.fetch(k, process));
  direct.forEach((item, index) => { storeItem(k, item, values[index]!); });
  // From here on nothing can fault: the service will not be started over.
  commit();
  if (rest.length > 0 && (status & 1) !== 0) return askProcess(k, pcbAddress, rest, notification);
  const notified = notifyCaller(k, notification, status);
  return (status & 1) === 0 ? status : notified;
}

/**
 * $GETJPI [efn],[pidadr],[prcnam],itmlst,[iosb],[astadr],[astprm] - information about a process; also the first half of
 * $GETJPIW.
 *
 * @param pidadr  extended PID; 0 or left out with no name: the caller; negative: the next process of all there are
 * @param itmlst  JPI$_ items: buffer size and code, buffer, address of a word for the length; JPI$_CHAIN
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_BADPARAM unknown item, SS$_EXASTLM, SS$_EXQUOTA, SS$_INSFMEM, SS$_IVLOGNAM, SS$_NOMOREPROC,
 * SS$_NONEXPR, SS$_NOPRIV, SS$_SUSPENDED (the last three of a process that cannot be asked complete the request too)
 * @source book 29.3.1; digest ch29 2.7
 */
export const EXE$GETJPI = kernelService('$GETJPI', (k, efn = 0, pidadr = 0, prcnam = 0, itmlst = 0, iosb = 0, astadr = 0, astprm = 0) => {
  const ipl = k.ipl;
  const target = findTarget(k, pidadr, prcnam);
  const advance = (): void => { if (target.context !== undefined) k.writeLong(pidadr, target.context); };
  if (target.pcb === 0) {
    advance();
    return target.status;
  }
  try {
    const status = request(k, target.pcb, { efn: efn & 0xff, iosb, astadr, astprm }, itmlst, advance);
    k.ipl = ipl;
    return status;
  } catch (error) {
    if (!(error instanceof RoutineLeft)) k.ipl = ipl;
    throw error;
  }
});

/** Steps 2 to 11 for a process that has been found; IPL$_SYNCH. */
function request(k: Kernel, pcbAddress: number, notification: Notification, itmlst: number, commit: () => void): number {
  const allowed = checkNotification(k, notification);
  if (allowed !== SS$_NORMAL) return allowed === SS$_EXQUOTA ? SS$_EXASTLM : allowed;
  const items = callerItems(k, itmlst, JPI$_CHAIN & 0xffff);
  const cleared = SCH$CLREF(k, k.pcb.address, notification.efn);
  if ((cleared & 1) === 0) return cleared;
  if (notification.iosb !== 0) {
    k.writeLong(notification.iosb, 0);
    k.writeLong(notification.iosb + 4, 0);
  }
  if (typeof items === 'number') return items;
  if (!items.every((item) => JPI_ITEMS.has(item.code))) return SS$_BADPARAM;
  if (!items.every((item) => canWriteItem(k, item))) return SS$_ACCVIO;
  return collect(k, pcbAddress, items, notification, commit);
}
