import type { ConsolePort } from '../emulator/console-terminal.js';
import { VaxFault } from '../emulator/fault.js';
import type { Machine } from '../emulator/machine.js';

/**
 * The operator's console: CTRL/P at the console terminal speaks to the console subsystem instead of the running program, which goes on,
 * as on an 11/780. Commands, in hexadecimal, and a word may be cut short:
 *
 *   D[EPOSIT]/I register value    E[XAMINE]/I register    INJECT PARITY    SET TERMINAL PROGRAM, or CONTINUE
 *   POWERFAIL [/NOBATTERY] [seconds]
 *
 * D/I 14 C requests the IPL 12 interrupt (IPC). INJECT is ours: it breaks a word of memory under the instruction that comes next.
 * So is POWERFAIL: power goes for so many seconds (decimal, 10 without), with /NOBATTERY memory too, which makes it a boot.
 * @source book 6.1, 6.2.7; digest ch06 1.1
 */
const CTRL_P = 0x10;
const CR = 0x0d;
const DELETE = 0x7f;
const PROMPT = '\r\n>>>';
const REGISTERS = 0x40;
const DEFAULT_SECONDS = 10;

export class OperatorConsole {
  /** What has been typed of a command; undefined while the terminal belongs to the program. */
  private line: string | undefined;

  constructor(private readonly machine: Machine, private readonly port: ConsolePort) {}

  /** A byte from the terminal. */
  receive(byte: number): void {
    if (this.line === undefined) {
      if (byte !== CTRL_P) this.machine.console.receive(byte);
      else this.prompt(PROMPT);
    } else if (byte === CR) this.command(this.line.trim().toUpperCase());
    else if (byte === DELETE) {
      if (this.line !== '') this.say('\b \b');
      this.line = this.line.slice(0, -1);
    } else if (byte >= 0x20 && byte < DELETE) {
      this.line += String.fromCharCode(byte);
      this.port.transmit(byte);
    }
  }

  private say(text: string): void {
    for (const character of text) this.port.transmit(character.charCodeAt(0));
  }

  private prompt(text: string): void {
    this.say(text);
    this.line = '';
  }

  private command(text: string): void {
    const match = /^(D|DEPOSIT|E|EXAMINE)\s*\/I(?:NTERNAL)?\s+([0-9A-F]+)(?:\s+([0-9A-F]+))?$/.exec(text);
    const isWord = (word: string, whole: string): boolean => word !== '' && whole.startsWith(word);
    const words = text.split(/\s+/);
    if (match) this.internal(match[1]!.startsWith('D'), Number.parseInt(match[2]!, 16), match[3]);
    else if (words.length === 2 && isWord(words[0]!, 'INJECT') && isWord(words[1]!, 'PARITY')) this.machine.injectParityError();
    else if (words.length === 1 ? isWord(text, 'CONTINUE') : words.length === 3 && isWord(words[0]!, 'SET') && isWord(words[1]!, 'TERMINAL') && isWord(words[2]!, 'PROGRAM')) {
      this.line = undefined;
      this.say('\r\n');
      return;
    } else if (isWord(words[0]!.replace(/\/.*/, ''), 'POWERFAIL')) {
      if (this.powerFail(text)) return;
    } else if (text !== '') this.say('\r\n?IND-COM ERR');
    this.prompt(PROMPT);
  }

  /** @returns false when the command cannot be taken */
  private powerFail(text: string): boolean {
    const match = /^[A-Z]+\s*(\/NO[A-Z]*)?\s*(\d{1,6})?$/.exec(text);
    if (!match || !'/NOBATTERY'.startsWith(match[1] ?? '/')) {
      this.say('\r\n?IND-COM ERR');
      return false;
    }
    this.line = undefined;
    this.say('\r\n');
    this.machine.power.fail({ microseconds: 1_000_000 * Number(match[2] ?? DEFAULT_SECONDS), memorySurvives: match[1] === undefined });
    return true;
  }

  /** A processor register. What the processor refuses is refused here. */
  private internal(isDeposit: boolean, register: number, value: string | undefined): void {
    const refuse = (): void => { this.say('\r\n?ILL REG'); };
    if (register >= REGISTERS || isDeposit !== (value !== undefined)) {
      refuse();
      return;
    }
    try {
      if (isDeposit) this.machine.cpu.writePR(register, Number.parseInt(value!, 16) | 0);
      else this.say(`\r\n\tI ${register.toString(16).toUpperCase().padStart(8, '0')} ${(this.machine.cpu.readPR(register) >>> 0).toString(16).toUpperCase().padStart(8, '0')}`);
    } catch (fault) {
      if (!(fault instanceof VaxFault)) throw fault;
      refuse();
    }
  }
}
