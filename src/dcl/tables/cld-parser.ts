/**
 * Command definition language: text of a .cld file to definitions. The language is that of SET COMMAND; CLIROUTINE names a
 * routine inside DCL. @source DCL Command Definition Utility, statements DEFINE SYNTAX, TYPE, VERB
 */
export interface CldValue {
  readonly required: boolean;
  readonly list: boolean;
  readonly concatenate: boolean;
  readonly type: string;
  readonly defaultValue: string | undefined;
}

export interface CldEntity {
  readonly kind: 'parameter' | 'qualifier' | 'keyword';
  readonly name: string;
  readonly label: string;
  readonly prompt: string | undefined;
  readonly isDefault: boolean;
  readonly batch: boolean;
  readonly negatable: boolean;
  readonly placement: 'GLOBAL' | 'LOCAL' | 'POSITIONAL';
  readonly syntax: string | undefined;
  readonly value: CldValue | undefined;
}

export type CldExpression =
  | { readonly operator: 'PATH'; readonly names: readonly string[] }
  | { readonly operator: 'NOT' | 'AND' | 'OR' | 'NEG' | 'ANY2'; readonly operands: readonly CldExpression[] };

export interface CldDefinition {
  readonly name: string;
  readonly synonyms: readonly string[];
  readonly image: string | undefined;
  readonly routine: string | undefined;
  readonly parameters: readonly CldEntity[];
  readonly qualifiers: readonly CldEntity[];
  readonly disallows: readonly CldExpression[];
  /** NOPARAMETERS, NOQUALIFIERS, NODISALLOWS: a syntax that leaves one out keeps the verb's. */
  readonly noParameters: boolean;
  readonly noQualifiers: boolean;
  readonly noDisallows: boolean;
}

export interface CldModule {
  readonly verbs: readonly CldDefinition[];
  readonly syntaxes: readonly CldDefinition[];
  readonly types: ReadonlyMap<string, readonly CldEntity[]>;
}

/** A mistake in a .cld source, with its line number; 0 when it belongs to no one line. */
export class CldError extends Error {
  constructor(readonly line: number, text: string) {
    super(line === 0 ? text : `line ${line}: ${text}`);
  }
}

interface Word {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

function cut(source: string): Word[] {
  const words: Word[] = [];
  source.split('\n').forEach((lineText, index) => {
    const pattern = /\s+|!.*|-\s*(?:!.*)?$|"((?:[^"]|"")*)"|[A-Za-z0-9_$]+|[(),=<>]|./g;
    for (const match of lineText.matchAll(pattern)) {
      const text = match[0];
      if (/^\s/.test(text) || text.startsWith('!') || text.startsWith('-')) continue;
      if (match[1] !== undefined) words.push({ text: match[1].replaceAll('""', '"'), quoted: true, line: index + 1 });
      else words.push({ text: text.toUpperCase(), quoted: false, line: index + 1 });
    }
  });
  return words;
}

const VERB_CLAUSES = ['IMAGE', 'ROUTINE', 'CLIROUTINE', 'SYNONYM', 'PARAMETER', 'QUALIFIER', 'DISALLOW', 'NOPARAMETERS', 'NOQUALIFIERS', 'NODISALLOWS', 'CLIFLAGS'];

/** Parses the text of one .cld file. @throws CldError */
export function parseCld(source: string): CldModule {
  return new CldParser(cut(source)).module();
}

class CldParser {
  private at = 0;

  constructor(private readonly words: readonly Word[]) {}

  module(): CldModule {
    const verbs: CldDefinition[] = [];
    const syntaxes: CldDefinition[] = [];
    const types = new Map<string, readonly CldEntity[]>();
    while (this.at < this.words.length) {
      if (this.take('MODULE') || this.take('IDENT')) { this.next(); continue; }
      this.expect('DEFINE');
      const kind = this.next().text;
      const name = this.next().text;
      if (kind === 'VERB') verbs.push(this.definition(name));
      else if (kind === 'SYNTAX') syntaxes.push(this.definition(name));
      else if (kind === 'TYPE') types.set(name, this.keywords());
      else this.error(`DEFINE ${kind}: VERB, SYNTAX or TYPE expected`);
    }
    return { verbs, syntaxes, types };
  }

