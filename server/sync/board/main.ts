/** The entry of a process that holds documents, as written; the bundle has it as a role of the server. */
import { startBoards } from './host.ts';

process.on('disconnect', () => process.exit());
startBoards();
