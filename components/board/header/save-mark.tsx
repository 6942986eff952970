'use client';
import { Cloud, CloudAlert, CloudOff, CloudUpload } from 'lucide-react';
import { useStore } from 'zustand';
import { useBoard } from '../../state/context.tsx';
import { saveWords } from '../../state/session/save-state.ts';
import { Tooltip } from '../../ui/tooltip.tsx';

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
    'The server cannot be reached. You can go on: changes are kept in this browser, also when you close the page, and sent when the board is open again and the server there.',
  failing: 'The server cannot store changes at the moment. Keep this page open.',
} as const;

/** Where the browser has no database to keep them in. */
const ONLY_HERE =
  'The server cannot be reached. You can go on; changes are kept in this page only, so leave it open until they are sent.';

/** Rule S3: the save state, in words. */
export function SaveMark() {
  const { store } = useBoard().session;
  const save = useStore(store, (s) => s.save);
  const keeps = useStore(store, (s) => s.keeps);
  const Icon = ICONS[save.kind];
  const bad = save.kind === 'offline' || save.kind === 'failing';
  const hint = save.kind === 'offline' && !keeps ? ONLY_HERE : HINTS[save.kind];
  return (
    <Tooltip label={save.kind === 'failing' ? `${hint} ${save.message}` : hint}>
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
