/**
 * One socket of one person on one board: reads its messages, checks role and limits for each (rules S5, S7), answers. How
 * `saved` counts is rule S3 in docs/collaboration.md.
 */
import type { RawData, WebSocket } from 'ws';
import type { Person, ServerMessage } from '../../../core/api/index.ts';
import { may, type Role } from '../../../core/roles/index.ts';
import { CLOSE_REASONS, type CloseReason, NOT_KEPT, PUT_ASIDE } from '../close-reasons.ts';
import type { Admission, SyncLimits } from '../contract.ts';
import type { BoardDocument, Peer } from '../document/document.ts';
import {
  type Allowance,
  AWARENESS_BACKLOG_BYTES,
  BACKLOG_BYTES,
  costOfMessage,
  costOfReply,
  FREE_MS,
  LARGE_REPLY,
  MOST_HELD,
  QUARANTINES,
  STATES_MS,
} from '../limits.ts';
import {
  bytesOf,
  type ClientMessage,
  KEEP_ALIVE,
  readMessage,
  serverMessage,
  TooLarge,
} from '../messages.ts';
import { BoardFault } from '../processes.ts';
import { RateLimit } from '../rate-limit.ts';
import { Arrivals } from './arrivals.ts';
import { InWork, Numbers } from './numbers.ts';

export class Connection implements Peer {
  readonly user: Person;
  readonly projectId: string;
  private role: Role;
  private readonly rate: RateLimit;
  private readonly arrivals: Arrivals;
  private firstMessage: NodeJS.Timeout | null = null;
  private serving = false;
  private ended = false;
  private sentAway = false;
  private readonly numbers = new Numbers();
  /**
   * Updates that came before the client's answer to the server's first question, and that build on what is in it: what
   * is edited between the opening of a socket and that answer is sent at once, and before what was edited offline.
   */
  private readonly held: { readonly number: number; readonly update: Uint8Array }[] = [];
  private complete = false;
  /** Updates that were refused as no client makes them. */
  private strikes = 0;
  /** Awareness messages sent that y-websocket's client will send back; those cost nothing. */
  private echoes = 0;
  private readonly inWork = new InWork();
  /** More was asked of the processes than this person may. */
  private overworked = false;
  private statesAgain = 0;
  private lastAnswer: Promise<unknown> = Promise.resolve();
  private answered = true;
  private quiet = true;

  constructor(
    private readonly socket: WebSocket,
    readonly admission: Admission,
    private readonly document: BoardDocument,
    private readonly limits: SyncLimits,
    private readonly allowance: Allowance,
    private readonly onClosed: () => void,
    bytesRead: () => number,
  ) {
    this.user = admission.user;
    this.projectId = admission.projectId;
    this.role = admission.role;
    this.rate = new RateLimit(limits.messagesPerSecond);
    this.arrivals = new Arrivals(bytesRead, limits.messageMs);
    this.arrivals.watch(socket);
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('pong', () => {
      this.answered = true;
    });
    // The close event follows every error; without a listener it would end the process.
    socket.on('error', () => undefined);
    socket.on('close', () => this.closed());
    // What the client sends while the board is loading stays in its socket (rule S1).
    socket.pause();
    document.join(this);
    document.ready
      .then(() => document.greeting())
      .then(
        (greeting) => this.serve(greeting),
        () => this.end(CLOSE_REASONS.storage),
      );
  }

  /** What comes before the server stops is still saved. */
  get isHere(): boolean {
    return !this.sentAway;
  }

  get mayEdit(): boolean {
    return may(this.role, 'edit');
  }

  get boardId(): string {
    return this.document.boardId;
  }

  get currentRole(): Role {
    return this.role;
  }

  /** Nothing more is read; what came before is still saved. */
  stopReading(): void {
    this.ended = true;
  }

  setRole(role: Role | null): void {
    if (role === this.role) return;
    this.tell({ type: 'role', role });
    if (role === null) this.end(CLOSE_REASONS.removed);
    else this.role = role;
  }

  send(message: Uint8Array): void {
    if (!this.serving || this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > this.limits.documentBytes + BACKLOG_BYTES) {
      this.end(CLOSE_REASONS.tooSlow);
      this.socket.terminate();
      return;
    }
    this.quiet = false;
    this.socket.send(message);
  }

  sendAwareness(message: Uint8Array): void {
    if (!this.serving || this.socket.bufferedAmount > AWARENESS_BACKLOG_BYTES) return;
    this.echoes++;
    this.send(message);
  }

