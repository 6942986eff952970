import { expect, test } from 'vitest';
import { ImportProgress } from './import-progress.ts';

test('progress is seen by its owner while the import runs, and is gone with it', async () => {
  const all = new ImportProgress();
  const told = { done: 0.5, note: 'weight 3 of 6' };
  await all.during('ada', 'a', async (onProgress) => {
    expect(all.of('ada', 'a')).toBeNull();
    onProgress(told);
    expect(all.of('ada', 'a')).toEqual(told);
    expect(all.of('eve', 'a')).toBeNull();
    await expect(all.during('ada', 'a', async () => 1)).rejects.toThrow(
      'An import with this progress id is under way already. Give each its own.',
    );
  });
  expect(all.of('ada', 'a')).toBeNull();
  const failing = all.during('ada', 'b', async (onProgress) => {
    onProgress(told);
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(all.of('ada', 'b')).toBeNull();
});

test('no more than a thousand are kept, however many run', async () => {
  const all = new ImportProgress();
  const running = Array.from({ length: 1001 }, (_, i) =>
    all.during('ada', String(i), async (onProgress) => {
      onProgress({ done: 0, note: '' });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }),
  );
  expect(all.of('ada', '0')).toBeNull();
  expect(all.of('ada', '1')).not.toBeNull();
  await Promise.all(running);
});
