import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { updateMessage } from '../messages.ts';
import { converged, same, stored } from '../testing/harness.ts';
import { MemoryJournal } from '../testing/journals.ts';
import { filled, scene, textUpdate } from '../testing/scene.ts';

const serve = scene();

describe('S8 revisions', () => {
  it('S8 edits made offline merge on reconnect and are saved', async () => {
    const journal = await filled('stored');
    const { join } = await serve(journal);
    const ada = join('ada');
    const grace = join('grace');
    await Promise.all([ada.synced(), grace.synced()]);
    ada.provider.disconnect();
    ada.text().insert(0, 'A');
    grace.text().insert(0, 'G');
    await grace.until('saved', () => grace.saved === 2);
    ada.provider.connect();
    await converged(ada, grace);
    await ada.until('saved', () => ada.saved === 1);
    expect([...grace.text().toString()].sort().join('')).toBe([...'AGstored'].sort().join(''));
    expect(same(await stored(journal), ada.doc)).toBe(true);
  });

  it('S8 an update that does not apply is quarantined and told; the board and the others go on', async () => {
    const journal = await filled('stored');
    const { join } = await serve(journal);
    const ada = join('ada');
    const grace = join('grace');
    await Promise.all([ada.synced(), grace.synced()]);
    const broken = textUpdate('broken').slice(0, -4);
    ada.sendRaw(updateMessage(broken));
    expect((await ada.heard('refused')).code).toBe('quarantined');
    await ada.until('the count goes on', () => ada.saved === 2);
    expect(journal.quarantined).toEqual([{ update: broken, userId: 'ada', reason: 'it ends too early' }]);
    ada.text().insert(0, 'fine ');
    await converged(ada, grace);
    expect(grace.text().toString()).toBe('fine stored');
    expect(same(await stored(journal), grace.doc)).toBe(true);
  });

  it('S8 a stored row that does not apply is quarantined, and the rest of the board is served', async () => {
    const journal = await filled('stored');
    await journal.append('board', { update: Uint8Array.of(1, 2, 3), userId: 'ada' });
    await journal.append('board', { update: textUpdate('later'), userId: 'ada' });
    const { join, server } = await serve(journal);
    const client = join('grace');
    await client.synced();
    expect(client.text().toString()).toMatch(/^(storedlater|laterstored)$/);
    expect(journal.quarantined).toHaveLength(1);
    expect(server.logs.map(({ message }) => message)).toContain('a stored update does not apply');
  });

  it('S8 an update whose predecessors are missing is refused and told; with them it is taken', async () => {
    const journal = new MemoryJournal();
    const { join } = await serve(journal);
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    doc.getText('text').insert(0, 'a');
    doc.getText('text').insert(1, 'b');
    const [first, second] = updates;
    if (!first || !second) throw new Error('two updates were expected');
    const client = join('ada');
    await client.synced();
    client.sendRaw(updateMessage(second));
    expect((await client.heard('refused')).code).toBe('quarantined');
    expect(journal.quarantined.map(({ reason }) => reason)).toEqual([
      'it builds on changes that are not on this board',
    ]);
    expect(journal.authors).toEqual([]);
    client.sendRaw(updateMessage(first));
    client.sendRaw(updateMessage(second));
    const other = join('grace');
    await other.until('both', () => other.text().toString() === 'ab');
    expect((await stored(journal)).getText('text').toString()).toBe('ab');
  });
});
