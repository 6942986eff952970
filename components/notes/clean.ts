/**
 * What a note may hold: text, lists, tables, code and links. Nothing that looks or acts like the interface: no class,
 * id or style by which it could lie over a board, no forms, dialogs, pictures or frames.
 */
import DOMPurify from 'dompurify';

const TAGS = [
  ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['strong', 'b', 'em', 'i', 'del', 's', 'sub', 'sup', 'ul', 'ol', 'li', 'a'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
];

/** Clean HTML; null where it is nested too deep to be cleaned. */
export function cleanHtml(html: string): string | null {
  try {
    const fragment = DOMPurify.sanitize(html, {
      ALLOWED_TAGS: TAGS,
      ALLOWED_ATTR: ['href', 'start', 'align'],
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
      ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/(?!\/)|#)/i,
      RETURN_DOM_FRAGMENT: true,
    });
    for (const link of fragment.querySelectorAll('a[href]')) mark(link);
    const box = document.createElement('div');
    box.append(fragment);
    return box.innerHTML;
  } catch {
    return null;
  }
}

/** A link that leads out of this server says so, and tells the other side nothing. */
function mark(link: Element): void {
  const target = new URL(link.getAttribute('href') ?? '', location.href);
  if (target.origin === location.origin) return;
  link.setAttribute('rel', 'external noopener noreferrer nofollow');
  link.setAttribute('target', '_blank');
  link.setAttribute(
    'title',
    target.protocol === 'mailto:' ? target.pathname : `Leads out, to ${target.host}`,
  );
}
