import { EmbeddedActionsParser, EOF, type IToken } from 'chevrotain';
import type { Value } from './value.js';
import {
  AddOperator, Ampersand, And, Comma, EXPRESSION_TOKENS, LeftParen, Lexical, Literal, MultiplyOperator, Name, Not, Or, Relation, RightParen,
} from './expression-lexer.js';

/** An expression, parsed. `flow` marks those that call lexical functions and so may wait. */
export type Expression =
  | { readonly kind: 'value'; readonly value: Value; readonly flow: false }
  | { readonly kind: 'symbol'; readonly name: string; readonly flow: false }
  | { readonly kind: 'ampersand'; readonly name: string; readonly flow: false }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression; readonly flow: boolean }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression; readonly flow: boolean }
  | LexicalCall;

export interface LexicalCall {
  readonly kind: 'call';
  readonly name: string;
  /** undefined where an argument was left out. */
  readonly args: readonly (Expression | undefined)[];
  /** False when the closing parenthesis is missing. */
  readonly closed: boolean;
  readonly flow: true;
}

/**
 * Grammar of DCL expressions, loosest first: .OR., .AND., .NOT., relations, + -, * /, unary + -. All left to right.
 * .NOT. may also stand where an operand is wanted (`1 .EQ. .NOT. 0`); it then takes a whole relation.
 * @source dcl-language.md section 5
 */
class ExpressionParser extends EmbeddedActionsParser {
  constructor() {
    super(EXPRESSION_TOKENS, { maxLookahead: 1, recoveryEnabled: false, skipValidations: true });
    this.performSelfAnalysis();
  }

  readonly list = this.RULE('list', (): Expression[] => {
    const items: Expression[] = [this.SUBRULE(this.expression)];
    this.MANY(() => {
      this.CONSUME(Comma);
      items.push(this.SUBRULE2(this.expression));
    });
    return items;
  });

  readonly expression: (index?: number) => Expression = this.RULE('expression', (): Expression => {
    let left = this.SUBRULE(this.conjunction);
    this.MANY(() => {
      this.CONSUME(Or);
      left = binary('OR', left, this.SUBRULE2(this.conjunction));
    });
    return left;
  });

  private readonly conjunction: (index?: number) => Expression = this.RULE('conjunction', (): Expression => {
    let left = this.SUBRULE(this.relation);
    this.MANY(() => {
      this.CONSUME(And);
      left = binary('AND', left, this.SUBRULE2(this.relation));
    });
    return left;
  });

  private readonly relation: (index?: number) => Expression = this.RULE('relation', (): Expression => {
    let left = this.SUBRULE(this.sum);
    this.MANY(() => {
      const operator = this.CONSUME(Relation);
      left = binary(operator.image, left, this.SUBRULE2(this.sum));
    });
    return left;
  });

  private readonly sum: (index?: number) => Expression = this.RULE('sum', (): Expression => {
    let left = this.SUBRULE(this.product);
    this.MANY(() => {
      const operator = this.CONSUME(AddOperator);
      left = binary(operator.image, left, this.SUBRULE2(this.product));
    });
    return left;
  });

  private readonly product: (index?: number) => Expression = this.RULE('product', (): Expression => {
    let left = this.SUBRULE(this.factor);
    this.MANY(() => {
      const operator = this.CONSUME(MultiplyOperator);
      left = binary(operator.image, left, this.SUBRULE2(this.factor));
    });
    return left;
  });

  private readonly factor: (index?: number) => Expression = this.RULE('factor', (): Expression => this.OR<Expression>([
    { ALT: () => unary(this.CONSUME(AddOperator).image, this.SUBRULE(this.factor)) },
    { ALT: () => { this.CONSUME(Not); return unary('NOT', this.SUBRULE(this.relation)); } },
    { ALT: () => ({ kind: 'value', value: this.CONSUME(Literal).payload as Value, flow: false }) },
    { ALT: () => this.SUBRULE(this.call) },
    { ALT: () => ({ kind: 'symbol', name: this.CONSUME(Name).image, flow: false }) },
    { ALT: () => ({ kind: 'ampersand', name: this.CONSUME(Ampersand).image, flow: false }) },
    {
      ALT: () => {
        this.CONSUME(LeftParen);
        const inner = this.SUBRULE(this.expression);
        this.CONSUME(RightParen);
        return inner;
      },
    },
  ]));

  readonly call: (index?: number) => Expression = this.RULE('call', (): Expression => {
    const name = this.CONSUME(Lexical).image;
    this.CONSUME(LeftParen);
    const args: (Expression | undefined)[] = [];
    let current: Expression | undefined;
    let any = false;
    this.OPTION(() => { current = this.SUBRULE(this.expression); any = true; });
    this.MANY(() => {
      this.CONSUME(Comma);
      args.push(current);
      current = undefined;
      any = true;
      this.OPTION2(() => { current = this.SUBRULE2(this.expression); });
    });
    if (any) args.push(current);
    let closed = false;
    this.OPTION3(() => { this.CONSUME(RightParen); closed = true; });
    return { kind: 'call', name, args, closed, flow: true };
  });

  parse<T>(rule: () => T, tokens: IToken[]): { result: T; stop: IToken | undefined; failed: boolean } {
    this.input = tokens;
    const result = rule();
    const error = this.errors[0];
    const failed = error !== undefined && error.name !== 'NotAllInputParsedException';
    const at = failed ? error.token : this.LA(1);
    return { result, stop: at.tokenType === EOF ? undefined : at, failed };
  }
}

function unary(operator: string, operand: Expression): Expression {
  return { kind: 'unary', operator, operand, flow: operand?.flow ?? false };
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right, flow: (left?.flow ?? false) || (right?.flow ?? false) };
}

/** One parser for all: it keeps nothing from one expression to the next. */
const PARSER = new ExpressionParser();

export interface Parsed<T> {
  readonly result: T;
  /** First token that does not belong to the expression; undefined at its end. */
  readonly stop: IToken | undefined;
  /** The expression breaks off at `stop` instead of ending before it. */
  readonly failed: boolean;
}

export function parseExpression(tokens: IToken[]): Parsed<Expression> {
  return PARSER.parse(() => PARSER.expression(), tokens);
}

export function parseExpressionList(tokens: IToken[]): Parsed<Expression[]> {
  return PARSER.parse(() => PARSER.list(), tokens);
}

export function parseLexicalCall(tokens: IToken[]): Parsed<Expression> {
  return PARSER.parse(() => PARSER.call(), tokens);
}
