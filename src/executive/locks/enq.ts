import { kernelService } from '../dispatch/service.js';
import { inlineRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock, allocateOrWait } from '../pool/typed.js';
import { hasPrivilege } from '../process/pid.js';
import { SCH$CLREF } from '../process/event-flags.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { LCK$K_EXMODE, LCK$M_CONVERT, LCK$M_CVTSYS, LCK$M_NOQUEUE, LCK$M_NOQUOTA, LCK$M_SYNCSTS, LCK$M_SYSTEM, LCK$M_VALBLK } from '../starlet/lckdef.js';
import { PRV$V_SYSLCK } from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_CVTUNGRANT, SS$_EXDEPTH, SS$_EXENQLM, SS$_INSFMEM, SS$_IVBUFLEN, SS$_IVLOCKID, SS$_NOLOCKID, SS$_NOPRIV, SS$_NORMAL,
  SS$_NOSYSLCK, SS$_NOTQUEUED, SS$_PARNOTGRANT, SS$_SYNCH,
} from '../starlet/ssdef.js';
import { DYN$C_LKB, DYN$C_RSB } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { LKB, LKB$K_GRANTED, RSB, RSB$K_LENGTH, RSB$K_MAXLEN } from '../structures/lock.js';
import { PCB } from '../structures/pcb.js';
import { RSN$_NPDYNMEM } from '../structures/sch.js';
import { CONVERSION_QUEUE, GRANTED_QUEUE, headOf, locksOn, stateOf, type Lkb } from './blocks.js';
import { LKSB_BYTES, releaseFromAstQueue, returnQuota, VALUE_BLOCK_BYTES } from './completion.js';
import { conversionFits, grantQueued, LCK$GRANT_LOCK, queueRequest } from './grant.js';
import { compatible } from './modes.js';
import { addResource, findResource, hashOf, type ResourceKey } from './resource.js';
import { assignLockId, callersLock, lockOfId, reserveLockId } from './tables.js';

/** $ENQ: new locks and conversions. @source book 13.2.1, 13.2.2; digest ch13 2.1, 2.2 */
const EXECUTIVE = 1;
const FLAG_BITS = 0x7ff;

interface Request {
  readonly efn: number;
  readonly mode: number;
  readonly lksb: number;
  readonly flags: number;
  readonly astadr: number;
  readonly astprm: number;
  readonly blkast: number;
}

/**
 * $ENQ [efn],lkmode,lksb,[flags],[resnam],[parid],[astadr],[astprm],[blkast],[acmode],[prot] - ask for a lock, or for another mode of one; also the first
 * half of $ENQW.
 *
 * @param lkmode  LCK$K_ mode
 * @param lksb    lock status block: word of status, word unused, lock ID; with LCK$M_VALBLK the value block of 16 bytes behind it. A conversion takes the ID from it
 * @param flags   LCK$M_ bits. NOQUOTA counts for executive and kernel mode only
 * @param resnam  descriptor of a name of 1 to 31 bytes
 * @param parid   lock ID of the parent, 0 for a root
 * @param acmode  access mode of the resource, maximized with the caller's; a sublock has that of its parent
 * @returns SS$_NORMAL granted or queued; SS$_SYNCH granted at once with SYNCSTS; SS$_ACCVIO; SS$_BADPARAM no such mode; SS$_CVTUNGRANT;
 * SS$_EXDEPTH; SS$_EXENQLM; SS$_ILLEFC; SS$_INSFMEM; SS$_IVBUFLEN; SS$_IVLOCKID; SS$_NOLOCKID table full; SS$_NOPRIV CVTSYS from an outer mode;
 * SS$_NOSYSLCK; SS$_NOTQUEUED; SS$_PARNOTGRANT; SS$_UNASEFC. In the status block later: SS$_NORMAL, SS$_ABORT, SS$_CANCEL, SS$_DEADLOCK, SS$_VALNOTVALID
 * @source book 13.2.1
 */
