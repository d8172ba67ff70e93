import { ArrayMemory, textToBytes } from '../../executive/structures/memory.js';
import { CldError, parseCld, type CldDefinition, type CldEntity, type CldExpression, type CldModule } from './cld-parser.js';
import { CLT, CLT$K_IDENT, CLT$K_VERSION, CMD, ENT, ENT$K_KEYWORD, ENT$K_PARAMETER, ENT$K_QUALIFIER, EXP, EXP_OPERATORS, VALUE_TYPES, VRB } from './layout.js';

/** Compiles .cld sources into one command table. @throws CldError for mistakes in a source */
export function compileTables(sources: readonly string[]): Uint8Array {
  return new TableBuilder(sources.map(parseCld), 0).build([]);
}

/** A name in a verb index and the offset of its command block. */
export interface VerbName {
  readonly name: string;
  readonly command: number;
}

/**
 * What SET COMMAND adds to a table: a head with all verbs, and the commands of `modules`.
 *
 * @param kept    verbs of the table there is that stay
 * @param origin  from the origin of its offsets to where the bytes will be
 * @throws CldError for a syntax or type that is not defined
 */
export function compileAddition(modules: readonly CldModule[], kept: readonly VerbName[], origin: number): Uint8Array {
  return new TableBuilder(modules, origin).build(kept);
}

const KINDS = { parameter: ENT$K_PARAMETER, qualifier: ENT$K_QUALIFIER, keyword: ENT$K_KEYWORD } as const;

/** Lays definitions out in a growing byte array. Blocks that refer to each other in a circle are reserved before they are filled. */
class TableBuilder {
  private bytes = new Uint8Array(16384);
  private memory: ArrayMemory;
  private used = CLT.size;
  private readonly texts = new Map<string, number>();
  private readonly syntaxes = new Map<string, CldDefinition>();
  private readonly types = new Map<string, readonly CldEntity[]>();
  private readonly syntaxAt = new Map<string, number>();
  private readonly typeAt = new Map<string, number>();
  private readonly verbs: readonly CldDefinition[];

  /** @param origin  what the offset of the first byte is */
  constructor(modules: readonly CldModule[], private readonly origin: number) {
    this.memory = new ArrayMemory(this.bytes, origin);
    this.verbs = modules.flatMap((module) => module.verbs);
    for (const module of modules) {
      for (const syntax of module.syntaxes) this.syntaxes.set(syntax.name, syntax);
      for (const [name, keywords] of module.types) this.types.set(name, keywords);
    }
  }

  build(kept: readonly VerbName[]): Uint8Array {
    const names: VerbName[] = [];
    for (const verb of this.verbs) {
      const command = this.command(verb);
      for (const name of [verb.name, ...verb.synonyms]) names.push({ name, command });
    }
    names.unshift(...kept);
    const index = this.reserve(VRB.size * names.length);
    names.forEach(({ name, command }, number) => {
      const nameAt = this.text(name);
      const entry = VRB.at(this.memory, index + VRB.size * number);
      this.memory.writeBytes(entry.address, textToBytes(name.slice(0, 4).padEnd(4, ' ')));
      entry.VRB$L_NAME = nameAt;
      entry.VRB$L_COMMAND = command;
    });
    const head = CLT.at(this.memory, this.origin);
    head.CLT$L_IDENT = CLT$K_IDENT;
    head.CLT$L_SIZE = this.used;
    head.CLT$L_VERBS = index;
    head.CLT$L_VERBCNT = names.length;
    head.CLT$L_VERSION = CLT$K_VERSION;
    head.CLT$L_ORIGIN = -this.origin >>> 0;
    return this.bytes.slice(0, this.used);
  }

  private reserve(size: number): number {
    const at = this.used;
    this.used = (at + size + 3) & ~3;
    while (this.used > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
      this.memory = new ArrayMemory(larger, this.origin);
    }
    return this.origin + at;
  }

  private text(text: string): number {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const at = this.reserve(text.length + 1);
    this.memory.writeByte(at, text.length);
    this.memory.writeBytes(at + 1, textToBytes(text));
    this.texts.set(text, at);
    return at;
  }

  private optionalText(text: string | undefined): number { return text === undefined ? 0 : this.text(text); }

