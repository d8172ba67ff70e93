/** How an operation on a relative or indexed file gives up, from any depth of its structure. Where the operation began it becomes its completion; it never leaves RMS. */
export class RecordFailure extends Error {
  /**
   * @param status  RMS$_ status
   * @param stv     status value
   */
  constructor(readonly status: number, readonly stv = 0) {
    super(`RMS status ${status.toString(16)}`);
  }
}

/** The completion that a caught failure means; anything else caught is thrown again. */
export function completionOf(problem: unknown): { readonly status: number; readonly stv: number } {
  if (problem instanceof RecordFailure) return { status: problem.status, stv: problem.stv };
  throw problem;
}

export function failRecord(status: number, stv = 0): never {
  throw new RecordFailure(status, stv);
}
