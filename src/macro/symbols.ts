import type { Value } from './value.js';

/** A name the source knows. `value` undefined: referred to, not (yet) defined. */
export class MacroSymbol {
  value: Value | undefined = undefined;
  /** Given by `label:` or .ENTRY: may be defined only once; `name = value` may be repeated. */
  isLabel = false;
  /** `::`, `==`, .ENTRY, .GLOBAL. */
  isGlobal = false;
  isWeak = false;
  /** Declared with .EXTERNAL. */
  isExternal = false;
  /** The value came from AssembleOptions.symbols and nobody has used it yet or it may be used freely. */
  isSupplied = false;
  isReferenced = false;
  /** .ENTRY: the register save mask. */
  entryMask: Value | undefined = undefined;
  /** Where it was first mentioned, for UNDEFSYM. */
  line = 0;
  source = '';

  constructor(readonly name: string) {}
}

export type SymbolSource = Record<string, number> | ((name: string) => number | undefined);

export function symbolLookup(source: SymbolSource | undefined): (name: string) => number | undefined {
  if (source === undefined) return () => undefined;
  if (typeof source === 'function') return source;
  return (name) => Object.hasOwn(source, name) ? source[name] : undefined;
}
