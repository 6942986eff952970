/** Frames while they are dragged: mine stay here and go through awareness, others' come from there (rule B1). */
import type { Frame } from '@/core/board/index.ts';
import type { Peer } from '../session/presence.ts';
import type { Guide } from './geometry.ts';

export interface LocalFrames {
  readonly frames: Readonly<Record<string, Frame>>;
  readonly guides: readonly Guide[];
}

/** The frames that others drag now; where two drag the same item, the later page in the list shows. */
export function remoteFrames(peers: readonly Peer[]): Record<string, Frame> {
  const all: Record<string, Frame> = {};
  for (const peer of peers) if (peer.dragging) Object.assign(all, peer.dragging);
  return all;
}
