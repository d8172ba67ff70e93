import { performance } from 'node:perf_hooks';
import { VirtualClock } from '../emulator/clock.js';
import type { Machine, StopReason } from '../emulator/machine.js';

/** How long the machine may go on between two looks at the host: output waits no longer than this, nor does a key. */
const SLICE_MS = 5;
/** Instructions of a slice. An instruction may be a whole step of a procedure, thousands of times as long as an ADDL. */
const FEWEST = 100;
const MOST = 1_000_000;
/** The longest sleep; timers beyond it just cause one more look. */
const LONGEST_SLEEP_MS = 60_000;

export interface RunnerOptions {
  readonly machine: Machine;
  /** Microseconds of the machine's clock until the executive's next timer is due; undefined when it has none. */
  readonly untilNextTimer: () => number | undefined;
  /** Called after every slice, with why it ended: write out what the terminals have to say. True: the machine was given input, it need not wait. */
  readonly afterSlice: (stop: StopReason) => boolean | void;
  /** True when the run should end. */
  readonly finished: () => boolean;
  /** Asked when the machine is idle: true when it will stay so for ever, since no input can come and no process has a timer. */
  readonly stuck: () => boolean;
  /** Asked in virtual time when the machine is idle: no process has a timer. */
  readonly onlyInputMatters: () => boolean;
  /** Asked when the machine is idle: something has come meanwhile that `afterSlice` will give it. */
  readonly hasInput?: () => boolean;
}

/**
 * Gives the machine turns of the host. Between slices the event loop runs, so terminal input arrives as it comes. When the
 * null process is current the machine does not run: with real time the host sleeps until the next timer or input, with
 * virtual time the clock jumps.
 */
export class Runner {
  private wakeUp: (() => void) | undefined;
  private slice = FEWEST;

  constructor(private readonly options: RunnerOptions) {}

  /** Something has happened on the host side (a key): stop sleeping. */
  wake(): void { this.wakeUp?.(); }

  /** Runs until finished, halted or stuck. A last look for input comes before every sleep. */
  async run(): Promise<StopReason> {
    const { machine } = this.options;
    for (;;) {
      const started = performance.now();
      const stop = machine.run(this.slice);
      if (stop.kind === 'budget') this.adapt(performance.now() - started);
      const hasInput = this.options.afterSlice(stop) === true;
      if (this.options.finished()) return stop;
      if (stop.kind === 'budget' || (stop.kind === 'idle' && hasInput)) {
        await this.turn();
        continue;
      }
      if (stop.kind !== 'idle') return stop;
      if (!await this.idle()) return stop;
    }
  }

  /** Longer slices after short ones and the other way round: by the speed of what runs now. */
  private adapt(milliseconds: number): void {
    const fitting = this.slice * (SLICE_MS / Math.max(milliseconds, SLICE_MS / 4));
    this.slice = Math.round(Math.min(MOST, Math.max(FEWEST, fitting)));
  }

  /** Waits, or jumps the clock, until something is due. False: nothing ever will be. */
  private async idle(): Promise<boolean> {
    const { machine, untilNextTimer, stuck, onlyInputMatters } = this.options;
    const microseconds = untilNextTimer();
    if (machine.clock instanceof VirtualClock) {
      await this.turn();
      if (this.options.hasInput?.() === true) return true;
      if (stuck()) return false;
      // With nothing of any process's due, jumping from second to second would only warm the host: wait for a key.
      if (microseconds === undefined || onlyInputMatters()) await this.sleep(LONGEST_SLEEP_MS);
      else machine.clock.advance(microseconds);
      return true;
    }
    if (stuck()) return false;
    await this.sleep(microseconds === undefined ? LONGEST_SLEEP_MS : Math.min(LONGEST_SLEEP_MS, Math.max(0, microseconds / 1000)));
    return true;
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => { setImmediate(resolve); });
  }

  private sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wakeUp = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.wakeUp = done;
    });
  }
}

/** The host's monotonic clock in milliseconds. */
export function hostMilliseconds(): number {
  return performance.now();
}

/** Now, as the executive counts: 100 ns units since 17-NOV-1858, local time. */
export function hostSystemTime(): bigint {
  const now = new Date();
  const localMilliseconds = now.getTime() - now.getTimezoneOffset() * 60_000;
  return (BigInt(localMilliseconds) + MILLISECONDS_1858_TO_1970) * 10_000n;
}

/** From 17-NOV-1858 00:00 to 1-JAN-1970 00:00: 40587 days. */
const MILLISECONDS_1858_TO_1970 = 40587n * 86_400_000n;
