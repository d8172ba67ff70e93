/**
 * How an operation on a relative or indexed file gives up, from any depth of its structure. `structured` (structured.ts) catches it and nothing else
 * does; it never leaves RMS.
 */
export class RecordFailure extends Error {
  /**
   * @param status  RMS$_ status
   * @param stv     status value
   */
  constructor(readonly status: number, readonly stv = 0) {
    super(`RMS status ${status.toString(16)}`);
  }
}

export function failRecord(status: number, stv = 0): never {
  throw new RecordFailure(status, stv);
}
