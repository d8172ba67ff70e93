/** Procedures with mistakes: a procedure that works, changed here and there. Deterministic by the seed. */

/** Numbers from 0 to below `most`, the same ones for the same seed. */
export type Random = (most: number) => number;

/** xorshift, 32 bits. */
export function randomOf(seed: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  return (most) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % most;
  };
}

/** What DCL looks at. */
const MARKS = ['"', "'", "''", '&', '-', '!', '$', ':', '=', ':=', '(', ')', '[', ']', ',', '/', '@', '.', ' ', '\t', '*', '%X', '|', '\0', '\xff', '\x1b'];

function changedLine(line: string, random: Random, lines: readonly string[]): string {
  const at = random(line.length + 1);
  const words = line.split(' ');
  const other = lines[random(lines.length)]!.split(' ');
  switch (random(8)) {
    case 0: return line.slice(0, at) + line.slice(at + 1);
    case 1: return line.slice(0, at) + MARKS[random(MARKS.length)]! + line.slice(at);
    case 2: return line.slice(0, at);
    case 3: return line.slice(0, at) + line.slice(at, at + 5).repeat(1 + random(60)) + line.slice(at);
    case 4: return words.filter((_word, index) => index !== at % words.length).join(' ');
    case 5: return words.map((word, index) => (index === at % words.length ? other[random(other.length)]! : word)).join(' ');
    case 6: return `${line} -`;
    default: return line.replace(/\d+/, ['0', '-1', '65536', '2147483648', '%XFFFFFFFF', ''][random(6)]!);
  }
}

/** The procedure with a few mistakes in it. */
export function mutant(text: string, random: Random): string {
  const lines = text.split('\n');
  for (let changes = 1 + random(4); changes > 0; changes -= 1) {
    const at = random(lines.length);
    switch (random(8)) {
      case 0: lines.splice(at, 1); break;
      case 1: lines.splice(random(lines.length + 1), 0, lines[at]!); break;
      case 2: [lines[at], lines[random(lines.length)]] = [lines[random(lines.length)]!, lines[at]!]; break;
      default: lines[at] = changedLine(lines[at]!, random, lines); break;
    }
    if (lines.length === 0) return '';
  }
  return lines.join('\n');
}
