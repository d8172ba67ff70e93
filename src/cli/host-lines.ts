/**
 * Terminal output as host text. A terminal line begins with its line feed; a line of a file ends with it: so the first one is
 * dropped and the last one added. Carriage returns and fill characters go.
 */
export class HostLines {
  private begun = false;
  private lastByte = 0x0a;

  convert(bytes: readonly number[]): number[] {
    const kept: number[] = [];
    for (const byte of bytes) {
      if (byte === 0x0d || byte === 0) continue;
      if (!this.begun && byte === 0x0a) {
        this.begun = true;
        continue;
      }
      this.begun = true;
      kept.push(byte);
    }
    this.lastByte = kept.at(-1) ?? this.lastByte;
    return kept;
  }

  end(): string {
    return this.lastByte === 0x0a ? '' : '\n';
  }
}
