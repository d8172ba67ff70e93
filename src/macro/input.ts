import { isDigit } from './cursor.js';
import { StatementError } from './diagnostics.js';

/**
 * Where source lines come from: the files being assembled, and above them the macro expansions and repeat blocks in
 * progress, innermost last. Joins continued lines (a hyphen at the end, before any comment).
 */
export interface InputFrame {
  readonly kind: 'file' | 'macro' | 'repeat';
  readonly name: string;
  readonly lines: readonly string[];
  index: number;
  /** Positional arguments of the macro call, for .NARG. */
  readonly argumentCount: number;
  /** Conditionals open when the frame began; .MEXIT closes the others. */
  readonly conditionalDepth: number;
}

const DEEPEST = 200;
/** Lines that macros and repeat blocks may make in one assembly; more means that they never end. */
const MOST_EXPANDED = 2_000_000;
/** A statement with its continuations. */
const LONGEST_STATEMENT = 2000;

export class Input {
  private readonly frames: InputFrame[] = [];
  private top: InputFrame | undefined = undefined;
  private expanded = 0;
  /** Line of the source file (1-based) on which the statement last read begins. */
  private statementLine = 0;

  push(frame: InputFrame): void {
    if (frame.kind !== 'file') this.expanded += frame.lines.length;
    if (this.frames.length >= DEEPEST || this.expanded > MOST_EXPANDED) throw new StatementError('MACNESTED', frame.name);
    this.frames.push(frame);
    this.top = frame;
  }

  pop(): InputFrame | undefined {
    const frame = this.frames.pop();
    this.top = this.frames[this.frames.length - 1];
    return frame;
  }

  /** The next line as written; undefined when all input is used up. */
  nextPhysical(): string | undefined {
    for (;;) {
      const frame = this.top;
      if (frame === undefined) return undefined;
      if (frame.index < frame.lines.length) {
        const line = frame.lines[frame.index++];
        if (frame.kind === 'file') this.statementLine = frame.index;
        return line;
      }
      this.pop();
    }
  }

  /** The next statement, continuation lines joined. */
  next(): string | undefined {
    const line = this.nextPhysical();
    if (line === undefined) return line;
    if (line.length > LONGEST_STATEMENT) throw new StatementError('LINTOOLONG');
    if (!line.includes('-')) return line;
    let statement = line;
    const firstLine = this.statementLine;
    for (let hyphen = continuation(statement); hyphen >= 0; hyphen = continuation(statement)) {
      const more = this.top !== undefined && this.top.index < this.top.lines.length ? this.nextPhysical() : undefined;
      statement = statement.slice(0, hyphen) + (more ?? '');
      if (statement.length > LONGEST_STATEMENT) throw new StatementError('LINTOOLONG');
      if (more === undefined) break;
    }
    this.statementLine = firstLine;
    return statement;
  }

  /** Inside a macro or repeat block (and not in the source file itself). */
  get isExpanding(): boolean { return this.top !== undefined && this.top.kind !== 'file'; }

  get current(): InputFrame | undefined { return this.top; }

  /** The innermost macro call. */
  get macroFrame(): InputFrame | undefined { return this.frames.findLast((frame) => frame.kind === 'macro'); }

  /** File and line (1-based) of the statement last read, outside all macros. */
  get position(): { file: string; line: number } {
    const frame = this.frames.findLast((f) => f.kind === 'file');
    return { file: frame?.name ?? '', line: this.statementLine };
  }
}

export function splitLines(source: string): string[] {
  const lines = source.split('\n');
  if (source.includes('\r')) for (let i = 0; i < lines.length; i++) if (lines[i]!.endsWith('\r')) lines[i] = lines[i]!.slice(0, -1);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/** Index of the hyphen that continues the line, or -1. A semicolon inside .ASCII text is no comment. */
function continuation(line: string): number {
  const comment = /\.ASCI/i.test(line) ? -1 : line.indexOf(';');
  let end = (comment < 0 ? line.length : comment) - 1;
  while (end >= 0 && (line.charCodeAt(end) === 0x20 || line.charCodeAt(end) === 0x09)) end--;
  return end >= 0 && line.charCodeAt(end) === 0x2d ? end : -1;
}

const OPERATOR = /^[ \t]*(?:[A-Za-z0-9$_.]+:{1,2}[ \t]*)*(\.[A-Za-z_]+)/;

/** The directive a line consists of, in upper case, '' for anything else. Used on lines that are not assembled. */
export function directiveOf(line: string): string {
  if (!line.includes('.')) return '';
  const first = line.trimStart().charCodeAt(0);
  if (first === 0x3b || (isDigit(first) && !line.includes(':'))) return '';
  return OPERATOR.exec(line)?.[1]?.toUpperCase() ?? '';
}
