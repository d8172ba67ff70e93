import type { Statement } from './diagnostics.js';
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

  constructor(readonly name: string, /** Where it was first mentioned. */ readonly statement: Statement) {}
}

export type SymbolSource = Record<string, number> | ((name: string) => number | undefined);

export function symbolLookup(source: SymbolSource | undefined): (name: string) => number | undefined {
  if (source === undefined) return () => undefined;
  if (typeof source === 'function') return source;
  return (name) => Object.hasOwn(source, name) ? source[name] : undefined;
}
