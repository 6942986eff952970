/** What-if changes in Python: statements that change `model` or `x`. */
import type { Change, ChangeOf, ScriptedChange } from '../../dictionary/changes.ts';
import type { Region } from '../../dictionary/values.ts';
import { number, text, tuple } from './words.ts';

export interface ChangeCode {
  readonly lines: readonly string[];
  /** Helpers that the lines call. */
  readonly pieces: readonly ('attack' | 'loss')[];
}

/** The unit's output y becomes what this expression of TensorFlow makes of it. */
const edit = (layer: string, unit: number, output: string): ChangeCode => ({
  lines: [`model.edit(${text(layer)}, ${unit}, lambda y: ${output})`],
  pieces: [],
});
const attack = (epsilon: number, step: number, steps: number): ChangeCode => ({
  lines: [`x = attack(model, x, label, ${number(epsilon)}, ${number(step)}, ${steps}, split)`],
  pieces: ['attack', 'loss'],
});
const patched = ([x1, y1, x2, y2]: Region, value: number): ChangeCode => ({
  lines: ['x = x.copy()', `x[:, ${y1}:${y2}, ${x1}:${x2}] = ${number(value)}`],
  pieces: [],
});

/** A change of one of these names. */
type Scripted<Names extends ScriptedChange> = { [Name in Names]: ChangeOf<Name> }[Names];
const CODE: { readonly [Name in ScriptedChange]: (change: Scripted<Name>) => ChangeCode } = {
  ablate: ({ layer, unit }) => edit(layer, unit, 'tf.zeros_like(y)'),
  clamp: ({ layer, unit, value }) => edit(layer, unit, `tf.zeros_like(y) + ${number(value)}`),
  scale: ({ layer, unit, value }) => edit(layer, unit, `y * ${number(value)}`),
  set: ({ layer, tensor, index, value }) => ({
    lines: [`model.set(${text(layer)}, ${text(tensor)}, ${tuple(index)}, ${number(value)})`],
    pieces: [],
  }),
  noise: ({ sd, seed }) => ({
    lines: [
      '# The noise is this script’s own: the numbers vary a little.',
      `x = x + np.random.default_rng(${seed}).normal(scale=${number(sd)}, size=x.shape).astype("float32")`,
    ],
    pieces: [],
  }),
  fgsm: ({ epsilon }) => attack(epsilon, epsilon, 1),
  pgd: ({ epsilon, steps }) => attack(epsilon, (2.5 * epsilon) / steps, steps),
  patch: ({ region, value }) => patched(region, value),
};

const isScripted = (change: Change): change is Scripted<ScriptedChange> => change.kind in CODE;
const codeOf = <Name extends ScriptedChange>(name: Name, change: Scripted<Name>): ChangeCode =>
  CODE[name](change);

/** Of a change whose row says that there is a script. */
export function changeCode(change: Change): ChangeCode {
  const { kind } = change;
  if (!isScripted(change)) throw new Error(`${kind} is not written in Python`);
  return codeOf(change.kind, change);
}
