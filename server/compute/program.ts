/**
 * A model run node by node, at inference: so that a layer's output can be given, looked at or edited, and so that it can
 * be differentiated. Without any of that it computes what `LayersModel.predict` does, bit for bit.
 */
import type { LayersModel, layers, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../core/errors/index.ts';
import { withGuidedRectifiers, withoutActivation, withoutFusing } from './layer-calls.ts';
import { MODEL_OUTPUT, type ProgramTap, SCORES } from './taps.ts';
import type { Tf } from './tf.ts';

export interface RunOptions {
  /** Values in place of layers' outputs, where they are used first; what only leads to those is not computed. */
  readonly given?: ReadonlyMap<string, Tensor>;
  /** Backwards through rectifiers only positive gradient passes (Springenberg et al. 2014). */
  readonly guided?: boolean;
}
/** Edits of layers' outputs, by name; one acts wherever its layer is used. */
export type Edits = ReadonlyMap<string, (output: Tensor) => Tensor>;

type Layer = layers.Layer;
/** One use of a layer. */
interface Call {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** It is the use that stands for the layer where that is looked at or given. */
  readonly first: boolean;
}
interface Value {
  readonly tensor: Tensor;
  readonly mask: Tensor | null;
}

const ENDINGS = new Set(['softmax', 'sigmoid']);

export class Program {
  /** All uses of layers, each after what it needs. */
  private readonly calls: readonly Call[];
  private readonly layers: ReadonlyMap<string, Layer>;
  private readonly masks: boolean;
  /** The model's first output, and the call that makes it. */
  private readonly output: SymbolicTensor;

  constructor(
    private readonly tf: Tf,
    model: LayersModel,
    private readonly edits: Edits = new Map(),
  ) {
    const [output] = model.outputs;
    if (!output) throw new UserError('invalid', 'the model has no output');
    this.output = output;
    this.calls = callsOf(model.outputs);
    this.layers = new Map(this.calls.map(({ layer }) => [layer.name, layer]));
    this.masks = this.calls.some(({ layer }) => /^(Masking|Embedding)$/.test(layer.getClassName()));
    for (const name of edits.keys()) this.layer(name);
  }

  /**
   * Outputs in the order of `wanted`; belongs into a tidy. `input` gives the batch of the model's one input, and is
   * called only where it is needed. Throws UserError('invalid') for an unknown layer.
   */
  run(input: () => Tensor, wanted: readonly ProgramTap[], options: RunOptions = {}): Tensor[] {
    const targets = wanted.map((tap) => this.symbol(tap));
    const given = new Map<number, Tensor>();
    for (const [name, value] of options.given ?? []) given.set(this.symbol(name).id, value);
    const values = new Map<number, Value>([...given].map(([id, tensor]) => [id, { tensor, mask: null }]));
    const unactivated = this.unactivatedCall(wanted);
    let scores: Tensor | undefined;
    const differentiated = this.tf.engine().state.gradientDepth > 0;
    // What TensorFlow.js does: a mask once seen is handed to every later layer.
    let mask: Tensor | null = null;
    const found = (symbol: SymbolicTensor): Value => {
      const value = values.get(symbol.id);
      if (!value) throw new Error(`${symbol.name} was not computed`);
      return value;
    };
    for (const call of this.needed(targets, given)) {
      const { layer, inputs, outputs } = call;
      if (layer.getClassName() === 'InputLayer') {
        const [out] = outputs;
        if (!out) continue;
        // Models of tokens take whole numbers.
        const taken = () => (input().dtype === out.dtype ? input() : this.tf.cast(input(), out.dtype));
        values.set(out.id, { tensor: given.get(out.id) ?? this.edited(layer, taken()), mask: null });
        continue;
      }
      const ins = inputs.map(found);
      const tensors = ins.map(({ tensor }) => tensor);
      if (ins.some((value) => value.mask !== null)) mask = ins[0]?.mask ?? null;
      const plain = () => applied(layer, tensors, mask);
      const apply = differentiated ? () => withoutFusing(this.tf, layer, plain) : plain;
      if (call === unactivated) scores = withoutActivation(layer, apply)[0];
      const made = options.guided ? withGuidedRectifiers(this.tf, layer, tensors, apply) : apply();
      const outMask = layer.supportsMasking ? maskOf(layer, tensors, ins) : null;
      outputs.forEach((out, i) => {
        const tensor = made[i];
        if (!tensor) throw new Error(`${layer.name} has no output ${i}`);
        const own = given.get(out.id) ?? (i === 0 ? this.edited(layer, tensor) : tensor);
        values.set(out.id, { tensor: own, mask: outMask });
      });
    }
    return wanted.map((tap, i) => {
      const target = targets[i];
      if (tap === SCORES && unactivated && scores) return scores;
      if (!target) throw new Error('a target is missing');
      return found(target).tensor;
    });
  }

  /** Whether the output of `from` (the input where null) has any part in `to`. */
  leadsTo(from: string | null, to: ProgramTap): boolean {
    return this.between(from, to) !== null;
  }

  /** Layers that stand between `from` (the input where null) and `to`, with the last; null where none of it gets there. */
  between(from: string | null, to: ProgramTap): readonly Layer[] | null {
    const start = from === null ? null : this.symbol(from);
    const target = this.symbol(to);
    const reached = new Set<number>(start ? [start.id] : []);
    const path: Call[] = [];
    for (const call of this.calls) {
      const begins = start === null && call.layer.getClassName() === 'InputLayer';
      if (!begins && !call.inputs.some(({ id }) => reached.has(id))) continue;
      path.push(call);
      for (const { id } of call.outputs) reached.add(id);
    }
    if (!reached.has(target.id)) return null;
    const needed = new Set(this.needed([target], new Map()));
    return path.filter((call) => needed.has(call)).map(({ layer }) => layer);
  }

  /** Whether the scores cannot be had, since the layer with the final activation is itself edited. */
  get scoresAreEdited(): boolean {
    return this.edits.has(this.output.sourceLayer.name) && this.endsActivated();
  }

  /** The layer of this name; throws UserError('invalid') where there is none. */
  layer(name: string): Layer {
    const layer = this.layers.get(name);
    if (!layer)
      throw new UserError(
        'invalid',
        `no layer ${name}; this model has ${[...this.layers.keys()].join(', ')}`,
      );
    return layer;
  }

  private edited(layer: Layer, tensor: Tensor): Tensor {
    return this.edits.get(layer.name)?.(tensor) ?? tensor;
  }

  private symbol(tap: ProgramTap): SymbolicTensor {
    if (tap === MODEL_OUTPUT) return this.output;
    if (tap !== SCORES) {
      this.layer(tap);
      const call = this.calls.find(({ layer, first }) => first && layer.name === tap);
      const [out] = call?.outputs ?? [];
      if (!out) throw new UserError('invalid', `the layer ${tap} has no output`);
      return out;
    }
    // A layer that is nothing but the activation: its input. One with the activation inside is run again without.
    const { sourceLayer, inputs } = this.output;
    const [before] = inputs;
    return this.endsActivated() && before && /^(Activation|Softmax)$/.test(sourceLayer.getClassName())
      ? before
      : this.output;
  }

  private endsActivated(): boolean {
    const { sourceLayer } = this.output;
    return sourceLayer.getClassName() === 'Softmax' || ENDINGS.has(activationNameOf(sourceLayer));
  }

  /** The call that holds the final activation inside, where scores are wanted of it. */
  private unactivatedCall(wanted: readonly ProgramTap[]): Call | null {
    if (!wanted.includes(SCORES) || !this.endsActivated() || this.symbol(SCORES) !== this.output) return null;
    return this.calls.find(({ outputs }) => outputs.includes(this.output)) ?? null;
  }

  /** Calls that the targets need, in order; a given value needs nothing, unless masks flow beside values. */
  private needed(targets: readonly SymbolicTensor[], given: ReadonlyMap<number, Tensor>): Call[] {
    const ids = new Set(targets.map(({ id }) => id));
    const kept: Call[] = [];
    for (const call of this.calls.toReversed()) {
      if (!call.outputs.some(({ id }) => ids.has(id))) continue;
      if (!this.masks && call.outputs.every(({ id }) => !ids.has(id) || given.has(id))) continue;
      kept.push(call);
      for (const { id } of call.inputs) ids.add(id);
    }
    return kept.reverse();
  }
}

function applied(layer: Layer, tensors: Tensor[], mask: Tensor | null): Tensor[] {
  const made = layer.apply(tensors, mask === null ? { training: false } : { training: false, mask });
  const list = Array.isArray(made) ? made : [made];
  return list.filter((item): item is Tensor => !isSymbolic(item));
}

function isSymbolic(item: Tensor | SymbolicTensor): item is SymbolicTensor {
  return 'sourceLayer' in item;
}

function maskOf(layer: Layer, tensors: Tensor[], ins: readonly Value[]): Tensor | null {
  // The declared type leaves out that a layer without a mask is handed nulls.
  const masks: Tensor[] = [];
  ins.forEach(({ mask }, i) => {
    if (mask) masks[i] = mask;
  });
  masks.length = ins.length;
  const made: Tensor | Tensor[] | null | undefined = layer.computeMask(tensors, masks);
  return (Array.isArray(made) ? made[0] : made) ?? null;
}

/** Lower case; '' where the layer has none inside. */
function activationNameOf(layer: Layer): string {
  const { activation } = layer.getConfig();
  return typeof activation === 'string' ? activation.toLowerCase() : '';
}

/** All uses that lead to the outputs, each after what it needs. */
function callsOf(outputs: readonly SymbolicTensor[]): Call[] {
  const calls: Call[] = [];
  const done = new Set<number>();
  const open = [...outputs].reverse();
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (done.has(top.id)) {
      open.pop();
      continue;
    }
    const waiting = top.inputs.filter(({ id }) => !done.has(id));
    if (waiting.length > 0) {
      open.push(...waiting);
      continue;
    }
    open.pop();
    const { sourceLayer: layer, id } = top;
    const node = layer.inboundNodes.findIndex(({ outputTensors }) => outputTensors.some((t) => t.id === id));
    const made = layer.inboundNodes[node]?.outputTensors ?? [top];
    calls.push({ layer, inputs: top.inputs, outputs: made, first: node <= 0 });
    for (const output of made) done.add(output.id);
  }
  return calls;
}
