import { PR$_SISR, PR$_TXDB } from '../../emulator/processor-registers.js';
import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { initializeCrashData } from '../exceptions/initialize.js';
import { installSystemImages } from '../image/known-files.js';
import { IOC$INIT } from '../io/database.js';
import { findUnit } from '../io/device-names.js';
import type { Kernel } from '../kernel.js';
import { LCK$INIT } from '../locks/tables.js';
import { fillRestartBlock } from '../power/restart-block.js';
import { EXE$ALONPAGVAR } from '../pool/nonpaged.js';
import { initializeLookaside } from '../pool/lookaside.js';
import { initializeVariableList } from '../pool/variable-list.js';
import { initializeSchedulerQueues } from '../scheduling/queues.js';
import { makeComputable } from '../scheduling/rse.js';
import { initializeForkQueues } from '../synchronization/fork.js';
import { initializeTimerQueue } from '../time/queue.js';
import { setSystemTime } from '../time/set-time.js';
import { EXE$IPID_TO_EPID } from '../process/pid.js';
import { DYN$C_INIT, DYN$C_JIB, DYN$C_PCB } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { readQuad, textToBytes, writeCounted } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PTE$M_PFN } from '../structures/pte.js';
import { SCH$C_COM } from '../structures/sch.js';
import { initializeGlobalSections } from '../memory/global-section.js';
import { initializePaging, initializeSystemHeader } from '../memory/initialize.js';
import { addResidentSections } from '../memory/resident.js';
import { pageShell } from '../memory/shell-file.js';
import { SYS$VERSION_TEXT } from '../structures/system-cells.js';
import { ADAPTER_ROUTINES } from './adapters.js';
import { executiveVbn } from './executive-image.js';
import { ROOT_LOCK_ROUTINES } from './root-lock.js';
import { LINK_ROUTINES } from './sysloa.js';
import { IRP_PACKET } from './sizes.js';
import type { BootInformation } from './sysboot.js';
import { initializeLocalSystemBlock } from './system-block.js';
import { makeSystemWindow } from './window.js';

/**
 * EXE$INIT: gives the executive its pools, lists, tables and first two processes (chapter 25.1; digest ch25 2.1). Runs on
 * the interrupt stack at IPL 31 and leaves through the scheduler, which finds the swapper.
 */
const PAGE = 512;
const POOL_HEADER = 12;
/** A freshly initialized sequence of privileges: all of them. */
const ALL_PRIVILEGES = 0xffffffffffffffffn;

/** Routines of module INIT. `information` gives what SYSBOOT left. */
export function initRoutines(information: () => BootInformation): readonly Microroutine[] {
  return [...ROOT_LOCK_ROUTINES, ...LINK_ROUTINES, inlineRoutine('EXE$INIT_ANNOUNCE', announce), inlineRoutine('EXE$INIT_BODY', (k) => EXE$INIT(k, information())), inlineRoutine('EXE$INIT_DEVICES', (k) => { initializeDevices(k, information()); }), ...ADAPTER_ROUTINES];
}

/** What the console shows first: SYS.EXE has been read and mapping is on. Choice of wording: the book does not print it. */
export const ANNOUNCEMENT = `\r\n   VAX/VMS Version ${SYS$VERSION_TEXT.trim()}\r\n`;

/** The announcement, before there are structures of any kind: characters written to the transmitter. @source book 25.1.2 step 7 */
function announce(k: Kernel): void {
  for (const character of ANNOUNCEMENT) k.cpu.writePR(PR$_TXDB, character.charCodeAt(0));
}

/**
 * The I/O database, and which of its units is the system disk: EXE$GL_SYSUCB, 0 when there is no such unit. The window of SYS.EXE there
 * is the first of the system windows. From now on a restart is possible.
 * @source book 25.1.2 step f
 */
function initializeDevices(k: Kernel, { systemDevice, executiveExtents }: BootInformation): void {
  IOC$INIT(k);
  const ucb = k.sys.EXE$GL_SYSUCB = findUnit(k, systemDevice.replace(/^_|:$/g, ''));
  for (const cell of SYSTEM_DEVICE_NAMES) k.writeLong(k.symbol(cell), nameForSwapper(k, systemDevice));
  fillRestartBlock(k);
  if (ucb === 0 || !executiveExtents) return;
  const window = makeSystemWindow(k, ucb, executiveExtents);
  if (window === 0 || !pageShell(k, window, executiveVbn(k.symbol('SWP$GL_SHELLBAS')))) throw new Error('nonpaged pool too small to boot');
}

