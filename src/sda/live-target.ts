import type { Cpu } from '../emulator/cpu.js';
import type { PhysicalMemory } from '../emulator/memory.js';
import * as PR from '../emulator/processor-registers.js';
import type { ProcessorState, Target } from './target.js';

const PAGE = 512;

/** The running machine: its physical memory, and its processor registers as they are when asked. */
export class LiveTarget implements Target {
  readonly kind = 'system';
  readonly warnings: readonly string[] = [];

  constructor(private readonly memory: PhysicalMemory, private readonly cpu: Cpu) {}

  page(pfn: number): Uint8Array | undefined {
    const start = pfn * PAGE;
    return start + PAGE <= this.memory.size ? this.memory.bytes.subarray(start, start + PAGE) : undefined;
  }

  get processor(): ProcessorState {
    const read = (register: number): number => this.cpu.readPR(register) >>> 0;
    return {
      stackPointers: [PR.PR$_KSP, PR.PR$_ESP, PR.PR$_SSP, PR.PR$_USP, PR.PR$_ISP].map(read),
      registers: Array.from({ length: 16 }, (_, number) => this.cpu.r[number]! >>> 0), psl: this.cpu.psl >>> 0,
      p0br: read(PR.PR$_P0BR), p0lr: read(PR.PR$_P0LR), p1br: read(PR.PR$_P1BR), p1lr: read(PR.PR$_P1LR), sbr: read(PR.PR$_SBR),
      slr: read(PR.PR$_SLR), pcbb: read(PR.PR$_PCBB), scbb: read(PR.PR$_SCBB), astlvl: read(PR.PR$_ASTLVL), sisr: read(PR.PR$_SISR),
      iccs: read(PR.PR$_ICCS),
    };
  }
}
