'use client';
/** A board: opens the session, lays out the panels round the canvas. */
import { ReactFlowProvider } from '@xyflow/react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { type DeepLink, useArrival } from '../actions/arrival.ts';
import { BottomBar } from '../bar/bottom-bar.tsx';
import { useFollowing, useSummons } from '../canvas/viewport.ts';
import { Details } from '../details/details.tsx';
import { Inspector } from '../inspector/inspector.tsx';
import { useMarkCommands } from '../marks/mark-commands.ts';
import { SideTabs } from '../marks/side-tabs.tsx';
import { prefetchEditor } from '../query/editor/lazy-editor.tsx';
import { PythonDialog } from '../query/python-dialog.tsx';
import { SliceBuilder } from '../slices/slice-builder.tsx';
import { useSliceCommands } from '../slices/slice-commands.ts';
import { ApiError, describeError } from '../state/api.ts';
import { BoardProvider } from '../state/context.tsx';
import { socketUrl, Workspace } from '../state/workspace.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Canvas } from './board-canvas.tsx';
import { useBoardCommands } from './commands/board-commands.ts';
import { useBoardKeys } from './commands/board-keys.ts';
import { Help } from './commands/help.tsx';
import { Palette } from './commands/palette.tsx';
import { QueryLine } from './commands/query-line.tsx';
import { DropImport } from './drop-import.tsx';
import { Header } from './header/header.tsx';
import { ShareDialog } from './header/share-dialog.tsx';
import { SnapshotDialog } from './header/snapshot-dialog.tsx';
import { CanvasSkeleton, Opening } from './opening.tsx';
import { SidePanel } from './side-panel.tsx';
import { Unsaved } from './unsaved.tsx';

export interface BoardPageProps extends DeepLink {
  readonly project: string;
  readonly board: string;
}

export function BoardPage({ project, board, ...link }: BoardPageProps) {
  const [open, setOpen] = useState<Workspace | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // A new number opens the board anew: after a refused change this page's document is ahead of the board.
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for another session
  useEffect(() => {
    let gone = false;
    let workspace: Workspace | null = null;
    setOpen(null);
    setFailure(null);
    Workspace.open(project, board, socketUrl(location.origin)).then(
      (opened) => {
        if (gone) return opened.destroy();
        workspace = opened;
        void opened.load();
        setOpen(opened);
      },
      (error) => !gone && setFailure(error),
    );
    return () => {
      gone = true;
      workspace?.destroy();
    };
  }, [project, board, round]);
  const reopen = () => setRound((n) => n + 1);
  if (failure !== null) return <CannotOpen project={project} error={failure} reopen={reopen} />;
  if (!open) return <Opening />;
  return (
    <BoardProvider board={open}>
      <ReactFlowProvider>
        <OpenBoard key={round} board={open} link={link} reopen={reopen} />
      </ReactFlowProvider>
    </BoardProvider>
  );
}

function OpenBoard({
  board,
  link,
  reopen,
}: {
  readonly board: Workspace;
  readonly link: DeepLink;
  reopen(): void;
}) {
  useBoardCommands(board);
  useSliceCommands(board);
  useMarkCommands(board);
  useBoardKeys(board);
  useFollowing(board);
  useSummons(board);
  useArrival(board, link);
  useEffect(prefetchEditor, []);
  const loaded = useStore(board.session.store, (s) => s.loaded);
  const ended = useStore(board.session.store, (s) => s.ended);
  const gone = useStore(board.session.store, (s) => s.gone);
  const refused = useStore(board.session.store, (s) => s.refused);
  return (
    <div className="flex h-dvh min-h-0 flex-col overflow-hidden">
      <Header />
      <Unsaved />
      {ended !== null ? (
        <ErrorNote
          className="rounded-none"
          action={
            gone ? (
              <Link className="text-accent underline" href={`/p/${board.slug}`}>
                Go to the project
              </Link>
            ) : (
              <Button size="sm" onClick={reopen}>
                Open again
              </Button>
            )
          }
        >
          {ended}
        </ErrorNote>
      ) : null}
      {refused !== null ? (
        <ErrorNote
          tone="warning"
          className="rounded-none"
          action={
            <Button size="sm" onClick={reopen}>
              Show the board as it is
            </Button>
          }
        >
          The server refused a change of yours: {refused}
        </ErrorNote>
      ) : null}
      <div className="flex min-h-0 flex-1">
        <SidePanel side="left" panel="inspector" label="Inspector">
          <Inspector />
        </SidePanel>
        <main className="relative min-w-0 flex-1">
          <QueryLine />
          {loaded ? <Canvas /> : <CanvasSkeleton />}
        </main>
        <SidePanel side="right" panel="details" label="Details">
          <SideTabs details={<Details />} />
        </SidePanel>
      </div>
      <BottomBar />
      <Palette />
      <Help />
      <ShareDialog />
      <SnapshotDialog />
      <SliceBuilder />
      <PythonDialog />
      <DropImport />
    </div>
  );
}

function CannotOpen({
  project,
  error,
  reopen,
}: {
  readonly project: string;
  readonly error: unknown;
  reopen(): void;
}) {
  const { code, message } = describeError(error);
  const signIn = error instanceof ApiError && code === 'unauthenticated';
  return (
    <main className="grid h-dvh place-items-center">
      <EmptyState
        whole
        title="This board cannot be opened"
        action={
          signIn ? (
            <Link
              className="text-accent underline"
              href={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}
            >
              Sign in
            </Link>
          ) : code === 'network' || code === 'malformed' || code === 'internal' ? (
            <Button onClick={reopen}>Try again</Button>
          ) : (
            <Link className="text-accent underline" href={`/p/${project}`}>
              Go to the project
            </Link>
          )
        }
      >
        {message}
      </EmptyState>
    </main>
  );
}
