/**
 * Character strings and CRC. Each is restartable: its first half packs the operands into R0 to R5, its second half works from there, a piece within
 * a page at a time, leaving the registers exact before anything can fault. So a page fault in the middle costs nothing twice, and a string
 * longer than the working set still gets done. After SUSPEND_AFTER bytes or so they stop for interrupts, at the same places. How the operands are
 * packed is ours; what R0 to R5 hold at the end is the architecture's.
 * @source VAX ARM ch. 4, character string and CRC instructions
 */
import { instruction, type InstructionRow, SUSPEND_AFTER } from './instruction.js';
import { C, N, nz, V, Z } from './arithmetic.js';
import { SUSPENDED } from '../fault.js';
import type { Cpu } from '../cpu.js';

const PAGE = 512;

/** Bytes from `va` to the end of its page. */
function toPageEnd(va: number): number {
  return PAGE - (va & (PAGE - 1));
}

/**
 * How many bytes of `left` may remain when the instruction is to stop for interrupts: so few have to be left that the loops below compare with it where
 * they would compare with zero.
 */
function floorOf(left: number): number {
  return left > SUSPEND_AFTER ? left - SUSPEND_AFTER : 0;
}

function suspend(): never {
  throw SUSPENDED;
}

/** N Z C as comparing two unsigned words does, V zero. */
function compareLengths(a: number, b: number): number {
  const signedA = (a << 16) >> 16;
  const signedB = (b << 16) >> 16;
  return (signedA < signedB ? N : a === b ? Z : 0) | (a < b ? C : 0);
}

/** The condition codes of a byte comparison. */
function compareBytes(a: number, b: number): number {
  const signedA = (a << 24) >> 24;
  const signedB = (b << 24) >> 24;
  return (signedA < signedB ? N : a === b ? Z : 0) | (a < b ? C : 0);
}

/** Physical address of memory holding `va` and the bytes after it in its page; -1 when a device answers there. */
function memoryAt(m: Cpu, va: number, write: boolean): number {
  const pa = m.mmu.translate(va, m.mmu.mode, write);
  return pa < m.mmu.memory.size ? pa : -1;
}

/** Copies `length` bytes that lie within one page on both sides, in whichever direction overlap needs. */
function copyWithinPages(m: Cpu, from: number, to: number, length: number, backward: boolean): void {
  const source = memoryAt(m, from, false);
  const target = memoryAt(m, to, true);
  if (source >= 0 && target >= 0) {
    m.mmu.bytes.copyWithin(target, source, source + length);
    m.mmu.wrote(target, length);
    return;
  }
  for (let i = 0; i < length; i++) {
    const k = backward ? length - 1 - i : i;
    m.mmu.storeByte((to + k) | 0, m.mmu.loadByte((from + k) | 0));
  }
}

// MOVC3 and MOVC5 in progress:
//   R0  source bytes that will be left over      R1  next source byte
//   R2  bytes to copy                            R3  next destination byte
//   R4  bytes to fill after copying, and the fill character in <23:16>
//   R5  0: forward. Otherwise the count of a backward copy, with R1 and R3 at the start of the strings: R2 bytes remain at their front.

function beginMove(m: Cpu, sourceLength: number, source: number, fill: number, targetLength: number, target: number): void {
  const from = sourceLength & 0xffff;
  const to = targetLength & 0xffff;
  const copy = Math.min(from, to);
  m.cc = compareLengths(from, to);
  const r = m.r;
  r[0] = from - copy;
  r[1] = source;
  r[2] = copy;
  r[3] = target;
  r[4] = (to - copy) | ((fill & 0xff) << 16);
  // Overlap with the destination above the source: copy from the end, so no byte is overwritten before it is read.
  r[5] = ((target - source) >>> 0) < copy && target !== source ? copy : 0;
}

function resumeMove(m: Cpu): void {
  const r = m.r;
  const copyFloor = floorOf(r[2]!);
  if (r[5] !== 0) {
    while (r[2]! > copyFloor) {
      const left = r[2]!;
      const fromLast = (r[1]! + left - 1) | 0;
      const toLast = (r[3]! + left - 1) | 0;
      const part = Math.min(left, (fromLast & (PAGE - 1)) + 1, (toLast & (PAGE - 1)) + 1);
      copyWithinPages(m, (fromLast - part + 1) | 0, (toLast - part + 1) | 0, part, true);
      r[2] = left - part;
    }
    if (r[2] !== 0) suspend();
    r[1]! += r[5]!;
    r[3]! += r[5]!;
    r[5] = 0;
  }
  while (r[2]! > copyFloor) {
    const part = Math.min(r[2]!, toPageEnd(r[1]!), toPageEnd(r[3]!));
    copyWithinPages(m, r[1]!, r[3]!, part, false);
    r[1]! += part;
    r[2]! -= part;
    r[3]! += part;
  }
  if (r[2] !== 0) suspend();
  if ((r[4]! & 0xffff) !== 0) fillRest(m);
  r[4] = 0;
}

