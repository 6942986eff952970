/** What reading a query tells beside its tree: what each word is, what may come at its end, and how far each side got. */
import type { Token } from '../../address/lexer.ts';
import type { AddressMeaning, AddressSlot, Notes, WordKind } from '../../address/notes.ts';
import type { FunctionName } from '../dictionary/functions.ts';
import type { MethodName } from '../dictionary/methods.ts';
import type { Clause } from '../dictionary/words.ts';
import type { Query, Target } from './tree.ts';

/** A query or a joined one, as far as its text can be understood. */
export type Draft = { -readonly [Key in keyof Query]?: Query[Key] | undefined } & {
  /** What is asked, model and input were read to their end. */
  whole: boolean;
  /** Clauses that were begun. */
  readonly clauses: Set<Clause>;
  /** The side that this one is joined to. */
  readonly left: Draft | null;
};

/** What a word is about, for explanations. */
export type QueryMeaning =
  | AddressMeaning
  | { readonly kind: 'clause'; readonly clause: Clause }
  | { readonly kind: 'identity' }
  | { readonly kind: 'function'; readonly name: FunctionName }
  | { readonly kind: 'method'; readonly name: MethodName }
  | { readonly kind: 'parameter'; readonly method: MethodName; readonly name: string }
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'change'; readonly name: string }
  | { readonly kind: 'target'; readonly name: Target['kind'] };

/** One thing that may stand where the text ends. */
export type QuerySlot =
  | AddressSlot
  | { readonly kind: 'clauses' }
  | { readonly kind: 'what' }
  | { readonly kind: 'argument'; readonly of: FunctionName; readonly index: number }
  | { readonly kind: 'model' }
  | { readonly kind: 'input' }
  | { readonly kind: 'target' }
  | { readonly kind: 'class'; readonly of: 'class' | 'logit' }
  | { readonly kind: 'method' }
  | { readonly kind: 'parameter'; readonly method: MethodName; readonly given: readonly string[] }
  | { readonly kind: 'setting'; readonly method: MethodName; readonly name: string }
  | { readonly kind: 'coordinate'; readonly axis: number }
  | { readonly kind: 'change' }
  | { readonly kind: 'tensor'; readonly layer: string }
  | { readonly kind: 'place'; readonly layer: string; readonly tensor: string; readonly axis: number }
  | { readonly kind: 'key' };

export type Meaning = QueryMeaning & { readonly side: Draft };
export type Slot = QuerySlot & { readonly side: Draft };

/** A stretch of the text that is one word of the language. */
export interface Word {
  readonly from: number;
  readonly to: number;
  readonly kind: WordKind;
  readonly meaning: Meaning | null;
}

/** Keeps what a reader tells, with the side of the query that it belongs to. */
export class Notebook implements Notes<QueryMeaning, QuerySlot> {
  readonly words: Word[] = [];
  readonly slots: Slot[] = [];
  /** The query that is being read. */
  side: Draft | null = null;

  word({ start, end }: Token, kind: WordKind, meaning: QueryMeaning | null): void {
    const about = meaning === null || this.side === null ? null : { ...meaning, side: this.side };
    this.words.push({ from: start, to: end, kind, meaning: about });
  }

  slot(slot: QuerySlot): void {
    if (this.side !== null) this.slots.push({ ...slot, side: this.side });
  }
}
