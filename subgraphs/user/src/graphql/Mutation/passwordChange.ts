import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { acceptedPayload } from '../payload.js';

export const passwordChange: NonNullable<MutationResolvers['passwordChange']> = async (
  _parent,
  { currentPassword, newPassword },
  { app, viewer, client },
) => {
  const { userId: accountId, sessionId } = signedIn(viewer);
  return acceptedPayload(await app.changePassword({ accountId, sessionId, currentPassword, newPassword, client }));
};
