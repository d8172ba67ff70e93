import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { DEV$M_TRM } from '../../executive/starlet/devdef.js';
import type { Memory } from '../../executive/structures/memory.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { CLI$_BUFOVF, CLI$_GBLNDF, CLI$_SYMOVF } from '../condition-codes.js';
import { fail, type Condition } from '../condition.js';
import type { Files } from '../files.js';
import type { AssignmentTarget } from '../language/assignment.js';
import { findExpressionList, type FoundExpression } from '../language/evaluate.js';
import type { Expression, LexicalCall } from '../language/expression-parser.js';
import { hex8, LONGEST_STRING, type Value } from '../language/value.js';
import { DEEPEST_LEVEL, DEEPEST_LEVEL_V4 } from '../level.js';
import { Storage } from '../storage.js';
import { DCL$C_IDF, IDF, PPD, PRC } from '../structures.js';
import { GLOBAL_BUCKETS, LOCAL_BUCKETS, SymbolTables, type SymbolView } from '../symbols.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import { CommandTable } from '../tables/reader.js';

const MOST_PARSED = 1024;

/** What DCL needs from outside its own pages. The running system answers with services and RMS; tests with arrays. */
export interface Outside {
  readonly files: Files;
  /** Lines of a message, secondary messages included, as SET MESSAGE allows them. */
  messageLines(condition: Condition): Flow<string[]>;
  lexical(dcl: Dcl, call: LexicalCall): Flow<Value>;
  /** One translation of a logical name: another name, or a process permanent file; undefined when there is none. */
  translate(name: string): Flow<{ readonly name: string } | { readonly ifi: number } | undefined>;
  /** Makes SYS$INPUT and SYS$OUTPUT name the files of the current level. */
  nameStandardFiles(dcl: Dcl): Flow<void>;
  /** The logical name of a file that OPEN opened: in the process table, supervisor mode, not passed to subprocesses. */
  nameFile(name: string, ifi: number, device: string): Flow<void>;
  unnameFile(name: string): Flow<void>;
  /** SET CONTROL: enables or disables CTRL/Y and CTRL/T at the terminal, by PRC$W_CTRLMASK. */
  enableControl(dcl: Dcl): Flow<void>;
  /** Closes the files an image left open. */
  runDownFiles(): Flow<void>;
  /** SET MESSAGE: stores the message flags where only inner modes may write. */
  setMessageMask(mask: number): Flow<void>;
  /** Whether somebody follows the phases of substitution, and what they are told. */
  readonly isFollowed: boolean;
  follow(text: string): void;
  /** The procedure DCL runs as, for commands and functions that call services. */
  readonly procedure: Procedure;
}

/**
 * One activation of the command interpreter: views of DCL's P1 structures and access to symbols. It holds no state: a second
 * activation (after CTRL/Y, or after an image) sees everything the first left in memory.
 */
export class Dcl implements AssignmentTarget {
  readonly ppd: ReturnType<typeof PPD.at>;
  readonly prc: ReturnType<typeof PRC.at>;
  readonly storage: Storage;
  readonly symbols: SymbolTables;
  private commandTable: CommandTable | undefined;
  /** What commands and expressions say, by their text: the same line a second time need not be taken apart again. */
  private readonly parsedCommands = new Map<string, ParsedCommand>();
  private readonly expressionLists = new Map<string, FoundExpression<Expression[]>>();

  constructor(readonly memory: Memory, ppdAddress: number, readonly outside: Outside) {
    this.ppd = PPD.at(memory, ppdAddress);
    this.prc = PRC.at(memory, this.ppd.PPD$L_PRC);
    this.storage = new Storage(memory, this.ppd.PPD$L_SYMTBL);
    this.symbols = new SymbolTables(this.storage);
  }

  /** Builds DCL's structures in the areas the PPD names. Level 0 has no input yet. @source book 23.2.4 step 3 */
  static initialize(memory: Memory, ppdAddress: number): void {
    const ppd = PPD.at(memory, ppdAddress);
    memory.writeBytes(ppd.PPD$L_PRC, new Uint8Array(PRC.size));
    const storage = Storage.initialize(memory, ppd.PPD$L_SYMTBL, ppd.PPD$L_SYMTBLSIZE);
    const symbols = new SymbolTables(storage);
    const prc = PRC.at(memory, ppd.PPD$L_PRC);
    prc.PRC$L_GLOBALS = symbols.create(0, GLOBAL_BUCKETS, true);
    prc.PRC$W_CTRLMASK = 2;
    prc.PRC$L_STATUS = 1;
    writeCounted(memory, prc.address + PRC.offset.PRC$T_PROMPT, '$ ', 64);
    writeCounted(memory, prc.address + PRC.offset.PRC$T_CONTPROMPT, '_$ ', 8);
    writeCounted(memory, prc.address + PRC.offset.PRC$T_KEYSTATE, 'DEFAULT', 32);
    prc.PRC$V_PROMPTCR = 1;
    prc.PRC$L_IDF = newFrame(memory, storage, symbols, 0);
  }

