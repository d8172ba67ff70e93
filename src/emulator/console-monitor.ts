/**
 * The console at its `>>>` prompt, with the processor stopped: examines and deposits, steps, starts it again. One line in, lines out, and what to
 * do then. It works on the machine it is given and keeps nothing but its defaults and the last location.
 *
 * Choices where the 780's LSI-11 is not there to be imitated: CTRL/P stops the processor at once (as on an 11/750), a virtual
 * address is reported as the physical one behind it, BOOT loads the program of the command line again, and BOOT DDn obeys DDnBOO.CMD.
 * @source VAX-11/780 hardware handbook, console command language
 */
import { GENERAL_REGISTERS, generalRegister, PROCESSOR_REGISTERS, readInternal, writeInternal } from './console-registers.js';
import { type AddressSpace, type ConsoleCommand, ConsoleError, consoleNumber, type DataLength, incomplete, incorrect, parseConsoleLine, powerSeconds } from './console-syntax.js';
import type { HaltCode } from './cpu.js';
import { disassemble } from './disassembler.js';
import { VaxFault } from './fault.js';
import type { Machine, StopReason } from './machine.js';
import { initializeProcessor } from './restart.js';

/** The console's way to files of the host. */
export interface ConsoleFiles {
  /** Contents, or null when there is no such file. */
  read(name: string): Uint8Array | null;
}

/** What BOOT starts. */
export interface BootProgram {
  readonly bytes: Uint8Array;
  readonly load: number;
  readonly start: number;
}

export interface ConsoleReply {
  readonly lines: readonly string[];
  readonly action: 'prompt' | 'run' | 'exit';
}

interface Location { readonly space: AddressSpace | 'PSL'; readonly address: number }

const COMMAND_FILE_DEPTH = 8;
const MAX_LOCATIONS = 0x10000;
const SPACE_NAMES: Readonly<Record<AddressSpace, string>> = { P: 'PHYS', V: 'VIRT', G: 'GENL', I: 'INTL' };
const LENGTH_NAMES: Readonly<Record<DataLength, string>> = { 1: 'BYTE', 2: 'WORD', 4: 'LONG', 8: 'QUAD' };

const HALT_TEXT: Readonly<Record<HaltCode, string>> = {
  'HALT instruction': 'HALT INST EXECUTED',
  'interrupt stack not valid': '?INT-STK INVLD',
  'change mode on interrupt stack': '?CHM ERR',
  'SCB vector says halt': '?ILL I/E VEC',
  'SCB not in memory': '?CPU DBLE-ERR HLT',
  'no restart': '?NO RESTART',
};

const HELP: readonly string[] = [
  'BOOT [dev]                  load and start the program again, or obey devBOO.CMD',
  'CONTINUE                    let the processor go on',
  'DEPOSIT [/q] address data   write a location',
  'EXAMINE [/q] [address]      show a location; without address the next one',
  'HALT                        where the processor stands',
  'INITIALIZE                  kernel mode, interrupt stack, IPL 1F, mapping off',
  'LOAD [/START:address] file  put a file into physical memory',
  'NEXT [n], STEP [n]          execute n instructions',
  'POWERFAIL [seconds]         power fails for so many seconds (decimal; 10); /NOBATTERY',
  '                            loses memory. Then restart, if memory has a restart block',
  'SET DEFAULT /q              address space and length when a command says none',
  'SET RELOCATION address      is added to memory addresses',
  'SHOW                        the console\'s defaults',
  'START address               initialize, set PC, go',
  '@file                       obey the commands in a file',
  'EXIT                        leave the emulator',
  'Qualifiers  /P /V physical, virtual memory; /G general, /I processor registers;',
  '            /B /W /L /Q length; /N:count more locations',
  'Addresses   hexadecimal; a register name; PSL; * last; + next; - the one before;',
  '            @ the data last shown. All numbers are hexadecimal.',
];

export class ConsoleMonitor {
  #space: AddressSpace = 'P';
  #length: DataLength = 4;
  #relocation = 0;
  #last: Location = { space: 'P', address: 0 };
  #lastLength: DataLength = 4;
  #data = 0n;
  #depth = 0;

  constructor(private readonly machine: Machine, private readonly files: ConsoleFiles, private readonly program: BootProgram | null) {}

