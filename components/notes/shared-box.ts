/**
 * A text box and a shared text that both change. The box always shows the shared text, at once, so that what is typed
 * lands where the caret was seen; only while a character is being composed (IME) is the box left alone.
 */
import type * as Y from 'yjs';
import { type Splice, spliceBetween } from '@/core/board/index.ts';

/** What is needed of a textarea. */
export interface TextBox {
  value: string;
  readonly selectionStart: number;
  readonly selectionEnd: number;
  setSelectionRange(start: number, end: number): void;
}
export type TextChange = readonly { readonly retain?: number; readonly delete?: number; insert?: unknown }[];

export class SharedBox {
  /** The text that the box showed when it last was in step with the shared one. */
  private base: string;
  /** Others' changes since then. */
  private missed: TextChange[] = [];
  private composing = false;
  private writing = false;

  constructor(
    private readonly box: TextBox,
    private readonly shared: Y.Text,
    /** Puts this person's change into the shared text, or does nothing when it may not be changed. */
    private readonly write: (splice: Splice) => void,
  ) {
    this.base = shared.toString();
    box.value = this.base;
    shared.observe(this.onShared);
  }

  destroy(): void {
    this.shared.unobserve(this.onShared);
  }

  readonly compose = (): void => {
    this.composing = true;
  };
  readonly composed = (): void => {
    this.composing = false;
    this.typed();
  };

  /** The person changed the box. */
  readonly typed = (): void => {
    if (this.composing) return;
    const { index, remove, insert } = spliceBetween(this.base, this.box.value);
    const from = this.moved(index);
    const caret = from + Math.min(insert.length, Math.max(0, this.box.selectionEnd - index));
    this.writing = true;
    try {
      this.write({ index: from, remove: this.moved(index + remove) - from, insert });
    } finally {
      this.writing = false;
    }
    const text = this.shared.toString();
    if (this.box.value !== text) {
      this.box.value = text;
      this.box.setSelectionRange(caret, caret);
    }
    this.base = text;
    this.missed = [];
  };

  private readonly onShared = (event: Y.YTextEvent): void => {
    if (this.writing) return;
    this.missed.push(event.delta);
    if (this.composing) return;
    const [start, end] = [this.moved(this.box.selectionStart), this.moved(this.box.selectionEnd)];
    this.box.value = this.shared.toString();
    this.box.setSelectionRange(start, end);
    this.base = this.box.value;
    this.missed = [];
  };

  private moved(place: number): number {
    return this.missed.reduce(movedPlace, place);
  }
}

/** Where a place in a text lies after a change: what is written at the place itself comes after it. */
export function movedPlace(place: number, change: TextChange): number {
  let at = 0;
  let to = place;
  for (const { retain = 0, delete: gone = 0, insert } of change) {
    at += retain;
    if (at >= to) return to;
    if (typeof insert === 'string') {
      at += insert.length;
      to += insert.length;
    }
    to -= Math.min(gone, to - at);
  }
  return to;
}
