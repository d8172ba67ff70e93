import type { Place } from './source.js';

/** What CHECK says about one place of a procedure. An error fails whenever the command is executed; a warning is very likely a mistake. */
export interface Finding extends Place {
  readonly severity: 'error' | 'warning';
  /** VMS's own code when DCL would say it at run time; otherwise a name of CHECK's. */
  readonly code: number | CheckCode;
  /** The part of the command it is about. */
  readonly token: string | undefined;
}

/** Findings that no message of DCL stands for. */
export const CHECK_TEXTS = {
  NOVERB: 'no verb has this name, and no symbol set here',
  UNREACHABLE: 'this command can never be reached',
  NOENDIF: 'block IF has no ENDIF',
  NOIF: 'no block IF is open here',
  TWOELSE: 'the block IF has an ELSE already',
  NOBLOCK: 'IF without THEN must be followed by a line with THEN',
  NOENDSUB: 'SUBROUTINE has no ENDSUBROUTINE',
  NOSUB: 'no SUBROUTINE is open here',
  NOLABEL: 'SUBROUTINE has no label in front of it',
  NOEOD: 'DECK has no EOD',
  NOTSUB: 'the label of a CALL stands in front of no SUBROUTINE',
} as const;

export type CheckCode = keyof typeof CHECK_TEXTS;
