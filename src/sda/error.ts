export type Severity = 'I' | 'W' | 'E' | 'F';

/** A condition SDA reports to its user: `%SDA-E-IDENT, text`. It ends the command, never SDA. */
export class SdaError extends Error {
  /** @param token  the piece of the command that is wrong, shown on a line of its own as \TOKEN\ */
  constructor(readonly severity: Severity, readonly ident: string, text: string, readonly token?: string) {
    super(text);
  }

  lines(): string[] {
    const first = `%SDA-${this.severity}-${this.ident}, ${this.message}`;
    return this.token === undefined ? [first] : [first, ` \\${this.token}\\`];
  }
}

/** A longword cannot be read: no page table entry, or not in the dump. */
export class NoAccess extends SdaError {
  constructor(readonly address: number, readonly reason: MissingReason) {
    super('E', reason === 'not in dump' ? 'NOTINPHYS' : 'NOREAD', reason === 'not in dump'
      ? `${hex8(address)} : not in physical memory` : `unable to access location ${hex8(address)}`);
  }
}

/** Why an address has no byte: beyond its page table, page not in memory, or a page frame the target does not hold. */
export type MissingReason = 'length violation' | 'not resident' | 'not in dump';

export function hex8(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

export function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(digits, '0');
}
