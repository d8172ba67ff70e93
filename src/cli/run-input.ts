import { findUnit } from '../executive/io/device-names.js';
import { TTYUCB } from '../executive/structures/ucb.js';
import type { System } from '../system/boot-system.js';

/**
 * The host's standard input as the keyboard of OPA0:, which is SYS$COMMAND of a procedure that `starlet run` runs. It is not touched before the
 * procedure reads from it, so that a shell's `while read` loop keeps what is its own; then a line at a time, as it is asked for. The end of the input
 * is CTRL/Z.
 *
 * A person's terminal is put into raw mode with the first read: the terminal driver echoes and edits, CTRL/C is CTRL/Y.
 */
const CR = 0x0d;
const LF = 0x0a;
const CTRL_C = 0x03;
const CTRL_Y = 0x19;
const CTRL_Z = 0x1a;

/** A procedure that goes on asking after the end of its input, so often, asks until it gets an answer. */
const MOST_ENDS = 1000;

export class RunInput {
  private readonly waiting: number[] = [];
  private hasBegun = false;
  private hasEnded = false;
  /** UCB of OPA0:, once the system is up. */
  private terminal = 0;

  /** How often a read has been told that the input has ended. */
  private ends = 0;

  /** The byte before, of a file or pipe. */
  private last = 0;

  /** @param isPerson  somebody sits there and sees what is asked  @param events  called when something has come; at CTRL/C in raw mode; when there has long been nothing more to read */
  constructor(private readonly system: System, private readonly isPerson: boolean, private readonly events: { wake(): void; interrupt(): void; exhausted(): void }) {}

  /** The procedure has been started. */
  open(): void {
    this.terminal = findUnit(this.system.kernel, 'OPA0');
  }

  /** The procedure reads, and what it reads may still come. */
  get isAwaited(): boolean {
    return this.isRead();
  }

  /** It reads, and there is something for it: a line or the end of the input. */
  get isReady(): boolean {
    return this.isRead() && (this.endOfLine() > 0 || (this.hasEnded && !this.isPerson));
  }

  /** The machine is idle: gives it the next line if it waits for one. @returns whether it got something */
  type(): boolean {
    if (!this.isRead()) return false;
    if (!this.hasBegun) this.begin();
    const end = this.endOfLine();
    if (!this.isReady) return false;
    if (end === 0 && ++this.ends > MOST_ENDS) this.events.exhausted();
    const bytes = end === 0 ? [CTRL_Z] : this.waiting.splice(0, end);
    // The last line of a file may lack its end.
    if (!this.isPerson && bytes.at(-1) !== CR && bytes.at(-1) !== CTRL_Z) bytes.push(CR);
    for (const byte of bytes) this.system.machine.console.receive(byte);
    return true;
  }

  /** CTRL/C at the host. */
  interrupt(): void {
    this.waiting.length = 0;
    this.system.machine.console.receive(CTRL_Y);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (!this.hasBegun) return;
    if (this.isPerson) process.stdin.setRawMode(false);
    process.stdin.pause();
    if ('unref' in process.stdin) process.stdin.unref();
  }

  /** How many of the waiting bytes may be given: all that a person typed, a line of a file, its last line without an end. */
  private endOfLine(): number {
    if (this.isPerson) return this.waiting.length;
    return this.waiting.indexOf(CR) + 1 || (this.hasEnded ? this.waiting.length : 0);
  }

  private isRead(): boolean {
    return this.terminal !== 0 && TTYUCB.at(this.system.kernel, this.terminal).TTY$V_ST_READ !== 0;
  }

  private begin(): void {
    this.hasBegun = true;
    if (this.isPerson) process.stdin.setRawMode(true);
    process.stdin.on('data', (data: Buffer) => {
      for (const byte of data) this.came(byte);
      this.events.wake();
    });
    const ended = (): void => {
      this.hasEnded = true;
      this.events.wake();
    };
    process.stdin.on('end', ended).on('error', ended).resume();
  }

  /** A line of a file or pipe ends with LF, or with CR LF; the key of a person is RETURN. */
  private came(byte: number): void {
    if (this.isPerson) {
      if (byte === CTRL_C) this.events.interrupt();
      else this.waiting.push(byte);
      return;
    }
    if (byte !== LF) this.waiting.push(byte);
    else if (this.last !== CR) this.waiting.push(CR);
    this.last = byte;
  }
}
