import type {
  CLI$_ABFNAM, CLI$_IVFNAM} from '../condition-codes.js';
import { CLI$_ABVERB, CLI$_ARGREQ, CLI$_DEFOVF, CLI$_INSFPRM, CLI$_IVVERB, CLI$_NOCOMD, CLI$_NOTHEN, CLI$_ONERR, CLI$_SYMDEL, CLI$_UNDSYM, CLI$_USCALL,
  CLI$_USGOSUB, CLI$_USGOTO,
} from '../condition-codes.js';
import { CommandFailure } from '../condition.js';
import { cutParameters } from '../commands/procedure.js';
import { splitLabel } from '../interpreter/labels.js';
import { readAssignment } from '../language/assignment.js';
import { isSymbolStart, upcase } from '../language/characters.js';
import { findExpression, findExpressionList, type Environment } from '../language/evaluate.js';
import type { Expression } from '../language/expression-parser.js';
import { findLexical } from '../lexicals/registry.js';
import { parseCommand } from '../tables/parse-command.js';
import { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandTable } from '../tables/reader.js';
import type { Finding } from './findings.js';
import { Flow } from './flow.js';
import { apostropheNames, findThen, isDynamic, outside, readCommands, skipDollar, withoutForms, type Place, type SourceCommand } from './source.js';
import { FOREIGN_VERBS, LATER_LEXICALS, LATER_QUALIFIERS } from './later.js';
import { SymbolFacts } from './symbol-facts.js';

/** Every symbol has a value here: only the form of expressions is looked at. */
const ANY_SYMBOL: Environment = { symbol: () => '', *call() { return ''; } };

const LABEL_QUALIFIER = /\/(?:END\w*|ERR\w*)[ \t]*[=:][ \t]*([\w$]+)/gi;
const ON_CONDITIONS = ['WARNING', 'ERROR', 'SEVERE_ERROR', 'CONTROL_Y'];
const MOST_PARAMETERS = 8;

/** A part of a line that is a command of its own: the line itself, or what stands behind THEN or ELSE. */
interface Part {
  readonly source: SourceCommand;
  readonly text: string;
  readonly offset: number;
  /** Executed whenever the line is reached. */
  readonly always: boolean;
}

/** What can only be said when all files have been read. */
interface Open extends Place {
  readonly name: string;
  readonly code: number;
}

/**
 * One procedure, read without running it. `findings` are certain; `verbs` and `uses` wait for the symbols of the other files.
 * @source dcl-language.md sections 1 to 7
 */
export class ProcedureCheck {
  readonly findings: Finding[] = [];
  readonly symbols = new SymbolFacts();
  /** Words in verb position that no command table has. */
  readonly verbs: Open[] = [];
  /** Symbols whose value an expression needs. */
  readonly uses: Open[] = [];
  private readonly flow = new Flow((finding) => { this.findings.push(finding); });

  constructor(text: string, private readonly table: CommandTable) {
    for (const source of readCommands(text)) this.line(source);
    this.flow.end();
  }

  // Lines ---------------------------------------------------------------------------------------------------------

