import { RMS$M_STVSTATUS } from '../executive/starlet/rmsdef.js';
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
  /** Text printed instead of the code's own: what an earlier version said. */
  readonly text?: string;
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
  readonly text?: string;

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

/** How an RMS operation ended. */
export interface RmsResult {
  readonly status: number;
  readonly stv: number;
}

/** Secondary messages of a failed RMS operation: its status, and the status value when the status says that it is one. */
export function rmsReasons({ status, stv }: RmsResult): Condition[] {
  return [{ code: status }, ...moreOf({ status, stv })];
}

function moreOf({ status, stv }: RmsResult): Condition[] {
  return stv !== 0 && (status & RMS$M_STVSTATUS) !== 0 ? [{ code: stv }] : [];
}

/** A command that fails as an RMS operation did. */
export function rmsFailure(result: RmsResult): CommandFailure {
  return new CommandFailure(result.status, { args: [result.stv], because: moreOf(result) });
}

/** Ends the command when an RMS operation has failed. */
export function checkRms(result: RmsResult): void {
  if ((result.status & 1) === 0) throw rmsFailure(result);
}

export const SEVERITY_LETTERS = ['W', 'S', 'E', 'I', 'F', '?', '?', '?'] as const;

export const SUCCESS = CLI$_NORMAL;
