import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { resourceWaitOnStack } from '../scheduling/resources.js';
import { waitQueueHeader } from '../scheduling/queues.js';
import { SCH$WAIT } from '../scheduling/wait.js';
import { DYN$C_IRP } from '../structures/dyn.js';
import { IRP } from '../structures/irp.js';
import { PTE$M_VALID } from '../structures/pte.js';
import { RSN$_NPDYNMEM, SCH$C_FPG, SCH$C_MWAIT, SCH$C_PFW } from '../structures/sch.js';
import { prepareSegment, SEGMENT_TO_DRIVER } from '../io/segments.js';
import { buildReadPacket, finishRead, type PageRead } from './page-read.js';
import { pteAddress, systemPageValid } from './page-tables.js';
import { serveFault, type Fault } from './pager.js';
import { sectionsCopied } from './section-table.js';

/**
 * The translation-not-valid exception (chapter 15.1): on the kernel stack are the reason mask, the faulting address, PC and PSL. With
 * the page valid, the two parameters are dropped and REI runs the instruction again. When there is something to wait for, the process
 * waits with that PC and PSL, and the instruction runs again afterwards. A page that is not there for anybody is an access violation.
 *
 * MMG$PAGEFAULT, with its check of IPL and the queueing of a read, is in pagefault.mar.
 */
/** Bit 1 of the reason mask: the entry that is not valid maps the page table. It means nothing to an access violation. */
const REASON_PTE = 2;
const SAVED_REGISTERS = 6;

const body = inlineRoutine('MMG$PAGEFAULT_BODY', (k: Kernel) => {
  const stack = k.register(14);
  const address = k.readLong(stack + 4);
  const fault: ReturnType<typeof faultWithPacket> = isFramelessStep(k, address) ? { kind: 'wait', wait: { state: SCH$C_FPG } } : faultWithPacket(k, address);
  switch (fault.kind) {
    case 'valid':
      k.setRegister(14, stack + 8);
      k.jump(k.symbol('MMG$DISMISS'));
      return;
    case 'violation':
    case 'error':
      k.writeLong(stack, k.readLong(stack) & ~REASON_PTE);
      k.ipl = (k.readLong(stack + 12) >>> 16) & 31;
      k.jump(k.symbol(fault.kind === 'error' ? 'EXE$PAGRDERR' : 'EXE$ACVIOLAT'));
      return;
    case 'wait':
      setWait(k, stack, fault.wait.state, fault.wait.resource ?? 0);
      k.jump(k.symbol('MMG$WAIT'));
      return;
    case 'read':
      startRead(k, stack, fault.read, fault.packet);
  }
});

/** The gate lets a procedure wait that has taken the last frame for a valid page (gate.ts): as long as no other is free. */
function isFramelessStep(k: Kernel, address: number): boolean {
  if (k.sys.SCH$GL_FREECNT !== 0) return false;
  const at = pteAddress(k, address);
  if (at === undefined) return false;
  return (address >>> 30 === 2 || systemPageValid(k, at)) && (k.readLong(at) & PTE$M_VALID) !== 0;
}

/** A fault that leads to a read must have a packet for it; without one it waits for pool before anything is changed. */
function faultWithPacket(k: Kernel, address: number): Exclude<Fault, { kind: 'read' }> | { kind: 'read'; read: PageRead; packet: number } {
  const packet = allocateBlock(k, IRP.size, DYN$C_IRP);
  if (packet === 0) return { kind: 'wait', wait: { state: SCH$C_MWAIT, resource: RSN$_NPDYNMEM } };
  const fault = serveFault(k, address);
  if (fault.kind === 'read') return { ...fault, packet };
  EXE$DEANONPAGED(k, packet);
  return fault;
}

/** The parameters on the stack become what the process waits for. */
function setWait(k: Kernel, stack: number, state: number, resource: number): void {
  k.writeLong(stack, state);
  k.writeLong(stack + 4, resource);
}

/** R0 to R5 go on the stack; R3 and R5 become packet and unit for EXE$INSIOQ. */
function startRead(k: Kernel, stack: number, read: PageRead, packet: number): void {
  buildReadPacket(k, packet, read);
  const irp = IRP.at(k, packet);
  setWait(k, stack, SCH$C_PFW, 0);
  if (prepareSegment(k, irp, irp.IRP$L_OBCNT) !== SEGMENT_TO_DRIVER) {
    // The window of a section or page file maps all of it: the block is beyond the file.
    finishRead(k, read.svapte, read.pages, 0, read.slave);
    sectionsCopied(k, read.svapte, read.pages, read.ast, read.astParameter);
    EXE$DEANONPAGED(k, packet);
    k.setRegister(14, stack + 8);
    k.jump(k.symbol('MMG$DISMISS'));
    return;
  }
  for (let register = SAVED_REGISTERS - 1; register >= 0; register -= 1) k.cpu.push(k.register(register));
  k.setRegister(3, packet);
  k.setRegister(5, irp.IRP$L_UCB);
}

/** MMG$WAIT: what to wait for is where the parameters of the exception were; behind it PC and PSL. */
const wait = inlineRoutine('MMG$PAGE_WAIT', (k: Kernel) => {
  const stack = k.register(14);
  const state = k.readLong(stack);
  const resource = k.readLong(stack + 4);
  k.setRegister(14, stack + 8);
  if (state === SCH$C_MWAIT) resourceWaitOnStack(k, resource);
  SCH$WAIT(k, waitQueueHeader(k, state));
});

export const PAGE_FAULT_ROUTINES: readonly Microroutine[] = [body, wait];
