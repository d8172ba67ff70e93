import { CEB, WQH } from '../structures/ceb.js';
import type { MemoryReader } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { SCH$C_CEF, SCH$C_COM, SCH$C_COMO, SCH$C_CUR, SCH_STATE_NAMES } from '../structures/sch.js';

/** Finds the address of a named cell: of the running system, or of a dump. */
export type SymbolLookup = (name: string) => number;

const LIMIT = 10_000;

/** Entries of a queue; `undefined` at the end when the links do not agree. */
function entries(memory: MemoryReader, header: number): { readonly list: number[]; readonly isSound: boolean } {
  const list: number[] = [];
  let previous = header;
  for (let entry = memory.readLong(header); entry !== header; entry = memory.readLong(entry)) {
    if (memory.readLong(entry + 4) !== previous || list.length > LIMIT) return { list, isSound: false };
    list.push(entry);
    previous = entry;
  }
  return { list, isSound: memory.readLong(header + 4) === previous };
}

/**
 * Checks the scheduler's data: queues are well linked, summary bits and counts agree with them, every PCB of the vector is on exactly
 * the queue of its state, and nothing else is on any.
 *
 * @returns what is wrong, in words; empty when all is well
 */
export function checkScheduler(memory: MemoryReader, symbol: SymbolLookup): string[] {
  const problems: string[] = [];
  const cell = (name: string): number => memory.readLong(symbol(name));
  const place = new Map<number, string>();
  const visit = (header: number, name: string, check: (pcb: number) => boolean): number => {
    const { list, isSound } = entries(memory, header);
    if (!isSound) problems.push(`${name}: links do not agree`);
    for (const pcb of list) {
      if (place.has(pcb)) problems.push(`PCB ${pcb.toString(16)} is on ${place.get(pcb)!} and on ${name}`);
      place.set(pcb, name);
      if (!check(pcb)) problems.push(`PCB ${pcb.toString(16)} does not belong on ${name}`);
    }
    return list.length;
  };

  for (const [state, queues, summaryCell] of [[SCH$C_COM, 'SCH$AQ_COMH', 'SCH$GL_COMQS'], [SCH$C_COMO, 'SCH$AQ_COMOH', 'SCH$GL_COMOQS']] as const) {
    const summary = cell(summaryCell);
    for (let priority = 0; priority < 32; priority += 1) {
      const count = visit(symbol(queues) + 8 * priority, `${SCH_STATE_NAMES[state]!} queue ${31 - priority}`, (pcb) => {
        const view = PCB.read(memory, pcb);
        return view.PCB$W_STATE === state && view.PCB$B_PRI === priority;
      });
      if (((summary >>> priority) & 1) !== (count > 0 ? 1 : 0)) problems.push(`${summaryCell} bit ${priority} is wrong`);
    }
  }
  const waitQueue = (header: number, state: number, name: string): void => {
    const view = WQH.read(memory, header);
    const count = visit(header, name, (pcb) => PCB.read(memory, pcb).PCB$W_STATE === state);
    if (view.WQH$W_COUNT !== count || view.WQH$W_STATE !== state) problems.push(`${name}: count ${view.WQH$W_COUNT}, state ${view.WQH$W_STATE}, ${count} PCBs`);
  };
  for (let state = 1; state < SCH$C_COM; state += 1) {
    if (state !== SCH$C_CEF) waitQueue(symbol('SCH$AQ_WQHDR') + WQH.size * state, state, `${SCH_STATE_NAMES[state]!} queue`);
  }
  for (const ceb of entries(memory, symbol('SCH$GQ_CEBHD')).list) waitQueue(ceb + CEB.offset.CEB$L_WQFL, SCH$C_CEF, 'CEF queue');

  checkVector(memory, symbol, place, problems);
  return problems;
}

function checkVector(memory: MemoryReader, symbol: SymbolLookup, place: ReadonlyMap<number, string>, problems: string[]): void {
  const vector = memory.readLong(symbol('SCH$GL_PCBVEC'));
  const last = memory.readLong(symbol('SCH$GL_MAXPIX'));
  const current = memory.readLong(symbol('SCH$GL_CURPCB'));
  const known = new Set<number>();
  for (let index = 0; index <= last; index += 1) known.add(memory.readLong(vector + 4 * index));
  for (const pcb of known) {
    const state = PCB.read(memory, pcb).PCB$W_STATE;
    const where = place.get(pcb);
    if (state === SCH$C_CUR ? pcb !== current || where !== undefined : where === undefined) {
      problems.push(`PCB ${pcb.toString(16)} in state ${SCH_STATE_NAMES[state] ?? state} is on ${where ?? 'no queue'}`);
    }
  }
  for (const [pcb, where] of place) if (!known.has(pcb)) problems.push(`PCB ${pcb.toString(16)} on ${where} is not in the PCB vector`);
}