  /** Obeys one line. */
  command(line: string): ConsoleReply {
    const lines: string[] = [];
    try {
      const command = parseConsoleLine(line);
      return { action: command === null ? 'prompt' : this.#obey(command, lines), lines };
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      return { action: 'prompt', lines: [...lines, error.message] };
    }
  }

  #obey({ verb, qualifiers, operands }: ConsoleCommand, lines: string[]): ConsoleReply['action'] {
    const { cpu } = this.machine;
    const [first, second, extra] = operands;
    const limit = (count: number): void => {
      if (operands.length > count) throw incorrect(operands[count]!);
    };
    switch (verb) {
      case 'EXAMINE':
        limit(1);
        this.#eachLocation(first ?? '+', qualifiers, (at, length) => lines.push(this.#examine(at, length)));
        return 'prompt';
      case 'DEPOSIT': {
        if (first === undefined || second === undefined) throw incomplete(`DEPOSIT ${first ?? ''}`.trim());
        if (extra !== undefined) throw incorrect(extra);
        let value: bigint | null = null;
        this.#eachLocation(first, qualifiers, (at, length) => this.#deposit(at, length, (value ??= consoleNumber(second, 2 * length))));
        return 'prompt';
      }
      case 'CONTINUE':
        limit(0);
        return 'run';
      case 'START':
        limit(1);
        if (first === undefined) throw incomplete('START');
        initializeProcessor(this.machine);
        cpu.r[15] = Number(consoleNumber(first)) | 0;
        return 'run';
      case 'HALT':
        limit(0);
        lines.push(this.halted());
        return 'prompt';
      case 'STEP':
      case 'NEXT': {
        limit(1);
        const count = first === undefined ? 1 : Number(consoleNumber(first));
        lines.push(...this.#step(count));
        return 'prompt';
      }
      case 'INITIALIZE':
        limit(0);
        initializeProcessor(this.machine);
        lines.push('INIT SEQ DONE');
        return 'prompt';
      case 'LOAD': {
        limit(1);
        if (first === undefined) throw incomplete('LOAD');
        lines.push(this.#load(this.#file(first), qualifiers.start ?? this.#relocation));
        return 'prompt';
      }
      case 'BOOT':
        limit(1);
        return this.#boot(first, lines);
      case '@':
        if (first === undefined) throw incomplete('@');
        return this.#commandFile(first, lines);
      case 'SET':
        return this.#set(operands, qualifiers);
      case 'SHOW':
        lines.push(`RAD=HEX,ADD=${SPACE_NAMES[this.#space]},DAT=${LENGTH_NAMES[this.#length]},REL=${hex(this.#relocation)}`, this.halted());
        return 'prompt';
      case 'UNJAM':
        // There is no bus to unjam.
        return 'prompt';
      case 'POWERFAIL':
        limit(1);
        this.machine.power.fail({ microseconds: 1_000_000 * powerSeconds(first), memorySurvives: !qualifiers.noBattery });
        return 'run';
      case 'HELP':
        lines.push(...HELP);
        return 'prompt';
      case 'EXIT':
      case 'QUIT':
        return 'exit';
    }
  }

  /** What the console prints when the processor has stopped by itself. */
  reportStop(stop: StopReason): string[] {
    return stop.kind === 'halt' ? [HALT_TEXT[stop.code], this.halted()] : [this.halted()];
  }

  /** Where the processor stands. */
  halted(): string {
    return `HALTED AT ${hex(this.machine.cpu.r[15]!)}`;
  }

  #step(count: number): string[] {
    const { cpu } = this.machine;
    const lines: string[] = [];
    for (let k = 0; k < count; k++) {
      const before = cpu.instructionCount;
      const stop = this.machine.run(1);
      if (stop.kind === 'halt') return [...lines, ...this.reportStop(stop)];
      lines.push(`${this.halted()}  ${instructionAt(this.machine, cpu.r[15]!)}`);
      // Waiting for an interrupt: more steps change nothing.
      if (stop.kind === 'idle' && cpu.instructionCount === before) break;
      if (lines.length > MAX_LOCATIONS) break;
    }
    return lines;
  }

  #load(bytes: Uint8Array, at: number): string {
    const { memory } = this.machine;
    if (at + bytes.length > memory.size) throw new ConsoleError('?FILE DOES NOT FIT INTO MEMORY');
    memory.bytes.set(bytes, at);
    if (bytes.length > 0) this.machine.codeChanged(at, bytes.length);
    return `LOAD DONE, ${hex(bytes.length)} BYTES LOADED`;
  }

