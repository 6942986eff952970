/** Keras' GRU as it is made by default: the reset gate acts after the recurrent product, with a bias of its own. */
import type { layers, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';
import type { Shape } from './recipe.ts';

type Layer = layers.Layer;
interface Activation {
  apply(x: Tensor): Tensor;
}
/** What TensorFlow.js' own cell has; it exports no class. */
interface Cell extends Layer {
  readonly units: number;
  readonly useBias: boolean;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
}
type LayerClass = Parameters<Tf['serialization']['registerClass']>[0];
type Class<T> = (new (given: object) => T) & { fromConfig: LayerClass['fromConfig'] };

/** A class that TensorFlow.js knows by name alone. */
function known<T extends Layer>(tf: Tf, name: string): Class<T> {
  const [found] = tf.serialization.SerializationMap.getMap().classNameMap[name] ?? [];
  if (!found) throw new Error(`this TensorFlow.js has no ${name}`);
  return found as unknown as Class<T>;
}

export const recurrents = (tf: Tf) => {
  class ResetAfterGRUCell extends known<Cell>(tf, 'GRUCell') {
    static readonly className = 'ResetAfterGRUCell';

    override build(inputShape: Shape | Shape[]): void {
      const width = Number(inputShape.at(-1) ?? 0);
      const wide = 3 * this.units;
      const zeros = tf.initializers.zeros();
      this.addWeight('kernel', [width, wide], 'float32', zeros);
      this.addWeight('recurrent_kernel', [this.units, wide], 'float32', zeros);
      if (this.useBias) this.addWeight('bias', [2, wide], 'float32', zeros);
      this.built = true;
    }

    /** x (batch, width), h (batch, units); twice the new state. */
    override call(inputs: Tensor | Tensor[]): Tensor[] {
      return tf.tidy(() => {
        const [x, h] = [inputs].flat();
        const [kernel, recurrent, bias] = this.weights.map((weight) => weight.read());
        if (!x || !h || !kernel || !recurrent) throw new Error(`${this.name} was given nothing`);
        const [own, fed] = bias ? tf.unstack(bias) : [];
        const plus = (y: Tensor, b: Tensor | undefined) => (b ? tf.add(y, b) : y);
        const [xz, xr, xh] = tf.split(plus(tf.matMul(x, kernel), own), 3, -1);
        const [hz, hr, hh] = tf.split(plus(tf.matMul(h, recurrent), fed), 3, -1);
        if (!xz || !xr || !xh || !hz || !hr || !hh) throw new Error('three gates were expected');
        const z = this.recurrentActivation.apply(tf.add(xz, hz));
        const r = this.recurrentActivation.apply(tf.add(xr, hr));
        const candidate = this.activation.apply(tf.add(xh, tf.mul(r, hh)));
        const next = tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate));
        return [next, next];
      });
    }
  }

  class ResetAfterGRU extends known<Layer>(tf, 'RNN') {
    static readonly className = 'ResetAfterGRU';
    /** That of RNN expects a cell among the keys. */
    static override fromConfig: LayerClass['fromConfig'] = (made, config) => new made(config);

    constructor(given: object) {
      super({ ...given, cell: new ResetAfterGRUCell(given) });
    }

    /** Bidirectional copies a layer by its configuration. */
    override getConfig() {
      const cell: unknown = Reflect.get(this, 'cell');
      const own = cell instanceof ResetAfterGRUCell ? cell.getConfig() : {};
      return { ...own, ...super.getConfig() };
    }
  }
  return [ResetAfterGRUCell, ResetAfterGRU];
};
