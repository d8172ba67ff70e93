/** Whether `name` fits a pattern of `*` (any characters) and `%` (one). Case counts. */
export function matchesWildcard(name: string, pattern: string): boolean {
  let at = 0;
  let star = -1;
  let marked = 0;
  let index = 0;
  while (at < name.length) {
    const wanted = pattern.charAt(index);
    if (wanted === '*') {
      star = index;
      marked = at;
      index += 1;
    } else if (index < pattern.length && (wanted === '%' || wanted === name.charAt(at))) {
      index += 1;
      at += 1;
    } else if (star >= 0) {
      marked += 1;
      at = marked;
      index = star + 1;
    } else return false;
  }
  while (pattern.charAt(index) === '*') index += 1;
  return index === pattern.length;
}
