'use client';
/** The query line over the canvas: `/` opens it; what is wrong is said while one types, with its place. */
import { useReactFlow } from '@xyflow/react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { problems } from '../state/query-text.ts';
import { Button } from '../ui/button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { openView } from './activate.ts';
import { type Completion, complete } from './completion.ts';
import { canvasCentre } from './place.ts';
import { MarkedQuery } from './view-body.tsx';

export function QueryLine() {
  const board = useBoard();
  const open = useStore(board.ui, (s) => s.queryLine);
  return open ? <OpenQueryLine key={open.view ?? 'new'} view={open.view} first={open.text} /> : null;
}

function OpenQueryLine({ view, first }: { readonly view: string | null; readonly first: string }) {
  const board = useBoard();
  const flow = useReactFlow();
  const editable = useMay('edit');
  const bindings = useBindings();
  const models = useStore(board.data.store, (s) => s.models);
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const [text, setText] = useState(first);
  const [caret, setCaret] = useState(first.length);
  const [pick, setPick] = useState(0);
  const [hushed, setHushed] = useState(true);
  const input = useRef<HTMLTextAreaElement>(null);
  const shown = useDeferredValue(text);
  const found = useMemo(
    () => (shown.trim() === '' ? [] : problems(shown, bindings, { models, datasets })),
    [shown, bindings, models, datasets],
  );
  const problem = found[0];
  const offers = useMemo(
    () => (hushed ? [] : complete(text, caret, { models, datasets, bindings })),
    [hushed, text, caret, models, datasets, bindings],
  );
  const close = () => board.show({ queryLine: null });
  const run = () => {
    if (text.trim() === '' || !editable) return;
    if (problems(text, bindings, { models, datasets }).length > 0) return;
    if (view === null) {
      openView(board, text.trim(), { near: canvasCentre(flow) });
    } else board.edits.setQuery(view, text.trim());
    close();
  };
  const take = (offer: Completion) => {
    const next = text.slice(0, offer.from) + offer.insert + text.slice(caret);
    const at = offer.from + offer.insert.length;
    setText(next);
    setCaret(at);
    setPick(0);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  return (
    <search
      aria-label="Query line"
      className="-translate-x-1/2 absolute top-3 left-1/2 z-30 w-[min(720px,calc(100%-32px))] rounded-md border border-accent bg-surface shadow-float"
    >
      <textarea
        ref={input}
        // biome-ignore lint/a11y/noAutofocus: it was opened to be typed in
        autoFocus
        rows={Math.min(6, text.split('\n').length)}
        spellCheck={false}
        aria-label="Query"
        aria-invalid={problem ? true : undefined}
        aria-describedby="query-problem"
        placeholder="select activation(conv2d_1) from f(x)"
        className="block w-full resize-none bg-transparent px-3 py-2 font-mono text-sm outline-none"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setCaret(event.target.selectionStart);
          setHushed(false);
          setPick(0);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={(event) => {
          event.stopPropagation();
          const offer = offers[pick];
          if (event.key === 'Escape') {
            if (offers.length > 0) setHushed(true);
            else close();
          } else if (event.key === 'Tab' && offer) {
            event.preventDefault();
            take(offer);
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            run();
          } else if (offers.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
            event.preventDefault();
            setPick((pick + (event.key === 'ArrowDown' ? 1 : offers.length - 1)) % offers.length);
          }
        }}
      />
      {offers.length > 0 ? (
        <ul aria-label="Completions" className="max-h-48 overflow-y-auto border-t py-1">
          {offers.map((offer, i) => (
            <li key={`${offer.kind}${offer.label}`}>
              <button
                type="button"
                className={`flex w-full items-center gap-2 px-3 py-0.5 text-left text-sm ${i === pick ? 'bg-hover' : ''}`}
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(offer);
                }}
              >
                <span className="font-mono">{offer.label}</span>
                <span className="text-faint text-xs">{offer.kind}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div id="query-problem" aria-live="polite" className="border-t px-3 py-1.5 text-sm">
        {problem ? (
          <>
            <p className="text-fault">
              {problem.message}
              {typeof problem.at === 'object'
                ? ` (line ${problem.at.line}, column ${problem.at.column})`
                : null}
            </p>
            {typeof problem.at === 'object' ? <MarkedQuery text={shown} at={problem.at} /> : null}
          </>
        ) : (
          <div className="flex items-center gap-2 text-faint">
            <Kbd>Enter</Kbd> {view === null ? 'makes a view' : 'changes the view'} <Kbd>Tab</Kbd> completes{' '}
            <Kbd>Esc</Kbd> closes
            <span className="flex-1" />
            <Button size="sm" tone="primary" disabled={text.trim() === '' || !editable} onClick={run}>
              {view === null ? 'Make a view' : 'Change'}
            </Button>
          </div>
        )}
      </div>
    </search>
  );
}
