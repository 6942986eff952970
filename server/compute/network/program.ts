/**
 * A model run node by node, at inference: so that a layer's output can be given, looked at or edited, and so that it can
 * be differentiated. Without any of that it computes what `LayersModel.predict` does, bit for bit.
 */
import type { LayersModel, layers, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { type Head, hasScores, headOf, type Term } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { MaskFlow } from '../masks/flow.ts';
import { type MaskTraits, PLAIN_TRAITS } from '../masks/rules.ts';
import type { Tf } from '../tf.ts';
import { graphNodeOf } from './graph-nodes.ts';
import { withGuidedRectifiers, withoutActivation, withoutFusing, withTokensNamed } from './layer-calls.ts';
import { logOfOutput, logProbabilities } from './log-probabilities.ts';
import { LOG_PROBABILITIES, MODEL_OUTPUT, type ProgramTap, SCORES, type Tap } from './taps.ts';

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
export interface Call {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** It is the use that stands for the layer where that is looked at or given. */
  readonly first: boolean;
}
/** A use of a layer as a run needs it: its outputs, their masks, or both. */
interface Step {
  readonly call: Call;
  readonly values: boolean;
  readonly masks: boolean;
}

export class Program {
  /** All uses of layers, each after what it needs. */
  private readonly calls: readonly Call[];
  private readonly layers: ReadonlyMap<string, Layer>;
  private readonly masks: MaskFlow;
  /** The model's first output. */
  private readonly output: SymbolicTensor;
  /** What that is, by what the graph computes. */
  readonly head: Head<SymbolicTensor>;

  constructor(
    private readonly tf: Tf,
    model: LayersModel,
    private readonly edits: Edits = new Map(),
    readonly maskTraits: MaskTraits = PLAIN_TRAITS,
  ) {
    const [output] = model.outputs;
    if (!output) throw new Error('a model without an output');
    this.output = output;
    this.head = headOf(graphNodeOf(output));
    this.calls = callsOf(model.outputs);
    this.layers = new Map(this.calls.map(({ layer }) => [layer.name, layer]));
    this.masks = new MaskFlow(tf, this.calls, maskTraits);
    for (const name of edits.keys()) this.layer(name);
  }

  /**
   * Outputs in the order of `wanted`; belongs into a tidy. `input` gives the batch of the model's one input, and is
   * called only where it is needed. Throws UserError('invalid') for an unknown layer.
   */
  run(input: () => Tensor, wanted: readonly ProgramTap[], options: RunOptions = {}): Tensor[] {
    const given = new Map<number, Tensor>();
    for (const [name, value] of options.given ?? []) given.set(this.symbol(name).id, value);
    const values = new Map<number, Tensor>(given);
    const masks = new Map<number, Tensor>();
    const cut = this.isCut([...given.keys()]);
    const targets = wanted.flatMap((tap) => this.needs(tap, cut));
    const differentiated = this.tf.engine().state.gradientDepth > 0;
    const found = (symbol: SymbolicTensor): Tensor => {
      const value = values.get(symbol.id);
      if (!value) throw new Error(`${symbol.name} was not computed`);
      return value;
    };
    const steps = this.needed(targets, given);
    // On the way back a gradient needs them; else what nothing needs any more makes room.
    const spent = differentiated
      ? null
      : lastUses(steps, new Set([...targets.map(({ id }) => id), ...given.keys()]));
    for (const [at, step] of steps.entries()) {
      const { layer, inputs, outputs } = step.call;
      if (layer.getClassName() === 'InputLayer') {
        const [out] = outputs;
        if (!out || given.has(out.id)) continue;
        // Models of tokens take whole numbers.
        const taken = input();
        values.set(
          out.id,
          this.edited(layer, taken.dtype === out.dtype ? taken : this.tf.cast(taken, out.dtype)),
        );
        continue;
      }
      const own = inputs.map(({ id }) => masks.get(id) ?? null);
      if (step.masks)
        this.masks
          .after(step.call, () => inputs.map(found), own)
          .forEach((mask, i) => {
            const out = outputs[i];
            if (mask && out) masks.set(out.id, mask);
          });
      if (!step.values) continue;
      const tensors = inputs.map((symbol) => this.taken(layer, found(symbol)));
      const plain = () => withTokensNamed(layer, () => this.masks.outputs(layer, tensors, own));
      const apply = differentiated ? () => withoutFusing(this.tf, layer, plain) : plain;
      const made = options.guided ? withGuidedRectifiers(this.tf, layer, apply) : apply();
      outputs.forEach((out, i) => {
        const tensor = made[i];
        if (!tensor) throw new Error(`${layer.name} has no output ${i}`);
        if (!given.has(out.id)) values.set(out.id, i === 0 ? this.edited(layer, tensor) : tensor);
      });
      for (const id of spent?.get(at) ?? []) values.get(id)?.dispose();
    }
    const scoresOf = (term: Term<SymbolicTensor>): Tensor =>
      term.before ? found(term.before) : this.unactivated(term.at, found);
    const output = () => found(this.output);
    return wanted.map((tap) => {
      if (tap === SCORES) return this.scores(scoresOf) ?? output();
      if (tap !== LOG_PROBABILITIES) return found(this.symbol(tap));
      if (!cut) return logProbabilities(this.tf, this.head, scoresOf);
      return logOfOutput(this.tf, this.head.kind, output().as2D(-1, this.head.units ?? 1));
    });
  }

  /** What the head squashes, as (n, units); null where it is none, or several of which each has scores of its own. */
  private scores(of: (term: Term<SymbolicTensor>) => Tensor): Tensor | null {
    if (!this.hasScores) return null;
    const parts = this.head.parts.flatMap(([term]) => (term ? [of(term)] : []));
    const flat = parts.map((part) => part.as2D(part.shape[0] ?? 0, -1));
    return parts.length === 1 ? (parts[0] ?? null) : this.tf.concat2d(flat, 1);
  }

  /** Whether the first output is made of scores, one for each of its numbers. */
  get hasScores(): boolean {
    return hasScores(this.head);
  }

  /** Whether the logarithms of probabilities come from the output alone: what it is made of cannot be had, or is edited. */
  get isCutOff(): boolean {
    return this.isCut([]);
  }

  private isCut(given: readonly number[]): boolean {
    const { path, parts } = this.head;
    const terms = parts.flat();
    // A masked mean leaves places out, and a masked softmax scores.
    const masked = path.some(({ inputs }) => inputs.some(({ id }) => this.masks.carries(id)));
    const maskable = terms.some((term) => isPooled(term) || term.shape.length > 1);
    const onPath = path.some(({ id, sourceLayer }) => given.includes(id) || this.edits.has(sourceLayer.name));
    return (masked && maskable) || onPath || terms.some(({ hidden }) => hidden);
  }

  /** What the layer that makes `symbol` puts out without its activation. */
  private unactivated(symbol: SymbolicTensor, found: (symbol: SymbolicTensor) => Tensor): Tensor {
    const { sourceLayer: layer, inputs } = symbol;
    const tensors = inputs.map((input) => this.taken(layer, found(input)));
    const plain = () => this.masks.outputs(layer, tensors, []);
    const differentiated = this.tf.engine().state.gradientDepth > 0;
    const [made] = withoutActivation(
      layer,
      differentiated ? () => withoutFusing(this.tf, layer, plain) : plain,
    );
    if (!made) throw new Error(`${layer.name} put out nothing`);
    return made;
  }

  /** Whether the output of `from` (the input where null) has any part in `to`. */
  leadsTo(from: string | null, to: ProgramTap): boolean {
    return this.between(from, to) !== null;
  }

  /** Layers that stand between `from` (the input where null) and `to`, with the last; null where none of it gets there. */
  between(from: string | null, to: ProgramTap): readonly Layer[] | null {
    const start = from === null ? null : this.symbol(from);
    const targets = this.needs(to, this.isCut(start ? [start.id] : []));
    const reached = new Set<number>(start ? [start.id] : []);
    const path: Call[] = [];
    for (const call of this.calls) {
      const begins = start === null && call.layer.getClassName() === 'InputLayer';
      if (!begins && !call.inputs.some(({ id }) => reached.has(id))) continue;
      path.push(call);
      for (const { id } of call.outputs) reached.add(id);
    }
    if (!targets.some(({ id }) => reached.has(id))) return null;
    const needed = new Set(this.needed(targets, new Map()).map(({ call }) => call));
    return path.filter((call) => needed.has(call)).map(({ layer }) => layer);
  }

  /** Whether the scores do not tell the output, since what stands between is edited. */
  get scoresAreEdited(): boolean {
    return this.head.path.some(({ sourceLayer }) => this.edits.has(sourceLayer.name));
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

  /** Whole numbers of an input are names to Embedding, and numbers to every other layer, as in Keras. */
  private taken(layer: Layer, tensor: Tensor): Tensor {
    const names = layer.getClassName() === 'Embedding';
    return names || tensor.dtype === 'float32' ? tensor : this.tf.cast(tensor, 'float32');
  }

  private edited(layer: Layer, tensor: Tensor): Tensor {
    return this.edits.get(layer.name)?.(tensor) ?? tensor;
  }

  /** Of a layer that the model uses several times: how often, and what its first use is given. */
  usesOf(name: string): { readonly count: number; readonly inputs: readonly string[] } | null {
    const uses = this.calls.filter(({ layer }) => layer.name === name);
    const first = uses.find((call) => call.first);
    if (uses.length < 2 || !first) return null;
    return { count: uses.length, inputs: first.inputs.map(({ sourceLayer }) => sourceLayer.name) };
  }

  private symbol(tap: Tap): SymbolicTensor {
    if (tap === MODEL_OUTPUT) return this.output;
    this.layer(tap);
    const call = this.calls.find(({ layer, first }) => first && layer.name === tap);
    const [out] = call?.outputs ?? [];
    if (!out) throw new UserError('invalid', `the layer ${tap} has no output`);
    return out;
  }

  /** What has to be computed for a tap. `cut`: logarithms come from the output. */
  private needs(tap: ProgramTap, cut: boolean): readonly SymbolicTensor[] {
    const scored = tap === SCORES ? this.hasScores : tap === LOG_PROBABILITIES && !cut;
    if (scored) return this.head.parts.flat().flatMap(({ at, before }) => before ?? at.inputs);
    return [this.symbol(tap === SCORES || tap === LOG_PROBABILITIES ? MODEL_OUTPUT : tap)];
  }

  /** What the targets need, in order; a given value needs nothing but, where masks are looked at, its mask. */
  private needed(targets: readonly SymbolicTensor[], given: ReadonlyMap<number, Tensor>): Step[] {
    const valued = new Set(targets.map(({ id }) => id));
    const masked = new Set<number>();
    const kept: Step[] = [];
    for (const call of this.calls.toReversed()) {
      const values = call.outputs.some(({ id }) => valued.has(id) && !given.has(id));
      const masks = call.outputs.some(({ id }) => masked.has(id));
      if (!values && !masks) continue;
      kept.push({ call, values, masks });
      for (const { id } of call.inputs) {
        if (values || this.masks.readsValues(call.layer)) valued.add(id);
        if (this.masks.carries(id) && (masks || this.masks.looksAt(call))) masked.add(id);
      }
    }
    return kept.reverse();
  }
}

/** What each step is the last to read, so that it can go: not what is kept, nor the input, which is the caller's. */
function lastUses(steps: readonly Step[], kept: ReadonlySet<number>): Map<number, number[]> {
  const last = new Map<number, number>();
  const made = new Set<number>();
  for (const [at, { call }] of steps.entries()) {
    for (const { id } of call.inputs) last.set(id, at);
    // A layer of several outputs may give one tensor as two of them.
    const [out, ...more] = call.outputs;
    if (out && more.length === 0 && call.layer.getClassName() !== 'InputLayer') made.add(out.id);
  }
  const uses = new Map<number, number[]>();
  for (const [id, at] of last) if (made.has(id) && !kept.has(id)) uses.set(at, [...(uses.get(at) ?? []), id]);
  return uses;
}

const isPooled = ({ steps }: Term<SymbolicTensor>): boolean => steps.includes('mean over places');

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
