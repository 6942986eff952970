'use client';
/** What is selected: facts, statistics, query and threads of it; with nothing selected, all threads of the project. */
import { useReactFlow } from '@xyflow/react';
import { useStore } from 'zustand';
import type { Thread } from '@/core/api/index.ts';
import type { Anchor } from '@/core/board/index.ts';
import { showThread } from '../actions/arrival.ts';
import { useBoard } from '../state/context.tsx';
import { threadsAt } from '../state/project/badges.ts';
import { ThreadList } from '../threads/thread-list.tsx';
import { ExampleFacts } from './example-facts.tsx';
import { PlaceFacts } from './place-facts.tsx';
import { SeveralItems } from './several-items.tsx';
import { ViewFacts } from './view-facts.tsx';

export function Details() {
  const board = useBoard();
  const flow = useReactFlow();
  const items = useStore(board.selection.store, (s) => s.items);
  const layer = useStore(board.selection.store, (s) => s.layer);
  const units = useStore(board.selection.store, (s) => s.units);
  const examples = useStore(board.selection.store, (s) => s.examples);
  const byId = useStore(board.session.items.store, (s) => s.byId);
  const threads = useStore(board.threads.store, (s) => s.threads);
  const me = useStore(board.session.store, (s) => s.user?.id ?? null);
  const [only] = items;
  const item = items.length === 1 && only !== undefined ? (byId.get(only) ?? null) : null;
  const place = units[0] ?? layer;
  const example = examples[0] ?? null;
  const anchor: Anchor | null =
    place !== null && place !== undefined
      ? { kind: 'address', address: place }
      : item
        ? { kind: 'view', boardId: board.board.id, viewId: item.id }
        : example !== null
          ? { kind: 'address', address: example }
          : null;
  const shown = anchor === null ? threads : threadsOf(threads, anchor, item?.id ?? null);
  return (
    <div className="flex flex-col gap-4 px-3 pb-3">
      <h2 className="sr-only">Details</h2>
      {place !== null && place !== undefined ? <PlaceFacts place={place} more={units.length - 1} /> : null}
      {item?.kind === 'view' ? <ViewFacts view={item} /> : null}
      {items.length > 1 ? <SeveralItems ids={items} /> : null}
      {example !== null ? <ExampleFacts example={example} count={examples.length} /> : null}
      {anchor === null && items.length === 0 ? (
        <p className="text-muted text-sm">
          Select a view, a layer, a unit or an example: what is known about it stands here.
        </p>
      ) : null}
      <ThreadList
        threads={shown}
        anchor={anchor}
        me={me}
        onJump={(thread) => showThread(board, flow, thread.id)}
      />
    </div>
  );
}

function threadsOf(threads: readonly Thread[], anchor: Anchor, item: string | null): Thread[] {
  const at = anchor.kind === 'address' ? threadsAt(threads, anchor.address) : [];
  const onView = threads.filter((t) => t.anchor.kind === 'view' && t.anchor.viewId === item);
  return [...at, ...onView];
}
