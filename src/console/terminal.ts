import type { ReadStream, WriteStream } from 'node:tty';

/** The key that talks to the program instead of the machine, CTRL/]; pressed twice it is sent. */
const ESCAPE = 0x1d;

/** Escape or control sequence without its last character. */
const UNFINISHED = /\x1b(?:[ -/]*|\[[0-?]*[ -/]*)$/;
const LONGEST_SEQUENCE = 32;

export interface TerminalEvents {
  /** A byte typed at the terminal. */
  readonly receive: (byte: number) => void;
  /** The person asked to leave: CTRL/] q. */
  readonly quit: () => void;
  /** Standard input has come to its end. */
  readonly ended: () => void;
}

/**
 * The host's terminal as the console of the machine: raw input (every key, CTRL/C too, goes to the terminal driver, which
 * echoes), output as it comes. Piped input is a terminal that types its lines: LF becomes the carriage return that a person
 * would press.
 *
 * CTRL/] is the way out: q leaves, a second CTRL/] is sent, anything else lists the choices.
 */
export class HostTerminal {
  private readonly pending: number[] = [];
  private escaped = false;
  /** What is written does not end within an escape sequence: something else may be written now. */
  isBetweenSequences = true;
  private readonly raw: boolean;

  constructor(
    private readonly input: ReadStream | NodeJS.ReadStream,
    private readonly output: WriteStream | NodeJS.WriteStream,
    private readonly events: TerminalEvents,
  ) {
    this.raw = input.isTTY === true;
    if (this.raw) input.setRawMode(true);
    input.on('data', (data: Buffer | string) => this.typed(typeof data === 'string' ? Buffer.from(data) : data));
    input.on('end', () => events.ended());
    input.resume();
  }

  /** Machine to terminal; written out by `flush`. */
  transmit(byte: number): void { this.pending.push(byte); }

  /** Writes what has collected. */
  flush(): void {
    if (this.pending.length === 0) return;
    const bytes = Buffer.from(this.pending.splice(0));
    this.isBetweenSequences = !UNFINISHED.test(bytes.subarray(-LONGEST_SEQUENCE).toString('latin1'));
    this.output.write(bytes);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.flush();
    if (this.raw) this.input.setRawMode(false);
    this.input.pause();
  }

  private typed(data: Buffer): void {
    for (const byte of data) {
      if (!this.raw) this.events.receive(byte === 0x0a ? 0x0d : byte);
      else if (this.escaped) this.afterEscape(byte);
      else if (byte === ESCAPE) this.escaped = true;
      else this.events.receive(byte);
    }
  }

  private afterEscape(byte: number): void {
    this.escaped = false;
    if (byte === ESCAPE) this.events.receive(ESCAPE);
    else if (byte === 0x71 || byte === 0x51) this.events.quit();
    else this.output.write('\r\n[CTRL/] q leaves Starlet, CTRL/] CTRL/] sends CTRL/]]\r\n');
  }
}
