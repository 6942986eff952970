/** Marking many at once: what is selected, what a view shows, what a slice holds. */
import { print } from '@/core/algebra/index.ts';
import type { Result } from '@/core/result/index.ts';
import { subjectOf } from '../lenses/shared/result/subject.ts';
import { readAddress } from '../state/project/addresses.ts';
import { boundText } from '../state/questions/query-text.ts';
import type { Workspace } from '../state/workspace.ts';
import { counted } from '../ui/format.ts';
import type { ToastMessage } from '../ui/toast.tsx';

const indexIn = ({ tensors }: Result) => tensors.index ?? tensors.example_index;

export const listsExamples = (result: Result): boolean => indexIn(result) !== undefined;

/** Addresses of the examples that a result lists; none where it is of something else. */
export function examplesIn(result: Result): string[] {
  const index = indexIn(result);
  if (!index) return [];
  const subject = subjectOf(result);
  return Array.from(index.data, (at) => subject.exampleAddress(at)).filter((address) => address !== null);
}

/** The answer to a query of this board. Throws an Error with a sentence for the user. */
export function answerTo(board: Workspace, query: string): Promise<Result> {
  const bound = boundText(query, board.session.items.store.getState().bindings);
  if (!bound.ok) return Promise.reject(new Error(bound.message));
  const opened = board.results.open(bound.text);
  return new Promise<Result>((resolve, reject) => {
    const look = () => {
      const state = opened.store.getState();
      if (state.status === 'loading') return;
      stop();
      opened.release(false);
      if (state.status === 'done') resolve(state.result);
      else reject(new Error(state.message));
    };
    const stop = opened.store.subscribe(look);
    look();
  });
}

/** `select predict() from f(digits.test[label = 3])`: which examples there are. */
export function predictQuery(address: string): string {
  const input = readAddress(address);
  if (input?.kind !== 'slice' && input?.kind !== 'dataset') return '';
  return print({
    kind: 'select',
    what: { kind: 'call', name: 'predict', args: [] },
    model: { kind: 'name', name: 'f' },
    input,
  });
}

/** Marks them and says how many were new. */
export function markThese(board: Workspace, addresses: readonly string[], what: string): ToastMessage {
  const fresh = board.marks.mark(addresses);
  return {
    title: `${counted(fresh, 'example')} marked`,
    description:
      fresh === addresses.length
        ? `All ${what}.`
        : `Of ${counted(addresses.length, 'example')} ${what}, the others were marked already.`,
  };
}

/** All examples of a slice or a split. */
export async function markAll(board: Workspace, name: string, address: string): Promise<ToastMessage> {
  try {
    return markThese(board, examplesIn(await answerTo(board, predictQuery(address))), `of ${name}`);
  } catch (error) {
    return {
      title: `The examples of ${name} could not be marked`,
      description: error instanceof Error ? error.message : String(error),
      tone: 'fault',
    };
  }
}
