'use client';
import { useStore } from 'zustand';
import { useBoard } from '../../state/context.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';

const BY_KEYBOARD = [
  ['Reach an item, select it', 'Tab, then Enter'],
  ['Move the selection', 'arrow keys'],
  ['Move it farther', 'Shift with arrow keys'],
  ['Resize it', 'Alt with arrow keys'],
] as const;
const IN_A_QUERY = [
  ['Run it', 'Enter'],
  ['Take the first offer', 'Tab'],
  ['Begin another line', 'Shift+Enter'],
  ['Format it', 'Ctrl or Command, Shift+F'],
  ['What was run before', 'Up in an empty query, Alt+Up'],
] as const;
const MOUSE = [
  ['Pan', 'scroll, or drag with Space or the middle button'],
  ['Zoom', 'Ctrl or Command with scroll, or pinch'],
  ['Select several', 'drag over them, or click with Shift'],
  ['Move freely, without snapping', 'hold Alt while dragging'],
  ['Add a model or a data set', 'drop its file on the window'],
] as const;

/** Every command that has a key, from the one list of commands. */
export function Help() {
  const board = useBoard();
  const open = useStore(board.ui, (s) => s.help);
  const commands = useStore(board.commands.store, (s) => s.commands);
  // The twelve arrow commands are three rows below.
  const keyed = commands.filter((command) => command.keys && !command.keys.some((key) => /Arrow/.test(key)));
  const groups = [...new Set(keyed.map((command) => command.group))];
  return (
    <Dialog wide open={open} onOpenChange={(help) => board.show({ help })} title="Keys and gestures">
      <p className="mb-3 text-muted text-sm">
        <Kbd>Esc</Kbd> always goes one step back.
      </p>
      <div className="columns-2 gap-6">
        {groups.map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 font-semibold text-sm">{group}</h3>
            <dl>
              {keyed
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id} className="flex justify-between gap-2 py-0.5 text-sm">
                    <dt>{command.label}</dt>
                    <dd className="flex gap-1">
                      {command.keys?.map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <Gestures title="Items by keyboard" rows={BY_KEYBOARD} />
        <Gestures title="In a query" rows={IN_A_QUERY} />
        <Gestures title="Mouse" rows={MOUSE} />
      </div>
    </Dialog>
  );
}

function Gestures({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly (readonly [what: string, how: string])[];
}) {
  return (
    <section className="mb-4 break-inside-avoid">
      <h3 className="mb-1 font-semibold text-sm">{title}</h3>
      <dl>
        {rows.map(([what, how]) => (
          <div key={what} className="flex justify-between gap-2 py-0.5 text-sm">
            <dt>{what}</dt>
            <dd className="text-right text-muted">{how}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
