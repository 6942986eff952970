/**
 * Run by durability.test.ts: appends to a board, four at a time, and prints each number as soon as it is durable.
 * Arguments: data folder, database URL (or an empty one), board.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../index.ts';

const [dataDir = '', url = '', boardId = ''] = process.argv.slice(2);
const store = await openStore({ dataDir, url });

async function appendForEver(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    // Different sizes, so that a torn page would show.
    const update = new Uint8Array(16 + ((i * 397) % 5000)).fill(writer);
    new DataView(update.buffer).setUint32(0, i);
    const seq = await store.journal.append(boardId, { update, userId: null });
    // Written at once: what is buffered in a killed process was seen by nobody.
    writeSync(1, `${seq} ${writer} ${i}\n`);
  }
}
await Promise.all([1, 2, 3, 4].map(appendForEver));
