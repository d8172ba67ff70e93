/** One SCB vector that this room fills. */
export interface ScbEntry {
  /** Offset in the SCB. */
  readonly vector: number;
  /** Service routine. */
  readonly symbol: string;
  /** Served on the interrupt stack at IPL 31: bit 0 of the vector. */
  readonly interruptStack?: boolean;
}

/** Exceptions and change mode. Page faults go to the pager, which hands access violations on. @source digest ch04 Table 4-2 */
export const SCB_ENTRIES: readonly ScbEntry[] = [
  ...[0x100, 0x140, 0x180, 0x1c0].map((vector): ScbEntry => ({ vector, symbol: 'ERL$VEC_RETURN', interruptStack: true })),
  { vector: 0x04, symbol: 'EXE$MCHK', interruptStack: true },
  { vector: 0x54, symbol: 'EXE$INT54', interruptStack: true },
  { vector: 0x58, symbol: 'EXE$INT58', interruptStack: true },
  { vector: 0x5c, symbol: 'EXE$INT5C', interruptStack: true },
  { vector: 0x60, symbol: 'EXE$INT60', interruptStack: true },
  { vector: 0x08, symbol: 'EXE$KERSTKNV', interruptStack: true },
  { vector: 0x10, symbol: 'EXE$OPCDEC' },
  { vector: 0x14, symbol: 'EXE$OPCCUS' },
  { vector: 0x18, symbol: 'EXE$ROPRAND' },
  { vector: 0x1c, symbol: 'EXE$RADRMOD' },
  { vector: 0x20, symbol: 'EXE$ACVIOLAT' },
  { vector: 0x24, symbol: 'MMG$PAGEFAULT' },
  { vector: 0x28, symbol: 'EXE$TBIT' },
  { vector: 0x2c, symbol: 'EXE$BREAK' },
  { vector: 0x30, symbol: 'EXE$COMPAT' },
  { vector: 0x34, symbol: 'EXE$ARITH' },
  { vector: 0x40, symbol: 'EXE$CMODKRNL' },
  { vector: 0x44, symbol: 'EXE$CMODEXEC' },
  { vector: 0x48, symbol: 'EXE$CMODSUPR' },
  { vector: 0x4c, symbol: 'EXE$CMODUSER' },
];
