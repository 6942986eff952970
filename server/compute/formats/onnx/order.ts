/** The nodes of a graph that its outputs need, each after what it needs. */
import type { OperatorNode } from '../../../../core/artifacts/operators.ts';
import { freeNames } from '../../operators/names.ts';
import { invalid } from '../files/context.ts';

/** In the order of the file wherever that is one. `known`: what is there without a node. Throws UserError for a cycle, and for names that nothing makes. */
export function inOrder(
  nodes: readonly OperatorNode[],
  outputs: readonly string[],
  known: (name: string) => boolean,
  file: string,
): { order: OperatorNode[]; idle: string[] } {
  const makers = new Map<string, number>();
  for (const [at, node] of nodes.entries())
    for (const name of node.outputs) if (name !== '') makers.set(name, at);
  const needs = nodes.map((node) => [...new Set(freeNames(node))]);
  const live = new Set<number>();
  const waiting: number[] = [];
  const want = (name: string, who: string) => {
    const at = makers.get(name);
    if (at === undefined) {
      if (!known(name)) throw invalid(file, `${who} ${name}, which nothing in the file makes`);
    } else if (!live.has(at)) {
      live.add(at);
      waiting.push(at);
    }
  };
  for (const name of outputs) want(name, 'its output is');
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
    for (const name of needs[at]!) want(name, `the node ${nodes[at]!.name} (${nodes[at]!.operation}) takes`);

  const order: OperatorNode[] = [];
  const state = new Map<number, 'open' | 'done'>();
  for (const start of live.size === nodes.length ? nodes.keys() : [...live].sort((a, b) => a - b)) {
    const stack = [start];
    while (stack.length > 0) {
      const at = stack.at(-1)!;
      const before = state.get(at);
      if (before === undefined) {
        state.set(at, 'open');
        for (const name of needs[at]!) {
          const maker = makers.get(name);
          if (maker === undefined || state.get(maker) === 'done') continue;
          if (state.get(maker) === 'open')
            throw invalid(
              file,
              `the nodes ${nodes[maker]!.name} and ${nodes[at]!.name} wait for each other; a graph of operators has no cycles`,
            );
          stack.push(maker);
        }
        continue;
      }
      stack.pop();
      if (before === 'open') {
        state.set(at, 'done');
        order.push(nodes[at]!);
      }
    }
  }
  return { order, idle: nodes.filter((_, at) => !live.has(at)).map(({ name }) => name) };
}
