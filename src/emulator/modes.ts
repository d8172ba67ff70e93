/** Moving between access modes and processes: CHMx, REI, SVPCTX, LDPCTX. @source VAX ARM ch. 5 to 7; book 4, 7, 10 */
import type { Cpu } from './cpu.js';
import { reservedInstruction, reservedOperand, SCB_CHMK } from './fault.js';
import {
  ISP, PSL_CC, PSL_CM, PSL_CURMOD, PSL_DV, PSL_FPD, PSL_FU, PSL_IPL, PSL_IS, PSL_IV, PSL_MBZ, PSL_PRVMOD, PSL_S_CURMOD, PSL_S_IPL, PSL_S_PRVMOD, PSL_TP,
} from './psl.js';

/** Offsets in the hardware process control block. */
const PCB_KSP = 0;
const PCB_R0 = 16;
const PCB_PC = 72;
const PCB_PSL = 76;
const PCB_P0BR = 80;
const PCB_P0LR = 84;
const PCB_P1BR = 88;
const PCB_P1LR = 92;

/** Compatibility mode is for user mode, at IPL 0, with nothing half done and no traps enabled. */
const CM_CHECKED = PSL_CURMOD | PSL_PRVMOD | PSL_IPL | PSL_IS | PSL_FPD | PSL_DV | PSL_FU | PSL_IV;
const CM_REQUIRED = PSL_CURMOD | PSL_PRVMOD;

/** How far below the P1 page table's first entry in use its base may point: the table of a full P1 space. */
export const P1_TABLE_REACH = 0x80_0000;
export const LENGTH_MASK = 0x003f_ffff;
const LENGTH_LIMIT = 0x20_0000;
/** The level at which a pending AST is delivered. */
const IPL_ASTDEL = 2;

/**
 * CHMK (0) to CHMU (3): exception through SCB 40 + 4*mode to that mode or, if the current mode is more privileged, within the current one.
 * Halts when on the interrupt stack. @raises access violation, translation not valid when the target's stack cannot be written
 */
export function changeMode(m: Cpu, mode: number, code: number): void {
  if (m.onInterruptStack) {
    m.halt('change mode on interrupt stack');
    return;
  }
  const old = m.currentMode;
  const target = Math.min(mode, old);
  const sp = (target === old ? m.r[14]! : m.stackPointers[target]!) - 12 | 0;
  // A kernel stack that is not there is a memory management fault like another: kernel stack not valid comes when that finds no place either.
  m.mmu.translate((sp + 11) | 0, target, true);
  m.mmu.translate(sp, target, true);
  const vector = m.mmu.loadPhysicalLong(m.scbb + SCB_CHMK + 4 * mode);
  m.mmu.store((sp + 8) | 0, 4, m.psl | 0, target);
  m.mmu.store((sp + 4) | 0, 4, m.r[15]!, target);
  m.mmu.store(sp, 4, (code << 16) >> 16, target);
  m.switchStack((m.pslBits & PSL_IPL) | (old << PSL_S_PRVMOD) | (target << PSL_S_CURMOD));
  m.cc = 0;
  m.r[14] = sp;
  m.r[15] = vector & ~3;
}

/** Page tables of processes are in system space, longword aligned. A subset processor does not look. */
export function badBase(address: number): boolean {
  return address >>> 30 !== 2 || (address & 3) !== 0;
}

/** Page table lengths do not exceed those of a full region. */
export function badLength(length: number): boolean {
  return (length & LENGTH_MASK) > LENGTH_LIMIT;
}

export function rei(m: Cpu): void {
  const sp = m.r[14]!;
  let pc = m.mmu.loadLong(sp);
  const psl = m.mmu.loadLong((sp + 4) | 0);
  checkReturn(m, psl);
  if ((psl & PSL_CM) !== 0) {
    // What a PDP-11 has of the registers.
    for (let n = 0; n < 7; n++) m.r[n]! &= 0xffff;
    pc &= 0xffff;
  }
  m.r[14] = sp + 8;
  m.switchStack((psl & ~PSL_CC) | (m.pslBits & PSL_TP));
  m.cc = psl & PSL_CC;
  m.r[15] = pc;
  if ((psl & PSL_IS) === 0 && m.currentMode >= m.astlvl) m.requestSoftwareInterrupt(IPL_ASTDEL);
}

