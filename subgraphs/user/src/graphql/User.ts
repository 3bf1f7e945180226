import { hasScope, type Viewer } from '@souk/runtime';
import { scopesOf } from '../domain/roles.js';
import type { UserResolvers } from '../generated/graphql.js';
import { isSelf, maySee } from './context.js';
import { addressModels, type UserModel } from './models.js';

const seesAddresses = (viewer: Viewer, account: UserModel): boolean =>
  account.own === true || isSelf(viewer, account.id) || hasScope(viewer, 'users:read');

export const User: UserResolvers = {
  __resolveReference: async ({ id }, { viewer, accounts }) =>
    maySee(viewer, id) ? ((await accounts.load(id)) ?? null) : null,
  scopes: ({ id, roles, staffRightsWithheld }, _args, { viewer }) => {
    if (viewer.kind === 'user' && isSelf(viewer, id)) return viewer.scopes;
    return staffRightsWithheld ? [] : scopesOf(roles);
  },
  addresses: (account, _args, { viewer }) => (seesAddresses(viewer, account) ? addressModels(account) : null),
  defaultShippingAddress: (account, _args, { viewer }) =>
    seesAddresses(viewer, account)
      ? (addressModels(account).find(({ entry }) => entry.id === account.defaultShippingId) ?? null)
      : null,
  defaultBillingAddress: (account, _args, { viewer }) =>
    seesAddresses(viewer, account)
      ? (addressModels(account).find(({ entry }) => entry.id === account.defaultBillingId) ?? null)
      : null,
  sessions: async ({ id }, _args, { viewer, app }) => {
    if (viewer.kind !== 'user' || !isSelf(viewer, id)) return null;
    const sessions = await app.listSessions(id);
    return sessions.map((session) => ({ ...session, isCurrent: session.id === viewer.sessionId }));
  },
  secondFactor: (account, _args, { viewer, app }) =>
    isSelf(viewer, account.id) ? app.readSecondFactor(account) : null,
};