  private command(definition: CldDefinition, at = this.reserve(CMD.size)): number {
    const name = this.text(definition.name);
    const image = this.optionalText(definition.image);
    const routine = this.optionalText(definition.routine);
    const parameters = this.chain(definition.parameters);
    const qualifiers = this.chain(definition.qualifiers);
    const disallow = this.disallows(definition.disallows);
    const block = CMD.at(this.memory, at);
    block.CMD$L_NAME = name;
    block.CMD$L_IMAGE = image;
    block.CMD$L_ROUTINE = routine;
    block.CMD$L_PARAMETERS = parameters;
    block.CMD$L_QUALIFIERS = qualifiers;
    block.CMD$L_DISALLOW = disallow;
    block.CMD$V_PARAMETERS = definition.noParameters || parameters !== 0 ? 1 : 0;
    block.CMD$V_QUALIFIERS = definition.noQualifiers || qualifiers !== 0 ? 1 : 0;
    block.CMD$V_DISALLOWS = definition.noDisallows || disallow !== 0 ? 1 : 0;
    block.CMD$V_ACTION = image !== 0 || routine !== 0 ? 1 : 0;
    block.CMD$B_MINPARM = definition.parameters.filter((parameter) => parameter.value?.required).length;
    block.CMD$B_MAXPARM = definition.parameters.length;
    return at;
  }

  private syntax(name: string): number {
    const known = this.syntaxAt.get(name);
    if (known !== undefined) return known;
    const definition = this.syntaxes.get(name);
    if (!definition) throw new CldError(0, `syntax ${name} is not defined`);
    const at = this.reserve(CMD.size);
    this.syntaxAt.set(name, at);
    return this.command(definition, at);
  }

  private chain(entities: readonly CldEntity[]): number {
    const places = entities.map(() => this.reserve(ENT.size));
    entities.forEach((entity, index) => this.entity(entity, places[index]!, places[index + 1] ?? 0));
    return places[0] ?? 0;
  }

  private entity(entity: CldEntity, at: number, next: number): void {
    const name = this.text(entity.name);
    const label = this.text(entity.label);
    const prompt = this.optionalText(entity.prompt);
    const value = entity.value;
    const defaultValue = this.optionalText(value?.defaultValue);
    const valueType = VALUE_TYPES.indexOf((value?.type ?? '') as (typeof VALUE_TYPES)[number]);
    const keywords = valueType < 0 ? this.keywordType(value!.type) : 0;
    const syntax = entity.syntax === undefined ? 0 : this.syntax(entity.syntax);
    const block = ENT.at(this.memory, at);
    block.ENT$L_NEXT = next;
    block.ENT$L_NAME = name;
    block.ENT$L_LABEL = label;
    block.ENT$L_PROMPT = prompt;
    block.ENT$L_DEFAULT = defaultValue;
    block.ENT$L_KEYWORDS = keywords;
    block.ENT$L_SYNTAX = syntax;
    block.ENT$B_KIND = KINDS[entity.kind];
    block.ENT$B_VALTYPE = Math.max(valueType, 0);
    block.ENT$V_VALUE = value ? 1 : 0;
    block.ENT$V_REQUIRED = value?.required ? 1 : 0;
    block.ENT$V_LIST = value?.list ? 1 : 0;
    block.ENT$V_NEGATABLE = entity.negatable ? 1 : 0;
    block.ENT$V_DEFAULT = entity.isDefault ? 1 : 0;
    block.ENT$V_BATCH = entity.batch ? 1 : 0;
    block.ENT$V_LOCAL = entity.placement === 'LOCAL' ? 1 : 0;
    block.ENT$V_POSITIONAL = entity.placement === 'POSITIONAL' ? 1 : 0;
    block.ENT$V_CONCATENATE = value?.concatenate ? 1 : 0;
  }

  private keywordType(name: string): number {
    const known = this.typeAt.get(name);
    if (known !== undefined) return known;
    const keywords = this.types.get(name);
    if (!keywords || keywords.length === 0) throw new CldError(0, `type ${name} is not defined`);
    const places = keywords.map(() => this.reserve(ENT.size));
    this.typeAt.set(name, places[0]!);
    keywords.forEach((keyword, index) => this.entity(keyword, places[index]!, places[index + 1] ?? 0));
    return places[0]!;
  }

  private disallows(expressions: readonly CldExpression[]): number {
    let next = 0;
    for (const expression of [...expressions].reverse()) {
      const at = this.expression(expression);
      EXP.at(this.memory, at).EXP$L_NEXT = next;
      next = at;
    }
    return next;
  }

  private expression(expression: CldExpression): number {
    const operands = expression.operator === 'PATH'
      ? expression.names.map((name) => this.text(name))
      : expression.operands.map((operand) => this.expression(operand));
    const at = this.reserve(EXP.size + 4 * operands.length);
    const node = EXP.at(this.memory, at);
    node.EXP$L_NEXT = 0;
    node.EXP$W_COUNT = operands.length;
    node.EXP$B_OPERATOR = EXP_OPERATORS.indexOf(expression.operator);
    operands.forEach((operand, index) => this.memory.writeLong(at + EXP.size + 4 * index, operand));
    return at;
  }
}
