'use client';
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  Group,
  Ungroup,
} from 'lucide-react';
import { useBoard, useMay } from '../state/context.tsx';
import { IconButton } from '../ui/button.tsx';

const ARRANGE = [
  ['align-left', 'Align left edges', AlignStartVertical],
  ['align-centre', 'Align centres', AlignCenterVertical],
  ['align-right', 'Align right edges', AlignEndVertical],
  ['align-top', 'Align top edges', AlignStartHorizontal],
  ['align-middle', 'Align middles', AlignCenterHorizontal],
  ['align-bottom', 'Align bottom edges', AlignEndHorizontal],
  ['distribute-x', 'Distribute across', AlignHorizontalDistributeCenter],
  ['distribute-y', 'Distribute down', AlignVerticalDistributeCenter],
  ['group', 'Group', Group],
  ['ungroup', 'Ungroup', Ungroup],
] as const;

/** What is done with several items at once; the same commands as in the palette. */
export function SeveralItems({ ids }: { readonly ids: readonly string[] }) {
  const board = useBoard();
  const editable = useMay('edit');
  return (
    <section aria-label="Selected items" className="flex flex-col gap-2">
      <h3 className="font-semibold">{ids.length} items</h3>
      <div className="flex flex-wrap gap-1">
        {ARRANGE.map(([command, label, Icon]) => (
          <IconButton
            key={command}
            size="sm"
            label={label}
            icon={<Icon />}
            disabled={!editable || (command.startsWith('distribute') && ids.length < 3)}
            onClick={() => board.commands.run(command)}
          />
        ))}
      </div>
    </section>
  );
}
