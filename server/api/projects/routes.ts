import { z } from 'zod';
import {
  acceptedInviteSchema,
  createdInviteSchema,
  deleteProjectSchema,
  invitationSchema,
  inviteSchema,
  memberSchema,
  newInviteSchema,
  newProjectSchema,
  projectSchema,
  roleChangeSchema,
} from '../../../core/api/index.ts';
import { type Route, route } from '../http/route.ts';
import { acceptInvite, createInvite, listInvites, openInvite, revokeInvite } from './invites.ts';
import {
  changeRole,
  createProject,
  deleteProject,
  listMembers,
  listProjects,
  removeMember,
  renameProject,
  shownProject,
} from './projects.ts';

export const projectRoutes: readonly Route[] = [
  route('GET /projects', {
    summary: 'Projects that this person is in',
    answer: z.array(projectSchema),
    run: ({ app, caller }) => listProjects(app, caller),
  }),
  route('POST /projects', {
    summary: 'Make a project and own it',
    body: newProjectSchema,
    answer: projectSchema,
    status: 201,
    limit: 'write',
    run: ({ app, caller, body }) => createProject(app, caller, body.name),
  }),
  route('GET /projects/{project}', {
    summary: 'A project',
    answer: projectSchema,
    run: async ({ project, role }) => shownProject(project, role),
  }),
  route('PATCH /projects/{project}', {
    summary: 'Rename a project; its links stay',
    body: newProjectSchema,
    answer: projectSchema,
    run: async ({ app, project, role, body }) =>
      shownProject(await renameProject(app, project, body.name), role),
  }),
  route('DELETE /projects/{project}', {
    summary: 'Delete a project with all that is in it; `name` is its name, typed again',
    query: deleteProjectSchema,
    run: ({ app, project, query }) => deleteProject(app, project, query.name),
  }),
  route('GET /projects/{project}/members', {
    summary: 'Members and their roles',
    answer: z.array(memberSchema),
    run: ({ app, project }) => listMembers(app, project),
  }),
  route('PATCH /projects/{project}/members/{user}', {
    summary: "Change a member's role",
    body: roleChangeSchema,
    answer: memberSchema,
    run: ({ app, project, params, body }) => changeRole(app, project, params.user, body.role),
  }),
  route('DELETE /projects/{project}/members/{user}', {
    summary: 'Remove a member, or leave',
    run: ({ app, project, role, caller, params }) => removeMember(app, project, role, caller, params.user),
  }),
  route('GET /projects/{project}/invites', {
    summary: 'Invitations',
    answer: z.array(inviteSchema),
    run: ({ app, project }) => listInvites(app, project),
  }),
  route('POST /projects/{project}/invites', {
    summary: 'Make an invitation; its link is shown once',
    body: newInviteSchema,
    answer: createdInviteSchema,
    status: 201,
    limit: 'write',
    run: ({ app, project, caller, body }) => createInvite(app, project, caller, body),
  }),
  route('DELETE /projects/{project}/invites/{id}', {
    summary: 'Revoke an invitation',
    run: ({ app, project, params }) => revokeInvite(app, project, params.id),
  }),
  route('GET /invites/{token}', {
    summary: 'What an invitation offers',
    answer: invitationSchema,
    limit: 'invite',
    run: ({ app, params }) => openInvite(app, params.token),
  }),
  route('POST /invites/{token}/accept', {
    summary: 'Join by invitation',
    answer: acceptedInviteSchema,
    limit: 'invite',
    run: ({ app, caller, params }) => acceptInvite(app, caller, params.token),
  }),
];
