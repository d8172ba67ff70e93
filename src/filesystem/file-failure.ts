/**
 * The XQP's way out of the middle of an operation, its ERR_EXIT: thrown by the algorithms of the file system and caught in one place,
 * where the operation began, which makes `status` the status of the request. It never leaves this room.
 */
export class FileFailure extends Error {
  constructor(readonly status: number) {
    super(`file operation failed, status ${status.toString(16)}`);
  }
}

export function fail(status: number): never {
  throw new FileFailure(status);
}
