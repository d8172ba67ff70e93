import type { InterruptController } from '../interrupts.js';
import type { IoSpace } from '../io-space.js';
import { nexusBase, nexusVector } from '../nexus.js';

/**
 * A terminal multiplexer with eight asynchronous lines: one register to read what has come in on any of them, one to send, one interrupt.
 * It is a DZ11 in shape; modem changes come through the receiver, in their place among the characters, as in a DHV11.
 *
 * Longword registers from its base: 00 CS, 04 RBUF (read only: each read takes an entry), 08 LPR (write only), 0C TCR, 10 TDR (write
 * only), 14 MSR (read only). A line has one entry in the receiver at a time: the next character enters when that one has been read, and only
 * while the line's receiver is on. So a line that is switched off loses nothing; the host keeps its bytes.
 *
 * The host side of a line is a `LinePort`, which may not be ready to take a character; then the transmitter does not ask for one.
 */

/** Machine to host, one line. */
export interface LinePort {
  transmit(byte: number): void;
  /** Data terminal ready: on, the system takes calls on the line; off, it hangs up. */
  dataTerminalReady(on: boolean): void;
}

export const MUX_CS = 0x00;
export const MUX_RBUF = 0x04;
export const MUX_LPR = 0x08;
export const MUX_TCR = 0x0c;
export const MUX_TDR = 0x10;
export const MUX_MSR = 0x14;
const MUX_REGION = 0x200;

/** CS: a line can be given a character (bits 10:8 which), interrupts enabled for that and for the receiver, something received. */
export const MUX_TRDY = 0x8000;
export const MUX_TIE = 0x4000;
export const MUX_RDONE = 0x80;
export const MUX_RIE = 0x40;
/** RBUF: an entry; bits 10:8 its line. Modem: bit 0 is carrier, otherwise bits 7:0 are a character. */
export const MUX_VALID = 0x8000;
export const MUX_MODEM = 0x7000;
/** LPR: bits 2:0 a line, whose receiver is on or off. */
export const MUX_RECEIVER_ON = 0x1000;

export const MUX_LINES = 8;
export const IPL_MULTIPLEXER = 21;
/** Nexus of multiplexer 0; the others follow. */
export const MUX_NEXUS = 4;
export const MULTIPLEXERS = 4;

/** Where multiplexer `number` (0 to 3) is. Software looks for it there. */
export function multiplexerPlace(number: number): { readonly base: number; readonly vector: number } {
  return { base: nexusBase(MUX_NEXUS + number), vector: nexusVector(MUX_NEXUS + number, IPL_MULTIPLEXER) };
}

interface Line {
  port: LinePort | undefined;
  /** Bytes from the host, oldest first, and from where the next is taken. */
  typed: number[];
  /** The line's entry in the receiver. */
  entry: number;
  carrier: boolean;
  /** Carrier as the receiver has told it last. */
  toldCarrier: boolean;
  receiverOn: boolean;
  clearToSend: boolean;
}

export interface MultiplexerBus {
  readonly io: IoSpace;
  readonly interrupts: InterruptController;
}