  private definition(name: string): CldDefinition {
    const synonyms: string[] = [];
    const parameters: CldEntity[] = [];
    const qualifiers: CldEntity[] = [];
    const disallows: CldExpression[] = [];
    let image: string | undefined;
    let routine: string | undefined;
    let noParameters = false;
    let noQualifiers = false;
    let noDisallows = false;
    for (;;) {
      const word = this.peek();
      if (!word || word.quoted || !VERB_CLAUSES.includes(word.text)) break;
      this.at += 1;
      switch (word.text) {
        case 'IMAGE': image = this.next().text; break;
        case 'CLIROUTINE':
        case 'ROUTINE': routine = this.next().text; break;
        case 'CLIFLAGS': this.parenthesized(() => { this.next(); }); break;
        case 'SYNONYM': synonyms.push(this.next().text); break;
        case 'PARAMETER': parameters.push(this.entity('parameter')); break;
        case 'QUALIFIER': qualifiers.push(this.entity('qualifier')); break;
        case 'DISALLOW': disallows.push(this.disjunction()); break;
        case 'NOPARAMETERS': noParameters = true; break;
        case 'NOQUALIFIERS': noQualifiers = true; break;
        default: noDisallows = true;
      }
      this.take(',');
    }
    return { name, synonyms, image, routine, parameters, qualifiers, disallows, noParameters, noQualifiers, noDisallows };
  }

  private keywords(): CldEntity[] {
    const keywords: CldEntity[] = [];
    while (this.take('KEYWORD')) keywords.push(this.entity('keyword'));
    return keywords;
  }

  private entity(kind: CldEntity['kind']): CldEntity {
    const name = this.next().text;
    let label = name;
    let prompt: string | undefined;
    let isDefault = false;
    let batch = false;
    let negatable = kind === 'qualifier';
    let placement: CldEntity['placement'] = 'GLOBAL';
    let syntax: string | undefined;
    let value: CldValue | undefined;
    while (this.take(',')) {
      const clause = this.next().text;
      switch (clause) {
        case 'LABEL': label = this.assigned(); break;
        case 'PROMPT': prompt = this.assigned(); break;
        case 'DEFAULT': isDefault = true; break;
        case 'BATCH': batch = true; break;
        case 'NEGATABLE': negatable = true; break;
        case 'NONNEGATABLE': negatable = false; break;
        case 'PLACEMENT': placement = this.assigned() as CldEntity['placement']; break;
        case 'SYNTAX': syntax = this.assigned(); break;
        case 'VALUE': value = this.value(); break;
        default: this.error(`clause ${clause} not known`);
      }
    }
    return { kind, name, label, prompt, isDefault, batch, negatable, placement, syntax, value: value ?? (kind === 'parameter' ? NO_VALUE_RULES : undefined) };
  }

  private value(): CldValue {
    let required = false;
    let list = false;
    let concatenate = false;
    let type = '';
    let defaultValue: string | undefined;
    if (this.peek()?.text === '(') {
      this.parenthesized(() => {
        const clause = this.next().text;
        switch (clause) {
          case 'REQUIRED': required = true; break;
          case 'LIST': list = true; break;
          case 'CONCATENATE': concatenate = true; break;
          case 'NOCONCATENATE': concatenate = false; break;
          case 'TYPE': type = this.assigned(); break;
          case 'DEFAULT': defaultValue = this.assigned(); break;
          default: this.error(`VALUE clause ${clause} not known`);
        }
      });
    }
    return { required, list, concatenate, type, defaultValue };
  }

  // DISALLOW expressions: OR looser than AND looser than NOT and NEG.
  private disjunction(): CldExpression {
    const operands = [this.conjunction()];
    while (this.take('OR')) operands.push(this.conjunction());
    return operands.length === 1 ? operands[0]! : { operator: 'OR', operands };
  }

  private conjunction(): CldExpression {
    const operands = [this.term()];
    while (this.take('AND')) operands.push(this.term());
    return operands.length === 1 ? operands[0]! : { operator: 'AND', operands };
  }

  private term(): CldExpression {
    if (this.take('NOT')) return { operator: 'NOT', operands: [this.term()] };
    if (this.take('NEG')) return { operator: 'NEG', operands: [this.term()] };
    if (this.take('ANY2')) {
      const operands: CldExpression[] = [];
      this.parenthesized(() => { operands.push(this.disjunction()); });
      return { operator: 'ANY2', operands };
    }
    if (this.take('(')) {
      const inner = this.disjunction();
      this.expect(')');
      return inner;
    }
    const names: string[] = [];
    if (this.take('<')) { this.next(); this.expect('>'); }
    do names.push(this.next().text); while (this.take('.'));
    return { operator: 'PATH', names };
  }

  private parenthesized(item: () => void): void {
    this.expect('(');
    do item(); while (this.take(','));
    this.expect(')');
  }

  private assigned(): string {
    this.expect('=');
    return this.next().text;
  }

  private peek(): Word | undefined { return this.words[this.at]; }

  private next(): Word {
    const word = this.words[this.at];
    if (!word) this.error('the text ends too early');
    this.at += 1;
    return word;
  }

  private take(text: string): boolean {
    const word = this.peek();
    if (!word || word.quoted || word.text !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.error(`${text} expected, ${this.peek()?.text ?? 'nothing'} found`);
  }

  private error(text: string): never {
    throw new CldError(this.words[Math.min(this.at, this.words.length - 1)]?.line ?? 0, text);
  }
}

const NO_VALUE_RULES: CldValue = { required: false, list: false, concatenate: false, type: '', defaultValue: undefined };
