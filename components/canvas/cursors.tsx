'use client';
import { useStore as useFlowStore, ViewportPortal } from '@xyflow/react';
import { MousePointer2 } from 'lucide-react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';
import { personColor } from '../ui/avatar.tsx';

/** Everyone else's pointer, in board points, the same size on screen at every zoom (rule B4). */
export function Cursors() {
  const peers = useStore(useBoard().session.presence.peers, (s) => s.list);
  const zoom = useFlowStore((s) => s.transform[2]);
  return (
    <ViewportPortal>
      {peers.map(({ clientId, user, cursor, laser }) =>
        cursor ? (
          <div
            key={clientId}
            data-cursor={user.id}
            className="pointer-events-none absolute top-0 left-0 z-50 origin-top-left transition-transform duration-75 ease-linear"
            style={{ transform: `translate(${cursor.x}px, ${cursor.y}px) scale(${1 / zoom})` }}
          >
            {laser ? (
              <span
                className="-translate-1/2 block size-4 rounded-full"
                style={{
                  background: personColor(user.color),
                  boxShadow: `0 0 12px 4px ${personColor(user.color)}`,
                }}
              />
            ) : (
              <MousePointer2
                aria-hidden
                className="size-4"
                fill={personColor(user.color)}
                color="var(--on-person)"
                strokeWidth={1}
              />
            )}
            <span
              className="ml-3 inline-block whitespace-nowrap rounded-sm px-1.5 text-on-person text-xs"
              style={{ background: personColor(user.color) }}
            >
              {user.name}
            </span>
          </div>
        ) : null,
      )}
    </ViewportPortal>
  );
}
