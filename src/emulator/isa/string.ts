/** Character strings and CRC. */
import { instruction, type InstructionRow } from './instruction.js';

export const STRING: readonly InstructionRow[] = [
  instruction({ opcode: 0x28, mnemonic: 'MOVC3', operands: ['len.rw', 'src.ab', 'dst.ab'] }),
  instruction({ opcode: 0x2c, mnemonic: 'MOVC5', operands: ['srclen.rw', 'src.ab', 'fill.rb', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x2e, mnemonic: 'MOVTC', operands: ['srclen.rw', 'src.ab', 'fill.rb', 'tbl.ab', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x2f, mnemonic: 'MOVTUC', operands: ['srclen.rw', 'src.ab', 'esc.rb', 'tbl.ab', 'dstlen.rw', 'dst.ab'] }),
  instruction({ opcode: 0x29, mnemonic: 'CMPC3', operands: ['len.rw', 'src1.ab', 'src2.ab'] }),
  instruction({ opcode: 0x2d, mnemonic: 'CMPC5', operands: ['src1len.rw', 'src1.ab', 'fill.rb', 'src2len.rw', 'src2.ab'] }),
  instruction({ opcode: 0x2a, mnemonic: 'SCANC', operands: ['len.rw', 'addr.ab', 'tbl.ab', 'mask.rb'] }),
  instruction({ opcode: 0x2b, mnemonic: 'SPANC', operands: ['len.rw', 'addr.ab', 'tbl.ab', 'mask.rb'] }),
  instruction({ opcode: 0x3a, mnemonic: 'LOCC', operands: ['char.rb', 'len.rw', 'addr.ab'] }),
  instruction({ opcode: 0x3b, mnemonic: 'SKPC', operands: ['char.rb', 'len.rw', 'addr.ab'] }),
  instruction({ opcode: 0x39, mnemonic: 'MATCHC', operands: ['objlen.rw', 'obj.ab', 'srclen.rw', 'src.ab'] }),
  instruction({ opcode: 0x0b, mnemonic: 'CRC', operands: ['tbl.ab', 'inicrc.rl', 'strlen.rw', 'stream.ab'] }),
];
