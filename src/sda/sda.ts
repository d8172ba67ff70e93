import { bugcheckText } from '../executive/exceptions/bugcheck-codes.js';
import { bugcheckOverlay, DUMP_HEADER_SIZE } from '../executive/exceptions/overlay.js';
import { firstWord, matchKeyword, parseQualifiers } from './command-line.js';
import type { Command } from './command.js';
import { COPY } from './copy.js';
import { SdaError } from './error.js';
import { EVALUATE, EXAMINE, SEARCH, timeText } from './examine.js';
import { FORMAT } from './format.js';
import { MISSING_COMMANDS } from './missing.js';
import { SHOW_PAGE_TABLE, SHOW_PFN_DATA } from './page-lines.js';
import { Session, type OutputFile, type SdaFiles } from './session.js';
import { SHOW_CLUSTER, SHOW_CONNECTIONS, SHOW_PORTS, SHOW_RSPID } from './show-cluster.js';
import { SHOW_CRASH, SHOW_HEADER } from './show-crash.js';
import { SHOW_DEVICE } from './show-device.js';
import { SHOW_EXECUTIVE } from './show-executive.js';
import { SHOW_LOCK, SHOW_RESOURCE } from './show-lock.js';
import { SHOW_POOL } from './show-pool.js';
import { SET_PROCESS, SHOW_PROCESS, SHOW_SUMMARY } from './show-process.js';
import { SET_RMS, SHOW_RMS } from './show-rms.js';
import { SHOW_CALL_FRAME, SHOW_STACK } from './show-stack.js';
import { DEFINE, READ, SHOW_SYMBOL } from './symbol-commands.js';
import type { SystemSymbols } from './symbols.js';
import type { Target } from './target.js';
import { VALIDATE_PFN_DATA, VALIDATE_QUEUE, VALIDATE_SCHEDULER } from './validate.js';

/** Every command but those that SDA itself carries out. */
export const COMMANDS: readonly Command[] = [
  COPY, DEFINE, EVALUATE, EXAMINE, FORMAT, READ, SEARCH, SET_PROCESS, SET_RMS, SHOW_CALL_FRAME, SHOW_CLUSTER, SHOW_CONNECTIONS, SHOW_CRASH, SHOW_DEVICE, SHOW_EXECUTIVE, SHOW_HEADER, SHOW_LOCK,
  SHOW_PAGE_TABLE, SHOW_PFN_DATA, SHOW_POOL, SHOW_PORTS, SHOW_PROCESS, SHOW_RESOURCE, SHOW_RMS, SHOW_RSPID, SHOW_STACK, SHOW_SUMMARY, SHOW_SYMBOL, VALIDATE_PFN_DATA, VALIDATE_QUEUE,
  VALIDATE_SCHEDULER,
  ...MISSING_COMMANDS,
];

const EXPRESSIONS = 'Expressions are hexadecimal: ^D and ^O for decimal and octal; + - * / @(shift) & ! \\ # @(contents of) and parentheses; G80 is 80000080, H80 is 7FFE0080; '
  + '"." is the location last looked at; R0 to R11, AP, FP, SP, PC, PSL of the process in view; PCB, PHD, JIB, ARB its structures. HELP command tells more.';

/** Commands that SDA itself carries out. */
const OWN_VERBS = ['EXIT', 'HELP', 'REPEAT', 'SET', 'SHOW', 'VALIDATE'] as const;
const OWN_HELP: readonly (readonly string[])[] = [
  ['EXIT', 'Leaves SDA.'], ['HELP [command]', 'What there is, or how a command is used.'], ['REPEAT', 'The last command once more.'],
  ['SET OUTPUT file', 'Everything that follows goes to a file (SET NOOUTPUT ends that).'], ['SET LOG file', 'Everything that follows also goes to a file (SET NOLOG ends that).'],
  ['@file', 'Carries out the commands of a file.'],
];
const MAX_NESTING = 8;
/** Columns that a line of help may have. */
const HELP_WIDTH = 79;
const HANGING = 4;

/**
 * The System Dump Analyzer: one line in, lines out. It believes nothing: whatever the target holds, a command ends with a result or a message.
 *
 * @example for (const line of sda.execute('SHOW SUMMARY')) write(line);
 */
