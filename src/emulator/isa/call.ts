/** Procedure calls, register masks and the PSW. The frames are built in cpu.ts, because microroutines use them too. @source VAX ARM ch. 4 */
import { instruction, type InstructionRow } from './instruction.js';
import { reservedOperand } from '../fault.js';
import type { Cpu } from '../cpu.js';

function pushRegisters(m: Cpu, mask: number): void {
  const sp = m.r[14]!;
  let length = 0;
  for (let n = 0; n < 15; n++) if ((mask >> n) & 1) length += 4;
  if (length === 0) return;
  m.mmu.probeWrite((sp - length) | 0, length);
  let at = sp;
  for (let n = 14; n >= 0; n--) {
    if (((mask >> n) & 1) === 0) continue;
    at = (at - 4) | 0;
    m.mmu.storeLong(at, m.r[n]!);
  }
  m.r[14] = at;
}

function popRegisters(m: Cpu, mask: number): void {
  const values: number[] = [];
  let at = m.r[14]!;
  for (let n = 0; n < 15; n++) {
    if (((mask >> n) & 1) === 0) continue;
    values.push(m.mmu.loadLong(at));
    at = (at + 4) | 0;
  }
  m.r[14] = at;
  let next = 0;
  for (let n = 0; n < 15; n++) if ((mask >> n) & 1) m.r[n] = values[next++]!;
}

export const CALL: readonly InstructionRow[] = [
  instruction({ opcode: 0xfa, mnemonic: 'CALLG', operands: ['arglist.ab', 'dst.ab'], endsBlock: true, operate(m, list, target) { m.callg(list, target); } }),
  instruction({ opcode: 0xfb, mnemonic: 'CALLS', operands: ['numarg.rl', 'dst.ab'], endsBlock: true, operate(m, count, target) { m.calls(count, target); } }),
  instruction({ opcode: 0x04, mnemonic: 'RET', operands: [], endsBlock: true, operate(m) { m.ret(); } }),
  instruction({ opcode: 0xbb, mnemonic: 'PUSHR', operands: ['mask.rw'], operate: pushRegisters }),
  instruction({ opcode: 0xba, mnemonic: 'POPR', operands: ['mask.rw'], operate: popRegisters }),
  instruction({ opcode: 0xdc, mnemonic: 'MOVPSL', operands: ['dst.wl'], operate: (m) => m.psl | 0 }),
  instruction({
    opcode: 0xb8, mnemonic: 'BISPSW', operands: ['mask.rw'], endsBlock: true,
    operate(m, mask) {
      if ((mask & 0xff00) !== 0) throw reservedOperand();
      m.psl = m.psl | (mask & 0xff);
    },
  }),
  instruction({
    opcode: 0xb9, mnemonic: 'BICPSW', operands: ['mask.rw'], endsBlock: true,
    operate(m, mask) {
      if ((mask & 0xff00) !== 0) throw reservedOperand();
      m.psl = m.psl & ~(mask & 0xff);
    },
  }),
];
