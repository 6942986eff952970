'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OpenSnapshot, restoredSchema } from '@/core/api/index.ts';
import { describeError, path, request } from '../state/api.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote } from '../ui/error-note.tsx';

/** A forward change of the board (rule H3): what it is now is saved first. */
export function RestoreDialog({ snapshot, onClose }: { readonly snapshot: OpenSnapshot; onClose(): void }) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const restore = async () => {
    setBusy(true);
    setError(null);
    try {
      const { board } = await request('POST', path`snapshots/${snapshot.id}/restore`, restoredSchema);
      router.push(`/p/${snapshot.project}/boards/${board}`);
    } catch (e) {
      setError(describeError(e).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Restore ${snapshot.boardTitle}`}
      description="The board becomes what it was in this snapshot, for everyone who has it open. What it is now is kept as a snapshot first; threads stay."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" busy={busy} onClick={() => void restore()}>
            Restore the board
          </Button>
        </>
      }
    >
      {error !== null ? <ErrorNote>{error}</ErrorNote> : null}
    </Dialog>
  );
}
