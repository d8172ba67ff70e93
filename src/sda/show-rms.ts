import { FAB } from '../executive/starlet/fabdef.js';
import { RAB } from '../executive/starlet/rabdef.js';
import type { MemoryReader } from '../executive/structures/memory.js';
import type { Structure } from '../executive/structures/structure.js';
import { BDB, FWA, IFAB, IRAB, RLB, SWB } from '../rms/structures.js';
import { heading, type Command } from './command.js';
import { hex8, SdaError } from './error.js';
import { structureLines } from './format.js';
import type { RmsBlock } from './rms-display.js';
import type { Session } from './session.js';

/*
 * What RMS keeps about the open files of a process: SHOW PROCESS/RMS, and which of its blocks that shows. @source SDA manual of V4, SET RMS and SHOW RMS;
 * choice: the blocks are those of this RMS, so the options for what it has not (BLB, DRC, GBD, IDX, NWA ...) are unknown here
 */

const MOST = 4096;

export const SET_RMS: Command = {
  name: 'SET RMS',
  qualifiers: [],
  help: ['SET RMS=(option[,...])', 'What SHOW PROCESS/RMS shows: ALL, NONE, or of BDB FAB FWA IFB IRB RAB RLB SWB; PIO with process permanent files, NOPIO without.'],
  *run(session, { rest }) {
    const text = rest.replace(/^\s*=\s*/, '').replace(/^\((.*)\)$/, '$1');
    if (text.trim() === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply options');
    session.rms.choose(text);
  },
};

export const SHOW_RMS: Command = {
  name: 'SHOW RMS',
  qualifiers: [],
  takesNothing: true,
  help: ['SHOW RMS', 'What SHOW PROCESS/RMS shows, as SET RMS has it.'],
  *run(session) {
    yield `RMS Display Options:  ${session.rms.toString()}`;
  },
};

/** The open files of the process in view, each with its blocks. */
export function* rmsLines(session: Session): Generator<string> {
  let count = 0;
  for (const [kind, cell] of [['image', 'PIO$AL_IIOIMPA'], ['process permanent', 'PIO$AL_PIOIMPA']] as const) {
    if (kind !== 'image' && !session.rms.permanent) continue;
    for (const address of chain(session.memory, session.cell(cell), IFAB.offset.IFB$L_LINK)) {
      count += 1;
      yield* fileLines(session, kind, address);
    }
  }
  if (count === 0) yield session.rms.permanent ? 'No file is open' : 'No file of the image is open';
}

/** Blocks linked by the longword at `offset`, as far as that makes sense. */
function* chain(memory: MemoryReader, first: number, offset: number): Generator<number> {
  const seen = new Set<number>();
  for (let at = first; at !== 0 && !seen.has(at) && seen.size < MOST; at = memory.readLong((at + offset) >>> 0)) {
    seen.add(at);
    yield at;
  }
}

function* fileLines(session: Session, kind: string, address: number): Generator<string> {
  const { memory } = session;
  const ifab = IFAB.read(memory, address);
  yield* heading(`File with IFI ${String(ifab.IFB$W_IFI)}, ${kind}`);
  yield* block(session, 'IFB', IFAB, address);
  for (const [name, layout, at] of [['FAB', FAB, ifab.IFB$L_FAB], ['FWA', FWA, ifab.IFB$L_FWA], ['SWB', SWB, ifab.IFB$L_SWB]] as const) yield* block(session, name, layout, at);
  for (const stream of chain(memory, ifab.IFB$L_IRAB, IRAB.offset.IRB$L_LINK)) {
    const irab = IRAB.read(memory, stream);
    yield* block(session, 'IRB', IRAB, stream);
    yield* block(session, 'RAB', RAB, irab.IRB$L_RAB);
    for (const lock of chain(memory, irab.IRB$L_RLB, RLB.offset.RLB$L_LINK)) yield* block(session, 'RLB', RLB, lock);
  }
  for (const buffer of chain(memory, ifab.IFB$L_BDB, BDB.offset.BDB$L_LINK)) yield* block(session, 'BDB', BDB, buffer);
}

function* block(session: Session, name: RmsBlock, layout: unknown, address: number): Generator<string> {
  if (address === 0 || !session.rms.blocks.has(name)) return;
  yield `${name} at ${hex8(address)}`;
  yield '';
  try {
    yield* structureLines(session, layout as Structure, address);
  } catch (error) {
    if (!(error instanceof SdaError)) throw error;
    yield* error.lines();
  }
  yield '';
}
