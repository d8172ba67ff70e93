import { bytesToText } from '../executive/structures/memory.js';
import { LKB, LKB$K_CONVERT, LKB$K_GRANTED, RSB, RSB$K_MAXLEN, RSB$T_RESNAM } from '../executive/structures/lock.js';
import { PCB } from '../executive/structures/pcb.js';
import { heading, type Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { walkQueue } from './queue.js';
import { printable, type Session } from './session.js';

const MODES = ['NL', 'CR', 'CW', 'PR', 'PW', 'EX'];
const MAX_LOCKS = 65536;

/** LKBs of the lock ID table: entries that are system addresses; the others link free ones. */
function* locks(session: Session): Generator<number> {
  const table = session.cell('LCK$GL_IDTBL');
  if (table === 0) throw new SdaError('E', 'NOLOCKS', 'the lock database does not exist');
  const last = Math.min(session.cell('LCK$GL_MAXID'), MAX_LOCKS);
  for (let id = 1; id <= last; id += 1) {
    const entry = session.memory.readLong((table + 4 * id) >>> 0);
    if (entry >= 0x80000000) yield entry;
  }
}

/** `SHOW LOCK`: locks of the lock database. @source digest ch13 1 */
export const SHOW_LOCK: Command = {
  name: 'SHOW LOCK',
  qualifiers: ['ALL', 'NAME'],
  help: ['SHOW LOCK [/ALL | /NAME=resource | lock-id]', 'Lock blocks with their resources.'],
  *run(session, { rest, qualifiers }) {
    yield* heading('Lock database');
    if (rest !== '') {
      yield* lockLines(session, lockOf(session, rest));
      return;
    }
    const name = qualifiers.get('NAME')?.replace(/^"(.*)"$/, '$1');
    let count = 0;
    for (const lkb of locks(session)) {
      if (name !== undefined && nameOf(session, LKB.read(session.memory, lkb).LKB$L_RSB) !== name) continue;
      count += 1;
      yield* lockLines(session, lkb);
    }
    if (count === 0) yield 'There are no locks';
  },
};

const mode = (value: number): string => MODES[value] ?? hex(value, 2);
const signed = (state: number): number => (state << 24) >> 24;

function* lockLines(session: Session, lkb: number): Generator<string> {
  const lock = LKB.read(session.memory, lkb);
  const state = signed(lock.LKB$B_STATE);
  const how = state === LKB$K_GRANTED ? `Granted at ${mode(lock.LKB$B_GRMODE)}` : state === LKB$K_CONVERT
    ? `Converting from ${mode(lock.LKB$B_GRMODE)} to ${mode(lock.LKB$B_RQMODE)}` : `Waiting for ${mode(lock.LKB$B_RQMODE)}`;
  const flags = LKB.bits.filter((bit) => bit.field === 'LKB$W_FLAGS' && (lock.LKB$W_FLAGS >>> bit.bit) & 1).map((bit) => bit.name.slice('LKB$V_'.length));
  yield `Lock id:  ${hex8(lock.LKB$L_LKID)}   PID:     ${hex8(lock.LKB$L_PID)}   Flags:   ${flags.join(' ')}`.trimEnd();
  const parent = lock.LKB$L_PARENT === 0 ? 0 : LKB.read(session.memory, lock.LKB$L_PARENT).LKB$L_LKID;
  yield `Par. id:  ${hex8(parent)}   LKB:     ${hex8(lkb)}   ${how}`;
  yield `Sublocks: ${String(lock.LKB$W_REFCNT).padEnd(8)}   BLKAST:  ${hex8(lock.LKB$L_BLKASTADR)}   Owner's mode: ${'KESU'[lock.LKB$B_RMOD & 3]!}`;
  if (lock.LKB$L_RSB !== 0) {
    const resource = RSB.read(session.memory, lock.LKB$L_RSB);
    yield `Resource: ${nameOf(session, lock.LKB$L_RSB)}   RSB: ${hex8(lock.LKB$L_RSB)}   ${groupOf(resource.RSB$W_GROUP)}`;
  }
  yield '';
}

function nameOf(session: Session, rsb: number): string {
  return printable(bytesToText(session.memory.readBytes(rsb + RSB$T_RESNAM, Math.min(RSB$K_MAXLEN, RSB.read(session.memory, rsb).RSB$B_RSNLEN))));
}

const groupOf = (group: number): string => (group === 0 ? 'Systemwide' : `Group ${group.toString(8).padStart(3, '0')}`);

/** One resource with its value block and the locks on its three queues. */
function* resourceLines(session: Session, rsb: number): Generator<string> {
  const resource = RSB.read(session.memory, rsb);
  yield `Address of RSB:  ${hex8(rsb)}   Group grant mode:       ${mode(resource.RSB$B_GGMODE)}`;
  yield `Parent RSB:      ${hex8(resource.RSB$L_PARENT)}   Conversion grant mode:  ${mode(resource.RSB$B_CGMODE)}`;
  yield `Sub-RSB count:   ${String(resource.RSB$W_REFCNT).padStart(8)}   Depth:                  ${resource.RSB$B_DEPTH}`;
  const longs = [0, 4, 8, 12].map((offset) => hex8(session.memory.readLong(rsb + RSB.offset.RSB$T_VALBLK + offset)));
  yield `Value block:     ${longs.reverse().join(' ')}   Seq. #: ${hex8(resource.RSB$L_VALSEQNUM)}${resource.RSB$V_VALINVLD ? '   not valid' : ''}`;
  yield `Resource:        ${nameOf(session, rsb)}   ${groupOf(resource.RSB$W_GROUP)}   ${['Kernel', 'Executive', 'Supervisor', 'User'][resource.RSB$B_RMOD & 3]!} mode`;
  for (const [name, offset] of [['Granted', RSB.offset.RSB$L_GRQFL], ['Conversion', RSB.offset.RSB$L_CVTQFL], ['Waiting', RSB.offset.RSB$L_WTQFL]] as const) {
    const { elements, problem } = walkQueue(session, rsb + offset, false, MAX_LOCKS);
    yield `${name} queue (Lock ID / modes):${problem === undefined ? '' : `  (${problem})`}`;
    yield elements.length === 0 ? '    *** EMPTY QUEUE ***' : `    ${elements.map((entry) => queueEntry(session, entry - LKB.offset.LKB$L_SQFL)).join('   ')}`;
  }
  yield '';
}

/** 00010003 PR, or with what is asked for: 00010003 PR/EX. */
function queueEntry(session: Session, lkb: number): string {
  const lock = LKB.read(session.memory, lkb);
  const state = signed(lock.LKB$B_STATE);
  const modes = state === LKB$K_GRANTED ? mode(lock.LKB$B_GRMODE) : state === LKB$K_CONVERT ? `${mode(lock.LKB$B_GRMODE)}/${mode(lock.LKB$B_RQMODE)}` : mode(lock.LKB$B_RQMODE);
  return `${hex8(lock.LKB$L_LKID)} ${modes}`;
}

/** `SHOW RESOURCE`: resources of the hash table and the queues of each, or the resource of one lock. */
export const SHOW_RESOURCE: Command = {
  name: 'SHOW RESOURCE',
  qualifiers: ['ALL', 'LOCKID'],
  help: ['SHOW RESOURCE [/ALL | /LOCKID=lock-id]', 'Resource blocks, and the locks on their granted, conversion and wait queues.'],
  *run(session, { qualifiers }) {
    yield* heading('Resource database');
    const lockId = qualifiers.get('LOCKID');
    if (lockId !== undefined) {
      yield* resourceLines(session, LKB.read(session.memory, lockOf(session, lockId)).LKB$L_RSB);
      return;
    }
    let met = 0;
    for (const rsb of resources(session)) {
      met += 1;
      yield* resourceLines(session, rsb);
    }
    if (met === 0) yield 'There are no resources';
  },
};

/** RSBs of the hash table. @throws SdaError when there is none, or its chains meet or are loops */
export function* resources(session: Session): Generator<number> {
  const table = session.cell('LCK$GL_HASHTBL');
  if (table === 0) throw new SdaError('E', 'NOLOCKS', 'the lock database does not exist');
  const entries = 2 ** Math.min(16, session.cell('LCK$GL_HTBLCNT'));
  const met = new Set<number>();
  for (let index = 0; index < entries; index += 1) {
    for (let rsb = session.memory.readLong((table + 4 * index) >>> 0); rsb >= 0x80000000; rsb = RSB.read(session.memory, rsb).RSB$L_HSHCHN) {
      if (met.has(rsb)) throw new SdaError('E', 'BADQUEUE', `resource ${hex8(rsb)} is on the hash chains twice`);
      met.add(rsb);
      yield rsb;
    }
  }
}

/** LKB of the lock with the ID a user typed. @throws SdaError NOSUCHLOCK */
function lockOf(session: Session, text: string): number {
  const id = session.evaluate(text);
  for (const lkb of locks(session)) if (LKB.read(session.memory, lkb).LKB$L_LKID === id) return lkb;
  throw new SdaError('E', 'NOSUCHLOCK', `no lock has the ID ${hex8(id)}`);
}

/** Locks on the queue of a process. */
export function* locksOf(session: Session, pcb: number): Generator<string> {
  if (session.cell('LCK$GL_IDTBL') === 0) throw new SdaError('E', 'NOLOCKS', 'the lock database does not exist');
  const { elements, problem } = walkQueue(session, pcb + PCB.offset.PCB$L_LOCKQFL, false, MAX_LOCKS);
  for (const entry of elements) yield* lockLines(session, entry - LKB.offset.LKB$L_OWNQFL);
  if (elements.length === 0) yield 'The process owns no locks';
  if (problem !== undefined) yield `%SDA-W-BADQUEUE, ${problem}`;
}
