/** Conditions and orders of examples as NumPy expressions over a whole split. */
import { isOwnColumn } from '../../../address/columns.ts';
import type { Operand, Predicate } from '../../../address/types.ts';
import { keyOperand } from '../../syntax/keys.ts';
import { number, text } from './words.ts';

const OPS = { '=': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

const UFUNCS = {
  '=': 'equal',
  '!=': 'not_equal',
  '<': 'less',
  '<=': 'less_equal',
  '>': 'greater',
  '>=': 'greater_equal',
} as const;

/** A column of the data set itself, kept in the number type that it was stored in. */
function isStored(of: Operand): of is Extract<Operand, { readonly kind: 'column' }> {
  return of.kind === 'column' && (of.stored === true || !isOwnColumn(of.name));
}

/** Hears of the pieces of Python that a condition uses. */
type Needs = (piece: 'losses' | 'agreement' | 'distances') => void;

/** A NumPy expression of booleans; `needs` hears of the pieces of Python that it uses. */
export function condition(predicate: Predicate, needs: Needs): string {
  const of = (part: Predicate): string => condition(part, needs);
  switch (predicate.op) {
    case 'and':
      return `(${of(predicate.left)}) & (${of(predicate.right)})`;
    case 'or':
      return `(${of(predicate.left)}) | (${of(predicate.right)})`;
    case 'not':
      return `~(${of(predicate.of)})`;
    case 'in': {
      const values = predicate.values.map((v) => (typeof v === 'number' ? number(v) : text(v))).join(', ');
      const left = operand(predicate.left, needs);
      // NumPy rounds a number to the type of the column that it is compared with; np.isin would not.
      if (isStored(predicate.left)) return `np.any([${left} == v for v in [${values}]], 0)`;
      return `np.isin(${left}, [${values}])`;
    }
    default:
      if (isStored(predicate.left) && isStored(predicate.right))
        return `np.${UFUNCS[predicate.op]}(*split.alike(${text(predicate.left.name)}, ${text(predicate.right.name)}))`;
      return `${operand(predicate.left, needs)} ${OPS[predicate.op]} ${operand(predicate.right, needs)}`;
  }
}

function operand(of: Operand, needs: Needs): string {
  switch (of.kind) {
    case 'number':
      return number(of.value);
    case 'string':
      return text(of.value);
    case 'activation':
      return `np.float64(model.outputs(split.x, lambda v: unit_means(v[${text(of.layer)}]))[:, ${of.unit}])`;
    case 'column':
      return of.stored ? `split.columns[${text(of.name)}]` : column(of.name, needs);
    case 'distance': {
      if (of.to.kind === 'name') return 'np.nan';
      needs('distances');
      return `distances(model, split, ${text(of.layer)}, ${text(of.to.dataset)}, ${text(of.to.split)}, ${of.to.index})`;
    }
    case 'agreement':
      needs('agreement');
      return `agreement(model, split, ${text(of.layer)}, ${of.k})`;
  }
}

function column(name: string, needs: Needs): string {
  switch (name) {
    case 'label':
      return 'split.y';
    case 'index':
      return 'np.arange(len(split.x))';
    case 'predicted':
      return 'model.predictions(split.x)[1]';
    case 'confidence':
      return 'np.float64(model.predictions(split.x)[2])';
    case 'loss':
      needs('losses');
      return 'np.float64(losses(model, split))';
    default:
      return `split.columns[${text(name)}]`;
  }
}

/** What `order by` sorts by. */
export function keyOf(key: string, needs: Needs): string {
  return operand(keyOperand(key), needs);
}

export const LOSSES = `def losses(model, split):
    """Loss of the true label of every example, in double precision; no number without a label."""
    parts = [
        model_loss(model, model.run(split.x[i : i + 256]), split.y[i : i + 256], "float64")
        for i in range(0, len(split.x), 256)
    ]
    return np.maximum(0, np.concatenate(parts))`;

export const DISTANCES = `def distances(model, split, layer, dataset, name, index):
    """Euclidean distance of the layer's outputs to those for an example; 0 for itself."""
    flat = lambda v: tf.reshape(v[layer], [len(v[layer]), -1])
    own = model.outputs(split.x, flat).astype("float64")
    # The same numbers in another batch would be rounded otherwise.
    here = (dataset, name) == (split.dataset, split.name)
    other = own[[index]] if here else model.outputs(Split(split.model, dataset, name).x[[index]], flat)
    return np.linalg.norm(own - other, axis=1)`;

export const AGREEMENT = `def nearest(model, x, others, layer, k, skip=None):
    """Indices and distances of the k nearest others, by the layer's flattened outputs.

    What is not finite is near to nothing: -1, and no number.
    """
    flat = lambda v: tf.reshape(v[layer], [len(v[layer]), -1])
    a, b = (model.outputs(part, flat).astype("float64") for part in (x, others))
    own, there = np.isfinite(a).all(1), np.isfinite(b).all(1)
    if not there.any():
        raise SystemExit(f"{layer} puts out a value that is not finite for every example, so that none is near to another")
    centre = b[there].mean(0)
    a, b = np.where(own[:, None], a - centre, 0), np.where(there[:, None], b - centre, 0)
    distance = np.sqrt(np.maximum(0, (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T))
    distance[:, ~there] = np.inf
    if skip is not None:
        distance[np.arange(len(x)), skip] = np.inf
    order = np.argsort(distance, 1, kind="stable")[:, : min(k, there.sum() - (skip is not None))]
    distance = np.take_along_axis(distance, order, 1)
    return np.where(own[:, None], order, -1), np.where(own[:, None], distance, np.nan)


def shared(order, y, label):
    """Share of neighbours with the same label; no number without a label or without neighbours."""
    share = (y[order] == label[:, None]).mean(1)
    return np.where((label < 0) | (order[:, 0] < 0), np.nan, share)


def agreement(model, split, layer, k):
    """Share of the k nearest others with the same label."""
    order, _ = nearest(model, split.x, split.x, layer, k, np.arange(len(split.x)))
    return shared(order, split.y, split.y)`;
