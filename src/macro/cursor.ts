/** A place in one statement. Reading stops at the end of the text or at a comment. */

const SYMBOL_CHARACTER = new Uint8Array(128);
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789$_.') SYMBOL_CHARACTER[c.charCodeAt(0)] = 1;

export const SEMICOLON = 0x3b;
export const COMMA = 0x2c;

export function isSymbolCharacter(code: number): boolean {
  return code < 128 && SYMBOL_CHARACTER[code] === 1;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export class Cursor {
  text = '';
  at = 0;

  reset(text: string): this {
    this.text = text;
    this.at = 0;
    return this;
  }

  /** The character code here; 0 at the end of the text. */
  peek(): number {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : 0;
  }

  peekAhead(distance: number): number {
    return this.at + distance < this.text.length ? this.text.charCodeAt(this.at + distance) : 0;
  }

  /** Skips blanks and returns the character code there. */
  skip(): number {
    const { text } = this;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x09) return code;
    }
    return 0;
  }

  /** After blanks: nothing left but a comment. */
  atEnd(): boolean {
    const code = this.skip();
    return code === 0 || code === SEMICOLON;
  }

  /** Takes the character if it comes next after blanks. */
  take(code: number): boolean {
    if (this.skip() !== code) return false;
    this.at++;
    return true;
  }

  /** The symbol, directive or number starting here, in upper case; '' when there is none. */
  symbol(): string {
    const { text } = this;
    const start = this.at;
    let lower = false;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127 || SYMBOL_CHARACTER[code] === 0) break;
      if (code >= 0x61 && code <= 0x7a) lower = true;
    }
    this.at = at;
    const word = text.slice(start, at);
    return lower ? word.toUpperCase() : word;
  }

  /** What is left up to the comment, without trailing blanks. */
  rest(): string {
    this.skip();
    const comment = this.text.indexOf(';', this.at);
    const end = comment < 0 ? this.text.length : comment;
    const rest = this.text.slice(this.at, end).trimEnd();
    this.at = end;
    return rest;
  }
}
