import { readCounted, type Memory } from '../../executive/structures/memory.js';
import { CLT, CLT$K_IDENT, CLT$K_VERSION, CMD, ENT, EXP, EXP_OPERATORS, VALUE_TYPES, VRB } from './layout.js';

/** A parameter, qualifier or keyword as the table has it. */
export interface Entity {
  readonly address: number;
  readonly kind: number;
  readonly name: string;
  readonly label: string;
  readonly prompt: string | undefined;
  readonly defaultValue: string | undefined;
  /** First keyword the value may be; 0 when the value is not a keyword. */
  readonly keywords: number;
  /** Command block that takes over when the entity is present; 0 none. */
  readonly syntax: number;
  readonly valueType: string;
  readonly takesValue: boolean;
  readonly required: boolean;
  readonly list: boolean;
  readonly negatable: boolean;
  readonly isDefault: boolean;
  readonly batch: boolean;
  readonly local: boolean;
  readonly positional: boolean;
  readonly concatenate: boolean;
}

/** A verb or syntax as the table has it. */
export interface Command {
  readonly address: number;
  readonly name: string;
  readonly image: string | undefined;
  readonly routine: string | undefined;
  readonly parameters: readonly Entity[];
  readonly qualifiers: readonly Entity[];
  readonly disallow: number;
  readonly definesParameters: boolean;
  readonly definesQualifiers: boolean;
  readonly definesDisallows: boolean;
  readonly definesAction: boolean;
}

export type Lookup<T> = { readonly found: T } | { readonly found: undefined; readonly ambiguous: boolean };

/** How many characters decide when a word is longer than any name it could abbreviate. @source dcl-language.md section 3 */
const SIGNIFICANT = 4;

/**
 * Finds the one name `typed` stands for: the exact name; else the only one it abbreviates; else, as only the first four
 * characters count, the only one that shares those.
 */
export function lookup<T>(typed: string, candidates: readonly T[], nameOf: (candidate: T) => string, same: (a: T, b: T) => boolean = (a, b) => a === b): Lookup<T> {
  const exact = candidates.find((candidate) => nameOf(candidate) === typed);
  if (exact !== undefined) return { found: exact };
  let matches = candidates.filter((candidate) => nameOf(candidate).startsWith(typed));
  if (matches.length === 0 && typed.length > SIGNIFICANT) {
    const short = typed.slice(0, SIGNIFICANT);
    matches = candidates.filter((candidate) => nameOf(candidate).startsWith(short));
  }
  const first = matches[0];
  if (first !== undefined && matches.every((match) => same(match, first))) return { found: first };
  return { found: undefined, ambiguous: matches.length > 1 };
}

/**
 * A command table in memory. What has been read is kept by address: the pages are read-only to everybody, and a session
 * makes a new reader when SET COMMAND maps another table.
 */
export class CommandTable {
  private readonly commands = new Map<number, Command>();
  private readonly keywordLists = new Map<number, readonly Entity[]>();
  private verbList: readonly { readonly name: string; readonly command: number }[] | undefined;

  private readonly origin: number;

  /** @param base  address of the head @param generation  tells it from another that was at the same place */
  constructor(readonly memory: Memory, readonly base: number, readonly generation = 0) {
    this.origin = (base + CLT.at(memory, base).CLT$L_ORIGIN) >>> 0;
  }

  private at(offset: number): number { return (this.origin + offset) >>> 0; }

  /** Whether a command table of a layout we know lies at `base`. */
  get valid(): boolean {
    const head = CLT.at(this.memory, this.base);
    return head.CLT$L_IDENT === CLT$K_IDENT && head.CLT$L_VERSION === CLT$K_VERSION;
  }

  verbs(): readonly { readonly name: string; readonly command: number }[] {
    if (this.verbList) return this.verbList;
    const head = CLT.at(this.memory, this.base);
    const index = this.at(head.CLT$L_VERBS);
    const count = head.CLT$L_VERBCNT;
    return this.verbList = Array.from({ length: count }, (_, number) => {
      const entry = VRB.at(this.memory, index + VRB.size * number);
      return { name: this.text(entry.VRB$L_NAME)!, command: entry.VRB$L_COMMAND };
    });
  }

