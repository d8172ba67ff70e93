import { SCH$NEWLVL, SCH$QAST } from '../ast/queue.js';
import { kernelService } from '../dispatch/service.js';
import { IN_KERNEL_MODE, inlineRoutine, jsbRoutine, procedure, upTo } from '../gate/microroutine.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { EXE$RUNDOWN } from '../image/rundown.js';
import { EXE$DISMOUNT_JOB } from '../io/mount-services.js';
import { EXE$DEALLOCATE_DEVICES, EXE$RUNDOWN_CHANNELS } from '../io/rundown.js';
import { EXE$SEND_TERMINATION } from '../io/termination.js';
import { LNM$DELETE_JOB } from '../names/process-tables.js';
import { deletePages } from '../memory/address-space.js';
import { p0Pages, p1LowPage, PAGE_SIZE } from '../memory/page-tables.js';
import { awaitReads, releaseFixedPage } from '../memory/delete-page.js';
import { shellPages } from '../memory/shell.js';
import { workingSetOf, type WorkingSet } from '../memory/working-set.js';
import { deleteSwapSpace } from '../swap/swap-space.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { EXE$ALLOCACB, EXE$ALLOCIRP } from '../pool/typed.js';
import { SCH$RSE, SCH$SWPWAKE } from '../scheduling/rse.js';
import { resourceWaitOnStack } from '../scheduling/resources.js';
import { SS$_ACCVIO, SS$_INSFMEM, SS$_NONEXPR, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACB } from '../structures/acb.js';
import { JIB } from '../structures/jib.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { EVT$_RSNAVL, PRI$_RESAVL, PRI$_TICOM, RSN$_ASTWAIT } from '../structures/sch.js';
import { resumeProcess } from './hibernate.js';
import { EXE$PRCDELMSG } from './account.js';
import { EXE$IPID_TO_PCB, EXE$NAMPID, processes } from './pid.js';
import { releaseRights } from './rights.js';

/**
 * $DELPRC and the AST in which the target undoes itself (chapter 22; digest ch22 2.1, 2.2). delete.mar is the thread of
 * the AST; its steps are here.
 */
const KERNEL = 0;
/** $RMSRUNDWN type: abort I/O on every file, process permanent ones included. */
const RMS_ABORT_ALL = 2;

/**
 * $DELPRC [pidadr],[prcnam]
 *
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_INSFMEM; SS$_IVLOGNAM; SS$_NONEXPR; SS$_NOPRIV
 */
const deleteProcess = kernelService('$DELPRC', (k, pidadr, prcnam) => {
  if (pidadr !== 0 && !k.callerCanWrite(pidadr, 4)) return SS$_ACCVIO;
  const target = EXE$NAMPID(k, pidadr, prcnam);
  if (!(target.status & 1)) return target.status;
  return requestDeletion(k, target.pcb);
});

/** Marks a process for deletion and queues the AST that does it. */
export function requestDeletion(k: Kernel, pcbAddress: number): number {
  if (pcbAddress === k.symbol('SCH$GL_NULLPCB') || pcbAddress === k.symbol('SCH$GL_SWPPCB')) return SS$_NONEXPR;
  const pcb = PCB.at(k, pcbAddress);
  if (pcb.PCB$V_DELPEN) return SS$_NORMAL;
  const acbAddress = EXE$ALLOCACB(k);
  if (acbAddress === 0) return SS$_INSFMEM;
  pcb.PCB$V_DELPEN = 1;
  if (pcb.PCB$V_SUSPEN) resumeProcess(k, pcbAddress);       // suspended, or about to be: it could not take the AST
  const acb = ACB.at(k, acbAddress);
  acb.ACB$L_PID = pcb.PCB$L_PID;
  acb.ACB$B_RMOD = KERNEL;
  acb.ACB$L_AST = k.symbol('EXE$DELETE_AST');
  acb.ACB$L_ASTPRM = 0;
  SCH$QAST(k, acbAddress, PRI$_RESAVL);
  return SS$_NORMAL;
}

/** Waits in MWAIT with the XFC being executed as the place to go on. */
function lookAgainLater(k: Kernel): never {
  const here = k.register(15) - 3;
  k.cpu.push(k.cpu.psl & ~0x1f0000);
  k.cpu.push(here);
  resourceWaitOnStack(k, RSN$_ASTWAIT);
}

