import { RMS$_DNF, RMS$_FNF } from '../executive/starlet/rmsdef.js';
import { CLI$_NORMAL } from './condition-codes.js';

/** A message of a condition: code, FAO arguments, and the token DCL prints on the line below, between backslashes. */
export interface MessageArguments {
  /** FAO arguments of the text, in order. */
  readonly args?: readonly (string | number)[];
  /** Shown as ` \TOKEN\` on a line of its own. */
  readonly token?: string;
  /** Secondary conditions, printed with a leading hyphen. */
  readonly because?: readonly Condition[];
  /** Facility printed instead of the code's own. */
  readonly facility?: string;
}

export interface Condition extends MessageArguments {
  readonly code: number;
}

/**
 * Ends the current command: the main loop prints the message, sets $STATUS to the code and applies the ON rules.
 * This is DCL's own way out of its parsing and commands; system services and RMS give their status as values.
 */
export class CommandFailure implements Condition {
  readonly args?: readonly (string | number)[];
  readonly token?: string;
  readonly because?: readonly Condition[];
  readonly facility?: string;

  constructor(readonly code: number, more: MessageArguments = {}) {
    Object.assign(this, more);
  }
}

/** Ends the current command without a word: CTRL/Y or CTRL/C came while it waited for a line to be typed. */
export class CommandInterrupted {}

/** Ends the current command with a CLI condition, as a statement or an expression. */
export function fail(code: number, more: MessageArguments = {}): never {
  throw new CommandFailure(code, more);
}

/** Ends the command when `status` (of a service or RMS) is a failure. */
export function check(status: number, more: MessageArguments = {}): void {
  if ((status & 1) === 0) throw new CommandFailure(status, more);
}

/** Statuses that say all there is to say: the status value only repeats it. */
const COMPLETE = new Set<number>([RMS$_FNF, RMS$_DNF]);

/** Secondary messages of a failed RMS operation: its status, and the status value when that is a status of its own. */
export function rmsReasons({ status, stv }: { readonly status: number; readonly stv: number }): Condition[] {
  const more = stv !== 0 && (stv & 1) === 0 && stv !== status && !COMPLETE.has(status);
  return more ? [{ code: status }, { code: stv }] : [{ code: status }];
}

export const SEVERITY_LETTERS = ['W', 'S', 'E', 'I', 'F', '?', '?', '?'] as const;

export const SUCCESS = CLI$_NORMAL;
