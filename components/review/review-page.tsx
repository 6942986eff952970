'use client';
/** A saved investigation, opened as it was: a walk through its views with notes, pinned numbers and threads (rule H2). */
import { ArrowLeft, ArrowRight, FlaskConical, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { type OpenSnapshot, openSnapshotSchema } from '@/core/api/index.ts';
import { UnreadableItem } from '../notes/unreadable-item.tsx';
import { describeError, path, request } from '../state/api.ts';
import { isTyping } from '../state/commands.ts';
import { BindingsProvider, ProjectProvider, useMay, useProject } from '../state/context.tsx';
import { useAccount, useOpenProject } from '../state/open-project.tsx';
import { titleOf } from '../state/questions/query-text.ts';
import { Ago } from '../threads/ago.tsx';
import { ThreadCard } from '../threads/thread-card.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { savedBoard } from './content.ts';
import { NoteText } from './note-text.tsx';
import { Recomputed } from './recomputed.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { threadsOfStep } from './saved-threads.ts';
import { SavedView } from './saved-view.tsx';

export interface ReviewPageProps {
  readonly project: string;
  readonly id: string;
}

export function ReviewPage({ project, id }: ReviewPageProps) {
  const opened = useOpenProject(project);
  const [snapshot, setSnapshot] = useState<OpenSnapshot | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    request('GET', path`snapshots/${id}`, openSnapshotSchema).then(
      (opened) => !gone && setSnapshot(opened),
      (e) => !gone && setError(describeError(e).message),
    );
    return () => {
      gone = true;
    };
  }, [id]);
  if (error !== null)
    return (
      <main className="grid h-dvh place-items-center">
        <EmptyState
          whole
          title="This snapshot cannot be opened"
          action={
            <Link className="text-accent underline" href={`/p/${project}`}>
              Go to the project
            </Link>
          }
        >
          {error}
        </EmptyState>
      </main>
    );
  return (
    <ProjectProvider opened={opened}>
      {snapshot ? (
        <Review snapshot={snapshot} />
      ) : (
        <div role="status" aria-label="Opening the snapshot" className="flex h-dvh flex-col gap-4 p-6">
          <Skeleton className="h-8 w-96" />
          <Skeleton className="min-h-0 flex-1" />
        </div>
      )}
    </ProjectProvider>
  );
}

