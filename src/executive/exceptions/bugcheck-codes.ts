/**
 * Bugcheck names and their console text. A code is eight times the position in this table; bits <2:0> of the word behind the bugcheck
 * opcode hold the severity, 4 for a fatal one. Positions never change, for dumps keep the number.
 * @source book 8.2.1; names from the book's chapters, the rest follow VMS usage; the numbers are ours
 */
const TABLE = [
  ['NONE', 'No bugcheck'],
  ['QUEUEMPTY', 'Scheduler queue empty although its summary bit is set'],
  ['MACHINECHK', 'Machine check in kernel or executive mode'],
  ['INVEXCEPTN', 'Exception while above ASTDEL or on interrupt stack'],
  ['SSRVEXCEPT', 'Unexpected system service exception'],
  ['KRNLSTAKNV', 'Kernel stack not valid'],
  ['PGFIPLHI', 'Page fault with IPL too high'],
  ['MTXCNTNONZ', 'Mutex count nonzero at system service exit'],
  ['STATENTSVD', 'Software state not saved during power failure'],
  ['KRPEMPTY', 'Process kernel request packet list empty'],
  ['OPERCRASH', 'Operator forced system crash'],
  ['USERBUG', 'Bugcheck issued by user or supervisor mode code'],
  ['MICROERROR', 'Internal error in a microroutine'],
  ['BADDALRQSZ', 'Bad memory deallocation request size or address'],
  ['DOUBLDEALO', 'Double deallocation of memory block'],
  ['INVSIZE', 'Structure with invalid size'],
  ['NOTPCB', 'Structure is not a PCB'],
  ['BADRSEIPL', 'Bad IPL at report of system event'],
  ['RSENOTPCB', 'Event reported for a structure that is not a PCB'],
  ['PROCGONE', 'Process not in system'],
  ['UNKRSTRT', 'Unknown restart code'],
  ['INVPTEFMT', 'Invalid page table entry format'],
  ['INVTQEFMT', 'Invalid timer queue entry format'],
  ['NOTIPL', 'Routine called at the wrong IPL'],
  ['ASTFORMAT', 'Invalid AST control block'],
  ['BADQHDR', 'Interlocked queue header corrupted'],
  ['PFNLISTCOR', 'Free or modified page list corrupted'],
  ['REFCNTNEG', 'Page reference count negative'],
  ['WSLISTCOR', 'Working set list corrupted'],
  ['UNEXPINT', 'Unexpected interrupt or exception vector'],
  ['NOBUFPCKT', 'No buffer or packet where one must be'],
  ['NONEXSTACP', 'I/O packet for a nonexistent ACP'],
  ['IRPCORRUPT', 'I/O request packet corrupted'],
  ['UCBNOTIDLE', 'Unit started while busy'],
  ['CCBCORRUPT', 'Channel control block corrupted'],
  ['LNMCORRUPT', 'Logical name data base corrupted'],
  ['LOCKCORRUP', 'Lock data base corrupted'],
  ['XQPERR', 'Internal error in the extended QIO processor'],
  ['RMSBUG', 'RMS found an internal inconsistency'],
  ['CLIERR', 'Internal error in the command language interpreter'],
  ['NOSWAPFIL', 'No space in swap or page file'],
  ['SWAPERR', 'Swapper found an inconsistency'],
  ['PAGERR', 'Pager found an inconsistency'],
  ['BOOTERR', 'System initialization failed'],
  ['IVLISTK', 'Interrupt stack not valid restart'],
  ['DBLERR', 'Double error halt restart'],
  ['HALT', 'HALT instruction restart'],
  ['ILLVEC', 'Illegal vector code restart'],
  ['CHMONIS', 'CHMx on interrupt stack restart'],
] as const;

/** Names and texts in the order of their codes. */
export const BUGCHECK_TEXTS: readonly (readonly [name: string, text: string])[] = TABLE;

export type BugcheckName = (typeof TABLE)[number][0];

/** Severity bits of a fatal bugcheck. */
export const BUG_FATAL = 4;

/** Code of a bugcheck, severity bits clear. */
export function bugcheckCode(name: BugcheckName): number {
  return TABLE.findIndex((row) => row[0] === name) * 8;
}

/** Name and text behind a code, severity bits ignored. */
export function bugcheckText(code: number): { readonly name: string; readonly text: string } {
  const row = TABLE[(code & 0xffff) >>> 3];
  return row === undefined
    ? { name: `BUG ${(code & 0xffff).toString(16).toUpperCase()}`, text: 'Unknown bugcheck code' }
    : { name: row[0], text: row[1] };
}

/** `BUG$_name` symbols for the executive's own MACRO sources and for SDA; INVEXCPTN is the book's other spelling. */
export function bugcheckSymbols(): ReadonlyMap<string, number> {
  const symbols = new Map<string, number>(TABLE.map(([name], index) => [`BUG$_${name}`, index * 8]));
  symbols.set('BUG$_INVEXCPTN', bugcheckCode('INVEXCEPTN'));
  return symbols;
}

/** The same as MACRO text, to stand before the sources that use them. */
export function bugcheckSymbolSource(): string {
  return [...bugcheckSymbols()].map(([name, value]) => `${name} == ${value}`).join('\n') + '\n';
}
