/**
 * A model run node by node, at inference: so that a layer's output can be given, looked at or edited, and so that it can
 * be differentiated. Without any of that it computes what `LayersModel.predict` does, bit for bit.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { type Head, hasScores, headOf, type Term } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { toFront } from '../../../core/preprocessing/index.ts';
import type { Tf } from '../tf.ts';
import { inBatches } from './batches.ts';
import { graphNodeOf } from './graph-nodes.ts';
import { logOfOutput, logProbabilities } from './log-probabilities.ts';
import type { Call, CallOptions, Held, ProgramGraph, ProgramNode, Value } from './node.ts';
import { LOG_PROBABILITIES, MODEL_OUTPUT, type ProgramTap, SCORES, type Tap } from './taps.ts';

export interface RunOptions {
  /** Values in place of layers' outputs, where they are used first; what only leads to those is not computed. */
  readonly given?: ReadonlyMap<string, Tensor>;
  /** Backwards through rectifiers only positive gradient passes (Springenberg et al. 2014). */
  readonly guided?: boolean;
  /** Outputs may have any axis first: nobody asks which example a number is of. */
  readonly anyAxis?: boolean;
}
/** Edits of layers' outputs, by name; one acts wherever its layer is used. */
export type Edits = ReadonlyMap<string, (output: Tensor) => Tensor>;

/** A use of a layer as a run needs it: its outputs, their masks, or both. */
interface Step {
  readonly call: Call;
  readonly values: boolean;
  readonly masks: boolean;
}

export class Program {
  private readonly nodes: ReadonlyMap<string, ProgramNode>;
  /** The model's first output. */
  private readonly output: Value;
  /** What that is, by what the graph computes. */
  readonly head: Head<Value>;

  constructor(
    private readonly tf: Tf,
    private readonly graph: ProgramGraph,
    private readonly edits: Edits = new Map(),
  ) {
    const [output] = graph.outputs;
    if (!output) throw new Error('a model without an output');
    this.output = output;
    this.head = headOf(graphNodeOf(output));
    this.nodes = new Map(graph.calls.map(({ node }) => [node.name, node]));
    for (const name of edits.keys()) this.node(name);
  }

  /** The same program with these edits of layers' outputs, in place of its own. */
  withEdits(edits: Edits): Program {
    return new Program(this.tf, this.graph, edits);
  }

  /** The same program with this output in the first one's place. */
  withOutput(name: string): Program {
    const { outputs } = this.graph;
    const at = outputs.findIndex(({ call }) => call.node.name === name);
    if (at < 0) throw new UserError('invalid', `the model has no output ${name}`);
    return new Program(this.tf, { ...this.graph, outputs: toFront(outputs, at) }, this.edits);
  }

  get name(): string {
    return this.graph.name;
  }
  get inputs(): readonly Value[] {
    return this.graph.inputs;
  }
  get outputs(): readonly Value[] {
    return this.graph.outputs;
  }

  /**
   * Outputs in the order of `wanted`; belongs into a tidy. `input` gives the batch of an input by its name, and is called
   * only where it is needed. Throws UserError('invalid') for an unknown layer.
   */
  run(input: (name: string) => Tensor, wanted: readonly ProgramTap[], options: RunOptions = {}): Tensor[] {
    const { batch } = this.graph;
    if (batch === null) return this.runAtOnce(input, wanted, options);
    return inBatches(this.tf, batch, { input, given: options.given }, (part) =>
      this.runAtOnce(part.input, wanted, { ...options, ...(part.given ? { given: part.given } : {}) }),
    );
  }