const enq = kernelService('$ENQ', (k, efn = 0, lkmode = 0, lksb = 0, flags = 0, resnam = 0, parid = 0, astadr = 0, astprm = 0, blkast = 0, acmode = 0) => {
  const request: Request = { efn: efn & 0xff, mode: lkmode, lksb, flags: flags & FLAG_BITS, astadr, astprm, blkast };
  if (lkmode > LCK$K_EXMODE) return SS$_BADPARAM;
  const length = (flags & LCK$M_VALBLK) !== 0 ? LKSB_BYTES + VALUE_BLOCK_BYTES : LKSB_BYTES;
  if (!k.callerCanWrite(lksb, length)) return SS$_ACCVIO;
  k.readBytes(lksb, length);                        // a missing page faults here, before anything is done
  if ((flags & LCK$M_CVTSYS) !== 0 && k.callerMode > EXECUTIVE) return SS$_NOPRIV;
  const cleared = SCH$CLREF(k, k.pcb.address, request.efn);
  if ((cleared & 1) === 0) return cleared;
  return (flags & LCK$M_CONVERT) !== 0 ? convertLock(k, request) : newLock(k, request, resnam, parid, acmode);
});

const isInnerMode = (k: Kernel): boolean => k.callerMode <= EXECUTIVE;

/** What the arguments name; a status when they name nothing. */
function resourceKey(k: Kernel, flags: number, resnam: number, parent: Lkb | undefined, acmode: number): ResourceKey | number {
  if (!k.callerCanRead(resnam, 8)) return SS$_ACCVIO;
  const length = k.readWord(resnam);
  if (length === 0 || length > RSB$K_MAXLEN) return SS$_IVBUFLEN;
  const address = k.readLong(resnam + 4);
  if (!k.callerCanRead(address, length)) return SS$_ACCVIO;
  const isSystemwide = (flags & LCK$M_SYSTEM) !== 0;
  if (isSystemwide && !isInnerMode(k) && !hasPrivilege(k, k.pcb.address, PRV$V_SYSLCK)) return SS$_NOSYSLCK;
  const parentResource = parent === undefined ? undefined : RSB.at(k, parent.LKB$L_RSB);
  if (parentResource !== undefined && parentResource.RSB$B_DEPTH + 1 >= k.sys.LCK$GB_MAXDEPTH) return SS$_EXDEPTH;
  return {
    name: k.readBytes(address, length), group: isSystemwide ? 0 : k.pcb.PCB$W_GRP,
    mode: parentResource?.RSB$B_RMOD ?? Math.max(acmode & 3, k.callerMode), parent: parentResource?.address ?? 0,
  };
}

/** The parent a caller names: of its own process, granted, and not less privileged than the caller. */
function parentLock(k: Kernel, parid: number): Lkb | number {
  const parent = lockOfId(k, parid);
  if (parent === undefined || k.callerMode < parent.LKB$V_MODE) return SS$_IVLOCKID;
  const isReachable = parent.LKB$L_PID === k.pcb.PCB$L_PID || (parent.LKB$L_PID === 0 && isInnerMode(k));
  if (!isReachable) return SS$_IVLOCKID;
  return stateOf(parent) === LKB$K_GRANTED ? parent : SS$_PARNOTGRANT;
}

