/**
 * The telnet protocol, as much of it as a terminal needs: the server echoes and there are no lines, eight bits both ways, everything else the
 * other side offers or asks for is declined. @source RFC 854, 856, 857, 858, 1143
 */
const IAC = 255;
const DONT = 254;
const DO = 253;
const WONT = 252;
const WILL = 251;
const SB = 250;
const INTERRUPT = 244;
const BREAK = 243;
const SE = 240;
const BINARY = 0;
const ECHO = 1;
const SUPPRESS_GO_AHEAD = 3;
const CTRL_Y = 25;
const CTRL_C = 3;
const CR = 13;
const LF = 10;

/** What we do, and what we want the other side to do. */
const OURS: readonly number[] = [ECHO, SUPPRESS_GO_AHEAD, BINARY];
const THEIRS: readonly number[] = [SUPPRESS_GO_AHEAD, BINARY];

export interface Decoded {
  readonly typed: number[];
  /** What has to be sent back. */
  readonly reply: number[];
}

/** One connection. Its beginning is `greeting`. */
export class Telnet {
  private state: 'data' | 'return' | 'command' | 'option' | 'sub' | 'subCommand' = 'data';
  private verb = 0;
  /** Options that are on, or that we have asked for: an answer to them is not answered. */
  private readonly asked = new Set([...OURS.map((option) => `our ${option}`), ...THEIRS.map((option) => `their ${option}`)]);
  private binaryIn = false;

  readonly greeting: readonly number[] = [
    ...OURS.flatMap((option) => [IAC, WILL, option]), ...THEIRS.flatMap((option) => [IAC, DO, option]),
  ];

  /** Bytes from the other side: what has been typed, and what is to be answered. */
  decode(bytes: Iterable<number>): Decoded {
    const typed: number[] = [];
    const reply: number[] = [];
    for (const byte of bytes) this.byte(byte, typed, reply);
    return { typed, reply };
  }

  /** What is sent for a byte of output. */
  encode(bytes: readonly number[]): number[] {
    return bytes.flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]));
  }

  private byte(byte: number, typed: number[], reply: number[]): void {
    switch (this.state) {
      case 'return':
        // The return key of a line: CR LF or CR NUL.
        this.state = 'data';
        if (byte === 0 || byte === LF) return;
        this.byte(byte, typed, reply);
        return;
      case 'data':
        if (byte === IAC) this.state = 'command';
        else {
          typed.push(byte);
          if (byte === CR && !this.binaryIn) this.state = 'return';
        }
        return;
      case 'command':
        this.state = 'data';
        if (byte === IAC) typed.push(IAC);
        else if (byte >= WILL) {
          this.verb = byte;
          this.state = 'option';
        } else if (byte === SB) this.state = 'sub';
        else if (byte === INTERRUPT) typed.push(CTRL_C);
        else if (byte === BREAK) typed.push(CTRL_Y);
        return;
      case 'option':
        this.state = 'data';
        this.option(this.verb, byte, reply);
        return;
      case 'sub':
        if (byte === IAC) this.state = 'subCommand';
        return;
      case 'subCommand':
        this.state = byte === SE ? 'data' : 'sub';
        return;
    }
  }

  private option(verb: number, option: number, reply: number[]): void {
    const isOurs = verb === DO || verb === DONT;
    const on = verb === DO || verb === WILL;
    const supported = (isOurs ? OURS : THEIRS).includes(option);
    if (verb === WILL || verb === WONT) this.binaryIn = option === BINARY ? on : this.binaryIn;
    const key = `${isOurs ? 'our' : 'their'} ${option}`;
    if (on === this.asked.has(key)) return;
    if (on && !supported) {
      reply.push(IAC, isOurs ? WONT : DONT, option);
      return;
    }
    if (on) this.asked.add(key);
    else this.asked.delete(key);
    reply.push(IAC, isOurs ? (on ? WILL : WONT) : on ? DO : DONT, option);
  }
}
