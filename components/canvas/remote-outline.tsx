'use client';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useBoard } from '../state/context.tsx';
import { people } from '../state/session/presence.ts';
import { personColor } from '../ui/avatar.tsx';

/** Who else has this item selected (rule B4). */
export function RemoteOutline({ id }: { readonly id: string }) {
  const holders = useStore(
    useBoard().session.presence.peers,
    useShallow((s) =>
      people(s.list)
        .filter((p) => p.selection?.items.includes(id))
        .flatMap((p) => [p.user.name, p.user.color]),
    ),
  );
  const [name, color] = holders;
  if (typeof name !== 'string' || typeof color !== 'number') return null;
  return (
    <div
      className="pointer-events-none absolute -inset-0.5 rounded-md border-2"
      style={{ borderColor: personColor(color) }}
    >
      <span
        className="-top-4 absolute right-0 rounded-t-sm px-1 text-on-person text-xs"
        style={{ background: personColor(color) }}
      >
        {holders.length > 2 ? `${name} and ${holders.length / 2 - 1} more` : name}
      </span>
    </div>
  );
}
