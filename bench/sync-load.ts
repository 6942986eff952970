/** People on one board: bare sockets that speak y-websocket's protocol and note when each update arrives. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import type { SyncProcess } from './sync-servers.ts';

export interface Load {
  /** From sending an update to its arrival at another person, ms; one for each update and other person. */
  readonly delays: number[];
  /** CPU time of the server per second, ms. */
  readonly cpu: number;
}

const SYNC = 0;
const EDITS_PER_SECOND = 2;

class Person {
  readonly doc = new Y.Doc();
  private readonly socket: WebSocket;
  private edits = 0;

  constructor(
    url: string,
    private readonly onUpdate: (update: Uint8Array) => void,
  ) {
    this.socket = new WebSocket(url, { origin: 'http://bench' });
    this.socket.binaryType = 'nodebuffer';
  }

  /** Resolves when the first sync has ended. */
  join(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.on('error', reject);
      this.socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
      this.socket.on('open', () => this.send((encoder) => sync.writeSyncStep1(encoder, this.doc)));
      this.socket.on('message', (data) => {
        if (!(data instanceof Buffer)) return;
        const decoder = decoding.createDecoder(data);
        if (decoding.readVarUint(decoder) !== SYNC) return;
        const step = decoding.readVarUint(decoder);
        const body = decoding.readVarUint8Array(decoder);
        if (step === sync.messageYjsSyncStep1)
          this.send((encoder) => sync.writeSyncStep2(encoder, this.doc, body));
        else if (step === sync.messageYjsSyncStep2) resolve();
        else this.onUpdate(body);
      });
    });
  }

  /** One update of one struct; returns its clock. */
  edit(): number {
    const clock = this.edits++;
    const before = Y.encodeStateVector(this.doc);
    this.doc.getMap('items').set(`item-${this.doc.clientID}`, { x: clock, y: clock, w: 320, h: 200 });
    this.send((encoder) => sync.writeUpdate(encoder, Y.encodeStateAsUpdate(this.doc, before)));
    return clock;
  }

  leave(): void {
    this.socket.removeAllListeners('close');
    this.socket.close();
  }

  private send(write: (encoder: encoding.Encoder) => void): void {
    this.socket.send(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, SYNC);
        write(encoder);
      }),
    );
  }
}

/** `people` edit the same board for `seconds`, each twice a second. */
export async function load(server: SyncProcess, people: number, seconds: number): Promise<Load> {
  const sent = new Map<string, number>();
  const delays: number[] = [];
  const persons: Person[] = [];
  for (let i = 0; i < people; i++)
    persons.push(
      new Person(`ws://127.0.0.1:${server.port}${server.path(i)}`, (update) => {
        const now = performance.now();
        const own = persons[i]?.doc.clientID;
        for (const { id } of Y.decodeUpdate(update).structs) {
          const at = sent.get(`${id.client}:${id.clock}`);
          if (id.client !== own && at !== undefined) delays.push(now - at);
        }
      }),
    );
  await Promise.all(persons.map((person) => person.join()));
  const total = Math.round(people * EDITS_PER_SECOND * seconds);
  const expected = total * (people - 1);
  const cpuBefore = await server.cpu();
  const began = performance.now();
  for (let i = 0; i < total; i++) {
    const wait = began + (i * 1000) / (people * EDITS_PER_SECOND) - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const person = persons[i % people];
    if (!person) continue;
    const at = performance.now();
    sent.set(`${person.doc.clientID}:${person.edit()}`, at);
  }
  const patience = performance.now() + 10_000;
  while (delays.length < expected && performance.now() < patience)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const cpu = ((await server.cpu()) - cpuBefore) / ((performance.now() - began) / 1000);
  for (const person of persons) person.leave();
  if (delays.length < expected)
    throw new Error(`${expected - delays.length} of ${expected} updates never came`);
  return { delays, cpu };
}
