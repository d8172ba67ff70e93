import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$ALLOCIRP } from '../pool/typed.js';
import { SCH$CLREF, SCH$POSTEF } from '../process/event-flags.js';
import { SCH$RWAIT } from '../scheduling/resources.js';
import { DEV$M_FOD, DEV$M_FOR, DEV$M_MBX, DEV$M_SHR, DEV$M_SPL } from '../starlet/devdef.js';
import {
  IO$_ACPCONTROL, IO$_DEACCESS, IO$_LOGICAL, IO$_PHYSICAL, IO$_READLBLK, IO$_READPBLK, IO$_READPROMPT, IO$_READVBLK, IO$_TTYREADALL,
  IO$_TTYREADPALL, IO$_WRITELBLK, IO$_WRITEOF, IO$_WRITEPBLK, IO$_WRITEVBLK,
} from '../starlet/iodef.js';
import { PRV$V_DIAGNOSE, PRV$V_LOG_IO, PRV$V_PHY_IO, hasPrivilege } from '../starlet/prvdef.js';
import { windowOfChannel } from '../memory/section-table.js';
import { SS$_ACCVIO, SS$_DEVOFFLINE, SS$_EXQUOTA, SS$_ILLIOFUNC, SS$_INSFMEM, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { DDT } from '../structures/device.js';
import { IPL$_ASTDEL } from '../structures/ipl.js';
import { IRP } from '../structures/irp.js';
import { PRI$_NULL, RSN$_ASTWAIT } from '../structures/sch.js';
import { UCB } from '../structures/ucb.js';
import { IOC$VERIFYCHAN, type ChannelBlock } from './channels.js';
import { EXE$CHKRDACCES, EXE$CHKWRTACCES } from './protection.js';
import { EXE$ABORTIO, exitService } from './fdt-support.js';

/**
 * $QIO, the device-independent half (module SYSQIOREQ): checks that need no knowledge of the device, quotas, the I/O request packet.
 * The walk through the function decision table is in qio.mar. @source book 18.3.1; digest ch18 2.7
 */

type Unit = ReturnType<typeof UCB.at>;

/** Function codes that read, that write: the lists by which access to a shareable device is checked. */
const READS = new Set([IO$_READPBLK, IO$_READLBLK, IO$_READVBLK, IO$_READPROMPT, IO$_TTYREADALL, IO$_TTYREADPALL]);
const WRITES = new Set([IO$_WRITEPBLK, IO$_WRITELBLK, IO$_WRITEVBLK, IO$_WRITEOF]);

/** Argument numbers of $QIO. */
const EFN = 1;
const CHAN = 2;
const FUNC = 3;
const IOSB = 4;
const ASTADR = 5;
const ASTPRM = 6;
const P1 = 7;

/** Entries of a function decision table: legal mask, buffered mask, then mask and routine. */
const FDT_BUFFERED = 8;
const FDT_FIRST = 16;
const FDT_ENTRY = 12;

/** Whether bit `code` of the quadword mask at `address` is set. */
function inMask(k: Kernel, address: number, code: number): boolean {
  return ((k.readLong(address + 4 * (code >>> 5)) >>> (code & 31)) & 1) !== 0;
}

/** A failure before there is a packet: the event flag is set, the status is the service's. @source digest ch18 fact 27 */
function refuse(k: Kernel, efn: number, status: number): void {
  SCH$POSTEF(k, k.pcb.PCB$L_PID, efn, PRI$_NULL);
  exitService(k, status);
}

function preprocess(k: Kernel): void {
  const pcb = k.pcb;
  const efn = k.argument(EFN) & 0xff;
  const cleared = SCH$CLREF(k, pcb.address, efn);
  if ((cleared & 1) === 0) {
    exitService(k, cleared);
    return;
  }
  const { status, ccb, channel } = IOC$VERIFYCHAN(k, k.argument(CHAN));
  if (status !== SS$_NORMAL) {
    refuse(k, efn, status);
    return;
  }
  if ((ccb.CCB$L_DIRP & 1) !== 0) SCH$RWAIT(k, RSN$_ASTWAIT);

  const ucb = requestedUnit(k, ccb, k.argument(FUNC));
  const func = effectiveFunction(ucb, k.argument(FUNC) & 0xffff);
  const code = func & 0x3f;
  const fdt = DDT.at(k, ucb.UCB$L_DDT).DDT$L_FDT;
  const bad = checkFunction(k, ucb, ccb, fdt, k.argument(FUNC) & 0x3f, code);
  if (bad !== SS$_NORMAL) {
    refuse(k, efn, bad);
    return;
  }
  const iosb = k.argument(IOSB);
  if (iosb !== 0 && !k.callerCanWrite(iosb, 8)) {
    refuse(k, efn, SS$_ACCVIO);
    return;
  }

  const isBuffered = inMask(k, fdt + FDT_BUFFERED, code);
  const left = isBuffered ? pcb.PCB$W_BIOCNT : pcb.PCB$W_DIOCNT;
  const ast = k.argument(ASTADR);
  if (left === 0 || (ast !== 0 && pcb.PCB$W_ASTCNT === 0)) {
    // EXE$SNGLQUOTA: one of the process's own requests will give the quota back.
    const limit = isBuffered ? pcb.PCB$W_BIOLM : pcb.PCB$W_DIOLM;
    if (left === 0 && limit !== 0 && pcb.PCB$V_SSRWAIT === 0) SCH$RWAIT(k, RSN$_ASTWAIT);
    refuse(k, efn, SS$_EXQUOTA);
    return;
  }
  const packet = EXE$ALLOCIRP(k);
  if (packet === 0) {
    refuse(k, efn, SS$_INSFMEM);
    return;
  }
  if (iosb !== 0) k.writeBytes(iosb, new Uint8Array(8));

  // From here on the process may not be deleted: the packet and the counts would be lost.
  k.ipl = IPL$_ASTDEL;
  if (isBuffered) pcb.PCB$W_BIOCNT = left - 1;
  else pcb.PCB$W_DIOCNT = left - 1;
  ccb.CCB$W_IOC = ccb.CCB$W_IOC + 1;
  const irp = IRP.at(k, packet);
  irp.IRP$B_RMOD = k.callerMode;
  irp.IRP$L_PID = pcb.PCB$L_PID;
  irp.IRP$L_AST = ast;
  irp.IRP$L_ASTPRM = k.argument(ASTPRM);
  if (ast !== 0) {
    pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT - 1;
    irp.IRP$V_QUOTA = 1;
  }
  irp.IRP$L_WIND = windowOfChannel(k, ccb);
  irp.IRP$L_UCB = ucb.address;
  irp.IRP$W_FUNC = func;
  irp.IRP$B_EFN = efn;
  irp.IRP$B_PRI = pcb.PCB$B_PRIB;
  irp.IRP$L_IOSB = iosb;
  irp.IRP$W_CHAN = channel;
  irp.IRP$V_BUFIO = isBuffered ? 1 : 0;
  irp.IRP$L_ARB = pcb.PCB$L_ARB;

  k.setRegister(3, packet);
  k.setRegister(4, pcb.address);
  k.setRegister(5, ucb.address);
  k.setRegister(6, ccb.address);
  k.setRegister(7, code);
  k.setRegister(8, fdt + FDT_FIRST);
  k.setRegister(12, k.register(12) + 4 * P1);
}

/** The unit of the channel; for a virtual function on a spooled device, the intermediate device. */
function requestedUnit(k: Kernel, ccb: ChannelBlock, func: number): Unit {
  const ucb = UCB.at(k, ccb.CCB$L_UCB);
  const isSpooled = (ucb.UCB$L_DEVCHAR & DEV$M_SPL) !== 0 && ucb.UCB$L_AMB !== 0;
  return isSpooled && (func & 0x3f) > IO$_LOGICAL ? UCB.at(k, ucb.UCB$L_AMB) : ucb;
}

/** A virtual transfer on a device without files is the logical one, modifiers unchanged. @source digest ch18 2.7 step 15, fact 26 */
function effectiveFunction(ucb: Unit, func: number): number {
  if ((ucb.UCB$L_DEVCHAR & DEV$M_FOD) !== 0) return func;
  switch (func & 0x3f) {
    case IO$_READVBLK: return (func & ~0x3f) | IO$_READLBLK;
    case IO$_WRITEVBLK: return (func & ~0x3f) | IO$_WRITELBLK;
    default: return func;
  }
}

/** @returns SS$_NORMAL; SS$_ILLIOFUNC, SS$_DEVOFFLINE, SS$_NOPRIV */
function checkFunction(k: Kernel, ucb: Unit, ccb: ChannelBlock, fdt: number, asked: number, code: number): number {
  const characteristics = ucb.UCB$L_DEVCHAR;
  const isFileDevice = (characteristics & DEV$M_FOD) !== 0;
  const isShareable = (characteristics & DEV$M_SHR) !== 0;
  if (!isFileDevice && isShareable) {
    if (READS.has(asked) && ccb.CCB$V_RDCHKDON === 0) {
      if (!EXE$CHKRDACCES(k, ucb)) return SS$_NOPRIV;
      ccb.CCB$V_RDCHKDON = 1;
    }
    if (WRITES.has(asked) && ccb.CCB$V_WRTCHKDON === 0) {
      if (!EXE$CHKWRTACCES(k, ucb)) return SS$_NOPRIV;
      ccb.CCB$V_WRTCHKDON = 1;
    }
  }
  if (!inMask(k, fdt, code)) return SS$_ILLIOFUNC;
  if (ucb.UCB$V_ONLINE === 0 && code !== IO$_DEACCESS && code !== IO$_ACPCONTROL) return SS$_DEVOFFLINE;
  const isPrivate = (characteristics & (DEV$M_SPL | DEV$M_SHR | DEV$M_FOD)) === 0;
  if (isPrivate || (characteristics & DEV$M_MBX) !== 0 || k.callerMode === 0) return SS$_NORMAL;
  return hasFunctionPrivilege(k, characteristics, code) ? SS$_NORMAL : SS$_NOPRIV;
}

/** Physical functions need PHY_IO or DIAGNOSE, logical ones LOG_IO or PHY_IO, or a volume mounted foreign. */
function hasFunctionPrivilege(k: Kernel, characteristics: number, code: number): boolean {
  const mask = k.pcb.PCB$Q_PRIV;
  const physical = hasPrivilege(mask, PRV$V_PHY_IO) || hasPrivilege(mask, PRV$V_DIAGNOSE);
  if (code <= IO$_PHYSICAL) return physical;
  if (code <= IO$_LOGICAL) return physical || hasPrivilege(mask, PRV$V_LOG_IO) || (characteristics & DEV$M_FOR) !== 0;
  return true;
}

/** R8 steps to the next table entry that serves function R7; R0 is its routine. */
function nextFdtRoutine(k: Kernel): void {
  const code = k.register(7);
  const ddt = DDT.at(k, UCB.at(k, k.register(5)).UCB$L_DDT);
  const end = ddt.DDT$L_FDT + ddt.DDT$W_FDTSIZE;
  for (let entry = k.register(8); entry < end; entry += FDT_ENTRY) {
    if (inMask(k, entry, code)) {
      k.setRegister(0, k.readLong(entry + 8));
      k.setRegister(8, entry + FDT_ENTRY);
      return;
    }
  }
  EXE$ABORTIO(k, IRP.at(k, k.register(3)), SS$_ILLIOFUNC);
}

/** EXE$INSIOQ: an idle unit becomes busy with the request (R0 = 1); a busy one gets it into its queue, by priority, first come first served. */
function queueOrClaim(k: Kernel): void {
  const irp = k.register(3);
  const ucb = UCB.at(k, k.register(5));
  if (ucb.UCB$V_BSY === 0) {
    ucb.UCB$V_BSY = 1;
    k.setRegister(0, 1);
    return;
  }
  const priority = IRP.at(k, irp).IRP$B_PRI;
  const header = ucb.address + UCB.offset.UCB$L_IOQFL;
  let predecessor = k.readLong(header + 4);
  // Priorities are inverted: a smaller number goes first.
  while (predecessor !== header && IRP.at(k, predecessor).IRP$B_PRI > priority) predecessor = k.readLong(predecessor + 4);
  k.insertQueue(irp, predecessor);
  ucb.UCB$W_QLEN = ucb.UCB$W_QLEN + 1;
  k.setRegister(0, 0);
}

/** IOC$INITIATE: the request becomes the unit's current one and leaves its transfer parameters there. */
function loadUnit(k: Kernel): void {
  const irp = IRP.at(k, k.register(3));
  const ucb = UCB.at(k, k.register(5));
  ucb.UCB$L_IRP = irp.address;
  ucb.UCB$L_SVAPTE = irp.IRP$L_SVAPTE;
  ucb.UCB$W_BOFF = irp.IRP$W_BOFF;
  ucb.UCB$W_BCNT = irp.IRP$W_BCNT;
  ucb.UCB$V_CANCEL = 0;
  ucb.UCB$V_TIMOUT = 0;
}

export const QIO_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('QIO_PREPROCESS', preprocess),
  inlineRoutine('QIO_NEXT_FDT', nextFdtRoutine),
  inlineRoutine('IOC_QUEUE_OR_CLAIM', queueOrClaim),
  inlineRoutine('IOC_LOAD_UNIT', loadUnit),
];
