/** Notes are markdown: what is drawn of it is cleaned, since others wrote it. */
import DOMPurify from 'dompurify';
import { marked } from 'marked';

const TINTS = ['--surface', '--person-1', '--person-3', '--person-4', '--person-6', '--person-7'] as const;
/** Mixed with the surface, so that text keeps its contrast in both themes. */
export function noteTint(color: number): string {
  const tint = TINTS[color % TINTS.length] ?? '--surface';
  return color === 0 ? 'var(--surface)' : `color-mix(in srgb, var(${tint}) 22%, var(--surface))`;
}

/** Markdown to clean HTML: what notes may hold is text, lists, tables, links and code. */
export function noteHtml(text: string): string {
  const html = marked.parse(text, { async: false, breaks: true, gfm: true });
  return DOMPurify.sanitize(html, {
    FORBID_TAGS: ['img', 'style', 'form', 'input', 'button'],
    FORBID_ATTR: ['style'],
  });
}
