/**
 * Attributions to a model of several inputs: a method plays with all of them together, a result shows one. What is said of
 * the whole (its sum, its gap) is over all inputs; how much of it falls to each is told.
 */
import { printName } from '../../../../core/address/index.ts';
import type { Part } from '../../data/given.ts';
import type { Arrangement } from './arrangement.ts';
import type { ShownValues } from './emptiness.ts';
import type { ExampleGroup } from './explained.ts';

export class InputShares {
  /** Sums of the attributions to each input, over all examples that have one. */
  private readonly sums: Float64Array;
  private counted = 0;
  private fixed: readonly string[] = [];

  constructor(
    private readonly parts: readonly Part[],
    private readonly shown: Part,
  ) {
    this.sums = new Float64Array(parts.length);
  }

  /** Lets the arrangement see the input that is shown; the sums that it gives are those over all inputs. */
  take(group: ExampleGroup, arrangement: Arrangement): ShownValues {
    const { game, attribution } = group;
    const n = group.to - group.from;
    const { offset, width, shape } = this.shown;
    const size = attribution.values.length / n;
    const cut = (values: Float32Array): Float32Array => {
      const out = new Float32Array(n * width);
      for (let i = 0; i < n; i++)
        out.set(values.subarray(i * size + offset, i * size + offset + width), i * width);
      return out;
    };
    const { standardError } = attribution;
    let seen: ShownValues | undefined;
    game.tf.tidy(() => {
      const features = game.tf.slice(game.tf.reshape(game.features, [n, size]), [0, offset], [n, width]);
      seen = arrangement.take({
        ...group,
        game: { ...game, shape, features: game.tf.reshape(features, [n, ...shape]) },
        attribution: {
          values: cut(attribution.values),
          ...(standardError ? { standardError: cut(standardError) } : {}),
        },
      });
    });
    if (!seen) throw new Error('nothing was arranged');
    this.fixed = game.fixed;
    const sums = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const own = this.parts.map((part) => sumOf(attribution.values, i * size + part.offset, part.width));
      sums[i] = own.reduce((a, b) => a + b, 0);
      if (!Number.isFinite(sums[i])) continue;
      this.counted++;
      for (const [at, sum] of own.entries()) this.sums[at]! += sum;
    }
    return { ...seen, sums };
  }

  told(): string[] {
    const means = this.parts.flatMap(({ name, constant }, at) =>
      constant || this.fixed.includes(name)
        ? []
        : [`${name} ${Number((this.sums[at]! / Math.max(1, this.counted)).toPrecision(3))}`],
    );
    const others = this.parts.filter((part) => part !== this.shown && part.constant === null);
    const still =
      this.fixed.length === 1 ? 'is looked up and stays as it is' : 'are looked up and stay as they are';
    return [
      `The model's inputs are explained together; shown is ${this.shown.name}. The attributions sum to ${means.join(', ')}${others.length > 0 ? `; select ${others.map(({ name }) => printName(name)).join(' or ')} shows the other${others.length > 1 ? 's' : ''}` : ''}.`,
      ...(this.fixed.length > 0 ? [`${this.fixed.join(' and ')} ${still}: no slope leads to it.`] : []),
    ];
  }
}

function sumOf(values: Float32Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += values[i]!;
  return sum;
}
