'use client';
import { useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorNote } from './error-note.tsx';

export interface ConfirmProps {
  /** The question: "Delete digits-cnn?". */
  readonly title: string;
  /** What goes with it, and what stays. */
  readonly description: string;
  /** Words of the button that does it. */
  readonly action: string;
  readonly keep?: string;
  onClose(): void;
  /** Resolves with what went wrong, or null when it is done; then the dialog closes. */
  onConfirm(): Promise<string | null>;
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, description, action, keep = 'Keep it', onClose, onConfirm }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  async function confirm() {
    setBusy(true);
    const problem = await onConfirm();
    setBusy(false);
    setError(problem);
    if (problem === null) onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>{keep}</Button>
          <Button tone="danger" busy={busy} onClick={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    >
      {error && <ErrorNote>{error}</ErrorNote>}
    </Dialog>
  );
}
