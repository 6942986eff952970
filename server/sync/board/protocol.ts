/** What the process that holds the sockets asks of a process that holds documents. Nothing of Yjs crosses it but bytes. */
import type { BoardContent, BoardItem } from '../../../core/board/types.ts';
import type { BoardLimits, Verdict } from './board.ts';
import type { Left } from './opening.ts';

export interface HostLimits extends BoardLimits {
  readonly stateVectorClients: number;
}

export interface Owned {
  readonly client: number;
  readonly userId: string;
}

/** A change that the server itself makes. */
export type BoardEdit =
  /** In place of all that is there. */
  | { readonly kind: 'restore'; readonly content: BoardContent }
  /** Beside what is there. */
  | { readonly kind: 'add'; readonly items: readonly BoardItem[] };

export interface Operations {
  open: {
    ask: {
      readonly limits: HostLimits;
      readonly state: Uint8Array | null;
      readonly rows: readonly {
        readonly seq: number;
        readonly update: Uint8Array;
        readonly author: string | null;
      }[];
      readonly owned: readonly Owned[];
      /** Accepted before and not durable yet, in order. */
      readonly accepted: readonly { readonly entry: number; readonly update: Uint8Array }[];
    };
    answer: { readonly left: readonly Left[]; readonly owned: readonly Owned[] };
  };
  /** Makes the copy on which updates are tried: on a large board it takes long, and is nobody's fault. */
  stage: { ask: null; answer: null };
  /** Tries an update; `entry` names it when it is accepted. */
  attempt: {
    ask: {
      readonly entry: number;
      readonly update: Uint8Array;
      readonly mayEdit: boolean;
      readonly person: string;
    };
    answer: Verdict;
  };
  edit: {
    ask: { readonly entry: number; readonly edit: BoardEdit; readonly person: string | null };
    answer: Verdict;
  };
  /** These are durable; the answer is what is new to who is served. */
  apply: {
    ask: { readonly updates: readonly Uint8Array[]; readonly entries: readonly number[] };
    answer: Uint8Array | null;
  };
  /** Several updates of one person as one. */
  merge: { ask: { readonly updates: readonly Uint8Array[] }; answer: Uint8Array };
  /** What a stored document shows; no board has to be open. */
  read: { ask: { readonly state: Uint8Array }; answer: BoardContent };
  missing: { ask: { readonly vector: Uint8Array }; answer: Uint8Array };
  vector: { ask: null; answer: Uint8Array };
  state: { ask: null; answer: Uint8Array };
  /** The document as it may take the place of its rows. */
  prove: { ask: null; answer: Uint8Array };
  bind: { ask: Owned; answer: null };
  close: { ask: null; answer: null };
}

export type Operation = keyof Operations;

export type Ask = {
  [O in Operation]: {
    readonly id: number;
    readonly board: number;
    readonly operation: O;
    readonly ask: Operations[O]['ask'];
  };
}[Operation];

/** `malformed` and `too-much` are the asker's fault; `unreadable` is the store's, `later` nobody's; `failed` is ours. */
export type Fault = 'malformed' | 'too-much' | 'unreadable' | 'later' | 'failed';

export interface Answer {
  readonly id: number;
  /** What it took, ms. */
  readonly ms: number;
  readonly answer?: unknown;
  readonly fault?: { readonly kind: Fault; readonly message: string };
}
