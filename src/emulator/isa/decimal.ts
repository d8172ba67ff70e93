/** Packed decimal strings and EDITPC. */
import { instruction, type InstructionRow } from './instruction.js';

export const DECIMAL: readonly InstructionRow[] = [
  instruction({ opcode: 0x20, mnemonic: 'ADDP4', operands: ['addlen.rw', 'add.ab', 'sumlen.rw', 'sum.ab'] }),
  instruction({ opcode: 0x21, mnemonic: 'ADDP6', operands: ['add1len.rw', 'add1.ab', 'add2len.rw', 'add2.ab', 'sumlen.rw', 'sum.ab'] }),
  instruction({ opcode: 0x22, mnemonic: 'SUBP4', operands: ['sublen.rw', 'sub.ab', 'diflen.rw', 'dif.ab'] }),
  instruction({ opcode: 0x23, mnemonic: 'SUBP6', operands: ['sublen.rw', 'sub.ab', 'minlen.rw', 'min.ab', 'diflen.rw', 'dif.ab'] }),
  instruction({ opcode: 0x25, mnemonic: 'MULP', operands: ['mulrlen.rw', 'mulr.ab', 'muldlen.rw', 'muld.ab', 'prodlen.rw', 'prod.ab'] }),
  instruction({ opcode: 0x27, mnemonic: 'DIVP', operands: ['divrlen.rw', 'divr.ab', 'divdlen.rw', 'divd.ab', 'quolen.rw', 'quo.ab'] }),
  instruction({ opcode: 0x34, mnemonic: 'MOVP', operands: ['len.rw', 'src.ab', 'dst.ab'] }),
  instruction({ opcode: 0x35, mnemonic: 'CMPP3', operands: ['len.rw', 'src1.ab', 'src2.ab'] }),
  instruction({ opcode: 0x37, mnemonic: 'CMPP4', operands: ['src1len.rw', 'src1.ab', 'src2len.rw', 'src2.ab'] }),
  instruction({ opcode: 0xf8, mnemonic: 'ASHP', operands: ['cnt.rb', 'srclen.rw', 'src.ab', 'round.rb', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0xf9, mnemonic: 'CVTLP', operands: ['src.rl', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x36, mnemonic: 'CVTPL', operands: ['srclen.rw', 'src.ab', 'dst.wl'] }),
  instruction({ opcode: 0x08, mnemonic: 'CVTPS', operands: ['srclen.rw', 'src.ab', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x09, mnemonic: 'CVTSP', operands: ['srclen.rw', 'src.ab', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x24, mnemonic: 'CVTPT', operands: ['srclen.rw', 'src.ab', 'tbl.ab', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x26, mnemonic: 'CVTTP', operands: ['srclen.rw', 'src.ab', 'tbl.ab', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x38, mnemonic: 'EDITPC', operands: ['srclen.rw', 'src.ab', 'pattern.ab', 'dst.ab'] }),
];
