import { readCounted } from '../executive/structures/memory.js';
import { PCB } from '../executive/structures/pcb.js';
import { PHD } from '../executive/structures/phd.js';
import { SCH_STATE_NAMES } from '../executive/structures/sch.js';
import { IRP_PACKET_SIZE } from '../executive/pool/nonpaged.js';
import type { Kernel } from '../executive/kernel.js';

/** What the front panel shows: shares are of 1, rates by the second. */
export interface PanelFigures {
  /** Time in each mode; `idle` is the null process's and not in `kernel`. */
  readonly modes: { readonly kernel: number; readonly executive: number; readonly supervisor: number; readonly user: number; readonly interrupt: number; readonly idle: number };
  /** How often the processor was found at each level, of the times it was looked at: [IPL, share], levels never met left out. */
  readonly levels: readonly (readonly [ipl: number, share: number])[];
  readonly instructions: number;
  readonly current: string;
  /** Processes by state, in the order of the states. */
  readonly states: readonly (readonly [name: string, count: number])[];
  /** Priorities at which processes are computable, highest first, with how many. */
  readonly computable: readonly (readonly [priority: number, count: number])[];
  readonly faults: number;
  readonly freePages: number;
  readonly modifiedPages: number;
  readonly directIo: number;
  readonly bufferedIo: number;
  /** Bytes in use and in all: the variable list and each lookaside list, then paged pool. */
  readonly pools: readonly { readonly name: string; readonly used: number; readonly size: number }[];
}

const MOST_ELEMENTS = 20_000;

/** Counters of the executive at one moment. */
interface Counters {
  readonly time: number;
  readonly instructions: number;
  readonly ticks: readonly number[];
  readonly idleTicks: number;
  readonly faults: number;
  readonly directIo: number;
  readonly bufferedIo: number;
}

/**
 * Takes the panel's figures from the running system's memory: the cells that MONITOR would read. Only the processor's level is looked at
 * from outside, after every slice, for the executive keeps no count of it.
 */
export class PanelSource {
  private last: Counters;
  private levels = new Map<number, number>();

  /** @param now  host time in milliseconds */
  constructor(private readonly kernel: Kernel, private readonly now: () => number) {
    this.last = this.counters();
  }

  /** The processor has stopped for a moment: notes the level it is at. */
  look(): void {
    const ipl = (this.kernel.cpu.psl >>> 16) & 31;
    this.levels.set(ipl, (this.levels.get(ipl) ?? 0) + 1);
  }

  /** What has happened since the last call. */
  take(): PanelFigures {
    const before = this.last;
    const after = this.counters();
    this.last = after;
    const seconds = Math.max(0.001, (after.time - before.time) / 1000);
    const rate = (count: 'instructions' | 'faults' | 'directIo' | 'bufferedIo'): number => (after[count] - before[count]) / seconds;
    const ticks = after.ticks.map((count, index) => (count - before.ticks[index]!) >>> 0);
    const idle = (after.idleTicks - before.idleTicks) >>> 0;
    const counted = ticks.reduce((sum, count) => sum + count, 0);
    const all = Math.max(1, counted);
    const share = (index: number): number => ticks[index]! / all;
    const looks = [...this.levels.values()].reduce((sum, count) => sum + count, 0);
    const levels = [...this.levels].sort((a, b) => a[0] - b[0]).map(([ipl, count]) => [ipl, count / looks] as const);
    this.levels = new Map();
    const { sys } = this.kernel;
    return {
      modes: {
        kernel: Math.max(0, share(0) - idle / all), executive: share(1), supervisor: share(2), user: share(3), interrupt: share(4), idle: counted === 0 ? 1 : Math.min(1, idle / all),
      },
      levels, instructions: rate('instructions'), faults: rate('faults'), directIo: rate('directIo'), bufferedIo: rate('bufferedIo'),
      current: readCounted(this.kernel, sys.SCH$GL_CURPCB + PCB.offset.PCB$T_LNAME), states: this.states(), computable: this.computable(),
      freePages: sys.SCH$GL_FREECNT, modifiedPages: sys.SCH$GL_MFYCNT, pools: this.pools(),
    };
  }

