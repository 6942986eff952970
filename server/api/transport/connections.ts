/**
 * How many connections there may be: each holds a file descriptor, and a process that has none left can open no blob and
 * no database either. What sends nothing, or never ends its head, is cut within a minute.
 */
import type { ServerOptions } from 'node:http';
import type { Server, Socket } from 'node:net';

export interface ConnectionLimits {
  readonly all: number;
  /** Of one address. A proxy in front is one for everybody, so this counts only where none is trusted. */
  readonly perAddress: number;
}
export const CONNECTIONS: ConnectionLimits = { all: 4_096, perAddress: 1_024 };

/** Looked at as often as `connectionsCheckingInterval` says: at the latest after both. */
export const HEAD_PACE = {
  headersTimeout: 30_000,
  connectionsCheckingInterval: 10_000,
} satisfies ServerOptions;

/** What is too many is closed at once, without an answer: to write one would be work. */
export function limitConnections(
  server: Server,
  { all, perAddress }: ConnectionLimits,
  behindProxy: boolean,
): void {
  server.maxConnections = all;
  if (behindProxy) return;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? '');
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    if (count > perAddress) socket.destroy();
  });
}

/** Whoever has one IPv6 address has all of its /64. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail === undefined) return groups.slice(0, 4).join(':');
  const after = tail === '' ? [] : tail.split(':');
  const between = new Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0');
  return [...groups, ...between, ...after].slice(0, 4).join(':');
}
