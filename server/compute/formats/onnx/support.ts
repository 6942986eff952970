/** Whether a graph can be run here: all that cannot is said at once. */
import type { OperatorGraph, OperatorNode } from '../../../../core/artifacts/operators.ts';
import { knowsOperator, operatorName } from '../../operators/index.ts';
import { unsupported } from '../files/context.ts';
import { counted } from '../files/numbers.ts';

/** What operators of ai.onnx.ml are, where they are a model of their own. */
const OTHER_MODELS: Readonly<Record<string, string>> = {
  'ai.onnx.ml.TreeEnsemble': 'an ensemble of decision trees',
  'ai.onnx.ml.TreeEnsembleClassifier': 'an ensemble of decision trees',
  'ai.onnx.ml.TreeEnsembleRegressor': 'an ensemble of decision trees',
  'ai.onnx.ml.SVMClassifier': 'a support vector machine',
  'ai.onnx.ml.SVMRegressor': 'a support vector machine',
  'ai.onnx.ml.LinearClassifier': 'a linear model',
  'ai.onnx.ml.LinearRegressor': 'a linear model',
};

/** How many operators are named in a sentence. */
const MOST_NAMED = 12;

/** Throws UserError('unsupported') that names all operators that are not known, those of subgraphs too. */
export function checkOperators(graph: OperatorGraph, file: string): void {
  const nodes = allNodes(graph);
  const unknown = new Map<string, number>();
  for (const node of nodes)
    if (!knowsOperator(node)) {
      const name = operatorName(node);
      unknown.set(name, (unknown.get(name) ?? 0) + 1);
    }
  if (unknown.size === 0) return;
  const other = Object.keys(OTHER_MODELS).find((name) => unknown.has(name));
  if (other !== undefined)
    throw unsupported(
      file,
      `it is ${OTHER_MODELS[other]} (${other}), not a neural network, so there are no layers to look into; send a neural network`,
    );
  const all = [...unknown].map(([name, count]) => `${name} (${counted(count, 'node', 'nodes')})`);
  const rest = all.length - MOST_NAMED;
  const named = `${all.slice(0, MOST_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const optimised = [...unknown.keys()].some((name) => name.startsWith('com.microsoft.'));
  throw unsupported(
    file,
    `${counted(
      [...unknown.values()].reduce((sum, count) => sum + count, 0),
      'node is',
      'nodes are',
    )} of operators that are not known here: ${named}; ${
      optimised
        ? 'those of com.microsoft come from onnxruntime’s optimiser or quantiser, so send the model as it was before'
        : 'onnx.utils.extract_model in Python cuts out the part of the model without them, which can be sent'
    }`,
  );
}

function allNodes(graph: OperatorGraph): OperatorNode[] {
  return graph.nodes.flatMap((node) => [
    node,
    ...Object.values(node.attributes).flatMap((value) =>
      typeof value === 'object' && 'graph' in value ? allNodes(value.graph) : [],
    ),
  ]);
}
