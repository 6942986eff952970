'use client';
import { Link2, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { createdInviteSchema, type Invite, inviteSchema } from '@/core/api/index.ts';
import type { Role } from '@/core/roles/index.ts';
import { act, describeError, path, request } from '../state/api.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Select } from '../ui/select.tsx';
import { CopyLine } from './copy-line.tsx';

const INVITED: readonly { value: Role; label: string }[] = [
  { value: 'viewer', label: 'Viewer: may look' },
  { value: 'commenter', label: 'Commenter: may comment' },
  { value: 'editor', label: 'Editor: may change boards' },
];
const LIFETIMES = [
  { value: '24', label: 'for a day' },
  { value: '168', label: 'for a week' },
  { value: '720', label: 'for a month' },
] as const;

/** Makes links to join a project by, lists those that work, takes them back. */
export function Invitations({ slug }: { readonly slug: string }) {
  const [invites, setInvites] = useState<readonly Invite[]>([]);
  const [role, setRole] = useState<Role>('commenter');
  const [hours, setHours] = useState<(typeof LIFETIMES)[number]['value']>('168');
  const [made, setMade] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    request('GET', path`projects/${slug}/invites`, z.array(inviteSchema)).then(setInvites, (e) =>
      setError(describeError(e).message),
    );
  }, [slug]);
  const attempt = async (task: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await task();
    } catch (e) {
      setError(describeError(e).message);
    } finally {
      setBusy(false);
    }
  };
  const create = () =>
    attempt(async () => {
      const answer = await request('POST', path`projects/${slug}/invites`, createdInviteSchema, {
        body: { role, expiresInHours: Number(hours) },
      });
      setInvites((all) => [answer.invite, ...all]);
      setMade(answer.url);
    });
  const now = new Date().toISOString();
  const live = invites.filter(
    ({ revokedAt, expiresAt, maxUses, uses }) =>
      revokedAt === null && expiresAt > now && (maxUses === null || uses < maxUses),
  );
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium text-muted text-sm">Invite others to the project</h3>
      <div className="flex gap-1">
        <Select
          label="Role"
          className="flex-1"
          value={role}
          options={INVITED}
          onChange={(next) => setRole(next)}
        />
        <Select
          label="How long the link works"
          value={hours}
          options={LIFETIMES}
          onChange={(next) => setHours(next)}
        />
        <Button tone="primary" busy={busy} onClick={() => void create()}>
          <Link2 aria-hidden /> Make a link
        </Button>
      </div>
      {error !== null ? <ErrorNote>{error}</ErrorNote> : null}
      {made !== null ? <CopyLine label="Invitation link: it is shown only now" text={made} /> : null}
      {live.length > 0 ? (
        <ul aria-label="Invitation links" className="flex flex-col gap-1">
          {live.map((invite) => (
            <li key={invite.id} className="flex items-center gap-2 text-sm">
              <span className="flex-1">
                {invite.role}, until {new Date(invite.expiresAt).toLocaleDateString()}, used {invite.uses}{' '}
                {invite.uses === 1 ? 'time' : 'times'}
              </span>
              <IconButton
                size="sm"
                label={`Take back the ${invite.role} link`}
                icon={<Trash2 />}
                onClick={() =>
                  void attempt(async () => {
                    await act('DELETE', path`projects/${slug}/invites/${invite.id}`);
                    setInvites((all) => all.filter((i) => i.id !== invite.id));
                  })
                }
              />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
