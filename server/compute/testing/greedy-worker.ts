/** A real worker whose trials take much memory at one stroke, as its first argument says. For tests of its limit. */
import { Engine } from '../engine/engine.ts';
import { startWorker } from '../worker.ts';

const [how] = process.argv.slice(2);
const NUMBERS = 2e9;
const kept: unknown[] = [];

Engine.prototype.tryScales = async function () {
  const { tf } = this.backend;
  switch (how) {
    case 'tensor':
      tf.tile(tf.ones([1000, 1]), [1, NUMBERS / 1000]).dataSync();
      break;
    case 'array':
      kept.push(new Float32Array(NUMBERS).fill(1));
      break;
    case 'objects':
      for (let i = 0; i < NUMBERS; i++) kept.push({ i });
      break;
    default:
      return { untried: 'a test' };
  }
  return { untried: 'it was had' };
};
startWorker();