  get table(): CommandTable {
    const base = this.ppd.PPD$L_TABLES;
    const generation = this.prc.PRC$L_TABLEGEN;
    if (this.commandTable?.base !== base || this.commandTable.generation !== generation) this.commandTable = new CommandTable(this.memory, base, generation);
    return this.commandTable!;
  }

  /** A command taken apart by the table there is. Undefined when it has not been seen; forgotten when the table changes. */
  knownCommand(line: string): ParsedCommand | undefined {
    const { table } = this;
    return this.parsedWith === table ? this.parsedCommands.get(line) : undefined;
  }

  rememberCommand(line: string, command: ParsedCommand): void {
    const { table } = this;
    if (this.parsedWith !== table || this.parsedCommands.size >= MOST_PARSED) this.parsedCommands.clear();
    this.parsedWith = table;
    this.parsedCommands.set(line, command);
  }

  private parsedWith: CommandTable | undefined;

  /** The expressions that `text` is a list of. @raises what findExpressionList raises */
  expressionList(text: string): FoundExpression<Expression[]> {
    const known = this.expressionLists.get(text);
    if (known) return known;
    const found = findExpressionList(text, 0, this);
    if (this.expressionLists.size >= MOST_PARSED) this.expressionLists.clear();
    this.expressionLists.set(text, found);
    return found;
  }

  /** Frame of the current command level. */
  get idf(): ReturnType<typeof IDF.at> { return IDF.at(this.memory, this.prc.PRC$L_IDF); }

  /** After SET CLI/LEVEL=4.4: what came later is unknown. */
  get strict(): boolean { return this.prc.PRC$V_STRICT !== 0; }

  get deepestLevel(): number { return this.strict ? DEEPEST_LEVEL_V4 : DEEPEST_LEVEL; }

  get level(): number { return this.prc.PRC$W_DEPTH; }

  /** Whether a person types the commands of the current level. */
  get interactive(): boolean { return this.idf.IDF$V_TERMINAL !== 0; }

  /** Whether commands come from the prompt: level 0 of an interactive process, or the level of CTRL/Y. */
  get atPrompt(): boolean {
    const idf = this.idf;
    return idf.IDF$V_TERMINAL !== 0 && (idf.IDF$L_LINK === 0 || idf.IDF$V_INTERRUPT !== 0);
  }

  /** Whether the process was given a terminal, whatever the current level reads. */
  get terminalSession(): boolean { return (this.ppd.PPD$L_INPDEV & DEV$M_TRM) !== 0; }

  prompt(): string { return readCounted(this.memory, this.prc.address + PRC.offset.PRC$T_PROMPT); }

  // Levels --------------------------------------------------------------------------------------------------------

  /** A frame for one level more, current from now on. */
  pushFrame(): ReturnType<typeof IDF.at> {
    const frame = newFrame(this.memory, this.storage, this.symbols, this.prc.PRC$L_IDF);
    this.prc.PRC$L_IDF = frame;
    this.prc.PRC$W_DEPTH = this.prc.PRC$W_DEPTH + 1;
    const idf = IDF.at(this.memory, frame);
    idf.IDF$B_LEVEL = this.prc.PRC$W_DEPTH;
    return idf;
  }

  /** A level for commands typed while an image of a procedure is interrupted: the terminal's input, the procedure's symbols. */
  pushInterruptFrame(): void {
    const outer = this.idf;
    const idf = this.pushFrame();
    this.symbols.destroy(idf.IDF$L_SYMBOLS);
    idf.IDF$L_SYMBOLS = outer.IDF$L_SYMBOLS;
    idf.IDF$L_RAB = this.prc.PRC$L_INPRAB;
    idf.IDF$V_INTERRUPT = 1;
    idf.IDF$V_TERMINAL = 1;
  }

  /** Leaves the current level: its symbols and strings go. Files are the caller's business. */
  popFrame(): void {
    const idf = this.idf;
    const outer = idf.IDF$L_LINK;
    if (idf.IDF$V_INTERRUPT === 0) this.symbols.destroy(idf.IDF$L_SYMBOLS);
    if (idf.IDF$L_LABELS !== 0) this.symbols.destroy(idf.IDF$L_LABELS);
    for (const text of [idf.IDF$L_FILESPEC, idf.IDF$L_ONACTION, idf.IDF$L_CTRLYACTION, idf.IDF$L_PUSHBACK, idf.IDF$L_CALLLABEL, idf.IDF$L_PIPE]) this.storage.release(text);
    this.storage.release(idf.address);
    this.prc.PRC$L_IDF = outer;
    this.prc.PRC$W_DEPTH = this.prc.PRC$W_DEPTH - 1;
  }

  /** Replaces a string that a frame keeps. */
  keep(old: number, text: string | undefined): number {
    this.storage.release(old);
    if (text === undefined) return 0;
    return this.storage.keepText(text) || fail(CLI$_SYMOVF);
  }

  // Symbols -------------------------------------------------------------------------------------------------------

  symbol(name: string): Value | undefined {
    if (name.charCodeAt(0) === 36) {
      const permanent = this.permanentSymbol(name);
      if (permanent !== undefined) return permanent;
    }
    const address = this.findSymbol(name);
    return address === 0 ? undefined : this.symbols.value(address);
  }

