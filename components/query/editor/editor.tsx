'use client';
/**
 * The editor of queries. Bound to a view's shared text it writes every keystroke there and shows the others' carets; else it
 * keeps a text of its own. Loaded only when a query is opened (lazy-editor.tsx).
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf, tooltips } from '@codemirror/view';
import { type Ref, type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { YSyncConfig, ySync, ySyncFacet } from 'y-codemirror.next';
import type * as Y from 'yjs';
import { type Splice, spliceBetween } from '@/core/board/index.ts';
import type { BoardSession } from '../../state/session/session.ts';
import type { Fault } from '../text/faults.ts';
import type { EditorContext } from '../text/language.ts';
import { bounded } from './bounded.ts';
import { completing, explaining, highlighting, look } from './extensions.ts';
import { type KeyActions, keys } from './keys.ts';
import { remoteCarets } from './remote-carets.ts';

export interface SharedQuery {
  readonly text: Y.Text;
  /** Id of the view. */
  readonly view: string;
  readonly session: BoardSession;
}

/** What buttons beside the editor do to it. */
export interface EditorHandle {
  focus(): void;
  replace(text: string): void;
  splice(splice: Splice): void;
}

/** A text under way, and where the caret stands in it. */
export interface Written {
  readonly text: string;
  readonly caret: number;
}

export interface QueryEditorProps {
  readonly ref?: Ref<EditorHandle>;
  /** What it opens with, where nothing is shared: read when it opens, for a plain box may be typed in until then. */
  readonly opening: RefObject<Written>;
  readonly shared: SharedQuery | null;
  readonly known: EditorContext;
  readonly faults: readonly Fault[];
  readonly readOnly: boolean;
  readonly autoFocus: boolean;
  readonly placeholder: string;
  /** Id of what says what is wrong. */
  readonly describedBy: string;
  readonly actions: Omit<KeyActions, 'undo' | 'redo'>;
  onChange(text: string): void;
  /** What was written was not taken: the text would have become so long. */
  onRefuse(length: number): void;
}

export function QueryEditor(props: QueryEditorProps) {
  const { ref, opening, shared, faults, readOnly, autoFocus, placeholder, describedBy } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;

  // Before the page is painted: a key that is pressed now must find it.
  useLayoutEffect(() => {
    if (!host.current) return;
    const binding = shared === null ? null : bind(shared);
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: shared?.text.toString() ?? opening.current.text,
        extensions: [
          keys(() => ({ ...latest.current.actions, ...binding?.undo })),
          binding?.extension ?? [history(), keymap.of(historyKeymap)],
          keymap.of(defaultKeymap),
          ownKeys,
          bounded((length) => latest.current.onRefuse(length)),
          highlighting,
          bracketMatching(),
          completing(() => latest.current.known),
          explaining(() => latest.current.known),
          look,
          EditorView.lineWrapping,
          placeholderOf(placeholder),
          // Out of the canvas, which scales and clips what is in it.
          tooltips({ parent: document.body, position: 'fixed' }),
          EditorState.readOnly.of(readOnly),
          EditorView.editable.of(!readOnly),
          EditorView.contentAttributes.of({
            'aria-label': 'Query',
            'aria-describedby': describedBy,
            ...(readOnly ? { tabindex: '0', 'aria-readonly': 'true' } : {}),
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    if (autoFocus) {
      view.focus();
      const { length } = view.state.doc;
      view.dispatch({ selection: { anchor: shared ? length : Math.min(length, opening.current.caret) } });
    }
    return () => {
      opening.current = { text: view.state.doc.toString(), caret: view.state.selection.main.head };
      view.destroy();
      binding?.end();
      editor.current = null;
    };
  }, [opening, shared, readOnly, autoFocus, placeholder, describedBy]);

  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const { length } = view.state.doc;
    const found = faults
      .filter((fault) => fault.to <= length && !fault.unfinished)
      .map((fault) => diagnostic(fault));
    view.dispatch(setDiagnostics(view.state, found));
    view.contentDOM.setAttribute('aria-invalid', String(found.length > 0));
  }, [faults]);

  useImperativeHandle(ref, () => ({
    focus: () => editor.current?.focus(),
    replace: (text) => {
      const view = editor.current;
      if (!view) return;
      // Only what differs, so that others' carets and edits beside it stay.
      const { index, remove, insert } = spliceBetween(view.state.doc.toString(), text);
      view.dispatch({ changes: { from: index, to: index + remove, insert } });
      view.dispatch({ selection: { anchor: view.state.doc.length } });
      view.focus();
    },
    splice: ({ index, remove, insert }) => {
      const view = editor.current;
      if (!view) return;
      view.dispatch({
        changes: { from: index, to: index + remove, insert },
        selection: { anchor: index + insert.length },
      });
      view.focus();
    },
  }));

  return <div ref={host} className="nokey" />;
}

/** Keys belong to the editor, not to the board around it; the palette opens from everywhere. */
const ownKeys = EditorView.domEventHandlers({
  keydown: (event) => {
    if (!((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k')) event.stopPropagation();
    return false;
  },
});

function diagnostic({ from, to, message, fix }: Fault): Diagnostic {
  return {
    from,
    to,
    severity: 'error',
    message,
    ...(fix === null
      ? {}
      : {
          actions: [
            {
              name: fix.label,
              apply: (view) => {
                const { index, remove, insert } = fix.splice;
                view.dispatch({ changes: { from: index, to: index + remove, insert } });
              },
            },
          ],
        }),
  };
}

interface Binding {
  readonly extension: Extension;
  readonly undo: Pick<KeyActions, 'undo' | 'redo'>;
  end(): void;
}

/** The board's undo covers what this person types here, and nobody else's (rule B2). */
function bind({ text, view, session }: SharedQuery): Binding {
  const origin = new YSyncConfig(text, session.provider.awareness);
  session.undo.stopCapturing();
  session.undo.addTrackedOrigin(origin);
  return {
    extension: [ySyncFacet.of(origin), ySync, remoteCarets({ text, view, presence: session.presence })],
    undo: { undo: () => void session.undo.undo(), redo: () => void session.undo.redo() },
    end: () => {
      session.undo.removeTrackedOrigin(origin);
      session.undo.stopCapturing();
    },
  };
}
