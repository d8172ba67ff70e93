import { AQB, FCB, VCB } from '../executive/structures/volume.js';
import { CEB, WQH } from '../executive/structures/ceb.js';
import { CRB } from '../executive/structures/device.js';
import { JIB } from '../executive/structures/jib.js';
import { RSB } from '../executive/structures/lock.js';
import { PCB } from '../executive/structures/pcb.js';
import { SCH$C_CEF, SCH$C_COM, SCH_STATE_NAMES } from '../executive/structures/sch.js';
import { UCB } from '../executive/structures/ucb.js';
import { DC$_DISK, DC$_MAILBOX, DT$_MBX } from '../executive/starlet/dcdef.js';
import { readCounted } from '../executive/structures/memory.js';
import { hex8, SdaError } from './error.js';
import { deviceName } from './process-parts.js';
import { walkQueue } from './queue.js';
import { units } from './show-device.js';
import { resources } from './show-lock.js';
import { printable, processName, type Session } from './session.js';

const MAX_BLOCKS = 10_000;
const PRIORITIES = 32;
const LINK = 8;

/** A queue header whose place is known. */
export interface KnownQueue {
  readonly name: string;
  readonly header: number;
}

/** Cells that are queue headers. */
const CELL_QUEUES = [
  'SCH$GQ_CEBHD', 'EXE$GL_FKWAITFL', 'IOC$GL_PSFL', 'IOC$GL_IRPFL', 'IOC$GL_SRPFL', 'IOC$GL_LRPFL', 'EXE$GL_PQBFL', 'IOC$GQ_MOUNTLST', 'IOC$GL_DPTLIST', 'EXE$GL_GSDGRPFL',
  'EXE$GL_GSDSYSFL', 'EXE$GL_GSDDELFL', 'EXE$GL_WCBDELFL', 'EXE$GL_SYSWCBFL', 'EXE$GL_TQFL', 'LCK$GL_TIMOUTQ', 'CIA$GQ_INTRUDER', 'SCS$GQ_CONFIG',
] as const;
/** Fork IPLs in the order of the headers at SWI$GL_FQFL. */
const FORK_IPLS = [6, 7, 8, 9, 10, 11];

/** Every queue header that can be found in the target; what cannot be followed is left out. */
export function* knownQueues(session: Session): Generator<KnownQueue> {
  for (const name of CELL_QUEUES) yield { name, header: session.symbol(name) };
  for (const ipl of FORK_IPLS) yield { name: `fork queue of IPL ${ipl}`, header: session.symbol('SWI$GL_FQFL') + LINK * (ipl - FORK_IPLS[0]!) };
  yield* schedulerQueues(session);
  for (const part of [processQueues, deviceQueues, volumeQueues, lockQueues]) {
    try {
      yield* part(session);
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
    }
  }
}

function* schedulerQueues(session: Session): Generator<KnownQueue> {
  for (let priority = 0; priority < PRIORITIES; priority += 1) {
    for (const [state, cell] of [['COM', 'SCH$AQ_COMH'], ['COMO', 'SCH$AQ_COMOH']] as const) {
      yield { name: `${state} of priority ${PRIORITIES - 1 - priority}`, header: session.symbol(cell) + LINK * priority };
    }
  }
  for (let state = 1; state < SCH$C_COM; state += 1) {
    if (state !== SCH$C_CEF) yield { name: `${SCH_STATE_NAMES[state]!} wait queue`, header: session.symbol('SCH$AQ_WQHDR') + WQH.size * state };
  }
  for (const ceb of walkQueue(session, session.symbol('SCH$GQ_CEBHD'), false, MAX_BLOCKS).elements) {
    yield { name: `CEF wait queue of ${text(session, ceb + CEB.offset.CEB$T_EFCNAM)}`, header: ceb + CEB.offset.CEB$L_WQFL };
  }
}

function* processQueues(session: Session): Generator<KnownQueue> {
  const jobs = new Set<number>();
  for (const [, pcb] of session.processes()) {
    const name = processName(session.memory, pcb);
    for (const [what, offset] of [['ASTs', PCB.offset.PCB$L_ASTQFL], ['locks', PCB.offset.PCB$L_LOCKQFL], ['ACL', PCB.offset.PCB$L_ACLFL]] as const) yield { name: `${what} of ${name}`, header: pcb + offset };
    const jib = PCB.read(session.memory, pcb).PCB$L_JIB;
    if (jib !== 0 && !jobs.has(jib)) yield { name: `job volumes of ${name}`, header: jib + JIB.offset.JIB$L_MTLFL };
    jobs.add(jib);
  }
}

function* deviceQueues(session: Session): Generator<KnownQueue> {
  const channels = new Map<number, string>();
  for (const ucb of units(session)) {
    const view = UCB.read(session.memory, ucb);
    const name = deviceName(session, ucb);
    yield { name: `requests of ${name}`, header: ucb + UCB.offset.UCB$L_IOQFL };
    if (view.UCB$B_DEVCLASS === DC$_MAILBOX && view.UCB$B_DEVTYPE === DT$_MBX) yield { name: `messages of ${name}`, header: ucb + UCB.offset.UCB$L_MB_MSGQ };
    if (view.UCB$L_CRB !== 0 && !channels.has(view.UCB$L_CRB)) channels.set(view.UCB$L_CRB, name);
  }
  for (const [crb, name] of channels) yield { name: `channel waits of ${name}`, header: crb + CRB.offset.CRB$L_WQFL };
}

function* volumeQueues(session: Session): Generator<KnownQueue> {
  const { memory } = session;
  for (const ucb of units(session)) {
    const view = UCB.read(memory, ucb);
    if (view.UCB$B_DEVCLASS !== DC$_DISK || view.UCB$L_VCB === 0) continue;
    const files = view.UCB$L_VCB + VCB.offset.VCB$L_FCBFL;
    yield { name: `open files of ${deviceName(session, ucb)}`, header: files };
    for (const fcb of walkQueue(session, files, false, MAX_BLOCKS).elements) yield { name: `windows of FCB ${hex8(fcb)}`, header: fcb + FCB.offset.FCB$L_WLFL };
  }
  let met = 0;
  for (let aqb = session.cell('IOC$GL_AQBLIST'); aqb !== 0 && met < MAX_BLOCKS; aqb = AQB.read(memory, aqb).AQB$L_LINK, met += 1) {
    yield { name: `requests of AQB ${hex8(aqb)}`, header: aqb + AQB.offset.AQB$L_ACPQFL };
  }
}

function* lockQueues(session: Session): Generator<KnownQueue> {
  for (const rsb of resources(session)) {
    for (const [what, offset] of [['granted', RSB.offset.RSB$L_GRQFL], ['conversion', RSB.offset.RSB$L_CVTQFL], ['waiting', RSB.offset.RSB$L_WTQFL]] as const) {
      yield { name: `${what} locks of RSB ${hex8(rsb)}`, header: rsb + offset };
    }
  }
}

const text = (session: Session, at: number): string => printable(readCounted(session.memory, at).slice(0, 15));
