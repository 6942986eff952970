/** What nodes are called, and the groups that they lie in. */
import type { NodeMessage } from './messages.ts';

export interface Place {
  /** Unique within the model. */
  readonly name: string;
  /** Groups, outermost first. */
  readonly scope: readonly string[];
}

/** What of a node its place is told by. */
type Named = Pick<NodeMessage, 'name' | 'operation' | 'inputs' | 'outputs' | 'metadata'>;

/** Gives each node a name of its own, always the same for the same file. */
export class Names {
  readonly #taken = new Set<string>();

  /** `around`: the call of a function, or the node of a subgraph, that this node is in. */
  place(node: Named, around: Place | null): Place {
    const modules = modulesOf(node);
    const told = pathOf(node);
    // PyTorch's later exporter says where a node lies beside its name, not in it.
    const path = modules?.length && told.length === 1 ? [...modules, node.operation] : told;
    if (!around || startsWith(path, around.scope))
      return { name: this.#unique(path.join('/'), node), scope: modules ?? path.slice(0, -1) };
    return {
      name: this.#unique([around.name, ...path].join('/'), node),
      scope: modules ?? [...around.scope, lastOf(around), ...path.slice(0, -1)],
    };
  }

  #unique(wanted: string, node: Named): string {
    let name = wanted;
    if (this.#taken.has(name)) name = `${wanted}_${node.outputs.find((output) => output !== '') ?? ''}`;
    for (let count = 2; this.#taken.has(name); count++) name = `${wanted}_${count}`;
    this.#taken.add(name);
    return name;
  }
}

/** The name without the group that it lies in, where it is a path. */
const lastOf = ({ name }: Place) => name.slice(name.lastIndexOf('/') + 1);

const startsWith = (path: readonly string[], start: readonly string[]) =>
  start.length > 0 && start.length < path.length && start.every((part, at) => path[at] === part);

/** How TensorFlow calls the function that a whole SavedModel is. */
const WRAPPERS = ['StatefulPartitionedCall', 'PartitionedCall'];

/** `/layer1/conv/Conv` of PyTorch, `model/dense/MatMul` of TensorFlow, in parts; a node without a name is called by what it makes. */
function pathOf({ name, operation, outputs, metadata }: Named): readonly string[] {
  const output = outputs.find((each) => each !== '') ?? '';
  const own = metadata.has(MODULES) ? name.replace(/^node_(?=\w)/, '') : name.trim();
  const told = own || (/^(\/.+)_output_\d+$/.exec(output)?.[1] ?? `${operation}_${output}`);
  // TensorFlow Lite joins the names of what it fused.
  const parts = told
    .split(';', 1)[0]!
    .split('/')
    .filter((part) => part !== '');
  while (parts.length > 1 && WRAPPERS.includes(parts[0]!)) parts.shift();
  return parts.length > 0 ? parts : [operation];
}

const MODULES = 'pkg.torch.onnx.name_scopes';

/**
 * The modules around a node, as PyTorch's exporter writes them: `['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d']`,
 * the last being the operation. Each is called as seen from the one around it, as in the names of its older exporter:
 * layer1, layer1.0, conv1.
 */
function modulesOf({ metadata, inputs }: Named): readonly string[] | null {
  const text = metadata.get(MODULES);
  if (text === undefined) return null;
  const listed = [...text.matchAll(/'([^']*)'|"([^"]*)"/g)].map(
    ([, single, double]) => single ?? double ?? '',
  );
  const paths = listed.slice(0, -1);
  // A convolution that took a normalisation into itself is said to be that, but has its own weights.
  const owner = inputs
    .map((name) => /^(.+)\.(?:weight|bias)$/.exec(name)?.[1])
    .find((each) => each !== undefined);
  const last = paths.at(-1) ?? '';
  if (owner !== undefined && last !== '' && parentOf(owner) === parentOf(last))
    paths[paths.length - 1] = owner;
  const scope: string[] = [];
  let before = '';
  for (const path of paths) {
    if (path === '' || path === before) continue;
    const own = before !== '' && path.startsWith(`${before}.`) ? path.slice(before.length + 1) : path;
    const index = /^\d+$/.test(own) && own !== path;
    scope.push(index ? `${scope.at(-1)}.${own}` : own);
    before = path;
  }
  return scope;
}

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('.')));
