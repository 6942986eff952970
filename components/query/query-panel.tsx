'use client';
/** The editor with what belongs to it: the fault and its mending or the cost, history, format, run. */
import { AlignLeft, Play } from 'lucide-react';
import { type ReactNode, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import { MAX_TEXT } from '@/core/address/index.ts';
import { useBoard } from '../state/context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';
import { useToast } from '../ui/toast.tsx';
import type { EditorHandle, SharedQuery } from './editor/editor.tsx';
import { LazyQueryEditor } from './editor/lazy-editor.tsx';
import { FaultNote } from './fault-note.tsx';
import { HistoryMenu } from './history-menu.tsx';
import { useArrived, useKnown } from './known.ts';
import { diagnose, NO_DIAGNOSIS } from './text/diagnosis.ts';
import { historyOf, remember } from './text/history.ts';
import { formatted } from './text/language.ts';

export interface QueryPanelProps {
  readonly first: string;
  readonly shared: SharedQuery | null;
  readonly readOnly: boolean;
  readonly autoFocus: boolean;
  /** Words on the button that runs; null: a small sign does. */
  readonly runLabel: string | null;
  /** Shown where there is neither fault nor cost to tell. */
  readonly hint?: ReactNode;
  /** Where the buttons stand, other than beside the note. */
  readonly buttonsClass?: string;
  /** Called with a text that has no fault. */
  onRun(text: string): void;
  onLeave(): void;
}

export function QueryPanel({
  first,
  shared,
  readOnly,
  autoFocus,
  runLabel,
  hint,
  buttonsClass = '',
  onRun,
  onLeave,
}: QueryPanelProps) {
  const board = useBoard();
  const toast = useToast();
  const known = useKnown();
  const arrived = useArrived();
  const id = useId();
  const editor = useRef<EditorHandle>(null);
  const [text, setText] = useState(() => shared?.text.toString() ?? first);
  const shown = useDeferredValue(text);
  const diagnosis = useMemo(() => (arrived ? diagnose(shown, known) : NO_DIAGNOSIS), [arrived, shown, known]);
  const [fault] = diagnosis.faults;
  /** It was to run before the project had arrived, and runs then, unless more is written meanwhile. */
  const [waiting, setWaiting] = useState(false);
  /** The length that was refused, until something else is written. */
  const [refused, setRefused] = useState<number | null>(null);
  const run = (now: string) => {
    if (readOnly || now.trim() === '') return;
    if (!arrived) return setWaiting(true);
    if (diagnose(now, known).faults.length > 0) return;
    remember(board.slug, now);
    onRun(now.trim());
  };
  const latest = useRef({ run, text });
  latest.current = { run, text };
  useEffect(() => {
    if (!arrived || !waiting) return;
    setWaiting(false);
    latest.current.run(latest.current.text);
  }, [arrived, waiting]);
  const format = () => {
    if (readOnly) return;
    const tidy = formatted(text);
    if (tidy === null)
      toast.show({
        title: 'This query cannot be formatted yet',
        description: fault?.message ?? '',
        tone: 'warning',
      });
    else editor.current?.replace(tidy);
  };
  return (
    <>
      <LazyQueryEditor
        ref={editor}
        first={first}
        shared={shared}
        known={known}
        faults={diagnosis.faults}
        readOnly={readOnly}
        autoFocus={autoFocus}
        placeholder="select activation(conv2d_1) from f(x)"
        describedBy={id}
        onChange={(now) => {
          setText(now);
          setWaiting(false);
          setRefused(null);
        }}
        onRefuse={setRefused}
        actions={{ run, format, leave: onLeave, history: () => historyOf(board.slug) }}
      />
      <div className="flex items-start gap-1 px-(--query-side,12px) pb-1">
        <div id={id} aria-live="polite" className="min-h-5 min-w-0 flex-1 py-0.5 text-faint text-sm">
          {refused === null ? null : (
            <p className="text-fault">
              {`Not taken: with it the query would have ${formatCount(refused)} characters, at most ${formatCount(MAX_TEXT)} are read.`}
            </p>
          )}
          {fault ? (
            <FaultNote fault={fault} onFix={readOnly ? null : (splice) => editor.current?.splice(splice)} />
          ) : (
            (diagnosis.note ??
            (waiting ? 'Runs as soon as the models and data sets of this project are here' : hint))
          )}
        </div>
        {readOnly ? null : (
          <div className={`flex shrink-0 items-center gap-1 ${buttonsClass}`}>
            <HistoryMenu project={board.slug} onPick={(query) => editor.current?.replace(query)} />
            <IconButton
              size="sm"
              className="nodrag"
              label="Format"
              shortcut="Mod+Shift+F"
              icon={<AlignLeft />}
              onClick={format}
            />
            {runLabel === null ? (
              <IconButton
                size="sm"
                className="nodrag"
                label="Run"
                shortcut="Enter"
                icon={<Play />}
                disabled={fault !== undefined}
                onClick={() => run(text)}
              />
            ) : (
              <Button size="sm" tone="primary" disabled={text.trim() === ''} onClick={() => run(text)}>
                {runLabel}
              </Button>
            )}
          </div>
        )}
      </div>
    </>
  );
}