  private counters(): Counters {
    const { kernel } = this;
    const ticks = kernel.symbol('PMS$GL_KERNEL');
    const nullHeader = PCB.at(kernel, kernel.symbol('SCH$GL_NULLPCB')).PCB$L_PHD;
    return {
      time: this.now(), instructions: kernel.cpu.instructionCount, ticks: [0, 1, 2, 3, 4, 5].map((index) => kernel.readLong(ticks + 4 * index)),
      idleTicks: nullHeader === 0 ? 0 : PHD.at(kernel, nullHeader).PHD$L_CPUTIM, faults: kernel.sys.PMS$GL_FAULTS, directIo: kernel.sys.PMS$GL_DIRIO,
      bufferedIo: kernel.sys.PMS$GL_BUFIO,
    };
  }

  private states(): (readonly [string, number])[] {
    const { kernel } = this;
    const counts = new Map<number, number>();
    const nobody = kernel.symbol('SCH$GL_NULLPCB');
    for (let index = 1; index <= kernel.sys.SCH$GL_MAXPIX; index += 1) {
      const pcb = kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * index);
      if (pcb === nobody) continue;
      const state = PCB.at(kernel, pcb).PCB$W_STATE;
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => a[0] - b[0]).map(([state, count]) => [SCH_STATE_NAMES[state] ?? String(state), count] as const);
  }

  private computable(): (readonly [number, number])[] {
    const { kernel } = this;
    const summary = kernel.sys.SCH$GL_COMQS;
    const found: (readonly [number, number])[] = [];
    for (let queue = 0; queue < 31; queue += 1) {
      if ((summary >>> queue) & 1) found.push([31 - queue, this.elements(kernel.symbol('SCH$AQ_COMH') + 8 * queue)]);
    }
    return found;
  }

  private pools(): PanelFigures['pools'] {
    const { kernel } = this;
    const { sys } = kernel;
    const lookaside = (name: string, head: string, packet: number, count: number): { name: string; used: number; size: number } =>
      ({ name, size: packet * count, used: packet * Math.max(0, count - this.elements(kernel.symbol(head))) });
    const variable = (name: string, listhead: number, size: number): { name: string; used: number; size: number } => ({ name, size, used: size - this.freeBytes(listhead) });
    return [
      variable('nonpaged', kernel.symbol('EXE$GL_NONPAGED') + 4, sys.MMG$GL_NPAGNEXT - sys.MMG$GL_NPAGEDYN),
      lookaside('SRP', 'IOC$GL_SRPFL', sys.IOC$GL_SRPSIZE, sys.IOC$GL_SRPCNT), lookaside('IRP', 'IOC$GL_IRPFL', IRP_PACKET_SIZE, sys.IOC$GL_IRPCNT),
      lookaside('LRP', 'IOC$GL_LRPFL', sys.IOC$GL_LRPSIZE, sys.IOC$GL_LRPCNT), variable('paged', kernel.symbol('EXE$GL_PAGED'), sys.SGN$GL_PAGEDYN),
    ];
  }

  private elements(header: number): number {
    let count = 0;
    for (let at = this.kernel.readLong(header); at !== header >>> 0 && count < MOST_ELEMENTS; at = this.kernel.readLong(at)) count += 1;
    return count;
  }

  /** Free bytes of a variable list: [next, size] in the first two longwords of each block. */
  private freeBytes(listhead: number): number {
    let bytes = 0;
    let count = 0;
    for (let at = this.kernel.readLong(listhead); at !== 0 && count < MOST_ELEMENTS; at = this.kernel.readLong(at)) {
      bytes += this.kernel.readLong(at + 4);
      count += 1;
    }
    return bytes;
  }
}

