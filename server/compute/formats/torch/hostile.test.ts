/** Pickles and archives from strangers: each ends in a sentence, and nothing in them is called. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../core/errors/index.ts';
import { seeded } from '../../numerics/random.ts';
import { importModel } from '../index.ts';
import { type Workbench, workbench, zipOf } from '../testing/bench.ts';
import { readPickle } from './pickle.ts';
import { PickleDict, PickleObject } from './pickle-values.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const goldens = path.join(import.meta.dirname, 'goldens');
const ascii = (text: string) => Buffer.from(text, 'latin1');
const none = (): never => {
  throw new Error('no storage is asked for');
};
const pickled = (text: string) => readPickle(ascii(text), 'm.pt', none).value;
const importOf = (bytes: Uint8Array, name = 'm.pt') =>
  importModel([bench.upload(name, bytes)], bench.context);
/** An archive around this pickle, with six numbers in the storage 0. */
const archive = (pickle: string) =>
  zipOf([
    { name: 'm/data.pkl', data: ascii(pickle) },
    { name: 'm/data/0', data: Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer) },
  ]);
/** `{'w': tensor}` of a storage of six numbers: offset, sizes and strides as pickles of protocol 0 write them. */
const tensor = (offset: number, shape: readonly number[], strides: readonly number[], key = '0') => {
  const numbers = (values: readonly number[]) => `(${values.map((value) => `I${value}\n`).join('')}t`;
  return `}Vw\nctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\nFloatStorage\nV${key}\nVcpu\nI6\ntQI${offset}\n${numbers(shape)}${numbers(strides)}I00\nNtRs.`;
};

describe('a pickle', () => {
  it('calls nothing that it names', () => {
    const value = pickled("cos\nsystem\n(S'touch /tmp/called'\ntR.");
    expect(value).toBeInstanceOf(PickleObject);
    expect(value).toMatchObject({ name: 'os.system', of: ['touch /tmp/called'] });
    expect(pickled('}Va\ncbuiltins\neval\n(V1\ntRs.')).toBeInstanceOf(PickleDict);
  });

  it('tells what it makes by calling what it made before', () => {
    expect(pickled('cos\nsystem\n)R)R.')).toMatchObject({ name: 'an unnamed object' });
  });

  it.each([
    ['(lp0\n', 'ends before it says so'],
    ['X\xff\xff\xff\xffa', 'ends before it says so'],
    ['h\x05.', 'recalls what was never kept'],
    ['.', 'takes from an empty stack'],
    ['0', 'takes from an empty stack'],
    ['(.', 'takes from an empty stack'],
    ['Na.', 'takes from an empty stack'],
    ['NNa.', 'appends to what is no list'],
    ['NNNs.', 'sets entries of what is no dictionary'],
    ['t', 'looks for a mark that is not there'],
    ['NN\x93.', 'names a class by something that is no text'],
    ['Ix\n.', 'writes a number that is none'],
    ['\xff', 'holds the unknown operation 0xff'],
  ])('that is damaged is said to be: %j', (text, what) => {
    expect(() => pickled(text)).toThrow(UserError);
    expect(() => pickled(text)).toThrow(
      new RegExp(`^m\\.pt: its pickle is damaged: at byte \\d+ it ${what}; copy`),
    );
  });

  it('may hold itself, and lists of the same lists', async () => {
    const itself = archive('}p0\nVmodel\ng0\nsVx\n}Vw\nNss.');
    await expect(importOf(itself)).rejects.toThrow('m.pt: it holds no tensors with names; save the weights');
    // 2^60 lists, were they counted one by one.
    const doubled = `]q\x010${']h\x01ah\x01aq\x010'.repeat(60)}h\x01`;
    await expect(importOf(archive(`}Va\n${doubled}s.`))).rejects.toThrow('it holds no tensors with names');
    const deep = `${'}Va\n'.repeat(200_000)}N${'s'.repeat(200_000)}.`;
    await expect(importOf(archive(deep))).rejects.toThrow('it holds no tensors with names');
  });
});

