import { Assembly, type SourceFile } from './assembly.js';
import { AssemblyError, isError } from './diagnostics.js';
import { libraryMacro, type MacroLibrary } from './library.js';
import { resolveFixups } from './resolve.js';
import { symbolLookup, type SymbolSource } from './symbols.js';
import { evaluate } from './value.js';

/**
 * Assembling straight to absolute bytes, as the executive does with its own MACRO-32 sources at boot. Sections follow
 * one another from the origin in the order in which the source first names them (sections with the ABS attribute take
 * no room: their labels are plain numbers).
 */
export interface AssembleOptions {
  /** Absolute address of the first byte. */
  origin: number;
  /** Values known from outside: cells, structure offsets, constants, vector addresses. */
  symbols?: SymbolSource | undefined;
  /** Number for the .MICRO directive. */
  microroutine?: ((name: string) => number) | undefined;
  libraries?: readonly MacroLibrary[] | undefined;
}

export interface AbsoluteImage {
  readonly bytes: Uint8Array;
  readonly origin: number;
  /** Labels and assigned symbols (not local labels), unsigned. */
  readonly symbols: Map<string, number>;
  /** The address of .END's operand. */
  readonly transferAddress: number | undefined;
  listing(): string;
}

/** @raises AssemblyError with file, line and the %MACRO message */
export function assembleAbsolute(source: string, fileName: string, options: AssembleOptions): AbsoluteImage {
  return assembleAbsoluteFiles([{ name: fileName, text: source }], options);
}

/** Several files as one program: they share symbols and macros, and messages name the right file and line. */
export function assembleAbsoluteFiles(files: readonly SourceFile[], options: AssembleOptions): AbsoluteImage {
  const assembly = new Assembly({
    symbols: symbolLookup(options.symbols),
    microroutine: options.microroutine,
    libraryMacro: (name) => libraryMacro(options.libraries, name),
    isModule: false,
  });
  assembly.assembleFiles(files);

  const length = placeSections(assembly, options.origin);
  resolveFixups(assembly);
  if (assembly.diagnostics.some(isError)) throw new AssemblyError(assembly.diagnostics);

  const bytes = new Uint8Array(length);
  for (const psect of assembly.psects) {
    if (!psect.isAbsolute) bytes.set(psect.contents(), ((psect.base - options.origin) >>> 0));
  }
  const symbols = new Map<string, number>();
  for (const symbol of assembly.symbols.values()) {
    if (symbol.value !== undefined && !symbol.isSupplied) symbols.set(symbol.name, evaluate(symbol.value) >>> 0);
  }
  const transferAddress = assembly.transferAddress === undefined ? undefined : evaluate(assembly.transferAddress) >>> 0;
  return { bytes, origin: options.origin, symbols, transferAddress, listing: () => assembly.listing.render(true) };
}

/** Gives every section its base; returns the length of the whole. */
function placeSections(assembly: Assembly, origin: number): number {
  let next = origin;
  for (const psect of assembly.psects) {
    if (psect.isAbsolute) continue;
    if (psect.size === 0) {
      psect.base = next;
      continue;
    }
    const boundary = 2 ** psect.alignment;
    next = Math.ceil(next / boundary) * boundary;
    psect.base = next;
    next += psect.size;
  }
  return next - origin;
}