  /** The command a verb stands for. */
  findVerb(typed: string): Lookup<Command> {
    const result = lookup(typed, this.verbs(), (verb) => verb.name, (a, b) => a.command === b.command);
    return result.found ? { found: this.command(result.found.command) } : result;
  }

  command(offset: number): Command {
    const known = this.commands.get(offset);
    if (known) return known;
    const block = CMD.at(this.memory, this.at(offset));
    const command: Command = {
      address: offset,
      name: this.text(block.CMD$L_NAME)!,
      image: this.text(block.CMD$L_IMAGE),
      routine: this.text(block.CMD$L_ROUTINE),
      parameters: this.chain(block.CMD$L_PARAMETERS),
      qualifiers: this.chain(block.CMD$L_QUALIFIERS),
      disallow: block.CMD$L_DISALLOW,
      definesParameters: block.CMD$V_PARAMETERS !== 0,
      definesQualifiers: block.CMD$V_QUALIFIERS !== 0,
      definesDisallows: block.CMD$V_DISALLOWS !== 0,
      definesAction: block.CMD$V_ACTION !== 0,
    };
    this.commands.set(offset, command);
    return command;
  }

  /** The keywords an entity's value may be. */
  keywords(entity: Entity): readonly Entity[] {
    let list = this.keywordLists.get(entity.keywords);
    if (!list) this.keywordLists.set(entity.keywords, list = this.chain(entity.keywords));
    return list;
  }

  private chain(first: number): Entity[] {
    const entities: Entity[] = [];
    for (let offset = first; offset !== 0;) {
      const block = ENT.at(this.memory, this.at(offset));
      entities.push({
        address: offset,
        kind: block.ENT$B_KIND,
        name: this.text(block.ENT$L_NAME)!,
        label: this.text(block.ENT$L_LABEL)!,
        prompt: this.text(block.ENT$L_PROMPT),
        defaultValue: this.text(block.ENT$L_DEFAULT),
        keywords: block.ENT$L_KEYWORDS,
        syntax: block.ENT$L_SYNTAX,
        valueType: VALUE_TYPES[block.ENT$B_VALTYPE] ?? '',
        takesValue: block.ENT$V_VALUE !== 0,
        required: block.ENT$V_REQUIRED !== 0,
        list: block.ENT$V_LIST !== 0,
        negatable: block.ENT$V_NEGATABLE !== 0,
        isDefault: block.ENT$V_DEFAULT !== 0,
        batch: block.ENT$V_BATCH !== 0,
        local: block.ENT$V_LOCAL !== 0,
        positional: block.ENT$V_POSITIONAL !== 0,
        concatenate: block.ENT$V_CONCATENATE !== 0,
      });
      offset = block.ENT$L_NEXT;
    }
    return entities;
  }

  private text(offset: number): string | undefined {
    return offset === 0 ? undefined : readCounted(this.memory, this.at(offset));
  }

  /**
   * Whether one DISALLOW expression of `command` holds.
   * @param present  tells whether a path of entity names is present (true), negated, or absent
   */
  disallowed(command: Command, present: (path: readonly string[]) => 'present' | 'negated' | 'absent'): boolean {
    for (let offset = command.disallow; offset !== 0; offset = EXP.at(this.memory, this.at(offset)).EXP$L_NEXT) {
      if (this.holds(offset, present)) return true;
    }
    return false;
  }

  private holds(offset: number, present: (path: readonly string[]) => 'present' | 'negated' | 'absent'): boolean {
    const node = EXP.at(this.memory, this.at(offset));
    const operands = Array.from({ length: node.EXP$W_COUNT }, (_, index) => this.memory.readLong(node.address + EXP.size + 4 * index));
    switch (EXP_OPERATORS[node.EXP$B_OPERATOR]) {
      case 'PATH': return present(operands.map((name) => this.text(name)!)) === 'present';
      case 'NOT': return !this.holds(operands[0]!, present);
      case 'AND': return operands.every((operand) => this.holds(operand, present));
      case 'OR': return operands.some((operand) => this.holds(operand, present));
      case 'ANY2': return operands.filter((operand) => this.holds(operand, present)).length >= 2;
      case 'NEG': return this.holds(operands[0]!, (path) => (present(path) === 'negated' ? 'present' : 'absent'));
      default: return false;
    }
  }
}
