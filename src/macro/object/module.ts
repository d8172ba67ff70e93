import { Assembly, BLANK_PSECT, type SourceFile } from '../assembly.js';
import { libraryMacro } from '../library.js';
import { StatementError, type Diagnostic } from '../diagnostics.js';
import { fits, fitsSigned, type Fixup } from '../fixup.js';
import type { MacroLibrary } from '../library.js';
import { renderTables } from '../listing-tables.js';
import { outOfRangeBy } from '../operand.js';
import type { Psect } from '../psect.js';
import { symbolLookup, type SymbolSource } from '../symbols.js';
import { simplify, type Operator, type Value } from '../value.js';
import {
  GSY$M_DEF, GSY$M_REL, GSY$M_WEAK, OBJ$C_SYMSIZ, type ObjectModule, type ObjectSymbol, type TirCommand, type TirName,
} from './language.js';
import { encodeModule } from './writer.js';

/** Assembling to an object module: the MACRO command's work. */
export interface ModuleOptions {
  /** Constants and offsets known at assembly time (SS$_, IO$_, PSL$...). Entry points are left to the linker. */
  symbols?: SymbolSource | undefined;
  microroutine?: ((name: string) => number) | undefined;
  libraries?: readonly MacroLibrary[] | undefined;
  /** `dd-mmm-yyyy hh:mm` */
  created?: string | undefined;
}

export interface AssembledModule {
  readonly module: ObjectModule;
  readonly records: Uint8Array[];
  readonly diagnostics: readonly Diagnostic[];
  /** Heading, lines, symbol table, sections. */
  listing(): string;
  /** A message as it is shown at the terminal, with its line. */
  excerpt(found: Diagnostic): string;
}

const LANGUAGE = 'Starlet MACRO V1.0';

/** The object records of one source; wrong statements are left out and counted in the end of module record. */
export function assembleModule(source: string, name: string, options: ModuleOptions = {}): Uint8Array[] {
  return assembleToObject([{ name, text: source }], options).records;
}

/** Assembles files that together make one module (`MACRO A+B`). */
export function assembleToObject(files: readonly SourceFile[], options: ModuleOptions = {}): AssembledModule {
  const assembly = new Assembly({
    symbols: symbolLookup(options.symbols),
    microroutine: options.microroutine,
    libraryMacro: (name) => libraryMacro(options.libraries, name),
    isModule: true,
  });
  assembly.assembleFiles(files);

  const psects = usedPsects(assembly);
  const text: TirCommand[] = [];
  for (const psect of psects) text.push(...new TextWriter(assembly, psect).write());
  const symbols = globalSymbols(assembly);
  const transfer = transferAddress(assembly);
  const severity = assembly.hasErrors ? 2 : assembly.diagnostics.some((d) => d.severity === 'W') ? 1 : 0;
  const module: ObjectModule = {
    name: assembly.title, ident: assembly.ident, created: options.created ?? '', language: LANGUAGE, title: assembly.titleText,
    psects: psects.map(({ name, alignment, attributes, size }) => ({ name, alignment, flags: attributes, allocation: size })),
    symbols, text, severity, transfer, ...(assembly.vectors.length === 0 ? {} : { vectors: vectorEntries(assembly) }),
  };
  const heading = `${module.name.padEnd(32)}${module.title.slice(0, 40).padEnd(41)} ${module.created}  ${LANGUAGE}\n${module.ident}\n\n`;
  const listing = (): string => heading + assembly.listing.render() + renderTables(assembly, psects);
  return { module, records: encodeModule(module), diagnostics: assembly.diagnostics, listing, excerpt: (found) => assembly.listing.excerpt(found) };
}

/** The sections of the module, numbered. The blank one belongs to it only if something is in it. */
function usedPsects(assembly: Assembly): Psect[] {
  const used = assembly.psects.filter((psect) => psect.name !== BLANK_PSECT || psect.size > 0 || assembly.hasLabelIn(psect));
  used.forEach((psect, index) => { psect.index = index; });
  return used;
}

