/** Archives of torch.export that are not what they should be, or hold what is not computed: each is told by its node. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../core/errors/index.ts';
import { seeded } from '../../numerics/random.ts';
import { openZip } from '../files/zip.ts';
import { importModel } from '../index.ts';
import { type Workbench, workbench, zipOf } from '../testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const goldens = path.join(import.meta.dirname, 'goldens');
interface Node {
  target: string;
  inputs: { name: string; arg: Record<string, unknown>; kind: number }[];
  outputs: { as_tensor?: { name: string } }[];
  metadata: Record<string, string>;
  name: string;
}
interface Model {
  graph_module: {
    graph: { nodes: Node[]; tensor_values: Record<string, { dtype: number; sizes: unknown[] }> };
    signature: { input_specs: unknown[]; output_specs: unknown[] };
  };
}
type Edit = (model: Model) => void;

/** The archive with its graph edited, and without the entries that are not kept. */
async function edited(name: string, edit: Edit, change = (_: string, data: Buffer): Buffer | null => data) {
  const archive = await openZip(readFileSync(path.join(goldens, `${name}.pt2`)), name);
  const entries = [];
  for (const file of archive.files) {
    let data = await file.read();
    if (file.name.endsWith('models/model.json')) {
      const model: Model = JSON.parse(data.toString());
      edit(model);
      data = Buffer.from(JSON.stringify(model));
    }
    const kept = change(file.name, data);
    if (kept) entries.push({ name: file.name, data: kept });
  }
  return importModel([bench.upload('m.pt2', zipOf(entries))], bench.context);
}

/** An argument of the first node of an operator. */
const argument =
  (target: string, name: string, arg: Record<string, unknown> | null): Edit =>
  ({ graph_module: { graph } }) => {
    const node = graph.nodes.find((each) => each.target.startsWith(`torch.ops.aten.${target}`));
    if (!node) throw new Error(`no node is a ${target}`);
    node.inputs = node.inputs.filter((each) => each.name !== name);
    if (arg) node.inputs.push({ name, arg, kind: 1 });
  };
/** Sizes of what the first node of an operator takes under a name; null: they depend on the input. */
const sizes =
  (target: string, name: string, to: (sizes: unknown[]) => unknown[]): Edit =>
  ({ graph_module: { graph } }) => {
    const node = graph.nodes.find((each) => each.target.startsWith(`torch.ops.aten.${target}`));
    const arg = node?.inputs.find((each) => each.name === name)?.arg.as_tensor;
    const tensor = typeof arg === 'object' && arg && 'name' in arg ? String(arg.name) : '';
    const meta = graph.tensor_values[tensor];
    if (!meta) throw new Error(`no ${name} of ${target}`);
    graph.tensor_values[tensor] = { ...meta, sizes: to(meta.sizes) };
  };
const OPEN = { as_expr: { expr_str: "Symbol('s1')" } };
const both =
  (...edits: readonly Edit[]): Edit =>
  (model) => {
    for (const edit of edits) edit(model);
  };

