import { ArrayMemory, bytesToText, readCounted, textToBytes, type Memory } from '../executive/structures/memory.js';
import type { Storage } from './storage.js';
import { DCL$C_RPW, RPE, RPW } from './structures.js';
import type { ParsedCommand, ParsedEntity, Presence } from './tables/parsed-command.js';
import type { Entity } from './tables/reader.js';

/**
 * The parsed command as bytes in the CLI symbol table pages, for CLI$PRESENT and CLI$GET_VALUE: the image that asks runs in
 * user mode, long after the parser's own data have gone.
 */

/** RPE$B_STATE */
const STATES: readonly Presence[] = ['absent', 'present', 'negated', 'defaulted', 'local', 'local negated'];

/** RPE$B_KIND of a parameter. */
const PARAMETER = 1;

interface Entry {
  readonly entity: Entity;
  readonly presence: Presence;
  readonly parent: number;
  readonly behind: number;
  readonly element: number;
  readonly values: readonly { readonly delimiter: string; readonly text: string }[];
}

/** The command in storage. 0 when there is no room. */
export function storeResult(storage: Storage, command: ParsedCommand | undefined, line: string, foreign?: string): number {
  const bytes = encode(command, line, foreign);
  const block = storage.allocate(bytes.length, DCL$C_RPW);
  if (block === 0) return 0;
  const size = storage.memory.readWord(block + 8);
  storage.memory.writeBytes(block, bytes);
  storage.memory.writeWord(block + 8, size);
  storage.memory.writeByte(block + 10, DCL$C_RPW);
  return block;
}

function entriesOf(command: ParsedCommand): Entry[] {
  const entries: Entry[] = [];
  const add = (entity: Entity, parsed: ParsedEntity | undefined, presence: Presence, parent: number): void => {
    const typed = (parsed?.values ?? []).map((value) => ({ delimiter: value.delimiter, text: value.text }));
    const given = presence === 'present' || presence === 'local' || presence === 'defaulted';
    const values = typed.length === 0 && given && entity.defaultValue !== undefined ? [{ delimiter: '', text: entity.defaultValue }] : typed;
    entries.push({ entity, presence, parent, behind: parsed?.behind ?? -1, element: parsed?.element ?? -1, values });
    const number = entries.length;
    for (const value of parsed?.values ?? []) {
      if (value.keyword) add(value.keyword.entity, value.keyword, value.keyword.negated ? 'negated' : 'present', number);
    }
  };
  command.parameterEntities.forEach((entity, index) => {
    const parsed = command.parameters[index];
    // The first parameter of a syntax is the keyword that led to it.
    add(parsed && parsed.entity.name === entity.name ? { ...entity, label: entity.label } : entity, parsed, parsed ? 'present' : entity.isDefault ? 'defaulted' : 'absent', 0);
  });
  const seen = new Set<Entity>();
  for (const parsed of command.qualifiers) {
    // A positional qualifier may be absent behind other values.
    const local = parsed.behind >= 0 && (parsed.entity.positional || parsed.entity.local);
    if (!local) seen.add(parsed.entity);
    add(parsed.entity, parsed, parsed.negated ? (local ? 'local negated' : 'negated') : local ? 'local' : 'present', 0);
  }
  for (const entity of command.qualifierEntities) if (!seen.has(entity)) add(entity, undefined, entity.isDefault ? 'defaulted' : 'absent', 0);
  return entries;
}

const align = (size: number): number => (size + 3) & ~3;

function encode(command: ParsedCommand | undefined, line: string, foreign: string | undefined): Uint8Array {
  const entries = command ? entriesOf(command) : [];
  const sizes = entries.map((entry) => align(RPE.size + 1 + entry.entity.label.length + entry.values.reduce((sum, value) => sum + 3 + value.text.length, 0)));
  const verb = command?.verb ?? '';
  const verbAt = RPW.size;
  const lineAt = verbAt + 1 + verb.length;
  const foreignAt = lineAt + 2 + line.length;
  const firstAt = align(foreignAt + 2 + (foreign?.length ?? 0));
  const bytes = new Uint8Array(firstAt + sizes.reduce((sum, size) => sum + size, 0));
  const memory = new ArrayMemory(bytes);
  const head = RPW.at(memory, 0);
  head.RPW$L_LINE = lineAt;
  head.RPW$L_COUNT = entries.length;
  head.RPW$L_FIRST = firstAt;
  head.RPW$L_VERB = verbAt;
  head.RPW$L_COMMAND = foreign === undefined ? 0 : foreignAt;
  bytes[verbAt] = verb.length;
  bytes.set(textToBytes(verb), verbAt + 1);
  memory.writeWord(lineAt, line.length);
  bytes.set(textToBytes(line), lineAt + 2);
  if (foreign !== undefined) {
    memory.writeWord(foreignAt, foreign.length);
    bytes.set(textToBytes(foreign), foreignAt + 2);
  }
  let at = firstAt;
  entries.forEach((entry, index) => {
    const view = RPE.at(memory, at);
    const label = entry.entity.label;
    view.RPE$W_SIZE = sizes[index]!;
    view.RPE$B_KIND = entry.entity.kind;
    view.RPE$B_STATE = STATES.indexOf(entry.presence);
    view.RPE$W_PARENT = entry.parent;
    view.RPE$W_VALUES = entry.values.length;
    view.RPE$W_PARAMETER = entry.behind + 1;
    view.RPE$W_ELEMENT = entry.element + 1;
    view.RPE$B_POSITIONAL = entry.presence.startsWith('local') ? 1 : 0;
    view.RPE$W_LABEL = RPE.size;
    bytes[at + RPE.size] = label.length;
    bytes.set(textToBytes(label), at + RPE.size + 1);
    let value = RPE.size + 1 + label.length;
    view.RPE$W_DATA = value;
    for (const { delimiter, text } of entry.values) {
      bytes[at + value] = delimiter === '' ? 0 : delimiter.charCodeAt(0);
      memory.writeWord(at + value + 1, text.length);
      bytes.set(textToBytes(text), at + value + 3);
      value += 3 + text.length;
    }
    at += sizes[index]!;
  });
  return bytes;
}

