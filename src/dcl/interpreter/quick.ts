import { bytesToText, type Memory } from '../../executive/structures/memory.js';
import { DEEPEST_GOSUB, openBlock, passElsePart } from '../commands/control.js';
import { CommandFailure, SUCCESS } from '../condition.js';
import { applyBinary, applyUnary } from '../language/evaluate.js';
import { substitute } from '../language/substitute.js';
import { isTrue, LONGEST_STRING, toInteger, toText, type Value } from '../language/value.js';
import { LexicalArguments } from '../lexicals/lexical.js';
import { nextPlace, RECORD_LENGTH, RECORD_TEXT, seekNext, takeNext } from '../record-cache.js';
import { CACHE_AT } from '../rms-files.js';
import { IDF, PRC, SYM } from '../structures.js';
import type { SymbolName } from '../symbols.js';
import { compileLine, type CompiledLine, type QuickCommand, type QuickExpression } from './compiled-line.js';
import { SKIP_TO_ELSE, SKIP_TO_ENDSUBROUTINE } from './reader.js';
import type { Dcl } from './session.js';

/**
 * The short way for the lines of loops: a record that the cache in P1 holds, compiled before, executed without a generator. Everything
 * that decides what a line does is read from memory each time, its characters included: the compiled form is taken only while the record
 * still has them. When anything is out of the ordinary - a mistake, a flag, a symbol in the place of the verb - nothing has been changed
 * yet, and the full interpreter does the line from its beginning.
 */
export const QUICK = Symbol('a line was executed');
export const SLOW = Symbol('the full interpreter must take the next line');

/** Something about the line is out of the ordinary. */
const UNUSUAL = Symbol('unusual');

const FLAGS = PRC.offset.PRC$L_FLAGS;
const UNUSUAL_FLAGS = PRC.mask.PRC$V_VERIFYPROC | PRC.mask.PRC$V_CTRLY | PRC.mask.PRC$V_ONECOMMAND | PRC.mask.PRC$V_INTERRUPTED | PRC.mask.PRC$V_STRICT;
const CURRENT = PRC.offset.PRC$L_IDF;
const STATUS = PRC.offset.PRC$L_STATUS;
const GLOBALS = PRC.offset.PRC$L_GLOBALS;
const GENERATION = PRC.offset.PRC$L_TABLEGEN;
const LEVEL_FLAGS = IDF.offset.IDF$L_FLAGS;
/** Not a line of a file comes next. */
const TERMINAL = IDF.mask.IDF$V_TERMINAL | IDF.mask.IDF$V_PIPE;
const JUMPED = IDF.mask.IDF$V_JUMPED;
const SYMBOLS = IDF.offset.IDF$L_SYMBOLS;
const LABELS = IDF.offset.IDF$L_LABELS;
const STREAM = IDF.offset.IDF$L_RAB;
const PUSHBACK = IDF.offset.IDF$L_PUSHBACK;
const SKIPTO = IDF.offset.IDF$L_SKIPTO;
const SKIPDEPTH = IDF.offset.IDF$L_SKIPDEPTH;
const SCOPE = IDF.offset.IDF$B_SCOPE;
const GOSUBDEPTH = IDF.offset.IDF$B_GOSUBDEPTH;
const GOSUBSTACK = IDF.offset.IDF$A_GOSUBSTACK;
const IFDEPTH = IDF.offset.IDF$B_IFDEPTH;
const RECORD = IDF.offset.IDF$T_RECORD;
const SYMBOL_TEXT = SYM.size;
const RFA_BYTES = 6;

const MOST_LINES = 8192;

const NO_WORDS = new Int32Array(0);
const SLOW_LINE: CompiledLine = { length: 0, words: NO_WORDS, tail: '', table: 0, label: undefined, command: undefined, apostrophes: false, passing: undefined };

