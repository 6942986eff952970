/**
 * A parameter that is being slid: the text follows at a bearable rate, at that parameter's place only, and is asked as it
 * goes; what was asked before is given up by whoever showed it. All of one drag is one step of undo.
 */
import { LOCAL, spliceBetween, spliceText, textOf } from '@/core/board/index.ts';
import type { BoardSession } from '../../state/session/session.ts';
import { controlsOf } from './controls.ts';

const INTERVAL_MS = 200;

/** What it needs of a board. */
export interface Slidable {
  readonly session: Pick<BoardSession, 'doc' | 'undo'>;
  readonly edits: { readonly allowed: boolean };
  ask(view: string, text: string): void;
}

export class Sliding {
  private readonly pause: number;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private next: number | string | null = null;

  constructor(
    private readonly board: Slidable,
    private readonly view: string,
    private readonly control: string,
  ) {
    const { undo } = board.session;
    this.pause = undo.captureTimeout;
    undo.stopCapturing();
    undo.captureTimeout = Number.POSITIVE_INFINITY;
  }

  set(value: number | string): void {
    this.next = value;
    if (this.timer !== null) return;
    this.write();
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.next !== null) this.set(this.next);
    }, INTERVAL_MS);
  }

  /** Writes what is left, and ends the step of undo. */
  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.write();
    const { undo } = this.board.session;
    undo.captureTimeout = this.pause;
    undo.stopCapturing();
  }

  private write(): void {
    if (this.next === null) return;
    const value = this.next;
    this.next = null;
    const { doc } = this.board.session;
    const text = textOf(doc, this.view);
    if (!text || !this.board.edits.allowed) return;
    const old = text.toString();
    const written = setControl(old, this.control, value);
    if (written === null || written === old) return;
    spliceText(doc, text, spliceBetween(old, written), LOCAL);
    this.board.ask(this.view, written);
  }
}

/** The text with one control set; null where it has no such control any more. */
export function setControl(text: string, id: string, value: number | string): string | null {
  const control = controlsOf(text).find((c) => c.id === id);
  if (!control) return null;
  const { index, remove, insert } =
    control.kind === 'number' ? control.splice(Number(value)) : control.splice(String(value));
  return text.slice(0, index) + insert + text.slice(index + remove);
}