/** The destination's rest, when it is longer than the source. */
function fillRest(m: Cpu): void {
  const r = m.r;
  const fill = (r[4]! >> 16) & 0xff;
  const floor = floorOf(r[4]! & 0xffff);
  while ((r[4]! & 0xffff) > floor) {
    const part = Math.min(r[4]! & 0xffff, toPageEnd(r[3]!));
    const target = memoryAt(m, r[3]!, true);
    if (target >= 0) {
      m.mmu.bytes.fill(fill, target, target + part);
      m.mmu.wrote(target, part);
    } else {
      for (let i = 0; i < part; i++) m.mmu.storeByte((r[3]! + i) | 0, fill);
    }
    r[3]! += part;
    r[4]! -= part;
  }
  if ((r[4]! & 0xffff) !== 0) suspend();
}

// CMPC3 and CMPC5: R0 and R2 the bytes left of the two strings, R1 and R3 where; the fill character in R0<31:16>, as R2's upper half is 0.

function beginCompare(m: Cpu, length1: number, address1: number, fill: number, length2: number, address2: number): void {
  m.r[0] = (length1 & 0xffff) | ((fill & 0xff) << 16);
  m.r[1] = address1;
  m.r[2] = length2 & 0xffff;
  m.r[3] = address2;
}

function resumeCompare(m: Cpu): void {
  const r = m.r;
  const fill = (r[0]! >> 16) & 0xff;
  const bytes = m.mmu.bytes;
  let cc = Z;
  const floor = (r[0]! & 0xffff) + r[2]! - SUSPEND_AFTER;
  while (cc === Z) {
    const left = r[0]! & 0xffff;
    if (left === 0 && r[2] === 0) break;
    if (left + r[2]! < floor) suspend();
    // Both strings, or the longer one and the fill character, up to the next page boundary.
    const part = Math.min(left || PAGE, r[2] || PAGE, left === 0 ? PAGE : toPageEnd(r[1]!), r[2] === 0 ? PAGE : toPageEnd(r[3]!));
    const pa1 = left === 0 ? -1 : memoryAt(m, r[1]!, false);
    const pa2 = r[2] === 0 ? -1 : memoryAt(m, r[3]!, false);
    let same = 0;
    for (; same < part; same++) {
      const byte1 = left === 0 ? fill : pa1 >= 0 ? bytes[pa1 + same]! : m.mmu.loadByte((r[1]! + same) | 0) & 0xff;
      const byte2 = r[2] === 0 ? fill : pa2 >= 0 ? bytes[pa2 + same]! : m.mmu.loadByte((r[3]! + same) | 0) & 0xff;
      if (byte1 !== byte2) {
        cc = compareBytes(byte1, byte2);
        break;
      }
    }
    if (left !== 0) {
      r[0]! -= same;
      r[1]! += same;
    }
    if (r[2] !== 0) {
      r[2]! -= same;
      r[3]! += same;
    }
  }
  r[0] = r[0]! & 0xffff;
  m.cc = cc;
}

// LOCC and SKPC: R0 the bytes left, with the character in <23:16>; R1 where.

function beginLocate(m: Cpu, character: number, length: number, address: number): void {
  m.r[0] = (length & 0xffff) | ((character & 0xff) << 16);
  m.r[1] = address;
}

function resumeLocate(wanted: boolean) {
  return (m: Cpu): void => {
    const r = m.r;
    const character = (r[0]! >> 16) & 0xff;
    const bytes = m.mmu.bytes;
    const floor = floorOf(r[0]! & 0xffff);
    while ((r[0]! & 0xffff) > floor) {
      const part = Math.min(r[0]! & 0xffff, toPageEnd(r[1]!));
      const pa = memoryAt(m, r[1]!, false);
      for (let i = 0; i < part; i++) {
        const byte = pa >= 0 ? bytes[pa + i]! : m.mmu.loadByte((r[1]! + i) | 0) & 0xff;
        if ((byte === character) === wanted) {
          r[0] = (r[0]! & 0xffff) - i;
          r[1]! += i;
          m.cc = 0;
          return;
        }
      }
      r[0]! -= part;
      r[1]! += part;
    }
    if ((r[0]! & 0xffff) !== 0) suspend();
    r[0] = 0;
    m.cc = Z;
  };
}

// SCANC and SPANC: R0 the bytes left, with the mask in <23:16>; R1 where; R3 the table.

function beginScan(m: Cpu, length: number, address: number, table: number, mask: number): void {
  m.r[0] = (length & 0xffff) | ((mask & 0xff) << 16);
  m.r[1] = address;
  m.r[2] = 0;
  m.r[3] = table;
}

