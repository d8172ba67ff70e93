import type { Command, Entity } from './reader.js';

/** One value of a parameter, qualifier or keyword. */
export interface ParsedValue {
  /** Without quotation marks; upper case unless quoted. */
  readonly text: string;
  /** As typed. */
  readonly raw: string;
  /** What stands in front of it in its list. */
  readonly delimiter: '' | ',' | '+';
  /** The keyword it is, when the value has a keyword type. */
  readonly keyword: ParsedEntity | undefined;
}

export interface ParsedEntity {
  readonly entity: Entity;
  readonly negated: boolean;
  readonly values: ParsedValue[];
  /** Index of the parameter a qualifier stands behind, -1 behind the verb. */
  readonly behind: number;
  /** Index of the value of that parameter it stands behind, -1 none. */
  readonly element?: number;
}

export type Presence = 'present' | 'negated' | 'defaulted' | 'local' | 'local negated' | 'absent';

/** A command line that fits its definition. */
export class ParsedCommand {
  constructor(
    readonly verb: string,
    /** Definition in force at the end of the line: the verb's, or that of the last syntax. */
    readonly command: Command,
    readonly parameterEntities: readonly Entity[],
    readonly qualifierEntities: readonly Entity[],
    readonly parameters: readonly ParsedEntity[],
    readonly qualifiers: readonly ParsedEntity[],
    readonly line: string,
  ) {}

  /** The entity with `label`; the last one typed wins. Keywords, at any depth, count where no parameter or qualifier has the name. */
  find(label: string): ParsedEntity | undefined {
    const named = (entity: Entity): boolean => entity.label === label || entity.name === label;
    const top = [...this.parameters, ...this.qualifiers].findLast(({ entity }) => named(entity));
    if (top || this.definition(label)) return top;
    let found: ParsedEntity | undefined;
    const search = (entities: readonly ParsedEntity[]): void => {
      for (const parsed of entities) {
        if (named(parsed.entity)) found = parsed;
        search(parsed.values.flatMap((value) => (value.keyword ? [value.keyword] : [])));
      }
    };
    search(this.parameters);
    search(this.qualifiers);
    return found;
  }

  /** The definition behind `label`, present or not. */
  definition(label: string): Entity | undefined {
    return [...this.parameterEntities, ...this.qualifierEntities].find((entity) => entity.label === label || entity.name === label);
  }

  presence(label: string, batch = false): Presence {
    const parsed = this.find(label);
    if (parsed) {
      const local = parsed.behind >= 0 && (parsed.entity.positional || parsed.entity.local);
      return parsed.negated ? (local ? 'local negated' : 'negated') : local ? 'local' : 'present';
    }
    const definition = this.definition(label);
    return definition && (definition.isDefault || (definition.batch && batch)) ? 'defaulted' : 'absent';
  }

  /** Present (or default) and not negated. */
  has(label: string): boolean {
    const presence = this.presence(label);
    return presence === 'present' || presence === 'local' || presence === 'defaulted';
  }

  /** Typed with NO in front. */
  negates(label: string): boolean {
    return this.find(label)?.negated ?? false;
  }

  /** First value, or the default value of an entity that is present or default. */
  value(label: string): string | undefined {
    return this.values(label)[0];
  }

  values(label: string): string[] {
    const parsed = this.find(label);
    if (parsed && parsed.values.length > 0) return parsed.values.map((value) => value.text);
    const definition = parsed?.entity ?? this.definition(label);
    if (definition?.defaultValue !== undefined && this.has(label)) return [definition.defaultValue];
    return [];
  }

  /** The first value as typed, quotation marks and case kept. */
  raw(label: string): string | undefined {
    return this.find(label)?.values[0]?.raw;
  }
}
