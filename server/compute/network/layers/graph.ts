/** A model of TensorFlow.js' layers as a program's graph: what its layers compute at inference, with masks as Keras has them. */
import type { LayersModel, layers, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { MaskFlow } from '../../masks/flow.ts';
import { type MaskTraits, PLAIN_TRAITS } from '../../masks/rules.ts';
import type { Tf } from '../../tf.ts';
import type { Call, CallOptions, Held, NodeWeight, ProgramGraph, ProgramNode, Value } from '../node.ts';
import { withGuidedRectifiers, withoutActivation, withoutFusing, withTokensNamed } from './layer-calls.ts';

type Layer = layers.Layer;
interface Use {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  readonly first: boolean;
}

/** `maskTraits`: what of the stored model decides about masks. */
export function graphOfLayers(
  tf: Tf,
  model: LayersModel,
  maskTraits: MaskTraits = PLAIN_TRAITS,
): ProgramGraph {
  const uses = usesOf(model.outputs);
  const masks = new MaskFlow(tf, uses, maskTraits);
  const nodes = new Map<Layer, ProgramNode>();
  const values = new Map<number, Value>();
  const valuesOf = (symbols: readonly SymbolicTensor[]): Value[] =>
    symbols.flatMap(({ id }) => values.get(id) ?? []);
  const calls = uses.map((use): Call => {
    const node = nodes.get(use.layer) ?? nodeOf(tf, use.layer);
    nodes.set(use.layer, node);
    const outputs: Value[] = [];
    const call = new LayerCall(tf, use, node, valuesOf(use.inputs), outputs, masks);
    for (const symbol of use.outputs) {
      const value = outputOf(symbol, call, masks.carries(symbol.id));
      outputs.push(value);
      values.set(symbol.id, value);
    }
    return call;
  });
  return {
    name: model.name,
    inputs: valuesOf(model.inputs),
    calls,
    outputs: valuesOf(model.outputs),
    batch: null,
  };
}

class LayerCall implements Call {
  readonly first: boolean;
  readonly looksAtMasks: boolean;
  readonly masksReadValues: boolean;

  constructor(
    private readonly tf: Tf,
    private readonly use: Use,
    readonly node: ProgramNode,
    readonly inputs: readonly Value[],
    readonly outputs: readonly Value[],
    private readonly masks: MaskFlow,
  ) {
    this.first = use.first;
    this.looksAtMasks = masks.looksAt(use);
    this.masksReadValues = masks.readsValues(use.layer);
  }

  run(inputs: readonly Held[], masks: readonly (Tensor | null)[], options: CallOptions): Tensor[] {
    const { layer } = this.use;
    const tensors = this.taken(inputs);
    const apply = this.fused(options, () =>
      withTokensNamed(layer, () => this.masks.outputs(this.use, tensors, masks)),
    );
    return options.guided ? withGuidedRectifiers(this.tf, layer, apply) : apply();
  }

  unactivated(inputs: readonly Held[], options: CallOptions): Tensor {
    const { layer } = this.use;
    const tensors = this.taken(inputs);
    const [made] = withoutActivation(
      layer,
      this.fused(options, () => this.masks.outputs(this.use, tensors, [])),
    );
    if (!made) throw new Error(`${layer.name} put out nothing`);
    return made;
  }

  masksAfter(inputs: () => readonly Held[], masks: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    return this.masks.after(this.use, () => inputs().map(one), masks);
  }

  private fused<T>({ differentiated }: CallOptions, body: () => T): () => T {
    return differentiated ? () => withoutFusing(this.tf, this.use.layer, body) : body;
  }

  /** Whole numbers of an input are names to Embedding, and numbers to every other layer, as in Keras. */
  private taken(inputs: readonly Held[]): Tensor[] {
    return inputs.map(one).map((tensor) => {
      const asItIs = this.node.looksUp || tensor.dtype === 'float32';
      return asItIs ? tensor : this.tf.cast(tensor, 'float32');
    });
  }
}

/** Layers hand on tensors only. */
function one(held: Held): Tensor {
  if ('dataId' in held) return held;
  throw new Error('a layer was given a sequence of tensors');
}

function outputOf({ id, name, shape, dtype }: SymbolicTensor, call: Call, masked: boolean): Value {
  return {
    ...{ id, name, shape, dtype, call, masked, maps: shape.length === 4 },
    ...{ shown: one, held: (tensor) => tensor },
  };
}

function nodeOf(tf: Tf, layer: Layer): ProgramNode {
  const type = layer.getClassName();
  return {
    name: layer.name,
    type,
    get config() {
      return layer.getConfig();
    },
    get weights() {
      return layer.weights.map(
        (variable): NodeWeight => ({
          name: variable.originalName,
          shape: variable.shape.map((size) => size ?? 0),
          read: () => variable.read(),
          write: (values) =>
            tf.tidy(() => {
              variable.write(values);
            }),
        }),
      );
    },
    isInput: type === 'InputLayer',
    looksUp: type === 'Embedding',
  };
}

/** All uses that lead to the outputs, each after what it needs. */
function usesOf(outputs: readonly SymbolicTensor[]): Use[] {
  const uses: Use[] = [];
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
    uses.push({ layer, inputs: top.inputs, outputs: made, first: node <= 0 });
    for (const output of made) done.add(output.id);
  }
  return uses;
}