function Review({ snapshot }: { readonly snapshot: OpenSnapshot }) {
  const opened = useProject();
  const me = useAccount()?.user.id ?? null;
  const editable = useMay('edit');
  const project = useStore(opened.data.store, (s) => s.project);
  const saved = useMemo(() => savedBoard(snapshot.content), [snapshot.content]);
  const [at, setAt] = useState(0);
  const [again, setAgain] = useState(false);
  const [restoring, setRestoring] = useState(false);
  const count = saved.steps.length;
  const stop = saved.steps[at];
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      if (
        event.target instanceof Element &&
        event.target.closest('[role="dialog"], svg, canvas, [data-saved-view]')
      )
        return;
      if (event.key === 'ArrowRight') setAt((i) => Math.min(count - 1, i + 1));
      if (event.key === 'ArrowLeft') setAt((i) => Math.max(0, i - 1));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [count]);
  const threads = stop ? threadsOfStep(snapshot.threads, stop, saved.bindings) : snapshot.threads;
  return (
    <BindingsProvider value={saved.bindings}>
      <div className="flex h-dvh min-h-0 flex-col">
        <header className="flex h-11 shrink-0 items-center gap-2 border-b bg-surface px-3">
          <nav aria-label="Place" className="flex min-w-0 items-center gap-1.5 text-lg">
            <Link href={`/p/${opened.slug}`} className="truncate text-muted hover:text-text">
              {project?.name ?? opened.slug}
            </Link>
            <span aria-hidden className="text-faint">
              /
            </span>
            <Link
              href={`/p/${opened.slug}/boards/${snapshot.board}`}
              className="truncate text-muted hover:text-text"
            >
              {snapshot.boardTitle}
            </Link>
            <span aria-hidden className="text-faint">
              /
            </span>
            <h1 className="truncate font-semibold">{snapshot.title}</h1>
          </nav>
          <span className="whitespace-nowrap text-muted text-sm">
            saved by {snapshot.author.name} <Ago time={snapshot.createdAt} />
          </span>
          <span className="flex-1" />
          <Button size="sm" aria-pressed={again} onClick={() => setAgain(!again)}>
            <FlaskConical aria-hidden /> {again ? 'Show only what was saved' : 'Recompute'}
          </Button>
          <Button size="sm" disabled={!editable} onClick={() => setRestoring(true)}>
            <Undo2 aria-hidden /> Restore
          </Button>
        </header>
        {saved.unreadable.length > 0 ? (
          <ErrorNote tone="warning" className="rounded-none">
            {saved.unreadable.length} {saved.unreadable.length === 1 ? 'item' : 'items'} of this snapshot
            cannot be shown; what is written in them stands where they are.
          </ErrorNote>
        ) : null}
        <div className="grid min-h-0 flex-1 grid-cols-[240px_minmax(0,1fr)_320px]">
          <aside
            aria-label="Views"
            className="flex min-h-0 flex-col gap-3 overflow-y-auto border-r bg-surface p-3"
          >
            {snapshot.summary.trim() !== '' ? <NoteText text={snapshot.summary} /> : null}
            <ol className="flex flex-col gap-0.5">
              {saved.steps.map(({ view }, i) => (
                <li key={view.id}>
                  <button
                    type="button"
                    aria-current={i === at ? 'step' : undefined}
                    className="flex w-full gap-2 rounded-sm px-2 py-1 text-left hover:bg-hover aria-[current]:bg-accent-soft"
                    onClick={() => setAt(i)}
                  >
                    <span className="w-4 shrink-0 text-right text-faint tabular-nums">{i + 1}</span>
                    <span className="min-w-0 break-words">{titleOf(view.query, saved.bindings)}</span>
                  </button>
                </li>
              ))}
            </ol>
          </aside>
          <main className="flex min-h-0 flex-col">
            <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-4">
              {saved.apart.map((item) => (
                <UnreadableItem key={item.id} item={item} />
              ))}
              {stop ? (
                <>
                  <SavedView
                    key={stop.view.id}
                    view={stop.view}
                    result={snapshot.results[stop.view.id] ?? null}
                    title={titleOf(stop.view.query, saved.bindings)}
                    marked={saved.marked}
                  />
                  {again ? (
                    <Recomputed
                      key={`again-${stop.view.id}`}
                      view={stop.view}
                      saved={snapshot.results[stop.view.id] ?? null}
                    />
                  ) : null}
                  {stop.notes.map((note) => (
                    <NoteText key={note.id} text={note.text} color={note.color} />
                  ))}
                  {stop.unreadable.map((item) => (
                    <UnreadableItem key={item.id} item={item} />
                  ))}
                </>
              ) : (
                <>
                  {saved.loose.map((note) => (
                    <NoteText key={note.id} text={note.text} color={note.color} />
                  ))}
                  <EmptyState title="There is no view in this snapshot" />
                </>
              )}
            </div>
            <nav
              aria-label="Walk"
              className="flex shrink-0 items-center justify-center gap-2 border-t bg-surface p-2"
            >
              <Button disabled={at === 0} onClick={() => setAt(at - 1)}>
                <ArrowLeft aria-hidden /> Back
              </Button>
              <span className="text-muted">
                {count === 0 ? 0 : at + 1} of {count}
              </span>
              <Button tone="primary" disabled={at >= count - 1} onClick={() => setAt(at + 1)}>
                Next <ArrowRight aria-hidden />
              </Button>
              <span className="text-faint text-sm">
                <Kbd>←</Kbd> <Kbd>→</Kbd>
              </span>
            </nav>
          </main>
          <aside
            aria-label="Threads"
            className="flex min-h-0 flex-col gap-2 overflow-y-auto border-l bg-surface p-3"
          >
            <h2 className="font-semibold text-sm">Threads as they were</h2>
            {threads.map((thread) => (
              <ThreadCard key={thread.id} thread={thread} me={me} frozen />
            ))}
            {threads.length === 0 ? <p className="text-faint text-sm">None about this view.</p> : null}
          </aside>
        </div>
        {restoring ? <RestoreDialog snapshot={snapshot} onClose={() => setRestoring(false)} /> : null}
      </div>
    </BindingsProvider>
  );
}