  #file(name: string): Uint8Array {
    const bytes = this.files.read(name);
    if (bytes === null) throw new ConsoleError('?FILE NOT FOUND');
    return bytes;
  }

  #boot(device: string | undefined, lines: string[]): ConsoleReply['action'] {
    if (device !== undefined) return this.#commandFile(`${device}BOO.CMD`, lines);
    if (this.program === null) throw new ConsoleError('?NOTHING TO BOOT');
    initializeProcessor(this.machine);
    lines.push(this.#load(this.program.bytes, this.program.load));
    this.machine.cpu.r[15] = this.program.start | 0;
    return 'run';
  }

  #commandFile(name: string, lines: string[]): ConsoleReply['action'] {
    const text = new TextDecoder('latin1').decode(this.#file(name));
    if (this.#depth >= COMMAND_FILE_DEPTH) throw new ConsoleError('?IND-COM ERR');
    this.#depth++;
    try {
      for (const line of text.split(/\r?\n/)) {
        const command = parseConsoleLine(line);
        if (command === null) continue;
        lines.push(`>>>${line.trim()}`);
        const action = this.#obey(command, lines);
        // What lets the processor go ends the file: nobody waits for it to stop.
        if (action !== 'prompt') return action;
      }
    } finally {
      this.#depth--;
    }
    lines.push('<EOF>');
    return 'prompt';
  }

  #set(operands: readonly string[], { space, length }: ConsoleCommand['qualifiers']): 'prompt' {
    const [what, value] = [(operands[0] ?? '').toUpperCase(), operands[1]];
    if (what !== '' && 'DEFAULT'.startsWith(what)) {
      if (space === undefined && length === undefined) throw incomplete('SET DEFAULT');
      this.#space = space ?? this.#space;
      this.#length = length ?? this.#length;
    } else if (what !== '' && 'RELOCATION'.startsWith(what.replace(/:.*/, ''))) {
      const text = value ?? what.split(':')[1];
      if (text === undefined) throw incomplete('SET RELOCATION');
      this.#relocation = Number(consoleNumber(text));
    } else throw what === '' ? incomplete('SET') : incorrect(what);
    return 'prompt';
  }

  /** Calls `act` for the location `text` names and those that /NEXT asks for. */
  #eachLocation(text: string, qualifiers: ConsoleCommand['qualifiers'], act: (at: Location, length: DataLength) => void): void {
    const chosen = qualifiers.length ?? (/^[*+-]$/.test(text) && qualifiers.space === undefined ? this.#lastLength : this.#length);
    let at = this.#locate(text, qualifiers.space);
    const count = Math.min(qualifiers.next ?? 0, MAX_LOCATIONS);
    for (let k = 0; k <= count; k++) {
      const length = at.space === 'G' || at.space === 'I' || at.space === 'PSL' ? 4 : chosen;
      this.#last = at;
      this.#lastLength = length;
      act(at, length);
      if (at.space === 'PSL') return;
      at = { space: at.space, address: step(at, length) };
    }
  }

  #locate(text: string, space: AddressSpace | undefined): Location {
    const last = this.#last;
    const there = space ?? last.space;
    switch (text) {
      case '*': return { space: there, address: last.address };
      case '+': return { space: there, address: step(last, this.#lastLength) };
      case '-': return { space: there, address: step(last, -this.#lastLength) };
      case '@': return { space: space ?? (last.space === 'V' ? 'V' : 'P'), address: Number(this.#data & 0xffff_ffffn) };
      default:
    }
    const name = text.toUpperCase();
    if (name === 'PSL') return { space: 'PSL', address: 0 };
    const general = generalRegister(name);
    if (general !== undefined) return { space: 'G', address: general };
    const internal = PROCESSOR_REGISTERS.get(name);
    if (internal !== undefined) return { space: 'I', address: internal };
    const address = Number(consoleNumber(text));
    const chosen = space ?? this.#space;
    return { space: chosen, address: chosen === 'P' || chosen === 'V' ? (address + this.#relocation) % 0x1_0000_0000 : address };
  }

  #examine(at: Location, length: DataLength): string {
    const { machine } = this;
    switch (at.space) {
      case 'PSL':
        this.#data = BigInt(machine.cpu.psl);
        return `        PSL ${hex(machine.cpu.psl)}`;
      case 'G':
        this.#data = BigInt(machine.cpu.r[register(at.address)]! >>> 0);
        return shown('G', at.address, this.#data, 4);
      case 'I': {
        const value = readInternal(machine, at.address);
        if (value === undefined) throw new ConsoleError('?INT-REG ERR');
        this.#data = BigInt(value);
        return shown('I', at.address, this.#data, 4);
      }
      default: {
        const value = new DataView(new ArrayBuffer(8));
        const physical = (i: number): number => this.#physical(at, i, false);
        const pa = physical(0);
        // Device registers are read whole.
        if (length <= 4 && pa >= machine.memory.size) value.setInt32(0, attempt(() => machine.io.read(pa, length, pa)), true);
        else for (let i = 0; i < length; i++) value.setUint8(i, attempt(() => readPhysical(machine, physical(i))));
        this.#data = value.getBigUint64(0, true);
        return shown('P', pa, this.#data, length);
      }
    }
  }

  #deposit(at: Location, length: DataLength, value: bigint): void {
    const { machine } = this;
    const long = Number(BigInt.asIntN(32, value));
    this.#data = value;
    if (at.space === 'PSL') machine.cpu.setPsl(long);
    else if (at.space === 'G') machine.cpu.r[register(at.address)] = long;
    else if (at.space === 'I') {
      if (!writeInternal(machine, at.address, long)) throw new ConsoleError('?INT-REG ERR');
    } else {
      const places = Array.from({ length }, (_, i) => this.#physical(at, i, true));
      const [pa] = places;
      if (length <= 4 && pa! >= machine.memory.size) attempt(() => machine.io.write(pa!, length, long, pa!));
      else places.forEach((place, i) => attempt(() => writePhysical(machine, place, Number((value >> BigInt(8 * i)) & 0xffn))));
    }
  }

  #physical(at: Location, offset: number, write: boolean): number {
    const address = (at.address + offset) % 0x1_0000_0000;
    if (at.space !== 'V') {
      if (address >= 0x4000_0000) throw new ConsoleError('?MIC-ERR ON FUNCTION');
      return address;
    }
    try {
      return this.machine.cpu.translate(address, 0, write) >>> 0;
    } catch (fault) {
      if (!(fault instanceof VaxFault)) throw fault;
      throw new ConsoleError(`?MEM-MAN FAULT, CODE=${hex(fault.parameters[0] ?? 0).slice(6)}`);
    }
  }
}

/** The instruction at `pc` in the current mode, or why it cannot be shown. Changes nothing. */
export function instructionAt(machine: Machine, pc: number): string {
  try {
    if (machine.cpu.psl >>> 31 !== 0) return `.WORD   ^O${machine.cpu.readWord(pc).toString(8).padStart(6, '0')}   ; compatibility mode`;
    return disassemble((va) => machine.cpu.readByte(va), pc >>> 0).text;
  } catch (fault) {
    if (fault instanceof VaxFault) return '(not accessible)';
    throw fault;
  }
}

function step(at: Location, length: number): number {
  const by = at.space === 'G' || at.space === 'I' ? Math.sign(length) : length;
  return at.space === 'G' ? (at.address + by) & 15 : (at.address + by) >>> 0;
}

function register(n: number): number {
  if (n >= GENERAL_REGISTERS.length) throw incorrect(hex(n));
  return n;
}

function readPhysical(machine: Machine, pa: number): number {
  return pa < machine.memory.size ? machine.memory.bytes[pa]! : machine.io.read(pa, 1, pa) & 0xff;
}

function writePhysical(machine: Machine, pa: number, value: number): void {
  if (pa < machine.memory.size) {
    machine.memory.bytes[pa] = value;
    machine.codeChanged(pa, 1);
  } else machine.io.write(pa, 1, value, pa);
}

/** Nothing there answers: the console's microprogram says so. */
function attempt<T>(access: () => T): T {
  try {
    return access();
  } catch (fault) {
    if (fault instanceof VaxFault) throw new ConsoleError('?MIC-ERR ON FUNCTION');
    throw fault;
  }
}

function shown(space: string, address: number, value: bigint, length: DataLength): string {
  return `        ${space} ${hex(address)} ${(value & ((1n << BigInt(8 * length)) - 1n)).toString(16).toUpperCase().padStart(2 * length, '0')}`;
}

function hex(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}
