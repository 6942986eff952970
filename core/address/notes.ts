/** What a reader can say of a text beside its tree: what each word is, and what may stand where the text ends. */
import type { Token } from './lexer.ts';
import type { Operand } from './types.ts';

/** What colours a word. */
export type WordKind =
  | 'keyword'
  | 'function'
  | 'method'
  | 'parameter'
  | 'model'
  | 'layer'
  | 'unit'
  | 'data'
  | 'number'
  | 'text'
  | 'mark'
  | 'error';

/** What a word of an address or a condition is about. */
export type AddressMeaning =
  | { readonly kind: 'model'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'layer'; readonly name: string }
  | { readonly kind: 'unit'; readonly layer: string; readonly unit: number }
  | { readonly kind: 'data'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'split'; readonly name: string }
  | { readonly kind: 'column'; readonly name: string; readonly stored?: true | undefined }
  | { readonly kind: 'operand'; readonly name: 'distance' | 'agreement' | 'in' };

/** One thing that may stand where an address or a condition ends. */
export type AddressSlot =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'step' }
  | { readonly kind: 'layer' }
  | { readonly kind: 'unit'; readonly layer: string }
  /** `one`: of which one example must be named. */
  | { readonly kind: 'split'; readonly dataset: string; readonly one: boolean }
  | { readonly kind: 'example' }
  | { readonly kind: 'operand' }
  /** After `column.`. */
  | { readonly kind: 'column' }
  /** What `left` is compared with. */
  | { readonly kind: 'value'; readonly left: Operand }
  | { readonly kind: 'number'; readonly hint: string; readonly values: readonly number[] };

/** Who listens to a reader. */
export interface Notes<Meaning, Slot> {
  word(token: Token, kind: WordKind, meaning: Meaning | null): void;
  /** It may stand where the text ends. */
  slot(slot: Slot): void;
}

/** What a name is, once it is known. */
export interface NameAs<Meaning = AddressMeaning> {
  readonly kind: WordKind;
  meaning?(name: string, quoted: boolean): Meaning | null;
}
