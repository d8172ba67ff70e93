import { EX_INTERRUPTED, EX_NOINPUT, EX_TIMEOUT } from './usage.js';

/** CTRL/C so often within so many milliseconds ends the program itself. */
const INSISTENT = 3;
const WITHIN_MS = 2000;

/**
 * What may end a run from outside: the time given to it, signals, the end of an input that it needs. SIGINT is the person's CTRL/Y first, and only in earnest when it is repeated.
 */
export class Ending {
  /** Set when the run is to end. */
  exitCode: number | undefined;
  /** What becomes of a CTRL/C; false: there is nobody for it yet. */
  onInterrupt: () => boolean = () => false;
  private readonly pressed: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly handlers: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ['SIGINT', () => { this.interrupt(); }], ['SIGTERM', () => { this.end(143); }], ['SIGHUP', () => { this.end(129); }],
  ];

  /** @param wake  called when there is something to look at */
  constructor(private readonly wake: () => void) {
    for (const [signal, handler] of this.handlers) process.on(signal, handler);
  }

  /** The time begins that the procedure has. */
  startTimer(seconds: number): void {
    this.timer = setTimeout(() => {
      process.stderr.write(`starlet: timed out after ${seconds} s\n`);
      this.end(EX_TIMEOUT);
    }, seconds * 1000);
  }

  /** It would ask for ever. */
  inputExhausted(): void {
    if (this.exitCode !== undefined) return;
    process.stderr.write('starlet: the procedure goes on asking, but standard input has ended\n');
    this.end(EX_NOINPUT);
  }

  interrupt(): void {
    const now = performance.now();
    this.pressed.push(now);
    if (this.pressed.filter((at) => now - at < WITHIN_MS).length >= INSISTENT || !this.onInterrupt()) this.end(EX_INTERRUPTED);
    this.wake();
  }

  close(): void {
    clearTimeout(this.timer);
    for (const [signal, handler] of this.handlers) process.off(signal, handler);
  }

  private end(exitCode: number): void {
    this.exitCode ??= exitCode;
    this.wake();
  }
}
