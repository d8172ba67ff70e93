import type { InterruptController } from '../interrupts.js';
import type { IoSpace } from '../io-space.js';
import { nexusBase, nexusVector } from '../nexus.js';

/**
 * A line printer of one unit: an LP11 in shape. Longword registers from its base: 00 CS, 04 DB (write only). A character written to DB while
 * READY is on is printed at once. ERROR is on while the printer is off line. With IE, an interrupt is requested when the printer becomes
 * ready and when IE is set while it is.
 */

/** What prints. */
export interface PrinterPort {
  print(byte: number): void;
}

export const PRINTER_CS = 0x00;
export const PRINTER_DB = 0x04;
const PRINTER_REGION = 0x200;
/** CS bits. */
export const PRINTER_ERROR = 0x8000;
export const PRINTER_READY = 0x80;
export const PRINTER_IE = 0x40;

export const IPL_PRINTER = 20;
export const PRINTER_NEXUS = 12;
export const PRINTER_BASE = nexusBase(PRINTER_NEXUS);
export const PRINTER_VECTOR = nexusVector(PRINTER_NEXUS, IPL_PRINTER);

export class LinePrinter {
  readonly #interrupts: InterruptController;
  #port: PrinterPort | undefined;
  #enabled = false;

  constructor(bus: { readonly io: IoSpace; readonly interrupts: InterruptController }) {
    this.#interrupts = bus.interrupts;
    bus.io.map(PRINTER_BASE, PRINTER_REGION, {
      read: (offset) => this.#read(offset), write: (offset, _size, value) => { this.#write(offset, value); },
      // choice: power of its own, as the multiplexer's.
      losePower: () => { this.#interrupt(); },
    });
  }

  /** Puts the printer on line with something that prints, or off line. */
  attach(port: PrinterPort | undefined): void {
    this.#port = port;
    this.#interrupt();
  }

  get isOnline(): boolean { return this.#port !== undefined; }

  #read(offset: number): number {
    if ((offset & ~3) !== PRINTER_CS) return 0;
    return (this.#port ? PRINTER_READY : PRINTER_ERROR) | (this.#enabled ? PRINTER_IE : 0);
  }

  #write(offset: number, value: number): void {
    if ((offset & ~3) === PRINTER_CS) {
      this.#enabled = (value & PRINTER_IE) !== 0;
      this.#interrupt();
    } else if ((offset & ~3) === PRINTER_DB) this.#port?.print(value & 0xff);
  }

  #interrupt(): void {
    if (this.#enabled && this.#port) this.#interrupts.request(PRINTER_VECTOR, IPL_PRINTER);
    else this.#interrupts.clear(PRINTER_VECTOR);
  }
}