export class QuickExecutor {
  private readonly memory: Memory;
  private readonly prc: number;
  /** Frame of the current level, during one line. */
  private idf = 0;
  /**
   * Lines by the address of their record, and by their characters: the same line elsewhere, or back in the cache. Of this activation only:
   * the generation of a command table says which it is within one process, and nowhere else.
   */
  private readonly byAddress = new Map<number, CompiledLine>();
  private readonly byText = new Map<string, CompiledLine>();

  constructor(private readonly dcl: Dcl) {
    this.memory = dcl.memory;
    this.prc = dcl.prc.address;
  }

  /** Executes the next line of the procedure: QUICK; or tells that it cannot (SLOW); or gives a command to execute, its IF done. */
  next(): typeof QUICK | typeof SLOW | string {
    const { memory, prc } = this;
    if ((memory.readLong(prc + FLAGS) & UNUSUAL_FLAGS) !== 0) return SLOW;
    const idf = memory.readLong(prc + CURRENT);
    if ((memory.readLong(idf + LEVEL_FLAGS) & TERMINAL) !== 0 || memory.readLong(idf + PUSHBACK) !== 0 || memory.readByte(idf + SCOPE) !== 0) return SLOW;
    const stream = memory.readLong(idf + STREAM);
    if (stream < CACHED_STREAMS) return SLOW;
    const cache = stream + CACHE_AT;
    if (memory.readLong(cache) === 0) return SLOW;
    const place = nextPlace(memory, cache);
    if (place === 0) return SLOW;
    let line = this.lineAt(place);
    this.idf = idf;
    const skipTo = memory.readLong(idf + SKIPTO);
    if (skipTo !== 0) return this.pass(line, skipTo, place, cache);
    if (line.apostrophes) line = this.substituted(place);
    if (line.command === undefined || (line.label !== undefined && !this.isRegistered(line.label, place))) return SLOW;
    const done = this.execute(line.command, place, cache);
    if (done === UNUSUAL) return SLOW;
    return done ?? QUICK;
  }

  /** A line of a block that is passed over. @source reader.ts, passOver */
  private pass(line: CompiledLine, skipTo: number, place: number, cache: number): typeof QUICK | typeof SLOW {
    const { memory, idf } = this;
    if (line.passing === undefined || (line.passing !== 'plain' && skipTo === SKIP_TO_ENDSUBROUTINE)) return SLOW;
    const depth = memory.readLong(idf + SKIPDEPTH);
    if (line.passing === 'deeper') memory.writeLong(idf + SKIPDEPTH, depth + 1);
    else if (line.passing === 'endif' && depth > 0) memory.writeLong(idf + SKIPDEPTH, depth - 1);
    else if (line.passing === 'endif') {
      // The end of the block is executed as a command.
      if (line.command?.kind !== 'endif' || this.execute(line.command, place, cache) === UNUSUAL) return SLOW;
      memory.writeLong(idf + SKIPTO, 0);
      return QUICK;
    } else if (line.passing === 'else' && depth === 0 && skipTo === SKIP_TO_ELSE) memory.writeLong(idf + SKIPTO, 0);
    this.commit(place, cache);
    return QUICK;
  }

  /** The compiled form of a record, made anew unless the record has the very characters it was made from. */
  private lineAt(place: number): CompiledLine {
    const known = this.byAddress.get(place);
    if (known !== undefined && this.holds(place, known)) return known;
    const { memory, dcl, byAddress, byText } = this;
    const length = memory.readWord(place + RECORD_LENGTH);
    const text = length === 0 ? '' : bytesToText(memory.readBytes(place + RECORD_TEXT, length));
    let line = byText.get(text);
    if (line === undefined || line.table !== dcl.table.generation) {
      const words = Int32Array.from({ length: length >> 2 }, (_unused, index) => memory.readLong(place + RECORD_TEXT + 4 * index));
      line = compileLine(text, words, dcl.table);
      if (byText.size >= MOST_LINES) byText.clear();
      byText.set(text, line);
    }
    if (byAddress.size >= MOST_LINES) byAddress.clear();
    byAddress.set(place, line);
    return line;
  }

