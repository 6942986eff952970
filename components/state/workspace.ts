/** A project in the browser, and a board of it that is open: the parts of the session, joined. */

import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Board, boardSchema } from '@/core/api/index.ts';
import { path, request } from './api.ts';
import { CommandRegistry } from './commands.ts';
import type { LocalFrames } from './edits/drag.ts';
import { BoardEdits } from './edits/edits.ts';
import { MarkStore } from './edits/marks.ts';
import { SliceStore } from './edits/slices.ts';
import { bindFirstNames } from './first-names.ts';
import { JobList } from './project/jobs.ts';
import { ProjectData } from './project/project.ts';
import { ThreadStore } from './project/threads.ts';
import { ResultCache, serverSource } from './questions/results.ts';
import { SelectionStore, shared } from './selection.ts';
import { BoardSession } from './session/session.ts';

/** What pages of a project share, with or without a board. */
export class OpenProject {
  readonly data: ProjectData;
  readonly threads: ThreadStore;
  readonly jobs: JobList;
  readonly results: ResultCache;
  readonly selection = new SelectionStore();
  readonly commands = new CommandRegistry();

  constructor(
    readonly slug: string,
    board?: string,
  ) {
    this.data = new ProjectData(slug);
    this.threads = new ThreadStore(slug);
    this.jobs = new JobList(slug);
    this.results = new ResultCache(serverSource(slug), board === undefined ? {} : { board });
  }

  async load(): Promise<void> {
    await Promise.all([this.data.load(), this.threads.load(), this.jobs.load()]);
  }
}

export interface PanelLayout {
  readonly inspector: boolean;
  readonly details: boolean;
  readonly inspectorWidth: number;
  readonly detailsWidth: number;
}

export interface BoardUi {
  readonly palette: boolean;
  readonly help: boolean;
  readonly share: boolean;
  readonly snapshot: boolean;
  /** The query line for a new view, and what it opens with. */
  readonly queryLine: { readonly text: string } | null;
  /** Views whose query, or whose parameters, are unfolded here; `writing`: the one whose editor takes the focus. */
  readonly openQueries: readonly string[];
  readonly openControls: readonly string[];
  readonly writing: string | null;
  /** The query that is shown as a Python program. */
  readonly python: string | null;
  readonly layout: PanelLayout;
  /** User who is followed. */
  readonly following: string | null;
  /** View on which a region is being marked for a thread. */
  readonly marking: string | null;
  /** Note that is being written in. */
  readonly editing: string | null;
  /** Item that was just made and must be in sight. */
  readonly reveal: string | null;
  /** The pointer is shown to others as a laser. */
  readonly laser: boolean;
}
export const DEFAULT_LAYOUT: PanelLayout = {
  inspector: true,
  details: true,
  inspectorWidth: 280,
  detailsWidth: 320,
};
export const panelLayoutSchema = z.object({
  inspector: z.boolean(),
  details: z.boolean(),
  inspectorWidth: z.number().min(200).max(600),
  detailsWidth: z.number().min(240).max(700),
});

export class Workspace extends OpenProject {
  readonly session: BoardSession;
  readonly edits: BoardEdits;
  readonly slices: SliceStore;
  readonly marks: MarkStore;
  readonly ui: StoreApi<BoardUi> = createStore(() => ({
    palette: false,
    help: false,
    share: false,
    snapshot: false,
    queryLine: null,
    openQueries: [],
    openControls: [],
    writing: null,
    python: null,
    layout: DEFAULT_LAYOUT,
    following: null,
    marking: null,
    editing: null,
    laser: false,
    reveal: null,
  }));
  /** By view, the text that was last asked: what stands there now may not be a question yet. */
  readonly asked: StoreApi<Readonly<Record<string, string>>> = createStore(() => ({}));
  /** Frames under way here, not yet in the document (rule B1). */
  readonly frames: StoreApi<LocalFrames> = createStore(() => ({ frames: {}, guides: [] }));
  readonly title: StoreApi<{ readonly text: string }>;
  private readonly stops: (() => void)[] = [];