/** Definitions other modules may use, and references to what they must define. */
function globalSymbols(assembly: Assembly): ObjectSymbol[] {
  const symbols: ObjectSymbol[] = [];
  for (const symbol of assembly.symbols.values()) {
    const name = symbol.name.slice(0, OBJ$C_SYMSIZ);
    const weak = symbol.isWeak ? GSY$M_WEAK : 0;
    if (symbol.value === undefined) {
      if (symbol.isReferenced || symbol.isExternal || symbol.isGlobal) symbols.push({ name, flags: weak | GSY$M_REL, psect: 0, value: 0, entryMask: undefined });
      continue;
    }
    if (!symbol.isGlobal || symbol.isSupplied) continue;
    const value = simplify(symbol.value);
    const entryMask = typeof symbol.entryMask === 'number' ? symbol.entryMask : undefined;
    if (typeof value === 'number') symbols.push({ name, flags: weak | GSY$M_DEF, psect: 0, value, entryMask });
    else if (value.kind === 'psect') symbols.push({ name, flags: weak | GSY$M_DEF | GSY$M_REL, psect: value.psect.index, value: value.offset, entryMask });
    else assembly.reportAt('SYMNOTABS', symbol.name, symbol.statement);
  }
  return symbols;
}

/** Where .TRANSFER stood. */
function vectorEntries(assembly: Assembly): NonNullable<ObjectModule['vectors']> {
  return assembly.vectors.flatMap(({ name, place }) => {
    const value = simplify(place);
    return typeof value !== 'number' && value.kind === 'psect' ? [{ name: name.slice(0, OBJ$C_SYMSIZ), psect: value.psect.index, offset: value.offset }] : [];
  });
}

function transferAddress(assembly: Assembly): ObjectModule['transfer'] {
  if (assembly.transferAddress === undefined) return undefined;
  const value = simplify(assembly.transferAddress);
  if (typeof value === 'number') return { psect: 0, offset: value, weak: false };
  if (value.kind === 'psect') return { psect: value.psect.index, offset: value.offset, weak: false };
  assembly.report('UNDEFSYM', value.kind === 'symbol' ? value.symbol.name : '(transfer address)');
  return undefined;
}

/** Ranges (start, end, start, end ...) without what is in two of them: a place stored into again after the location counter was set back. */
function onceEach(ranges: readonly number[]): readonly number[] {
  const pairs = Array.from({ length: ranges.length / 2 }, (_, index) => [ranges[2 * index]!, ranges[2 * index + 1]!] as const).sort(([a], [b]) => a - b);
  const result: number[] = [];
  for (const [start, end] of pairs) {
    const last = result.length - 1;
    if (last > 0 && start < result[last]!) result[last] = Math.max(end, result[last]!);
    else result.push(start, end);
  }
  return result;
}

/** The text of one section: runs of stored bytes, broken where the linker has something to fill in. */
class TextWriter {
  private readonly commands: TirCommand[] = [];
  /** Where the linker's location counter stands. */
  private location = -1;

  constructor(private readonly assembly: Assembly, private readonly psect: Psect) {}

  write(): readonly TirCommand[] {
    const { psect } = this;
    if (psect.isAbsolute) return [];
    const open = psect.fixups.filter((fixup) => !this.resolvedHere(fixup)).sort((a, b) => a.offset - b.offset);
    const { bytes } = psect;                                     // what was only reserved may lie beyond
    let next = 0;
    const stored = onceEach(psect.stored);
    for (let i = 0; i < stored.length; i += 2) {
      let at = stored[i]!;
      const end = stored[i + 1]!;
      for (; next < open.length && open[next]!.offset < end; next++) {
        const fixup = open[next]!;
        this.immediate(bytes, at, fixup.offset);
        this.moveTo(fixup.offset);
        this.guarded(fixup, () => this.relocate(fixup));
        at = fixup.offset + fixup.size;
        this.location = at;
      }
      this.immediate(bytes, at, end);
    }
    return this.commands;
  }

  private guarded(fixup: Fixup, action: () => boolean | void): boolean {
    try {
      return action() ?? false;
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      this.assembly.reportAt(error.ident, error.detail, fixup.statement);
      return true;
    }
  }

  private immediate(bytes: Uint8Array, from: number, to: number): void {
    if (to <= from) return;
    this.moveTo(from);
    this.commands.push({ name: 'STO_IMM', bytes: bytes.slice(from, to) });
    this.location = to;
  }

  private moveTo(offset: number): void {
    if (this.location === offset) return;
    this.commands.push(stackPsect(this.psect.index, offset), { name: 'CTL_SETRB' });
    this.location = offset;
  }