  private permanentSymbol(name: string): string | undefined {
    switch (name) {
      case '$STATUS': return `%X${hex8(this.prc.PRC$L_STATUS)}`;
      case '$SEVERITY': return String(this.prc.PRC$L_STATUS & 7);
      case '$RESTART': return this.ppd.PPD$V_RESTART !== 0 ? 'TRUE' : 'FALSE';
      default: return undefined;
    }
  }

  /** Address of the symbol by the scope rules: this level, outer levels, global. 0 when there is none. */
  findSymbol(name: string, verb = false): number {
    const scope = verb ? 2 : 0;
    let table = this.idf.IDF$L_SYMBOLS;
    let bits = this.idf.IDF$B_SCOPE >>> scope;
    const noGlobal = (bits & 2) !== 0;
    for (let own = true; table !== 0; own = false) {
      if (!own && (bits & 1) !== 0) break;
      const found = this.symbols.find(table, name);
      if (found !== 0) return found;
      table = this.symbols.outer(table);
      bits &= 3;
    }
    return noGlobal ? 0 : this.symbols.find(this.prc.PRC$L_GLOBALS, name);
  }

  current(name: string, global: boolean): Value | undefined {
    const found = this.symbols.find(global ? this.prc.PRC$L_GLOBALS : this.idf.IDF$L_SYMBOLS, name);
    return found === 0 ? undefined : this.symbols.value(found);
  }

  assign(name: string, value: Value, global: boolean, required = name.length): void {
    if (global && (this.idf.IDF$B_SCOPE & 2) !== 0) fail(CLI$_GBLNDF);
    if (typeof value === 'string' && value.length > LONGEST_STRING) fail(CLI$_BUFOVF);
    this.symbols.define(global ? this.prc.PRC$L_GLOBALS : this.idf.IDF$L_SYMBOLS, name, value, required);
  }

  listSymbols(global: boolean): SymbolView[] {
    return this.symbols.list(global ? this.prc.PRC$L_GLOBALS : this.idf.IDF$L_SYMBOLS);
  }

  call(call: LexicalCall): Flow<Value> { return this.outside.lexical(this, call); }

  // Output --------------------------------------------------------------------------------------------------------

  /** Stream of SYS$OUTPUT: of the nearest level with /OUTPUT, else the process's. */
  outputStream(): number {
    for (let frame = this.prc.PRC$L_IDF; frame !== 0;) {
      const idf = IDF.at(this.memory, frame);
      if (idf.IDF$L_OUTRAB !== 0) return idf.IDF$L_OUTRAB;
      frame = idf.IDF$L_LINK;
    }
    return this.prc.PRC$L_REDIRECT || this.prc.PRC$L_OUTRAB;
  }

  /** File identifiers and streams of the current SYS$INPUT and SYS$OUTPUT. */
  standardFiles(): { input: number; inputStream: number; output: number; outputStream: number } {
    let output = 0;
    for (let frame = this.prc.PRC$L_IDF; frame !== 0 && output === 0;) {
      const idf = IDF.at(this.memory, frame);
      output = idf.IDF$W_OUTIFI;
      frame = idf.IDF$L_LINK;
    }
    return { input: this.idf.IDF$W_PIPEINPIFI || this.idf.IDF$W_INPIFI, inputStream: this.idf.IDF$L_PIPEINP || this.idf.IDF$L_RAB, outputStream: this.outputStream(), output: output || this.prc.PRC$W_REDIRIFI || this.ppd.PPD$W_OUTIFI };
  }

  /** One record to SYS$OUTPUT. */
  *write(text: string): Flow<void> {
    yield* this.outside.files.put(this.outputStream(), text);
  }

  /** Tells a follower (`starlet run --trace=dcl-subst`) what a line has become. @source dcl-language.md section 2, the three phases */
  follow(phase: 'read' | 'scan' | 'parse' | 'evaluate', text: string): void {
    if (this.outside.isFollowed) this.outside.follow(`${phase.padEnd(8)} ${text}`);
  }

  /** Prints a condition's message. */
  *report(condition: Condition): Flow<void> {
    for (const line of yield* this.outside.messageLines(condition)) yield* this.write(line);
  }
}

function newFrame(memory: Memory, storage: Storage, symbols: SymbolTables, outer: number): number {
  const frame = storage.allocate(IDF.size, DCL$C_IDF);
  if (frame === 0) fail(CLI$_SYMOVF);
  memory.writeBytes(frame + 12, new Uint8Array(IDF.size - 12));
  const idf = IDF.at(memory, frame);
  const outerFrame = outer === 0 ? undefined : IDF.at(memory, outer);
  idf.IDF$L_LINK = outer;
  idf.IDF$L_SYMBOLS = symbols.create(outerFrame?.IDF$L_SYMBOLS ?? 0, LOCAL_BUCKETS);
  idf.IDF$L_LABELS = 0;
  idf.IDF$B_ONSEVERITY = 2;
  idf.IDF$B_SCOPE = outerFrame?.IDF$B_SCOPE ?? 0;
  return frame;
}