/** Where the swapper finds the equivalence names of SYS$DISK and SYS$SYSDEVICE, which it can only create when paged pool is there. */
export const SYSTEM_DEVICE_NAMES = ['sys_disk_arg', 'sys_sysdevice_arg'] as const;

/** A counted name in nonpaged pool, behind the header of a block: the swapper gives it back. @source book 25.1.2 steps 35, 37i */
function nameForSwapper(k: Kernel, name: string): number {
  const address = allocateTable(k, 1 + name.length);
  writeCounted(k, address, name, 1 + name.length);
  return address;
}

function EXE$INIT(k: Kernel, information: BootInformation): void {
  initializeFreePages(k);
  initializeSystemHeader(k, information.space.systemHeader.pages);      // paged pool is demand zero
  initializePools(k, information);
  initializeSchedulerQueues(k);
  initializeForkQueues(k);
  k.initializeQueue(k.symbol('IOC$GL_PSFL'));
  k.initializeQueue(k.symbol('SCH$GQ_CEBHD'));
  for (const list of ['EXE$GL_GSDSYSFL', 'EXE$GL_GSDGRPFL', 'EXE$GL_GSDDELFL', 'EXE$GL_PQBFL', 'IOC$GL_DPTLIST', 'EXE$GL_SYSWCBFL', 'EXE$GL_WCBDELFL', 'CIA$GQ_INTRUDER']) k.initializeQueue(k.symbol(list));
  k.initializeQueue(k.symbol('EXE$GL_TQFL'));
  setTime(k, k.register(0) >>> 0);
  initializeCrashData(k);
  initializeTimerQueue(k);
  buildTables(k);
  initializeLocalSystemBlock(k);
  LCK$INIT(k);
  k.writeBytes(k.symbol('SYS$GQ_VERSION'), textToBytes(SYS$VERSION_TEXT));
  buildFirstProcesses(k);
  limitWorkingSets(k);
  if (k.sys.EXE$V_SSINHIBIT) filterServices(k);
  initializeGlobalSections(k);
  addResidentSections(k, information.images);
  installSystemImages(k, information.images);
}

function initializePools(k: Kernel, { sizes, space, values }: BootInformation): void {
  initializeVariableList(k, k.symbol('EXE$GL_NONPAGED') + 4, space.variablePool.base, Math.floor(values['NPAGEDYN']! / PAGE) * PAGE);
  initializeVariableList(k, k.symbol('EXE$GL_PAGED'), space.pagedPool.base, sizes.pagedPoolBytes);
  initializeVariableList(k, k.symbol('EXE$GL_GPT'), space.globalPageTable.base, space.globalPageTable.pages * PAGE);
  initializeLookaside(k, k.symbol('IOC$GL_SRPFL'), space.srpList.base, sizes.srpSize, values['SRPCOUNT']!);
  initializeLookaside(k, k.symbol('IOC$GL_IRPFL'), space.irpList.base, IRP_PACKET, values['IRPCOUNT']!);
  initializeLookaside(k, k.symbol('IOC$GL_LRPFL'), space.lrpList.base, sizes.lrpSize, values['LRPCOUNT']!);
  k.sys.IOC$GL_SRPSIZE = sizes.srpSize;
  k.sys.IOC$GL_LRPSIZE = sizes.lrpSize;
  k.sys.IOC$GL_IRPMIN = sizes.srpSize + 1;
  k.sys.IOC$GL_LRPMIN = values['LRPMIN']!;
  k.sys.IOC$GL_SRPMIN = values['SRPMIN']!;
  // Where each region may grow to the next page; what is left of the last page cannot hold a packet.
  const nextPage = (address: number): number => Math.ceil(address / PAGE) * PAGE;
  const ends = {
    srp: space.srpList.base + sizes.srpSize * values['SRPCOUNT']!,
    irp: space.irpList.base + IRP_PACKET * values['IRPCOUNT']!,
    lrp: space.lrpList.base + sizes.lrpSize * values['LRPCOUNT']!,
  };
  [k.sys.IOC$GL_SRPREM, k.sys.IOC$GL_IRPREM, k.sys.IOC$GL_LRPREM] = [ends.srp, ends.irp, ends.lrp];
  [k.sys.MMG$GL_SRPNEXT, k.sys.MMG$GL_IRPNEXT, k.sys.MMG$GL_LRPNEXT] = [nextPage(ends.srp), nextPage(ends.irp), nextPage(ends.lrp)];
  k.sys.MMG$GL_NPAGNEXT = space.variablePool.base + Math.floor(values['NPAGEDYN']! / PAGE) * PAGE;
  [k.sys.IOC$GL_SRPCNT, k.sys.IOC$GL_IRPCNT, k.sys.IOC$GL_LRPCNT] = [values['SRPCOUNT']!, values['IRPCOUNT']!, values['LRPCOUNT']!];
}