describe('a node', () => {
  it.each<[string, string, Edit]>([
    ['picture', 'its input is no tensor', argument('conv2d', 'input', { as_int: 1 })],
    ['acts', 'its tensors is no list of tensors', argument('cat', 'tensors', { as_int: 1 })],
    ['picture', 'nothing makes softmax', argument('relu6', 'self', { as_tensor: { name: 'softmax' } })],
    ['picture', 'its dim is no plain number', argument('softmax', 'dim', { as_string: 'x' })],
    [
      'picture',
      'the sizes of ghost are not told',
      argument('conv2d', 'input', { as_tensor: { name: 'ghost' } }),
    ],
    ['picture', 'its stride are no plain numbers', argument('conv2d', 'stride', { as_string: 'x' })],
    ['picture', 'its training is neither true nor false', argument('batch_norm', 'training', { as_int: 1 })],
    ['acts', 'its mode is no text', argument('pad', 'mode', { as_int: 1 })],
    [
      'acts',
      'it writes over numbers that other tensors share; replace the operation in place by a plain one',
      ({ graph_module: { graph } }) => {
        const cat = graph.nodes.find(({ target }) => target.includes('aten.cat'));
        const chunk = graph.nodes.find(({ target }) => target.includes('aten.chunk'));
        const at = cat ? graph.nodes.indexOf(cat) : 0;
        const self = chunk?.inputs.find(({ name }) => name === 'self');
        if (self)
          graph.nodes.splice(at, 0, {
            ...{
              target: 'torch.ops.aten.relu_.default',
              inputs: [self],
              outputs: [{ as_tensor: { name: 'written' } }],
            },
            ...{ metadata: {}, name: 'written' },
          });
      },
    ],
    ['attention', 'its shape are no sizes', argument('reshape', 'shape', { as_string: 'x' })],
    [
      'acts',
      'are of a type that is not read',
      ({ graph_module: { graph } }) => {
        for (const meta of Object.values(graph.tensor_values).slice(-6)) meta.dtype = 10;
      },
    ],
    [
      'acts',
      'rounding by trunc is not known for float32',
      argument('div.Tensor', 'rounding_mode', { as_string: 'trunc' }),
    ],
    ['acts', 'a beta other than 1 is not known', argument('softplus', 'beta', { as_float: 2 })],
    ['acts', 'scales other than 1 are not known', argument('elu', 'scale', { as_float: 2 })],
    [
      'picture',
      'sizes after the flattened axes depend on the input',
      both(
        argument('flatten', 'end_dim', { as_int: 2 }),
        sizes('flatten', 'self', (all) => [...all.slice(0, 3), OPEN]),
      ),
    ],
    [
      'acts',
      'the size along its axis depends on the input',
      sizes('chunk', 'self', ([first, , ...rest]) => [first, OPEN, ...rest]),
    ],
    ['acts', 'padding by twice is not known', argument('pad', 'mode', { as_string: 'twice' })],
    [
      'picture',
      'an input without an axis of examples is not known',
      sizes('conv2d', 'input', (all) => all.slice(1)),
    ],
    [
      'picture',
      'an input without an axis of examples is not known',
      sizes('max_pool2d', 'self', (all) => all.slice(1)),
    ],
    [
      'picture',
      'it takes means of the batch; export the model after model.eval()',
      argument('batch_norm', 'training', { as_bool: true }),
    ],
    ['acts', 'one without weights is not known', argument('group_norm', 'weight', null)],
    ['acts', 'a divisor of its own is not known', argument('avg_pool2d', 'divisor_override', { as_int: 3 })],
    [
      'picture',
      '[3, 3] places do not divide into [2, 2]',
      argument('adaptive_avg_pool2d', 'output_size', { as_ints: [2, 2] }),
    ],
    [
      'attention',
      'dropout is on; export the model after model.eval()',
      argument('scaled', 'dropout_p', { as_float: 0.5 }),
    ],
    [
      'attention',
      'heads that share keys are not known in it',
      argument('scaled', 'enable_gqa', { as_bool: true }),
    ],
    [
      'attention',
      'the size of its heads depends on the input',
      sizes('scaled', 'query', (all) => [...all.slice(0, -1), OPEN]),
    ],
    [
      'attention',
      'a causal mask of a size that depends on the input is not known',
      sizes('scaled', 'key', ([a, b, , d]) => [a, b, OPEN, d]),
    ],
    [
      'attention',
      'its causal mask of 5 by 9000000 is too large',
      sizes('scaled', 'key', ([a, b, , d]) => [a, b, { as_int: 9_000_000 }, d]),
    ],
    [
      'picture',
      'factors other than 1 are not known',
      both(argument('linear', 'alpha', { as_int: 2 }), ({ graph_module: { graph } }) => {
        const node = graph.nodes.find(({ target }) => target.includes('linear'));
        if (node) node.target = 'torch.ops.aten.addmm.default';
      }),
    ],
  ])('of %s: %s', async (name, message, edit) => {
    await expect(edited(name, edit)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /^m\.pt2: the node \w+ \(aten\.[\w.]+\) is not computed here: .*; in Python, torch\.onnx\.export\(torch\.export\.load\("model\.pt2"\), f="model\.onnx", dynamo=True\) makes an ONNX file of it$/,
      ),
    });
    await expect(edited(name, edit)).rejects.toThrow(message);
  });

  it('of an operator that is not known is named with all others', async () => {
    await expect(
      edited('picture', ({ graph_module: { graph } }) => {
        for (const node of graph.nodes.slice(0, 2)) node.target = 'torch.ops.aten.stft.default';
      }),
    ).rejects.toThrow(
      'm.pt2: its graph has operators that are not known here: aten.stft.default (2 nodes); in Python, torch.onnx.export(torch.export.load("m.pt2"), f="model.onnx", dynamo=True) makes an ONNX file of it',
    );
    await expect(
      edited('picture', ({ graph_module: { graph } }) => {
        graph.nodes[0]!.target = 'torch.ops.mine.op';
      }),
    ).rejects.toThrow('not known here: mine.op (1 node); in Python');
  });
});

