import { structureSymbols } from '../executive/boot/symbols.js';
import { bugcheckSymbols } from '../executive/exceptions/bugcheck-codes.js';
import * as DYN from '../executive/structures/dyn.js';
import * as PTE from '../executive/structures/pte.js';
import * as SCH from '../executive/structures/sch.js';
import { SERVICES, VECTOR_LABELS } from '../executive/starlet/service-table.js';
import { STARLET_SYMBOLS, starletSymbol } from '../executive/starlet/symbols.js';
import { STRUCTURES } from '../executive/structures/index.js';
import { hex } from './error.js';
import { RMS_STRUCTURES } from './rms-structures.js';

/** What the system was built with, for SDA: not read from the target, but the same for every boot. */
export interface SystemSymbols {
  /** Global symbols of SYS.EXE and its system images: routines, cells, labels. */
  readonly globals: ReadonlyMap<string, number>;
  /** SYS.EXE's code and where it is loaded: a target with other code there was built otherwise. */
  readonly code?: { readonly address: number; readonly bytes: Uint8Array };
  /** Name of the microroutine that XFC runs by its number. */
  readonly microroutine?: (number: number) => string | undefined;
  /** Global symbols of images mapped into processes, as offsets, by image name. */
  readonly images?: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Addresses farther than this behind a symbol are not named after it. */
const MAX_OFFSET = 0xfff;
/** Values below are numbers, not addresses, whatever their symbol means. */
const LOWEST_ADDRESS = 0x200;

/** Stands where an image ends. */
const NO_NAME = '';

/**
 * SDA's symbol table, in layers looked up in this order: what the user defined, what the process and device in view define, the images
 * of that process, the global symbols of SYS.EXE, service vectors, and constants: structure offsets and STARLET's. Addresses of all but the constants name memory in displays.
 */
export class SymbolTable {
  private readonly user = new Map<string, number>();
  private readonly context = new Map<string, number>();
  private image: ReadonlyMap<string, number> = new Map();
  private imageEnds: readonly number[] = [];
  private readonly vectors = new Map<string, number>();
  private readonly constants = new Map<string, number>();
  private sorted: readonly (readonly [value: number, name: string])[] | undefined;

  /** @param executive  global symbols of SYS.EXE and its system images: routines, cells, labels */
  constructor(private readonly executive: ReadonlyMap<string, number>) {
    for (const structure of [...STRUCTURES, ...RMS_STRUCTURES]) structureSymbols(structure, this.constants);
    for (const module of [DYN, PTE, SCH]) {
      for (const [name, value] of Object.entries(module)) if (typeof value === 'number') this.constants.set(name, value);
    }
    for (const [name, value] of bugcheckSymbols()) this.constants.set(name, value);
    for (const { name, vector } of SERVICES) this.vectors.set(`SYS${name}`, vector);
    for (const [name, value] of Object.entries(VECTOR_LABELS)) this.vectors.set(name, value);
  }

  lookup(name: string): number | undefined {
    return this.user.get(name) ?? this.context.get(name) ?? this.image.get(name) ?? this.executive.get(name) ?? this.vectors.get(name) ?? this.constants.get(name) ?? starletSymbol(name);
  }

  /** DEFINE and READ. */
  define(name: string, value: number): void {
    this.user.set(name, value >>> 0);
    this.sorted = undefined;
  }

  /** Sets or removes a symbol that SDA itself defines for what is in view (PCB, PHD, UCB ...). */
  setContext(name: string, value: number | undefined): void {
    if (value === undefined) this.context.delete(name);
    else this.context.set(name, value >>> 0);
    this.sorted = undefined;
  }

  /** Addresses of the symbols of the images in view, and where these images end: what lies behind is not named by them. */
  setImage(symbols: ReadonlyMap<string, number>, ends: readonly number[] = []): void {
    this.image = symbols;
    this.imageEnds = ends;
    this.sorted = undefined;
  }

  /** Symbols whose value is exactly `value`, in alphabetical order, for EVALUATE. */
  namesOf(value: number): string[] {
    const names = new Set<string>();
    for (const layer of [this.user, this.context, this.image, this.executive, this.vectors, this.constants, STARLET_SYMBOLS]) {
      for (const [name, defined] of layer) if (defined >>> 0 === value >>> 0) names.add(name);
    }
    return [...names].sort();
  }

  /** SYMBOL or SYMBOL+offset for an address; undefined when none is near. */
  symbolize(address: number): string | undefined {
    address >>>= 0;
    const table = this.sorted ??= this.sort();
    let low = 0;
    let high = table.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (table[middle]![0] <= address) low = middle + 1;
      else high = middle;
    }
    const found = table[low - 1];
    if (!found || found[1] === NO_NAME) return undefined;
    const offset = address - found[0];
    if (offset > MAX_OFFSET) return undefined;
    return offset === 0 ? found[1] : `${found[1]}+${hex(offset, 3)}`;
  }

  /** Addresses in order; of two names of one address the later wins: alphabetically first, users' own before all. */
  private sort(): (readonly [number, string])[] {
    const byAddress = new Map<number, string>();
    const isBetter = (name: string, than: string): boolean => rank(name) < rank(than) || (rank(name) === rank(than) && name < than);
    for (const layer of [this.executive, this.vectors]) {
      for (const [name, value] of layer) {
        const address = value >>> 0;
        if (!isSystemOrControl(address)) continue;
        const present = byAddress.get(address);
        if (present === undefined || isBetter(name, present)) byAddress.set(address, name);
      }
    }
    for (const [name, value] of this.image) byAddress.set(value >>> 0, name);
    for (const layer of [this.context, this.user]) {
      for (const [name, value] of layer) if (value >>> 0 >= LOWEST_ADDRESS && !isRegister(name)) byAddress.set(value >>> 0, name);
    }
    for (const end of this.imageEnds) if (!byAddress.has(end)) byAddress.set(end, NO_NAME);
    return [...byAddress].map(([value, name]) => [value, name] as const).sort((a, b) => a[0] - b[0]);
  }

  /** All symbols of a layer, or those that begin with `prefix`, in alphabetical order: [name, value, whether it is an address]. */
  *list(prefix: string): Generator<readonly [name: string, value: number, isAddress: boolean]> {
    const seen = new Map<string, readonly [number, boolean]>();
    for (const [layer, isAddress] of [[this.user, true], [this.context, true], [this.image, true], [this.executive, true], [this.vectors, true], [this.constants, false], [STARLET_SYMBOLS, false]] as const) {
      for (const [name, value] of layer) if (name.startsWith(prefix) && !seen.has(name)) seen.set(name, [value >>> 0, isAddress]);
    }
    for (const name of [...seen.keys()].sort()) yield [name, ...seen.get(name)!];
  }
}

function isSystemOrControl(address: number): boolean {
  return address >= 0x7ff00000;
}

/** Lowercase names, internal labels and hooks for multiprocessing are worse names for an address than a VMS global. */
function rank(name: string): number {
  return /^[A-Z0-9]+\$/.test(name) && !name.startsWith('MPH$') ? 0 : 1;
}

const REGISTER_NAMES = new Set(['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'AP', 'FP', 'SP', 'PC', 'PSL',
  'KSP', 'ESP', 'SSP', 'USP', 'ISP']);

function isRegister(name: string): boolean {
  return REGISTER_NAMES.has(name);
}