  /** The line with its apostrophes replaced. Its form is not kept: the next time it says something else. */
  private substituted(place: number): CompiledLine {
    const { memory, dcl } = this;
    const text = bytesToText(memory.readBytes(place + RECORD_TEXT, memory.readWord(place + RECORD_LENGTH)));
    try {
      const step = substitute(text.slice(1), dcl).next();
      return step.done === true && !step.value.includes("'") ? compileLine(`$${step.value}`, NO_WORDS, dcl.table) : SLOW_LINE;
    } catch (error) {
      if (error instanceof CommandFailure) return SLOW_LINE;
      throw error;
    }
  }

  private holds(place: number, line: CompiledLine): boolean {
    const { memory } = this;
    const { words, length, tail } = line;
    if (memory.readWord(place + RECORD_LENGTH) !== length || line.table !== memory.readLong(this.prc + GENERATION)) return false;
    let at = place + RECORD_TEXT;
    for (let index = 0; index < words.length; index += 1, at += 4) if ((memory.readLong(at) | 0) !== words[index]) return false;
    for (let index = 0; index < tail.length; index += 1, at += 1) if (memory.readByte(at) !== tail.charCodeAt(index)) return false;
    return true;
  }

  /** The record is the current one from now on, and the one after it the next. */
  private commit(place: number, cache: number): void {
    this.mark(place);
    takeNext(this.memory, cache);
  }

  private mark(place: number): void {
    const { memory, idf } = this;
    const low = memory.readLong(place);
    const high = memory.readWord(place + 4);
    // IDF$T_RECORD and, behind it, IDF$T_LASTRECORD.
    memory.writeLong(idf + RECORD, low);
    memory.writeLong(idf + RECORD + 4, high | (low << 16));
    memory.writeLong(idf + RECORD + 8, (low >>> 16) | (high << 16));
  }

  /** Whether the label table says that the label stands in this record. */
  private isRegistered(label: SymbolName, place: number): boolean {
    const { memory, dcl } = this;
    const labels = memory.readLong(this.idf + LABELS);
    if (labels === 0) return false;
    const found = dcl.symbols.findQuick(labels, label);
    if (found <= 0) return false;
    const at = found + SYMBOL_TEXT + label.text.length;
    return memory.readLong(at) === memory.readLong(place) && memory.readWord(at + 4) === memory.readWord(place + 4);
  }

  /** @returns UNUSUAL with nothing changed; a text that is to be executed now; undefined when all is done */
  private execute(command: QuickCommand, place: number, cache: number): typeof UNUSUAL | string | undefined {
    switch (command.kind) {
      case 'nothing':
        this.commit(place, cache);
        return undefined;
      case 'text':
        this.commit(place, cache);
        return command.text;
      case 'assign': return this.assign(command.name, command.global, command.value, place, cache);
      case 'if': {
        if (!this.isVerb(command.verb)) return UNUSUAL;
        const value = this.evaluate(command.condition);
        if (value === undefined) return UNUSUAL;
        const truth = typeof value === 'number' ? (value & 1) !== 0 : isTrue(value);
        if (command.block === 'none') {
          if (truth) return this.execute(command.part, place, cache);
          this.commit(place, cache);
          return undefined;
        }
        if (command.block === 'open') return this.open(truth, place, cache);
        this.commit(place, cache);
        const idf = IDF.at(this.memory, this.idf);
        idf.IDF$V_IFPENDING = 1;
        idf.IDF$V_IFTRUE = truth ? 1 : 0;
        return undefined;
      }
      case 'gosub': return this.isVerb(command.verb) ? this.goSub(command, place, cache) : UNUSUAL;
      case 'return': return this.isVerb(command.verb) ? this.goBack(command, place, cache) : UNUSUAL;
      case 'goto': return this.isVerb(command.verb) ? this.goTo(command, place, cache) : UNUSUAL;
      case 'then': {
        const idf = IDF.at(this.memory, this.idf);
        if (!this.isVerb(command.verb) || idf.IDF$V_IFPENDING === 0) return UNUSUAL;
        const opened = this.open(idf.IDF$V_IFTRUE !== 0, place, cache);
        if (opened !== UNUSUAL) idf.IDF$V_IFPENDING = 0;
        return opened;
      }
      case 'else':
        if (!this.isVerb(command.verb)) return UNUSUAL;
        return this.attempt(() => { passElsePart(this.dcl); }, place, cache);
      case 'endif': {
        if (!this.isVerb(command.verb)) return UNUSUAL;
        const depth = this.memory.readByte(this.idf + IFDEPTH);
        if (depth === 0) return UNUSUAL;
        this.memory.writeByte(this.idf + IFDEPTH, depth - 1);
        this.commit(place, cache);
        return undefined;
      }
    }
  }