const begin = inlineRoutine('DELETE_BEGIN', (k) => {
  const pcb = k.pcb;
  pcb.PCB$B_ASTACT = pcb.PCB$B_ASTACT & ~1;
  SCH$NEWLVL(k, pcb.address);
  if (pcb.PCB$B_DPC !== 0) lookAgainLater(k);
  pcb.PCB$V_SSRWAIT = 0;
});

/** Files are closed by RMS itself while its data is still there. */
const closeFiles = upTo(IN_KERNEL_MODE, procedure('DELETE_RMS', function* (p) {
  if (p.kernel.p1.CTL$GL_RMSBASE !== 0) yield* service(p, '$RMSRUNDWN', { bufadr: p.descriptor(0, 0), typrnd: RMS_ABORT_ALL });
  return SS$_NORMAL;
}));

const subprocesses = inlineRoutine('DELETE_SUBPROCESSES', (k) => {
  const pcb = k.pcb;
  if (pcb.PCB$W_PRCCNT === 0) return;
  // There are no links from owner to subprocess: the whole PCB vector is looked through (ch22#12).
  for (const address of [...processes(k)]) if (PCB.at(k, address).PCB$L_OWNER === pcb.PCB$L_PID) requestDeletion(k, address);
  lookAgainLater(k);
});

const image = upTo(IN_KERNEL_MODE, procedure('DELETE_IMAGE', function* (p) {
  yield* EXE$RUNDOWN(p, KERNEL);
  yield* EXE$RUNDOWN_CHANNELS(p, KERNEL);
  yield* EXE$DISMOUNT_JOB(p);
  yield* EXE$DEALLOCATE_DEVICES(p, KERNEL);
  return SS$_NORMAL;
}));

const outstandingIo = inlineRoutine('DELETE_IO', (k) => {
  const pcb = k.pcb;
  k.setRegister(0, pcb.PCB$W_DIOCNT !== pcb.PCB$W_DIOLM || pcb.PCB$W_BIOCNT !== pcb.PCB$W_BIOLM ? 1 : 0);
});

/** A step of its own, for it may wait for the mutex, and fault. */
const jobNames = inlineRoutine('DELETE_JOB_NAMES', (k) => {
  if (k.pcb.PCB$L_OWNER === 0) LNM$DELETE_JOB(k);
});

/** What may be done only once: it reads nothing that can be missing, and waits for pool before all else. */
const farewell = inlineRoutine('DELETE_FAREWELL', (k) => {
  const pcb = k.pcb;
  if (pcb.PCB$L_OWNER === 0) {
    if (pcb.PCB$V_INTER) k.sys.SYS$GW_IJOBCNT = k.sys.SYS$GW_IJOBCNT - 1;
    if (pcb.PCB$V_BATCH) k.sys.SYS$GW_BJOBCNT = k.sys.SYS$GW_BJOBCNT - 1;
  } else {
    returnCpuQuota(k, pcb);
  }
  k.writeByte(pcb.address + PCB.offset.PCB$T_LNAME, 0);
  if (pcb.PCB$W_TMBU !== 0) EXE$SEND_TERMINATION(k);
  EXE$PRCDELMSG(k);
});

const addressSpace = inlineRoutine('DELETE_SPACE', (k) => {
  deletePages(k, 0, p0Pages(k), KERNEL);
  deleteP1(k);
  awaitReads(k, k.p1.CTL$GL_PHD + k.sys.SGN$GL_PHDPAGCT * PAGE_SIZE, P1_END);
});

/** CPU time limit is the one quota that goes back to the owner; the IRP that carries it serves as a special kernel AST. */
function returnCpuQuota(k: Kernel, pcb: ReturnType<typeof PCB.at>): void {
  const limit = PHD.at(k, pcb.PCB$L_PHD).PHD$L_CPULIM;
  const irp = EXE$ALLOCIRP(k);
  const acb = ACB.at(k, irp);
  acb.ACB$L_PID = pcb.PCB$L_OWNER;
  acb.ACB$B_RMOD = ACB.mask.ACB$V_KAST;
  acb.ACB$L_KAST = k.symbol('EXE$RETQUOTA');
  acb.ACB$L_ASTPRM = limit === 0 ? 0 : Math.max(0, limit - PHD.at(k, pcb.PCB$L_PHD).PHD$L_CPUTIM);
  SCH$QAST(k, irp, PRI$_TICOM);
}

