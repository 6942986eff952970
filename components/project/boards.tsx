'use client';
import { Copy, Ellipsis, LayoutDashboard, Pencil, Plus, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { act, describeError, path, problemOf, request } from '@/components/state/api.ts';
import {
  Button,
  Confirm,
  Dialog,
  EmptyState,
  Field,
  IconButton,
  Input,
  Menu,
  useToast,
} from '@/components/ui/index.ts';
import { type Board, boardSchema } from '@/core/api/index.ts';
import { may } from '@/core/roles/index.ts';
import { When } from '../ui/when.tsx';
import type { Home } from './home.ts';

export function Boards({ home, reload }: { readonly home: Home; reload(): void }) {
  const { slug, role } = home.project;
  const [renaming, setRenaming] = useState<Board | null>(null);
  const [deleting, setDeleting] = useState<Board | null>(null);
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const editor = may(role, 'edit');

  async function attempt(work: () => Promise<void>) {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toast.show({ title: 'That did not work', description: describeError(error).message, tone: 'fault' });
    } finally {
      setBusy(false);
    }
  }
  const create = () =>
    attempt(async () => {
      const board = await request('POST', path`projects/${slug}/boards`, boardSchema, {
        body: { title: 'Untitled board' },
      });
      window.location.assign(`/p/${slug}/boards/${board.id}`);
    });
  const add = editor && (
    <Button tone="primary" busy={busy} onClick={create}>
      <Plus />
      New board
    </Button>
  );
  if (home.boards.length === 0)
    return (
      <EmptyState
        icon={<LayoutDashboard />}
        className="rounded-md border bg-surface py-12"
        title="No board yet"
        action={add}
      >
        A board holds views and notes that everyone in the project sees and edits together.
      </EmptyState>
    );
  return (
    <>
      {add && <div className="mb-3 flex justify-end">{add}</div>}
      <ul aria-label="Boards" className="divide-y rounded-md border bg-surface">
        {home.boards.map((board) => (
          <li key={board.id} className="flex items-center gap-2 pr-2 hover:bg-hover">
            <Link
              href={`/p/${slug}/boards/${board.id}`}
              className="flex min-w-0 flex-1 items-center gap-3 px-4 py-3"
            >
              <LayoutDashboard aria-hidden className="size-4 shrink-0 text-faint" />
              <span className="min-w-0 flex-1 truncate font-medium">{board.title}</span>
              <span className="text-muted text-sm">
                changed <When time={board.updatedAt} />
              </span>
            </Link>
            {editor && (
              <Menu
                align="end"
                label={`Actions of ${board.title}`}
                items={[
                  { id: 'rename', label: 'Rename', icon: <Pencil />, onSelect: () => setRenaming(board) },
                  {
                    id: 'duplicate',
                    label: 'Duplicate',
                    icon: <Copy />,
                    onSelect: () =>
                      void attempt(async () => {
                        await request('POST', path`boards/${board.id}/duplicate`, boardSchema);
                        reload();
                      }),
                  },
                  ...(may(role, 'manage')
                    ? [
                        { kind: 'separator' as const, id: 'line' },
                        {
                          id: 'delete',
                          label: 'Delete',
                          icon: <Trash2 />,
                          danger: true,
                          onSelect: () => setDeleting(board),
                        },
                      ]
                    : []),
                ]}
              >
                <IconButton label={`Actions of ${board.title}`} icon={<Ellipsis />} />
              </Menu>
            )}
          </li>
        ))}
      </ul>
      {renaming && (
        <Rename
          key={renaming.id}
          board={renaming}
          onClose={() => setRenaming(null)}
          onRename={(title) =>
            attempt(async () => {
              await request('PATCH', path`boards/${renaming.id}`, boardSchema, { body: { title } });
              setRenaming(null);
              reload();
            })
          }
        />
      )}
      {deleting && (
        <Confirm
          title={`Delete ${deleting.title}?`}
          description="Its snapshots stay. People who have it open are told and sent away."
          action="Delete board"
          onClose={() => setDeleting(null)}
          onConfirm={() => problemOf(act('DELETE', path`boards/${deleting.id}`).then(reload))}
        />
      )}
    </>
  );
}

function Rename({
  board,
  onClose,
  onRename,
}: {
  readonly board: Board;
  onClose(): void;
  onRename(title: string): void;
}) {
  const [title, setTitle] = useState(board.title);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Rename board"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form="rename-board" disabled={!title.trim()}>
            Rename
          </Button>
        </>
      }
    >
      <form
        id="rename-board"
        onSubmit={(event) => {
          event.preventDefault();
          onRename(title.trim());
        }}
      >
        <Field label="Title">
          {(control) => (
            <Input {...control} autoFocus value={title} onChange={(event) => setTitle(event.target.value)} />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
