'use client';
/** The board's commands: what the palette lists, the keyboard presses and help shows. */
import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { canvasCentre } from '../../actions/place.ts';
import { cancelFrames } from '../../canvas/dragging.ts';
import { summon } from '../../canvas/viewport.ts';
import type { Command } from '../../state/commands.ts';
import { useMay } from '../../state/context.tsx';
import { type Alignment, bounds, GRID, MIN_SIZE } from '../../state/edits/geometry.ts';
import { TOOLS } from '../../state/questions/tools.ts';
import type { Workspace } from '../../state/workspace.ts';

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as const;
const ALIGNMENTS: readonly (readonly [Alignment, string, string])[] = [
  ['left', 'Align left edges', 'Alt+A'],
  ['right', 'Align right edges', 'Alt+D'],
  ['top', 'Align top edges', 'Alt+W'],
  ['bottom', 'Align bottom edges', 'Alt+S'],
  ['centre', 'Align centres', 'Alt+H'],
  ['middle', 'Align middles', 'Alt+V'],
];

export function useBoardCommands(board: Workspace): void {
  const flow = useReactFlow();
  const editable = useMay('edit');
  const mayComment = useMay('comment');
  useEffect(() => {
    const some = () => board.selection.current.items.length > 0;
    const several = (n: number) => () => editable && board.selection.current.items.length >= n;
    const ids = () => board.selection.current.items;
    const can = () => editable;
    const byId = () => board.session.items.store.getState().byId;
    const only = () => {
      const [id] = ids();
      return ids().length === 1 && id !== undefined ? (byId().get(id) ?? null) : null;
    };
    const look = (chosen: readonly string[]) => {
      const around = bounds(chosen.flatMap((id) => byId().get(id)?.frame ?? []));
      if (around)
        void flow.fitBounds(
          { x: around.x, y: around.y, width: around.w, height: around.h },
          { padding: 0.1, duration: 250 },
        );
    };
    const commands: Command[] = [
      {
        id: 'palette',
        group: 'Help',
        label: 'Open the command palette',
        keys: ['Mod+K'],
        run: () => board.show({ palette: true }),
      },
      {
        id: 'help',
        group: 'Help',
        label: 'Show keys and gestures',
        keys: ['?'],
        run: () => board.show({ help: true }),
      },
      {
        id: 'query',
        group: 'Views',
        label: 'Write a query',
        keys: ['/'],
        enabled: can,
        run: () => board.show({ queryLine: { text: '' } }),
      },
      {
        id: 'note',
        group: 'Views',
        label: 'Add a note',
        keys: ['N'],
        enabled: can,
        run: () => {
          const id = board.edits.addNote(canvasCentre(flow));
          if (id !== null) board.selection.select({ items: [id] });
          board.show({ editing: id });
        },
      },
      {
        id: 'open',
        group: 'Edit',
        label: 'Edit the query or the note',
        keys: ['Enter', 'F2'],
        enabled: () => editable && only() !== null && !only()?.locked,
        run: () => {
          const item = only();
          if (item?.kind === 'view') board.openQuery(item.id);
          if (item?.kind === 'note') board.show({ editing: item.id });
        },
      },
      {
        id: 'undo',
        group: 'Edit',
        label: 'Undo',
        keys: ['Mod+Z'],
        enabled: can,
        run: () => board.edits.undo(),
      },
      {
        id: 'redo',
        group: 'Edit',
        label: 'Redo',
        keys: ['Mod+Shift+Z', 'Mod+Y'],
        enabled: can,
        run: () => board.edits.redo(),
      },
      {
        id: 'all',
        group: 'Edit',
        label: 'Select everything',
        keys: ['Mod+A'],
        run: () => board.selection.select({ items: [...byId().keys()] }),
      },
      {
        id: 'duplicate',
        group: 'Edit',
        label: 'Duplicate',
        keys: ['Mod+D'],
        enabled: several(1),
        run: () => board.selection.select({ items: board.edits.duplicate(ids()) }),
      },
      {
        id: 'remove',
        group: 'Edit',
        label: 'Remove',
        keys: ['Delete', 'Backspace'],
        enabled: several(1),
        run: () => {
          board.edits.remove(ids());
          board.selection.select({ items: ids().filter((id) => byId().has(id)) });
        },
      },
      {
        id: 'lock',
        group: 'Arrange',
        label: 'Lock or unlock',
        keys: ['Shift+L'],
        enabled: several(1),
        run: () => board.edits.setLocked(ids(), !ids().every((id) => byId().get(id)?.locked)),
      },
      {
        id: 'group',
        group: 'Arrange',
        label: 'Group',
        keys: ['Mod+G'],
        enabled: several(2),
        run: () => board.edits.group(ids()),
      },
      {
        id: 'ungroup',
        group: 'Arrange',
        label: 'Ungroup',
        keys: ['Mod+Shift+G'],
        enabled: several(1),
        run: () => board.edits.ungroup(ids()),
      },
      {
        id: 'front',
        group: 'Arrange',
        label: 'Bring to front',
        keys: [']'],
        enabled: several(1),
        run: () => board.edits.restack(ids(), 'front'),
      },
      {
        id: 'back',
        group: 'Arrange',
        label: 'Send to back',
        keys: ['['],
        enabled: several(1),
        run: () => board.edits.restack(ids(), 'back'),
      },
      ...ALIGNMENTS.map(([how, label, key]) => ({
        id: `align-${how}`,
        group: 'Arrange' as const,
        label,
        keys: [key],
        enabled: several(2),
        run: () => board.edits.align(ids(), how),
      })),
      {
        id: 'distribute-x',
        group: 'Arrange',
        label: 'Distribute across',
        keys: ['Alt+Shift+H'],
        enabled: several(3),
        run: () => board.edits.distribute(ids(), 'x'),
      },
      {
        id: 'distribute-y',
        group: 'Arrange',
        label: 'Distribute down',
        keys: ['Alt+Shift+V'],
        enabled: several(3),
        run: () => board.edits.distribute(ids(), 'y'),
      },
      ...Object.entries(ARROWS).flatMap(([arrow, [dx, dy]]): Command[] => [
        {
          id: `move-${arrow}`,
          group: 'Arrange',
          label: `Move by ${GRID}: ${arrow}`,
          keys: [arrow],
          enabled: several(1),
          run: () => board.edits.nudge(ids(), dx * GRID, dy * GRID),
        },
        {
          id: `jump-${arrow}`,
          group: 'Arrange',
          label: `Move by ${GRID * 8}: ${arrow}`,
          keys: [`Shift+${arrow}`],
          enabled: several(1),
          run: () => board.edits.nudge(ids(), dx * GRID * 8, dy * GRID * 8),
        },
        {
          id: `size-${arrow}`,
          group: 'Arrange',
          label: `Resize by ${GRID * 4}: ${arrow}`,
          keys: [`Alt+${arrow}`],
          enabled: several(1),
          run: () =>
            board.edits.move(
              Object.fromEntries(
                ids().flatMap((id) => {
                  const frame = byId().get(id)?.frame;
                  if (!frame) return [];
                  const w = Math.max(MIN_SIZE.w, frame.w + dx * GRID * 4);
                  const h = Math.max(MIN_SIZE.h, frame.h + dy * GRID * 4);
                  return [[id, { ...frame, w, h }]];
                }),
              ),
            ),
        },
      ]),
      {
        id: 'fit',
        group: 'Look',
        label: 'Zoom to fit everything',
        keys: ['Shift+1'],
        run: () => look([...byId().keys()]),
      },
      {
        id: 'fit-selection',
        group: 'Look',
        label: 'Zoom to the selection',
        keys: ['Shift+2'],
        enabled: some,
        run: () => look(ids()),
      },
      {
        id: 'zoom-100',
        group: 'Look',
        label: 'Zoom to 100 %',
        keys: ['Shift+0'],
        run: () => void flow.zoomTo(1, { duration: 150 }),
      },
      {
        id: 'zoom-in',
        group: 'Look',
        label: 'Zoom in',
        keys: ['+', '='],
        run: () => void flow.zoomIn({ duration: 150 }),
      },
      {
        id: 'zoom-out',
        group: 'Look',
        label: 'Zoom out',
        keys: ['-'],
        run: () => void flow.zoomOut({ duration: 150 }),
      },
      {
        id: 'inspector',
        group: 'Look',
        label: 'Show or hide the inspector',
        keys: ['Mod+B'],
        run: () => toggle(board, 'inspector'),
      },
      {
        id: 'details',
        group: 'Look',
        label: 'Show or hide the details',
        keys: ['Mod+I'],
        run: () => toggle(board, 'details'),
      },
      {
        id: 'summon',
        group: 'People',
        label: 'Bring everyone here',
        keys: ['Shift+F'],
        run: () => summon(board, flow.getViewport()),
      },
      {
        id: 'laser',
        group: 'People',
        label: 'Laser pointer on or off',
        keys: ['L'],
        run: () => board.show({ laser: !board.ui.getState().laser }),
      },
      {
        id: 'comment',
        group: 'People',
        label: 'Comment on what is selected',
        keys: ['C'],
        enabled: () => mayComment,
        run: () => {
          const { items, units, layer, examples } = board.selection.current;
          const place = units[0] ?? layer ?? examples[0];
          const [item] = items;
          if (place) board.threads.draft({ kind: 'address', address: place });
          else if (item) board.threads.draft({ kind: 'view', boardId: board.board.id, viewId: item });
          else return;
          board.show({ layout: { ...board.ui.getState().layout, details: true } });
        },
      },
      { id: 'share', group: 'People', label: 'Share this board', run: () => board.show({ share: true }) },
      {
        id: 'snapshot',
        group: 'People',
        label: 'Take a snapshot',
        enabled: can,
        run: () => board.show({ snapshot: true }),
      },
      ...TOOLS.map((tool) => ({
        id: `tool-${tool.id}`,
        group: 'Tools' as const,
        label: `Take the tool: ${tool.label}`,
        enabled: can,
        run: () => board.selection.arm(tool.id),
      })),
      { id: 'calm', group: 'Look', label: 'One step back', keys: ['Escape'], run: () => stepBack(board) },
    ];
    return board.commands.add(commands);
  }, [board, flow, editable, mayComment]);
}

function toggle(board: Workspace, panel: 'inspector' | 'details'): void {
  const { layout } = board.ui.getState();
  board.show({ layout: { ...layout, [panel]: !layout[panel] } });
}

/** Esc: whatever is the least calm ends. */
export function stepBack(board: Workspace): void {
  const { marking, queryLine, writing, editing, laser, following } = board.ui.getState();
  const { open, draft } = board.threads.store.getState();
  if (Object.keys(board.frames.getState().frames).length > 0) cancelFrames(board);
  else if (marking !== null) board.show({ marking: null });
  else if (queryLine !== null) board.show({ queryLine: null });
  else if (writing !== null) board.closeQuery(writing);
  else if (editing !== null) board.show({ editing: null });
  else if (laser) board.show({ laser: false });
  else if (following !== null) board.show({ following: null });
  else if (draft !== null) board.threads.draft(null);
  else if (open !== null) board.threads.open(null);
  else board.selection.back();
}
