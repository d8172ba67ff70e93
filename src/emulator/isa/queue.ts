/** Queues: absolute (INSQUE, REMQUE) and self-relative with interlock. @source VAX ARM ch. 4, queue instructions */
import { instruction, type InstructionRow } from './instruction.js';
import { C, compare, V, Z } from './arithmetic.js';
import { reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';

/** As a destination's register: it is in memory, or there is none (microroutines). */
const MEMORY = -1;
export const NOWHERE = -2;

/** The condition codes tell whether the queue was empty: Z when the entry is now the only one. */
export function insque(m: Cpu, entry: number, predecessor: number): void {
  const successor = m.mmu.loadLongModify(predecessor);
  m.mmu.probeWrite(entry, 8);
  m.mmu.probeWrite((successor + 4) | 0, 4);
  m.mmu.storeLong(entry, successor);
  m.mmu.storeLong((entry + 4) | 0, predecessor);
  m.mmu.storeLong((successor + 4) | 0, entry);
  m.mmu.storeLong(predecessor, entry);
  compare(m, successor, predecessor);
}

/** V when there was nothing to remove, Z when the queue is empty now. The destination is written last, but probed before anything. */
export function remque(m: Cpu, entry: number, register: number, address: number): void {
  const forward = m.mmu.loadLong(entry);
  const backward = m.mmu.loadLong((entry + 4) | 0);
  if (register === MEMORY) m.mmu.probeWrite(address, 4);
  if (entry !== backward) {
    m.mmu.probeWrite(backward, 4);
    m.mmu.probeWrite((forward + 4) | 0, 4);
    m.mmu.storeLong(backward, forward);
    m.mmu.storeLong((forward + 4) | 0, backward);
  }
  compare(m, forward, backward);
  if (entry === backward) m.cc |= V;
  storeAddress(m, entry, register, address);
}

function storeAddress(m: Cpu, value: number, register: number, address: number): void {
  if (register >= 0) m.r[register] = value;
  else if (register === MEMORY) m.mmu.storeLong(address, value);
}

/** Checks the header of a self-relative queue. False, with C set, when its interlock bit is held by someone else; V then tells the removals' failure. */
function checkHeader(m: Cpu, header: number, held: number): boolean {
  if ((header & 7) !== 0) throw reservedOperand();
  const link = m.mmu.loadLongModify(header);
  m.mmu.probeWrite(header, 8);
  if ((link & 6) !== 0) throw reservedOperand();
  if ((link & 1) !== 0) {
    m.cc = held;
    return false;
  }
  return true;
}

function insertHead(m: Cpu, entry: number, header: number): void {
  if (((entry | header) & 7) !== 0 || entry === header) throw reservedOperand();
  if (!checkHeader(m, header, C)) return;
  const first = (header + m.mmu.loadLong(header)) | 0;
  m.mmu.probeWrite(entry, 8);
  m.mmu.probeWrite((first + 4) | 0, 4);
  m.mmu.storeLong(entry, first - entry);
  m.mmu.storeLong((entry + 4) | 0, header - entry);
  m.mmu.storeLong((first + 4) | 0, entry - first);
  m.mmu.storeLong(header, entry - header);
  m.cc = first === header ? Z : 0;
}

function insertTail(m: Cpu, entry: number, header: number): void {
  if (((entry | header) & 7) !== 0 || entry === header) throw reservedOperand();
  if (!checkHeader(m, header, C)) return;
  const last = (header + m.mmu.loadLong((header + 4) | 0)) | 0;
  if ((last & 7) !== 0) throw reservedOperand();
  m.mmu.probeWrite(entry, 8);
  m.mmu.probeWrite(last, 4);
  m.mmu.storeLong(entry, header - entry);
  m.mmu.storeLong((entry + 4) | 0, last - entry);
  m.mmu.storeLong(last, entry - last);
  m.mmu.storeLong((header + 4) | 0, entry - header);
  m.cc = last === header ? Z : 0;
}

/** REMQHI and REMQTI leave their destination alone when the interlock is held; it gets the header's address when the queue is empty (V). */
function removeHead(m: Cpu, header: number, register: number, address: number): void {
  if (register === MEMORY && address === header) throw reservedOperand();
  if (!checkHeader(m, header, V | C)) return;
  const link = m.mmu.loadLong(header);
  if (link === 0) {
    storeAddress(m, header, register, address);
    m.cc = Z | V;
    return;
  }
  if ((link & 7) !== 0) throw reservedOperand();
  const entry = (header + link) | 0;
  const next = (entry + m.mmu.loadLong(entry)) | 0;
  if ((next & 7) !== 0) throw reservedOperand();
  m.mmu.probeWrite((next + 4) | 0, 4);
  if (register < 0) m.mmu.probeWrite(address, 4);
  m.mmu.storeLong((next + 4) | 0, header - next);
  m.mmu.storeLong(header, next - header);
  m.cc = next === header ? Z : 0;
  storeAddress(m, entry, register, address);
}

function removeTail(m: Cpu, header: number, register: number, address: number): void {
  if (register === MEMORY && address === header) throw reservedOperand();
  if (!checkHeader(m, header, V | C)) return;
  if (m.mmu.loadLong(header) === 0) {
    storeAddress(m, header, register, address);
    m.cc = Z | V;
    return;
  }
  const entry = (header + m.mmu.loadLong((header + 4) | 0)) | 0;
  if ((entry & 7) !== 0) throw reservedOperand();
  const previous = (entry + m.mmu.loadLong((entry + 4) | 0)) | 0;
  if ((previous & 7) !== 0) throw reservedOperand();
  m.mmu.probeWrite(previous, 4);
  if (register < 0) m.mmu.probeWrite(address, 4);
  m.mmu.storeLong(previous, header - previous);
  m.mmu.storeLong((header + 4) | 0, previous - header);
  m.cc = previous === header ? Z : 0;
  storeAddress(m, entry, register, address);
}

export const QUEUE: readonly InstructionRow[] = [
  instruction({ opcode: 0x0e, mnemonic: 'INSQUE', operands: ['entry.ab', 'pred.ab'], operate: insque }),
  instruction({ opcode: 0x0f, mnemonic: 'REMQUE', operands: ['entry.ab', 'addr.wl'], storesItself: true, operate: remque }),
  instruction({ opcode: 0x5c, mnemonic: 'INSQHI', operands: ['entry.ab', 'header.aq'], operate: insertHead }),
  instruction({ opcode: 0x5d, mnemonic: 'INSQTI', operands: ['entry.ab', 'header.aq'], operate: insertTail }),
  instruction({ opcode: 0x5e, mnemonic: 'REMQHI', operands: ['header.aq', 'addr.wl'], storesItself: true, operate: removeHead }),
  instruction({ opcode: 0x5f, mnemonic: 'REMQTI', operands: ['header.aq', 'addr.wl'], storesItself: true, operate: removeTail }),
];