  private open(truth: boolean, place: number, cache: number): typeof UNUSUAL | undefined {
    return this.attempt(() => { openBlock(this.dcl, truth); }, place, cache);
  }

  /** What may fail, with a message that the full interpreter gives: it changes nothing then. */
  private attempt(change: () => void, place: number, cache: number): typeof UNUSUAL | undefined {
    try {
      change();
    } catch (error) {
      if (error instanceof CommandFailure) return UNUSUAL;
      throw error;
    }
    this.commit(place, cache);
    return undefined;
  }

  /** Whether the first word of a command is a verb: no symbol has its name. */
  private isVerb(verb: SymbolName): boolean {
    return this.findSymbol(verb) === 0;
  }

  /** Address of a symbol by the scope rules; 0 when there is none. */
  private findSymbol(name: SymbolName): number {
    const { memory, dcl: { symbols } } = this;
    for (let table = memory.readLong(this.idf + SYMBOLS); table !== 0; table = memory.readLong(table)) {
      const found = symbols.findQuick(table, name);
      if (found > 0) return found;
      if (found < 0) return this.dcl.findSymbol(name.text);
    }
    const global = symbols.findQuick(memory.readLong(this.prc + GLOBALS), name);
    return global < 0 ? this.dcl.findSymbol(name.text) : global;
  }

  private assign(name: SymbolName, global: boolean, expression: QuickExpression, place: number, cache: number): typeof UNUSUAL | undefined {
    const value = this.evaluate(expression);
    if (value === undefined || (typeof value === 'string' && value.length > LONGEST_STRING)) return UNUSUAL;
    const { memory, dcl: { symbols } } = this;
    const found = symbols.findQuick(global ? memory.readLong(this.prc + GLOBALS) : memory.readLong(this.idf + SYMBOLS), name);
    if (found <= 0 || !symbols.overwrite(found, value)) return UNUSUAL;
    this.commit(place, cache);
    memory.writeLong(this.prc + STATUS, SUCCESS);
    return undefined;
  }

  private goTo(command: QuickCommand & { readonly kind: 'goto' }, place: number, cache: number): typeof UNUSUAL | undefined {
    if (!this.seekLabel(command, cache)) return UNUSUAL;
    const { memory, idf } = this;
    this.mark(place);
    memory.writeByte(idf + IFDEPTH, 0);
    const flags = memory.readLong(idf + LEVEL_FLAGS);
    if ((flags & JUMPED) === 0) memory.writeLong(idf + LEVEL_FLAGS, flags | JUMPED);
    return undefined;
  }

  /** Makes the record of a label the next one; false, and nothing changed, when it is not known or not in the cache. */
  private seekLabel({ label, guess }: { readonly label: SymbolName; readonly guess: { index: number } }, cache: number): boolean {
    const { memory, dcl } = this;
    const labels = memory.readLong(this.idf + LABELS);
    if (labels === 0) return false;
    const found = dcl.symbols.findQuick(labels, label);
    if (found <= 0) return false;
    return this.seek(found + SYMBOL_TEXT + label.text.length, guess, cache);
  }