describe('an archive', () => {
  const nothing: Edit = () => undefined;
  it('without its parts is told what is missing', async () => {
    await expect(
      edited('picture', nothing, (name, data) => (name.endsWith('model.json') ? null : data)),
    ).rejects.toThrow(
      'm.pt2: it holds no graph of torch.export (models/model.json); save it with torch.export.save(',
    );
    await expect(
      edited('picture', nothing, (name, data) => (name.endsWith('weights_config.json') ? null : data)),
    ).rejects.toThrow(/^m\.pt2: the weight [\w.]+ of its graph is not in it; save it again$/);
    await expect(
      edited('picture', nothing, (name, data) => (name.endsWith('weight_0') ? null : data)),
    ).rejects.toThrow(
      /lies beyond what its storage holds|numbers of one of its weights \(weight_0\) are missing/,
    );
    await expect(
      edited('picture', nothing, (name, data) =>
        name.endsWith('weights_config.json') ? Buffer.from('{"config": 3}') : data,
      ),
    ).rejects.toThrow('m.pt2: the list of its weights is not written as torch.export does; save it again');
    await expect(
      edited('picture', nothing, (name, data) =>
        name.endsWith('weights_config.json')
          ? Buffer.from(data.toString().replace('"use_pickle": false', '"use_pickle": true'))
          : data,
      ),
    ).rejects.toThrow(/is kept as an object or in a type that is not read; export the model as ONNX$/);
  });

  it('with a graph that is none is refused', async () => {
    await expect(
      edited('picture', ({ graph_module: { graph } }) => {
        Object.assign(graph, { nodes: 7 });
      }),
    ).rejects.toThrow(
      /^m\.pt2: its graph is not written as torch\.export does \(graph_module\.graph\.nodes: /,
    );
    await expect(
      edited('picture', ({ graph_module: { signature } }) => {
        signature.input_specs = signature.input_specs.map((spec) =>
          typeof spec === 'object' && spec && 'user_input' in spec
            ? { user_input: { arg: { as_int: 1 } } }
            : spec,
        );
      }),
    ).rejects.toThrow('m.pt2: one of its inputs is no tensor; export the model with tensors alone');
    await expect(
      edited('picture', ({ graph_module: { signature } }) => {
        signature.output_specs = [];
      }),
    ).rejects.toThrow('m.pt2: none of its outputs is a tensor that its nodes make');
    await expect(
      edited('picture', ({ graph_module: { graph } }) => {
        graph.tensor_values.x!.dtype = 10;
      }),
    ).rejects.toThrow('m.pt2: its input x has numbers of a type that is not read');
  });

  it('damaged at random is refused, or still a model', async () => {
    const whole = readFileSync(path.join(goldens, 'attention.pt2'));
    const random = seeded(4);
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.from(whole);
      for (let k = 0; k < 3; k++) bytes[random.below(bytes.length)] = random.below(256);
      await importModel([bench.upload('m.pt2', bytes)], bench.context).catch((error: unknown) =>
        expect(error).toBeInstanceOf(UserError),
      );
    }
  });

  it('is one at a time', async () => {
    const sent = ['a.pt2', 'b.pt2'].map((name) => bench.existing(path.join(goldens, 'acts.pt2'), name));
    await expect(importModel(sent, bench.context)).rejects.toThrow('b.pt2: a second model beside a.pt2');
  });
});
