import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { FairQueue } from './fair-queue.ts';
import { Lanes, reserved } from './lanes.ts';

const MB = 2 ** 20;
const turn = (project: string, person: string, mostWaiting = 1000) => ({ project, person, mostWaiting });
const job = (person: string, name: string, project = 'p') => ({ turn: turn(project, person), name });
const order = (queue: FairQueue<ReturnType<typeof job>>) => {
  const names: string[] = [];
  for (let next = queue.take(); next; next = queue.take()) names.push(next.name);
  return names.join(' ');
};

describe('fair turns', () => {
  test('people of a project take turns, each with their own order', () => {
    const queue = new FairQueue<ReturnType<typeof job>>();
    for (const name of ['a1', 'a2', 'a3', 'a4']) queue.push(job('a', name));
    for (const name of ['b1', 'b2']) queue.push(job('b', name));
    queue.push(job('c', 'c1'));
    expect(order(queue)).toBe('a1 b1 c1 a2 b2 a3 a4');
  });

  test('projects take turns first, so that many people of one do not crowd out another', () => {
    const queue = new FairQueue<ReturnType<typeof job>>();
    for (const person of ['a', 'b', 'c', 'd']) queue.push(job(person, `${person}1`, 'crowd'));
    for (const name of ['z1', 'z2']) queue.push(job('z', name, 'alone'));
    expect(order(queue)).toBe('a1 z1 b1 z2 c1 d1');
  });

  test('a job that lost its worker is the next', () => {
    const queue = new FairQueue<ReturnType<typeof job>>();
    const first = job('a', 'a1');
    for (const each of [first, job('a', 'a2'), job('b', 'b1')]) queue.push(each);
    expect(queue.take()).toBe(first);
    queue.pushFirst(first);
    expect(order(queue)).toBe('a1 b1 a2');
  });

  test('who has waited longer for a turn is before who had one, and asking one at a time gains nothing', () => {
    const queue = new FairQueue<ReturnType<typeof job>>();
    for (const name of ['a1', 'a2', 'a3']) queue.push(job('a', name));
    expect(queue.take()?.name).toBe('a1');
    queue.push(job('b', 'b1'));
    expect(queue.take()?.name).toBe('b1');
    queue.push(job('b', 'b2'));
    expect(queue.take()?.name).toBe('a2');
    expect(order(queue)).toBe('b2 a3');
  });

  test('whatever comes and goes: none is lost, own order is kept, and nobody has two turns while another waits', () => {
    const step = fc.record({
      project: fc.constantFrom('p', 'q'),
      person: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('push', 'push', 'take', 'remove'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new FairQueue<{ turn: ReturnType<typeof turn>; at: number }>();
        let waiting: { turn: ReturnType<typeof turn>; at: number }[] = [];
        for (const [at, { project, person, what }] of steps.entries()) {
          if (what === 'push') {
            const one = { turn: turn(project, person), at };
            queue.push(one);
            waiting.push(one);
          } else if (what === 'remove') {
            const one = waiting[at % Math.max(1, waiting.length)];
            if (one) expect(queue.remove(one)).toBe(true);
            waiting = waiting.filter((other) => other !== one);
          } else {
            const one = queue.take();
            expect(one === undefined).toBe(waiting.length === 0);
            const before = waiting.filter(
              ({ turn: t, at: a }) =>
                one && t.person === one.turn.person && t.project === one.turn.project && a < one.at,
            );
            expect(before).toEqual([]);
            waiting = waiting.filter((other) => other !== one);
          }
          expect(queue.size).toBe(waiting.length);
        }
        const last: string[] = [];
        for (let one = queue.take(); one; one = queue.take()) {
          const key = `${one.turn.project} ${one.turn.person}`;
          waiting = waiting.filter((other) => other !== one);
          const other = waiting.some(
            ({ turn: t }) => t.project === one.turn.project && t.person !== one.turn.person,
          );
          if (other) expect(key).not.toBe(last.filter((k) => k.startsWith(one.turn.project)).at(-1));
          last.push(key);
        }
        expect(waiting).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('lanes', () => {
  const budget = 2048 * MB;
  const one = (small: boolean, bytes: number, person = 'a', mostWaiting = 1000) => ({
    ...{ small, bytes, turn: turn('p', person, mostWaiting) },
  });
  type One = ReturnType<typeof one>;

  test('a worker that takes both takes them by turns; one for small jobs takes no other', () => {
    const lanes = new Lanes<One>(budget, 100);
    for (let i = 0; i < 2; i++) for (const small of [true, false]) lanes.push(one(small, MB));
    expect([0, 1, 2, 3].map(() => lanes.take('both', [])?.small)).toEqual([true, false, true, false]);
    lanes.push(one(false, MB));
    expect(lanes.take('small', [])).toBeUndefined();
    expect(lanes.size).toBe(1);
  });

  test('long jobs leave a share of the memory, in which small ones run beside them', () => {
    const lanes = new Lanes<One>(budget, 100);
    const long = one(false, budget - reserved(budget));
    lanes.push(one(false, MB));
    expect(lanes.take('both', [long])).toBeUndefined();
    const small = one(true, reserved(budget));
    lanes.push(small);
    expect(lanes.take('small', [long])).toBe(small);
    lanes.push(one(true, MB));
    expect(lanes.take('small', [long, small])).toBeUndefined();
  });

  test('a long job that waits for memory is overtaken by no long one, and by small ones within their share only', () => {
    const lanes = new Lanes<One>(budget, 100);
    const running = [one(false, 1000 * MB)];
    lanes.push(one(false, 1000 * MB));
    lanes.push(one(false, MB, 'b'));
    expect(lanes.take('both', running)).toBeUndefined();
    lanes.push(one(true, 500 * MB));
    lanes.push(one(true, 500 * MB));
    const small = lanes.take('both', running);
    expect(small?.small).toBe(true);
    expect(lanes.take('small', [...running, small!])).toBeUndefined();
  });

  test('a person has so many waiting and no more; a full queue still takes one in of somebody who has none', () => {
    const lanes = new Lanes<One>(budget, 40);
    const refusal = (job: One) => {
      try {
        lanes.push(job);
      } catch (error) {
        if (error instanceof UserError) return [error.code, error.message];
      }
      return null;
    };
    for (let i = 0; i < 30; i++) expect(refusal(one(false, MB, 'a', 30))).toBeNull();
    expect(refusal(one(false, MB, 'a', 30))).toEqual([
      'rate_limited',
      '30 of your computations are waiting already, as many as may; wait until some are done, or cancel some in the list of jobs',
    ]);
    for (let i = 0; i < 10; i++) expect(refusal(one(true, MB, 'a', 30))).toBeNull();
    expect(refusal(one(true, MB, 'a'))).toEqual([
      'overloaded',
      '40 jobs are waiting already; try again later',
    ]);
    expect(refusal(one(true, MB, 'b'))).toBeNull();
  });
});
