/** Character classes and the text clean-up DCL does to a command line. @source dcl-language.md section 1 */

export function isLetter(character: string): boolean {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') || (character >= '\xc0' && character <= '\xff');
}

export function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

/** Letters, digits, underscore and dollar sign. */
export function isSymbolCharacter(character: string): boolean {
  return character !== '' && (isLetter(character) || isDigit(character) || character === '_' || character === '$');
}

/** What may begin a symbol name or a verb. */
export function isSymbolStart(character: string): boolean {
  return character !== '' && (isLetter(character) || character === '_' || character === '$');
}

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

/** Upper case of the DEC multinational set: ASCII letters and the accented ones that have a capital. */
export function upcase(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text.toUpperCase();
  return text.replace(/[a-z\xe0-\xf6\xf8-\xfd]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0x20));
}

export function lowercase(text: string): string {
  return text.replace(/[A-Z\xc0-\xd6\xd8-\xdd]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0x20));
}

/** Applies `edit` to the parts of `text` that lie outside quotation marks; the quotation marks belong to the quoted parts. */
export function outsideQuotes(text: string, edit: (part: string) => string): string {
  if (!text.includes('"')) return edit(text);
  let result = '';
  let start = 0;
  while (start < text.length) {
    const open = text.indexOf('"', start);
    if (open < 0) return result + edit(text.slice(start));
    result += edit(text.slice(start, open));
    const close = text.indexOf('"', open + 1);
    if (close < 0) return result + text.slice(open);
    result += text.slice(open, close + 1);
    start = close + 1;
  }
  return result;
}

/** Runs of blanks and tabs become one blank, letters upper case, outside quotation marks. */
export function canonical(text: string): string {
  return outsideQuotes(text, (part) => upcase(part.replace(/[ \t]+/g, ' ')));
}

/** `text` without blanks and tabs at both ends. */
export function trim(text: string): string {
  if (!isBlank(text.charAt(0)) && !isBlank(text.charAt(text.length - 1))) return text;
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** Takes the quotation marks of a quoted string away and makes one of each doubled one. An unclosed string ends with the line. */
export function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const body = text.length > 1 && text.endsWith('"') && quotesBalanced(text) ? text.slice(1, -1) : text.slice(1);
  return body.replaceAll('""', '"');
}

function quotesBalanced(text: string): boolean {
  let quotes = 0;
  for (const character of text) if (character === '"') quotes += 1;
  return quotes % 2 === 0;
}

/** Position of the first `!` outside quotation marks; the length of the text when there is none. */
export function commentStart(text: string): number {
  if (!text.includes('!')) return text.length;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"') quoted = !quoted;
    else if (character === '!' && !quoted) return index;
  }
  return text.length;
}