  private line(source: SourceCommand): void {
    for (const { name } of apostropheNames(source.text)) this.symbols.named.add(name);
    let at = skipDollar(source.text);
    for (;;) {
      const rest = source.text.slice(at);
      const dynamic = /^[\w$']*'[\w$']*[ \t]*:(?!=)/.exec(rest);
      const { label, rest: behind } = splitLabel(rest);
      if (/^ENDSUBR/i.test(label ?? '')) break;
      if (dynamic) this.flow.dynamicLabel();
      else if (label !== undefined) this.flow.label(label, source.placeAt(at), /^\$?[ \t]*SUBR/i.test(behind));
      else break;
      at = dynamic ? at + dynamic[0].length : source.text.length - behind.length;
      at += skipDollar(source.text.slice(at));
    }
    const text = source.text.slice(at);
    if (text !== '') this.part({ source, text, offset: at, always: true });
  }

  private report(part: Part, code: Finding['code'], token?: string, severity: Finding['severity'] = 'error'): void {
    const at = token === undefined ? 0 : Math.max(0, upcase(part.text).indexOf(upcase(token)));
    this.findings.push({ ...part.source.placeAt(part.offset + at), severity, code, token });
  }

  /** Runs `body`; a condition it ends with is a finding. */
  private attempt<T>(part: Part, body: () => T): T | undefined {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      this.report(part, error.code, error.token);
      return undefined;
    }
  }

  // Commands ------------------------------------------------------------------------------------------------------

  private part(part: Part): void {
    const { text } = part;
    if (text.startsWith('@')) return this.procedureCall(part);
    if (this.assignment(part)) return;
    const word = /^[\w$']*/.exec(text)![0];
    if (word.includes("'") || text.startsWith('&')) {
      this.symbols.runsImages = true;
      return this.plain(part);
    }
    if (!isSymbolStart(text.charAt(0))) {
      this.plain(part);
      return this.report(part, CLI$_NOCOMD);
    }
    this.verb(part, upcase(word));
  }

  /** A command that says nothing about what comes after it. */
  private plain(part: Part): void {
    this.flow.command(part.source.placeAt(part.offset));
  }

  private procedureCall(part: Part): void {
    this.plain(part);
    this.symbols.callsOthers = true;
    if (isDynamic(part.text)) return;
    const [, ...parameters] = cutParameters(part.text.slice(1));
    if (parameters.length > MOST_PARAMETERS) this.report(part, CLI$_DEFOVF);
  }

  /** @returns whether the part is an assignment */
  private assignment(part: Part): boolean {
    const { text } = part;
    const dynamic = /^([\w$*]*'[\w$'*]*)[ \t]*(?:\[[^\]]*\][ \t]*)?(:?==?)(.*)$/.exec(text);
    if (dynamic) {
      this.symbols.pattern(dynamic[1]!);
      this.plain(part);
      if (!dynamic[2]!.startsWith(':')) this.expression(part, text.length - dynamic[3]!.length);
      return true;
    }
    const overlay = /^[\w$]+\[([^\]]*)\]/.exec(text)?.[1];
    const found = overlay !== undefined && isDynamic(overlay) ? readAssignment(text.replace(overlay, '0,0')) : this.attempt(part, () => readAssignment(text));
    if (!found) return false;
    this.plain(part);
    this.symbols.assign(found.name, found.required, knownValue(found.value, found.textual));
    if (overlay !== undefined && !isDynamic(overlay)) this.expressions(part, text.indexOf('[') + 1, overlay);
    if (!found.textual) this.expression(part, text.length - found.value.length);
    return true;
  }

  private verb(part: Part, word: string): void {
    const { text } = part;
    const place = part.source.placeAt(part.offset);
    const rest = text.slice(word.length);
    // The words of the control structure are told apart before symbols: a symbol of such a name would hide them, and nobody has one.
    const found = this.table.findVerb(word).found?.name ?? '';
    switch (found) {
      case 'IF': return this.ifCommand(part, text.length - rest.length);
      case 'THEN':
        this.flow.then(place);
        return this.nested(part, word.length, false);
      case 'ELSE':
        this.flow.else(place);
        return this.nested(part, word.length, false);
      case 'ENDIF': return this.flow.endif(place);
      case 'SUBROUTINE': return this.flow.subroutine(place);
      case 'ENDSUBROUTINE': return this.flow.endSubroutine(place);
      case 'EOD': return;
      case 'ON': return this.onCommand(part, word.length);
      default:
    }
    this.flow.command(place, /^(?:EXIT|GOTO|RETURN|STOP|LOGOUT)$/.test(found));
    if (this.symbols.mayBe(word)) {
      if (this.symbols.mayRun(word)) this.symbols.runsImages = true;
      return;
    }
    switch (found) {
      case 'GOTO': case 'GOSUB': this.goTo(part, found === 'GOTO' ? CLI$_USGOTO : CLI$_USGOSUB, rest); break;
      case 'CALL': this.goTo(part, CLI$_USCALL, rest.replace(/^[ \t]*\/OUT\w*[ \t]*[=:][ \t]*\S+/i, '')); break;
      case 'EXIT': case 'RETURN': if (rest.trim() !== '') this.expression(part, word.length); break;
      case 'WRITE': this.write(part); break;
      default: this.tableCommand(part, word);
    }
    const stops = found === 'GOTO' || found === 'EXIT' || found === 'RETURN' || found === 'LOGOUT' || found === 'EOJ' || (found === 'STOP' && rest.trim() === '');
    if (part.always && stops) this.flow.stops();
  }

  private nested(part: Part, skip: number, always: boolean): void {
    const blanks = skip + skipDollar(part.text.slice(skip));
    const at = part.text.charAt(blanks) === '$' ? blanks + 1 : blanks;
    const text = part.text.slice(at);
    if (text === '') return;
    this.part({ source: part.source, text, offset: part.offset + at, always });
  }

  private ifCommand(part: Part, skip: number): void {
    const { text } = part;
    const then = findThen(text.slice(skip));
    this.flow.command(part.source.placeAt(part.offset));
    this.expression(part, skip, then < 0 ? undefined : skip + then);
    if (then < 0) return this.flow.if(part.source.placeAt(part.offset));
    const behind = skip + then + 4;
    if (text.slice(behind).trim() === '') return this.flow.open(part.source.placeAt(part.offset));
    this.nested(part, behind, false);
  }

  private onCommand(part: Part, skip: number): void {
    this.plain(part);
    const match = /^[ \t]+([\w']+)[ \t]+THEN(?![\w$])/i.exec(part.text.slice(skip));
    if (!match) return isDynamic(part.text) ? undefined : this.report(part, CLI$_NOTHEN);
    const condition = upcase(match[1]!);
    const known = condition.includes("'") || ON_CONDITIONS.some((name) => name.startsWith(condition) || name.slice(0, 4) === condition.slice(0, 4));
    if (!known) this.report(part, CLI$_ONERR, condition);
    this.nested(part, skip + match[0].length, false);
  }

  private goTo(part: Part, missing: number, rest: string): void {
    const label = /^[ \t]*([\w$']+)/.exec(rest)?.[1];
    if (label === undefined) {
      if (/['&]/.test(rest)) return this.flow.dynamicTarget();
      return this.report(part, CLI$_INSFPRM);
    }
    if (label.includes("'") || /^[ \t]*[\w$]+&/.test(rest)) return this.flow.dynamicTarget();
    this.flow.target(upcase(label), part.source.placeAt(part.offset + part.text.length - rest.length + rest.indexOf(label)), missing);
  }

  private write(part: Part): void {
    this.labelsOf(part);
    // Behind the qualifiers and the logical name come expressions.
    const match = /^\w+(?:[ \t]*\/\w+(?:[ \t]*[=:][ \t]*[\w$']+)?)*[ \t]+(?:"[^"]*"|[^ \t,"]+)[ \t]*/.exec(part.text);
    if (!match || isDynamic(match[0])) return this.tableCommand(part, 'WRITE');
    const items = part.text.slice(match[0].length);
    if (/\/SYM/i.test(match[0])) {
      for (const { name } of [...items.matchAll(/[\w$]+/g)].map(([name]) => ({ name }))) this.symbols.named.add(upcase(name));
      return;
    }
    if (items !== '' && !isDynamic(items)) this.expressions(part, match[0].length, items);
  }

  private labelsOf(part: Part): void {
    for (const match of outside(part.text).matchAll(LABEL_QUALIFIER)) {
      this.flow.target(upcase(match[1]!), part.source.placeAt(part.offset + match.index + match[0].length - match[1]!.length), CLI$_USGOTO);
    }
    if (/\/(?:END\w*|ERR\w*)[ \t]*[=:][ \t]*[\w$]*'/i.test(part.text)) this.flow.dynamicTarget();
  }

  private tableCommand(part: Part, word: string): void {
    const { text } = part;
    const looked = this.table.findVerb(word);
    if (/^(?:RUN|MCR|PIPE|SPAWN)$/.test(looked.found?.name ?? '')) this.symbols.runsImages = true;
    if (!looked.found) {
      if (isForeign(word)) {
        this.symbols.runsImages = true;
        return;
      }
      this.verbs.push({ name: word, code: looked.ambiguous ? CLI$_ABVERB : CLI$_IVVERB, ...part.source.placeAt(part.offset) });
      return;
    }
    if (looked.found.name === 'READ' || looked.found.name === 'OPEN' || looked.found.name === 'CLOSE') this.labelsOf(part);
    const setter = /^(?:READ|INQUIRE)$/.test(looked.found.name);
    if (setter) this.setByCommand(part, looked.found.name);
    if (isDynamic(text) || LATER_QUALIFIERS.test(outside(text))) return;
    try {
      if (!(parseCommand(this.table, text) instanceof ParsedCommand)) this.report(part, CLI$_INSFPRM);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      // A quoted value that apostrophes put something into.
      if (error.token?.includes("''")) return;
      // Known only by its first four letters (INITEX), and not used as that verb is: some other command.
      if (looked.found.name.startsWith(word)) this.report(part, error.code, error.token);
      else this.verbs.push({ name: word, code: CLI$_IVVERB, ...part.source.placeAt(part.offset) });
    }
  }

  /** READ and INQUIRE give symbols values. */
  private setByCommand(part: Part, verb: string): void {
    const bare = part.text.replace(/^\w+/, '').replace(/\/\w+(?:[ \t]*[=:][ \t]*(?:"(?:[^"]|"")*"|[^ \t/]+))?/g, ' ').trim();
    const words = bare.split(/[ \t,]+/);
    const name = words[verb === 'READ' ? 1 : 0] ?? '';
    if (name.includes("'")) this.symbols.pattern(name);
    else this.symbols.assign(upcase(name), name.length);
  }

  // Expressions ---------------------------------------------------------------------------------------------------

  private expression(part: Part, start: number, end?: number): void {
    const text = withoutForms(part.text.slice(0, end)).replace(/;[ \t]*$/, '');
    if (isDynamic(text.slice(start))) return;
    const found = this.attempt(part, () => findExpression(text, start, ANY_SYMBOL));
    if (!found) return;
    if (found.leftover === 'parenthesis') this.report(part, CLI$_SYMDEL);
    this.walk(part, found.tree);
  }

  private expressions(part: Part, start: number, text: string): void {
    const found = this.attempt(part, () => findExpressionList(withoutForms(text).replace(/;[ \t]*$/, ''), 0, ANY_SYMBOL));
    if (!found) return;
    if (found.leftover === 'parenthesis') this.report({ ...part, text, offset: part.offset + start }, CLI$_SYMDEL);
    for (const tree of found.tree) this.walk(part, tree);
  }

  private walk(part: Part, tree: Expression): void {
    switch (tree.kind) {
      case 'symbol': {
        const at = outside(upcase(part.text)).search(new RegExp(`(?<![\\w$])${tree.name.replaceAll('$', '\\$')}(?![\\w$])`));
        this.uses.push({ name: tree.name, code: CLI$_UNDSYM, ...part.source.placeAt(part.offset + Math.max(0, at)) });
        return;
      }
      case 'unary': return this.walk(part, tree.operand);
      case 'binary':
        this.walk(part, tree.left);
        return this.walk(part, tree.right);
      case 'call': return this.call(part, tree);
      default:
    }
  }

  private call(part: Part, tree: Expression & { readonly kind: 'call' }): void {
    const lexical = lexicalOf(tree.name);
    if (typeof lexical === 'number') {
      if (!LATER_LEXICALS.has(tree.name)) this.report(part, lexical, tree.name);
      return;
    }
    const { parameters } = lexical;
    const none = tree.args.length === 1 && tree.args[0] === undefined;
    if (parameters.some(({ optional }, index) => !optional && tree.args[index] === undefined)) this.report(part, CLI$_ARGREQ, tree.name);
    else if ((tree.args.length > parameters.length && !none) || !tree.closed) this.report(part, CLI$_SYMDEL, tree.name);
    tree.args.forEach((arg, index) => {
      if (arg === undefined) return;
      if (parameters[index]?.kind !== 'symbol' || arg.kind !== 'symbol') return this.walk(part, arg);
      if (lexical.name === 'F$TYPE') this.symbols.tested.add(arg.name);
      else this.symbols.assign(arg.name, arg.name.length);
    });
  }
}

/** What an assignment stores, when it is written out; an expression that is no literal counts as a number. */
function knownValue(value: string, textual: boolean): string | undefined {
  const text = value.trim();
  if (text.includes("'") || text.includes('&')) return undefined;
  if (textual) return text.replaceAll('"', '');
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : /^[-+*/%\d\s().A-Z_]*$/i.test(text) && !text.includes('$') ? '0' : undefined;
}

/** A verb of a layered product or of a later version, or a short form of one; or a name that only a facility's symbol can have. */
function isForeign(word: string): boolean {
  return word.includes('$') || FOREIGN_VERBS.has(word) || [...FOREIGN_VERBS].some((verb) => word.length >= 3 && verb.startsWith(word));
}

function lexicalOf(name: string): ReturnType<typeof findLexical> | typeof CLI$_ABFNAM | typeof CLI$_IVFNAM {
  try {
    return findLexical(name);
  } catch (error) {
    if (error instanceof CommandFailure) return error.code as typeof CLI$_IVFNAM;
    throw error;
  }
}
