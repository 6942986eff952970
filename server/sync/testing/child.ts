/**
 * A sync server in a process of its own, to be killed. Arguments: 'sqlite' or 'file', and a folder. Sends its port.
 * A ticket is the user's id, a dot and anything.
 */
import { join } from 'node:path';
import type { Journal } from '../contract.ts';
import { admission, start, Tickets } from './harness.ts';
import { FileJournal } from './journals.ts';
import { openBoard } from './sqlite.ts';

const [kind, folder = ''] = process.argv.slice(2);
let journal: Journal;
let boardId = 'board';
if (kind === 'sqlite') {
  const opened = await openBoard(folder, 0);
  journal = opened.store.journal;
  boardId = opened.boardId;
} else journal = new FileJournal(join(folder, 'journal.jsonl'));

const redeem = async (ticket: string) => admission(ticket.split('.')[0] ?? '', 'editor', boardId);
const server = await start(journal, new Tickets(), { squashAfter: 20 }, 0, redeem);
process.send?.({ port: server.port });
// The parent is gone: nobody is left to kill this process.
process.on('disconnect', () => process.exit());
