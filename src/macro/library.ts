/** Where macros come from that the source does not define itself. */
export interface MacroLibrary {
  /** The definition, from its `.MACRO` line to its `.ENDM` line. @param name in upper case */
  macro(name: string): string | undefined;
}
