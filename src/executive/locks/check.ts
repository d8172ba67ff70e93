import { DYN$C_LKB } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { LKB, LKB$K_CONVERT, LKB$K_GRANTED, LKB$K_WAITING, RSB } from '../structures/lock.js';
import type { MemoryReader } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { SYSTEM_CELLS } from '../structures/system-cells.js';
import { queueOfState } from './blocks.js';
import { compatible } from './modes.js';

type Lookup = (name: string) => number;
type Lock = ReturnType<typeof LKB.read>;

const SYSTEM_SPACE = 0x8000_0000;
const LIMIT = 100_000;

/** Entries of a queue; undefined when its links do not agree. */
function entries(memory: MemoryReader, header: number): number[] | undefined {
  const list: number[] = [];
  let previous = header;
  for (let entry = memory.readLong(header); entry !== header; entry = memory.readLong(entry)) {
    if (memory.readLong(entry + 4) !== previous || list.length > LIMIT) return undefined;
    list.push(entry);
    previous = entry;
  }
  return memory.readLong(header + 4) === previous ? list : undefined;
}

/**
 * Checks the lock database: tables, chains, queues and counts agree with one another; no two locks are granted that do not go together; no first
 * request of a queue could be granted; processes' lists and job quotas are right.
 *
 * @returns what is wrong, in words; empty when all is well
 */
export function checkLocks(memory: MemoryReader, symbol: Lookup): string[] {
  const problems: string[] = [];
  const sys = SYSTEM_CELLS.read(memory, symbol('SYS$CELLS'));
  const queue = (header: number, what: string): number[] => {
    const list = entries(memory, header);
    if (list === undefined) problems.push(`${what}: links do not agree`);
    return list ?? [];
  };

  // Lock ID table -----------------------------------------------------------------------------------------------------
  const locks = new Map<number, Lock>();
  const entry = (index: number): number => memory.readLong(sys.LCK$GL_IDTBL + 4 * index);
  for (let index = 1; index < sys.LCK$GL_MAXID; index += 1) {
    if (entry(index) < SYSTEM_SPACE) continue;
    const lock = LKB.read(memory, entry(index));
    if ((lock.LKB$L_LKID & 0xffff) !== index) problems.push(`lock ID table entry ${index} is that of lock ${lock.LKB$L_LKID.toString(16)}`);
    locks.set(lock.address, lock);
  }
  let free = 0;
  let at = sys.LCK$GL_NXTID;
  for (; entry(at) !== 0 && free <= sys.LCK$GL_MAXID; at = entry(at) & 0xffff) free += 1;
  if (at !== sys.LCK$GL_MAXID || free + locks.size !== sys.LCK$GL_MAXID - 1) problems.push(`lock ID table: ${free} free, ${locks.size} used of ${sys.LCK$GL_MAXID - 1}`);

  // Resources and their queues ---------------------------------------------------------------------------------------
  const queued = new Set<number>();
  const children = new Map<number, number>();
  const resources: ReturnType<typeof RSB.read>[] = [];
  for (let index = 0; index < 2 ** sys.LCK$GL_HTBLCNT; index += 1) {
    let previous = sys.LCK$GL_HASHTBL + 4 * index;
    for (let address = memory.readLong(previous); address !== 0 && resources.length < LIMIT;) {
      const rsb = RSB.read(memory, address);
      if (rsb.RSB$L_HSHCHNBK !== previous || rsb.RSB$W_HASHVAL !== index) problems.push(`RSB ${address.toString(16)} is wrong in its hash chain`);
      resources.push(rsb);
      if (rsb.RSB$L_PARENT !== 0) children.set(rsb.RSB$L_PARENT, (children.get(rsb.RSB$L_PARENT) ?? 0) + 1);
      previous = address;
      address = rsb.RSB$L_HSHCHN;
    }
  }
  for (const rsb of resources) {
    const what = `RSB ${rsb.address.toString(16)}`;
    const of = (state: number): Lock[] => queue(rsb.address + queueOfState(state), what).map((link) => {
      const lock = LKB.read(memory, link - LKB.offset.LKB$L_SQFL);
      if (!locks.has(lock.address) || queued.has(lock.address)) problems.push(`${what}: LKB ${lock.address.toString(16)} is not in the table, or on two queues`);
      if (lock.LKB$L_RSB !== rsb.address || lock.LKB$B_STATE !== (state & 0xff)) problems.push(`LKB ${lock.address.toString(16)} is on the wrong queue`);
      queued.add(lock.address);
      return lock;
    });
    const [granted, converting, waiting] = [of(LKB$K_GRANTED), of(LKB$K_CONVERT), of(LKB$K_WAITING)];
    problems.push(...queueProblems(what, rsb, granted, converting, waiting));
    if (rsb.RSB$W_REFCNT !== (children.get(rsb.address) ?? 0)) problems.push(`${what}: ${rsb.RSB$W_REFCNT} subresources, found ${children.get(rsb.address) ?? 0}`);
  }
  for (const lock of locks.values()) {
    if (!queued.has(lock.address)) problems.push(`LKB ${lock.address.toString(16)} is on no queue`);
    const sublocks = [...locks.values()].filter((other) => other.LKB$L_PARENT === lock.address).length;
    if (sublocks !== lock.LKB$W_REFCNT) problems.push(`LKB ${lock.address.toString(16)}: ${lock.LKB$W_REFCNT} sublocks, found ${sublocks}`);
  }

  // Timeout queue, processes, quotas -----------------------------------------------------------------------------------
  for (const address of queue(symbol('LCK$GL_TIMOUTQ'), 'lock timeout queue')) {
    const lock = locks.get(address);
    if (lock === undefined || lock.LKB$B_STATE === LKB$K_GRANTED || lock.LKB$V_TIMOUTQ === 0) problems.push(`LKB ${address.toString(16)} does not belong on the timeout queue`);
  }
  const used = new Map<number, number>();
  const charge = (jib: number, lock: Lock): void => { if (lock.LKB$V_NOQUOTA_CHARGED === 0) used.set(jib, (used.get(jib) ?? 0) + 1); };
  const owned = new Set<number>();
  for (let index = 0; index <= sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = PCB.read(memory, memory.readLong(sys.SCH$GL_PCBVEC + 4 * index));
    if ((pcb.PCB$L_PID & 0xffff) !== index) continue;
    const what = `lock list of process ${pcb.PCB$L_PID.toString(16)}`;
    if (!used.has(pcb.PCB$L_JIB)) used.set(pcb.PCB$L_JIB, 0);
    let sawWaiting = false;
    for (const link of queue(pcb.address + PCB.offset.PCB$L_LOCKQFL, what)) {
      const lock = LKB.read(memory, link - LKB.offset.LKB$L_OWNQFL);
      if (!locks.has(lock.address) || lock.LKB$L_PID !== pcb.PCB$L_PID) problems.push(`${what}: LKB ${lock.address.toString(16)} does not belong there`);
      if (lock.LKB$B_STATE !== LKB$K_GRANTED) sawWaiting = true;
      else if (sawWaiting) problems.push(`${what}: a granted lock is behind one that waits`);
      owned.add(lock.address);
      charge(pcb.PCB$L_JIB, lock);
    }
    for (const acb of queue(pcb.address + PCB.offset.PCB$L_ASTQFL, `AST queue of process ${pcb.PCB$L_PID.toString(16)}`)) {
      const lock = LKB.read(memory, acb);
      if (lock.LKB$B_TYPE === DYN$C_LKB && lock.LKB$V_DEQUEUED !== 0) charge(pcb.PCB$L_JIB, lock);
    }
  }
  for (const lock of locks.values()) {
    if (lock.LKB$L_PID !== 0 && !owned.has(lock.address)) problems.push(`LKB ${lock.address.toString(16)} is on no process's list`);
  }
  for (const [jib, count] of used) {
    const job = JIB.read(memory, jib);
    if (job.JIB$W_ENQCNT + count !== job.JIB$W_ENQLM) problems.push(`JIB ${jib.toString(16)}: ENQCNT ${job.JIB$W_ENQCNT} of ${job.JIB$W_ENQLM}, ${count} locks`);
  }
  return problems;
}

