/** The editor's look and what it knows of the language: colours, completion, explanations. */
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { type Extension, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  hoverTooltip,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { complete } from '@/core/algebra/editor/complete.ts';
import { hover } from '@/core/algebra/editor/hover.ts';
import { type EditorContext, faults, tokens } from '../text/language.ts';

const marks = new Map<string, Decoration>();
function markOf(kind: string): Decoration {
  const known = marks.get(kind) ?? Decoration.mark({ class: `query-${kind}` });
  marks.set(kind, known);
  return known;
}
function colours(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, kind } of tokens(view.state.doc.toString())) builder.add(from, to, markOf(kind));
  return builder.finish();
}
/** Queries are short: all of one is coloured anew at each change. */
export const highlighting: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = colours(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = colours(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export function completing(known: () => EditorContext): Extension {
  const source = ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const text = state.doc.toString();
    const offers = text.trim() === '' && !explicit ? [] : complete(text, pos, known());
    const [first] = offers;
    if (!first) return null;
    // A question that is whole is left alone until one begins a word.
    if (!explicit && first.from === pos && faults(text, known()).length === 0) return null;
    return {
      from: first.from,
      to: first.to,
      filter: false,
      options: offers.map(({ label, insert, kind, detail }) => ({
        label,
        apply: insert,
        type: kind,
        ...(detail === '' ? {} : { detail }),
      })),
    };
  };
  return autocompletion({
    override: [source],
    defaultKeymap: false,
    icons: false,
    // Enter runs the query; Tab takes the first offer, Enter one that the arrows went to.
    selectOnOpen: false,
    interactionDelay: 0,
    activateOnTypingDelay: 50,
    activateOnCompletion: ({ apply }) => typeof apply === 'string' && /[ (]$/.test(apply),
    addToOptions: [{ position: 85, render: ({ type }) => badge(type ?? '') }],
  });
}

function badge(kind: string): HTMLElement {
  const element = document.createElement('span');
  element.className = 'query-kind';
  element.textContent = kind;
  return element;
}

export function explaining(known: () => EditorContext): Extension {
  return hoverTooltip((view, at) => {
    const found = hover(view.state.doc.toString(), at, known());
    if (!found) return null;
    return {
      pos: found.from,
      end: found.to,
      above: true,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'query-explanation';
        const title = dom.appendChild(document.createElement('strong'));
        title.textContent = found.title;
        const text = dom.appendChild(document.createElement('p'));
        text.textContent = found.text;
        for (const fact of found.facts) dom.appendChild(document.createElement('small')).textContent = fact;
        return { dom };
      },
    };
  });
}

export const look: Extension = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    lineHeight: '18px',
    overflowX: 'hidden',
  },
  '.cm-content': { padding: 'var(--query-pad, 6px 0)', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 var(--query-side, 12px)' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow-float)',
    overflow: 'hidden',
    zIndex: '60',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    fontSize: '12px',
    maxHeight: '220px',
    minWidth: '220px',
    padding: '4px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'baseline',
    gap: '8px',
    padding: '2px 8px',
    borderRadius: '4px',
    lineHeight: '18px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--hover)',
    color: 'var(--text)',
  },
  '.cm-completionLabel': { minWidth: '120px' },
  '.cm-completionDetail': {
    flex: '1',
    marginLeft: '0',
    fontStyle: 'normal',
    color: 'var(--muted)',
    fontFamily: '"Inter Variable", system-ui, sans-serif',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    maxWidth: '320px',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)' },
  '.cm-tooltip-lint': { padding: '0', fontSize: '12px', maxWidth: '420px' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: '3px solid var(--fault)' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
    borderRadius: '4px',
    font: 'inherit',
    padding: '1px 6px',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--fault)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-soft) !important', outline: 'none' },
  '.cm-nonmatchingBracket': { backgroundColor: 'transparent !important', color: 'var(--fault) !important' },
});
