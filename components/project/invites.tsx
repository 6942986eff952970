'use client';
import { Copy, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import { useLoad } from '@/components/shell/use-load.ts';
import { act, describeError, path, request } from '@/components/state/api.ts';
import { Button, Dialog, ErrorNote, Field, IconButton, Input, Select } from '@/components/ui/index.ts';
import { createdInviteSchema, inviteSchema } from '@/core/api/index.ts';
import { ROLES, type Role } from '@/core/roles/index.ts';
import type { Home } from './home.ts';
import { ROLE_MEANING } from './role-meaning.ts';
import { When } from './when.tsx';

const EXPIRY = [
  { value: '24', label: 'in a day' },
  { value: '168', label: 'in a week' },
  { value: '720', label: 'in 30 days' },
] as const;

/** Makes links to join by, and lists those that still work. */
export function Invites({ home, onClose }: { readonly home: Home; onClose(): void }) {
  const { slug } = home.project;
  const { data, reload } = useLoad(() =>
    request('GET', path`projects/${slug}/invites`, z.array(inviteSchema)),
  );
  const [role, setRole] = useState<Role>('editor');
  const [hours, setHours] = useState<string>('168');
  const [url, setUrl] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const names = new Map(home.members.map((member) => [member.id, member.name]));
  const live = (data ?? []).filter(
    (invite) =>
      !invite.revokedAt &&
      new Date(invite.expiresAt).getTime() > Date.now() &&
      (invite.maxUses === null || invite.uses < invite.maxUses),
  );

  async function attempt(work: () => Promise<void>) {
    try {
      await work();
      setError(null);
    } catch (problem) {
      setError(describeError(problem).message);
    }
    reload();
  }
  const create = () =>
    attempt(async () => {
      const made = await request('POST', path`projects/${slug}/invites`, createdInviteSchema, {
        body: { role, expiresInHours: Number(hours) },
      });
      setUrl(made.url);
      setCopied(false);
    });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Invite to ${home.project.name}`}
      description="Whoever opens the link joins with its role."
      footer={<Button onClick={onClose}>Done</Button>}
    >
      <div className="flex items-end gap-2">
        <Field label="Role" hint={ROLE_MEANING[role]} className="flex-1">
          {(control) => (
            <Select<Role>
              {...control}
              value={role}
              options={ROLES.filter((value) => value !== 'owner').map((value) => ({ value, label: value }))}
              onChange={setRole}
            />
          )}
        </Field>
        <Field label="Expires" hint=" " className="w-32">
          {(control) => <Select {...control} value={hours} options={EXPIRY} onChange={setHours} />}
        </Field>
        <Button tone="primary" className="mb-5" onClick={() => void create()}>
          Make link
        </Button>
      </div>
      {error && <ErrorNote className="mt-3">{error}</ErrorNote>}
      {url && (
        <div className="mt-3 flex gap-2">
          <Input
            mono
            readOnly
            aria-label="Invitation link"
            value={url}
            onFocus={(event) => event.target.select()}
          />
          <Button
            onClick={() =>
              void navigator.clipboard.writeText(url).then(
                () => setCopied(true),
                () => setError('The browser does not let this page copy. Select the link and copy it.'),
              )
            }
          >
            <Copy />
            {copied ? 'Copied' : 'Copy'}
          </Button>
        </div>
      )}
      {live.length > 0 && (
        <>
          <h3 className="mt-4 mb-1 font-medium text-muted text-sm">Links that work now</h3>
          <ul aria-label="Invitation links" className="divide-y border-y">
            {live.map((invite) => (
              <li key={invite.id} className="flex items-center gap-2 py-1">
                <span className="min-w-0 flex-1 truncate">
                  {invite.role}{' '}
                  <span className="text-muted">by {names.get(invite.createdBy) ?? 'a former member'}</span>
                </span>
                <span className="text-muted text-sm">
                  used {invite.uses} times, until <When time={invite.expiresAt} />
                </span>
                <IconButton
                  size="sm"
                  label={`Revoke ${invite.role} link`}
                  icon={<Trash2 />}
                  onClick={() =>
                    void attempt(() => act('DELETE', path`projects/${slug}/invites/${invite.id}`))
                  }
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
