/** A route: its key in the table of access, the shapes of what comes and goes, and the use case that it calls. */
import type { z } from 'zod';
import type { App, Caller, Membership, Resources } from '../app/app.ts';
import type { ACCESS, RouteKey } from './table.ts';

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;
type CallerOf<A> = A extends 'public' ? { caller: Caller | null } : { caller: Caller };
type ResourceOf<A> = A extends { resource: infer S extends keyof Resources }
  ? Membership & Resources[S]
  : unknown;

/** What a use case may know of the request beyond its own input. */
export interface RequestFacts {
  readonly app: App;
  readonly request: Request;
  /** Address of the caller, for limits. */
  readonly address: string;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}
export type Input<K extends RouteKey, Query, Body> = RequestFacts & {
  readonly params: Readonly<Record<ParameterNames<K>, string>>;
  readonly query: Query;
  readonly body: Body;
} & CallerOf<(typeof ACCESS)[K]> &
  ResourceOf<(typeof ACCESS)[K]>;

/** Names of the limits in limits.ts. */
export type LimitName = 'setup' | 'register' | 'password' | 'invite' | 'query' | 'upload' | 'write';

export interface RouteSpec<K extends RouteKey, Query, Body, Answer> {
  readonly summary: string;
  readonly query?: z.ZodType<Query>;
  /** JSON. */
  readonly body?: z.ZodType<Body>;
  /** The route reads a multipart body itself, by upload.ts. */
  readonly upload?: true;
  /** What is not in the schema is not sent. Left out: 204, nothing. */
  readonly answer?: z.ZodType<Answer>;
  readonly status?: 200 | 201;
  /** Further statuses with the same schema. */
  readonly also?: readonly 202[];
  /** Other media types in which the route may answer. */
  readonly media?: readonly string[];
  readonly limit?: LimitName;
  run(input: Input<K, Query, Body>): Promise<NoInfer<Answer> | Answered<NoInfer<Answer>> | Response>;
}

export interface Route {
  readonly key: RouteKey;
  readonly spec: RouteSpec<RouteKey, unknown, unknown, unknown>;
}

export function route<K extends RouteKey, Query = undefined, Body = undefined, Answer = void>(
  key: K,
  spec: RouteSpec<K, Query, Body, Answer>,
): Route {
  // The router gives each route exactly what its own key and schemas promise; the list of routes need not know.
  return { key, spec: spec as unknown as Route['spec'] };
}

/** An answer with a status other than the route's usual one. */
export class Answered<T> {
  constructor(
    readonly status: 200 | 201 | 202,
    readonly value: T,
  ) {}
}
