/** A request that cannot be done: its status goes into the requester's status block. Caught where a message is served. */
export class JobControlError extends Error {
  constructor(readonly status: number) { super(`status ${status.toString(16)}`); }
}
