/** A note's paper. */
const TINTS = ['--surface', '--person-1', '--person-3', '--person-4', '--person-6', '--person-7'] as const;

/** Mixed with the surface, so that text keeps its contrast in both themes. */
export function noteTint(color: number): string {
  const tint = TINTS[color % TINTS.length] ?? '--surface';
  return color === 0 ? 'var(--surface)' : `color-mix(in srgb, var(${tint}) 22%, var(--surface))`;
}
