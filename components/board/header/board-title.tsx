'use client';
import { useState } from 'react';
import { useStore } from 'zustand';
import { act, describeError, path } from '../../state/api.ts';
import { useBoard, useMay } from '../../state/context.tsx';
import { isComposing } from '../../ui/composing.ts';
import { Input } from '../../ui/input.tsx';
import { useToast } from '../../ui/toast.tsx';

export function BoardTitle() {
  const board = useBoard();
  const editable = useMay('edit');
  const title = useStore(board.title, (s) => s.text);
  const toast = useToast();
  const [draft, setDraft] = useState<string | null>(null);
  const keep = async () => {
    const next = draft?.trim() ?? '';
    setDraft(null);
    if (next === '' || next === title) return;
    board.title.setState({ text: next });
    try {
      await act('PATCH', path`boards/${board.board.id}`, { body: { title: next } });
    } catch (error) {
      board.title.setState({ text: title });
      toast.show({
        title: 'The title was not saved',
        description: describeError(error).message,
        tone: 'fault',
      });
    }
  };
  if (draft !== null)
    return (
      <Input
        aria-label="Board title"
        autoFocus
        className="h-7 w-64"
        maxLength={200}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => void keep()}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (isComposing(event)) return;
          if (event.key === 'Enter') void keep();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
    );
  return (
    <h1 className="truncate font-semibold text-lg">
      {editable ? (
        <button type="button" title="Rename" className="max-w-80 truncate" onClick={() => setDraft(title)}>
          {title}
        </button>
      ) : (
        title
      )}
    </h1>
  );
}
