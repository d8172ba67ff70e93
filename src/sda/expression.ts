import { SdaError } from './error.js';

/** What the names and memory of an expression mean. */
export interface ExpressionContext {
  /** Value of a symbol or register; undefined when there is none of that name. */
  symbol(name: string): number | undefined;
  /** Contents of a longword, for unary @. */
  contents(address: number): number;
  /** Value of `.`, the location last looked at. */
  readonly here: number;
}

const SYSTEM_OFFSET = 0x80000000;
const CONTROL_OFFSET = 0x7ffe0000;
const MAX_DEPTH = 200;

/**
 * SDA's expressions: 32-bit integers, hexadecimal unless ^D, ^O or ^X says otherwise.
 *
 *   sum     = product { (+ | -) product }
 *   product = unary { (* | / | @ | & | ! | \) unary }        @ shifts: left when the count is positive, right when it is negative
 *   unary   = { + | - | # | @ } operand                      # complements, @ is the contents of
 *   operand = number | ^D digits | ^O digits | ^X digits | symbol | . | ( sum ) | G operand | H operand
 *
 * A name is a symbol first; failing that, hexadecimal digits; failing that, G or H and hexadecimal digits.
 * @source SDA help of MicroVMS 4.6, topic Expressions; choice: all binary operators of one rank from left to right
 */
export function evaluate(text: string, context: ExpressionContext): number {
  const parser = new ExpressionParser(text, context);
  return parser.whole();
}

class ExpressionParser {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string, private readonly context: ExpressionContext) {}

  whole(): number {
    const value = this.sum();
    this.space();
    if (this.at < this.text.length) throw this.syntax();
    return value >>> 0;
  }

  private syntax(): SdaError {
    return new SdaError('E', 'EXPSYN', 'error in expression syntax', this.text.slice(this.at).trim() || this.text.trim());
  }

  private space(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
  }

  private peek(): string {
    this.space();
    return this.text[this.at] ?? '';
  }

  private sum(): number {
    if (++this.depth > MAX_DEPTH) throw new SdaError('E', 'EXPDEPTH', 'expression is nested too deeply');
    let value = this.product();
    for (;;) {
      const operator = this.peek();
      if (operator !== '+' && operator !== '-') break;
      this.at += 1;
      const right = this.product();
      value = operator === '+' ? (value + right) | 0 : (value - right) | 0;
    }
    this.depth -= 1;
    return value;
  }

  private product(): number {
    let value = this.unary();
    for (;;) {
      const operator = this.peek();
      if (!'*/@&!\\'.includes(operator) || operator === '') return value;
      this.at += 1;
      value = apply(operator, value, this.unary());
    }
  }

  private unary(): number {
    if (++this.depth > MAX_DEPTH) throw new SdaError('E', 'EXPDEPTH', 'expression is nested too deeply');
    const operator = this.peek();
    let value: number;
    if (operator !== '' && '+-#@'.includes(operator)) {
      this.at += 1;
      const operand = this.unary();
      value = operator === '+' ? operand : operator === '-' ? -operand | 0 : operator === '#' ? ~operand : this.context.contents(operand >>> 0) | 0;
    } else {
      value = this.operand();
    }
    this.depth -= 1;
    return value;
  }

  private operand(): number {
    const next = this.peek();
    if (next === '(') {
      this.at += 1;
      const value = this.sum();
      if (this.peek() !== ')') throw this.syntax();
      this.at += 1;
      return value;
    }
    if (next === '^') return this.radix();
    const word = /^[A-Za-z0-9$_.]+/.exec(this.text.slice(this.at))?.[0];
    if (word === undefined) throw this.syntax();
    if (word === '.') {
      this.at += 1;
      return this.context.here | 0;
    }
    const name = word.toUpperCase();
    const known = /^[0-9]/.test(name) ? undefined : this.context.symbol(name);
    if (known !== undefined) {
      this.at += word.length;
      return known | 0;
    }
    if (/^[0-9A-F]+$/.test(name)) {
      this.at += word.length;
      return digits(name, 16, word);
    }
    if (/^[GH][0-9A-F]+$/.test(name)) {
      this.at += word.length;
      return (digits(name.slice(1), 16, word) + base(name[0]!)) | 0;
    }
    if (name === 'G' || name === 'H') {
      this.at += 1;
      const following = this.peek();
      return following !== '' && /[(.^]/.test(following) ? (this.operand() + base(name)) | 0 : base(name) | 0;
    }
    throw new SdaError('E', 'UNDEFSYM', `undefined symbol ${name}`);
  }

  private radix(): number {
    const match = /^\^([XDOxdo])\s*([0-9A-Fa-f]+)/.exec(this.text.slice(this.at));
    if (!match) throw this.syntax();
    this.at += match[0].length;
    const radix = { X: 16, D: 10, O: 8 }[match[1]!.toUpperCase() as 'X' | 'D' | 'O'];
    return digits(match[2]!, radix, match[0]);
  }
}

function base(letter: string): number {
  return letter === 'G' ? SYSTEM_OFFSET : CONTROL_OFFSET;
}

function digits(text: string, radix: number, token: string): number {
  let value = 0;
  for (const digit of text) {
    const weight = Number.parseInt(digit, 16);
    if (weight >= radix) throw new SdaError('E', 'INVNUM', 'invalid digit for the radix of the number', token);
    value = value * radix + weight;
    if (value > 0xffffffff) throw new SdaError('E', 'NUMTRUNC', 'number does not fit in 32 bits', token);
  }
  return value | 0;
}

function apply(operator: string, left: number, right: number): number {
  switch (operator) {
    case '*': return Math.imul(left, right);
    case '/':
      if (right === 0) throw new SdaError('E', 'DIVZERO', 'division by zero in expression');
      return Math.trunc(left / right) | 0;
    case '&': return left & right;
    case '!': return left | right;
    case '\\': return left ^ right;
    default:
      if (right >= 32) return 0;
      if (right >= 0) return left << right;
      return left >> Math.min(31, -right);
  }
}
