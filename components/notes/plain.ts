/** A text as it was written. Of a very long one only the beginning: to lay out megabytes holds the page up. */
const MOST_SHOWN = 20_000;

export function asWritten(text: string): string {
  if (text.length <= MOST_SHOWN) return text;
  const more = (text.length - MOST_SHOWN).toLocaleString('en');
  return `${text.slice(0, MOST_SHOWN)}…\n\n${more} more characters are not shown.`;
}
