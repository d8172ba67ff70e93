import { bytesToText } from '../executive/structures/memory.js';
import { LKB, RSB, RSB$T_RESNAM } from '../executive/structures/lock.js';
import { PCB } from '../executive/structures/pcb.js';
import { heading, type Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { walkQueue } from './format.js';
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
  help: ['SHOW LOCK [/ALL | lock-id]', 'Lock blocks with their resources.'],
  *run(session, { rest }) {
    yield* heading('Lock database');
    if (rest !== '') {
      const id = session.evaluate(rest);
      for (const lkb of locks(session)) {
        if (LKB.read(session.memory, lkb).LKB$L_LKID === id) {
          yield* lockLines(session, lkb);
          return;
        }
      }
      throw new SdaError('E', 'NOSUCHLOCK', `no lock has the ID ${hex8(id)}`);
    }
    let count = 0;
    for (const lkb of locks(session)) {
      count += 1;
      yield* lockLines(session, lkb);
    }
    if (count === 0) yield 'There are no locks';
  },
};

function* lockLines(session: Session, lkb: number): Generator<string> {
  const lock = LKB.read(session.memory, lkb);
  const mode = (value: number): string => MODES[value] ?? hex(value, 2);
  const state = (lock.LKB$B_STATE << 24) >> 24;
  const how = state === 1 ? `Granted at ${mode(lock.LKB$B_GRMODE)}` : state === 0
    ? `Converting from ${mode(lock.LKB$B_GRMODE)} to ${mode(lock.LKB$B_RQMODE)}` : `Waiting for ${mode(lock.LKB$B_RQMODE)}`;
  const flags = LKB.bits.filter((bit) => bit.field === 'LKB$W_FLAGS' && (lock.LKB$W_FLAGS >>> bit.bit) & 1).map((bit) => bit.name.slice('LKB$V_'.length));
  yield `Lock id:  ${hex8(lock.LKB$L_LKID)}   PID:     ${hex8(lock.LKB$L_PID)}   Flags:   ${flags.join(' ')}`.trimEnd();
  const parent = lock.LKB$L_PARENT === 0 ? 0 : LKB.read(session.memory, lock.LKB$L_PARENT).LKB$L_LKID;
  yield `Par. id:  ${hex8(parent)}   LKB:     ${hex8(lkb)}   ${how}`;
  yield* resourceLines(session, lock.LKB$L_RSB);
  yield '';
}

function* resourceLines(session: Session, rsb: number): Generator<string> {
  if (rsb === 0) return;
  const resource = RSB.read(session.memory, rsb);
  const name = session.memory.readBytes(rsb + RSB$T_RESNAM, Math.min(31, resource.RSB$B_RSNLEN));
  yield `Resource: ${printable(bytesToText(name))}   RSB: ${hex8(rsb)}   Mode: ${'KESU'[resource.RSB$B_RMOD & 3]!}   Group grant mode: ${MODES[resource.RSB$B_GGMODE] ?? '?'}`;
}

/** `SHOW RESOURCE`: resources of the hash table and the queues of each. */
export const SHOW_RESOURCE: Command = {
  name: 'SHOW RESOURCE',
  qualifiers: ['ALL', 'LOCKID'],
  help: ['SHOW RESOURCE [/ALL]', 'Resource blocks, and the locks on their granted, conversion and wait queues.'],
  *run(session) {
    const table = session.cell('LCK$GL_HASHTBL');
    if (table === 0) throw new SdaError('E', 'NOLOCKS', 'the lock database does not exist');
    yield* heading('Resource database');
    const entries = 2 ** Math.min(16, session.cell('LCK$GL_HTBLCNT'));
    let met = 0;
    for (let index = 0; index < entries; index += 1) {
      for (let rsb = session.memory.readLong((table + 4 * index) >>> 0); rsb >= 0x80000000 && met < MAX_LOCKS; rsb = RSB.read(session.memory, rsb).RSB$L_HSHCHN) {
        met += 1;
        yield* resourceLines(session, rsb);
        for (const [name, offset] of [['Granted', RSB.offset.RSB$L_GRQFL], ['Conversion', RSB.offset.RSB$L_CVTQFL], ['Waiting', RSB.offset.RSB$L_WTQFL]] as const) {
          const { elements, problem } = walkQueue(session, rsb + offset, false, MAX_LOCKS);
          const list = elements.map((entry) => hex8(LKB.read(session.memory, entry - LKB.offset.LKB$L_SQFL).LKB$L_LKID)).join(' ');
          yield `    ${name} queue: ${list || '*** EMPTY QUEUE ***'}${problem === undefined ? '' : `  (${problem})`}`;
        }
        yield '';
      }
    }
    if (met === 0) yield 'There are no resources';
  },
};

/** Locks on the queue of a process. */
export function* locksOf(session: Session, pcb: number): Generator<string> {
  if (session.cell('LCK$GL_IDTBL') === 0) throw new SdaError('E', 'NOLOCKS', 'the lock database does not exist');
  const { elements, problem } = walkQueue(session, pcb + PCB.offset.PCB$L_LOCKQFL, false, MAX_LOCKS);
  for (const entry of elements) yield* lockLines(session, entry - LKB.offset.LKB$L_OWNQFL);
  if (elements.length === 0) yield 'The process owns no locks';
  if (problem !== undefined) yield `%SDA-W-BADQUEUE, ${problem}`;
}
