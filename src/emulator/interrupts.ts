/** Interrupt requests of devices. A request holds its level until it is taken or cleared; software interrupts live in SISR (cpu.ts). */
import { nexusVector } from './nexus.js';

const LEVELS = 32;

export class InterruptController {
  readonly #requests: number[][] = Array.from({ length: LEVELS }, () => []);
  /** The highest level with a request, 0 when there is none. */
  highest = 0;
  /** Called after every change; the processor looks again at what it may take. */
  changed: () => void = () => undefined;

  /** Requests an interrupt through SCB offset `vector` at `ipl` (16 to 31). Requesting twice is requesting once. */
  request(vector: number, ipl: number): void {
    const level = this.#requests[ipl]!;
    if (!level.includes(vector)) level.push(vector);
    this.#settle();
  }

  /** Withdraws the request, if it has not been taken yet. */
  clear(vector: number): void {
    for (const level of this.#requests) {
      const at = level.indexOf(vector);
      if (at >= 0) level.splice(at, 1);
    }
    this.#settle();
  }

  /**
   * The device of a nexus no longer asserts a request that the processor has seen. Nobody will answer for it, and nexus 0's vector of that
   * level is taken instead: a passive release.
   */
  withdraw(vector: number): void {
    if (!this.isRequested(vector)) return;
    const level = this.#requests.findIndex((requests) => requests.includes(vector));
    this.clear(vector);
    this.request(nexusVector(0, level), level);
  }

  isRequested(vector: number): boolean {
    return this.#requests.some((level) => level.includes(vector));
  }

  /** Takes the oldest request of the highest level; its vector. */
  acknowledge(): number {
    const vector = this.#requests[this.highest]!.shift()!;
    this.#settle();
    return vector;
  }

  /** Nothing is requested any more. */
  losePower(): void {
    for (const level of this.#requests) level.length = 0;
    this.#settle();
  }

  #settle(): void {
    let ipl = LEVELS - 1;
    while (ipl > 0 && this.#requests[ipl]!.length === 0) ipl--;
    this.highest = ipl;
    this.changed();
  }
}
