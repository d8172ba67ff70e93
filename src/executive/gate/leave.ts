/**
 * Thrown by kernel code deep inside an atomic routine when the processor has already been sent elsewhere - the process now waits, and
 * the rescheduler comes next. The gate ends the routine without an effect of its own on registers or PC. Whatever the routine had
 * written stays written, so it is thrown only before a routine commits anything it may not do twice.
 */
export class RoutineLeft {
  readonly #reason: string;

  constructor(reason: string) {
    this.#reason = reason;
  }

  toString(): string {
    return `routine left: ${this.#reason}`;
  }
}
