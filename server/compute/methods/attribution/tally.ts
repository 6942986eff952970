/** What the attributions of a side say as a whole: the target's values, sums, completeness, and what to be wary of. */
import type { Target } from '../../../../core/algebra/index.ts';
import type { AttributionSide } from '../../../../core/result/index.ts';
import { type Asked, emptiness, type Finding, type ShownValues } from './emptiness.ts';
import type { ExampleGroup } from './explained.ts';

/** Share of the target's change that may be missing without a warning. */
const MOST_GAP = 0.01;
/**
 * The change is taken to be no smaller than this share of all attributions' sizes: where these cancel nearly to nothing,
 * a share of the rest says nothing.
 */
const LEAST_CHANGE = 0.1;
/** Probability from which on a softmax is so flat that its gradient says little. */
const SATURATED = 0.99;

/** An example without an attribution: the target there or at the baseline is no number, or the way from one to it is none. */
export interface Broken {
  readonly at: number;
  readonly where: 'target' | 'baseline' | 'gradient';
}

export class Tally {
  readonly classes: Int32Array;
  readonly predicted: Int32Array;
  readonly label: Int32Array;
  private readonly value: Float64Array;
  private readonly baselineValue: Float64Array;
  private readonly sum: Float64Array;
  private readonly size: Float64Array;
  /** Examples with an attribution, in order. */
  private readonly whole: number[] = [];
  private readonly broken: Broken[] = [];
  private readonly findings = new Map<string, { readonly finding: Finding; readonly count: number }>();
  private constant = 0;

  constructor(
    private readonly asked: Asked,
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

  /** Takes a group in. An example whose target or attribution is no number is set apart. */
  take(group: ExampleGroup, shown: ShownValues): void {
    const { from, to, game, attribution, value, baselineValue } = group;
    this.classes.set(game.classes, from);
    this.predicted.set(game.predicted, from);
    this.label.set(game.label, from);
    const width = attribution.values.length / (to - from);
    const features = this.asked.method.ofConstant ? game.features.dataSync() : null;
    for (let i = 0; i < to - from; i++) {
      // What a method does not compare with is not in its way.
      const base = this.asked.method.compares ? baselineValue[i]! : 0;
      if (!Number.isFinite(shown.sums[i]! + value[i]! + base)) {
        const place = [value[i], base].findIndex((number) => !Number.isFinite(number));
        this.broken.push({ at: from + i, where: WHERE[place] ?? 'gradient' });
        continue;
      }
      this.whole.push(from + i);
      this.value[from + i] = value[i]!;
      this.baselineValue[from + i] = baselineValue[i]!;
      this.sum[from + i] = shown.sums[i]!;
      const rows = attribution.values.subarray(i * width, (i + 1) * width);
      this.size[from + i] = rows.reduce((sum, v) => sum + Math.abs(v), 0);
      const finding = emptiness(this.asked, group, shown, i);
      if (finding) {
        const key = finding('');
        this.findings.set(key, { finding, count: (this.findings.get(key)?.count ?? 0) + 1 });
      }
      if (features && isFlat(features, i * width, width)) this.constant++;
    }
  }

  /** The first example that has no attribution, and what of it is no number. */
  get firstBroken(): Broken | null {
    return this.broken[0] ?? null;
  }

  get brokenCount(): number {
    return this.broken.length;
  }

  /** Means over the examples; the largest gap. */
  numbers(): Pick<AttributionSide, 'value' | 'baselineValue' | 'sum' | 'gap'> {
    const { complete, compares } = this.asked.method;
    return {
      value: this.mean(this.value),
      baselineValue: compares ? this.mean(this.baselineValue) : null,
      sum: this.mean(this.sum),
      gap: complete ? this.whole.reduce((most, i) => Math.max(most, this.gap(i)), 0) : null,
    };
  }

  private gap(i: number): number {
    return Math.abs(this.sum[i]! - (this.value[i]! - this.baselineValue[i]!));
  }

  warnings(asked: Target | undefined): string[] {
    const { n, whole } = this;
    const { method, rule, needsGradient } = this.asked;
    const many = (count: number) => (n === 1 ? '' : ` (${count} of ${n} examples)`);
    const count = (holds: (i: number) => boolean) => whole.filter(holds).length;
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
      const flat = (where: (value: number) => boolean) =>
        count((i) => where(this.value[i]!) && this.size[i]! > 0);
      for (const [end, found] of [
        [1, flat((value) => value >= SATURATED)],
        [0, flat((value) => value <= 1 - SATURATED)],
      ])
        if (found)
          warnings.push(
            `The probability is so near to ${end} that its gradient is next to nothing${many(found)}: ask for the logit, or use ig.`,
          );
    }
    const said = this.asked.method.ofConstant?.(many(this.constant));
    if (said !== undefined && this.constant > 0) warnings.push(said);
    for (const { finding, count: found } of this.findings.values()) warnings.push(finding(many(found)));
    return warnings;
  }

  private mean(values: Float64Array): number {
    return this.whole.reduce((sum, i) => sum + values[i]!, 0) / this.whole.length;
  }
}

const WHERE = ['target', 'baseline'] as const;

function isFlat(values: ArrayLike<number>, from: number, width: number): boolean {
  for (let i = 1; i < width; i++) if (values[from + i] !== values[from]) return false;
  return true;
}
