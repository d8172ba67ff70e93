/**
 * What SDA looks at: physical memory by page frame, and the processor registers. A dump file and the running machine both answer to this;
 * everything else SDA finds by following page tables and cells, with no code of the executive's running.
 */
export interface Target {
  readonly kind: 'dump' | 'system';
  /** The 512 bytes of a page frame; undefined when the target does not have them. */
  page(pfn: number): Uint8Array | undefined;
  /** Processor registers: at the crash, or now. */
  readonly processor: ProcessorState;
  /** What the bugcheck left, for a dump. */
  readonly crash?: CrashRecord;
  /** The file of a dump. */
  readonly file?: DumpBytes;
  /** Things to tell the user when the target is opened. */
  readonly warnings: readonly string[];
}

/** A dump file, read where it is needed: large ones are mostly never looked at. */
export interface DumpBytes {
  readonly length: number;
  /** `length` bytes from `offset`, all inside the file. What comes back is not written to. */
  read(offset: number, length: number): Uint8Array;
}

export interface ProcessorState {
  /** KSP, ESP, SSP, USP, ISP. */
  readonly stackPointers: readonly number[];
  /** R0 to R11, AP, FP, SP, PC. */
  readonly registers: readonly number[];
  readonly psl: number;
  readonly p0br: number;
  readonly p0lr: number;
  readonly p1br: number;
  readonly p1lr: number;
  readonly sbr: number;
  readonly slr: number;
  readonly pcbb: number;
  readonly scbb: number;
  readonly astlvl: number;
  readonly sisr: number;
  readonly iccs: number;
}

export interface CrashRecord {
  /** Bugcheck code with severity. */
  readonly code: number;
  /** System time, 100 ns units. */
  readonly time: bigint;
  /** Extended PID and name of the process that was current. */
  readonly epid: number;
  readonly processName: string;
  /** The version in the header: four characters. */
  readonly version: string;
  readonly errorSequence: number;
  /** The header block and the saved error log buffers: the first three blocks of the file. */
  readonly headerBlocks: Uint8Array;
  readonly descriptors: readonly { readonly basePfn: number; readonly pages: number }[];
  /** Bytes of the file that the dump takes up: a page file goes on behind it. */
  readonly length: number;
}
