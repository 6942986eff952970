/**
 * A layer of Keras that TensorFlow.js has not, as a row: its configuration, its weights, the shape of its output and what
 * it computes. `layerOf` makes of it a class that TensorFlow.js builds like its own.
 */
import type { layers, Tensor } from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { Tf } from '../tf.ts';

/** With the batch axis first; null where a size is open. */
export type Shape = readonly (number | null)[];

export type Masks = readonly (Tensor | null)[];

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable?: boolean;
}

export interface Recipe<C> {
  /** What topologies call it. Of TensorFlow.js' own names it takes the place. */
  readonly className: string;
  /** In TensorFlow.js' spelling: `maxValue`. */
  readonly config: z.ZodType<C>;
  /** In Keras' order. `input` is the first of `inputs`. */
  weights?(config: C, input: Shape, inputs: readonly Shape[]): readonly WeightSpec[];
  /** A list where the layer has several outputs, as `call` has then. */
  shape(config: C, inputs: readonly Shape[]): Shape | readonly Shape[];
  /** `masks`: of the inputs, where the layer looks at them (masks/values.ts); none where nothing is masked. */
  call(
    tf: Tf,
    inputs: readonly Tensor[],
    config: C,
    weights: readonly Tensor[],
    masks: Masks,
  ): Tensor | Tensor[];
}

type LayerClass = Parameters<Tf['serialization']['registerClass']>[0];

interface Activation {
  apply(x: Tensor): Tensor;
  getClassName(): string;
}

/** A configuration with `activation` gives the layer one of its own, which is applied last. */
export function layerOf<C extends object>(tf: Tf, recipe: Recipe<C>): LayerClass {
  class Made extends tf.layers.Layer {
    static readonly className = recipe.className;
    readonly config: C;
    /** Where the layer has one: what asks for its scores swaps it for another. */
    activation: Activation | undefined;

    constructor(given: object) {
      super(given);
      this.config = recipe.config.parse(given);
      this.supportsMasking = true;
      const name: unknown = Reflect.get(this.config, 'activation');
      if (typeof name === 'string')
        this.activation = Reflect.get(tf.layers.activation({ activation: plainName(name) }), 'activation');
    }

    override build(inputShape: Parameters<layers.Layer['build']>[0]): void {
      const shapes = shapesOf(inputShape);
      const [first = []] = shapes;
      for (const { name, shape, trainable = true } of recipe.weights?.(this.config, first, shapes) ?? [])
        this.addWeight(name, [...shape], 'float32', tf.initializers.zeros(), undefined, trainable);
      super.build(inputShape);
    }

    override computeOutputShape(inputShape: Parameters<layers.Layer['computeOutputShape']>[0]) {
      const made = recipe.shape(this.config, shapesOf(inputShape));
      // Masks are ours to pass on (masks/); TensorFlow.js wants one for each of several outputs.
      this.supportsMasking = !isMany(made);
      return isMany(made) ? made.map((shape) => [...shape]) : [...made];
    }

    override call(inputs: Tensor | Tensor[], kwargs?: { masks?: Masks }): Tensor | Tensor[] {
      return tf.tidy(() => {
        const made = recipe.call(
          tf,
          Array.isArray(inputs) ? inputs : [inputs],
          this.config,
          // The order in which they were made, whichever of them can be trained.
          this.inOrder().map((weight) => weight.read()),
          kwargs?.masks ?? [],
        );
        return this.activation && !Array.isArray(made) ? this.activation.apply(made) : made;
      });
    }

    override getConfig() {
      return { ...super.getConfig(), ...this.config };
    }

    private inOrder() {
      return [...this.weights].sort((a, b) => a.id - b.id);
    }
  }
  return Made;
}

/** TensorFlow.js' own functions are called by small letters. */
function plainName(name: string): Parameters<Tf['layers']['activation']>[0]['activation'] {
  return name as Parameters<Tf['layers']['activation']>[0]['activation'];
}

function shapesOf(shape: Shape | readonly Shape[]): Shape[] {
  return isMany(shape) ? [...shape] : [shape];
}

function isMany(shape: Shape | readonly Shape[]): shape is readonly Shape[] {
  return Array.isArray(shape[0]);
}

/** The first of the inputs, where there is but one. */
export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('a layer was given nothing');
  return first;
}
