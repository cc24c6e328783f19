/** What two spellings of one name share: case, accents, punctuation and blanks aside. */
export const nameKey = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const MIN_PART = 4;

/** Optimal string alignment distance (Damerau-Levenshtein with adjacent swaps), up to `most`; more counts as `most + 1`. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (beforePrevious[j - 2] ?? 0) + 1);
      current.push(edits);
      least = Math.min(least, edits);
    }
    if (least > most) return most + 1;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? most + 1;
}

const digitsOf = (key: string): string => key.replace(/\D+/g, ' ').trim();

/**
 * The known name that an unknown one most likely means: the same but for case and punctuation, one or two slips of the
 * keyboard, or the known name with a word more or less ("Kisumu Town"). Null when none is near, or when two are equally
 * near: then nothing is proposed. Names that differ in their digits ("Depot 1", "Depot 2") are different names.
 */
export function similarName(name: string, known: readonly string[]): string | null {
  const key = nameKey(name);
  if (key === '') return null;
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  let tied = false;
  const offer = (candidate: string, distance: number) => {
    if (distance < least) {
      nearest = candidate;
      least = distance;
      tied = false;
    } else if (distance === least) tied = true;
  };
  for (const candidate of known) {
    const other = nameKey(candidate);
    if (other === '' || digitsOf(other) !== digitsOf(key)) continue;
    if (other === key) {
      offer(candidate, 0);
      continue;
    }
    const shorter = Math.min(key.length, other.length);
    const most = shorter < 4 ? 0 : shorter < 8 ? 1 : 2;
    const edits = editDistance(key, other, most);
    if (edits <= most) offer(candidate, edits);
    else if (shorter >= MIN_PART && (` ${key} `.includes(` ${other} `) || ` ${other} `.includes(` ${key} `)))
      offer(candidate, 3);
  }
  return tied ? null : nearest;
}
