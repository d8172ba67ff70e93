import { hex8 } from './error.js';
import { ascii, type Session } from './session.js';

const LINE = 16;
const MAX_BYTES = 0x100_0000;

/**
 * A range of memory, sixteen bytes a line: longwords from right to left, the same bytes as text, the address of the first. Runs of lines of
 * zeros are left out unless `keepZeros`; addresses that cannot be read are named as ranges.
 *
 * @param indent  printed before each line
 */
export function* memoryLines(session: Session, start: number, length: number, keepZeros: boolean, indent = ''): Generator<string> {
  const end = Math.min(start + Math.min(length, MAX_BYTES), 0x1_0000_0000);
  let zerosFrom: number | undefined;
  let missingFrom: number | undefined;
  const finishRuns = function* (at: number): Generator<string> {
    if (zerosFrom !== undefined) yield `${indent}Zeros suppressed from ${hex8(zerosFrom)} to ${hex8(at - 1)}`;
    if (missingFrom !== undefined) yield `${indent}Virtual locations ${hex8(missingFrom)} through ${hex8(at - 1)} are not in physical memory`;
    zerosFrom = missingFrom = undefined;
  };
  for (let at = start; at < end;) {
    const part = Math.min(LINE, end - at, 512 - (at & 511));
    if (!session.memory.has(at)) {
      if (missingFrom === undefined) {
        yield* finishRuns(at);
        missingFrom = at;
      }
      at += Math.min(512 - (at & 511), end - at);
      continue;
    }
    const bytes = session.memory.readBytes(at, part);
    if (missingFrom !== undefined) yield* finishRuns(at);
    if (!keepZeros && part === LINE && bytes.every((byte) => byte === 0)) {
      zerosFrom ??= at;
    } else {
      yield* finishRuns(at);
      yield indent + dumpLine(bytes, hex8(at));
    }
    at += part;
  }
  yield* finishRuns(end);
}

/** One line: up to `width` bytes as longwords right to left, text, label. */
export function dumpLine(bytes: Uint8Array, label: string, width = LINE): string {
  const longs: string[] = [];
  for (let at = 0; at < width; at += 4) {
    let text = '';
    for (let index = 3; index >= 0; index -= 1) text += at + index < bytes.length ? bytes[at + index]!.toString(16).toUpperCase().padStart(2, '0') : '  ';
    longs.unshift(text);
  }
  return `${longs.join(' ')}  ${ascii(bytes).padEnd(width)}  ${label}`;
}