  private runAtOnce(
    input: (name: string) => Tensor,
    wanted: readonly ProgramTap[],
    options: RunOptions,
  ): Tensor[] {
    const given = new Map<number, Held>();
    for (const [name, tensor] of options.given ?? []) {
      const value = this.value(name);
      given.set(value.id, value.held(tensor));
    }
    const values = new Map<number, Held>(given);
    let examples = [...(options.given?.values() ?? [])][0]?.shape[0];
    const masks = new Map<number, Tensor>();
    const cut = this.isCut([...given.keys()]);
    const targets = wanted.flatMap((tap) => this.needs(tap, cut));
    const how = this.how(options.guided);
    const found = (value: Value): Held => {
      const held = values.get(value.id);
      if (!held) throw new Error(`${value.name} was not computed`);
      return held;
    };
    const steps = this.needed(targets, given);
    // On the way back a gradient needs them; else what nothing needs any more makes room.
    const spent = how.differentiated
      ? null
      : lastUses(steps, new Set([...targets.map(({ id }) => id), ...given.keys()]));
    for (const [at, { call, ...step }] of steps.entries()) {
      const { node, inputs, outputs } = call;
      if (node.isInput) {
        const [out] = outputs;
        if (!out || given.has(out.id)) continue;
        // Models of tokens take whole numbers.
        const taken = input(node.name);
        examples ??= taken.shape[0];
        const typed = taken.dtype === out.dtype ? taken : this.tf.cast(taken, out.dtype);
        values.set(out.id, this.edited(out, out.held(typed)));
        continue;
      }
      const own = inputs.map(({ id }) => masks.get(id) ?? null);
      if (step.masks)
        call
          .masksAfter(() => inputs.map(found), own)
          .forEach((mask, i) => {
            const out = outputs[i];
            if (mask && out) masks.set(out.id, mask);
          });
      if (!step.values) continue;
      const made = call.run(inputs.map(found), own, how);
      outputs.forEach((out, i) => {
        const held = made[i];
        if (!held) throw new Error(`${node.name} has no output ${i}`);
        if (!given.has(out.id)) values.set(out.id, i === 0 ? this.edited(out, held) : held);
      });
      for (const id of spent?.get(at) ?? [])
        for (const tensor of [values.get(id) ?? []].flat()) tensor.dispose();
    }
    const shown = (value: Value): Tensor => value.shown(found(value));
    const scoresOf = ({ before, at }: Term<Value>): Tensor =>
      before ? shown(before) : at.call.unactivated(at.call.inputs.map(found), how);
    const output = () => ofExamples(this.output, shown, examples);
    return wanted.map((tap) => {
      if (tap === SCORES) return this.scores(scoresOf) ?? output();
      if (tap !== LOG_PROBABILITIES)
        return ofExamples(this.value(tap), shown, options.anyAxis ? undefined : examples);
      if (!cut) return logProbabilities(this.tf, this.head, scoresOf);
      return logOfOutput(this.tf, this.head.kind, output().as2D(-1, this.head.units ?? 1));
    });
  }

  /** What the head squashes, as (n, units); null where it is none, or several of which each has scores of its own. */
  private scores(of: (term: Term<Value>) => Tensor): Tensor | null {
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
    const masked = path.some(({ call }) => call.inputs.some((input) => input.masked));
    const maskable = terms.some((term) => isPooled(term) || term.shape.length > 1);
    const onPath = path.some(({ id, call }) => given.includes(id) || this.edits.has(call.node.name));
    return (masked && maskable) || onPath || terms.some(({ hidden }) => hidden);
  }

  private how(guided = false): CallOptions {
    return { differentiated: this.tf.engine().state.gradientDepth > 0, guided };
  }

  /** Whether the output of `from` (the input where null) has any part in `to`. */
  leadsTo(from: string | null, to: ProgramTap): boolean {
    return this.between(from, to) !== null;
  }

  /**
   * Outputs that stand between `from` (the inputs where null) and `to`, the first of each use, with the last; null where
   * none of it gets there.
   */
  between(from: string | null, to: ProgramTap): readonly Value[] | null {
    const start = from === null ? null : this.value(from);
    const targets = this.needs(to, this.isCut(start ? [start.id] : []));
    const reached = new Set<number>(start ? [start.id] : []);
    const path: Call[] = [];
    for (const call of this.graph.calls) {
      const begins = start === null && call.node.isInput;
      if (!begins && !call.inputs.some(({ id }) => reached.has(id))) continue;
      path.push(call);
      for (const { id } of call.outputs) reached.add(id);
    }
    if (!targets.some(({ id }) => reached.has(id))) return null;
    const needed = new Set(this.needed(targets, new Map()).map(({ call }) => call));
    return path.filter((call) => needed.has(call)).flatMap(({ outputs }) => outputs.slice(0, 1));
  }

