/** `@name` in comments (rule T3). Names may hold spaces; what is typed after @ is compared with the whole name. */
import type { Member } from '@/core/api/index.ts';

/** The mention that is being typed at the caret: from the last @ that begins a word. */
export function mentionAt(
  text: string,
  caret: number,
): { readonly from: number; readonly typed: string } | null {
  const found = /(?:^|\s)@([^\s@][^@\n]{0,40}|)$/.exec(text.slice(0, caret));
  if (!found) return null;
  const typed = found[1] ?? '';
  return { from: caret - typed.length - 1, typed };
}

/** At most five, those whose name begins with what was typed first. */
export function offerMembers(members: readonly Member[], typed: string): Member[] {
  const wanted = typed.toLowerCase();
  // A finished mention (the whole name and a space) offers nothing more.
  return members
    .filter((m) =>
      m.name
        .toLowerCase()
        .split(/\s+/)
        .some((_, i, words) => words.slice(i).join(' ').startsWith(wanted)),
    )
    .sort(
      (a, b) =>
        Number(b.name.toLowerCase().startsWith(wanted)) - Number(a.name.toLowerCase().startsWith(wanted)) ||
        a.name.localeCompare(b.name),
    )
    .slice(0, 5);
}

export function withMention(text: string, caret: number, name: string): { text: string; caret: number } {
  const mention = mentionAt(text, caret);
  if (!mention) return { text, caret };
  const insert = `@${name} `;
  return {
    text: text.slice(0, mention.from) + insert + text.slice(caret),
    caret: mention.from + insert.length,
  };
}

export type Part = { readonly kind: 'text' | 'mention' | 'address'; readonly text: string };

/** A comment's text in parts: mentions of members, and addresses (each is a link). */
export function parts(body: string, names: readonly string[], isAddress: (text: string) => boolean): Part[] {
  const mentions = [...names].sort((a, b) => b.length - a.length).map(escapeRegExp);
  const pattern = new RegExp(
    `${mentions.length > 0 ? `@(?:${mentions.join('|')})(?![\\w-])|` : ''}[A-Za-z][\\w-]*(?:@[\\w]+)?(?:/[\\w.-]+(?:#\\d+)?(?:\\[[\\d,]+\\])?|\\.[\\w-]+\\[\\d+\\])`,
    'g',
  );
  const out: Part[] = [];
  let last = 0;
  for (const match of body.matchAll(pattern)) {
    const text = match[0];
    const mention = text.startsWith('@');
    if (!mention && !isAddress(text)) continue;
    if (match.index > last) out.push({ kind: 'text', text: body.slice(last, match.index) });
    out.push({ kind: mention ? 'mention' : 'address', text });
    last = match.index + text.length;
  }
  if (last < body.length) out.push({ kind: 'text', text: body.slice(last) });
  return out;
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