/** Special kernel AST in the owner: R5 is the ACB, whose parameter is the unused CPU time. */
const returnQuota = jsbRoutine('EXE$RETQUOTA', (k) => {
  const acb = k.register(5);
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  if (phd.PHD$L_CPULIM !== 0) phd.PHD$L_CPULIM = phd.PHD$L_CPULIM + ACB.at(k, acb).ACB$L_ASTPRM;
  EXE$DEANONPAGED(k, acb);
});

/** All of P1 but the fixed part, which holds the kernel stack in use. */
function deleteP1(k: Kernel): void {
  const low = 0x40000000 + p1LowPage(k) * PAGE_SIZE;
  const window = k.p1.CTL$GL_PHD;
  deletePages(k, low, (window - low) / PAGE_SIZE, KERNEL);
}

/** On the interrupt stack at IPL$_SYNCH: the hardware context is saved and never used again. R4 is the PCB. */
const vanish = inlineRoutine('DELETE_VANISH', (k) => {
  const pcb = PCB.at(k, k.register(4));
  const ipid = pcb.PCB$L_PID;
  const ws = workingSetOf(k, pcb.address);
  k.gate.finishProcess(ipid);
  k.sys.SCH$GL_CURPCB = k.symbol('SCH$GL_NULLPCB');
  k.writeLong(k.sys.SCH$GL_PCBVEC + 4 * (ipid & 0xffff), k.symbol('SCH$GL_NULLPCB'));
  k.sys.SCH$GW_PROCCNT = k.sys.SCH$GW_PROCCNT - 1;
  freeFixedP1(k, ws);
});

/** What the process still has in pool, and the news for its owner and the swapper. R4 is the PCB, which goes last. */
const release = inlineRoutine('DELETE_RELEASE', (k) => {
  const pcb = PCB.at(k, k.register(4));
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  for (const acb of [...k.queueEntries(pcb.address + PCB.offset.PCB$L_ASTQFL)]) {
    k.removeQueue(acb);
    if (!ACB.at(k, acb).ACB$V_NODELETE) EXE$DEANONPAGED(k, acb);
  }
  deleteSwapSpace(k, pcb, phd);
  releaseRights(k, pcb.address);
  const jib = JIB.at(k, pcb.PCB$L_JIB);
  if (jib.JIB$L_MPID === pcb.PCB$L_PID) EXE$DEANONPAGED(k, jib.address);
  else {
    jib.JIB$W_PRCCNT = jib.JIB$W_PRCCNT - 1;
    jib.JIB$L_PGFLCNT = jib.JIB$L_PGFLCNT + shellPages(k);
  }
  const owner = pcb.PCB$L_OWNER === 0 ? 0 : EXE$IPID_TO_PCB(k, pcb.PCB$L_OWNER);
  if (owner !== 0) {
    const ownerPcb = PCB.at(k, owner);
    ownerPcb.PCB$W_PRCCNT = ownerPcb.PCB$W_PRCCNT - 1;
    if (ownerPcb.PCB$V_DELPEN) SCH$RSE(k, owner, EVT$_RSNAVL, PRI$_RESAVL);      // it waits for this
  }
  k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * phd.PHD$W_PHVINDEX, 0);
  EXE$DEANONPAGED(k, pcb.address);
  k.sys.SCH$GW_DELPHDCT = k.sys.SCH$GW_DELPHDCT + 1;
  SCH$SWPWAKE(k);
});

/**
 * Gives back the frames of fixed P1 space: kernel stack, pointer page and whatever was touched. Nobody will want their contents, so they go
 * to the head of the free list. The page tables go with the slot.
 */
function freeFixedP1(k: Kernel, ws: WorkingSet): void {
  // The window to the header and the service vectors map frames that belong to others.
  const start = k.p1.CTL$GL_PHD + k.sys.SGN$GL_PHDPAGCT * PAGE_SIZE;
  const vectors = k.symbol('P1SYSVECTORS');
  for (let address = start; address < P1_END; address += PAGE_SIZE) {
    if (address >= vectors && address < vectors + 5 * PAGE_SIZE) continue;
    releaseFixedPage(k, ws, address);
  }
}
const P1_END = 0x80000000;

export const DELETE_ROUTINES = [deleteProcess, begin, closeFiles, subprocesses, image, outstandingIo, jobNames, farewell, addressSpace, returnQuota, vanish, release] as const;
