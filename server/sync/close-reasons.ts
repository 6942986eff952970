/** Why a socket is closed, and what its person is told while it is open. */
import { CLOSE } from '../../core/api/index.ts';

/** Why a socket is closed: a code of CLOSE and a text for the user (at most 123 bytes on the wire). */
export interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

export const CLOSE_REASONS = {
  malformed: {
    code: CLOSE.malformed,
    reason: 'A message could not be read. Reload the page; if it happens again, report it.',
  },
  text: { code: CLOSE.malformed, reason: 'A text frame came where binary messages are expected.' },
  tooLarge: { code: CLOSE.tooLarge, reason: 'A message was larger than this server allows.' },
  documentFull: { code: CLOSE.tooLarge, reason: 'The board is full. Remove something or start another one.' },
  worn: {
    code: CLOSE.tooLarge,
    reason: 'This board has had as many windows as one board takes. Duplicate it, and go on in the copy.',
  },
  tooMuch: {
    code: CLOSE.tooLarge,
    reason: 'A change held more parts than this server takes at once. Make it in smaller steps.',
  },
  tooFast: {
    code: CLOSE.tooFast,
    reason: 'Too many messages in a short time. Wait a moment, then reconnect.',
  },
  tooSlow: { code: CLOSE.tooFast, reason: 'This connection is too slow for this board. Reconnect.' },
  costly: {
    code: CLOSE.costly,
    reason: 'A change took this server too long and was not taken. Make it in smaller steps.',
  },
  tooMuchWork: {
    code: CLOSE.costly,
    reason: 'Your changes ask more of this server than it has for one person. Wait a minute, then reconnect.',
  },
  fault: {
    code: CLOSE.restart,
    reason: 'The board is being opened again after a fault. Reconnecting.',
  },
  silent: { code: CLOSE.unauthorised, reason: 'No message came after connecting. Reconnect.' },
  removed: { code: CLOSE.forbidden, reason: 'You are no longer a member of this project.' },
  signedOut: { code: CLOSE.unauthorised, reason: 'This session was ended. Sign in again.' },
  deleted: { code: CLOSE.notFound, reason: 'This board was deleted.' },
  storage: {
    code: CLOSE.storage,
    reason: 'The board cannot be saved or loaded at the moment. Reconnecting.',
  },
  elsewhere: {
    code: CLOSE.storage,
    reason:
      'This board is open on another server that works on the same database. Open it there, or close it there.',
  },
  restart: { code: CLOSE.restart, reason: 'The server restarts. Reconnecting.' },
} as const satisfies Record<string, CloseReason>;

export const PUT_ASIDE = 'A change could not be applied. It was put aside; reload the page to go on.';
export const NOT_KEPT =
  'A change could not be applied, and no more such changes are kept. Copy what you wrote, then reload the page.';
export const SAVE_FAILING =
  'Changes cannot be saved at the moment. They are kept in this window and saved as soon as possible: leave it open.';
export const SAVE_FAILING_FULL =
  'The disk of the server is full. Changes are kept in this window and saved once there is space: leave it open, and tell whoever runs the server.';
