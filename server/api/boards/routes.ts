import { z } from 'zod';
import { boardSchema, ticketSchema, titleSchema } from '../../../core/api/index.ts';
import { type Route, route } from '../http/route.ts';
import {
  createBoard,
  deleteBoard,
  duplicateBoard,
  listBoards,
  makeTicket,
  renameBoard,
  shownBoard,
} from './boards.ts';

export const boardRoutes: readonly Route[] = [
  route('GET /projects/{project}/boards', {
    summary: 'Boards, those last worked on first',
    answer: z.array(boardSchema),
    run: ({ app, project, role }) => listBoards(app, project, role),
  }),
  route('POST /projects/{project}/boards', {
    summary: 'Make an empty board',
    body: titleSchema,
    answer: boardSchema,
    status: 201,
    limit: 'write',
    run: async ({ app, project, role, caller, body }) =>
      shownBoard(await createBoard(app, project, caller, body.title), project, role),
  }),
  route('GET /boards/{id}', {
    summary: 'A board; its content travels by the socket',
    answer: boardSchema,
    run: async ({ board, project, role }) => shownBoard(board, project, role),
  }),
  route('PATCH /boards/{id}', {
    summary: 'Rename a board',
    body: titleSchema,
    answer: boardSchema,
    run: async ({ app, board, project, role, body }) =>
      shownBoard(await renameBoard(app, board, body.title), project, role),
  }),
  route('DELETE /boards/{id}', {
    summary: 'Delete a board; its snapshots stay',
    run: ({ app, board }) => deleteBoard(app, board),
  }),
  route('POST /boards/{id}/duplicate', {
    summary: 'Copy a board as it is now',
    answer: boardSchema,
    status: 201,
    limit: 'write',
    run: async ({ app, board, project, role, caller }) =>
      shownBoard(await duplicateBoard(app, board, project, caller), project, role),
  }),
  route('POST /boards/{id}/ticket', {
    summary: 'A ticket for the board: single use, 30 seconds',
    answer: ticketSchema,
    run: async ({ app, board, caller }) => ({ ticket: makeTicket(app, board, caller) }),
  }),
];
