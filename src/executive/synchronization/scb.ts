/** One vector of the system control block: `symbol` is the service routine, `stack` the code in bits 1:0 (0 kernel, 1 interrupt stack). */
export interface ScbEntry {
  readonly vector: number;
  readonly symbol: string;
  readonly stack: 0 | 1;
}

/**
 * Software interrupts (SCB 84-BC) and the interval clock. Delivery of ASTs and rescheduling run on the kernel stack of the process,
 * all others on the interrupt stack. IPL 4 (90) belongs to I/O postprocessing, 1, 13 and 14 to nobody.
 * @source book Table 6-1; digest ch06 3.1
 */
export const SCB_ENTRIES: readonly ScbEntry[] = [
  { vector: 0x88, symbol: 'SCH$ASTDEL', stack: 0 },
  { vector: 0x8c, symbol: 'SCH$RESCHED', stack: 0 },
  { vector: 0x94, symbol: 'INI$MASTERWAKE', stack: 1 },
  { vector: 0x98, symbol: 'EXE$FRKIPL6DSP', stack: 1 },
  { vector: 0x9c, symbol: 'EXE$SWTIMINT', stack: 1 },
  { vector: 0xa0, symbol: 'EXE$FRKIPL8DSP', stack: 1 },
  { vector: 0xa4, symbol: 'EXE$FRKIPL9DSP', stack: 1 },
  { vector: 0xa8, symbol: 'EXE$FRKIPL10DSP', stack: 1 },
  { vector: 0xac, symbol: 'EXE$FRKIPL11DSP', stack: 1 },
  { vector: 0xb0, symbol: 'EXE$IPCONTROL', stack: 1 },
  { vector: 0xbc, symbol: 'INI$MASTERWAKE', stack: 1 },
  { vector: 0xc0, symbol: 'EXE$HWCLKINT', stack: 1 },
];
