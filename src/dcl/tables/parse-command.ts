import {
  CLI$_ABKEYW, CLI$_ABVERB, CLI$_CONFLICT, CLI$_IVATIME, CLI$_IVDTIME, CLI$_IVKEYW, CLI$_IVQLOC, CLI$_IVQUAL, CLI$_IVVERB, CLI$_MAXPARM, CLI$_NOCOMD, CLI$_NOKEYW,
  CLI$_NOLIST, CLI$_NOPAREN, CLI$_NOQUAL, CLI$_NOTNEG, CLI$_NOVALU, CLI$_NUMBER, CLI$_ONEVAL, CLI$_PARMDEL, CLI$_VALREQ,
} from '../condition-codes.js';
import { fail } from '../condition.js';
import { canonical, isBlank, isSymbolCharacter, isSymbolStart, trim, unquote, upcase } from '../language/characters.js';
import { readTime } from '../language/time-text.js';
import { parseNumber } from '../language/value.js';
import { ParsedCommand, type ParsedEntity, type ParsedValue } from './parsed-command.js';
import { lookup, type Command, type CommandTable, type Entity } from './reader.js';

/** The line lacks a required parameter: DCL prompts for it, or reports INSFPRM in a procedure. */
export interface MissingParameter {
  readonly missing: Entity;
}

/** Text types that take everything up to the end of the line. */
const REST_OF_LINE = new Set(['$REST_OF_LINE', '$EXPRESSION']);

/** Verb at the start of `text`, upper case, and where it ends. CLI$_NOCOMD when no name begins there. */
export function readVerb(text: string): { verb: string; end: number } {
  if (!isSymbolStart(text.charAt(0))) fail(CLI$_NOCOMD);
  let end = 1;
  while (isSymbolCharacter(text.charAt(end))) end += 1;
  return { verb: upcase(text.slice(0, end)), end };
}

/** The command of a verb. CLI$_IVVERB or CLI$_ABVERB with the verb as token. */
export function findCommand(table: CommandTable, verb: string): Command {
  const result = table.findVerb(verb);
  return result.found ?? fail(result.ambiguous ? CLI$_ABVERB : CLI$_IVVERB, { token: verb });
}

/**
 * Parses a command by its table.
 *
 * @param text       the command, comment removed, quotation marks and case as typed
 * @param ampersand  value of `&name`, which is put in as one token
 * @raises the CLI conditions of dcl-language.md 9.1, with the token they name
 * @source dcl-language.md section 3
 */
export function parseCommand(table: CommandTable, text: string, ampersand: (name: string) => string | undefined = () => undefined): ParsedCommand | MissingParameter {
  const { verb, end } = readVerb(text);
  return new CommandParser(table, text, end, findCommand(table, verb), ampersand).parse();
}

class CommandParser {
  private at: number;
  private command: Command;
  private parameterEntities: readonly Entity[];
  private qualifierEntities: readonly Entity[];
  private disallowedBy: Command;
  private readonly parameters: ParsedEntity[] = [];
  private readonly qualifiers: ParsedEntity[] = [];
  /** Qualifiers that only a syntax still to come may know: where they stand. */
  private readonly unknown: { at: number; name: string }[] = [];
  private readonly verbName: string;

  constructor(
    private readonly table: CommandTable, private readonly text: string, start: number, command: Command,
    private readonly ampersand: (name: string) => string | undefined,
  ) {
    this.at = start;
    this.command = command;
    this.verbName = command.name;
    this.parameterEntities = command.parameters;
    this.qualifierEntities = command.qualifiers;
    this.disallowedBy = command;
  }

  parse(): ParsedCommand | MissingParameter {
    for (;;) {
      this.skipBlanks();
      if (this.at >= this.text.length) break;
      const character = this.text.charAt(this.at);
      const last = this.parameters.at(-1);
      if (character === '/' && !this.restOfLineNext()) this.qualifier();
      else if ((character === ',' || (character === '+' && last?.entity.concatenate)) && last) this.nextInList(last, character as ',' | '+');
      else this.parameter();
    }
    const first = this.unknown[0];
    if (first) fail(this.qualifierEntities.length === 0 ? CLI$_NOQUAL : CLI$_IVQUAL, { token: first.name });
    const missing = this.parameterEntities[this.parameters.length];
    if (missing?.required) return { missing };
    const parsed = new ParsedCommand(this.verbName, this.command, this.parameterEntities, this.qualifierEntities, this.parameters, this.qualifiers, this.text);
    const state = (path: readonly string[]): 'present' | 'negated' | 'absent' => {
      const presence = parsed.presence(path.at(-1)!);
      return presence === 'absent' || presence === 'defaulted' ? 'absent' : presence.endsWith('negated') ? 'negated' : 'present';
    };
    if (this.table.disallowed(this.disallowedBy, state)) fail(CLI$_CONFLICT);
    return parsed;
  }

  private restOfLineNext(): boolean {
    const next = this.parameterEntities[this.parameters.length];
    return next !== undefined && REST_OF_LINE.has(next.valueType) && (this.parameters.length > 0 || this.qualifierEntities.length === 0);
  }

