/** What a procedure says about symbols: which it sets, tests or names. */
export class SymbolFacts {
  /** Runs other procedures, which may set global symbols (and so define verbs). */
  callsOthers = false;
  /** Runs images or commands it does not define, which may set symbols too. */
  runsImages = false;
  /** Named between apostrophes, where a symbol without a value is no mistake. */
  readonly named = new Set<string>();
  /** Asked about with F$TYPE before use. */
  readonly tested = new Set<string>();
  /** Those that may stand for images or procedures when they are used as verbs. */
  private readonly foreign = new Set<string>();
  private readonly names = new Set<string>();
  private readonly abbreviated: { readonly name: string; readonly required: number }[] = [];
  private readonly patterns: RegExp[] = [];

  /**
   * @param required  characters in front of the `*`; the whole length without one
   * @param value     the text it is given, when that is known
   */
  assign(name: string, required: number, value?: string): void {
    if (value === undefined || /^(?:[$@]|RUN\b|MCR\b|SPAWN\b|PIPE\b)/i.test(value)) this.foreign.add(name);
    if (required < name.length) this.abbreviated.push({ name, required });
    else this.names.add(name);
  }

  /** A name built by apostrophes: the written part is known. */
  pattern(text: string): void {
    const parts = text.toUpperCase().replace(/'[^']*'?/g, '\0').replaceAll('*', '').split('\0');
    this.patterns.push(new RegExp(`^${parts.map((part) => part.replaceAll('$', '\\$')).join('.*')}$`));
  }

  /** Whether some command here may give the symbol a value. */
  mayBe(name: string): boolean {
    return this.names.has(name) || this.abbreviated.some((each) => each.name.startsWith(name) && name.length >= each.required)
      || this.patterns.some((pattern) => pattern.test(name));
  }

  /** Whether the symbol, used as a verb, may run an image or a procedure. */
  mayRun(name: string): boolean {
    return this.foreign.has(name) || !this.names.has(name);
  }

  /** Whether a name set here differs from `name` by one letter, or two neighbours changed over: a slip of the pen. */
  resembles(name: string): boolean {
    return name.length >= LONG_ENOUGH && [...this.names].some((other) => isSlip(name, other));
  }
}

const LONG_ENOUGH = 5;

export function isSlip(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let from = 0;
  while (from < one.length && one.charAt(from) === other.charAt(from)) from += 1;
  const [a, b] = [one.slice(from), other.slice(from)];
  // Numbered names differ on purpose.
  if (/^\d/.test(a) || /^\d/.test(b)) return false;
  if (a.length === b.length) return (a.slice(1) === b.slice(1) && a.length > 1) || (a.length > 1 && a.charAt(0) === b.charAt(1) && a.charAt(1) === b.charAt(0) && a.slice(2) === b.slice(2));
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  return short !== '' && long.slice(1) === short;
}
