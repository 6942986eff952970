/** What may be written at a place of a query, and what the written parts of it are. */
import type { Operand } from '../../address/types.ts';
import type { FunctionName } from '../dictionary/functions.ts';
import type { MethodName } from '../dictionary/methods.ts';
import type { What } from '../syntax/tree.ts';

/** What colours a stretch of text. */
export type TokenKind =
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

/** A query or a joined one, as far as its text can be understood. */
export interface Side {
  /** Name as written; 'f' is the board's unless `quoted`. */
  model: { readonly name: string; readonly quoted: boolean } | null;
  what: 'identity' | 'layer' | FunctionName | null;
  layer: string | null;
  dataset: { readonly name: string; readonly quoted: boolean } | null;
  split: string | null;
  input: 'example' | 'many' | null;
  method: MethodName | null;
  readonly clauses: Set<Clause>;
  /** The side that this one is joined to. */
  readonly left: Side | null;
}
export type Clause =
  | 'for'
  | 'using'
  | 'where'
  | 'with'
  | 'join'
  | 'left join'
  | 'order by'
  | 'limit'
  | 'select'
  | 'from';

/** One thing that may stand where the text ends. `side`: of which query. */
export type Slot = (
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'mark'; readonly mark: string }
  | { readonly kind: 'clauses' }
  | { readonly kind: 'what' }
  | { readonly kind: 'argument'; readonly of: FunctionName; readonly index: number }
  | { readonly kind: 'layer' }
  | { readonly kind: 'unit'; readonly layer: string }
  | { readonly kind: 'model' }
  | { readonly kind: 'step' }
  | { readonly kind: 'input' }
  /** `one`: of which one example must be named. */
  | { readonly kind: 'split'; readonly dataset: string; readonly one: boolean }
  | { readonly kind: 'example' }
  | { readonly kind: 'index' }
  | { readonly kind: 'operand' }
  /** After `column.`. */
  | { readonly kind: 'column' }
  /** What `left` is compared with. */
  | { readonly kind: 'value'; readonly left: Operand | null }
  | { readonly kind: 'target' }
  | { readonly kind: 'class'; readonly of: 'class' | 'logit' }
  | { readonly kind: 'method' }
  | { readonly kind: 'parameter'; readonly method: MethodName; readonly given: readonly string[] }
  | { readonly kind: 'setting'; readonly method: MethodName; readonly name: string }
  | { readonly kind: 'coordinate'; readonly axis: number }
  | { readonly kind: 'change' }
  | { readonly kind: 'tensor'; readonly layer: string }
  | { readonly kind: 'place'; readonly layer: string; readonly tensor: string; readonly axis: number }
  | { readonly kind: 'number'; readonly hint: string; readonly values: readonly number[] }
  | { readonly kind: 'key' }
) & { readonly side: Side };
/** A slot before it knows its side. */
export type Open = Slot extends infer S ? (S extends Slot ? Omit<S, 'side'> : never) : never;

/** What a stretch of text is about, for explanations. */
export type Meaning = (
  | { readonly kind: 'clause'; readonly clause: Clause }
  | { readonly kind: 'what'; readonly what: What['kind'] }
  | { readonly kind: 'function'; readonly name: FunctionName }
  | { readonly kind: 'operand'; readonly name: 'distance' | 'agreement' | 'in' }
  | { readonly kind: 'method'; readonly name: MethodName }
  | { readonly kind: 'parameter'; readonly method: MethodName; readonly name: string }
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'model'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'layer'; readonly name: string }
  | { readonly kind: 'unit'; readonly layer: string; readonly unit: number }
  | { readonly kind: 'data'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'split'; readonly name: string }
  | { readonly kind: 'column'; readonly name: string; readonly stored?: true }
  | { readonly kind: 'change'; readonly name: string }
  | { readonly kind: 'target'; readonly name: 'class' | 'logit' | 'loss' | 'unit' }
) & { readonly side: Side };
export type Told = Meaning extends infer M ? (M extends Meaning ? Omit<M, 'side'> : never) : never;

export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly kind: TokenKind;
  readonly meaning: Meaning | null;
}
