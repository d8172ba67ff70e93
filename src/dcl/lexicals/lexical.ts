import type { Flow } from '../../executive/gate/microroutine.js';
import type { Dcl } from '../interpreter/session.js';
import { toInteger, toText, type Value } from '../language/value.js';

/**
 * A lexical function. One entry: its name, what its arguments are, and the function. Register it in registry.ts.
 *
 * Arguments: `string` and `integer` are converted; `value` comes as it is; `symbol` is the name itself, not evaluated.
 * Those marked optional may be left out (undefined then).
 */
export interface Lexical {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly run: (dcl: Dcl, args: LexicalArguments) => Flow<Value> | Value;
}

export type ParameterKind = 'string' | 'integer' | 'value' | 'symbol';

export interface Parameter {
  readonly kind: ParameterKind;
  readonly optional: boolean;
}

/** `string`, `integer?` ... as a Parameter. */
export function parameters(...kinds: readonly (ParameterKind | `${ParameterKind}?`)[]): Parameter[] {
  return kinds.map((kind) => ({ kind: kind.replace('?', '') as ParameterKind, optional: kind.endsWith('?') }));
}

/** Arguments of one call, converted as their parameters say. */
export class LexicalArguments {
  constructor(private readonly values: readonly (Value | undefined)[]) {}

  /** Arguments given, to the last one that was. */
  get count(): number { return this.values.length; }

  given(index: number): boolean { return this.values[index] !== undefined; }

  text(index: number, otherwise = ''): string {
    const value = this.values[index];
    return value === undefined ? otherwise : toText(value);
  }

  integer(index: number, otherwise = 0): number {
    const value = this.values[index];
    return value === undefined ? otherwise : toInteger(value);
  }

  value(index: number): Value | undefined { return this.values[index]; }

  /** A keyword argument: upper case, blanks gone. */
  keyword(index: number, otherwise = ''): string {
    const value = this.values[index];
    return value === undefined ? otherwise : toText(value).trim().toUpperCase();
  }
}

/** "TRUE" or "FALSE". */
export function truth(condition: boolean): string {
  return condition ? 'TRUE' : 'FALSE';
}
