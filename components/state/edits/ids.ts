const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** 16 letters and digits (82 bits). Not randomUUID: that is missing on plain http, where many teams will run this. */
export function newId(): string {
  const out: string[] = [];
  while (out.length < 16)
    // Bytes from 252 would make the first letters likelier.
    for (const byte of crypto.getRandomValues(new Uint8Array(24)))
      if (byte < 252 && out.length < 16) out.push(ALPHABET[byte % 36]!);
  return out.join('');
}
