/** Markdown to HTML. What comes out is not to be trusted: others wrote it, and it is cleaned before it is shown. */
import { Marked } from 'marked';

/** Longer texts, and longer HTML, are shown as they were written. */
export const MAX_TEXT = 20_000;
const MAX_HTML = 100_000;

const markdown = new Marked({
  breaks: true,
  gfm: true,
  // Boxes of task lists as characters: a note holds no controls.
  renderer: { checkbox: ({ checked }) => (checked ? '☑ ' : '☐ ') },
});

/** Null: too long, or nested deeper than the parser can follow. May take long; call it where nobody waits. */
export function parseMarkdown(text: string): string | null {
  if (text.length > MAX_TEXT) return null;
  try {
    const html = markdown.parse(text, { async: false });
    return html.length > MAX_HTML ? null : html;
  } catch {
    return null;
  }
}