/**
 * The system time until SYSINIT calls EXE$INIT_TODR: by the clock and the base cells of SYS.EXE when they agree, else what the cells
 * recorded. choice: the book has the time set by SYSINIT alone.
 * @param clock  what the time-of-year clock shows; R1 becomes 1 when it is to be set to R0
 */
function setTime(k: Kernel, clock: number): void {
  const { sys } = k;
  const set = setSystemTime(k, 0n, clock);
  if (!(set.status & 1)) sys.EXE$GQ_SYSTIME = sys.EXE$GQ_TODCBASE;
  k.setRegister(0, set.clock ?? clock);
  k.setRegister(1, set.clock === undefined ? 0 : 1);
  sys.EXE$GQ_BOOTTIME = sys.EXE$GQ_SYSTIME;
}

/** All described pages but page 0 go on the free list, in order; the rest of the database is zero already. */
function initializeFreePages(k: Kernel): void {
  const last = k.sys.MMG$GL_MAXPFN;
  const big = k.sys.MMG$GW_BIGPFN !== 0;
  const flink = k.readLong(k.symbol('PFN$AX_FLINK'));
  const blink = k.readLong(k.symbol('PFN$AX_BLINK'));
  const put = (array: number, pfn: number, value: number): void => (big ? k.writeLong(array + 4 * pfn, value) : k.writeWord(array + 2 * pfn, value));
  for (let pfn = 1; pfn <= last; pfn += 1) {
    put(flink, pfn, pfn === last ? 0 : pfn + 1);
    put(blink, pfn, pfn - 1);
  }
  k.writeLong(k.symbol('PFN$AL_HEAD'), 1);
  k.writeLong(k.symbol('PFN$AL_TAIL'), last);
  k.sys.SCH$GL_FREECNT = last;
  k.sys.SCH$GL_FREELIM = k.sys.SGN$GL_FREELIM;
}

/** SSINHIBIT: CHMK and CHME go through the filter that $SETSSF sets for a process. @source book 25.1.2 step 3, 9.5 */
function filterServices(k: Kernel): void {
  const scb = k.sys.EXE$GL_SCB;
  k.writeLong(scb + SCB_CHMK, k.symbol('EXE$CMODKRNLX'));
  k.writeLong(scb + SCB_CHME, k.symbol('EXE$CMODEXECX'));
}

const SCB_CHMK = 0x40;
const SCB_CHME = 0x44;

/**
 * No working set may be larger than what the free list can give at all: MMG$GL_MAXPFN pages without the system's own working set and
 * what the two page lists keep.
 * @source book 25.1.2 step 43
 */
function limitWorkingSets(k: Kernel): void {
  const { sys } = k;
  const available = sys.SCH$GL_FREECNT - sys.SGN$GW_SYSDWSCT - sys.MPW$GW_LOLIM - sys.SGN$GL_FREELIM;
  sys.SGN$GL_MAXWSCNT = Math.max(sys.SGN$GW_MINWSCNT, Math.min(sys.SGN$GL_MAXWSCNT, available));
}

