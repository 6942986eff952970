'use client';
import { Cloud, CloudAlert, CloudOff, CloudUpload } from 'lucide-react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';
import { saveWords } from '../state/save-state.ts';
import { Tooltip } from '../ui/tooltip.tsx';

const ICONS = {
  connecting: CloudUpload,
  saved: Cloud,
  saving: CloudUpload,
  offline: CloudOff,
  failing: CloudAlert,
} as const;
const HINTS = {
  connecting: 'Opening the board.',
  saved: 'Everything you did is stored on the server.',
  saving: 'The server has not yet confirmed your last changes.',
  offline:
    'The server cannot be reached. You can go on; changes are kept in this page and sent as soon as it can.',
  failing: 'The server cannot store changes at the moment. Keep this page open.',
} as const;

/** Rule S3: the save state, in words. */
export function SaveMark() {
  const save = useStore(useBoard().session.store, (s) => s.save);
  const Icon = ICONS[save.kind];
  const bad = save.kind === 'offline' || save.kind === 'failing';
  return (
    <Tooltip label={save.kind === 'failing' ? `${HINTS.failing} ${save.message}` : HINTS[save.kind]}>
      <span
        role="status"
        aria-label={`Save state: ${saveWords(save)}`}
        data-save={save.kind}
        className={`flex items-center gap-1 whitespace-nowrap text-sm ${bad ? 'text-warning' : 'text-faint'}`}
      >
        <Icon aria-hidden className="size-3.5" /> {saveWords(save)}
      </span>
    </Tooltip>
  );
}
