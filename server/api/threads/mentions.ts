/** Who is mentioned: `@name` with a member's name, or with its first word where only one member has it (rule T3). */

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The names by their characters, so that a place in a text is looked at once, however many members there are. */
interface Node {
  readonly next: Map<string, Node>;
  /** Whose whole name ends here. */
  whole: Named | null;
  /** How many names have a first word that ends here, and one of them. */
  first: { count: number; member: Named } | null;
}

const node = (): Node => ({ next: new Map(), whole: null, first: null });
const folded = (text: string): string => text.normalize('NFKC').toLowerCase();
const WORD = /[\p{L}\p{N}]/uy;

function wordAt(text: string, at: number): boolean {
  WORD.lastIndex = at;
  return WORD.test(text);
}

export function mentionsIn(body: string, members: readonly Named[]): string[] {
  const text = folded(body);
  const names = namesOf(members);
  const found = new Set<string>();
  // An e-mail address is no mention: nothing that belongs to a word may stand before the @.
  for (const match of text.matchAll(/(?<![\p{L}\p{N}._-])@/gu)) {
    const member = memberAt(names, text, match.index + 1);
    if (member) found.add(member.id);
  }
  return [...found];
}

function namesOf(members: readonly Named[]): Node {
  const root = node();
  const end = (name: string) => {
    let at = root;
    for (const character of name) {
      const next = at.next.get(character) ?? node();
      at.next.set(character, next);
      at = next;
    }
    return at;
  };
  for (const member of members) {
    const name = folded(member.name);
    end(name).whole ??= member;
    const word = name.split(/\s+/)[0] ?? '';
    if (word === '') continue;
    const of = end(word);
    of.first = { count: (of.first?.count ?? 0) + 1, member };
  }
  return root;
}

/** The longest name that begins there and ends with its word; else the only member whose first word does. */
function memberAt(names: Node, text: string, from: number): Named | null {
  let whole: Named | null = null;
  let first: Named | null = null;
  let firsts = 0;
  let at: Node | undefined = names;
  for (let to = from; to < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(to) ?? 0);
    at = at.next.get(character);
    if (!at) break;
    to += character.length;
    if ((at.whole || at.first) && !wordAt(text, to)) {
      whole = at.whole ?? whole;
      firsts += at.first?.count ?? 0;
      first = at.first?.member ?? first;
    }
  }
  return whole ?? (firsts === 1 ? first : null);
}
