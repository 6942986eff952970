/**
 * A process that holds documents: it decodes, applies and encodes what people send, so that whatever that costs, or ends,
 * is not the process that holds the sockets. Answers come in the order of the questions.
 */
import * as Y from 'yjs';
import {
  addItem,
  type BoardContent,
  readBoard,
  refuseLater,
  restoreBoard,
} from '../../../core/board/index.ts';
import { LaterVersion } from '../../../core/stored/index.ts';
import { Board } from './board.ts';
import { Malformed } from './bytes.ts';
import { Collecting } from './collecting.ts';
import { inspectStateVector, TooMuch } from './inspection.ts';
import { openDocument, writersOf } from './opening.ts';
import type { Answer, Ask, Fault, HostLimits, Operations } from './protocol.ts';
import { Writers } from './writers.ts';

export function startBoards(): void {
  const host = new Host();
  const collecting = new Collecting();
  process.on('message', (message: Ask) => {
    const [began, used] = [performance.now(), process.cpuUsage()];
    let rest: Pick<Answer, 'answer' | 'fault'>;
    try {
      rest = { answer: host.answer(message) };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      rest = { fault: { kind: faultOf(error), message: text } };
    }
    const { user, system } = process.cpuUsage(used);
    // Neither the time that others had the processor for, nor that of helpers beside it.
    const ms = Math.min(performance.now() - began, (user + system) / 1000);
    const answer: Answer = { id: message.id, ms, ...rest };
    // Who asked may be gone; then this process ends too.
    process.send?.(answer, undefined, undefined, () => undefined);
    collecting.worked();
  });
}

class Unreadable extends Error {}

function contentOf(state: Uint8Array): BoardContent {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    refuseLater(doc);
    return readBoard(doc);
  } catch (error) {
    throw error instanceof LaterVersion ? error : new Unreadable(String(error));
  } finally {
    doc.destroy();
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof Malformed) return 'malformed';
  if (error instanceof TooMuch) return 'too-much';
  if (error instanceof LaterVersion) return 'later';
  return error instanceof Unreadable ? 'unreadable' : 'failed';
}

interface Held {
  readonly board: Board;
  readonly limits: HostLimits;
  readonly writers: Writers;
  /** Accepted and not durable yet, in order. */
  readonly accepted: Map<number, Uint8Array>;
}

export class Host {
  private readonly boards = new Map<number, Held>();

  answer(message: Ask): unknown {
    if (message.operation === 'open') return this.open(message.board, message.ask);
    if (message.operation === 'merge') return Y.mergeUpdates([...message.ask.updates]);
    if (message.operation === 'read') return contentOf(message.ask.state);
    const held = this.boards.get(message.board);
    if (!held) throw new Error('the board is not open here');
    const { board, writers, accepted } = held;
    switch (message.operation) {
      case 'stage':
        board.stage(() => accepted.values());
        return null;
      case 'attempt':
        return this.attempt(held, { ...message.ask, own: false });
      case 'edit': {
        const { entry, edit, person } = message.ask;
        const update = board.edited((doc) => {
          refuseLater(doc);
          if (edit.kind === 'restore') restoreBoard(doc, edit.content);
          else for (const item of edit.items) addItem(doc, item);
        });
        if (!update) return { kind: 'nothing' };
        return this.attempt(held, { entry, update, person, mayEdit: true, own: true });
      }
      case 'apply':
        for (const entry of message.ask.entries) accepted.delete(entry);
        return board.apply(message.ask.updates);
      case 'missing':
        inspectStateVector(message.ask.vector, held.limits.stateVectorClients);
        return board.missing(message.ask.vector);
      case 'vector':
        return board.vector();
      case 'state':
        return board.state();
      case 'prove':
        return board.proven();
      case 'bind':
        writers.bind(message.ask.client, message.ask.userId);
        return null;
      case 'close':
        board.destroy();
        this.boards.delete(message.board);
        return null;
    }
  }

  private open(
    id: number,
    { limits, state, rows, owned, accepted }: Operations['open']['ask'],
  ): Operations['open']['answer'] {
    let opened: ReturnType<typeof openDocument>;
    try {
      opened = openDocument(state, rows);
    } catch (error) {
      throw new Unreadable(String(error));
    }
    const writers = new Writers();
    for (const { client, userId } of owned) writers.bind(client, userId);
    // A board from before client ids were kept tells by its rows whose they are.
    for (const { update, author } of rows)
      if (author !== null) for (const client of writersOf(update)) writers.bind(client, author);
    this.boards.set(id, {
      limits,
      writers,
      board: new Board(opened.doc, limits),
      accepted: new Map(accepted.map(({ entry, update }) => [entry, update.slice()])),
    });
    return { left: opened.left, owned: writers.all() };
  }

  private attempt(
    { board, writers, accepted }: Held,
    ask: {
      readonly entry: number;
      readonly update: Uint8Array;
      readonly person: string | null;
      readonly mayEdit: boolean;
      readonly own: boolean;
    },
  ): Operations['attempt']['answer'] {
    const verdict = board.attempt(ask.update, {
      mayEdit: ask.mayEdit,
      person: ask.person,
      own: ask.own,
      owner: (client) => writers.of(client),
      mayBegin: (count) => ask.own || ask.person === null || writers.mayBegin(count, ask.person),
      waiting: () => accepted.values(),
    });
    if (verdict.kind !== 'fine') return verdict;
    // Copied: what came is a part of a larger buffer.
    accepted.set(ask.entry, verdict.update.slice());
    if (ask.person !== null) for (const client of verdict.clients) writers.bind(client, ask.person);
    return verdict;
  }
}
