/**
 * The honest save state (rule S3). Every change of this person is known until the server has said that the frame which
 * carried it is durable; a frame is a sync message that bears an update, numbered from 1 on each connection.
 */
export type SaveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving'; readonly pending: number }
  /** `kept`: changes that live in this page only. */
  | { readonly kind: 'offline'; readonly kept: number }
  | { readonly kind: 'failing'; readonly pending: number; readonly message: string };

const UNSENT = Number.POSITIVE_INFINITY;

export class SaveTracker {
  /** Frame of the current connection that carries each change, in order of making; UNSENT while none does. */
  private changes: number[] = [];
  private frames = 0;
  private online = false;
  private everOnline = false;
  private failure: string | null = null;

  /** A change was made here. Call before it is sent. */
  changed(): void {
    this.changes.push(UNSENT);
  }
  /** The connection is in step with the server's document. */
  connected(): void {
    this.online = true;
    this.everOnline = true;
  }
  /** A new socket: the server counts from 1 again, and gets all that it lacks in one frame. */
  opened(): void {
    this.frames = 0;
    this.changes = this.changes.map(() => UNSENT);
  }
  disconnected(): void {
    this.online = false;
    this.opened();
  }
  /** A frame with updates left: `all` is the answer to the server's question for what it lacks, else the change just made. */
  sent(all: boolean): void {
    this.frames += 1;
    const last = this.changes.length - 1;
    this.changes = this.changes.map((frame, i) =>
      frame === UNSENT && (all || i === last) ? this.frames : frame,
    );
  }
  /** The server says that the first `count` frames are durable. */
  saved(count: number): void {
    this.failure = null;
    this.changes = this.changes.filter((frame) => frame > count);
  }
  failing(message: string): void {
    this.failure = message;
  }

  get pending(): number {
    return this.changes.length;
  }
  get state(): SaveState {
    if (!this.online)
      return this.everOnline || this.pending > 0
        ? { kind: 'offline', kept: this.pending }
        : { kind: 'connecting' };
    if (this.failure !== null) return { kind: 'failing', pending: this.pending, message: this.failure };
    return this.pending === 0 ? { kind: 'saved' } : { kind: 'saving', pending: this.pending };
  }
}

/** As shown in the header. */
export function saveWords(state: SaveState): string {
  switch (state.kind) {
    case 'connecting':
      return 'connecting';
    case 'saved':
      return 'saved';
    case 'saving':
      return 'saving';
    case 'offline':
      return state.kept === 0
        ? 'offline'
        : `offline (${state.kept} ${state.kept === 1 ? 'change' : 'changes'} kept here)`;
    case 'failing':
      return 'failing';
  }
}