  /** Whether the scores do not tell the output, since what stands between is edited. */
  get scoresAreEdited(): boolean {
    return this.head.path.some(({ call }) => this.edits.has(call.node.name));
  }

  /** The layer or operator of this name; throws UserError('invalid') where there is none. */
  node(name: string): ProgramNode {
    const node = this.nodes.get(name);
    if (!node)
      throw new UserError('invalid', `no layer ${name}; this model has ${[...this.nodes.keys()].join(', ')}`);
    return node;
  }

  private edited(value: Value, held: Held): Held {
    const edit = this.edits.get(value.call.node.name);
    return edit ? value.held(edit(value.shown(held))) : held;
  }

  /** Of a layer that the model uses several times: how often, and what its first use is given. */
  usesOf(name: string): { readonly count: number; readonly inputs: readonly string[] } | null {
    const uses = this.graph.calls.filter(({ node }) => node.name === name);
    const first = uses.find((call) => call.first);
    if (uses.length < 2 || !first) return null;
    return { count: uses.length, inputs: first.inputs.map(({ call }) => call.node.name) };
  }

  private value(tap: Tap): Value {
    if (tap === MODEL_OUTPUT) return this.output;
    this.node(tap);
    const call = this.graph.calls.find(({ node, first }) => first && node.name === tap);
    const [out] = call?.outputs ?? [];
    if (!out) throw new UserError('invalid', `the layer ${tap} has no output`);
    return out;
  }

  /** What has to be computed for a tap. `cut`: logarithms come from the output. */
  private needs(tap: ProgramTap, cut: boolean): readonly Value[] {
    const scored = tap === SCORES ? this.hasScores : tap === LOG_PROBABILITIES && !cut;
    if (scored) return this.head.parts.flat().flatMap(({ at, before }) => before ?? at.call.inputs);
    return [this.value(tap === SCORES || tap === LOG_PROBABILITIES ? MODEL_OUTPUT : tap)];
  }

  /** What the targets need, in order; a given value needs nothing but, where masks are looked at, its mask. */
  private needed(targets: readonly Value[], given: ReadonlyMap<number, Held>): Step[] {
    const valued = new Set(targets.map(({ id }) => id));
    const masked = new Set<number>();
    const kept: Step[] = [];
    for (const call of this.graph.calls.toReversed()) {
      const values = call.outputs.some(({ id }) => valued.has(id) && !given.has(id));
      const masks = call.outputs.some(({ id }) => masked.has(id));
      if (!values && !masks) continue;
      kept.push({ call, values, masks });
      for (const { id, masked: bears } of call.inputs) {
        if (values || call.masksReadValues) valued.add(id);
        if (bears && (masks || call.looksAtMasks)) masked.add(id);
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
    if (out && more.length === 0 && !call.node.isInput) made.add(out.id);
  }
  const uses = new Map<number, number[]>();
  for (const [id, at] of last) if (made.has(id) && !kept.has(id)) uses.set(at, [...(uses.get(at) ?? []), id]);
  return uses;
}

/** Throws UserError('unsupported') for what has another axis first than that of the examples: nobody could tell whose is whose. */
function ofExamples(value: Value, shown: (value: Value) => Tensor, examples: number | undefined): Tensor {
  const tensor = shown(value);
  if (examples === undefined || tensor.shape[0] === examples) return tensor;
  throw new UserError(
    'unsupported',
    `the layer ${value.call.node.name} puts out [${tensor.shape.join(', ')}] for ${examples} ${examples === 1 ? 'example' : 'examples'}: its first axis is not theirs, so that it cannot be asked about example by example; ask about a layer before or behind it`,
  );
}

const isPooled = ({ steps }: Term<Value>): boolean => steps.includes('mean over places');
