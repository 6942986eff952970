import { expect, it, vi } from 'vitest';
import { CLOSE } from '../../../core/api/index.ts';
import { stateVectorMessage, updateMessage } from '../messages.ts';
import { MemoryJournal } from '../testing/journals.ts';
import { filled, scene } from '../testing/scene.ts';
import { all, atRoot, byte, forged, number, text, times } from '../testing/updates.ts';
import { BoardDocument } from './document.ts';

const serve = scene();

it('S7 what waits behind an update that was too slow goes with it, and others on the board stay', async () => {
  const journal = await filled('stored');
  const { join, bare, server } = await serve(journal, { stepMs: 1_000, lingerMs: 60_000 });
  const ada = join('ada');
  const eve = bare('eve');
  await Promise.all([ada.synced(), eve.welcomed()]);
  eve.socket.send(Uint8Array.of(0, 1, 2, 0, 0));
  const count = 30_000;
  const long = forged([{ client: 7, count: 1, structs: atRoot('long', 4, text('a'.repeat(count))) }]);
  eve.socket.send(updateMessage(long));
  await eve.until('it is saved', () => eve.messages.some((m) => m.type === 'saved' && m.count === 2));
  // Each struct is put before another letter: Yjs compares each with all before it.
  const structs = times(count, (i) => all(byte(0x44), number(7), number(i), text('b')));
  for (let client = 8; client < 14; client++)
    eve.socket.send(updateMessage(forged([{ client, count, structs }])));
  expect((await eve.closed()).code).toBe(CLOSE.costly);
  ada.text().insert(0, 'still ');
  await ada.until('saved', () => ada.saved === 2);
  expect(ada.closes).toEqual([]);
  expect(server.logs.map(({ message }) => message)).toEqual(['an update was quarantined']);
});

it('S7 who asks for a large board again and again is sent away before all of it is answered', async () => {
  const { bare } = await serve(new MemoryJournal(), { lingerMs: 60_000 });
  const eve = bare('eve');
  await eve.welcomed();
  const structs = atRoot('large', 4, text('x'.repeat(7 * 2 ** 20)));
  eve.socket.send(updateMessage(forged([{ client: 7, count: 1, structs }])));
  await eve.until('it is saved', () => eve.messages.some((m) => m.type === 'saved' && m.count === 1));
  const answers = vi.spyOn(BoardDocument.prototype, 'missing');
  const vera = bare('vera', 'viewer');
  await vera.welcomed();
  for (let i = 0; i < 100; i++) vera.socket.send(stateVectorMessage(Uint8Array.of(0)));
  expect((await vera.closed()).code).toBe(CLOSE.tooFast);
  expect(answers.mock.calls.length).toBeLessThan(20);
});
