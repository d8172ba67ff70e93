/** A place where two files differ: records from `first` and `second` on, from 0. */
export interface Section {
  readonly first: number;
  readonly firstCount: number;
  readonly second: number;
  readonly secondCount: number;
}

/**
 * Where two lists of lines differ. After a difference the files run together again where `match` lines in a row are the same, or all
 * that are left; of several such places the nearest is taken. @source DCL Dictionary, DIFFERENCES/MATCH
 */
export function findSections(first: readonly string[], second: readonly string[], match: number): Section[] {
  const sections: Section[] = [];
  const isTogether = (a: number, b: number): boolean => {
    for (let count = 0; count < match; count += 1) {
      if (a + count >= first.length || b + count >= second.length) return a + count >= first.length && b + count >= second.length;
      if (first[a + count] !== second[b + count]) return false;
    }
    return true;
  };
  let a = 0;
  let b = 0;
  while (a < first.length || b < second.length) {
    if (a < first.length && b < second.length && first[a] === second[b]) {
      a += 1;
      b += 1;
      continue;
    }
    const [skipA, skipB] = nearest(first.length - a, second.length - b, (da, db) => isTogether(a + da, b + db));
    sections.push({ first: a, firstCount: skipA, second: b, secondCount: skipB });
    a += skipA;
    b += skipB;
  }
  return sections;
}

/** The smallest number of lines to pass over in both; all of them when nothing fits before. */
function nearest(leftA: number, leftB: number, fits: (a: number, b: number) => boolean): [number, number] {
  for (let distance = 1; distance <= leftA + leftB; distance += 1) {
    for (let skipA = Math.max(0, distance - leftB); skipA <= Math.min(distance, leftA); skipA += 1) {
      if (fits(skipA, distance - skipA)) return [skipA, distance - skipA];
    }
  }
  return [leftA, leftB];
}