function newLock(k: Kernel, request: Request, resnam: number, parid: number, acmode: number): number {
  const parent = parid === 0 ? undefined : parentLock(k, parid);
  if (typeof parent === 'number') return parent;
  const toSystem = (request.flags & LCK$M_CVTSYS) !== 0;
  if (toSystem && !mayBelongToSystem(k, parent?.address ?? 0)) return SS$_IVLOCKID;
  const key = resourceKey(k, request.flags, resnam, parent, acmode);
  if (typeof key === 'number') return key;
  const isFree = toSystem || ((request.flags & LCK$M_NOQUOTA) !== 0 && isInnerMode(k));
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  if (!isFree && jib.JIB$W_ENQCNT === 0) return SS$_EXENQLM;

  const block = allocateOrWait(k, LKB.size, DYN$C_LKB);
  if (block === 0) return SS$_INSFMEM;
  const resource = allocateBlock(k, RSB$K_LENGTH + key.name.length, DYN$C_RSB);
  if (resource === 0) {
    EXE$DEANONPAGED(k, block);
    return k.pcb.PCB$V_SSRWAIT === 0 ? SCH$RWAIT(k, RSN$_NPDYNMEM) : SS$_INSFMEM;
  }
  const giveUp = (status: number): number => {
    EXE$DEANONPAGED(k, block);
    return status;
  };
  if (!reserveLockId(k)) {
    EXE$DEANONPAGED(k, resource);
    return giveUp(SS$_NOLOCKID);
  }

  const hash = hashOf(k, key);
  const known = findResource(k, key, hash);
  if (known !== 0) EXE$DEANONPAGED(k, resource);
  const isGrantable = known === 0
    || (headOf(k, known, CONVERSION_QUEUE) === undefined && compatible(RSB.at(k, known).RSB$B_GGMODE, request.mode));
  if (!isGrantable && (request.flags & (LCK$M_NOQUEUE | LCK$M_CVTSYS)) !== 0) {
    k.sys.PMS$GL_ENQNOTQD += 1;
    return giveUp(SS$_NOTQUEUED);
  }
  if (known === 0) addResource(k, resource, key, hash);

  const lkb = LKB.at(k, block);
  lkb.LKB$L_RSB = known === 0 ? resource : known;
  lkb.LKB$B_RMOD = k.callerMode;
  if (!toSystem) {
    lkb.LKB$L_PID = k.pcb.PCB$L_PID;
    lkb.LKB$L_EPID = k.pcb.PCB$L_EPID;
  }
  if (isFree) lkb.LKB$V_NOQUOTA_CHARGED = 1;
  else jib.JIB$W_ENQCNT = jib.JIB$W_ENQCNT - 1;
  assignLockId(k, lkb);
  if (parent !== undefined) {
    lkb.LKB$L_PARENT = parent.address;
    parent.LKB$W_REFCNT = parent.LKB$W_REFCNT + 1;
  }
  fillRequest(lkb, request);
  k.sys.PMS$GL_ENQNEW_LOC += 1;
  if (isGrantable) LCK$GRANT_LOCK(k, lkb, { isNew: true, isSynchronous: true });
  else queueRequest(k, lkb, true);
  return finish(k, lkb, isGrantable);
}

function fillRequest(lkb: Lkb, { efn, mode, lksb, flags, astadr, astprm, blkast }: Request): void {
  lkb.LKB$B_EFN = efn;
  lkb.LKB$B_RQMODE = mode;
  lkb.LKB$L_LKSB = lksb;
  lkb.LKB$W_FLAGS = flags;
  // A system-owned lock has no process to deliver a completion AST to.
  lkb.LKB$L_CPLASTADR = (flags & LCK$M_CVTSYS) !== 0 ? 0 : astadr;
  lkb.LKB$L_ASTPRM = astprm;
  lkb.LKB$L_BLKASTADR = blkast;
}

/**
 * A conversion: granted at once, or put at the end of the conversion queue. A system-owned lock that executive or kernel mode converts without
 * CVTSYS becomes a lock of the process.
 * @source book 13.2.2, 13.2.5
 */
