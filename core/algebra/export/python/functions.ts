/** Functions of the algebra in Python: the lines between the examples and the numbers of the answer. */
import type { ScriptedFunction } from '../../dictionary/functions.ts';
import type { Argument, Query, Using, What } from '../../syntax/tree.ts';
import { number, text } from './words.ts';

export type Piece = 'loss' | 'losses' | 'distances' | 'agreement' | 'cka' | 'stats';
export interface FunctionCode {
  /** Statements that read `model`, `split`, `rows`, `x`, `label` and fill `result`. */
  readonly lines: readonly string[];
  readonly pieces: readonly Piece[];
}
type Call = Extract<What, { kind: 'call' }>;

export const STATS = `def stats(values):
    """Of each column of (n, units): mean, standard deviation, extremes, skew, and whether it is zero throughout.

    Of the finite values; no number where there are none.
    """
    values = np.where(np.isfinite(values), values, np.nan).astype("float64")
    with warnings.catch_warnings(action="ignore"):
        mean, sd = np.nanmean(values, 0), np.nanstd(values, 0)
        skew = np.nanmean(((values - mean) / np.where(sd > 0, sd, 1)) ** 3, 0)
        low, high = np.nanmin(values, 0), np.nanmax(values, 0)
    return {"mean": mean, "sd": sd, "min": low, "max": high, "dead": (low == 0) & (high == 0), "skew": skew}`;

export const CKA = `def cka(a, b):
    """Linear centred kernel alignment of (n, p) and (n, q) (Kornblith et al. 2019)."""
    a, b = (part.astype("float64") - part.astype("float64").mean(0) for part in (a, b))
    k, l = a @ a.T, b @ b.T
    return np.sum(k * l) / (np.linalg.norm(k) * np.linalg.norm(l))`;

const layerOf = (args: readonly Argument[], index = 0): { layer: string; unit: number | null } | null => {
  const argument = args[index];
  return argument?.kind === 'layer' ? { layer: argument.layer, unit: argument.unit ?? null } : null;
};
const countOf = (args: readonly Argument[], otherwise: number): number => {
  const found = args.find((argument) => argument.kind === 'number');
  return found?.kind === 'number' ? found.value : otherwise;
};

const PREDICTIONS = ['p, predicted, confidence = model.predictions(x)'];

/** Outputs of a layer, which is a Python expression: flattened, a row per place, and the mean over places. */
const flat = (layer: string): string =>
  `model.outputs(x, lambda v: tf.reshape(v[${layer}], [len(v[${layer}]), -1]))`;
const byUnit = (layer: string): string =>
  `model.outputs(x, lambda v: tf.reshape(v[${layer}], [-1, v[${layer}].shape[-1]]))`;
const means = (layer: string): string => `model.outputs(x, lambda v: unit_means(v[${layer}]))`;
const pick = (unit: number | null): string => (unit === null ? '' : `[:, [${unit}]]`);

interface Called {
  readonly name: ScriptedFunction;
  readonly args: readonly Argument[];
  /** The first layer among the arguments. */
  readonly first: { readonly layer: string; readonly unit: number | null } | null;
  readonly query: Query;
  /** One example is asked about. */
  readonly one: boolean;
  readonly layers: readonly string[];
  readonly classes: number;
}

const code = (lines: readonly string[], ...pieces: Piece[]): FunctionCode => ({ lines, pieces });