export class Sda {
  readonly session: Session;
  private last = '';
  private output: OutputFile | undefined;
  private log: OutputFile | undefined;
  private nesting = 0;
  /** EXIT has been given. */
  isDone = false;

  /**
   * @param target   dump or running system
   * @param symbols  what the system was built with
   * @param files    files for READ, @file, SET OUTPUT, SET LOG
   */
  constructor(readonly target: Target, symbols: SystemSymbols, private readonly files: SdaFiles = {}) {
    this.session = new Session(target, symbols, files);
  }

  /** What SDA says when it is started. */
  *banner(): Generator<string> {
    const { crash } = this.target;
    if (!crash) {
      yield '';
      yield 'VAX/VMS System analyzer';
      yield '';
      return;
    }
    const reason = bugcheckText(crash.code);
    yield '';
    yield 'VAX/VMS System dump analyzer';
    yield '';
    yield `Dump taken on ${timeText(crash.time)}`;
    yield `${reason.name}, ${reason.text}`;
    yield '';
    yield* this.warnings();
  }

  /** What is wrong with the target as a whole. */
  *warnings(): Generator<string> {
    yield* this.target.warnings;
    if (!isSameBuild(this.session)) yield '%SDA-W-SYMVERMISM, the symbols are those of another build than the system in the dump';
  }

  /** Carries out one command line. Conditions come out as lines too; nothing is thrown. */
  *execute(line: string): Generator<string, void, undefined> {
    for (const text of this.perform(line)) {
      this.log?.write(text);
      if (this.output) this.output.write(text);
      else yield text;
    }
  }

