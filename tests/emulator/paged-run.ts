/**
 * One instruction in user mode, run to its end with the help of a pager: pages that are not valid become valid at their fault, and, if asked,
 * an interrupt comes before every instruction and destroys R0 to R5 for itself. What is left must not depend on any of it.
 */
import { expect } from 'vitest';
import type { Machine } from '../../src/emulator/machine.js';
import { type Bench, handler, load, op } from './harness.js';
import { enter, mapped, p0, P0_TABLE, pte, UW } from './mapped.js';

export const CODE_AT = 0x200;
export const DATA_AT = 0x800;
export const DATA_END = 0x4000;

export interface Paged {
  readonly code: readonly number[];
  readonly registers?: Readonly<Record<number, number>>;
  readonly data?: Readonly<Record<number, readonly number[] | Uint8Array>>;
  readonly psw?: number;
  /** Where the code lies: among the data pages it may be missing as well. */
  readonly codeAt?: number;
}

export interface Outcome {
  readonly registers: number[];
  readonly psl: number;
  /** Of the exception that ended it, or 0. */
  readonly vector: number;
  /** Its frame: parameters, PC, PSL. */
  readonly frame: number[];
  readonly memory: Buffer;
  readonly faults: number;
  readonly suspensions: number;
}

const DEVICE = 0x120;
const b: Bench = mapped();

function setValid(m: Machine, page: number, valid: boolean): void {
  m.memory.view.setInt32(P0_TABLE + 4 * page, pte(0x200 + page, UW, valid), true);
}

export function runPaged(paged: Paged, invalid: readonly number[] = [], interrupts = false): Outcome {
  const { m } = b;
  const codeAt = paged.codeAt ?? CODE_AT;
  m.memory.bytes.fill(0, p0(DATA_AT), p0(DATA_END));
  for (const [at, bytes] of Object.entries(paged.data ?? {})) m.memory.bytes.set(bytes, p0(Number(at)));
  load(m, p0(codeAt), [...paged.code, 0x01, 0x01, 0x01, 0x11, 0xfe]);
  for (let page = 4; page < 32; page++) setValid(m, page, true);
  for (const page of invalid) setValid(m, page, false);
  m.cpu.writePR(57, 0);
  enter(b, 3, codeAt);
  m.cpu.r.set(Array.from({ length: 14 }, (_, n) => paged.registers?.[n] ?? 0x1000 * n));
  m.cpu.psl = 0x03c00000 | (paged.psw ?? 0);
  load(m, handler(0x24), [0xfc]);
  load(m, handler(DEVICE), [...op('PUSHR'), 0x3f, ...op('CLRQ'), 0x50, ...op('CLRQ'), 0x52, ...op('CLRQ'), 0x54, ...op('POPR'), 0x3f, ...op('REI')]);
  let faults = 0;
  let suspensions = 0;
  m.cpu.customInstruction = (cpu) => {
    const va = cpu.readLong(cpu.r[14]! + 4);
    expect(va >>> 0).toBeLessThan(DATA_END);
    if (++faults > 200) throw new Error('no progress');
    setValid(m, va >>> 9, true);
    cpu.r[14]! += 8;
    cpu.rei();
    return true;
  };
  let interrupted = false;
  for (let i = 0; i < 20_000; i++) {
    // Between two interrupts the instruction gets its turn.
    if (interrupts && m.cpu.currentMode === 3 && (interrupted = !interrupted)) m.interrupts.request(DEVICE, 20);
    const stop = m.run(1);
    if (m.cpu.currentMode === 3 && (m.cpu.psl & 0x08000000) !== 0) suspensions++;
    if (stop.kind === 'halt' || (m.cpu.currentMode === 3 && m.cpu.r[15] !== codeAt)) break;
  }
  const vector = m.cpu.currentMode === 3 ? 0 : ((m.cpu.r[15]! & 0x3fffffff) - 1 - 0x10000) / 4;
  const frame = vector === 0 ? [] : Array.from({ length: 3 }, (_, i) => m.memory.view.getUint32((m.cpu.r[14]! & 0x3fffffff) + 4 * i, true));
  return {
    registers: [...m.cpu.r], psl: m.cpu.psl, vector, frame, memory: Buffer.from(m.memory.bytes.slice(p0(DATA_AT), p0(DATA_END))), faults, suspensions,
  };
}

/** Runs plainly, with each data page invalid in turn, with all of them, and with interrupts: the same every time. The plain outcome. */
export function expectRestartable(paged: Paged): Outcome {
  const plain = runPaged(paged);
  const compare = (other: Outcome, how: string): void => {
    expect({ how, registers: other.registers, psl: other.psl, vector: other.vector, frame: other.frame })
      .toEqual({ how, registers: plain.registers, psl: plain.psl, vector: plain.vector, frame: plain.frame });
    expect(Buffer.compare(other.memory, plain.memory)).toBe(0);
  };
  const all = Array.from({ length: 28 }, (_, k) => k + 4);
  const paging = runPaged(paged, all);
  compare(paging, 'all pages invalid');
  if (paging.faults > 1) for (const page of all) compare(runPaged(paged, [page]), `page ${page} invalid`);
  compare(runPaged(paged, all, true), 'all pages invalid, and interrupts');
  return plain;
}
