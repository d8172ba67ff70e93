/**
 * The console terminal: RXCS and RXDB receive, TXCS and TXDB transmit; vectors F8 and FC at IPL 20. Received bytes wait in a queue and enter
 * RXDB one at a time, each when its predecessor has been read. Transmission takes no time: ready is always set.
 * @source VAX ARM ch. 7, console terminal registers
 */
import type { InterruptController } from './interrupts.js';
import { SCB_CONSOLE_RECEIVE, SCB_CONSOLE_TRANSMIT } from './fault.js';

export const IPL_CONSOLE = 20;

const READY = 0x80;
const INTERRUPT_ENABLE = 0x40;
/** Looking once or twice may be to throw away what was typed too early. */
const POLLS = 3;
const BOOT_COMMAND = 0xf02;
const CLEAR_WARM_START = 0xf03;

/** Machine to host. */
export interface ConsolePort {
  transmit(byte: number): void;
}

export class ConsoleTerminal {
  readonly #interrupts: InterruptController;
  readonly #port: ConsolePort;
  readonly #queue: number[] = [];
  #receiveEnable = false;
  #transmitEnable = false;
  #buffer = 0;
  #full = false;
  #polls = 0;
  #bootRequested = false;
  /** The console's own flag against endless restarts: set when it starts the restart routine, cleared by the F03 command. @source book 26.3.2 */
  isRestarting = false;

  constructor(interrupts: InterruptController, port: ConsolePort) {
    this.#interrupts = interrupts;
    this.#port = port;
  }

  /** Host to machine: one byte typed. */
  receive(byte: number): void {
    this.#polls = 0;
    this.#queue.push(byte & 0xff);
    this.#fill();
  }

  /** Bytes received but not yet read by the guest. */
  get waiting(): number {
    return this.#queue.length + (this.#full ? 1 : 0);
  }

  /** Does the guest wait for input: has it enabled the interrupt, or asked again and again since it last printed? */
  get wanted(): boolean {
    return this.#receiveEnable || this.#polls >= POLLS;
  }

  readReceiveStatus(): number {
    if (!this.#full) this.#polls++;
    return (this.#full ? READY : 0) | (this.#receiveEnable ? INTERRUPT_ENABLE : 0);
  }

  writeReceiveStatus(value: number): void {
    const enable = (value & INTERRUPT_ENABLE) !== 0;
    if (enable && !this.#receiveEnable && this.#full) this.#interrupts.request(SCB_CONSOLE_RECEIVE, IPL_CONSOLE);
    if (!enable) this.#interrupts.clear(SCB_CONSOLE_RECEIVE);
    this.#receiveEnable = enable;
  }

  readReceiveData(): number {
    const value = this.#buffer;
    if (!this.#full) this.#polls++;
    this.#full = false;
    this.#interrupts.clear(SCB_CONSOLE_RECEIVE);
    this.#fill();
    return value;
  }

  readTransmitStatus(): number {
    return READY | (this.#transmitEnable ? INTERRUPT_ENABLE : 0);
  }

  writeTransmitStatus(value: number): void {
    const enable = (value & INTERRUPT_ENABLE) !== 0;
    if (enable && !this.#transmitEnable) this.#interrupts.request(SCB_CONSOLE_TRANSMIT, IPL_CONSOLE);
    if (!enable) this.#interrupts.clear(SCB_CONSOLE_TRANSMIT);
    this.#transmitEnable = enable;
  }

  /** The console subsystem has been asked to boot the processor again, which it does once that has halted. */
  get bootRequested(): boolean { return this.#bootRequested; }

  requestBoot(): void { this.#bootRequested = true; }

  /** Interrupt enables and the boot request are gone; what is typed waits in the console subsystem. choice: that has a battery of its own. */
  losePower(): void {
    this.#receiveEnable = false;
    this.#transmitEnable = false;
    this.#bootRequested = false;
    this.isRestarting = false;
  }

  /** Bits 11:8 select the terminal (0) or something of the console subsystem; F with a command: 2 asks for a boot, 3 says that a restart went well. @source book 24.2.1.2 */
  writeTransmitData(value: number): void {
    this.#polls = 0;
    if ((value & 0xfff) === BOOT_COMMAND) this.requestBoot();
    if ((value & 0xfff) === CLEAR_WARM_START) this.isRestarting = false;
    if ((value & 0xf00) === 0) this.#port.transmit(value & 0xff);
    if (this.#transmitEnable) this.#interrupts.request(SCB_CONSOLE_TRANSMIT, IPL_CONSOLE);
  }

  #fill(): void {
    if (this.#full || this.#queue.length === 0) return;
    this.#buffer = this.#queue.shift()!;
    this.#full = true;
    if (this.#receiveEnable) this.#interrupts.request(SCB_CONSOLE_RECEIVE, IPL_CONSOLE);
  }
}
