import type { ConsolePort } from '../emulator/console-terminal.js';
import type { ParameterValues } from '../executive/boot/parameters.js';
import { formatFaoValues } from '../executive/information/fao.js';
import { severityLetter } from '../executive/information/message-format.js';
import type { BlockStore } from '../filesystem/block-io.js';
import { CURRENT_FILE, isUnusable, readParameterFile } from './boot-parameters.js';
import {
  defaultSet, fits, isComplaint, setParameter, setStartup, showParameters, splitLine, sysgenMessage, type Complaint, type ParameterSet,
} from './parameter-commands.js';

/**
 * The conversational phase of SYSBOOT: it reads the console terminal itself, since nothing runs yet. It begins with USE CURRENT.
 *
 *   USE CURRENT | DEFAULT | file    SET parameter value | DEFAULT    SHOW parameter | /group    CONTINUE or EXIT
 *
 * Whoever changed something gets WRITESYSPARAMS set, and the startup procedure writes the parameters back.
 * @source book 24.3, 25.5; digest ch25 2.6
 */
const PROMPT = 'SYSBOOT>  ';
const CR = 0x0d;
const LF = 0x0a;
const DELETE = 0x7f;
const CTRL_U = 0x15;

const HELP_LINES = [
  '  USE CURRENT | DEFAULT | file    values to boot with',
  '  SET parameter value | DEFAULT   change one of them (%X, %O: radix)',
  '  SET/STARTUP file                the startup procedure',
  '  SHOW parameter                  show one of them',
  '  SHOW /ALL /MAJOR /NAMES /HEX    show many, also by group: /GEN /SYS /TTY /PQL ...',
  '  CONTINUE                        boot with them',
];

export class Sysboot {
  private readonly set: ParameterSet;
  private line = '';
  private isChanged = false;
  private isDone = false;

  /** @param port  the console terminal */
  constructor(private readonly disk: BlockStore | undefined, private readonly port: ConsolePort) {
    this.set = defaultSet();
    this.use('CURRENT');
  }

  /** The parameters to boot with, once CONTINUE was typed. */
  get values(): ParameterValues | undefined {
    if (!this.isDone) return undefined;
    return this.isChanged ? { ...this.set.values, WRITESYSPARAMS: 1 } : this.set.values;
  }

  /** Asks for a command: at the beginning, and again when the system could not be booted with the values. */
  prompt(): void {
    this.isDone = false;
    this.say(`\r\n${PROMPT}`);
  }

  /** A byte typed at the console. */
  receive(byte: number): void {
    if (this.isDone) return;
    if (byte === CR || byte === LF) {
      const typed = this.line;
      this.line = '';
      this.say('\r\n');
      this.execute(typed);
      if (!this.isDone) this.say(PROMPT);
    } else if (byte === DELETE) {
      if (this.line !== '') this.say('\b \b');
      this.line = this.line.slice(0, -1);
    } else if (byte === CTRL_U) {
      this.line = '';
      this.prompt();
    } else if (byte >= 0x20 && byte < DELETE && this.line.length < 132) {
      this.line += String.fromCharCode(byte);
      this.port.transmit(byte);
    }
  }

  private complain(severity: string, ident: string, text: string): void {
    this.say(`%SYSBOOT-${severity}-${ident}, ${text}\r\n`);
  }

  private execute(text: string): void {
    const line = splitLine(text);
    const { verb, words } = line;
    if (verb === '') return;
    if (fits(verb, 'CONTINUE') || fits(verb, 'EXIT')) this.isDone = true;
    else if (fits(verb, 'HELP')) this.lines(HELP_LINES);
    else if (fits(verb, 'USE') && words[0] !== undefined) this.isChanged = this.use(words[0]) || this.isChanged;
    else if (verb.length > 1 && fits(verb, 'SET') && line.qualifiers.length === 1 && fits(line.qualifiers[0]!, 'STARTUP') && words[0] !== undefined) {
      const complaint = setStartup(this.set, words[0]);
      if (complaint) this.message(complaint);
      else this.isChanged = true;
    } else if (verb.length > 1 && fits(verb, 'SET') && words[1] !== undefined) {
      const complaint = setParameter(this.set, words[0]!, words[1]);
      if (complaint) this.message(complaint);
      if (complaint === undefined || complaint.args.length > 0) this.isChanged = true;
    } else if (verb.length > 1 && fits(verb, 'SHOW')) {
      const shown = showParameters(this.set, line);
      if (isComplaint(shown)) this.message(shown);
      else this.lines(shown);
    } else this.message({ ident: ['USE', 'SET', 'SHOW'].some((keyword) => fits(verb, keyword)) ? 'SYNTAX' : 'CMDUNK', args: [] });
  }

  /** @returns whether the values are others than the current ones. The values stay when a file is of no use. */
  private use(source: string): boolean {
    if (fits(source, 'DEFAULT')) {
      Object.assign(this.set, defaultSet());
      return true;
    }
    const isCurrent = fits(source, 'CURRENT');
    // The file's name, of which SYSBOOT looks for the newest version in SYS$SYSTEM.
    const match = /^(?:SYS\$SYSTEM:)?([A-Z0-9$_-]{1,39})(\.[A-Z0-9$_-]{0,39})?$/.exec(isCurrent ? CURRENT_FILE : source);
    if (!match) {
      this.message({ ident: 'SYNTAX', args: [] });
      return false;
    }
    const name = `${match[1]!}${match[2] ?? '.PAR'}`;
    const read = this.disk ? readParameterFile(this.disk, name) : { ident: 'NOPARFILE', text: 'there is no system disk' };
    if (isUnusable(read)) {
      this.complain('E', read.ident, read.text);
      return false;
    }
    [this.set.values, this.set.source] = [read, isCurrent ? 'Current' : name];
    if (isCurrent) this.isChanged = false;
    return !isCurrent;
  }

  private message({ ident, args }: Complaint): void {
    const { code, text } = sysgenMessage(ident);
    this.complain(severityLetter(code), ident, formatFaoValues(text, args).text);
  }

  /** Lines at the console. */
  lines(lines: readonly string[]): void {
    for (const line of lines) this.say(`${line}\r\n`);
  }

  private say(text: string): void {
    for (const character of text) this.port.transmit(character.charCodeAt(0));
  }
}
