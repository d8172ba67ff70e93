/** What the linker has to say, in the wording of VAX LINK. */
export type LinkSeverity = 'I' | 'W' | 'E' | 'F';

export interface LinkMessage {
  readonly severity: LinkSeverity;
  readonly ident: string;
  /** The whole message; continuation lines begin with a tab and are separated by newlines. */
  readonly text: string;
}

export class LinkMessages {
  readonly list: LinkMessage[] = [];

  /** @param details further lines, such as `in psect X offset %X00000010` */
  add(severity: LinkSeverity, ident: string, message: string, ...details: string[]): void {
    this.list.push({ severity, ident, text: [`%LINK-${severity}-${ident}, ${message}`, ...details.map((line) => `\t${line}`)].join('\n') });
  }
}

/** Thrown when no image can be made. */
export class LinkError extends Error {
  constructor(readonly messages: readonly LinkMessage[]) {
    super(messages.map((m) => m.text).join('\n'));
    this.name = 'LinkError';
  }
}

export function hex(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}
