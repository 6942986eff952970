/**
 * The words of a note for a line in a list, which draws no markdown: without the marks of headings, lists, emphasis and code,
 * links by their words. An underscore stays: it belongs to the names of layers. Linear in the length of the text.
 */
export function wordsOf(markdown: string): string {
  const marks = /(\*\*|\*|~~|`)(?!\s)([^*~`\n]+)(?<!\s)\1/g;
  return (
    markdown
      .replace(/!?\[([^[\]\n]*)\]\([^()\s]*\)/g, '$1')
      .replace(/^[ \t]{0,3}(?:#{1,6}|>|[-*+]|\d{1,9}\.)[ \t]+/gm, '')
      .replace(marks, '$2')
      // Emphasis within emphasis.
      .replace(marks, '$2')
  );
}
