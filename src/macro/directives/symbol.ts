import type { Assembly } from '../assembly.js';
import { COMMA, type Cursor } from '../cursor.js';
import { StatementError } from '../diagnostics.js';
import { operandSpec } from '../opcodes.js';
import { emptyOperand, encodeOperand, operandSpecifier, parseOperand } from '../operand.js';
import type { MacroSymbol } from '../symbols.js';
import { simplify } from '../value.js';
import type { Directive } from './index.js';

/** What symbols are to other modules, entry points, and the end of the module. */

function eachSymbol(assembly: Assembly, cursor: Cursor, mark: (symbol: MacroSymbol) => void): void {
  do {
    cursor.skip();
    const name = cursor.symbol();
    if (name === '') throw new StatementError('DIRSYNX');
    mark(assembly.mention(name));
  } while (cursor.take(COMMA));
  assembly.expectEnd(cursor);
}

const global: Directive = (assembly, cursor) => eachSymbol(assembly, cursor, (symbol) => { symbol.isGlobal = true; });
const external: Directive = (assembly, cursor) => eachSymbol(assembly, cursor, (symbol) => {
  if (symbol.value !== undefined && !symbol.isSupplied) throw new StatementError('SYMDEFINMO', symbol.name);
  symbol.isExternal = true;
});

/** .ENTRY name,mask: a global label and the register save mask of the procedure. */
const entry: Directive = (assembly, cursor) => {
  cursor.skip();
  const name = cursor.symbol();
  if (name === '') throw new StatementError('DIRSYNX');
  cursor.take(COMMA);
  const mask = cursor.atEnd() ? 0 : simplify(assembly.expression(cursor));
  if (typeof mask !== 'number') throw new StatementError('EMASKNOTABS');
  assembly.expectEnd(cursor);
  assembly.startLocalBlock();
  const symbol = assembly.define(name, assembly.here(), true);
  symbol.isGlobal = true;
  symbol.entryMask = mask & 0xffff;
  assembly.psect.storeWord(mask);
};

/** .MASK symbol[,expression]: the save mask of another procedure, for a transfer vector. */
const mask: Directive = (assembly, cursor) => {
  const value = assembly.expression(cursor);
  if (typeof value === 'number' || value.kind === 'operation') throw new StatementError('NOTLGLISYM');
  assembly.fixup('mask', 2, value);
};

/** .TRANSFER symbol: the vector entry here stands for the procedure to other images. Modules of the same image call the procedure itself. */
const transfer: Directive = (assembly, cursor) => eachSymbol(assembly, cursor, (symbol) => {
  symbol.isGlobal = true;
  assembly.vectors.push({ name: symbol.name, place: assembly.here() });
});

const end: Directive = (assembly, cursor) => {
  if (!cursor.atEnd()) assembly.transferAddress = assembly.expression(cursor);
  assembly.expectEnd(cursor);
  assembly.ended = true;
};

/** .OPDEF name value,operand,... with operands written as in the instruction tables (RL, MW, AB, BB ...). */
const opdef: Directive = (assembly, cursor) => {
  cursor.skip();
  const mnemonic = cursor.symbol();
  const value = assembly.absolute(cursor) & 0xffff;
  const operands = [];
  while (cursor.take(COMMA)) {
    cursor.skip();
    operands.push(operandSpec(cursor.symbol().toLowerCase()));
  }
  // The value is the opcode word as it lies in memory: FD in the low byte of a two-byte opcode.
  const opcode = value > 0xff ? (value & 0xff) << 8 | value >> 8 : value;
  assembly.definedOpcodes.set(mnemonic, { mnemonic, opcode, operands });
};

const LONGWORD = operandSpec('rl');

/** .NTYPE symbol,operand: the addressing mode byte of the operand; with an index, that of the base in the high byte. */
const ntype: Directive = (assembly, cursor) => {
  cursor.skip();
  const name = cursor.symbol();
  cursor.take(COMMA);
  const operand = emptyOperand();
  parseOperand(cursor, assembly, LONGWORD, operand);
  const base = operandSpecifier(assembly, operand);
  assembly.define(name, operand.index < 0 ? base : 0x40 | operand.index | base << 8, false);
};

/** .REFn operand: an operand specifier by itself, for data of n bytes. */
function operandReference(type: string): Directive {
  const spec = operandSpec(`r${type}`);
  return (assembly, cursor) => {
    const operand = emptyOperand();
    parseOperand(cursor, assembly, spec, operand);
    encodeOperand(assembly, spec, operand);
    assembly.expectEnd(cursor);
  };
}

export const symbolDirectives: Record<string, Directive> = {
  '.GLOBAL': global, '.GLOBL': global,
  '.EXTERNAL': external, '.EXTRN': external,
  '.WEAK': (assembly, cursor) => eachSymbol(assembly, cursor, (symbol) => { symbol.isWeak = true; symbol.isGlobal = true; }),
  '.ENTRY': entry,
  '.MASK': mask,
  '.TRANSFER': transfer,
  '.END': end,
  '.OPDEF': opdef,
  '.NTYPE': ntype,
  '.REF1': operandReference('b'), '.REF2': operandReference('w'), '.REF4': operandReference('l'), '.REF8': operandReference('q'), '.REF16': operandReference('o'),
};
