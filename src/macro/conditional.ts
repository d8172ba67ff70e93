import type { Assembly } from './assembly.js';
import type { Cursor } from './cursor.js';
import { StatementError } from './diagnostics.js';
import { macroArgument } from './arguments.js';

/**
 * Conditional assembly: .IF ... .ENDC with its subconditionals, and .IIF. A conditional inside text that is skipped is
 * only counted. @source VAX MACRO manual, ch. 6, .IF and .IF_x
 */
interface Level {
  /** How the test came out. */
  readonly condition: boolean;
  /** The text around the .IF is itself being skipped: nothing in here is ever assembled. */
  readonly dead: boolean;
  active: boolean;
}

export class Conditionals {
  private readonly levels: Level[] = [];
  /** The line at hand is not to be assembled. */
  skipping = false;

  get depth(): number { return this.levels.length; }

  open(condition: boolean): void {
    this.levels.push({ condition, dead: this.skipping, active: condition });
    this.update();
  }

  close(): void {
    if (this.levels.pop() === undefined) throw new StatementError('NOTINANIF');
    this.update();
  }

  closeTo(depth: number): void {
    if (this.levels.length > depth) this.levels.length = depth;
    this.update();
  }

  sub(which: 'true' | 'false' | 'both'): void {
    const level = this.levels[this.levels.length - 1];
    if (level === undefined) throw new StatementError('NOTINANIF');
    level.active = which === 'both' || (which === 'true') === level.condition;
    this.update();
  }

  private update(): void {
    const level = this.levels[this.levels.length - 1];
    this.skipping = level !== undefined && (level.dead || !level.active);
  }
}

const IF_NAMES = new Set(['.IF', '.ENDC', '.IFF', '.IF_FALSE', '.IFT', '.IF_TRUE', '.IFTF', '.IF_TRUE_FALSE']);

/** Takes notice of a directive in skipped text. */
export function skippedDirective(conditionals: Conditionals, name: string): void {
  if (!IF_NAMES.has(name)) return;
  switch (name) {
    case '.IF': return conditionals.open(false);
    case '.ENDC': return conditionals.close();
    case '.IFF': case '.IF_FALSE': return conditionals.sub('false');
    case '.IFT': case '.IF_TRUE': return conditionals.sub('true');
    default: return conditionals.sub('both');
  }
}

/** The test after .IF or .IIF: name of the condition, separator, arguments. */
export function parseCondition(assembly: Assembly, cursor: Cursor): boolean {
  cursor.skip();
  const name = cursor.symbol();
  cursor.take(0x2c);
  switch (name) {
    case 'EQUAL': case 'EQ': return ifValue(assembly, cursor) === 0;
    case 'NOT_EQUAL': case 'NE': return ifValue(assembly, cursor) !== 0;
    case 'GREATER': case 'GT': return ifValue(assembly, cursor) > 0;
    case 'LESS_EQUAL': case 'LE': return ifValue(assembly, cursor) <= 0;
    case 'LESS_THAN': case 'LT': return ifValue(assembly, cursor) < 0;
    case 'GREATER_EQUAL': case 'GE': return ifValue(assembly, cursor) >= 0;
    case 'DEFINED': case 'DF': return isDefined(assembly, cursor);
    case 'NOT_DEFINED': case 'NDF': return !isDefined(assembly, cursor);
    case 'BLANK': case 'B': return macroArgument(cursor).trim() === '';
    case 'NOT_BLANK': case 'NB': return macroArgument(cursor).trim() !== '';
    case 'IDENTICAL': case 'IDN': return isIdentical(cursor);
    case 'DIFFERENT': case 'DIF': return !isIdentical(cursor);
    default: throw new StatementError('ILLIFCOND', name);
  }
}

function ifValue(assembly: Assembly, cursor: Cursor): number {
  if (cursor.atEnd()) return 0;
  const value = assembly.expression(cursor);
  if (typeof value !== 'number') throw new StatementError('IFEXPRNABS');
  return value;
}

function isDefined(assembly: Assembly, cursor: Cursor): boolean {
  cursor.skip();
  const name = cursor.symbol();
  if (name === '') throw new StatementError('IFDIRSYN');
  return assembly.isDefined(name);
}

/** Letters compare without regard to case, as symbols do. */
function isIdentical(cursor: Cursor): boolean {
  const first = macroArgument(cursor);
  const separated = cursor.take(0x2c);
  const second = macroArgument(cursor);
  if (!separated && second === '') throw new StatementError('IFDIRSYN');
  return first.toUpperCase() === second.toUpperCase();
}