export interface ResultValue {
  readonly text: string;
  /** Delimiter in front of the value after this one: '' when it is the last. */
  readonly next: '' | ',' | '+';
}

/** A parse result in memory, as the callback reads it. */
export class ParseResult {
  constructor(private readonly memory: Memory, private readonly address: number) {}

  private wordCounted(offset: number): string {
    return bytesToText(this.memory.readBytes(this.address + offset + 2, this.memory.readWord(this.address + offset)));
  }

  get line(): string { return this.wordCounted(RPW.at(this.memory, this.address).RPW$L_LINE); }

  get verb(): string { return readCounted(this.memory, this.address + RPW.at(this.memory, this.address).RPW$L_VERB); }

  get foreign(): string | undefined {
    const offset = RPW.at(this.memory, this.address).RPW$L_COMMAND;
    return offset === 0 ? undefined : this.wordCounted(offset);
  }

  /**
   * Address of the entry for `name`: a label, or parent.keyword. Parameters and qualifiers come before keywords of the same name, typed
   * entries before others, and a qualifier behind the value that was given last before one behind the verb. 0 when nothing has that name.
   */
  find(name: string): number {
    const path = name.split('.');
    const wanted = path.at(-1)!;
    const parent = path.length > 1 ? path.at(-2)! : undefined;
    const labels: string[] = [];
    let found = 0;
    let keyword = 0;
    const head = RPW.at(this.memory, this.address);
    for (const { at, label, state, parentNumber } of this.entries()) {
      labels.push(label);
      const view = RPE.at(this.memory, at);
      const isElsewhere = view.RPE$B_POSITIONAL !== 0 && head.RPW$W_PARAMETER !== 0
        && (view.RPE$W_PARAMETER !== head.RPW$W_PARAMETER || view.RPE$W_ELEMENT !== head.RPW$W_ELEMENT);
      if (isElsewhere) continue;
      if (label !== wanted || (parent !== undefined && labels[parentNumber - 1] !== parent)) continue;
      if (parentNumber !== 0) {
        if (keyword === 0 || state !== 0) keyword = at;
      } else if (found === 0 || state !== 0) found = at;
    }
    return found === 0 ? keyword : found;
  }

  /** Number (from 1) of an entry among the parameters. */
  private numberOf(entry: number): number {
    let number = 0;
    for (const { at, parentNumber } of this.entries()) {
      if (parentNumber === 0 && RPE.at(this.memory, at).RPE$B_KIND === PARAMETER) number += 1;
      if (at === entry) break;
    }
    return number;
  }

  private *entries(): Generator<{ at: number; label: string; state: number; parentNumber: number }, void, undefined> {
    const head = RPW.at(this.memory, this.address);
    let at = this.address + head.RPW$L_FIRST;
    for (let count = head.RPW$L_COUNT; count > 0; count -= 1) {
      const view = RPE.at(this.memory, at);
      yield { at, label: readCounted(this.memory, at + view.RPE$W_LABEL), state: view.RPE$B_STATE, parentNumber: view.RPE$W_PARENT };
      at += view.RPE$W_SIZE;
    }
  }

  presence(entry: number): Presence { return STATES[RPE.at(this.memory, entry).RPE$B_STATE] ?? 'absent'; }

  /** The next value of an entry; undefined when all have been given, after which it starts again. */
  next(entry: number): ResultValue | undefined {
    const view = RPE.at(this.memory, entry);
    const number = view.RPE$W_NEXT;
    if (view.RPE$B_KIND === PARAMETER && number < view.RPE$W_VALUES) {
      const head = RPW.at(this.memory, this.address);
      head.RPW$W_PARAMETER = this.numberOf(entry);
      head.RPW$W_ELEMENT = number + 1;
    }
    if (number >= view.RPE$W_VALUES) {
      view.RPE$W_NEXT = 0;
      return undefined;
    }
    let at = entry + view.RPE$W_DATA;
    for (let index = 0; index < number; index += 1) at += 3 + this.memory.readWord(at + 1);
    const length = this.memory.readWord(at + 1);
    const delimiter = number + 1 < view.RPE$W_VALUES ? String.fromCharCode(this.memory.readByte(at + 3 + length)) : '';
    view.RPE$W_NEXT = number + 1;
    return { text: bytesToText(this.memory.readBytes(at + 3, length)), next: delimiter as ResultValue['next'] };
  }
}