  tell(message: ServerMessage): void {
    this.send(serverMessage(message));
  }

  durable(numbers: readonly number[]): void {
    for (const number of numbers) this.numbers.settle(number);
    this.acknowledge();
  }

  recovered(): void {
    this.tell({ type: 'saved', count: this.numbers.saved });
  }

  end(reason: CloseReason): void {
    this.ended = true;
    this.sentAway = true;
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.close(reason.code, reason.reason);
    // A paused socket would not see the answer to the closing handshake.
    this.socket.resume();
  }

  terminate(): void {
    this.socket.terminate();
  }

  /** Called at intervals: ends a peer that no longer answers, and speaks to one that heard nothing. */
  heartbeat(): void {
    // While the socket is not read, its answer lies behind what waits there, and it is not the sender who is slow.
    if (this.inWork.isBusy) {
      this.answered = true;
      this.arrivals.whole();
    }
    if (!this.answered) {
      this.socket.terminate();
      return;
    }
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.arrivals.isLate()) {
      this.end(CLOSE_REASONS.tooSlow);
      this.socket.terminate();
      return;
    }
    this.answered = false;
    this.socket.ping();
    if (this.quiet) this.send(KEEP_ALIVE);
    this.quiet = true;
  }

  private serve(greeting: Uint8Array): void {
    if (this.ended || this.socket.readyState !== this.socket.OPEN) return;
    if (!this.document.usable) {
      this.end(CLOSE_REASONS.restart);
      return;
    }
    this.serving = true;
    this.tell({ type: 'welcome', user: this.user, role: this.role });
    const { failure } = this.document;
    if (failure !== null) this.tell({ type: 'save-failing', message: failure });
    this.send(greeting);
    const states = this.document.awareness.states(this);
    if (states) this.sendAwareness(states);
    this.firstMessage = setTimeout(() => this.end(CLOSE_REASONS.silent), this.limits.firstMessageMs);
    this.socket.resume();
  }

  private closed(): void {
    this.ended = true;
    if (this.firstMessage) clearTimeout(this.firstMessage);
    this.document.leave(this);
    this.onClosed();
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.ended || !this.serving) return;
    if (this.firstMessage) clearTimeout(this.firstMessage);
    this.firstMessage = null;
    const reason = this.handle(data, isBinary);
    if (reason) this.end(reason);
  }

  /** Why the socket is to be closed because of this message, or null. */
  private handle(data: RawData, isBinary: boolean): CloseReason | null {
    if (!isBinary) return CLOSE_REASONS.text;
    const bytes = bytesOf(data);
    let message: ClientMessage;
    try {
      message = readMessage(bytes);
    } catch (error) {
      return error instanceof TooLarge ? CLOSE_REASONS.tooLarge : CLOSE_REASONS.malformed;
    }
    const echo = message.kind === 'awareness' && !this.document.awareness.receive(this, message.entries);
    if (echo && this.echoes > 0) {
      this.echoes--;
      return null;
    }
    if (!this.rate.take(costOfMessage(bytes.length))) return CLOSE_REASONS.tooFast;
    switch (message.kind) {
      case 'state-vector':
        void this.work(message.vector.length, () => this.answerInTurn(message.vector));
        return null;
      case 'update':
        void this.work(message.update.length, () => this.take(message.update, message.whole));
        return null;
      case 'query-awareness':
        return this.tellStates();
      default:
        return null;
    }
  }

  /** States are sent whenever they change; who asks for all of them again and again gets them now and then. */
  private tellStates(): CloseReason | null {
    const now = performance.now();
    if (now < this.statesAgain) return null;
    this.statesAgain = now + STATES_MS;
    const states = this.document.awareness.states(this);
    if (!states) return null;
    if (!this.rate.take(costOfReply(states.length))) return CLOSE_REASONS.tooFast;
    this.sendAwareness(states);
    return null;
  }

  /** Runs what another process does for this socket; while there is much of it, the socket is not read. */
  private async work(bytes: number, run: () => Promise<CloseReason | null>): Promise<void> {
    this.inWork.begin(bytes);
    if (this.inWork.isBusy) this.socket.pause();
    try {
      const reason = await run();
      if (reason) this.end(reason);
      else if (this.overworked) this.end(CLOSE_REASONS.tooMuchWork);
    } catch (error) {
      this.document.report(error);
      this.end(CLOSE_REASONS.fault);
    }
    this.inWork.end(bytes);
    if (!this.inWork.isBusy && this.serving) this.socket.resume();
  }

  get left(): number {
    return this.allowance.work.left;
  }

  spend(ms: number): void {
    if (ms > FREE_MS && !this.allowance.work.charge(ms)) this.overworked = true;
  }

  /** One at a time: whoever asks too much is sent away before all of it has been worked at. */
  private answerInTurn(vector: Uint8Array): Promise<CloseReason | null> {
    const answer = this.lastAnswer.then(() => (this.ended ? null : this.answer(vector)));
    this.lastAnswer = answer.catch(() => undefined);
    return answer;
  }

  private async answer(vector: Uint8Array): Promise<CloseReason | null> {
    let reply: readonly Uint8Array[];
    try {
      reply = await this.document.missing(vector, this);
    } catch (error) {
      if (error instanceof BoardFault && error.kind === 'malformed') return CLOSE_REASONS.malformed;
      if (error instanceof BoardFault && error.kind === 'too-much') return CLOSE_REASONS.tooMuch;
      throw error;
    }
    const bytes = reply.reduce((sum, message) => sum + message.length, 0);
    if (!this.rate.take(costOfReply(bytes))) return CLOSE_REASONS.tooFast;
    for (const message of reply) this.send(message);
    // The next one once this one has gone: who reads slowly asks slowly.
    if (bytes > LARGE_REPLY)
      await new Promise<void>((resolve) => this.socket.ping('', false, () => resolve()));
    return null;
  }

  private async take(update: Uint8Array, whole: boolean): Promise<CloseReason | null> {
    // It is not settled before the process that holds the document has said what becomes of it.
    const number = this.numbers.next();
    const verdict = await this.document.submit(update, number, this);
    let reason = this.settle(number, update, verdict);
    if (whole && !this.complete) {
      this.complete = true;
      for (const { number, update } of this.held.splice(0)) {
        const verdict = await this.document.submit(update, number, this);
        reason ??= this.settle(number, update, verdict);
      }
    }
    if (!reason) this.acknowledge();
    return reason;
  }

  private settle(
    number: number,
    update: Uint8Array,
    verdict: Awaited<ReturnType<BoardDocument['submit']>>,
  ): CloseReason | null {
    if (verdict.kind === 'fine') return null;
    if (verdict.kind === 'gap' && !this.complete && this.held.length < MOST_HELD) {
      this.held.push({ number, update });
      return null;
    }
    if (verdict.kind === 'gap')
      return this.putAside(number, update, 'it builds on changes that are not on this board');
    if (verdict.kind === 'broken') return this.putAside(number, update, verdict.reason);
    if (verdict.kind === 'storage') return CLOSE_REASONS.storage;
    // It was closed for what came before.
    if (verdict.kind === 'unwanted') return null;
    if (verdict.kind === 'costly') {
      this.allowance.penalise();
      this.putAside(number, update, 'it took the server too long');
      return CLOSE_REASONS.costly;
    }
    this.numbers.settle(number);
    switch (verdict.kind) {
      case 'forbidden':
        this.refuse('forbidden', `Your role here is ${this.role}: changes of the board are not saved.`);
        return null;
      case 'full':
        this.refuse('too_large', CLOSE_REASONS.documentFull.reason);
        return CLOSE_REASONS.documentFull;
      case 'worn':
        this.refuse('too_large', CLOSE_REASONS.worn.reason);
        return CLOSE_REASONS.worn;
      case 'too-much':
        this.refuse('too_large', `A change was not taken: ${verdict.reason}. Make it in smaller steps.`);
        return CLOSE_REASONS.tooMuch;
      case 'foreign':
        this.refuse(
          'foreign',
          'A change came under the id of another person’s window and was not taken. Copy what you wrote, then reload the page.',
        );
        return this.strike();
      case 'nothing':
        return null;
    }
  }

  /** It counts as settled once its author has been told. */
  private putAside(number: number, update: Uint8Array, reason: string): CloseReason | null {
    // It was closed for what came before.
    if (this.strikes >= QUARANTINES) return null;
    void this.document.quarantine(update, this.user.id, reason).then((kept) => {
      this.refuse('quarantined', kept ? PUT_ASIDE : NOT_KEPT);
      this.durable([number]);
    });
    return this.strike();
  }

  private strike(): CloseReason | null {
    return ++this.strikes >= QUARANTINES ? CLOSE_REASONS.malformed : null;
  }

  private refuse(code: string, message: string): void {
    this.tell({ type: 'refused', code, message });
  }

  private acknowledge(): void {
    const count = this.numbers.untold();
    if (count !== null) this.tell({ type: 'saved', count });
  }
}
