import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { note, view } from '../../../core/board/board.fixture.ts';
import { addItem } from '../../../core/board/index.ts';
import { LIMITS } from '../limits.ts';
import {
  all,
  any,
  atRoot,
  behind,
  byte,
  forged,
  gc,
  keyOf,
  nested,
  number,
  text,
  times,
  type Write,
  within,
} from '../testing/updates.ts';
import { Malformed } from './bytes.ts';
import { inspect, inspectStateVector, TooMuch, UNLIMITED } from './inspection.ts';

const one = (structs: Write, count = 1) => forged([{ client: 7, count, structs }]);

describe('S7 an update is read before Yjs reads it', () => {
  it('S7 what Yjs writes of a board passes, with its clocks and deletions', () => {
    const doc = new Y.Doc();
    doc.clientID = 5;
    addItem(doc, view('a', { options: { scale: 0.1, color: 'label', own: true } }));
    addItem(doc, note('b', { text: 'ünï ☃ 😀 "quotes"' }));
    doc.getMap('items').delete('a');
    doc.getMap('bindings').set('class', 3);
    doc.getArray('list').insert(0, [1, -70, 1e40, 0.5, null, { a: [1, { b: 'c' }] }]);
    const inspected = inspect(Y.encodeStateAsUpdate(doc), LIMITS);
    const clock = Y.getState(doc.store, 5);
    expect(inspected.clients).toEqual(new Map([[5, { from: 0, to: clock }]]));
    const { clients } = Y.createDeleteSetFromStructStore(doc.store);
    expect(inspected.deletes).toEqual((clients.get(5) ?? []).flatMap(({ clock, len }) => [5, clock, len]));
  });

  it('S7 property: clocks are those that Yjs counts, for whatever is edited by whom', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('type'),
        at: fc.nat(50),
        text: fc.string({ unit: 'grapheme', maxLength: 9 }),
      }),
      fc.record({ kind: fc.constant('erase'), at: fc.nat(50), text: fc.constant('') }),
      fc.record({ kind: fc.constant('set'), at: fc.nat(5), text: fc.string({ maxLength: 4 }) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), step), { maxLength: 60 }), (steps) => {
        const docs = [1, 2, 3].map((clientID) => Object.assign(new Y.Doc(), { clientID }));
        for (const [who, { kind, at, text: written }] of steps) {
          const doc = docs[who];
          if (!doc) continue;
          const shared = doc.getText('text');
          if (kind === 'type') shared.insert(Math.min(at, shared.length), written);
          else if (kind === 'erase')
            shared.delete(
              Math.min(at, shared.length),
              Math.min(3, shared.length - Math.min(at, shared.length)),
            );
          else doc.getMap('map').set(`${at}`, { written });
          for (const other of docs)
            if (other !== doc && at % 2) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
        }
        for (const doc of docs) {
          const update = Y.encodeStateAsUpdate(doc);
          const { from, to } = Y.parseUpdateMeta(update);
          const seen = [...inspect(update, LIMITS).clients].map(([client, range]) => [
            client,
            range.from,
            range.to,
          ]);
          expect(seen).toEqual([...from].map(([client, clock]) => [client, clock, to.get(client)]));
        }
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  const refused: [string, Uint8Array, string][] = [
    ['two structs of no length', one(all(gc(0), gc(0)), 2), 'a struct of no length'],
    ['an empty text', one(atRoot('text', 4, text(''))), 'a struct of no length'],
    ['an empty list of values', one(atRoot('list', 8, number(0))), 'a struct of no length'],
    ['a deleted struct of no length', one(atRoot('text', 1, number(0))), 'a struct of no length'],
    ['a skip', one(all(byte(10), number(4))), 'a gap within the update'],
    [
      'JSON nested 5,000 deep',
      one(atRoot('list', 2, all(number(1), text(`${'['.repeat(5000)}${']'.repeat(5000)}`)))),
      'content 2, which boards do not hold',
    ],
    ['an embed', one(atRoot('text', 5, text('{}'))), 'content 5, which boards do not hold'],
    [
      'a document in a document',
      one(atRoot('list', 9, all(text('id'), any({})))),
      'content 9, which boards do not hold',
    ],
    ['a type that is none', one(atRoot('list', 7, number(90))), 'a type that boards do not hold'],
    [
      'values nested 100,000 deep',
      one(atRoot('list', 8, all(number(1), nested(100_000)))),
      'a value nested deeper than 16',
    ],
    [
      'a number that is none',
      one(atRoot('list', 8, all(number(1), any(Number.NaN)))),
      'a number that is none',
    ],
    [
      'an infinite number',
      one(atRoot('list', 8, all(number(1), any(Number.NEGATIVE_INFINITY)))),
      'a number that is none',
    ],
    [
      'a key that sets a prototype',
      one(atRoot('list', 8, all(number(1), byte(118), number(1), text('__proto__'), byte(126)))),
      'the key __proto__',
    ],
    [
      'a big integer',
      one(atRoot('list', 8, all(number(1), any(1n)))),
      'a value of kind 122, which boards do not hold',
    ],
    ['clocks that overflow', one(all(gc(2 ** 31 - 2), gc(2 ** 31 - 2)), 2), 'a clock beyond 2^31'],
    ['a clock of 2^53', one(gc(2 ** 53 - 1)), 'a clock beyond 2^31'],
    [
      'a client id beyond those of Yjs',
      forged([{ client: 2 ** 40, count: 1, structs: gc(1) }]),
      'a client id beyond 2^32',
    ],
    [
      'a client twice',
      forged([
        { client: 7, count: 1, structs: gc(1) },
        { client: 7, count: 1, structs: gc(1) },
      ]),
      'a client that comes twice',
    ],
    [
      'a struct that refers to itself',
      one(behind(7, 0, 4, text('a'))),
      'a struct that refers to a later one',
    ],
    ['a parent that comes later', one(within(7, 5, 4, text('a'))), 'a struct that refers to a later one'],
    [
      'one key set 60,000 times',
      one(
        times(60_000, () => keyOf('m', 'k', 8, all(number(1), any(1)))),
        40_000,
      ),
      'one key set again and again as if it were new',
    ],
    [
      'roots without end',
      one(
        times(70, (i) => atRoot(`root ${i}`, 8, all(number(1), any(1)))),
        70,
      ),
      'it names too many roots',
    ],
    ['deletions of nothing', forged([], [[1, 5, 0]]), 'a deletion of nothing'],
    [
      'a text that is no UTF-8',
      one(atRoot('text', 4, all(number(2), byte(0xc3), byte(0x28)))),
      'a text that is not UTF-8',
    ],
    [
      'a number beyond 2^53',
      one(
        all(
          byte(0),
          byte(255),
          byte(255),
          byte(255),
          byte(255),
          byte(255),
          byte(255),
          byte(255),
          byte(255),
          byte(1),
        ),
      ),
      'a number is too large',
    ],
    ['a client without structs', one(() => undefined, 0), 'a client without structs'],
    ['bytes after it', Uint8Array.of(0, 0, 1), 'bytes after the update'],
    ['a forged count', Uint8Array.of(1, 0xff, 0xff, 0x02, 7, 0), 'it ends too early'],
  ];
  for (const [name, update, reason] of refused)
    it(`S7 refused: ${name}`, () => {
      expect(() => inspect(update, LIMITS)).toThrow(new Malformed(reason));
    });

  const tooMuch: [string, Uint8Array, string][] = [
    [
      'structs',
      one(
        times(60_000, (i) => keyOf('m', `${i}`, 8, all(number(1), any(1)))),
        60_000,
      ),
      'a change of 60000 parts, at most 50000',
    ],
    ['empty structs', one(() => undefined, 4_000_000), 'a change of 4000000 parts, at most 50000'],
    [
      'values',
      one(
        atRoot(
          'list',
          8,
          all(
            number(300_000),
            times(300_000, () => byte(126)),
          ),
        ),
      ),
      'a change of 200001 values, at most 200000',
    ],
    [
      'windows',
      forged(Array.from({ length: 65 }, (_, i) => ({ client: i, count: 1, structs: gc(1) }))),
      'changes of 65 windows at once, at most 64',
    ],
    [
      'deletions',
      forged(
        [],
        Array.from({ length: 200_001 }, (_, i) => [i, 0, 1] as const),
      ),
      'more than 200000 deletions at once',
    ],
  ];
  for (const [name, update, reason] of tooMuch)
    it(`S7 too many ${name} are refused by name`, () => {
      expect(() => inspect(update, LIMITS)).toThrow(new TooMuch(reason));
    });

  it('S7 unordered deletions are refused: each would walk over everything again', () => {
    const update = Uint8Array.of(0, 1, 7, 2, 5, 3, 6, 1);
    expect(() => inspect(update, UNLIMITED)).toThrow('deletions that are not in order');
  });

  it('S7 8 MB of hostile bytes are given up in far less time than Yjs takes', () => {
    const empty = new Uint8Array(8 * 2 ** 20);
    empty.set([1, 0x80, 0x89, 0x7a, 7, 0]);
    const began = performance.now();
    expect(() => inspect(empty, LIMITS)).toThrow();
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('S7 a state vector has a limit and names each window once', () => {
    const vector = (...numbers: number[]) => Uint8Array.from(numbers);
    inspectStateVector(vector(2, 1, 5, 2, 9), 2);
    expect(() => inspectStateVector(vector(3), 2)).toThrow('a state vector of 3 windows, at most 2');
    expect(() => inspectStateVector(vector(2, 1, 5, 1, 9), 2)).toThrow('a client that comes twice');
    expect(() => inspectStateVector(vector(1, 1, 5, 1), 2)).toThrow('bytes after the state vector');
  });
});
