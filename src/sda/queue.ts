import { hex8, SdaError } from './error.js';
import type { Session } from './session.js';

const MAX_ELEMENTS = 100_000;

/** The elements of a queue as far as its links make sense, and what is wrong with the first that does not. */
export function walkQueue(session: Session, header: number, relative: boolean, limit = MAX_ELEMENTS): { readonly elements: number[]; readonly problem?: string } {
  const elements: number[] = [];
  const seen = new Set<number>([header]);
  const link = (at: number, offset: number): number => {
    const value = session.memory.readLong((at + offset) >>> 0);
    return relative ? (at + (value & ~7)) >>> 0 : value;
  };
  let previous = header;
  try {
    for (let entry = link(header, 0); entry !== header; entry = link(entry, 0)) {
      const back = link(entry, 4);
      if (back !== previous) return { elements, problem: `backward link of ${hex8(entry)} is ${hex8(back)}, expected ${hex8(previous)}` };
      if (seen.has(entry)) return { elements, problem: `element ${hex8(entry)} is on the queue twice` };
      if (elements.length >= limit) return { elements, problem: `more than ${limit} elements` };
      seen.add(entry);
      elements.push(entry);
      previous = entry;
    }
    const last = link(header, 4);
    if (last !== previous) return { elements, problem: `backward link of the header ${hex8(header)} is ${hex8(last)}, expected ${hex8(previous)}` };
  } catch (error) {
    if (error instanceof SdaError) return { elements, problem: error.message };
    throw error;
  }
  return { elements };
}
