import { formatFaoValues } from './fao.js';

/** Parts of a message, as bits of message flags. @source $GETMSG FLAGS; digest ch29 3.1 */
export const MSG_TEXT = 1;
export const MSG_IDENT = 2;
export const MSG_SEVERITY = 4;
export const MSG_FACILITY = 8;
export const MSG_ALL = 15;

/** $GETMSG: use only what the process's default flags show too. */
export const MSG_COMBINE = 16;

/** Letters of severities 0 to 4; 5 to 7 are not used. */
const SEVERITY_LETTERS = ['W', 'S', 'E', 'I', 'F', '?', '?', '?'] as const;

export function severityLetter(code: number): string {
  return SEVERITY_LETTERS[code & 7]!;
}

/**
 * A message with the parts that `flags` selects: `%FACILITY-S-IDENT, text`. Text alone has no `%`.
 *
 * @param prefix  `%` for the first line of a group, `-` for those that follow
 */
export function assembleMessage(text: string, facility: string, code: number, ident: string, flags: number, prefix = '%'): string {
  const codes = [
    ...((flags & MSG_FACILITY) !== 0 ? [facility] : []),
    ...((flags & MSG_SEVERITY) !== 0 ? [severityLetter(code)] : []),
    ...((flags & MSG_IDENT) !== 0 ? [ident] : []),
  ].join('-');
  const shown = (flags & MSG_TEXT) !== 0 ? text : '';
  if (codes === '') return shown;
  return `${prefix}${codes}${(flags & MSG_TEXT) !== 0 ? `, ${shown}` : ''}`;
}

/**
 * The line $PUTMSG writes for one message, from its parts and FAO arguments. Pure, for callers that have the text already.
 *
 * @param code  for the severity letter
 * @param args  FAO arguments of the text; with none the text is taken as it stands
 */
export function formatMessage(
  text: string, facility: string, code: number, ident: string, flags: number, args: readonly (number | string | bigint)[] = [], prefix = '%',
): string {
  const filled = args.length === 0 ? text : formatFaoValues(text, args).text;
  return assembleMessage(filled, facility, code, ident, flags, prefix);
}

/** Text of a code that no message file has. @source digest ch29#14; DCL F$MESSAGE */
export function unknownMessage(code: number, flags: number, prefix = '%'): string {
  const number = (code >>> 0).toString(16).toUpperCase().padStart(8, '0');
  return assembleMessage(`Message number ${number}`, 'NONAME', code, 'NOMSG', flags, prefix);
}
