/** F, D, G and H floating point. The rows of the four formats differ in the opcode's base alone, so they are made format by format. */
import { instruction, type InstructionRow } from './instruction.js';

type Format = 'f' | 'd' | 'g' | 'h';

/** Opcode of the format's ADDx2; its other arithmetic follows in the same order for all four. */
const BASE: Readonly<Record<Format, number>> = { f: 0x40, d: 0x60, g: 0xfd40, h: 0xfd60 };

/** The byte that extends EMODx's multiplier: a word holds it for G and H. */
const EXTENSION: Readonly<Record<Format, string>> = { f: 'b', d: 'b', g: 'w', h: 'w' };

function rows(format: Format): InstructionRow[] {
  const base = BASE[format];
  const X = format.toUpperCase();
  const t = format;
  const row = (offset: number, mnemonic: string, operands: string[]): InstructionRow => instruction({ opcode: base + offset, mnemonic, operands });
  return [
    row(0x0, `ADD${X}2`, [`add.r${t}`, `sum.m${t}`]),
    row(0x1, `ADD${X}3`, [`add1.r${t}`, `add2.r${t}`, `sum.w${t}`]),
    row(0x2, `SUB${X}2`, [`sub.r${t}`, `dif.m${t}`]),
    row(0x3, `SUB${X}3`, [`sub.r${t}`, `min.r${t}`, `dif.w${t}`]),
    row(0x4, `MUL${X}2`, [`mulr.r${t}`, `prod.m${t}`]),
    row(0x5, `MUL${X}3`, [`mulr.r${t}`, `muld.r${t}`, `prod.w${t}`]),
    row(0x6, `DIV${X}2`, [`divr.r${t}`, `quo.m${t}`]),
    row(0x7, `DIV${X}3`, [`divr.r${t}`, `divd.r${t}`, `quo.w${t}`]),
    row(0x8, `CVT${X}B`, [`src.r${t}`, 'dst.wb']),
    row(0x9, `CVT${X}W`, [`src.r${t}`, 'dst.ww']),
    row(0xa, `CVT${X}L`, [`src.r${t}`, 'dst.wl']),
    row(0xb, `CVTR${X}L`, [`src.r${t}`, 'dst.wl']),
    row(0xc, `CVTB${X}`, ['src.rb', `dst.w${t}`]),
    row(0xd, `CVTW${X}`, ['src.rw', `dst.w${t}`]),
    row(0xe, `CVTL${X}`, ['src.rl', `dst.w${t}`]),
    row(0xf, `ACB${X}`, [`limit.r${t}`, `add.r${t}`, `index.m${t}`, 'displ.bw']),
    row(0x10, `MOV${X}`, [`src.r${t}`, `dst.w${t}`]),
    row(0x11, `CMP${X}`, [`src1.r${t}`, `src2.r${t}`]),
    row(0x12, `MNEG${X}`, [`src.r${t}`, `dst.w${t}`]),
    row(0x13, `TST${X}`, [`src.r${t}`]),
    row(0x14, `EMOD${X}`, [`mulr.r${t}`, `mulrx.r${EXTENSION[format]}`, `muld.r${t}`, 'int.wl', `fract.w${t}`]),
    row(0x15, `POLY${X}`, [`arg.r${t}`, 'degree.rw', 'tbl.ab']),
  ];
}

function conversion(opcode: number, from: Format, to: Format): InstructionRow {
  return instruction({ opcode, mnemonic: `CVT${from}${to}`.toUpperCase(), operands: [`src.r${from}`, `dst.w${to}`] });
}

export const FLOAT: readonly InstructionRow[] = [
  ...rows('f'), ...rows('d'), ...rows('g'), ...rows('h'),
  conversion(0x56, 'f', 'd'), conversion(0x76, 'd', 'f'), conversion(0xfd33, 'g', 'f'), conversion(0xfd99, 'f', 'g'),
  conversion(0xfd32, 'd', 'h'), conversion(0xfdf7, 'h', 'd'), conversion(0xfd56, 'g', 'h'), conversion(0xfd76, 'h', 'g'),
  conversion(0xfd98, 'f', 'h'), conversion(0xfdf6, 'h', 'f'),
];
