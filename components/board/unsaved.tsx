'use client';
/** What becomes of changes that are not saved yet: a question before leaving, and a word when they were sent later. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';
import { useToast } from '../ui/toast.tsx';

export function Unsaved() {
  const { store, removedTexts } = useBoard().session;
  const recovered = useStore(store, (s) => s.recovered);
  const toast = useToast();
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      const { save } = store.getState();
      const unsaved = save.kind === 'offline' ? save.kept : 'pending' in save ? save.pending : 0;
      // A text that is offered back lives on this page only.
      if (unsaved > 0 || removedTexts.store.getState().removed.length > 0) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [store, removedTexts]);
  useEffect(() => {
    if (recovered > 0)
      toast.show({
        title:
          recovered === 1
            ? 'A change that you made before, and that was not saved, was sent now'
            : `${recovered} changes that you made before, and that were not saved, were sent now`,
      });
  }, [recovered, toast]);
  return null;
}
