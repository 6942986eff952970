import { describe, expect, it } from 'vitest';
import { SaveTracker, saveWords } from './save-state.ts';

describe('save state', () => {
  it('S3: is saved only when the frame that carries each change is durable', () => {
    const tracker = new SaveTracker();
    expect(tracker.state).toEqual({ kind: 'connecting' });
    tracker.opened();
    tracker.connected();
    tracker.changed();
    tracker.sent(false);
    tracker.changed();
    tracker.sent(false);
    expect(tracker.state).toEqual({ kind: 'saving', pending: 2 });
    tracker.saved(1);
    expect(tracker.state).toEqual({ kind: 'saving', pending: 1 });
    tracker.saved(2);
    expect(tracker.state).toEqual({ kind: 'saved' });
  });

  it('S3: counts unacknowledged and offline changes as kept here, and forgets old frame numbers on reconnect', () => {
    const tracker = new SaveTracker();
    tracker.opened();
    tracker.connected();
    tracker.changed();
    tracker.sent(false);
    tracker.disconnected();
    tracker.changed();
    tracker.changed();
    expect(saveWords(tracker.state)).toBe('offline (3 changes kept here)');
    tracker.opened();
    tracker.connected();
    expect(tracker.state).toEqual({ kind: 'saving', pending: 3 });
    // An edit slips out before the server has asked for the rest: its frame does not carry the older ones.
    tracker.changed();
    tracker.sent(false);
    tracker.saved(1);
    expect(tracker.state).toEqual({ kind: 'saving', pending: 3 });
    tracker.sent(true);
    tracker.saved(2);
    expect(tracker.state).toEqual({ kind: 'saved' });
  });

  it('S3: a failing store is shown until it saves again', () => {
    const tracker = new SaveTracker();
    tracker.opened();
    tracker.connected();
    tracker.changed();
    tracker.sent(false);
    tracker.failing('the disk is full');
    expect(tracker.state).toEqual({ kind: 'failing', pending: 1, message: 'the disk is full' });
    tracker.saved(1);
    expect(tracker.state).toEqual({ kind: 'saved' });
  });
});
