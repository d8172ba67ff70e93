import { structureAt } from '../../executive/structures/index.js';
import { readCounted } from '../../executive/structures/memory.js';
import { P1_TABLES } from '../../executive/structures/p1-cells.js';
import { decodePte, PTE$V_PROT, PROTECTION } from '../../executive/structures/pte.js';
import type { Structure } from '../../executive/structures/structure.js';
import { SYSTEM_CELLS } from '../../executive/structures/system-cells.js';
import { DDB } from '../../executive/structures/device.js';
import { UCB } from '../../executive/structures/ucb.js';
import { SdaError } from '../error.js';
import { poolBlocks, poolRegions, type PoolBlock } from '../show-pool.js';
import { printable, processName, type Session } from '../session.js';

/** What lies at an address. */
export type What =
  /** In a block of pool, or in another structure whose beginning is known. */
  | { readonly kind: 'structure'; readonly layout: Structure; readonly base: number; readonly isCells: boolean }
  | { readonly kind: 'instructions' }
  | { readonly kind: 'memory' };

const SYSTEM = 0x80000000;
const SMALLEST_HEADER = 12;
/** Symbols that SDA defines for the process in view. */
const CONTEXT = new Set(['PCB', 'PHD', 'JIB', 'ARB']);

/**
 * Finds out what lies at an address of the target: blocks of pool by a walk through it, built-in structures by their type byte, the cells of
 * the executive and of P1 space by their place, instructions by the protection of their page. All of it is guesswork over bytes, and may be
 * wrong in a damaged dump; nothing is thrown.
 */
export class Explorer {
  private blocks: PoolBlock[] | undefined;

  constructor(private readonly session: Session) {}

  /** A running system has changed, or another part of it is looked at. */
  forget(): void {
    this.blocks = undefined;
  }

  at(address: number): What {
    return this.block(address) ?? this.headed(address) ?? this.cells(address) ?? (this.isCode(address) ? { kind: 'instructions' } : { kind: 'memory' });
  }

  /** The block of pool around an address. */
  private block(address: number): What | undefined {
    this.blocks ??= this.allocated();
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.blocks[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const block = this.blocks[low - 1];
    if (!block || address >= block.address + block.size) return undefined;
    const layout = this.layoutAt(block.address);
    return layout && address < block.address + layout.size ? { kind: 'structure', layout, base: block.address, isCells: false } : undefined;
  }

  private allocated(): PoolBlock[] {
    const found: PoolBlock[] = [];
    try {
      for (const region of poolRegions(this.session)) {
        for (const block of poolBlocks(this.session, region)) if (block.type !== 'FREE' && block.type !== 'UNKNOWN') found.push(block);
      }
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
    }
    return found.sort((a, b) => a.address - b.address);
  }

  /** The executive's cells and those of P1 space. */
  private cells(address: number): What | undefined {
    const tables = [[this.session.symbols.lookup('SYS$CELLS') ?? 0, SYSTEM_CELLS], ...P1_TABLES] as const;
    for (const [base, table] of tables) {
      const from = base >>> 0;
      if (from !== 0 && address >= from && address < from + table.size) return { kind: 'structure', layout: table as unknown as Structure, base: from, isCells: true };
    }
    return undefined;
  }

  /** A structure outside pool that begins here: its size word fits its type byte. The PCBs of NULL and SWAPPER are such. */
  private headed(address: number): What | undefined {
    if (address < SYSTEM || (address & 3) !== 0) return undefined;
    const layout = this.layoutAt(address);
    if (!layout || this.read(() => this.session.memory.readWord(address + 8)) !== layout.size) return undefined;
    return { kind: 'structure', layout, base: address, isCells: false };
  }

  private layoutAt(address: number): Structure | undefined {
    return this.read(() => {
      const size = this.session.memory.readWord(address + 8);
      return size < SMALLEST_HEADER ? undefined : structureAt(this.session.memory, address);
    });
  }

  /** A page that nobody may write is code, or as good as. */
  private isCode(address: number): boolean {
    const pte = this.session.memory.pte(address);
    if (pte === undefined) return false;
    const kind = decodePte(pte).kind;
    return (kind === 'valid' || kind === 'transition' || kind === 'global') && PROTECTION[(pte >>> PTE$V_PROT) & 15]![1] < 0;
  }

  private read<T>(body: () => T): T | undefined {
    try {
      return body();
    } catch (error) {
      if (error instanceof SdaError) return undefined;
      throw error;
    }
  }

  /** What an address is, in a few words; '' when nothing is known of it. */
  describe(address: number): string {
    const symbol = this.session.symbols.symbolize(address) ?? '';
    const what = this.at(address);
    if (what.kind === 'instructions') return symbol === '' ? 'instructions' : `${symbol}, instructions`;
    if (what.kind === 'memory' || what.isCells) return symbol;
    // A symbol that lies before the structure says nothing of it.
    const exact = symbol !== '' && !symbol.includes('+') && !CONTEXT.has(symbol) ? `${symbol}, ` : '';
    const name = this.identify(what.base, what.layout);
    const within = address - what.base;
    if (within === 0) return exact + name;
    const field = what.layout.fields.filter((each) => each.offset <= within && each.name !== 'gap').at(-1);
    const beyond = within - (field?.offset ?? 0);
    return `${exact}${field?.name ?? what.layout.prefix}${beyond === 0 ? '' : `+${beyond.toString(16).toUpperCase()}`} of ${name}`;
  }

  /** A structure with the name it bears: PCB of SWAPPER, UCB of OPA0. */
  identify(base: number, layout: Structure): string {
    const name = this.read(() => {
      if (layout.prefix === 'PCB') return ` of ${processName(this.session.memory, base)}`;
      if (/UCB$/.test(layout.prefix)) {
        const ucb = UCB.read(this.session.memory, base);
        return ` of ${printable(readCounted(this.session.memory, ucb.UCB$L_DDB + DDB.offset.DDB$T_NAME).slice(0, 15))}${ucb.UCB$W_UNIT}`;
      }
      return '';
    });
    return `${layout.prefix}${name ?? ''}`;
  }
}
