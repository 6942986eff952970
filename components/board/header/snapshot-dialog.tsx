'use client';
import Link from 'next/link';
import { useState } from 'react';
import { useStore } from 'zustand';
import { type Snapshot, snapshotSchema } from '@/core/api/index.ts';
import { everyResult, shownResults } from '../../actions/shown-results.ts';
import { describeError, path, request } from '../../state/api.ts';
import { useBoard } from '../../state/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field, Input, TextArea } from '../../ui/input.tsx';

/** Saves the investigation: the board, its threads and the results as they are shown now (rule H1). */
export function SnapshotDialog() {
  const board = useBoard();
  const open = useStore(board.ui, (s) => s.snapshot);
  return open ? <OpenSnapshotDialog /> : null;
}

function OpenSnapshotDialog() {
  const board = useBoard();
  const boardTitle = useStore(board.title, (s) => s.text);
  const list = useStore(board.session.items.store, (s) => s.list);
  const save = useStore(board.session.store, (s) => s.save.kind);
  const [title, setTitle] = useState(`${boardTitle}, ${new Date().toLocaleDateString()}`);
  const [summary, setSummary] = useState('');
  const [made, setMade] = useState<Snapshot | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  /** Views that were saved without numbers. */
  const [without, setWithout] = useState(0);
  const close = () => board.show({ snapshot: false });
  const shown = shownResults(board).ids();
  const views = list.filter((item) => item.kind === 'view');
  const missing = views.filter((view) => !(view.id in shown)).length;
  const take = async () => {
    setBusy(true);
    setError(null);
    try {
      const results = await everyResult(board);
      setWithout(views.filter((view) => !(view.id in results)).length);
      setMade(
        await request('POST', path`boards/${board.board.id}/snapshots`, snapshotSchema, {
          body: { title: title.trim(), summary, results },
        }),
      );
    } catch (e) {
      setError(describeError(e).message);
    } finally {
      setBusy(false);
    }
  };
  if (made)
    return (
      <Dialog open onOpenChange={close} title="The snapshot is saved">
        <p>
          <Link className="text-accent underline" href={`/p/${board.slug}/snapshots/${made.id}`}>
            {made.title}
          </Link>{' '}
          opens exactly as the board is now, with the numbers that are shown.
        </p>
        {without > 0 ? (
          <ErrorNote tone="warning" className="mt-3">
            {without} of {views.length} views could not be computed; they are saved without numbers.
          </ErrorNote>
        ) : null}
      </Dialog>
    );
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Take a snapshot"
      description="The board, its threads and the numbers shown now are kept for good."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            tone="primary"
            busy={busy}
            disabled={title.trim() === '' || save !== 'saved'}
            onClick={() => void take()}
          >
            Save the snapshot
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void take();
        }}
      >
        <Field label="Title">
          {(control) => (
            <Input
              {...control}
              maxLength={200}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        <Field label="Summary" hint="What was found, in a few sentences. Markdown works.">
          {(control) => (
            <TextArea
              {...control}
              rows={5}
              maxLength={10_000}
              value={summary}
              onChange={(event) => setSummary(event.target.value)}
            />
          )}
        </Field>
        {save !== 'saved' ? (
          <ErrorNote tone="warning">
            Some changes are not saved yet. Wait until the board says “saved”.
          </ErrorNote>
        ) : null}
        {missing > 0 ? (
          <ErrorNote tone="info">
            {missing} of {views.length} views were not on screen yet. They are computed first, so saving may
            take a while.
          </ErrorNote>
        ) : null}
        {error !== null ? <ErrorNote>{error}</ErrorNote> : null}
      </form>
    </Dialog>
  );
}