  /** Fills in what no longer depends on where sections go: forward references within this section, late constants. */
  private resolvedHere(fixup: Fixup): boolean {
    return this.guarded(fixup, () => {
      const { psect } = this;
      const { offset, size, kind } = fixup;
      const value = simplify(fixup.value);
      if (kind === 'general' || kind === 'address' || kind === 'mask') return false;
      if (typeof value === 'number') {
        if (kind === 'displacement' || kind === 'branch') return false;
        if (!fits(value, size) || (kind === 'literal' && (value < 0 || value > 63))) this.assembly.reportAt('DATATRUNC', '', fixup.statement);
        psect.patch(offset, value, size);
        return true;
      }
      if (value.kind !== 'psect' || value.psect !== psect || (kind !== 'displacement' && kind !== 'branch')) return false;
      const distance = value.offset - (offset + size);
      if (!fitsSigned(distance, size)) {
        if (kind === 'branch') throw new StatementError('BRDESTRANG', `(by ${outOfRangeBy(distance, size)} bytes)`);
        this.assembly.reportAt('DATATRUNC', '', fixup.statement);
      }
      psect.patch(offset, distance, size);
      return true;
    });
  }

  private relocate(fixup: Fixup): void {
    const { kind, size } = fixup;
    if (kind === 'mask') {
      this.stackEntryMask(fixup.value);
      this.commands.push({ name: 'STO_W' });
      return;
    }
    this.stack(simplify(fixup.value));
    this.commands.push({ name: storeCommand(kind, size) });
  }

  /** Commands that leave the value on the linker's stack. */
  private stack(value: Value): void {
    if (typeof value === 'number') this.commands.push(stackNumber(value));
    else if (value.kind === 'psect') this.commands.push(stackPsect(value.psect.index, value.offset));
    else if (value.kind === 'symbol') {
      if (/^\d+\$$/.test(value.symbol.name)) throw new StatementError('UNDEFSYM', value.symbol.name);
      this.commands.push({ name: 'STA_GBL', symbol: value.symbol.name.slice(0, OBJ$C_SYMSIZ) });
    } else {
      this.stack(value.left);
      this.stack(value.right);
      this.commands.push({ name: OPERATORS[value.operator] });
    }
  }

  private stackEntryMask(value: Value): void {
    const target = simplify(value);
    if (typeof target !== 'number' && target.kind === 'symbol') {
      this.commands.push({ name: 'STA_EPM', symbol: target.symbol.name.slice(0, OBJ$C_SYMSIZ) });
    } else if (typeof target !== 'number' && target.kind === 'psect') {
      const bytes = target.psect.contents();
      this.commands.push(stackNumber(bytes[target.offset]! | bytes[target.offset + 1]! << 8));
    } else {
      throw new StatementError('UNDEFSYM', '(entry mask)');
    }
  }
}

/** The stack is in the order left, right; @ counts a shift to the left. */
const OPERATORS: Record<Operator, TirName> = {
  '+': 'OPR_ADD', '-': 'OPR_SUB', '*': 'OPR_MUL', '/': 'OPR_DIV', '@': 'OPR_ASH', '&': 'OPR_AND', '!': 'OPR_IOR', '\\': 'OPR_EOR',
};

function storeCommand(kind: Fixup['kind'], size: number): TirName {
  switch (kind) {
    case 'displacement': case 'branch': return size === 1 ? 'STO_BD' : size === 2 ? 'STO_WD' : 'STO_LD';
    case 'general': return 'STO_PICR';
    case 'address': return 'STO_PIDR';
    case 'literal': return 'STO_LI';
    default: return size === 1 ? 'STO_B' : size === 2 ? 'STO_W' : 'STO_LW';
  }
}

function stackNumber(value: number): TirCommand {
  return { name: fitsSigned(value, 1) ? 'STA_SB' : fitsSigned(value, 2) ? 'STA_SW' : 'STA_LW', value };
}

function stackPsect(psect: number, offset: number): TirCommand {
  const length = fitsSigned(offset, 1) ? 'B' : fitsSigned(offset, 2) ? 'W' : 'L';
  return { name: psect > 0xff ? `STA_WP${length}` : `STA_P${length}`, psect, value: offset };
}
