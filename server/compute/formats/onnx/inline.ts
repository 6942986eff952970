/** The nodes of a graph with functions of the file put in the place of their calls. */
import { UserError } from '../../../../core/errors/index.ts';
import { invalid } from '../files/context.ts';
import type { AttributeMessage, FunctionMessage, ModelMessage, NodeMessage } from './messages.ts';
import type { Names, Place } from './names.ts';

/** What names mean where a node stands. */
export interface Surroundings {
  /** The tensor that a name stands for. */
  tensor(name: string): string;
  /** Attributes of the call, in the body of a function; null outside of one. */
  readonly call: ReadonlyMap<string, BoundAttribute> | null;
  readonly place: Place | null;
}

export interface BoundAttribute {
  readonly message: AttributeMessage;
  /** Where it was written, which is where names of a graph in it are known. */
  readonly around: Surroundings;
}

export interface FlatNode {
  readonly operation: string;
  readonly domain: string;
  readonly place: Place;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, BoundAttribute>;
}

export const OUTERMOST: Surroundings = { tensor: (name) => name, call: null, place: null };

const MAX_NODES = 100_000;
const MAX_CALLS_DEEP = 50;

export class Inliner {
  readonly #functions = new Map<string, FunctionMessage>();
  readonly #file: string;
  readonly #names: Names;
  #nodes = 0;
  /** Versions of operator sets that functions name beside the model's own. */
  readonly opsets = new Map<string, number>();

  constructor(model: ModelMessage, file: string, names: Names) {
    this.#file = file;
    this.#names = names;
    for (const each of model.functions) {
      const key = keyOf(each);
      if (this.#functions.has(key))
        throw invalid(file, `two functions are called ${each.domain}.${each.name}`);
      this.#functions.set(key, each);
    }
  }

  flatten(nodes: readonly NodeMessage[], around: Surroundings): FlatNode[] {
    const out: FlatNode[] = [];
    this.#add(nodes, around, [], out);
    return out;
  }

  #add(
    nodes: readonly NodeMessage[],
    around: Surroundings,
    calls: readonly FunctionMessage[],
    out: FlatNode[],
  ): void {
    for (const node of nodes) {
      if (++this.#nodes > MAX_NODES)
        throw new UserError('too_large', `${this.#file}: it has more than ${MAX_NODES} nodes`, this.#file);
      const domain = domainOf(node.domain);
      const place = this.#names.place(node, around.place);
      const flat: FlatNode = {
        ...{ operation: node.operation, domain, place },
        inputs: node.inputs.map((name) => around.tensor(name)),
        outputs: node.outputs.map((name) => around.tensor(name)),
        attributes: this.#bound(node.attributes, around, place.name),
      };
      const body =
        this.#functions.size === 0
          ? undefined
          : this.#functions.get(keyOf({ ...node, name: node.operation }));
      if (body) this.#call(flat, body, calls, out);
      else out.push(flat);
    }
  }

  #call(call: FlatNode, body: FunctionMessage, calls: readonly FunctionMessage[], out: FlatNode[]): void {
    if (calls.includes(body) || calls.length >= MAX_CALLS_DEEP)
      throw invalid(
        this.#file,
        `the function ${body.name} calls itself, or functions call each other more than ${MAX_CALLS_DEEP} deep`,
      );
    if (call.inputs.length > body.inputs.length || call.outputs.length > body.outputs.length)
      throw invalid(
        this.#file,
        `the node ${call.place.name} has more inputs or outputs than the function ${body.name} that it calls`,
      );
    for (const { domain, version } of body.opsets)
      if (!this.opsets.has(domainOf(domain))) this.opsets.set(domainOf(domain), version);
    const meaning = new Map<string, string>([['', '']]);
    body.inputs.forEach((name, at) => {
      meaning.set(name, call.inputs[at] ?? '');
    });
    const passed: FlatNode[] = [];
    body.outputs.forEach((name, at) => {
      const wanted = call.outputs[at] ?? '';
      if (wanted === '') return;
      const known = meaning.get(name);
      if (known === undefined) meaning.set(name, wanted);
      // What it was given, or a second name of the same.
      else
        passed.push({
          ...{ operation: 'Identity', domain: '', inputs: [known], outputs: [wanted], attributes: new Map() },
          place: this.#names.place(
            { name, operation: 'Identity', inputs: [known], outputs: [wanted], metadata: new Map() },
            call.place,
          ),
        });
    });
    const given = new Map(call.attributes);
    for (const message of body.defaults)
      if (!given.has(message.name)) given.set(message.name, { message, around: OUTERMOST });
    const tensor = (name: string) => meaning.get(name) ?? `${call.place.name}/${name}`;
    const around: Surroundings = { tensor, call: given, place: call.place };
    this.#add(body.nodes, around, [...calls, body], out);
    out.push(...passed);
  }

  /** Attributes that stand for those of a call are the call's; without one there, the node has none either. */
  #bound(
    attributes: readonly AttributeMessage[],
    around: Surroundings,
    node: string,
  ): ReadonlyMap<string, BoundAttribute> {
    const bound = new Map<string, BoundAttribute>();
    for (const message of attributes) {
      if (bound.has(message.name))
        throw invalid(this.#file, `the node ${node} has two attributes ${message.name}`);
      const given = message.reference === '' ? { message, around } : around.call?.get(message.reference);
      if (given) bound.set(message.name, given);
      else if (around.call === null)
        throw invalid(
          this.#file,
          `the attribute ${message.name} of the node ${node} is that of a call, but the node is in no function`,
        );
    }
    return bound;
  }
}

/** ONNX' own operators have two names of their domain. */
export function domainOf(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function keyOf({ domain, name, overload }: Pick<FunctionMessage, 'domain' | 'name' | 'overload'>): string {
  return JSON.stringify([domainOf(domain), name, overload]);
}
