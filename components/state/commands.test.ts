import { describe, expect, it } from 'vitest';
import { CommandRegistry, keyName } from './commands.ts';

const press = (key: string, more: Partial<Parameters<typeof keyName>[0]> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('keys', () => {
  it('B3: have one name on every system and keyboard', () => {
    expect(keyName(press('k', { metaKey: true }))).toBe('Mod+K');
    expect(keyName(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('Mod+Shift+Z');
    expect(keyName(press('!', { code: 'Digit1', shiftKey: true }))).toBe('Shift+1');
    expect(keyName(press('?', { shiftKey: true }))).toBe('?');
    expect(keyName(press('å', { code: 'KeyA', altKey: true }))).toBe('Alt+A');
    expect(keyName(press(' '))).toBe('Space');
    expect(keyName(press('ArrowUp', { shiftKey: true }))).toBe('Shift+ArrowUp');
  });

  it('B3: run the command that has them, unless it cannot be run now', () => {
    const registry = new CommandRegistry();
    const ran: string[] = [];
    let may = true;
    const remove = registry.add([
      { id: 'a', label: 'A', group: 'Edit', keys: ['Mod+A'], enabled: () => may, run: () => ran.push('a') },
    ]);
    expect(registry.press(press('a', { ctrlKey: true }))).toBe(true);
    may = false;
    expect(registry.press(press('a', { ctrlKey: true }))).toBe(false);
    remove();
    may = true;
    expect(registry.run('a')).toBe(false);
    expect(ran).toEqual(['a']);
  });
});
