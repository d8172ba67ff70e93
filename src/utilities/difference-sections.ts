/** A place where two files differ: records from `first` and `second` on, from 0. */
export interface Section {
  readonly first: number;
  readonly firstCount: number;
  readonly second: number;
  readonly secondCount: number;
}

/** Positions of each line, in order. */
function positionsOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  for (const [at, line] of lines.entries()) {
    const known = positions.get(line);
    if (known) known.push(at);
    else positions.set(line, [at]);
  }
  return positions;
}

/** The first of `positions` not before `from`, as an index of the list. */
function indexFrom(positions: readonly number[], from: number): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Where two lists of lines differ. After a difference the files run together again where `match` lines in a row are the same, or all
 * that are left; of several such places the nearest is taken.
 *
 * @param window  how many lines of the second list are looked at for each of the first, which then counts as different
 * @source DCL Dictionary, DIFFERENCES/MATCH, /WINDOW
 */
export function findSections(first: readonly string[], second: readonly string[], match: number, window = Infinity): Section[] {
  const sections: Section[] = [];
  const places = positionsOf(second);
  const isTogether = (a: number, b: number): boolean => {
    for (let count = 0; count < match; count += 1) {
      if (a + count >= first.length || b + count >= second.length) return a + count >= first.length && b + count >= second.length;
      if (first[a + count] !== second[b + count]) return false;
    }
    return true;
  };
  /** The smallest number of lines to pass over in both from there; all of them when nothing fits before. */
  const nearest = (a: number, b: number): readonly [number, number] => {
    let best: readonly [number, number] = [first.length - a, second.length - b];
    let distance = best[0] + best[1];
    for (let skipA = 0; a + skipA < first.length && skipA < distance; skipA += 1) {
      const candidates = places.get(first[a + skipA]!) ?? [];
      for (let index = indexFrom(candidates, b); index < candidates.length; index += 1) {
        const skipB = candidates[index]! - b;
        if (skipA + skipB >= distance || skipB > window) break;
        if (!isTogether(a + skipA, b + skipB)) continue;
        best = [skipA, skipB];
        distance = skipA + skipB;
        if (window < Infinity) return best;
        break;
      }
    }
    return best;
  };
  let a = 0;
  let b = 0;
  while (a < first.length || b < second.length) {
    if (a < first.length && b < second.length && first[a] === second[b]) {
      a += 1;
      b += 1;
      continue;
    }
    const [skipA, skipB] = nearest(a, b);
    sections.push({ first: a, firstCount: skipA, second: b, secondCount: skipB });
    a += skipA;
    b += skipB;
  }
  return sections;
}