/** A table in nonpaged pool behind the 12-byte header of Table 25-1; the address of its first element. */
function allocateTable(k: Kernel, bytes: number): number {
  const size = POOL_HEADER + bytes;
  const block = EXE$ALONPAGVAR(k, size);
  if (block === 0) throw new Error('nonpaged pool too small to boot');
  k.writeBytes(block, new Uint8Array((size + 15) & ~15));
  k.writeWord(block + 8, (size + 15) & ~15);
  k.writeByte(block + 10, DYN$C_INIT);
  return block + POOL_HEADER;
}

function buildTables(k: Kernel): void {
  const processes = k.sys.SGN$GW_MAXPRCCT;
  const vector = allocateTable(k, 6 * (processes + 1));
  k.sys.SCH$GL_PCBVEC = vector;
  k.sys.SCH$GL_SEQVEC = vector + 4 * (processes + 1);
  k.sys.SCH$GL_MAXPIX = processes - 1;
  k.sys.SCH$GL_PIXLAST = 1;
  k.sys.SCH$GL_PIXWIDTH = 32 - Math.clz32(processes);
  k.sys.SCH$GW_PROCLIM = processes;       // the count leaves out the null process and the swapper
  const nullPcb = k.symbol('SCH$GL_NULLPCB');
  for (let index = 0; index < processes; index += 1) k.writeLong(vector + 4 * index, nullPcb);
  k.writeLong(vector + 4, k.symbol('SCH$GL_SWPPCB'));
  k.writeLong(vector + 4 * processes, k.symbol('MMG$AL_SYSPCB'));

  const slots = k.sys.SGN$GL_BALSETCT;
  const headers = allocateTable(k, 4 * (slots + 1));
  k.sys.PHV$GL_PIXBAS = headers;
  k.sys.PHV$GL_REFCBAS = headers + 2 * (slots + 1);
  for (let slot = 0; slot <= slots; slot += 1) k.writeWord(k.sys.PHV$GL_REFCBAS + 2 * slot, 0xffff);
  k.writeWord(k.sys.PHV$GL_PIXBAS + 2 * slots, k.sys.SGN$GW_MAXPRCCT);          // the system header's element
  k.sys.SWP$GL_MAP = allocateTable(k, 4 * k.sys.SGN$GL_MAXWSCNT + 4);
  initializePaging(k, (bytes) => allocateTable(k, bytes));
}

/** Physical address of an address in system space. */
function physical(k: Kernel, address: number): number {
  const pte = k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((address & 0x3fffffff) >>> 9));
  return (pte & PTE$M_PFN) * PAGE + (address & (PAGE - 1));
}

interface BuiltIn {
  readonly pcb: string;
  readonly phd: string;
  readonly name: string;
  readonly index: number;
  /** As users see it. */
  readonly priority: number;
  readonly entry: string;
  readonly stack: number;
}

function buildFirstProcesses(k: Kernel): void {
  const stacks = k.symbol('SWP$A_KSTK');
  const jib = allocateTable(k, JIB.size) - POOL_HEADER;
  k.writeWord(jib + 8, JIB.size);
  k.writeByte(jib + 10, DYN$C_JIB);
  k.initializeQueue(jib);
  k.initializeQueue(jib + JIB.offset.JIB$L_JLNAMFL);
  const job = JIB.at(k, jib);
  job.JIB$T_USERNAME = textToBytes('SYSTEM'.padEnd(12));
  job.JIB$T_ACCOUNT = textToBytes('SYSTEM'.padEnd(8));
  job.JIB$L_BYTCNT = job.JIB$L_BYTLM = 65536;
  job.JIB$W_TQCNT = job.JIB$W_TQLM = 100;
  job.JIB$W_FILCNT = job.JIB$W_FILLM = 100;
  job.JIB$W_PRCLIM = 100;
  job.JIB$L_PGFLCNT = job.JIB$L_PGFLQUOTA = 65536;
  job.JIB$W_ENQCNT = job.JIB$W_ENQLM = 100;
  const system = { jib };
  const start = (process: BuiltIn): void => startBuiltIn(k, process, system.jib);
  start({ pcb: 'SCH$GL_NULLPCB', phd: 'nulphd', name: 'NULL', index: 0, priority: 0, entry: 'SCH$NULL', stack: k.symbol('nulkstk') + 128 });
  start({ pcb: 'SCH$GL_SWPPCB', phd: 'swpphd', name: 'SWAPPER', index: 1, priority: 16, entry: 'EXE$SWAPINIT', stack: stacks });
  // The swapper's P0 space is its map.
  PHD.at(k, k.symbol('swpphd')).PHD$L_P0LRASTL = ((4 << 24) | k.sys.SGN$GL_MAXWSCNT) >>> 0;
  k.sys.SWP$GL_SWPINC = k.sys.MPW$GW_MPWPFC;
  initializePcb(k, k.symbol('MMG$AL_SYSPCB'), 'SYSTEM', 0);
  const sysPcb = PCB.at(k, k.symbol('MMG$AL_SYSPCB'));
  sysPcb.PCB$L_PID = k.sys.SGN$GW_MAXPRCCT;
  sysPcb.PCB$L_PHD = k.sys.MMG$GL_SYSPHD;
  k.sys.SCH$GL_CURPCB = k.symbol('SCH$GL_NULLPCB');
  k.cpu.writePR(PR$_SISR, 0);
}