  constructor(
    slug: string,
    readonly board: Board,
    socketUrl: string,
  ) {
    super(slug, board.id);
    this.title = createStore(() => ({ text: board.title }));
    this.session = new BoardSession({
      board: board.id,
      url: socketUrl,
      role: board.role,
      ticket: async () => {
        const { ticket } = await request(
          'POST',
          path`boards/${board.id}/ticket`,
          z.object({ ticket: z.string() }),
        );
        return ticket;
      },
    });
    this.edits = new BoardEdits(this.session);
    this.slices = new SliceStore(this.session);
    this.marks = new MarkStore(this.session);
    // At once, not when the page is drawn next: whoever waits for the project to ask a query finds the names bound.
    const bindNames = () => {
      const data = this.data.store.getState();
      if (this.session.store.getState().loaded && data.loaded)
        bindFirstNames(this.edits, this.session.items.store.getState().bindings, data);
    };
    this.stops.push(
      this.data.store.subscribe((state, before) => {
        if (state.loaded !== before.loaded) bindNames();
      }),
      this.session.store.subscribe((state, before) => {
        if (state.loaded !== before.loaded || state.role !== before.role) bindNames();
      }),
      this.session.on((message) => {
        this.results.onMessage(message);
        this.jobs.onMessage(message);
        this.threads.onMessage(message);
        if (message.type === 'project') void this.data.load();
        if (message.type === 'role' && message.role !== null) void this.data.load();
      }),
      this.selection.store.subscribe((state) => this.session.presence.patch({ selection: shared(state) })),
      this.ui.subscribe((state, before) => {
        if (state.following !== before.following) this.session.presence.patch({ following: state.following });
        if (state.laser !== before.laser) this.session.presence.patch({ laser: state.laser });
      }),
      // What was told while the socket was away is fetched anew.
      this.session.store.subscribe((state, before) => {
        if (before.save.kind === 'offline' && state.save.kind !== 'offline') void this.load();
      }),
    );
  }

  static async open(slug: string, board: string, socketUrl: string): Promise<Workspace> {
    return new Workspace(slug, await request('GET', path`boards/${board}`, boardSchema), socketUrl);
  }

  /** One example is `x`, a second one `x'`: queries with those names follow the selection, for everyone on the board. */
  selectExamples(examples: readonly string[]): void {
    this.selection.select({ examples: [...examples] });
    const [first, second] = examples;
    if (first === undefined || examples.length > 2) return;
    this.edits.bind('x', first, false);
    if (second !== undefined) this.edits.bind("x'", second, false);
  }

  show(change: Partial<BoardUi>): void {
    this.ui.setState(change);
  }

  /** Unfolds a view's query, to be written in or read. */
  openQuery(view: string): void {
    const { openQueries } = this.ui.getState();
    this.show({
      openQueries: openQueries.includes(view) ? openQueries : [...openQueries, view],
      writing: view,
    });
  }
  closeQuery(view: string): void {
    const { openQueries, writing } = this.ui.getState();
    this.show({
      openQueries: openQueries.filter((id) => id !== view),
      writing: writing === view ? null : writing,
    });
  }
  toggleControls(view: string): void {
    const { openControls } = this.ui.getState();
    this.show({
      openControls: openControls.includes(view)
        ? openControls.filter((id) => id !== view)
        : [...openControls, view],
    });
  }

  /** Asks a view's text now, without waiting for the author to pause. */
  ask(view: string, text: string): void {
    this.asked.setState({ [view]: text });
  }

  destroy(): void {
    for (const stop of this.stops) stop();
    this.slices.destroy();
    this.marks.destroy();
    this.session.destroy();
  }
}

/** The socket's address beside the page's own. */
export function socketUrl(origin: string): string {
  const url = new URL('/sync', origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
