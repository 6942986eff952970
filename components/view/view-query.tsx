'use client';
/** The query behind a view, under its head: one line that unfolds to the editor, and to the controls of its parameters. */
import { ChevronDown, ChevronRight, SlidersHorizontal } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { textOf, type View } from '@/core/board/index.ts';
import { ControlStrip } from '../query/controls/control-strip.tsx';
import { controlsOf } from '../query/controls/controls.ts';
import { QueryPanel } from '../query/query-panel.tsx';
import { QueryText } from '../query/text/query-text.tsx';
import { useBoard, useMay, type ViewResult } from '../state/context.tsx';
import { Tooltip } from '../ui/tooltip.tsx';

export const QUERY_LINE = 20;

interface Props {
  readonly view: View;
  readonly shown: ViewResult;
  /** Height of all of it. */
  onHeight(height: number): void;
}

export function ViewQuery({ view, shown, onHeight }: Props) {
  const board = useBoard();
  const editable = useMay('edit') && !view.locked && view.pinnedResult === null;
  const open = useStore(board.ui, (s) => s.openQueries.includes(view.id));
  const sliders = useStore(board.ui, (s) => s.openControls.includes(view.id));
  const writing = useStore(board.ui, (s) => s.writing === view.id);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => onHeight(element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [onHeight]);
  const text = textOf(board.session.doc, view.id);
  const shared = useMemo(
    () => (open && text ? { text, view: view.id, session: board.session } : null),
    [open, text, view.id, board],
  );
  // While the text cannot be read its last parameters stay in sight, out of reach.
  const readable = useMemo(() => controlsOf(view.query).length > 0, [view.query]);
  const settable = readable || shown.fault === null ? view.query : shown.asked;
  const hasControls = useMemo(() => controlsOf(settable).length > 0, [settable]);
  const Chevron = open ? ChevronDown : ChevronRight;
  const leave = () => {
    board.closeQuery(view.id);
    box.current?.closest<HTMLElement>('.react-flow__node')?.focus({ preventScroll: true });
  };
  return (
    <div
      ref={box}
      data-unfolded={open || sliders ? true : undefined}
      className="nodrag nopan relative z-10 shrink-0 border-b bg-sunken [--query-pad:4px_0] [--query-side:8px]"
    >
      <div className="flex items-center" style={{ height: QUERY_LINE - 1 }}>
        <button
          type="button"
          aria-expanded={open}
          title={open ? 'Fold the query' : 'Unfold the query'}
          className={`flex h-full min-w-0 items-center gap-1 pr-1 pl-1.5 text-left hover:bg-hover ${open ? '' : 'flex-1'}`}
          onClick={() => (open ? board.closeQuery(view.id) : board.openQuery(view.id))}
        >
          <Chevron aria-hidden className="size-3 shrink-0 text-faint" />
          {open ? (
            <span className="text-faint text-xs">Query</span>
          ) : (
            <>
              <span className="sr-only">Query: </span>
              <span className="min-w-0 flex-1 truncate font-mono text-xs">
                <QueryText text={view.query} />
              </span>
            </>
          )}
        </button>
        {shown.fault ? (
          <Tooltip label={`The picture answers the last text that was a question. ${shown.fault.message}`}>
            <span className="shrink-0 px-1 text-warning text-xs">edited</span>
          </Tooltip>
        ) : null}
        {open ? <span className="flex-1" /> : null}
        {hasControls ? (
          <Tooltip label="Parameters">
            <button
              type="button"
              aria-label="Parameters"
              aria-pressed={sliders}
              className={`flex h-full w-6 shrink-0 items-center justify-center hover:bg-hover ${sliders ? 'text-accent' : 'text-faint'}`}
              onClick={() => board.toggleControls(view.id)}
            >
              <SlidersHorizontal aria-hidden className="size-3" />
            </button>
          </Tooltip>
        ) : null}
      </div>
      {shared ? (
        <div className="nowheel max-h-48 overflow-y-auto border-t bg-surface">
          <QueryPanel
            first={view.query}
            shared={shared}
            readOnly={!editable}
            autoFocus={writing}
            runLabel={null}
            buttonsClass="absolute top-0 right-6 h-[19px] [&_button]:h-[19px]"
            onRun={(query) => {
              board.ask(view.id, query);
              if (shown.state?.status === 'error') shown.retry();
            }}
            onLeave={leave}
          />
        </div>
      ) : null}
      {sliders ? (
        <div className="nowheel border-t bg-surface">
          <ControlStrip view={view.id} text={settable} readOnly={!editable || settable !== view.query} />
        </div>
      ) : null}
    </div>
  );
}
