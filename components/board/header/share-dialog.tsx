'use client';
import { useStore } from 'zustand';
import { CopyLine } from '../../invite/copy-line.tsx';
import { Invitations } from '../../invite/invitations.tsx';
import { useBoard, useMay } from '../../state/context.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** Links with a role that expire and can be taken back; the board's own address for members. */
export function ShareDialog() {
  const board = useBoard();
  const open = useStore(board.ui, (s) => s.share);
  return (
    <Dialog
      open={open}
      onOpenChange={(share) => board.show({ share })}
      title="Share"
      description="Members open the board by its address. Others join the project by an invitation."
    >
      {open ? <Sharing /> : null}
    </Dialog>
  );
}

function Sharing() {
  const board = useBoard();
  const manages = useMay('manage');
  const members = useStore(board.data.store, (s) => s.members);
  return (
    <div className="flex flex-col gap-4">
      <CopyLine label="Address of this board" text={location.origin + location.pathname} />
      {manages ? (
        <Invitations slug={board.slug} />
      ) : (
        <p className="text-muted text-sm">An owner of the project can invite others.</p>
      )}
      <section>
        <h3 className="mb-1 font-medium text-muted text-sm">Members</h3>
        <ul className="flex flex-col gap-1">
          {members.map((member) => (
            <li key={member.id} className="flex items-center gap-2">
              <Avatar name={member.name} color={member.color} size={20} />
              <span className="flex-1 truncate">{member.name}</span>
              <Badge>{member.role}</Badge>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