function convertLock(k: Kernel, request: Request): number {
  const lkb = callersLock(k, k.readLong(request.lksb + 4));
  if (lkb === undefined) return SS$_IVLOCKID;
  if (stateOf(lkb) !== LKB$K_GRANTED) return SS$_CVTUNGRANT;
  const toSystem = (request.flags & LCK$M_CVTSYS) !== 0;
  if (toSystem && !mayBelongToSystem(k, lkb.LKB$L_PARENT)) return SS$_IVLOCKID;
  const isAdopted = lkb.LKB$L_PID === 0 && !toSystem;
  const isFree = (request.flags & LCK$M_NOQUOTA) !== 0 && isInnerMode(k);
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  if (isAdopted && !isFree && jib.JIB$W_ENQCNT === 0) return SS$_EXENQLM;

  const isGrantable = conversionFits(k, lkb, request.mode);
  if (!isGrantable && (request.flags & (LCK$M_NOQUEUE | LCK$M_CVTSYS)) !== 0) {
    k.sys.PMS$GL_ENQNOTQD += 1;
    return SS$_NOTQUEUED;
  }
  if (!releaseFromAstQueue(k, lkb)) return SS$_INSFMEM;
  if (isAdopted) {
    lkb.LKB$V_SYSBLK = 0;
    lkb.LKB$L_PID = k.pcb.PCB$L_PID;
    lkb.LKB$L_EPID = k.pcb.PCB$L_EPID;
    k.insertQueue(lkb.address + LKB.offset.LKB$L_OWNQFL, k.pcb.address + PCB.offset.PCB$L_LOCKQFL);
    if (!isFree) {
      jib.JIB$W_ENQCNT = jib.JIB$W_ENQCNT - 1;
      lkb.LKB$V_NOQUOTA_CHARGED = 0;
    }
  }
  if (toSystem && lkb.LKB$L_PID !== 0) {
    k.removeQueue(lkb.address + LKB.offset.LKB$L_OWNQFL);
    giveToSystem(k, lkb);
  }
  fillRequest(lkb, request);
  k.sys.PMS$GL_ENQCVT_LOC += 1;
  if (isGrantable) {
    LCK$GRANT_LOCK(k, lkb, { isNew: false, isSynchronous: true });
    grantQueued(k, lkb.LKB$L_RSB);
  } else queueRequest(k, lkb, false);
  return finish(k, lkb, isGrantable);
}

/** A lock of the system: no process, no quota, on no PCB's list. @source book 13.2.5 */
function giveToSystem(k: Kernel, lkb: Lkb): void {
  returnQuota(k, lkb);
  lkb.LKB$V_NOQUOTA_CHARGED = 1;
  lkb.LKB$L_PID = 0;
  lkb.LKB$L_EPID = 0;
}

/** choice: a system-owned sublock needs a system-owned parent, for a process can only be run down when its locks have no sublocks. */
function mayBelongToSystem(k: Kernel, parent: number): boolean {
  return parent === 0 || LKB.at(k, parent).LKB$L_PID === 0;
}

/**
 * The service's status. When a system-owned lock is in the way, its blocking routine is called first, by LCK$CALL_SYSTEM (locks.mar) behind this
 * routine: status and lock ID are on the stack.
 */
function finish(k: Kernel, lkb: Lkb, isGranted: boolean): number {
  const status = isGranted && (lkb.LKB$W_FLAGS & LCK$M_SYNCSTS) !== 0 ? SS$_SYNCH : SS$_NORMAL;
  if (blockedSystemLock(k, lkb) !== undefined) {
    k.cpu.push(status);
    k.cpu.push(lkb.LKB$L_LKID);
    k.jump(k.symbol('LCK$CALL_SYSTEM'));
  }
  return status;
}

/** A system-owned lock of the same resource whose blocking routine is due. */
function blockedSystemLock(k: Kernel, lkb: Lkb): Lkb | undefined {
  return locksOn(k, lkb.LKB$L_RSB, GRANTED_QUEUE).find((other) => other.LKB$V_SYSBLK !== 0);
}

/**
 * The next blocking routine to call: the lock ID of the request is on top of the stack. R1 the AST parameter of the system-owned lock, R2 its
 * LKB, R3 the routine; on to LCK_SYSTEM_DONE when there is none. IPL$_SYNCH.
 */
const nextSystemLock = inlineRoutine('LCK_NEXT_SYSTEM', (k) => {
  const request = lockOfId(k, k.readLong(k.register(14)));
  const holder = request === undefined ? undefined : blockedSystemLock(k, request);
  if (holder === undefined) {
    k.jump(k.symbol('LCK_SYSTEM_DONE'));
    return;
  }
  holder.LKB$V_SYSBLK = 0;
  k.setRegister(1, holder.LKB$L_ASTPRM);
  k.setRegister(2, holder.address);
  k.setRegister(3, holder.LKB$L_BLKASTADR);
});

export const ENQ_ROUTINES = [enq, nextSystemLock] as const;