function initializePcb(k: Kernel, address: number, name: string, priority: number): void {
  const pcb = PCB.at(k, address);
  pcb.PCB$W_SIZE = PCB.size;
  pcb.PCB$B_TYPE = DYN$C_PCB;
  for (const list of [PCB.offset.PCB$L_ASTQFL, PCB.offset.PCB$L_LOCKQFL, PCB.offset.PCB$L_ACLFL]) k.initializeQueue(address + list);
  pcb.PCB$B_ASTEN = 0xf;
  pcb.PCB$Q_PRIV = ALL_PRIVILEGES;
  pcb.PCB$L_ARB = address + PCB.offset.PCB$Q_PRIV;
  pcb.PCB$L_UIC = 0x00010004;
  pcb.PCB$B_PRI = pcb.PCB$B_PRIB = pcb.PCB$B_AUTHPRI = 31 - priority;
  pcb.PCB$W_ASTCNT = 100;
  pcb.PCB$W_BIOCNT = pcb.PCB$W_BIOLM = 100;
  pcb.PCB$W_DIOCNT = pcb.PCB$W_DIOLM = 100;
  pcb.PCB$L_DEFPROT = 0xff00;
  pcb.PCB$V_RES = 1;
  pcb.PCB$V_PHDRES = 1;
  pcb.PCB$V_PSWAPM = 1;
  writeCounted(k, address + PCB.offset.PCB$T_LNAME, name, 16);
}

function startBuiltIn(k: Kernel, process: BuiltIn, jib: number): void {
  const address = k.symbol(process.pcb);
  initializePcb(k, address, process.name, process.priority);
  const pcb = PCB.at(k, address);
  const header = k.symbol(process.phd);
  pcb.PCB$L_PID = 0x00010000 | process.index;
  k.writeWord(k.sys.SCH$GL_SEQVEC + 2 * process.index, pcb.PCB$L_PID >>> 16);
  pcb.PCB$L_EPID = EXE$IPID_TO_EPID(k, pcb.PCB$L_PID);
  pcb.PCB$L_JIB = jib;
  pcb.PCB$L_PHD = header;
  pcb.PCB$L_PHYPCB = physical(k, header + PHD.offset.PHD$L_PCB);
  const phd = PHD.at(k, header);
  phd.PHD$Q_PRIVMSK = phd.PHD$Q_AUTHPRIV = ALL_PRIVILEGES;
  phd.PHD$W_WSLIST = PHD.size >>> 2;
  phd.PHD$L_PCB = process.stack;
  phd.PHD$L_PC = k.symbol(process.entry);
  phd.PHD$L_PSL = 0;
  phd.PHD$L_P0BR = k.sys.SWP$GL_MAP;
  phd.PHD$L_P0LRASTL = 4 << 24;
  phd.PHD$L_P1BR = k.sys.MMG$GL_SPTBASE;   // no P1 space: the length register says so
  phd.PHD$L_P1LR = 0x200000;
  phd.PHD$W_QUANT = -k.sys.SCH$GW_QUAN;
  makeComputable(k, address, SCH$C_COM);
}

/** The time the executive keeps, for those who have no kernel. */
export function systemTime(k: Kernel): bigint {
  return readQuad(k, k.symbol('EXE$GQ_SYSTIME'));
}