function resumeScan(wanted: boolean) {
  return (m: Cpu): void => {
    const r = m.r;
    const mask = (r[0]! >> 16) & 0xff;
    const floor = floorOf(r[0]! & 0xffff);
    while ((r[0]! & 0xffff) > floor) {
      const entry = m.mmu.loadByte((r[3]! + (m.mmu.loadByte(r[1]!) & 0xff)) | 0);
      if (((entry & mask) !== 0) === wanted) {
        r[0] = r[0]! & 0xffff;
        m.cc = 0;
        return;
      }
      r[0]!--;
      r[1]!++;
    }
    if ((r[0]! & 0xffff) !== 0) suspend();
    r[0] = 0;
    m.cc = Z;
  };
}

// MATCHC: R0 the object's length, R1 the object, R2 the source bytes left, R3 where: the match is tried here.

function beginMatch(m: Cpu, objectLength: number, object: number, sourceLength: number, source: number): void {
  m.r[0] = objectLength & 0xffff;
  m.r[1] = object;
  m.r[2] = sourceLength & 0xffff;
  m.r[3] = source;
}

function resumeMatch(m: Cpu): void {
  const r = m.r;
  const length = r[0]!;
  let budget = SUSPEND_AFTER;
  while (r[2]! >= length) {
    if (budget <= 0) suspend();
    let same = 0;
    while (same < length && m.mmu.loadByte((r[3]! + same) | 0) === m.mmu.loadByte((r[1]! + same) | 0)) same++;
    if (same === length) {
      r[0] = 0;
      r[1]! += length;
      r[2]! -= length;
      r[3]! += length;
      m.cc = Z;
      return;
    }
    r[2]!--;
    r[3]!++;
    budget -= same + 1;
  }
  r[3]! += r[2]!;
  r[2] = 0;
  m.cc = length === 0 ? Z : 0;
}

// MOVTC in progress: R0 source bytes left, with the fill character in <23:16>; R1 next source byte; R2 nonzero to work from the end;
// R3 the table; R4 destination bytes left; R5 next destination byte. Backward, R1 and R5 stay at the start of the strings. The lengths
// say how many bytes are left over when the shorter string is done; the condition codes are set at the beginning.

function beginTranslate(m: Cpu, sourceLength: number, source: number, fill: number, table: number, targetLength: number, target: number): void {
  const r = m.r;
  const from = sourceLength & 0xffff;
  const to = targetLength & 0xffff;
  const both = Math.min(from, to);
  r[0] = from | ((fill & 0xff) << 16);
  r[1] = source;
  r[2] = source >>> 0 < target >>> 0 ? both : 0;
  r[3] = table;
  r[4] = to;
  r[5] = target;
  m.cc = compareLengths(from, to);
}

function resumeTranslate(m: Cpu): void {
  const r = m.r;
  const fill = (r[0]! >> 16) & 0xff;
  // Backward, when the source lies below the destination, which may overlap its end.
  const total = r[2]! & 0xffff;
  if (total !== 0) {
    // R2<31:16> counts the bytes done.
    const stop = Math.min(total, (r[2]! >>> 16) + SUSPEND_AFTER);
    while (r[2]! >>> 16 < stop) {
      const k = total - 1 - (r[2]! >>> 16);
      m.mmu.storeByte((r[5]! + k) | 0, translated(m, (r[1]! + k) | 0));
      r[2]! += 0x1_0000;
    }
    if (stop !== total) suspend();
    r[0]! -= total;
    r[1]! += total;
    r[4]! -= total;
    r[5]! += total;
    r[2] = 0;
  }
  const floor = floorOf(r[4]!);
  while ((r[0]! & 0xffff) !== 0 && r[4]! > floor) {
    m.mmu.storeByte(r[5]!, translated(m, r[1]!));
    r[0]!--;
    r[1]!++;
    r[4]!--;
    r[5]!++;
  }
  while (r[4]! > floor) {
    m.mmu.storeByte(r[5]!, fill);
    r[4]!--;
    r[5]!++;
  }
  if (r[4] !== 0) suspend();
  r[0] = r[0]! & 0xffff;
}

function translated(m: Cpu, address: number): number {
  return m.mmu.loadByte((m.r[3]! + (m.mmu.loadByte(address) & 0xff)) | 0);
}

function beginTranslateUntil(m: Cpu, sourceLength: number, source: number, escape: number, table: number, targetLength: number, target: number): void {
  const r = m.r;
  r[0] = (sourceLength & 0xffff) | ((escape & 0xff) << 16);
  r[1] = source;
  r[2] = 0;
  r[3] = table;
  r[4] = targetLength & 0xffff;
  r[5] = target;
  m.cc = compareLengths(sourceLength & 0xffff, targetLength & 0xffff);
}

