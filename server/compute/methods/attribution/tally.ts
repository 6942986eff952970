/** What the attributions of a side say as a whole: the target's values, sums, completeness, and what to be wary of. */
import type { Target } from '../../../../core/algebra/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { AttributionSide } from '../../../../core/result/index.ts';
import type { TargetRule } from '../../target.ts';
import type { Group } from './explained.ts';
import type { AttributionMethod } from './game.ts';

/** Share of the target's change that may be missing without a warning. */
const MOST_GAP = 0.01;
/**
 * The change is taken to be no smaller than this share of all attributions' sizes: where these cancel nearly to nothing,
 * a share of the rest says nothing.
 */
const LEAST_CHANGE = 0.1;
/** Probability from which on a softmax is so flat that its gradient says little. */
const SATURATED = 0.99;

export class Tally {
  readonly classes: Int32Array;
  readonly predicted: Int32Array;
  readonly label: Int32Array;
  private readonly value: Float64Array;
  private readonly baselineValue: Float64Array;
  private readonly sum: Float64Array;
  private readonly size: Float64Array;

  constructor(
    private readonly method: AttributionMethod,
    private readonly n: number,
  ) {
    this.classes = new Int32Array(n);
    this.predicted = new Int32Array(n);
    this.label = new Int32Array(n);
    this.value = new Float64Array(n);
    this.baselineValue = new Float64Array(n);
    this.sum = new Float64Array(n);
    this.size = new Float64Array(n);
  }

  /** Throws UserError('invalid') where the target or an attribution is no number. */
  take({ from, to, game, attribution, value, baselineValue }: Group, sums: Float64Array): void {
    const broken = sums.findIndex((sum, i) => !Number.isFinite(sum + value[i]! + baselineValue[i]!));
    if (broken >= 0)
      throw new UserError(
        'invalid',
        `nothing can be attributed: the target${this.n === 1 ? '' : ` of example ${from + broken} of the slice`} is not a finite number; look for weights or inputs that are not, with stats() or histogram()`,
      );
    this.classes.set(game.classes, from);
    this.predicted.set(game.predicted, from);
    this.label.set(game.label, from);
    this.value.set(value, from);
    this.baselineValue.set(baselineValue, from);
    this.sum.set(sums, from);
    const width = attribution.values.length / (to - from);
    for (let i = 0; i < attribution.values.length; i++)
      this.size[from + Math.floor(i / width)]! += Math.abs(attribution.values[i]!);
  }

  /** Means over the examples; the largest gap. */
  numbers(): Pick<AttributionSide, 'value' | 'baselineValue' | 'sum' | 'gap'> {
    const { complete, compares } = this.method;
    return {
      value: mean(this.value),
      baselineValue: compares ? mean(this.baselineValue) : null,
      sum: mean(this.sum),
      gap: complete ? this.value.reduce((most, _, i) => Math.max(most, this.gap(i)), 0) : null,
    };
  }

  private gap(i: number): number {
    return Math.abs(this.sum[i]! - (this.value[i]! - this.baselineValue[i]!));
  }

  warnings(rule: TargetRule, asked: Target | undefined, needsGradient: boolean): string[] {
    const { n, method } = this;
    const many = (count: number) => (n === 1 ? '' : ` (${count} of ${n} examples)`);
    const count = (holds: (i: number) => boolean) =>
      Array.from({ length: n }, (_, i) => i).filter(holds).length;
    const warnings: string[] = [];
    if (rule.classifier === null && asked === undefined)
      warnings.push('The model scores no classes: the target is its largest output.');
    if (method.complete) {
      const open = count((i) => {
        const change = Math.abs(this.value[i]! - this.baselineValue[i]!);
        return this.gap(i) > MOST_GAP * Math.max(change, LEAST_CHANGE * this.size[i]!);
      });
      if (open > 0)
        warnings.push(
          `The attributions miss more than 1 % of the target’s change${many(open)}: use more steps.`,
        );
    }
    if (needsGradient && !method.complete && rule.kind === 'class') {
      const saturated = count((i) => this.value[i]! >= SATURATED);
      if (saturated > 0)
        warnings.push(
          `The probability is so near to 1 that its gradient is next to nothing${many(saturated)}: ask for the logit, or use ig.`,
        );
    }
    const silent = count((i) => this.size[i] === 0);
    if (silent > 0) warnings.push(`Nothing is attributed to any feature${many(silent)}.`);
    return warnings;
  }
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
