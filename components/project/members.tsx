'use client';
import { Link2, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { Invitations } from '@/components/invite/invitations.tsx';
import { act, describeError, path, problemOf } from '@/components/state/api.ts';
import {
  Avatar,
  Badge,
  Button,
  Confirm,
  Dialog,
  IconButton,
  Select,
  useToast,
} from '@/components/ui/index.ts';
import type { Member } from '@/core/api/index.ts';
import { may, ROLES } from '@/core/roles/index.ts';
import { When } from '../ui/when.tsx';
import type { Home } from './home.ts';
import { ROLE_MEANING } from './role-meaning.ts';

export function Members({ home, reload }: { readonly home: Home; reload(): void }) {
  const { slug, role } = home.project;
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);
  const toast = useToast();
  const manager = may(role, 'manage');

  async function attempt(work: Promise<void>) {
    try {
      await work;
    } catch (error) {
      toast.show({ title: 'That did not work', description: describeError(error).message, tone: 'fault' });
    }
    reload();
  }
  return (
    <>
      {manager && (
        <div className="mb-3 flex justify-end">
          <Button tone="primary" onClick={() => setInviting(true)}>
            <Link2 />
            Invite
          </Button>
        </div>
      )}
      <ul aria-label="Members" className="divide-y rounded-md border bg-surface">
        {home.members.map((member) => (
          <li key={member.id} className="flex items-center gap-3 px-4 py-2">
            <Avatar name={member.name} color={member.color} size={28} />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">
                {member.name}
                {member.id === home.me.user.id && <span className="font-normal text-muted"> (you)</span>}
              </p>
              <p className="truncate text-muted text-sm">{member.email}</p>
            </div>
            <span className="text-muted text-sm">
              joined <When time={member.joinedAt} />
            </span>
            {manager ? (
              <>
                <Select
                  label={`Role of ${member.name}`}
                  value={member.role}
                  options={ROLES.map((value) => ({ value, label: value }))}
                  onChange={(value) =>
                    void attempt(
                      act('PATCH', path`projects/${slug}/members/${member.id}`, { body: { role: value } }),
                    )
                  }
                  className="w-32"
                />
                <IconButton
                  label={`Remove ${member.name}`}
                  icon={<UserMinus />}
                  disabled={member.id === home.me.user.id}
                  onClick={() => setRemoving(member)}
                />
              </>
            ) : (
              <Badge title={ROLE_MEANING[member.role]}>{member.role}</Badge>
            )}
          </li>
        ))}
      </ul>
      <Dialog
        open={inviting}
        onOpenChange={setInviting}
        title={`Invite to ${home.project.name}`}
        description="Whoever opens the link joins with its role."
      >
        <Invitations slug={slug} />
      </Dialog>
      {removing && (
        <Confirm
          title={`Remove ${removing.name}?`}
          description="They lose access at once, on boards that are open as well. What they wrote stays."
          action="Remove"
          keep="Cancel"
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            problemOf(act('DELETE', path`projects/${slug}/members/${removing.id}`).then(reload))
          }
        />
      )}
    </>
  );
}