/** Grant modes, compatibility, and that the first request of neither queue could be granted. */
function queueProblems(what: string, rsb: ReturnType<typeof RSB.read>, granted: readonly Lock[], converting: readonly Lock[], waiting: readonly Lock[]): string[] {
  const problems: string[] = [];
  const held = [...granted, ...converting];
  if (held.length + waiting.length === 0) problems.push(`${what} has no locks`);
  held.forEach((one, index) => {
    for (const other of held.slice(index + 1)) {
      if (!compatible(one.LKB$B_GRMODE, other.LKB$B_GRMODE)) problems.push(`${what}: modes ${one.LKB$B_GRMODE} and ${other.LKB$B_GRMODE} are granted together`);
    }
  });
  const group = held.reduce((mode, lock) => Math.max(mode, lock.LKB$B_GRMODE), 0);
  if (rsb.RSB$B_GGMODE !== group) problems.push(`${what}: GGMODE ${rsb.RSB$B_GGMODE}, should be ${group}`);
  const fits = (request: Lock): boolean => held.every((lock) => lock.address === request.address || compatible(lock.LKB$B_GRMODE, request.LKB$B_RQMODE));
  const first = converting[0] ?? waiting[0];
  if (first !== undefined && fits(first)) problems.push(`${what}: the first request of mode ${first.LKB$B_RQMODE} could be granted`);
  return problems;
}