describe('a tensor', () => {
  it('is read as it says', async () => {
    const { weights } = await importOf(archive(tensor(1, [2, 2], [1, 2])));
    expect([...new Float32Array(Uint8Array.from(readFileSync(weights[0]!.file)).buffer)]).toEqual([
      2, 4, 3, 5,
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['beyond its storage', tensor(3, [2, 2], [2, 1]), /w lies beyond what its storage holds/],
    ['far beyond', tensor(2 ** 52, [1], [1]), /w lies beyond what its storage holds/],
    ['of a huge shape', tensor(0, [2 ** 20, 2 ** 20, 8], [0, 0, 0]), /which is too large to be true/],
    [
      'that repeats its numbers',
      tensor(0, [2 ** 20, 2], [0, 1]),
      /w repeats 6 numbers to the shape \[1048576, 2\]/,
    ],
    [
      'of another rank',
      tensor(0, [2, 2], [1]),
      /one of its tensors has no type, sizes or strides that can be/,
    ],
    [
      'of sizes below 0',
      tensor(0, [-1], [1]),
      /one of its tensors has no type, sizes or strides that can be/,
    ],
    [
      'without its numbers',
      tensor(0, [6], [1], '7'),
      /the numbers of one of its tensors \(data\/7\) are missing/,
    ],
    ['of a name that leads out', tensor(0, [6], [1], '../../../etc/passwd'), /are missing/],
  ])('%s is refused', async (_, pickle, message) => {
    await expect(importOf(archive(pickle))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(message),
    });
  });
});

it('what holds no tensors is said by the classes in it', async () => {
  await expect(importOf(archive('csklearn.svm._classes\nSVC\n(tR.'))).rejects.toThrow(
    'm.pt: it holds no tensors with names, but objects of sklearn.svm._classes.SVC, which are never built; save the weights of the model',
  );
  await expect(importOf(archive('}Va\n(Vother\ntQs.'))).rejects.toThrow(
    'm.pt: it refers to what is no storage of tensors; save the state_dict of the model',
  );
  await expect(
    importOf(archive(tensor(0, [6], [1]).replace('FloatStorage', 'QInt8Storage'))),
  ).rejects.toThrow('m.pt: it holds no weights; send the file of a trained model');
  await expect(importOf(archive(tensor(0, [6], [1]).replace('Vw', 'Vnum_batches_tracked')))).rejects.toThrow(
    'it holds no weights',
  );
});

it('numbers of a type that is not read are left out by name', async () => {
  const both =
    tensor(0, [6], [1]).slice(0, -1) +
    tensor(0, [6], [1]).slice(1).replace('Vw', 'Vq').replace('FloatStorage', 'QInt8Storage');
  const { manifest } = await importOf(archive(both));
  expect(manifest.weights.map(({ name }) => name)).toEqual(['model/w']);
  expect(manifest.warnings).toContain('1 tensor is of number types that are not read, and left out: q.');
});

it('two files of weights are one too many', async () => {
  const bytes = readFileSync(path.join(goldens, 'state.pt'));
  const sent = ['a.pt', 'b.pt'].map((name) => bench.upload(name, bytes));
  await expect(importModel(sent, bench.context)).rejects.toThrow('b.pt: a second model beside a.pt');
});

describe('real files, damaged at random', () => {
  it.each(['state.pt', 'legacy.pth', 'module.pt', 'training.ckpt', 'script.pt'])('%s', async (name) => {
    const whole = readFileSync(path.join(goldens, name));
    const random = seeded(11);
    for (let i = 0; i < 60; i++) {
      const bytes = Buffer.from(whole);
      const cut = i % 3 === 0 ? bytes.subarray(0, 1 + random.below(bytes.length - 1)) : bytes;
      if (cut === bytes)
        for (let k = 0; k < 1 + (i % 5); k++) bytes[random.below(bytes.length)] = random.below(256);
      const began = performance.now();
      await importOf(cut, name).catch((error: unknown) => expect(error).toBeInstanceOf(UserError));
      expect(performance.now() - began).toBeLessThan(2000);
    }
  });
});

it('the head of an old file is looked at before its numbers', async () => {
  const whole = readFileSync(path.join(goldens, 'legacy.pth'));
  await expect(importOf(whole.subarray(0, whole.length - 30))).rejects.toThrow(
    'm.pt: the numbers of its tensors end before they should; copy or download the file again',
  );
  const head = whole.subarray(0, 15);
  await expect(importOf(Buffer.concat([head, ascii('(Vstorage\ntQ.')]))).rejects.toThrow(
    'm.pt: its head is damaged; save it again',
  );
  const odd = Buffer.from(whole.toString('latin1').replaceAll('FloatStorage', 'WeirdStorage'), 'latin1');
  await expect(importOf(odd)).rejects.toThrow(
    'm.pt: it holds numbers of the type Weird, which is not known; save it with a later version of PyTorch',
  );
});