  /** The same for the record whose file address stands at `rfa`. */
  private seek(rfa: number, guess: { index: number }, cache: number): boolean {
    const { memory } = this;
    const index = seekNext(memory, cache, memory.readLong(rfa), memory.readWord(rfa + RFA_BYTES - 2), guess.index);
    if (index < 0) return false;
    guess.index = index;
    return true;
  }

  private goSub(command: QuickCommand & { readonly kind: 'gosub' }, place: number, cache: number): typeof UNUSUAL | undefined {
    const { memory, idf } = this;
    const depth = memory.readByte(idf + GOSUBDEPTH);
    if (depth >= DEEPEST_GOSUB || !this.seekLabel(command, cache)) return UNUSUAL;
    this.mark(place);
    const entry = idf + GOSUBSTACK + 8 * depth;
    memory.writeLong(entry, memory.readLong(place));
    memory.writeWord(entry + 4, memory.readWord(place + 4));
    memory.writeByte(entry + RFA_BYTES, memory.readByte(idf + IFDEPTH));
    memory.writeByte(idf + GOSUBDEPTH, depth + 1);
    return undefined;
  }

  private goBack(command: QuickCommand & { readonly kind: 'return' }, place: number, cache: number): typeof UNUSUAL | undefined {
    const { memory, idf } = this;
    const depth = memory.readByte(idf + GOSUBDEPTH);
    if (depth === 0) return UNUSUAL;
    const entry = idf + GOSUBSTACK + 8 * (depth - 1);
    if (!this.seek(entry, command.guess, cache)) return UNUSUAL;
    // The GOSUB has been done.
    takeNext(memory, cache);
    this.mark(place);
    memory.writeByte(idf + GOSUBDEPTH, depth - 1);
    memory.writeByte(idf + IFDEPTH, memory.readByte(entry + RFA_BYTES));
    return undefined;
  }

  /** Value of an expression; undefined when a symbol is not there or only the full interpreter can tell. */
  private evaluate(expression: QuickExpression): Value | undefined {
    switch (expression.kind) {
      case 'value': return expression.value;
      case 'symbol': {
        // $STATUS and its like have no block.
        if (expression.name.text.charCodeAt(0) === DOLLAR) return this.dcl.symbol(expression.name.text);
        const found = this.findSymbol(expression.name);
        return found === 0 ? undefined : this.dcl.symbols.value(found);
      }
      case 'unary': {
        const operand = this.evaluate(expression.operand);
        return operand === undefined ? undefined : applyUnary(expression.operator, operand);
      }
      case 'binary': {
        const left = this.evaluate(expression.left);
        if (left === undefined) return undefined;
        const right = this.evaluate(expression.right);
        return right === undefined ? undefined : applyBinary(expression.operator, left, right);
      }
      case 'call': return this.call(expression);
    }
  }

  private call({ lexical, args }: QuickExpression & { readonly kind: 'call' }): Value | undefined {
    const values: (Value | undefined)[] = [];
    for (const [index, arg] of args.entries()) {
      const value = arg && this.evaluate(arg);
      if (arg && value === undefined) return undefined;
      const { kind } = lexical.parameters[index]!;
      values.push(value === undefined ? undefined : kind === 'string' ? toText(value) : kind === 'integer' ? toInteger(value) : value);
    }
    try {
      const result = lexical.run(this.dcl, new LexicalArguments(values));
      return typeof result === 'object' ? undefined : result;
    } catch (error) {
      if (error instanceof CommandFailure) return undefined;
      throw error;
    }
  }
}

const DOLLAR = 36;

/** Streams are addresses in P1 space; the numbers that stand for them in tests without a machine are not. */
const CACHED_STREAMS = 0x40000000;
