/** Where macros come from that the source does not define itself. */
export interface MacroLibrary {
  /** The definition, from its `.MACRO` line to its `.ENDM` line. @param name in upper case */
  macro(name: string): string | undefined;
}

export function libraryMacro(libraries: readonly MacroLibrary[] | undefined, name: string): string | undefined {
  for (const library of libraries ?? []) {
    const source = library.macro(name);
    if (source !== undefined) return source;
  }
  return undefined;
}