function resumeTranslateUntil(m: Cpu): void {
  const r = m.r;
  const escape = (r[0]! << 8) >> 24;
  const floor = floorOf(r[4]!);
  while ((r[0]! & 0xffff) !== 0 && r[4] !== 0) {
    if (r[4]! <= floor && floor !== 0) suspend();
    const byte = translated(m, r[1]!);
    if (byte === escape) {
      m.cc |= V;
      break;
    }
    m.mmu.storeByte(r[5]!, byte);
    r[0]!--;
    r[1]!++;
    r[4]!--;
    r[5]!++;
  }
  r[0] = r[0]! & 0xffff;
}

// CRC: R0 the remainder so far, R1 the table of 16 longwords, R2 the bytes left, R3 where.

function beginCrc(m: Cpu, table: number, initial: number, length: number, stream: number): void {
  m.r[0] = initial;
  m.r[1] = table;
  m.r[2] = length & 0xffff;
  m.r[3] = stream;
}

function resumeCrc(m: Cpu): void {
  const r = m.r;
  const floor = floorOf(r[2]!);
  while (r[2]! > floor) {
    let crc = r[0]! ^ (m.mmu.loadByte(r[3]!) & 0xff);
    for (let half = 0; half < 2; half++) crc = (crc >>> 4) ^ m.mmu.loadLong((r[1]! + 4 * (crc & 15)) | 0);
    r[0] = crc;
    r[2]!--;
    r[3]!++;
  }
  if (r[2] !== 0) suspend();
  r[1] = 0;
  m.cc = nz(r[0]!);
}

export const STRING: readonly InstructionRow[] = [
  instruction({
    opcode: 0x28, mnemonic: 'MOVC3', operands: ['len.rw', 'src.ab', 'dst.ab'], resume: resumeMove,
    operate(m, length, source, target) { beginMove(m, length, source, 0, length, target); },
  }),
  instruction({ opcode: 0x2c, mnemonic: 'MOVC5', operands: ['srclen.rw', 'src.ab', 'fill.rb', 'dstlen.rw', 'dst.ab'], operate: beginMove, resume: resumeMove }),
  instruction({ opcode: 0x2e, mnemonic: 'MOVTC', operands: ['srclen.rw', 'src.ab', 'fill.rb', 'tbl.ab', 'dstlen.rw', 'dst.ab'], emulated: true, operate: beginTranslate, resume: resumeTranslate }),
  instruction({ opcode: 0x2f, mnemonic: 'MOVTUC', operands: ['srclen.rw', 'src.ab', 'esc.rb', 'tbl.ab', 'dstlen.rw', 'dst.ab'], emulated: true, operate: beginTranslateUntil, resume: resumeTranslateUntil }),
  instruction({
    opcode: 0x29, mnemonic: 'CMPC3', operands: ['len.rw', 'src1.ab', 'src2.ab'], emulated: true, resume: resumeCompare,
    operate(m, length, address1, address2) { beginCompare(m, length, address1, 0, length, address2); },
  }),
  instruction({ opcode: 0x2d, mnemonic: 'CMPC5', operands: ['src1len.rw', 'src1.ab', 'fill.rb', 'src2len.rw', 'src2.ab'], emulated: true, operate: beginCompare, resume: resumeCompare }),
  instruction({ opcode: 0x2a, mnemonic: 'SCANC', operands: ['len.rw', 'addr.ab', 'tbl.ab', 'mask.rb'], emulated: true, operate: beginScan, resume: resumeScan(true) }),
  instruction({ opcode: 0x2b, mnemonic: 'SPANC', operands: ['len.rw', 'addr.ab', 'tbl.ab', 'mask.rb'], emulated: true, operate: beginScan, resume: resumeScan(false) }),
  instruction({ opcode: 0x3a, mnemonic: 'LOCC', operands: ['char.rb', 'len.rw', 'addr.ab'], emulated: true, operate: beginLocate, resume: resumeLocate(true) }),
  instruction({ opcode: 0x3b, mnemonic: 'SKPC', operands: ['char.rb', 'len.rw', 'addr.ab'], emulated: true, operate: beginLocate, resume: resumeLocate(false) }),
  instruction({ opcode: 0x39, mnemonic: 'MATCHC', operands: ['objlen.rw', 'obj.ab', 'srclen.rw', 'src.ab'], emulated: true, operate: beginMatch, resume: resumeMatch }),
  instruction({ opcode: 0x0b, mnemonic: 'CRC', operands: ['tbl.ab', 'inicrc.rl', 'strlen.rw', 'stream.ab'], emulated: true, operate: beginCrc, resume: resumeCrc }),
];
