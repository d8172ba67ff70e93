/**
 * The processor's registers by name, as a console or a state file sees them: read without side effects where the machine allows it, and
 * written past the checks that MTPR makes, so that a state can be given in any order. General registers are G 0 to F, processor registers
 * I 0 to 3F (`processor-registers.ts`). @source VAX-11/780 hardware handbook, console command language: address spaces G and I
 */
import type { Machine } from './machine.js';
import { VaxFault } from './fault.js';
import * as PR from './processor-registers.js';
import { PSL_IS, PSL_S_IPL } from './psl.js';

export const GENERAL_REGISTERS: readonly string[] = ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'AP', 'FP', 'SP', 'PC'];

/** Number of a processor register by name: those of the table, and IS for the interrupt stack pointer. */
export const PROCESSOR_REGISTERS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(PR).filter(([name]) => name.startsWith('PR$_')).map(([name, n]) => [name.slice(4), n] as const),
  ['IS', PR.PR$_ISP],
]);

/** Registers that do something when they are read or written (TBIA, SIRR, ...), and are no part of the state. */
const ACTIONS: readonly number[] = [PR.PR$_SIRR, PR.PR$_TXDB, PR.PR$_TBIA, PR.PR$_TBIS, PR.PR$_TBCHK, PR.PR$_RXDB];

const LENGTH_MASK = 0x003f_ffff;

/** Number of the general register `name` (R0 to R15, AP, FP, SP, PC), or undefined. */
export function generalRegister(name: string): number | undefined {
  const at = GENERAL_REGISTERS.indexOf(name);
  if (at >= 0) return at;
  const number = /^R(1[2-5])$/.exec(name);
  return number === null ? undefined : Number(number[1]);
}

export function isRegisterName(name: string): boolean {
  return name === 'PSL' || generalRegister(name) !== undefined || PROCESSOR_REGISTERS.has(name);
}

/** Unsigned. @returns undefined where reading means nothing (a register that is only written, or does not exist) */
export function readInternal(machine: Machine, n: number): number | undefined {
  try {
    return machine.cpu.readPR(n) >>> 0;
  } catch (fault) {
    if (fault instanceof VaxFault) return undefined;
    throw fault;
  }
}

/** Writes a processor register as a console does: what MTPR would refuse by value is taken, masked. @returns false when there is no such register */
export function writeInternal(machine: Machine, n: number, value: number): boolean {
  const { cpu } = machine;
  const { mmu } = cpu;
  switch (n) {
    case PR.PR$_P0BR: mmu.p0br = value | 0; mmu.invalidateAll(); return true;
    case PR.PR$_P1BR: mmu.p1br = value | 0; mmu.invalidateAll(); return true;
    case PR.PR$_P0LR: mmu.p0lr = value & LENGTH_MASK; mmu.invalidateAll(); return true;
    case PR.PR$_P1LR: mmu.p1lr = value & LENGTH_MASK; mmu.invalidateAll(); return true;
    case PR.PR$_ASTLVL: cpu.astlvl = value & 7; return true;
    case PR.PR$_SID: cpu.sid = value | 0; return true;
    case PR.PR$_ICR: machine.intervalTimer.setCount(value >>> 0); return true;
    case PR.PR$_RXDB: machine.console.receive(value & 0xff); return true;
    default:
  }
  try {
    cpu.writePR(n, value | 0);
    return true;
  } catch (fault) {
    // A register that can only be read keeps its value.
    if (fault instanceof VaxFault) return readInternal(machine, n) !== undefined;
    throw fault;
  }
}

/**
 * Gives the machine the registers of `state`, in whatever order they come: PSL before what depends on it, the mapping last. SP is the stack in
 * use, and wins over the name of that stack (KSP ... ISP).
 * @returns the name that could not be set, or null
 */
export function applyRegisters(machine: Machine, state: ReadonlyMap<string, number>): string | null {
  const { cpu } = machine;
  const psl = state.get('PSL');
  const sp = cpu.r[14]!;
  if (psl !== undefined) cpu.setPsl(psl | 0);
  if (cpu.r[14] === 0) cpu.r[14] = sp;
  const internal = [...state].filter(([name]) => PROCESSOR_REGISTERS.has(name));
  const last = (name: string): number => (name === 'MAPEN' ? 2 : name === 'ICCS' ? 1 : 0);
  internal.sort(([a], [b]) => last(a) - last(b));
  for (const [name, value] of internal) if (!writeInternal(machine, PROCESSOR_REGISTERS.get(name)!, value)) return name;
  for (const [name, value] of state) {
    const n = generalRegister(name);
    if (n !== undefined) cpu.r[n] = value | 0;
  }
  cpu.updateAttention();
  return null;
}

/** All of the state, in an order and form that `parseState` and `applyRegisters` take back. */
export function captureRegisters(machine: Machine): [name: string, value: number][] {
  const { cpu } = machine;
  const result: [string, number][] = GENERAL_REGISTERS.map((name, n) => [name, cpu.r[n]! >>> 0]);
  result.push(['PSL', cpu.psl]);
  for (const [name, n] of PROCESSOR_REGISTERS) {
    if (name === 'IS' || ACTIONS.includes(n)) continue;
    const value = readInternal(machine, n);
    if (value !== undefined) result.push([name, value]);
  }
  return result;
}

/** A PSL of kernel mode on the interrupt stack at IPL 31: what INITIALIZE leaves. */
export const INITIAL_PSL = PSL_IS | (31 << PSL_S_IPL);

export class StateError extends Error {}

/** `NAME` and a hexadecimal number. @throws StateError saying what is wrong */
export function parseAssignment(name: string, digits: string): [string, number] {
  const upper = name.trim().toUpperCase();
  if (!isRegisterName(upper)) throw new StateError(`there is no register '${name.trim()}'`);
  const bare = digits.trim().replace(/^(0x|\^x)/i, '');
  if (!/^[0-9a-f]{1,8}$/i.test(bare)) throw new StateError(`'${digits.trim()}' is not a hexadecimal number of up to 8 digits`);
  return [upper, Number.parseInt(bare, 16)];
}

/** Lines `NAME HEX`; empty ones and what follows ! or # are left out. @throws StateError with the number of the line */
export function parseState(text: string): Map<string, number> {
  const state = new Map<string, number>();
  text.split(/\r?\n/).forEach((line, k) => {
    const content = line.replace(/[!#].*$/, '').trim();
    if (content === '') return;
    const match = /^(\S+?)(?:\s*[=:]\s*|\s+)(\S+)$/.exec(content);
    try {
      if (match === null) throw new StateError(`'${content}' is not NAME HEX`);
      const [name, value] = parseAssignment(match[1]!, match[2]!);
      state.set(name, value);
    } catch (error) {
      if (error instanceof StateError) throw new StateError(`line ${k + 1}: ${error.message}`);
      throw error;
    }
  });
  return state;
}