/** By function: its code, or null where the arguments say nothing that can be written. */
const CODE: Readonly<Record<ScriptedFunction, (called: Called) => FunctionCode | null>> = {
  predict: ({ one }) => {
    return code([
      ...PREDICTIONS,
      one
        ? 'result = {"values": p[0]}'
        : 'result = {"index": rows, "label": label, "predicted": predicted, "confidence": confidence, "probabilities": p}',
    ]);
  },
  activation: ({ first }) => {
    if (first === null) return null;
    return code([
      `y = model.run(x)[${text(first.layer)}][0].numpy()`,
      ...(first.unit === null ? [] : [`y = y[..., [${first.unit}]]`]),
      'result = {"values": y if y.ndim == 1 else np.moveaxis(y if y.ndim == 3 else y[None], -1, 0)}',
    ]);
  },
  stats: ({ first }) => {
    return first && code([`result = stats(${byUnit(text(first.layer))}${pick(first.unit)})`], 'stats');
  },
  histogram: ({ first }) => {
    if (first === null) return null;
    return code([
      `values = ${byUnit(text(first.layer))}${pick(first.unit)}.ravel().astype("float64")`,
      'values = values[np.isfinite(values)]',
      '# Freedman and Diaconis; over 65,536 values the server reads its quartiles from a sample.',
      'width = 2 * np.subtract(*np.percentile(values, [75, 25])) * len(values) ** (-1 / 3)',
      'low, high = float(values.min()), float(values.max())',
      'bins = np.ceil((high - low) / width) if width > 0 else np.ceil(np.log2(len(values)) + 1)',
      'counts, edges = np.histogram(values, int(max(1, min(200, bins))) if high > low else 1)',
      'result = {"counts": counts, "edges": edges}',
    ]);
  },
  classmeans: ({ first, classes }) => {
    if (first === null) return null;
    return code([
      `y = ${means(text(first.layer))}${pick(first.unit)}`,
      'y = np.where(np.isfinite(y), y, np.nan).astype("float64")',
      'with warnings.catch_warnings(action="ignore"):',
      `    result = {"values": np.stack([np.nanmean(y[label == c], 0) for c in range(${classes})], 1)}`,
    ]);
  },
  confusion: () => {
    return code([
      ...PREDICTIONS,
      'counts = np.zeros((model.classes, model.classes), int)',
      'told = (label >= 0) & (predicted >= 0)',
      'np.add.at(counts, (label[told], predicted[told]), 1)',
      'result = {"counts": counts}',
    ]);
  },
  classmetrics: () => {
    return code([
      ...PREDICTIONS,
      'right = np.array([np.sum((label == c) & (predicted == c)) for c in range(model.classes)])',
      'labelled = label >= 0',
      'support = np.bincount(label[labelled], minlength=model.classes)',
      'count = np.bincount(predicted[labelled & (predicted >= 0)], minlength=model.classes)',
      'none = np.nan if count.sum() == 0 else 1',
      'precision, recall = none * right / np.maximum(count, 1), none * right / np.maximum(support, 1)',
      'f1 = none * 2 * right / np.maximum(support + count, 1)',
      'result = {"precision": precision, "recall": recall, "f1": f1, "support": support, "predicted_count": count}',
    ]);
  },
  calibration: ({ args }) => {
    return code([
      ...PREDICTIONS,
      `bins = ${countOf(args, 15)}`,
      'told = (label >= 0) & np.isfinite(confidence)',
      'label, predicted, confidence = label[told], predicted[told], confidence[told]',
      'bin_ = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)',
      'count = np.bincount(bin_, minlength=bins)',
      'with np.errstate(invalid="ignore"):',
      '    accuracy = np.bincount(bin_, label == predicted, bins) / count',
      '    mean = np.bincount(bin_, confidence, bins) / count',
      'ece = np.nansum(np.abs(accuracy - mean) * count) / len(label)',
      'result = {"count": count, "confidence": mean, "accuracy": accuracy, "edges": np.arange(bins + 1) / bins}',
      'print("expected calibration error", ece)',
    ]);
  },
  count: () => {
    return code(['result = {"count": np.array(len(rows))}']);
  },
  top: ({ first, args }) => {
    if (first === null) return null;
    return code([
      `value = ${means(text(first.layer))}[:, ${first.unit ?? 0}]`,
      `best = np.argsort(-value, kind="stable")[:${countOf(args, 9)}]`,
      'result = {"index": rows[best], "label": label[best], "value": value[best]}',
    ]);
  },
  neighbours: ({ first, args, one }) => {
    if (first === null) return null;
    return code(
      [
        `order, distance = nearest(model, x, split.x, ${text(first.layer)}, ${countOf(args, 10)}, rows)`,
        one
          ? 'result = {"index": order[0], "label": split.y[order[0]], "value": distance[0]}'
          : 'result = {"index": rows, "label": label, "agreement": shared(order, split.y, label), "neighbours": order, "distance": distance}',
      ],
      'agreement',
    );
  },
  similarity: ({ first, args, layers }) => {
    return code(
      [
        `layers = [${(first === null ? layers : args.flatMap((a) => (a.kind === 'layer' ? [a.layer] : []))).map(text).join(', ')}]`,
        `features = [${flat('layer')} for layer in layers]`,
        `result = {"values": np.array([[cka(a, b) for b in features${args.length === 2 ? '[1:]' : ''}] for a in features${args.length === 2 ? '[:1]' : ''}])}`,
      ],
      'cka',
    );
  },
  units: ({ first, query, name }) => {
    return first && pointsCode(name, first.layer, query.using);
  },
  examples: ({ first, query, name }) => {
    return first && pointsCode(name, first.layer, query.using);
  },
};

const isScripted = (name: string): name is ScriptedFunction => Object.hasOwn(CODE, name);

/** Null where a short script would not reproduce it. */
export function functionCode(
  { name, args }: Call,
  query: Query,
  layers: readonly string[],
  classes: number,
): FunctionCode | null {
  if (!isScripted(name)) return null;
  const one = query.input?.kind === 'example';
  return CODE[name]({ name, args, first: layerOf(args), query, one, layers, classes });
}

function pointsCode(name: string, layer: string, using: Using | undefined): FunctionCode | null {
  if (using !== undefined && using.method !== 'pca') return null;
  const dims = using?.params.dims;
  return {
    lines: [
      ...(name === 'units'
        ? [
            `points = ${means(text(layer))}.T.astype("float64")`,
            '# Units that are finite on half of the examples, on the examples that all of them are finite on.',
            'kept = np.isfinite(points).mean(1) >= 0.5',
            'points = points[:, np.isfinite(points[kept]).all(0)]',
          ]
        : [`points = ${flat(text(layer))}.astype("float64")`, 'kept = np.isfinite(points).all(1)']),
      'if not (kept.any() and points.shape[1]):',
      `    raise SystemExit(${text(`no finite values of ${layer} can be compared`)})`,
      'centred = points[kept] - points[kept].mean(0)',
      `dims = ${number(typeof dims === 'number' ? dims : 3)}`,
      'v = np.linalg.svd(centred, full_matrices=False)[2][:dims]',
      '# Signs are those that make the largest loading of each component positive.',
      'v *= np.sign(v[np.arange(len(v)), np.abs(v).argmax(1)])[:, None]',
      'xyz = np.where(kept[:, None], np.zeros(dims), np.nan)',
      'xyz[kept, : len(v)] = centred @ v.T',
      'result = {"xyz": xyz}',
    ],
    pieces: [],
  };
}