  private *perform(line: string): Generator<string> {
    const text = line.trim();
    if (text === '' || text.startsWith('!')) return;
    try {
      yield* this.dispatch(text);
    } catch (error) {
      if (error instanceof SdaError) yield* error.lines();
      else yield `%SDA-F-INTERNAL, SDA itself failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  private *dispatch(text: string): Generator<string> {
    if (text.startsWith('@')) {
      yield* this.commandFile(text.slice(1).trim());
      return;
    }
    const [word, rest] = firstWord(text);
    const verbs = [...new Set([...COMMANDS.map(({ name }) => name.split(' ')[0]!), ...OWN_VERBS])];
    // By habit: E and EX are EXAMINE, though EXIT begins so too.
    const verb = /^EX?$/i.test(word) ? 'EXAMINE' : matchKeyword(word, verbs, 'verb');
    if (verb === 'REPEAT') {
      if (this.last === '') throw new SdaError('E', 'NOREPEAT', 'there is no command to repeat');
      yield* this.dispatch(this.last);
      return;
    }
    this.last = text;
    if (verb === 'EXIT') {
      this.isDone = true;
      this.close();
    } else if (verb === 'HELP') {
      yield* help(rest.trim());
    } else {
      const command = COMMANDS.find(({ name }) => name === verb);
      if (command) yield* this.run(command, rest);
      else yield* this.withKeyword(verb, rest);
    }
  }

  /** Completes the files of SET OUTPUT and SET LOG. */
  close(): void {
    this.output?.close();
    this.log?.close();
    this.output = this.log = undefined;
  }

  /** SHOW, SET, VALIDATE: the keyword says which command it is. */
  private *withKeyword(verb: string, text: string): Generator<string> {
    const [first, behind] = firstWord(text);
    // SET RMS=(...): what is behind the sign belongs to the parameters.
    const [, word, value] = /^([^=]*)(=?.*)$/s.exec(first)!;
    const rest = value + behind;
    if (!word) throw new SdaError('E', 'INSFPRM', `missing command parameters - supply what to ${verb.toLowerCase()}`);
    const own = verb === 'SET' ? ['LOG', 'NOLOG', 'NOOUTPUT', 'OUTPUT'] : [];
    const keywords = COMMANDS.filter(({ name }) => name.startsWith(`${verb} `)).map(({ name }) => name.slice(verb.length + 1));
    const keyword = matchKeyword(word, [...keywords, ...own], 'keyword');
    if (own.includes(keyword)) {
      this.redirect(keyword, rest.trim());
      return;
    }
    const command = COMMANDS.find(({ name }) => name === `${verb} ${keyword}`)!;
    yield* this.run(command, rest);
  }

  private run(command: Command, text: string): Iterable<string> {
    const line = command.takesLine ? { qualifiers: new Map<string, string>(), rest: text.trim() } : parseQualifiers(text, command.qualifiers);
    if (command.takesNothing && line.rest !== '') {
      throw new SdaError('E', 'MAXPARM', 'too many parameters - reenter command with fewer parameters', line.rest);
    }
    return command.run(this.session, line);
  }

  private redirect(keyword: string, name: string): void {
    const which = keyword.endsWith('LOG') ? 'log' : 'output';
    this[which]?.close();
    this[which] = undefined;
    if (keyword.startsWith('NO')) return;
    if (name === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a file');
    const file = this.files.create?.(name);
    if (!file) throw new SdaError('E', 'OPENOUT', `error opening ${name} as output`);
    this[which] = file;
  }

  private *commandFile(name: string): Generator<string> {
    const text = this.files.readText?.(name);
    if (text === undefined) throw new SdaError('E', 'OPENIN', `error opening ${name} as input`);
    if (this.nesting >= MAX_NESTING) throw new SdaError('E', 'NESTING', 'command files are nested too deeply');
    this.nesting += 1;
    try {
      for (const line of text.split(/\r?\n/)) {
        if (this.isDone) return;
        yield* this.perform(line);
      }
    } finally {
      this.nesting -= 1;
    }
  }
}

/**
 * Whether SYS.EXE in the target is the code that the symbols were made with; true when there is no telling. In a dump the header and the
 * texts of the bugchecks stand where they were read over the code around BUG$FATAL.
 */
function isSameBuild({ system: { code }, memory, symbols, target }: Session): boolean {
  if (!code || !memory.has(code.address) || !memory.has(code.address + code.bytes.length - 1)) return true;
  const fatal = (symbols.lookup('BUG$FATAL') ?? 0) >>> 0;
  const [from, to] = target.crash && fatal !== 0 ? [fatal - DUMP_HEADER_SIZE, fatal + bugcheckOverlay().length] : [0, 0];
  const isOverlaid = (address: number): boolean => address >= from && address < to;
  try {
    const there = memory.readBytes(code.address, code.bytes.length);
    return code.bytes.every((byte, index) => byte === there[index] || isOverlaid(code.address + index));
  } catch (error) {
    if (error instanceof SdaError) return true;
    throw error;
  }
}

function* help(topic: string): Generator<string> {
  const wanted = topic.toUpperCase().split(/\s+/);
  const all = [...COMMANDS.map(({ name, help: lines }) => ({ name, lines })), ...OWN_HELP.map((lines) => ({ name: lines[0]!.replace(/ \[.*| file$/, ''), lines }))]
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = topic === '' ? [] : all.filter(({ name }) => {
    const words = name.split(' ');
    return wanted.every((word, index) => words[index]?.startsWith(word) === true);
  });
  if (topic !== '' && found.length === 0) throw new SdaError('E', 'NOHELP', `no documentation on ${topic.toUpperCase()}`);
  if (topic === '') {
    yield 'Commands:';
    yield '';
    for (const { lines } of all) yield* wrapped(lines[0]!, '  ', HANGING);
    yield '';
    yield* wrapped(EXPRESSIONS, '');
    return;
  }
  for (const { lines } of found) {
    yield* wrapped(lines[0]!, '', HANGING);
    yield '';
    for (const line of lines.slice(1)) yield* wrapped(line, '    ');
    yield '';
  }
}

/** A line of help in pieces that fit the narrowest screen, those after the first indented by `hanging` more columns. */
function* wrapped(text: string, indent: string, hanging = 0): Generator<string> {
  let line = indent;
  for (const word of text.split(/(?= )/)) {
    if (line.length + word.length > HELP_WIDTH) {
      yield line.trimEnd();
      line = indent + ' '.repeat(hanging) + word.trimStart();
    } else {
      line += word;
    }
  }
  yield line.trimEnd();
}
