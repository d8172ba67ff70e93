import type { ResidentImage } from '../../src/executive/boot/sysboot.js';
import { UTILITY_IMAGES } from '../../src/utilities/index.js';
import { EXAMPLE_FILES } from '../../src/system/example-files.js';
import { Session } from '../dcl/boot-dcl.js';

/** A session with all utilities and the examples in [TEST]. */
export class UtilitySession {
  readonly session: Session;

  constructor(files: Readonly<Record<string, string>> = {}, images: readonly ResidentImage[] = []) {
    this.session = new Session([...UTILITY_IMAGES, ...images], { ...EXAMPLE_FILES, ...files });
    this.session.run();
  }

  /** Types lines; what the last of them printed, without its echo and the prompt after it. Trailing blanks are cut off. */
  lines(...typed: readonly string[]): string[] {
    let text = '';
    for (const line of typed) text = line === '^Z' ? this.session.control('Z') + this.session.run() : this.session.type(line);
    const lines = text.replaceAll('\0', '').replaceAll('\r', '').split('\n').map((line) => line.trimEnd());
    return lines.slice(1, lines.at(-1) === '$' ? -1 : undefined);
  }
}
