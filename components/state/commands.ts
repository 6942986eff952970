/** Commands: one list for the palette, the keyboard and help, so that nothing can be done in one way only. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Command {
  readonly id: string;
  /** Sentence case verb: "Align left edges". */
  readonly label: string;
  readonly group: 'Views' | 'Arrange' | 'Edit' | 'Look' | 'People' | 'Tools' | 'Go to' | 'Help';
  /** As written in help: "Mod+K", "Shift+1", "Delete". */
  readonly keys?: readonly string[];
  readonly enabled?: () => boolean;
  readonly run: () => void;
}

export class CommandRegistry {
  readonly store: StoreApi<{ readonly commands: readonly Command[] }> = createStore(() => ({ commands: [] }));

  /** A command with a known id replaces it. Returns how to take them away again. */
  add(commands: readonly Command[]): () => void {
    const ids = new Set(commands.map((c) => c.id));
    this.store.setState((state) => ({
      commands: [...state.commands.filter((c) => !ids.has(c.id)), ...commands],
    }));
    return () =>
      this.store.setState((state) => ({ commands: state.commands.filter((c) => !commands.includes(c)) }));
  }

  /** Runs what the key event asks for; false when there is nothing of that kind. */
  press(event: KeyPress): boolean {
    const pressed = keyName(event);
    for (const command of this.store.getState().commands)
      if (command.keys?.includes(pressed) && (command.enabled?.() ?? true)) {
        command.run();
        return true;
      }
    return false;
  }

  run(id: string): boolean {
    const command = this.store.getState().commands.find((c) => c.id === id);
    if (!command || !(command.enabled?.() ?? true)) return false;
    command.run();
    return true;
  }
}

export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** "Mod" is Ctrl, or Command on a Mac. Digits go by their place on the keyboard, since Shift changes what they write. */
export function keyName(event: KeyPress): string {
  // So do letters with Alt, which writes signs on a Mac.
  const placed =
    event.code?.match(/^Digit(\d)$/)?.[1] ??
    (event.altKey ? event.code?.match(/^Key([A-Z])$/)?.[1] : undefined);
  const key = placed ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const mods = [
    event.ctrlKey || event.metaKey ? 'Mod' : null,
    event.altKey ? 'Alt' : null,
    // A sign such as ? already says that Shift was held.
    event.shiftKey && (key.length > 1 || placed || /[A-Z]/.test(key)) ? 'Shift' : null,
  ];
  return [...mods.filter((m) => m !== null), key === ' ' ? 'Space' : key].join('+');
}

/** Keys belong to what is being typed in. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
