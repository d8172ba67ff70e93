/**
 * The interval timer (ICCS, NICR, ICR; vector C0 at IPL 24) and the time-of-day register. Both are worked out from the clock when somebody
 * looks: nothing ticks. When several intervals pass before the interrupt is taken, one interrupt stands for all of them and
 * `takeElapsed` says how many. @source VAX ARM ch. 7; VAX-11/780 hardware handbook
 */
import type { InterruptController } from './interrupts.js';
import { SCB_INTERVAL_TIMER } from './fault.js';

export const IPL_INTERVAL_TIMER = 24;

const ICCS_RUN = 0x0000_0001;
const ICCS_XFR = 0x0000_0010;
const ICCS_SGL = 0x0000_0020;
const ICCS_IE = 0x0000_0040;
const ICCS_INT = 0x0000_0080;
const ICCS_ERR = 0x8000_0000;
const TODR_UNIT = 10_000;

export class IntervalTimer {
  readonly #interrupts: InterruptController;
  readonly #now: () => number;
  #control = 0;
  #next = 0;
  /** The counter while stopped, and the microsecond at which it overflows while running. */
  #count = 0;
  #overflowAt = 0;
  #elapsed = 0;
  #todrBase = 0;
  #todrSetAt = 0;

  constructor(interrupts: InterruptController, now: () => number) {
    this.#interrupts = interrupts;
    this.#now = now;
  }

  /** When the counter next overflows, in microseconds of the clock; Infinity when it is stopped. */
  get due(): number {
    return (this.#control & ICCS_RUN) === 0 ? Infinity : this.#overflowAt;
  }

  /** Brings the counter up to the clock, requesting the interrupt when it overflowed. */
  poll(): void {
    if ((this.#control & ICCS_RUN) === 0) return;
    const now = this.#now();
    if (now < this.#overflowAt) return;
    const period = this.#period();
    const periods = 1 + Math.floor((now - this.#overflowAt) / period);
    this.#overflowAt += periods * period;
    this.#overflow(periods);
  }

  /**
   * How many intervals the interrupt being serviced stands for, at least 1. An interrupt requested since it was taken is included
   * and withdrawn, so no interval counts twice.
   */
  takeElapsed(): number {
    this.poll();
    const elapsed = Math.max(1, this.#elapsed);
    this.#elapsed = 0;
    this.#interrupts.clear(SCB_INTERVAL_TIMER);
    return elapsed;
  }

  readControl(): number {
    this.poll();
    return (this.#control & (ICCS_RUN | ICCS_IE | ICCS_INT | ICCS_ERR)) >>> 0;
  }

  writeControl(value: number): void {
    this.poll();
    const wasRunning = (this.#control & ICCS_RUN) !== 0;
    if (wasRunning) this.#count = this.#current();
    if ((value & ICCS_INT) !== 0) {
      this.#control &= ~ICCS_INT;
      this.#interrupts.clear(SCB_INTERVAL_TIMER);
    }
    if ((value & ICCS_ERR) !== 0) this.#control &= ~ICCS_ERR;
    if ((value & ICCS_XFR) !== 0) this.#count = this.#next;
    this.#control = (this.#control & ~(ICCS_RUN | ICCS_IE)) | (value & (ICCS_RUN | ICCS_IE));
    if ((value & ICCS_RUN) !== 0) {
      this.#overflowAt = this.#now() + (0x1_0000_0000 - this.#count);
    } else if ((value & ICCS_SGL) !== 0) {
      this.#count = (this.#count + 1) >>> 0;
      if (this.#count === 0) {
        this.#count = this.#next;
        this.#overflow(1);
      }
    }
    const pending = (this.#control & (ICCS_IE | ICCS_INT)) === (ICCS_IE | ICCS_INT);
    if ((value & ICCS_IE) === 0) this.#interrupts.clear(SCB_INTERVAL_TIMER);
    else if (pending && !wasRunning) this.#interrupts.request(SCB_INTERVAL_TIMER, IPL_INTERVAL_TIMER);
  }

  writeNext(value: number): void {
    this.poll();
    this.#next = value >>> 0;
  }

  readNext(): number {
    return this.#next;
  }

  /** Sets the counter, as only a console can. */
  setCount(value: number): void {
    this.poll();
    this.#count = value >>> 0;
    this.#overflowAt = this.#now() + (0x1_0000_0000 - this.#count);
  }

  readCount(): number {
    this.poll();
    return (this.#control & ICCS_RUN) === 0 ? this.#count : this.#current();
  }

  /** The interval timer stops. The time-of-day clock has a battery. */
  losePower(): void {
    [this.#control, this.#next, this.#count, this.#elapsed] = [0, 0, 0, 0];
  }

  readTimeOfDay(): number {
    return (this.#todrBase + Math.floor((this.#now() - this.#todrSetAt) / TODR_UNIT)) >>> 0;
  }

  writeTimeOfDay(value: number): void {
    this.#todrBase = value >>> 0;
    this.#todrSetAt = this.#now();
  }

  #period(): number {
    return 0x1_0000_0000 - this.#next;
  }

  #current(): number {
    return (0x1_0000_0000 - (this.#overflowAt - this.#now())) >>> 0;
  }

  #overflow(periods: number): void {
    // The error bit says that software did not clear the last interrupt in time, not that the host was away.
    if ((this.#control & ICCS_INT) !== 0) this.#control |= ICCS_ERR;
    this.#control |= ICCS_INT;
    this.#elapsed += periods;
    if ((this.#control & ICCS_IE) !== 0) this.#interrupts.request(SCB_INTERVAL_TIMER, IPL_INTERVAL_TIMER);
  }
}