/** A return may not raise privilege in any way. @raises reserved operand */
function checkReturn(m: Cpu, psl: number): void {
  const current = (psl >> PSL_S_CURMOD) & 3;
  const previous = (psl >> PSL_S_PRVMOD) & 3;
  const ipl = (psl >> PSL_S_IPL) & 31;
  const onInterruptStack = (psl & PSL_IS) !== 0;
  const bad = (psl & PSL_MBZ) !== 0
    || current < m.currentMode
    || previous < current
    || (onInterruptStack && (!m.onInterruptStack || current !== 0 || ipl === 0))
    || (ipl > 0 && current !== 0)
    || ipl > m.ipl
    || ((psl & PSL_CM) !== 0 && (m.model === 'subset' || (psl & CM_CHECKED) !== CM_REQUIRED));
  if (bad) throw reservedOperand();
}

/** Saves the process context: PC and PSL come off the kernel stack, and the interrupt stack takes over. */
export function svpctx(m: Cpu): void {
  if (m.currentMode !== 0) throw reservedInstruction();
  const sp = m.r[14]!;
  const pc = m.mmu.loadLong(sp);
  const psl = m.mmu.loadLong((sp + 4) | 0);
  m.r[14] = sp + 8;
  if (!m.onInterruptStack) {
    const ipl = Math.max(m.ipl, 1);
    m.switchStack((m.pslBits & ~PSL_IPL) | PSL_IS | (ipl << PSL_S_IPL));
  } else {
    m.stackPointers[ISP] = m.r[14]!;
  }
  const pcb = m.pcbb;
  for (let mode = 0; mode < 4; mode++) m.mmu.storePhysicalLong(pcb + PCB_KSP + 4 * mode, m.stackPointers[mode]!);
  for (let n = 0; n < 14; n++) m.mmu.storePhysicalLong(pcb + PCB_R0 + 4 * n, m.r[n]!);
  m.mmu.storePhysicalLong(pcb + PCB_PC, pc);
  m.mmu.storePhysicalLong(pcb + PCB_PSL, psl);
}

/** Loads the context of the process whose hardware PCB is at PCBB, and leaves its PC and PSL on its kernel stack for REI. */
export function ldpctx(m: Cpu): void {
  if (m.currentMode !== 0) throw reservedInstruction();
  const pcb = m.pcbb;
  const field = (offset: number): number => m.mmu.loadPhysicalLong(pcb + offset);
  const p0br = field(PCB_P0BR);
  const p0lr = field(PCB_P0LR);
  const p1br = field(PCB_P1BR);
  const p1lr = field(PCB_P1LR);
  const astlvl = (p0lr >>> 24) & 7;
  // P1BR points to where the page table of a full P1 space would begin, and so may lie below system space.
  if (m.model !== 'subset') {
    if (badBase(p0br) || badBase((p1br + P1_TABLE_REACH) | 0) || badLength(p0lr) || badLength(p1lr)) throw reservedOperand();
    if ((p0lr & 0xf8c0_0000) !== 0 || astlvl > 4 || (p1lr & 0x7fc0_0000) !== 0) throw reservedOperand();
  }

  if (m.onInterruptStack) m.stackPointers[ISP] = m.r[14]!;
  for (let mode = 0; mode < 4; mode++) m.stackPointers[mode] = field(PCB_KSP + 4 * mode);
  for (let n = 0; n < 14; n++) m.r[n] = field(PCB_R0 + 4 * n);
  m.mmu.p0br = p0br;
  m.mmu.p0lr = p0lr & LENGTH_MASK;
  m.mmu.p1br = p1br;
  m.mmu.p1lr = p1lr & LENGTH_MASK;
  m.astlvl = astlvl;
  m.pmr = p1lr >>> 31;
  m.mmu.invalidateProcess();

  m.setPslBits((m.pslBits & ~(PSL_IS | PSL_CURMOD)));
  const sp = (m.stackPointers[0]! - 8) | 0;
  m.r[14] = m.stackPointers[0]!;
  m.mmu.probeRange(sp, 8, 0, true);
  m.mmu.store((sp + 4) | 0, 4, field(PCB_PSL), 0);
  m.mmu.store(sp, 4, field(PCB_PC), 0);
  m.r[14] = sp;
}
