'use client';
import { Bell as BellIcon } from 'lucide-react';
import { type MouseEvent, useState } from 'react';
import { Ago } from '@/components/threads/ago.tsx';
import { Button, EmptyState, ErrorNote, IconButton, Popover, Skeleton } from '@/components/ui/index.ts';
import type { Notification } from '@/core/api/index.ts';
import { linkOf, useNotifications } from './notifications.ts';

export interface BellProps {
  /** Tells when there may be something new; kept for as long as the bell is shown. */
  listen?(reload: () => void): () => void;
  /** Shows the thread without leaving the page; false when this page cannot. */
  show?(notification: Notification): boolean;
}

/** Mentions of and replies to the person, from everywhere in the workspace (rule T3). */
export function Bell({ listen, show }: BellProps) {
  const { list, unread, error, load, markRead } = useNotifications(listen);
  const [open, setOpen] = useState(false);

  async function follow(event: MouseEvent, notification: Notification) {
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey;
    if (!elsewhere) event.preventDefault();
    if (elsewhere) return markRead([notification.id]);
    setOpen(false);
    const shown = show?.(notification) ?? false;
    // Before the page goes, or the request would go with it.
    if (notification.readAt === null) await markRead([notification.id]);
    if (!shown) window.location.assign(linkOf(notification));
  }
  return (
    <Popover
      label="Notifications"
      align="end"
      className="w-96 p-0"
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) load();
      }}
      trigger={
        <IconButton
          size="sm"
          label={unread > 0 ? `Notifications: ${unread} unread` : 'Notifications'}
          icon={
            <span className="relative">
              <BellIcon aria-hidden />
              {unread > 0 && (
                <span
                  aria-hidden
                  className="absolute -top-2 -right-2 min-w-3.5 rounded-full bg-accent px-0.5 text-center text-[10px] text-on-accent leading-3.5"
                >
                  {unread > 9 ? '9+' : unread}
                </span>
              )}
            </span>
          }
        />
      }
    >
      <div className="flex items-center justify-between gap-2 border-b px-3 py-2">
        <h2 className="font-semibold">Notifications</h2>
        {unread > 0 && (
          <Button
            size="sm"
            tone="ghost"
            onClick={() => void markRead((list ?? []).filter((n) => n.readAt === null).map((n) => n.id))}
          >
            Mark all as read
          </Button>
        )}
      </div>
      {error !== null && <ErrorNote className="m-2">{error}</ErrorNote>}
      {list === null && error === null && <Skeleton className="m-3 h-24" />}
      {list?.length === 0 && (
        <EmptyState title="Nothing yet" className="py-6">
          You are told here when somebody mentions you (@name) or answers in a thread of yours.
        </EmptyState>
      )}
      {list !== null && list.length > 0 && (
        <ul aria-label="Notifications" className="divide-y">
          {list.map((notification) => (
            <li key={notification.id}>
              <a
                href={linkOf(notification)}
                onClick={(event) => void follow(event, notification)}
                className="flex flex-col gap-0.5 px-3 py-2 hover:bg-hover"
              >
                <span className="flex items-baseline justify-between gap-2">
                  <span className={notification.readAt === null ? 'font-medium' : 'text-muted'}>
                    {notification.readAt === null && (
                      <>
                        <span
                          aria-hidden
                          className="mr-1.5 inline-block size-2 rounded-full bg-accent align-middle"
                        />
                        <span className="sr-only">Unread: </span>
                      </>
                    )}
                    {notification.author} {notification.kind === 'mention' ? 'mentioned you' : 'replied'}
                  </span>
                  <Ago time={notification.createdAt} />
                </span>
                <span className="line-clamp-2 break-words text-muted">{notification.excerpt}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  );
}
