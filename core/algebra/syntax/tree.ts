/**
 * The abstract syntax of queries (after i-Algebra, Zhang et al. 2021). Plain data: it is sent to workers, compared and
 * printed; where its parts stood in the text is kept beside it (places.ts).
 */
import type {
  DatasetAddress,
  ExampleAddress,
  ModelAddress,
  Predicate,
  SliceAddress,
} from '../../address/types.ts';

/**
 *   select WHAT from MODEL(INPUT) [for TARGET] [using METHOD(params)] [where REGION]
 *          [with CHANGE, ...] [join|left join (QUERY)] [order by KEY [desc]] [limit N]
 */
export interface Query {
  readonly kind: 'select';
  readonly what: What;
  readonly model: ModelReference;
  /** Absent for graph() and metrics(). */
  readonly input?: InputReference;
  readonly target?: Target;
  readonly using?: Using;
  readonly where?: Region;
  readonly changes?: readonly Change[];
  readonly join?: Join;
  readonly orderBy?: { readonly key: string; readonly desc: boolean };
  readonly limit?: number;
}

/** `*`, a layer or unit, or a function of them. */
export type What =
  | { readonly kind: 'identity' }
  | { readonly kind: 'layer'; readonly layer: string; readonly unit?: number }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Argument[] };
export type Argument =
  | { readonly kind: 'layer'; readonly layer: string; readonly unit?: number }
  | { readonly kind: 'number'; readonly value: number };

/** `f` is the board's model. */
export type ModelReference = ModelAddress | { readonly kind: 'name'; readonly name: 'f' };
/** `x` and `x'` are the board's examples, `data` its split or slice; `data[label = 7]` narrows it. */
export type InputReference =
  | DatasetAddress
  | ExampleAddress
  | SliceAddress
  | { readonly kind: 'name'; readonly name: 'x' | "x'" }
  | { readonly kind: 'name'; readonly name: 'data'; readonly where?: Predicate };

export type Target =
  | { readonly kind: 'class' | 'logit'; readonly index: number }
  | { readonly kind: 'loss' }
  | { readonly kind: 'unit'; readonly layer: string; readonly unit: number };

export type ParameterValue = number | string | boolean;
export interface Using {
  readonly method: MethodName;
  readonly params: Readonly<Record<string, ParameterValue>>;
}

/** x1, y1, x2, y2 in input pixels; a name where the text is still a template, as in the paper. */
export type Region = readonly [Coordinate, Coordinate, Coordinate, Coordinate];
export type Coordinate = number | string;

export type Change =
  | { readonly kind: 'ablate'; readonly layer: string; readonly unit: number }
  | {
      readonly kind: 'clamp' | 'scale';
      readonly layer: string;
      readonly unit: number;
      readonly value: number;
    }
  | {
      readonly kind: 'set';
      readonly layer: string;
      readonly tensor: string;
      readonly index: readonly number[];
      readonly value: number;
    }
  | { readonly kind: 'noise'; readonly sd: number; readonly seed: number }
  | { readonly kind: 'fgsm'; readonly epsilon: number }
  | { readonly kind: 'pgd'; readonly epsilon: number; readonly steps: number }
  | { readonly kind: 'patch'; readonly region: Region; readonly value: number };

export const CHANGE_KINDS = [
  'ablate',
  'clamp',
  'scale',
  'set',
  'noise',
  'fgsm',
  'pgd',
  'patch',
] as const satisfies readonly Change['kind'][];

export interface Join {
  /**
   * join: evidence shared by both sides; left join: what discriminates the left side from the right. The right side
   * takes the left one's method where it names none.
   */
  readonly kind: 'join' | 'left join';
  readonly query: Query;
}

export const FUNCTION_NAMES = [
  'graph',
  'activation',
  'stats',
  'histogram',
  'predict',
  'confusion',
  'classmeans',
  'images',
  'metrics',
  'units',
  'examples',
  'top',
  'weights',
  'similarity',
  'neighbours',
  'classmetrics',
  'calibration',
  'count',
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export const METHOD_NAMES = [
  'pca',
  'umap',
  'tsne',
  'gradient',
  'gradient_x_input',
  'smoothgrad',
  'ig',
  'guided_backprop',
  'gradcam',
  'occlusion',
  'shapley',
  'exact_shapley',
  'deeplift',
  'lrp',
] as const;
export type MethodName = (typeof METHOD_NAMES)[number];
