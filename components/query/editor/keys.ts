/** Keys of the editor: Enter runs, Tab completes, Esc goes one step back, the arrows walk through what was run before. */
import {
  acceptCompletion,
  closeCompletion,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import { insertNewline } from '@codemirror/commands';
import { type Extension, Prec } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';
import { HistoryWalk } from '../text/history.ts';

export interface KeyActions {
  /** With the text as it stands: what React was told of may be a key behind. */
  run(text: string): void;
  leave(): void;
  format(): void;
  undo?(): void;
  redo?(): void;
  history(): readonly string[];
}

const offering = (view: EditorView): boolean => completionStatus(view.state) === 'active';

function replaceAll(view: EditorView, text: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: text.length },
    userEvent: 'input.replace',
  });
}

export function keys(actions: () => KeyActions): Extension {
  let walk: { walk: HistoryWalk; shown: string } | null = null;
  const past = (by: 1 | -1, onlyWhen: 'any' | 'empty') => (view: EditorView) => {
    const text = view.state.doc.toString();
    // Whoever has edited what was brought back begins anew.
    if (walk && walk.shown !== text) walk = null;
    if (view.state.readOnly || (onlyWhen === 'empty' && walk === null && text !== '')) return false;
    const steps = walk?.walk ?? new HistoryWalk(actions().history());
    const next = steps.step(by, text);
    if (next === null) return onlyWhen === 'any';
    walk = next === '' ? null : { walk: steps, shown: next };
    replaceAll(view, next);
    closeCompletion(view);
    return true;
  };
  const act = (name: 'undo' | 'redo') => () => {
    const run = actions()[name];
    run?.();
    return run !== undefined;
  };
  const through = (by: 1 | -1) => {
    const move = moveCompletionSelection(by < 0);
    const recall = past(by, 'empty');
    return (view: EditorView) => (offering(view) ? move(view) : recall(view));
  };
  return Prec.highest(
    keymap.of([
      {
        key: 'Enter',
        run: (view) => {
          if (offering(view) && selectedCompletion(view.state)) return acceptCompletion(view);
          closeCompletion(view);
          actions().run(view.state.doc.toString());
          return true;
        },
        shift: insertNewline,
      },
      {
        key: 'Mod-Enter',
        run: (view) => {
          actions().run(view.state.doc.toString());
          return true;
        },
      },
      {
        key: 'Tab',
        run: (view) => {
          if (!offering(view)) return false;
          if (!selectedCompletion(view.state)) moveCompletionSelection(true)(view);
          return acceptCompletion(view);
        },
      },
      {
        key: 'Escape',
        run: (view) => {
          if (!closeCompletion(view)) actions().leave();
          return true;
        },
      },
      { key: 'ArrowUp', run: through(1) },
      { key: 'ArrowDown', run: through(-1) },
      { key: 'Alt-ArrowUp', run: past(1, 'any') },
      { key: 'Alt-ArrowDown', run: past(-1, 'any') },
      { key: 'Ctrl-Space', run: startCompletion },
      {
        key: 'Mod-Shift-f',
        run: () => {
          actions().format();
          return true;
        },
      },
      { key: 'Mod-z', run: act('undo') },
      { key: 'Mod-Shift-z', run: act('redo') },
      { key: 'Mod-y', run: act('redo') },
    ]),
  );
}
