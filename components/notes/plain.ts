/** A text as it was written. Of a very long one only the beginning: to lay out megabytes holds the page up. */
const MAX_SHOWN = 20_000;

export function asWritten(text: string): string {
  if (text.length <= MAX_SHOWN) return text;
  const more = (text.length - MAX_SHOWN).toLocaleString('en');
  return `${text.slice(0, MAX_SHOWN)}…\n\n${more} more characters are not shown.`;
}
