/** Who is mentioned: `@name` with a member's name, or with its first word where only one member has it (rule T3). */

interface Named {
  readonly id: string;
  readonly name: string;
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

export function mentionsIn(body: string, members: readonly Named[]): string[] {
  const text = folded(body);
  const longestFirst = [...members].sort((a, b) => b.name.length - a.name.length);
  const firstWord = (member: Named) => folded(member.name).split(/\s+/)[0] ?? '';
  const found = new Set<string>();
  // An e-mail address is no mention: nothing that belongs to a word may stand before the @.
  for (const match of text.matchAll(/(?<![\p{L}\p{N}._-])@/gu)) {
    const rest = text.slice(match.index + 1);
    const ends = (name: string) => rest.startsWith(name) && !/^[\p{L}\p{N}]/u.test(rest.slice(name.length));
    const whole = longestFirst.find((member) => ends(folded(member.name)));
    const byFirst = members.filter((member) => firstWord(member) !== '' && ends(firstWord(member)));
    const member = whole ?? (byFirst.length === 1 ? byFirst[0] : undefined);
    if (member) found.add(member.id);
  }
  return [...found];
}
