/** The existing name nearest to one that does not exist. */

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1. */
export function distance(a: string, b: string): number {
  const width = b.length + 1;
  let [before, last, row] = [new Uint16Array(width), new Uint16Array(width), new Uint16Array(width)];
  for (let j = 0; j < width; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    for (let j = 1; j < width; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, before[j - 2]! + 1);
      row[j] = best;
    }
    [before, last, row] = [last, row, before];
  }
  return last[b.length]!;
}

/** Share of the distinct characters of either that both have: of two names equally far, one made of the typed letters is meant. */
function overlap(a: string, b: string): number {
  const right = new Set(b);
  const shared = [...new Set(a)].filter((character) => right.has(character)).length;
  return shared / Math.max(1, new Set(a + b).size);
}

/** Letters compared with letters; what stands further down a long list is not looked at. */
const MOST_COMPARED = 3e5;

/** Null when nothing is near: at most two edits or a third of the name, or the beginning of one name only. */
export function nearest(name: string, names: readonly string[]): string | null {
  const typed = name.slice(0, 100).toLowerCase();
  let best: { name: string; edits: number; overlap: number } | null = null;
  const most = Math.max(Math.min(2, typed.length - 1), Math.floor(typed.length / 3));
  let compared = 0;
  for (const candidate of names) {
    const other = candidate.slice(0, 100).toLowerCase();
    if (Math.abs(other.length - typed.length) > most) continue;
    compared += other.length * typed.length;
    if (compared > MOST_COMPARED) break;
    const edits = distance(typed, other);
    if (edits > most) continue;
    const shared = overlap(typed, other);
    if (best === null || edits < best.edits || (edits === best.edits && shared > best.overlap))
      best = { name: candidate, edits, overlap: shared };
  }
  if (best !== null || typed.length < 3) return best?.name ?? null;
  const longer = names.filter((candidate) => candidate.toLowerCase().startsWith(typed));
  return longer.length === 1 ? (longer[0] ?? null) : null;
}

/** "; did you mean conv2d_2?", or what there is when nothing is near. `there` introduces the list. */
export function suggestion(name: string, names: readonly string[], there: string): string {
  const near = nearest(name, names);
  if (near !== null) return `; did you mean ${near}?`;
  if (names.length === 0) return '';
  const shown = names.slice(0, 8).join(', ');
  return `; ${there} ${shown}${names.length > 8 ? `, ... (${names.length})` : ''}`;
}
