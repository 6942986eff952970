'use client';
import { EllipsisVertical, Pencil, SmilePlus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Comment } from '@/core/api/index.ts';
import { describeError } from '../state/api.ts';
import { useProject } from '../state/context.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { useToast } from '../ui/toast.tsx';
import { Ago } from './ago.tsx';
import { CommentText } from './comment-text.tsx';
import { Composer } from './composer.tsx';

const EMOJI = ['👍', '👎', '🎯', '🤔', '🎉', '👀'] as const;

export interface CommentItemProps {
  readonly thread: string;
  readonly comment: Comment;
  /** This person's id; null when unknown. */
  readonly me: string | null;
  /** False in a snapshot, and for viewers. */
  readonly active: boolean;
}

export function CommentItem({ thread, comment, me, active }: CommentItemProps) {
  const { threads } = useProject();
  const toast = useToast();
  const [editing, setEditing] = useState(false);
  const own = me !== null && comment.author.id === me;
  const attempt = (task: Promise<void>) =>
    task.catch((error) =>
      toast.show({ title: 'That was not saved', description: describeError(error).message, tone: 'fault' }),
    );
  if (comment.deleted) return <li className="text-faint text-sm">{comment.author.name} deleted a comment</li>;
  return (
    <li className="group flex flex-col gap-1">
      <div className="flex items-center gap-1.5">
        <Avatar name={comment.author.name} color={comment.author.color} size={20} />
        <span className="truncate font-medium">{comment.author.name}</span>
        <Ago time={comment.createdAt} />
        {comment.editedAt !== null ? <span className="text-faint text-xs">edited</span> : null}
        <span className="flex-1" />
        {active ? (
          <Menu
            label="React"
            align="end"
            items={EMOJI.map((emoji) => ({
              id: emoji,
              label: emoji,
              onSelect: () =>
                void attempt(threads.react(thread, comment.id, emoji, !hasReacted(comment, emoji, me))),
            }))}
          >
            <IconButton size="sm" label="React" icon={<SmilePlus />} />
          </Menu>
        ) : null}
        {active && own ? (
          <Menu
            label="Comment"
            align="end"
            items={[
              { id: 'edit', label: 'Edit', icon: <Pencil />, onSelect: () => setEditing(true) },
              {
                id: 'delete',
                label: 'Delete',
                icon: <Trash2 />,
                danger: true,
                onSelect: () => void attempt(threads.remove(thread, comment.id)),
              },
            ]}
          >
            <IconButton size="sm" label="Edit or delete this comment" icon={<EllipsisVertical />} />
          </Menu>
        ) : null}
      </div>
      {editing ? (
        <Composer
          label="Edit the comment"
          button="Save"
          first={comment.body}
          autoFocus
          send={async (body) => {
            await threads.edit(thread, comment.id, body);
            setEditing(false);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <CommentText body={comment.body} />
      )}
      {comment.reactions.length > 0 ? (
        <div className="flex flex-wrap gap-1">
          {comment.reactions.map(({ emoji, users }) => {
            const mine = me !== null && users.includes(me);
            return (
              <button
                key={emoji}
                type="button"
                disabled={!active}
                aria-pressed={mine}
                aria-label={`${emoji}, ${users.length}`}
                className={`h-5 rounded-sm border px-1 text-xs ${mine ? 'border-accent bg-accent-soft' : ''}`}
                onClick={() => void attempt(threads.react(thread, comment.id, emoji, !mine))}
              >
                {emoji} {users.length}
              </button>
            );
          })}
        </div>
      ) : null}
    </li>
  );
}

function hasReacted(comment: Comment, emoji: string, me: string | null): boolean {
  return me !== null && (comment.reactions.find((r) => r.emoji === emoji)?.users.includes(me) ?? false);
}