  private skipBlanks(): void {
    while (isBlank(this.text.charAt(this.at))) this.at += 1;
  }

  /** Another definition takes over what it defines itself. */
  private switchTo(offset: number): void {
    const syntax = this.table.command(offset);
    if (syntax.definesAction) this.command = syntax;
    if (syntax.definesParameters) this.parameterEntities = syntax.parameters;
    if (syntax.definesQualifiers) this.qualifierEntities = syntax.qualifiers;
    if (syntax.definesDisallows) this.disallowedBy = syntax;
    // Qualifiers that came before may belong to the new definition.
    const waiting = this.unknown.splice(0);
    const resume = this.at;
    for (const { at } of waiting) {
      this.at = at;
      this.qualifier();
    }
    this.at = resume;
  }

  // Parameters ----------------------------------------------------------------------------------------------------

  private parameter(): void {
    const entity = this.parameterEntities[this.parameters.length];
    if (!entity) {
      const from = this.at;
      this.element(',+', true);
      if (this.at === from) this.at += 1;
      return fail(CLI$_MAXPARM, { token: upcase(this.text.slice(from, this.at)) });
    }
    if (REST_OF_LINE.has(entity.valueType)) {
      const raw = trim(this.text.slice(this.at));
      this.at = this.text.length;
      this.parameters.push({ entity, negated: false, values: [{ text: canonical(raw), raw, delimiter: '', keyword: undefined }], behind: -1 });
      return;
    }
    const values: ParsedValue[] = [];
    this.parameters.push({ entity, negated: false, values, behind: this.parameters.length });
    if (entity.valueType === '$QUOTED_STRING' && !entity.list && !'"&'.includes(this.text.charAt(this.at))) {
      values.push(this.unquotedString());
      return;
    }
    values.push(this.value(entity, '', entity.concatenate ? ',+' : ','));
  }

  /** Several words without quotation marks, as the prompt of INQUIRE may be: all up to a qualifier. @source DCL Dictionary, INQUIRE */
  private unquotedString(): ParsedValue {
    const from = this.at;
    while (this.at < this.text.length && this.text.charAt(this.at) !== '/') this.at += 1;
    const raw = trim(this.text.slice(from, this.at));
    return { text: canonical(raw), raw, delimiter: '', keyword: undefined };
  }

  private nextInList(last: ParsedEntity, delimiter: ',' | '+'): void {
    this.at += 1;
    this.skipBlanks();
    if (!last.entity.list) {
      const from = this.at;
      this.element(',+', true);
      fail(CLI$_NOLIST, { token: upcase(this.text.slice(from, this.at)) });
    }
    last.values.push(this.value(last.entity, delimiter, last.entity.concatenate ? ',+' : ','));
  }

  // Qualifiers ----------------------------------------------------------------------------------------------------

  private qualifier(): void {
    const slash = this.at;
    this.at += 1;
    this.skipBlanks();
    const name = this.word();
    if (name === '') fail(CLI$_NOKEYW);
    const found = this.findNegatable(name, this.qualifierEntities);
    if (found === 'ambiguous') fail(CLI$_ABKEYW, { token: name });
    if (found === undefined) {
      if (!this.couldChange()) fail(this.qualifierEntities.length === 0 ? CLI$_NOQUAL : CLI$_IVQUAL, { token: name });
      this.unknown.push({ at: slash, name });
      this.skipValue();
      return;
    }
    const { entity, negated } = found;
    const behind = this.parameters.length - 1;
    if (entity.local && behind < 0) fail(CLI$_IVQLOC, { token: name });
    const values = this.valuesOf(entity, negated, name);
    this.qualifiers.push({ entity, negated, values, behind, element: (this.parameters[behind]?.values.length ?? 0) - 1 });
    if (entity.syntax !== 0 && !negated) this.switchTo(entity.syntax);
  }

  /** Whether some syntax may still take over from what has been read. */
  private couldChange(): boolean {
    const next = this.parameterEntities[this.parameters.length];
    const byKeyword = next !== undefined && next.keywords !== 0 && this.table.keywords(next).some((keyword) => keyword.syntax !== 0);
    return byKeyword || this.qualifierEntities.some((entity) => entity.syntax !== 0);
  }

  private skipValue(): void {
    this.skipBlanks();
    const sign = this.text.charAt(this.at);
    if (sign !== '=' && sign !== ':') return;
    this.at += 1;
    this.skipBlanks();
    this.element('/', false);
  }

  private findNegatable(name: string, entities: readonly Entity[]): { entity: Entity; negated: boolean } | 'ambiguous' | undefined {
    const direct = lookup(name, entities, (entity) => entity.name);
    if (direct.found) return { entity: direct.found, negated: false };
    if (name.startsWith('NO') && name.length > 2) {
      const positive = lookup(name.slice(2), entities, (entity) => entity.name);
      if (positive.found) return positive.found.negatable ? { entity: positive.found, negated: true } : fail(CLI$_NOTNEG, { token: name });
      if (positive.ambiguous) return 'ambiguous';
    }
    return direct.ambiguous ? 'ambiguous' : undefined;
  }

