/** Change mode, REI, probes, context switching, processor registers, and the instructions that only raise exceptions. @source VAX ARM ch. 4 to 9 */
import { instruction, type InstructionRow } from './instruction.js';
import { C, nz, Z } from './arithmetic.js';
import { breakpoint, reservedInstruction } from '../fault.js';
import { PR$_TBCHK } from '../processor-registers.js';
import type { Cpu } from '../cpu.js';

function requireKernel(m: Cpu): void {
  if (m.currentMode !== 0) throw reservedInstruction();
}

/** PROBEx looks at the first and the last byte only, with the less privileged of the operand's mode and the previous mode. */
function probe(write: boolean) {
  return (m: Cpu, mode: number, length: number, base: number): void => {
    const least = Math.max(mode & 3, m.previousMode);
    const last = (base + (length & 0xffff) - 1) | 0;
    const accessible = m.mmu.accessible(base, least, write) && m.mmu.accessible(last, least, write);
    m.cc = (m.cc & C) | (accessible ? 0 : Z);
  };
}

export const PRIVILEGED: readonly InstructionRow[] = [
  instruction({ opcode: 0x00, mnemonic: 'HALT', operands: [], endsBlock: true, operate(m) { requireKernel(m); m.halt(); } }),
  instruction({ opcode: 0x02, mnemonic: 'REI', operands: [], endsBlock: true, operate(m) { m.rei(); } }),
  instruction({ opcode: 0x03, mnemonic: 'BPT', operands: [], endsBlock: true, operate() { throw breakpoint(); } }),
  instruction({ opcode: 0xfc, mnemonic: 'XFC', operands: [], endsBlock: true, operate(m) { m.extendedFunctionCall(); } }),
  instruction({ opcode: 0x06, mnemonic: 'LDPCTX', operands: [], endsBlock: true, operate(m) { m.ldpctx(); } }),
  instruction({ opcode: 0x07, mnemonic: 'SVPCTX', operands: [], endsBlock: true, operate(m) { m.svpctx(); } }),
  instruction({ opcode: 0xbc, mnemonic: 'CHMK', operands: ['code.rw'], endsBlock: true, operate(m, code) { m.changeMode(0, code); } }),
  instruction({ opcode: 0xbd, mnemonic: 'CHME', operands: ['code.rw'], endsBlock: true, operate(m, code) { m.changeMode(1, code); } }),
  instruction({ opcode: 0xbe, mnemonic: 'CHMS', operands: ['code.rw'], endsBlock: true, operate(m, code) { m.changeMode(2, code); } }),
  instruction({ opcode: 0xbf, mnemonic: 'CHMU', operands: ['code.rw'], endsBlock: true, operate(m, code) { m.changeMode(3, code); } }),
  instruction({ opcode: 0x0c, mnemonic: 'PROBER', operands: ['mode.rb', 'len.rw', 'base.ab'], operate: probe(false) }),
  instruction({ opcode: 0x0d, mnemonic: 'PROBEW', operands: ['mode.rb', 'len.rw', 'base.ab'], operate: probe(true) }),
  instruction({
    opcode: 0xda, mnemonic: 'MTPR', operands: ['src.rl', 'procreg.rl'], endsBlock: true,
    operate(m, value, register) {
      requireKernel(m);
      const cc = (m.cc & C) | nz(value);
      m.writePR(register, value);
      // TBCHK answers in V, which writePR has set.
      m.cc = register === PR$_TBCHK ? cc | (m.cc & 2) : cc;
    },
  }),
  instruction({
    opcode: 0xdb, mnemonic: 'MFPR', operands: ['procreg.rl', 'dst.wl'], endsBlock: true,
    operate(m, register) {
      requireKernel(m);
      const value = m.readPR(register) | 0;
      m.cc = (m.cc & C) | nz(value);
      return value;
    },
  }),
  // VMS bugchecks: opcodes reserved to DIGITAL (bytes FF FE, FF FD) followed by the bugcheck code, a word or a longword.
  instruction({ opcode: 0xfffe, mnemonic: 'BUGW', operands: [] }),
  instruction({ opcode: 0xfffd, mnemonic: 'BUGL', operands: [] }),
];
