/** Control characters of text on a terminal. @source DCL Dictionary, SEARCH/FORMAT */
export type TextFormat = 'TEXT' | 'DUMP' | 'NONULLS' | 'PASSALL';

const NAMES = [
  'NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'HT', 'LF', 'VT', 'FF', 'CR', 'SO', 'SI',
  'DLE', 'DC1', 'DC2', 'DC3', 'DC4', 'NAK', 'SYN', 'ETB', 'CAN', 'EM', 'SUB', 'ESC', 'FS', 'GS', 'RS', 'US',
] as const;
/** Tab, line feed, vertical tab, form feed, carriage return: what TEXT lets a terminal do. */
const isFormatting = (code: number): boolean => code >= 9 && code <= 13;

function nameOf(code: number): string {
  return NAMES[code] ?? (code === 127 ? 'DEL' : `X${code.toString(16).toUpperCase()}`);
}

/** The line with control characters as `<BEL>`: TEXT all but formatting ones, DUMP all, NONULLS all without NUL, PASSALL none. */
export function printable(line: string, format: TextFormat): string {
  if (format === 'PASSALL') return line;
  return [...line].map((character) => {
    const code = character.charCodeAt(0);
    if ((code >= 32 && code < 127) || code >= 160) return character;
    if (format === 'TEXT' && isFormatting(code)) return character;
    return code === 0 && format === 'NONULLS' ? '' : `<${nameOf(code)}>`;
  }).join('');
}