  /** `=value`, `:value`, `=(value,...)` behind a qualifier or keyword. */
  private valuesOf(entity: Entity, negated: boolean, name: string): ParsedValue[] {
    const before = this.at;
    this.skipBlanks();
    const sign = this.text.charAt(this.at);
    if (sign !== '=' && sign !== ':') {
      this.at = before;
      if (entity.required && !negated && entity.defaultValue === undefined) fail(CLI$_VALREQ, { token: name });
      return [];
    }
    if (!entity.takesValue) fail(CLI$_NOVALU, { token: name });
    this.at += 1;
    this.skipBlanks();
    if (this.text.charAt(this.at) !== '(' || entity.valueType === '$EXPRESSION') return [this.value(entity, '', ',)')];
    this.at += 1;
    const values: ParsedValue[] = [];
    for (;;) {
      this.skipBlanks();
      values.push(this.value(entity, values.length === 0 ? '' : ',', ',)', false));
      this.skipBlanks();
      const next = this.text.charAt(this.at);
      this.at += 1;
      if (next === ')') break;
      if (next !== ',') fail(CLI$_NOPAREN);
    }
    if (values.length > 1 && !entity.list) fail(CLI$_ONEVAL, { token: name });
    return values;
  }

  // Values --------------------------------------------------------------------------------------------------------

  /** One value of `entity`, ending at a blank, a slash or one of `stops`. */
  private value(entity: Entity, delimiter: ParsedValue['delimiter'], stops: string, slashStops = true): ParsedValue {
    if (entity.keywords !== 0) return this.keywordValue(entity, delimiter);
    const from = this.at;
    const raw = this.element(stops, slashStops);
    if (raw === '') {
      const character = this.text.charAt(from);
      if (character !== '' && !stops.includes(character)) fail(CLI$_PARMDEL, { token: upcase(character) });
      if (entity.required) fail(CLI$_VALREQ, { token: entity.name });
    }
    const text = raw.startsWith('&') ? this.ampersand(upcase(raw.slice(1))) ?? '' : raw.startsWith('"') ? unquote(raw) : canonical(raw);
    if (entity.valueType === '$NUMBER' && parseNumber(text) === undefined) fail(CLI$_NUMBER, { token: text });
    if (entity.valueType === '$DATETIME' && readTime(text, false) === undefined) fail(CLI$_IVATIME, { token: text });
    if (entity.valueType === '$DELTATIME' && readTime(text, true) === undefined) fail(CLI$_IVDTIME, { token: text });
    return { text, raw, delimiter, keyword: undefined };
  }

  private keywordValue(entity: Entity, delimiter: ParsedValue['delimiter']): ParsedValue {
    const from = this.at;
    let name = this.word();
    if (name === '') {
      const raw = this.element(',)', true);
      if (raw === '') fail(CLI$_VALREQ, { token: entity.name });
      if (!raw.startsWith('&')) fail(CLI$_IVKEYW, { token: upcase(raw) });
      name = upcase(this.ampersand(upcase(raw.slice(1))) ?? '');
    }
    const found = this.findNegatable(name, this.table.keywords(entity));
    if (found === 'ambiguous') return fail(CLI$_ABKEYW, { token: name });
    if (found === undefined) return fail(CLI$_IVKEYW, { token: name });
    const values = this.valuesOf(found.entity, found.negated, name);
    const keyword: ParsedEntity = { entity: found.entity, negated: found.negated, values, behind: -1 };
    const value: ParsedValue = { text: found.negated ? `NO${found.entity.name}` : found.entity.name, raw: this.text.slice(from, this.at), delimiter, keyword };
    if (found.entity.syntax !== 0) this.switchTo(found.entity.syntax);
    return value;
  }

  private word(): string {
    const from = this.at;
    while (isSymbolCharacter(this.text.charAt(this.at))) this.at += 1;
    return upcase(this.text.slice(from, this.at));
  }

  /** Text up to a blank, a slash or one of `stops`; quoted strings, brackets and parentheses are kept whole. */
  private element(stops: string, slashStops: boolean): string {
    const from = this.at;
    let brackets = 0;
    let parentheses = 0;
    for (; this.at < this.text.length; this.at += 1) {
      const character = this.text.charAt(this.at);
      if (character === '"') {
        const close = this.text.indexOf('"', this.at + 1);
        this.at = close < 0 ? this.text.length - 1 : close;
      } else if (character === '[') brackets += 1;
      else if (character === ']') brackets -= 1;
      else if (character === '(') parentheses += 1;
      else if (character === ')' && parentheses > 0) parentheses -= 1;
      else if (parentheses > 0) continue;
      else if (isBlank(character) || (character === '/' && slashStops)) break;
      else if (brackets <= 0 && stops.includes(character)) break;
    }
    return this.text.slice(from, this.at);
  }
}
