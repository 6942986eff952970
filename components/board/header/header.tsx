'use client';
import { useReactFlow } from '@xyflow/react';
import { Camera, Command as CommandIcon, Share2, Users } from 'lucide-react';
import Link from 'next/link';
import { useStore } from 'zustand';
import { summon } from '../../canvas/viewport.ts';
import { AccountMenu } from '../../shell/account-menu.tsx';
import { useBoard, useMay } from '../../state/context.tsx';
import { people } from '../../state/session/presence.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { BoardBell } from './board-bell.tsx';
import { BoardTitle } from './board-title.tsx';
import { SaveMark } from './save-mark.tsx';

/** 44 px: where one is, whether it is saved, who is here, and what one does with the whole board. */
export function Header() {
  const board = useBoard();
  const flow = useReactFlow();
  const peers = useStore(board.session.presence.peers, (s) => s.list);
  const following = useStore(board.ui, (s) => s.following);
  const project = useStore(board.data.store, (s) => s.project);
  const me = useStore(board.session.store, (s) => s.user);
  const editable = useMay('edit');
  const here = people(peers).filter((peer) => peer.user.id !== me?.id);
  const followers = here.filter((peer) => peer.following === me?.id);
  const followed = here.find((peer) => peer.user.id === following);
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-b bg-surface px-3">
      <nav aria-label="Place" className="flex min-w-0 items-center gap-1.5 text-lg">
        <Link href={`/p/${board.slug}`} className="truncate text-muted hover:text-text">
          {project?.name ?? board.slug}
        </Link>
        <span aria-hidden className="text-faint">
          /
        </span>
        <BoardTitle />
      </nav>
      <SaveMark />
      <span className="flex-1" />
      {followed ? (
        <Button size="sm" onClick={() => board.show({ following: null })}>
          Following {followed.user.name}: stop
        </Button>
      ) : null}
      {followers.length > 0 ? (
        <span className="text-muted text-sm">
          {followers.length === 1
            ? `${followers[0]?.user.name} follows you`
            : `${followers.length} follow you`}
        </span>
      ) : null}
      <ul aria-label="People on this board" className="flex items-center gap-1">
        {here.map((peer) => (
          <li key={peer.user.id}>
            <button
              type="button"
              aria-label={
                following === peer.user.id ? `Stop following ${peer.user.name}` : `Follow ${peer.user.name}`
              }
              onClick={() => board.show({ following: following === peer.user.id ? null : peer.user.id })}
            >
              <Avatar
                name={peer.user.name}
                color={peer.user.color}
                ring={following === peer.user.id || peer.following === me?.id}
              />
            </button>
          </li>
        ))}
        {me ? (
          <li>
            <AccountMenu person={me} />
          </li>
        ) : null}
      </ul>
      <Menu
        label="Follow"
        align="end"
        items={[
          ...here.map((peer) => ({
            id: peer.user.id,
            label: peer.user.name,
            icon: <Avatar name={peer.user.name} color={peer.user.color} size={16} />,
            checked: following === peer.user.id,
            onSelect: () => board.show({ following: following === peer.user.id ? null : peer.user.id }),
          })),
          ...(here.length === 0
            ? [{ kind: 'heading' as const, id: 'alone', label: 'Nobody else is here' }]
            : []),
          { kind: 'separator' as const, id: 's' },
          {
            id: 'summon',
            label: 'Bring everyone here',
            icon: <Users />,
            disabled: here.length === 0,
            onSelect: () => summon(board, flow.getViewport()),
          },
        ]}
      >
        <Button size="sm" tone="ghost">
          <Users aria-hidden /> Follow
        </Button>
      </Menu>
      <Button size="sm" tone="ghost" onClick={() => board.show({ share: true })}>
        <Share2 aria-hidden /> Share
      </Button>
      <Button size="sm" tone="ghost" disabled={!editable} onClick={() => board.show({ snapshot: true })}>
        <Camera aria-hidden /> Snapshot
      </Button>
      <BoardBell />
      <IconButton
        size="sm"
        label="Command palette"
        shortcut="Mod+K"
        icon={<CommandIcon />}
        onClick={() => board.show({ palette: true })}
      />
    </header>
  );
}
