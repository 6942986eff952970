'use client';
import {
  ClipboardCopy,
  Copy,
  FileCode,
  FileDown,
  Flag,
  Image,
  Link,
  Lock,
  LockOpen,
  MessageSquarePlus,
  Pin,
  PinOff,
  SearchCode,
  Shapes,
  Terminal,
  Trash2,
} from 'lucide-react';
import type { RefObject } from 'react';
import { useStore } from 'zustand';
import type { View } from '@/core/board/index.ts';
import type { Result } from '@/core/result/index.ts';
import { fileName, resultCsv, save, toPng, toSvg } from '../actions/export.ts';
import type { LensSpec } from '../lenses/contract.ts';
import { lensesFor } from '../lenses/index.ts';
import { examplesIn, listsExamples, markThese } from '../marks/mark-all.ts';
import { apiCall } from '../query/text/language.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { boundText } from '../state/questions/query-text.ts';
import type { MenuItem } from '../ui/menu.tsx';
import type { ToastMessage } from '../ui/toast.tsx';

interface Options {
  readonly view: View;
  readonly result: Result | null;
  readonly lens: LensSpec | null;
  readonly body: RefObject<HTMLDivElement | null>;
  readonly title: string;
  say(message: ToastMessage): void;
}

export function useViewMenu({ view, result, lens, body, title, say }: Options): MenuItem[] {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  const mayComment = useMay('comment');
  const chosen = useStore(board.selection.store, (s) => s.items);
  const ids = chosen.includes(view.id) ? chosen : [view.id];
  const frozen = !editable || view.locked;
  const fails = (what: string) => (error: unknown) =>
    say({
      title: `${what} failed`,
      description: error instanceof Error ? error.message : String(error),
      tone: 'fault',
    });
  const picture = (kind: 'PNG' | 'SVG') => async () => {
    if (!body.current) return;
    const file = kind === 'PNG' ? await toPng(body.current) : await toSvg(body.current);
    save(file, fileName(title, kind === 'PNG' ? 'png' : 'svg'));
  };
  const copy = (text: string) =>
    void navigator.clipboard.writeText(text).then(() => say({ title: 'Copied' }), fails('Copying'));
  // Names mean nothing outside the board: what they stand for is written.
  const bound = boundText(view.query, bindings);
  const whole = bound.ok ? bound.text : null;
  const lenses: MenuItem[] = (result ? lensesFor(result.meta) : []).map((l) => ({
    id: `lens-${l.id}`,
    label: l.name,
    icon: <l.icon />,
    checked: l.id === lens?.id,
    disabled: frozen,
    onSelect: () => board.edits.setLens(view.id, l.id),
  }));
  return [
    {
      id: 'query',
      label: 'Edit query',
      icon: <SearchCode />,
      shortcut: 'Enter',
      disabled: frozen,
      onSelect: () => board.openQuery(view.id),
    },
    {
      id: 'copy-query',
      label: 'Copy query',
      icon: <Copy />,
      onSelect: () => copy(view.query),
    },
    {
      kind: 'more',
      id: 'copy-as',
      label: 'Copy as',
      icon: <ClipboardCopy />,
      items: [
        {
          id: 'copy-view-link',
          label: 'Link to this view',
          icon: <Link />,
          onSelect: () => copy(boardLink({ view: view.id })),
        },
        {
          id: 'copy-query-link',
          label: 'Link that asks this query',
          icon: <Link />,
          onSelect: () => copy(boardLink({ query: view.query })),
        },
        {
          id: 'copy-api',
          label: 'API call',
          icon: <Terminal />,
          disabled: whole === null,
          onSelect: () =>
            whole !== null && copy(apiCall(whole, { origin: location.origin, project: board.slug })),
        },
        {
          id: 'copy-python',
          label: 'Python…',
          icon: <FileCode />,
          onSelect: () => board.show({ python: view.query }),
        },
      ],
    },
    ...(lenses.length > 1
      ? [
          { kind: 'heading' as const, id: 'lenses', label: 'Lens' },
          ...lenses,
          { kind: 'separator' as const, id: 's0' },
        ]
      : []),
    {
      id: 'pin',
      label: view.pinnedResult === null ? 'Pin this result' : 'Unpin',
      icon: view.pinnedResult === null ? <Pin /> : <PinOff />,
      disabled: frozen || (view.pinnedResult === null && result === null),
      onSelect: () => board.edits.pin(view.id, view.pinnedResult === null ? (result?.meta.id ?? null) : null),
    },
    {
      id: 'comment',
      label: 'Comment on this view',
      icon: <MessageSquarePlus />,
      disabled: !mayComment,
      onSelect: () => {
        board.selection.select({ items: [view.id] });
        board.threads.draft({ kind: 'view', boardId: board.board.id, viewId: view.id });
        board.show({ layout: { ...board.ui.getState().layout, details: true } });
      },
    },
    {
      id: 'comment-region',
      label: 'Comment on a region',
      icon: <Shapes />,
      disabled: !mayComment,
      onSelect: () => board.show({ marking: view.id }),
    },
    {
      id: 'mark',
      label: 'Mark all of its examples',
      icon: <Flag />,
      disabled: !editable || result === null || !listsExamples(result),
      onSelect: () => result && say(markThese(board, examplesIn(result), 'of this view')),
    },
    { kind: 'separator', id: 's1' },
    {
      id: 'csv',
      label: 'Export CSV',
      icon: <FileDown />,
      disabled: result === null,
      onSelect: () =>
        result && save(new Blob([resultCsv(result)], { type: 'text/csv' }), fileName(title, 'csv')),
    },
    {
      id: 'png',
      label: 'Export PNG',
      icon: <Image />,
      disabled: result === null,
      onSelect: () => void picture('PNG')().catch(fails('The export')),
    },
    {
      id: 'svg',
      label: 'Export SVG',
      icon: <Image />,
      disabled: result === null,
      onSelect: () => void picture('SVG')().catch(fails('The export')),
    },
    { kind: 'separator', id: 's2' },
    {
      id: 'duplicate',
      label: 'Duplicate',
      icon: <Copy />,
      shortcut: 'Mod+D',
      disabled: !editable,
      onSelect: () => board.selection.select({ items: board.edits.duplicate(ids) }),
    },
    {
      id: 'lock',
      label: view.locked ? 'Unlock' : 'Lock',
      icon: view.locked ? <LockOpen /> : <Lock />,
      disabled: !editable,
      onSelect: () => board.edits.setLocked(ids, !view.locked),
    },
    {
      id: 'remove',
      label: ids.length > 1 ? `Remove ${ids.length} items` : 'Remove',
      icon: <Trash2 />,
      shortcut: 'Delete',
      danger: true,
      disabled: frozen,
      onSelect: () => {
        board.edits.remove(ids);
        board.selection.select({ items: [] });
      },
    },
  ];
}

/** This board's page, with what it is to show first. */
function boardLink(first: Readonly<Record<string, string>>): string {
  return `${location.origin}${location.pathname}?${new URLSearchParams(first)}`;
}