export class TerminalMultiplexer {
  readonly #interrupts: InterruptController;
  readonly #vector: number;
  readonly #lines: Line[] = Array.from({ length: MUX_LINES }, () => (
    { port: undefined, typed: [], entry: 0, carrier: false, toldCarrier: false, receiverOn: false, clearToSend: true }));
  #enables = 0;
  /** Lines that want to send, and data terminal ready in the high byte. */
  #tcr = 0;
  /** Where the scan for a line goes on. */
  #scan = 0;

  /** @param base physical address in I/O space @param vector SCB offset of its interrupt */
  constructor(bus: MultiplexerBus, base: number, vector: number) {
    this.#interrupts = bus.interrupts;
    this.#vector = vector;
    bus.io.map(base, MUX_REGION, {
      read: (offset) => this.#read(offset), write: (offset, _size, value) => { this.#write(offset, value); },
      // choice: the lines have power of their own; what was requested when the processor's went is requested again.
      losePower: () => { this.#interrupt(); },
    });
  }

  /** Connects the host side of a line. */
  attach(line: number, port: LinePort): void { this.#lines[line]!.port = port; }

  /** Host to machine: bytes typed on a line. */
  receive(line: number, bytes: Iterable<number>): void {
    const it = this.#lines[line]!;
    for (const byte of bytes) it.typed.push(byte & 0xff);
    this.#fill(it, line);
  }

  /** Host to machine: somebody is at the other end of the line, or no longer. What has been typed before is read first; `lost` forgets it. */
  setCarrier(line: number, on: boolean, lost = false): void {
    const it = this.#lines[line]!;
    if (lost) it.typed.length = 0;
    it.carrier = on;
    this.#fill(it, line);
  }

  /** Host to machine: whether the host can take characters. */
  setClearToSend(line: number, on: boolean): void {
    this.#lines[line]!.clearToSend = on;
    this.#interrupt();
  }

  /** Bytes of a line that the machine has not read. */
  waiting(line: number): number {
    const it = this.#lines[line]!;
    return it.typed.length + (it.entry === 0 ? 0 : 1);
  }

  /** Whether the system takes calls on the line. */
  isReady(line: number): boolean { return (this.#tcr & (0x100 << line)) !== 0; }

  /** Whether the machine wants to send on the line but cannot. */
  isBlocked(line: number): boolean { return (this.#tcr & (1 << line)) !== 0 && !this.#lines[line]!.clearToSend; }

  #read(offset: number): number {
    switch (offset & ~3) {
      case MUX_CS: {
        const ready = this.#readyLine();
        const received = this.#lines.some((line) => line.entry !== 0) ? MUX_RDONE : 0;
        return this.#enables | received | (ready < 0 ? 0 : MUX_TRDY | (ready << 8));
      }
      case MUX_RBUF: return this.#take();
      case MUX_TCR: return this.#tcr;
      case MUX_MSR: return this.#lines.reduce((bits, line, number) => bits | (line.carrier ? 0x100 << number : 0), 0);
      default: return 0;
    }
  }

  #write(offset: number, value: number): void {
    switch (offset & ~3) {
      case MUX_CS:
        this.#enables = value & (MUX_RIE | MUX_TIE);
        this.#interrupt();
        break;
      case MUX_LPR: {
        const line = this.#lines[value & 7]!;
        line.receiverOn = (value & MUX_RECEIVER_ON) !== 0;
        this.#fill(line, value & 7);
        break;
      }
      case MUX_TCR: {
        const changed = (this.#tcr ^ value) & 0xff00;
        this.#tcr = value & 0xffff;
        this.#lines.forEach((line, number) => { if ((changed & (0x100 << number)) !== 0) line.port?.dataTerminalReady(this.isReady(number)); });
        this.#interrupt();
        break;
      }
      case MUX_TDR: {
        const number = (value >>> 8) & 7;
        this.#scan = (number + 1) % MUX_LINES;
        this.#lines[number]!.port?.transmit(value & 0xff);
        this.#interrupt();
        break;
      }
      default:
    }
  }

  /** The next line that wants to send and can, in turn; negative when there is none. */
  #readyLine(): number {
    for (let step = 0; step < MUX_LINES; step += 1) {
      const number = (this.#scan + step) % MUX_LINES;
      if ((this.#tcr & (1 << number)) === 0 || !this.#lines[number]!.clearToSend) continue;
      this.#scan = number;
      return number;
    }
    return -1;
  }

  #take(): number {
    for (let number = 0; number < MUX_LINES; number += 1) {
      const line = this.#lines[number]!;
      const { entry } = line;
      if (entry === 0) continue;
      line.entry = 0;
      this.#fill(line, number);
      return entry;
    }
    return 0;
  }

  /** What comes next on a line enters the receiver: a modem change behind the characters typed before it, carrier on before all. */
  #fill(line: Line, number: number): void {
    if (line.entry === 0) {
      const modem = line.carrier !== line.toldCarrier && (line.carrier || line.typed.length === 0);
      if (modem) {
        line.toldCarrier = line.carrier;
        line.entry = MUX_VALID | MUX_MODEM | (number << 8) | (line.carrier ? 1 : 0);
      } else if (line.receiverOn && line.typed.length > 0) {
        line.entry = MUX_VALID | (number << 8) | line.typed.shift()!;
      }
    }
    this.#interrupt();
  }

  #interrupt(): void {
    const wanted = ((this.#enables & MUX_RIE) !== 0 && this.#lines.some((line) => line.entry !== 0))
      || ((this.#enables & MUX_TIE) !== 0 && this.#readyLine() >= 0);
    if (wanted) this.#interrupts.request(this.#vector, IPL_MULTIPLEXER);
    else this.#interrupts.clear(this.#vector);
  }
}
