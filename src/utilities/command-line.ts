/** The command lines of utilities that have commands of their own: AUTHORIZE, MAIL. A verb, parameters, qualifiers with values, as DCL has them. */
export interface UtilityQualifier {
  /** As typed, in upper case, without NO when it is negated. */
  readonly name: string;
  readonly negated: boolean;
  /** What is behind the `=`: one value, or those of a list. Undefined: no value was given. */
  readonly values: readonly string[] | undefined;
}

export interface UtilityCommand {
  readonly verb: string;
  readonly parameters: readonly string[];
  readonly qualifiers: readonly UtilityQualifier[];
}

type Token = { readonly text: string; readonly quoted: boolean };

/** Characters that end a word. */
const SPECIAL = /[\s/=(),!]/;

function tokens(line: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < line.length;) {
    const character = line[at]!;
    if (character === '!') break;
    if (character === '"') {
      let text = '';
      for (at += 1; at < line.length; at += 1) {
        if (line[at] !== '"') text += line[at]!;
        else if (line[at + 1] === '"') {
          text += '"';
          at += 1;
        } else break;
      }
      at += 1;
      found.push({ text, quoted: true });
    } else if (SPECIAL.test(character)) {
      if (!/\s/.test(character)) found.push({ text: character, quoted: false });
      else if (found.at(-1)?.text !== ' ') found.push({ text: ' ', quoted: false });
      at += 1;
    } else {
      // [1,4] and [SMITH.SUB] are one word.
      let depth = 0;
      let end = at;
      for (; end < line.length && (depth > 0 || !SPECIAL.test(line[end]!)) && line[end] !== '"'; end += 1) {
        if (line[end] === '[') depth += 1;
        if (line[end] === ']') depth -= 1;
      }
      found.push({ text: line.slice(at, end).toUpperCase(), quoted: false });
      at = end;
    }
  }
  return found;
}

/** Undefined: not a command. An empty line has the verb ''. */
export function parseUtilityCommand(line: string): UtilityCommand | undefined {
  const list = tokens(line);
  let at = 0;
  const isAt = (text: string): boolean => at < list.length && !list[at]!.quoted && list[at]!.text === text;
  const skipBlanks = (): void => { while (isAt(' ')) at += 1; };
  const word = (): string | undefined => {
    const token = list[at];
    if (!token || (!token.quoted && token.text.length === 1 && SPECIAL.test(token.text))) return undefined;
    at += 1;
    let { text } = token;
    // "A B"C and X"y z" belong together.
    while (at < list.length && (list[at]!.quoted || !(list[at]!.text.length === 1 && SPECIAL.test(list[at]!.text)))) text += list[at++]!.text;
    return text;
  };
  const listed = (): string[] | undefined => {
    const values: string[] = [];
    at += 1;
    for (;;) {
      skipBlanks();
      let value = word() ?? '';
      skipBlanks();
      // (GROUP:RW) and (PRIMARY=9-17) keep what is behind the sign.
      if (isAt('=')) {
        at += 1;
        value += `=${word() ?? ''}`;
        skipBlanks();
      }
      values.push(value);
      if (isAt(')')) break;
      if (!isAt(',')) return undefined;
      at += 1;
    }
    at += 1;
    return values;
  };
  const qualifiers: UtilityQualifier[] = [];
  const parameters: string[] = [];
  skipBlanks();
  const verb = word() ?? '';
  for (;;) {
    skipBlanks();
    if (at >= list.length) break;
    if (isAt('/')) {
      at += 1;
      skipBlanks();
      const name = word();
      if (name === undefined) return undefined;
      skipBlanks();
      let values: string[] | undefined;
      if (isAt('=')) {
        at += 1;
        skipBlanks();
        values = isAt('(') ? listed() : [word() ?? ''];
        if (!values) return undefined;
      }
      qualifiers.push({ name, negated: false, values });
    } else if (isAt(',') && parameters.length > 0) {
      at += 1;
      skipBlanks();
      const more = word();
      if (more === undefined) return undefined;
      parameters.push(more);
    } else {
      const parameter = isAt('(') ? undefined : word();
      if (parameter === undefined) return undefined;
      parameters.push(parameter);
    }
  }
  return { verb, parameters, qualifiers };
}

/** The keyword of a list that was typed or begun; undefined when there is none, or several. */
export function keywordOf<Keyword extends string>(typed: string, keywords: readonly Keyword[]): Keyword | undefined {
  const exact = keywords.find((keyword) => keyword === typed);
  if (exact !== undefined) return exact;
  const found = typed === '' ? [] : keywords.filter((keyword) => keyword.startsWith(typed));
  return found.length === 1 ? found[0] : undefined;
}

/** A qualifier with its whole name; `NO` in front of a known one negates it. Undefined when it is not known. */
export function knownQualifier(qualifier: UtilityQualifier, names: readonly string[]): UtilityQualifier | undefined {
  const plain = keywordOf(qualifier.name, names);
  if (plain !== undefined) return { ...qualifier, name: plain };
  const negated = qualifier.name.startsWith('NO') ? keywordOf(qualifier.name.slice(2), names) : undefined;
  return negated === undefined ? undefined : { ...qualifier, name: negated, negated: true };
}
