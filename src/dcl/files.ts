import type { Flow } from '../executive/gate/microroutine.js';

/** Record's file address: six bytes, as RAB$W_RFA has them. */
export type RecordAddress = Uint8Array;

export interface ReadResult {
  /** RMS status. */
  readonly status: number;
  readonly stv: number;
  readonly text: string;
  readonly rfa: RecordAddress;
}

export interface ReadOptions {
  /** Written before a terminal read. */
  readonly prompt?: string;
  /** Seconds to wait for a terminal, undefined for ever. */
  readonly timeout?: number;
  readonly noEcho?: boolean;
  /** Read the record at this address instead of the next one. */
  readonly at?: RecordAddress;
  /** Read the record with this key (indexed files). */
  readonly key?: { readonly value: string; readonly index: number; readonly match: 'EQ' | 'GE' | 'GT' };
  readonly deleteRecord?: boolean;
}

export type FileAccess = 'read' | 'write' | 'append' | 'update' | 'procedure' | 'output';

export interface OpenResult {
  readonly status: number;
  readonly stv: number;
  /** Stream block (address of the RAB), 0 when the open failed. */
  readonly stream: number;
  /** Resultant file specification, or as far as it could be expanded. */
  readonly spec: string;
  readonly ifi: number;
  readonly device: number;
}

/** The files of DCL, over RMS. A stream is the address of a RAB in the CLI symbol table pages. */
export interface Files {
  open(spec: string, defaultSpec: string, access: FileAccess, share?: string): Flow<OpenResult>;
  /** A stream on a process permanent file that is open already. */
  adopt(ifi: number, isi: number, device?: number): Flow<OpenResult>;
  get(stream: number, options: ReadOptions): Flow<ReadResult>;
  put(stream: number, text: string, update?: boolean): Flow<{ readonly status: number; readonly stv: number }>;
  /** `_DUA0:` of an open stream. */
  deviceName(stream: number): string;
  /** Others may read from the stream now: it stands where the records given so far end. */
  release(stream: number): Flow<void>;
  /** What has been written reaches the file. */
  flush(stream: number): Flow<number>;
  /** The first record is read next. */
  rewind(stream: number): Flow<number>;
  close(stream: number): Flow<number>;
}
