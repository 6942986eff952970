/**
 * Waiting jobs in fair order: the project that has waited longest for a turn is next, in it the person who has, and of
 * theirs the oldest job. Who asks five hundred questions waits for them; who asks one is next.
 */
import { LRUCache } from 'lru-cache';
import type { Turn } from '../contract.ts';

type Whose = Pick<Turn, 'project' | 'person'>;

/** Turns remembered at most; who is forgotten counts as never served. */
const REMEMBERED = 10_000;

export class FairQueue<T extends { readonly turn: Whose }> {
  private readonly projects = new Map<string, Map<string, T[]>>();
  /** When each project, and each person of it, had the last turn. */
  private readonly served = new LRUCache<string, number>({ max: REMEMBERED });
  private turns = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** How many of this person wait, in all projects. */
  waitingOf(person: string): number {
    let sum = 0;
    for (const people of this.projects.values()) sum += people.get(person)?.length ?? 0;
    return sum;
  }

  push(job: T): void {
    this.lineOf(job.turn).push(job);
    this.count++;
  }

  /** For a job that had its turn and lost it: it is the next of all. */
  pushFirst(job: T): void {
    const { project, person } = job.turn;
    this.lineOf(job.turn).unshift(job);
    this.count++;
    this.served.set(keyOf(project), -1);
    this.served.set(keyOf(project, person), -1);
  }

  /** Whose turn it is; it stays. */
  peek(): T | undefined {
    const project = this.longest(this.projects.keys(), (name) => keyOf(name));
    const people = project === undefined ? undefined : this.projects.get(project);
    if (project === undefined || !people) return undefined;
    const person = this.longest(people.keys(), (name) => keyOf(project, name));
    return person === undefined ? undefined : people.get(person)?.[0];
  }

  take(): T | undefined {
    const job = this.peek();
    if (!job) return undefined;
    this.remove(job);
    const { project, person } = job.turn;
    this.turns++;
    this.served.set(keyOf(project), this.turns);
    this.served.set(keyOf(project, person), this.turns);
    return job;
  }

  /** False where it does not wait. */
  remove(job: T): boolean {
    const { project, person } = job.turn;
    const people = this.projects.get(project);
    const line = people?.get(person);
    const at = line?.indexOf(job) ?? -1;
    if (!people || !line || at < 0) return false;
    line.splice(at, 1);
    this.count--;
    if (line.length === 0) people.delete(person);
    if (people.size === 0) this.projects.delete(project);
    return true;
  }

  /** Empties the queue. */
  takeAll(): T[] {
    const all = [...this.projects.values()].flatMap((people) => [...people.values()].flat());
    this.projects.clear();
    this.count = 0;
    return all;
  }

  private lineOf({ project, person }: Whose): T[] {
    const people = this.projects.get(project) ?? new Map<string, T[]>();
    this.projects.set(project, people);
    const line = people.get(person) ?? [];
    people.set(person, line);
    return line;
  }

  /** Of several that never had a turn, the one that came first. */
  private longest(names: Iterable<string>, key: (name: string) => string): string | undefined {
    let best: { readonly name: string; readonly at: number } | undefined;
    for (const name of names) {
      const at = this.served.peek(key(name)) ?? 0;
      if (!best || at < best.at) best = { name, at };
    }
    return best?.name;
  }
}

const keyOf = (...names: string[]): string => JSON.stringify(names);
