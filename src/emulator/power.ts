/**
 * Power: what failing and coming back does to the machine. `fail` requests the power fail interrupt (SCB offset 0C, IPL 30); a little
 * later everything stops. What a battery keeps is the time-of-day clock, and memory when `memorySurvives`; registers, translation buffer,
 * interrupt requests and what devices had in hand are gone. When power is back the console looks for the restart routine (restart.ts).
 * @source book 26.1; VAX ARM ch. 5
 */
import { SCB_POWER_FAIL } from './fault.js';
import type { Machine } from './machine.js';
import { RESTART_POWER, restartProcessor } from './restart.js';

export const IPL_POWER_FAIL = 30;

/** Between the interrupt request and the end, whichever is longer: microseconds, and instructions for a host that is late. */
const WARNING_MICROSECONDS = 4000;
const WARNING_INSTRUCTIONS = 4000;

export interface PowerFailure {
  /** How long power is off. */
  readonly microseconds: number;
  /** The memory's battery holds. */
  readonly memorySurvives: boolean;
}

/** `refused`: power is back, and the console has found nothing to restart. */
export type PowerState = 'on' | 'failing' | 'off' | 'refused';

export class PowerSupply {
  #state: PowerState = 'on';
  #failure: PowerFailure = { microseconds: 0, memorySurvives: true };
  /** Microseconds of the clock at which the state changes; Infinity when it will not. */
  #due = Infinity;
  #instructions = 0;

  constructor(private readonly machine: Machine) {}

  get state(): PowerState { return this.#state; }

  /** When the processor stops or may start again, in microseconds of the clock; Infinity when nothing is wrong. */
  get due(): number { return this.#due; }

  /** Power is about to go, if it is there. */
  fail(failure: PowerFailure): void {
    if (this.#state !== 'on') return;
    const { machine } = this;
    this.#state = 'failing';
    this.#failure = failure;
    this.#due = machine.now() + WARNING_MICROSECONDS;
    this.#instructions = machine.cpu.instructionCount + WARNING_INSTRUCTIONS;
    machine.interrupts.request(SCB_POWER_FAIL, IPL_POWER_FAIL);
  }

  /** Brings the state up to the clock. */
  poll(): PowerState {
    const { machine } = this;
    if (this.#due === Infinity || machine.now() < this.#due) return this.#state;
    if (this.#state === 'failing' && machine.cpu.instructionCount >= this.#instructions) this.#turnOff();
    else if (this.#state === 'off') this.#turnOn();
    return this.#state;
  }

  #turnOff(): void {
    const { machine } = this;
    this.#state = 'off';
    this.#due = machine.now() + this.#failure.microseconds;
    machine.cpu.losePower();
    machine.interrupts.losePower();
    machine.intervalTimer.losePower();
    machine.console.losePower();
    machine.io.losePower();
    if (this.#failure.memorySurvives) return;
    machine.memory.bytes.fill(0);
    machine.codeChanged(0, machine.memory.size);
  }

  #turnOn(): void {
    const { machine } = this;
    this.#due = Infinity;
    this.#state = 'on';
    if (restartProcessor(machine, RESTART_POWER, 0, 0)) return;
    this.#state = 'refused';
    machine.console.requestBoot();
  }
}
