/** ELK in a worker: elkjs' own worker script answers its messages; a large graph takes seconds. */
import 'elkjs/lib/elk-worker.min.js';
