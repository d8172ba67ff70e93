/**
 * Where the machine's time comes from. Both clocks count microseconds. `VirtualClock` is driven by the instructions executed, so that
 * every run is the same; `HostClock` follows a function the host injects.
 */

export interface MachineClock {
  /** Microseconds since the clock began, when `instructionCount` instructions have been executed. Never goes back. */
  now(instructionCount: number): number;
  /** How many instructions may run before an event due at `due` microseconds has to be looked for; at least 1. */
  instructionsUntil(due: number, instructionCount: number): number;
}

export class VirtualClock implements MachineClock {
  #jumped = 0;

  /** @param instructionsPerMicrosecond rate at which execution makes time pass; the default is one */
  constructor(readonly instructionsPerMicrosecond = 1) {}

  now(instructionCount: number): number {
    return Math.floor(instructionCount / this.instructionsPerMicrosecond) + this.#jumped;
  }

  instructionsUntil(due: number, instructionCount: number): number {
    const wanted = Math.ceil((due - this.#jumped) * this.instructionsPerMicrosecond);
    return Math.max(1, wanted - instructionCount);
  }

  /** Lets `microseconds` pass without executing anything: the machine is idle. */
  advance(microseconds: number): void {
    if (microseconds > 0) this.#jumped += Math.ceil(microseconds);
  }

  /** Jumps forward to `time`; does nothing when it is already past. */
  advanceTo(time: number, instructionCount: number): void {
    this.advance(time - this.now(instructionCount));
  }
}

/** Host time that should pass between two looks at the clock, in microseconds. */
const POLL_TARGET = 500;
const POLL_FEWEST = 64;
const POLL_MOST = 1 << 16;

export class HostClock implements MachineClock {
  readonly #milliseconds: () => number;
  readonly #start: number;
  #latest: number;
  #polled: number;
  #interval = 1024;

  /** @param milliseconds the host's clock; when it steps back, our time stands still  @param from  microseconds at which it begins */
  constructor(milliseconds: () => number, from = 0) {
    this.#milliseconds = milliseconds;
    this.#start = milliseconds() - from / 1000;
    this.#latest = from;
    this.#polled = from;
  }

  now(_instructionCount: number): number {
    this.#latest = Math.max(this.#latest, Math.floor((this.#milliseconds() - this.#start) * 1000));
    return this.#latest;
  }

  /** One instruction takes 10 nanoseconds or, when it is a microroutine, a thousand times that: so the interval follows what is seen. */
  instructionsUntil(_due: number, _instructionCount: number): number {
    const passed = this.#latest - this.#polled;
    this.#polled = this.#latest;
    if (passed > 2 * POLL_TARGET) this.#interval = Math.max(POLL_FEWEST, this.#interval >> 1);
    else if (passed < POLL_TARGET) this.#interval = Math.min(POLL_MOST, this.#interval << 1);
    return this.#interval;
  }
}
