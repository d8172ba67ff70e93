/** CALLG, CALLS and RET: the call frame. @source VAX ARM ch. 4, procedure call instructions */
import type { Cpu } from './cpu.js';
import { reservedOperand } from './fault.js';
import { PSL_CC, PSL_DV, PSL_FU, PSL_IV, PSL_T } from './psl.js';

// The frame, from FP up: condition handler, mask and PSW, AP, FP, PC, saved registers.
const MASK_PSW = 4;
const SAVED_AP = 8;
const SAVED_FP = 12;
const SAVED_PC = 16;
const FIXED_LENGTH = 20;

const CALLS_FLAG = 0x2000_0000;
const MASK_MBZ = 0x3000;
/** The PSW as saved: without T and the condition codes. */
const PSW_SAVED = 0xffe0;

export function callg(m: Cpu, list: number, target: number): void {
  buildFrame(m, m.r[14]!, list, target, 0);
}

/** Pushes the argument count first: the list begins with it. */
export function calls(m: Cpu, count: number, target: number): void {
  const list = (m.r[14]! - 4) | 0;
  m.mmu.probeWrite(list, 4);
  buildFrame(m, list, list, target, CALLS_FLAG, count);
}

function buildFrame(m: Cpu, top: number, list: number, target: number, flag: number, count = 0): void {
  const mask = m.mmu.loadWord(target);
  if ((mask & MASK_MBZ) !== 0) throw reservedOperand();
  let saved = 0;
  for (let left = mask & 0xfff; left !== 0; left &= left - 1) saved += 4;
  const fp = ((top & ~3) - FIXED_LENGTH - saved) | 0;
  m.mmu.probeWrite(fp, FIXED_LENGTH + saved);

  if (flag !== 0) m.mmu.storeLong(list, count);
  let at = (fp + FIXED_LENGTH) | 0;
  for (let n = 0, left = mask & 0xfff; left !== 0; n++, left >>= 1) {
    if ((left & 1) === 0) continue;
    m.mmu.storeLong(at, m.r[n]!);
    at = (at + 4) | 0;
  }
  m.mmu.storeLong((fp + SAVED_PC) | 0, m.r[15]!);
  m.mmu.storeLong((fp + SAVED_FP) | 0, m.r[13]!);
  m.mmu.storeLong((fp + SAVED_AP) | 0, m.r[12]!);
  m.mmu.storeLong((fp + MASK_PSW) | 0, (top << 30) | flag | ((mask & 0xfff) << 16) | (m.pslBits & PSW_SAVED));
  m.mmu.storeLong(fp, 0);

  m.cc = 0;
  m.pslBits = (m.pslBits & ~(PSL_DV | PSL_FU | PSL_IV)) | ((mask & 0x8000) !== 0 ? PSL_DV : 0) | ((mask & 0x4000) !== 0 ? PSL_IV : 0);
  m.r[12] = list;
  m.r[13] = fp;
  m.r[14] = fp;
  m.r[15] = target + 2;
}

export function ret(m: Cpu): void {
  const fp = m.r[13]!;
  const maskPsw = m.mmu.loadLong((fp + MASK_PSW) | 0);
  if ((maskPsw & 0xff00) !== 0) throw reservedOperand();
  const ap = m.mmu.loadLong((fp + SAVED_AP) | 0);
  const savedFp = m.mmu.loadLong((fp + SAVED_FP) | 0);
  const pc = m.mmu.loadLong((fp + SAVED_PC) | 0);
  // Every read is tried before any register changes.
  const values = m.scratch;
  let at = (fp + FIXED_LENGTH) | 0;
  const saved = (maskPsw >> 16) & 0xfff;
  for (let n = 0, left = saved; left !== 0; n++, left >>= 1) {
    if ((left & 1) === 0) continue;
    values[n] = m.mmu.loadLong(at);
    at = (at + 4) | 0;
  }
  let sp = (at + (maskPsw >>> 30)) | 0;
  if ((maskPsw & CALLS_FLAG) !== 0) sp = (sp + 4 + 4 * (m.mmu.loadLong(sp) & 0xff)) | 0;

  for (let n = 0, left = saved; left !== 0; n++, left >>= 1) if ((left & 1) !== 0) m.r[n] = values[n]!;
  m.r[12] = ap;
  m.r[13] = savedFp;
  m.r[14] = sp;
  m.r[15] = pc;
  const bits = (m.pslBits & ~0xf0) | (maskPsw & 0xf0);
  m.cc = maskPsw & PSL_CC;
  // Of these bits only T changes what the loop must look at.
  if (((bits ^ m.pslBits) & PSL_T) !== 0) m.setPslBits(bits);
  else m.pslBits = bits;
}
