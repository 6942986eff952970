/**
 * Others' carets in a query, and this person's own for them (rule S6): positions are relative to the shared text, so they
 * stay where they are meant while several people type. The board's `cursor` is the pointer; this has a field of its own.
 */
import { type Extension, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view';
import * as Y from 'yjs';
import type { StoreApi } from 'zustand/vanilla';
import { type TextPosition, textPositionSchema } from '@/core/board/index.ts';
import type { Peer, PresenceChannel } from '../../state/session/presence.ts';
import { personColor } from '../../ui/avatar.tsx';

class Caret extends WidgetType {
  constructor(
    readonly name: string,
    readonly color: number,
  ) {
    super();
  }
  override eq(other: Caret): boolean {
    return other.name === this.name && other.color === this.color;
  }
  override toDOM(): HTMLElement {
    const caret = document.createElement('span');
    caret.className = 'query-caret';
    caret.style.setProperty('--query-person', personColor(this.color));
    // The name is drawn by the style sheet: it is no part of the text.
    caret.setAttribute('role', 'img');
    caret.setAttribute('aria-label', this.name);
    return caret;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

interface Seen {
  readonly from: number;
  readonly to: number;
  readonly head: number;
  readonly name: string;
  readonly color: number;
}

const see = StateEffect.define<readonly Seen[]>();
const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (old, transaction) => {
    let next = old.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(see)) next = drawn(effect.value);
    return next;
  },
  provide: (from) => EditorView.decorations.from(from),
});

function drawn(all: readonly Seen[]): DecorationSet {
  const parts = all.flatMap(({ from, to, head, name, color }) => [
    ...(from < to
      ? [
          {
            from,
            to,
            value: Decoration.mark({
              attributes: { style: `background: color-mix(in srgb, ${personColor(color)} 35%, transparent)` },
            }),
          },
        ]
      : []),
    { from: head, to: head, value: Decoration.widget({ widget: new Caret(name, color), side: 1 }) },
  ]);
  parts.sort((a, b) => a.from - b.from || a.value.startSide - b.value.startSide);
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, value } of parts) builder.add(from, to, value);
  return builder.finish();
}

export function positionIn(text: Y.Text, index: number): TextPosition {
  const json: unknown = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index));
  return textPositionSchema.parse(json);
}

/** Null where the place is in another text, or in one that this page does not have yet. */
export function indexIn(text: Y.Text, position: TextPosition): number | null {
  if (!text.doc) return null;
  const at = Y.createAbsolutePositionFromRelativePosition(
    Y.createRelativePositionFromJSON(position),
    text.doc,
  );
  return at?.type === text ? at.index : null;
}

function seen(text: Y.Text, view: string, peers: readonly Peer[], length: number): Seen[] {
  return peers.flatMap(({ user, queryCaret }) => {
    if (queryCaret?.view !== view) return [];
    const anchor = indexIn(text, queryCaret.anchor);
    const head = indexIn(text, queryCaret.head);
    if (anchor === null || head === null || Math.max(anchor, head) > length) return [];
    return [
      { from: Math.min(anchor, head), to: Math.max(anchor, head), head, name: user.name, color: user.color },
    ];
  });
}

export interface Carets {
  readonly text: Y.Text;
  readonly view: string;
  readonly presence: Pick<PresenceChannel, 'patch' | 'own'> & {
    readonly peers: Pick<StoreApi<{ readonly list: readonly Peer[] }>, 'getState' | 'subscribe'>;
  };
}

export function remoteCarets({ text, view: id, presence }: Carets): Extension {
  const plugin = ViewPlugin.fromClass(
    class {
      private readonly stop: () => void;
      private gone = false;
      private planned = false;
      constructor(private readonly view: EditorView) {
        this.stop = presence.peers.subscribe(() => this.plan());
        this.plan();
      }
      update(update: ViewUpdate) {
        if (!update.docChanged && !update.selectionSet && !update.focusChanged) return;
        const { anchor, head } = update.state.selection.main;
        const focused = update.view.hasFocus;
        // Another query of this page may have the caret.
        if (!focused && !update.focusChanged) return;
        // After the text itself was shared: the plugin that does it may come later in this update.
        queueMicrotask(() => {
          if (this.gone) return;
          const inside = Math.max(anchor, head) <= text.length;
          if (!focused || inside)
            presence.patch({
              queryCaret: focused
                ? { view: id, anchor: positionIn(text, anchor), head: positionIn(text, head) }
                : null,
            });
        });
      }
      destroy() {
        this.gone = true;
        this.stop();
        if (presence.own.queryCaret?.view === id) presence.patch({ queryCaret: null });
      }
      /** Not at once: news may arrive in the middle of an update. */
      private plan() {
        if (this.planned) return;
        this.planned = true;
        queueMicrotask(() => {
          this.planned = false;
          if (this.gone) return;
          const { list } = presence.peers.getState();
          this.view.dispatch({ effects: see.of(seen(text, id, list, this.view.state.doc.length)) });
        });
      }
    },
  );
  return [field, plugin];
}
