import { isBlank, trim } from './characters.js';

/**
 * The text of a PIPE command: sequences of pipelines. Everything outside quotation marks and parentheses:
 *   a ; b    one after the other         a && b   b when a succeeded       a || b   b when a failed
 *   a | b    b reads what a writes       ( a ; b )  in a subprocess        a &      in the background
 *   < file  > file  >> file  2> file     input, output, output at the end of the file, messages
 * A semicolon separates only behind a blank or a parenthesis, for it stands in file specifications too; the same goes for < and >.
 * @source DCL Dictionary, PIPE
 */
export type SequenceOperator = ';' | '&&' | '||';

export interface NextPipeline {
  /** What stood in front of it; ';' for the first. */
  readonly operator: SequenceOperator;
  /** Its segments. */
  readonly segments: readonly string[];
  /** What is left, its operator in front. */
  readonly rest: string;
}

export interface Redirection {
  readonly command: string;
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly append: boolean;
  readonly error: string | undefined;
}

/** Calls `visit` for every character outside quotation marks and parentheses until it gives true. @returns where, or the length */
function scan(text: string, from: number, visit: (at: number) => boolean): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      const close = text.indexOf('"', at + 1);
      at = close < 0 ? text.length : close;
    } else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth <= 0 && visit(at)) return at;
  }
  return text.length;
}

/** Whether a sign that may belong to a file specification stands alone at `at`. */
function standsAlone(text: string, at: number): boolean {
  return at === 0 || isBlank(text.charAt(at - 1)) || text.charAt(at - 1) === ')';
}

/** The operator at `at`; undefined when there is none. */
function operatorAt(text: string, at: number): SequenceOperator | undefined {
  if (text.startsWith('&&', at)) return '&&';
  if (text.startsWith('||', at)) return '||';
  return text.charAt(at) === ';' && standsAlone(text, at) ? ';' : undefined;
}

/** Whether the whole is to run in the background: an ampersand at the end. @returns the text without it */
export function backgroundOf(text: string): string | undefined {
  const clean = trim(text);
  return clean.endsWith('&') && !clean.endsWith('&&') && !inQuotes(clean) ? trim(clean.slice(0, -1)) : undefined;
}

function inQuotes(text: string): boolean {
  return (text.split('"').length & 1) === 0;
}

/** Takes the first pipeline off `text`, which may begin with its operator. */
export function nextPipeline(text: string): NextPipeline {
  const clean = trim(text);
  const operator = operatorAt(clean, 0);
  const start = operator?.length ?? 0;
  const segments: string[] = [];
  let from = start;
  const end = scan(clean, start, (at) => {
    if (operatorAt(clean, at)) return true;
    // The second of two bars is not a bar.
    if (clean.charAt(at) === '|' && clean.charAt(at - 1) !== '|') {
      segments.push(trim(clean.slice(from, at)));
      from = at + 1;
    }
    return false;
  });
  segments.push(trim(clean.slice(from, end)));
  return { operator: operator ?? ';', segments, rest: clean.slice(end) };
}

/** Takes the redirections out of a segment. A name that is missing is undefined in `missing`. */
export function redirectionsOf(segment: string): Redirection | 'incomplete' {
  let command = '';
  let input: string | undefined;
  let output: string | undefined;
  let error: string | undefined;
  let append = false;
  let from = 0;
  let incomplete = false;
  const sign = /^(2>|>>|>|<(?![^<> \t]+>))[ \t]*/;
  for (let at = 0; at < segment.length;) {
    at = scan(segment, at, (place) => standsAlone(segment, place) && sign.test(segment.slice(place)));
    if (at >= segment.length) break;
    const match = sign.exec(segment.slice(at))!;
    const nameAt = at + match[0].length;
    const name = /^(?:"[^"]*"|[^ \t"<>|;]|;[^ \t])+/.exec(segment.slice(nameAt))?.[0] ?? '';
    if (name === '') incomplete = true;
    command += segment.slice(from, at);
    from = at = nameAt + name.length;
    if (match[1] === '<') input = name;
    else if (match[1] === '2>') error = name;
    else {
      output = name;
      append = match[1] === '>>';
    }
  }
  return incomplete ? 'incomplete' : { command: trim(command + segment.slice(from)), input, output, append, error };
}

/** The inside of a segment that is one pair of parentheses; undefined when it is not. */
export function subshellOf(command: string): string | undefined {
  if (!command.startsWith('(')) return undefined;
  let depth = 0;
  for (let at = 0; at < command.length; at += 1) {
    const character = command.charAt(at);
    if (character === '"') {
      const close = command.indexOf('"', at + 1);
      at = close < 0 ? command.length : close;
    } else if (character === '(') depth += 1;
    else if (character === ')' && (depth -= 1) === 0) return at === command.length - 1 ? trim(command.slice(1, -1)) : undefined;
  }
  return undefined;
}
